"""PDF files with a text layer as plain text: lines joined into paragraphs again, page furniture taken out.

pypdfium2 gives every character with its box. ``extractor.files.pdf_paragraphs`` judges the lines made from these.
Pages are taken to have one column, as notices do.
"""

from __future__ import annotations

import contextlib
import threading
import unicodedata
from typing import Any, NamedTuple

from extractor.errors import InputError
from extractor.files.left_out import ReadText
from extractor.files.limits import Limits
from extractor.files.pdf_paragraphs import Row, paragraphs

_PDFIUM = threading.Lock()  # PDFium keeps global state and is not made for threads, as its documentation says
_FEW = 10  # characters on a page below which a picture that fills it is taken for a scan
_UNREADABLE = 0.2  # share of characters without a meaning from which a text layer is useless


def read_pdf(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return a PDF's text, one paragraph a line; ``name`` is for messages.

    Raises:
        InputError: it is damaged, encrypted, too long, or has pages without a text layer.
    """
    with _PDFIUM:
        rows, pictures = _read(data, name, limits)
    text = "".join(f"{line}\n" for line in paragraphs(rows))
    if pictures or not text.strip():
        where = f"page {', '.join(map(str, pictures[:5]))}" if text.strip() else "this PDF"
        raise InputError(
            f"{name}: {where} is a scan, a picture without a text layer; "
            "recognise its text (OCR) first and give the result, or find the notice as a web page"
        )
    unreadable = sum(unicodedata.category(character) in {"Co", "Cc", "Cn"} for character in text if character != "\n")
    if unreadable + text.count("\ufffd") > _UNREADABLE * len(text):
        raise InputError(
            f"{name}: the text layer of this PDF holds glyph numbers, not characters; recognise its text (OCR) first"
        )
    return ReadText(text)


class _Read(NamedTuple):
    rows: list[Row]
    pictures: list[int]


def _read(data: bytes, name: str, limits: Limits) -> _Read:
    """Return the lines of all pages, and the numbers of the pages that are pictures."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(f"{name}: is encrypted; save a copy without password and give that") from error
        raise InputError(f"{name}: is no readable PDF, or a truncated one ({error}); fetch it again") from error
    read = _Read([], [])
    with contextlib.closing(document):
        if len(document) > limits.pdf_pages:
            raise InputError(f"{name}: has {len(document)} pages, {limits.pdf_pages} are read; cut it to the notice")
        for number in range(1, len(document) + 1):
            try:
                page = document[number - 1]
            except pypdfium2.PdfiumError as error:
                raise InputError(f"{name}: page {number} is damaged ({error}); fetch the file again") from error
            with contextlib.closing(page):
                rows = _rows(page, number)
                read.rows.extend(rows)
                if sum(len(row.text) for row in rows) < _FEW and _has_picture(page):
                    read.pictures.append(number)
    return read


def _rows(page: Any, number: int) -> list[Row]:
    """Return a page's lines from top to bottom."""
    from pypdfium2 import raw

    pieces: list[Row] = []
    characters: list[str] = []
    boxes: list[tuple[float, float, float, float]] = []
    sizes: list[float] = []

    def end_piece() -> None:
        text = _meant("".join(characters))
        if text.strip():
            left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
            right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
            pieces.append(Row(text.strip(), left, right, bottom, top, sorted(sizes)[len(sizes) // 2], number))
        characters.clear()
        boxes.clear()
        sizes.clear()

    with contextlib.closing(page.get_textpage()) as textpage:
        for index in range(textpage.count_chars()):
            character = chr(raw.FPDFText_GetUnicode(textpage, index))
            if character in "\r\n":
                end_piece()
                continue
            characters.append(character)
            if not character.isspace():
                boxes.append(textpage.get_charbox(index, loose=True))
                sizes.append(raw.FPDFText_GetFontSize(textpage, index))
        end_piece()
    return _joined(pieces)


def _joined(pieces: list[Row]) -> list[Row]:
    """Sort pieces downwards and join those that stand on one line, as the cells of a table do."""
    rows: list[Row] = []
    for piece in sorted(pieces, key=lambda piece: (-piece.top, piece.left)):
        last = rows[-1] if rows else None
        shared = min(last.top, piece.top) - max(last.bottom, piece.bottom) if last else 0.0
        if last and shared > 0.5 * min(last.top - last.bottom, piece.top - piece.bottom):
            first, second = sorted((last, piece), key=lambda row: row.left)
            gap = " " if second.left - first.right > 0.3 * piece.size else ""
            rows[-1] = Row(
                first.text + gap + second.text,
                first.left,
                max(first.right, second.right),
                min(first.bottom, second.bottom),
                max(first.top, second.top),
                first.size,
                piece.page,
            )
        else:
            rows.append(piece)
    return rows


def _meant(text: str) -> str:
    """Return what a piece of text layer means: radicals that fonts give for whole characters made characters again
    (⼀ U+2F00 for 一), surrogates joined, hyphens at line ends restored (PDFium marks them as if they split words)."""
    text = text.replace("\x02", "-").replace("\ufffe", "-")
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return "".join(
        unicodedata.normalize("NFKC", character) if "\u2e80" <= character <= "\u2fdf" else character
        for character in text
        if character not in "\xad\u200b"
    )


def _has_picture(page: Any) -> bool:
    """Tell whether pictures cover half of the page."""
    from pypdfium2 import raw

    covered = 0.0
    for picture in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,)):
        left, bottom, right, top = picture.get_bounds()
        covered += abs(right - left) * abs(top - bottom)
    return bool(covered > 0.5 * page.get_width() * page.get_height())
