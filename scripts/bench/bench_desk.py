"""How long the pages about all notices take in a real browser: overview, list filters, search with its sentences.

    python scripts/bench/bench_desk.py
    python scripts/bench/bench_desk.py --notices 2000 --data served-2000

The notices are invented: bodies, years and figures differ, the wording does not. ``--data`` keeps the service's folder,
so that a second measurement does not read them again. Each number is the best and the median of ``--rounds``, from the
request to the last row on the page; beside it stands how it compares with fifty notices, since other work on the
machine meets both. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from browsing import chromium
from playwright.sync_api import Page
from service_example import HOST, Client, serving

FEW = 50
FINDINGS = 25
AT_A_TIME = 50
TOPICS = ("党费收缴", "项目招标", "公务用车", "作风建设", "民生保障")
TIMES = {"overview": 1.5, "filter": 0.3, "search": 0.5}
"""The seconds that each may take."""


def notice(number: int, findings: int = FINDINGS) -> bytes:
    """Return an invented notice with so many findings."""
    rng = random.Random(number)
    body = f"某{chr(0x4E00 + number % 900)}{chr(0x5E00 + number // 900)}县某镇党委"
    told = f"2024年3月1日至4月30日,县委第一巡察组对{body}开展了巡察。"
    head = f"{body}关于巡察整改进展情况的通报\n{told}\n一、整改进展情况\n"
    return (head + "".join(_finding(rng, number, n) for n in range(1, findings + 1))).encode()


def _finding(rng: random.Random, number: int, n: int) -> str:
    return (
        f"{n}.关于“{rng.choice(TOPICS)}第{n}项工作不够”问题的整改。\n"
        f"一是召开党委会议{n}次,研究整改落实。二是制定《第{number}-{n}号计划》,开展培训2期,追缴违规资金1.5万元,"
        f"约谈5人。\n三是区纪委给予党纪处分{n}人,清退补贴{number + 1}元。\n"
    )


def _fill(client: Client, notices: int) -> None:
    kept = client.ask("/v1/notices?limit=1").json()["total"]
    for first in range(kept, notices, AT_A_TIME):
        client.done({f"n{k}.txt": notice(k) for k in range(first, min(notices, first + AT_A_TIME))})


@contextmanager
def service_folder(data: Path | None) -> Iterator[Path]:
    """Yield the service's folder: the one to keep, or one that is gone behind it."""
    if data is not None:
        yield data
        return
    with tempfile.TemporaryDirectory() as made:
        yield Path(made) / "data"


def _seconds(begin: Callable[[], object], is_there: Callable[[], object]) -> float:
    begun = time.perf_counter()
    begin()
    is_there()
    return time.perf_counter() - begun


def _measured(page: Page, address: str) -> dict[str, float]:
    """Measure each page once."""
    page.goto("about:blank")
    told = {
        "overview": _seconds(
            lambda: page.goto(f"{address}/overview"), lambda: page.wait_for_selector(".panel-notices table")
        )
    }
    page.goto(f"{address}/overview#/list/measure")
    page.wait_for_selector("table.rows td")
    said = page.locator(".list > .tally")
    before = said.inner_text()
    told["filter"] = _seconds(
        lambda: page.select_option("select[name=category]", "livelihood"),
        lambda: page.wait_for_function("before => document.querySelector('.tally').innerText !== before", arg=before),
    )
    page.goto(f"{address}/overview#/search")
    told["search"] = _seconds(
        lambda: page.fill("input[name=q]", "清退 党纪处分 第7项"), lambda: page.wait_for_selector(".hit .sentence mark")
    )
    return told


def _rounds(data: Path, notices: int, rounds: int) -> dict[str, list[float]]:
    with serving(data) as service, Client(service.port) as client, chromium() as browser:
        _fill(client, notices)
        client.ask("/v1/overview")  # what depends on all of them is found once
        page = browser.new_page()
        told = [_measured(page, f"http://{HOST}:{service.port}") for _ in range(rounds)]
    return {name: [each[name] for each in told] for name in TIMES}


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    with service_folder(None) as small, service_folder(options.data) as large:
        few, many = _rounds(small, FEW, options.rounds), _rounds(large, options.notices, options.rounds)
    print(f"{options.notices:,} notices, seconds in Chromium: best, median, and how it compares with {FEW} notices")
    for name, most in TIMES.items():
        best, median = min(many[name]), statistics.median(many[name])
        ratio = median / statistics.median(few[name])
        print(f"{name:10} {best:6.2f} {median:6.2f}  at most {most}  x{ratio:.1f}")


if __name__ == "__main__":
    main()
