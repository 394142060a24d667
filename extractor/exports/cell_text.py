"""Cells as people see them: enumerations by name, several values in one cell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import Cell, Column

if TYPE_CHECKING:
    from extractor.record.checks import Lang

BETWEEN = "；"
"""What stands between the values of a list."""


def shown(cell: Cell, column: Column, lang: Lang) -> str | int | float | date | None:
    """Return what a sheet shows for a cell: terms by their name in ``lang``, lists joined by ``BETWEEN``."""
    if isinstance(cell, str):
        return _name(cell, column, lang)
    if isinstance(cell, tuple):
        return BETWEEN.join(_name(each, column, lang) for each in cell)
    return cell


def _name(words: str, column: Column, lang: Lang) -> str:
    term = VOCABULARIES[column.vocabulary].get(words) if column.vocabulary else None
    if term is None:
        return words
    return term.zh if lang == "zh" else term.en
