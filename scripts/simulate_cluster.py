"""Simulate a job with a model on many machines: the real limiter, invented workers, answers and failures, no waiting.

    python scripts/simulate_cluster.py                                    # 1,000 workers, 5,000 notices
    python scripts/simulate_cluster.py --workers 20 --notices 400         # what the tests run

Time is simulated: an event loop that jumps to the next moment at which something is due. Workers take batches, ask the
account about each notice, and die at random; their batch is done again by another, from the answers that are kept. Once
in the middle the driver dies, and with it the account and every call under way; the job is started again at once. The
endpoint refuses (429) what is more than it can do at once. Printed is what was found beside what must hold: no more
requests in a minute than allowed (a new driver does not know what the dead one sent in its last minute), no more tokens
than the budget, no answer asked for twice but for calls under way when the driver died.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import selectors
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from extractor.endpoint.limiter import Limiter, Need
from extractor.endpoint.settings import EndpointSettings

AT_ONCE = 32  # notices that a worker reads at once
BATCH = 50
_REFUSAL = 0.1  # seconds until an endpoint says 429


class Plan(NamedTuple):
    """What is simulated; times in seconds, tokens a call.

    Workers die ``deaths`` times an hour each; the endpoint refuses what comes while it does ``capacity`` requests.
    """

    workers: int = 1000
    notices: int = 5_000
    calls: int = 4
    tokens: int = 6_000
    rules_seconds: float = 0.05
    answer_seconds: float = 12.0
    rpm: int = 20_000
    budget_tokens: int = 0
    concurrency: int = 2_000
    deaths: float = 2.0
    capacity: int = 1_500
    seed: int = 1


@dataclass
class Found:
    """What a simulation found.

    ``most_in_a_minute`` are requests of one driver, ``most_across`` of both; ``sent`` the times of all.
    """

    seconds: float = 0.0
    calls: int = 0
    requests: int = 0
    refused: int = 0
    repeated: int = 0
    under_way: int = 0
    tokens: int = 0
    most_in_a_minute: int = 0
    most_across: int = 0
    deaths: int = 0
    unanswered: int = 0
    sent: list[float] = field(default_factory=list, repr=False)


class _NoWaiting(selectors.SelectSelector):
    """A selector that does not wait: it moves the clock."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[Any]:
        self.now += max(timeout or 0.0, 0.0)
        return []


class SimulatedLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only where all wait."""

    def __init__(self) -> None:
        self._clock = _NoWaiting()
        super().__init__(self._clock)

    def time(self) -> float:
        """Return the simulated time in seconds."""
        return self._clock.now


class Account:
    """The account of one life of the driver: all calls go through its limiter; identical ones share an answer."""

    def __init__(self, plan: Plan, kept: set[tuple[int, int]], found: Found, chance: random.Random) -> None:
        settings = EndpointSettings(
            model="m",
            base_url="http://endpoint.invalid/v1",
            rpm=plan.rpm,
            budget_tokens=max(plan.budget_tokens - found.tokens, 1) if plan.budget_tokens else None,
            concurrency=plan.concurrency,
        )
        self._plan, self._kept, self._found, self._chance = plan, kept, found, chance
        self._loop = asyncio.get_running_loop()
        self._limiter = Limiter(settings, self._loop.time)
        self._answering = 0
        self._calls: dict[tuple[int, int], asyncio.Task[bool]] = {}

    async def ask(self, key: tuple[int, int]) -> bool:
        """Return whether a call was answered; one whose worker dies goes on."""
        if key in self._kept:
            return True
        if key not in self._calls:
            self._calls[key] = asyncio.create_task(self._asked(key))
        return await asyncio.shield(self._calls[key])

    async def _asked(self, key: tuple[int, int]) -> bool:
        again = False
        while True:
            try:
                ticket = await self._limiter.enter(Need(self._plan.tokens), again=again)
            except Exception:  # over the budget
                self._found.unanswered += 1
                return False
            self._found.requests += 1
            self._found.sent.append(self._loop.time())
            if self._answering < self._plan.capacity:
                break
            await asyncio.sleep(_REFUSAL)
            self._found.refused += 1
            self._limiter.refused(ticket, 1.0)
            self._limiter.leave(ticket, Need(0))
            again = True
        self._answering += 1
        await asyncio.sleep(self._chance.expovariate(1 / self._plan.answer_seconds))
        self._answering -= 1
        spent = int(self._plan.tokens * self._chance.uniform(0.6, 1.0))
        self._limiter.leave(ticket, Need(spent), succeeded=True)
        self._found.tokens += spent
        self._kept.add(key)
        return True

    async def die(self) -> int:
        """Lose all calls under way; return how many had been sent."""
        under_way = self._limiter.running
        for call in self._calls.values():
            call.cancel()
        await asyncio.gather(*self._calls.values(), return_exceptions=True)
        return under_way


class Cluster:
    """Workers that take batches until none is left, and die at random."""

    def __init__(self, plan: Plan, account: Account, batches: Sequence[range], chance: random.Random) -> None:
        self._plan, self._account, self._chance = plan, account, chance
        self._left = len(batches)
        self._waiting = deque(batches)
        self._working: dict[asyncio.Task[None], range] = {}
        self._done = asyncio.Event()
        self._is_dead = False
        self.deaths = 0

    async def work(self) -> None:
        """Do all batches."""
        self._start()
        while not self._done.is_set():
            hours = self._plan.deaths * self._plan.workers
            pause = self._chance.expovariate(hours / 3600) if hours else None
            try:
                await asyncio.wait_for(self._done.wait(), pause)
            except TimeoutError:
                self._kill_one()

    async def die(self) -> None:
        """Lose all workers."""
        self._waiting.clear()
        self._is_dead = True
        for task in list(self._working):
            task.cancel()
        await asyncio.gather(*self._working, return_exceptions=True)

    def _start(self) -> None:
        while self._waiting and len(self._working) < self._plan.workers:
            batch = self._waiting.popleft()
            task = asyncio.create_task(self._batch(batch))
            self._working[task] = batch
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        batch = self._working.pop(task)
        if self._is_dead:
            return
        if task.cancelled():
            self._waiting.append(batch)
        else:
            self._left -= 1
        if self._left:
            self._start()
        else:
            self._done.set()

    def _kill_one(self) -> None:
        if self._working:
            self._chance.choice(list(self._working)).cancel()
            self.deaths += 1

    async def _batch(self, batch: range) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def read(notice: int) -> None:
            async with gate:
                await asyncio.sleep(self._plan.rules_seconds)
                await asyncio.gather(*(self._account.ask((notice, call)) for call in range(self._plan.calls)))

        async with asyncio.TaskGroup() as notices:
            for notice in batch:
                notices.create_task(read(notice))


def simulated(plan: Plan) -> Found:
    """Return what a simulation of a plan finds; the same plan finds the same."""
    with asyncio.Runner(loop_factory=SimulatedLoop) as runner:
        return runner.run(_job(plan))


async def _job(plan: Plan) -> Found:
    chance, kept, found = random.Random(plan.seed), set[tuple[int, int]](), Found()
    batches = [range(at, min(at + BATCH, plan.notices)) for at in range(0, plan.notices, BATCH)]
    loop = asyncio.get_running_loop()
    middle = plan.notices * plan.calls * _least_seconds(plan) / 2
    for life in ("killed", "whole"):
        before = len(found.sent)
        account = Account(plan, kept, found, chance)
        cluster = Cluster(plan, account, batches, chance)
        job = asyncio.create_task(cluster.work())
        if life == "killed":
            await asyncio.wait([job], timeout=middle)
            found.under_way = await account.die()
            job.cancel()
            await asyncio.gather(job, return_exceptions=True)
            await cluster.die()
        else:
            await job
        found.deaths += cluster.deaths
        found.most_in_a_minute = max(found.most_in_a_minute, _most(found.sent[before:]))
    found.seconds = loop.time()
    found.calls = len(kept)
    found.repeated = found.requests - found.refused - len(kept)
    found.most_across = _most(found.sent)
    return found


def _least_seconds(plan: Plan) -> float:
    """Return the seconds that a call takes of the job, by limits, endpoint and workers alone."""
    at_once = min(plan.concurrency, plan.capacity, plan.workers * AT_ONCE * plan.calls, plan.notices * plan.calls)
    return max(60 / plan.rpm, plan.answer_seconds / at_once)


def _most(sent: Sequence[float]) -> int:
    """Return the most requests of any 60 seconds."""
    window: deque[float] = deque()
    most = 0
    for moment in sent:
        window.append(moment)
        while window[0] + 60.0 <= moment:
            window.popleft()
        most = max(most, len(window))
    return most


def main() -> None:
    """Simulate, and print what was found beside what must hold."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    for name, value in Plan()._asdict().items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    plan = Plan(**vars(parser.parse_args()))
    found = simulated(plan)
    ideal = found.calls * _least_seconds(plan)
    print(f"{plan.workers:,} workers, {plan.notices:,} notices, {found.calls:,} answers in {found.seconds:,.0f} s")
    print(f"time {found.seconds / ideal:.2f} of what the limits alone allow; {found.deaths:,} workers died")
    print(f"requests {found.requests:,}, of them refused {found.refused:,}")
    print(
        f"most requests in a minute {found.most_in_a_minute:,}, allowed {plan.rpm:,}; "
        f"across the restart {found.most_across:,}"
    )
    print(f"asked for twice {found.repeated:,}, under way when the driver died {found.under_way:,}")
    print(f"tokens {found.tokens:,}" + (f", budget {plan.budget_tokens:,}" if plan.budget_tokens else ""))


if __name__ == "__main__":
    main()
