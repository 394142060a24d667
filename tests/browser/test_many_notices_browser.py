"""A report of many notices: the same ones count once, and those of one body are told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from browsing import faults_of_access, opened
from cli_examples import command
from page_examples import BODY, TITLE
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser

TEXT = "\n".join([TITLE, *BODY]).replace("党纪处分5人", "党纪处分5人,其中科级干部2人") + "\n"
YEARS = ("2021", "2022", "2023")


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three years of one body, one of them three times."""
    folder = tmp_path_factory.mktemp("many")
    for year in YEARS:
        text = TEXT.replace("2024", str(int(year) + 1)).replace("2023年9月", f"{year}年9月")
        (folder / f"y{year}.txt").write_text(text, encoding="utf-8")
    (folder / "copy.txt").write_text(TEXT, encoding="utf-8")
    (folder / "title.txt").write_text(TEXT.replace(TITLE, "巡察整改情况公开"), encoding="utf-8")
    assert command("run", ".", "--backend", "rules", cwd=folder).status == 0
    assert command("report", "out", cwd=folder).status == 0
    return folder / "out" / "report.html"


def figures(page: Page) -> list[str]:
    return page.locator(".key-figures .big").all_text_contents()


def test_copies_count_with_the_switch_only(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        expect(page.locator(".page-head")).to_contain_text("另有 2 篇")
        counted = figures(page)
        assert counted[:3] == ["3", "6", "12"]
        assert page.locator(".panel-notices tbody tr").count() == 3
        page.get_by_label("计入相同的通报").check()
        assert figures(page)[:3] == ["5", "10", "20"]
        assert page.locator(".panel-notices tbody tr").count() == 5
        page.locator(".key-figures a", has_text="20").click()
        expect(page.locator("[name=copies]")).to_be_checked()
        expect(page.locator(".tally")).to_contain_text("20 条")
        assert faults_of_access(page) == []


def test_years_are_told_apart_in_every_select_chart_and_table(browser: Browser, file: Path) -> None:
    names = [f"松林镇党委 {year}" for year in YEARS]
    with opened(browser, file) as page:
        choices = page.locator(".notice-choice option").all_text_contents()[1:]
        assert len(set(choices)) == len(choices) == 5
        for panel in ("documents", "money"):
            assert sorted(page.locator(f".panel-{panel} tbody th").all_text_contents()) == names
        assert page.locator(".panel-timeline tbody th").all_text_contents() == names
        assert sorted(page.locator(".panel-notices tbody b").all_text_contents()) == names
    with opened(browser, file, "#/list/measure") as page:
        assert set(page.locator("td.column-notice").all_text_contents()) == set(names)
        assert sorted(page.locator("[name=notice] option").all_text_contents()[1:]) == names


def test_a_notice_leads_to_the_other_years_and_a_copy_to_what_counts(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#/notice/y2021") as page:
        assert page.locator(".series a").all_text_contents() == list(YEARS)
        page.locator(".series a", has_text="2022").click()
        expect(page.locator(".series [aria-current]")).to_have_text("2022")
    with opened(browser, file, "#/notice/y2023") as page:
        page.locator(".copy-of a").click()
        expect(page.locator(".copy-of")).to_have_count(0)


def test_a_sum_opens_its_sentences_and_what_it_leaves_out(browser: Browser, file: Path) -> None:
    with opened(browser, file) as page:
        names = page.locator(".key-figures dt").all_text_contents()
        assert dict(zip(names, figures(page), strict=True))["党纪处分"] == "15 人"
        page.locator(".key-figures div", has_text="党纪处分").locator("a").click()
        expect(page.locator(".tally")).to_contain_text("党纪处分合计 15 人（3 处，不计 3 处）")
        assert page.locator("td.column-reason").all_text_contents() == ["计入", "其中项"] * 3
        assert page.locator("td.column-sentence .lit").all_text_contents() == ["5人", "2人"] * 3
        page.locator("[name=reason]").select_option("part")
        expect(page.locator("table.rows tbody tr")).to_have_count(3)
        assert faults_of_access(page) == []


def test_a_report_compares_the_years_of_a_body_as_the_service_does(browser: Browser, file: Path) -> None:
    with opened(browser, file, "#/notice/y2021") as page:
        page.locator(".to-compare").click()
        expect(page.locator(".strands tbody tr")).to_have_count(2)
        assert page.locator(".strands thead th").all_text_contents()[:3] == list(YEARS)
        page.get_by_label("2022").uncheck()
        assert page.locator(".strands thead th").all_text_contents()[:2] == ["2021", "2023"]
        row = page.locator(".compared-sums tr", has_text="党纪处分")
        assert row.locator("td").all_text_contents() == ["5", "5", "10"]
        assert faults_of_access(page) == []
        row.locator("th a").click()
        expect(page.locator(".tally")).to_contain_text("合计 10 人")
        page.go_back()
        expect(page.get_by_label("2022")).not_to_be_checked()
        page.get_by_label("单位（").fill("")
        page.keyboard.press("Enter")
        expect(page.locator(".series-part h2.series-name")).to_have_count(1)
        page.reload()
        expect(page.locator(".series-part .strands thead th")).to_have_count(4)
        assert faults_of_access(page) == []
        page.locator(".strands a.item").first.click()
        expect(page.locator("h1")).to_contain_text("松林镇")
