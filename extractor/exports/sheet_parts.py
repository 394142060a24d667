"""Parts of a workbook's sheets: the rows of some notices as XML, made in other processes where notices are many."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from extractor.exports.sheet_columns import ROW, CellStyles, SheetColumn, letters
from extractor.exports.sheet_rows import SheetSource, sheet_rows
from extractor.exports.written_notices import WrittenNotice
from extractor.tables.columns import Row, Table
from extractor.tables.sheets import SHEETS, SHEETS_WITH_REVIEWS, TRUST

if TYPE_CHECKING:
    from extractor.record.checks import Lang

ROW_END = "\x02"
"""The end of each row of a part; XML holds no such character."""
_MEASURED_FIRST, _MEASURED = 500, 25
"""Cells that determine a column's width: of the first notices, and of each of the parts behind."""


class SheetSettings(NamedTuple):
    """The settings of a workbook: the numbers of its formats, its language, whether there is a report, and reviews."""

    styles: CellStyles
    lang: Lang
    has_report: bool
    has_reviews: bool = False


class SheetPart(NamedTuple):
    """Rows of a sheet as XML, ``ROW`` in place of their numbers, ``ROW_END`` behind each; and where their links lead.

    ``widths`` are those that the columns need in half-width characters, ``cut`` is the number of texts that were cut.
    """

    rows: bytes
    links: bytes
    number: int
    widths: Sequence[int]
    cut: int


class NoticesTogether(NamedTuple):
    """Some notices of a run, whose rows are made together; ``is_first`` of the first of them all."""

    notices: Sequence[WrittenNotice]
    is_first: bool


def parts_of(settings: SheetSettings, together: NoticesTogether) -> list[tuple[str, SheetPart]]:
    """Return the parts of all sheets that some notices make, each with the sheet's name.

    Raises:
        InputError: a notice breaks the contract, or its text is another.
    """
    sheets = {name: sheet for name, sheet in sheets_of(settings.has_reviews).items() if name != TRUST}
    rows: dict[str, list[Row]] = {name: [] for name in sheets}
    for written in together.notices:
        source = SheetSource(written.file, settings.lang, written.review or {})
        for name, own in sheet_rows(written.parsed(), written.text, written.named(), source).items():
            rows[name] += own
    measured = _MEASURED_FIRST if together.is_first else _MEASURED
    return [(name, part_of(sheet, rows[name], settings, measured)) for name, sheet in sheets.items() if rows[name]]


def sheets_of(has_reviews: bool) -> Mapping[str, Table]:
    """Return the sheets of a workbook."""
    return SHEETS_WITH_REVIEWS if has_reviews else SHEETS


def part_of(table: Table, rows: Iterable[Row], settings: SheetSettings, measured: int = _MEASURED_FIRST) -> SheetPart:
    """Return rows of a sheet as XML; ``measured`` cells of a column are looked at for its width."""
    columns = list(_columns(table, settings, measured))
    cells = [(each.name, each.cell) for each in columns if settings.has_report or not each.is_link]
    made = [f'<row r="{ROW}">{"".join([cell(row[name]) for name, cell in cells])}</row>{ROW_END}' for row in rows]
    links = ROW_END.join([place for column in columns for place in column.links])
    cut = sum(column.cut for column in columns)
    return SheetPart("".join(made).encode(), links.encode(), len(made), [column.width for column in columns], cut)


def headings(table: Table, settings: SheetSettings) -> tuple[str, list[int]]:
    """Return the cells of the first row as XML, and the widths that they need."""
    columns = list(_columns(table, settings, 0))
    return "".join([column.heading() for column in columns]), [column.width for column in columns]


def _columns(table: Table, settings: SheetSettings, measured: int) -> Iterator[SheetColumn]:
    for index, column in enumerate(table.columns):
        yield SheetColumn(column, letters(index), settings.styles, settings.lang, measured)
