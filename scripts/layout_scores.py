"""How well the rules read invented notices in layouts put together at random (tests/support/layout_grammar.py).

    python scripts/layout_scores.py
    python scripts/layout_scores.py --seeds 500 --by numbering groups
    python scripts/layout_scores.py --show 17

Prints recall, precision and F1 of issues, measures, figures, dates, documents, totals and fields over the seeds.
``--by`` prints for each value of a choice how many of its notices are not read to the word; ``--show`` prints one
notice with what is missed (-) and what is read instead (+).
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "support"))

from layout_grammar import invented
from layout_reading import KINDS, Compared, compared


def _scores(found: list[Compared]) -> None:
    for kind in KINDS:
        wanted, read, hit = (sum(getattr(each, name)[kind] for each in found) for name in ("wanted", "read", "hit"))
        recall, precision = hit / max(wanted, 1), hit / max(read, 1)
        score = 2 * hit / max(wanted + read, 1)
        print(f"{kind:10} recall {recall:.4f}  precision {precision:.4f}  F1 {score:.4f}  of {wanted}")
    print(f"read to the word: {sum(each.is_right for each in found)} of {len(found)}")


def _by(seeds: range, found: list[Compared], choice: str) -> None:
    of, failed = Counter[str](), Counter[str]()
    for seed, each in zip(seeds, found, strict=True):
        chosen = invented(seed).layout.get(choice, "-")
        of[chosen] += 1
        failed[chosen] += not each.is_right
    print(f"-- {choice}")
    for chosen, count in sorted(of.items(), key=lambda item: -failed[item[0]] / item[1]):
        print(f"   {chosen:28} {failed[chosen]} of {count}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=500, help="how many notices (default: 500)")
    parser.add_argument("--start", type=int, default=0, help="the first seed (default: 0)")
    parser.add_argument("--by", nargs="+", metavar="CHOICE", default=[], help="count failures by these choices")
    parser.add_argument("--list", action="store_true", help="list the seeds that fail")
    parser.add_argument("--show", type=int, metavar="SEED", help="print one notice with its differences")
    arguments = parser.parse_args()
    if arguments.show is not None:
        one = invented(arguments.show)
        print(one.text, one.layout, *compared(one).differences, sep="\n")
        return
    seeds = range(arguments.start, arguments.start + arguments.seeds)
    found = [compared(invented(seed)) for seed in seeds]
    _scores(found)
    for choice in arguments.by:
        _by(seeds, found, choice)
    if arguments.list:
        for seed, each in zip(seeds, found, strict=True):
            if not each.is_right:
                print(seed, each.differences[:3])


if __name__ == "__main__":
    main()
