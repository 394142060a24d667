"""Pages set in columns: recognised among tables, and read one column after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extractor.files.pdf.printed_lines import Row, joined

_LEAST_ROWS = 4  # side by side
_MOST_ROWS = 400  # of a page, at least, to look for columns
_LEAST_WIDTH = 8.0  # of a column, in sizes of its font
_GUTTER = 0.8  # its least width, in the same
_NARROWER = 0.6  # of the widest column: the narrowest one of a page
_FULL = 1.6  # sizes from the right edge within which a line is full
_FULL_LINES = 0.35  # of a column's lines: running text fills most of them, the cells of a table do not


class _Span(NamedTuple):
    left: float
    right: float


def in_reading_order(pages: Iterable[Sequence[Row]]) -> list[Row]:
    """Return the rows of all pages, with columns one after the other.

    The rows of further columns are moved to the place of the first and have their number in ``column``, so that lines
    can be joined without regard to columns.
    """
    found: list[Row] = []
    known: list[_Span] = []
    for rows in pages:
        if known and all(_fits(row, known) for row in rows):  # the last page, whose text may not fill its columns
            found.extend(_one_after_the_other(rows, known))
            continue
        ordered, columns = _ordered(rows)
        known = columns or known
        found.extend(ordered)
    return found


def _fits(row: Row, columns: Sequence[_Span]) -> bool:
    """Return whether each part of a row is within one of the columns."""
    if row.is_table:
        return False
    return all(
        any(column.left - row.size <= part.left and part.right <= column.right + row.size for column in columns)
        for part in row.parts or (row,)
    )


def _ordered(rows: Sequence[Row]) -> tuple[list[Row], list[_Span]]:
    """Return the rows of one page in reading order, and its (last) set of columns."""
    if sum(bool(row.parts) for row in rows) < _LEAST_ROWS or len(rows) > _MOST_ROWS:
        return list(rows), []
    found: list[Row] = []
    known: list[_Span] = []
    start = 0
    while start < len(rows):
        end, columns = _band(rows, start)
        if columns and all(_fits(row, columns) for row in rows[end:]):
            end = len(rows)  # short lines below: headings, signatures, the numbers of two pages on one sheet
        found.extend(_one_after_the_other(rows[start:end], columns) if columns else rows[start:end])
        known = columns or known
        start = end
    return found, known


def _band(rows: Sequence[Row], start: int) -> tuple[int, list[_Span]]:
    """Return the end of the longest run of rows in columns from ``start``, and its columns; without any, one row."""
    best: tuple[int, list[_Span]] = (start + 1, [])
    covered: list[_Span] = []
    for end in range(start, len(rows)):
        row = rows[end]
        covered = _merged([*covered, *(_Span(part.left, part.right) for part in row.parts or (row,))], row.size)
        if row.is_table or (len(covered) == 1 and row.parts):
            break
        if len(covered) > 1 and _are_columns(rows[start : end + 1], covered):
            best = (end + 1, covered)
    return best


def _merged(spans: Iterable[_Span], size: float) -> list[_Span]:
    found: list[_Span] = []
    for span in sorted(spans):
        if found and span.left - found[-1].right < _GUTTER * size:
            found[-1] = _Span(found[-1].left, max(found[-1].right, span.right))
        else:
            found.append(span)
    return found


def _are_columns(rows: Sequence[Row], columns: Sequence[_Span]) -> bool:
    size = rows[0].size
    widths = [column.right - column.left for column in columns]
    if min(widths) < max(_LEAST_WIDTH * size, _NARROWER * max(widths)):
        return False
    if sum(all(_parts_in(row, column) for column in columns) for row in rows) < _LEAST_ROWS:
        return False
    for column in columns:
        rights = [parts[-1].right for row in rows if (parts := _parts_in(row, column))]
        if sum(right > column.right - _FULL * size for right in rights) < _FULL_LINES * len(rights):
            return False
    return True


def _parts_in(row: Row, column: _Span) -> list[Row]:
    return [part for part in row.parts or (row,) if column.left - row.size <= part.left < column.right]


def _one_after_the_other(rows: Sequence[Row], columns: Sequence[_Span]) -> list[Row]:
    found: list[Row] = []
    for number, column in enumerate(columns, start=1):
        shift = columns[0].left - column.left
        for row in rows:
            if parts := _parts_in(row, column):
                line = joined(parts)
                found.append(line._replace(left=line.left + shift, right=line.right + shift, column=number))
    return found
