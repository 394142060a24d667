"""The side of recognition that a reader of pages sees: the pages it takes, and a function for one (``files/scan``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from extractor.files.parts.page_places import OcrMode
from extractor.files.pdf.printed_pages import PrintedPage


class PageNumber(NamedTuple):
    """The number of a page, from 1, and of all."""

    number: int
    of: int


class PageRecognition(NamedTuple):
    """Recognition as it is installed and allowed.

    ``engine`` is its name and version, "" where none is installed or ``mode`` is ``never``. ``recognise`` makes a page
    of a picture (an array of height, width and three colours, blue first), its number, and its width in points.
    ``remedy`` says what to do about pages that were not recognised, as the end of a sentence.
    """

    mode: OcrMode
    engine: str
    recognise: Callable[[Any, PageNumber, float], PrintedPage]
    remedy: str

    def takes(self, page: PrintedPage) -> bool:
        """Return whether a page is recognised: a picture with little text, or with that of another program."""
        if not self.engine or self.mode == "never":
            return False
        if self.mode == "always" or page.is_recognised:
            return True
        return page.drawn is not None and sum(len(row.text) for row in page.rows) < _LITTLE


_LITTLE = 60  # characters on a picture: fewer are a number, a stamp, the name of the program that scanned
