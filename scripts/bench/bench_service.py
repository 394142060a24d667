"""What the service adds: notices a minute against the bare pipeline, and how long reading a record takes.

    python scripts/bench/bench_service.py
    python scripts/bench/bench_service.py --notices 400 --workers 1

The corpus is made from the gold notices (``scripts/corpus.py``). In each round the same notices go both ways, one after
the other, so that other work on the machine meets both as nearly as it can:

- Bare: ``extractor.pipeline``, from bytes to a run's folder, in as many processes, which are warm. It reads by rules,
  hashes, and writes two files a notice. It does not wait for the disk.
- Service: eight clients send ten files a request over HTTP, until all are kept. It reads by the same rules in as many
  processes, which are limited; one more process, beside them, takes the files, has them on disk before it answers, and
  keeps record, text and filters in SQLite, on disk, too, after each notice.

What lists, sums, comparison and search of many notices need is made when nothing is left to read, or before the first
answer that needs it: how long that takes beyond the reading is told beside it. Seconds by the clock swing with whatever
else the machine does; so the processor time of both ways is told, too, that of the service with and without what is
made later (on Linux).

The clients share the processors with the service: they take 0.3 ms a notice, against some 50 ms for the service. A
round holds the start, too, when files come in and nothing is to be read yet. When all are kept, records are read.
Nothing is asserted.

Beside other work the ratio of seconds came out at 1.0 and more, since the service has one process more to ask for the
processors with: there only the ratio of processor time means anything.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from corpus import make_many, read_bases
from service_example import Client, Service, serving

from extractor.files.sources.source import Source
from extractor.pipeline import extract_file, store
from extractor.processes.workers import processors, spare_the_collector
from extractor.runs.run_folder import RunFolder, opened

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = 8
READS = 2_000
AT_LEAST = 0.9  # of the bare pipeline


class File(NamedTuple):
    """A file to send."""

    name: str
    data: bytes


class Taken(NamedTuple):
    """Seconds that something took: by the clock, and of all processors together."""

    clock: float
    processor: float


class Round(NamedTuple):
    """The seconds that the same notices took both ways, and those until the service had counted them, too."""

    bare: Taken
    served: Taken
    counted: Taken


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--notices", type=int, default=1000, help="kept when records are read")
    parser.add_argument("--characters", type=int, default=15_000, help="of a notice")
    parser.add_argument("--files", type=int, default=10, help="a request")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--workers", type=int, default=processors())
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    size = options.notices // options.rounds
    texts = make_many(read_bases(ROOT / "gold" / "notices"), size * options.rounds, options.characters, options.seed)
    files = [File(f"notice-{number:05}.txt", made.text.encode()) for number, made in enumerate(texts)]
    print(f"{len(files)} notices of about {options.characters:,} characters, {options.workers} workers, "
          f"{processors()} processors, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    limits = ("--workers", str(options.workers), "--queue", str(size), "--log-level", "warning")
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(options.workers, get_context("spawn"), spare_the_collector) as pool,
        serving(Path(folder) / "data", *limits) as service,
        opened(Path(folder) / "out") as out,
    ):
        _bare(pool, out, files[: 8 * options.workers])  # processes are started, tables loaded
        rounds = []
        for number in range(options.rounds):
            part = files[number * size : (number + 1) * size]
            ours = {process.pid for process in multiprocessing.active_children() if process.pid}
            measured = Round(
                _taken(partial(_bare, pool, out, part), ours),
                _taken(partial(_send, service, part, options.files), {service.process.pid}),
                _taken(partial(_count, service), {service.process.pid}),
            )
            rounds.append(measured)
            _print_round(f"round {number + 1}", measured, size)
        _print_ratios(rounds)
        _print_reading(service, [file.name.removesuffix(".txt") for file in files], options.seed)


def _bare(pool: ProcessPoolExecutor, out: RunFolder, files: Sequence[File]) -> None:
    counts = pool.map(partial(_through, out), files, chunksize=4)
    assert sum(counts) > 0


def _through(out: RunFolder, file: File) -> float:
    extracted = extract_file(Source(file.name), file.data, notice_id=file.name)
    return store(extracted, out, "bench").counts["issues"] or 0


def _send(service: Service, files: Sequence[File], at_once: int) -> None:
    """Send files by some clients at once, ``at_once`` a request, and wait until all are kept."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [files[number::CLIENTS] for number in range(CLIENTS)]
        jobs = clients.map(_send_some, [service.port] * CLIENTS, parts, [at_once] * CLIENTS)
        last = [job for job in jobs if job]
    with Client(service.port) as client:
        for job in last:
            ended = client.wait(job)
            assert ended["done"] == ended["total"], ended


def _count(service: Service) -> None:
    with Client(service.port) as client:
        assert client.ask("/v1/overview").status == 200


def _send_some(port: int, files: Sequence[File], at_once: int) -> str:
    job = ""
    with Client(port) as client:
        for first in range(0, len(files), at_once):
            sent = {file.name: file.data for file in files[first : first + at_once]}
            while (answer := client.send(sent)).status == 429:
                time.sleep(float(answer.headers["retry-after"]))
            assert answer.status == 202, answer
            job = answer.json()["job_id"]
    return job


def _print_round(what: str, measured: Round, size: int) -> None:
    bare, served = (60 * size / taken.clock for taken in measured[:2])
    each = ", ".join(
        f"{name} {taken.processor / size * 1000:.1f}" for name, taken in zip(Round._fields, measured, strict=True)
    )
    print(
        f"{what}: bare {bare:,.0f}, service {served:,.0f} notices a minute, {served / bare:.2f}; "
        f"counted {measured.counted.clock:.1f} s later; processor ms a notice: {each}; load {os.getloadavg()[0]:.1f}",
        flush=True,
    )


def _print_ratios(rounds: Sequence[Round]) -> None:
    for what, of in (("seconds", 0), ("processor time", 1)):
        alone = statistics.median(each.bare[of] / each.served[of] for each in rounds)
        whole = statistics.median(each.bare[of] / (each.served[of] + each.counted[of]) for each in rounds)
        print(
            f"by {what} the service does {alone:.2f} of the bare pipeline, counting included {whole:.2f} "
            f"(medians; aim: at least {AT_LEAST})"
        )


def _print_reading(service: Service, ids: Sequence[str], seed: int) -> None:
    """Read records one after the other, then by eight clients at once."""
    chance = random.Random(seed)
    alone = _reading(service.port, chance.choices(ids, k=READS))
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [chance.choices(ids, k=READS // CLIENTS) for _ in range(CLIENTS)]
        together = [seconds for part in clients.map(_reading, [service.port] * CLIENTS, parts) for seconds in part]
    for what, times in (("one client", alone), (f"{CLIENTS} clients at once", together)):
        parts_of_100 = statistics.quantiles(times, n=100)
        p50, p95 = parts_of_100[49] * 1000, parts_of_100[94] * 1000
        print(f"reading a record at {len(ids):,} notices, {what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")


def _reading(port: int, ids: Sequence[str]) -> list[float]:
    with Client(port) as client:
        return [_timed(partial(client.ask, f"/v1/notices/{notice_id}")) for notice_id in ids]


def _taken(function: Callable[[], object], above: Collection[int]) -> Taken:
    """Run a function; return how long it took, with the processor time of processes and of those below them."""
    before = processor_seconds(above)
    return Taken(_timed(function), processor_seconds(above) - before)


def processor_seconds(above: Collection[int]) -> float:
    """Return the processor time of processes and of those below them, in seconds; as NaN where there is no /proc."""
    stats = [_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
    if not stats:
        return float("nan")
    parents = {each.pid: each.parent for each in stats}
    return sum(each.seconds for each in stats if _is_below(each.pid, parents, above))


class _Stat(NamedTuple):
    pid: int
    parent: int
    seconds: float


def _stat(path: Path) -> _Stat:
    try:
        fields = path.read_text().rpartition(")")[2].split()
    except OSError:  # it has ended
        return _Stat(0, 0, 0.0)
    # In proc(5), the parent is field 4, the processor times of a process and of its children that ended 14 to 17.
    return _Stat(int(path.parent.name), int(fields[1]), sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK"))


def _is_below(pid: int, parents: Mapping[int, int], above: Collection[int]) -> bool:
    while pid:
        if pid in above:
            return True
        pid = parents.get(pid, 0)
    return False


def _timed(function: Callable[[], object]) -> float:
    gc.collect(0)
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
