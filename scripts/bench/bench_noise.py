"""How much of a notice survives what a reader does not see: for each kind of noise and each gold notice, measured now.

    python scripts/bench/bench_noise.py
    python scripts/bench/bench_noise.py --rounds 20 --only wrapped pages
    python scripts/bench/bench_noise.py --show wrapped lianyungang-haizhou-2024

Each cell is the worst of ``--rounds`` seeded texts: the share of the quiet text's values that the noisy one still gives
(totals, issues, figures, dates, documents, accountability), and how many other values appear. The aim is ``1.00 +0``.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from noise import KINDS, Kept, compared, gold_texts, mixed, values

from extractor import extract

MIX = "mix of three"


def _noisy(kind: str, text: str, seed: int) -> str:
    random = Random(seed)
    return mixed(random.sample(sorted(KINDS), 3), text, random) if kind == MIX else KINDS[kind](text, random)


def _read(kind: str, text: str, seed: int) -> Kept:
    noisy = _noisy(kind, text, seed)
    return compared(values(text, extract(text)), values(noisy, extract(noisy)))


def _worst(kept: list[Kept]) -> str:
    share = min(one.kept / one.of if one.of else 1.0 for one in kept)
    return f"{share:.2f} +{max(one.other for one in kept)}"


def _show(kind: str, text: str, rounds: int) -> None:
    """Print the values that are lost and those that appear, in the worst of the seeded texts."""
    worst = min(range(rounds), key=lambda seed: _read(kind, text, seed)._replace(other=0))
    noisy = _noisy(kind, text, worst)
    quiet, found = (Counter((v.kind, v.value) for v in values(t, extract(t))) for t in (text, noisy))
    print(f"seed {worst}")
    for sign, missing in (("-", quiet - found), ("+", found - quiet)):
        for (what, value), times in sorted(missing.items()):
            print(f"{sign} {what} {value}" + (f" ×{times}" if times > 1 else ""))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="texts for each cell (default: 5)")
    parser.add_argument("--only", nargs="+", metavar="KIND", choices=[*KINDS, MIX], default=[*KINDS, MIX])
    parser.add_argument("--show", nargs=2, metavar=("KIND", "NOTICE"), help="print what one cell loses and gains")
    arguments = parser.parse_args()
    texts = gold_texts()
    if arguments.show:
        _show(arguments.show[0], texts[arguments.show[1]], arguments.rounds)
        return
    print(" " * 25 + "".join(f"{name:>26}" for name in texts))
    for kind in arguments.only:
        cells = [_worst([_read(kind, text, seed) for seed in range(arguments.rounds)]) for text in texts.values()]
        print(f"{kind:<25}" + "".join(f"{cell:>26}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
