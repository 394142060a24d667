"""The forms in which dates are printed: which year, month or day stands at a place, as far as it is printed there.

A date begins with a printed year, with 今年 and its like, a month, a half, a quarter, or is digits alone. Two of them
make a period, and 以来 or 前 behind one leaves an end open. No form looks for the year that a month goes without.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple


class DatePoint(NamedTuple):
    """A date as far as it is printed.

    ``last_month`` is set for a half, a quarter or a span of months; ``relative`` is the character before a 年 that
    points to another year (今, 去, 明, 次, 翌, 同, 当), or empty;
    ``alone`` says that nothing follows the year.
    """

    year: int | None
    month: int | None = None
    day: int | None = None
    last_month: int | None = None
    relative: str = ""
    alone: bool = False


class DatePeriod(NamedTuple):
    """A date or a period as printed up to ``end``; ``bound`` says that it is open, and which end of it is printed."""

    first: DatePoint
    second: DatePoint | None
    bound: Literal["", "from", "until"]
    end: int


# The forms of a date. Which of them are tried is decided by the character that a date begins with (period_at).
_BEFORE = r"(?: (?<! [\d.] ) | (?<= [。;:!?)】\n ][1-9]\. ) | (?<= [。;:!?)】\n ][1-9]\d\. ) )"
"""What stands before a year: no other digits, but maybe a label (1.2023年6月)."""
_YEAR = re.compile(
    rf"""
    {_BEFORE}
    (?P<year>
        (?: 19 | 20 ) \d\d                                                  # 2023年
      | \d\d (?= 年 (?: [01]?\d | 元 ) 月 [0-3]?\d [日号] )                  # 23年6月5日
        # A year of two digits without a day is told from a length of time (有期徒刑11年6月) by what stands before it.
      | (?<= [于自从至到在’‘。;\n] ) \d\d (?= 年 (?: [01]?\d | 元 ) 月 )      # 于23年6月
      | (?<= 截至 ) \d\d (?= 年 [底末初] )                                   # 截至23年底
    ) [ ]? 年 度? 的? [ ]?                                                   # 2023年度的
    """,
    re.VERBOSE,
)
_RELATIVE_YEAR = re.compile("(?P<year>[今去明次翌同当])年")  # 今年, 次年
_MONTH_PART = (
    "(?: [ ]? 份 )? (?: [上中下]旬 | 月?底 | 初 | 末 | 中 (?! [心国央共小] ) )?"  # 份, 上旬, 底; 6月中 is no 6月中心
)
_BEHIND_YEAR = re.compile(
    rf"""
    (?P<month> [01]?\d | 元 (?= 月 ) ) [ ]? (?:
        月 (?: [ ]? (?P<day> [0-3]?\d ) [ ]? (?: [日号] | (?= [-—~至] [0-3]?\d [ ]? 日 ) ) # 6月5日, 6月2 of 6月2-3日
           | {_MONTH_PART} )                                                           # 6月, 6月份, 6月底
      | [上中下]旬 )                                                                     # 6上旬
  | (?P<half> [上下] ) 半年                                                              # 上半年
  | (?P<up_to> 前 )? 第? (?P<quarter> [一二两三四1-4] ) 个? 季度                             # 2季度, 前三季度
  | 年? (?P<edge> [底末初] ) (?! 期 )                                                     # 底, 年初; 初期 is none
    """,
    re.VERBOSE,
)
_MONTH_FORM = rf"""
    (?P<month> [01]?\d | 元 (?= 月 ) ) [ ]? 月 (?:
        [ ]? (?P<day> [0-3]?\d ) [ ]? [日号]       # 6月5日
      | (?! [度均报供] ) {_MONTH_PART} )            # 6月, 6月底; 6月均 is none
    """
_MONTH = re.compile(r"(?<! [\d.年-] )" + _MONTH_FORM, re.VERBOSE)
_SECOND_MONTH = re.compile(_MONTH_FORM, re.VERBOSE)
_HALF = re.compile("(?P<half>[上下])半年")  # 下半年
_QUARTER = re.compile("(?<!每)第?(?P<quarter>[一二三四])季度")  # 二季度; 每季度 is none
_TIGHT = re.sub(r" (?![]])", "", _BEFORE)
_DIGITS_ALONE = re.compile(  # 2023-6-5, 2023.06.05, 2023/6/5
    rf"{_TIGHT}(?P<year>(?:19|20)\d\d)[-./](?P<month>[01]?\d)[-./](?P<day>[0-3]?\d)(?!\d)"
)
_MONTHS = re.compile(  # 1至6月, 2023年3-5月份
    rf"(?:(?P<year>{_TIGHT}(?:19|20)\d\d) ?年[\u4e00-\u9fff]{{0,6}}?)?"
    r"(?<![\d.])(?P<first>[01]?\d)[-—~至](?P<last>[01]?\d) ?月份?(?![\d日])"
)
_YEARS = re.compile(  # 2021-2023年, 2021年至2023年度
    rf"{_TIGHT}(?P<first>(?:19|20)\d\d) ?年?[-—~至](?P<last>(?:19|20)\d\d) ?年度?"
)
_IN_SPANS = frozenset(" 年-—~至")
_TO = re.compile(" ?(?:起?[至到]|—+|-|~|–) ?")
_BEGINS_TO = frozenset(" 起至到—-~–")
_TO_YEAR_END = re.compile("[同当]?年[底末]")  # 3月至年底
_SAME_MONTH = re.compile(r"(?P<day>[0-3]?\d) ?日")  # the 10日 of 3月5日至10日
_FROM = re.compile("以来|起(?![到来草诉点])|至今|以后")  # 2023年以来
_UNTIL = re.compile(r"[之以]?前(?![期往后三几\d])")  # 2024年6月底前
_BEGINS_BOUND = frozenset("以起至之前")
_UP_TO = "前"
_RELATIVE, _HALVES, _QUARTERS = frozenset("今去明次翌同当"), frozenset("上下"), frozenset("第一二三四")


def period_at(text: str, begin: int, behind: str) -> DatePeriod | None:
    """Read the date or period that begins at ``begin`` of the folded text; None where none does.

    No digit may be right before ``begin``. ``behind`` is the character that follows the digits, or the word, there.
    """
    span = _span_at(text, begin) if behind in _IN_SPANS and text[begin].isdecimal() else None
    if span is None:
        printed = _point_at(text, begin, _MONTH)
        if printed is None:
            return None
        first, end = printed
        second, end = _second_at(text, end, first) or (None, end)
    else:
        first, second, end = span
    if text[end : end + 1] not in _BEGINS_BOUND:
        return DatePeriod(first, second, "", end)
    onward = _FROM.match(text, end)
    until = _UNTIL.match(text, onward.end() if onward else end)
    last = until or onward
    return DatePeriod(first, second, "from" if onward else "until" if until else "", last.end() if last else end)


def _span_at(text: str, begin: int) -> tuple[DatePoint, DatePoint | None, int] | None:
    """Read two months or years that share what is printed once, and return where they end."""
    if months := _MONTHS.match(text, begin):
        year, first, last = months.groups()
        return DatePoint(_int(year), int(first), None, int(last)), None, months.end()
    if years := _YEARS.match(text, begin):
        return DatePoint(int(years["first"])), DatePoint(int(years["last"])), years.end()
    return None


def _second_at(text: str, end: int, first: DatePoint) -> tuple[DatePoint, int] | None:
    """Read the second date of a period whose first one ends at ``end``, and return where it ends itself."""
    to = _TO.match(text, end) if text[end : end + 1] in _BEGINS_TO else None
    if to is None:
        return None
    if first.month and (year_end := _TO_YEAR_END.match(text, to.end())):
        return DatePoint(None, 12), year_end.end()
    if second := _point_at(text, to.end(), _SECOND_MONTH):
        return second
    day = _SAME_MONTH.match(text, to.end())
    return (first._replace(year=None, relative="", day=int(day["day"])), day.end()) if day else None


def _point_at(text: str, begin: int, month_form: re.Pattern[str]) -> tuple[DatePoint, int] | None:
    """Read one date at ``begin`` by the forms that its character can begin, and return where it ends."""
    character = text[begin : begin + 1]
    if character in _RELATIVE:
        relative = _RELATIVE_YEAR.match(text, begin)
        return _point_in_year(text, relative.end(), None, character) if relative else None
    if character in _HALVES:
        half = _HALF.match(text, begin)
        return (_half(None, character, ""), half.end()) if half else None
    if character in _QUARTERS:
        quarter = _QUARTER.match(text, begin)
        up_to = text[begin - 1 : begin] == _UP_TO
        return (quarter_of(None, quarter["quarter"], "", up_to=up_to), quarter.end()) if quarter else None
    if character.isdecimal() and (year := _YEAR.match(text, begin)):
        printed = int(year["year"])
        return _point_in_year(text, year.end(), printed if printed > 99 else 2000 + printed, "")
    if found := month_form.match(text, begin):
        return DatePoint(None, _int(found["month"]), _int(found["day"])), found.end()
    if digits := _DIGITS_ALONE.match(text, begin):
        return DatePoint(int(digits["year"]), int(digits["month"]), int(digits["day"])), digits.end()
    return None


def _point_in_year(text: str, end: int, year: int | None, relative: str) -> tuple[DatePoint, int]:
    """Read what follows a year that ends at ``end``, and return where that ends."""
    found = _BEHIND_YEAR.match(text, end)
    if found is None:
        return DatePoint(year, relative=relative, alone=True), end
    month, day, half, up_to, quarter, edge = found.groups()
    if month:
        return DatePoint(year, _int(month), _int(day), None, relative), found.end()
    if half:
        return _half(year, half, relative), found.end()
    if quarter:
        return quarter_of(year, quarter, relative, up_to=bool(up_to)), found.end()
    return DatePoint(year, 1 if edge == "初" else 12, None, None, relative), found.end()


def _half(year: int | None, half: str, relative: str) -> DatePoint:
    return DatePoint(year, 1, None, 6, relative) if half == "上" else DatePoint(year, 7, None, 12, relative)


def quarter_of(year: int | None, quarter: str, relative: str, *, up_to: bool = False) -> DatePoint:
    """Return a quarter by its printed number (一, 1), or all months ``up_to`` its end: 前三季度."""
    last = ("一二三四".find(quarter.replace("两", "二")) + 1 or int(quarter)) * 3
    return DatePoint(year, 1 if up_to else last - 2, None, last, relative)


def _int(digits: str | None) -> int | None:
    """Return a printed year, month or day as a number; 元 is the first month."""
    return (1 if digits == "元" else int(digits)) if digits else None
