"""Tables with rules: cells are read whole, and a table's row becomes one line of the text.

A cell has a rule on all four sides; a frame around text, or lines under words, make no table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from extractor.files.pdf.drawings import Point
from extractor.files.pdf.glyphs import Glyph

_THIN = 3.0  # points: a thicker shape is no rule
_SHORT = 6.0  # points: a shorter line is no rule
_REACH = 3.0  # points that may be missing at a corner
_LEAST_CELLS = 3  # with text, of a table
_MOST_RULES = 2_000  # of one page: with more it is a drawing


class _RuleLine(NamedTuple):
    """A line at ``at`` from ``start`` to ``end``, in points."""

    at: float
    start: float
    end: float


class Rules(NamedTuple):
    """The lines of a page, across and upright, each sorted by place."""

    across: list[_RuleLine]
    upright: list[_RuleLine]


class Cell(NamedTuple):
    """A cell with its characters, and its edges."""

    left: float
    bottom: float
    right: float
    top: float
    glyphs: list[Glyph]


class TableSplit(NamedTuple):
    """The rows of tables from the top, each with its cells from left to right, and the characters outside of them."""

    table_rows: list[list[Cell]]
    others: list[Glyph]


def split_tables(glyphs: Sequence[Glyph], rules: Rules) -> TableSplit:
    """Separate the characters in the cells of ruled tables from the others."""
    if len(rules.across) < 2 or len(rules.upright) < 3 or len(rules.across) + len(rules.upright) > _MOST_RULES:
        return TableSplit([], list(glyphs))
    places = _finder(rules)
    cells: defaultdict[tuple[float, float, float, float], list[Glyph]] = defaultdict(list)
    others: list[Glyph] = []
    for glyph in glyphs:
        place = places((glyph.left + glyph.right) / 2, glyph.base + 0.35 * glyph.look.size)
        (cells[place] if place else others).append(glyph)
    filled = [Cell(*place, found) for place, found in cells.items() if any(not glyph.text.isspace() for glyph in found)]
    if len(filled) < _LEAST_CELLS or len({round(cell.left) for cell in filled}) < 2:
        return TableSplit([], list(glyphs))
    return TableSplit(_rows(filled), others)


def _rows(cells: Iterable[Cell]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda cell: (-cell.top, cell.left)):
        if rows and abs(rows[-1][0].top - cell.top) <= _REACH:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row, key=lambda cell: cell.left) for row in rows]


def _finder(rules: Rules) -> Callable[[float, float], tuple[float, float, float, float] | None]:
    """Return a function that finds the four nearest rules around a point: left, bottom, right, top."""
    upright, across = rules.upright, rules.across
    columns, lines = [rule.at for rule in upright], [rule.at for rule in across]

    def nearest(found: Sequence[_RuleLine], numbers: Iterable[int], point: float) -> float | None:
        return next((found[n].at for n in numbers if found[n].start - _REACH <= point <= found[n].end + _REACH), None)

    def find(x: float, y: float) -> tuple[float, float, float, float] | None:
        column, line = bisect_left(columns, x), bisect_left(lines, y)
        left = nearest(upright, range(column - 1, -1, -1), y)
        right = nearest(upright, range(column, len(columns)), y)
        bottom = nearest(across, range(line - 1, -1, -1), x)
        top = nearest(across, range(line, len(lines)), x)
        if left is None or right is None or bottom is None or top is None:
            return None
        return left, bottom, right, top

    return find


def page_rules(lines: Iterable[tuple[Point, Point]], turn: int, shortest: float = _SHORT) -> Rules:
    """Return the straight lines of a page longer than ``shortest`` points, turned like its text."""
    across: list[_RuleLine] = []
    upright: list[_RuleLine] = []
    for start, end in lines:
        (x1, y1), (x2, y2) = _turned(start, turn), _turned(end, turn)
        width, height = abs(x2 - x1), abs(y2 - y1)
        if height <= _THIN and width > shortest:
            across.append(_RuleLine((y1 + y2) / 2, min(x1, x2), max(x1, x2)))
        elif width <= _THIN and height > shortest:
            upright.append(_RuleLine((x1 + x2) / 2, min(y1, y2), max(y1, y2)))
    return Rules(_whole(across), _whole(upright))


def _whole(rules: Iterable[_RuleLine]) -> list[_RuleLine]:
    """Join lines drawn in pieces, or twice as the two edges of a thin shape."""
    found: list[_RuleLine] = []
    for rule in sorted(rules):
        for number in range(len(found) - 1, -1, -1):
            other = found[number]
            if rule.at - other.at > _THIN / 2:
                found.append(rule)
                break
            if rule.start <= other.end + _REACH and other.start <= rule.end + _REACH:
                found[number] = other._replace(start=min(rule.start, other.start), end=max(rule.end, other.end))
                break
        else:
            found.append(rule)
    return found


def _turned(point: Point, turn: int) -> Point:
    x, y = point
    return (y, -x) if turn == 1 else (-x, -y) if turn == 2 else (-y, x) if turn == 3 else point
