"""Calendar dates and periods, normalised to ISO 8601 at the printed precision.

A month or day without a year takes it from the nearest date before it that has one, else from the signature;
今年, 去年 and 明年 resolve against the signature's year, 同年, 当年 and 次年 against the year before. Years in 《…》
or in a name do not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from functools import partial
from typing import NamedTuple

from extractor.notice.facts.date_forms import DatePeriod, DatePoint, period_at, quarter_of
from extractor.text.numbers import digit_runs
from extractor.text.places import Inside, Place, place_of
from extractor.text.wording import any_of


class DateFound(NamedTuple):
    """A date's place and its value: ``2023-11-18``, ``2024-01``, ``2023``, ``a/b``, ``a/..`` or ``../b``.

    ``value`` is empty where the digits are damaged (2024717日) or name no day of the calendar.
    """

    text: Place
    value: str


class Dates(NamedTuple):
    """The dates of a text in printed order, and the places of years that name a plan, a fund or a film."""

    found: list[DateFound]
    names: list[Place]


_LISTED = re.compile(  # 6月6、28日; 2023年7、8月
    r"(?:(?P<y>(?:19|20)\d\d) ?年)?(?<!\d)(?:(?P<m>[01]?\d) ?月(?P<days>[0-3]?\d(?:[、和][0-3]?\d)+) ?日|"
    r"(?P<months>[01]?\d(?:[、和][01]?\d)+) ?月(?!\d))"
)
_QUARTERS = re.compile(  # 2024年第一、二季度; 一至三季度
    r"(?:(?:(?P<y>(?:19|20)\d\d)|(?P<relative>[今去明])) ?年度?的?)?(?:第|(?<![\n ])|(?<=.年))"
    r"(?P<quarters>[一二三四](?P<more>(?:[、和及]第?[一二三四])+|[至到]第?[一二三四]))季度"
)
_ANOTHER_DAY = re.compile(r"[、和及] ?(?P<d>[0-3]?\d) ?日")  # the 28日 of 12月6日、28日
# Where a date can begin: forms are tried only there, which keeps the reading linear and fast. Most figures are followed
# by a unit that no date has.
_START = re.compile(
    r"[0-9今去明次翌同当上下第一二三四元](?:(?<=\d)(?<![0-9][0-9])\d*+(?=[ 年月\-—~至./、和])"
    r"|(?<=元)(?=月)|(?<=[今去明次翌同当])年|(?<=[上下])半年|(?<=[第一二三四])[一二三四]?(?=(?:[、和及至到]第?[一二三四])*季度))"
)
_APART = frozenset(" \n")
_BY_YEAR_BEFORE = {"同": 0, "当": 0, "次": 1, "翌": 1}
_BEFORE_QUARTERS = frozenset(" 年度第一二三四、和及至到")
# What looks like a date in digits: where the grammar does not read all of it, its digits are damaged.
_LIKE_A_DATE = re.compile(
    r"[0-9](?<![0-9.].)(?:(?<=[12])(?:9|0)[0-9]{2}(?:[0-9]{2,4}|年[0-9]{3,4})日"
    r"|[0-9]{0,5}+(?:年[0-9]{1,4}[①-⑳]?月(?:[0-9]{1,4}[日号])?|月[0-9]{1,4}[日号]))"
)
_DATE_UNITS = frozenset("年月日")
# 2023年度考核办法, 2024年国民经济和社会发展计划: a year that opens the name of a plan, fund or film is no date.
_any_of = partial(any_of, "dates")
_NAME = re.compile(rf"[^,。;、:《》“”\d\n]{{0,20}}?{_any_of('names')}(?={_any_of('behind_names')})")


def find_dates(text: str, signed_on: str | None, titles: list[Place]) -> Dates:
    """Find the dates of the folded text in printed order, outside the ``titles`` of documents.

    ``signed_on`` is the signature's date (ISO 8601), which years are taken from where the text prints none before.
    """
    reader = _DateReader(text, signed_on)
    inside = Inside(titles)
    position = 0
    for start in _START.finditer(text):
        begin, end = start.span()
        behind = text[end : end + 1]
        if begin < position or inside(begin) or (text[begin - 1 : begin] in _APART and _goes_on_before(text, begin)):
            continue
        position = reader.read_at(begin, behind)
    return Dates(_with_damaged(text, reader.found, reader.seen, inside), reader.names)


class _DateReader:
    """Reads the dates of a text in printed order, and remembers the year printed last.

    ``seen`` are the places, in order, that the grammar knows for dates, whether or not their year could be told.
    """

    def __init__(self, text: str, signed_on: str | None) -> None:
        self.found: list[DateFound] = []
        self.names: list[Place] = []
        self.seen: list[Place] = []
        self._text = text
        self._signed_on = signed_on
        self._signed_year = int(signed_on[:4]) if signed_on else None
        self._year: int | None = None

    def read_at(self, begin: int, behind: str) -> int:
        """Read what begins at ``begin``, and return where that ends: ``begin`` where it is no date.

        ``behind`` is the character that follows the digits, or the word, at ``begin``.
        """
        listed = _LISTED.match(self._text, begin) if self._text[begin].isdecimal() else None
        if listed:
            self._year = int(listed["y"]) if listed["y"] else self._year
            self.found += _listed(listed, self._year or self._signed_year)
            self.seen.append(Place(*listed.span()))
            return listed.end()
        quarters = _QUARTERS.match(self._text, begin) if behind in _BEFORE_QUARTERS else None
        if quarters:
            return self._add_quarters(quarters)
        period = period_at(self._text, begin, behind)
        if period is None:
            return begin
        place = place_of((begin, period.end))
        if _names_something(self._text, period):
            self.seen.append(place)
            self.names.append(place)
        else:
            self._add(place, period)
        return period.end

    def _add(self, place: Place, period: DatePeriod) -> None:
        first, second, bound, _ = period
        year = self._relative_year(first.relative, self._year) if first.relative else first.year
        if second is not None and second.relative:
            second = second._replace(year=self._relative_year(second.relative, year or self._year))
        if not first.relative:
            year = year or _year_before(first, second) or _inherited_year(first, second, self._year, self._signed_on)
        if year is None:
            self.seen.append(place)
            return
        told = year if first.relative else first.year
        self._year = (second.year if second else None) or told or self._year
        first = first._replace(year=year)
        value = _value(first, second, bound)
        if value:  # else it is no day of the calendar
            self.seen.append(place)
            self.found.append(DateFound(place, value))
        if first.day and not second and not bound:
            more = _more_days(self._text, place.end, first)
            self.found += more
            self.seen += [date.text for date in more]

    def _add_quarters(self, match: re.Match[str]) -> int:
        """Add each of the quarters that share what is printed once, or the period from one to another."""
        numbers = [Place(*place.span()) for place in re.finditer("[一二三四]", match["quarters"])]
        points = [quarter_of(None, match["quarters"][number.start], "") for number in numbers]
        year = int(match["y"]) if match["y"] else None
        year = self._relative_year(match["relative"], self._year) if match["relative"] else year
        self._year = year or self._year
        year = year or _inherited_year(points[-1], None, self._year, self._signed_on)
        self.seen.append(Place(*match.span()))
        if year is None:
            return match.end()
        if match["more"][0] in "至到":
            value = _value(points[0]._replace(year=year, last_month=None), points[-1], "")
            self.found += [DateFound(Place(*match.span()), value)] if value else []
            return match.end()
        starts = [match.start(), *(match.start("quarters") + number.start for number in numbers[1:])]
        for start, number, point in zip(starts, numbers, points, strict=True):
            place = Place(start, match.start("quarters") + number.end)
            self.found.append(DateFound(place, _value(point._replace(year=year), None, "")))
        return match.end()

    def _relative_year(self, word: str, year: int | None) -> int | None:
        """Return the signature's year for 今, the one before for 去, the one after for 明.

        同 and 当 are ``year``, which was printed last, and 次 and 翌 the one after.
        """
        if word in _BY_YEAR_BEFORE:
            return year + _BY_YEAR_BEFORE[word] if year is not None else None
        return self._signed_year + {"去": -1, "明": 1}.get(word, 0) if self._signed_year is not None else None


def _with_damaged(text: str, found: list[DateFound], seen: list[Place], inside: Inside) -> list[DateFound]:
    """Put dates in printed order, and add those whose digits are damaged, without a value.

    ``seen`` are the places, in order, that the grammar knows for dates, whether or not their year could be told.
    """
    found.sort(key=lambda date: date.text)
    starts = [place.start for place in seen]
    damaged: list[Place] = []
    behind = 0
    for begin, end in digit_runs(text):
        if text[end : end + 1] not in _DATE_UNITS or begin < behind or not (like := _LIKE_A_DATE.match(text, begin)):
            continue
        behind = like.end()
        last = bisect_left(starts, behind) - 1
        whole = last >= 0 and seen[last].end >= behind
        if not whole and not inside(begin):
            damaged.append(Place(begin, behind))
    if not damaged:
        return found
    lost = Inside(damaged)
    kept = [date for date in found if date.value and not lost(date.text.start)]
    return sorted([*kept, *(DateFound(place, "") for place in damaged)], key=lambda date: date.text)


_WITH_YEAR = re.compile(r"(?:19|20)\d\d ?[年./-]")


def _goes_on_before(text: str, begin: int) -> bool:
    """Return whether a digit stands before a date's digits, behind a blank or a line end.

    Then nobody can tell where the date begins, unless it begins with its year.
    """
    before = begin - 1
    while before >= 0 and text[before] in _APART and begin - before <= 3:
        before -= 1
    apart = before >= 0 and before < begin - 1 and text[before].isdecimal() and text[begin].isdecimal()
    return apart and not _WITH_YEAR.match(text, begin)


def _listed(match: re.Match[str], year: int | None) -> list[DateFound]:
    """Return the dates of 6月6、28日 and 7、8月, the first of which holds the place of what is printed once."""
    group = "days" if match["days"] else "months"
    dates = []
    for number in re.finditer(r"\d+", match[group]):
        start = match.start(group) + number.start() if number.start() else match.start()
        place = Place(start, match.start(group) + number.end())
        value = int(number.group())
        point = DatePoint(year, int(match["m"]), value) if match["days"] else DatePoint(year, value)
        if year:
            dates.append(DateFound(place, _iso(point)))
    return dates


def _year_before(first: DatePoint, second: DatePoint | None) -> int | None:
    """Return the year of a period's start where only its end has one: 11月5日至2023年1月9日 began the year before."""
    if second is None or second.year is None or first.month is None or second.month is None:
        return None
    return second.year - (first.month > second.month)


def _names_something(text: str, period: DatePeriod) -> bool:
    """Say whether a year standing alone is part of a name (2023年度考核办法), or 今年 without a month is no date."""
    first, second, bound, end = period
    if not first.alone or bound or (second is not None and second.year is not None):
        return False
    return bool(first.relative or _NAME.match(text, end))


def _inherited_year(first: DatePoint, second: DatePoint | None, year: int | None, signed_on: str | None) -> int | None:
    """Return the year in which a period without one begins: ``year``, which was printed last, else the signature's.

    A quarter, and a period over New Year, have ended before the signature.
    """
    if signed_on is None:
        return year
    began = year if year is not None else int(signed_on[:4])
    if first.last_month:
        return began - (f"{began:04d}-{first.month:02d}" > signed_on)
    if year is None and second is not None and second.month is not None and _ends_in_next_year(first, second):
        return began - (f"{began + 1:04d}-{second.month:02d}" > signed_on)
    return began


def _ends_in_next_year(first: DatePoint, second: DatePoint) -> bool:
    """Say whether an interval that prints no year for its end ends in an earlier month than it began in."""
    return second.year is None and bool(first.month and second.month) and (first.month or 0) > (second.month or 0)


def _value(first: DatePoint, second: DatePoint | None, bound: str) -> str:
    start = _iso(first)
    if first.last_month and second is None:
        end = _iso(DatePoint(first.year, first.last_month))
        if not (start and end):
            return ""
        return f"{start}/.." if bound == "from" else f"../{end}" if bound == "until" else f"{start}/{end}"
    if second is not None:
        own_year = second.year
        if own_year is None and first.year is not None:
            own_year = first.year + _ends_in_next_year(first, second)
        end = _iso(second._replace(year=own_year, month=second.last_month or second.month))
        backwards = len(start) == len(end) and end < start
        return f"{start}/{end}" if start and end and not backwards else ""
    if not start:
        return ""
    return f"{start}/.." if bound == "from" else f"../{start}" if bound == "until" else start


def _iso(point: DatePoint) -> str:
    year, month, day, *_ = point
    if year is None:
        return ""
    if month is None:
        return f"{year:04d}"
    if not 1 <= month <= 12:
        return ""
    if day is None:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= monthrange(year, month)[1] else ""


def _more_days(text: str, place: int, point: DatePoint) -> list[DateFound]:
    """Return the further days of 12月6日、28日."""
    days = []
    while match := _ANOTHER_DAY.match(text, place):
        days.append(DateFound(Place(match.start("d"), match.end()), _iso(point._replace(day=int(match["d"])))))
        place = match.end()
    return days
