"""Moments as this machine's clock shows them."""

from __future__ import annotations

from datetime import datetime


def day(when: str) -> str:
    """Return the day of a moment (ISO 8601)."""
    return _local(when).strftime("%Y-%m-%d")


def moment(when: str) -> str:
    """Return a moment (ISO 8601) to the minute."""
    return _local(when).strftime("%Y-%m-%d %H:%M")


def _local(when: str) -> datetime:
    return datetime.fromisoformat(when).astimezone()
