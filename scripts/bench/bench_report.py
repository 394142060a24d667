"""How long a report takes to open in Chromium, from disk: ``python scripts/bench/bench_report.py [--notices 50]``.

With more than 2,000 notices the report is in parts: ``--notices 5000 --characters 8000 --rounds 2``.

The notices are made from the gold ones (see corpus.py). Times are medians of several openings, in milliseconds from the
start of the navigation to the first picture that shows the view; the machine's other work is in them.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path
from urllib.parse import quote

from corpus import make_many, read_bases
from playwright.sync_api import Page, sync_playwright

from extractor.exports.written_notices import run_in
from extractor.pages.run_page import write_report
from extractor.runs.run import run

ROOT = Path(__file__).resolve().parents[2]
# Two frames after the script is done, so that what it built has been laid out and painted.
_SHOWN = (
    """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""
)
_HEAP = "() => performance.memory.usedJSHeapSize / 1e6"


def main() -> None:
    """Make the run, write its report, open it."""
    options = _options()
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        texts = make_many(read_bases(ROOT / "gold" / "notices"), options.notices, options.characters, seed=5)
        (folder / "in").mkdir()
        for number, made in enumerate(texts):
            (folder / "in" / f"notice-{number:03}.txt").write_text(made.text, encoding="utf-8", newline="\n")
        run([str(folder / "in")], folder / "run")
        written = write_report(run_in(folder / "run"), folder / "report.html")
        characters = statistics.mean(len(made.text) for made in texts)
        print(f"{written.notices} notices of {characters:,.0f} characters: {written.bytes / 1e6:.1f} MB")
        browser = playwright.chromium.launch(
            executable_path=options.chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        print(f"Chromium {browser.version}")
        address = (folder / "report.html").as_uri()
        views = {
            "overview": "",
            "one notice": "#/notice/notice-001",
            "one notice at a value": f"#/notice/notice-001?at={quote('issues[20].measures[0]')}",
            "list of all measures": "#/list/measure",
            "list of all figures": "#/list/quantity",
        }
        for what, view in views.items():
            times = []
            for _ in range(options.rounds):
                page = browser.new_page(viewport={"width": 1360, "height": 850})
                page.goto(address + view)
                page.wait_for_selector("main > div")  # of many notices the data comes in parts
                times.append(page.evaluate(_SHOWN))
                heap = page.evaluate(_HEAP)
                page.close()
            print(f"{what:<24}{statistics.median(times):8.0f} ms  (worst {max(times):.0f}), heap {heap:.0f} MB")
        page = browser.new_page(viewport={"width": 1360, "height": 850})
        page.goto(address)
        print(f"{'from there to a notice':<24}{_turn(page, '#/notice/notice-002', options.rounds):8.0f} ms")
        browser.close()


def _turn(page: Page, view: str, rounds: int) -> float:
    times: list[float] = []
    for _ in range(rounds):
        page.evaluate("location.hash = '#/'")
        page.wait_for_selector(".overview")
        begun = page.evaluate("view => { location.hash = view; return performance.now(); }", view)
        page.wait_for_selector(".text-lines")
        times.append(page.evaluate(_SHOWN) - begun)
    return statistics.median(times)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--notices", type=int, default=50)
    parser.add_argument("--characters", type=int, default=30_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    return parser.parse_args()


if __name__ == "__main__":
    main()
