"""Parts of dates that no date has: 201年, 13月, 2月30日. In a recognised text a digit of theirs was lost or misread."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator

_DIGIT = "[0-9０-９]"
_ALONE = rf"(?<!{_DIGIT})(?<!{_DIGIT}[.．,，])"
_DASH = "[-—–~～至－]"
_YEAR = re.compile(
    rf"{_ALONE}(?P<year>{_DIGIT}+)(?= ?年| ?{_DASH} ?{_DIGIT}{{4}} ?年)(?: ?年(?P<month> ?{_DIGIT}{{1,2}} ?月)?)?"
)
_MONTH = re.compile(rf"(?:(?P<year>{_DIGIT}{{4}}) ?年 ?)?{_ALONE}(?P<month>{_DIGIT}+) ?月(?: ?(?P<day>{_DIGIT}+) ?日)?")
_LOST = re.compile(
    rf"(?<={_DIGIT})年(?=[月日])|(?<={_DIGIT})月(?=日)"
    rf"|(?<![0-9０-９ 〇零一二三四五六七八九十今去上前本当明同次每])年(?= ?{_DIGIT}{{1,2}} ?月 ?{_DIGIT}{{1,2}} ?日)"
)
"""A mark of a date from which the digits before it are lost."""
_IN_FIGURES = re.compile(
    rf"{_ALONE}(?P<year>{_DIGIT}{{3,4}})(?P<mark>[-./．／－])(?P<month>{_DIGIT}{{1,3}})(?P=mark)(?P<day>{_DIGIT}{{1,3}})"
    rf"(?![.．]?{_DIGIT})"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2060
_DIGITS_OF_YEAR = 4
_MOST_OF_LENGTH = 2  # digits of a number of years: 近20年
_MONTHS = 12
_LEAP_YEAR = 2024


def odd_dates(text: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches, in code points, of a text that look like parts of dates and can be none.

    A year has four digits, or two where nothing but 年 stands behind it (近20年), a month is 1 to 12, a day one of
    its month.

    >>> text = "201年获批,近20年,13月1日"
    >>> [text[start:end] for start, end in odd_dates(text)]
    ['201年', '13月1日']
    """
    for match in _YEAR.finditer(text):
        is_followed = match.end() > match.end("year")  # by 年: the first year of an interval is not
        if not (
            _is_year(match["year"]) or (is_followed and not match["month"] and len(match["year"]) <= _MOST_OF_LENGTH)
        ):
            yield match.span()
    for match in _MONTH.finditer(text):
        if not _is_day(match["year"], match["month"], match["day"]):
            yield match.span()
    for match in _LOST.finditer(text):
        yield max(0, match.start() - 1), match.end() + 1
    for match in _IN_FIGURES.finditer(text):
        if not (_is_year(match["year"]) and _is_day(match["year"], match["month"], match["day"])):
            yield match.span()


def _is_year(words: str) -> bool:
    return len(words) == _DIGITS_OF_YEAR and _FIRST_YEAR <= int(words) <= _LAST_YEAR


def _is_day(year: str | None, month: str, day: str | None) -> bool:
    number = int(month)
    if not 1 <= number <= _MONTHS:
        return False
    if day is None:
        return True
    in_year = int(year) if year and _is_year(year) else _LEAP_YEAR
    return 1 <= int(day) <= monthrange(in_year, number)[1]
