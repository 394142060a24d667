"""The ledger of digits: what each digit of a notice belongs to, so that none is passed over in silence.

A digit belongs to a figure of a measure, a total, a date, an enumerator, a contact line, a 《…》 title, a heading, or a
number that names something (a document number, an article of law, an ordinal, a grade, a hotline, a code, a name). A
figure in other parts of the notice that is no total is ``outside``, so is what the page prints around the notice. What
is left is unread: it is told, and nothing is made of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

from extractor.notice.places import Place
from extractor.notice.quantities import NameKind

DigitClass = Literal["figure", "total", "date", "label", "contact", "title", "heading", "outside", "unread"] | NameKind
CLASSES: tuple[str, ...] = (
    "figure", "total", "date", "label", "contact", "title", "heading", *get_args(NameKind), "outside", "unread",
)  # fmt: skip
_DIGITS = re.compile(r"[0-9]+|[①-⑳⑴-⒇⒈-⒛㉑-㉟]+")
_BETWEEN_DIGITS = frozenset(" \n,.’'")


class Ledger(NamedTuple):
    """How many digits belong to each class, and the places of the numbers that are unread."""

    classes: dict[str, int]
    unread: tuple[Place, ...]


class Claim(NamedTuple):
    """A stretch whose digits belong to a class."""

    place: Place
    kind: str


def keep_ledger(text: str, claims: Iterable[Claim]) -> Ledger:
    """Account for the digits of the folded text. Where claims share a digit the first of them has it."""
    owners = _Owners(claims)
    counts: Counter[str] = Counter()
    unread: list[Place] = []
    for digits in _DIGITS.finditer(text):
        position, stop = digits.span()
        while position < stop:
            kind, until = owners.at(position, stop)
            counts[kind] += until - position
            if kind == "unread":
                _note(text, unread, Place(position, until))
            position = until
    return Ledger({kind: counts[kind] for kind in CLASSES if counts[kind]}, tuple(unread))


def _note(text: str, unread: list[Place], place: Place) -> None:
    """Add an unread place; what belongs to the number before, across a blank or a wrap, lengthens that."""
    if (
        unread
        and 0 < place.start - unread[-1].end <= 2
        and _BETWEEN_DIGITS.issuperset(text[unread[-1].end : place.start])
    ):
        unread[-1] = Place(unread[-1].start, place.end)
    else:
        unread.append(place)


class _Owners:
    """Who owns an offset: claims laid over each other, the first on top."""

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._layers: list[tuple[list[int], list[int], str]] = []
        by_kind: dict[str, list[Place]] = {}
        for place, kind in claims:
            by_kind.setdefault(kind, []).append(place)
        for kind, places in by_kind.items():
            places.sort()
            self._layers.append(([place.start for place in places], [place.end for place in places], kind))

    def at(self, offset: int, stop: int) -> tuple[str, int]:
        """The class of the digit at ``offset``, and up to where before ``stop`` it holds."""
        nearest = stop
        for starts, ends, kind in self._layers:
            index = bisect_right(starts, offset)
            if index and ends[index - 1] > offset:
                return kind, min(ends[index - 1], nearest)
            if index < len(starts):
                nearest = min(nearest, starts[index])
        return "unread", nearest
