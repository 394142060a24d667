"""The queue: what waits is read in the order it came, so much of it at once, and kept. What is left when the service
stops, or is killed, waits in the file for the next start.
"""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from math import ceil
from pathlib import Path
from typing import NamedTuple

from extractor.errors import ExtractorError, InputError
from extractor.logs import LOGGER
from extractor.service import keeping
from extractor.service.database import Database
from extractor.service.jobs import Task
from extractor.service.keeping import Ended
from extractor.service.models import Outcome
from extractor.service.summary import Read

_PAUSE = 5.0  # seconds, where the fault is not the notice's: on a full disk, say
_LONGEST_WAIT = 60  # seconds that a client is told to wait for room, at most
_WEIGHT = 0.1  # of the last notice in how long one takes
_TOGETHER = 8  # notices that are kept at once, at most: four take three quarters of the time that each alone takes

Reads = Callable[[Task], Awaitable[Read]]
"""Reads an item's notice.

Raises InputError where it cannot be read; whatever else of ``extractor.errors``, or OSError, is not the notice's fault.
"""


class Queue:
    """What waits, and how it is done; it is done while ``working``."""

    def __init__(self, database: Database, uploads: Path, key: str, told: Callable[[Outcome, float], None]) -> None:
        """``uploads`` is where the items' files are, ``key`` stands for all that can change a record but the file;
        ``told`` hears how each item ended, and how many seconds it took."""
        self._database = database
        self._uploads = uploads
        self._key = key
        self._told = told
        self._waiting: asyncio.Queue[Task | None] = asyncio.Queue()
        self._read: asyncio.Queue[_Done | None] = asyncio.Queue(_TOGETHER)
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._seconds = 0.1  # that a notice took of late
        self._at_once = 1
        self.is_draining = False

    def __len__(self) -> int:
        return self._waiting.qsize()

    def put(self, tasks: Iterable[Task]) -> None:
        """Have items done, which are kept as pending."""
        for task in tasks:
            self._waiting.put_nowait(task)

    def drain(self) -> None:
        """Begin nothing any more."""
        self.is_draining = True
        for _ in range(self._at_once):
            self._waiting.put_nowait(None)  # wakes who waits for an item
        for listeners in self._listeners.values():
            for changed in listeners:
                changed.set()

    def seconds_until_room(self, sent: int) -> int:
        """Seconds after which ``sent`` more may have room, by how long notices took of late."""
        return min(_LONGEST_WAIT, max(1, ceil(sent * self._seconds / self._at_once)))

    @contextmanager
    def changes(self, job_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set whenever an item of the job has ended, and when the queue drains."""
        changed = asyncio.Event()
        listeners = self._listeners.setdefault(job_id, set())
        listeners.add(changed)
        try:
            yield changed
        finally:
            listeners.discard(changed)
            if not listeners:
                self._listeners.pop(job_id, None)

    @asynccontextmanager
    async def working(self, read: Reads, at_once: int, drain_seconds: float) -> AsyncIterator[None]:
        """Do what waits, ``at_once`` of it, during the block. At its end, what is under way has ``drain_seconds``."""
        self._at_once = at_once
        work = [asyncio.create_task(self._work(read)) for _ in range(at_once)]
        keeper = asyncio.create_task(self._keep())
        try:
            yield
        finally:
            self.drain()
            _, late = await asyncio.wait(work, timeout=drain_seconds)
            for each in late:
                each.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._read.put(None)
            await keeper

    async def _work(self, read: Reads) -> None:
        while not self.is_draining:
            task = await self._waiting.get()
            if task is None or self.is_draining:
                return
            begun = time.perf_counter()
            try:
                result = await _read_or_sentence(read, task)
            except (ExtractorError, OSError) as error:
                await self._again(task, error)
            else:
                await self._read.put(_Done(task, result, begun))

    async def _keep(self) -> None:
        """Keep what was read, several at once where much is."""
        while (first := await self._read.get()) is not None:
            done, is_last = [first], False
            while len(done) < _TOGETHER and not self._read.empty() and not is_last:
                more = self._read.get_nowait()
                is_last = more is None
                done += [more] if more else []
            await self._end(done)
            if is_last:
                return

    async def _end(self, done: Sequence[_Done]) -> None:
        try:
            ended = await asyncio.to_thread(self._kept, done)
        except Exception as error:
            if len(done) == 1:
                await self._again(done[0].task, error)
                return
            for each in done:  # what one of them breaks is not the others' fault
                await self._end([each])
        else:
            for each, outcome in zip(done, ended, strict=True):
                self._say(each, outcome)

    async def _again(self, task: Task, error: Exception) -> None:
        """Have an item done again after a while: it is still pending, and what failed is no fault of its own."""
        # SQL errors tell no values here.
        LOGGER.error("a notice has to wait: %s", error if isinstance(error, ExtractorError) else repr(error))
        LOGGER.debug("a notice has to wait", extra={"traceback": traceback.format_exc()})
        await asyncio.sleep(_PAUSE)
        self.put([task])

    def _say(self, done: _Done, ended: Ended) -> None:
        seconds = time.perf_counter() - done.begun
        self._seconds += _WEIGHT * (seconds - self._seconds)
        self._told(ended.outcome, seconds)
        _tell(done.task, ended, done.result.unanswered if isinstance(done.result, Read) else ())
        for changed in self._listeners.get(done.task.job_id, ()):
            changed.set()

    def _kept(self, done: Sequence[_Done]) -> list[Ended]:
        results = [(each.task.number, each.result) for each in done]
        ended = keeping.end_all(self._database, self._key, results)
        for each in done:
            with suppress(OSError):
                (self._uploads / each.task.upload).unlink()
        return ended


class _Done(NamedTuple):
    """An item that was read, or a sentence why it was not, and when that was begun (seconds of a clock)."""

    task: Task
    result: Read | str
    begun: float


async def _read_or_sentence(read: Reads, task: Task) -> Read | str:
    try:
        return await read(task)
    except InputError as error:
        return str(error)
    except (ExtractorError, OSError):
        raise
    except Exception as error:  # of those nobody foresaw the kind only: their words may quote the notice
        return f"{task.source.name}: the extractor failed on it ({type(error).__name__}); please report this"


def _tell(task: Task, ended: Ended, unanswered: Sequence[str]) -> None:
    name, outcome = task.source.name, ended.outcome
    fields = {"job_id": task.job_id, "input": name, "notice_id": task.notice_id, "outcome": outcome}
    if ended.error is not None:
        LOGGER.warning("%s", ended.error, extra=fields)
    else:
        LOGGER.info("%s: %s as %s", name, outcome, task.notice_id, extra=fields)
    if unanswered:
        words = "calls failed for good, there the rules' reading stands"
        LOGGER.warning("%s: %d %s: %s", name, len(unanswered), words, unanswered[0], extra=fields)
