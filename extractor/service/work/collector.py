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
from extractor.service.store.collected_store import Uncollected, UncollectedNotice
from extractor.service.store.database import BusyError, Database
from extractor.service.work.sandbox import Sandbox

_FEW = 4  # notices that are collected and stored together: as few, so that one that comes is read soon
_MANY = 16  # the same while somebody waits for all of them


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
        async with self._turn:
            await self._collect(Uncollected(upto=upto, most=_MANY), lambda: True)

    async def _work(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                async with self._turn:
                    await self._collect(Uncollected(most=_FEW), self._is_idle)
                if self._is_idle():
                    await to_thread.run_sync(collected_store.bring_up_to_date, self._database)
            except (ExtractorError, SQLAlchemyError, BusyError, OSError) as error:
                LOGGER.error("notices are counted later (%s)", type(error).__name__)

    async def _collect(self, wanted: Uncollected, goes_on: Callable[[], bool]) -> None:
        """Collect notices, as long as ``goes_on`` says; while some are stored the next ones are collected."""
        storing: asyncio.Task[None] | None = None
        try:
            while goes_on():
                found = await to_thread.run_sync(collected_store.uncollected, self._database, wanted)
                if not found:
                    return
                made = await asyncio.gather(*(self._made(notice) for notice in found))
                if storing is not None:
                    await storing
                storing = asyncio.create_task(self._stored(list(zip(found, made, strict=True))))
                wanted = wanted._replace(after=found[-1].number)
        finally:
            if storing is not None:
                await storing

    async def _stored(self, made: list[tuple[UncollectedNotice, CollectedNotice]]) -> None:
        await to_thread.run_sync(collected_store.store_collected, self._database, made)

    async def _made(self, notice: UncollectedNotice) -> CollectedNotice:
        """Return what lists need of a notice; of one that takes too much, a doubt that says so."""
        try:
            return await self._sandbox.collect(notice)
        except (InputError, ValueError) as error:
            sentence = "its values are in no list and no sum, since to count them takes more than the limits allow"
            LOGGER.warning("%s: %s", notice.notice_id, sentence)
            LOGGER.debug("%s", error)
            return uncountable(notice.notice_id, said(sentence, self._lang))
