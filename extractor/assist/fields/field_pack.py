"""The packs of the task `fields`: the lines outside the issues, with their figures numbered."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from extractor.assist.packs.display import Pin, with_marks
from extractor.assist.packs.grouping import evenly_filled
from extractor.assist.packs.material import Material, place_of
from extractor.assist.packs.pack import TaskName
from extractor.endpoint.tokens import estimate_tokens
from extractor.notice.facts.quantities import QuantityFound
from extractor.text.places import Inside, Place

FIELDS_BUDGET = 6000
"""Estimated tokens of lines in one call."""
_FEW_LINES, _FEW_TOKENS = 20, 2000
"""A pack of fewer lines and fewer estimated tokens is not halved."""
_AFTER_SIGNATURE = 400
"""Code points behind the signature that may still hold the page's date or an address."""


class NumberedFigure(NamedTuple):
    """A figure outside the issues that may be a total: its number in the pack and the rules' reading of it."""

    number: int
    found: QuantityFound


@dataclass(frozen=True)
class FieldsPack:
    """Lines outside the issues, their numbered figures, and the lines as they are shown (``body``)."""

    task: ClassVar[TaskName] = "fields"
    lines: tuple[Place, ...]
    figures: tuple[NumberedFigure, ...]
    body: str

    @property
    def expected_tokens(self) -> int:
        """The estimated length of the answer, in tokens (see ``extractor.endpoint.tokens``)."""
        return 220 + 11 * len(self.figures)


def fields_packs(material: Material, budget: int = FIELDS_BUDGET) -> list[FieldsPack]:
    """Return the lines outside the issues in as few packs as hold them at ``budget`` tokens each."""
    lines = list(_outside(material))
    sizes = [estimate_tokens(material.text[line.start : line.end]) + 2 for line in lines]
    return [_fields_pack(material, group) for group in evenly_filled(lines, sizes, budget)]


def split_fields(material: Material, pack: FieldsPack) -> tuple[FieldsPack, FieldsPack] | None:
    """Return the two halves of a pack; None where it holds one line, or is small.

    Halves of a small one ask no less, since the answer has the same fields; and a model that is shown the half without
    the signature takes its date from elsewhere.
    """
    is_small = len(pack.lines) < _FEW_LINES and estimate_tokens(pack.body) < _FEW_TOKENS
    if is_small or len(pack.lines) < 2:
        return None
    middle = len(pack.lines) // 2
    return _fields_pack(material, pack.lines[:middle]), _fields_pack(material, pack.lines[middle:])


def _fields_pack(material: Material, lines: Iterable[Place]) -> FieldsPack:
    """Return a pack of ``lines``, the figures in them numbered from 1."""
    quantities = material.reading.facts.quantities
    starts = [found.text.start for found in quantities]
    places = tuple(lines)
    figures: list[NumberedFigure] = []
    shown = []
    for line in places:
        inside = quantities[bisect_left(starts, line.start) : bisect_left(starts, line.end)]
        whole = [found for found in inside if found.text.end <= line.end]
        here = [NumberedFigure(number, found) for number, found in enumerate(whole, start=len(figures) + 1)]
        figures += here
        pins = [Pin(figure.found.text.start, f"[q{figure.number}]") for figure in here]
        shown.append("[-] " + with_marks(material.text, line, (), pins))
    return FieldsPack(places, tuple(figures), "\n".join(shown))


def _outside(material: Material) -> Iterator[Place]:
    """Yield the lines of the text outside the issues, up to a little behind the signature."""
    text, notice = material.text, material.notice
    signed = [span.end for span in notice.spans.get("signed_on", [])]
    stop = min(len(text), signed[-1] + _AFTER_SIGNATURE) if signed else len(text)
    position = 0
    # Grouping headings are shown with the issues they group.
    groups = Inside(place_of(rest.text) for rest in notice.outline.remainders if rest.kind == "heading")
    for span in [*(issue.text for issue in notice.issues), None]:
        end = min(span.start if span else stop, stop)
        yield from (line for line in _lines(text, Place(position, end)) if not groups(line.start))
        position = span.end if span else stop


def _lines(text: str, place: Place) -> Iterator[Place]:
    """Yield the lines in a place that hold a letter or digit, without the blanks around them."""
    position = place.start
    while position < place.end:
        end = text.find("\n", position, place.end)
        end = place.end if end < 0 else end
        printed = text[position:end].strip()
        if any(character.isalnum() for character in printed):
            start = position + text[position:end].index(printed)
            yield Place(start, start + len(printed))
        position = end + 1
