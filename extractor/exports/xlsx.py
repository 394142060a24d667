"""An Excel workbook with a sheet for each table, written row by row.

XlsxWriter makes all of it but the rows, which are written as XML here: that takes a fraction of the time, and the most
of a workbook are rows. Every text is a string cell, so that none ever becomes a formula, a link or a number. Limits of
Excel are handled here: cells over 32,767 characters are cut, tables over 1,048,576 rows continue in a further sheet,
links over 65,530 are left out; all is reported. Characters that XML forbids are escaped as in Excel (``_x0001_``), and
spreadsheets undo that.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from xlsxwriter import Workbook

from extractor.exports.sheet_columns import MOST_CHARACTERS, CellStyles, SheetColumn, letters
from extractor.tables.columns import TABLES, Row, Table

if TYPE_CHECKING:
    from extractor.record.checks import Lang

MOST_ROWS = 1_048_576
MOST_LINKS = 65_530
"""The most links in a sheet that Excel opens."""
_CREATED = datetime(2000, 1, 1, tzinfo=UTC)  # fixed, so that the same rows make the same bytes
_WRITTEN = (1980, 1, 31, 0, 0, 0)
_NARROWEST, _WIDEST = 8, 60  # of a column, in half-width characters
_TOGETHER = 500  # rows that are written at once
_FROZEN = ("body", "edition")
_QUICK = 1  # zlib's level
_PIECE = 1 << 18  # bytes
_ANYWHERE = "https://report.invalid/"
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_ROWS = re.compile(rb"<sheetData>.*</sheetData>|<sheetData/>", re.DOTALL)
_LINKS = re.compile(rb"<hyperlinks>.*</hyperlinks>", re.DOTALL)


class _Making(NamedTuple):
    """The settings of a workbook: its language, targets of links, rows of a sheet, place of temporary files."""

    lang: Lang
    report: str
    most_rows: int
    place: Path


def write_xlsx(
    batches: Iterable[tuple[Table, Sequence[Row]]],
    path: Path,
    lang: Lang,
    *,
    sheets: Mapping[str, Table] = TABLES,
    report: str = "",
    most_rows: int = MOST_ROWS,
) -> list[str]:
    """Write rows, in batches, to a new workbook, and return a sentence for everything that Excel's limits changed.

    Headings, sheets and enumerations are named in ``lang``. Cells of the kind ``link`` lead into ``report``, an address
    that is relative to the workbook; without one they stay empty. Temporary files are made beside ``path``. A sheet
    holds ``most_rows`` rows, including the heading.

    Raises:
        OSError: The file cannot be written.
    """
    making = _Making(lang, report, most_rows, path.parent)
    with ExitStack() as files:
        frame = io.BytesIO()
        book = Workbook(frame, {"in_memory": True})
        book.set_properties({"created": _CREATED})
        styles = CellStyles.of(book)
        parts = {name: _SheetRows(table, styles, making, files) for name, table in sheets.items()}
        for table, rows in batches:
            parts[table.name].add(rows)
        pieces = [piece for part in parts.values() for piece in part.finished(book)]
        book.close()
        _pack(frame, pieces, path, report)
    return [remark for part in parts.values() for remark in part.remarks()]


class _Piece(NamedTuple):
    """A finished sheet: the XML of its rows and of its links in files, and its extent."""

    rows: IO[bytes]
    links: IO[bytes]
    extent: str


def _pack(frame: IO[bytes], pieces: Sequence[_Piece], path: Path, report: str) -> None:
    """Write the workbook ``frame`` with the rows and links of its sheets; ``report`` is where they lead."""
    by_name = {f"xl/worksheets/sheet{number}.xml": piece for number, piece in enumerate(pieces, start=1)}
    with zipfile.ZipFile(frame) as made, path.open("wb") as file, zipfile.ZipFile(file, "w") as archive:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, _WRITTEN)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Nothing public sets the level of an entry with a date. Better ones take thrice the time for rows that are
            # so much alike, for a fifth of the size.
            entry._compresslevel = _QUICK  # type: ignore[attr-defined]
            with archive.open(entry, "w", force_zip64=name in by_name) as packed:
                for part in _filled(
                    made.read(name).replace(_ANYWHERE.encode(), escape(report).encode()), by_name.get(name)
                ):
                    shutil.copyfileobj(part, packed, _PIECE)


def _filled(xml: bytes, piece: _Piece | None) -> Iterator[IO[bytes]]:
    """Yield the parts of a file of the workbook: a sheet with its rows and links put in."""
    if piece is None:
        yield io.BytesIO(xml)
        return
    head, tail = _ROWS.split(_DIMENSION.sub(f'<dimension ref="{piece.extent}"/>'.encode(), xml))
    yield io.BytesIO(head + b"<sheetData>")
    yield piece.rows
    before, *behind = _LINKS.split(tail)
    yield io.BytesIO(b"</sheetData>" + before)
    for rest in behind:
        yield io.BytesIO(b"<hyperlinks>")
        yield piece.links
        yield io.BytesIO(b"</hyperlinks>" + rest)


class _SheetRows:
    """The rows of a table in one sheet, and in further ones where the table has more rows than a sheet can hold."""

    def __init__(self, table: Table, styles: CellStyles, making: _Making, files: ExitStack) -> None:
        self._table, self._making, self._files = table, making, files
        self._columns = [
            SheetColumn(column, letters(index), styles, making.lang) for index, column in enumerate(table.columns)
        ]
        self._cells = [(each.name, each.cell) for each in self._columns if making.report or not each.is_link]
        self._heads = "".join([column.heading() for column in self._columns])
        self._pieces: list[_Piece] = []
        self._unlinked = 0
        self._begin()

    def add(self, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), _TOGETHER):
            for row in rows[start : start + _TOGETHER]:
                if self._next == self._making.most_rows:
                    self._end()
                    self._begin()
                self._next += 1
                at = str(self._next)
                cells = "".join([cell(row[name], at) for name, cell in self._cells])
                self._waiting.append(f'<row r="{at}">{cells}</row>')
            self._flush()

    def finished(self, book: Workbook) -> Iterator[_Piece]:
        """Add the sheets to a workbook without their rows, which are yielded."""
        self._end()
        for name, piece in zip(self._names(), self._pieces, strict=True):
            self._lay_out(book.add_worksheet(name), piece)
            piece.rows.seek(0)
            piece.links.seek(0)
            yield piece

    def remarks(self) -> Iterator[str]:
        """Yield a sentence for everything that Excel's limits changed."""
        table, names, cut = self._table.name, self._names(), sum(column.cut for column in self._columns)
        if len(names) > 1:
            told = " and ".join([", ".join(names[:-1]), names[-1]])
            yield f"{table}: more than {self._making.most_rows:,} rows, the limit of a sheet; they are in {told}"
        if cut:
            yield (
                f"{table}: {cut} texts over {MOST_CHARACTERS:,} characters, the limit of a cell, "
                "were cut; the other formats hold them whole"
            )
        if self._unlinked:
            yield (
                f"{table}: {self._unlinked:,} rows do not lead into the report, since a sheet holds {MOST_LINKS:,} "
                "links; search the report for the notice"
            )

    def _names(self) -> list[str]:
        name = self._table.called(self._making.lang)
        return [f"{name} {number}" if number > 1 else name for number in range(1, len(self._pieces) + 1)]

    def _begin(self) -> None:
        place = self._making.place
        self._rows = self._files.enter_context(TemporaryFile(dir=place))  # noqa: SIM115
        self._links = self._files.enter_context(TemporaryFile(dir=place))  # noqa: SIM115
        self._waiting = [f'<row r="1">{self._heads}</row>']
        self._next, self._linked = 1, 0

    def _end(self) -> None:
        self._flush()
        self._pieces.append(_Piece(self._rows, self._links, f"A1:{letters(len(self._columns) - 1)}{self._next}"))

    def _flush(self) -> None:
        self._rows.write("".join(self._waiting).encode())
        self._waiting.clear()
        for column in self._columns:
            if column.links:
                room = MOST_LINKS - self._linked
                self._links.write("".join(column.links[:room]).encode())
                self._linked += len(column.links[:room])
                self._unlinked += len(column.links[room:])
            column.links.clear()

    def _lay_out(self, sheet: Any, piece: _Piece) -> None:
        """Set all of a sheet but its rows: filter, widths, what stays in sight, and how it prints."""
        for index, column in enumerate(self._columns):
            sheet.set_column(index, index, min(max(column.width, _NARROWEST), _WIDEST))
        sheet.autofilter(piece.extent)
        sheet.freeze_panes(1, sum(column.name in _FROZEN for column in self._columns[: len(_FROZEN)]))
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.set_margins(left=0.4, right=0.4)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.fit_to_pages(1, 0)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})  # no green corner at a label like 1
        if piece.links.tell():
            # This makes the relation to the report, which all links of the sheet share. Its address is put in later:
            # the library changes one that is relative.
            sheet.write_url(0, 0, _ANYWHERE, None, "x")
