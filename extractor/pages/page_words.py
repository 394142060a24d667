"""The words of the pages and the names of enumerations, as a JSON value."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import TABLES

# Columns of the exported tables whose names the pages use, by their keys in the pages.
_COLUMNS = {
    "inspection_team": ("notices", "inspection_team"),
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
}


@cache
def words() -> dict[str, Any]:
    """Return the names in both languages, for ``pages.words`` in ``static/dom.js``.

    They are under ``words`` by ``section.key``, and under ``vocabularies`` by enumeration and key. The result is
    shared: do not change it.
    """
    return {
        "words": {**_own(), **_columns(), **_fields()},
        "vocabularies": {
            name: {key: {"zh": term.zh, "en": term.en} for key, term in terms.items()}
            for name, terms in VOCABULARIES.items()
        },
    }


def _own() -> dict[str, dict[str, str]]:
    table = tomllib.loads(files("extractor.pages").joinpath("words.toml").read_text(encoding="utf-8"))
    return {f"{section}.{key}": names for section, rows in table.items() for key, names in rows.items()}


def _columns() -> dict[str, dict[str, str]]:
    return {f"column.{called}": _names(table, name) for called, (table, name) in _COLUMNS.items()}


def _fields() -> dict[str, dict[str, str]]:
    """Return the names of the notice's fields, by their paths in the record."""
    contact = ("phone", "postal_address", "email")
    names = [column.name for column in TABLES["notices"].columns]
    return {f"field.{'contact.' if name in contact else ''}{name}": _names("notices", name) for name in names}


def _names(table: str, name: str) -> dict[str, str]:
    column = next(column for column in TABLES[table].columns if column.name == name)
    return {"zh": column.zh, "en": column.en}
