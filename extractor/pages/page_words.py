"""The words of the pages and the names of enumerations, as a JSON value."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from extractor.data import read_table
from extractor.pages.placed_values import NAMED_BY
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import CONTACT, NAMES_BY_GENRE, SHAPES
from extractor.tables.columns import TABLES

# Columns of the exported tables whose names the pages use, by their keys in the pages.
_COLUMNS = {
    "inspection_team": ("notices", "inspection_team"),
    "genre": ("notices", "genre"),
    "inspection_kind": ("notices", "inspection_kind"),
    "feedback_date": ("notices", "feedback_date"),
    "signed_on": ("notices", "signed_on"),
    "coverage": ("notices", "coverage"),
    "digits_unread": ("notices", "digits_unread"),
    "category": ("issues", "category"),
    "issue_status": ("issues", "status"),
    "types": ("measures", "types"),
    "status": ("measures", "status"),
    "action": ("documents", "action"),
    "handling": ("accountability", "action"),
    "subject": ("quantities", "subject"),
    "name": ("totals", "name"),
    "severity": ("checks", "severity"),
    "message": ("checks", "message"),
    "document": ("documents", "title"),
    "reader": ("measures", "read_by"),
    "confidence": ("accountability", "confidence"),
    "sum": ("sums", "sum"),
    "reason": ("sums", "reason"),
}
# Those that a list is narrowed down by, at the head of whose choices they stand.
_FILTERS = {
    "category": ("issues", "category"),
    "type": ("measures", "types"),
    "action": ("documents", "action"),
    "handling": ("accountability", "action"),
    "unit": ("quantities", "unit"),
    "total": ("totals", "name"),
    "severity": ("checks", "severity"),
    "reader": ("measures", "read_by"),
    "sum": ("sums", "sum"),
    "reason": ("sums", "reason"),
}


@cache
def words() -> dict[str, Any]:
    """Return the names in both languages, for ``pages.words`` in ``static/dom.js``.

    They are under ``words`` by ``section.key``, and under ``vocabularies`` by enumeration and key; ``headlines`` has
    the sums that are shown first. The result is shared: do not change it.
    """
    return {
        "words": {**_own(), **_columns(), **_fields(), **_kinds(), **_parts()},
        "vocabularies": {
            name: {key: {"zh": term.zh, "en": term.en} for key, term in terms.items()}
            for name, terms in VOCABULARIES.items()
        },
        "headlines": read_table("sums")["headline"],
    }


def _own() -> dict[str, dict[str, str]]:
    table = tomllib.loads(files("extractor.pages").joinpath("words.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": names for section, rows in table.items() for key, names in rows.items()}


def _columns() -> dict[str, dict[str, str]]:
    named = {f"column.{called}": _names(table, name) for called, (table, name) in _COLUMNS.items()}
    for called, (table, name) in _FILTERS.items():
        names = _names(table, name)
        named[f"filter.{called}"] = {**names, "en": names["en"].capitalize()}
    return named


def _fields() -> dict[str, dict[str, str]]:
    """Return the names of the notice's fields and of its tables' columns, by their paths in the record."""
    contact = {name: f"contact.{name}" for name in CONTACT}
    names = [column.name for column in TABLES["notices"].columns]
    named = {f"field.{contact.get(name, name)}": _names("notices", name) for name in names}
    for genre, its in NAMES_BY_GENRE.items():
        named |= {f"field.{name}.{genre}": dict(words) for name, words in its.items()}
    return named


def _kinds() -> dict[str, dict[str, str]]:
    """The kinds of items: ``kind`` of one, ``row`` of several, ``kinds`` of several at the head of a page."""
    named = {}
    for kind, shape in SHAPES.items():
        named[f"kind.{kind}"] = {"zh": shape.zh, "en": shape.en}
        named[f"row.{kind}"] = {"zh": shape.zh_all, "en": shape.en_all}
        named[f"kinds.{kind}"] = {"zh": shape.zh_all, "en": shape.en_all.capitalize()}
    for field in (field for kind in NAMED_BY for field in SHAPES[kind].fields.values() if field.is_beside):
        named[f"kind.{field.name}"] = named[f"row.{field.name}"] = {"zh": field.zh, "en": field.en}
    for kind, name in NAMED_BY.items():
        shape = SHAPES[kind]
        named[f"kind.{name}"] = {"zh": shape.full_name(name, "zh"), "en": shape.full_name(name, "en")}
    return named


def _parts() -> dict[str, dict[str, str]]:
    """The values that have readers of their own, by kind and name."""
    return {
        f"part.{kind}.{name}": {"zh": shape.fields[name].zh, "en": shape.fields[name].en}
        for kind, shape in SHAPES.items()
        for name in shape.parts
        if name in shape.fields
    }


def _names(table: str, name: str) -> dict[str, str]:
    column = next(column for column in TABLES[table].columns if column.name == name)
    return {"zh": column.zh, "en": column.en}
