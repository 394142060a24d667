"""Invented values: what a prediction says that the text does not hold. There must be none.

A value is **invented** where its place lies outside the text or is empty, or where the text at its place does not hold
it, after the contract's normalisation:

- a figure (quantity, total, accountability): the number, in Arabic digits, and its unit are printed in its place, see
  ``figure_is_printed``;
- a date: see ``date_values.date_is_printed``; a deadline may be a word;
- words (title, body, team, signature, contact, label, heading, section, who is responsible, 《》, organisation): their
  characters are printed in their place. Words without a place are looked for in their own record: the measure, the
  issue, the notice; who is responsible also behind it, before the next issue;
  the subject of a figure in its measure or issue; the parts of an inspected body or of a signature that are joined
  by 、 one by one.

Judgements (enumerations) are not grounded. ``data/fields.toml`` declares the type of each value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from extractor.record.contract import Issue, Measure, Notice, Span
from extractor.record.date_values import date_is_printed, deadline_is_printed
from extractor.record.fields import LISTS_OF_MEASURE, SHAPES, Field, ItemKind, places_of, value_of
from extractor.record.lookup import Page, page_of
from extractor.text.normal_form import normalise

_QUOTED = 40
"""Code points of the text that are quoted beside an invented value."""
_OUTSIDE = "its place is outside the text"
_GROUNDED: Mapping[ItemKind, Sequence[Field]] = {
    kind: [field for field in shape.fields.values() if field.type not in ("term", "terms", "unit")]
    for kind, shape in SHAPES.items()
}
"""The values that are printed; a unit is, with its number."""


class Ungrounded(NamedTuple):
    """An invented value: its row in the evaluation, its path in the record, its words, and the reason."""

    field: str
    path: str
    value: str
    reason: str


def ungrounded(pred: Notice, text: str) -> list[Ungrounded]:
    """Return every invented value of a prediction over ``text``."""
    return list(_notice(_Grounding(page_of(text), len(text)), pred, len(text)))


def figure_is_printed(page: Page, value: Decimal, unit: str, span: Span) -> bool:
    """Say whether a stretch prints a number and its unit, or an amount of that value and unit."""
    wanted = normalise(unit)
    if value in page.numbers(span) and page.holds(wanted, span):
        return True
    return any(amount.value == value and amount.unit == wanted for amount in page.amounts(span.start, span.end))


class _Grounding:
    """The checks of values against a text: each returns the reason why a value is not printed, or None."""

    def __init__(self, page: Page, size: int) -> None:
        self._page = page
        self._size = size

    def words(self, value: str, spans: Sequence[Span], around: Span, *, is_joined: bool = False) -> str | None:
        """``around`` is the stretch that words without a place are looked for in."""
        if not normalise(value):
            return None
        span = _hull(spans) if spans else around
        if spans and self._is_outside(span):
            return _OUTSIDE
        if self._page.holds(value, span):
            return None
        if is_joined and all(self._page.holds(part, span) for part in value.split("、")):
            return None
        return self._quoted(span)

    def figure(self, value: float, unit: str, span: Span) -> str | None:
        if self._is_outside(span):
            return _OUTSIDE
        return None if figure_is_printed(self._page, Decimal(str(value)), unit, span) else self._quoted(span)

    def date(
        self, value: str, spans: Sequence[Span], is_printed: Callable[[str, str], bool] = date_is_printed
    ) -> str | None:
        if not spans:
            return None
        span = _hull(spans)
        if self._is_outside(span):
            return _OUTSIDE
        return None if is_printed(value, self._page.text[span.start : span.end]) else self._quoted(span)

    def nearby(self, value: str, stretches: Sequence[Span]) -> str | None:
        """``stretches`` may hold words that have no place of their own."""
        return None if any(self._page.holds(value, each) for each in stretches) else "not in the words of its issue"

    def _is_outside(self, span: Span) -> bool:
        return not 0 <= span.start < span.end <= self._size

    def _quoted(self, span: Span) -> str:
        quoted = self._page.text[span.start : min(span.end, span.start + _QUOTED)]
        dots = "…" if span.end - span.start > _QUOTED else ""
        return f"the text there reads “{quoted}{dots}”"


def _notice(at: _Grounding, notice: Notice, size: int) -> Iterator[Ungrounded]:
    whole = Span(start=0, end=size)
    yield from _own_values(at, "field", notice, ("", ""), lambda _: whole)
    for number, total in enumerate(notice.totals):
        yield from _element(at, "total", total, ("totals", f"totals[{number}]"), ())
    ends = [*(issue.text.start for issue in notice.issues[1:]), size]
    for number, (issue, end) in enumerate(zip(notice.issues, ends, strict=False)):
        yield from _issue(at, f"issues[{number}]", issue, Span(start=issue.text.start, end=max(issue.text.end, end)))


def _issue(at: _Grounding, path: str, issue: Issue, onward: Span) -> Iterator[Ungrounded]:
    """``onward`` is the issue's stretch and what follows it before the next one."""
    before = Span(start=0, end=max(issue.text.start, 0))

    def around(field: Field) -> Span:
        if field.is_above:
            return before
        return onward if field.type == "list" else issue.text

    yield from _own_values(at, "issue", issue, ("issues.", f"{path}."), around)
    start = issue.text.start
    for number, measure in enumerate(issue.measures):
        yield from _measure(at, f"{path}.measures[{number}]", measure, (issue.text, onward), start)
        start = measure.text.end


def _measure(
    at: _Grounding, path: str, measure: Measure, issue: tuple[Span, Span], before: int
) -> Iterator[Ungrounded]:
    """``issue`` is its text, and the same with what follows it.

    ``before`` is the end of the measure before it, behind which its enumerator is printed.
    """
    text, onward = issue

    def around(field: Field) -> Span:
        if field.name == "label":
            return Span(start=before, end=max(before, measure.text.end))
        return onward if field.type == "list" else measure.text

    yield from _own_values(at, "measure", measure, ("measures.", f"{path}."), around)
    stretches = (measure.text, text)
    for name, kind in LISTS_OF_MEASURE:
        elements = getattr(measure, name)
        if SHAPES[kind].record is None:
            spans = measure.spans.get(name, ())
            yield from _list(at, elements, (f"measures.{name}", f"{path}.{name}"), spans, measure.text)
            continue
        for number, element in enumerate(elements):
            yield from _element(at, kind, element, (f"measures.{name}", f"{path}.{name}[{number}]"), stretches)


_Named = tuple[str, str]
"""The field and the path of a value, or their beginnings."""


def _own_values(
    at: _Grounding,
    kind: ItemKind,
    holder: Notice | Issue | Measure,
    named: _Named,
    around: Callable[[Field], Span],
) -> Iterator[Ungrounded]:
    """Yield the invented ones of the notice's, an issue's or a measure's own values."""
    for field in _GROUNDED[kind]:
        value = value_of(holder, field.name)
        if value is None:
            continue
        spans = holder.spans.get(field.name, ()) if isinstance(holder, Notice) else places_of(holder, field.name)
        if field.type == "list":
            yield from _list(at, value, (named[0] + field.name, named[1] + field.name), spans, around(field))
            continue
        if field.type == "day":
            lacks = at.date(value, spans)
        elif field.type == "deadline":
            lacks = at.date(value, spans, deadline_is_printed)
        else:
            lacks = at.words(value, spans, around(field), is_joined=field.is_joined)
        if lacks:
            yield Ungrounded(named[0] + field.name, named[1] + field.name, value, lacks)


def _list(
    at: _Grounding, values: Sequence[str], named: _Named, spans: Sequence[Span], around: Span
) -> Iterator[Ungrounded]:
    for number, words in enumerate(values):
        if lacks := at.words(words, spans[number : number + 1], around):
            yield Ungrounded(named[0], f"{named[1]}[{number}]", words, lacks)


def _element(
    at: _Grounding, kind: ItemKind, element: Any, named: _Named, stretches: Sequence[Span]
) -> Iterator[Ungrounded]:
    """Yield the invented values of an element of a list; ``stretches`` hold those that are printed around it."""
    span: Span = element.text
    for field in _GROUNDED[kind]:
        value = said = getattr(element, field.name)
        if field.type in ("figure", "count"):
            lacks = at.figure(value, element.unit, span)
            said = f"{value} {element.unit}"
        elif value is None:
            continue
        elif field.is_around:
            lacks = at.nearby(value, stretches)
        else:
            lacks = at.date(value, (span,)) if field.type == "date" else at.words(value, (span,), span)
        if lacks:
            inner = "" if field.name in SHAPES[kind].same else f".{field.name}"
            yield Ungrounded(named[0] + inner, named[1] + inner, said, lacks)


def _hull(spans: Sequence[Span]) -> Span:
    if len(spans) == 1:
        return spans[0]
    return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))
