"""An SQLite database: strict types, primary keys, and references between the tables."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

from extractor.exports.database_views import SQLITE, term_rows, views
from extractor.tables.columns import KEYS, TABLES, Cell, Column, Kind, Row, Table

_TYPES: dict[Kind, str] = {"integer": "INTEGER", "number": "REAL", "share": "REAL"}


def write_sqlite(batches: Iterable[tuple[Table, Sequence[Row]]], path: Path) -> None:
    """Write rows, in batches, to a new database. Lists are JSON arrays, days ISO 8601.

    Raises:
        OSError: The file cannot be written.
    """
    with closing(sqlite3.connect(path)) as database:
        try:
            # Safe, because the file is not in its place yet: a crash leaves only a temporary file.
            database.execute("PRAGMA journal_mode = OFF")
            database.execute("PRAGMA synchronous = OFF")
            for table in TABLES.values():
                database.execute(_create(table))
            database.execute("CREATE TABLE terms (enumeration TEXT, key TEXT, zh TEXT, en TEXT) STRICT")
            database.executemany("INSERT INTO terms VALUES (?, ?, ?, ?)", term_rows())
            for view in views(SQLITE):
                database.execute(view)
            for table, rows in batches:
                marks = ", ".join("?" for _ in table.columns)
                statement = f"INSERT INTO {table.name} VALUES ({marks})"
                database.executemany(statement, ([_cell(row[column.name]) for column in table.columns] for row in rows))
            database.commit()
        except sqlite3.OperationalError as error:
            raise OSError(str(error)) from error


def _create(table: Table) -> str:
    lines = [f"  {_column(column, table)}, -- {column.zh} · {column.en}" for column in table.columns]
    head, _, comment = lines[-1].rpartition(", --")
    return (
        f"CREATE TABLE {table.name} ( -- {table.zh}\n" + "\n".join([*lines[:-1], f"{head} --{comment}"]) + "\n) STRICT"
    )


def _column(column: Column, table: Table) -> str:
    definition = f'"{column.name}" {_TYPES.get(column.kind, "TEXT")}'
    if column.name == table.key:
        return f"{definition} PRIMARY KEY NOT NULL"
    if column.name in KEYS:
        return f"{definition} REFERENCES {KEYS[column.name].name}"
    return definition


def _cell(cell: Cell) -> str | int | float | None:
    if isinstance(cell, tuple):
        return json.dumps(cell, ensure_ascii=False)
    return cell.isoformat() if isinstance(cell, date) else cell
