"""The datasets of a job as tables of DuckDB, without an import: statements that a job writes beside them."""

from __future__ import annotations

from extractor.cluster.dataset import NOTICES
from extractor.exports.database_views import DUCKDB, TERMS, term_rows, views
from extractor.tables.columns import TABLES, Table

VIEWS = "views.sql"
"""The file of the statements; they read what lies beside it."""

_HEAD = f"""-- The tables and views of docs/export.md over the Parquet files beside this file: nothing is imported.
-- In the folder of the datasets: duckdb -init {VIEWS}
-- From elsewhere, first: SET file_search_path = 'FOLDER';
"""


def views_sql() -> str:
    """Return statements that make the tables and the views of an exported database over datasets."""
    statements = [_view(table) for table in TABLES.values()]
    rows = ",\n".join(f"  ({', '.join(map(_quoted, row))})" for row in term_rows())
    statements.append(f"CREATE VIEW terms AS SELECT * FROM (VALUES\n{rows}\n) AS terms ({', '.join(TERMS)})")
    return _HEAD + "".join(f"\n{statement};\n" for statement in [*statements, *views(DUCKDB)])


def _view(table: Table) -> str:
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    only = " WHERE status = 'done'" if table.name == NOTICES else ""
    files = f"read_parquet('{table.name}/*/*.parquet', hive_partitioning = false)"
    return f'CREATE VIEW "{table.name}" AS SELECT {columns} FROM {files}{only}'


def _quoted(words: str) -> str:
    return "'" + words.replace("'", "''") + "'"
