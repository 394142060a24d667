"""When the next request may go. Time is told to the limiter, not waited for, wherever that does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.limiter import Limiter, Need, Ticket, Window
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.standstill import Standstill

SMALL = Need(10)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def with_limiter(use: Callable[[Limiter, Clock], Awaitable[None]], **settings: Any) -> None:
    async def run() -> None:
        clock = Clock()
        await use(Limiter(EndpointSettings(**settings), clock), clock)

    asyncio.run(run())


async def waiting(limiter: Limiter, need: Need = SMALL, *, again: bool = False) -> asyncio.Task[Ticket]:
    """Come to the gate, and let those through who may."""
    task = asyncio.create_task(limiter.enter(need, again=again))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


async def admitted(limiter: Limiter, count: int) -> list[Ticket]:
    return [await limiter.enter(SMALL) for _ in range(count)]


def test_no_more_go_than_the_settings_allow() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        first, _ = await admitted(limiter, 2)
        third = await waiting(limiter)
        assert (limiter.running, limiter.waiting, third.done()) == (2, 1, False)
        limiter.leave(first, SMALL)
        await third
        assert (limiter.running, limiter.waiting) == (2, 0)

    with_limiter(use, concurrency=2)


def test_the_limit_doubles_each_round_while_all_goes_well() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        assert limiter.limit == 8
        limits = []
        for _ in range(7):
            tickets = await admitted(limiter, limiter.limit)
            tasks = [await waiting(limiter) for _ in range(len(tickets))]
            for ticket in tickets:
                limiter.leave(ticket, SMALL, succeeded=True)
            for task in tasks:
                limiter.leave(await task, SMALL, succeeded=True)
            limits.append(limiter.limit)
        assert limits == sorted(limits)
        assert limits[0] >= 12
        assert limits[-1] == 64

    with_limiter(use)


def test_a_limit_that_is_not_used_does_not_grow() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        for _ in range(20):
            (ticket,) = await admitted(limiter, 1)
            limiter.leave(ticket, SMALL, succeeded=True)
        assert limiter.limit == 8

    with_limiter(use)


def test_a_burst_of_refusals_halves_the_limit_once() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        burst = await admitted(limiter, 8)
        clock.now += 1
        for ticket in burst:
            limiter.refused(ticket, None)
            limiter.leave(ticket, Need(0))
        assert limiter.limit == 4
        clock.now += 1
        (later,) = await admitted(limiter, 1)
        limiter.refused(later, None)
        assert limiter.limit == 2

    with_limiter(use, concurrency=8)


def test_after_a_cut_the_limit_grows_by_one_a_round() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        (ticket,) = await admitted(limiter, 1)
        limiter.refused(ticket, None)
        limiter.leave(ticket, Need(0))
        clock.now += 1
        assert limiter.limit == 4
        tickets = await admitted(limiter, 4)
        tasks = [await waiting(limiter) for _ in range(5)]
        for ticket in tickets:
            limiter.leave(ticket, SMALL, succeeded=True)
        for task in tasks[:4]:
            limiter.leave(await task, SMALL, succeeded=True)
        assert limiter.limit == 5

    with_limiter(use, concurrency=8)


def test_the_limit_never_falls_below_one() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        for _ in range(5):
            clock.now += 1
            (ticket,) = await admitted(limiter, 1)
            limiter.refused(ticket, None)
            limiter.leave(ticket, Need(0))
        assert limiter.limit == 1

    with_limiter(use)


def test_those_that_come_again_go_before_the_new() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        (first,) = await admitted(limiter, 1)
        new = await waiting(limiter)
        again = await waiting(limiter, again=True)
        limiter.leave(first, SMALL)
        limiter.leave(await again, SMALL)
        assert not new.done()
        await new

    with_limiter(use, concurrency=1)


def test_who_gives_up_waiting_holds_nobody_up() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        (first,) = await admitted(limiter, 1)
        quitter, patient = await waiting(limiter), await waiting(limiter)
        quitter.cancel()
        limiter.leave(first, SMALL)
        limiter.leave(await patient, SMALL)
        assert (limiter.running, limiter.waiting) == (0, 0)

    with_limiter(use, concurrency=1)


def test_who_is_let_through_and_gives_up_at_once_gives_the_place_back() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        (first,) = await admitted(limiter, 1)
        quitter = await waiting(limiter)
        limiter.leave(first, SMALL)
        quitter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await quitter
        assert limiter.running == 0

    with_limiter(use, concurrency=1)


def test_a_closed_gate_opens_by_itself() -> None:
    async def run() -> None:
        limiter = Limiter(EndpointSettings(), asyncio.get_running_loop().time)
        limiter.close(0.01)
        task = await waiting(limiter)
        assert not task.done()
        limiter.leave(await task, SMALL)

    asyncio.run(run())


def test_a_budget_is_never_exceeded() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        first = await limiter.enter(Need(60))
        second = await waiting(limiter, Need(60))
        assert not second.done()  # the first may yet turn out smaller
        limiter.leave(first, Need(30))
        limiter.leave(await second, Need(60))
        with pytest.raises(EndpointFailure) as caught:
            await limiter.enter(Need(11))
        assert caught.value.reason is Reason.BUDGET
        await limiter.enter(Need(10))

    with_limiter(use, budget_tokens=100)


def test_a_budget_of_money_is_never_exceeded() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        limiter.leave(await limiter.enter(Need(1, 0.75)), Need(1, 0.75))
        with pytest.raises(EndpointFailure):
            await limiter.enter(Need(1, 0.5))

    with_limiter(use, budget_usd=1.0)


def test_a_window_holds_what_went_through_within_it() -> None:
    window = Window(limit=3, seconds=60)
    for moment in (0.0, 10.0, 20.0):
        assert window.delay(moment, 1) == 0
        window.add(moment, 1)
    assert window.delay(30.0, 1) == 30.0
    assert window.delay(30.0, 2) == 40.0
    assert window.delay(60.0, 1) == 0


def test_a_window_lets_through_alone_what_is_larger_than_it() -> None:
    window = Window(limit=3, seconds=60)
    assert window.delay(0.0, 5) == 0
    window.add(0.0, 5)
    assert window.delay(1.0, 1) == 59.0


def test_a_window_is_corrected_by_what_was_really_taken() -> None:
    window = Window(limit=100, seconds=60)
    entry = window.add(0.0, 90)
    assert window.delay(1.0, 20) == 59.0
    window.correct(entry, 50)
    assert window.delay(1.0, 20) == 0
    assert window.delay(61.0, 100) == 0
    window.correct(entry, 90)  # it is gone
    assert window.delay(61.0, 100) == 0


def test_requests_a_minute_are_limited() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        first, _ = await admitted(limiter, 2)
        third = await waiting(limiter)
        limiter.leave(first, SMALL)
        await asyncio.sleep(0)
        assert not third.done()
        clock.now += 61
        late = await waiting(limiter)  # whoever comes lets the others through
        await third
        await late

    with_limiter(use, rpm=2)


def test_tokens_a_minute_are_limited() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        first = await limiter.enter(Need(80))
        second = await waiting(limiter, Need(80))
        assert not second.done()
        limiter.leave(first, Need(10))
        await second

    with_limiter(use, tpm=100)


def test_a_standstill_ends_and_the_next_is_longer() -> None:
    """A service that was started before its model must not stand still for ever."""
    standstill = Standstill()
    refused = EndpointFailure(Reason.AUTH, "the key is wrong")
    lengths = []
    now = 0.0
    for _ in range(9):
        assert standstill.failure(now) is None
        standstill.begin(refused, now)
        standstill.begin(refused, now + 1)  # by a call that was under way
        begun = now
        while failure := standstill.failure(now):
            assert (failure.reason, str(failure)) == (refused.reason, str(refused))
            now += 30
        lengths.append(now - begun)
    assert lengths[:4] == [60, 120, 240, 480]
    assert lengths[-2:] == [3600, 3600]
    standstill.answered()
    standstill.begin(refused, now)
    assert standstill.failure(now + 60) is None


def test_an_address_of_this_machine_begins_with_one_request() -> None:
    async def use(limiter: Limiter, _clock: Clock) -> None:
        assert limiter.limit == 1
        (ticket,) = await admitted(limiter, 1)
        limiter.leave(ticket, SMALL, succeeded=True)
        assert limiter.limit == 2
        limiter.bound(1)
        assert limiter.limit == 1

    with_limiter(use, base_url="http://localhost:8080/v1")


def test_answers_that_take_long_do_not_raise_the_limit() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        tickets = await admitted(limiter, 8)
        clock.now += 40
        for ticket in tickets:
            limiter.leave(ticket, SMALL, succeeded=True)
        assert limiter.limit == 8

    with_limiter(use, timeout=120)


def test_a_request_that_runs_out_of_its_time_halves_the_limit_unless_a_later_one_was_answered_soon() -> None:
    async def use(limiter: Limiter, clock: Clock) -> None:
        (lost,) = await admitted(limiter, 1)
        clock.now += 1
        (answered,) = await admitted(limiter, 1)
        limiter.leave(answered, SMALL, succeeded=True)
        limiter.ran_out(lost)
        assert limiter.limit == 8
        clock.now += 1
        (last,) = await admitted(limiter, 1)
        limiter.ran_out(last)
        assert limiter.limit == 4

    with_limiter(use, timeout=120)
