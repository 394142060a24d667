"""The progress of a run, told once a minute where there is no terminal for a bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple

from extractor.logs import LOGGER

if TYPE_CHECKING:
    from extractor.files.scan.page_progress import PageProgress

READING = "reading notices"
_MINUTE = 60.0  # seconds
_LAST_WORDS = 2.0  # seconds for a line that is being written


class RunProgress(NamedTuple):
    """The display of a run's progress: its inputs, one that ended, a page of one; by default none."""

    begin: Callable[[int], None] = lambda _: None
    advance: Callable[[], None] = lambda: None
    page: Callable[[str, PageProgress], None] = lambda _name, _page: None


@contextmanager
def by_the_minute(
    live: Callable[[], str], out: str = "", over: Callable[[float], bool] | None = None
) -> Iterator[RunProgress]:
    """Log once a minute how far a run is, where there is no terminal for a bar.

    ``out`` is where the notices go, empty for nowhere. ``over`` waits so many seconds and says whether the run is
    over; by default it goes by the clock.
    """
    counts = {"done": 0, "of": 0}
    ended = Event()

    def tell() -> None:
        while not (over or ended.wait)(_MINUTE):
            asked = live()
            where = f"{counts['done']} of {counts['of']} notices"
            into = f" into {out}" if out else ""
            LOGGER.warning("still %s: %s%s%s", READING, where, into, f"; {asked}" if asked else "")

    def begin(total: int) -> None:
        counts["of"] = total

    def advance() -> None:
        counts["done"] += 1

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield RunProgress(begin, advance)
    finally:
        ended.set()
        teller.join(_LAST_WORDS)
