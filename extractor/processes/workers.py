"""One function for many items at once, in processes or in one event loop, with results in the order of the items."""

from __future__ import annotations

import asyncio
import gc
import os
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from itertools import islice
from typing import TypeVar

from extractor.files.scan.page_progress import PageProgress
from extractor.processes.confinement import Allowance, LostError, confined

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 32  # items for each worker ahead of the first missing result: bounds memory, hides one slow item


def processors() -> int:
    """Return the number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_in_order(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    jobs: int,
    lost: Callable[[Item, str], Result],
    allowance: Allowance,
    told: Callable[[Item, PageProgress], None] = lambda _item, _page: None,
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` for each item, in order, from ``jobs`` processes with limits.

    ``function`` and the items must be picklable. An error of ``function`` is raised here and ends the work. For an item
    that exceeds ``allowance`` or crashes its process, ``lost(item, why)`` is yielded, and the others go on. On a
    keyboard interrupt, results that are ready or under way are yielded first. ``told`` is as in ``confined``.
    """
    pending: deque[tuple[Item, Future[Result]]] = deque()
    with confined(function, jobs, allowance, told) as submit:
        try:
            for item in items:
                pending.append((item, submit(item)))
                while len(pending) >= _AHEAD * jobs or (pending and pending[0][1].done()):
                    yield _result(pending, lost)
            while pending:
                yield _result(pending, lost)
        except KeyboardInterrupt:
            for _, future in pending:
                future.cancel()
            yield from (
                future.result() for _, future in pending if not future.cancelled() and future.exception() is None
            )
            raise


def await_in_order(
    opened: Callable[[], AbstractAsyncContextManager[Callable[[Item], Awaitable[Result]]]],
    items: Iterable[Item],
    at_once: int,
) -> Generator[Result, None, None]:
    """Yield the awaited result of a function for each item, in order, with ``at_once`` items under way.

    ``opened`` returns a context manager that gives the function. All items run in one event loop of this thread, which
    is paused while the caller handles a result. An error of the function is raised here and ends the work. On a
    keyboard interrupt, results that are ready are yielded first, in order or not.
    """
    source = iter(items)
    pending: deque[asyncio.Task[Result]] = deque()
    with asyncio.Runner() as runner:
        closing = AsyncExitStack()
        function = runner.run(closing.enter_async_context(opened()))

        async def one(item: Item) -> Result:
            return await function(item)

        try:
            while True:
                running = sum(not task.done() for task in pending)
                room = min(at_once - running, _AHEAD * at_once - len(pending))
                pending.extend(runner.get_loop().create_task(one(item)) for item in islice(source, room))
                if not pending:
                    break
                runner.run(_next_of(pending))
                while pending and pending[0].done():
                    yield pending.popleft().result()
        except KeyboardInterrupt:
            yield from (task.result() for task in pending if task.done() and not task.exception())
            raise
        finally:
            runner.run(_cancelled(pending))
            runner.run(closing.aclose())


async def _next_of(tasks: Iterable[asyncio.Task[Result]]) -> None:
    under_way = [task for task in tasks if not task.done()]
    if under_way:  # tasks that wait for nothing are done by now
        await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)


async def _cancelled(tasks: Iterable[asyncio.Task[Result]]) -> None:
    under_way = [task for task in tasks if not task.done()]
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def _result(pending: deque[tuple[Item, Future[Result]]], lost: Callable[[Item, str], Result]) -> Result:
    item, future = pending[0]
    try:
        result = future.result()
    except LostError as error:
        result = lost(item, str(error))
    pending.popleft()  # only now: an interrupt while waiting must find it still here
    return result


def spare_the_collector() -> None:
    """Make Python's cycle collector run seldom in this process.

    Reading a notice creates many objects and no cycles; the search for cycles takes a fifth of the time.
    """
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)
