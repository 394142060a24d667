"""Pages in real headless Chromium: ``with chromium() as browser, opened(browser, file) as page``.

What a page says on its console, throws, or asks for elsewhere fails the test that opened it.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

if TYPE_CHECKING:
    from playwright._impl._api_structures import SetCookieParam

WIDE, PHONE = (1360, 850), (390, 844)
expect.set_options(timeout=20_000)  # where others want the processor, too
_NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run Chromium as this machine has it, skip the test where there is none."""
    executable = next(filter(None, map(shutil.which, _NAMES)), None)
    if executable is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@contextmanager
def opened(
    browser: Browser, file: Path, view: str = "", *, size: tuple[int, int] = WIDE, dark: bool = False
) -> Iterator[Page]:
    """Open a report from disk at a view (``#/list/issue``), with the network off."""
    with _watched(browser, file.as_uri(), size, dark=dark, offline=True) as page:
        page.goto(file.as_uri() + view)
        page.wait_for_selector("main > div")
        yield page


@contextmanager
def visited(
    browser: Browser, address: str, *, size: tuple[int, int] = WIDE, refusals: bool = False, cookies: Any = ()
) -> Iterator[Page]:
    """Open a page of a service; ``refusals``: that will refuse something, which browsers tell on their console."""
    with _watched(browser, address, size, refusals=refusals) as page:
        page.context.add_cookies(cast("list[SetCookieParam]", [{"url": address, **cookie} for cookie in cookies]))
        page.goto(address)
        yield page


@contextmanager
def _watched(
    browser: Browser,
    home: str,
    size: tuple[int, int],
    *,
    dark: bool = False,
    offline: bool = False,
    refusals: bool = False,
) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", offline=offline
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    faults: list[str] = []
    said = ("Failed to load resource", "htmx:", "Response Status Error Code") if refusals else ()
    page.on("console", lambda told: None if told.text.startswith(said) else faults.append(f"{told.type}: {told.text}"))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("dialog", lambda dialog: faults.append(f"dialog: {dialog.message}"))
    page.on("popup", lambda popup: faults.append(f"popup: {popup.url}"))
    origin = home.removesuffix(".html") if offline else "/".join(home.split("/")[:3])
    page.on("request", lambda request: None if request.url.startswith(origin) else faults.append(request.url))
    yield page
    context.close()
    assert faults == []


def faults_of_access(page: Page) -> list[str]:
    """Return what axe finds to be a serious or critical fault of accessibility, each with the first place of it."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8") + ";0")
    found: dict[str, Any] = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {fault['nodes'][0]['html'][:200]}: {fault['nodes'][0]['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
