"""PDF files as plain text, one paragraph a line, with an account of what is left out.

pypdfium2 gives every character with its place, which ``glyphs`` reads; ``printed_pages`` makes the text.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from extractor.errors import InputError
from extractor.files.parts.left_out import ReadText
from extractor.files.pdf.drawings import surroundings, unread_drawing
from extractor.files.pdf.glyphs import UNMAPPED, page_glyphs
from extractor.files.pdf.page_recognition import PageNumber, PageRecognition
from extractor.files.pdf.printed_pages import PrintedPage, printed_page, printed_text
from extractor.files.pdf.visible_glyphs import middle
from extractor.files.sources.file_limits import Limits

_PDFIUM = threading.Lock()  # PDFium has global state and is not safe for threads, as its documentation says
_UNREADABLE = 0.4  # share of characters without a meaning: a text layer with more is useless
_FAR_LESS = 0.6  # of a layer's characters
_FEW = 10  # characters: a page with fewer has no text
_DARK, _INK = 128, 0.001  # of a pixel, and its share of a page: a page number has less
_SCALE = 3.0  # pixels for each point of a page that is recognised: 216 dpi
_MOST_PIXELS = 4000  # of its longer side
_TO_SPARE = 2  # PDFium counts blanks and line ends of its own among the characters of a page


def read_pdf(data: bytes, name: str, limits: Limits, recognition: PageRecognition) -> ReadText:
    """Return a PDF's text and the account of what is left out; ``name`` is for messages.

    Pages that are pictures are recognised as far as ``recognition`` is installed and allowed.

    Raises:
        InputError: it is damaged, encrypted, too long, or has no readable text.
    """
    with _PDFIUM:
        pages = list(_pages(data, name, limits, recognition))
    found = printed_text(pages, recognition.engine)
    if found.is_empty:
        raise InputError(f"{name}: {_reason(found.unread, pages, recognition)}")
    text = found.read.text
    if text.count(UNMAPPED) > _UNREADABLE * len(text):
        raise InputError(
            f"{name}: the text layer of this PDF holds glyph numbers, not characters; {recognition.remedy}"
        )
    return found.read


def _reason(unread: Sequence[PrintedPage], pages: Sequence[PrintedPage], recognition: PageRecognition) -> str:
    if recognition.engine and any(page.is_recognised for page in pages):
        return "this PDF is a scan, and recognition (OCR) found no text in it; check that its pages can be read"
    if not unread:
        return (
            "this PDF holds no text, no picture and nothing drawn that could be text; if its pages show some, "
            f"{recognition.remedy}"
        )
    if all(page.drawn == "curves" for page in unread):
        return f"the text of this PDF is drawn as curves, not written; {recognition.remedy}"
    return f"this PDF is a scan, a picture without a text layer; {recognition.remedy}"


def _pages(data: bytes, name: str, limits: Limits, recognition: PageRecognition) -> Iterator[PrintedPage]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(f"{name}: is encrypted; save a copy without password and give that") from error
        raise InputError(f"{name}: is no readable PDF, or a truncated one ({error}); fetch it again") from error
    count = recognised = 0
    with contextlib.closing(document):
        if len(document) > limits.pdf_pages:
            raise InputError(f"{name}: has {len(document)} pages, {limits.pdf_pages} are read; cut it to the notice")
        for number in range(1, len(document) + 1):
            with contextlib.ExitStack() as opened:
                try:
                    page = opened.enter_context(contextlib.closing(document[number - 1]))
                    textpage = opened.enter_context(contextlib.closing(page.get_textpage()))
                except pypdfium2.PdfiumError as error:
                    raise InputError(f"{name}: page {number} is damaged ({error}); fetch the file again") from error
                count += textpage.count_chars()
                if count > _TO_SPARE * limits.text_characters:
                    raise InputError(
                        f"{name}: has {count:,} characters up to page {number}, {limits.text_characters:,} are read; "
                        "cut it to the notice"
                    )
                found = _page(page, textpage, number)
                if recognition.takes(found):
                    recognised += 1
                    _check_recognised(recognised, name, limits)
                    picture = _picture(page)
                    seen = recognition.recognise(picture, PageNumber(number, len(document)), page.get_width())
                    found = _better(found, seen, picture)
                yield found


def _check_recognised(count: int, name: str, limits: Limits) -> None:
    if count > limits.scanned_pages:
        raise InputError(
            f"{name}: has more than {limits.scanned_pages} pages to recognise, which is the most; cut it to the notice"
        )


def _better(layer: PrintedPage, found: PrintedPage, picture: Any) -> PrintedPage:
    """Return a page as we recognised it, unless another program, or who wrote it, has far more of its text.

    A page with ink on which nothing was recognised is still a drawing that may hold text.
    """
    had, has = (sum(len("".join(row.text.split())) for row in page.rows) for page in (layer, found))
    if has < _FAR_LESS * had:
        return layer
    is_unread = has < _FEW and float((picture.mean(axis=2) < _DARK).mean()) > _INK
    return found._replace(drawn=layer.drawn) if is_unread else found


def _picture(page: Any) -> Any:
    """Draw a page as an array of height, width and three colours, blue first."""
    import numpy

    scale = min(_SCALE, _MOST_PIXELS / max(page.get_width(), page.get_height(), 1.0))
    return numpy.ascontiguousarray(page.render(scale=scale).to_numpy()[..., :3])


def _page(page: Any, textpage: Any, number: int) -> PrintedPage:
    found = page_glyphs(textpage)
    runs = len({glyph.run for glyph in found.glyphs})
    drawn = unread_drawing(page, runs, [middle(glyph) for glyph in found.glyphs])
    return printed_page(found, surroundings(page), number, drawn)
