"""The places of values in a text, which may print them with other blanks, widths, quotes or thousands marks.

A ``Page`` folds a text character by character into its normal form and remembers where each folded character came
from, so that a search in the folded text answers with offsets into the text as stored.

A model's words are not looked up here but by ``assist.display.find_words``: NFKC makes ① a 1 and ² a 2, so that words
would be found that the model did not see; and a page is made of a whole text, where a measure's few lines are enough.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from extractor.record.contract import Span
from extractor.text.folding import fold
from extractor.text.normal_form import fold_char, normalise
from extractor.text.numbers import LONGEST_FIGURE, NUMBER, amount_at, is_whole

# 1,234 is one number or, in a list, two: both readings are offered.
_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?")
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)")
# These may be printed between a figure and its unit: 300余名, 20多家.
_BETWEEN = "余多几来"


class Figure(NamedTuple):
    """A number printed in Arabic digits, at ``start:end`` of the folded text."""

    value: Decimal
    start: int
    end: int


class PrintedAmount(NamedTuple):
    """An amount as the grammar of numbers reads it, at ``start:end`` of the text as stored.

    It has a sign, a currency before it, several parts (1亿2000万元), or is the first of a range (3-4万人).
    """

    value: Decimal
    unit: str
    start: int
    end: int


@lru_cache(maxsize=4)
def page_of(text: str) -> Page:
    """Return a text's page; labels and predictions over one text share it."""
    return Page(text)


class Page:
    """A text and its normal form. All public offsets are offsets into the text as stored."""

    def __init__(self, text: str) -> None:
        self.text = text
        parts = [fold_char(char) for char in text]
        self._folded = "".join(parts)
        self._origin = [place for place, part in enumerate(parts) for _ in part]
        self._figures: tuple[Figure, ...] | None = None
        self._amounts: tuple[PrintedAmount, ...] | None = None

    def folded(self, span: Span) -> str:
        """Return the normal form of a stretch."""
        return self._folded[self._inner(span.start) : self._inner(span.end)]

    def holds(self, value: str, span: Span | None = None) -> bool:
        """Say whether a value's normal form is printed in the stretch, or anywhere."""
        return normalise(value) in (self._folded if span is None else self.folded(span))

    def find(self, value: str, start: int = 0, end: int | None = None) -> Span | None:
        """Return the first place of a value within ``start:end``."""
        needle = normalise(value)
        stop = len(self._folded) if end is None else self._inner(end)
        found = self._folded.find(needle, self._inner(start), stop) if needle else -1
        return None if found < 0 else self._outer(found, found + len(needle))

    def find_last(self, value: str, start: int, end: int) -> Span | None:
        """Return the last place of a value within ``start:end``."""
        needle = normalise(value)
        found = self._folded.rfind(needle, self._inner(start), self._inner(end)) if needle else -1
        return None if found < 0 else self._outer(found, found + len(needle))

    def figures(self) -> tuple[Figure, ...]:
        """Return every number printed in Arabic digits, in order."""
        if self._figures is None:
            readings = (m for pattern in (_NUMBER, _GROUPED) for m in pattern.finditer(self._folded))
            found = {(m.start(), m.end()): m.group().replace(",", "") for m in readings}
            self._figures = tuple(Figure(Decimal(digits), *place) for place, digits in sorted(found.items()))
        return self._figures

    def numbers(self, span: Span) -> set[Decimal]:
        """Return the numbers that lie whole within a stretch."""
        first, last = self._inner(span.start), self._inner(span.end)
        return {figure.value for figure in self._figures_in(first, last)}

    def find_amount(self, value: float, unit: str, start: int, end: int, *, apart: bool = False) -> Span | None:
        """Return the first place of a figure with its unit within ``start:end``.

        The unit is right behind the number, 余, 多 or 几 aside; with ``apart``, anywhere behind it (8.07%、9%).
        """
        number, wanted = Decimal(str(value)), normalise(unit)
        first, last = self._inner(start), self._inner(end)
        for figure in self._figures_in(first, last):
            if figure.value != number:
                continue
            near = figure.end
            while near < last and self._folded[near] in _BETWEEN and not self._folded.startswith(wanted, near):
                near += 1
            found = self._folded.find(wanted, near, last if apart else min(last, near + len(wanted)))
            if found >= 0:
                return self._outer(figure.start, max(found + len(wanted), figure.end))
        return next(
            (
                Span(start=amount.start, end=amount.end)
                for amount in self.amounts(start, end)
                if amount.value == number and amount.unit == wanted
            ),
            None,
        )

    def amounts(self, start: int, end: int) -> Iterator[PrintedAmount]:
        """Yield the amounts that lie whole within ``start:end`` of the text."""
        if self._amounts is None:
            self._amounts = tuple(_amounts_of(self.text))
        for index in range(bisect_left(self._amounts, start, key=lambda amount: amount.start), len(self._amounts)):
            amount = self._amounts[index]
            if amount.start >= end:
                return
            if amount.end <= end:
                yield amount

    def behind(self, value: float, span: Span, width: int = 8) -> list[str]:
        """Return how each occurrence of a number goes on in a stretch, for a message."""
        first, last = self._inner(span.start), self._inner(span.end)
        same = (figure for figure in self._figures_in(first, last) if figure.value == Decimal(str(value)))
        return [self._folded[figure.start : min(last, figure.end + width)] for figure in same]

    def _figures_in(self, first: int, last: int) -> Iterator[Figure]:
        figures = self.figures()
        for index in range(bisect_left(figures, first, key=lambda figure: figure.start), len(figures)):
            figure = figures[index]
            if figure.start >= last:
                return
            if figure.end <= last:
                yield figure

    def _inner(self, offset: int) -> int:
        return bisect_left(self._origin, offset)

    def _outer(self, first: int, end: int) -> Span:
        return Span(start=self._origin[first], end=self._origin[end - 1] + 1)


def _amounts_of(text: str) -> Iterator[PrintedAmount]:
    folded = fold(text)
    for number in NUMBER.finditer(folded.text):
        if len(number.group()) <= LONGEST_FIGURE and is_whole(folded.text, *number.span()):
            amount = amount_at(folded.text, number)
            place = folded.in_source(*amount.text)
            yield PrintedAmount(Decimal(str(amount.value)), normalise(amount.unit), place.start, place.end)
