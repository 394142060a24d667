"""The calendar days that a date at its printed precision covers."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from typing import NamedTuple

_POINT = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


class Days(NamedTuple):
    """First and last day; None on a side that is open, or that names no day there is."""

    first: date | None
    last: date | None


def days_of(value: str) -> Days:
    """Return the days that an ISO 8601 date or interval covers.

    >>> days_of("2024-02").last, days_of("2023-10/..")
    (datetime.date(2024, 2, 29), Days(first=datetime.date(2023, 10, 1), last=None))
    """
    start, slash, end = value.partition("/")
    return Days(_days(start).first, _days(end if slash else start).last)


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
