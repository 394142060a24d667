"""Measure how far each field can be trusted, and package it: ``extractor/data/field_trust.toml``, which workbooks show.

    python scripts/field_trust.py            measure the rules on the held-back notices, write the file
    python scripts/field_trust.py --check    measure, change nothing; exit 1 where the file says something else

Only counts leave the evaluation here; nobody looks at what is wrong in the held-back notices.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "eval")]

from notice_extractor_eval.score_fields import ROWS  # noqa: E402

FILE = ROOT / "extractor" / "data" / "field_trust.toml"
_HEAD = """\
# How far each field can be trusted: the scores of the rules on the held-back gold notices, which no rule was made from.
# Source: written by `python scripts/field_trust.py`, which CI compares (--check). Do not edit.
# support: how many there are; lowest: the lower bound of F1's 95 % interval, or F1 where there are too few for one.
"""
_BEST_OF_FEW = 3
"""Cases that a rule of three adds: so many in a row without a fault leave a bound of 1 - 3/n."""


def main() -> int:
    """Write or check the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 where the file is stale")
    made = as_text(measured(), names())
    if not parser.parse_args().check:
        FILE.write_text(made, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") == made:
        return 0
    print(f"{FILE.relative_to(ROOT)} is stale; write it with: python scripts/field_trust.py", file=sys.stderr)
    return 1


def measured() -> Mapping[str, Any]:
    """Return the scores of the rules on the held-back notices, by field."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "extractor", "eval", "--gold", str(ROOT / "gold"), "--split", "held-back"]
        subprocess.run([*command, "--out", folder], check=True, capture_output=True, cwd=ROOT)
        fields: Mapping[str, Any] = json.loads(Path(folder, "metrics.json").read_bytes())["fields"]
        return fields


def names() -> Mapping[str, tuple[str, str]]:
    """Return the fields that are told, with their names in Chinese and English."""
    extra = {"measures.quantities.subject", "measures.documents.title"}
    return {row.name: (row.zh, row.en) for row in ROWS.values() if row.kind == "value" or row.name in extra}


def as_text(fields: Mapping[str, Any], told: Mapping[str, tuple[str, str]]) -> str:
    """Return the file's text."""
    return _HEAD + "".join(_entries(fields, told))


def _entries(fields: Mapping[str, Any], told: Mapping[str, tuple[str, str]]) -> Iterator[str]:
    for name, (zh, en) in told.items():
        score = fields.get(name)
        if score is None or not score["support"]:
            yield _entry(name, zh, en, {"support": 0})
            continue
        numbers = {key: score[key] for key in ("precision", "recall")}
        yield _entry(name, zh, en, {"support": score["support"], **numbers, "lowest": _lowest(score)})


def _lowest(score: Mapping[str, Any]) -> float:
    """Return the lower bound of F1; where all is right, what so many cases can show (the rule of three)."""
    interval = score["interval"]["f1"] if score.get("interval") and score["interval"]["f1"] else [score["f1"]]
    return float(min(interval[0], max(0.0, 1 - _BEST_OF_FEW / score["support"])))


def _entry(name: str, zh: str, en: str, numbers: Mapping[str, float]) -> str:
    lines = [f'\n[fields."{name}"]', f'zh = "{zh}"', f'en = "{en}"']
    lines += [f"{key} = {round(value, 4) if isinstance(value, float) else value}" for key, value in numbers.items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
