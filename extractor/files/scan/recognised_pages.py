"""Pages recognised one by one, each within its limit of time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import InputError, SettingsError
from extractor.files.parts.left_out import LeftOut
from extractor.files.parts.page_places import OcrMode
from extractor.files.pdf.printed_pages import PrintedPage
from extractor.files.scan.page_progress import begin_page
from extractor.files.scan.recogniser import PAGE_SECONDS, SlowPageError, engine_version, recogniser
from extractor.files.scan.scanned_lines import scanned_lines
from extractor.files.scan.scanned_rows import scanned_page
from extractor.files.sources.file_limits import Limits

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

EXTRA = "pip install 'notice-extractor[ocr]'"
"""What installs recognition."""


def chosen_engine(ocr: OcrMode) -> str:
    """Return the name and version of what recognises pages in a mode; "" where nothing does.

    Raises:
        SettingsError: ``ocr`` is ``always``, and recognition is not installed.
    """
    engine = "" if ocr == "never" else engine_version()
    if ocr == "always" and not engine:
        raise SettingsError(f"--ocr always needs recognition, which is not installed; do: {EXTRA}")
    return engine


def remedy_for_pictures(ocr: OcrMode) -> str:
    """Return what to do about a document of pictures that was not recognised, as the end of a sentence."""
    if engine_version():
        way = (
            "allow recognition (OCR) with --ocr auto"
            if ocr == "never"
            else "recognise all pages (OCR) with --ocr always"
        )
        return f"{way}, or find the notice as a web page"
    return f"install recognition (OCR) with {EXTRA}, or find the notice as a web page"


def check_scanned_pages(count: int, name: str, limits: Limits) -> None:
    """Check the number of pages that are recognised.

    Raises:
        InputError: there are more than ``limits.scanned_pages``.
    """
    if count > limits.scanned_pages:
        raise InputError(
            f"{name}: has more than {limits.scanned_pages} pages to recognise, which is the most; cut it to the notice"
        )


class PageNumber(NamedTuple):
    """The number of a page, from 1, and of all."""

    number: int
    of: int


def recognised_page(picture: Picture, page: PageNumber, width: float) -> PrintedPage:
    """Recognise the picture of a page that is ``width`` points wide as given.

    A page that takes more than ``PAGE_SECONDS`` has no text, and says so among what is left out.
    """
    begin_page(*page)
    reader = recogniser()
    try:
        with reader.one_page():
            found = scanned_lines(picture, reader)
    except SlowPageError:
        where = f"page {page.number}, more than {PAGE_SECONDS} s"
        return PrintedPage(page.number, [], [LeftOut("picture", 0, "", where)], None, is_recognised=True)
    return scanned_page(found, page.number, width / picture.shape[1])
