"""A notice's text as a model is shown it, and a model's words looked up in the notice.

Marks are ASCII brackets: ``[m3]`` heads a piece, ``[q2]35家`` numbers a figure, ``[o1 县委办]`` encloses a name. No
ASCII bracket, brace, angle bracket, bar, backtick or number sign of the notice is shown as such, and none of its line
ends: what a notice prints can look like a mark, a fence, JSON or a chat template's token to a person, but is none. One
character stands for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from extractor.text.folding import half_width
from extractor.text.places import Place

_FORGERY = {
    **dict.fromkeys("[{\uff3b\uff5b⟦", "〔"),
    **dict.fromkeys("]}\uff3d\uff5d⟧", "〕"),
    **dict.fromkeys("<\uff1c", "〈"),
    **dict.fromkeys(">\uff1e", "〉"),
    "|": "\uff5c",
    "`": "\uff40",
    "#": "\uff03",
    "\\": "\uff3c",
}
_TABLE = {ord(old): new for old, new in _FORGERY.items()}
# Line ends of every kind, control characters, and marks that turn or hide what is printed; lone surrogates, which no
# request could carry.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_QUOTES = dict.fromkeys(map(ord, "“”„‟〝〞‘’‚‛「」『』'"), '"')
_SAME = {**_QUOTES, **dict.fromkeys(map(ord, "〔{"), "["), **dict.fromkeys(map(ord, "〕}"), "]"), ord("\ufffd"): " "}
_MARK = re.compile(r"\[[a-zA-Z]\d*(?: |\])|\]")


def shown(text: str) -> str:
    """Return ``text`` as a model sees it: of the same length, on one line, with nothing that could pass for a mark.

    >>> shown("[m1] 甲《乙》{丙}")
    '〔m1〕 甲《乙》〔丙〕'
    """
    return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub(" ", text)).translate(_TABLE)


class Enclosure(NamedTuple):
    """A stretch to be enclosed in brackets under a name: ``[o1 县委办]``."""

    place: Place
    name: str


class Pin(NamedTuple):
    """A mark at an offset, such as ``[h]`` behind a heading."""

    offset: int
    mark: str


def with_marks(text: str, place: Place, enclosed: Iterable[Enclosure], pins: Iterable[Pin] = ()) -> str:
    """Return the stretch ``place`` of ``text`` as shown, with its candidates enclosed and its pins set.

    Candidates nest (3-4万人 holds 4万人); one that crosses the border of another is enclosed up to that border.
    """
    opened: dict[int, list[str]] = {}
    closed: dict[int, int] = {}
    stack: list[int] = []
    for (start, end), name in sorted(enclosed, key=lambda each: (each.place.start, -each.place.end)):
        while stack and stack[-1] <= start:
            stack.pop()
        stop = min([end, place.end, *stack[-1:]])
        opened.setdefault(start, []).append(f"[{name} ")
        closed[stop] = closed.get(stop, 0) + 1
        stack.append(stop)
    for offset, mark in pins:
        opened.setdefault(offset, []).insert(0, mark)
    body = shown(text[place.start : place.end])
    pieces, position = [], place.start
    for offset in sorted({*opened, *closed}):
        pieces.append(body[position - place.start : offset - place.start])
        pieces.append("]" * closed.get(offset, 0) + "".join(opened.get(offset, ())))
        position = offset
    return "".join([*pieces, body[position - place.start :]])


def find_words(text: str, places: Iterable[Place], words: str) -> Place | None:
    """Return the place of a model's ``words`` in the first of ``places`` that holds them, or None.

    Widths, kinds of quotes, blanks and marks that were copied along make no difference; a single character does.
    """
    readings = {"".join(_folded(reading).split()): None for reading in (words, _MARK.sub("", words))}
    for place in places:
        squeezed, printed = _squeezed(text[place.start : place.end])
        for wanted in readings:
            found = squeezed.find(wanted) if wanted else -1
            if found >= 0:
                return Place(place.start + printed[found], place.start + printed[found + len(wanted) - 1] + 1)
    return None


def same_words(one: str, other: str) -> bool:
    """Say whether two values differ in nothing but widths, kinds of quotes and blanks."""
    return one == other or "".join(_folded(one).split()) == "".join(_folded(other).split())


@lru_cache(maxsize=16)
def _squeezed(stretch: str) -> tuple[str, Sequence[int]]:
    """Return a stretch folded and without blanks, and where each of its characters comes from.

    A measure and its issue are searched many times in a row.
    """
    folded = _folded(stretch)
    printed = [offset for offset, character in enumerate(folded) if not character.isspace()]
    return "".join(folded.split()), printed


@cache
def _unprintable_to_blank() -> dict[int, str]:
    return {code: " " for code in range(0x2070) if _UNPRINTABLE.match(chr(code))}


def _folded(text: str) -> str:
    return half_width(_SURROGATE.sub(" ", text)).translate(_SAME).translate(_unprintable_to_blank())
