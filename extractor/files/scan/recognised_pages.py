"""Pages recognised one by one, each within its limit of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extractor.errors import InputError, SettingsError
from extractor.files.parts.left_out import LeftOut
from extractor.files.parts.page_places import OcrMode
from extractor.files.pdf.page_recognition import PageNumber, PageRecognition
from extractor.files.pdf.printed_pages import PrintedPage
from extractor.files.scan.page_progress import begin_page
from extractor.files.scan.recogniser import PAGE_SECONDS, SlowPageError, engine_version, recogniser
from extractor.files.scan.scanned_lines import scanned_lines
from extractor.files.scan.scanned_rows import scanned_page
from extractor.files.sources.file_limits import Limits

if TYPE_CHECKING:
    from extractor.files.scan.recogniser import Picture

EXTRA = "pip install 'notice-extractor[ocr]'"
"""The command that installs recognition."""


def recognition(mode: OcrMode) -> PageRecognition:
    """Return recognition in a mode, as far as it is installed.

    Raises:
        SettingsError: ``mode`` is ``always``, and recognition is not installed.
    """
    engine = "" if mode == "never" else engine_version()
    if mode == "always" and not engine:
        raise SettingsError(f"--ocr always needs recognition, which is not installed; do: {EXTRA}")
    return PageRecognition(mode, engine, recognised_page, _remedy(mode))


def _remedy(mode: OcrMode) -> str:
    if not engine_version():
        return f"install recognition (OCR) with {EXTRA}, or find the notice as a web page"
    allowed = "auto" if mode == "never" else "always"
    return f"recognise its pages (OCR) with --ocr {allowed}, or find the notice as a web page"


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


def check_scanned_pages(count: int, name: str, limits: Limits) -> None:
    """Check the number of pages to recognise.

    Raises:
        InputError: there are more than ``limits.scanned_pages``.
    """
    if count > limits.scanned_pages:
        raise InputError(
            f"{name}: has {count} pages to recognise, {limits.scanned_pages} are read; cut it to the notice"
        )
