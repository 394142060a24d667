"""Do the same to many items at once, in several processes or in one event loop, with results in the items' order."""

from __future__ import annotations

import asyncio
import gc
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from itertools import islice
from threading import Thread
from typing import TypeVar

from extractor.environment import keep_harmless

Item = TypeVar("Item")
Result = TypeVar("Result")

_AHEAD = 32  # items a worker that are given out before the first result is taken: bounds memory, hides one slow item


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_in_order(
    function: Callable[[Item], Result], items: Iterable[Item], jobs: int, crashed: Callable[[Item], Result]
) -> Generator[Result, None, None]:
    """Yield ``function(item)`` for each item, in order, by ``jobs`` processes; by this one where ``jobs`` is 1.

    ``function`` and the items must be picklable. What ``function`` raises is raised here and ends the work. Where an
    item brings its process down (a parser that crashes, memory that runs out), ``crashed(item)`` takes its place and
    the others go on. On a keyboard interrupt, results that are there or under way are still yielded first.
    """
    if jobs == 1:
        yield from map(function, items)
        return
    pending: deque[tuple[Item, Future[Result] | None]] = deque()
    pool = _pool(jobs)
    try:
        for item in items:
            pending.append((item, _submit(pool, function, item)))
            while len(pending) >= _AHEAD * jobs or (pending and _is_done(pending[0][1])):
                if _is_broken(pending[0][1]):
                    yield from _one_by_one(function, pending, crashed)
                    pool = _pool(jobs)
                else:
                    yield _result(pending)
        while pending:
            if _is_broken(pending[0][1]):
                yield from _one_by_one(function, pending, crashed)
            else:
                yield _result(pending)
    except KeyboardInterrupt:
        pool.shutdown(cancel_futures=True)
        yield from (
            future.result()
            for _, future in pending
            if future is not None and not future.cancelled() and future.exception() is None
        )
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def await_in_order(
    opened: Callable[[], AbstractAsyncContextManager[Callable[[Item], Awaitable[Result]]]],
    items: Iterable[Item],
    at_once: int,
) -> Generator[Result, None, None]:
    """Yield what the function that ``opened`` gives awaits for each item, in order, ``at_once`` of them under way.

    All run in one event loop of this thread, which stands still while the caller deals with a result. What the
    function raises is raised here and ends the work. On a keyboard interrupt, results that are there are still yielded
    first, also those whose turn it is not.
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
    if under_way:  # those that wait for nothing are done before this begins
        await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)


async def _cancelled(tasks: Iterable[asyncio.Task[Result]]) -> None:
    under_way = [task for task in tasks if not task.done()]
    for task in under_way:
        task.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)


def _result(pending: deque[tuple[Item, Future[Result] | None]]) -> Result:
    future = pending[0][1]
    assert future is not None  # _is_broken was asked before
    result = future.result()
    pending.popleft()  # only now: an interrupt while waiting must find it still here
    return result


def _is_done(future: Future[Result] | None) -> bool:
    return future is None or future.done()


def _is_broken(future: Future[Result] | None) -> bool:
    """Wait for the future and tell whether its pool went down; None stands for an item that came too late for one."""
    return future is None or isinstance(future.exception(), BrokenProcessPool)


def _one_by_one(
    function: Callable[[Item], Result],
    pending: deque[tuple[Item, Future[Result] | None]],
    crashed: Callable[[Item], Result],
) -> Iterator[Result]:
    """Give each item that was under way when the pool went down a process of its own, to find the one that does it."""
    pool = _pool(1)
    try:
        while pending:
            item, future = pending[0]
            if not _is_broken(future):
                yield _result(pending)
                continue
            retried = _submit(pool, function, item)
            if retried is None or _is_broken(retried):
                result, pool = crashed(item), _pool(1)
            else:
                result = retried.result()
            pending.popleft()
            yield result
    finally:
        pool.shutdown(cancel_futures=True)


def _submit(pool: ProcessPoolExecutor, function: Callable[[Item], Result], item: Item) -> Future[Result] | None:
    try:
        with _interrupts_held_back():
            return pool.submit(function, item)
    except BrokenProcessPool:
        return None


def _pool(jobs: int) -> ProcessPoolExecutor:
    # Spawned everywhere: the same on all systems, and safe beside the threads of progress bars.
    return ProcessPoolExecutor(jobs, multiprocessing.get_context("spawn"), initializer=_begin_worker)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Processes started meanwhile inherit this, so that Ctrl-C in the terminal reaches their parent alone."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def spare_the_collector() -> None:
    """Make Python's cycle collector run seldom in this process: reading notices makes many objects and no cycles, and
    looking for some takes a fifth of the time."""
    gc.freeze()
    gc.set_threshold(200_000, 50, 50)


def _begin_worker() -> None:
    keep_harmless()
    spare_the_collector()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # A worker waits on a pipe it holds both ends of, so it would outlive a parent that was killed.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
