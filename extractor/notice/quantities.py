"""Quantities: every figure in Arabic digits that counts or measures something, with unit, qualifier and subject.

Dates, ordinals and ranks, enumerators, names and grades, 《…》 titles and telephone numbers are none.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.places import Inside, Place
from extractor.notice.wording import pattern


class QuantityFound(NamedTuple):
    """A figure: its place with its unit, its value, the places of unit and subject (empty where it has none)."""

    text: Place
    value: int | float
    unit: Place
    subject: Place | None
    qualifier: str | None


_NUMBER = re.compile(r"[0-9](?<![0-9A-Za-z.][0-9])(?:[0-9]{0,2}(?:,[0-9]{3})+(?![0-9])|[0-9]*)(?:\.[0-9]+)?(?![0-9])")
_MAGNITUDE = r"[百千]?[万亿]{1,2}|[百千](?![分年家里瓦克米])"
_RANGE = re.compile(rf"[-—~～至到](?P<second>[0-9]+(?:\.[0-9]+)?)(?=(?:{_MAGNITUDE})?[^0-9月日年])")
_AMOUNT = re.compile(rf"(?P<more>余|多)?(?P<magnitude>{_MAGNITUDE})?(?P<more2>余|多)?")
_AFTER_UNIT = re.compile(r"以上|以下|以内|之内|左右|上下|之多|有余|余|多(?![措种样项方元维])")
# Longest first: 不超 is not 超.
_QUALIFIER_BEFORE = sorted(
    ((word, name) for name in ("over", "under", "about") for word in read_table("quantities")[f"{name}_before"]),
    key=lambda pair: -len(pair[0]),
)
_ANY_QUALIFIER_BEFORE = tuple(word for word, _ in _QUALIFIER_BEFORE)
_QUALIFIER_AFTER = {
    word: name for name in ("over", "under", "about") for word in read_table("quantities")[f"{name}_after"]
}
_NOT_BEFORE = tuple(read_table("quantities")["not_before"])
_NEVER_FIRST = ("提前", "目前", "此前", "当前", "之前", "日前", "以前", "底前", "年前")
_NOT_AFTER = pattern("quantities", "not_after")
_RANK_BEFORE = pattern("quantities", "rank_before", "{}$")
_NAMES = frozenset(read_table("quantities")["names"])
_LENGTHS_OF_TIME = ("年", "个月", "月", "天", "日", "周年", "届")
_ASCII_UNITS = re.compile(r"(?:ppb|ppm|DDDs|km|kg|mg|mm|cm|m²|MW|kW|KW|GW|TB|GB|PB)")
# 第3、4条 and 每月5日、15日: what goes on from an ordinal or a day of the month.
_GOES_ON = frozenset("、和至-月")
_COUNTS_ON = re.compile(r"(?:第[0-9]+(?:[、和至-][0-9]+)*[、和至-]|月(?:[0-9]+日?[、和])*)$")
_SHORT_QUOTE = 12
_LONGEST_FIGURE = 15
"""Longer digit strings are numbers of cards, contracts and accounts, and would not survive as JSON numbers."""


def find_quantities(text: str, dates: list[Place], titles: list[Place]) -> list[QuantityFound]:
    """All quantities of the reading text in printed order, outside ``dates`` and the ``titles`` of documents."""
    inside = Inside([*dates, *titles])
    found: list[QuantityFound] = []
    upper: tuple[int, _Tail] | None = None
    for match in _NUMBER.finditer(text):
        start, end = match.span()
        ends_range = upper is not None and upper[0] == start
        if inside(start) or (text[start - 1 : start] in ("-", "/") and not ends_range):
            continue
        following = _RANGE.match(text, end)
        if _is_name(text, start, end, ranged=bool(following)):
            continue
        tail = _tail(text, end)
        if following and tail.end == end:
            tail = _tail(text, following.end())  # 3-4万人: the first figure takes the second's unit
        upper = (following.start("second"), tail) if following else None
        quantity = _quantity(text, match, tail)
        if quantity is not None:
            found.append(quantity)
    return found


class _Tail(NamedTuple):
    """What follows a figure: its unit's place (empty where it has none), the 余 or 以上 around it, where it ends."""

    unit: Place
    word: str | None
    end: int


@cache
def _units() -> dict[str, tuple[tuple[str, str], ...]]:
    """Units by their first character, longest first, each with the characters that make another word of it."""
    table = read_table("quantities")
    by_first: dict[str, list[str]] = {}
    for unit in sorted(table["units"], key=len, reverse=True):
        by_first.setdefault(unit[0], []).append(unit)
    return {first: tuple((u, table["not_units"].get(u, "")) for u in units) for first, units in by_first.items()}


def _unit_end(text: str, place: int) -> int:
    for unit, others in _units().get(text[place : place + 1], ()):
        end = place + len(unit)
        if text.startswith(unit, place) and not (others and text[end : end + 1] and text[end] in others):
            return end
    return place


def _tail(text: str, end: int) -> _Tail:
    """Read magnitude, unit and qualifier behind a figure. A 余 or 多 before or inside them goes to the qualifier."""
    amount = _AMOUNT.match(text, end)
    assert amount is not None  # every part of the pattern is optional
    unit_end = _unit_end(text, amount.end())
    if unit_end > amount.end():
        start = amount.start("magnitude") if amount["magnitude"] else amount.end()
    elif amount["magnitude"]:
        start, unit_end = amount.span("magnitude")
    else:
        start = unit_end = end
    after = _AFTER_UNIT.match(text, unit_end)
    word = after.group() if after else amount["more2"] or amount["more"]
    return _Tail(Place(start, unit_end), word, after.end() if after else max(unit_end, amount.end() if word else end))


def _is_name(text: str, start: int, end: int, *, ranged: bool) -> bool:
    if text[start:end] in _NAMES and not _counts(text, end):
        return True
    following = text[end : end + 1]
    if following and following.isascii() and following.isalpha() and not _ASCII_UNITS.match(text, end):
        return True
    if text[start - 1 : start] in ("+", "#", "〔", ".") or (following in ("+", "#", "〕", "/") and not ranged):
        return True
    if text[start - 1 : start] in ("(", "[") and following in (")", "]"):
        return True
    if text[start - 1 : start] in _GOES_ON and _COUNTS_ON.search(text, max(0, start - 12), start):
        return True
    before = text[max(0, start - 4) : start].rstrip(": ")
    if before.endswith(_NOT_BEFORE) and not before.endswith(_NEVER_FIRST):
        return True
    if _NOT_AFTER.match(text, end):
        return True
    return _in_short_quote(text, start, end)


def _counts(text: str, end: int) -> bool:
    """Whether a number that is also a name is followed by a measure word: 120名, 110户."""
    return _tail(text, end).end > end and not _NOT_AFTER.match(text, end)


def _in_short_quote(text: str, start: int, end: int) -> bool:
    """“3+3+X”, 双“60”目标, “四个100%”: a figure in a short quote belongs to a name."""
    opened = text.rfind("“", max(0, start - _SHORT_QUOTE), start)
    if opened < 0 or text.find("”", opened, start) >= 0:
        return False
    closed = text.find("”", end, opened + _SHORT_QUOTE + 2)
    return closed >= 0


def _quantity(text: str, match: re.Match[str], tail: _Tail) -> QuantityFound | None:
    start, end = match.span()
    printed = match.group().replace(",", "")
    if len(printed) > _LONGEST_FIGURE:
        return None
    value: int | float = float(printed) if "." in printed else int(printed)
    unit = tail.unit
    if unit.start == unit.end and not _measures_without_unit(text, start, end):
        return None
    if text[unit.start : unit.end] == "年" and 1900 <= value <= 2100:
        return None
    if text[unit.start : unit.end] in ("名", "位") and _RANK_BEFORE.search(text, max(0, start - 12), start):
        return None
    before = text[max(0, start - 6) : start]
    qualifier = _QUALIFIER_AFTER[tail.word] if tail.word else _qualifier_before(before)
    if qualifier == "about" and before.endswith("近") and text[unit.start : unit.end] in _LENGTHS_OF_TIME:
        qualifier = None  # 近3年 are the last three years, not about three
    stop = max(unit.end, end)
    return QuantityFound(Place(start, stop), value, unit, _subject(text, start, tail.end), qualifier)


def _qualifier_before(before: str) -> str | None:
    before = before.removesuffix("了")
    if not before.endswith(_ANY_QUALIFIER_BEFORE):
        return None
    return next(name for word, name in _QUALIFIER_BEFORE if before.endswith(word))


def _measures_without_unit(text: str, start: int, end: int) -> bool:
    """满意度98.5, 权重提高至15: a bare figure counts where the words before it say so and the clause ends with it."""
    ends = end >= len(text) or text[end] in ",。;、)"
    return ends and bool(re.search(r"(?:[为达至到]|得分|指数|均值|权重|比例|占比)$", text[max(0, start - 4) : start]))


_NOUN = re.compile(
    r"(?:的)?(?P<noun>[\u4e00-\u9fffA-Za-z“”‘’()]{1,16}?)(?=[,。;、:!?\d《]|$|的|等|对|向|进行|开展|已|均|全部|纳入|参加|参与|"
    r"完成|实现|得到|获|被|由|及|和|并|在|下发|指导|成功|落实|组织|入驻|通过|予以|给予)"
)
_CLAUSE_BREAKS = frozenset("(),。;:、!?\n0123456789%")
_LONGEST_SUBJECT = 24
_OPENERS = re.compile(
    r"^(?: |[一二三四五六七八九十]{1,2}是|"
    r"年度?|月份?|日|底前|以来|并|已|共|累计|目前|其中|全[省市县区镇乡校院年]|同时|先后|分别|还|再|均|其余|截至|共计|总计|合计|达|为|至|近|约|超过?|"
    r"不低于|不足|推动|认定|实现|出具|查处|发现|完成|通过|申请|组织|发放|处理|排查|制定|开展|召开|建成|打造|引进|预计|年内)+"
)
_CLOSERS = re.compile(
    r"(?:达到了?|达|可|为|至|到|共计?|累计|已|约为?|近|超过?|不低于|不足|不超过?|了|第|的|较|由|从|均|共有|有|等|分别)+$"
)
_UNIT_BETWEEN = re.compile(r"^(?:[余多]|[宗亩户人件起家个次项条名])+$")


def _subject(text: str, start: int, end: int) -> Place | None:
    """What is counted: the noun behind the unit, else the words before the figure, as short as they allow."""
    noun = _NOUN.match(text, end)
    if noun and noun["noun"].strip("“”()"):
        return Place(*noun.span("noun"))
    clause = start
    while clause > max(0, start - _LONGEST_SUBJECT) and text[clause - 1] not in _CLAUSE_BREAKS:
        clause -= 1
    words = _CLOSERS.sub("", text[clause:start].rstrip()).rstrip()
    opener = _OPENERS.match(words)
    opened = opener.end() if opener and len(words) - opener.end() > 2 else 0
    if not words or _UNIT_BETWEEN.match(words):
        return None
    return Place(clause + opened, clause + len(words))
