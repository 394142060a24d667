"""Exports: from a run's notices to a file for other programs, with one batch of notices in memory at a time."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from extractor.disk.whole import written_whole
from extractor.errors import InputError, SettingsError
from extractor.exports.written_notices import WrittenNotice, by_size
from extractor.tables.columns import TABLES, Row, Table
from extractor.tables.rows import notice_rows
from extractor.tables.sheets import SHEETS_OF_NOTICES

if TYPE_CHECKING:
    from extractor.record.checks import Lang

ENDINGS = (".xlsx", ".csv", ".parquet", ".sqlite", ".duckdb")
_A_FILE_A_TABLE = frozenset((".csv", ".parquet"))


class ExportResult(NamedTuple):
    """The files that were written, and the number of rows by table.

    ``remarks`` has a sentence for everything that a format's limits changed.
    """

    files: list[Path]
    rows: Counter[str]
    remarks: list[str]


def files_of(to: Path) -> list[Path]:
    """Return the files that an export to ``to`` makes: itself, or ``NAME-TABLE`` for each table.

    Raises:
        SettingsError: The ending names no format.
    """
    ending = to.suffix.lower()
    if ending not in ENDINGS:
        known = ", ".join(ENDINGS[:-1])
        raise SettingsError(f"{to}: the ending names no format; use {known} or {ENDINGS[-1]}")
    return [to.with_name(f"{to.stem}-{name}{ending}") for name in TABLES] if ending in _A_FILE_A_TABLE else [to]


def export(
    notices: Iterable[WrittenNotice],
    to: Path,
    lang: Lang = "zh",
    watch: Callable[[], None] = lambda: None,
    report: str = "",
) -> ExportResult:
    """Write notices to ``to`` in the format of its ending.

    Spreadsheets (xlsx, csv) name headings and enumerations in ``lang``; databases and Parquet hold keys. ``watch`` is
    called after each notice. ``report`` is the address that a workbook's links lead into, relative to the workbook; ""
    for none. Existing files are replaced when everything is written; a failure leaves them as they are.

    Raises:
        SettingsError: The ending names no format, or a file cannot be at that path.
        InputError: Two notices have the same id, or one is not as a run writes it.
        OutputError: The disk is full, or cannot be written.
    """
    files, ending = files_of(to), to.suffix.lower()
    rows = Counter(dict.fromkeys(SHEETS_OF_NOTICES if ending == ".xlsx" else TABLES, 0))
    once = _once(notices)
    with written_whole(files) as made:
        if ending == ".xlsx":
            from extractor.exports.workbook import WorkbookWords, write_workbook

            remarks = write_workbook(once, made[0], WorkbookWords(lang, report), rows, watch)
        else:
            _write(_batches(_watched(once, watch), rows), ending, made, lang)
            remarks = []
    return ExportResult(files, rows, remarks)


def report_beside(folder: Path | None, to: Path) -> str:
    """Return the address of the report that a workbook ``to`` leads into, relative to it; "" where there is none.

    That is ``report.html`` beside the workbook, else the one in the run's ``folder``, None for none.
    """
    for report in [to.parent / "report.html", *([folder / "report.html"] if folder else [])]:
        if report.is_file():
            try:
                return quote(Path(os.path.relpath(report.resolve(), to.parent.resolve())).as_posix())
            except ValueError:  # on another drive
                return report.resolve().as_uri()
    return ""


def _write(batches: Iterator[tuple[Table, list[Row]]], ending: str, paths: list[Path], lang: Lang) -> None:
    match ending:
        case ".csv":
            from extractor.exports.csv_tables import write_csv

            write_csv(batches, dict(zip(TABLES, paths, strict=True)), lang)
        case ".parquet":
            from extractor.exports.parquet import write_parquet

            write_parquet(batches, dict(zip(TABLES, paths, strict=True)))
        case ".sqlite":
            from extractor.exports.sqlite import write_sqlite

            write_sqlite(batches, paths[0])
        case ".duckdb":
            from extractor.exports.duckdb_file import write_duckdb

            write_duckdb(batches, paths[0])


def _once(notices: Iterable[WrittenNotice]) -> Iterator[WrittenNotice]:
    """Yield notices, each once."""
    seen: set[str] = set()
    for written in notices:
        if written.notice_id in seen:
            raise InputError(f"{written.notice_id}: two notices have this id, but ids distinguish notices in tables")
        seen.add(written.notice_id)
        yield written


def _watched(notices: Iterable[WrittenNotice], watch: Callable[[], None]) -> Iterator[WrittenNotice]:
    for written in notices:
        yield written
        watch()


def _batches(notices: Iterable[WrittenNotice], counts: Counter[str]) -> Iterator[tuple[Table, list[Row]]]:
    """Yield the rows of some notices at a time, by table; count them in ``counts``."""
    for together in by_size(notices):
        held: dict[str, list[Row]] = {name: [] for name in TABLES}
        for written in together:
            found = notice_rows(written.parsed(), written.text, written.named())
            found["notices"] = [{**row, **(written.review or {})} for row in found["notices"]]
            for name, rows in found.items():
                held[name] += rows
        for name, rows in held.items():
            counts[name] += len(rows)
            if rows:
                yield TABLES[name], rows
