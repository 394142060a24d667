"""Pictures of the report's and the service's pages, made in headless Chromium from the gold notices.

``python scripts/screenshots.py`` makes those in docs/pictures anew; ``--every FOLDER`` makes one of each page in each
language, size and theme, to be looked at. Fonts are the machine's (on Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote
from urllib.request import Request, urlopen

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from extractor.exports.written_notices import run_in
from extractor.pages.run_page import write_report
from extractor.runs.run import run

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"desktop": (1360, 850), "phone": (390, 844)}
DOUBTED = quote("issues[36].measures[0].quantities[2]")
_CHECKED = f"#/notice/lianyungang-haizhou-2024?at={DOUBTED}"
VIEWS = {
    "overview": "",
    "issues": "#/list/issue?category=safety",
    "money": "#/list/quantity?type=recovery&unit=money",
    "checks": "#/list/check",
    "notice": "#/notice/nanjing-jiangbei-2024",
    "value": _CHECKED,
}
SERVED = {
    "sign-in": "/sign-in",
    "inbox": "/?show=every",
    "review": f"/review/lianyungang-haizhou-2024?at={DOUBTED}",
    "selection": "/review/lianyungang-haizhou-2024",
    "history": "/review/lianyungang-haizhou-2024",
}
"""The service's pages; ``selection`` and ``history`` are what can be opened in a notice's page."""

SELECTED = "公益性项目投资"
PEOPLE = ("王芳", "李明")
_CHANGES: dict[str, list[Mapping[str, object]]] = {
    "lianyungang-haizhou-2024": [
        {"op": "accept", "item": "checks[0]"},
        {"op": "correct", "item": "issues[3].measures[0].quantities[0]", "values": {"subject": "考核权重"}},
        {"op": "accept", "item": "issues[0].measures[0]"},
    ],
    "wuhu-jiangbei-2025": [{"op": "accept", "item": "issues[0]"}],
    "nanjing-jiangbei-2024": [{"op": "finish"}],
}
_SELECT = """words => {
  const walker = document.createTreeWalker(document.querySelector(".text-pane"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const start = node.data.indexOf(words);
    if (start < 0 || !node.parentElement.checkVisibility()) continue;
    node.parentElement.scrollIntoView({ block: "center" });
    getSelection().setBaseAndExtent(node, start, node, start + words.length);
    return;
  }
}"""


class Picture(NamedTuple):
    """What to make a picture of."""

    view: str
    lang: Literal["zh", "en"] = "zh"
    size: str = "desktop"
    dark: bool = False
    whole: bool = False

    @property
    def name(self) -> str:
        """The name of its file."""
        return "-".join([self.view, self.lang, self.size, "dark" if self.dark else "light"]) + ".png"


IN_DOCS = {
    "overview.png": Picture("overview"),
    "notice.png": Picture("value"),
    "notice-dark.png": Picture("value", "en", dark=True),
    "phone.png": Picture("value", size="phone"),
    "inbox.png": Picture("inbox"),
    "review.png": Picture("review"),
}


def main() -> None:
    """Make the pictures."""
    options = _options()
    with (
        tempfile.TemporaryDirectory() as name,
        _served(Path(name) / "served") as address,
        sync_playwright() as playwright,
    ):
        folder = Path(name)
        run([str(ROOT / "gold" / "notices")], folder / "run")
        for lang in ("zh", "en"):
            write_report(run_in(folder / "run"), folder / f"{lang}.html", "en" if lang == "en" else "zh")
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        wanted = _every(options.every) if options.every else {PICTURES / name: it for name, it in IN_DOCS.items()}
        for path, picture in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            place = address if picture.view in SERVED else (folder / f"{picture.lang}.html").as_uri()
            with _shown(browser, place, picture) as page:
                page.screenshot(path=path, full_page=picture.whole)
            if path.parent == PICTURES:
                _made_small(path)
            print(path)
        browser.close()


def _every(folder: Path) -> dict[Path, Picture]:
    langs: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    views = (*VIEWS, *SERVED)
    pictures = (Picture(*each, whole=each[0] in VIEWS) for each in product(views, langs, SIZES, (False, True)))
    return {folder / picture.name: picture for picture in pictures}


@contextmanager
def _shown(browser: Browser, place: str, picture: Picture) -> Iterator[Page]:
    """A page of the report at ``place``, or of the service there, at the picture's view."""
    width, height = SIZES[picture.size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if picture.dark else "light"
    )
    page = context.new_page()
    if picture.view in VIEWS:
        page.goto(place + VIEWS[picture.view])
        page.wait_for_selector("main > div")
    else:
        cookies = {"reviewer": quote(PEOPLE[0]), "lang": picture.lang}
        context.add_cookies([{"name": name, "value": value, "url": place} for name, value in cookies.items()])
        page.goto(place + SERVED[picture.view])
        _open(page, picture)
    yield page
    context.close()


def _open(page: Page, picture: Picture) -> None:
    """Open what a picture of the service shows beside the page itself."""
    page.wait_for_selector("main > *")
    if picture.view == "review":
        page.wait_for_selector(".item-form")
    if picture.view == "history":
        page.locator(".review-bar button").last.click()
        page.wait_for_selector("#history ol")
    if picture.view == "selection":
        if picture.size == "phone":
            page.locator(".switch [data-side=text]").click()
        page.evaluate(_SELECT, SELECTED)
        page.wait_for_selector(".selection-bar:not([hidden])")


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """The service over the gold notices, in a process of its own, with some work done in it; yields its address."""
    command = [sys.executable, "-m", "extractor", "serve", "--data", str(folder), "--port", "0", "--log-level", "error"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            texts = sorted((ROOT / "gold" / "notices").glob("*.txt"))
            sent = [{"name": path.name, "text": path.read_text(encoding="utf-8")} for path in texts]
            job = _answer(f"{address}/v1/notices", {"notices": sent})["job_id"]
            with urlopen(f"{address}/v1/jobs/{job}/events") as events:
                events.read()  # ends when all is read
            for notice, changes in _CHANGES.items():
                for seen, change in enumerate(changes):
                    wanted = {"by": PEOPLE[seen % 2], "seen": seen, "change": change}
                    _answer(f"{address}/v1/notices/{notice}/changes", wanted)
            yield address
        finally:
            process.terminate()


def _answer(address: str, body: object) -> dict[str, str]:
    head = {"Content-Type": "application/json"}
    with urlopen(Request(address, json.dumps(body).encode(), head)) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def _made_small(path: Path) -> None:
    """Keep 160 colours of a picture: it looks the same and takes half as much."""
    Image.open(path).convert("RGB").quantize(160, method=Image.Quantize.FASTOCTREE).save(path, optimize=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="one of each page, in each way")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    return parser.parse_args()


if __name__ == "__main__":
    main()
