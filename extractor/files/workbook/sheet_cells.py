"""A sheet's cells as displayed, with what is not displayed, and the limits on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.parts.cell_places import cell_name, column_name
from extractor.files.parts.left_out import Kind, LeftOut, left_out
from extractor.files.sources.file_limits import Limits
from extractor.files.workbook.number_formats import ShownNumber

ROWS, COLUMNS = 1_048_576, 16_384
"""The size of the largest sheet that the formats have."""
ERRORS = frozenset(("#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!", "#FIELD!"))
"""What is displayed where a formula failed."""


class MergedCells(NamedTuple):
    """A block of cells that is displayed as one; its rows and columns count from 0, the last ones included."""

    top: int
    left: int
    bottom: int
    right: int


class CellBudget:
    """The use of the limits by all sheets of one file together."""

    def __init__(self, name: str, limits: Limits) -> None:
        self._name, self._limits = name, limits
        self._cells = self._characters = 0

    def take(self, words: str) -> None:
        """Count a cell.

        Raises:
            InputError: there are more cells or characters than are read.
        """
        self._cells += 1
        self._characters += len(words)
        if self._cells > self._limits.sheet_cells:
            raise InputError(
                f"{self._name}: has more than {self._limits.sheet_cells:,} filled cells; cut it to the ledger"
            )
        if self._characters > self._limits.text_characters:
            raise InputError(
                f"{self._name}: has more than {self._limits.text_characters:,} characters in its cells; "
                "cut it to the ledger"
            )


@dataclass
class SheetCells:
    """The cells of one sheet, filled by the reader of its format.

    ``rows`` are the visible cells' words by row and column, both from 0; a cell's lines are parted by line ends.
    """

    name: str
    budget: CellBudget
    is_hidden: bool = False
    rows: defaultdict[int, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))
    merged: list[MergedCells] = field(default_factory=list)
    hidden_columns: set[int] = field(default_factory=set)
    _hidden_rows: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _in_hidden_columns: defaultdict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _told: list[LeftOut] = field(default_factory=list)

    def put(self, row: int, column: int, words: str, *, in_hidden_row: bool = False) -> None:
        """Put a cell's words in its place, or among what is hidden.

        Raises:
            InputError: a limit is exceeded.
        """
        words = clean_words(words)
        if not words:
            return
        self.budget.take(words)
        if words in ERRORS:
            self.leave_out("cell_error", words, cell_name(row, column))
        elif in_hidden_row:
            self._hidden_rows[row].append(words)
        elif column in self.hidden_columns:
            self._in_hidden_columns[column].append(words)
        else:
            self.rows[row][column] = words

    def put_number(self, row: int, column: int, shown: ShownNumber, plain: str, *, in_hidden_row: bool = False) -> None:
        """Put a number as displayed in its place; ``plain`` names one that its format hides.

        Raises:
            InputError: a limit is exceeded.
        """
        where = cell_name(row, column)
        if not shown.text:
            self.leave_out("hidden_cells", plain, where)
            return
        if not shown.is_sure:
            self.leave_out("number_format", shown.text, where)
        if shown.hidden_year:
            self.leave_out("hidden_year", f"{shown.text}: {shown.hidden_year}", where)
        self.put(row, column, shown.text, in_hidden_row=in_hidden_row)

    def leave_out(self, kind: Kind, words: str, where: str) -> None:
        """Account for what is not in the text; ``where`` is a cell's name, "" for the whole sheet."""
        self._told.append(left_out(kind, words, f"{self.name}!{where}" if where else self.name))

    def account(self) -> Iterator[LeftOut]:
        """Yield what the visible cells lack: rows and columns that are hidden, and what the reader left out."""
        yield from self._told
        for first, last in _stretches(self._hidden_rows):
            words = "\n".join(each for row in range(first, last + 1) for each in self._hidden_rows[row])
            yield left_out("hidden_cells", words, f"{self.name}!{first + 1}:{last + 1}")
        for first, last in _stretches(self._in_hidden_columns):
            words = "\n".join(each for column in range(first, last + 1) for each in self._in_hidden_columns[column])
            yield left_out("hidden_cells", words, f"{self.name}!{column_name(first)}:{column_name(last)}")

    def all_words(self) -> str:
        """Return the words of all visible cells."""
        return "\n".join(words for _, row in sorted(self.rows.items()) for _, words in sorted(row.items()))


def clean_words(words: str) -> str:
    """Return a cell's words with one form of line ends, without empty lines, and with blanks for tabs."""
    if "\r" in words or "_x000D_" in words:
        words = words.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    words = words.replace("\t", " ").replace("\v", "\n").replace("\u2028", "\n")
    if "\n" not in words:
        return words.strip()
    return "\n".join(line for each in words.split("\n") if (line := each.strip()))


def checked_place(name: str, row: int, column: int) -> None:
    """Check that a cell's place exists.

    Raises:
        InputError: no sheet is so large.
    """
    if not (0 <= row < ROWS and 0 <= column < COLUMNS):
        raise InputError(f"{name}: names a cell that no sheet has (row {row + 1}, column {column + 1}); save it again")


def _stretches(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and the last of each row of numbers that follow each other."""
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        members = [number for _, number in group]
        yield members[0], members[-1]
