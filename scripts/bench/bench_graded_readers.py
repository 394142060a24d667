"""Readers from random to perfect, each with many seeds: whether any makes a field worse than the rules beyond chance.

    python scripts/bench/bench_graded_readers.py --seeds 20

Each reader is measured on one tuned gold notice and tried on the other, under the table that follows from it and under
that for a model that nobody measured. Wins and losses are issues with fewer and with more errors than by the rules,
summed over the seeds; a field is worse where the exact sign test gives less than one in a thousand. Exits 1 where one
is, or where the perfect reader does not reach 0.99.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "eval"), str(ROOT / "tests" / "support")]

from graded_readers import WRONG  # noqa: E402
from graded_records import graded_result, measured_table, rules_result, unit_changes, worse_fields  # noqa: E402

from extractor.assist.proposals.witnesses import unmeasured  # noqa: E402

DRAWING = ("random", "rough", *(f"wrong-{field}" for field in WRONG))
SAME = ("perfect", "lazy", "echoing", "truncating")
"""Readers that draw nothing: one seed shows all."""
ANOTHER = 10_000
GOOD = 0.99


def main() -> int:
    """Print a line for each reader and table; return 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=20)
    seeds = parser.parse_args().seeds
    broken = False
    for name in (*SAME, *DRAWING):
        for is_measured in (False, True):
            changes, lowest = zip(*_tried(name, is_measured, 1 if name in SAME else seeds), strict=True)
            worse = worse_fields(changes)
            wins = sum(each[0] for change in changes for each in change.values())
            losses = sum(each[1] for change in changes for each in change.values())
            table = "measured" if is_measured else "unmeasured"
            told = f"{name:<24}{table:<12}wins {wins:>6}  losses {losses:>6}  lowest F1 {min(lowest):.3f}"
            print(f"{told}  worse: {worse or 'none'}", flush=True)
            broken |= bool(worse) or (name == "perfect" and is_measured and min(lowest) < GOOD)
    return int(broken)


def _tried(name: str, is_measured: bool, seeds: int) -> Iterator[tuple[dict[str, tuple[int, int]], float]]:
    """Yield, for both notices and each seed, the issues won and lost by field, and the lowest F1."""
    for seed in range(seeds):
        for tried_on in (0, 1):
            table = measured_table(name, 1 - tried_on, seed + ANOTHER) if is_measured else unmeasured()
            found = graded_result(name, tried_on, seed, table)
            lowest = min(score.f1 for score in found.scores().values())
            yield dict(unit_changes(rules_result(tried_on), found)), lowest


if __name__ == "__main__":
    sys.exit(main())
