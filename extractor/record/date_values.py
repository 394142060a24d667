"""Dates as the contract writes them: ISO 8601 at the printed precision, intervals as ``a/b``, open ones with ``..``."""

from __future__ import annotations

import re
from datetime import date

_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_day(value: str) -> bool:
    """Say whether a value is one day, month or year that exists."""
    match = _DAY.fullmatch(value)
    if match is None:
        return False
    year, month, day = (int(part) if part else 1 for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def is_date_value(value: str) -> bool:
    """Say whether a value is a date or an interval as the contract writes them, in order where closed."""
    start, slash, end = value.partition("/")
    if not slash:
        return is_day(start)
    sides = [side for side in (start, end) if side != ".."]
    width = min(map(len, sides), default=0)
    return bool(sides) and all(map(is_day, sides)) and sides[0][:width] <= sides[-1][:width]


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
