"""Digits that could not be read, as people see them: the report and a review in headless Chromium."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import faults_of_access, opened, visited
from playwright.sync_api import Browser, Page, expect
from report_examples import UNREAD, notices, report, unread
from service_example import Client, serving

pytestmark = pytest.mark.browser

_NOTICE = "#/notice/unread"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of two notices whose digits are all read, and of one with some that are not."""
    return report(tmp_path_factory.mktemp("run"), [*notices(), *unread()])


def _at(path: str) -> str:
    return f"{_NOTICE}?at={quote(path)}"


def _chosen(page: Page) -> str:
    """The words that are lit in the text."""
    return "".join(page.locator(".text-lines .chosen").all_text_contents())


class TestReport:
    def test_are_counted_in_the_table_of_notices(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            head = page.locator(".panel-notices th").all_text_contents()
            column = next(k for k, name in enumerate(head) if name.startswith("未读数字"))
            rows = page.locator(".panel-notices tbody tr")
            assert [row.locator("th, td").nth(column).text_content() for row in rows.all()] == ["0", "0", "11"]

    def test_are_marked_in_the_text_and_a_legend_says_so(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _NOTICE) as page:
            assert page.locator(".mark-digits").all_text_contents() == ["未读出的数字", "9.8.7", "12.3.4", "④", "5.6.7"]
            expect(page.locator(".text-legend")).to_have_text("原文中标出：未读出的数字")
            assert "\n".join(page.locator(".line").all_text_contents()) == UNREAD
            page.get_by_role("button", name="English").click()
            expect(page.locator(".text-legend")).to_have_text("Marked in the text: unread digits")

    def test_where_all_are_read_that_is_said_and_nothing_marked(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, "#/notice/town") as page:
            expect(page.locator(".outline")).to_contain_text("未读数字48 位中没有")
            assert page.locator(".text-legend, .mark-digits").count() == 0

    def test_stand_beside_coverage_and_in_their_measures(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _NOTICE) as page:
            expect(page.locator(".outline")).to_contain_text("覆盖率59%未读数字59 位中的 11 位（4 处） 9.8.7")
            unread = page.locator(".measure .value-digits")
            assert unread.all_text_contents() == ["12.3.4", "④", "5.6.7"]
            page.locator(".mark-digits", has_text="5.6.7").click()
            expect(page.locator(".reading .chosen")).to_have_text("5.6.7")
            expect(page.locator(".reading .chosen")).to_be_in_viewport()
            expect(page.locator(".detail")).to_contain_text("未能读出是什么")
            expect(page.locator(".detail")).not_to_contain_text("读取")  # nobody read anything there

    def test_are_reached_by_keys(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _at("totals[0]")) as page:
            page.locator(".text-pane").focus()
            page.keyboard.press("ArrowRight")
            assert _chosen(page) == "9.8.7"
            page.keyboard.press("Enter")
            expect(page.locator(".outline .value:focus")).to_have_text("9.8.7")
            page.locator('.reading [data-path="issues[2].measures[1]"]:not([data-check]):not([data-unsure])').focus()
            page.keyboard.press("Tab")
            expect(page.locator(".measure .value:focus")).to_have_text("④")

    def test_their_checks_lead_to_them(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _NOTICE) as page:
            page.locator(".check", has_text="退还12.3.4万元").click()
            assert _chosen(page) == "12.3.4"

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_axe_finds_no_serious_fault(self, browser: Browser, file: Path, dark: bool) -> None:
        for path in ("outline.digits.unread[0]", "issues[2].measures[1]"):
            with opened(browser, file, _at(path), dark=dark) as page:
                assert faults_of_access(page) == [], path


def test_a_review_marks_them_and_opens_the_form_of_their_measure(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as service:
        with Client(service.port) as client:
            assert client.done({"unread.txt": UNREAD.encode()})["done"] == 1
        address = f"http://127.0.0.1:{service.port}/review/unread"
        with visited(browser, address, cookies=[{"name": "reviewer", "value": quote("甲")}]) as page:
            marks = page.locator(".text-lines .mark-digits")
            expect(marks).to_have_text(["9.8.7", "12.3.4", "④", "5.6.7"])
            marks.nth(1).click()
            expect(page.locator(".item-form[data-kind=measure]")).to_be_visible()
            expect(page.locator(".reading .value.chosen")).to_have_text("12.3.4")
            expect(page.locator(".reading .check.chosen")).to_contain_text("退还12.3.4万元")
