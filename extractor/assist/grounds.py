"""What of a model's additions stands in the text: figures with their units, dates, titles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from extractor.notice.facts.quantities import QUALIFIER_AFTER
from extractor.text.folding import half_width
from extractor.text.numbers import LONGEST_FIGURE, NUMBER, AmountInText, amount_at, is_whole
from extractor.text.places import Place

_SIDE = r"[12]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?"
_DATE = re.compile(rf"{_SIDE}(?:/(?:{_SIDE}|\.\.))?|\.\./{_SIDE}")
_YEARS = re.compile(r"[12]\d{3}(?!\d)|(?<!\d)\d{2}(?=年)")
_MONTHS = re.compile(r"\d{1,2}(?=月|[上中下]旬|份?[-—~至到、]\d{1,2}月)|(?<=\d{4}[-./])\d{1,2}")
_DAYS = re.compile(r"\d+(?![\d年月])")  # 5 in 6月5日, and not its 6
_SAYS_MONTH = re.compile("年[底初末中内]|季度|半年|[本上当同次下]月")
_SAYS_YEAR = re.compile("[今去前明本上当同次]年|年内|至今|目前|近")
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


def is_date(value: str) -> bool:
    """Whether a value is a date of the contract: ``2023``, ``2023-11``, ``2023-11-18``, ``a/b``, ``a/..``, ``../b``."""
    return bool(_DATE.fullmatch(value)) and all(_is_day(side) for side in value.split("/") if side != "..")


def _is_day(side: str) -> bool:
    try:
        date.fromisoformat(side + "-01-01"[len(side) - 4 :] if len(side) < 10 else side)
    except ValueError:
        return False
    return True


def date_stands(value: str, words: str) -> bool:
    """Whether ``words`` print ``value``: the most exact part of each end as a number or a word that implies it.

    >>> date_stands("2023-12", "2023年底"), date_stands("2023-11-18", "18日"), date_stands("2024-05", "2023年底")
    (True, True, False)
    >>> date_stands("2024-06-05", "6月5日"), date_stands("2024-06-06", "6月5日")
    (True, False)
    """
    printed = half_width(words)
    return is_date(value) and all(_side_stands(side, printed) for side in value.split("/") if side != "..")


def _side_stands(side: str, words: str) -> bool:
    year, *rest = map(int, side.split("-"))
    years = {int(number) for number in _YEARS.findall(words)}
    months = {int(number) for number in _MONTHS.findall(words)}
    year_said = year in years or year % 100 in years or bool(_SAYS_YEAR.search(words))
    if not rest:
        return year_said
    month_said = rest[0] in months or bool(_SAYS_MONTH.search(words))
    if years and not year_said:
        return False
    if len(rest) == 1:
        return month_said
    days = {int(number) for number in _DAYS.findall(words)}
    return rest[1] in days and (not months or month_said)


def overlaps(one: Place, other: Place) -> bool:
    """Whether two places share a character."""
    return one.start < other.end and other.start < one.end


def first_place(spans: Mapping[str, list[dict[str, int]]], key: str) -> Place | None:
    """The first place that is kept under ``key``."""
    found = spans.get(key)
    return Place(found[0]["start"], found[0]["end"]) if found else None
