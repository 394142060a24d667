"""The printed figures that a model's words point to."""

from __future__ import annotations

from typing import NamedTuple

from extractor.notice.facts.quantities import QUALIFIER_AFTER
from extractor.text.folding import half_width
from extractor.text.numbers import LONGEST_FIGURE, NUMBER, AmountInText, amount_at, is_whole
from extractor.text.places import Place

_AROUND = 24
"""Code points around the words of a model in which a figure may go on."""


class Figure(NamedTuple):
    """A printed figure: its value, its unit as printed, its qualifier and its place."""

    value: int | float
    unit: str
    qualifier: str | None
    place: Place


def figure_at(text: str, place: Place) -> Figure | None:
    """The first figure of the words at ``place``; None where they hold no number in Arabic digits, only a part of one,
    one that is not whole, or no unit."""
    first = max(0, place.start - _AROUND)
    words = half_width(text[first : place.end + _AROUND])
    number = NUMBER.search(words, place.start - first)
    if number is None or first + number.end() > place.end or not is_whole(words, *number.span()):
        return None
    if words[number.start() - 1 : number.start()].isdecimal() or len(number.group()) > LONGEST_FIGURE:
        return None
    amount = amount_at(words, number)
    here = Place(first + amount.text.start, first + amount.text.end)
    if amount.unit:
        return Figure(amount.value, amount.unit, _qualifier(amount), here)
    unit = text[here.end : place.end].strip()
    return Figure(amount.value, unit, None, Place(here.start, place.end)) if unit else None


def _qualifier(amount: AmountInText) -> str | None:
    return QUALIFIER_AFTER[amount.word] if amount.word else None


def overlaps(one: Place, other: Place) -> bool:
    """Whether two places share a character."""
    return one.start < other.end and other.start < one.end
