"""The places of a text in its source: on pages, or in cells."""

from __future__ import annotations

from collections.abc import Callable

from extractor.files.parts.cell_places import CellPlaces, cell_places_from
from extractor.files.parts.page_places import PagePlaces, places_from

TextPlaces = PagePlaces | CellPlaces
"""The map from a text's code points to its source, kept as ``texts/<id>.places.json``."""


def text_places_from(data: bytes) -> TextPlaces | None:
    """Return the places that a file holds; None where it holds none, or is damaged."""
    return places_from(data) or cell_places_from(data)


def place_names(places: TextPlaces | None) -> Callable[[int, int], str]:
    """Return what names the place of a stretch of the text: its cells (``Sheet1!C7``), its pages (``p. 3``), or ''."""
    if isinstance(places, CellPlaces):
        return places.named
    if isinstance(places, PagePlaces):
        lines = places.lines
        return lambda start, end: _pages([line.page for line in lines if line.start < end and start < line.end])
    return lambda _start, _end: ""


def _pages(numbers: list[int]) -> str:
    if not numbers:
        return ""
    first, last = min(numbers), max(numbers)
    return f"p. {first}" if first == last else f"p. {first}-{last}"
