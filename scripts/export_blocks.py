"""The parts of docs/export.md that are made by running the project; see ``blocks.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import closing

import duckdb
from blocks import _command, _fenced, _workplace
from notice_extractor_eval.markdown import table

from extractor.tables.columns import TABLES, Column

QUERY = """\
SELECT notice_id, qualifier, value, unit, base_value, base_unit, text_start, text_end
FROM quantities
WHERE base_unit = '元'
ORDER BY base_value DESC
LIMIT 3"""


def exported() -> str:
    """Return what exports of the gold notices print."""
    said = []
    with _workplace():
        _command("run", "gold/notices", "--out", "out")
        for ending in (".xlsx", ".csv"):
            arguments = ("export", "out", "--to", f"all{ending}")
            said += [f"$ python -m extractor {' '.join(arguments)}", _command(*arguments).rstrip()]
    return _fenced("text", "\n".join(said))


def queried() -> str:
    """Return a query of a DuckDB export of the gold notices, and its answer."""
    with _workplace():
        _command("run", "gold/notices", "--out", "out")
        _command("export", "out", "--to", "notices.duckdb")
        with closing(duckdb.connect("notices.duckdb", read_only=True)) as database:
            found = database.execute(QUERY)
            heads = [column[0] for column in found.description or []]
            rows = [list(map(_printed, row)) for row in found.fetchall()]
    return f"{_fenced('sql', QUERY)}\n\n{table(heads, rows, right=(2, 4, 6, 7))}"


def _printed(value: object) -> str:
    return "" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def tables() -> str:
    """Return the columns that several tables have, then every table with the others."""
    times = Counter(column for each in TABLES.values() for column in each.columns)
    shared = [column for column, count in times.items() if count > 1]
    parts = ["### In several tables", _columns(shared)]
    for each in TABLES.values():
        own = [column for column in each.columns if column not in shared]
        also = ", ".join(f"`{column.name}`" for column in each.columns if column in shared)
        parts += [f"### {each.name} {each.zh}", f"{each.about} With {also}.", _columns(own)]
    return "\n\n".join(parts)


def _columns(columns: Iterable[Column]) -> str:
    rows = [[f"`{each.name}`", _kind(each), each.zh, each.en, each.about] for each in columns]
    return table(("column", "kind", "Chinese", "English", "what it holds"), rows)


def _kind(column: Column) -> str:
    return column.kind if column.vocabulary is None else f"{column.kind} of `{column.vocabulary}`"
