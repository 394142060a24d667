"""Times in the time zone of this machine."""

from __future__ import annotations

from datetime import datetime


def day(when: str) -> str:
    """Return the local day of a time (ISO 8601)."""
    return _local(when).strftime("%Y-%m-%d")


def moment(when: str) -> str:
    """Return a time (ISO 8601) to the minute, in local time."""
    return _local(when).strftime("%Y-%m-%d %H:%M")


def _local(when: str) -> datetime:
    return datetime.fromisoformat(when).astimezone()
