"""Spreadsheets of any format as the text of their ledgers."""

from __future__ import annotations

from typing import Literal, NamedTuple

from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_limits import Limits
from extractor.files.workbook.ledger_text import ledger_text
from extractor.files.workbook.sheet_cells import SheetCells

WorkbookFormat = Literal["xlsx", "xls", "ods", "csv"]


class WorkbookText(NamedTuple):
    """The text of a workbook's ledgers, and the charset of a text table; None for the other formats."""

    read: ReadText
    charset: str | None


def read_workbook(data: bytes, name: str, stem: str, form: WorkbookFormat, limits: Limits) -> WorkbookText:
    """Return the text of a spreadsheet's ledgers; ``name`` is for messages, ``stem`` the file's name without ending.

    Raises:
        InputError: it is damaged, encrypted, has no ledger, or exceeds a limit; or the extra ``ledger`` is missing.
    """
    if form == "csv":
        from extractor.files.workbook.csv_file import read_csv

        sheets, decoded = read_csv(data, name, stem, limits)
        return WorkbookText(ledger_text(sheets, name, stem), decoded.charset)
    return WorkbookText(ledger_text(_sheets(data, name, form, limits), name, stem), None)


def _sheets(data: bytes, name: str, form: WorkbookFormat, limits: Limits) -> list[SheetCells]:
    if form == "xlsx":
        from extractor.files.workbook.xlsx_file import read_xlsx

        return read_xlsx(data, name, limits)
    if form == "ods":
        from extractor.files.workbook.ods_file import read_ods

        return read_ods(data, name, limits)
    from extractor.files.workbook.xls_file import read_xls

    return read_xls(data, name, limits)
