"""Invented values: what a prediction says that the text does not hold. There must be none.

A value is **invented** where its place lies outside the text or is empty, or where the text at its place does not hold
it, after the contract's normalisation:

- a figure (quantity, total, accountability): the number, in Arabic digits, and its unit stand in its place, see
  ``figure_is_printed``;
- a date: see ``date_values.date_is_printed``;
- words (title, body, team, signature, contact, label, heading, section, 《》, organisation): their characters stand in
  their place. Words without a place are looked for in their own record: the measure, the issue, the notice. The parts
  of an inspected body joined by 、 are looked for one by one. So is the subject of a figure, in its measure or issue.

Judgements (enumerations) are not grounded. Which value is which says ``data/fields.toml``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.record.contract import Issue, Measure, Notice, Record, Span
from extractor.record.date_values import date_is_printed
from extractor.record.fields import LISTS_OF_MEASURE, NOTICE_FIELDS, SHAPES, Field, ItemKind, value_of
from extractor.record.lookup import Page, page_of
from extractor.text.normal_form import normalise

_QUOTED = 40
"""Code points of the text that are quoted beside an invented value."""
_OUTSIDE = "its place is outside the text"


class Ungrounded(NamedTuple):
    """An invented value: its field as the evaluation names it, its path in the record, its words, and what the text
    lacks."""

    field: str
    path: str
    value: str
    reason: str


def ungrounded(pred: Notice, text: str) -> list[Ungrounded]:
    """Return every invented value of a prediction over ``text``."""
    return list(_Grounding(page_of(text), len(text)).notice(pred))


def figure_is_printed(page: Page, value: Decimal, unit: str, span: Span) -> bool:
    """Say whether a number stands in a stretch with its unit, or an amount of that value and unit does."""
    wanted = normalise(unit)
    if value in page.numbers(span) and page.holds(wanted, span):
        return True
    return any(amount.value == value and amount.unit == wanted for amount in page.amounts(span.start, span.end))


class _Place(NamedTuple):
    """The field and the path of a value, where it stands, and the stretch it is looked for in without a place."""

    field: str
    path: str
    spans: Sequence[Span]
    around: Span


class _Grounding:
    def __init__(self, page: Page, size: int) -> None:
        self._page = page
        self._size = size

    def notice(self, notice: Notice) -> Iterator[Ungrounded]:
        whole = Span(start=0, end=self._size)
        for key, field in NOTICE_FIELDS.items():
            place = _Place(key, key, notice.spans.get(key, ()), whole)
            yield from self._value(field, value_of(notice, key), place)
        for number, total in enumerate(notice.totals):
            yield from self._element("total", total, _Place("totals", f"totals[{number}]", (total.text,), whole), ())
        for number, issue in enumerate(notice.issues):
            yield from self._issue(f"issues[{number}]", issue)

    def _issue(self, path: str, issue: Issue) -> Iterator[Ungrounded]:
        before = Span(start=0, end=max(issue.text.start, 0))
        for name, field in SHAPES["issue"].fields.items():
            # The headings that group issues stand before them.
            around = before if field.type == "list" else issue.text
            place = _Place(f"issues.{name}", f"{path}.{name}", issue.spans.get(name, ()), around)
            yield from self._value(field, getattr(issue, name), place)
        start = issue.text.start
        for number, measure in enumerate(issue.measures):
            yield from self._measure(f"{path}.measures[{number}]", measure, issue, start)
            start = measure.text.end

    def _measure(self, path: str, measure: Measure, issue: Issue, before: int) -> Iterator[Ungrounded]:
        """``before`` is where the measure before it ends, behind which an enumerator may stand."""
        for name, field in SHAPES["measure"].fields.items():
            start = before if name == "label" else measure.text.start
            around = Span(start=start, end=max(start, measure.text.end))
            place = _Place(f"measures.{name}", f"{path}.{name}", measure.spans.get(name, ()), around)
            yield from self._value(field, getattr(measure, name), place)
        for name, kind in LISTS_OF_MEASURE:
            shape = SHAPES[kind]
            field_name, elements = f"measures.{name}", getattr(measure, name)
            if shape.record is None:
                spans = measure.spans.get(name, ())
                yield from self._list(elements, _Place(field_name, f"{path}.{name}", spans, measure.text))
                continue
            for number, element in enumerate(elements):
                place = _Place(field_name, f"{path}.{name}[{number}]", (element.text,), measure.text)
                yield from self._element(kind, element, place, (measure.text, issue.text))

    def _element(
        self, kind: ItemKind, element: Record, place: _Place, stretches: Sequence[Span]
    ) -> Iterator[Ungrounded]:
        """Yield the invented values of an element of a list; ``stretches`` hold those that stand around it."""
        shape = SHAPES[kind]
        for name, field in shape.fields.items():
            value = getattr(element, name)
            inner = (
                place
                if name in shape.same
                else place._replace(field=f"{place.field}.{name}", path=f"{place.path}.{name}")
            )
            if field.type in ("figure", "count"):
                yield from self._figure(value, value_of(element, "unit"), inner)
            elif not field.is_around:
                yield from self._value(field, value, inner)
            elif value and not any(self._page.holds(value, stretch) for stretch in stretches):
                yield Ungrounded(inner.field, inner.path, value, "not in the words of its issue")

    def _value(self, field: Field, value: str | list[str] | None, place: _Place) -> Iterator[Ungrounded]:
        if isinstance(value, list):
            if field.type == "list":
                yield from self._list(value, place)
        elif value is not None and field.type == "text":
            yield from self._words(value, place, is_joined=field.is_joined)
        elif value is not None and field.type in ("day", "date") and place.spans:
            yield from self._date(value, place)

    def _list(self, values: Sequence[str], place: _Place) -> Iterator[Ungrounded]:
        for number, words in enumerate(values):
            spans = place.spans[number : number + 1]
            yield from self._words(words, place._replace(path=f"{place.path}[{number}]", spans=spans))

    def _words(self, value: str, place: _Place, *, is_joined: bool = False) -> Iterator[Ungrounded]:
        if not normalise(value):
            return
        span = _hull(place.spans) if place.spans else place.around
        if place.spans and self._is_outside(span):
            yield Ungrounded(place.field, place.path, value, _OUTSIDE)
        elif not self._page.holds(value, span) and not (
            is_joined and all(self._page.holds(part, span) for part in value.split("、"))
        ):
            yield self._differs(place, value, span)

    def _figure(self, value: float, unit: str, place: _Place) -> Iterator[Ungrounded]:
        (span,) = place.spans
        if self._is_outside(span):
            yield Ungrounded(place.field, place.path, f"{value} {unit}", _OUTSIDE)
        elif not figure_is_printed(self._page, Decimal(str(value)), unit, span):
            yield self._differs(place, f"{value} {unit}", span)

    def _date(self, value: str, place: _Place) -> Iterator[Ungrounded]:
        span = _hull(place.spans)
        if self._is_outside(span):
            yield Ungrounded(place.field, place.path, value, _OUTSIDE)
        elif not date_is_printed(value, self._page.text[span.start : span.end]):
            yield self._differs(place, value, span)

    def _is_outside(self, span: Span) -> bool:
        return not 0 <= span.start < span.end <= self._size

    def _differs(self, place: _Place, value: str, span: Span) -> Ungrounded:
        quoted = self._page.text[span.start : min(span.end, span.start + _QUOTED)]
        dots = "…" if span.end - span.start > _QUOTED else ""
        return Ungrounded(place.field, place.path, value, f"the text there reads “{quoted}{dots}”")


def _hull(spans: Sequence[Span]) -> Span:
    return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))
