"""What a service of ten thousand notices takes: to load them, to start again, to give a record, to answer about all.

    python scripts/bench/bench_kept.py
    python scripts/bench/bench_kept.py --notices 10000 --data served-10000

The notices are invented and short (``bench_desk``, three findings each): a run reads them, and the service loads the
run. Bodies, years and figures differ. ``--data`` keeps the service's folder, so that a second measurement neither reads
nor loads them again. A start is from the process to the first list that it answers, with Python's own start in it. Each
time is the best and the median of ``--rounds``, records apart, whose p50 and p95 are told. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from bench_desk import notice, service_folder
from bench_service import processor_seconds
from service_example import Client, Service, serving

from extractor.runs.run import run

FINDINGS = 3
READS = 2_000
CLIENTS = 8
ASKED: Mapping[str, str] = {
    "first list": "/v1/notices",
    "overview": "/v1/overview",
    "list": f"/v1/items/measure?{urlencode({'category': 'livelihood'})}",
    "sums": f"/v1/items/sum?{urlencode({'term': 'money_recovered', 'order': '-value'})}",
    "search": f"/v1/search?{urlencode({'q': '清退 党纪处分 第2项'})}",
}


class Bound(NamedTuple):
    """The seconds that something may take, and what it is."""

    seconds: float
    what: str


BOUNDS = (Bound(3.0, "restart"), Bound(0.005, "p95 of a record"))


def _fill(data: Path, notices: int) -> None:
    """Have a run read the notices, and the service load the run."""
    with tempfile.TemporaryDirectory() as made:
        texts, out = Path(made) / "texts", Path(made) / "out"
        texts.mkdir()
        for number in range(notices):
            (texts / f"n{number}.txt").write_bytes(notice(number, FINDINGS))
        _print("read by a run", [_seconds(lambda: run([str(texts)], out))])
        begun = time.perf_counter()
        with serving(data, "--load", str(out)):
            _print("loaded", [time.perf_counter() - begun])


def _seconds(done: Callable[[], object]) -> float:
    begun = time.perf_counter()
    done()
    return time.perf_counter() - begun


def _print(what: str, times: Sequence[float]) -> None:
    print(f"{what:24} {min(times):8.3f} {statistics.median(times):8.3f}", flush=True)


def _start(data: Path) -> float:
    begun = time.perf_counter()
    with serving(data) as service, Client(service.port) as client:
        client.ask("/v1/notices")
        return time.perf_counter() - begun


def _records(service: Service, ids: Sequence[str]) -> list[float]:
    with Client(service.port) as client:
        return [_seconds(lambda each=each: client.ask(f"/v1/notices/{each}")) for each in ids]  # type: ignore[misc]


def _print_records(service: Service, notices: int) -> None:
    chance = random.Random(1)
    ids = [f"n{number}" for number in range(notices)]
    before = processor_seconds({service.process.pid})
    alone = _records(service, chance.choices(ids, k=READS))
    took = processor_seconds({service.process.pid}) - before
    print(f"a record, processor time of the service: {took / READS * 1000:.2f} ms")
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [chance.choices(ids, k=READS // CLIENTS) for _ in range(CLIENTS)]
        together = [each for part in clients.map(_records, [service] * CLIENTS, parts) for each in part]
    for what, times in (("one client", alone), (f"{CLIENTS} clients at once", together)):
        parts_of_100 = statistics.quantiles(times, n=100)
        print(f"a record, {what}: p50 {parts_of_100[49] * 1000:.1f} ms, p95 {parts_of_100[94] * 1000:.1f} ms")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notices", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=Path)
    options = parser.parse_args()
    print(f"{options.notices:,} notices, load {os.getloadavg()[0]:.1f}; seconds: best, median")
    with service_folder(options.data) as data:
        if not data.exists():
            _fill(data, options.notices)
        _print("started again", [_start(data) for _ in range(options.rounds)])
        with serving(data) as service, Client(service.port) as client:
            _print_records(service, options.notices)
            for what, address in ASKED.items():
                _print(what, [_seconds(lambda address=address: client.ask(address)) for _ in range(options.rounds)])  # type: ignore[misc]
            client.done({"new.txt": notice(options.notices, FINDINGS)})
            _print("overview after a new one", [_seconds(lambda: client.ask("/v1/overview"))])
    print("; ".join(f"{bound.what} at most {bound.seconds:g} s" for bound in BOUNDS))


if __name__ == "__main__":
    main()
