"""The smallest shared value: a stretch of a notice's text."""

from __future__ import annotations

from typing import NamedTuple


class Place(NamedTuple):
    """A stretch of text in code points, end exclusive."""

    start: int
    end: int
