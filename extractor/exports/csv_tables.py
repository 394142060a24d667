"""Comma-separated tables that Excel opens as they are: UTF-8 with a byte-order mark, rows ended by CR LF.

No text becomes a formula there: see ``guarded``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from extractor.disk.whole import writing
from extractor.exports.cell_text import displayed
from extractor.tables.columns import TABLES, Cell, Column, Row, Table

if TYPE_CHECKING:
    from extractor.record.checks import Lang

# Full-width signs also begin a formula in East Asian versions of spreadsheets; some programs drop control characters
# and invisible marks first.
_FORMULA = re.compile("'*(?:[\t\r\n]|[\\s\x00-\x1f\x7f\u200b-\u200f\u2060\ufeff]*[=+\\-@＝＋－＠])")


def guarded(text: str) -> str:
    """Return ``text`` as a cell holds it: with ``'`` before it where a spreadsheet may take it for a formula.

    That is where it begins with ``= + - @`` (of any width, after blanks), a tab or a line end. Such text that has ``'``
    before it already gets another one, so that ``unguarded`` restores every text.
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
        OSError: A file cannot be written.
    """
    with ExitStack() as files:
        writers = {}
        for name, table in TABLES.items():
            files.enter_context(writing(paths[name]))  # the last bytes are written when the file is closed
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
    value = displayed(cell, column, lang)
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if value is None or isinstance(value, int) else value.isoformat()
