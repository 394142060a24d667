"""A workbook of rows, made at once and in this process."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from extractor.exports.sheet_parts import SheetPart, SheetSettings, part_of
from extractor.exports.xlsx import MOST_ROWS, WorkbookPlan, write_parts
from extractor.record.checks import Lang
from extractor.tables.columns import TABLES, Row, Table


def write_xlsx(
    batches: Iterable[tuple[Table, Sequence[Row]]],
    path: Path,
    lang: Lang,
    *,
    sheets: Mapping[str, Table] = TABLES,
    report: str = "",
    most_rows: int = MOST_ROWS,
) -> list[str]:
    """Write rows, in batches, to a new workbook, and return what Excel's limits changed."""

    def parts(settings: SheetSettings) -> Iterator[tuple[str, SheetPart]]:
        for table, rows in batches:
            yield table.name, part_of(table, rows, settings)

    return write_parts(parts, path, WorkbookPlan(sheets, lang, report, most_rows=most_rows))
