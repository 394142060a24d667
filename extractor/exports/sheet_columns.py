"""The columns of a sheet: each makes the XML of its cells, and finds how wide it must be.

A cell does not say the number of its row, but ``ROW`` in its place: it is known where all rows come together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from extractor.data import read_table
from extractor.exports.cell_text import displayed
from extractor.tables.columns import Cell, Column

if TYPE_CHECKING:
    from xlsxwriter import Workbook

    from extractor.record.checks import Lang

MOST_CHARACTERS = 32_767  # of UTF-16 in a cell
ROW = "\x01"
"""The stand-in of a row's number in its cells; XML holds no such character."""
_BUTTON = 3  # half-width characters for a heading's filter button
_DAY_WIDTH = 11
_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")
_UNUSUAL = re.compile("[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_x")
_FIRST_DAY = date(1900, 3, 1)  # spreadsheets count earlier days differently
_DAY_ZERO = date(1899, 12, 30)
_NOTHING: tuple[Cell, ...] = ("", (), ("",))
"""Values of which a cell shows nothing."""


class CellStyles(NamedTuple):
    """The numbers of a workbook's formats, aligned to the top of their row, since some have several lines."""

    heading: int
    text: int
    wrapped: int
    whole: int
    broken: int
    offset: int
    share: int
    day: int
    link: int

    @classmethod
    def of(cls, book: Workbook) -> CellStyles:
        """Add the formats to a workbook."""

        def made(**properties: Any) -> int:
            number: int = book.add_format({"valign": "top", **properties})._get_xf_index()
            return number

        return cls(
            heading=made(bold=True, bg_color="#DDE6F0", bottom=1, text_wrap=True),
            text=made(),
            wrapped=made(text_wrap=True),
            whole=made(num_format="#,##0"),
            broken=made(num_format="#,##0.########"),
            offset=made(num_format="0"),
            share=made(num_format="0.0%"),
            day=made(num_format="yyyy-mm-dd"),
            link=made(font_color="#0563C1", underline=1),
        )


class SheetColumn:
    """A column under way: makes its cells, and keeps its width in half-width characters, links' places and cuts.

    ``measured`` is the number of cells that are looked at for the width.
    """

    def __init__(self, column: Column, letter: str, styles: CellStyles, lang: Lang, measured: int) -> None:
        self.name, self.width, self.cut = column.name, 0, 0
        self.links: list[str] = []
        self._column, self._letter, self._styles, self._lang = column, letter, styles, lang
        self._most_measured = measured
        self._text_style = styles.wrapped if column.wrap else styles.text
        self._measured = 0
        # Values of a column repeat from row to row: findings, bodies.
        self._last: Cell = None
        self._last_xml = ""
        makers: dict[str, Callable[[Any], str]] = {
            "text": self._text,
            "term": cache(self._term),
            "terms": cache(self._term),
            "iso": self._iso,
            "day": self._day,
            "integer": self._integer,
            "number": self._number,
            "share": self._number,
            "link": cache(self._opening),
        }
        self._made = makers.get(column.kind, self._term)
        self.is_link = column.kind == "link"
        if self.is_link:
            self.cell = self._linked  # type: ignore[method-assign]

    def heading(self) -> str:
        """Return the cell of the first row."""
        words = self._column.called(self._lang)
        self.width = max(self.width, _width(words) + _BUTTON)
        return f'<c r="{self._letter}1" s="{self._styles.heading}" t="inlineStr">{_inline(words)}</c>'

    def cell(self, value: Cell) -> str:
        """Return the cell of a value, '' for none."""
        if value is self._last:
            return self._last_xml
        self._last = value
        if value is None or value in _NOTHING:
            self._last_xml = ""
        else:
            self._last_xml = f'<c r="{self._letter}{ROW}"{self._made(value)}'
        return self._last_xml

    def _linked(self, value: Cell) -> str:
        self.links.append(escape(str(value).removeprefix("#")))
        return f'<c r="{self._letter}{ROW}"{self._made("")}'

    # Each of these returns what follows the place in a cell.

    def _opening(self, _: str) -> str:
        return self._text(read_table("sheets")["words"]["open"][self._lang], self._styles.link)

    def _term(self, value: Cell) -> str:
        return self._text(str(displayed(value, self._column, self._lang)))

    def _iso(self, value: str) -> str:
        day = _full_day(value)
        return self._text(value) if day is None else self._day(day)

    def _day(self, value: date) -> str:
        if value < _FIRST_DAY:
            return self._text(value.isoformat())
        self.width = max(self.width, _DAY_WIDTH)
        return f' s="{self._styles.day}"><v>{(value - _DAY_ZERO).days}</v></c>'

    def _integer(self, value: int) -> str:
        return f' s="{self._styles.offset}"><v>{value}</v></c>'

    def _number(self, value: float) -> str:
        style = self._styles.whole if value == value // 1 else self._styles.broken
        style = self._styles.share if self._column.kind == "share" else style
        if self._measured < self._most_measured:
            self._measure(f"{value:,}")
        return f' s="{style}"><v>{value:.16G}</v></c>'

    def _text(self, text: str, style: int | None = None) -> str:
        if len(text) > MOST_CHARACTERS // 2:
            text = self._fitting(text)
        if self._measured < self._most_measured:
            self._measure(text)
        return f' s="{self._text_style if style is None else style}" t="inlineStr">{_inline(text)}</c>'

    def _fitting(self, text: str) -> str:
        units = text.encode("utf-16-le", "surrogatepass")
        if len(units) <= 2 * MOST_CHARACTERS:
            return text
        self.cut += 1
        return units[: 2 * MOST_CHARACTERS].decode("utf-16-le", "ignore")

    def _measure(self, text: str) -> None:
        self._measured += 1
        self.width = max(self.width, _width(text))


def letters(index: int) -> str:
    """Return the letters of a column, counted from 0.

    >>> letters(0), letters(25), letters(26)
    ('A', 'Z', 'AA')
    """
    first, last = divmod(index, 26)
    return (letters(first - 1) if first else "") + chr(ord("A") + last)


def _inline(text: str) -> str:
    if _UNUSUAL.search(text):
        text = _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
        text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    space = "" if text.strip() == text else ' xml:space="preserve"'
    return f"<is><t{space}>{text}</t></is>"


def _full_day(value: str) -> date | None:
    """Return the day that ``value`` names in full, None where it is a month, a year, or no date."""
    try:
        return date.fromisoformat(value) if len(value) == len("2024-04-29") else None
    except ValueError:
        return None


def _width(text: str) -> int:
    """Return the approximate width in half-width characters: Chinese ones take three bytes and count twice."""
    return (len(text.encode("utf-8", "surrogatepass")) + len(text)) // 2 + 1
