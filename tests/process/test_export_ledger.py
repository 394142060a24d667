"""The ledger of a workbook: a row a measure, with its finding, its sentence's link and how far to trust it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs

import pytest
from cli_examples import NOTICE, command, write
from openpyxl import Workbook, load_workbook
from workbook_rows import write_xlsx

from extractor.exports.sheet_rows import report_place
from extractor.tables.columns import Row
from extractor.tables.sheets import SHEETS


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with a notice, a copy of it, and a report."""
    path = tmp_path_factory.mktemp("ledger")
    write(path, 甲=NOTICE, 乙=NOTICE)
    assert command("run", "甲.txt", "乙.txt", "--backend", "rules", cwd=path).status == 0
    assert command("report", "out", cwd=path).status == 0
    assert command("export", "out", "--to", "out/all.xlsx", cwd=path).status == 0
    return path


@pytest.fixture(scope="module")
def book(folder: Path) -> Workbook:
    with closing(load_workbook(folder / "out" / "all.xlsx")) as found:
        return found


def _rows(book: Workbook, name: str) -> list[dict[str, object]]:
    names = [column.name for column in SHEETS[name].columns]
    return [dict(zip(names, row, strict=True)) for row in book[SHEETS[name].zh].iter_rows(min_row=2, values_only=True)]


def test_the_ledger_is_first_and_has_the_finding_of_each_measure(book: Workbook) -> None:
    assert book.sheetnames == [sheet.zh for sheet in SHEETS.values()]
    assert book.sheetnames[0] == "整改台账"
    findings = {row["issue_id"]: row["title"] for row in _rows(book, "issues")}
    for row in _rows(book, "ledger"):
        assert row["finding"] == findings[row["issue_id"]]
        assert str(row["measure_id"]).endswith(f"#{row['number']}")
        assert row["source"] in {"甲.txt", "乙.txt"}


def test_a_measures_facts_stand_in_its_row(book: Workbook) -> None:
    figures = {(row["measure_id"], row["text"]) for row in _rows(book, "quantities")}
    told = {
        (row["measure_id"], each) for row in _rows(book, "ledger") for each in str(row["figures"] or "").split("；")
    }
    assert figures
    assert figures <= told


def test_a_fact_stands_behind_its_finding_and_its_sentence(book: Workbook) -> None:
    for row in _rows(book, "quantities"):
        assert list(row)[:4] == ["body", "edition", "finding", "sentence"]
        assert row["finding"] and str(row["text"]) in str(row["sentence"]) and str(row["sentence"]) in NOTICE


def test_a_copy_can_be_filtered_away(book: Workbook) -> None:
    for name in ("ledger", "quantities", "sums"):
        counts = [row["counts"] for row in _rows(book, name)]
        assert counts.count("是") == counts.count("否") > 0


def test_every_row_leads_to_its_place_in_the_report(book: Workbook) -> None:
    for name, sheet in SHEETS.items():
        at = [column.name for column in sheet.columns].index("link") if name != "trust" else None
        for cells in book[sheet.zh].iter_rows(min_row=2) if at is not None else ():
            link = cells[at].hyperlink
            assert (link.target, link.ref) == ("report.html", cells[at].coordinate)
            notice, _, question = link.location.removeprefix("/notice/").partition("?")
            assert notice in {"%E7%94%B2", "%E4%B9%99"}
            assert not question or parse_qs(question)["at"][0].startswith(("issues[", "totals", "contact", "outline"))


def test_a_report_elsewhere_is_named_relative_to_the_workbook(folder: Path) -> None:
    assert command("export", "out", "--to", "new/a.xlsx", cwd=folder).status == 0
    assert command("export", "out", "--to", "new/b.xlsx", "--report", "一份 报告.html", cwd=folder).status == 0
    targets = []
    for name in ("a", "b"):
        with closing(load_workbook(folder / "new" / f"{name}.xlsx")) as found:
            column = [each.name for each in SHEETS["ledger"].columns].index("link")
            targets.append(found["整改台账"].cell(2, column + 1).hyperlink.target)
    assert targets == ["../out/report.html", "一份 报告.html"]


def test_without_a_report_nothing_leads_anywhere(folder: Path) -> None:
    (folder / "out" / "report.html").rename(folder / "kept.html")
    try:
        assert command("export", "out", "--to", "none/a.xlsx", cwd=folder).status == 0
    finally:
        (folder / "kept.html").rename(folder / "out" / "report.html")
    with closing(load_workbook(folder / "none" / "a.xlsx")) as found:
        cells = [cell for row in found["整改台账"].iter_rows(min_row=2) for cell in row]
    assert not any(cell.hyperlink or cell.value == "打开" for cell in cells)


def test_how_far_fields_can_be_trusted_is_said(book: Workbook) -> None:
    told = {row["name"]: row["advice"] for row in _rows(book, "trust")}
    assert told["数量"] != told["数量连同对象"] == "只作线索"
    assert all(told.values())


def test_more_links_than_a_sheet_holds_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.exports.xlsx.MOST_LINKS", 2)
    rows: Sequence[Row] = [
        {
            column.name: report_place(str(number)) if column.kind == "link" else None
            for column in SHEETS["dates"].columns
        }
        for number in range(3)
    ]
    remarks = write_xlsx(
        [(SHEETS["dates"], rows)], tmp_path / "a.xlsx", "zh", sheets={"dates": SHEETS["dates"]}, report="r.html"
    )
    assert [remark.partition(",")[0] for remark in remarks] == ["dates: 1 rows do not lead into the report"]
