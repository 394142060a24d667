"""Files of other kinds than text as people give and see them: the service's pages in headless Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import visited
from ledger_examples import rows
from ofd_examples import Ofd
from pdf_examples import NOTICE
from playwright.sync_api import Browser, expect
from scan_examples import is_drawable, printed, saved
from service_example import serving
from workbook_conversion import OFFICE, converted

from extractor.files.scan.recogniser import engine_version

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (engine_version() and is_drawable()), reason="needs the extra ocr and fonts-noto-cjk"),
    pytest.mark.skipif(not OFFICE, reason="needs LibreOffice, which writes the xls"),
]


def _files(folder: Path) -> list[Any]:
    """A scan, an OFD and an old workbook with a cell of two lines, as a browser sends them."""
    page = printed("\n".join(NOTICE[:6]), 100)[0]
    book = rows(["序号", "问题", "整改措施"], [1, "监管不严", "1.清查资金5笔。\n2.追缴35.6万元。"])
    ofd = Ofd()
    contents = {
        "scan.png": saved(page.crop((0, 0, page.width, page.height // 2))),
        "printed.ofd": ofd.document(ofd.pages()),
        "ledger.xls": converted(book, "xls", folder),
    }
    return [{"name": name, "mimeType": "application/octet-stream", "buffer": data} for name, data in contents.items()]


def test_pictures_ofd_and_old_workbooks_are_sent_read_and_shown_with_their_places(
    browser: Browser, tmp_path: Path
) -> None:
    with serving(tmp_path / "data", "--workers", "1") as service:
        address = f"http://127.0.0.1:{service.port}"
        cookies = [{"name": "reviewer", "value": quote("甲")}]
        with visited(browser, address, cookies=cookies) as page:
            chooser = page.locator("#send input[name=files]")
            offered = (chooser.get_attribute("accept") or "").split(",")
            assert {".png", ".jpg", ".tif", ".ofd", ".xls", ".et", ".doc", ".wps", ".mht", ".zip"} <= set(offered)
            chooser.set_input_files(_files(tmp_path))
            page.locator("#send button").click()
            page.locator("#send .said a").click(timeout=60_000)
            expect(page.locator(".inbox tbody tr")).to_have_count(3)
        with visited(browser, f"{address}/review/scan", cookies=cookies) as page:
            page.locator(".measure .value", has_text="12次").first.click()
            crop = page.locator(".page-line img").first
            expect(crop).to_be_visible()
            assert crop.evaluate("image => image.naturalWidth > 100")
        with visited(browser, f"{address}/review/ledger", cookies=cookies) as page:
            line = page.locator(".text-lines .line", has_text="清查资金5笔")
            assert line.evaluate(_LINES) == 2
            assert page.locator(".control").count() == 0
        with visited(browser, f"{address}/review/printed", cookies=cookies) as page:
            expect(page.locator(".text-lines")).to_contain_text("追缴违规发放补贴35.6万元")


_LINES = """line => {
    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
    const tops = new Set(), range = document.createRange();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        range.selectNodeContents(node);
        if (node.data.trim()) tops.add(Math.round(range.getBoundingClientRect().top / 8));
    }
    return tops.size;
}"""
