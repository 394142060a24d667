"""One function for many groups of items, in order, with a few groups in memory at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from itertools import chain, islice
from typing import TypeVar

from extractor.processes.confinement import Allowance, confined
from extractor.processes.workers import processors

Group = TypeVar("Group")
Result = TypeVar("Result")

_FEW = 4  # groups for which processes are not worth their start
_MOST_JOBS = 8
_ALLOWANCE = Allowance(seconds=600)


def each_group(function: Callable[[Group], Result], groups: Iterable[Group]) -> Iterator[tuple[Group, Result]]:
    """Yield each group with what ``function`` makes of it, in order, by several processes where groups are many.

    ``function``, groups and results must be picklable.

    Raises:
        LostError: a process was lost.
    """
    waiting = iter(groups)
    first = list(islice(waiting, _FEW + 1))
    every = chain(first, waiting)
    if len(first) <= _FEW or processors() == 1:
        yield from ((group, function(group)) for group in every)
        return
    jobs = min(processors(), _MOST_JOBS)
    pending: deque[tuple[Group, Future[Result]]] = deque()
    with confined(function, jobs, _ALLOWANCE) as submit:
        for group in every:
            pending.append((group, submit(group)))
            if len(pending) > jobs + 1:  # few are in memory at a time
                earliest, future = pending.popleft()
                yield earliest, future.result()
        yield from ((group, future.result()) for group, future in pending)
