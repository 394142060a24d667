"""The maker of what lists of many notices need: at work while nothing waits to be read, and when somebody asks.

A notice is read first and collected later, so that many are taken in as fast as they can be read. Whoever asks about
many is answered when those that are stored by then are collected.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from anyio import to_thread
from sqlalchemy.exc import SQLAlchemyError

from extractor.errors import ExtractorError, InputError
from extractor.logs import LOGGER
from extractor.messages import said
from extractor.pages.collected_notice import CollectedNotice, uncountable
from extractor.record.checks import Lang
from extractor.service.store import collected_store
from extractor.service.store.collected_store import UncollectedNotice
from extractor.service.store.database import BusyError, Database
from extractor.service.work.sandbox import Sandbox

_FEW = 4  # notices that are collected and stored together: as few, so that one that comes is read soon
_MANY = 16  # the same while somebody waits for all of them
_ANY = 2**63 - 1  # the number of no reading: the largest integer of SQLite


class Collector:
    """Collects stored notices in the processes of the sandbox."""

    def __init__(self, database: Database, sandbox: Sandbox, lang: Lang, is_idle: Callable[[], bool]) -> None:
        """Take where notices are stored and where they are collected; ``is_idle``: nothing waits to be read."""
        self._database, self._sandbox, self._lang, self._is_idle = database, sandbox, lang, is_idle
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()
        self._woken.set()  # a service that was killed may have left some

    def wake(self) -> None:
        """Look for notices to collect, as soon as nothing waits to be read."""
        self._woken.set()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Collect what is not collected yet during the block, whenever nothing waits to be read."""
        work = asyncio.create_task(self._work())
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work

    async def finish(self) -> None:
        """Collect the notices that are stored by now, whatever waits to be read."""
        upto = await to_thread.run_sync(collected_store.newest_reading, self._database)
        while await self._collect_some(upto, _MANY):
            pass

    async def _work(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                while self._is_idle() and await self._collect_some(_ANY, _FEW):
                    pass
                if self._is_idle():
                    await to_thread.run_sync(collected_store.bring_up_to_date, self._database)
            except (ExtractorError, SQLAlchemyError, BusyError, OSError) as error:
                LOGGER.error("notices are counted later (%s)", type(error).__name__)

    async def _collect_some(self, upto: int, most: int) -> bool:
        """Collect up to ``most`` notices of readings ``upto`` a number; return False where there are none."""
        async with self._turn:
            found = await to_thread.run_sync(collected_store.uncollected, self._database, upto, most)
            if found:
                made = await asyncio.gather(*(self._made(notice) for notice in found))
                await to_thread.run_sync(
                    collected_store.store_collected, self._database, list(zip(found, made, strict=True))
                )
            return bool(found)

    async def _made(self, notice: UncollectedNotice) -> CollectedNotice:
        """Return what lists need of a notice; of one that takes too much, a doubt that says so."""
        try:
            return await self._sandbox.collect(notice)
        except (InputError, ValueError) as error:
            sentence = "its values are in no list and no sum, since to count them takes more than the limits allow"
            LOGGER.warning("%s: %s", notice.notice_id, sentence)
            LOGGER.debug("%s", error)
            return uncountable(notice.notice_id, said(sentence, self._lang))
