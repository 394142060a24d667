"""What a single notice takes of a model's time and tokens, by how much is asked at once, beside an earlier commit.

    git worktree add /tmp/before COMMIT
    python scripts/bench/bench_packs.py --against /tmp/before

Each checkout reads the tuned gold notices one by one, with its own scripted endpoint whose model knows the gold labels.
Time is told, not waited for: so many seconds to the first token, then so many tokens a second, as many calls at once as
are allowed; the time that this machine takes itself is measured and added. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parents[2]
AT_ONCE = 64
WAYS = ("fast", "fast, unknown", "cheap", "model")
MOST_WALL, MOST_OUTSIDE, MOST_OUT, MOST_IN = 0.35, 1.2, 0.35, 2.0

Row = dict[str, Any]
"""What a notice took in one way: ``calls``, tokens ``sent``, ``shared``, ``written``, seconds ``wall`` and ``own``."""


def main() -> None:
    """Measure both checkouts and print them side by side."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--against", type=Path, help="a checkout of the commit before")
    parser.add_argument("--notices", nargs="+", metavar="NOTICE", help="the gold notices to read; all tuned ones")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measured(options.child, options.notices)))
        return
    now = _apart(HERE, options.notices)
    before = _apart(options.against, options.notices) if options.against else {}
    print(f"{'notice':<28}{'way':<16}{'calls':>6}{'in':>8}{'outside':>9}{'out':>7}{'wall s':>8}{'of before':>11}")
    for notice, ways in now.items():
        for way, row in ways.items():
            earlier = before.get(notice, {}).get("model" if way == "model" else "assisted")
            _print(notice, way, row, earlier)
        for way, row in before.get(notice, {}).items():
            _print(notice, f"before, {way}", row, None)
    print_aims(now, before)


def print_aims(now: Mapping[str, Mapping[str, Row]], before: Mapping[str, Mapping[str, Row]]) -> None:
    """Print what is aimed at and what was reached, in the worst notice."""
    fast = [ways["fast"] for ways in now.values()]
    _aim("fast: tokens outside of the shared prefix, a token of notice", max(map(_outside, fast)), MOST_OUTSIDE)
    _aim("fast: tokens out, a token of notice", max(row["written"] / row["size"] for row in fast), MOST_OUT)
    _aim("model: tokens in, a token of notice", max(_in(ways["model"]) for ways in now.values()), MOST_IN)
    if before:
        pairs = [(ways, before[notice]["assisted"]) for notice, ways in now.items()]
        _aim("fast: wall, of before", max(ways["fast"]["wall"] / row["wall"] for ways, row in pairs), MOST_WALL)
        _aim("cheap: tokens in, of before", max(ways["cheap"]["sent"] / row["sent"] for ways, row in pairs), 1.0)
        _aim(
            "cheap: those outside of it, of before",
            max(_outside(ways["cheap"]) / _outside(row) for ways, row in pairs),
            1.0,
        )
        _aim("cheap: tokens out, of before", max(ways["cheap"]["written"] / row["written"] for ways, row in pairs), 1.0)


def measured(checkout: Path, notices: Sequence[str] | None) -> dict[str, dict[str, Row]]:
    """Return what each notice took in each way that this checkout knows."""
    sys.path[:0] = [str(checkout), str(checkout / "eval"), str(checkout / "tests" / "support")]
    sys.path.append(str(checkout / "scripts" / "bench"))
    from bench_model_spent import spent
    from fake_endpoint import serving
    from gold_answers import examples

    from extractor.assist.prompts import prompt
    from extractor.endpoint.tokens import estimate_tokens

    layout = prompt("layout").fixed
    chosen = [(gold.notice_id, text) for gold, text in examples() if not notices or gold.notice_id in notices]
    found: dict[str, dict[str, Row]] = {notice: {} for notice, _ in chosen}
    with serving("gold_answers:answer") as server:
        for way in _ways():
            logged = []
            for notice, text in chosen:
                asyncio.run(_read(server.base_url, way, text))  # the server makes up its answers at the first call
                server.script()
                begun = time.perf_counter()
                asyncio.run(_read(server.base_url, way, text))
                own = time.perf_counter() - begun
                log = server.log()
                logged += log
                first = [entry for entry in log if entry["body"]["messages"][0]["content"].startswith(layout)]
                rounds = [first, [entry for entry in log if entry not in first]]
                wall = own + sum(spent(each)[notice].slowest for each in rounds if each)
                found[notice][way] = {"wall": wall, "own": own, "size": estimate_tokens(text)}
            # Together: what a prompt shares with one about another notice, a prefix cache knows.
            for notice, took in spent(logged).items():
                found[notice][way] |= {"calls": took.calls, "sent": took.sent, "shared": took.shared}
                found[notice][way]["written"] = took.written
    return found


def _ways() -> Sequence[str]:
    from extractor.endpoint.settings import EndpointSettings

    return WAYS if "prefer" in EndpointSettings.model_fields else ("assisted", "model")


async def _read(base_url: str, way: str, text: str) -> None:
    """Read a notice as a run does that has an endpoint elsewhere, of which nothing is known but in the way ``fast``."""
    from extractor.endpoint.client import Endpoint
    from extractor.endpoint.settings import EndpointSettings
    from extractor.model_source import NoticeModel
    from extractor.pipeline import extract_with_model

    common: dict[str, Any] = {"model": "gold", "mode": "json_schema", "concurrency": AT_ONCE, "temperature": None}
    if "pack_schema" in EndpointSettings.model_fields:
        common["pack_schema"] = "off"  # a schema counts as prompt here; one of a pack's own goes to grammars alone
    settings = EndpointSettings(base_url=base_url, **common)
    more: dict[str, Any] = {}
    if way not in ("assisted",) and "prefer" in EndpointSettings.model_fields:
        from extractor.endpoint.model_capacity import ModelCapacity
        from extractor.endpoint.pack_sizes import PackSizes

        prefer = "cheap" if way in ("cheap", "model") else "fast"
        known = ModelCapacity(caches_prefix=True if way == "fast" else None)
        more["sizes"] = PackSizes(settings.model_copy(update={"prefer": prefer}), known)
    async with Endpoint(settings, **more) as endpoint:
        read = await extract_with_model(text, NoticeModel(endpoint, None), finds_issues=way == "model")
    if read.failures:
        raise read.failures[0]


def _apart(checkout: Path, notices: Sequence[str] | None) -> dict[str, dict[str, Row]]:
    """Measure a checkout in a process of its own, with its own code."""
    chosen = ["--notices", *notices] if notices else []
    command = [sys.executable, str(Path(__file__).resolve()), "--child", str(checkout.resolve()), *chosen]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(checkout), str(checkout / "eval")))}
    found: dict[str, dict[str, Row]] = json.loads(subprocess.check_output(command, env=environment, cwd=checkout))
    return found


def _outside(row: Row) -> float:
    return float((row["sent"] - row["shared"]) / row["size"])


def _in(row: Row) -> float:
    return float(row["sent"] / row["size"])


def _print(notice: str, way: str, row: Row, earlier: Row | None) -> None:
    share = f"{row['wall'] / earlier['wall']:>11.2f}" if earlier else ""
    cells = f"{row['calls']:>6}{_in(row):>8.2f}{_outside(row):>9.2f}{row['written'] / row['size']:>7.2f}"
    print(f"{notice:<28}{way:<16}{cells}{row['wall']:>8.1f}{share}")


def _aim(what: str, number: float, most: float) -> None:
    print(f"  {what:<64}{number:>6.2f}  at most {most:g}: {'yes' if number <= most + 0.005 else 'no'}")


if __name__ == "__main__":
    main()
