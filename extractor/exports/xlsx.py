"""An Excel workbook with a sheet for each table, written row by row.

Every text is a string cell, so that none ever becomes a formula, a link or a number. Limits of Excel are handled here:
cells over 32,767 characters are cut, tables over 1,048,576 rows continue in a further sheet; both are reported.
Characters that XML forbids are escaped as in Excel (``_x0001_``), and spreadsheets undo that.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from traceback import clear_frames
from typing import IO, TYPE_CHECKING, Any

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from extractor.exports.cell_text import displayed
from extractor.tables.columns import TABLES, Cell, Column, Row, Table

if TYPE_CHECKING:
    from extractor.record.checks import Lang

_ESCAPED = re.compile("_(?=x[0-9a-fA-F]{4}_)|[\x00-\x08\x0b-\x1f\ufffe\uffff]")

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767  # of UTF-16 in a cell
_CUT = -2  # xlsxwriter's return value for a text that it cut
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, so that the same rows make the same bytes
_FIRST_DAY = date(1900, 3, 1)  # spreadsheets count earlier days differently
_NARROWEST, _WIDEST = 8, 60  # of a column, in half-width characters
_BUTTON = 3  # half-width characters for a heading's filter button
_MEASURED = 500  # rows that determine a column's width


def write_xlsx(
    batches: Iterable[tuple[Table, Sequence[Row]]], path: Path, lang: Lang, *, most_rows: int = MOST_ROWS
) -> list[str]:
    """Write rows, in batches, to a new workbook, and return a sentence for everything that Excel's limits changed.

    Headings, sheets and enumerations are named in ``lang``. Temporary files are made beside ``path``. A sheet holds
    ``most_rows`` rows, including the heading.

    Raises:
        OSError: The file cannot be written.
    """
    with _Book(path, "wb") as raw, io.BufferedWriter(raw) as file:
        try:
            return _write(batches, file, path.parent, lang, most_rows)
        except OSError as error:
            # The zip archive writes once more when it is freed, which would fail again and print a traceback.
            raw.is_scrap = True
            for each in (error, error.__cause__):
                clear_frames(each.__traceback__ if each else None)
            raise


def _write(
    batches: Iterable[tuple[Table, Sequence[Row]]], file: IO[bytes], place: Path, lang: Lang, most_rows: int
) -> list[str]:
    book = Workbook(file, {"constant_memory": True, "tmpdir": str(place), "use_zip64": True})
    book.set_properties({"created": _CREATED})
    try:
        styles = _Styles(book)
        tables = {name: _Sheets(book, table, lang, styles, most_rows) for name, table in TABLES.items()}
        for table, rows in batches:
            for row in rows:
                tables[table.name].add(row)
        for each in tables.values():
            each.finish()
        book.close()
    except FileCreateError as error:
        raise error.args[0] from error  # the OSError that it stands for
    finally:
        for sheet in book.worksheets():
            with suppress(OSError):
                sheet.row_data_fh.close()
    return [remark for each in tables.values() for remark in each.remarks()]


class _Book(io.FileIO):
    """A workbook's file, which discards what is written once ``is_scrap`` is set."""

    is_scrap = False

    def write(self, data: Any, /) -> int:
        return memoryview(data).nbytes if self.is_scrap else super().write(data)


class _PlainSheet(Worksheet):  # type: ignore[misc]
    """A sheet that stores every text literally, which xlsxwriter's own does not."""

    def _xml_rich_inline_string(self, string: str, attributes: Any) -> None:
        """Write a text from ``<r>`` to ``</r>`` like any other; otherwise it is taken for XML and not escaped."""
        self._xml_inline_string(string, True, attributes)

    @staticmethod
    def _escape_control_characters(data: str) -> str:
        """Escape what XML forbids, and what looks like such an escape, even where two of those overlap."""
        return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", data)


class _Styles:
    """The formats of cells, aligned to the top of their row, since some have several lines."""

    def __init__(self, book: Workbook) -> None:
        made = partial(self._made, book)
        self.heading = made(bold=True, bg_color="#DDE6F0", bottom=1)
        self.text = made()
        self.wrapped = made(text_wrap=True)
        self.whole = made(num_format="#,##0")
        self.broken = made(num_format="#,##0.########")
        self.offset = made(num_format="0")
        self.share = made(num_format="0.0%")
        self.day = made(num_format="yyyy-mm-dd")

    @staticmethod
    def _made(book: Workbook, **properties: Any) -> Any:
        return book.add_format({"valign": "top", **properties})


class _Sheets:
    """The sheets of a table: one, and further ones where the table has more rows than a sheet can hold."""

    def __init__(self, book: Workbook, table: Table, lang: Lang, styles: _Styles, most_rows: int) -> None:
        self._book, self._table, self._lang, self._styles, self._most_rows = book, table, lang, styles, most_rows
        self._names: list[str] = []
        self._cut = 0
        self._begin()

    def add(self, row: Row) -> None:
        if self._next == self._most_rows:
            self.finish()
            self._begin()
        for index, column in enumerate(self._table.columns):
            value = displayed(row[column.name], column, self._lang)
            if value is not None and value != "":
                self._write(index, column, value)
        self._next += 1

    def finish(self) -> None:
        """Set the filter and the widths; call this after the last row."""
        self._sheet.autofilter(0, 0, self._next - 1, len(self._table.columns) - 1)
        for index, width in enumerate(self._widths):
            self._sheet.set_column(index, index, min(max(width, _NARROWEST), _WIDEST))

    def remarks(self) -> list[str]:
        """Return a sentence for everything that Excel's limits changed."""
        sentences = []
        if len(self._names) > 1:
            names = " and ".join([", ".join(self._names[:-1]), self._names[-1]])
            sentences.append(
                f"{self._table.name}: more than {self._most_rows:,} rows, the limit of a sheet; they are in {names}"
            )
        if self._cut:
            sentences.append(
                f"{self._table.name}: {self._cut} texts over {MOST_CHARACTERS:,} characters, the limit of a cell, "
                "were cut; the other formats hold them whole"
            )
        return sentences

    def _begin(self) -> None:
        name = self._table.called(self._lang)
        self._names.append(f"{name} {len(self._names) + 1}" if self._names else name)
        self._sheet = sheet = self._book.add_worksheet(self._names[-1], worksheet_class=_PlainSheet)
        headings = [column.called(self._lang) for column in self._table.columns]
        for index, heading in enumerate(headings):
            sheet.write_string(0, index, heading, self._styles.heading)
        self._widths = [_width(heading) + _BUTTON for heading in headings]
        self._next = 1
        sheet.freeze_panes(1, 0)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})  # no green corner at a label like 1

    def _write(self, index: int, column: Column, value: Cell) -> None:
        sheet, styles, at = self._sheet, self._styles, self._next
        if isinstance(value, str) and column.kind == "iso":
            value = _day(value) or value
        if isinstance(value, date) and value < _FIRST_DAY:
            value = value.isoformat()
        if isinstance(value, str):
            self._cut += sheet.write_string(at, index, value, styles.wrapped if column.wrap else styles.text) == _CUT
            if at <= _MEASURED:
                self._widths[index] = max(self._widths[index], _width(value))
        elif isinstance(value, date):
            sheet.write_datetime(at, index, value, styles.day)
            self._widths[index] = max(self._widths[index], 11)
        elif isinstance(value, int):
            sheet.write_number(at, index, value, styles.offset)
        elif isinstance(value, float):
            style = styles.share if column.kind == "share" else styles.whole if value.is_integer() else styles.broken
            sheet.write_number(at, index, value, style)
            if at <= _MEASURED:
                self._widths[index] = max(self._widths[index], len(f"{value:,}"))


def _day(value: str) -> date | None:
    """Return the day that ``value`` names in full, None where it is a month, a year, or no date."""
    try:
        return date.fromisoformat(value) if len(value) == len("2024-04-29") else None
    except ValueError:
        return None


def _width(text: str) -> int:
    """Return the approximate width in half-width characters: Chinese ones take three bytes and count twice."""
    return (len(text.encode()) + len(text)) // 2 + 1
