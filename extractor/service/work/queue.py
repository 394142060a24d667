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

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from extractor.errors import ExtractorError, InputError
from extractor.logs import LOGGER
from extractor.service.http.api_models import Outcome
from extractor.service.store import item_store
from extractor.service.store.database import Database
from extractor.service.store.item_store import Ended
from extractor.service.store.notice_summary import Read
from extractor.service.work.jobs import Task, note
from extractor.terminal import printable

PAUSES = tuple(min(5.0 * 2**tries, 600.0) for tries in range(7))
"""Seconds before each further try, where the fault is not the notice's: on a full disk, say. Then it is given up."""
_LONGEST_WAIT = 60  # seconds that a client is told to wait for room, at most
_WEIGHT = 0.1  # of the last notice in how long one takes
_TOGETHER = 8  # notices that are kept at once, at most: four take three quarters of the time that each alone takes

Reads = Callable[[Task], Awaitable[Read]]
"""Reads an item's notice.

Raises InputError where it cannot be read; whatever else of ``extractor.errors``, or OSError, is not the notice's fault.
"""


class Queue:
    """What waits, and how it is done; it is done while ``working``."""

    def __init__(
        self,
        database: Database,
        uploads: Path,
        key: str,
        told: Callable[[Outcome, float], None],
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        """``uploads`` is where the items' files are, ``key`` stands for all that can change a record but the file;
        ``told`` hears how each item ended, and how many seconds it took; ``pauses`` are the seconds between tries."""
        self._pauses = pauses
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
        self._stopping = asyncio.Event()

    def __len__(self) -> int:
        return self._waiting.qsize()

    def put(self, tasks: Iterable[Task]) -> None:
        """Have items done, which are kept as pending."""
        for task in tasks:
            self._waiting.put_nowait(task)

    def drain(self) -> None:
        """Begin nothing any more."""
        self.is_draining = True
        self._stopping.set()
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
            result = await self._result(read, task)
            if result is not None:
                await self._read.put(_Done(task, result, begun))

    async def _result(self, read: Reads, task: Task) -> Read | str | None:
        """Return what an item was read as, or why it cannot be; None where the service stops before it can be told: it
        is still pending. What fails by no fault of its own is tried again, a few times."""
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
        """Keep items. Where that fails all wait, and nothing more is read; of what was read nothing is asked again."""
        for pause in (*self._pauses, None):
            try:
                ended = await asyncio.to_thread(self._kept, done)
            except Exception as error:
                if len(done) > 1:
                    for each in done:  # what one of them breaks is not the others' fault
                        await self._end([each])
                    return
                if not _may_pass(error) and isinstance(done[0].result, Read):
                    await self._end([done[0]._replace(result=_broke(done[0].task, error))])
                    return
                if pause is None:
                    LOGGER.error("%s; or it is done when the service starts again", self._given_up(done[0].task, error))
                elif await self._waited(done[0].task, error, pause):
                    continue
                return
            for each, outcome in zip(done, ended, strict=True):
                self._say(each, outcome)
            return

    async def _waited(self, task: Task, error: Exception, seconds: float) -> bool:
        """Wait before an item is tried again, and say so where people look; False: the service stops meanwhile. The
        item is still pending, and what failed is no fault of its own."""
        why = _why(error)
        LOGGER.error("a notice has to wait: %s", why)
        LOGGER.debug("a notice has to wait", extra={"traceback": traceback.format_exc()})
        sentence = f"{task.source.name}: has to wait ({why}); it is tried again in {seconds:g} s"
        if not isinstance(error, OperationalError):  # what the database does not take, it takes no note of
            with suppress(SQLAlchemyError, OSError):
                await asyncio.to_thread(note, self._database, task.number, sentence)
                self._tell_listeners(task)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return not self.is_draining

    def _given_up(self, task: Task, error: Exception) -> str:
        tries = len(self._pauses) + 1
        return f"{task.source.name}: failed {tries} times ({_why(error)}); send it again when that is mended"

    def _say(self, done: _Done, ended: Ended) -> None:
        seconds = time.perf_counter() - done.begun
        self._seconds += _WEIGHT * (seconds - self._seconds)
        self._told(ended.outcome, seconds)
        _tell(done.task, ended, done.result.unanswered if isinstance(done.result, Read) else ())
        self._tell_listeners(done.task)

    def _tell_listeners(self, task: Task) -> None:
        for changed in self._listeners.get(task.job_id, ()):
            changed.set()

    def _kept(self, done: Sequence[_Done]) -> list[Ended]:
        results = [(each.task.number, each.result) for each in done]
        ended = item_store.end_all(self._database, self._key, results)
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
        return _broke(task, error)


def _may_pass(error: Exception) -> bool:
    """Whether keeping may succeed a little later: on a disk that is full, or in a database that is locked."""
    return isinstance(error, ExtractorError | OSError | OperationalError)


def _broke(task: Task, error: Exception) -> str:
    return f"{task.source.name}: the extractor failed on it ({type(error).__name__}); please report this"


def _why(error: Exception) -> str:
    # SQL errors tell no values here.
    return str(error) if isinstance(error, ExtractorError) else printable(repr(error))


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
