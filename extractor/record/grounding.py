"""Invented values: what a prediction says that the text does not hold. There must be none.

A value is **invented** where its place lies outside the text or is empty, or where the text at its place does not hold
it, after the contract's normalisation:

- a figure (quantity, total, accountability): the number, in Arabic digits, and its unit stand in its place;
- a date: see ``date_values.date_is_printed``;
- a name (title, body, team, signature, contact, label, heading, section, 《》, organisation): its characters stand in
  its place. A name without a place is looked for in its own record: the measure, the issue, the notice. The parts of
  an inspected body joined by 、 are looked for one by one. So is the subject of a figure, in its measure or issue.

Judgements (enumerations) are not grounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from extractor.record.contract import Issue, Measure, Notice, Span
from extractor.record.date_values import date_is_printed
from extractor.record.items import CONTACT
from extractor.record.lookup import Page, page_of
from extractor.text.normal_form import normalise

DATE_SCALARS = ("inspection_start", "inspection_end", "feedback_date", "published_on", "signed_on")
NAME_SCALARS = ("title", "inspected_body", "inspection_team", "signed_by")


class Ungrounded(NamedTuple):
    """An invented value: where it is in the record, what it says, and what the text lacks."""

    field: str
    path: str
    value: str
    reason: str


def ungrounded(pred: Notice, text: str) -> list[Ungrounded]:
    """Return every invented value of a prediction over ``text``."""
    return list(_Check(page_of(text), len(text)).notice(pred))


class _Check:
    def __init__(self, page: Page, size: int) -> None:
        self._page = page
        self._size = size

    def notice(self, notice: Notice) -> Iterator[Ungrounded]:
        whole = Span(start=0, end=self._size)
        for key in NAME_SCALARS:
            yield from self._name(key, key, getattr(notice, key), notice.spans.get(key), whole)
        for key in CONTACT:
            path = f"contact.{key}"
            yield from self._name(path, path, getattr(notice.contact, key), notice.spans.get(path), whole)
        for key in DATE_SCALARS:
            value = getattr(notice, key)
            places = notice.spans.get(key, [])
            if value is not None and places:
                yield from self._date(key, key, value, self._hull(places))
        for number, total in enumerate(notice.totals):
            yield from self._figure("totals", f"totals[{number}]", total.value, total.unit, total.text)
        for number, issue in enumerate(notice.issues):
            yield from self._issue(f"issues[{number}]", issue)

    def _issue(self, path: str, issue: Issue) -> Iterator[Ungrounded]:
        before = Span(start=0, end=max(issue.text.start, 0))
        for key in ("label", "title"):
            value = getattr(issue, key)
            yield from self._name(f"issues.{key}", f"{path}.{key}", value, issue.spans.get(key), issue.text)
        spans = issue.spans.get("section", [])
        for number, heading in enumerate(issue.section):
            place = spans[number : number + 1]
            yield from self._name("issues.section", f"{path}.section[{number}]", heading, place, before)
        start = issue.text.start
        for number, measure in enumerate(issue.measures):
            around = Span(start=start, end=max(start, measure.text.end))
            yield from self._measure(f"{path}.measures[{number}]", measure, issue, around)
            start = measure.text.end

    def _measure(self, path: str, measure: Measure, issue: Issue, around: Span) -> Iterator[Ungrounded]:
        yield from self._name("measures.label", f"{path}.label", measure.label, measure.spans.get("label"), around)
        heading = measure.spans.get("heading")
        yield from self._name("measures.heading", f"{path}.heading", measure.heading, heading, measure.text)
        for number, document in enumerate(measure.documents):
            place = f"{path}.documents[{number}]"
            yield from self._name("measures.documents", place, document.title, [document.text], measure.text)
        for number, quantity in enumerate(measure.quantities):
            place = f"{path}.quantities[{number}]"
            yield from self._figure("measures.quantities", place, quantity.value, quantity.unit, quantity.text)
            if quantity.subject and not any(self._page.holds(quantity.subject, each.text) for each in (measure, issue)):
                field = "measures.quantities.subject"
                yield Ungrounded(field, f"{place}.subject", quantity.subject, "not in the words of its issue")
        for number, date in enumerate(measure.dates):
            yield from self._date("measures.dates", f"{path}.dates[{number}]", date.value, date.text)
        spans = measure.spans.get("organizations", [])
        for number, name in enumerate(measure.organizations):
            place = f"{path}.organizations[{number}]"
            yield from self._name("measures.organizations", place, name, spans[number : number + 1], measure.text)
        for number, entry in enumerate(measure.accountability):
            place = f"{path}.accountability[{number}]"
            yield from self._figure("measures.accountability", place, entry.count, entry.unit, entry.text)

    def _outside(self, span: Span) -> bool:
        return not 0 <= span.start < span.end <= self._size

    def _hull(self, spans: list[Span]) -> Span:
        return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))

    def _name(
        self, field: str, path: str, value: str | None, places: list[Span] | None, record: Span
    ) -> Iterator[Ungrounded]:
        if value is None or not normalise(value):
            return
        span = self._hull(places) if places else record
        if places and self._outside(span):
            yield Ungrounded(field, path, value, "its place is outside the text")
        elif not self._page.holds(value, span):
            parts = value.split("、")
            joined = field == "inspected_body" and all(self._page.holds(part, span) for part in parts)
            if not joined:
                yield Ungrounded(field, path, value, f"the text there reads “{self._quote(span)}”")

    def _figure(self, field: str, path: str, value: float, unit: str, span: Span) -> Iterator[Ungrounded]:
        shown = f"{value} {unit}"
        if self._outside(span):
            yield Ungrounded(field, path, shown, "its place is outside the text")
        elif not self._is_printed(Decimal(str(value)), normalise(unit), span):
            yield Ungrounded(field, path, shown, f"the text there reads “{self._quote(span)}”")

    def _is_printed(self, value: Decimal, unit: str, span: Span) -> bool:
        """Whether a number stands in its place with its unit, or an amount of that value and unit does."""
        if value in self._page.numbers(span) and self._page.holds(unit, span):
            return True
        amounts = self._page.amounts(span.start, span.end)
        return any(amount.value == value and amount.unit == unit for amount in amounts)

    def _date(self, field: str, path: str, value: str, span: Span) -> Iterator[Ungrounded]:
        if self._outside(span):
            yield Ungrounded(field, path, value, "its place is outside the text")
            return
        if not date_is_printed(value, self._page.text[span.start : span.end]):
            yield Ungrounded(field, path, value, f"the text there reads “{self._quote(span)}”")

    def _quote(self, span: Span) -> str:
        quoted = self._page.text[span.start : min(span.end, span.start + 40)]
        return quoted + ("…" if span.end - span.start > 40 else "")
