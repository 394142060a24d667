"""Measure a job on Ray beside a run: notices a second, memory while it goes on, and what is left where it is killed.

    python scripts/bench/bench_ray.py                       # 2,000 made notices, 1 and 2 workers
    python scripts/bench/bench_ray.py --notices 20000 --characters 3000 --rounds 2
    python scripts/bench/bench_ray.py --notices 100000 --characters 3000 --ways ray-2 --tell 60
    python scripts/bench/bench_ray.py --ways ray-2 --kill driver worker cluster

The corpus is made from the gold notices (``corpus.py``). Each way reads the same files into a folder of its own;
``run-2`` is ``run --jobs 2``, ``ray-2`` is ``run --engine ray --jobs 2``. A way's start is measured by a job over one
notice and told apart; rates are of the rest. Processor time is told beside it, by who took it: where other work shares
the machine, it says more than rates. Memory is the resident set (MB) of the driver, and the largest of a Ray
worker and of a process that reads documents, sampled each second and told for each quarter of the time (with ``--tell``
every so many seconds, too, as it goes): where it is flat, a million notices take what a thousand do. With more rounds
the ways take turns, and the medians of their rates are compared.

``--kill`` ends a further job by SIGKILL when a third of its batches are done: its driver, its workers, or all of its
processes at once. It is then taken up again by the same command, and its datasets are compared with those of the job
that nobody disturbed, row by row and byte by byte. With ``--folder FOLDER`` corpus and results are kept: the same
command goes on where it was stopped. Nothing else is asserted. Only a machine that does nothing else gives rates that
mean anything.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from corpus import make_many, read_bases

ROOT = Path(__file__).resolve().parents[2]
DIFFERENT = 100  # made notices; the others differ from them by their days and a line
PAGE_MB = 4096 / 1e6
DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
COMPARED = (("ray-1", "run-1"), ("ray-2", "run-2"), ("ray-2", "ray-1"), ("run-2", "run-1"))
DONE = 1 / 3  # of the batches, when a job is killed
SECONDS_TO_END = 60.0  # for what a killed driver leaves behind


class Sample(NamedTuple):
    """Resident memory in MB: of the driver, of the largest Ray worker, of the largest reader of documents."""

    driver: float
    worker: float
    reader: float


ROLES = ("driver", "worker", "reader", "engine")
"""The roles of a way's processes; the last is what else Ray runs."""


class Measured(NamedTuple):
    """The seconds that a way took, samples of its memory, and its seconds of processor time by role."""

    seconds: float
    samples: list[Sample]
    processor: dict[str, float]


def main() -> None:
    """Measure each way, print a table, and disturb a job where that is asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, default=2000)
    parser.add_argument("--characters", type=int, default=15_000, help="of a notice")
    parser.add_argument("--ways", nargs="*", default=["run-1", "ray-1", "run-2", "ray-2"])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--tell", type=float, metavar="SECONDS", help="tell the memory as often, on standard error")
    parser.add_argument("--kill", nargs="*", default=[], choices=("driver", "worker", "cluster"))
    parser.add_argument("--folder", type=Path, help="keep corpus and results there, and go on with those that are")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        inputs = corpus(folder / "in", options.notices, options.characters)
        rates = rates_of(options, folder, inputs)
        for first, second in COMPARED:
            if first in rates and second in rates:
                print(
                    f"{first} is {statistics.median(rates[first]) / statistics.median(rates[second]):.2f} of {second}"
                )
        way = next((way for way in reversed(options.ways) if way.startswith("ray")), "ray-2")
        for what in options.kill:
            calm = result(folder, way, 0)
            if not (calm / "manifest.json").is_file():
                measured(way, inputs, calm)
            disturb(way, inputs, folder / f"{way}-{what}-killed", what, calm)


def rates_of(options: argparse.Namespace, folder: Path, inputs: Path) -> dict[str, list[float]]:
    """Return the rates of each way, one a round, and print a row for each; what is kept is not measured again."""
    kept = folder / "measured.json"
    rows: dict[str, list[str]] = json.loads(kept.read_bytes()) if kept.is_file() else {}
    rates: dict[str, list[float]] = {}
    head = "s | start s | notices/s | bytes a notice | MB of driver, worker, reader, by quarters"
    print(f"| way | {head} | processor ms a notice of {', '.join(ROLES)} |")
    print("| --- | ---: | ---: | ---: | ---: | --- | --- |")
    for number in range(options.rounds):
        for way in options.ways:
            key = f"{way} {number} {options.notices} {options.characters}"
            if key not in rows:
                rows[key] = _row(way, inputs, result(folder, way, number), options)
                kept.write_text(json.dumps(rows), encoding="utf-8")
            rates.setdefault(way, []).append(float(rows[key][2]))
            print(f"| {way} | {' | '.join(rows[key])} |", flush=True)
    return rates


def _row(way: str, inputs: Path, out: Path, options: argparse.Namespace) -> list[str]:
    shutil.rmtree(out, ignore_errors=True)  # of a bench that was stopped
    one = out.with_name(f"{out.name}-one")
    shutil.rmtree(one, ignore_errors=True)
    start = measured(way, next(inputs.rglob("*.txt")), one)
    whole = measured(way, inputs, out, options.tell)
    more = options.notices - 1
    rate = more / (whole.seconds - start.seconds)
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / options.notices
    quarters = " · ".join(f"{s.driver:.0f} {s.worker:.0f} {s.reader:.0f}" for s in by_quarters(whole.samples))
    took = " ".join(f"{1000 * (whole.processor[role] - start.processor[role]) / more:.2f}" for role in ROLES)
    return [f"{whole.seconds:.1f}", f"{start.seconds:.1f}", f"{rate:.1f}", f"{size:,.0f}", quarters, took]


def result(folder: Path, way: str, number: int) -> Path:
    """Return the folder that a way writes in a round."""
    return folder / f"{way}-{number}"


def corpus(folder: Path, notices: int, characters: int) -> Path:
    """Write so many notices into folders of a thousand, unless they are there."""
    last = _place(folder, notices - 1)
    if last.is_file():
        return folder
    made = make_many(read_bases(ROOT / "gold" / "notices"), min(DIFFERENT, notices), characters, 1)
    texts = [each.text for each in made]
    for number in range(notices):
        path = _place(folder, number)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = DAY.sub(lambda found: _moved(found, number // len(texts)), texts[number % len(texts)])  # noqa: B023
        path.write_text(f"{text}\n附注{number}\n", encoding="utf-8")
    return folder


def _place(folder: Path, number: int) -> Path:
    return folder / f"{number // 1000:04d}" / f"n{number:07d}.txt"


def _moved(found: re.Match[str], times: int) -> str:
    """Return a day as another, by how often its notice was made before: notices of other days are no copies."""
    year, month, day = (int(each) for each in found.groups())
    years, days = divmod(times, 28)
    return f"{year - years % 15}年{month}月{(day + days) % 28 + 1}日"


def measured(way: str, inputs: Path, out: Path, tell: float | None = None) -> Measured:
    """Run a way to its end; say its memory every ``tell`` seconds.

    Raises:
        SystemExit: it failed.
    """
    began = time.perf_counter()
    samples: list[Sample] = []
    took: dict[int, tuple[str, float]] = {}
    told = began
    with started(way, inputs, out) as process:
        while process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
            below = {process.pid: "driver"} | {pid: role_of(name) for pid, name in descendants(process.pid)}
            below |= {pid: took[pid][0] for pid in below if pid in took and took[pid][0] != "engine"}  # as it began
            took |= {pid: (role, spent) for pid, role in below.items() if (spent := processor_time(pid))}
            samples.append(sampled(below))
            if tell and time.perf_counter() - told >= tell:
                told = time.perf_counter()
                memory = ", ".join(f"{name} {value:.0f} MB" for name, value in samples[-1]._asdict().items())
                print(
                    f"{way}: {told - began:.0f} s, {batches_done(out)} batches: {memory}", file=sys.stderr, flush=True
                )
        if process.returncode:
            sys.exit(f"{way} failed: {process.stderr.read().decode() if process.stderr else ''}")
    processor = {role: sum(spent for each, spent in took.values() if each == role) for role in ROLES}
    return Measured(time.perf_counter() - began, samples, processor)


def role_of(name: str) -> str:
    """Return the role of a process by its command line."""
    if name.startswith("ray::") and "Agent" not in name:
        return "worker"
    return "reader" if "confined_main" in name else "engine"


def started(way: str, inputs: Path, out: Path) -> subprocess.Popen[bytes]:
    """Start a way."""
    kind, _, jobs = way.partition("-")
    engine = ("--engine", "ray") if kind == "ray" else ()
    command = [sys.executable, "-m", "extractor", "run", str(inputs), "--out", str(out), "--jobs", jobs, *engine]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen([*command, "--backend", "rules"], cwd=ROOT, env=environment, stderr=subprocess.PIPE)


def disturb(way: str, inputs: Path, out: Path, what: str, calm: Path) -> None:
    """Kill a part of a job, take the job up again, and print whether its datasets are those of a calm one.

    Raises:
        SystemExit: a job failed, or the datasets differ.
    """
    shutil.rmtree(out, ignore_errors=True)
    wanted = round(len(list((calm / ".batches").iterdir())) * DONE)
    with started(way, inputs, out) as process:
        while process.poll() is None and batches_done(out) < max(1, wanted):
            time.sleep(0.2)
        if process.returncode is not None:
            sys.exit(f"{way} ended before it could be killed: {process.stderr.read() if process.stderr else b''!r}")
        done = batches_done(out)
        kill(process.pid, what)
        said = process.communicate()[1].decode(errors="replace")
    began = time.perf_counter()
    if what != "worker":
        measured(way, inputs, out)
    elif process.returncode:
        sys.exit(f"{way} did not go on without its workers ({process.returncode}): {said}")
    rows = same_rows(out, calm)
    again = f", taken up again in {time.perf_counter() - began:.0f} s" if what != "worker" else ", gone on by itself"
    print(
        f"{way}: {what} killed after {done} batches{again}: {rows:,} rows are those of the job left alone", flush=True
    )


def batches_done(out: Path) -> int:
    """Return how many batches of a job are finished."""
    return len(list((out / ".batches").glob("*.json"))) if (out / ".batches").is_dir() else 0


def kill(driver: int, what: str) -> None:
    """End a driver, its workers, or it and all that it started, without warning."""
    below = list(descendants(driver))
    if what == "worker":
        # Without its agents a node ends, and with it its driver.
        pids = [pid for pid, name in below if name.startswith("ray::") and "Agent" not in name]
    else:
        pids = [driver, *(pid for pid, _ in below)] if what == "cluster" else [driver]
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    until = time.monotonic() + SECONDS_TO_END
    while what == "driver" and any(is_there(pid) for pid, _ in below) and time.monotonic() < until:
        time.sleep(0.2)  # the engine's processes end with the driver


def is_there(pid: int) -> bool:
    """Say whether a process is running."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def same_rows(out: Path, calm: Path) -> int:
    """Return the number of rows of two equal results.

    Raises:
        SystemExit: they differ.
    """
    from pyarrow import parquet as pq

    names = [sorted(str(path.relative_to(each)) for path in each.rglob("*.parquet")) for each in (out, calm)]
    if names[0] != names[1]:
        sys.exit(f"{out} has other files than {calm}: {sorted(set(names[0]) ^ set(names[1]))[:10]}")
    rows = 0
    for name in names[0]:
        one, other = (pq.read_table(each / name, partitioning=None) for each in (out, calm))
        if not one.equals(other) or (out / name).read_bytes() != (calm / name).read_bytes():
            sys.exit(f"{out / name} differs from {calm / name}")
        rows += one.num_rows
    return rows


def sampled(processes: dict[int, str]) -> Sample:
    """Return the memory of a driver and of what it started, by their roles."""
    largest = dict.fromkeys(ROLES, 0.0)
    for pid, role in processes.items():
        largest[role] = max(largest[role], resident(pid))
    return Sample(largest["driver"], largest["worker"], largest["reader"])


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    """Yield the processes below one, each with its command line."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    below: dict[int, list[tuple[int, str]]] = {}
    for line in listed.splitlines():
        own, parent, name = f"{line} ".split(maxsplit=2)
        below.setdefault(int(parent), []).append((int(own), name))
    waiting = [pid]
    while waiting:
        for child, called in below.get(waiting.pop(), []):
            waiting.append(child)
            yield child, called


def processor_time(pid: int) -> float:
    """Return the seconds of processor time that a process took so far, 0 where it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """Return the resident memory of a process in MB, 0 where it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1]) * PAGE_MB
    except (OSError, IndexError):
        return 0.0


def by_quarters(samples: Sequence[Sample]) -> list[Sample]:
    """Return the largest of each value in each quarter of the time."""
    quarter = max(1, -(-len(samples) // 4))
    parts = [samples[at : at + quarter] for at in range(0, len(samples), quarter)]
    return [Sample(*(max(column) for column in zip(*part, strict=True))) for part in parts]


if __name__ == "__main__":
    main()
