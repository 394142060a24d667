"""The cells of a spreadsheet that a text was made of: a map from its code points to sheet, row and column."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class CellPlace(NamedTuple):
    """A stretch of a text, in code points, that stands in one cell; rows and columns count from 0."""

    start: int
    end: int
    sheet: str
    row: int
    column: int

    @property
    def name(self) -> str:
        """The cell's name as spreadsheets show it: ``Sheet1!C7``."""
        return f"{self.sheet}!{cell_name(self.row, self.column)}"


class CellPlaces(NamedTuple):
    """The cells of a text in its order. A cell that is merged over several rows may occur several times."""

    cells: tuple[CellPlace, ...]

    def named(self, start: int, end: int) -> str:
        """Return the name of the cells that a stretch of the text stands in: ``Sheet1!C7``, ``Sheet1!B7:G7``.

        It is empty where the stretch stands in no cell.
        """
        within = self.within(start, end)
        if not within:
            return ""
        first, last = within[0], within[-1]
        if (first.sheet, first.row, first.column) == (last.sheet, last.row, last.column):
            return first.name
        if first.sheet != last.sheet:
            return f"{first.name}:{last.name}"
        return f"{first.name}:{cell_name(last.row, last.column)}"

    def within(self, start: int, end: int) -> Sequence[CellPlace]:
        """Return the cells that a stretch of the text stands in, in the text's order."""
        first = bisect_right(self.cells, start, key=lambda cell: cell.end)
        last = first
        while last < len(self.cells) and self.cells[last].start < max(end, start + 1):
            last += 1
        return self.cells[first:last]

    def as_json(self) -> bytes:
        """Return the places in the form of ``texts/<id>.places.json``; its rows and columns count from 1."""
        sheets = list(dict.fromkeys(cell.sheet for cell in self.cells))
        numbers = {sheet: number for number, sheet in enumerate(sheets)}
        pieces = [[cell.start, cell.end, numbers[cell.sheet], cell.row + 1, cell.column + 1] for cell in self.cells]
        kept = {"kind": "cell", "sheets": sheets, "pieces": pieces}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def cell_places_from(data: bytes) -> CellPlaces | None:
    """Return the places that a file holds; None where it holds others, or is damaged."""
    try:
        kept = json.loads(data)
        if kept["kind"] != "cell":
            return None
        sheets = [str(sheet) for sheet in kept["sheets"]]
        return CellPlaces(
            tuple(
                CellPlace(int(start), int(end), sheets[sheet], int(row) - 1, int(column) - 1)
                for start, end, sheet, row, column in kept["pieces"]
            )
        )
    except (ValueError, KeyError, TypeError, IndexError):
        return None


def cell_name(row: int, column: int) -> str:
    """Return a cell's name from its row and column, which count from 0.

    >>> cell_name(6, 2), cell_name(0, 26)
    ('C7', 'AA1')
    """
    return f"{column_name(column)}{row + 1}"


def column_name(column: int) -> str:
    """Return a column's letters; columns count from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
