"""From a reading to the contract's records: values are cut from what is printed, places become spans.

Nothing is decided here: a reading is complete. Its places are of the folded text. They are written as places of the
stored text, or as they are (``as_folded``) while a model is asked about the record; ``in_source`` gives a finished
record its places in the stored text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol, TypeVar

from extractor.notice.facts.documents import DocumentFound
from extractor.notice.issue_reading import IssueReading, MeasureReading
from extractor.notice.reading import Reading, read_measure
from extractor.record.contract import Measure, Notice, Record, Span
from extractor.text.folding import FoldedText, fold, without_blanks
from extractor.text.places import Place

Write = Callable[[Place], dict[str, int]]
"""Writes a place as a span of a record."""
AnyRecord = TypeVar("AnyRecord", bound=Record)
_Values = dict[str, object]
_CONTACT = "contact."


def assemble(reading: Reading, notice_id: str, write: Write | None = None) -> Notice:
    """Return a notice's record without checks; its places are of the stored text unless ``write`` says otherwise."""
    page = _Page(reading.folded.printed, write or writer(reading.folded))
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
    return Measure.model_validate(_measure(_Page(folded.printed, writer(folded)), measure))


def text_sha256(text: str) -> str:
    """Return the hash that ties a record to the text its offsets index: SHA-256 of its UTF-8 form, in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Page(NamedTuple):
    """The printed text that values are cut from, and the writer of places."""

    printed: str
    write: Write


def _issue(page: _Page, issue: IssueReading) -> _Values:
    text, outline = page.printed, issue.outline
    spans = _named_spans(page.write, label=outline.label, title=outline.title)
    if outline.section:
        spans["section"] = _spans(page.write, outline.section)
    return {
        "label": _label(text, outline.label),
        "title": _cut(text, outline.title),
        "section": [_cut(text, place) for place in outline.section],
        "category": issue.category,
        "status": issue.status,
        "text": page.write(outline.text),
        "measures": [_measure(page, measure) for measure in issue.measures],
        "spans": spans,
    }


def _measure(page: _Page, measure: MeasureReading) -> _Values:
    text = page.printed
    outline, heading, types, status, facts, organizations = measure
    spans = _named_spans(page.write, label=outline.label, heading=heading)
    if organizations:
        spans["organizations"] = _spans(page.write, organizations)
    return {
        "label": _label(text, outline.label),
        "text": page.write(outline.text),
        "heading": _cut(text, heading) if heading else None,
        "types": types,
        "status": status,
        "documents": [_document(page, document) for document in facts.documents],
        "quantities": [
            {
                "value": quantity.value,
                "unit": printed_unit(text, quantity),
                "subject": _cut(text, quantity.subject) if quantity.subject else None,
                "qualifier": quantity.qualifier,
                "text": page.write(quantity.text),
            }
            for quantity in facts.quantities
        ],
        "dates": [{"value": date.value, "text": page.write(date.text)} for date in facts.dates],
        "organizations": [_cut(text, place) for place in organizations],
        "accountability": [
            {
                "action": found.action,
                "count": found.figure,
                "unit": printed_unit(text, found),
                "text": page.write(found.text),
            }
            for found in facts.accountability
        ],
        "spans": spans,
    }


def _document(page: _Page, document: DocumentFound) -> _Values:
    title = _cut(page.printed, document.title)
    return {"title": title, "action": document.action, "text": page.write(document.title)}


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
    size = found.base.end - found.base.start
    return found.unit[: len(found.unit) - size] + _cut(text, found.base) if size else found.unit


def _label(text: str, place: Place | None) -> str | None:
    return without_blanks(_cut(text, place)) if place else None


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
    return text[place.start : place.end]


def _spans(write: Write, places: Iterable[Place]) -> list[dict[str, int]]:
    return [write(place) for place in places]


def _named_spans(write: Write, **places: Place | None) -> dict[str, list[dict[str, int]]]:
    return {name: [write(place)] for name, place in places.items() if place is not None}
