"""Measure a job on Ray beside a run: notices a second, and the memory of driver and workers while it goes on.

    python scripts/bench/bench_ray.py                       # 2,000 made notices, 1 and 2 workers
    python scripts/bench/bench_ray.py --notices 20000
    python scripts/bench/bench_ray.py --notices 100000 --ways ray-2

The corpus is made from the gold notices (``corpus.py``). Each way reads the same files into a folder of its own;
``run-2`` is ``run --jobs 2``, ``ray-2`` is ``run --engine ray --jobs 2``. A way's start is measured by a job over one
notice; rates are of the rest. Memory is the resident set (MB) of the driver, and the largest of a Ray worker and of a
process that reads documents, sampled each second and told for each quarter of the time: where it is flat, a million
notices take what a thousand do. Nothing is asserted. Only a machine that does nothing else gives rates that mean
anything.
"""

from __future__ import annotations

import argparse
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
DIFFERENT = 100  # made notices; the others differ from them by a line
PAGE_MB = 4096 / 1e6


class Sample(NamedTuple):
    """Resident memory in MB: of the driver, of the largest Ray worker, of the largest reader of documents."""

    driver: float
    worker: float
    reader: float


class Measured(NamedTuple):
    """The seconds that a way took, and samples of its memory."""

    seconds: float
    samples: list[Sample]


def main() -> None:
    """Measure each way, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, default=2000)
    parser.add_argument("--characters", type=int, default=15_000, help="of a notice")
    parser.add_argument("--ways", nargs="*", default=["run-1", "ray-1", "run-2", "ray-2"])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = corpus(folder / "in", options.notices, options.characters)
        one = next(inputs.rglob("*.txt"))
        rates: dict[str, float] = {}
        print("| way | s | start s | notices/s | bytes a notice | MB of driver, worker, reader, by quarters |")
        print("| --- | ---: | ---: | ---: | ---: | --- |")
        for way in options.ways:
            start = measured(way, one, folder / f"{way}-one").seconds
            whole = measured(way, inputs, folder / way)
            rates[way] = (options.notices - 1) / (whole.seconds - start)
            size = sum(path.stat().st_size for path in (folder / way).rglob("*") if path.is_file()) / options.notices
            quarters = " · ".join(f"{s.driver:.0f} {s.worker:.0f} {s.reader:.0f}" for s in by_quarters(whole.samples))
            numbers = f"{whole.seconds:.1f} | {start:.1f} | {rates[way]:.1f} | {size:,.0f}"
            print(f"| {way} | {numbers} | {quarters} |", flush=True)
        for first, second in (("ray-1", "run-1"), ("ray-2", "run-2"), ("ray-2", "ray-1"), ("run-2", "run-1")):
            if first in rates and second in rates:
                print(f"{first} is {rates[first] / rates[second]:.2f} of {second}")


def corpus(folder: Path, notices: int, characters: int) -> Path:
    """Write so many notices into folders of a thousand."""
    made = make_many(read_bases(ROOT / "gold" / "notices"), min(DIFFERENT, notices), characters, 1)
    texts = [each.text for each in made]
    for number in range(notices):
        path = folder / f"{number // 1000:04d}" / f"n{number:07d}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{texts[number % len(texts)]}\n附注{number}\n", encoding="utf-8")
    return folder


def measured(way: str, inputs: Path, out: Path) -> Measured:
    """Run a way to its end.

    Raises:
        SystemExit: it failed.
    """
    kind, _, jobs = way.partition("-")
    engine = ("--engine", "ray") if kind == "ray" else ()
    command = [sys.executable, "-m", "extractor", "run", str(inputs), "--out", str(out), "--jobs", jobs, *engine]
    began = time.perf_counter()
    samples = []
    with subprocess.Popen([*command, "--backend", "rules"], cwd=ROOT, stderr=subprocess.PIPE) as process:
        while process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(1.0)
            samples.append(sampled(process.pid))
        if process.returncode:
            sys.exit(f"{way} failed: {process.stderr.read().decode() if process.stderr else ''}")
    return Measured(time.perf_counter() - began, samples)


def sampled(driver: int) -> Sample:
    """Return the memory of a driver and of what it started."""
    workers, readers = [0.0], [0.0]
    for pid, name in descendants(driver):
        if name.startswith("ray::"):
            workers.append(resident(pid))
        elif "confined_main" in name:
            readers.append(resident(pid))
    return Sample(resident(driver), max(workers), max(readers))


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
