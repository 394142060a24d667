"""Ledgers in spreadsheets: cells as displayed, findings with what is in their columns, and the cell of each value."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from ledger_examples import HEADINGS, numbered, office_ledger, rows, workbook
from workbook_conversion import OFFICE, converted

from extractor.errors import InputError
from extractor.exports.exporter import export
from extractor.exports.written_notices import run_in
from extractor.files.parts.cell_places import CellPlaces, cell_places_from
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import Source
from extractor.files.workbook.number_formats import shown_number, shown_text
from extractor.files.workbook.workbook_file import read_workbook
from extractor.pipeline import ReadNotice, extract_file
from extractor.record.contract import Issue, Span
from extractor.runs.run import run
from extractor.runs.run_folder import stored_places

FORMATS = [
    "xlsx",
    pytest.param("xls", marks=[pytest.mark.office, pytest.mark.skipif(not OFFICE, reason="no LibreOffice")]),
    pytest.param("ods", marks=[pytest.mark.office, pytest.mark.skipif(not OFFICE, reason="no LibreOffice")]),
]


def read(data: bytes, name: str = "台账.xlsx") -> ReadNotice:
    return extract_file(Source(name), data, notice_id="ledger", lang="en")


def words(found: ReadNotice, *places: Span) -> list[str]:
    return [found.text[place.start : place.end] for place in places]


def cells(found: ReadNotice, *places: Span) -> list[str]:
    assert isinstance(found.places, CellPlaces)
    return [found.places.named(place.start, place.end) for place in places]


def codes(found: ReadNotice) -> list[str]:
    return [check.code for check in found.notice.checks]


def told(found: ReadNotice, kind: str) -> list[tuple[str, str]]:
    return [(entry.where, entry.words) for entry in found.left_out if entry.kind == kind]


def due(issue: Issue) -> str | None:
    return issue.deadline.value if issue.deadline else None


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (45107, 'yyyy"年"m"月"d"日"', "2023年6月30日"),
        (45107, '[$-804]yyyy"年"m"月"d"日";@', "2023年6月30日"),
        (45107, '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二三年六月三十日"),
        (45107, "[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "2023年6月30日"),
        (45107, "yyyy年m月", "2023年6月"),
        (45107.75, "yyyy-mm-dd hh:mm:ss", "2023-06-30 18:00:00"),
        (45107, "aaaa", "星期五"),
        (0.5, "h:mm AM/PM", "12:00 PM"),
        (1.5, "[h]:mm", "36:00"),
        (0.9567, "0.00%", "95.67%"),
        (1234567.891, "#,##0.00", "1,234,567.89"),
        (1234567, '0!.0,"万元"', "123.5万元"),
        (1234567, '0\\.0,"万"', "123.5万"),
        (35.6, '0.00"万元"', "35.60万元"),
        (35.6, 'General"万元"', "35.6万元"),
        (0.1 + 0.2, "General", "0.3"),
        (123, "00000", "00123"),
        (0, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "-"),
        (-5, "[Red]0;[Blue]-0", "-5"),
        (2.5, "0", "3"),
        (5, ";;;", ""),
    ],
)
def test_a_number_is_shown_by_its_format(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code) == (shown, True, 0)


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.5, "# ?/?", "0.5"),
        (45107, "d-mmm-yy", "2023/6/30"),
        (60, "yyyy/m/d", "60"),  # the 29 February 1900, which Excel alone has
        (-3.5, "0.0_);(0.0)", "-3.5"),  # without its sign it would be read as 3.5
        (12345, "[DBNum2]0", "12345"),
    ],
)
def test_a_format_that_is_not_understood_is_doubted(value: float, code: str, shown: str) -> None:
    assert shown_number(value, code)[:2] == (shown, False)


def test_serials_of_1904_are_other_days_and_a_hidden_year_is_told() -> None:
    assert shown_number(43645, "yyyy/m/d", since_1904=True).text == "2023/6/30"
    assert shown_number(45107, 'm"月"d"日"') == ("6月30日", True, 2023)


def test_texts_have_formats_too() -> None:
    assert shown_text("李明", '@"局长"') == "李明局长"
    assert shown_text("李明", ";;;") == ""
    assert shown_text("李明", "0.00") == "李明"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ReadNotice]:
    """What gives the office's ledger as read from each format."""
    folder = tmp_path_factory.mktemp("office")
    kept: dict[str, ReadNotice] = {}

    def found(form: str) -> ReadNotice:
        if form not in kept:
            data = office_ledger() if form == "xlsx" else converted(office_ledger(), form, folder)
            kept[form] = read(data, f"台账.{form}")
        return kept[form]

    return found


@pytest.mark.parametrize("form", FORMATS)
def test_an_office_s_ledger_is_read_finding_by_finding(form: str, office: Callable[[str], ReadNotice]) -> None:
    found = office(form)
    first, second, third = found.notice.issues
    assert found.notice.title == "松林县教育局党组关于县委巡察反馈问题整改情况的通报"
    assert [(issue.label, issue.title) for issue in found.notice.issues] == [
        ("1", "第一议题制度执行不到位"),
        ("2", "专项资金拨付滞后"),
        (None, "例会过多"),
    ]
    assert words(found, *(measure.text for measure in first.measures)) == [
        "修订《学习制度》。", "每月学习1次。", "已修订制度1项。", "开展警示教育。", "已开展警示教育6场。",
    ]  # fmt: skip
    assert [(figure.value, figure.unit) for figure in second.measures[1].quantities] == [(1234.5, "万元")]
    assert second.responsible == ["县教育局党组", "人事股"]  # merged with the cell above
    assert [due(second), due(third)] == ["2024-03", "../2024-06"]
    assert [second.status, third.responsible] == ["completed", ["王芳"]]


@pytest.mark.parametrize("form", FORMATS)
def test_every_value_leads_to_its_cell(form: str, office: Callable[[str], ReadNotice]) -> None:
    found = office(form)
    first, second, third = found.notice.issues
    assert cells(found, *first.spans["title"], *second.spans["title"], *third.spans["title"]) == [
        "党的建设!C6", "党的建设!C8", "作风建设!A2",
    ]  # fmt: skip
    assert cells(found, *(measure.text for measure in first.measures)) == [
        "党的建设!E6", "党的建设!E6", "党的建设!F6", "党的建设!E7", "党的建设!F7",
    ]  # fmt: skip
    assert cells(found, *second.spans["responsible"]) == ["党的建设!B6", "党的建设!B6"]
    assert second.deadline
    assert cells(found, second.deadline.text) == ["党的建设!D8"]


@pytest.mark.parametrize("form", FORMATS)
def test_what_is_not_displayed_is_named_with_its_place(form: str, office: Callable[[str], ReadNotice]) -> None:
    found = office(form)
    assert told(found, "hidden_cells") == [
        ("党的建设!9:9", "3 隐藏的问题 隐藏的措施。"),
        ("党的建设!I:I", "内部备忘 内部:处分3人。"),
        ("草稿", "问题 整改措施 旧问题 旧措施。"),
    ]
    assert told(found, "sheet") == [("通讯录", "姓名 电话 张三 0512-12345678")]
    assert told(found, "cell_error") == [("党的建设!G8", "#DIV/0!")]
    assert told(found, "struck") == [("党的建设!F7", "5")]
    assert [where for where, _ in told(found, "note")] == ["党的建设!E6"]
    assert {"hidden_cells", "sheet_passed_over", "cells_unread"} <= set(codes(found))


def test_five_hundred_rows_give_five_hundred_issues_with_their_cells() -> None:
    found = read(numbered(500))
    issues = found.notice.issues
    assert len(issues) == 500
    for number, issue in enumerate(issues, 1):
        row = number + 2
        assert (issue.label, issue.title) == (str(number), f"第{number}处库房物资管理不规范")
        assert issue.responsible == [f"第{number % 9}管理站", "县教育局", ("李明", "王芳")[number % 2]]
        assert due(issue) == date.fromordinal(738_700 + number % 300).isoformat()
        assert issue.status == ("completed", "in_progress")[number % 2]
        assert words(found, *(measure.text for measure in issue.measures)) == [
            f"清点库房物资{number}件。",
            "修订《管库办法》。",
            f"已清点库房物资{number}件,追缴{number}.5万元。",
        ]
        assert cells(found, *issue.spans["label"], *issue.spans["title"]) == [f"台账!A{row}", f"台账!B{row}"]
        assert cells(found, *(measure.text for measure in issue.measures)) == [
            f"台账!{column}{row}" for column in "CCG"
        ]
        assert issue.deadline
        assert cells(found, issue.deadline.text) == [f"台账!F{row}"]


def test_the_map_covers_the_text_and_lasts_in_a_run_s_folder(tmp_path: Path) -> None:
    (tmp_path / "台账.xlsx").write_bytes(numbered(3))
    out = tmp_path / "out"
    run([str(tmp_path / "台账.xlsx")], out)
    [written] = run_in(out).notices()
    notice, text = written.parsed(), written.text
    places = cell_places_from(stored_places(out, notice.notice_id))
    assert places
    covered = "".join(text[cell.start : cell.end] for cell in places.cells)
    assert covered == text.replace("\t", "").replace("\n", "")
    assert all(one.end <= other.start for one, other in pairwise(places.cells))
    assert places.cells[0].name == "台账!A1"
    result = export([written], tmp_path / "tables.csv", "zh")
    issues = next(file for file in result.files if "issues" in file.name).read_text(encoding="utf-8-sig")
    assert "台账!A3:G3" in issues


BOM = "\ufeff"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", "问题,整改措施,责任人\r\n库房失管,\"1.清点12件。\n2.登记,入账。\",李明\r\n".encode("gbk")),
        ("a.csv", (BOM + "问题;整改措施;责任人\n库房失管;\"1.清点12件。\n2.登记,入账。\";李明\n").encode()),
        ("a.csv", "sep=|\r\n问题|整改措施|责任人\r\n库房失管|\"1.清点12件。\n2.登记,入账。\"|李明\r\n".encode()),
        ("a.tsv", "问题\t整改措施\t责任人\n库房失管\t\"1.清点12件。\n2.登记,入账。\"\t李明\n".encode("utf-16")),
    ],
    ids=["GBK, commas", "UTF-8, semicolons", "the delimiter stated", "UTF-16, tabs"],
)  # fmt: skip
def test_text_tables_are_read_with_any_delimiter_and_charset(name: str, data: bytes) -> None:
    found = read(data, name)
    [issue] = found.notice.issues
    assert words(found, *(measure.text for measure in issue.measures)) == ["清点12件。", "登记,入账。"]
    assert issue.responsible == ["李明"]
    assert cells(found, *issue.spans["title"], issue.measures[1].text) == ["a!A2", "a!B2"]


def test_a_formula_without_a_value_is_named_and_one_with_a_value_is_read() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["问题", "整改措施", "进展"])
    book.active.append(["库房失管", "清点库房。", '="已清点"&12&"件。"'])
    target = io.BytesIO()
    book.save(target)
    found = read(target.getvalue())
    assert told(found, "formula_unread") == [("Sheet!C2", '="已清点"&12&"件。"')]
    assert "cells_unread" in codes(found)

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, ["问题", "整改措施", "进展"])
        sheet.write_row(1, 0, ["库房失管", "清点库房。"])
        sheet.write_formula(1, 2, '="已清点"&12&"件。"', None, "已清点12件。")

    issue = read(workbook(fill)).notice.issues[0]
    assert [figure.value for figure in issue.measures[1].quantities] == [12]


def test_numbers_dates_and_formats_of_a_sheet_are_as_displayed() -> None:
    def fill(book: Any) -> None:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_row(0, 0, ["问题", "整改措施", "整改时限", "完成情况"])
        sheet.write_row(1, 0, ["库房失管", "清点１２件物资。"])
        sheet.write_number(1, 2, 43645, book.add_format({"num_format": 'm"月"d"日"'}))
        sheet.write_number(1, 3, 0.5, book.add_format({"num_format": "# ?/?"}))

    found = read(workbook(fill, date_1904=True))
    assert told(found, "hidden_year") == [("Sheet1!C2", "6月30日: 2023")]
    assert told(found, "number_format") == [("Sheet1!D2", "0.5")]
    assert {"hidden_year", "number_format"} <= set(codes(found))
    assert [figure.value for figure in found.notice.issues[0].measures[0].quantities] == [12]


def test_the_phonetic_guide_of_a_text_is_left_out() -> None:
    guide = '<rPh sb="0" eb="2"><t>kufang</t></rPh><phoneticPr fontId="1"/>'
    data = patched(
        rows(HEADINGS, (1, "库房失管", "清点库房。")), "xl/sharedStrings.xml", "失管</t>", f"失管</t>{guide}"
    )
    assert read(data).notice.issues[0].title == "库房失管"


def test_columns_of_two_sheets_may_stand_in_different_orders() -> None:
    def fill(book: Any) -> None:
        for name, headings, cells_ in (
            ("一", ("序号", "问题", "整改措施"), (1, "库房失管", "清点库房。")),
            ("二", ("整改措施", "责任单位", "问题", "序号"), ("合并例会。", "党政办", "例会过多", 1)),
        ):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, headings)
            sheet.write_row(1, 0, cells_)

    found = read(workbook(fill))
    assert [issue.title for issue in found.notice.issues] == ["库房失管", "例会过多"]
    assert [words(found, *(m.text for m in issue.measures)) for issue in found.notice.issues] == [
        ["清点库房。"],
        ["合并例会。"],
    ]


def test_a_cell_that_looks_like_another_column_s_stays_in_its_own() -> None:
    found = read(
        rows(
            ("序号", "问题", "整改措施", "责任单位", "整改时限"),
            (
                "1-1",
                "库房失管",
                "95%",
                "局党组书记李明,分管领导王芳。",
                "按上级要求分步实施,具体见附件三所列的时间安排",
            ),
        )
    )
    [issue] = found.notice.issues
    assert (issue.label, issue.title, due(issue)) == ("1-1", "库房失管", None)
    assert words(found, *(measure.text for measure in issue.measures)) == ["95%"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((("姓名", "电话"), ("李明", "12345")), "no such heading was found"),
        ((("序号", "问题", "责任单位"), (1, "库房失管", "镇财政所")), "only 序号, 问题, 责任单位 were found"),
        ((), "its sheets are empty"),
    ],
    ids=["another table", "no answers", "nothing"],
)
def test_a_workbook_that_is_no_ledger_says_what_is_missing(lines: tuple[tuple[Any, ...], ...], said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(rows(*lines))


def test_a_file_s_name_is_the_title_where_no_row_is() -> None:
    data = rows(HEADINGS, (1, "库房失管", "清点库房。"))
    assert read(data, "松林镇巡察反馈问题整改台账.xlsx").notice.title == "松林镇巡察反馈问题整改台账"
    assert read(data, "data.xlsx").text.startswith("序号")


def patched(data: bytes, part: str, old: str, new: str) -> bytes:
    """Return a package in which a part's words are replaced."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        for entry in source.infolist():
            content = source.read(entry)
            if entry.filename == part:
                assert old in content.decode()
                content = content.decode().replace(old, new, 1).encode()
            made.writestr(entry.filename, content)
    return target.getvalue()


def sheet_of(name: str, cells_: str) -> bytes:
    """Return an OpenDocument spreadsheet with these rows in XML."""
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"' for prefix in ("office", "table", "text")
    )
    content = (
        f"<?xml version='1.0'?>{name}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f"<table:table table:name='a'>{cells_}</table:table></office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr("content.xml", content)
    return target.getvalue()


SMALL = rows(HEADINGS, (1, "库房失管", "清点库房。"))
CELL = "<table:table-cell{}><text:p>x</text:p></table:table-cell>"
REPEATED = " table:number-columns-repeated='1000000000'"
DTD = '<!DOCTYPE a [<!ENTITY b "12"><!ENTITY c "&b;&b;">]>'
HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "one long text in many cells": (
        "a.xlsx",
        patched(
            patched(SMALL, "xl/sharedStrings.xml", "库房失管", "问" * 30_000),
            "xl/worksheets/sheet1.xml", "</sheetData>",
            '<row r="9">' + '<c t="s"><v>8</v></c>' * 200 + "</row></sheetData>",
        ),
        "more than 2,000,000 characters",
    ),
    "an entity in a sheet": (
        "a.xlsx",
        patched(SMALL, "xl/worksheets/sheet1.xml", "<worksheet", f"{DTD}<worksheet"),
        "document type definition",
    ),
    "a cell that no sheet has": (
        "a.xlsx",
        patched(SMALL, "xl/worksheets/sheet1.xml", 'r="A2"', 'r="ZZZ2"'),
        "names a cell that no sheet has",
    ),
    "repeated columns": (
        "a.ods",
        sheet_of("", f"<table:table-row>{CELL.format(REPEATED)}</table:table-row>" * 40),
        "more than 500,000 filled cells",
    ),
    "repeated rows": (
        "a.ods",
        sheet_of("", f"<table:table-row table:number-rows-repeated='1000000000'>{CELL.format('')}</table:table-row>"),
        "more than 500,000 filled cells",
    ),
    "an entity in a document": ("a.ods", sheet_of(DTD, "<table:table-row/>"), "document type definition"),
    "rows without end": ("a.csv", ("问题,整改措施\n" + "a,b\n" * 250_001).encode(), "more than 500,000 filled cells"),
    "a quote that does not close": (
        "a.csv",
        ('问题,整改措施\n"' + "问" * 2_000_001).encode(),
        "no table that can be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_within_the_limits(case: str) -> None:
    name, data, said = HOSTILE[case]
    with pytest.raises(InputError, match=said):
        read(data, name)


OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    "data",
    [OLD + bytes(500) + "Workbook".encode("utf-16-le") + bytes(2000), OLD + b"\xff" * 504 + b"\x01" * 4000],
    ids=["a workbook that ends early", "a stream that leads nowhere"],
)
def test_a_damaged_workbook_of_2003_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read as an Excel workbook"):
        read_workbook(data, "a.xls", "a", "xls", DEFAULT_LIMITS)
    with pytest.raises(InputError, match="is more than the"):
        read_workbook(data, "a.xls", "a", "xls", replace(DEFAULT_LIMITS, xls_bytes=100))


def test_a_stated_size_costs_nothing() -> None:
    data = patched(SMALL, "xl/worksheets/sheet1.xml", 'ref="A1:H2"', 'ref="A1:XFD1048576"')
    assert len(read(data).notice.issues) == 1


def test_empty_cells_may_be_repeated_to_the_end_of_the_sheet() -> None:
    empty = "<table:table-cell table:number-columns-repeated='16384'/>"
    rest = f"<table:table-row table:number-rows-repeated='1048570'>{empty}</table:table-row>"
    headings = "".join(CELL.format("").replace(">x<", f">{words_}<") for words_ in ("问题", "整改措施", "责任人"))
    line = "".join(CELL.format("").replace(">x<", f">{words_}<") for words_ in ("库房失管", "清点12件。", "李明"))
    data = sheet_of(
        "", f"<table:table-row>{headings}</table:table-row><table:table-row>{line}{empty}</table:table-row>{rest}"
    )
    assert [issue.title for issue in read(data, "a.ods").notice.issues] == ["库房失管"]
