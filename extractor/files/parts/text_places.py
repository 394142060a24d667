"""Where a text stands in its source: on pages, or in cells."""

from __future__ import annotations

from extractor.files.parts.cell_places import CellPlaces, cell_places_from
from extractor.files.parts.page_places import PagePlaces, page_places_from

TextPlaces = PagePlaces | CellPlaces
"""The map from a text's code points to its source, kept as ``texts/<id>.places.json``."""


def places_from(data: bytes) -> TextPlaces | None:
    """Return the places that a file holds; None where it holds none, or is damaged."""
    return page_places_from(data) or cell_places_from(data)
