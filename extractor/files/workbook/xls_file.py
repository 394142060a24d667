"""Excel workbooks up to 2003 (.xls, and .et saved as such) as sheets of displayed cells.

They are read by xlrd (the extra ``ledger``), which is the one library that gives this format's number formats, hidden
rows and merged cells.
"""

from __future__ import annotations

import io
from itertools import pairwise
from typing import Any

from extractor.errors import InputError
from extractor.files.parts.cell_places import cell_name
from extractor.files.sources.file_limits import Limits, size_in_mb
from extractor.files.workbook.number_formats import BUILT_IN, shown_number, shown_text
from extractor.files.workbook.sheet_cells import CellBudget, MergedCells, SheetCells

_TEXT, _NUMBER, _DATE, _TRUTH, _ERROR = 1, 2, 3, 4, 5
_NAMES = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}


def read_xls(data: bytes, name: str, limits: Limits) -> list[SheetCells]:
    """Return a workbook's sheets in order; ``name`` is for messages.

    Raises:
        InputError: xlrd is not installed, or the file is damaged, encrypted, no workbook, or exceeds a limit.
    """
    try:
        import xlrd
    except ImportError as error:
        raise InputError(
            f"{name}: is an Excel workbook up to 2003, which the extra ledger reads; "
            "pip install 'notice-extractor[ledger]', or save it as xlsx"
        ) from error
    if len(data) > limits.xls_bytes:
        raise InputError(
            f"{name}: {size_in_mb(len(data))} is more than the {size_in_mb(limits.xls_bytes)} of an Excel workbook up "
            "to 2003 that are read; save it as xlsx"
        )
    budget = CellBudget(name, limits)
    try:
        book = xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, ragged_rows=True, logfile=io.StringIO()
        )
        sheets = []
        for number in range(book.nsheets):
            sheets.append(_sheet(book, number, budget))
            book.unload_sheet(number)
    except InputError:
        raise
    except Exception as error:  # xlrd raises almost anything for a damaged file
        if "encrypted" in str(error).lower() or "password" in str(error).lower():
            raise InputError(f"{name}: is encrypted; save a copy without password and give that") from error
        raise InputError(
            f"{name}: cannot be read as an Excel workbook ({type(error).__name__}: {str(error)[:80]}); "
            "open it in a spreadsheet program and save it as xlsx"
        ) from error
    return sheets


def _sheet(book: Any, number: int, budget: CellBudget) -> SheetCells:
    found = book.sheet_by_index(number)
    sheet = SheetCells(found.name, budget, is_hidden=found.visibility != 0)
    sheet.hidden_columns.update(column for column, info in found.colinfo_map.items() if info.hidden or info.width == 0)
    sheet.merged += [MergedCells(top, left, below - 1, beside - 1) for top, below, left, beside in found.merged_cells]
    for row in range(found.nrows):
        info = found.rowinfo_map.get(row)
        for column in range(found.row_len(row)):
            _put(book, sheet, found, (row, column), in_hidden_row=bool(info and info.hidden))
    for (row, column), note in found.cell_note_map.items():
        sheet.leave_out("note", note.text, cell_name(row, column))
    return sheet


def _put(book: Any, sheet: SheetCells, found: Any, place: tuple[int, int], *, in_hidden_row: bool) -> None:
    kind = found.cell_type(*place)
    if kind not in (_TEXT, _NUMBER, _DATE, _TRUTH, _ERROR):
        return
    row, column = place
    value = found.cell_value(row, column)
    style = book.xf_list[found.cell_xf_index(row, column)]
    if book.font_list[style.font_index].struck_out:
        sheet.leave_out("struck", str(value), cell_name(row, column))
    elif kind == _TEXT:
        words, struck = _without_struck(book, value, found.rich_text_runlist_map.get(place, ()))
        if struck:
            sheet.leave_out("struck", struck, cell_name(row, column))
        shown = shown_text(words, _code(book, style.format_key))
        if words.strip() and not shown.strip():
            sheet.leave_out("hidden_cells", words, cell_name(row, column))
        sheet.put(row, column, shown, in_hidden_row=in_hidden_row)
    elif kind in (_NUMBER, _DATE):
        displayed = shown_number(value, _code(book, style.format_key), since_1904=book.datemode == 1)
        sheet.put_number(row, column, displayed, f"{value:.15g}", in_hidden_row=in_hidden_row)
    else:
        words = _NAMES.get(value, "#N/A") if kind == _ERROR else "TRUE" if value else "FALSE"
        sheet.put(row, column, words, in_hidden_row=in_hidden_row)


def _code(book: Any, key: int) -> str:
    stated = book.format_map.get(key)
    return str(BUILT_IN.get(key) or (stated.format_str if stated else "General"))


def _without_struck(book: Any, words: str, runs: Any) -> tuple[str, str]:
    """Return a text's parts that are shown, and those that its runs strike out."""
    shown: list[str] = []
    struck: list[str] = []
    starts = [(0, None), *runs, (len(words), None)]
    for (start, font), (end, _) in pairwise(starts):
        kept = struck if font is not None and book.font_list[font].struck_out else shown
        kept.append(words[start:end])
    return "".join(shown), "".join(struck)
