"""The one grammar of printed numbers: where a number begins and ends, its sign, magnitude, unit and value.

    amount     = [currency] [sign] number [余] magnitude [余] (amount of a smaller magnitude | unit) [以上 | 左右 | …]
    number     = digits, thousands set off by commas or apostrophes in groups of three, [decimals]
    magnitude  = 百 千 万 亿 and what is made of them, or none

Blanks, widths and wraps have been folded before (``extractor.notice.folding``). A number that still stands beside
another digit, with nothing but blanks or a line end between, is not whole: nobody can tell where it ends.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.places import Place


class Amount(NamedTuple):
    """A printed amount. ``text`` goes from its sign or currency to its unit, ``digits`` from its first to its last
    digit; ``unit`` holds the magnitude and no 余 (``万元``), empty where none is printed; ``base`` is its place behind
    the magnitude. ``word`` is the 余 or 以上 around the unit, ``end`` where the amount ends with it."""

    text: Place
    digits: Place
    value: int | float
    unit: str
    base: Place
    word: str | None
    end: int
    signed: str


NUMBER = re.compile(r"[0-9](?<![0-9.][0-9])(?:[0-9]{0,2}(?:[,’'][0-9]{3})+(?![0-9])|[0-9]*)(?:\.[0-9]+)?(?![0-9])")
"""A number without its sign. What stands before it is left to the caller, but for digits and points."""
LONGEST_FIGURE = 15
"""Longer digit strings are numbers of cards, contracts and accounts, and would not survive as JSON numbers."""
_MAGNITUDE = r"[百千]?[万亿]{1,2}|[百千](?![分年家里瓦克米])"
_AROUND = re.compile(rf"(?P<more>余|多)?(?P<magnitude>{_MAGNITUDE})?(?P<more2>余|多)?")
_AFTER_UNIT = re.compile(r"以上|以下|以内|之内|左右|上下|之多|有余|余|多(?![措种样项方元维])")
_RANGE = re.compile(rf"[-—~～至到–](?P<second>[0-9]+(?:\.[0-9]+)?)(?=(?:{_MAGNITUDE})?[^0-9月日年])")
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_CURRENCY = re.compile(r"(?:[¥$]|人民币|RMB|CNY|USD) ?$")
_MONEY = {"$": "美元", "USD": "美元"}
_CURRENCY_REACH = 4
_MINUS, _DASHES = "−", "-–"
_SIGN_FOLLOWS = frozenset("为是达到至从由约(:,、率比幅速较")
_RELATIVE = frozenset("%‰℃度") | {"个百分点", "百分点", "个点"}
"""Units of which a figure can be below zero."""
_NOT_WHOLE_BEFORE = re.compile(r"[0-9][ \n]+$")
_NOT_WHOLE_BEHIND = re.compile(r"[ \n]+(?=[0-9])")


def amount_at(text: str, number: re.Match[str]) -> Amount:
    """The amount that ``number`` (a match of ``NUMBER`` in the folded text) begins."""
    start, end = number.span()
    tail = _tail(text, end)
    following = _RANGE.match(text, end)
    if following and tail.end == end:
        tail = _tail(text, following.end())  # 3-4万人: the first figure takes the second's unit
    value: float = _value(number.group())
    last, magnitude = end, tail.magnitude
    while tail.base.end == tail.base.start and magnitude and (part := NUMBER.match(text, tail.end)):
        # 1亿2000万元 is one amount: as long as magnitudes become smaller, and each part stays below the one before.
        smaller = _tail(text, part.end())
        share = _value(part.group())
        whole, part_scale = _scale(magnitude), _scale(smaller.magnitude)
        if (
            tail.word
            or part_scale >= whole
            or share * part_scale >= whole
            or (not smaller.magnitude and not smaller.base_words)
        ):
            break
        value = _whole(value * (whole / part_scale) + share)
        last, tail, magnitude = part.end(), smaller, smaller.magnitude
    first, unit = start, tail.magnitude + tail.base_words
    currency = _CURRENCY.search(text, max(0, start - _CURRENCY_REACH), start)
    if currency and not tail.base_words:
        unit = tail.magnitude + _MONEY.get(currency.group().strip(), "元")
    if currency and unit.endswith("元"):
        first = currency.start()
    sign = _sign(text, first, tail.base_words)
    if sign:
        value = -value
    stop = max(tail.base.end, last)
    return Amount(Place(first - len(sign), stop), Place(start, last), value, unit, tail.base, tail.word, tail.end, sign)


def second_of_range(text: str, end: int) -> int | None:
    """Where the second number of the range begins whose first one ends at ``end``; None where there is none."""
    following = _RANGE.match(text, end)
    return following.start("second") if following else None


def has_unit(text: str, end: int) -> bool:
    """Whether a unit, a magnitude or a 余 follows the number that ends at ``end``."""
    return _tail(text, end).end > end


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether a number ends where its digits do: no other digit stands beside it behind a blank or a line end."""
    behind = _NOT_WHOLE_BEHIND.match(text, end)
    return not (behind or _NOT_WHOLE_BEFORE.search(text, max(0, start - 4), start))


def _value(printed: str) -> int | float:
    digits = printed.replace(",", "").replace("’", "").replace("'", "")
    if len(digits) > LONGEST_FIGURE:
        return 0
    return float(digits) if "." in digits else int(digits)


def _whole(value: float) -> int | float:
    """A sum of parts without the dust of binary fractions."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _scale(magnitude: str) -> int:
    scale = 1
    for character in magnitude:
        scale *= _SCALES[character]
    return scale


def _sign(text: str, start: int, unit: str) -> str:
    """The sign right before ``start``, or nothing. A dash is one where a value below zero can stand."""
    mark = text[start - 1 : start]
    before = text[start - 2 : start - 1]
    if mark == _MINUS:
        return "" if before.isalnum() and before.isascii() else mark
    if mark and mark in _DASHES + "负":
        return mark if before in _SIGN_FOLLOWS or (unit in _RELATIVE and "\u3400" <= before <= "\u9fff") else ""
    return ""


class _Tail(NamedTuple):
    """What follows a number: its magnitude, the place and the words of its unit, the 余 or 以上 around, its end."""

    magnitude: str
    base: Place
    base_words: str
    word: str | None
    end: int


def _tail(text: str, end: int) -> _Tail:
    """Read magnitude, unit and qualifier behind a number. A 余 or 多 before or inside them is a qualifier."""
    around = _AROUND.match(text, end)
    assert around is not None  # every part of the pattern is optional
    magnitude = around["magnitude"] or ""
    begin = around.end()
    unit_end = unit_end_at(text, begin)
    if unit_end == begin and text[begin : begin + 1] == " ":
        unit_end = unit_end_at(text, begin + 1)  # 5 km, 3 个 at the beginning of a line
        begin += unit_end > begin + 1
    if unit_end <= begin:
        begin = unit_end = around.end("magnitude") if magnitude else end
    after = _AFTER_UNIT.match(text, unit_end)
    word = after.group() if after else around["more2"] or around["more"]
    stop = after.end() if after else max(unit_end, around.end() if word else end)
    return _Tail(magnitude, Place(begin, unit_end), text[begin:unit_end], word, stop)


@cache
def _units() -> dict[str, tuple[tuple[str, re.Pattern[str] | None], ...]]:
    """Units by their first character, longest first, each with what makes another word of it."""
    table = read_table("quantities")
    others = {unit: re.compile(words) for unit, words in table["not_units"].items() if words}
    by_first: dict[str, list[str]] = {}
    for unit in sorted(table["units"], key=len, reverse=True):
        by_first.setdefault(unit[0], []).append(unit)
    return {first: tuple((unit, others.get(unit)) for unit in units) for first, units in by_first.items()}


def unit_end_at(text: str, place: int) -> int:
    """Where the longest unit that begins at ``place`` ends; ``place`` where none does."""
    for unit, others in _units().get(text[place : place + 1], ()):
        if text.startswith(unit, place):
            end = place + len(unit)
            if (
                unit[-1].isascii()
                and unit[-1].isalpha()
                and text[end : end + 1].isascii()
                and text[end : end + 1].isalnum()
            ):
                continue  # the m of 5mm, the t of 4th
            if others is None or not others.match(text, end):
                return end
    return place
