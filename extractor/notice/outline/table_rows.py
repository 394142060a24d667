"""Tables of findings: 序号 | 问题 | 整改措施 | 责任单位 | 整改时限 | 进展, in any order of columns.

Columns are known by their headings, each row is an issue. Cells are parted by tabs, by ``|`` or stand on a line each;
a page whose cells hold several paragraphs prints these on lines of their own among rows with tabs. Where a row has more
or fewer cells than the table has columns, they are dealt to the columns by what they look like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from extractor.notice.outline.broken_rows import TableLine, whole_rows
from extractor.notice.outline.field_tables import FieldBlock, field_block_at, may_be_finding
from extractor.notice.outline.table_body import TableBody, TableRow
from extractor.notice.outline.table_headings import (
    FEWEST_COLUMNS,
    MOST_COLUMNS,
    TableColumns,
    behind_rules,
    caption_before,
    columns_at,
    is_rule,
    row_words,
    table_line,
)
from extractor.notice.outline.table_states import Legend, find_legend
from extractor.text.column_headings import LONGEST_HEADING, bare_heading, column_kind, column_kinds, heads_answers
from extractor.text.places import Place

_HEADING_LINE = re.compile(
    r"\n *(?:序号|[^\n]{0,8}(?:问题|意见|任务|事项|内容)[^\n]{0,4}|表现形式|(?:具体|主要|突出)(?:表现|现象)) *(?=\n)"
)
_BORDERS = re.compile(r"\|[^\n|]*\|")
_LONGEST_BEGINNING = 40
"""Code points of a line without cells with which a table may begin."""
_FEWEST_ROWS = 2
_FEWEST_HEADINGS = 3


class NoticeTables(NamedTuple):
    """The rows of a notice's tables of findings in printed order, and the tables that are read as none.

    ``unread`` are tables whose columns are not those of findings. ``lines`` are headings of a table on a line each
    whose rows were not found: what is below them is not read either.
    """

    rows: list[TableRow]
    unread: tuple[Place, ...] = ()
    lines: tuple[Place, ...] = ()


def find_tables(text: str, printed: str) -> NoticeTables:
    """Return the tables of a notice; ``printed`` has its tabs."""
    has_cells = "\t" in printed or ("|" in text and _BORDERS.search(text) is not None)
    if not has_cells and not _HEADING_LINE.search(text):
        return NoticeTables([])
    return _Tables(text, printed).read()


class _Tables:
    """Reads the tables of a text."""

    def __init__(self, text: str, printed: str) -> None:
        self._text = text
        self._lines = [table_line(text, printed, match.span()) for match in re.finditer(r"[^\n]*\S[^\n]*", printed)]
        self._rows: list[TableRow] = []
        self._left: list[TableLine] = []  # of no table that was read
        self._legend: Legend | None = None

    def read(self) -> NoticeTables:
        position = 0
        headings: list[Place] = []
        while position < len(self._lines):
            line = self._lines[position]
            is_prose = len(line.cells) == 1 and line.place.end - line.place.start > _LONGEST_BEGINNING
            behind = position if is_prose else self._read_at(position)
            if behind == position:
                seen = is_prose or (headings and line.place.start < headings[-1].end)
                headings += [] if seen else _headings_in_lines(self._text, self._lines, position)
                self._left.append(line)
                behind = position + 1
            position = behind
        tables = tuple(_tables_left(self._text, self._left))
        return NoticeTables(self._rows, tables, tuple(headings))

    def _read_at(self, position: int) -> int:
        """Read the table that starts at a line, and return the index behind it; ``position`` where none does."""
        columns, behind = columns_at(self._text, self._lines, position)
        if columns.kinds:
            return self._read_columns(columns, position, behind)
        block = field_block_at(self._text, self._lines, position)
        if block is None:
            return self._read_answers(position)
        rows = _row_of_fields(self._text, self._lines, block, self._known_legend())
        self._rows += rows
        return block.behind if rows else position

    def _known_legend(self) -> Legend:
        if self._legend is None:
            self._legend = find_legend(self._text)
        return self._legend

    def _read_columns(self, columns: TableColumns, position: int, behind: int) -> int:
        text, lines = self._text, self._lines
        behind = behind_rules(text, lines, behind)
        first = caption_before(text, lines, position)
        heading = Place(lines[first].place.start, lines[behind - 1].place.end)
        if any(len(line.cells) > 1 for line in lines[behind : behind + 1]):
            lines[behind:] = whole_rows(text, lines[behind:], columns.kinds)
        body = TableBody(
            text, columns, [row_words(text, line) for line in lines[position:behind]], self._known_legend()
        )
        found, behind = body.read(lines, behind, apart=len(lines[position].cells) > 1)
        self._rows += [*(_headed(row, heading) for row in found[:1]), *found[1:]]
        return behind if found else position

    def _read_answers(self, position: int) -> int:
        """Read a table of the answers to one finding, which is the line above it."""
        text, lines = self._text, self._lines
        line = lines[position]
        if not position or len(line.cells) < FEWEST_COLUMNS or not heads_answers(row_words(text, line)):
            return position
        above = lines[position - 1]
        if len(above.cells) > 1 or not may_be_finding(text, above.place):
            return position
        headings = tuple(row_words(text, line))
        behind = behind_rules(text, lines, position + 1)
        body = TableBody(
            text, TableColumns(tuple(column_kinds(headings)), headings), [list(headings)], self._known_legend()
        )
        body.begin(above.place, Place(line.place.start, lines[behind - 1].place.end))
        found, behind = body.read(lines, behind, apart=True)
        if not found[0].answers:
            return position
        self._rows += found
        return behind


def _tables_left(text: str, lines: Sequence[TableLine]) -> Iterator[Place]:
    """Yield the tables among lines that were not read: two rows or more of three cells, or of a name and a value."""
    for is_row, found in groupby(lines, lambda line: len(line.cells) > 1):
        rows = list(found)
        filled = [row for row in rows if not is_rule(text, row)]
        wide = [row for row in filled if len(row.cells) >= FEWEST_COLUMNS]
        if is_row and len(filled) >= _FEWEST_ROWS and 2 * len(wide) >= len(filled):
            yield Place(rows[0].place.start, rows[-1].place.end)


def _headings_in_lines(text: str, lines: Sequence[TableLine], position: int) -> list[Place]:
    """Return the headings that start at a line, one a line, as if of a table of findings; none where there are none."""
    found: list[str] = []
    for line in lines[position : position + MOST_COLUMNS]:
        words = text[slice(*line.place)]
        if len(line.cells) > 1 or len(bare_heading(words)) > LONGEST_HEADING or words[-1] in "。;:,":
            break
        found.append(words)
    kinds = list(map(column_kind, found))
    if not kinds or not kinds[0]:
        return []
    while kinds and not kinds[-1]:
        kinds.pop()
    known = [kind for kind in kinds if kind]
    answers = not {"measure", "progress"}.isdisjoint(known)
    if len(set(known)) < _FEWEST_HEADINGS or not answers or {"number", "finding"}.isdisjoint(known):
        return []
    return [Place(lines[position].place.start, lines[position + len(kinds) - 1].place.end)]


def _row_of_fields(text: str, lines: Sequence[TableLine], block: FieldBlock, legend: Legend) -> list[TableRow]:
    """Return the row that a table of one finding makes."""
    place = Place(lines[block.first].place.start, lines[block.behind - 1].place.end)
    body = TableBody(text, TableColumns(tuple(column_kinds(block.names)), block.names), [], legend)
    keys = tuple(key for key in block.keys if key.end > key.start and key != block.label)
    keys += (block.heading,) if block.heading else ()
    return [row._replace(number=row.number or block.label, asides=keys) for row in body.row_of(place, block.values)]


def _headed(row: TableRow, heading: Place) -> TableRow:
    """Return a table's first row with the heading rows above it, and those that are printed again right below these."""
    return row._replace(heading=Place(heading.start, (row.heading or heading).end))
