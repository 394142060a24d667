"""PDF files as plain text, one paragraph a line, with an account of what is left out.

pypdfium2 gives every character with its place. ``glyphs`` reads the characters of a page, ``visible_glyphs`` sets
watermarks and hidden words apart, ``ruled_tables`` finds cells, ``printed_lines`` makes lines, ``running_heads``
removes page numbers and running heads, ``page_columns`` orders columns, ``paragraphs`` joins lines.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import Any, Literal, NamedTuple

from extractor.errors import InputError
from extractor.files.parts.left_out import LeftOut, ReadText, left_out
from extractor.files.pdf.drawings import unread_drawing
from extractor.files.pdf.glyphs import UNMAPPED, Glyph, page_glyphs
from extractor.files.pdf.page_columns import in_reading_order
from extractor.files.pdf.paragraphs import paragraphs
from extractor.files.pdf.printed_lines import Row, Rows, page_rows
from extractor.files.pdf.ruled_tables import Cell, page_rules, split_tables
from extractor.files.pdf.running_heads import without_furniture
from extractor.files.pdf.visible_glyphs import middle, seen_text
from extractor.files.sources.file_limits import Limits

_PDFIUM = threading.Lock()  # PDFium has global state and is not safe for threads, as its documentation says
_FEW = 10  # characters: a page with fewer has no text
_UNREADABLE = 0.4  # share of characters without a meaning: a text layer with more is useless
_TO_SPARE = 2  # PDFium counts blanks and line ends of its own among the characters of a page
_UNEVEN = 0.35  # recognised text is as large as its highest character: lines may be this much smaller than others


def read_pdf(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return a PDF's text and the account of what is left out; ``name`` is for messages.

    Raises:
        InputError: it is damaged, encrypted, too long, or has no readable text.
    """
    with _PDFIUM:
        pages = list(_pages(data, name, limits))
    pages = _without_watermarks_of_others(pages)
    body = without_furniture([row for page in pages for row in page.rows])
    written = {number: sum(len(row.text) for row in rows) for number, rows in _by_page(body.text)}
    unread = [page for page in pages if page.drawn and written.get(page.number, 0) < _FEW]
    if not any(count >= _FEW for count in written.values()) and (unread or not body.text):
        raise InputError(f"{name}: {_reason(unread)}")
    rows = in_reading_order(group for _, group in _by_page(body.text))
    text = "".join(f"{line}\n" for line in paragraphs(rows))
    if text.count(UNMAPPED) > _UNREADABLE * len(text):
        raise InputError(
            f"{name}: the text layer of this PDF holds glyph numbers, not characters; recognise its text (OCR) first"
        )
    furniture = dict(_by_page(body.furniture))
    entries: list[LeftOut] = []
    for page in pages:
        entries += page.left_out
        if page.number in furniture:
            words = " ".join(row.text for row in furniture[page.number])
            entries.append(left_out("header_footer", words, f"page {page.number}"))
        if page.drawn:
            entries.append(LeftOut(page.drawn, 0, "", f"page {page.number}"))
    return ReadText(text, tuple(entries))


def _reason(unread: Sequence[_PdfPage]) -> str:
    remedy = "recognise its text (OCR) first and give the result, or find the notice as a web page"
    if not unread:
        return (
            f"this PDF holds no text, no picture and nothing drawn that could be text; if its pages show some, {remedy}"
        )
    if all(page.drawn == "curves" for page in unread):
        return f"the text of this PDF is drawn as curves, not written; {remedy}"
    return f"this PDF is a scan, a picture without a text layer; {remedy}"


class _PdfPage(NamedTuple):
    """A page as read; ``drawn`` is the kind of drawing that may hold text, or None."""

    number: int
    rows: list[Row]
    left_out: list[LeftOut]
    drawn: Literal["picture", "curves"] | None


def _pages(data: bytes, name: str, limits: Limits) -> Iterator[_PdfPage]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            raise InputError(f"{name}: is encrypted; save a copy without password and give that") from error
        raise InputError(f"{name}: is no readable PDF, or a truncated one ({error}); fetch it again") from error
    count = 0
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
                yield _page(page, textpage, number)


def _page(page: Any, textpage: Any, number: int) -> _PdfPage:
    found = page_glyphs(textpage)
    seen = seen_text(page, found, number)
    rows: list[Row] = []
    entries = seen.left_out
    for glyphs in seen.texts:
        turn = glyphs[0].look.turn or 0 if glyphs else 0
        lines, marks = _rows_of_a_way(page, glyphs, number, turn)
        rows += lines
        if marks:
            entries.append(left_out("note_mark", " ".join(marks), f"page {number}"))
    runs = len({glyph.run for glyph in found.glyphs})
    drawn = unread_drawing(page, runs, [middle(glyph) for glyph in found.glyphs])
    return _PdfPage(number, rows, entries, drawn)


def _rows_of_a_way(page: Any, glyphs: Sequence[Glyph], number: int, turn: int) -> Rows:
    """Return the rows of text in one direction; those of ruled tables have their cells joined."""
    plain = page_rows(glyphs, number)
    if not any(row.parts for row in plain.rows):
        return Rows(_evened(plain.rows, glyphs), plain.marks)
    split = split_tables(glyphs, page_rules(page, turn))
    if not split.table_rows:
        return Rows(_evened(plain.rows, glyphs), plain.marks)
    rows, marks = page_rows(split.others, number)
    for cells in split.table_rows:
        inside = [page_rows(cell.glyphs, number) for cell in cells]
        marks += [mark for found in inside for mark in found.marks]
        rows += _table_row(cells[0], [list(paragraphs(found.rows)) for found in inside], inside[0].rows[0])
    return Rows(sorted(rows, key=lambda row: -row.top), marks)


def _table_row(place: Cell, texts: Sequence[Sequence[str]], like: Row) -> list[Row]:
    """Return a table's row as one line with tabs, or by paragraphs if a cell has two."""
    is_line = all(len(text) < 2 for text in texts)
    lines = (
        ["\t".join(line for text in texts for line in text)] if is_line else [line for text in texts for line in text]
    )
    row = like._replace(bottom=place.bottom, top=place.top, parts=(), is_table=True)
    return [row._replace(text=line) for line in lines]


def _without_watermarks_of_others(pages: Sequence[_PdfPage]) -> list[_PdfPage]:
    """Drop a watermark's words on pages where they lie over no text, and so were not recognised."""
    words = {"".join(entry.words.split()) for page in pages for entry in page.left_out if entry.kind == "watermark"}
    found: list[_PdfPage] = []
    for page in pages:
        marks = [row for row in page.rows if "".join(row.text.split()) in words]
        if marks:
            entry = left_out("watermark", " ".join(row.text for row in marks), f"page {page.number}")
            rows = [row for row in page.rows if row not in marks]
            found.append(page._replace(rows=rows, left_out=[*page.left_out, entry]))
        else:
            found.append(page)
    return found


def _evened(rows: list[Row], glyphs: Sequence[Glyph]) -> list[Row]:
    """Give lines of recognised (invisible) text one size if their sizes differ little."""
    if not rows or any(glyph.look.is_drawn for glyph in glyphs):
        return rows
    usual = median(row.size for row in rows)

    def evened(row: Row) -> Row:
        if abs(row.size - usual) >= _UNEVEN * usual:
            return row
        return row._replace(size=usual, parts=tuple(map(evened, row.parts)))

    return [evened(row) for row in rows]


def _by_page(rows: Sequence[Row]) -> list[tuple[int, list[Row]]]:
    return [(number, list(group)) for number, group in groupby(rows, key=lambda row: row.page)]
