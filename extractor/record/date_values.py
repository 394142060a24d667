"""Dates as the contract writes them: ISO 8601 at the printed precision, intervals as ``a/b``, open ones with ``..``.

This module alone says what a date is, which days it covers, and whether printed words hold it.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

from extractor.data import read_table
from extractor.text.normal_form import normalise

LASTING: tuple[str, ...] = tuple(read_table("dates")["lasting"])
"""The deadlines that are no dates."""
OPEN = ".."
"""The side of an interval that is open."""
_POINT = re.compile(r"([12][0-9]{3})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_PRINTED_DAY = re.compile(r"\d+(?![\d年月])")  # 5 in 6月5日, and not its 6
_PRINTED_YEAR = re.compile(r"\d{4}(?!\d)|(?<!\d)\d{2}(?=年)")
_PRINTED_MONTH = re.compile(r"\d{1,2}(?=月|[上中下]旬|份?[-—~至到、]\d{1,2}月)|(?<=\d{4}[-./])\d{1,2}")
_MONTH_WORDS = re.compile("年[底初末中内]|季度|半年|[本上当同次下]月")
_YEAR_WORDS = re.compile("[今去前明本上当同次]年|年内|至今|目前|近")


class Days(NamedTuple):
    """The first and the last day; None on a side that is open, or that names no day that exists."""

    first: date | None
    last: date | None


def is_day(value: str) -> bool:
    """Say whether a value is one day, month or year that exists, of the years 1000 to 2999."""
    return _days(value).first is not None


def is_date_value(value: str) -> bool:
    """Say whether a value is a date or an interval as the contract writes them, in order where closed.

    >>> is_date_value("2023-11"), is_date_value("2023/.."), is_date_value("2024/2023"), is_date_value("3023")
    (True, True, False, False)
    """
    start, slash, end = value.partition("/")
    if not slash:
        return is_day(start)
    sides = [side for side in (start, end) if side != OPEN]
    width = min(map(len, sides), default=0)
    return bool(sides) and all(map(is_day, sides)) and sides[0][:width] <= sides[-1][:width]


def is_deadline(value: str) -> bool:
    """Say whether a value is a date or an interval, or one of the words that stand for a deadline.

    >>> is_deadline("../2024-06"), is_deadline("长期坚持"), is_deadline("尽快")
    (True, True, False)
    """
    return value in LASTING or is_date_value(value)


def days_of(value: str) -> Days:
    """Return the days that an ISO 8601 date or interval covers.

    >>> days_of("2024-02").last, days_of("2023-10/..")
    (datetime.date(2024, 2, 29), Days(first=datetime.date(2023, 10, 1), last=None))
    """
    start, slash, end = value.partition("/")
    return Days(_days(start).first, _days(end if slash else start).last)


def printed_forms(value: str) -> list[str]:
    """Return how a notice may print a date, the fullest form first."""
    numbers = [int(part) for part in value.split("-")]
    forms = [value]
    match numbers:
        case [year, month, day]:
            forms += [f"{year}年{month}月{day}日", f"{year}年{month:02}月{day:02}日", f"{year}.{month}.{day}"]
            forms += [f"{month}月{day}日", f"{day}日"]
        case [year, month]:
            forms += [f"{year}年{month}月", f"{year}年{month:02}月", f"{month}月"]
        case [year]:
            forms += [f"{year}年"]
    return forms


def date_is_printed(value: str, words: str) -> bool:
    """Say whether printed words hold a date.

    Of each end that is not open, the most exact part (day, month or year) is printed as a number, or a word that
    implies it is (年底, 上半年, 四季度; 今年, 去年). The less exact parts may come from the context (28日), but where a
    month or a year is printed, it must be the value's.

    >>> date_is_printed("2023-12", "2023年底"), date_is_printed("2023-11-18", "18 日")
    (True, True)
    >>> date_is_printed("2024-06-06", "6月5日"), date_is_printed("2024/2023", "2024年、2023年")
    (False, False)
    >>> date_is_printed("2024-11-12", "二〇二四年十一月十二日"), date_is_printed("2024-11-12", "二〇二四年十一月二日")
    (True, False)
    """
    plain = _IN_CHINESE.sub(_in_digits, normalise(words))
    return is_date_value(value) and all(_is_printed(side, plain) for side in value.split("/") if side != OPEN)


_CHINESE = "〇一二三四五六七八九"
_IN_CHINESE = re.compile(f"[{_CHINESE}○零十]{{1,4}}(?=[年月日])")


def _in_digits(match: re.Match[str]) -> str:
    """Return a year, month or day in Chinese numerals as digits: 二〇二四, 十一, 三十."""
    words = match[0].replace("○", "〇").replace("零", "〇")
    tens, ten, ones = words.partition("十")
    if ten:
        return str((_CHINESE.find(tens) if tens else 1) * 10 + (_CHINESE.find(ones) if ones else 0))
    return "".join(str(_CHINESE.index(word)) for word in words)


def deadline_is_printed(value: str, words: str) -> bool:
    """Say whether printed words hold a deadline: its date, as in ``date_is_printed``, or the very word.

    >>> deadline_is_printed("../2024-06", "2024年6月底前"), deadline_is_printed("立行立改", "长期坚持")
    (True, False)
    """
    return normalise(value) in normalise(words) if value in LASTING else date_is_printed(value, words)


def _is_printed(point: str, words: str) -> bool:
    year, *rest = map(int, point.split("-"))
    years = {int(number) for number in _PRINTED_YEAR.findall(words)}
    months = {int(number) for number in _PRINTED_MONTH.findall(words)}
    year_said = year in years or year % 100 in years or _YEAR_WORDS.search(words) is not None
    if not rest:
        return year_said
    month_said = rest[0] in months or _MONTH_WORDS.search(words) is not None
    if years and not year_said:
        return False
    if len(rest) == 1:
        return month_said
    days = {int(number) for number in _PRINTED_DAY.findall(words)}
    return rest[1] in days and (not months or month_said)


def _days(point: str) -> Days:
    match = _POINT.fullmatch(point)
    if match is None:
        return Days(None, None)
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
    except ValueError:
        return Days(None, None)
    if day:
        return Days(first, first)
    last_month = month or 12
    return Days(first, date(first.year, last_month, monthrange(first.year, last_month)[1]))
