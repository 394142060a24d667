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
from typing import NamedTuple, get_args

from extractor.notice.places import Place
from extractor.notice.quantities import NameKind

CLASSES = ("figure", "total", "date", "label", "contact", "title", "heading", "name", "outside", "unread")
_NAMES: tuple[str, ...] = get_args(NameKind)
_DIGITS = re.compile(r"[0-9]+|[①-⑳⑴-⒇⒈-⒛㉑-㉟❶-❿]+")
_BETWEEN_DIGITS = frozenset(" \n,.’'")


class Ledger(NamedTuple):
    """How many digits belong to each class, how many of the names' to each kind of name, and the places of the numbers
    that are unread. Circled numerals count where they are unread."""

    classes: dict[str, int]
    names: dict[str, int]
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
            if kind == "unread":
                _note(text, unread, Place(position, until))
            if kind == "unread" or text[position].isascii():
                counts[kind] += until - position
            position = until
    names = {kind: counts.pop(kind) for kind in _NAMES if kind in counts}
    counts["name"] = sum(names.values())
    return Ledger({kind: counts[kind] for kind in CLASSES if counts[kind]}, names, tuple(unread))


def count_digits(text: str) -> int:
    """How many digits stand in half-width ``text``."""
    return sum(map(text.count, "0123456789"))


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
            starts: list[int] = []
            ends: list[int] = []
            for start, end in sorted(places):
                if ends and start <= ends[-1]:
                    ends[-1] = max(ends[-1], end)
                else:
                    starts.append(start)
                    ends.append(end)
            self._layers.append((starts, ends, kind))

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
