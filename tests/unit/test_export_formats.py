"""What is read back of each format is what was written, whatever the text."""

from __future__ import annotations

import csv
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest
from export_rows import ALL_NASTY, NASTY, Batch, batches, by_table, texts
from hypothesis import example, given, settings
from openpyxl import load_workbook
from openpyxl.cell.cell import Cell as SheetCell
from openpyxl.utils.escape import unescape
from workbook_rows import write_xlsx

from extractor.exports.cell_text import displayed
from extractor.exports.csv_tables import guarded, unguarded, write_csv
from extractor.exports.duckdb_file import write_duckdb
from extractor.exports.parquet import write_parquet
from extractor.exports.sqlite import write_sqlite
from extractor.record.checks import Lang
from extractor.tables.columns import TABLES, Cell, Row, Table

_ROUNDS = settings(max_examples=25, deadline=None)


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def _each(folder: Path, ending: str) -> dict[str, Path]:
    return {name: folder / f"{name}{ending}" for name in TABLES}


def _seen(rows: list[Row], table: Table, lang: Lang) -> list[list[object]]:
    """Rows as spreadsheets show them: no text and no value are the same there."""
    columns = table.columns
    cells = [[displayed(row[column.name], column, lang) for column in columns] for row in rows]
    return [[None if cell == "" else cell for cell in row] for row in cells]


def _read_sheet(cell: SheetCell) -> object:
    """A cell's value; openpyxl leaves Excel's escapes in texts, and knows no dates without a time."""
    assert cell.data_type != "f"
    value = cell.value
    if isinstance(value, str):
        return unescape(value)
    return value.date() if isinstance(value, datetime) else value


def _in_a_sheet(cell: object, kind: str) -> object:
    """What a sheet holds of a cell: printed dates are days where they name one, days of old are texts."""
    if kind == "iso" and isinstance(cell, str) and len(cell) == 10:
        try:
            cell = date.fromisoformat(cell)
        except ValueError:
            return cell
    return cell.isoformat() if isinstance(cell, date) and cell < date(1900, 3, 1) else cell


@_ROUNDS
@given(batches)
@example(ALL_NASTY)
def test_xlsx(made: list[Batch]) -> None:
    with _folder() as folder:
        assert write_xlsx(made, folder / "a.xlsx", "zh") == []
        assert [path.name for path in folder.iterdir()] == ["a.xlsx"]
        with closing(load_workbook(folder / "a.xlsx", rich_text=False)) as book:
            assert book.sheetnames == [table.zh for table in TABLES.values()]
            for name, rows in by_table(made).items():
                table = TABLES[name]
                heading, *found = book[table.zh].iter_rows(max_col=len(table.columns))
                assert [cell.value for cell in heading] == [column.zh for column in table.columns]
                expected = [
                    [_in_a_sheet(cell, column.kind) for cell, column in zip(row, table.columns, strict=True)]
                    for row in _seen(rows, table, "zh")
                ]
                while expected and not any(cell is not None for cell in expected[-1]):
                    expected.pop()  # a sheet ends with its last filled row
                assert [[_read_sheet(cell) for cell in row] for row in found] == expected


@_ROUNDS
@given(batches)
@example(ALL_NASTY)
def test_csv(made: list[Batch]) -> None:
    with _folder() as folder:
        paths = _each(folder, ".csv")
        write_csv(made, paths, "en")
        for name, rows in by_table(made).items():
            assert paths[name].read_bytes().startswith(b"\xef\xbb\xbf")
            with paths[name].open(encoding="utf-8-sig", newline="") as file:
                heading, *found = csv.reader(file)
            columns = TABLES[name].columns
            assert heading == [column.en for column in columns]
            for line, row in zip(found, _seen(rows, TABLES[name], "en"), strict=True):
                for cell, value in zip(line, row, strict=True):
                    assert _parsed(cell, value) == value


def _parsed(cell: str, like: object) -> object:
    """A cell of a csv file, of the type of what was written."""
    if like is None:
        return cell or None
    if isinstance(like, int | float):
        return float(cell)
    return date.fromisoformat(cell) if isinstance(like, date) else unguarded(cell)


@_ROUNDS
@given(batches)
@example(ALL_NASTY)
def test_parquet(made: list[Batch]) -> None:
    with _folder() as folder:
        paths = _each(folder, ".parquet")
        write_parquet(made, paths)
        for name, rows in by_table(made).items():
            found = pq.read_table(paths[name]).to_pylist()
            assert [_tuples(row) for row in found] == rows


@settings(_ROUNDS, max_examples=10)
@given(batches)
@example(ALL_NASTY)
def test_duckdb(made: list[Batch]) -> None:
    with _folder() as folder:
        write_duckdb(made, folder / "a.duckdb")
        assert [path.name for path in folder.iterdir()] == ["a.duckdb"]
        with closing(duckdb.connect(str(folder / "a.duckdb"), read_only=True)) as database:
            for name, rows in by_table(made).items():
                found = database.execute(f"SELECT * FROM {name}").fetchall()
                columns = [column.name for column in TABLES[name].columns]
                assert [_tuples(dict(zip(columns, row, strict=True))) for row in found] == rows


@_ROUNDS
@given(batches)
@example(ALL_NASTY)
def test_sqlite(made: list[Batch]) -> None:
    with _folder() as folder:
        write_sqlite(made, folder / "a.sqlite")
        assert [path.name for path in folder.iterdir()] == ["a.sqlite"]
        with closing(sqlite3.connect(folder / "a.sqlite")) as database:
            for name, rows in by_table(made).items():
                columns = TABLES[name].columns
                found = [
                    dict(zip([c.name for c in columns], r, strict=True))
                    for r in database.execute(f"SELECT * FROM {name}")
                ]
                for row in found:
                    for column in columns:
                        value = row[column.name]
                        if isinstance(value, str) and column.kind in ("list", "terms"):
                            row[column.name] = tuple(json.loads(value))
                        elif isinstance(value, str) and column.kind == "day":
                            row[column.name] = date.fromisoformat(value)
                assert found == rows


def _tuples(row: dict[str, Cell | list[str]]) -> Row:
    return {name: tuple(cell) if isinstance(cell, list) else cell for name, cell in row.items()}


@given(texts)
def test_a_guard_is_taken_off_again(text: str) -> None:
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", NASTY)
def test_no_guarded_text_begins_like_a_formula(text: str) -> None:
    assert guarded(text).lstrip("\0\ufeff \t\r\n\u3000")[:1] not in set("=+-@＝＋－＠")
    assert guarded(text)[:1] not in set("\t\r\n")


@pytest.mark.parametrize("text", ["", "措施", "'90s", "1-2", "(一)", "'"])
def test_other_text_is_not_guarded(text: str) -> None:
    assert guarded(text) == text
