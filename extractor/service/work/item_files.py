"""A list of items as a file: exactly the rows that a page or the API shows, with the same names."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from extractor.disk.whole import writing
from extractor.errors import InputError, SettingsError
from extractor.exports.cell_text import displayed
from extractor.exports.csv_tables import guarded
from extractor.pages.page_words import words
from extractor.record.checks import Lang
from extractor.service.store.fact_store import FactKind, FoundFact
from extractor.tables.columns import Column, Row, Table

ItemEnding = Literal["xlsx", "csv", "parquet", "json"]

_MOST_ROWS = 1_048_575  # of a sheet, below its heading
_VOCABULARIES = {
    "issue": ("issue_status", None), "measure": ("measure_status", None), "document": (None, "document_action"),
    "accountability": (None, "accountability_action"), "sum": (None, "sum"), "total": (None, "total_name"),
    "check": (None, "severity"), "quantity": (None, None),
}  # fmt: skip
"""The vocabularies of ``status`` and ``term``, by kind."""
_STOPS = re.compile("[。!?！？\n\u2028\u2029]")


def write_items(found: Iterable[FoundFact], kind: FactKind, path: Path, lang: Lang) -> None:
    """Write items to ``path`` in the format of its ending; xlsx and csv name headings and enumerations in ``lang``.

    Raises:
        InputError: They are too many for a sheet.
        SettingsError: What the format needs is not installed.
        OutputError: The disk is full, or cannot be written.
    """
    table = _table(kind)
    rows = (_row(fact) for fact in found)
    with writing(path):
        match path.suffix:
            case ".xlsx":
                _write_xlsx(rows, table, path, lang)
            case ".csv":
                _write_csv(rows, table, path, lang)
            case ".parquet":
                _write_parquet(rows, table, path)
            case _:
                _write_json(rows, path)


def _table(kind: FactKind) -> Table:
    """Return the columns of a list's files."""
    named = words()["words"]
    status, term = _VOCABULARIES[kind]

    def column(name: str, called: str, holds: str = "text", of: str | None = None) -> Column:
        names = named[called]
        return Column(name, holds, names["zh"], names["en"], "", of, wrap=name == "sentence")  # type: ignore[arg-type]

    columns = [
        column("notice", "column.notice"),
        column("edition", "list.edition"),
        column("finding", "column.finding"),
        column("sentence", "column.sentence"),
        column("words", "column.value"),
        column("category", "column.category", "term", "category"),
        column("status", "column.status", "term", status),
        column("types", "column.types", "terms", "measure_type"),
        column("term", "list.term", "term", term),
        column("value", "column.in_full", "number"),
        column("unit", "filter.unit"),
        column("reason", "column.reason", "term", "sum_reason"),
        column("reader", "column.reader", "term", "reader"),
        column("confidence", "column.confidence", "share"),
        column("notice_id", "list.notice_id"),
        column("path", "list.path"),
    ]
    called = named[f"kinds.{kind}"]
    return Table("items", called["zh"], called["en"], "", None, tuple(columns))


def _row(fact: FoundFact) -> Row:
    check = fact.data.get("check")
    return {
        "notice": fact.body or fact.notice_id,
        "edition": fact.edition,
        "finding": fact.issue_title,
        "sentence": check["message"] if check else _sentence(fact),
        "words": fact.around[fact.at[0] - fact.begin : fact.at[1] - fact.begin] if fact.at else None,
        "category": fact.category,
        "status": fact.status,
        "types": tuple(fact.types),
        "term": fact.term,
        "value": fact.value,
        "unit": fact.unit,
        "reason": fact.reason,
        "reader": fact.reader,
        "confidence": fact.sure,
        "notice_id": fact.notice_id,
        "path": fact.path,
    }


def _sentence(fact: FoundFact) -> str | None:
    """Return the sentence around an item's words."""
    if fact.at is None:
        return None
    start, end = (offset - fact.begin for offset in fact.at)
    begins = [stop.end() for stop in _STOPS.finditer(fact.around, 0, start)]
    stop = _STOPS.search(fact.around, max(start, end - 1))
    return fact.around[begins[-1] if begins else 0 : stop.end() if stop else len(fact.around)].strip()


def _write_csv(rows: Iterator[Row], table: Table, path: Path, lang: Lang) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.called(lang) for column in table.columns)
        for row in rows:
            cells = [displayed(row[column.name], column, lang) for column in table.columns]
            writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in cells])


def _write_json(rows: Iterator[Row], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="backslashreplace") as file:
        file.write("[")
        for k, row in enumerate(rows):
            file.write(("," if k else "") + "\n" + json.dumps(row, ensure_ascii=False))
        file.write("\n]\n")


def _write_xlsx(rows: Iterator[Row], table: Table, path: Path, lang: Lang) -> None:
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise SettingsError('xlsx needs the extra export: pip install -e ".[export]"') from None
    book = Workbook(str(path), {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True})
    sheet = book.add_worksheet(table.called(lang))
    for index, column in enumerate(table.columns):
        sheet.write_string(0, index, column.called(lang), book.add_format({"bold": True}))
        sheet.set_column(index, index, 60 if column.wrap else 16)
    sheet.freeze_panes(1, 0)
    number = 0
    for number, row in enumerate(_limited(rows), 1):
        for index, column in enumerate(table.columns):
            cell = displayed(row[column.name], column, lang)
            if isinstance(cell, str):
                sheet.write_string(number, index, cell)  # never a formula, or a link
            elif isinstance(cell, (int, float)):
                sheet.write_number(number, index, cell)
    sheet.autofilter(0, 0, number, len(table.columns) - 1)
    book.close()


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    for k, row in enumerate(rows):
        if k == _MOST_ROWS:
            raise InputError(f"a sheet holds {_MOST_ROWS:,} rows, and these are more: narrow the list, or take csv")
        yield row


def _write_parquet(rows: Iterator[Row], table: Table, path: Path) -> None:
    try:
        import pyarrow as pa
        from pyarrow.parquet import ParquetWriter

        from extractor.exports.arrow import schema
    except ImportError:
        raise SettingsError('parquet needs the extra export: pip install -e ".[export]"') from None
    form = schema(table)
    with ParquetWriter(path, form, compression="zstd") as writer:
        for batch in _batches(rows):
            writer.write_batch(pa.RecordBatch.from_pylist(batch, schema=form))


def _batches(rows: Iterator[Row], most: int = 5_000) -> Iterator[Sequence[Row]]:
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == most:
            yield held
            held = []
    if held:
        yield held
