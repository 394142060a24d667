"""The places on pages from which a text was recognised: a map from its code points to page and box, with doubts."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable
from typing import Any, Literal, NamedTuple

OcrMode = Literal["auto", "never", "always"]
"""Which pages are recognised: those without written text, none, or all."""

UnsureReason = Literal["score", "gap", "twice", "look", "seam", "ink", "date"]
"""Why a stretch may be misread.

Its score is low; there is ink without text; two readings differ; a letter stands where a digit may; a number is in two
pieces; there is ink outside all lines; it is part of a date that no date has (201年).
"""

_CROP_BYTES = 3_000_000  # of the crops of one notice, while all lines have theirs
_MOST_CROP_BYTES = 6_000_000  # of the same, with those of lines that have digits or doubts


class PageBox(NamedTuple):
    """A rectangle on a page as it is seen, in shares of its width and height from the upper left."""

    left: float
    top: float
    right: float
    bottom: float


class UnsurePart(NamedTuple):
    """A stretch of a text, in code points, that may be misread."""

    start: int
    end: int
    reason: UnsureReason


class LinePlace(NamedTuple):
    """A stretch of a text, in code points, that stands in one line of a page (from 1).

    ``score`` is recognition's, 0 to 1, None where another program recognised it. ``crop`` is the line's picture as PNG,
    b"" for none.
    """

    start: int
    end: int
    page: int
    box: PageBox
    score: float | None
    unsure: tuple[UnsurePart, ...] = ()
    crop: bytes = b""

    def moved(self, by: int) -> LinePlace:
        """Return the same place, ``by`` code points further in the text."""
        unsure = tuple(part._replace(start=part.start + by, end=part.end + by) for part in self.unsure)
        return self._replace(start=self.start + by, end=self.end + by, unsure=unsure)


class PagePlaces(NamedTuple):
    """The lines of a text in its order; ``engine`` names what recognised them, "" where other programs did."""

    lines: tuple[LinePlace, ...]
    engine: str = ""

    def as_json(self) -> bytes:
        """Return the places in the form of ``texts/<id>.places.json``."""
        pieces = [[line.start, line.end, line.page, *line.box, line.score] for line in self.lines]
        unsure = [part for line in self.lines for part in line.unsure]
        crops = {
            str(number): base64.b64encode(line.crop).decode()
            for number, line in enumerate(self.lines)
            if line.crop
        }  # fmt: skip
        kept = {"kind": "page_box", "engine": self.engine, "pieces": pieces, "unsure": unsure, "crops": crops}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def places_from(data: bytes) -> PagePlaces | None:
    """Return the places that a file holds; None where it is empty or damaged, or holds others."""
    if not data:
        return None
    try:
        kept = json.loads(data)
        if kept["kind"] != "page_box":
            return None
        return PagePlaces(tuple(_lines(kept)), str(kept["engine"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _lines(kept: Any) -> Iterable[LinePlace]:
    unsure = [UnsurePart(*part) for part in kept["unsure"]]
    crops = {int(number): base64.b64decode(crop) for number, crop in kept["crops"].items()}
    for number, (start, end, page, left, top, right, bottom, score) in enumerate(kept["pieces"]):
        own = tuple(part for part in unsure if start <= part.start < end or part.start == start)
        yield LinePlace(start, end, page, PageBox(left, top, right, bottom), score, own, crops.get(number, b""))


def within_budget(lines: Iterable[LinePlace], text: str) -> tuple[LinePlace, ...]:
    """Return the lines with as many crops as a notice may have; lines with digits or doubts keep theirs longest."""
    kept: list[LinePlace] = []
    total = 0
    for line in lines:
        is_needed = bool(line.unsure) or any(character.isdigit() for character in text[line.start : line.end])
        fits = total + len(line.crop) <= (_MOST_CROP_BYTES if is_needed else _CROP_BYTES)
        total += len(line.crop) if fits else 0
        kept.append(line if fits else line._replace(crop=b""))
    return tuple(kept)
