"""How a workbook looks, and what becomes of what Excel cannot hold."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from cli_examples import NOTICE
from openpyxl import Workbook, load_workbook
from openpyxl.utils.escape import unescape
from workbook_rows import write_xlsx

from extractor import extract
from extractor.exports.sheet_columns import MOST_CHARACTERS
from extractor.exports.xlsx import MOST_ROWS
from extractor.tables.columns import TABLES, Row
from extractor.tables.rows import notice_rows


def _written(path: Path, table: str, rows: list[Row], most_rows: int = MOST_ROWS) -> tuple[Workbook, list[str]]:
    remarks = write_xlsx([(TABLES[table], rows)], path / "a.xlsx", "en", most_rows=most_rows)
    with closing(load_workbook(path / "a.xlsx")) as book:
        return book, remarks


def _row(table: str, **cells: object) -> Row:
    return {column.name: cells.get(column.name) for column in TABLES[table].columns}  # type: ignore[misc]


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    path = tmp_path_factory.mktemp("book") / "a.xlsx"
    rows = notice_rows(extract(NOTICE, notice_id="n"), NOTICE)
    write_xlsx([(TABLES[name], found) for name, found in rows.items()], path, "zh")
    with closing(load_workbook(path)) as found:
        return found


def test_headings_stay_in_sight_and_filter(book: Workbook) -> None:
    for name, table in TABLES.items():
        sheet = book[table.zh]
        assert sheet.freeze_panes == "A2", name
        assert sheet.auto_filter.ref == sheet.dimensions, name
        assert [cell.font.bold for cell in sheet[1]] == [True] * len(table.columns)
        assert sheet.print_title_rows == "$1:$1"


def test_cells_are_typed(book: Workbook) -> None:
    sheet = book[TABLES["quantities"].zh]
    cells = dict(zip([column.name for column in TABLES["quantities"].columns], sheet[4], strict=True))
    assert cells["value"].value == 1.5
    assert (cells["base_value"].value, cells["base_value"].number_format) == (15_000, "#,##0")
    assert (cells["text"].value, cells["text_start"].data_type) == ("1.5万元", "n")
    notice = dict(zip([column.name for column in TABLES["notices"].columns], book["通报"][2], strict=True))
    assert notice["signed_on"].is_date
    assert notice["coverage"].number_format == "0.0%"
    assert (notice["digits_unread"].value, notice["digits_unread"].data_type) == (0, "n")


def test_a_printed_date_is_a_day_only_where_one_is_printed(tmp_path: Path) -> None:
    dates = ["2024-04-29", "2024-04", "1900-02-28", "2024-04-31"]
    book, _ = _written(tmp_path, "notices", [_row("notices", notice_id=each, signed_on=each) for each in dates])
    column = [each.name for each in TABLES["notices"].columns].index("signed_on")
    values = [row[column].value for row in book["notices"].iter_rows(min_row=2)]
    assert [getattr(value, "date", lambda v=value: v)() for value in values] == [date(2024, 4, 29), *dates[1:]]


def test_columns_are_as_wide_as_what_they_hold(tmp_path: Path) -> None:
    chinese = "追缴违规资金" * 3
    rows = [_row("quantities", subject=chinese, base_unit="x" * 18, text="长" * 500)]
    book, _ = _written(tmp_path, "quantities", rows)
    sheet, names = book["quantities"], [column.name for column in TABLES["quantities"].columns]
    width = {name: sheet.column_dimensions[sheet.cell(1, at).column_letter].width for at, name in enumerate(names, 1)}
    assert width["subject"] >= 2 * len(chinese) > width["base_unit"] >= 18
    assert width["text"] <= 61
    assert sheet.cell(2, names.index("text") + 1).alignment.wrap_text


def test_a_text_too_long_for_a_cell_is_cut_and_that_is_said(tmp_path: Path) -> None:
    texts = ["长" * MOST_CHARACTERS, "长" * (MOST_CHARACTERS + 1), "𠮷" * MOST_CHARACTERS]
    book, remarks = _written(tmp_path, "measures", [_row("measures", measure_id=text[:1], text=text) for text in texts])
    column = [each.name for each in TABLES["measures"].columns].index("text")
    found = [row[column].value for row in book["measures"].iter_rows(min_row=2)]
    kept = zip(found, [texts[0], texts[0], "𠮷" * (MOST_CHARACTERS // 2)], strict=True)
    assert [len(cell) if cell == whole else "another" for cell, whole in kept] == [32_767, 32_767, 16_383]
    (remark,) = remarks
    assert remark.startswith("measures: 2 texts over 32,767 characters")


def test_a_table_too_long_for_a_sheet_goes_on_in_another_and_that_is_said(tmp_path: Path) -> None:
    rows = [_row("dates", value=str(number)) for number in range(7)]
    book, remarks = _written(tmp_path, "dates", rows, most_rows=4)
    assert [name for name in book.sheetnames if name.startswith("dates")] == ["dates", "dates 2", "dates 3"]
    column = [each.name for each in TABLES["dates"].columns].index("value")
    sheets = [[row[column].value for row in book[name]] for name in ("dates", "dates 2", "dates 3")]
    assert sheets == [["date", "0", "1", "2"], ["date", "3", "4", "5"], ["date", "6"]]
    assert book["dates 2"].freeze_panes == "A2"
    assert remarks == ["dates: more than 4 rows, the limit of a sheet; they are in dates, dates 2 and dates 3"]


def test_no_text_is_a_formula_or_a_link(tmp_path: Path) -> None:
    texts = ["=1+1", "http://example.com", "<r><t>x</t></r>", "mailto:a@example.com", "{=1}", "_x003D_1"]
    book, _ = _written(tmp_path, "dates", [_row("dates", text=text) for text in texts])
    column = [each.name for each in TABLES["dates"].columns].index("text")
    cells = [row[column] for row in book["dates"].iter_rows(min_row=2)]
    assert [unescape(cell.value) for cell in cells] == texts
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
