"""How long an export takes in each format, and how much memory: measured now, beside what was aimed at.

    python scripts/bench/bench_export.py
    python scripts/bench/bench_export.py --notices 10000 --json bench.json
    python scripts/bench/bench_export.py --only .parquet .duckdb

Notices are made from the gold ones by shuffling and renumbering their issues (``scripts/corpus.py``), about 20,000
characters each. A few hundred are extracted; more are these under other names. Every export is a process of its own;
its time is told as a multiple of that of reading the notices and making their rows, which all formats share. Nothing is
asserted: other work on the machine shows in the numbers.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bench_rules import _LAUNCHER, CHARACTERS, DISTINCT
from corpus import make_many, read_bases

from extractor.exports.exporter import ENDINGS, files_of

ROOT = Path(__file__).resolve().parents[2]
MOST_MEGABYTES = 500
_ROWS_ALONE = """
import sys
from pathlib import Path
from extractor.exports.written_notices import run_in
from extractor.tables.rows import notice_rows
notices = run_in(Path(sys.argv[1])).notices()
print(sum(len(rows) for each in notices for rows in notice_rows(each.parsed(), each.text).values()))
"""


class Ran(NamedTuple):
    """What an export took: seconds by the clock on the wall and of processor time, and its memory and files in MB."""

    what: str
    seconds: float
    processor: float
    memory: float
    written: float


def main() -> None:
    """Measure the formats that are asked for, print a line for each."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gold", type=Path, default=ROOT / "gold")
    parser.add_argument("--only", nargs="+", choices=ENDINGS, default=list(ENDINGS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        write_run(folder / "run", options)
        size = (folder / "run" / "notices.jsonl").stat().st_size / 1e6
        print(f"{options.notices:,} notices, {size:,.0f} MB of JSON, made in {time.perf_counter() - begun:.0f} s")
        rows = int(_process("-c", _ROWS_ALONE, str(folder / "run")))
        print(f"{rows:,} rows; load average {os.getloadavg()[0]:.2f}")
        print(_line("", "seconds", "processor", "rows/s", "x rows alone", "memory", "files", "met"))
        found: list[Ran] = []
        for ran in measured(folder, options.only):
            found.append(ran)
            met = "yes" if ran.memory < MOST_MEGABYTES else "no"
            rate, ratio = f"{rows / ran.processor:,.0f}", f"{ran.processor / found[0].processor:.2f}"
            sizes = (f"{ran.memory:,.0f} MB", f"{ran.written:,.0f} MB")
            print(_line(ran.what, f"{ran.seconds:.1f}", f"{ran.processor:.1f}", rate, ratio, *sizes, met), flush=True)
    print(f"aim: < {MOST_MEGABYTES} MB of memory; rows/s and ratio are of processor time")
    if options.json:
        told = {"notices": options.notices, "rows": rows, "formats": [ran._asdict() for ran in found]}
        options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


def _line(what: str, *cells: str) -> str:
    return f"{what:10} " + " ".join(f"{cell:>12}" for cell in cells)


def write_run(folder: Path, options: argparse.Namespace) -> None:
    """Write a run's folder of ``options.notices`` notices, of which some hundred differ."""
    distinct = min(DISTINCT, options.notices)
    with tempfile.TemporaryDirectory() as name:
        for number, made in enumerate(
            make_many(read_bases(options.gold / "notices"), distinct, CHARACTERS, options.seed)
        ):
            Path(name, f"{number}.txt").write_text(made.text, encoding="utf-8")
        _process("-m", "extractor", "run", name, "--out", str(folder), "--backend", "rules")
    lines = (folder / "notices.jsonl").read_bytes().splitlines(keepends=True)
    texts = {json.loads(line)["notice_id"]: line for line in lines}
    with (folder / "notices.jsonl").open("wb") as file:
        for number in range(options.notices):
            notice_id, line = list(texts.items())[number % distinct]
            renamed = f"notice-{number:06}"
            file.write(line.replace(f'"notice_id":"{notice_id}"'.encode(), f'"notice_id":"{renamed}"'.encode(), 1))
            os.link(folder / "texts" / f"{notice_id}.txt", folder / "texts" / f"{renamed}.txt")


def measured(folder: Path, endings: list[str]) -> Iterator[Ran]:
    """Yield what reading and making rows takes, then each export."""
    yield _ran("rows alone", [], sys.executable, "-c", _ROWS_ALONE, str(folder / "run"))
    for ending in endings:
        to = folder / f"all{ending}"
        command = (sys.executable, "-m", "extractor", "export", str(folder / "run"), "--to", str(to))
        yield _ran(ending, files_of(to), *command)
        for path in files_of(to):
            path.unlink()


def _ran(what: str, files: list[Path], *command: str) -> Ran:
    status, seconds, processor, memory = map(float, _process("-c", _LAUNCHER, *command).split()[-4:])
    if status:
        sys.exit(f"{what}: failed")
    return Ran(what, seconds, processor, memory / 1024, sum(path.stat().st_size for path in files) / 1e6)


def _process(*arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, check=True, capture_output=True, text=True
    ).stdout


if __name__ == "__main__":
    main()
