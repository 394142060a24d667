"""The ledger of digits: the owner of each digit of a notice, so that none is passed over in silence.

A digit belongs to a figure of a measure, a total, a date, an enumerator, a contact line, a 《…》 title, a heading, or a
number that names something (a document number, an article of law, an ordinal, a grade, a hotline, a code, a name). A
figure in other parts of the notice that is no total is ``outside``, so is what the page prints around the notice. What
is left is unread: it is reported, and nothing is made of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple, get_args

from extractor.notice.facts.quantities import NameKind
from extractor.text.numbers import digit_runs
from extractor.text.places import Place

CLASSES = ("figure", "total", "date", "label", "contact", "title", "heading", "name", "outside", "unread")
_NAMES: tuple[str, ...] = get_args(NameKind)
_OWNERS = ("unread", *(kind for kind in CLASSES if kind != "unread" and kind not in _NAMES), *_NAMES)
_OWNER = {kind: bytes([number]) for number, kind in enumerate(_OWNERS)}
_BETWEEN_DIGITS = frozenset(" \n,.’'")


class Ledger(NamedTuple):
    """The number of digits of each class and of each kind of name, and the places of the numbers that are unread.

    Circled numerals count where they are unread.
    """

    classes: dict[str, int]
    names: dict[str, int]
    unread: tuple[Place, ...]


class Claim(NamedTuple):
    """Stretches whose digits belong to a class."""

    kind: str
    places: Iterable[Place]


def keep_ledger(text: str, claims: Sequence[Claim]) -> Ledger:
    """Account for the digits of the folded text. Where claims share a digit the first of them has it."""
    owners = _painted(len(text), claims)
    sizes = [0] * len(_OWNERS)
    unread: list[Place] = []
    for start, stop in digit_runs(text):
        owner = owners[start]
        if owner and owners.count(owner, start, stop) == stop - start:  # as of nearly all numbers
            sizes[owner] += stop - start if text[start].isascii() else 0
            continue
        for position, until in _of_one_owner(owners, start, stop):
            owner = owners[position]
            if owner == 0:
                _note(text, unread, Place(position, until))
            if owner == 0 or text[position].isascii():
                sizes[owner] += until - position
    counts = dict(zip(_OWNERS, sizes, strict=True))
    names = {kind: counts[kind] for kind in _NAMES if counts[kind]}
    counts["name"] = sum(names.values())
    return Ledger({kind: counts[kind] for kind in CLASSES if counts[kind]}, names, tuple(unread))


def _of_one_owner(owners: bytearray, start: int, stop: int) -> Iterable[tuple[int, int]]:
    """Return the parts of a number that have one owner each."""
    cuts = [at for at in range(start + 1, stop) if owners[at] != owners[at - 1]]
    return pairwise([start, *cuts, stop])


def _painted(length: int, claims: Sequence[Claim]) -> bytearray:
    """Return the owner of each code point: claims painted over each other, the first on top."""
    owners = bytearray(length)
    for kind, places in reversed(claims):
        owner = _OWNER[kind]
        for start, end in places:
            owners[start:end] = owner * (end - start)
    return owners


def count_digits(text: str) -> int:
    """Count the digits of half-width ``text``."""
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
