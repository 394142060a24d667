"""How fast the rules are, how much memory a run needs, and how both grow: measured now, beside what was aimed at.

    python scripts/bench/bench_rules.py
    python scripts/bench/bench_rules.py --many 10000 --json bench.json
    python scripts/bench/bench_rules.py --only rate growth
    python scripts/bench/bench_rules.py --only start --against ../before

The corpus is made from the gold notices by shuffling and renumbering their issues (``scripts/corpus.py``), about 20,000
characters each, and written to a temporary folder. Rates and runs are timed by the clock on the wall, growth by
processor time, each the best of ``--rounds`` where that is affordable. Nothing is asserted: other work on the machine
shows in the numbers, and in the bare loop that is timed before and after.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import Base, Made, make_many, read_bases
from rich.cells import cell_len, set_cell_size

from extractor import extract
from extractor.processes.workers import processors
from extractor.runs.fingerprint import code_fingerprint

ROOT = Path(__file__).resolve().parents[2]
CHARACTERS = 20_000  # of a notice
DISTINCT = 200  # notices; more are these under other names
LENGTHS = (2_000, 20_000, 200_000)
TOKENS = (25_000, 100_000)
ENOUGH = 0.4  # seconds after which a time is not taken again
TOO_LONG = 5.0  # seconds for the shorter hostile text after which the longer is not tried
HOSTILE = (
    *("(", "(一)", "“", "1", "一是", "。一是", "《", "《a》", "关于“", "关于“甲”问题的整改\n", " ", "\n", "1.\n"),
    *("2023年", "其中1个、", "县委、", "整改情况:"),
)
WIDTHS = (68, 18, 14, 5)

# A process of its own between this one and the one that is measured: a child starts with its parent's peak.
_LAUNCHER = """
import resource, subprocess, sys, time
start = time.perf_counter()
status = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
seconds = time.perf_counter() - start
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
"""
_LOOP = "sum(number & 7 for number in range(6_000_000))"


@dataclass(frozen=True)
class Row:
    """A measured number; ``note`` says what else is worth knowing about it."""

    what: str
    number: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None
    note: str = ""

    @property
    def aim(self) -> str:
        """The aim in words, empty where there is none."""
        if self.at_least is not None:
            return f">= {self.at_least:g} {self.unit}".rstrip()
        return f"<= {self.at_most:g} {self.unit}".rstrip() if self.at_most is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the number is as aimed at; None where nothing was."""
        if self.at_least is not None:
            return self.number >= self.at_least
        return self.number <= self.at_most if self.at_most is not None else None

    @property
    def measured(self) -> str:
        """The number in words."""
        digits = 0 if abs(self.number) >= 1000 else 2
        return f"{self.number:,.{digits}f} {self.unit}".rstrip()


class Ran(NamedTuple):
    """What a command took: seconds by the clock on the wall, of processor time, and its largest process's memory."""

    seconds: float
    processor: float
    megabytes: float


def main() -> None:
    """Measure what is asked for, print a line for each number."""
    sections: dict[str, Callable[[argparse.Namespace, list[Base]], Iterator[Row]]] = {
        "rate": rate,
        "runs": runs,
        "growth": growth,
        "hostile": hostile,
        "start": start,
    }
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="how often a time is taken, the best counts")
    parser.add_argument("--many", type=int, default=1_000, help="notices of the largest run; the others get a quarter")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gold", type=Path, default=ROOT / "gold")
    parser.add_argument("--only", nargs="+", choices=sections, default=list(sections))
    parser.add_argument(
        "--against", type=Path, metavar="CHECKOUT", help="another checkout (git worktree): print its time over ours"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there too")
    options = parser.parse_args()
    begun, found = time.perf_counter(), dict[str, list[Row]]()
    bases = read_bases(options.gold / "notices")
    machine = {
        "python": platform.python_version(),
        "processors": processors(),
        "load average": round(os.getloadavg()[0], 2),
        "seconds of a bare loop": round(_loops(1), 3),
        "fingerprint": code_fingerprint("rules"),
    }
    print(", ".join(f"{name} {value}" for name, value in machine.items()))
    _print_line("", "aim", "measured", "met")
    if options.against:
        sections["against"] = against
        options.only = [*options.only, "against"]
    for name in options.only:
        print(f"-- {name}")
        found[name] = []
        for row in sections[name](options, bases):
            found[name].append(row)
            met = {True: "yes", False: "no", None: ""}[row.met]
            _print_line(row.what, row.aim, row.measured, met, row.note)
    seconds = time.perf_counter() - begun
    print(f"-- in {seconds:.0f} s; now load average {os.getloadavg()[0]:.2f}, seconds of a bare loop {_loops(1):.3f}")
    if options.json:
        rows = [
            {"section": name, "what": r.what, "number": r.number, "unit": r.unit, "aim": r.aim, "met": r.met}
            for name, of_section in found.items()
            for r in of_section
        ]
        told = json.dumps({**machine, "seconds": round(seconds, 1), "rows": rows}, ensure_ascii=False, indent=2)
        options.json.write_text(told + "\n", encoding="utf-8")


def rate(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:
    """Yield how many notices a second are extracted and written as JSON, in this process."""
    made = make_many(bases, DISTINCT // 4, CHARACTERS, options.seed)
    texts = [one.text for one in made]
    note = _found(made)  # which also warms up
    work = partial(_extract_all, texts, as_json=True)
    size = sum(map(len, texts)) / CHARACTERS
    processor: list[float] = []
    wall = min(
        _timed(lambda: processor.append(_timed(work, time.process_time)), time.perf_counter)
        for _ in range(options.rounds)
    )
    yield Row("extract + JSON, notices of 20,000 characters", size / wall, "/s", 50, note=note)
    yield Row("  by processor time", size / min(processor), "/s", 50)


def runs(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:
    """Yield rate, speed-up by a second process, and memory of whole runs: files in, files out."""
    quarter = max(options.many // 4, 1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        texts = [made.text for made in make_many(bases, min(DISTINCT, options.many), CHARACTERS, options.seed)]
        size = sum(map(len, texts)) / len(texts) / CHARACTERS
        few, all_of_them = folder / "few", folder / "all"
        write_corpus(all_of_them, texts, options.many)
        write_corpus(few, texts, quarter)
        one, two = _run(few, folder, jobs=1), _run(few, folder, jobs=2)
        for jobs, ran, aim in ((1, one, 50), (2, two, None)):
            note = f"{quarter * size / ran.processor:.2f} /s of processor time"
            yield Row(f"run --jobs {jobs} of {quarter:,}", quarter * size / ran.seconds, "/s", aim, note=note)
        note = "" if processors() > 1 else "one processor: no speed-up to be had"
        yield Row("speed-up by --jobs 2", one.seconds / two.seconds, at_least=1.7, note=note)
        yield Row("  of two bare loops on this machine, as a ceiling", 2 * _loops(1) / _loops(2))
        yield Row(f"peak memory, --jobs 1, {quarter:,} notices", one.megabytes, "MB")
        yield Row(f"peak memory of the largest process, --jobs 2, {quarter:,} notices", two.megabytes, "MB")
        most = _run(all_of_them, folder, jobs=1)
        note = f"{options.many * size / most.processor:.2f} /s of processor time"
        yield Row(f"run --jobs 1 of {options.many:,}", options.many * size / most.seconds, "/s", 50, note=note)
        yield Row(f"peak memory, --jobs 1, {options.many:,} notices", most.megabytes, "MB", at_most=300)
        if options.many > quarter:
            growth = (most.megabytes - one.megabytes) / (options.many - quarter)
            yield Row(f"  bytes a notice from {quarter:,} to {options.many:,}", growth * 1e6, "B")
            if options.many < 10_000:
                at_ten_thousand = most.megabytes + growth * (10_000 - options.many)
                yield Row("  peak memory at 10,000 if it goes on like this", at_ten_thousand, "MB", at_most=300)


def growth(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:
    """Yield how the time for a character changes with the notice's length.

    The same number of characters is read at each length: 100 short notices, 10 of 20,000 characters, one long one.
    Real notices that number their issues in Chinese are left out: no enumerator goes beyond 九十九.
    """
    for base in bases:
        if not base.bodies[0].arabic:
            continue
        made = [make_many([base.shortened()], LENGTHS[-1] // length, length, options.seed) for length in LENGTHS]
        texts = [[one.text for one in of_length] for of_length in made]
        each = [float("inf")] * len(LENGTHS)
        for _ in range(options.rounds):  # in turn, so that a slow moment of the machine does not hit one length alone
            for i, of_length in enumerate(texts):
                seconds = _timed(partial(_extract_all, of_length), time.process_time)
                each[i] = min(each[i], seconds / sum(map(len, of_length)))
        for i, length in enumerate(LENGTHS):
            what = f"time a character, {base.name}, {length // LENGTHS[0]}x ({length:,})"
            note = f"{each[i] * 1e6:.2f} µs, {_found(made[i])}"
            yield Row(what, each[i] / each[0], at_most=1.25 if i else None, note=note)


def hostile(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:  # noqa: ARG001
    """Yield how the time for texts made of one token grows when they are four times as long; 4 is linear."""
    for token in HOSTILE:
        short, long = (token * size for size in TOKENS)
        seconds = best(partial(extract, short), options.rounds)
        what = f"{TOKENS[1]:,} x {token!r} against {TOKENS[0]:,}"
        if seconds > TOO_LONG:
            yield Row(what, float("inf"), at_most=5, note=f"not tried: {TOKENS[0]:,} take {seconds:.1f} s")
            continue
        longer = best(partial(extract, long), options.rounds)
        note = f"{longer:.3f} s, {longer / len(long) * 1e6:.2f} µs a character"
        yield Row(what, longer / seconds, at_most=5, note=note)


def start(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:
    """Yield what starting costs beside a bare interpreter."""
    with tempfile.TemporaryDirectory() as name:
        notices = [str(path) for path in sorted((options.gold / "notices").glob("*.txt"))]
        numbers = iter(range(1000))

        def command(*arguments: str) -> float:
            least = float("inf")
            for _ in range(5):
                given = [part.replace("OUT", f"{name}/{next(numbers)}") for part in arguments]
                least = min(least, _launch(sys.executable, *given).seconds)
            return least

        bare = command("-c", "pass")
        shown = command("-m", "extractor", "--help")
        ran = command("-m", "extractor", "run", *notices, "--out", "OUT")
    yield Row("a bare interpreter", bare, "s")
    yield Row("--help beyond that", shown - bare, "s", at_most=0.3)
    yield Row(f"run of the {len(bases)} gold notices beyond that", ran - bare, "s")
    yield Row(f"run of the {len(bases)} gold notices, start included", ran, "s", at_most=2)


def write_corpus(folder: Path, texts: list[str], size: int) -> None:
    """Write ``size`` notices; beyond ``texts`` they are the same files under other names."""
    folder.mkdir()
    for number in range(size):
        path = folder / f"notice-{number:05}.txt"
        if number < len(texts):
            path.write_text(texts[number], encoding="utf-8", newline="\n")
        else:
            path.hardlink_to(folder / f"notice-{number % len(texts):05}.txt")


def best(function: Callable[[], object], rounds: int) -> float:
    """Return the least processor time of some calls, of fewer where they are long."""
    times: list[float] = []
    while len(times) < rounds and sum(times) < ENOUGH:
        times.append(_timed(function, time.process_time))
    return min(times)


def _timed(function: Callable[[], object], clock: Callable[[], float]) -> float:
    gc.collect()
    begun = clock()
    function()
    return clock() - begun


def _extract_all(texts: list[str], *, as_json: bool = False) -> None:
    for text in texts:
        notice = extract(text)
        if as_json:
            notice.model_dump_json()


def against(options: argparse.Namespace, bases: list[Base]) -> Iterator[Row]:
    """Yield how many times faster the rules are than another checkout's, both in turn on the same notices."""
    rounds = []
    for _ in range(max(5, options.rounds)):
        other, ours = (_seconds_in(checkout, options.gold / "notices") for checkout in (options.against, ROOT))
        rounds.append(other / ours)
    spread = f"rounds from {min(rounds):.2f} to {max(rounds):.2f}, {len(bases)} notices, processor time"
    yield Row(f"time of {options.against} over ours, median", median(rounds), "", at_least=1.0, note=spread)


_ALONE = """
import sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from extractor import extract
texts = [path.read_text(encoding="utf-8") for path in sorted(Path(sys.argv[2]).iterdir())]
def read():
    start = time.process_time()
    for text in texts:
        extract(text)
    return time.process_time() - start
read()
print(min(read() for _ in range(6)))
"""


def _seconds_in(checkout: Path, notices: Path) -> float:
    """Return how many seconds of processor time a checkout's rules take for the notices, the best of six times."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-c", _ALONE, str(checkout.resolve()), str(notices.resolve())]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def _found(made: list[Made]) -> str:
    found = sum(len(extract(one.text).issues) for one in made)
    return f"{found} issues of {sum(one.issues for one in made)} put in"


def _run(corpus: Path, folder: Path, *, jobs: int) -> Ran:
    out = folder / "out"
    ran = _launch(sys.executable, "-m", "extractor", "run", str(corpus), "--out", str(out), "--jobs", str(jobs))
    shutil.rmtree(out)
    return ran


def _launch(*command: str) -> Ran:
    """Run a command to its end, with this checkout's extractor."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    told = subprocess.run(
        [sys.executable, "-c", _LAUNCHER, *command], env=environment, capture_output=True, text=True, check=True
    )
    status, seconds, processor, peak = told.stdout.split()
    if status != "0":
        raise SystemExit(f"{' '.join(command)}: ended with {status}\n{told.stderr}")
    unit = 1 if sys.platform == "darwin" else 1024
    return Ran(float(seconds), float(processor), int(peak) * unit / 1e6)


def _loops(size: int) -> float:
    """Return how many seconds it takes to run a bare loop in each of ``size`` processes at once, the best of three."""

    def run_all() -> None:
        loops = [subprocess.Popen([sys.executable, "-c", _LOOP]) for _ in range(size)]
        for loop in loops:
            loop.wait()

    return min(_timed(run_all, time.perf_counter) for _ in range(3))


def _print_line(what: str, aim: str, measured: str, met: str, note: str = "") -> None:
    cells = (set_cell_size(what, max(WIDTHS[0], cell_len(what))), aim.ljust(WIDTHS[1]), measured.rjust(WIDTHS[2]))
    print(f"{''.join(cells)}  {met.ljust(WIDTHS[3])}{note}".rstrip(), flush=True)


if __name__ == "__main__":
    main()
