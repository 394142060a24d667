"""The sheets of a workbook, made from the tables: a ledger first, and what people read first in each row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from extractor.data import read_table
from extractor.tables.columns import KEYS, TABLES, Column, Table, column_of

LEDGER = "ledger"
TRUST = "trust"


def _columns(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Column]:
    return {name: column_of({"name": name, **entry}) for name, entry in entries.items()}


def _ids(table: Table) -> tuple[Column, ...]:
    return tuple(column for column in table.columns if column.name in KEYS)


def _of_table(table: Table, leading: Mapping[str, Column], trailing: Mapping[str, Column]) -> Table:
    taken = {*leading, *trailing, *KEYS, *read_table("sheets")["left_out"]["columns"]}
    own = [column for column in table.columns if column.name not in taken]
    columns = (*leading.values(), *own, *trailing.values(), *_ids(table))
    left_out = read_table("sheets")["left_out"]
    of_facts = left_out["of_facts"] if table.name in left_out["facts"] else ()
    return table._replace(columns=tuple(column for column in columns if column.name not in of_facts))


def _ledger(content: Mapping[str, Any], leading: Mapping[str, Column], trailing: Mapping[str, Column]) -> Table:
    measures = TABLES["measures"]
    named = {column.name: column for column in measures.columns}
    own = _columns(content["columns"])
    columns = (
        leading["body"],
        leading["edition"],
        *own.values(),
        *(named[name] for name in content["measures"]),
        *trailing.values(),
        *_ids(measures),
    )
    return Table(LEDGER, content["zh"], content["en"], content["about"], None, columns)


def _read() -> dict[str, Table]:
    content = read_table("sheets")
    leading, trailing = _columns(content["leading"]), _columns(content["trailing"])
    sheets = {LEDGER: _ledger(content["ledger"], leading, trailing)}
    for name, before in content["sheets"].items():
        sheets[name] = _of_table(TABLES[name], {each: leading[each] for each in before}, trailing)
    trust = content["trust"]
    columns = tuple(_columns(trust["columns"]).values())
    return {**sheets, TRUST: Table(TRUST, trust["zh"], trust["en"], trust["about"], None, columns)}


SHEETS: dict[str, Table] = _read()
"""The sheets by name, in the order in which a workbook has them."""

SHEETS_OF_NOTICES = {name: sheet for name, sheet in SHEETS.items() if name != TRUST}
"""Those whose rows come from notices."""


def _with_reviews(name: str, sheet: Table) -> Table:
    """Return a sheet with the columns that tell how far people reviewed a notice."""
    of_notices = {column.name: column for column in TABLES["notices"].columns}
    told = [of_notices[each] for each in read_table("sheets")["reviewed"].get(name, ())]
    first = next(iter(read_table("sheets")["trailing"]))
    at = next((at for at, column in enumerate(sheet.columns) if column.name == first), len(sheet.columns))
    return sheet._replace(columns=(*sheet.columns[:at], *told, *sheet.columns[at:]))


SHEETS_WITH_REVIEWS = {name: _with_reviews(name, sheet) for name, sheet in SHEETS.items()}
"""The sheets of notices from a service."""
