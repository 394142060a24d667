"""Exports: from a run's notices to a file for other programs, with one batch of notices in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from extractor.disk.whole import written_whole
from extractor.errors import InputError, SettingsError
from extractor.files.parts.text_places import place_names, text_places_from
from extractor.record.contract import Notice
from extractor.runs.run_folder import stored_lines, stored_places, stored_text
from extractor.tables.columns import TABLES, Row, Table
from extractor.tables.rows import PlaceNames, notice_rows

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


def export(
    notices: Iterable[tuple[Notice, str]],
    to: Path,
    lang: Lang = "zh",
    watch: Callable[[], None] = lambda: None,
    names: Callable[[str], PlaceNames] = lambda _: lambda _start, _end: "",
) -> ExportResult:
    """Write notices, each with the text that its offsets refer to, to ``to`` in the format of its ending.

    Spreadsheets (xlsx, csv) name headings and enumerations in ``lang``; databases and Parquet hold keys. ``watch`` is
    called after each notice; ``names`` gives what names the places of a notice, by its id. Existing files are replaced
    when everything is written; a failure leaves them as they are.

    Raises:
        SettingsError: The ending names no format, or a file cannot be at that path.
        InputError: Two notices have the same id.
        OutputError: The disk is full, or cannot be written.
    """
    files, rows = files_of(to), Counter[str]()
    with written_whole(files) as made:
        remarks = _write(_batches(notices, rows, watch, names), to.suffix.lower(), made, lang)
    return ExportResult(files, rows, remarks)


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


def _write(batches: Iterator[tuple[Table, list[Row]]], ending: str, paths: list[Path], lang: Lang) -> list[str]:
    match ending:
        case ".xlsx":
            from extractor.exports.xlsx import write_xlsx

            return write_xlsx(batches, paths[0], lang)
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
    return []


def _batches(
    notices: Iterable[tuple[Notice, str]],
    counts: Counter[str],
    watch: Callable[[], None],
    names: Callable[[str], PlaceNames],
) -> Iterator[tuple[Table, list[Row]]]:
    """Yield the rows of some notices at a time, by table; count them in ``counts``."""
    seen: set[str] = set()
    held: dict[str, list[Row]] = {name: [] for name in TABLES}
    characters = 0
    for notice, text in notices:
        if notice.notice_id in seen:
            raise InputError(f"{notice.notice_id}: two notices have this id, but ids distinguish notices in tables")
        seen.add(notice.notice_id)
        for name, rows in notice_rows(notice, text, names(notice.notice_id)).items():
            held[name] += rows
        characters += len(text)
        watch()
        if characters >= _BATCH:
            yield from _emptied(held, counts)
            characters = 0
    yield from _emptied(held, counts)


def _emptied(held: dict[str, list[Row]], counts: Counter[str]) -> Iterator[tuple[Table, list[Row]]]:
    for name, rows in held.items():
        counts[name] += len(rows)
        if rows:
            yield TABLES[name], rows
            held[name] = []
