"""The smallest shared value: a stretch of a notice's text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from typing import NamedTuple


class Place(NamedTuple):
    """A stretch of text in code points, end exclusive."""

    start: int
    end: int


class Inside:
    """Tells whether an offset lies in one of several stretches that do not overlap."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = sorted(places)
        self._starts = [place.start for place in self._places]

    def __call__(self, offset: int) -> bool:
        index = bisect_right(self._starts, offset) - 1
        return index >= 0 and self._places[index].end > offset
