"""The tables and their columns, read once from ``data/tables.toml`` and ``data/fields.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from extractor.data import read_table
from extractor.record.fields import SHAPES, Field, ItemKind, ValueType

if TYPE_CHECKING:
    from extractor.record.checks import Lang

Kind = Literal["text", "list", "term", "terms", "integer", "number", "share", "iso", "day", "link"]

Cell = str | int | float | date | tuple[str, ...] | None
"""``str`` for text, term, iso and link; a tuple for list and terms; ``float`` for number and share; None where there is
no value. Terms are keys of their enumeration, for machines and people in all languages alike."""

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


_KINDS: Mapping[ValueType, Kind] = {
    "figure": "number",
    "count": "number",
    "unit": "text",
    "day": "iso",
    "date": "text",
    "deadline": "text",
}
"""The kinds of columns of those types of values that have another name."""


def columns_of(kind: ItemKind) -> dict[str, Column]:
    """Return the columns of a kind's values, by their names; a measure's also of the lists of words in it."""
    columns = [_declared(name.removeprefix("contact."), field) for name, field in SHAPES[kind].fields.items()]
    for shape in SHAPES.values():
        if shape.of == kind and shape.record is None:
            column = _declared(shape.list, shape.fields["value"])
            columns.append(column._replace(kind="list", zh=shape.zh_all, en=shape.en_all))
    return {column.name: column for column in columns}


def _declared(name: str, field: Field) -> Column:
    kind = _KINDS.get(field.type, field.type)
    return Column(name, cast(Kind, kind), field.zh, field.en, field.about, field.vocabulary, field.wrap)


def _read() -> dict[str, Table]:
    content = dict(read_table("tables"))
    shared = content.pop("shared")
    kinds = {shape.list or "notices": kind for kind, shape in SHAPES.items()}
    return {name: _table(name, entry, shared, kinds.get(name)) for name, entry in content.items()}


def _table(name: str, entry: Mapping[str, Any], shared: Mapping[str, Any], kind: ItemKind | None) -> Table:
    declared = columns_of(kind) if kind else {}
    named = {each if isinstance(each, str) else each["name"] for each in entry["columns"]}
    columns: list[Column] = []
    for each in entry["columns"]:
        if each == "*":
            columns += (column for column in declared.values() if column.name not in named)
        elif isinstance(each, str):
            columns.append(declared[each] if each in declared else column_of({"name": each, **shared[each]}))
        else:
            columns.append(column_of(each))
    zh, en = (SHAPES[kind].zh_all, SHAPES[kind].en_all) if kind and kind != "field" else (entry["zh"], entry["en"])
    return Table(name, zh, en, entry["about"], entry.get("key"), tuple(columns))


def column_of(entry: Mapping[str, Any]) -> Column:
    """Return the column that an entry of a data file declares."""
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
"""The table that a column of this name leads to, in tables other than its own."""
