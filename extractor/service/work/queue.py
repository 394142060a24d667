"""The queue: items are read in the order they came, several at once, and stored.

Items that are left when the service stops, or is killed, wait in the database for the next start.
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

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from extractor.errors import ExtractorError, InputError, unforeseen
from extractor.logs import LOGGER
from extractor.service.http.api_models import ItemOutcome
from extractor.service.store import item_store
from extractor.service.store.database import Database
from extractor.service.store.item_store import ItemEnd
from extractor.service.store.notice_summary import NoticeReading
from extractor.service.work.jobs import NoticeTask, note
from extractor.terminal import printable

PAUSES = tuple(min(5.0 * 2**tries, 600.0) for tries in range(7))
"""Seconds before each further attempt where the fault is not the notice's, as on a full disk; then the item fails."""
_LONGEST_WAIT = 60  # the most seconds in a Retry-After
_WEIGHT = 0.1  # of the last notice in the average duration
_TOGETHER = 8  # notices that are stored at once, at most: together, four take three quarters of the time

TaskReader = Callable[[NoticeTask], Awaitable[NoticeReading]]
"""Reads an item's notice.

It raises InputError where the notice cannot be read; any other error of ``extractor.errors``, and OSError, is not the
notice's fault.
"""


class Queue:
    """The items that wait; they are done inside the block of ``working``."""

    def __init__(
        self,
        database: Database,
        uploads: Path,
        key: str,
        on_end: Callable[[ItemOutcome, float], None],
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """Make an empty queue.

        Args:
            database: Where the items are stored.
            uploads: The folder with the items' files.
            key: A hash of everything that affects a record except the file.
            on_end: Called with each item's outcome and its seconds of work.
            pauses: Seconds between the attempts at an item.
        """
        self._pauses = pauses
        self._database = database
        self._uploads = uploads
        self._key = key
        self._on_end = on_end
        self._waiting: asyncio.Queue[NoticeTask | None] = asyncio.Queue()
        self._read: asyncio.Queue[_Done | None] = asyncio.Queue(_TOGETHER)
        self._listeners: dict[str, set[asyncio.Event]] = {}
        self._seconds = 0.1  # that a notice takes, on average
        self._at_once = 1
        self._under_way = 0
        self.is_draining = False
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return self._waiting.qsize()

    def is_idle(self) -> bool:
        """Return whether nothing waits, and nothing is being read or stored."""
        return not self.is_draining and self._waiting.empty() and not self._under_way

    def put(self, tasks: Iterable[NoticeTask]) -> None:
        """Add items that are pending in the database."""
        for task in tasks:
            self._waiting.put_nowait(task)

    def drain(self) -> None:
        """Begin no further item."""
        self.is_draining = True
        self._stopping.set()
        for _ in range(self._at_once):
            self._waiting.put_nowait(None)  # wakes a task that waits for an item
        for listeners in self._listeners.values():
            for changed in listeners:
                changed.set()

    def seconds_until_room(self, sent: int) -> int:
        """Estimate the seconds until ``sent`` more items have room, from the recent duration of notices."""
        return min(_LONGEST_WAIT, max(1, ceil(sent * self._seconds / self._at_once)))

    @contextmanager
    def changes(self, job_id: str) -> Iterator[asyncio.Event]:
        """Yield an event that is set whenever an item of the job ends, and when the queue drains."""
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
    async def working(self, read: TaskReader, at_once: int, drain_seconds: float) -> AsyncIterator[None]:
        """Do items, ``at_once`` at a time, during the block; at its end, running ones have ``drain_seconds`` left."""
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

    async def _work(self, read: TaskReader) -> None:
        while not self.is_draining:
            task = await self._waiting.get()
            if task is None or self.is_draining:
                return
            begun = time.perf_counter()
            self._under_way += 1
            result = await self._result(read, task)
            if result is not None:
                await self._read.put(_Done(task, result, begun))
            else:
                self._under_way -= 1

    async def _result(self, read: TaskReader, task: NoticeTask) -> NoticeReading | str | None:
        """Return an item's reading, or the reason why it cannot be read; None where the service stops before that.

        In that case the item stays pending. After a failure that is not the notice's fault, it is tried again a few
        times.
        """
        for pause in (*self._pauses, None):
            try:
                return await _read_or_sentence(read, task)
            except (ExtractorError, OSError) as error:
                if pause is None:
                    return self._given_up(task, error)
                if not await self._waited(task, error, pause):
                    return None
        return None

    async def _keep(self) -> None:
        """Store readings, several at once where several wait."""
        while (first := await self._read.get()) is not None:
            done, is_last = [first], False
            while len(done) < _TOGETHER and not self._read.empty() and not is_last:
                more = self._read.get_nowait()
                is_last = more is None
                done += [more] if more else []
            self._under_way -= len(done)
            await self._end(done)
            if is_last:
                return

    async def _end(self, done: Sequence[_Done]) -> None:
        """Store items. Where that fails, all wait; no further notice is read, and no reading is lost."""
        for pause in (*self._pauses, None):
            try:
                ended = await asyncio.to_thread(self._kept, done)
            except Exception as error:
                if len(done) > 1:
                    for each in done:  # one may fail without the others
                        await self._end([each])
                    return
                if not _may_pass(error) and isinstance(done[0].result, NoticeReading):
                    await self._end([done[0]._replace(result=unforeseen(done[0].task.source.name, error))])
                    return
                if pause is None:
                    LOGGER.error("%s; or restart the service, which tries again", self._given_up(done[0].task, error))
                elif await self._waited(done[0].task, error, pause):
                    continue
                return
            for each, outcome in zip(done, ended, strict=True):
                self._report(each, outcome)
            return

    async def _waited(self, task: NoticeTask, error: Exception, seconds: float) -> bool:
        """Wait before an item is tried again, and report that in the log and in its job.

        Returns False where the service stops meanwhile. The item stays pending: the failure is not its fault.
        """
        why = _why(error)
        LOGGER.error("a notice has to wait: %s", why)
        LOGGER.debug("a notice has to wait", extra={"traceback": traceback.format_exc()})
        sentence = f"{task.source.name}: has to wait ({why}); it is tried again in {seconds:g} s"
        if not isinstance(error, OperationalError):  # a database that fails cannot store the reason
            with suppress(SQLAlchemyError, OSError):
                await asyncio.to_thread(note, self._database, task.number, sentence)
                self._notify(task)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return not self.is_draining

    def _given_up(self, task: NoticeTask, error: Exception) -> str:
        tries = len(self._pauses) + 1
        return f"{task.source.name}: failed {tries} times ({_why(error)}); send it again when that is fixed"

    def _report(self, done: _Done, ended: ItemEnd) -> None:
        seconds = time.perf_counter() - done.begun
        self._seconds += _WEIGHT * (seconds - self._seconds)
        self._on_end(ended.outcome, seconds)
        _log(done.task, ended, done.result.unanswered if isinstance(done.result, NoticeReading) else ())
        self._notify(done.task)

    def _notify(self, task: NoticeTask) -> None:
        for changed in self._listeners.get(task.job_id, ()):
            changed.set()

    def _kept(self, done: Sequence[_Done]) -> list[ItemEnd]:
        results = [(each.task.number, each.result) for each in done]
        ended = item_store.end_items(self._database, self._key, results)
        for each in done:
            with suppress(OSError):
                (self._uploads / each.task.upload).unlink()
        return ended


class _Done(NamedTuple):
    """An item, its reading or the reason why there is none, and the time when it was begun (seconds of a clock)."""

    task: NoticeTask
    result: NoticeReading | str
    begun: float


async def _read_or_sentence(read: TaskReader, task: NoticeTask) -> NoticeReading | str:
    try:
        return await read(task)
    except InputError as error:
        return str(error)
    except (ExtractorError, OSError):
        raise
    except Exception as error:
        return unforeseen(task.source.name, error)


def _may_pass(error: Exception) -> bool:
    """Return whether storing may succeed a little later, as with a full disk or a locked database."""
    return isinstance(error, ExtractorError | OSError | OperationalError)


def _why(error: Exception) -> str:
    # The engine hides the values in errors of SQL.
    return str(error) if isinstance(error, ExtractorError) else printable(repr(error))


def _log(task: NoticeTask, ended: ItemEnd, unanswered: Sequence[str]) -> None:
    name, outcome = task.source.name, ended.outcome
    fields = {"job_id": task.job_id, "input": name, "notice_id": task.notice_id, "outcome": outcome}
    if ended.error is not None:
        LOGGER.warning("%s", ended.error, extra=fields)
    else:
        LOGGER.info("%s: %s as %s", name, outcome, task.notice_id, extra=fields)
    if unanswered:
        words = "calls failed for good, and the rules' reading remains there"
        LOGGER.warning("%s: %d %s: %s", name, len(unanswered), words, unanswered[0], extra=fields)
