"""A workbook's ledgers as text: a line for each row, tabs between its cells, and the cell that each piece is from.

A sheet is read where a row of its cells heads a table of findings (序号, 问题, 整改措施, 责任单位, in any order); the
notice's outline then reads its rows as it reads those of any table. Rows above the headings are lines of their own. Two
rows of headings become one. What is merged over several rows is printed in each of them where it is a property
(责任单位, 时限); a finding is printed once, and the rows below go on with it. Line ends inside a cell are line
separators (U+2028), so that a row stays one line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.parts.cell_places import CellPlace, CellPlaces
from extractor.files.parts.left_out import LeftOut, ReadText, left_out
from extractor.files.workbook.sheet_cells import SheetCells
from extractor.text.column_headings import (
    LONGEST_HEADING,
    bare_heading,
    closes_table,
    column_kind,
    column_kinds,
    heads_findings,
    joined_heading,
)

LINE_SEPARATOR = "\u2028"
_MOST_HEADING_ROWS = 3
_WIDEST_GROUP = 100
"""Columns that a heading is merged over, at most."""
_REPEATED = frozenset(("responsible", "deadline", "state", "group", "note"))
"""The kinds of columns whose merged cells hold for each of their rows."""
_NUMBERS_ROW = re.compile(r"[(（\[]?[0-9０-９一二三四五六七八九十百]{1,4}[^\n]{0,8}")
_FILE_TITLE = re.compile(
    r"[\u4e00-\u9fff]{2}[^\n]*(?:整改|问题|巡视|巡察|督察|审计|台账|清单)|(?:整改|巡视|巡察|督察|审计)[^\n]*[\u4e00-\u9fff]{2}"
)


class _Cell(NamedTuple):
    """A cell's words, and the row and column that they are from; no column for words from no cell."""

    words: str
    row: int
    column: int


class _Heading(NamedTuple):
    """A column's heading: the cells that make it together (责任, 单位), and in brackets those that group it."""

    cells: Sequence[_Cell] = ()
    groups: Sequence[_Cell] = ()

    @property
    def words(self) -> str:
        """The words of the cells that make it."""
        return "".join(cell.words for cell in self.cells)


class _Table(NamedTuple):
    """A table's heading rows, from ``top`` to before ``below``, and its columns with their headings and kinds."""

    top: int
    below: int
    columns: Sequence[int]
    headings: Sequence[_Heading]
    kinds: Sequence[str]


def ledger_text(sheets: Sequence[SheetCells], name: str, stem: str) -> ReadText:
    """Return the text of all ledgers of a workbook in order, with what it lacks of the file and its cells.

    Where no line stands above the first ledger, ``stem`` is the first line if it is worded as a title is.

    Raises:
        InputError: no visible sheet has a ledger.
    """
    lines = _TextLines()
    told: list[LeftOut] = []
    passed: list[SheetCells] = []
    read = 0
    for sheet in sheets:
        account = list(sheet.account())
        words = sheet.all_words()
        if sheet.is_hidden:
            hidden = "\n".join([words, *(entry.words for entry in account if entry.kind == "hidden_cells")])
            told += [left_out("hidden_cells", hidden, sheet.name)] if hidden.strip() else []
            continue
        found = _SheetLines(sheet)
        tables = found.tables()
        if not tables:
            passed += [sheet] if words else []
            told += [left_out("sheet", words, sheet.name)] if words else []
            continue
        if not read and tables[0].top == 0 and _FILE_TITLE.search(stem):
            lines.add([_Cell(stem, -1, -1)], sheet.name)
        read += 1
        told += account
        for cells in found.lines(tables):
            lines.add(cells, sheet.name)
    if not read:
        raise InputError(_no_ledger(sheets, passed, name))
    return ReadText(lines.text(), tuple(told), lines.places())


def _no_ledger(sheets: Sequence[SheetCells], passed: Sequence[SheetCells], name: str) -> str:
    """Return the sentence about a workbook without a ledger."""
    wanted = "a column of findings (问题) and one of measures or progress (整改措施, 整改情况)"
    if not passed:
        hidden = any(sheet.is_hidden for sheet in sheets)
        why = "all its sheets are hidden" if hidden else "its sheets are empty"
        return f"{name}: {why}; show the sheet of the ledger, or give another file"
    known = dict.fromkeys(
        bare_heading(words)
        for sheet in passed
        for row in sheet.rows.values()
        for words in row.values()
        if len(words) <= LONGEST_HEADING and column_kind(words)
    )
    found = f"only {', '.join(list(known)[:6])} were found" if known else "no such heading was found"
    names = ", ".join(sheet.name for sheet in passed[:5]) + (" …" if len(passed) > 5 else "")
    return (
        f"{name}: no sheet ({names}) has a row that heads {wanted}; {found}: "
        "give the columns these names, or save the text as docx"
    )


class _TextLines:
    """A collector of lines and of the places of their cells."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._cells: list[CellPlace] = []
        self._size = 0

    def add(self, cells: Sequence[_Cell | str], sheet: str) -> None:
        """Add a line of cells and of words between them."""
        for cell in cells:
            words = cell if isinstance(cell, str) else cell.words.replace("\n", LINE_SEPARATOR)
            if isinstance(cell, _Cell) and cell.row >= 0 and words:
                self._cells.append(CellPlace(self._size, self._size + len(words), sheet, cell.row, cell.column))
            self._add(words)
        self._add("\n")

    def _add(self, words: str) -> None:
        self._pieces.append(words)
        self._size += len(words)

    def text(self) -> str:
        return "".join(self._pieces)

    def places(self) -> CellPlaces:
        return CellPlaces(tuple(self._cells))


class _SheetLines:
    """The lines of one sheet."""

    def __init__(self, sheet: SheetCells) -> None:
        self._sheet = sheet
        self._numbers = sorted(sheet.rows)
        self._from_above = self._merged_down()

    def _merged_down(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return, for the cells below the first of a merged block, in its first column, the place of its words."""
        budget, found = self._sheet.budget, dict[tuple[int, int], tuple[int, int]]()
        for block in self._sheet.merged:
            words = self._sheet.rows.get(block.top, {}).get(block.left) if block.top in self._sheet.rows else None
            if words is None or block.bottom <= block.top:
                continue
            first, behind = bisect_right(self._numbers, block.top), bisect_right(self._numbers, block.bottom)
            for row in self._numbers[first:behind]:
                budget.take(words)
                found.setdefault((row, block.left), (block.top, block.left))
        return found

    def tables(self) -> list[_Table]:
        """Return the tables of findings of the sheet, by their headings."""
        tables: list[_Table] = []
        index = 0
        while index < len(self._numbers):
            table = self._table_at(index)
            if table is not None:
                tables.append(table)
                index = table.below
            else:
                index += 1
        return [
            table._replace(columns=columns, headings=headings, kinds=kinds)
            for number, table in enumerate(tables)
            for columns, headings, kinds in [self._all_columns(table, self._end(tables, number))]
        ]

    def _end(self, tables: Sequence[_Table], number: int) -> int:
        return tables[number + 1].top if number + 1 < len(tables) else len(self._numbers)

    def _table_at(self, index: int) -> _Table | None:
        """Return the table whose headings begin in the row of this index, over as many rows as they take."""
        if not self._is_of_headings(index):
            return None
        below = index + 1
        while below < min(index + _MOST_HEADING_ROWS, len(self._numbers)) and self._goes_on_with_headings(below):
            below += 1
        for top in range(below - 1, index - 1, -1):
            columns, headings, kinds = self._headings(top, below)
            if heads_findings([heading.words for heading in headings]):
                return _Table(top, below, columns, headings, kinds)
        return None

    def _row(self, index: int) -> dict[int, str]:
        return self._sheet.rows[self._numbers[index]]

    def _is_of_headings(self, index: int) -> bool:
        """Return whether a row may head a table: its cells are short, and one is known."""
        words = list(self._row(index).values())
        return all(len(bare_heading(each)) <= LONGEST_HEADING for each in words) and any(map(column_kind, words))

    def _goes_on_with_headings(self, index: int) -> bool:
        """Return whether a row has headings below those of the row above: short ones, half of which are known."""
        row, groups = self._row(index), self._groups(index - 1, index)
        if not all(len(bare_heading(words)) <= LONGEST_HEADING for words in row.values()):
            return False
        if self._reaches(index - 1, index):
            return True
        known = sum(
            bool(column_kind(words) or any(joined_heading(group.words, words) for group in groups.get(column, ())))
            for column, words in row.items()
        )
        return known * 2 >= len(row)

    def _reaches(self, index: int, last: int) -> bool:
        """Return whether headings of a row are merged down to the row ``last``, so that this is of headings, too."""
        top, bottom = self._numbers[index], self._numbers[last]
        blocks = (block for block in self._sheet.merged if block.top == top and block.bottom == bottom)
        return any(column_kind(self._row(index).get(block.left, "")) for block in blocks)

    def _headings(self, top: int, below: int) -> tuple[list[int], list[_Heading], list[str]]:
        """Return the columns of heading rows, with the cells that name each, the one that says most first."""
        above: dict[int, list[_Cell]] = {}
        for index in range(below - 2, top - 1, -1):
            for column, groups in self._groups(index, below - 1).items():
                above.setdefault(column, []).extend(groups)
        columns = sorted({column for index in range(top, below) for column in self._row(index)} | set(above))
        named: list[list[_Cell]] = []
        for column in columns:
            own = [
                _Cell(self._row(index)[column], self._numbers[index], column)
                for index in range(below - 1, top - 1, -1)
                if column in self._row(index)
            ]
            named.append(own + [cell for cell in above.get(column, []) if cell not in own])
        told = {cell for first, *groups in named for cell in groups if _is_told(first, cell)}
        headings = [_heading_of(cells, told) for cells in named]
        return columns, headings, column_kinds([heading.words for heading in headings])

    def _groups(self, index: int, last: int) -> dict[int, list[_Cell]]:
        """Return the headings of a row that stand over several columns, by each of these.

        They are merged over them, or the cells behind them are empty where the row ``last`` has headings.
        """
        found: dict[int, list[_Cell]] = {}
        number, row, below = self._numbers[index], self._row(index), self._row(last)
        for block in self._sheet.merged:
            words = row.get(block.left) if block.top == number else None
            if words is not None and 0 < block.right - block.left < _WIDEST_GROUP:
                for column in range(block.left, block.right + 1):
                    if column not in self._sheet.hidden_columns:
                        found.setdefault(column, []).append(_Cell(words, number, block.left))
        for left, words in row.items():
            column = left
            while left not in found and column in below and (column == left or column not in row):
                column += 1
            if column > left + 1:
                for each in range(left, column):
                    found.setdefault(each, []).append(_Cell(words, number, left))
        return found

    def _all_columns(self, table: _Table, end: int) -> tuple[list[int], list[_Heading], list[str]]:
        """Return a table's columns with those that have cells below the headings, and none in them."""
        filled = {
            column for index in range(table.below, end) if self._is_row(index, table) for column in self._row(index)
        }
        named = {column: (heading, kind) for column, heading, kind in zip(*table[2:], strict=True)}
        columns = sorted(filled | set(named))
        return (
            columns,
            [named[column][0] if column in named else _Heading() for column in columns],
            [named[column][1] if column in named else "" for column in columns],
        )

    def lines(self, tables: Sequence[_Table]) -> Iterator[Sequence[_Cell | str]]:
        """Yield the sheet's lines, each as cells and the words between them."""
        for index in range(tables[0].top):
            yield from self._plain_lines(index)
        for number, table in enumerate(tables):
            yield _joined([_printed(heading) for heading in table.headings])
            for index in range(table.below, self._end(tables, number)):
                if self._is_row(index, table):
                    yield _joined([[cell] for cell in self._cells(index, table)])
                else:
                    yield from self._plain_lines(index)

    def _cells(self, index: int, table: _Table) -> Iterator[_Cell]:
        row = self._numbers[index]
        for column, kind in zip(table.columns, table.kinds, strict=True):
            words = self._row(index).get(column, "")
            above = self._from_above.get((row, column))
            if not words and above is not None and kind in _REPEATED:
                yield _Cell(self._sheet.rows[above[0]][above[1]], *above)
            else:
                yield _Cell(words, row, column)

    def _is_row(self, index: int, table: _Table) -> bool:
        """Return whether a row below the headings is the table's, and no line across it: a group, a sum, a note."""
        cells, row = self._row(index), self._numbers[index]
        if closes_table(cells[min(cells)]):
            return False
        kinds = {column: kind for column, kind in zip(table.columns, table.kinds, strict=True) if kind}
        by_kind = {kinds.get(column, ""): words for column, words in cells.items()}
        if "finding" in by_kind:
            return len(cells) > 1 or ("number" not in kinds.values() and not self._is_across(row, min(cells), table))
        number = next((column for column, kind in kinds.items() if kind == "number"), None)
        if number in cells and not self._goes_on(row, kinds) and not _NUMBERS_ROW.fullmatch(cells[number]):
            return False  # 填表人:…, in the first column
        return not self._is_across(row, min(cells), table) and not (len(cells) == 1 and number in cells)

    def _goes_on(self, row: int, kinds: dict[int, str]) -> bool:
        """Return whether the finding of a row is merged with the one above."""
        return any((row, column) in self._from_above for column, kind in kinds.items() if kind == "finding")

    def _is_across(self, row: int, column: int, table: _Table) -> bool:
        """Return whether a row is one cell that is merged over half of the table's columns or more."""
        if len(self._sheet.rows[row]) != 1:
            return False
        wide = [block for block in self._across().get(row, ()) if block[0] == column]
        return any(2 * (right - left + 1) >= len(table.columns) for left, right in wide)

    def _across(self) -> dict[int, list[tuple[int, int]]]:
        if not hasattr(self, "_blocks"):
            self._blocks: dict[int, list[tuple[int, int]]] = {}
            for block in self._sheet.merged:
                if block.top == block.bottom:
                    self._blocks.setdefault(block.top, []).append((block.left, block.right))
        return self._blocks

    def _plain_lines(self, index: int) -> Iterator[Sequence[_Cell | str]]:
        """Yield the lines of a row outside the tables: cells of several words one by one, short ones together."""
        row = self._numbers[index]
        cells = [
            _Cell(line, row, column) for column, words in sorted(self._row(index).items()) for line in words.split("\n")
        ]
        if all(len(cell.words) > 3 for cell in cells):
            yield from ([cell] for cell in cells)
        else:
            yield [piece for cell in cells for piece in (cell, " ")][:-1]


def _is_told(own: _Cell, group: _Cell) -> bool:
    """Return whether a heading says itself, or together with its group, what its column holds."""
    return bool(column_kind(own.words) or joined_heading(group.words, own.words))


def _heading_of(named: Sequence[_Cell], told: Collection[_Cell]) -> _Heading:
    """Return the heading that cells make, the lowest first.

    A group says what its columns hold where no heading below it does: those are ``told``.
    """
    own = named[0]
    above = next((cell for cell in named[1:] if joined_heading(cell.words, own.words)), None)
    if above is not None:
        return _Heading((above, own), [cell for cell in named[1:] if cell is not above])
    first, *others = sorted(named, key=lambda cell: cell in told or not column_kind(cell.words))
    return _Heading((first,), others)


def _printed(heading: _Heading) -> list[_Cell | str]:
    """Return a column's heading: the cells that name it, and in brackets those that group it."""
    pieces: list[_Cell | str] = [_on_one_line(cell) for cell in heading.cells]
    for cell in heading.groups:
        pieces += ["(", _on_one_line(cell), ")"]
    return pieces


def _on_one_line(cell: _Cell) -> _Cell:
    return cell._replace(words=cell.words.replace("\n", ""))


def _joined(cells: Sequence[Sequence[_Cell | str]]) -> list[_Cell | str]:
    """Return cells with tabs between them; a row of a ledger keeps the tabs around cells without words."""
    pieces: list[_Cell | str] = []
    for number, cell in enumerate(cells):
        pieces += ["\t", *cell] if number else cell
    return pieces
