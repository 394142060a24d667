"""From a reading to the contract's records: values are cut from what is printed, places become spans.

A reading's places are of the folded text. They are written as places of the stored text, or, while a model is asked
about the record, as they are (``as_folded``); ``in_source`` gives a finished one its places in the stored text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple, Protocol, TypeVar

from extractor.notice.facts.judgement import (
    issue_category,
    issue_status,
    measure_status,
    measure_types,
    place_of_heading,
)
from extractor.notice.facts.organizations import find_organizations
from extractor.notice.outline.measures import IssueOutline, MeasureOutline
from extractor.notice.reading import Facts, Reading, deal, read_by_rules
from extractor.record.contract import Measure, Notice, Record, Span
from extractor.text.folding import FoldedText, fold, without_blanks
from extractor.text.places import Place
from extractor.text.text_hash import text_sha256

Write = Callable[[Place], dict[str, int]]
"""How a place is written into a record."""
AnyRecord = TypeVar("AnyRecord", bound=Record)
_Values = dict[str, object]
_CONTACT = "contact."
_NORMALISED = frozenset(
    ("inspection_kind", "inspection_start", "inspection_end", "feedback_date", "published_on", "signed_on")
)


def assemble(reading: Reading, notice_id: str, write: Write | None = None) -> Notice:
    """The contract record of a notice, without checks; its places are of the stored text unless ``write`` says else."""
    page = _Page(reading.folded.printed, write or writer(reading.folded))
    text = page.printed
    fields = {
        name: found.value if name in _NORMALISED or len(found.places) > 1 else _cut(text, found.places[0]).strip()
        for name, found in reading.fields.items()
    }
    measures = iter(_measures(page, reading, [each for issue in reading.outline.issues for each in issue.measures]))
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
                    "unit": printed_unit(text, total),
                    "text": page.write(total.text),
                }
                for total in reading.totals
            ],
            "issues": [_issue(page, reading, issue, measures) for issue in reading.outline.issues],
            "outline": _outline(page, reading),
            "spans": {name: _spans(page.write, found.places) for name, found in reading.fields.items()},
        }
    )


def writer(folded: FoldedText) -> Write:
    """How places of a folded text are written as places of the stored text."""
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
    """A place as it is."""
    return {"start": place.start, "end": place.end}


def in_source(record: AnyRecord, folded: FoldedText) -> AnyRecord:
    """``record`` with its places, which are of the folded text, as places of the stored text."""
    return record if folded.is_source else _moved(record, folded.in_source)


def in_folded(record: AnyRecord, folded: FoldedText) -> AnyRecord:
    """``record`` with its places, which are of the stored text, as places of the folded text."""
    return record if folded.is_source else _moved(record, folded.in_folded)


def measure_at(text: str, at: Span) -> Measure:
    """What the rules read in a stretch of a notice's stored text, as if that were one of its measures."""
    folded = fold(text)
    reading = read_by_rules(folded)
    outline = MeasureOutline(folded.in_folded(at.start, at.end), None)
    (measure,) = _measures(_Page(folded.printed, writer(folded)), reading, [outline])
    return Measure.model_validate(measure)


class _Page(NamedTuple):
    """What values are cut from, and how places are written."""

    printed: str
    write: Write


def _issue(page: _Page, reading: Reading, outline: IssueOutline, measures: Iterator[_Values]) -> _Values:
    """An issue's values, with as many of ``measures`` as are its own."""
    text = page.printed
    title, section = _cut(text, outline.title), [_cut(text, place) for place in outline.section]
    answer = "\n".join(_cut(reading.text, measure.text) for measure in outline.measures)
    spans = _named_spans(page.write, label=outline.label, title=outline.title)
    if outline.section:
        spans["section"] = _spans(page.write, outline.section)
    notes = "\n".join(_cut(reading.text, rest.text) for rest in outline.rests if rest.kind in ("note", "lead_in"))
    return {
        "label": _label(text, outline.label),
        "title": title,
        "section": section,
        "category": issue_category(_cut(reading.text, outline.title), answer),
        "status": issue_status(section, f"{notes}\n{answer}"),
        "text": page.write(outline.text),
        "measures": list(islice(measures, len(outline.measures))),
        "spans": spans,
    }


class _Judged(NamedTuple):
    """What is read in a measure's own words."""

    heading: Place | None
    types: list[str]
    status: str
    organizations: list[Place]


def _measures(page: _Page, reading: Reading, outlines: list[MeasureOutline]) -> list[_Values]:
    """The values of measures in printed order. Each rule goes over all of them before the next one does: its tables are
    large, and fast while the processor has them at hand."""
    text, clauses, ends = reading.text, reading.clauses, reading.name_ends
    places = [outline.text for outline in outlines]
    dealt = deal(reading.facts, places)
    headings = [place_of_heading(text, place) for place in places]
    types = [measure_types(_without_titles(text, place, facts)) for place, facts in zip(places, dealt, strict=True)]
    # A slogan in the heading (持续推进…) does not say that work goes on.
    statuses = [
        measure_status(text[heading.end if heading else place.start : place.end])
        for place, heading in zip(places, headings, strict=True)
    ]
    organizations = [
        find_organizations(text, clauses, ends, place, [date.text for date in facts.dates])
        for place, facts in zip(places, dealt, strict=True)
    ]
    judged = map(_Judged, headings, types, statuses, organizations)
    return [_measure(page, *each) for each in zip(outlines, dealt, judged, strict=True)]


def _measure(page: _Page, outline: MeasureOutline, facts: Facts, judged: _Judged) -> _Values:
    text = page.printed
    heading, types, status, organizations = judged
    spans = _named_spans(page.write, label=outline.label, heading=heading)
    if organizations:
        spans["organizations"] = _spans(page.write, organizations)
    return {
        "label": _label(text, outline.label),
        "text": page.write(outline.text),
        "heading": _cut(text, heading) if heading else None,
        "types": types,
        "status": status,
        "documents": _documents(page, facts),
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
        "dates": _dates(page, facts),
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


def _without_titles(text: str, place: Place, facts: Facts) -> str:
    """A measure's text with its 《…》 emptied: what a document is called is not what was done."""
    pieces, position = [], place.start
    for document in facts.documents:
        pieces.append(text[position : document.title.start])
        position = document.title.end
    return "".join([*pieces, text[position : place.end]])


def _documents(page: _Page, facts: Facts) -> list[_Values]:
    """Each document once for each thing that was done with it."""
    found: dict[tuple[str, str], _Values] = {}
    for document in facts.documents:
        title = _cut(page.printed, document.title)
        found.setdefault(
            (title, document.action), {"title": title, "action": document.action, "text": page.write(document.title)}
        )
    return list(found.values())


def _dates(page: _Page, facts: Facts) -> list[_Values]:
    """Each distinct value once, at its first place; damaged ones are left to the checks."""
    found: dict[str, _Values] = {}
    for date in facts.dates:
        if date.value:
            found.setdefault(date.value, {"value": date.value, "text": page.write(date.text)})
    return list(found.values())


class WithUnit(Protocol):
    """A figure with its unit in half width, and the place of that behind its magnitude."""

    @property
    def unit(self) -> str: ...
    @property
    def base(self) -> Place: ...


def printed_unit(text: str, found: WithUnit) -> str:
    """The unit in the widths that are printed (％)."""
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
    """A field's value with the places in it moved; the very same where it holds none."""
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
