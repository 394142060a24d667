"""Pages set in columns: told from tables, and read one column after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.files.pdf_rows import Row, joined

_LEAST_ROWS = 4  # that stand beside each other
_LEAST_WIDTH = 8.0  # of a column, in sizes of its font
_GUTTER = 0.8  # its least width, in the same
_NARROWER = 0.6  # of the widest column: the narrowest one of a page
_FULL = 1.6  # sizes from the right edge within which a line is full
_FULL_LINES = 0.35  # of a column's lines: running text fills most of them, the cells of a table do not


class _Span(NamedTuple):
    left: float
    right: float


def in_reading_order(rows: Sequence[Row], ruled: bool) -> list[Row]:
    """Return the rows of one page with columns read one after the other.

    The rows of further columns are moved to the place of the first and bear its number in ``column``, so that whoever
    joins lines need not know of them. ``ruled`` tells whether the page has a table's rules: cells stay side by side.
    """
    if ruled or sum(bool(row.cells) for row in rows) < _LEAST_ROWS:
        return list(rows)
    found: list[Row] = []
    start = 0
    while start < len(rows):
        end, columns = _band(rows, start)
        found.extend(_one_after_the_other(rows[start:end], columns) if columns else rows[start:end])
        start = end
    return found


def _band(rows: Sequence[Row], start: int) -> tuple[int, list[_Span]]:
    """Return where the longest run of rows in columns from ``start`` ends and its columns, or one row and none."""
    best: tuple[int, list[_Span]] = (start + 1, [])
    covered: list[_Span] = []
    for end in range(start, len(rows)):
        covered = _merged([*covered, *(_Span(cell.left, cell.right) for cell in rows[end].cells or (rows[end],))], rows)
        if len(covered) == 1 and rows[end].cells:
            break
        if len(covered) > 1 and _are_columns(rows[start : end + 1], covered):
            best = (end + 1, covered)
    return best


def _merged(spans: Iterable[_Span], rows: Sequence[Row]) -> list[_Span]:
    least = _GUTTER * rows[0].size
    found: list[_Span] = []
    for span in sorted(spans):
        if found and span.left - found[-1].right < least:
            found[-1] = _Span(found[-1].left, max(found[-1].right, span.right))
        else:
            found.append(span)
    return found


def _are_columns(rows: Sequence[Row], columns: Sequence[_Span]) -> bool:
    size = rows[0].size
    widths = [column.right - column.left for column in columns]
    if min(widths) < max(_LEAST_WIDTH * size, _NARROWER * max(widths)):
        return False
    if sum(len(row.cells) == len(columns) for row in rows) < _LEAST_ROWS:
        return False
    for column in columns:
        lines = [cell for row in rows for cell in row.cells or (row,) if column.left <= cell.left <= column.right]
        full = sum(line.right > column.right - _FULL * size for line in lines)
        if full < _FULL_LINES * len(lines):
            return False
    return all(first.right < second.left for first, second in pairwise(columns))


def _one_after_the_other(rows: Sequence[Row], columns: Sequence[_Span]) -> list[Row]:
    found: list[Row] = []
    for number, column in enumerate(columns, start=1):
        shift = columns[0].left - column.left
        for row in rows:
            cells = [cell for cell in row.cells or (row,) if column.left <= cell.left <= column.right]
            if cells:
                line = joined(cells)
                found.append(line._replace(left=line.left + shift, right=line.right + shift, column=number))
    return found
