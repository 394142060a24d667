"""The progress of one call: the requests made so far, what they took, and the time that is left."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from extractor.endpoint.calls import Usage
from extractor.endpoint.tally import Tally, Totals

NO_USAGE = Usage()


def loop_time() -> float:
    """Return the running event loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


@dataclass
class CallProgress:
    """A call under way: what it has taken so far, counted in ``tallies`` as well.

    ``deadline`` is loop time; it is None until the first request is let through. ``retries`` is how often a failed
    request may be repeated, ``tries_mode`` whether the call only finds out what a mode does, ``dropped`` names the
    parameters that were left out because of it.
    """

    tallies: tuple[Tally, ...]
    started: float
    retries: int
    tries_mode: bool = False
    deadline: float | None = None
    requests: int = 0
    usage: Usage = NO_USAGE
    dropped: frozenset[str] = frozenset()

    def add(self, part: Totals) -> None:
        """Count what happened."""
        for tally in self.tallies:
            tally.add(part)

    def note(self, *oddities: str) -> None:
        """Count what was odd."""
        for tally in self.tallies:
            tally.note(*oddities)

    def is_over(self, moment: float) -> bool:
        """Return whether the call's time is over at ``moment`` (loop time)."""
        return self.deadline is not None and moment >= self.deadline
