"""Rows of tables that line breaks inside their cells have broken apart, put together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extractor.text.places import Place


class TableLine(NamedTuple):
    """A line's place and its cells; a line without a mark between cells is one cell."""

    place: Place
    cells: tuple[Place, ...]


_ANSWERS = frozenset({"finding", "measure", "progress"})
_MOST_LINES = 60
"""A row of more lines than this is none."""
_MOST_GROUP_LINES = 4
"""Lines that may group the rows below them."""
_ENUMERATOR = re.compile(
    r" *(?:(?P<open>[(])?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,2})(?P<close>[)]|[.、]|是)|(?P<circled>[①-⑳]))"
)
_CN = "一二三四五六七八九十"


def whole_rows(text: str, lines: Sequence[TableLine], columns: Sequence[str]) -> list[TableLine]:
    """Return the lines below a heading row, those of a row that is broken apart as one.

    A row is whole when it has as many cells as there are ``columns``; the lines stay as they are where a row is not.
    """
    whole: list[TableLine] = []
    current: TableLine | None = None
    for index, line in enumerate(lines):
        if current is None and len(line.cells) == 1:
            if whole and _goes_on(text, columns, whole[-1], lines[index:]):
                whole[-1] = _joined(whole[-1], line)
            elif _groups(lines[index:]):
                whole.append(line)
            else:
                return [*whole, *lines[index:]]
            continue
        if current is not None and columns[0] == "number" and _is_row_start(text, line):
            return list(lines)
        current = line if current is None else _joined(current, line)
        if len(current.cells) == len(columns):
            whole.append(current)
            current = None
        elif len(current.cells) > len(columns):
            return list(lines)
    return whole if current is None else list(lines)


def _is_row_start(text: str, line: TableLine) -> bool:
    return len(line.cells) > 1 and text[line.cells[0].start : line.cells[0].end].isdecimal()


def _joined(above: TableLine, below: TableLine) -> TableLine:
    """Return two lines as one; a cell of several lines is the last of the first and the first of the second."""
    cell = Place(above.cells[-1].start, below.cells[0].end)
    return TableLine(Place(above.place.start, below.place.end), (*above.cells[:-1], cell, *below.cells[1:]))


def _groups(lines: Sequence[TableLine]) -> bool:
    """Return whether a row follows a line soon, which then groups the rows below it."""
    return any(len(line.cells) > 1 for line in lines[:_MOST_GROUP_LINES])


def _goes_on(text: str, columns: Sequence[str], row: TableLine, lines: Sequence[TableLine]) -> bool:
    """Return whether a line is one of the last cell of the row above it: an answer's next number, or a sentence.

    Behind the last row only a number that goes on is one.
    """
    if len(row.cells) != len(columns) or columns[-1] not in _ANSWERS:
        return False
    (cell,) = lines[0].cells
    above = text.rfind("\n", row.cells[-1].start, row.cells[-1].end) + 1
    if goes_on_from(text, max(above, row.cells[-1].start), cell.start):
        return True
    return text[cell.end - 1] in "。;" and any(len(line.cells) > 1 for line in lines[:_MOST_LINES])


def goes_on_from(text: str, above: int, below: int) -> bool:
    """Return whether the enumerators at two places are of one kind and the second follows the first."""
    first, second = _ENUMERATOR.match(text, above), _ENUMERATOR.match(text, below)
    if first is None or second is None or first.group("open", "close") != second.group("open", "close"):
        return False
    return _number(first) + 1 == _number(second)


def _number(match: re.Match[str]) -> int:
    if match["circled"]:
        return ord(match["circled"]) - ord("①") + 1
    digits: str = match["number"]
    return int(digits) if digits.isdecimal() else _CN.find(digits[-1]) + 1 + 10 * (len(digits) > 1)
