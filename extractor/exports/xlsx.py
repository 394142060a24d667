"""An Excel workbook with a sheet for each table, written row by row.

XlsxWriter makes all of it but the rows, which ``sheet_parts`` writes as XML: that takes a fraction of the time, and the
most of a workbook are rows. Every text is a string cell, so that none ever becomes a formula, a link or a number.
Limits of Excel are handled here: cells over 32,767 characters are cut, tables over 1,048,576 rows continue in a further
sheet, links over 65,530 are left out; all is reported. Characters that XML forbids are escaped as in Excel
(``_x0001_``), and spreadsheets undo that.
"""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from xlsxwriter import Workbook

from extractor.exports.sheet_columns import MOST_CHARACTERS, ROW, CellStyles, letters
from extractor.exports.sheet_parts import ROW_END, SheetPart, SheetSettings, headings
from extractor.tables.columns import Table

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


_MARK, _END = ROW.encode(), ROW_END.encode()


class WorkbookPlan(NamedTuple):
    """The settings of a workbook: its sheets, language, where links lead, whether there are reviews, a sheet's rows."""

    sheets: Mapping[str, Table]
    lang: Lang
    report: str = ""
    has_reviews: bool = False
    most_rows: int = MOST_ROWS


def write_parts(
    parts: Callable[[SheetSettings], Iterator[tuple[str, SheetPart]]], path: Path, plan: WorkbookPlan
) -> list[str]:
    """Write a new workbook from parts of its sheets, and return a sentence for everything that Excel's limits changed.

    ``parts`` yields them, each with the sheet's name, made by the settings that it is called with. Headings, sheets and
    enumerations are named in the plan's language. Cells of the kind ``link`` lead into its ``report``, an address that
    is relative to the workbook; without one they stay empty. Temporary files are made beside ``path``. A sheet holds
    the plan's ``most_rows`` rows, including the heading.

    Raises:
        OSError: The file cannot be written.
    """
    with ExitStack() as files:
        frame = io.BytesIO()
        book = Workbook(frame, {"in_memory": True})
        book.set_properties({"created": _CREATED})
        settings = SheetSettings(CellStyles.of(book), plan.lang, bool(plan.report), plan.has_reviews)
        sheets = {
            name: _SheetRows(table, settings, plan, _Files(files, path.parent)) for name, table in plan.sheets.items()
        }
        for name, part in parts(settings):
            sheets[name].add(part)
        pieces = [piece for sheet in sheets.values() for piece in sheet.finished(book)]
        book.close()
        _pack(frame, pieces, path, plan.report)
    return [remark for sheet in sheets.values() for remark in sheet.remarks()]


class _Files(NamedTuple):
    """Temporary files in a folder, closed together."""

    closing: ExitStack
    folder: Path

    def new(self) -> IO[bytes]:
        """Return a new one."""
        return self.closing.enter_context(TemporaryFile(dir=self.folder))


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

    def __init__(self, table: Table, settings: SheetSettings, plan: WorkbookPlan, files: _Files) -> None:
        self._table, self._plan, self._files = table, plan, files
        self._heads, self._widths = headings(table, settings)
        self._link = next((letters(at) for at, column in enumerate(table.columns) if column.kind == "link"), "")
        self._pieces: list[_Piece] = []
        self._cut = self._unlinked = 0
        self._begin()

    def add(self, part: SheetPart) -> None:
        """Add rows, which get their numbers here."""
        self._cut += part.cut
        self._widths = [max(widths) for widths in zip(self._widths, part.widths, strict=True)]
        rows, links = part.rows.split(_END), part.links.split(_END)
        rows.pop()
        for start in range(0, len(rows), _TOGETHER):
            waiting: list[bytes] = []
            for at in range(start, min(start + _TOGETHER, len(rows))):
                if self._next == self._plan.most_rows:
                    self._rows.write(b"".join(waiting))
                    waiting.clear()
                    self._end()
                    self._begin()
                self._next += 1
                waiting.append(rows[at].replace(_MARK, b"%d" % self._next))
                if part.links:
                    self._add_link(links[at])
            self._rows.write(b"".join(waiting))

    def _add_link(self, place: bytes) -> None:
        if self._linked == MOST_LINKS:
            self._unlinked += 1
            return
        self._linked += 1
        ref = f"{self._link}{self._next}".encode()
        self._links.write(b'<hyperlink ref="%s" r:id="rId1" location="%s"/>' % (ref, place))

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
        table, names, cut = self._table.name, self._names(), self._cut
        if len(names) > 1:
            told = " and ".join([", ".join(names[:-1]), names[-1]])
            yield f"{table}: more than {self._plan.most_rows:,} rows, the limit of a sheet; they are in {told}"
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
        name = self._table.called(self._plan.lang)
        return [f"{name} {number}" if number > 1 else name for number in range(1, len(self._pieces) + 1)]

    def _begin(self) -> None:
        self._rows, self._links = self._files.new(), self._files.new()
        self._rows.write(f'<row r="1">{self._heads}</row>'.encode())
        self._next, self._linked = 1, 0

    def _end(self) -> None:
        self._pieces.append(_Piece(self._rows, self._links, f"A1:{letters(len(self._table.columns) - 1)}{self._next}"))

    def _lay_out(self, sheet: Any, piece: _Piece) -> None:
        """Set all of a sheet but its rows: filter, widths, what stays in sight, and how it prints."""
        for index, width in enumerate(self._widths):
            sheet.set_column(index, index, min(max(width, _NARROWEST), _WIDEST))
        sheet.autofilter(piece.extent)
        sheet.freeze_panes(1, sum(column.name in _FROZEN for column in self._table.columns[: len(_FROZEN)]))
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
