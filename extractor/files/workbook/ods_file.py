"""OpenDocument spreadsheets (.ods) as sheets of displayed cells: the format stores what each cell displays.

odfpy (1.4.1, of 2020) keeps a whole document in memory and unfolds nothing that is repeated; the little that is needed
is read here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from extractor.errors import InputError
from extractor.files.parts.cell_places import cell_name
from extractor.files.sources.file_limits import Limits
from extractor.files.workbook.sheet_cells import COLUMNS, ROWS, CellBudget, MergedCells, SheetCells
from extractor.files.workbook.workbook_xml import PackedParts, local_name

Element = Any  # lxml has no types of its own

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_CALC = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}"
_HIDDEN = ("collapse", "filter")
_NOT_SHOWN = frozenset((f"{_TEXT}ruby-text", f"{_TEXT}note", f"{_OFFICE}annotation"))
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_MOST = 10**7  # the repetition that is taken at its word; no sheet is so large


def read_ods(data: bytes, name: str, limits: Limits) -> list[SheetCells]:
    """Return a spreadsheet's sheets in order; ``name`` is for messages.

    Raises:
        InputError: it is damaged, encrypted, no spreadsheet, or exceeds a limit.
    """
    parts = PackedParts(data, name, limits)
    manifest = "META-INF/manifest.xml"
    if manifest in parts and next(parts.root(manifest).iter("{*}encryption-data"), None) is not None:
        raise InputError(f"{name}: is encrypted; save a copy without password and give that")
    return _Document(name, limits).read(parts)


class _Document:
    """A reader of one document: styles come first, then each sheet's columns and rows."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._budget = CellBudget(name, limits)
        self._hidden_styles: set[str] = set()
        self._struck_styles: set[str] = set()
        self._sheets: list[SheetCells] = []
        self._row = self._column = 0
        self._table: Element = None

    def read(self, parts: PackedParts) -> list[SheetCells]:
        for element in parts.elements("content.xml", "style", "table-column", "table-row", "table"):
            match local_name(element):
                case "style":
                    self._read_style(element)
                case "table-column":
                    self._read_column(self._sheet_of(element), element)
                case "table-row":
                    self._read_row(self._sheet_of(element), element)
        return self._sheets

    def _sheet_of(self, element: Element) -> SheetCells:
        """Return the sheet that an element belongs to; a new one where its table is new."""
        table = next(element.iterancestors(f"{_TABLE}table"))
        if table is not self._table:
            self._table = table
            self._row = self._column = 0
            is_hidden = table.get(f"{_TABLE}style-name") in self._hidden_styles
            self._sheets.append(SheetCells(table.get(f"{_TABLE}name", ""), self._budget, is_hidden))
        return self._sheets[-1]

    def _read_style(self, element: Element) -> None:
        name = element.get(f"{_STYLE}name", "")
        for child in element:
            if local_name(child) == "table-properties" and child.get(f"{_TABLE}display") == "false":
                self._hidden_styles.add(name)
            if local_name(child) == "text-properties":
                line = child.get(f"{_STYLE}text-line-through-style", "none")
                if line != "none" or child.get(f"{_STYLE}text-line-through-type", "none") != "none":
                    self._struck_styles.add(name)

    def _read_column(self, sheet: SheetCells, element: Element) -> None:
        count = _repeated(element, "columns")
        if element.get(f"{_TABLE}visibility") in _HIDDEN:
            sheet.hidden_columns.update(range(self._column, min(self._column + count, COLUMNS)))
        self._column += count

    def _read_row(self, sheet: SheetCells, element: Element) -> None:
        count = _repeated(element, "rows")
        is_hidden = element.get(f"{_TABLE}visibility") in _HIDDEN
        column = 0
        for cell in element.iterchildren(*_CELLS):
            times = _repeated(cell, "columns")
            self._read_cell(sheet, cell, (column, times, count), in_hidden_row=is_hidden)
            column += times
        self._row += count

    def _read_cell(self, sheet: SheetCells, cell: Element, span: tuple[int, int, int], *, in_hidden_row: bool) -> None:
        column, times, rows = span
        self._read_merged(sheet, cell, column)
        for note in cell.iterchildren(f"{_OFFICE}annotation"):
            sheet.leave_out(
                "note",
                "\n".join("".join(line.itertext()) for line in note.iterchildren(f"{_TEXT}p")),
                cell_name(self._row, column),
            )
        words = self._words(sheet, cell, column)
        if cell.get(f"{_CALC}value-type") == "error":
            sheet.leave_out("cell_error", words, cell_name(self._row, column))
            return
        if not words:
            if cell.get(f"{_TABLE}formula") and cell.get(f"{_OFFICE}value-type") is None:
                sheet.leave_out("formula_unread", cell.get(f"{_TABLE}formula"), cell_name(self._row, column))
            return
        for row in range(self._row, min(self._row + rows, ROWS)):
            for place in range(column, min(column + times, COLUMNS)):
                sheet.put(row, place, words, in_hidden_row=in_hidden_row)

    def _read_merged(self, sheet: SheetCells, cell: Element, column: int) -> None:
        rows, columns = (_number(cell.get(f"{_TABLE}number-{way}-spanned")) for way in ("rows", "columns"))
        if rows > 1 or columns > 1:
            sheet.merged.append(MergedCells(self._row, column, self._row + rows - 1, column + columns - 1))

    def _words(self, sheet: SheetCells, cell: Element, column: int) -> str:
        struck: list[str] = []
        is_struck = cell.get(f"{_TABLE}style-name") in self._struck_styles
        paragraphs = cell.iterchildren(f"{_TEXT}p")
        lines = ["".join(self._pieces(each, struck, is_struck=is_struck)) for each in paragraphs]
        if "".join(struck).strip():
            sheet.leave_out("struck", "".join(struck), cell_name(self._row, column))
        return "\n".join(lines).strip()

    def _pieces(self, element: Element, struck: list[str], *, is_struck: bool) -> Iterator[str]:
        """Yield the pieces of a paragraph that are shown; those that are struck out are added to ``struck``."""
        is_struck = is_struck or element.get(f"{_TEXT}style-name") in self._struck_styles
        yield from _shown(element.text, struck, is_struck=is_struck)
        for child in element:
            match child.tag:
                case tag if tag in _NOT_SHOWN:
                    pass
                case tag if tag == f"{_TEXT}s":
                    yield " " * min(_number(child.get(f"{_TEXT}c")), 100)
                case tag if tag == f"{_TEXT}tab":
                    yield " "
                case tag if tag == f"{_TEXT}line-break":
                    yield "\n"
                case _:
                    yield from self._pieces(child, struck, is_struck=is_struck)
            yield from _shown(child.tail, struck, is_struck=is_struck)


def _shown(words: str | None, struck: list[str], *, is_struck: bool) -> Iterator[str]:
    if words and is_struck:
        struck.append(words)
    elif words:
        yield re.sub(r"\s+", " ", words)


def _repeated(element: Element, way: str) -> int:
    return _number(element.get(f"{_TABLE}number-{way}-repeated"))


def _number(words: str | None) -> int:
    if not words or not words.isdecimal():
        return 1
    return min(int(words[:12]), _MOST) if int(words[:12]) else 1
