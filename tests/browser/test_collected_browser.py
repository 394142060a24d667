"""All notices of a service in a browser: from the overview to a list, a sentence and a correction, and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import faults_of_access, visited
from playwright.sync_api import Browser, expect
from report_examples import HARM, HOSTILE, TOWN, VILLAGE
from service_example import Client, Service, serving

pytestmark = pytest.mark.browser

LATER = TOWN.replace("2024年", "2025年")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    texts = {"town.txt": TOWN, "later.txt": LATER, "village.txt": VILLAGE, "hostile.txt": HOSTILE}
    with serving(tmp_path_factory.mktemp("collected") / "data", "--workers", "1") as running:
        with Client(running.port) as client:
            client.done({name: text.encode() for name, text in texts.items()})
        yield running


@pytest.fixture
def home(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


def test_a_number_leads_to_its_list_and_a_row_to_its_place(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview") as page:
        figure = page.locator(".key-figures a.big").nth(2)
        said = figure.inner_text()
        figure.click()
        expect(page.locator(".tally")).to_contain_text(f"{said} 条")
        assert "/overview#/list/measure" in page.url
        row = page.locator("table.rows a.item").first
        assert row.get_attribute("href").startswith("/review/")  # type: ignore[union-attr]
        assert "at=" in row.get_attribute("href")  # type: ignore[operator]


def test_a_view_is_kept_in_its_address(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview#/list/measure?status=completed&q=会议") as page:
        expect(page.locator("select[name=status]")).to_have_value("completed")
        expect(page.locator("input[name=q]")).to_have_value("会议")
        page.select_option("select[name=status]", "")
        expect(page.locator("table.rows, .list-place p")).to_be_visible()
        assert "status" not in page.url


def test_every_column_sorts_and_the_address_keeps_the_order(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview") as page:
        page.locator(".panel-notices th button[data-key=measures]").click()
        assert page.url.endswith("/overview#/?table=-measures")
        page.reload()
        expect(page.locator(".panel-notices th[aria-sort=descending]")).to_have_text("措施")
        for kind in ("issue", "measure", "document", "quantity", "accountability", "sum", "total", "check"):
            page.goto(f"{home}/overview#/list/{kind}?copies=1")
            expect(page.locator("main h1")).to_be_visible()
            assert page.locator(".list-place th:not(:has(button))").count() == 0, kind
        page.locator("th button[data-key=message]").press("Enter")
        expect(page.locator("th[aria-sort=ascending]")).to_be_visible()
        assert "sort=message" in page.url


def test_a_correction_shows_without_a_restart(browser: Browser, home: str, service: Service) -> None:
    address = f"{home}/overview#/list/issue?category=rural&notice=town"
    with visited(browser, address) as page, Client(service.port) as client:
        expect(page.locator(".tally")).to_be_visible()
        before = page.locator("table.rows tbody tr").count()
        change = {"op": "correct", "item": "issues[1]", "values": {"category": "rural"}}
        assert client.post("/v1/notices/town/changes", {"by": "甲", "seen": 0, "change": change}).status == 201
        page.reload()
        expect(page.locator("table.rows tbody tr")).to_have_count(before + 1)


def test_an_empty_list_leads_back_to_the_whole(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview#/list/measure?q=没有这几个字") as page:
        page.get_by_role("link", name="去掉条件").click()
        expect(page.locator("table.rows tbody tr").first).to_be_visible()
        expect(page.locator("input[name=q]")).to_have_value("")


def test_search_shows_sentences(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview#/search") as page:
        page.fill("input[name=q]", "党委 会议")
        expect(page.locator(".hit mark").first).to_be_visible()


def test_text_of_notices_does_nothing(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview") as page:
        for view in ("", "#/list/issue", "#/list/measure", "#/list/document", "#/search?q=script", "#/compare"):
            page.goto(f"{home}/overview{view}")
            expect(page.locator("main h1")).to_be_visible()
            assert page.evaluate("window.harmed") is None
            assert page.locator("main :is(img, script:not([type]))").count() == 0
    assert HARM


def test_axe_finds_no_serious_fault(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview") as page:
        for view in ("", "#/list/sum", "#/list/check", "#/search?q=党委", "#/compare"):
            page.goto(f"{home}/overview{view}")
            expect(page.locator("main h1")).to_be_visible()
            expect(page.locator("main :is(table, .hit, .compared p)").first).to_be_visible()
            assert faults_of_access(page) == [], view


def test_a_series_is_compared_and_the_address_keeps_the_choice(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview") as page:
        page.get_by_role("link", name="比较").click()
        expect(page.locator(".among").get_by_label("2024")).to_be_checked()
        expect(page.locator(".strands tbody tr")).to_have_count(3)
        page.locator(".among").get_by_label("2024").focus()
        page.keyboard.press("Space")
        expect(page.locator(".compared")).to_contain_text("请至少选两篇通报")
        village = page.locator("#compare-add option", has_text="").evaluate_all("all => all.map(each => each.value)")
        page.get_by_label("另加一篇通报").fill(next(name for name in village if "某区委" in name))
        page.keyboard.press("Enter")
        expect(page.locator(".compared-sums thead th.number")).to_have_count(3)
        expect(page.locator(".among").get_by_label("某区委 2023")).to_be_checked()
        page.reload()
        expect(page.locator(".compared-sums thead th.number")).to_have_count(3)
        assert faults_of_access(page) == []


def test_a_name_that_is_none_changes_nothing_and_is_told(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview#/compare") as page:
        expect(page.locator(".strands")).to_be_visible()
        page.get_by_label("单位（").fill("没有这个单位")
        page.keyboard.press("Enter")
        expect(page.locator("main [role=status]")).to_contain_text("没有这个单位")
        expect(page.locator(".strands")).to_be_visible()


def test_a_sum_of_compared_notices_opens_its_sentences(browser: Browser, home: str) -> None:
    with visited(browser, f"{home}/overview#/compare") as page:
        row = page.locator(".compared-sums tr", has_text="党纪处分")
        expect(row.locator("td").last).to_have_text("4")
        row.locator("th a").click()
        expect(page.locator(".tally")).to_contain_text("合计 4 人")
        expect(page.locator(".only-among")).to_contain_text("2 篇")
        page.get_by_role("button", name="看全部").click()
        assert "among" not in page.url
        expect(page.locator(".tally")).to_contain_text("党纪处分")


def test_an_empty_service_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    with (
        serving(tmp_path / "data", "--workers", "1") as running,
        visited(browser, f"http://127.0.0.1:{running.port}/overview") as page,
    ):
        expect(page.locator("main")).to_contain_text("上传")
        expect(page.get_by_role("link", name="去上传")).to_have_attribute("href", "/")
