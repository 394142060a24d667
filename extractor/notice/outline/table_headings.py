"""The lines of a table, and the headings by which its columns are known: on one line, on two, or a line each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from extractor.notice.outline.broken_rows import TableLine
from extractor.text.column_headings import (
    LONGEST_HEADING,
    bare_heading,
    closes_table,
    column_kind,
    column_kinds,
    heads_findings,
    two_rows_of_headings,
)
from extractor.text.places import Place
from extractor.text.wording import pattern

FEWEST_COLUMNS, MOST_COLUMNS = 3, 15
"""Columns of a table of findings."""
MOST_GROUP_LINES = 4
"""Lines that may group the rows of a grid below them."""
_MOST_CAPTION_LINES = 3
_LONGEST_IN_HEADINGS = 40
"""Code points of a heading with what it has in brackets."""
_RULE = re.compile(r"[ |:—–-]+")
"""A line of borders alone."""
CELL_NUMBER = re.compile(r" *[(]?(?P<number>[0-9]{1,3}|[一二三四五六七八九十]{1,3})[)]?[.、]? *")
"""A cell that is a row's number."""
NUMBER_BEFORE = re.compile(r" *(?P<number>[0-9]{1,3})(?:[.、] *| +)(?=\S)")
"""A row's number before the words of its first cell."""
PART = re.compile(r" *(?:[一二三四五六七八九十]{1,3}、|[(][一二三四五六七八九十]{1,3}[)])")
"""The number of a part or group: 一、 or (一)."""


class TableColumns(NamedTuple):
    """The columns of a table: what is in them, and what they are called. Without any no table begins."""

    kinds: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


def table_line(text: str, printed: str, span: tuple[int, int]) -> TableLine:
    """Return a line with its cells, which tabs or ``|`` part; without any the line is one cell."""
    start, end = span
    mark = "\t" if "\t" in printed[start:end] else "|" if text[start:end].count("|") > 1 else ""
    if not mark:
        return TableLine(Place(start, end), (_trimmed(text, start, end),))
    cells, position = [], start
    for match in re.finditer(re.escape(mark), printed[start:end] if mark == "\t" else text[start:end]):
        cells.append(_trimmed(text, position, start + match.start()))
        position = start + match.end()
    cells.append(_trimmed(text, position, end))
    if mark == "|":  # the border on both sides
        cells = cells[text[start:end].lstrip().startswith("|") : len(cells) - text[start:end].rstrip().endswith("|")]
    return TableLine(Place(start, end), tuple(cells))


def _trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in " *":
        start += 1
    while end > start and text[end - 1] in " *":
        end -= 1
    return Place(start, end)


def row_words(text: str, line: TableLine) -> list[str]:
    """Return the words of each cell of a line."""
    return [text[cell.start : cell.end] for cell in line.cells]


def is_rule(text: str, line: TableLine) -> bool:
    """Return whether a line is the rule of a Markdown table, or nothing but borders."""
    return _RULE.fullmatch(text, *line.place) is not None


def behind_rules(text: str, lines: Sequence[TableLine], position: int) -> int:
    """Return the index of the first line from ``position`` on that is no rule of a Markdown table."""
    while position < len(lines) and is_rule(text, lines[position]):
        position += 1
    return position


def is_caption(text: str, line: TableLine) -> bool:
    """Return whether a line, or a row with one cell that is not empty, is a table's name, its unit or a rule."""
    if is_rule(text, line):
        return True
    filled = [cell for cell in line.cells if cell.end > cell.start]
    if len(filled) != 1 or PART.match(text, *filled[0]):
        return False
    if closes_table(text[filled[0].start : filled[0].end]):  # a legend above its table
        return True
    return pattern("outline", "caption", r"[ *#]*{}[ *]*$").match(text, *filled[0]) is not None


def caption_before(text: str, lines: Sequence[TableLine], position: int) -> int:
    """Return the index of the first line that names the table whose heading row is at ``position``: 整改情况一览表."""
    first = position
    while first > max(1, position - _MOST_CAPTION_LINES) and is_caption(text, lines[first - 1]):
        first -= 1
    return first


def columns_at(text: str, lines: Sequence[TableLine], position: int) -> tuple[TableColumns, int]:
    """Return the columns of the heading row that starts at a line, and the index behind it; no columns for none."""
    cells = lines[position].cells
    if len(cells) > 1:
        headings, behind = _headings_at(text, lines, position)
        return TableColumns(tuple(column_kinds(headings)), tuple(headings)), behind
    numbered = _headings_above_first(text, lines, position)
    if numbered:
        return TableColumns(tuple(column_kinds(numbered)), tuple(numbered)), position + len(numbered)
    start = position
    kinds: list[str] = []
    while position < len(lines) and len(lines[position].cells) == 1:
        (cell,) = lines[position].cells
        kind = _kind_of_line(text, cell)
        if not kind or (kind in kinds and kind not in ("responsible", "note", "state")):
            break
        if kind == "number" and kinds:
            break  # the heading of a part, 整改工作进展情况, above that of a table
        kinds.append(kind)
        position += 1
    answers = "measure" in kinds or "progress" in kinds
    names = tuple(row_words(text, line)[0] for line in lines[start:position])
    kinds = column_kinds(names)
    is_table = len(kinds) >= FEWEST_COLUMNS and answers and kinds.count("finding") == 1
    return TableColumns(tuple(kinds), names) if is_table else TableColumns(), position


def _kind_of_line(text: str, cell: Place) -> str:
    """Return what a column is whose heading stands on a line of its own; nothing where that is no heading."""
    words = text[cell.start : cell.end]
    if len(words) > LONGEST_HEADING:
        return ""
    return column_kind(words) or column_kinds([words])[0]


def _headings_above_first(text: str, lines: Sequence[TableLine], position: int) -> list[str]:
    """Return the headings that stand on a line each, from 序号 to the number of the first row; none where they do not.

    Some of them may be in no list.
    """
    headings: list[str] = []
    for line in lines[position : position + MOST_COLUMNS]:
        words = text[line.cells[0].start : line.cells[0].end]
        first = CELL_NUMBER.fullmatch(words) or NUMBER_BEFORE.match(words)
        begins = first is not None and first["number"] in ("1", "一")
        if headings and (begins or (PART.match(words) and heads_findings(headings))):
            return headings if heads_findings(headings) and len(headings) >= FEWEST_COLUMNS else []
        too_long = len(bare_heading(words)) > LONGEST_HEADING or words[-1] in "。;:,"
        if len(line.cells) > 1 or too_long or (not headings and column_kind(words) != "number"):
            return []
        headings.append(words)
    return []


def _headings_at(text: str, lines: Sequence[TableLine], position: int) -> tuple[list[str], int]:
    """Return the headings of the row at a line, or of it and the next, and the index behind them; none for none."""
    above = row_words(text, lines[position])
    if any(len(words) > _LONGEST_IN_HEADINGS for words in above):
        return [], position + 1
    second = behind_rules(text, lines, position + 1)
    following = islice(lines, second + 1, second + 1 + MOST_GROUP_LINES)
    width = next((len(line.cells) for line in following if len(line.cells) > 1 and not is_rule(text, line)), 0)
    if width and any(map(column_kind, above)):
        below = row_words(text, lines[second])
        both = two_rows_of_headings(above, below, width) if len(below) > 1 else []
        if both and not any(map(CELL_NUMBER.fullmatch, below)):
            return both, second + 1
    return above if heads_findings(above) else [], position + 1
