"""How the time of each pass over a text grows with the text, on texts that repeat what it could be slow on.

    python scripts/bench/bench_growth.py
    python scripts/bench/bench_growth.py --only checks review --lengths 10000 40000

Each pass is timed by processor time over texts of three lengths. A pass is linear where time over length, at every
length, is within 1.5 times the smallest of them; times under some milliseconds say nothing and are passed over. Printed
are the pairs of pass and pattern beyond that, and for each pass its slowest pattern. A length after which a pass took
longer than ``--patience`` seconds is the last one. Nothing is asserted; the test in CI counts calls instead.
"""

from __future__ import annotations

import argparse
import gc
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from hostile_texts import PASSES, PATTERNS, RULES, Given, given, text_of

from extractor.processes.workers import spare_the_collector

LENGTHS = (10_000, 40_000, 160_000)
MOST = 1.5
LEAST_SECONDS = 0.01  # at the longest
ENOUGH = 0.3  # seconds after which a time is not taken again
_ALL = RULES | PASSES


class Row(NamedTuple):
    """A pass over a pattern: seconds by length, and how far time over length is from its smallest."""

    name: str
    pattern: str
    seconds: tuple[float, ...]
    growth: float


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(_ALL), metavar="PASS", help=", ".join(_ALL))
    parser.add_argument("--patterns", nargs="+", default=list(PATTERNS), metavar="PATTERN")
    parser.add_argument("--lengths", nargs="+", type=int, default=LENGTHS)
    parser.add_argument("--patience", type=float, default=8.0, help="seconds")
    options = parser.parse_args()
    spare_the_collector()
    names = [name for name in _ALL if any(name.startswith(asked) for asked in options.only)]
    rows: list[Row] = []
    for pattern in options.patterns:
        print(f"\r{pattern:<40}", end="", file=sys.stderr, flush=True)
        rows += _measured(pattern, names, options.lengths, options.patience)
    print("\r", end="", file=sys.stderr)
    lengths = "".join(f"{length:>12,}" for length in options.lengths)
    print(f"{'pass':<24}{'pattern':<26}{lengths}  time/length over its smallest")
    for name in names:
        own = [row for row in rows if row.name == name]
        for row in sorted(own, key=lambda row: -row.growth):
            if row.growth > MOST:
                _print(row)
        slowest = max(own, key=lambda row: row.seconds[-1])
        _print(slowest._replace(name=f"{name}, slowest"))
    beyond = sum(row.growth > MOST for row in rows)
    print(f"{len(rows)} pairs of pass and pattern, {beyond} beyond {MOST}")


def _measured(pattern: str, names: list[str], lengths: list[int], patience: float) -> Iterator[Row]:
    seconds: dict[str, list[float]] = {name: [] for name in names}
    for length in lengths:
        text = text_of(pattern, length)
        if max((times[-1] for times in seconds.values() if times), default=0) > patience:
            break
        made = given(text) if any(name in PASSES for name in names) else Given(text, None, None, "")  # type: ignore[arg-type]
        for name in names:
            seconds[name].append(_timed(partial(_ALL[name], made)))
    for name, times in seconds.items():
        rates = [taken / length for taken, length in zip(times, lengths, strict=False)]
        grown = max(rates) / min(rates) if times[-1] >= LEAST_SECONDS else 1.0
        # Only growth counts: what is dearer on short texts is what a pass costs once.
        grown = grown if rates[-1] > min(rates) * MOST or rates[-1] == max(rates) else 1.0
        yield Row(name, pattern, tuple(times), grown)


def _print(row: Row) -> None:
    times = "".join(f"{1000 * taken:>9.1f} ms" for taken in row.seconds)
    print(f"{row.name:<24}{row.pattern:<26}{times:<36}  {row.growth:.1f}", flush=True)


def _timed(function: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(3):
        gc.collect(0)
        begun = time.process_time()
        function()
        best = min(best, time.process_time() - begun)
        if best > ENOUGH:
            break
    return max(best, 1e-6)


if __name__ == "__main__":
    main()
