"""Exports: from a run's notices to a file for other programs, with one batch of notices in memory at a time."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path, PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from pydantic import ValidationError

from extractor.disk.whole import written_whole
from extractor.errors import InputError, SettingsError
from extractor.exports.sheet_rows import SheetSource, sheet_rows, trust_rows
from extractor.files.parts.text_places import place_names, text_places_from
from extractor.record.contract import Notice
from extractor.runs.run_folder import RunFolder, stored_lines, stored_places, stored_text
from extractor.tables.columns import TABLES, Row, Table
from extractor.tables.rows import NoticeRows, PlaceNames, notice_rows
from extractor.tables.sheets import SHEETS, SHEETS_WITH_REVIEWS, TRUST

if TYPE_CHECKING:
    from extractor.record.checks import Lang

ENDINGS = (".xlsx", ".csv", ".parquet", ".sqlite", ".duckdb")
_A_FILE_A_TABLE = frozenset((".csv", ".parquet"))
_BATCH = 400_000  # characters of notices whose rows are held at a time: some twenty notices


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


class ExportSources(NamedTuple):
    """The sources of an export beside the notices: names of places and of files, by a notice's id, and the report.

    ``report`` is the address that a workbook's links lead into, relative to the workbook; "" for none. ``reviews`` has
    the cells that tell how far people reviewed a notice, by its id; none of notices that no service gave.
    """

    names: Callable[[str], PlaceNames] = lambda _: lambda _start, _end: ""
    files: Mapping[str, str] = MappingProxyType({})
    report: str = ""
    reviews: Mapping[str, Row] = MappingProxyType({})


def export(
    notices: Iterable[tuple[Notice, str]],
    to: Path,
    lang: Lang = "zh",
    watch: Callable[[], None] = lambda: None,
    sources: ExportSources | None = None,
) -> ExportResult:
    """Write notices, each with the text that its offsets refer to, to ``to`` in the format of its ending.

    Spreadsheets (xlsx, csv) name headings and enumerations in ``lang``; databases and Parquet hold keys. ``watch`` is
    called after each notice. Existing files are replaced when everything is written; a failure leaves them as they are.

    Raises:
        SettingsError: The ending names no format, or a file cannot be at that path.
        InputError: Two notices have the same id.
        OutputError: The disk is full, or cannot be written.
    """
    files, rows, ending = files_of(to), Counter[str](), to.suffix.lower()
    known = sources or ExportSources()

    def of_tables(notice: Notice, text: str) -> NoticeRows:
        found = notice_rows(notice, text, known.names(notice.notice_id))
        review = known.reviews.get(notice.notice_id, {})
        return {**found, "notices": [{**row, **review} for row in found["notices"]]}

    def of_sheets(notice: Notice, text: str) -> NoticeRows:
        review = known.reviews.get(notice.notice_id, {})
        source = SheetSource(known.files.get(notice.notice_id, ""), lang, review)
        return sheet_rows(notice, text, known.names(notice.notice_id), source)

    with written_whole(files) as made:
        if ending == ".xlsx":
            sheets = SHEETS_WITH_REVIEWS if known.reviews else SHEETS
            of_notices = {name: sheet for name, sheet in sheets.items() if name != TRUST}
            batches = _batches(_watched(notices, watch), of_sheets, of_notices, rows)
            remarks = _write_workbook(batches, made[0], lang, known.report, sheets)
        else:
            batches = _batches(_watched(notices, watch), of_tables, TABLES, rows)
            remarks = []
            _write(batches, ending, made, lang)
    return ExportResult(files, rows, remarks)


def report_beside(folder: Path, to: Path) -> str:
    """Return the address of the report that a workbook ``to`` leads into, relative to it; "" where there is none.

    That is ``report.html`` beside the workbook, else the one in the run's ``folder``.
    """
    for report in (to.parent / "report.html", folder / "report.html"):
        if report.is_file():
            try:
                return quote(Path(os.path.relpath(report.resolve(), to.parent.resolve())).as_posix())
            except ValueError:  # on another drive
                return report.resolve().as_uri()
    return ""


def stored_notices(folder: Path) -> Iterator[tuple[Notice, str]]:
    """Yield the notices of a run's folder, each with its text.

    Raises:
        InputError: The folder holds no notices, or files that this program did not write.
    """
    if next(stored_lines(folder), None) is None:
        raise InputError(f"{folder}: holds no notices, since its run could read none; run the extraction again")
    for notice_id, line in stored_lines(folder):
        try:
            notice = Notice.model_validate_json(line)
        except ValidationError as error:
            raise InputError(f"{folder}: the stored notice {notice_id} breaks the contract; run again") from error
        yield notice, stored_text(folder, notice.notice_id, notice.text_sha256)


def stored_names(folder: Path) -> Callable[[str], PlaceNames]:
    """Return what names the places of the notices of a run's folder, by their ids."""
    return lambda notice_id: place_names(text_places_from(stored_places(folder, notice_id)))


def stored_files(folder: Path) -> Mapping[str, str]:
    """Return the names of the files that a run's notices were read from, by their ids, as far as ``run.json`` has."""
    try:
        return {each["notice_id"]: PurePath(each["name"]).name for each in _inputs(folder) if each["notice_id"]}
    except (KeyError, TypeError):
        return {}


def stored_reviews(folder: Path) -> Mapping[str, Row]:
    """Return how far people reviewed the notices of a folder, by their ids: a service's, as it gives them to export."""
    try:
        return {each["notice_id"]: each["review"] for each in _inputs(folder) if "review" in each}
    except (KeyError, TypeError):
        return {}


def _inputs(folder: Path) -> list[dict[str, Any]]:
    """Return the inputs of a run as its ``run.json`` has them; none where that cannot be read."""
    try:
        inputs: list[dict[str, Any]] = json.loads(RunFolder(folder).report.read_bytes())["inputs"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return inputs


def _write_workbook(
    batches: Iterator[tuple[Table, list[Row]]], path: Path, lang: Lang, report: str, sheets: Mapping[str, Table]
) -> list[str]:
    from extractor.exports.xlsx import write_xlsx

    trust = [(sheets[TRUST], trust_rows(lang))]
    return write_xlsx(chain(batches, trust), path, lang, sheets=sheets, report=report)


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


def _watched(notices: Iterable[tuple[Notice, str]], watch: Callable[[], None]) -> Iterator[tuple[Notice, str]]:
    """Yield notices, each once; call ``watch`` after each."""
    seen: set[str] = set()
    for notice, text in notices:
        if notice.notice_id in seen:
            raise InputError(f"{notice.notice_id}: two notices have this id, but ids distinguish notices in tables")
        seen.add(notice.notice_id)
        yield notice, text
        watch()


def _batches(
    notices: Iterator[tuple[Notice, str]],
    rows_of: Callable[[Notice, str], NoticeRows],
    tables: Mapping[str, Table],
    counts: Counter[str],
) -> Iterator[tuple[Table, list[Row]]]:
    """Yield the rows of some notices at a time, by table; count them in ``counts``."""
    held: dict[str, list[Row]] = {name: [] for name in tables}
    characters = 0
    for notice, text in notices:
        for name, rows in rows_of(notice, text).items():
            held[name] += rows
        characters += len(text)
        if characters >= _BATCH:
            yield from _emptied(held, tables, counts)
            characters = 0
    yield from _emptied(held, tables, counts)


def _emptied(
    held: dict[str, list[Row]], tables: Mapping[str, Table], counts: Counter[str]
) -> Iterator[tuple[Table, list[Row]]]:
    for name, rows in held.items():
        counts[name] += len(rows)
        if rows:
            yield tables[name], rows
            held[name] = []
