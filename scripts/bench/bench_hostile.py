"""What a client of the service notices while others send it hostile requests: on this machine, in bounded numbers.

    python scripts/bench/bench_hostile.py
    python scripts/bench/bench_hostile.py --only "a zip" searches --notices 500

A service over 2,000 notices is asked by one client, over and over: for a record, a text, a list, and every tenth time
to take a notice. That is timed alone, then beside ``--requests`` hostile ones of one kind, by ``--at-once`` clients,
``--rounds`` times, and so on, kind by kind (``hostile_requests.py``). Printed are the 95th percentile alone and
beside, their ratio, the service's memory (of its own process, and with those that parse), and how it answered. At the
end the 2,000 notices are compared with what they were. The aims: a ratio under 2, memory under 300 MB and flat, all
notices as they were. Nothing is asserted: the hostile clients share the processors with the service, and other work
does, too.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import secrets
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(1, str(Path(__file__).resolve().parents[2] / "tests" / "support"))

from cli_examples import NOTICE
from hostile_requests import GUESSES, HARMLESS, KINDS, Hostile, Target
from service_example import Client, Service, long_notice, serving

TOKEN = secrets.token_urlsafe()
FRIEND = {"Authorization": f"Bearer {TOKEN}"}
ALL = {"harmless, to compare": HARMLESS, **KINDS, "wrong tokens": GUESSES}


class Memory(NamedTuple):
    """Megabytes in memory: of the service's process, and with its children."""

    own: float
    all: float


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", nargs="+", default=list(ALL), metavar="KIND", help=", ".join(ALL))
    parser.add_argument("--notices", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=100, help="of each kind")
    parser.add_argument("--rounds", type=int, default=3, help="of each kind")
    parser.add_argument("--at-once", type=int, default=20)
    options = parser.parse_args()
    kinds = [name for name in ALL if any(name.startswith(asked) for asked in options.only)]
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        limits = ("--queue", str(max(1_000, options.notices)), "--log-level", "warning", "--token-env", "BENCH_TOKEN")
        with serving(data, *limits, env={"BENCH_TOKEN": TOKEN}) as service:
            _fill(service, options.notices)
            before = _kept(data)
            print(f"{len(before)} notices, {options.requests} requests of each kind by {options.at_once} clients")
            print(f"{'kind':<38}{'alone':>10}{'beside':>10}{'ratio':>7}{'own MB':>8}{'all MB':>8}  answers")
            list(_asked(service, time.perf_counter() + 2))
            ratios = [_beside(service, name, options) for name in kinds]
            print(f"ratios: median {statistics.median(ratios):.2f}, largest {max(ratios):.2f} (aim: under 2)")
            after = _kept(data)
            changed = sum(after.get(notice) != content for notice, content in before.items())
            print(f"{changed} of {len(before)} notices are not as they were (aim: 0)")


def _fill(service: Service, notices: int) -> None:
    with Client(service.port, FRIEND) as client:
        files = {f"kept-{number:05}.txt": f"{NOTICE}编号{number}\n".encode() for number in range(notices - 1)}
        names = list(files)
        for first in range(0, len(names), 200):
            assert client.done({name: files[name] for name in names[first : first + 200]})["failed"] == 0
        assert client.done({"long.txt": long_notice(40)})["failed"] == 0


def _kept(data: Path) -> dict[str, str]:
    """A hash of all that is kept of each notice that was there at first."""
    with closing(sqlite3.connect(f"file:{data / 'notices.sqlite'}?mode=ro", uri=True)) as database:
        rows = database.execute(
            "SELECT notices.*, readings.* FROM notices JOIN readings ON notices.reading = readings.number "
            "WHERE notices.id LIKE 'kept-%' OR notices.id = 'long'"
        )
        return {row[1]: hashlib.sha256(repr(row).encode()).hexdigest() for row in rows}


def _beside(service: Service, name: str, options: argparse.Namespace) -> float:
    target = Target(service.port, "long", {} if name == "wrong tokens" else FRIEND)
    alone: list[float] = []
    beside: list[float] = []
    memory = _memory(service)
    found: Counter[object] = Counter()
    for _ in range(options.rounds):
        alone += _asked(service, time.perf_counter() + 1)
        answers = multiprocessing.get_context("spawn").Queue()
        attack = (name, target, options.requests, options.at_once, answers)
        process = multiprocessing.get_context("spawn").Process(target=_attack, args=attack)
        process.start()
        answers.get()  # it has begun
        while answers.empty() and process.is_alive():
            beside += _asked(service, time.perf_counter() + 0.2)
            memory = max(memory, _memory(service))
        found += answers.get()
        process.join()
    quiet, loud = _p95(alone), _p95(beside)
    expected = ALL[name].answers
    told = ", ".join(f"{count}× {status or 'left'}{'' if status in expected else ' (!)'}"
                     for status, count in sorted(found.items(), key=str))  # fmt: skip
    print(
        f"{name:<38}{1000 * quiet:>7.1f} ms{1000 * loud:>7.1f} ms{loud / quiet:>7.2f}"
        f"{memory.own:>8.0f}{memory.all:>8.0f}  {told} ({len(beside)} timed)",
        flush=True,
    )
    return loud / quiet


def _attack(name: str, target: Target, requests: int, at_once: int, answers: multiprocessing.Queue[Any]) -> None:
    os.nice(19)  # as if it were another machine
    hostile: Hostile = ALL[name]

    def one(number: int) -> int | str | None:
        try:
            return hostile.send(target, number)
        except Exception as error:
            return type(error).__name__

    answers.put("begun")
    with ThreadPoolExecutor(at_once) as clients:
        answers.put(Counter(clients.map(one, range(requests))))


def _asked(service: Service, until: float) -> Iterator[float]:
    """Ask as a client does until a moment, and yield the seconds of each answer."""
    number = 0
    with Client(service.port, FRIEND) as client:
        while time.perf_counter() < until:
            number += 1
            yield _timed(partial(_one, client, number))


def _one(client: Client, number: int) -> None:
    if number % 10 == 0:
        name = f"new-{time.monotonic_ns()}.txt"
        status = client.send_texts({"name": name, "text": f"{NOTICE}{name}"}).status
        assert status in (202, 429), status
        return
    paths = ("/v1/notices/kept-00007", "/v1/notices/kept-00300/text", "/v1/notices?limit=20", "/healthz")
    assert client.ask(paths[number % len(paths)]).status == 200


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[18] if len(times) > 1 else times[0]


def _timed(function: Callable[[], object]) -> float:
    begun = time.perf_counter()
    function()
    return time.perf_counter() - begun


def _memory(service: Service) -> Memory:
    own = service.process.pid
    children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
    sizes = [_resident(pid) for pid in (own, *map(int, children))]
    return Memory(sizes[0], sum(sizes))


def _resident(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS")), 0.0)


if __name__ == "__main__":
    main()
