"""From a reading to the contract's records: values are cut from the notice's own text, places become spans."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from extractor.contract import (
    Accountability,
    Contact,
    DateMention,
    Document,
    Issue,
    Measure,
    Notice,
    Outline,
    Quantity,
    Remainder,
    Span,
    Total,
)
from extractor.notice.judgement import issue_category, issue_status, measure_status, measure_types, place_of_heading
from extractor.notice.measures import IssueOutline, MeasureOutline
from extractor.notice.organizations import find_organizations
from extractor.notice.places import Place
from extractor.notice.reader import Reading
from extractor.notice.reading import half_width

_CONTACT = "contact."
_NORMALISED = frozenset(
    ("inspection_kind", "inspection_start", "inspection_end", "feedback_date", "published_on", "signed_on")
)


def assemble(text: str, reading: Reading, notice_id: str) -> Notice:
    """The contract record of a notice, without checks."""
    fields = {
        name: found.value if name in _NORMALISED or len(found.places) > 1 else _cut(text, found.places[0]).strip()
        for name, found in reading.fields.items()
    }
    contact = {name.removeprefix(_CONTACT): value for name, value in fields.items() if name.startswith(_CONTACT)}
    return Notice(
        notice_id=notice_id,
        text_sha256=text_sha256(text),
        contact=Contact(**contact),
        totals=[
            Total(name=total.name, value=total.value, unit=_cut(text, total.unit), text=_span(total.text))
            for total in reading.totals
        ],
        issues=[_issue(text, reading, issue) for issue in reading.outline.issues],
        outline=_outline(reading),
        spans={name: _spans(found.places) for name, found in reading.fields.items()},
        **{name: value for name, value in fields.items() if not name.startswith(_CONTACT)},  # type: ignore[arg-type]
    )


def text_sha256(text: str) -> str:
    """The hash that ties a record to the very text its offsets index (SHA-256 of its UTF-8 form, in hex)."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _issue(text: str, reading: Reading, outline: IssueOutline) -> Issue:
    measures = [_measure(text, reading, measure) for measure in outline.measures]
    title, section = _cut(text, outline.title), [_cut(text, place) for place in outline.section]
    answer = "\n".join(_cut(reading.text, measure.text) for measure in outline.measures)
    notes = "\n".join(_cut(reading.text, rest.text) for rest in outline.rests if rest.kind in ("note", "lead_in"))
    spans = {"title": [_span(outline.title)], "section": _spans(outline.section)}
    if outline.label:
        spans["label"] = [_span(outline.label)]
    return Issue(
        label=half_width(_cut(text, outline.label)) if outline.label else None,
        title=title,
        section=section,
        category=issue_category(_cut(reading.text, outline.title), answer),
        status=issue_status(section, f"{notes}\n{answer}"),
        text=_span(outline.text),
        measures=measures,
        spans={name: places for name, places in spans.items() if places},
    )


def _measure(text: str, reading: Reading, outline: MeasureOutline) -> Measure:
    facts = reading.facts_in(outline.text)
    printed = _cut(reading.text, outline.text)
    heading = place_of_heading(reading.text, outline.text)
    organizations = find_organizations(reading.text, *outline.text, [date.text for date in facts.dates])
    spans = {"organizations": _spans(organizations)}
    if outline.label:
        spans["label"] = [_span(outline.label)]
    if heading:
        spans["heading"] = [_span(heading)]
    return Measure(
        label=half_width(_cut(text, outline.label)) if outline.label else None,
        text=_span(outline.text),
        heading=_cut(text, heading) if heading else None,
        types=measure_types(printed),
        status=measure_status(printed),
        documents=_distinct_documents(text, reading, outline.text),
        quantities=[
            Quantity(
                value=quantity.value,
                unit=_unit(text, quantity.unit),
                subject=_cut(text, quantity.subject) if quantity.subject else None,
                qualifier=quantity.qualifier,
                text=_span(quantity.text),
            )
            for quantity in facts.quantities
        ],
        dates=list(
            {
                date.value: DateMention(value=date.value, text=_span(date.text))
                for date in reversed(facts.dates)
                if date.value
            }.values()
        )[::-1],
        organizations=[_cut(text, place) for place in organizations],
        accountability=[
            Accountability(action=found.action, count=found.count, unit=_unit(text, found.unit), text=_span(found.text))
            for found in facts.accountability
        ],
        spans={name: places for name, places in spans.items() if places},
    )


def _distinct_documents(text: str, reading: Reading, place: Place) -> list[Document]:
    found: dict[tuple[str, str], Document] = {}
    for document in reading.facts_in(place).documents:
        title = _cut(text, document.title)
        found.setdefault(
            (title, document.action), Document(title=title, action=document.action, text=_span(document.title))
        )
    return list(found.values())


def _unit(text: str, place: Place) -> str:
    """The printed unit; 40余万平方米 has 余 before its unit, 1.5万余人 inside it, where it does not belong."""
    return _cut(text, place).replace("余", "").replace("多", "")


def _outline(reading: Reading) -> Outline:
    outline = reading.outline
    return Outline(
        rectification=_spans(outline.rectification),
        coverage=outline.coverage,
        remainders=[Remainder(kind=rest.kind, text=_span(rest.text)) for rest in outline.remainders],
    )


def _cut(text: str, place: Place) -> str:
    return text[place.start : place.end]


def _span(place: Place) -> Span:
    return Span(start=place.start, end=place.end)


def _spans(places: Iterable[Place]) -> list[Span]:
    return [_span(place) for place in places]
