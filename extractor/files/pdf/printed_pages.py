"""Printed pages as plain text: from the characters of each page to the paragraphs of the whole document.

The readers of PDF and of OFD give the characters with their places; ``visible_glyphs`` sets watermarks and hidden words
apart, ``ruled_tables`` finds cells, ``printed_lines`` makes lines, ``running_heads`` removes page numbers and running
heads, ``page_columns`` orders columns, ``paragraphs`` joins lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from statistics import median
from typing import Literal, NamedTuple

from extractor.files.parts.left_out import LeftOut, ReadText, left_out
from extractor.files.parts.odd_dates import odd_dates
from extractor.files.parts.page_places import LinePlace, PageBox, PagePlaces, UnsurePart, within_budget
from extractor.files.pdf.drawings import Box, Surroundings
from extractor.files.pdf.glyphs import Glyph, Glyphs
from extractor.files.pdf.page_columns import in_reading_order
from extractor.files.pdf.paragraphs import paragraphs
from extractor.files.pdf.printed_lines import Row, Rows, page_rows
from extractor.files.pdf.ruled_tables import Cell, page_rules, split_tables
from extractor.files.pdf.running_heads import without_furniture
from extractor.files.pdf.visible_glyphs import seen_text

_FEW = 10  # characters: a page with fewer has no text
_BETWEEN = 200  # code points between two rows of a text, at most, where a row between them was changed
_FIGURE_AT_END = re.compile(r"[0-9][0-9.,]*[ ]?[十百千万亿美]*$")
_UNEVEN = 0.35  # recognised text is as large as its highest character: lines may be this much smaller than others


class PrintedPage(NamedTuple):
    """A page as read; ``drawn`` is the kind of drawing that may hold text, or None.

    ``is_recognised`` is true where recognition gave the text, ours or the one that laid it unseen over the picture.
    """

    number: int
    rows: list[Row]
    left_out: list[LeftOut]
    drawn: Literal["picture", "curves"] | None
    is_recognised: bool = False


class PrintedText(NamedTuple):
    """A document as read; ``unread`` are the pages whose drawings may hold their text, ``is_empty``: none has any."""

    read: ReadText
    unread: list[PrintedPage]
    is_empty: bool


def printed_page(
    found: Glyphs, beside: Surroundings, number: int, drawn: Literal["picture", "curves"] | None
) -> PrintedPage:
    """Make lines of the characters of page ``number`` (from 1)."""
    seen = seen_text(found, beside, number)
    rows: list[Row] = []
    entries = seen.left_out
    for glyphs in seen.texts:
        turn = glyphs[0].look.turn or 0 if glyphs else 0
        lines, marks = _rows_of_a_way(beside, glyphs, number, turn)
        rows += lines
        if marks:
            entries.append(left_out("note_mark", " ".join(marks), f"page {number}"))
    drawn_glyphs = sum(glyph.look.is_drawn for glyph in found.glyphs)
    if 2 * drawn_glyphs < len(found.glyphs) and beside.is_scan():
        is_level = all(glyph.look.turn == 0 for glyph in found.glyphs)
        rows = [_placed(row, beside.paper if is_level else None) for row in rows]
        return PrintedPage(number, rows, entries, drawn, is_recognised=True)
    return PrintedPage(number, rows, entries, drawn)


def printed_text(printed: Iterable[PrintedPage], engine: str = "") -> PrintedText:
    """Return the text of all pages, one paragraph a line, with the account of what is left out.

    ``engine`` names what recognised pages.
    """
    pages = _without_watermarks_of_others(list(printed))
    body = without_furniture([row for page in pages for row in page.rows])
    written = {number: sum(len(row.text) for row in rows) for number, rows in _by_page(body.text)}
    unread = [page for page in pages if page.drawn and written.get(page.number, 0) < _FEW]
    is_empty = not any(count >= _FEW for count in written.values()) and bool(unread or not body.text)
    rows = in_reading_order(group for _, group in _by_page(body.text))
    text = "".join(f"{line}\n" for line in paragraphs(rows))
    furniture = dict(_by_page(body.furniture))
    entries: list[LeftOut] = []
    for page in pages:
        entries += page.left_out
        if page.number in furniture:
            words = " ".join(row.text for row in furniture[page.number])
            entries.append(left_out("header_footer", words, f"page {page.number}"))
        if page.drawn:
            entries.append(LeftOut(page.drawn, 0, "", f"page {page.number}"))
    places = _places(text, rows, engine) if any(page.is_recognised for page in pages) else None
    return PrintedText(ReadText(text, tuple(entries), places), unread, is_empty)


def _places(text: str, rows: Iterable[Row], engine: str) -> PagePlaces:
    """Return where the recognised rows are in the text, whose order is theirs."""
    found: list[LinePlace] = []
    at = 0
    for row in rows:
        begin = text.find(row.text, at, at + len(row.text) + _BETWEEN)
        if begin < 0:  # changed on the way: its neighbours are where they are
            continue
        at = begin + len(row.text)
        for part in row.parts or (row,):
            found += [_doubted(place.moved(begin), text) for place in part.origin]
            begin += len(part.text) + 1
    return PagePlaces(within_budget(_with_odd_dates(found, text), text), engine)


def _with_odd_dates(lines: Sequence[LinePlace], text: str) -> Iterator[LinePlace]:
    """Yield the lines with a doubt at each part of a date that no date has."""
    odd = [UnsurePart(start, end, "date") for start, end in odd_dates(text)]
    for line in lines:
        own = tuple(part for part in odd if line.start <= part.start < line.end)
        yield line._replace(unsure=(*line.unsure, *own)) if own else line


def _doubted(place: LinePlace, text: str) -> LinePlace:
    """Return a line with a doubt if a paragraph ends with it in a figure, which may go on in the next line."""
    figure = _FIGURE_AT_END.search(text, place.start, place.end)
    if figure is None or not text.startswith("\n", place.end):
        return place
    return place._replace(unsure=(*place.unsure, UnsurePart(*figure.span(), "seam")))


def _placed(row: Row, paper: Box | None) -> Row:
    """Return a row of a layer that another program recognised with its place on the page; of a turned one, the page."""
    if row.parts:
        return row._replace(parts=tuple(_placed(part, paper) for part in row.parts))
    box = PageBox(0.0, 0.0, 1.0, 1.0)
    if paper is not None:
        width, height = max(1.0, paper.right - paper.left), max(1.0, paper.top - paper.bottom)
        shares = (row.left - paper.left) / width, (paper.top - row.top) / height
        ends = (row.right - paper.left) / width, (paper.top - row.bottom) / height
        box = PageBox(*(round(min(1.0, max(0.0, share)), 4) for share in (*shares, *ends)))
    return row._replace(origin=(LinePlace(0, len(row.text), row.page, box, None),))


def _rows_of_a_way(beside: Surroundings, glyphs: Sequence[Glyph], number: int, turn: int) -> Rows:
    """Return the rows of text in one direction; those of ruled tables have their cells joined."""
    plain = page_rows(glyphs, number)
    if not any(row.parts for row in plain.rows):
        return Rows(_evened(plain.rows, glyphs), plain.marks)
    split = split_tables(glyphs, page_rules(beside.lines, turn))
    if not split.table_rows:
        return Rows(_evened(plain.rows, glyphs), plain.marks)
    rows, marks = page_rows(split.others, number)
    for cells in split.table_rows:
        inside = [page_rows(cell.glyphs, number) for cell in cells]
        marks += [mark for found in inside for mark in found.marks]
        first = next((row for found in inside for row in found.rows), None)
        if first is not None:
            rows += _table_row(cells[0], [list(paragraphs(found.rows)) for found in inside], first)
    return Rows(sorted(rows, key=lambda row: -row.top), marks)


def _table_row(place: Cell, texts: Sequence[Sequence[str]], like: Row) -> list[Row]:
    """Return a table's row as one line with tabs, or by paragraphs if a cell has two."""
    is_line = all(len(text) < 2 for text in texts)
    lines = (
        ["\t".join(line for text in texts for line in text)] if is_line else [line for text in texts for line in text]
    )
    row = like._replace(bottom=place.bottom, top=place.top, parts=(), is_table=True)
    return [row._replace(text=line) for line in lines]


def _without_watermarks_of_others(pages: Sequence[PrintedPage]) -> list[PrintedPage]:
    """Drop a watermark's words on pages where they lie over no text, and so were not recognised."""
    words = {"".join(entry.words.split()) for page in pages for entry in page.left_out if entry.kind == "watermark"}
    found: list[PrintedPage] = []
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
