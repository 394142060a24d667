"""How one call goes: what it has taken so far, until when it may go on, and when it is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass

from tenacity import RetryCallState

from extractor.endpoint.calls import Usage
from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.tally import Tally, Totals

_LONGEST_BACKOFF = 30.0  # seconds
PROBE_RETRIES = 1
_OF_NO_MODE = (Reason.RATE_LIMITED, Reason.CONNECTION)
_NOTHING = Usage()


@dataclass
class CallProgress:
    """What one call has taken so far, and until when it may go on (loop time; None: its clock does not run yet)."""

    tallies: tuple[Tally, ...]
    started: float
    retries: int
    tries_mode: bool = False
    deadline: float | None = None
    requests: int = 0
    usage: Usage = _NOTHING
    dropped: frozenset[str] = frozenset()

    def add(self, part: Totals) -> None:
        """Count what happened."""
        for tally in self.tallies:
            tally.add(part)

    def note(self, *oddities: str) -> None:
        """Count what was odd."""
        for tally in self.tallies:
            tally.note(*oddities)

    def repeats(self, state: RetryCallState) -> int:
        """Return how often a request may be repeated. What may be the fault of a mode that is tried will not pass; that
        there are too many requests is no mode's fault."""
        failure = failure_of(state)
        is_of_the_mode = failure is None or failure.reason not in _OF_NO_MODE
        return min(self.retries, PROBE_RETRIES) if self.tries_mode and is_of_the_mode else self.retries

    def is_over(self, moment: float) -> bool:
        """Whether its time is over at ``moment`` (loop time)."""
        return self.deadline is not None and moment >= self.deadline


def wait_before(state: RetryCallState, backoff: float) -> float:
    """Return how many seconds to wait: as many as the endpoint asks for, else ever more, never the same for all."""
    failure = failure_of(state)
    growing = min(backoff * 2.0 ** min(state.attempt_number - 1, 64), _LONGEST_BACKOFF)
    jitter = random.uniform(0.5, 1.0)
    if failure is not None and failure.wait is not None:
        return failure.wait + min(growing, backoff) * (jitter - 0.5)
    return growing * jitter


def failure_of(state: RetryCallState) -> EndpointFailure | None:
    """Return what an attempt failed with, None where it did not, or not with that."""
    failure = state.outcome.exception() if state.outcome else None
    return failure if isinstance(failure, EndpointFailure) else None
