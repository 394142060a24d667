"""Which tables there are, and their columns, read once from ``data/tables.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from extractor.data import read_table

if TYPE_CHECKING:
    from extractor.record.checks import Lang

Kind = Literal["text", "list", "term", "terms", "integer", "number", "share", "iso", "day"]

Cell = str | int | float | date | tuple[str, ...] | None
"""``str`` for text, term and iso; a tuple for list and terms; ``float`` for number and share; None where there is no
value. Terms are keys of their enumeration, for machines and people in all languages alike."""

Row = Mapping[str, Cell]
"""A cell for each column of a table, by the column's name."""


class Column(NamedTuple):
    """A column: its name for programs, what it holds (kinds are explained in the file), its headings for people.

    ``vocabulary`` names the enumeration of a term; ``wrap`` marks whole sentences; ``about`` is Markdown.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    about: str
    vocabulary: str | None
    wrap: bool

    def called(self, lang: Lang) -> str:
        """Return the heading in a language."""
        return self.zh if lang == "zh" else self.en


class Table(NamedTuple):
    """A table; ``key`` is the column that tells its rows apart, where it has one that does."""

    name: str
    zh: str
    en: str
    about: str
    key: str | None
    columns: tuple[Column, ...]

    def called(self, lang: Lang) -> str:
        """Return the table's name in a language."""
        return self.zh if lang == "zh" else self.en


def _read() -> dict[str, Table]:
    content = dict(read_table("tables"))
    shared = content.pop("shared")
    return {name: _table(name, entry, shared) for name, entry in content.items()}


def _table(name: str, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Table:
    columns = (_column({"name": each, **shared[each]} if isinstance(each, str) else each) for each in entry["columns"])
    return Table(name, entry["zh"], entry["en"], entry["about"], entry.get("key"), tuple(columns))


def _column(entry: Mapping[str, Any]) -> Column:
    return Column(
        entry["name"],
        entry["kind"],
        entry["zh"],
        entry["en"],
        entry["about"],
        entry.get("of"),
        entry.get("wrap", False),
    )


TABLES: dict[str, Table] = _read()
"""The tables by name, in the order in which they are shown."""

KEYS: dict[str, Table] = {table.key: table for table in TABLES.values() if table.key}
"""Where a column of this name leads, in tables other than its own."""
