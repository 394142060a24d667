"""What the service adds: notices a minute against the bare pipeline, and how long reading a record takes.

    python scripts/bench/bench_service.py
    python scripts/bench/bench_service.py --notices 400 --workers 1

The corpus is made from the gold notices (``scripts/corpus.py``). In each round the same notices go both ways, one after
the other, so that other work on the machine meets both as nearly as it can:

- Bare: ``extractor.pipeline``, from bytes to a run's folder, in as many processes, which are warm. It reads by rules,
  hashes, and writes two files a notice. It does not wait for the disk.
- Service: eight clients send ten files a request over HTTP, until all are kept. It reads by the same rules in as many
  processes, which are limited; one more process, beside them, takes the files, has them on disk before it answers, and
  keeps record, text, filters and search in SQLite, on disk, too, after each notice.

The clients share the processors with the service: they take 0.3 ms a notice, against some 50 ms for the service. A
round holds the start, too, when files come in and nothing is to be read yet. When all are kept, records are read.
Nothing is asserted.

Only rounds on a machine that does nothing else mean anything: beside other work the ratio came out at 1.0 and more,
probably because the service has one process more to ask for the processors with.
"""

from __future__ import annotations

import argparse
import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
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
AT_LEAST = 0.7  # of the bare pipeline


class File(NamedTuple):
    """A file to send."""

    name: str
    data: bytes


class Round(NamedTuple):
    """Seconds that the same notices took both ways."""

    bare: float
    served: float


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
            measured = Round(
                _timed(partial(_bare, pool, out, part)),
                _timed(partial(_send, service, part, options.files)),
            )
            rounds.append(measured)
            _print_round(f"round {number + 1}", measured, size)
        ratio = statistics.median(each.bare / each.served for each in rounds)
        print(f"the service does {ratio:.2f} of the bare pipeline (median; aim: at least {AT_LEAST})")
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
    a_minute = [60 * size / seconds for seconds in measured]
    ratio = measured.bare / measured.served
    print(f"{what}: bare {a_minute[0]:,.0f}, service {a_minute[1]:,.0f} notices a minute, {ratio:.2f}", flush=True)


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


def _timed(function: Callable[[], object]) -> float:
    gc.collect(0)
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
