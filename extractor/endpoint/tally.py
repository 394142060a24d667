"""The counts of calls under way: for the progress display, the report of a notice, the report of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from extractor.endpoint.calls import Usage

_NONE = Usage()


@dataclass(frozen=True)
class Totals:
    """The sums of calls; they add up with ``+``.

    ``calls`` were answered or failed (``failures``); ``cache_hits`` of them took no request; ``retries`` are the
    requests beyond each call's first. ``money`` is in US dollars, None where a price or a count is unknown.
    ``seconds`` adds up the requests' own times, which overlap.
    """

    calls: int = 0
    cache_hits: int = 0
    failures: int = 0
    requests: int = 0
    retries: int = 0
    usage: Usage = _NONE
    money: float | None = 0.0
    seconds: float = 0.0

    def __add__(self, other: Totals) -> Totals:
        return Totals(
            self.calls + other.calls,
            self.cache_hits + other.cache_hits,
            self.failures + other.failures,
            self.requests + other.requests,
            self.retries + other.retries,
            self.usage + other.usage,
            None if self.money is None or other.money is None else self.money + other.money,
            self.seconds + other.seconds,
        )


class Tally:
    """Totals that grow. ``oddities`` counts by name what was wrong with answers."""

    def __init__(self) -> None:
        self.totals = Totals()
        self.oddities: Counter[str] = Counter()

    def add(self, part: Totals) -> None:
        """Add what happened."""
        self.totals += part

    def note(self, *oddities: str) -> None:
        """Count oddities of one answer."""
        self.oddities.update(oddities)

    def note_all(self, oddities: Mapping[str, int]) -> None:
        """Count oddities by name."""
        self.oddities.update(oddities)

    def reported(self) -> dict[str, object]:
        """Return the totals as they go into a report."""
        totals = self.totals
        return {
            "calls": totals.calls,
            "cache_hits": totals.cache_hits,
            "failures": totals.failures,
            "requests": totals.requests,
            "retries": totals.retries,
            "tokens_in": totals.usage.prompt,
            "tokens_cached": totals.usage.cached,
            "tokens_out": totals.usage.completion,
            "tokens_known": totals.usage.known,
            "usd": totals.money,
            "seconds": round(totals.seconds, 3),
            "oddities": dict(sorted(self.oddities.items())),
        }
