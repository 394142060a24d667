"""Cells as people read them: enumerations by name, several values in one cell."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import Cell, Column

if TYPE_CHECKING:
    from extractor.record.checks import Lang

BETWEEN = "；"
"""The separator between the values of a list."""


def displayed(cell: Cell, column: Column, lang: Lang) -> str | int | float | date | None:
    """Return a cell as a sheet displays it: terms by their name in ``lang``, lists joined by ``BETWEEN``."""
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
