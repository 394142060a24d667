"""The gate for requests: so many at once, so many a minute, so much in all.

Requests are let through in the order they came, those repeated before those new. How many run at once is found by
trying: the limit doubles each round while nothing is refused, is halved when the endpoint refuses (429) or does not
answer in time, then grows by one a round. All refusals of one burst count once: only a request let through after the
last cut can cause the next. Answers that take long leave the limit as it is: a server that answers one call at a time
lets the others wait, and more of them would run out of their time.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.settings import EndpointSettings

_START = 8  # at once, where the settings do not say
_START_LOCAL = 1  # at an address of this machine: its server may answer one at a time
_CEILING = 64
_SOON = 0.25  # of the time that a request may take: answers that come later raise no limit
_MINUTE = 60.0
_GONE = float("-inf")


class Need(NamedTuple):
    """The most that a request may take: tokens in and out, US dollars (0 where the price is unknown)."""

    tokens: int
    dollars: float = 0.0


@dataclass(eq=False)
class Ticket:
    """A request that was let through at ``admitted`` (loop time); it must be given back.

    The endpoint asked for ``held_back`` seconds of its waiting time; it would not wait for more than ``patience``.
    """

    need: Need
    patience: float = float("inf")
    arrived: float = 0.0
    admitted: float = 0.0
    held_back: float = 0.0
    pressed: bool = False  # the limit was in use when it was let through
    entry: list[float] = field(default_factory=list)


@dataclass
class Window:
    """The amounts let through within the last ``seconds``: at most ``limit`` in sum, or a single larger one."""

    limit: float
    seconds: float = _MINUTE
    entries: deque[list[float]] = field(default_factory=deque)  # [when, amount]; an amount may be corrected
    total: float = 0.0

    def delay(self, now: float, amount: float) -> float:
        """Return the seconds until ``amount`` fits."""
        self._expire(now)
        excess = self.total + amount - self.limit
        if excess <= 0 or not self.entries:
            return 0.0
        for when, held in self.entries:
            excess -= held
            if excess <= 0:
                return when + self.seconds - now
        return self.entries[-1][0] + self.seconds - now

    def add(self, now: float, amount: float) -> list[float]:
        """Let ``amount`` through; the entry returned may be corrected with ``correct``."""
        entry = [now, amount]
        self.entries.append(entry)
        self.total += amount
        return entry

    def correct(self, entry: list[float], amount: float) -> None:
        """Set an entry to the amount that it really took."""
        if entry[0] != _GONE:
            self.total += amount - entry[1]
            entry[1] = amount

    def _expire(self, now: float) -> None:
        while self.entries and self.entries[0][0] + self.seconds <= now:
            entry = self.entries.popleft()
            self.total -= entry[1]
            entry[0] = _GONE


class Limiter:
    """The gate that all requests to one endpoint go through. Belongs to one event loop."""

    def __init__(self, settings: EndpointSettings, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._ceiling = float(settings.concurrency or _CEILING)
        self._limit = float(settings.concurrency or (_START_LOCAL if settings.is_local else _START))
        self._soon = _SOON * settings.timeout
        self._cut = False  # whether the limit was ever cut: until then it doubles
        self._last_cut = float("-inf")
        self._last_soon = float("-inf")  # when the last one that was answered soon was let through
        self._requests = Window(settings.rpm) if settings.rpm else None
        self._tokens = Window(settings.tpm) if settings.tpm else None
        self._budget = Need(settings.budget_tokens or 0, settings.budget_usd or 0.0)
        self._spent = Need(0)
        self._reserved = Need(0)
        self._running = 0
        self._closed_until = float("-inf")
        self._closed_before = 0.0  # seconds for which the endpoint closed the gate up to ``_closed_until``
        self._queue: deque[tuple[Ticket, asyncio.Future[None]]] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def running(self) -> int:
        """The number of requests under way."""
        return self._running

    @property
    def waiting(self) -> int:
        """The number of requests that wait to be let through."""
        return len(self._queue)

    @property
    def limit(self) -> int:
        """The number of requests that may be under way now."""
        return int(self._limit)

    async def enter(self, need: Need, *, again: bool = False, patience: float = float("inf")) -> Ticket:
        """Wait until a request may go, and return its ticket; ``again`` marks a repetition, which goes first.

        Waits that the endpoint asks for may take ``patience`` seconds in all, its turn as long as it takes.

        Raises:
            EndpointFailure: it could exceed the budget, or the endpoint asks for longer waits.
        """
        ticket = Ticket(need, patience, arrived=self._closed_up_to(self._clock()))
        gate: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if again:
            self._queue.appendleft((ticket, gate))
        else:
            self._queue.append((ticket, gate))
        self._pump()
        try:
            await gate
        except asyncio.CancelledError:
            if gate.done() and not gate.cancelled() and gate.exception() is None:
                self.leave(ticket, Need(0))  # let through and given up in the same moment
            else:
                self._pump()  # it may have been the one that all waited for
            raise
        return ticket

    def leave(self, ticket: Ticket, spent: Need, *, succeeded: bool = False) -> None:
        """Give a ticket back, with what the request took."""
        self._running -= 1
        self._reserved = Need(self._reserved.tokens - ticket.need.tokens, self._reserved.dollars - ticket.need.dollars)
        self._spent = Need(self._spent.tokens + spent.tokens, self._spent.dollars + spent.dollars)
        if self._tokens:
            self._tokens.correct(ticket.entry, spent.tokens)
        if succeeded and self._clock() - ticket.admitted <= self._soon:
            self._last_soon = max(self._last_soon, ticket.admitted)
            if ticket.pressed:
                self._limit = min(self._limit + (1 / self._limit if self._cut else 1), self._ceiling)
        self._pump()

    def refused(self, ticket: Ticket, wait: float | None) -> None:
        """Note that the endpoint refused a request because of too many; it asks to ``wait`` seconds, None for none."""
        now = self._clock()
        if ticket.admitted >= self._last_cut:
            self._limit = max(self._limit / 2, 1.0)
            self._cut = True
            self._last_cut = now
        if wait:
            self.close(wait)

    def ran_out(self, ticket: Ticket) -> None:
        """Note that a request was not answered in time: there were too many, unless a later one was answered soon."""
        if ticket.admitted >= self._last_soon:
            self.refused(ticket, None)

    def bound(self, most: int) -> None:
        """Let no more than ``most`` requests run at once from now on."""
        self._ceiling = min(self._ceiling, float(most))
        self._limit = min(self._limit, self._ceiling)

    def close(self, seconds: float) -> None:
        """Let nothing through for so many seconds, as the endpoint asked."""
        now = self._clock()
        until = now + seconds
        if until > self._closed_until:
            self._closed_before += until - max(self._closed_until, now)
            self._closed_until = until
        for ticket, gate in self._queue:
            if self._closed_before - ticket.arrived > ticket.patience and not gate.done():
                gate.set_exception(_kept_waiting())

    def _closed_up_to(self, moment: float) -> float:
        """Return the seconds for which the endpoint closed the gate, up to a moment (loop time)."""
        return self._closed_before - max(self._closed_until - moment, 0.0)

    def _pump(self) -> None:
        """Let through what may go, in order; where only time is missing, come again then."""
        while self._queue:
            ticket, gate = self._queue[0]
            if gate.done():
                self._queue.popleft()
                continue
            if self._overspends(ticket.need, self._spent):
                self._queue.popleft()
                gate.set_exception(_over_budget())
                continue
            if self._running >= int(self._limit) or self._overspends(ticket.need, self._taken()):
                return  # whoever leaves next comes here
            now = self._clock()
            delay = self._delay(ticket.need, now)
            if delay > 0:
                self._come_again(delay)
                return
            self._queue.popleft()
            self._admit(ticket, now)
            gate.set_result(None)

    def _admit(self, ticket: Ticket, now: float) -> None:
        ticket.admitted = now
        ticket.held_back = self._closed_up_to(now) - ticket.arrived
        self._running += 1
        ticket.pressed = self._running >= int(self._limit)
        self._reserved = Need(self._reserved.tokens + ticket.need.tokens, self._reserved.dollars + ticket.need.dollars)
        if self._requests:
            self._requests.add(now, 1)
        if self._tokens:
            ticket.entry = self._tokens.add(now, ticket.need.tokens)

    def _delay(self, need: Need, now: float) -> float:
        delays = [self._closed_until - now]
        if self._requests:
            delays.append(self._requests.delay(now, 1))
        if self._tokens:
            delays.append(self._tokens.delay(now, need.tokens))
        return max(delays)

    def _taken(self) -> Need:
        return Need(self._spent.tokens + self._reserved.tokens, self._spent.dollars + self._reserved.dollars)

    def _overspends(self, need: Need, taken: Need) -> bool:
        return bool(
            (self._budget.tokens and taken.tokens + need.tokens > self._budget.tokens)
            or (self._budget.dollars and taken.dollars + need.dollars > self._budget.dollars)
        )

    def _come_again(self, delay: float) -> None:
        if self._alarm:
            self._alarm.cancel()
        self._alarm = asyncio.get_running_loop().call_later(delay, self._pump)


def _over_budget() -> EndpointFailure:
    return EndpointFailure(
        Reason.BUDGET, "the next request could exceed the budget; raise --budget-tokens or --budget-usd to go on"
    )


def _kept_waiting() -> EndpointFailure:
    return EndpointFailure(
        Reason.RATE_LIMITED,
        "the endpoint asks for longer waits than a call may take; raise --call-deadline, or try later",
    )
