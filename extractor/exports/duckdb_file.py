"""A DuckDB database; headings and descriptions of columns are their comments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import duckdb

from extractor.exports.arrow import pieces
from extractor.exports.database_views import DUCKDB, term_rows, views
from extractor.tables.columns import TABLES, Kind, Row, Table

_TYPES: dict[Kind, str] = {
    "list": "VARCHAR[]",
    "terms": "VARCHAR[]",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "share": "DOUBLE",
    "day": "DATE",
}
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "128MB",
    "threads": 1,
    # The storage format that all versions since 1.0 read; the newest default is refused by some.
    "storage_compatibility_version": "v1.0.0",
    # Nothing is fetched from anywhere.
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


def write_duckdb(batches: Iterable[tuple[Table, Sequence[Row]]], path: Path) -> None:
    """Write rows, in batches, to a new database.

    Raises:
        OSError: The file cannot be written.
    """
    try:
        with closing(duckdb.connect(str(path), config=_CONFIG)) as database:
            database.execute("BEGIN")
            for table in TABLES.values():
                _create(database, table)
            database.execute("CREATE TABLE terms (enumeration VARCHAR, key VARCHAR, zh VARCHAR, en VARCHAR)")
            database.executemany("INSERT INTO terms VALUES (?, ?, ?, ?)", list(term_rows()))
            for view in views(DUCKDB):
                database.execute(view)
            database.execute("COMMIT")
            for table, piece in pieces(batches):
                database.register("piece", piece)
                database.execute(f"INSERT INTO {table.name} SELECT * FROM piece")
                database.unregister("piece")
            database.execute("CHECKPOINT")
    except duckdb.OperationalError as error:
        raise OSError(str(error)) from error


def _create(database: duckdb.DuckDBPyConnection, table: Table) -> None:
    columns = ", ".join(f'"{column.name}" {_TYPES.get(column.kind, "VARCHAR")}' for column in table.columns)
    database.execute(f"CREATE TABLE {table.name} ({columns})")
    database.execute(f"COMMENT ON TABLE {table.name} IS {_quoted(f'{table.zh}: {table.about}')}")
    for column in table.columns:
        comment = _quoted(f"{column.zh}, {column.en}: {column.about}")
        database.execute(f'COMMENT ON COLUMN {table.name}."{column.name}" IS {comment}')


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
