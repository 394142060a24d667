"""A notice as numbered lines, for a model that is to say which of them are headings and which are measures.

A line of the prompt is a printed line, or, where a printed line holds more, one sentence or enumerated unit of it. Of a
long one only its beginning and its end are shown: a layout can be told without reading it all. ``[13+]`` goes on in the
printed line of ``[12]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

from extractor.assist.display import shown
from extractor.assist.grouping import evenly_filled
from extractor.endpoint.tokens import estimate_tokens
from extractor.notice.outline.marks import Boundary, find_marks
from extractor.notice.outline.segments import split_segments
from extractor.text.places import Place

LAYOUT_BUDGET = 9_000
"""Estimated tokens of lines in one call."""

_SENTENCE = re.compile(r"[。;!?]+[”’》)\]」』\"]*")
_FRAME_FOLLOWS = re.compile(r"(?:关于|针对)[“‘\"「]")
_OPENING, _CLOSING = "“《「『", "”》」』"
_LONGEST_QUOTE = 200
_OPENERS = " \u3000\xa0\t\n*>#●○•◆◇■□▲★▪·-—"
_SHOWN_WHOLE = 48
_HEAD, _TAIL = 30, 10
"""Of a unit longer than ``_SHOWN_WHOLE`` code points so many of its first and last are shown."""


@dataclass(frozen=True)
class LayoutPack:
    """Some of a notice's units in a row; ``first`` is the number of the first one, from 1 on in the notice."""

    task: ClassVar[Literal["layout"]] = "layout"
    units: tuple[Place, ...]
    first: int
    body: str

    @property
    def expected_tokens(self) -> int:
        """About how many tokens the answer takes (estimate, see ``extractor.endpoint.tokens``)."""
        return 40 + 5 * len(self.units)


def layout_packs(text: str, reading: str, end: int, budget: int = LAYOUT_BUDGET) -> list[LayoutPack]:
    """The units of a notice up to ``end`` (where its closing starts), in as few packs as hold them."""
    lines: list[list[Place]] = []
    sizes: list[int] = []
    for unit in units(reading, end):
        # A printed line stays whole unless it is so long that it has lost its breaks.
        if not lines or opens_line(reading, unit) or sizes[-1] > budget // 4:
            lines.append([])
            sizes.append(0)
        lines[-1].append(unit)
        sizes[-1] += estimate_tokens(_line(text, unit, 100)) + 1
    packs: list[LayoutPack] = []
    first = 1
    for held in evenly_filled(lines, sizes, budget):
        group = [unit for line in held for unit in line]
        packs.append(_pack(text, tuple(group), first))
        first += len(group)
    return packs


def split_layout(text: str, pack: LayoutPack) -> tuple[LayoutPack, LayoutPack] | None:
    """The two halves of a pack whose answer was cut off; None where it holds one unit."""
    middle = len(pack.units) // 2
    if not middle:
        return None
    return _pack(text, pack.units[:middle], pack.first), _pack(text, pack.units[middle:], pack.first + middle)


def units(reading: str, end: int) -> list[Place]:
    """The units of a folded text up to ``end``, in order: lines, cut behind sentences and before enumerators."""
    quoted = _quoted(reading)
    cuts = {match.end() for match in _SENTENCE.finditer(reading, 0, end) if not quoted[match.start()]}
    for mark in find_marks(reading[:end]):
        framed = _FRAME_FOLLOWS.match(reading, mark.content)
        if (mark.boundary >= Boundary.SOFT or framed) and not quoted[mark.start]:
            cuts.add(mark.start)
    cuts |= {match.start() for match in re.finditer("\n", reading[:end])}
    cuts |= {segment.start for segment in split_segments(reading[:end])}
    found: list[Place] = []
    position = 0
    for cut in [*sorted(cuts), end]:
        found += _trimmed(reading, position, cut)
        position = cut
    return found


def opens_line(reading: str, unit: Place) -> bool:
    """Whether a unit is the first of its printed line."""
    before = unit.start - 1
    while before >= 0 and reading[before] != "\n" and reading[before] in _OPENERS:
        before -= 1
    return before < 0 or reading[before] == "\n"


def _pack(text: str, found: tuple[Place, ...], first: int) -> LayoutPack:
    return LayoutPack(found, first, "\n".join(_line(text, unit, first + n) for n, unit in enumerate(found)))


def _line(text: str, unit: Place, number: int) -> str:
    words = shown(text[unit.start : unit.end])
    if len(words) > _SHOWN_WHOLE:
        words = f"{words[:_HEAD]}[..{len(words) - _HEAD - _TAIL}]{words[-_TAIL:]}"
    return f"[{number}{'' if opens_line(text, unit) else '+'}] {words}"


def _quoted(reading: str) -> bytearray:
    """Which places lie inside “…” or 《…》 of one line; a quote that does not close soon quotes nothing."""
    inside = bytearray(len(reading) + 1)
    for opening, closing in zip(_OPENING, _CLOSING, strict=True):
        for match in re.finditer(f"{opening}[^{opening}{closing}\n]{{1,{_LONGEST_QUOTE}}}{closing}", reading):
            inside[match.start() + 1 : match.end()] = b"\x01" * (match.end() - match.start() - 1)
    return inside


def _trimmed(reading: str, start: int, end: int) -> Iterator[Place]:
    words = reading[start:end]
    printed = words.lstrip(_OPENERS).rstrip(" \n*")
    if printed:
        begin = start + words.index(printed)
        yield Place(begin, begin + len(printed))
