"""Comma-separated tables that Excel opens as they are: UTF-8 with a byte-order mark, rows ended by CR LF.

No text can become a formula there: see ``guarded``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.disk.whole import writing
from extractor.exports.cell_text import shown
from extractor.tables.columns import TABLES, Cell, Column, Row, Table

if TYPE_CHECKING:
    from extractor.record.checks import Lang

# Full-width signs begin a formula too where a spreadsheet runs in an East Asian language; some programs drop controls
# and invisible marks before they look.
_FORMULA = re.compile("'*(?:[\t\r\n]|[\\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠])")


def guarded(text: str) -> str:
    """Return ``text`` as it stands in a cell: with ``'`` before it where a spreadsheet may take it for a formula.

    That is where it begins with ``= + - @`` (of any width, after whatever is blank), a tab or a line end, or where it
    is such text with ``'`` before it already: so that ``unguarded`` gives back every text.
    """
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text of a cell.

    >>> unguarded("'=1+1"), unguarded("'90s")
    ('=1+1', "'90s")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell, 1) else cell


def write_csv(batches: Iterable[tuple[Table, Sequence[Row]]], paths: Mapping[str, Path], lang: Lang) -> None:
    """Write rows, in batches, to the file of their table, which ``paths`` has by name.

    Raises:
        OSError: a file cannot be written.
    """
    with ExitStack() as files:
        writers = {}
        for name, table in TABLES.items():
            files.enter_context(writing(paths[name]))  # which what is written last is, when the file is closed
            file = files.enter_context(paths[name].open("w", encoding="utf-8-sig", newline=""))
            writers[name] = csv.writer(file)
            writers[name].writerow(column.called(lang) for column in table.columns)
        for table, rows in batches:
            columns = table.columns
            with writing(paths[table.name]):
                writers[table.name].writerows(
                    [_cell(row[column.name], column, lang) for column in columns] for row in rows
                )


def _cell(cell: Cell, column: Column, lang: Lang) -> str | int | float | None:
    """Return a cell as ``csv`` takes it; whole numbers without a decimal point, dates as ISO 8601."""
    value = shown(cell, column, lang)
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if value is None or isinstance(value, int) else value.isoformat()
