"""From a reading to the contract's records: values are cut from what is printed, places become spans.

Nothing is decided here: a reading is complete. Its places are of the folded text. They are written as places of the
stored text, or as they are (``as_folded``) while a model is asked about the record; ``in_source`` gives a finished
record its places in the stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol, TypeVar

from extractor.notice.issue_reading import Duty, IssueReading, MeasureReading
from extractor.notice.reading import Reading, read_measure
from extractor.record.contract import Measure, Notice, Record, Span
from extractor.text.folding import FoldedText, fold
from extractor.text.normal_form import normalise
from extractor.text.places import Place
from extractor.text.text_hash import text_sha256

Write = Callable[[Place], dict[str, int]]
"""Writes a place as a span of a record."""
AnyRecord = TypeVar("AnyRecord", bound=Record)
_Values = dict[str, object]
_CONTACT = "contact."


def assemble(reading: Reading, notice_id: str, write: Write | None = None) -> Notice:
    """Return a notice's record without checks; its places are of the stored text unless ``write`` says otherwise."""
    page = _Page(reading.text, reading.folded.printed, write or writer(reading.folded))
    fields = {name: found.value for name, found in reading.fields.items()}
    # Plain dictionaries are validated into records all at once: several times faster than one constructor a value.
    return Notice.model_validate(
        {
            **{name: value for name, value in fields.items() if not name.startswith(_CONTACT)},
            "notice_id": notice_id,
            "text_sha256": text_sha256(reading.folded.source),
            "contact": {
                name.removeprefix(_CONTACT): value for name, value in fields.items() if name.startswith(_CONTACT)
            },
            "totals": [
                {
                    "name": total.name,
                    "value": total.value,
                    "unit": printed_unit(page.printed, total),
                    "text": page.write(total.text),
                }
                for total in reading.totals
            ],
            "issues": [_issue(page, issue) for issue in reading.issues],
            "outline": _outline(page, reading),
            "spans": {name: _spans(page.write, found.places) for name, found in reading.fields.items()},
        }
    )


def writer(folded: FoldedText) -> Write:
    """Return what writes places of a folded text as places of the stored text."""
    if folded.is_source:
        return as_folded
    starts, ends, size = folded.starts, folded.ends, len(folded.source)

    def write(place: Place) -> dict[str, int]:
        start, end = place
        if start < end:
            return {"start": starts[start], "end": ends[end - 1]}
        offset = starts[start] if start < len(starts) else size
        return {"start": offset, "end": offset}

    return write


def as_folded(place: Place) -> dict[str, int]:
    """Write a place as it is."""
    return {"start": place.start, "end": place.end}


def in_source(record: AnyRecord, folded: FoldedText) -> AnyRecord:
    """Return ``record`` with its places moved from the folded to the stored text."""
    return record if folded.is_source else _moved(record, folded.in_source)


def in_folded(record: AnyRecord, folded: FoldedText) -> AnyRecord:
    """Return ``record`` with its places moved from the stored to the folded text."""
    return record if folded.is_source else _moved(record, folded.in_folded)


def measure_at(text: str, at: Span) -> Measure:
    """Read the stretch ``at`` of a notice's stored text by rules, as if it were one of its measures."""
    folded = fold(text)
    measure = read_measure(folded, folded.in_folded(at.start, at.end))
    return Measure.model_validate(_measure(_Page(folded.text, folded.printed, writer(folded)), measure))


class _Page(NamedTuple):
    """The folded text that labels are cut from, the printed one for other values, and the writer of places."""

    text: str
    printed: str
    write: Write


def _issue(page: _Page, issue: IssueReading) -> _Values:
    folded, text, write = page
    outline = issue.outline
    spans = {"label": [write(outline.label)]} if outline.label else {}
    spans["title"] = [write(outline.title)]
    if outline.section:
        spans["section"] = [write(place) for place in outline.section]
    duty = _duty(page, issue.duty, spans)
    return {
        "label": _label(folded, outline.label),
        "title": _cut(text, outline.title).replace("\n", ""),
        "section": [_cut(text, place).replace("\n", "") for place in outline.section],
        "category": issue.category,
        "status": issue.status,
        "text": write(outline.text),
        **duty,
        "measures": [_measure(page, measure) for measure in issue.measures],
        "spans": spans,
        "confidence": issue.confidence,
    }


def _measure(page: _Page, measure: MeasureReading) -> _Values:
    folded, text, write = page
    outline, heading, types, status, facts, subjects, organizations, confidence, _, printed = measure
    spans = {"label": [write(outline.label)]} if outline.label else {}
    if heading:
        spans["heading"] = [write(heading)]
    duty = _duty(page, printed, spans)
    if organizations:
        spans["organizations"] = [write(place) for place in organizations]
    return {
        "label": _label(folded, outline.label),
        "text": write(outline.text),
        "heading": _cut(text, heading) if heading else None,
        "types": types,
        "status": status,
        **duty,
        "documents": [
            {
                "title": _cut(text, document.title).replace("\n", ""),
                "action": document.action,
                "text": write(document.title),
            }
            for document in facts.documents
        ],
        "quantities": [
            {
                "value": quantity.value,
                "unit": printed_unit(text, quantity),
                "subject": _cut(text, subject) if subject else None,
                "qualifier": quantity.qualifier,
                "text": write(quantity.text),
            }
            for quantity, subject in zip(facts.quantities, subjects, strict=True)
        ],
        "dates": [{"value": date.value, "text": write(date.text)} for date in facts.dates],
        "organizations": [_cut(text, place) for place in organizations],
        "accountability": [
            {
                "action": found.action,
                "count": found.figure,
                "unit": printed_unit(text, found),
                "text": write(found.text),
            }
            for found in facts.accountability
        ],
        "spans": spans,
        "confidence": confidence,
    }


def _duty(page: _Page, duty: Duty, spans: dict[str, list[dict[str, int]]]) -> _Values:
    """Write who is responsible and until when, if the notice says; add the places of the former to ``spans``."""
    if not (duty.responsible or duty.deadline):
        return {}
    if duty.responsible:
        spans["responsible"] = [page.write(place) for place in duty.responsible]
    deadline = duty.deadline
    return {
        "responsible": [_cut(page.printed, place).replace("\n", "") for place in duty.responsible],
        "deadline": {"value": deadline.value, "text": page.write(deadline.text)} if deadline else None,
    }


class WithUnit(Protocol):
    """A figure with its unit in half width, and the place of that behind its magnitude."""

    @property
    def unit(self) -> str:
        """The unit in half width, its magnitude included."""

    @property
    def base(self) -> Place:
        """The place of the unit behind its magnitude."""


def printed_unit(text: str, found: WithUnit) -> str:
    """Return a figure's unit in the widths that are printed (％)."""
    start, end = found.base
    return found.unit[: start - end] + text[start:end] if end > start else found.unit


def _label(text: str, place: Place | None) -> str | None:
    label = _cut(text, place).replace(" ", "").replace("\n", "") if place else None
    return normalise(label).rstrip(".") if label and "⒈" <= label <= "⒛" else label  # whose stop is part of the sign


def _outline(page: _Page, reading: Reading) -> _Values:
    outline = reading.outline
    return {
        "rectification": _spans(page.write, outline.rectification),
        "coverage": outline.coverage,
        "remainders": [{"kind": rest.kind, "text": page.write(rest.text)} for rest in outline.remainders],
        "digits": {
            "classes": reading.ledger.classes,
            "names": reading.ledger.names,
            "unread": _spans(page.write, reading.ledger.unread),
        },
    }


def _moved(record: AnyRecord, move: Callable[[int, int], Place]) -> AnyRecord:
    changed = {}
    for name, value in record.__dict__.items():
        moved = _moved_value(value, move)
        if moved is not value:
            changed[name] = moved
    return record.model_copy(update=changed) if changed else record


def _moved_value(value: Any, move: Callable[[int, int], Place]) -> Any:
    """Return a field's value with the places in it moved; the same object where it holds none."""
    if isinstance(value, Span):
        place = move(value.start, value.end)
        return Span.model_construct(start=place.start, end=place.end)
    if isinstance(value, Record):
        return _moved(value, move)
    if isinstance(value, list) and value and isinstance(value[0], Record):
        return [_moved_value(each, move) for each in value]
    if isinstance(value, dict) and value and isinstance(next(iter(value.values())), list):
        return {key: [_moved_value(each, move) for each in places] for key, places in value.items()}
    return value


def _cut(text: str, place: Place) -> str:
    start, end = place
    return text[start:end]


def _spans(write: Write, places: Iterable[Place]) -> list[dict[str, int]]:
    return [write(place) for place in places]
