"""Measure how well a model on this machine reads: F1 against the rules on gold, time, processors and memory.

    python scripts/endpoints/measure_model.py --gguf FILE --out FOLDER
    python scripts/endpoints/measure_model.py --gguf FILE --out FOLDER --notice LONG.txt

The first reads the gold notices of a split by rules and with the model, and prints a table for docs/local-models.md.
The second reads one notice alone and prints how long that takes. Both need the extras local and eval. Processor time is
printed beside the clock, since a machine that is busy with other things slows the clock alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from extractor.local_model.model_server import ModelServer, ServerPlan, model_server

ROOT = Path(__file__).resolve().parents[2]
FIELDS = {
    "notice_fields": "notice fields",
    "totals": "totals",
    "issues.category": "issue category",
    "issues.status": "issue status",
    "measures.types": "measure types",
    "measures.status": "measure status",
    "measures.documents": "documents",
    "measures.quantities.subject.overlap": "quantities with subject, overlapping",
    "measures.organizations": "organisations",
    "measures.accountability": "accountability",
}


def main() -> int:
    """Measure, print, and return 1 where the model makes a field worse than the rules by more than chance."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--gguf", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True, help="a folder for the reports, and for the answers")
    parser.add_argument("--notice", type=Path, help="read this alone, and measure the time")
    parser.add_argument("--gold", type=Path, default=ROOT / "gold")
    parser.add_argument("--split", default="tuned", choices=("tuned", "held-back", "all"))
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with model_server(ServerPlan(options.gguf.absolute(), 0, 16384, 1, options.threads)) as server:
        start = time.monotonic()
        if options.notice:
            status = _extractor("run", options.notice, "--out", options.out / "run", *_model(server, options))
            _print_reading(json.loads((options.out / "run" / "run.json").read_text(encoding="utf-8")))
        else:
            status = _compared(options, server)
        seconds = time.monotonic() - start
        processors, memory = _used(server.process.pid)
    print(f"\n{seconds / 60:.1f} minutes, {processors / 60:.1f} processor minutes of the server, {memory:.1f} GB")
    return status


def _compared(options: argparse.Namespace, server: ModelServer) -> int:
    gold = ["--gold", options.gold, "--split", options.split]
    rules, model = options.out / "rules", options.out / "model"
    _extractor("eval", *gold, "--backend", "rules", "--out", rules)
    _extractor("eval", *gold, "--out", model, *_model(server, options))
    scores = [json.loads((each / "metrics.json").read_text(encoding="utf-8"))["fields"] for each in (rules, model)]
    print(f"| field (F1, {options.split} notices) | rules | {server_name(options)} |\n| --- | ---: | ---: |")
    for name, words in FIELDS.items():
        print(f"| {words} | {scores[0][name]['f1']:.3f} | {scores[1][name]['f1']:.3f} |")
    return _extractor("eval", "compare", *gold, rules, model, "--out", options.out)


def server_name(options: argparse.Namespace) -> str:
    return f"{options.gguf.stem}, {options.gguf.stat().st_size / 1e9:.1f} GB"


def _model(server: ModelServer, options: argparse.Namespace) -> list[str | Path]:
    where = ["--base-url", server.address, "--model", options.gguf.stem, "--mode", "json_schema"]
    cache = options.out / "answers"
    return ["--backend", "assisted", *where, "--concurrency", "1", "--timeout", "3000", "--cache-dir", cache]


def _extractor(*arguments: str | Path) -> int:
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "eval")))
    command = [sys.executable, "-m", "extractor", *map(str, arguments)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, stdout=sys.stderr, check=False).returncode


def _print_reading(report: dict[str, Any]) -> None:
    totals, asked = report["totals"], report["model"]
    print(f"{totals['issues']} issues, {totals['measures']} measures; left to the rules: {totals['unanswered']} calls")
    names = ("calls", "failures", "requests", "tokens_in", "tokens_cached", "tokens_out")
    print(", ".join(f"{name} {asked[name]}" for name in names))


def _used(process: int) -> tuple[float, float]:
    """Return the processor seconds and the gigabytes at most of a process; Linux only."""
    stat = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = sum(map(int, stat[11:13]))
    most = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process}/status").read_text(encoding="ascii"))
    return ticks / os.sysconf("SC_CLK_TCK"), int(most[1]) / 1e6 if most else 0.0


if __name__ == "__main__":
    sys.exit(main())
