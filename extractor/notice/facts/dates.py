"""Calendar dates and periods, normalised to ISO 8601 at the printed precision.

A month or day without a year takes it from the nearest date before it that has one, else from the signature;
今年, 去年 and 明年 resolve against the signature's year. Years inside 《…》 or in a name do not count.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from typing import NamedTuple

from extractor.text.places import Inside, Place


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


class _Point(NamedTuple):
    """A date or period as far as it is printed; ``last_month`` is set for a half or a quarter."""

    year: int | None
    month: int | None
    day: int | None
    last_month: int | None = None


_MONTH_PART = r"(?: ?份)?(?:上旬|中旬|下旬|月?底|初|末|中(?!心|国|央|共|小))?"
_POINT = (
    r"(?:(?:(?P<{p}y>(?<![\d.])(?:(?:19|20)\d\d|\d\d(?=年(?:[01]?\d|元)月[0-3]?\d[日号])"
    # A year of two digits without a day is told from a length of time (有期徒刑11年6月) by what opens a date.
    r"|(?<=[于自从至到在’‘。;\n])\d\d(?=年(?:[01]?\d|元)月)|(?<=截至)\d\d(?=年[底末初])))"
    r" ?年(?:度)?(?:的)? ?"
    r"|(?P<{p}r>今年|去年|明年|次年))"
    r"(?:(?P<{p}m>[01]?\d|元(?=月)) ?(?:月(?: ?(?P<{p}d>[0-3]?\d) ?(?:[日号]|(?=[-—~至][0-3]?\d ?日))|"
    + _MONTH_PART
    + r")|(?=[上中下]旬)[上中下]旬)"
    r"|(?P<{p}h>[上下]半年)|第?(?P<{p}q>[一二三四1-4])季度|(?P<{p}e>年?(?:底|末|初)(?!期))|(?P<{p}x>))"
    r"|(?<![\d.年-])(?P<{p}m2>[01]?\d|元(?=月)) ?月(?: ?(?P<{p}d2>[0-3]?\d) ?[日号]|(?!度|均|报|供)"
    + _MONTH_PART
    + r")"
    r"|(?<!每)第?(?P<{p}q2>[一二三四])季度|(?P<{p}h2>[上下]半年)"
    r"|(?P<{p}iy>(?<![\d.])(?:19|20)\d\d)[-./](?P<{p}im>[01]?\d)[-./](?P<{p}id>[0-3]?\d)(?!\d))"
)
_TO = r" ?(?:至|到|—+|-|~|–) ?"
_SPAN_OF_MONTHS = (
    r"(?:(?P<sy>(?<![\d.])(?:19|20)\d\d) ?年[\u4e00-\u9fff]{0,6}?)?"
    r"(?<![\d.])(?P<sm1>[01]?\d)[-—~至](?P<sm2>[01]?\d) ?月(?:份)?(?![\d日])"
)
_LISTED = re.compile(
    r"(?:(?P<y>(?:19|20)\d\d) ?年)?(?<!\d)(?:(?P<m>[01]?\d) ?月(?P<days>[0-3]?\d(?:[、和][0-3]?\d)+) ?日|"
    r"(?P<months>[01]?\d(?:[、和][01]?\d)+) ?月(?!\d))"
)
_SPAN_OF_YEARS = r"(?<![\d.])(?P<yy1>(?:19|20)\d\d) ?年?[-—~至](?P<yy2>(?:19|20)\d\d) ?年(?:度)?"
_FIRST, _SECOND = _POINT.replace("{p}", "a"), _POINT.replace("{p}", "b").replace(".年-])", ".年])")
_DATE = re.compile(
    rf"(?:{_SPAN_OF_MONTHS}|{_SPAN_OF_YEARS}|{_FIRST}(?:{_TO}(?:{_SECOND}|(?P<bday>[0-3]?\d) ?日))?)"
    r"(?P<open>以来|起(?!到|来|草|诉|点)|至今|以后)?(?P<until>(?:之|以)?前(?!期|往|后|三|几|\d))?"
)
# Where a date can start; the full pattern is only tried there, which keeps the reading linear and fast.
_START = re.compile(
    r"[0-9今去明次上下第一二三四元](?:(?<=\d)\d*|(?<=元)(?=月)|(?<=[今去明次])年|(?<=[上下])半年|(?<=[第一二三四])[一二三四]?季度)"
)
_AFTER_DIGITS = frozenset(" 年月日-—~–至到./、和")
_ANOTHER_DAY = re.compile(r"[、和及] ?(?P<d>[0-3]?\d) ?日")
# What looks like a date in digits: where the grammar does not read all of it, its digits are damaged.
_LIKE_A_DATE = re.compile(
    r"[0-9](?<![0-9.].)(?:(?<=[12])(?:9|0)[0-9]{2}(?:[0-9]{2,4}|年[0-9]{3,4})日"
    r"|[0-9]{0,5}+(?:年[0-9]{1,4}[①-⑳]?月(?:[0-9]{1,4}[日号])?|月[0-9]{1,4}[日号]))"
)
# 2023年度考核办法, 2024年国民经济和社会发展计划: a year that opens the name of a plan, fund or film is no date.
_NAME = re.compile(
    r"[^,。;、:《》“”\d\n]{0,20}?(?:考核办法|考核方案|计划|规划|办法|要点|改造工程|建设工程|整治工程|称号|警示教育片|工作报告|"
    r"预算草案|实施方案|工作方案|(?:扶持|专项|补助|奖补|引导)资金)(?=[,。;、)(《等中里的]|编制|项目|执行|$)"
)


def find_dates(text: str, signed_on: str | None, titles: list[Place]) -> Dates:
    """All dates of the folded text in printed order, outside the ``titles`` of documents.

    ``signed_on`` is the signature's date (ISO 8601), which years are taken from where the text prints none before.
    """
    found: list[DateFound] = []
    names: list[Place] = []
    seen: list[Place] = []
    signed_year = int(signed_on[:4]) if signed_on else None
    year: int | None = None
    inside = Inside(titles)
    position = 0
    for start in _START.finditer(text):
        begin, end = start.span()
        if text[begin].isdecimal() and text[end : end + 1] not in _AFTER_DIGITS:
            continue  # most figures are followed by a unit that no date has: known before the long patterns are tried
        if begin < position or inside(begin):
            continue
        if _goes_on_before(text, start):
            continue
        if listed := _LISTED.match(text, begin):
            year = int(listed["y"]) if listed["y"] else year
            found.extend(_listed(listed, year or signed_year))
            position = listed.end()
            seen.append(Place(*listed.span()))
            continue
        match = _DATE.match(text, begin)
        if match is None:
            continue
        position = match.end()
        seen.append(Place(*match.span()))
        first, second = _ends(match)
        if first is None or _names_something(text, match):
            names.append(Place(*match.span()))
            continue
        resolved = _relative_year(match["ar"], signed_year, year)
        if second is not None and match["br"]:
            second = second._replace(year=_relative_year(match["br"], signed_year, resolved or first.year or year))
        if not match["ar"]:
            resolved = first.year or _year_before(first, second) or _year_told_of(first, second, year, signed_on)
        if resolved is None:
            continue
        year = (second.year if second else None) or first.year or year
        first = first._replace(year=resolved)
        value = _value(first, second, match)
        if value:
            found.append(DateFound(Place(*match.span()), value))
        else:
            seen.pop()  # no day of the calendar
        if first.day and not second and not match["open"] and not match["until"]:
            more = _more_days(text, match.end(), first)
            found.extend(more)
            seen += [date.text for date in more]
    return Dates(_with_damaged(text, found, seen, inside), names)


def _with_damaged(text: str, found: list[DateFound], seen: list[Place], inside: Inside) -> list[DateFound]:
    """The dates in printed order, those whose digits are damaged without a value. ``seen`` are the places, in order,
    that the grammar knows for dates, whether or not their year could be told."""
    found.sort(key=lambda date: date.text)
    starts = [place.start for place in seen]
    damaged: list[Place] = []
    for match in _LIKE_A_DATE.finditer(text):
        last = bisect_left(starts, match.end()) - 1
        whole = last >= 0 and seen[last].end >= match.end()
        if not whole and not inside(match.start()):
            damaged.append(Place(*match.span()))
    if not damaged:
        return found
    lost = Inside(damaged)
    kept = [date for date in found if date.value and not lost(date.text.start)]
    return sorted([*kept, *(DateFound(place, "") for place in damaged)], key=lambda date: date.text)


_WITH_YEAR = re.compile(r"(?:19|20)\d\d ?[年./-]")


def _goes_on_before(text: str, start: re.Match[str]) -> bool:
    """Whether a digit stands before a date behind a blank or a line end: then nobody can tell where it begins, unless
    it begins with its year."""
    place = start.start()
    before = place - 1
    if before < 0 or text[before] not in " \n":
        return False
    while before >= 0 and text[before] in " \n" and place - before <= 3:
        before -= 1
    apart = before >= 0 and before < place - 1 and text[before].isdecimal() and start.group()[0].isdecimal()
    return apart and not _WITH_YEAR.match(text, place)


def _listed(match: re.Match[str], year: int | None) -> list[DateFound]:
    """The dates of 6月6、28日 and 7、8月, which share what is printed once."""
    group = "days" if match["days"] else "months"
    dates = []
    for number in re.finditer(r"\d+", match[group]):
        place = Place(match.start(group) + number.start(), match.start(group) + number.end())
        value = int(number.group())
        point = _Point(year, int(match["m"]), value) if match["days"] else _Point(year, value, None)
        if year:
            dates.append(DateFound(place, _iso(point)))
    return dates


def _year_before(first: _Point, second: _Point | None) -> int | None:
    """The year of an interval's start where only its end has one: 11月5日至2023年1月9日 began the year before."""
    if second is None or second.year is None or first.month is None or second.month is None:
        return None
    return second.year - (first.month > second.month)


def _names_something(text: str, match: re.Match[str]) -> bool:
    """Whether a year standing alone is part of a name (2023年度考核办法), or 今年 without a month is no date."""
    alone = match["ax"] is not None and not (match["open"] or match["until"] or match["by"])
    return alone and bool(match["ar"] or _NAME.match(text, match.end()))


def _ends(match: re.Match[str]) -> tuple[_Point | None, _Point | None]:
    if match["sm1"]:
        return _Point(_int(match["sy"]), int(match["sm1"]), None, int(match["sm2"])), None
    if match["yy1"]:
        return _Point(int(match["yy1"]), None, None), _Point(int(match["yy2"]), None, None)
    first = _points(match, "a")
    if match["bday"] and first is not None:
        return first, first._replace(year=None, day=int(match["bday"]))
    return first, _points(match, "b")


def _year_told_of(first: _Point, second: _Point | None, year: int | None, signed_on: str | None) -> int | None:
    """The year in which a date without one begins: the ``year`` told last, else the signature's, before which a
    quarter, and an interval over New Year, have ended."""
    if signed_on is None:
        return year
    began = year if year is not None else int(signed_on[:4])
    if first.last_month:
        return began - (f"{began:04d}-{first.month:02d}" > signed_on)
    if year is None and second is not None and second.month is not None and _ends_in_next_year(first, second):
        return began - (f"{began + 1:04d}-{second.month:02d}" > signed_on)
    return began


def _ends_in_next_year(first: _Point, second: _Point) -> bool:
    """Whether an interval that prints no year for its end ends in an earlier month than it began in."""
    return second.year is None and bool(first.month and second.month) and (first.month or 0) > (second.month or 0)


def _relative_year(word: str | None, signed_year: int | None, year: int | None) -> int | None:
    """今年 is the signature's year, 去年 the one before, 明年 the one after; 次年 comes after the year told last."""
    if not word:
        return None
    if word[0] == "次":
        return year + 1 if year is not None else None
    return signed_year + {"去": -1, "明": 1}.get(word[0], 0) if signed_year is not None else None


_PARTS = ("iy", "im", "id", "y", "m", "m2", "d", "d2", "h", "h2", "q", "q2", "e", "x")
_GROUPS = {p: [f"{p}{part}" for part in _PARTS] for p in "ab"}
"""The groups of the two points, to be asked for all at once."""


def _points(match: re.Match[str], p: str) -> _Point | None:
    iso, iso_month, iso_day, y, m, m2, d, d2, h, h2, q, q2, edge, alone = match.group(*_GROUPS[p])
    if iso:
        return _Point(int(iso), int(iso_month), int(iso_day))
    year, month = _year(y), _int(m or m2)
    if month is not None:
        return _Point(year, month, _int(d or d2))
    half, quarter = h or h2, q or q2
    if half:
        return _Point(year, 1, None, 6) if half[0] == "上" else _Point(year, 7, None, 12)
    if quarter:
        last = ("一二三四".find(quarter) + 1 or int(quarter)) * 3
        return _Point(year, last - 2, None, last)
    if edge:
        return _Point(year, 1 if edge.endswith("初") else 12, None)
    return _Point(year, None, None) if alone is not None else None


def _value(first: _Point, second: _Point | None, match: re.Match[str]) -> str:
    start = _iso(first)
    if first.last_month and second is None:
        end = _iso(_Point(first.year, first.last_month, None))
        if start and end and match["open"]:
            return f"{start}/.."
        if start and end and match["until"]:
            return f"../{end}"
        return f"{start}/{end}" if start and end else ""
    if second is not None:
        own_year = second.year
        if own_year is None and first.year is not None:
            own_year = first.year + _ends_in_next_year(first, second)
        end = _iso(second._replace(year=own_year, month=second.last_month or second.month))
        backwards = len(start) == len(end) and end < start
        return f"{start}/{end}" if start and end and not backwards else ""
    if match["open"]:
        return f"{start}/.." if start else ""
    if match["until"]:
        return f"../{start}" if start else ""
    return start


def _iso(point: _Point) -> str:
    year, month, day, _ = point
    if year is None:
        return ""
    if month is None:
        return f"{year:04d}"
    if not 1 <= month <= 12:
        return ""
    if day is None:
        return f"{year:04d}-{month:02d}"
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= monthrange(year, month)[1] else ""


def _more_days(text: str, place: int, point: _Point) -> list[DateFound]:
    """The further days of 12月6日、28日."""
    days = []
    while match := _ANOTHER_DAY.match(text, place):
        days.append(DateFound(Place(match.start("d"), match.end()), _iso(point._replace(day=int(match["d"])))))
        place = match.end()
    return days


def _int(digits: str | None) -> int | None:
    """A printed year, month or day as a number: 元 is the first month, a year of two digits is of our century."""
    return (1 if digits == "元" else int(digits)) if digits else None


def _year(digits: str | None) -> int | None:
    year = _int(digits)
    return 2000 + year if year is not None and year < 100 else year
