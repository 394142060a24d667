"""What is handed on: a sentence with its source, and a notice on paper, finding by finding."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pypdfium2
import pytest
from browsing import opened, visited
from cli_examples import command
from playwright.sync_api import Browser, Page, expect
from report_examples import TOWN, VILLAGE
from service_example import Client, Service, serving

pytestmark = pytest.mark.browser

FIGURE = "issues[1].measures[0].quantities[0]"
SENTENCE = "一是追缴违规资金1.5万元,清退补贴3000元,约谈5人,党纪处分2人。"
CITED = f"“{SENTENCE}”——《某县𠮷镇党委关于巡察整改进展情况的通报》（𠮷镇党委，2024年12月1日），问题“2 资金管理不严”"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of two notices."""
    folder = tmp_path_factory.mktemp("handed")
    for name, text in (("town", TOWN), ("village", VILLAGE)):
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    assert command("run", ".", "--backend", "rules", cwd=folder).status == 0
    assert command("report", "out", cwd=folder).status == 0
    return folder / "out" / "report.html"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("handed") / "data", "--workers", "1") as running:
        with Client(running.port) as client:
            assert client.done({"town.txt": TOWN.encode()})["done"] == 1
            note = {"op": "note", "item": "issues[1]", "words": "请核对金额"}
            assert client.post("/v1/notices/town/changes", {"by": "王芳", "seen": 0, "change": note}).status == 201
        yield running


def copied(page: Page) -> str:
    expect(page.locator(".cited")).to_have_text("已复制")
    page.context.grant_permissions(["clipboard-read"])
    words: str = page.evaluate("navigator.clipboard.readText()")
    return words


def words_of(pdf: Path) -> str:
    """The text of a PDF without blanks and line ends, which lines on paper add."""
    document = pypdfium2.PdfDocument(pdf)
    with document:
        return "".join("".join(page.get_textpage().get_text_range().split()) for page in document)


def test_a_report_gives_the_sentence_with_its_source(browser: Browser, file: Path) -> None:
    with opened(browser, file, f"#/notice/town?at={FIGURE}") as page:
        page.get_by_role("button", name="复制原句和出处").click()
        said = copied(page)
        assert said.startswith(CITED)
        start = TOWN.index("1.5万元")
        address = "report.html#/notice/town?at=issues%5B1%5D.measures%5B0%5D.quantities%5B0%5D"
        assert said.removeprefix(CITED) == f"，正文第{start + 1}至{start + 5}字，{address}"


def test_review_gives_it_by_a_key_with_a_link_that_opens_it(browser: Browser, service: Service) -> None:
    home = f"http://127.0.0.1:{service.port}/review/town"
    cookies = [{"name": "reviewer", "value": quote("甲")}]
    with visited(browser, f"{home}?at={FIGURE}", cookies=cookies) as page:
        expect(page.locator(".detail .tools form")).to_have_count(2)
        page.locator("main").focus()
        page.keyboard.press("q")
        expect(page.locator(".said")).to_have_text("已复制")
        said = copied(page)
        assert said.startswith(CITED)
        page.goto(said.rpartition("，")[2])
        expect(page.locator(".detail-head .printed")).to_have_text("1.5万元")


def test_where_copying_is_not_allowed_the_words_are_there_to_be_copied_by_hand(browser: Browser, file: Path) -> None:
    with opened(browser, file, f"#/notice/town?at={FIGURE}") as page:
        page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page.get_by_role("button", name="复制原句和出处").click()
        expect(page.locator(".cited textarea")).to_be_focused()
        assert page.evaluate("String(getSelection())").startswith(CITED)


def test_a_report_prints_each_finding_beside_its_paragraph(file: Path, tmp_path: Path) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium on this machine")
    pdf = tmp_path / "town.pdf"
    options = ("--headless", "--no-sandbox", f"--user-data-dir={tmp_path / 'profile'}", f"--print-to-pdf={pdf}")
    address = f"{file.as_uri()}#/notice/town"
    subprocess.run([chromium, *options, address], check=True, capture_output=True, timeout=60)
    words = words_of(pdf)
    for once in (SENTENCE, "制定《学习计划》", "追缴清退", "政治建设"):
        assert "".join(once.split()) in words
    assert words.index("资金管理不严") < words.index(SENTENCE) < words.index("环境治理滞后")
    assert words.index(SENTENCE) < words.index("1.5万元（违规资金）")
    for screen in ("选择通报", "复制原句和出处", "清单", "明暗"):
        assert screen not in words


def test_review_prints_checks_and_notes_with_their_finding(browser: Browser, service: Service, tmp_path: Path) -> None:
    cookies = [{"name": "reviewer", "value": quote("甲")}]
    with visited(browser, f"http://127.0.0.1:{service.port}/review/town", cookies=cookies) as page:
        expect(page.locator(".notice")).to_be_visible()
        page.pdf(path=tmp_path / "town.pdf")
        expect(page.locator(".on-paper")).to_have_count(0)
        messages = page.locator("[data-check] .message").all_text_contents()
    words = words_of(tmp_path / "town.pdf")
    assert messages
    for message in messages:
        assert "".join(message.split()) in words
    assert words.index(SENTENCE) < words.index("备注王芳:请核对金额") < words.index("环境治理滞后")
    assert "完成复核" not in words
