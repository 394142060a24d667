"""A pause in which no call is made, because each would fail as the last one did: with a wrong key, say."""

from __future__ import annotations

from extractor.endpoint.failures import CallFailure

_FIRST = 60.0  # seconds
_LONGEST = 3600.0  # seconds


class Standstill:
    """A failure that each further call would meet, and until when (loop time) none is made.

    A service may run for months: when the time is over calls are made again, and where they meet the same the next
    standstill is longer.
    """

    def __init__(self) -> None:
        self._failure: CallFailure | None = None
        self._until = float("-inf")
        self._seconds = 0.0
        self._was_reached = False

    def begin(self, failure: CallFailure, now: float) -> None:
        """Make no more calls. Those that were under way may fail alike; that makes it no longer."""
        if now >= self._until:
            self._seconds = min(max(2 * self._seconds, _FIRST), _LONGEST)
            self._until = now + self._seconds
            self._failure = failure.again()

    def failed(self, failure: CallFailure, now: float) -> None:
        """Note that a call failed, and begin where each further call would fail alike."""
        unreachable = failure.reason.is_of_the_way and not self._was_reached
        if failure.reason.concerns_all or unreachable:
            self.begin(failure, now)

    def failure(self, now: float) -> CallFailure | None:
        """Return what a call would fail with, to be raised; None where calls are made."""
        return self._failure.again() if self._failure and now < self._until else None

    def answered(self) -> None:
        """Note that a request was answered: the next standstill is a short one again."""
        self._seconds = 0.0
        self._was_reached = True
