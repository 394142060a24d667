"""Additions of databases to the tables: the names of all keys, and views for the usual questions.

``terms`` has each enumeration's keys with their names. ``ledger`` is one row a measure with its finding and its body,
``sum_values`` has the sums. Each table has a view under its Chinese name, with Chinese headings and names of keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import TABLES, Column, Table

TERMS = ("enumeration", "key", "zh", "en")
"""The columns of the table ``terms``."""


class Dialect(NamedTuple):
    """Forms of each database's own: a list's elements as rows, their names in order, and joined texts."""

    elements: Callable[[str], str]
    names: str
    joined: Callable[[str], str]


SQLITE = Dialect(
    lambda column: f"SELECT value, key AS place FROM json_each({column}) ORDER BY key",
    "group_concat(coalesce(terms.zh, listed.value), '；')",
    lambda column: f"(SELECT group_concat(value, '；') FROM json_each({column}))",
)
DUCKDB = Dialect(
    lambda column: f"SELECT unnest({column}) AS value, generate_subscripts({column}, 1) AS place",
    "group_concat(coalesce(terms.zh, listed.value), '；' ORDER BY listed.place)",
    lambda column: f"array_to_string({column}, '；')",
)


def term_rows() -> Iterator[tuple[str, str, str, str]]:
    """Yield the rows of the table ``terms``."""
    for enumeration, terms in VOCABULARIES.items():
        for key, term in terms.items():
            yield enumeration, key, term.zh, term.en


def views(dialect: Dialect) -> Iterator[str]:
    """Yield statements that create the views."""
    yield _LEDGER
    yield _SUM_VALUES
    for table in TABLES.values():
        columns = ",\n".join(f'  {_named(column, dialect)} AS "{column.zh}"' for column in table.columns)
        yield f'CREATE VIEW "{table.zh}" AS SELECT\n{columns}\nFROM {_own_name(table)} AS own'


def _own_name(table: Table) -> str:
    return f'"{table.name}"'


def _named(column: Column, dialect: Dialect) -> str:
    own = f'own."{column.name}"'
    if column.kind == "list":
        return dialect.joined(own)
    if column.vocabulary is None:
        return own
    of = f"terms.enumeration = '{column.vocabulary}'"
    if column.kind == "terms":
        return (
            f"(SELECT {dialect.names} FROM ({dialect.elements(own)}) AS listed "
            f"LEFT JOIN terms ON {of} AND terms.key = listed.value)"
        )
    return f"coalesce((SELECT terms.zh FROM terms WHERE {of} AND terms.key = {own}), {own})"


_LEDGER = """CREATE VIEW ledger AS SELECT
  coalesce(notices.series, notices.inspected_body, notices.signed_by) AS body,
  notices.edition,
  issues.label AS issue_label,
  issues.title AS finding,
  issues.category,
  issues.status AS issue_status,
  measures.text AS measure,
  measures.types,
  measures.status AS measure_status,
  coalesce(measures.deadline, issues.deadline) AS deadline,
  notices.duplicate_of,
  issues.notice_id,
  issues.issue_id,
  measures.measure_id
FROM issues
JOIN notices ON notices.notice_id = issues.notice_id
LEFT JOIN measures ON measures.issue_id = issues.issue_id"""
_SUM_VALUES = """CREATE VIEW sum_values AS
SELECT sum, unit, sum(value) AS value, count(*) AS figures FROM sums WHERE reason = 'counted' GROUP BY sum, unit"""
