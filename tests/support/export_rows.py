"""Rows of the tables made up by Hypothesis, with texts that file formats have trouble with."""

from __future__ import annotations

from datetime import date
from operator import itemgetter

from hypothesis import strategies as st

from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import TABLES, Cell, Column, Row, Table

Batch = tuple[Table, list[Row]]

NASTY = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "＠A1",
    "\0=1", "\ufeff=1", "'=1", "''=1", "'90s", "'", "=", "-",
    '=HYPERLINK("http://example.com","点此")', "=cmd|' /C calc'!A0", "http://example.com", "{=1}",
    "<r>x</r>", "<r>", "<r>\x01&</r>", "_x0041_", "_x005F_", "_x005f_x0041_", "\0", "a\0b", "\x01\x08\x0b\x1f\x7f\x85",
    "\ufffe\uffff", "]]>", "&amp;<>\"'", " 前后 ", "\u3000", "一\n二", "一\r\n二", "一\r二",
    "\u2028\u202e\ufeff", "𠮷🀄",
    "1", "01", "1e5", "2024-04", "2024-04-29", "TRUE", "#N/A", "NULL", "a,b;c\"d", "\\N", "\\",
)  # fmt: skip

texts = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
# As many digits as Excel keeps, which is more than notices print.
numbers = st.integers(-(10**15) + 1, 10**15 - 1).map(float) | st.integers(-(10**14), 10**14).map(lambda n: n / 1000)
days = st.dates(min_value=date(1, 1, 1))


def _cells(column: Column) -> st.SearchStrategy[Cell]:
    """Cells of a column; a term may be one that this version does not know."""
    terms = st.sampled_from([*VOCABULARIES[column.vocabulary], "=unknown"]) if column.vocabulary else st.nothing()
    found: dict[str, st.SearchStrategy[Cell]] = {
        "text": texts,
        "list": st.lists(texts, max_size=3).map(tuple),
        "term": terms,
        "terms": st.lists(terms, max_size=3).map(tuple) if column.vocabulary else st.nothing(),
        "integer": st.integers(0, 10**9),
        "number": numbers,
        "share": st.integers(0, 10_000).map(lambda n: n / 10_000),
        "iso": days.map(date.isoformat) | st.sampled_from(["2024-04", "2024", "1899-12-31", "2024-13-01"]) | texts,
        "day": days,
    }
    needed = column.name in ("notice_id", "issue_id", "measure_id")
    return found[column.kind] if needed else found[column.kind] | st.none()


def rows_of(table: Table) -> st.SearchStrategy[list[Row]]:
    """Some rows of a table, whose keys differ."""
    cells = st.fixed_dictionaries({column.name: _cells(column) for column in table.columns})
    return st.lists(cells, max_size=4, unique_by=itemgetter(table.key) if table.key else None)


batches: st.SearchStrategy[list[Batch]] = st.lists(
    st.sampled_from(["notices", "measures", "quantities", "dates"]), unique=True
).flatmap(
    lambda names: st.tuples(*(st.tuples(st.just(TABLES[name]), rows_of(TABLES[name])) for name in names)).map(list)
)
"""Batches of the tables that between them have columns of every kind, each table at most once."""


def by_table(given: list[Batch]) -> dict[str, list[Row]]:
    """The rows of each table, in the order of its columns."""
    found: dict[str, list[Row]] = {name: [] for name in TABLES}
    for table, rows in given:
        found[table.name] += [{column.name: row[column.name] for column in table.columns} for row in rows]
    return found


def _filled(table: Table, text: str) -> Row:
    return {
        column.name: text if column.kind in ("text", "iso") else (text, text) if column.kind == "list" else None
        for column in table.columns
    }


ALL_NASTY: list[Batch] = [
    (table, [_filled(table, text) for text in NASTY])
    for table in TABLES.values()
    if table.name in ("notices", "measures")
]
"""A row for each text that is trouble, which stands in all its columns of words."""
