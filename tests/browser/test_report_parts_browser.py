"""A report of many notices: a small page, and parts beside it that are loaded from disk when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import faults_of_access, opened
from cli_examples import command
from playwright.sync_api import Browser, Page, expect
from report_examples import HOSTILE, TOWN, VILLAGE

from extractor.pages import report_parts, run_page

pytestmark = pytest.mark.browser

LATER = TOWN.replace("2024", "2026")
VIEWS = ("issue", "measure", "document", "quantity", "accountability", "sum", "total", "check")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The report of five notices as one file, and in parts of a notice each, in a folder with a Chinese name."""
    path = tmp_path_factory.mktemp("parts") / "结果 1"
    path.mkdir()
    texts = {"town": TOWN, "later": LATER, "copy": TOWN, "village": VILLAGE, "hostile": HOSTILE}
    for name, text in texts.items():
        (path / f"{name}.txt").write_text(text, encoding="utf-8")
    assert command("run", ".", "--backend", "rules", cwd=path).status == 0
    assert command("report", "out", "--to", "whole.html", cwd=path).status == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_page, "MOST_TOGETHER", 4)
        patch.setattr(report_parts, "_BLOCK", 1)
        done = command("report", "out", "--to", "通报.html", cwd=path)
    assert (done.status, "通报-parts-" in done.out) == (0, True)
    yield path


def test_shows_what_one_file_shows(browser: Browser, folder: Path) -> None:
    views = ["", *(f"#/list/{kind}" for kind in VIEWS), "#/list/measure?types=&q=追", "#/list/issue?sort=-category"]
    with opened(browser, folder / "whole.html") as whole, opened(browser, folder / "通报.html") as parts:
        for view in views:
            for page in (whole, parts):
                page.evaluate("view => { location.hash = view || '#/'; }", view)
                page.wait_for_selector("tbody tr")
            expect(parts.locator(".tally, .overview .page-head .soft").first).to_have_text(
                whole.locator(".tally, .overview .page-head .soft").first.text_content() or ""
            )
            if "sort" not in view:
                assert rows(parts) == rows(whole), view
            assert faults_of_access(parts) == []
        assert parts.evaluate("window.harmed") is None


def rows(page: Page) -> list[str]:
    return page.locator("tbody tr").all_text_contents()


def test_a_sentence_leads_to_its_notice_and_bodies_are_compared(browser: Browser, folder: Path) -> None:
    with opened(browser, folder / "通报.html", "#/list/quantity?sort=-value") as page:
        expect(page.locator("tbody tr").first).to_contain_text("265亿元")
        page.locator("tbody tr a.item").first.click()
        expect(page.get_by_role("complementary")).to_contain_text("265亿元")
        page.evaluate("location.hash = '#/compare'")
        expect(page.locator(".compared-recurring")).to_be_visible()
        page.get_by_role("button", name="English").click()
        expect(page.locator(".compared-recurring")).to_be_visible()


def test_a_folder_that_is_not_beside_it_is_named(browser: Browser, folder: Path, tmp_path: Path) -> None:
    alone = tmp_path / "通报.html"
    alone.write_bytes((folder / "通报.html").read_bytes())
    page = browser.new_page()
    page.goto(alone.as_uri())
    expect(page.get_by_role("alert")).to_contain_text("通报-parts-")
    page.close()


def test_a_new_report_takes_the_place_of_the_old_ones_parts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_page, "MOST_TOGETHER", 4)
    (before,) = folder.glob("通报-parts-*")
    assert command("report", "out", "--to", "通报.html", cwd=folder).status == 0
    assert [each.name for each in folder.glob("*parts-*")] != [before.name]
    assert not before.exists()
    assert sum(path.stat().st_size for path in folder.glob("通报-parts-*/*")) < 1_000_000
    assert (folder / "通报.html").stat().st_size < 250_000
