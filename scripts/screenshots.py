"""Pictures of the report's pages, made in headless Chromium from a run on the gold notices.

``python scripts/screenshots.py`` makes those in docs/pictures anew; ``--every FOLDER`` makes one of each page in each
language, size and theme, to be looked at. Fonts are the machine's (on Debian: fonts-noto-cjk).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import quote

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from extractor.pages.report import write_report
from extractor.run_report import Settings
from extractor.runs import run

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "pictures"
SIZES = {"desktop": (1360, 850), "phone": (390, 844)}
_CHECKED = f"#/notice/lianyungang-haizhou-2024?at={quote('issues[36].measures[0].quantities[2]')}"
VIEWS = {
    "overview": "",
    "issues": "#/list/issue?category=safety",
    "money": "#/list/quantity?type=recovery&unit=money",
    "checks": "#/list/check",
    "notice": "#/notice/nanjing-jiangbei-2024",
    "value": _CHECKED,
}


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
}


def main() -> None:
    """Make the pictures."""
    options = _options()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        run([str(ROOT / "gold" / "notices")], folder / "run", Settings())
        for lang in ("zh", "en"):
            write_report(folder / "run", folder / f"{lang}.html", "en" if lang == "en" else "zh")
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        wanted = _every(options.every) if options.every else {PICTURES / name: it for name, it in IN_DOCS.items()}
        for path, picture in wanted.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with _shown(browser, folder / f"{picture.lang}.html", picture) as page:
                page.screenshot(path=path, full_page=picture.whole)
            if path.parent == PICTURES:
                _made_small(path)
            print(path)
        browser.close()


def _every(folder: Path) -> dict[Path, Picture]:
    langs: tuple[Literal["zh", "en"], ...] = ("zh", "en")
    pictures = (Picture(*each, whole=True) for each in product(VIEWS, langs, SIZES, (False, True)))
    return {folder / picture.name: picture for picture in pictures}


@contextmanager
def _shown(browser: Browser, file: Path, picture: Picture) -> Iterator[Page]:
    width, height = SIZES[picture.size]
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme="dark" if picture.dark else "light"
    )
    page.goto(file.as_uri() + VIEWS[picture.view])
    page.wait_for_selector("main > div")
    yield page
    page.close()


def _made_small(path: Path) -> None:
    """Keep 160 colours of a picture: it looks the same and takes half as much."""
    Image.open(path).convert("RGB").quantize(160, method=Image.Quantize.MAXCOVERAGE).save(path, optimize=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--every", type=Path, metavar="FOLDER", help="one of each page, in each way")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    return parser.parse_args()


if __name__ == "__main__":
    main()
