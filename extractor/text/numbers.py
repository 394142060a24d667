"""The one grammar of printed numbers: where a number begins and ends, its sign, magnitude, unit and value.

    amount     = [currency] [sign] number [余] magnitude [余] (amount of a smaller magnitude | unit) [以上 | 左右 | …]
    number     = digits, thousands set off by commas or apostrophes in groups of three, [decimals]
    magnitude  = 百 千 万 亿 and what is made of them, or none

Blanks, widths and wraps have been folded before (``extractor.text.folding``). A number that still stands beside
another digit, with nothing but blanks or a line end between, is not whole: nobody can tell where it ends.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.text.places import Place, place_of


class AmountInText(NamedTuple):
    """An amount as it is printed in a text.

    ``text`` goes from its sign or currency to its unit, ``digits`` from its first to its last digit. ``unit`` holds the
    magnitude and no 余 (``万元``), and is empty where none is printed; ``base`` is its place behind the magnitude.
    ``word`` is the 余 or 以上 around the unit, None where there is none; ``end`` is where the amount ends with it.
    ``signed`` is the printed sign, or empty.
    """

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
_BEGINS_AROUND = frozenset("余多百千万亿")
_BEGINS_AFTER = frozenset("以之左上有余多")
_AFTER_UNIT = re.compile(r"以上|以下|以内|之内|左右|上下|之多|有余|余|多(?![措种样项方元维])")
_RANGE = re.compile(
    rf" ?[-—~～至到–] ?(?P<second>[0-9]+(?:,[0-9]{{3}})*(?:\.[0-9]+)?)(?=(?:{_MAGNITUDE})?[^0-9月日年])"
)
_BEGINS_RANGE = frozenset(" -—~～至到–")
_SCALES = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_CURRENCY = re.compile(r"(?:[¥$]|人民币|RMB|CNY|USD) ?$")
_MONEY = {"$": "美元", "USD": "美元"}
_CURRENCY_REACH = 4
_ENDS_CURRENCY = frozenset("¥$币BYD ")
_MINUS, _DASHES = "−", "-–"
_BEFORE_SIGNED = frozenset("−-–负+ ")
_SIGN_FOLLOWS = frozenset("为是达到至从由约(:,、率比幅速较")
_RELATIVE = frozenset("%‰℃度") | {"个百分点", "百分点", "个点", "个基点", "基点"}
"""Units of which a figure can be below zero."""
# What a digit may stand behind of without being known to be apart: blanks, a line end, a mark inside numbers.
_BETWEEN = r"[ \n]{0,3}[,.·。/’']{0,2}[ \n]{0,3}"
_BESIDE_BEFORE = re.compile(rf"(?P<digit>[0-9])(?P<between>{_BETWEEN})$")
_BESIDE_BEHIND = re.compile(rf"{_BETWEEN}(?=[0-9])")
# Signs beside which nobody is sure what number is meant: circled numerals, superscripts that are no note's, signs that
# a font or a repair left without a meaning, marks put over a digit.
_UNSURE = "①-⑳⑴-⒇⒈-⒛㉑-㉟❶-❿±□^√\u2070\u2074-\u2079\ufffd\ue000-\uf8ff\u0300-\u036f\u20d0-\u20ff"
_MIXED_BEFORE = re.compile(
    rf"(?:[{_UNSURE}\u00b9]|(?<![统唯专单同进逐万之第不周期均])[一二三四五六七八九十百两]|[^一-鿿]十|[0-9]\||√\()$"
)
_MIXED_BEHIND = re.compile(rf"[{_UNSURE}\u00b9\u00b2\u00b3十几]|\|[0-9]")
_NUMERALS = frozenset("十几一二三四五六七八九百两")
TELLS_BEHIND = _NUMERALS | _BEGINS_RANGE
TELLS_BEFORE = TELLS_BEHIND | _ENDS_CURRENCY | _BEFORE_SIGNED
"""Characters beside a number that may be a part of it, or of a range or an amount that it is in."""


CIRCLED = "①-⑳⑴-⒇⒈-⒛㉑-㉟❶-❿"
"""The numerals in circles and brackets, for a class of a pattern."""
# Digits of one kind in a row. The pattern begins with one class, so that the engine skips to them.
_DIGITS = re.compile(rf"[0-9{CIRCLED}](?:(?<=[0-9])[0-9]*|(?<![0-9])[{CIRCLED}]*)")


@lru_cache(2)
def digit_runs(text: str) -> Sequence[tuple[int, int]]:
    """Return where digits of one kind stand in a row: ASCII ones, or circled numerals; found once for all questions."""
    return [match.span() for match in _DIGITS.finditer(text)]


def numbers_in(text: str) -> Iterator[re.Match[str]]:
    """Yield the matches of ``NUMBER`` in a text: each begins where digits do."""
    behind = 0
    for start, _ in digit_runs(text):
        if start >= behind and (number := NUMBER.match(text, start)):
            yield number
            behind = number.end()


def amount_at(text: str, number: re.Match[str]) -> AmountInText:
    """Return the amount that ``number`` (a match of ``NUMBER`` in the folded text) begins."""
    start, end = number.span()
    tail = _tail(text, end)
    following = _RANGE.match(text, end) if text[end : end + 1] in _BEGINS_RANGE else None
    borrowed = following is not None and tail.end == end
    if following and borrowed:
        # 3-4万余人: the first figure takes the second's unit, but not its 余.
        tail = _tail(text, following.end())._replace(word=None)
    value: float = _value(number.group())
    last, magnitude = end, tail.magnitude
    while magnitude and not tail.unit and (part := NUMBER.match(text, tail.end)):
        if not isinstance(value, int):
            break  # 1.2亿3000万 is no amount
        # 1亿2000万元 is one amount: as long as magnitudes become smaller, and each part stays below the one before.
        smaller = _tail(text, part.end())
        share = _value(part.group())
        whole, part_scale = _scale(magnitude), _scale(smaller.magnitude)
        if (
            tail.word
            or part_scale >= whole
            or share * part_scale >= whole
            or (not smaller.magnitude and not smaller.unit)
        ):
            break
        value = _whole(value * (whole / part_scale) + share)
        last, tail, magnitude = part.end(), smaller, smaller.magnitude
    first, unit = start, tail.magnitude + tail.unit
    if text[start - 1 : start] in _ENDS_CURRENCY and (
        currency := _CURRENCY.search(text, max(0, start - _CURRENCY_REACH), start)
    ):
        unit = unit if tail.unit else tail.magnitude + _MONEY.get(currency.group().strip(), "元")
        first = currency.start() if unit.endswith("元") else first
    sign = _sign(text, first, tail.unit) if text[first - 1 : first] in _BEFORE_SIGNED else ""
    if sign and sign[0] != "+":
        value = -value
    # The unit that the first figure of a range takes from the second stands behind that, not in its place.
    stop = last if borrowed else max(tail.unit_end, last)
    base = Place(tail.unit_end - len(tail.unit), tail.unit_end)
    return AmountInText(
        Place(first - len(sign), stop), Place(start, last), value, unit, base, tail.word, tail.end, sign
    )


def plain_amount_at(text: str, number: re.Match[str]) -> AmountInText | None:
    """Return the amount that ``number`` begins where a unit is all that it has; None where it has none.

    Nothing that ``TELLS_BEFORE`` and ``TELLS_BEHIND`` list may be beside the number.
    """
    start, end = number.span()
    if text[end : end + 1] in _BEGINS_AROUND:
        amount = amount_at(text, number)
        return amount if amount.unit else None
    unit_end = unit_end_at(text, end)
    if unit_end == end:
        return None
    word, stop = None, unit_end
    if text[unit_end : unit_end + 1] in _BEGINS_AFTER and (after := _AFTER_UNIT.match(text, unit_end)):
        word, stop = after.group(), after.end()
    return AmountInText(
        place_of((start, unit_end)),
        place_of((start, end)),
        _value(number.group()),
        text[end:unit_end],
        place_of((end, unit_end)),
        word,
        stop,
        "",
    )


def second_of_range(text: str, end: int) -> int | None:
    """Return where the second number of a range begins whose first one ends at ``end``; None where there is none."""
    if text[end : end + 1] not in _BEGINS_RANGE:
        return None
    following = _RANGE.match(text, end)
    return following.start("second") if following else None


def has_unit(text: str, end: int) -> bool:
    """Say whether a unit, a magnitude or a 余 follows the number that ends at ``end``."""
    return _tail(text, end).end > end


def is_whole(text: str, start: int, end: int, apart: Callable[[int], bool] = lambda _: False) -> bool:
    """Say whether a number begins and ends where its digits do.

    It does not where another digit stands beside it with nothing but blanks, a line end or a mark of numbers between
    (1 2, 12.3.4, 3,4), unless ``apart`` says that the digit at that offset belongs to something else, nor where a
    numeral of another kind touches it (一百20, 1②).
    """
    if _is_plain(text[end : end + 1]) and _is_plain(text[start - 1 : start]):
        return True
    behind = _BESIDE_BEHIND.match(text, end)
    if behind and not apart(behind.end()):
        return False
    before = _BESIDE_BEFORE.search(text, max(0, start - 9), start)
    if before and not apart(before.start()):
        return False
    return not (_MIXED_BEHIND.match(text, end) or _MIXED_BEFORE.search(text, max(0, start - 2), start))


def _is_plain(character: str) -> bool:
    """Say whether a character beside a number surely ends it: a Chinese one that is no numeral."""
    return "\u4e00" <= character <= "\u9fff" and character not in _NUMERALS


def goes_on_as_amount(text: str, end: int) -> bool:
    """Say whether an amount that ends at ``end`` with its magnitude is followed by more digits: 1.2亿3000万."""
    return text[end : end + 1].isdecimal() and text[end - 1 : end] in _SCALES


def _value(printed: str) -> int | float:
    digits = printed if printed.isdecimal() else printed.replace(",", "").replace("’", "").replace("'", "")
    if len(digits) > LONGEST_FIGURE:
        return 0
    return float(digits) if "." in digits else int(digits)


def _whole(value: float) -> int | float:
    """Return a sum of parts without the rounding errors of binary fractions."""
    rounded = round(value, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def _scale(magnitude: str) -> int:
    scale = 1
    for character in magnitude:
        scale *= _SCALES[character]
    return scale


def _sign(text: str, start: int, unit: str) -> str:
    """Return the sign right before ``start``, where one of ``_BEFORE_SIGNED`` stands, or nothing.

    A dash is a sign where a value below zero can stand.
    """
    gap = " " if text[start - 1 : start] == " " else ""
    place = start - len(gap)
    mark = text[place - 1 : place]
    before = text[max(0, place - 3) : place - 1].rstrip(" ")[-1:] if gap else text[place - 2 : place - 1]
    if mark == _MINUS:
        return "" if before.isalnum() and before.isascii() else mark + gap
    if mark and mark in _DASHES + "负+":
        below = before in _SIGN_FOLLOWS or (unit in _RELATIVE and "\u3400" <= before <= "\u9fff")
        return mark + gap if below else ""
    return ""


class _Tail(NamedTuple):
    """The words behind a number: magnitude, unit and its end, the 余 or 以上 around it, and the end of all of them."""

    magnitude: str
    unit: str
    unit_end: int
    word: str | None
    end: int


def _tail(text: str, end: int) -> _Tail:
    """Read magnitude, unit and qualifier behind a number. A 余 or 多 before or inside them is a qualifier."""
    magnitude, more = "", None
    begin = magnitude_end = end
    if text[end : end + 1] in _BEGINS_AROUND:
        around = _AROUND.match(text, end)
        assert around is not None  # every part of the pattern is optional
        magnitude, more, begin = around["magnitude"] or "", around["more2"] or around["more"], around.end()
        magnitude_end = around.end("magnitude") if magnitude else end
    around_end = begin
    unit_end = unit_end_at(text, begin)
    if unit_end == begin and text[begin : begin + 1] == " ":
        behind = unit_end_at(text, begin + 1)  # 5 km, 3 个 at the beginning of a line
        if behind > begin + 1:
            begin, unit_end = begin + 1, behind
    if unit_end <= begin:
        begin = unit_end = magnitude_end
    word = more
    stop = max(unit_end, around_end) if more else unit_end
    if text[unit_end : unit_end + 1] in _BEGINS_AFTER and (after := _AFTER_UNIT.match(text, unit_end)):
        word, stop = after.group(), after.end()
    return _Tail(magnitude, text[begin:unit_end], unit_end, word, stop)


class _Unit(NamedTuple):
    """A unit, whether it ends in a Western letter, and a pattern of what makes another word of it, if anything does."""

    words: str
    is_western: bool
    others: str


_NO_UNITS: tuple[_Unit, ...] = ()


@cache
def _units() -> dict[str, tuple[_Unit, ...]]:
    """Units by their first character, longest first."""
    table = read_table("quantities")
    others: dict[str, str] = table["not_units"]
    by_first: dict[str, list[_Unit]] = {}
    for unit in sorted(table["units"], key=len, reverse=True):
        is_western = unit[-1].isascii() and unit[-1].isalpha()
        by_first.setdefault(unit[0], []).append(_Unit(unit, is_western, others.get(unit, "")))
    return {first: tuple(units) for first, units in by_first.items()}


_compiled = cache(re.compile)
"""Compiles what makes other words of a unit when that is met first: most notices print few units."""


def unit_end_at(text: str, place: int) -> int:
    """Return where the longest unit that begins at ``place`` ends; ``place`` where none does."""
    for unit, is_western, others in _units().get(text[place : place + 1], _NO_UNITS):
        if text.startswith(unit, place):
            end = place + len(unit)
            if is_western and text[end : end + 1].isascii() and text[end : end + 1].isalnum():
                continue  # the m of 5mm, the t of 4th
            if not (others and _compiled(others).match(text, end)):
                return _second_unit_end(text, end)
    return place


def _second_unit_end(text: str, end: int) -> int:
    """Return where the unit that ends at ``end`` ends with a second one in brackets, as in 台(件)."""
    if text[end : end + 1] == "(" and text[end + 2 : end + 3] == ")":
        second = text[end + 1]
        if any(unit == second for unit, _, _ in _units().get(second, ())):
            return end + 3
    return end
