"""The rows below a table's headings: in a grid, with cells to spare or missing, or with a line for each cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, takewhile
from typing import NamedTuple

from extractor.notice.outline.broken_rows import TableLine, goes_on_from
from extractor.notice.outline.property_lines import Property, Role, cell_properties
from extractor.notice.outline.table_dealing import deal, fit
from extractor.notice.outline.table_headings import (
    CELL_NUMBER,
    MOST_GROUP_LINES,
    NUMBER_BEFORE,
    PART,
    TableColumns,
    columns_at,
    is_caption,
    is_rule,
    row_words,
)
from extractor.notice.outline.table_states import Legend, is_mark, state_said
from extractor.text.column_headings import (
    LONGEST_HEADING,
    bare_heading,
    closes_table,
    column_kind,
    column_kinds,
    heads_findings,
)
from extractor.text.places import Place
from extractor.text.wording import pattern

_NOT_AT_ALL = -3.5
_MOST_CELLS = 60
"""A row of more cells or lines than this (a table that does not end) is not read."""
_LONGEST_PART = 40
_PLANNED = ("类型", "类别", "要求")
"""How the heading of a column ends that says how a finding is to be put right."""
_PAGE = re.compile(r" *(?:[-—–·]* ?[0-9]{1,4} ?[-—–·]*|第 ?[0-9]{1,4} ?页(?:[,/ ]*共 ?[0-9]{1,4} ?页)?) *")
_SUM_CELL = re.compile(r"[^。]{0,12}?[0-9][0-9.,]* ?[^。0-9]{0,6}|[-—/]")


class TableRow(NamedTuple):
    """A row of a table of findings as places. ``answers`` are the cells of its measures and its progress.

    ``notes`` are properties and states, ``deadlines`` say until when, ``unread`` are cells of columns that no list
    knows. ``heading`` are the table's heading rows right before a row: the first ones, or those of a later page.
    ``properties`` are those that cells of ``notes`` and ``deadlines`` print, ``stated`` the states that cells say as
    marks or in words of their own. ``asides`` are lines behind the row: sums, notes, and what a page break left.
    """

    place: Place
    number: Place | None
    group: Place | None
    finding: Place
    answers: tuple[Place, ...]
    notes: tuple[Place, ...]
    deadlines: tuple[Place, ...]
    unread: tuple[Place, ...]
    heading: Place | None
    properties: tuple[Property, ...] = ()
    stated: tuple[str, ...] = ()
    asides: tuple[Place, ...] = ()


class TableBody:
    """Reads the rows below a heading row."""

    def __init__(self, text: str, columns: TableColumns, headings: Sequence[list[str]], legend: Legend) -> None:
        self._text = text
        self._columns, self._names = columns
        self._headings = headings
        self._legend = legend
        self._again: Place | None = None  # heading rows that were printed again, and no row behind them yet
        self._numbered = "number" in self._columns
        self._rows: list[TableRow] = []
        self._group: Place | None = None
        self._last = 0  # the number of the last row
        self._most_lines = len(self._columns)
        self._alone: bool | None = None  # whether a row's number has a line of its own, once a row has shown it

    def read(self, lines: Sequence[TableLine], position: int, *, apart: bool) -> tuple[list[TableRow], int]:
        """Return the rows from a line on, and the index behind the last; ``apart``: cells are parted on a line."""
        if apart and self._is_grid(lines, position):
            behind = self._read_grid(lines, position)
        else:
            behind = self._read_rows(lines, position, apart=apart)
        return self._rows, self._read_asides(lines, behind)

    def begin(self, finding: Place, heading: Place) -> None:
        """Begin with a finding that is printed above the table's ``heading``: all rows are answers to it."""
        self._rows.append(TableRow(finding, None, None, finding, (), (), (), (), None, asides=(heading,)))

    def row_of(self, place: Place, cells: Sequence[Place]) -> list[TableRow]:
        """Return the row of a place whose cells are those of the columns; none where it has no finding."""
        self._add(place, list(enumerate(cells)))
        return self._rows

    def _read_asides(self, lines: Sequence[TableLine], position: int) -> int:
        """Read over sums and notes right below the rows, and return the index behind them."""
        while self._rows and position < len(lines):
            line, above = lines[position], self._rows[-1].asides[-1:]
            goes_on = above and goes_on_from(self._text, _behind_colon(self._text, above[0]), line.place.start)
            if not (self._is_aside(line) or goes_on):
                return position
            self._set_aside(line.place)
            position += 1
            short = islice(lines, position, position + len(self._columns))
            for cell in takewhile(self._is_cell_of_sum, short) if len(line.cells) == 1 else ():
                self._set_aside(cell.place)
                position += 1
        return position

    def _is_cell_of_sum(self, line: TableLine) -> bool:
        """Return whether a line may be a cell of a row of sums whose cells stand on lines of their own."""
        (above,) = self._rows[-1].asides[-1:]
        if ":" in self._text[above.start : above.end] or len(line.cells) > 1:
            return False
        return _SUM_CELL.fullmatch(self._text, *line.cells[0]) is not None

    def _is_aside(self, line: TableLine) -> bool:
        """Return whether a line is a sum of the rows above it, or a note on the table."""
        first = next((cell for cell in line.cells if cell.end > cell.start), line.cells[0])
        return closes_table(self._words(first))

    def _set_aside(self, place: Place) -> None:
        if self._rows:
            above = self._rows[-1]
            self._rows[-1] = above._replace(asides=(*above.asides, place))
        else:
            self._again = Place((self._again or place).start, place.end)

    def _read_rows(self, lines: Sequence[TableLine], position: int, *, apart: bool) -> int:
        """Read rows that may have more or fewer cells than columns, and return the index behind the last."""
        behind = position
        while position < len(lines):
            line = lines[position]
            if is_rule(self._text, line):
                position += 1
            elif self._is_aside(line) and (len(line.cells) > 1 or self._is_row_behind(lines, position + 1)):
                self._set_aside(line.place)
                position += 1
                behind = position
            elif not apart and (again := self._lines_again(lines, position)):
                place = Place(line.place.start, lines[position + again - 1].place.end)
                self._again = Place((self._again or place).start, place.end)
                position += again
            elif len(line.cells) == 1 and not apart and self._groups_rows(lines, position):
                position += 1
            elif len(line.cells) > 1:
                if column_kind(self._words(line.cells[0])) in ("number", "finding") or not self._take(
                    line.place, line.cells
                ):
                    columns, below = columns_at(self._text, lines, position)
                    if columns.kinds:  # a page that prints the heading row again
                        position = below
                        continue
                    break
                position += 1
                behind = position
            elif apart and not self._numbered:
                break
            elif (taken := self._lines_of_row(lines, position)) > 0:
                position += taken
                behind = position
            elif apart and position + 1 < len(lines) and len(lines[position + 1].cells) > 1 and position == behind:
                position += 1  # a line that groups the rows below it
            else:
                break
        return behind

    def _lines_again(self, lines: Sequence[TableLine], position: int) -> int:
        """Return how many lines from one on print the headings again, those of a page break before them included."""
        first = position
        while position < len(lines) and len(lines[position].cells) == 1 and self._is_of_break(lines[position]):
            position += 1
        behind = position + len(self._names)
        printed = [row_words(self._text, line) for line in lines[position:behind]]
        return behind - first if printed == [[name] for name in self._names] else 0

    def _groups_rows(self, lines: Sequence[TableLine], position: int) -> bool:
        """Return whether a line right before a row whose cells are lines groups it: 二、业务工作方面."""
        if not (self._numbered and self._is_part(lines[position].cells[0]) and position + 1 < len(lines)):
            return False
        below = lines[position + 1]
        return len(below.cells) == 1 and any(
            self._row_start(lines, position + 1, number) is not None for number in self._next_numbers()
        )

    def _next_numbers(self) -> tuple[int, ...]:
        """Return the numbers that the next row may have; below a group they may begin anew."""
        return (self._last + 1, 1)

    def _is_part(self, cell: Place) -> bool:
        return PART.match(self._text, *cell) is not None and cell.end - cell.start <= _LONGEST_PART

    def _is_row_behind(self, lines: Sequence[TableLine], position: int) -> bool:
        """Return whether cells follow on a line, behind which more rows may be."""
        return any(len(line.cells) > 1 and not self._is_aside(line) for line in lines[position : position + 2])

    def _is_grid(self, lines: Sequence[TableLine], position: int) -> bool:
        """Return whether each row has as many cells as there are columns: then its cells are those of the columns."""
        own = takewhile(lambda line: self._is_again(line) or not self._heads(line), islice(lines, position, None))
        rows = [line for line in own if not self._is_again(line)]
        apart = [line for line in rows if len(line.cells) > 1]
        if not apart or any(len(line.cells) != len(self._columns) for line in apart):
            return False
        alone = (line.cells[0] for line in rows if len(line.cells) == 1)
        return not any(CELL_NUMBER.fullmatch(self._text, *cell) for cell in alone)  # a row whose cells are lines

    def _is_again(self, line: TableLine) -> bool:
        """Return whether a line prints a heading row of this table again."""
        return len(line.cells) > 1 and row_words(self._text, line) in self._headings

    def _heads(self, line: TableLine) -> bool:
        return len(line.cells) > 1 and heads_findings(row_words(self._text, line))

    def _read_grid(self, lines: Sequence[TableLine], position: int) -> int:
        """Read the rows of a grid, over the lines that group them, and return the index behind the last."""
        behind = position
        while position < len(lines):
            line = lines[position]
            if self._is_again(line) and "finding" not in self._columns:
                break  # the table of the next finding
            if self._is_again(line):
                first = self._behind_break(lines, behind, position)
                place = Place(lines[first].place.start, line.place.end)
                self._again = Place((self._again or place).start, place.end)
            elif self._heads(line):
                if tuple(column_kinds(row_words(self._text, line))) != self._columns:
                    break
            elif self._is_aside(line):
                if len(line.cells) == 1 and self._ends_grid(lines, position):
                    break
                self._set_aside(line.place)
                behind = position + 1
            elif len(line.cells) > 1:
                self._add(line.place, list(enumerate(line.cells)))
                behind = position + 1
            elif not is_rule(self._text, line) and self._ends_grid(lines, position):
                break
            position += 1
        return behind

    def _behind_break(self, lines: Sequence[TableLine], behind: int, position: int) -> int:
        """Return the index of the first line of those before a heading row that a page break left there."""
        while position > behind and self._is_of_break(lines[position - 1]):
            position -= 1
        return position

    def _is_of_break(self, line: TableLine) -> bool:
        return _PAGE.fullmatch(self._text, *line.place) is not None or is_caption(self._text, line)

    def _ends_grid(self, lines: Sequence[TableLine], position: int) -> bool:
        """Return whether no row of the grid follows the line soon."""
        ahead = range(position, min(position + MOST_GROUP_LINES, len(lines)))
        following = next((at for at in ahead if len(lines[at].cells) > 1), None)
        if following is None or not self._heads(lines[following]):
            return following is None
        between = lines[position:following]
        return not (self._is_again(lines[following]) and all(map(self._is_of_break, between)))

    def _lines_of_row(self, lines: Sequence[TableLine], position: int) -> int:
        """Read a row whose cells stand on lines of their own and return how many; 0 where there is no row."""
        if not self._numbered:
            taken = [line.cells[0] for line in lines[position : position + len(self._columns)]]
            fits = len(taken) == len(self._columns) and all(
                fit(self._text, kind, cell) > -2 for kind, cell in zip(self._columns, taken, strict=True)
            )
            return len(taken) if fits and self._take(Place(taken[0].start, taken[-1].end), taken) else 0
        numbers = (
            self._next_numbers() if position and self._is_part(lines[position - 1].cells[0]) else (self._last + 1,)
        )
        starts = (self._row_start(lines, position, number) for number in numbers)
        first = next((start for start in starts if start is not None), None)
        if first is None:
            return 0
        cells, end = first
        self._alone = self._alone if self._alone is not None else cells[-1].start == lines[end - 1].cells[0].start
        following = self._next_row(lines, end)
        while end < len(lines) and end != following:
            cell = lines[end].cells[0]
            if following is None and self._is_behind(cell, cells[-1], len(cells)):
                break
            cells.append(cell)
            end += 1
        if following == end and len(cells) > self._most_lines and self._names_next_steps(cells[-1]):
            cells.pop()  # the heading, without an enumerator, of the part behind the table
            end -= 1
        self._most_lines = max(self._most_lines, len(cells))
        return end - position if self._take(Place(cells[0].start, cells[-1].end), cells) else 0

    def _next_row(self, lines: Sequence[TableLine], position: int) -> int | None:
        """Return the index of the line that starts the next row, or ends the table; None where neither is seen."""
        for index in range(position, min(position + _MOST_CELLS, len(lines))):
            cells = lines[index].cells
            if len(cells) > 1 or self._row_start(lines, index, self._last + 2) is not None:
                return index
            if self._lines_again(lines, index):
                return index
            if index > position and self._is_part(cells[0]) and self._groups_rows(lines, index):
                return index
            if index - position >= len(self._columns) - 2 and self._ends_table(cells[0]):
                return index
        return None

    def _is_behind(self, cell: Place, before: Place, count: int) -> bool:
        """Return whether a line stands behind the table: a part of the notice, or one line more than rows have."""
        if count + 2 < len(self._columns):
            return False
        return self._ends_table(cell) or (count >= self._most_lines and not self._is_of_last_row(before, cell))

    def _is_of_last_row(self, before: Place, cell: Place) -> bool:
        """Return whether a line is of the last row, however many it has: the next number, or the last cell."""
        if goes_on_from(self._text, before.start, cell.start):
            return True
        last = self._columns[-1]
        fits = last in ("deadline", "state") and fit(self._text, last, cell) > 0
        return fits and fit(self._text, last, before) < 0

    def _ends_table(self, cell: Place) -> bool:
        part = self._is_part(cell)
        closes = closes_table(self._words(cell))
        return part or closes or pattern("outline", "afterword").match(self._text, *cell) is not None

    def _names_next_steps(self, cell: Place) -> bool:
        """Return whether a line names the part behind the findings: 下一步工作打算."""
        short = cell.end - cell.start <= _LONGEST_PART and self._text[cell.end - 1] not in "。;"
        return short and pattern("outline", "next_steps").search(self._text, *cell) is not None

    def _row_start(self, lines: Sequence[TableLine], position: int, expected: int) -> tuple[list[Place], int] | None:
        """Return the first cells of the row numbered ``expected``, and the index of the line behind them.

        The cell of its group may stand before its number.
        """
        (cell,) = lines[position].cells
        first = self._number_at(cell, expected)
        if first is not None:
            return first, position + 1
        if "group" not in self._columns[: self._columns.index("number")] or not self._names_group(cell):
            return None
        below = lines[position + 1 : position + 2]
        first = self._number_at(below[0].cells[0], expected) if below and len(below[0].cells) == 1 else None
        return ([cell, *first], position + 2) if first is not None else None

    def _names_group(self, cell: Place) -> bool:
        """Return whether a cell is one of the column of groups rather than of the last one."""
        return fit(self._text, "group", cell) > 0 and (
            pattern("outline", "group").search(self._text, *cell) is not None
            or fit(self._text, self._columns[-1], cell) < 1
        )

    def _number_at(self, cell: Place, expected: int) -> list[Place] | None:
        """Return the first cells of the row numbered ``expected``: its number and, if on its line, what follows."""
        text = self._text
        alone = CELL_NUMBER.fullmatch(text, *cell)
        match = alone or (NUMBER_BEFORE.match(text, *cell) if self._columns[0] == "number" else None)
        if match is None or not match["number"].isdecimal() or int(match["number"]) != expected:
            return None
        if self._alone is not None and self._alone != bool(alone):
            return None  # 2.明确公开时限。 inside a cell
        number = Place(*match.span("number"))
        return [number] if alone else [number, Place(match.end(), cell.end)]

    def _take(self, place: Place, cells: Sequence[Place]) -> bool:
        """Add a row, or the answers of one whose finding is printed above; return whether the cells are one."""
        if len(cells) > _MOST_CELLS or not any(end > start for start, end in cells):
            return False
        if len(cells) == len(self._columns) and self._fits(cells):
            return self._add(place, list(enumerate(cells)))
        return self._add(place, list(deal(self._text, self._columns, cells)))

    def _add(self, place: Place, dealt: Sequence[tuple[int, Place]]) -> bool:
        """Add a row whose cells are dealt to the columns; return whether they are one."""
        by_kind: dict[str, list[Place]] = {}
        filled = [(column, cell) for column, cell in dealt if cell.end > cell.start]
        for column, cell in filled:
            by_kind.setdefault(self._kind_in(column, cell), []).append(cell)
        stated = self._states(filled)
        if len(filled) == 1 and len(dealt) > 2 and self._names_rows(*filled[0]):
            return self._begin_group(place, filled[0][1])
        findings = by_kind.get("finding", [])
        answers = (*by_kind.get("measure", ()), *by_kind.get("progress", ()))
        answers = tuple(sorted(answers))
        notes = tuple(cell for kind in ("responsible", "state", "note") for cell in by_kind.get(kind, ()))
        deadlines, unread = tuple(by_kind.get("deadline", ())), tuple(by_kind.get("", ()))
        properties = tuple(self._properties(place, by_kind))
        self._group = by_kind.get("group", [self._group])[0]
        number = by_kind.get("number", [None])[0]
        if number is not None and self._text[number.start : number.end].isdecimal():
            self._last = int(self._text[number.start : number.end])
        if not findings:  # its finding is printed once for several rows
            if not (self._rows and answers):
                return False
            above = self._rows[-1]
            self._rows[-1] = above._replace(
                place=Place(above.place.start, place.end),
                answers=above.answers + answers,
                notes=above.notes + notes,
                deadlines=above.deadlines + deadlines,
                unread=above.unread + unread,
                properties=above.properties + properties,
                stated=above.stated + stated,
                asides=above.asides + ((self._again,) if self._again else ()),
            )
            self._again = None
            return True
        finding = Place(findings[0].start, findings[-1].end)
        cells = (place, number, self._group, finding, answers, notes, deadlines, unread)
        self._rows.append(TableRow(*cells, self._again, properties, stated))
        self._again = None
        return True

    def _names_rows(self, column: int, cell: Place) -> bool:
        """Return whether the only cell of a row groups the rows below it: 一、党的建设方面."""
        if self._columns[column] not in ("number", "finding", "") or cell.end - cell.start > _LONGEST_PART:
            return False
        return self._is_part(cell) or pattern("outline", "group_line", "{}$").search(self._text, *cell) is not None

    def _begin_group(self, place: Place, cell: Place) -> bool:
        """Note what groups the rows below; what is parted by tabs is a line that the outline reads by itself."""
        if "|" not in self._text[place.start : place.end]:
            return False
        part = PART.match(self._text, *cell)
        self._group = Place(part.end() if part else cell.start, cell.end)
        self._set_aside(place)
        return True

    def _kind_in(self, column: int, cell: Place) -> str:
        """Return what a cell of a column is; a mark alone is a state and no answer."""
        kind = self._columns[column]
        return "state" if kind in ("measure", "progress", "") and is_mark(self._words(cell)) else kind

    def _states(self, filled: Sequence[tuple[int, Place]]) -> tuple[str, ...]:
        """Return the states that cells say, how far a finding is before how it is to be put right (分阶段整改)."""
        said_by = [(self._names[column], self._stated(column, cell)) for column, cell in filled]
        found = [(name, state) for name, state in said_by if state]
        reached = [state for name, state in found if not bare_heading(name).endswith(_PLANNED)]
        return tuple(reached or (state for _, state in found))

    def _stated(self, column: int, cell: Place) -> str:
        """Return the state that a cell says, if its column is one of states."""
        if self._kind_in(column, cell) != "state":
            return ""
        return state_said(self._names[column], self._words(cell), self._legend)

    def _properties(self, row: Place, by_kind: Mapping[str, Sequence[Place]]) -> Iterator[Property]:
        roles: tuple[Role, ...] = ("responsible", "deadline")
        for role in roles:
            for cell in by_kind.get(role, ()):
                yield from cell_properties(self._text, role, row, cell)

    def _fits(self, cells: Sequence[Place]) -> bool:
        """Return whether cells may stand in the columns in their order; an empty cell may stand in any."""
        fits = (
            fit(self._text, kind, cell)
            for kind, cell in zip(self._columns, cells, strict=True)
            if cell.end > cell.start
        )
        return all(fit > _NOT_AT_ALL for fit in fits)

    def _words(self, cell: Place) -> str:
        return self._text[cell.start : cell.end]


def _behind_colon(text: str, place: Place) -> int:
    """Return where the words of a note begin, behind 注:, without blanks."""
    colon = text.find(":", place.start, min(place.end, place.start + LONGEST_HEADING))
    start = colon + 1 if colon >= 0 else place.start
    while start < place.end and text[start] == " ":
        start += 1
    return start
