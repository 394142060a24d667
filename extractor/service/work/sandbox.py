"""A pool of worker processes with limits, in which documents are parsed; each is killed when a task takes too long.

A document that brings its process down is reported as failed; the next one gets a new process.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import TypeAdapter

from extractor.errors import BugError, InputError
from extractor.files.parts.left_out import ReadText
from extractor.files.parts.page_places import OcrMode
from extractor.files.parts.text_places import text_places_from
from extractor.files.sources.source import Source
from extractor.pages.collected_notice import CollectedNotice, from_line
from extractor.processes.confinement import Allowance, environment, why_ended
from extractor.processes.process_family import FamilyFolder, kill_family
from extractor.record.checks import Lang
from extractor.service.http.service_limits import ServiceLimits
from extractor.service.intake.offers import OfferedNotice, RefusedFile
from extractor.service.intake.spool import TooManyError
from extractor.service.store.collected_store import UncollectedNotice
from extractor.service.store.notice_summary import NoticeReading
from extractor.service.work.worker_messages import (
    BEAT,
    COLLECT_REPLY,
    ORDER,
    READ_REPLY,
    TEXT_REPLY,
    TEXTS_REPLY,
    UNPACK_REPLY,
    CollectReply,
    Failure,
    Order,
    ReadReply,
    TextReply,
    TextsReply,
    UnpackReply,
)

_START_SECONDS = 60.0
_END_SECONDS = 5.0

AnyReply = TypeVar("AnyReply", ReadReply, TextReply, UnpackReply, TextsReply, CollectReply)


class Sandbox:
    """The worker processes; made by ``open_sandbox``."""

    def __init__(self, processes: Sequence[_Worker], ocr: OcrMode) -> None:
        self._ocr = ocr
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in reversed(processes):
            self._idle.put_nowait(worker)

    async def read(self, upload: Path, source: Source, *, notice_id: str, lang: Lang) -> NoticeReading:
        """Return a document as the rules read it.

        Raises:
            InputError: The document cannot be read, or not within the limits.
        """
        order = Order("read", str(upload), source, notice_id, lang, ocr=self._ocr)
        reply, (text, record, places) = await self._do(order, READ_REPLY)
        return NoticeReading(text.decode(), record, reply.summary, reply.facets, places=places)

    async def collect(self, notice: UncollectedNotice) -> CollectedNotice:
        """Return what lists of many notices need of one.

        Raises:
            InputError: It takes more than the limits allow.
        """
        pieces = (notice.record, notice.text.encode())
        order = Order("collect", "", Source(notice.notice_id), sizes=tuple(map(len, pieces)))
        _, (line,) = await self._do(order, COLLECT_REPLY, *pieces)
        return from_line(line)

    async def take_text(self, upload: Path, source: Source) -> ReadText:
        """Return a document's plain text.

        Raises:
            InputError: The document cannot be read, or not within the limits.
        """
        reply, (text, places) = await self._do(Order("text", str(upload), source, ocr=self._ocr), TEXT_REPLY)
        return ReadText(text.decode(), tuple(reply.left_out), text_places_from(places))

    async def unpack(self, upload: Path, name: str) -> list[OfferedNotice | RefusedFile]:
        """Write an archive's notices beside it, under its own name with a number, and return them.

        Raises:
            InputError: The archive cannot be read, breaks a limit, or holds no notices.
        """
        reply, _ = await self._do(Order("unpack", str(upload), Source(name)), UNPACK_REPLY)
        return reply.offers

    async def take_texts(self, upload: Path, most: int) -> list[OfferedNotice]:
        """Write the texts of a JSON body beside it, under its own name with a number, and return them.

        Raises:
            InputError: The body is invalid, or takes too much time or memory.
            TooManyError: It holds more than ``most`` texts.
        """
        reply, _ = await self._do(Order("texts", str(upload), Source("the JSON body"), most=most), TEXTS_REPLY)
        if reply.offers is None:
            raise TooManyError
        return reply.offers

    async def _do(
        self, order: Order, replies: TypeAdapter[AnyReply | Failure], *pieces: bytes
    ) -> tuple[AnyReply, list[bytes]]:
        worker = await self._idle.get()
        try:
            line = ORDER.dump_json(order) + b"\n"
            first, *answered = await worker.ask(b"".join((line, *pieces)), order.source.name)
        finally:
            self._idle.put_nowait(worker)
        reply = replies.validate_json(first)
        if isinstance(reply, Failure):
            raise InputError(reply.error)
        return reply, answered


@asynccontextmanager
async def open_sandbox(size: int, bounds: ServiceLimits, ocr: OcrMode = "auto") -> AsyncIterator[Sandbox]:
    """Yield ``size`` processes, ready to work; they end with the block.

    ``ocr`` says which pages they recognise.
    """
    workers = [_Worker(bounds) for _ in range(size)]
    try:
        await asyncio.gather(*(worker.start() for worker in workers))
        yield Sandbox(workers, ocr)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))


class _Started(NamedTuple):
    process: Process
    given: asyncio.StreamWriter
    answers: asyncio.StreamReader


class _Worker:
    """One process, started again after it was lost."""

    def __init__(self, bounds: ServiceLimits) -> None:
        self._allowance = Allowance(bounds.seconds, bounds.memory_bytes)
        self._started: _Started | None = None
        self._folder = FamilyFolder()

    async def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            BugError: It does not become ready.
        """
        memory, seconds = self._allowance.memory_bytes, self._allowance.seconds
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "extractor.service.work.worker", str(memory), str(seconds)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # messages of parsers may quote the document
            env=environment() | self._folder.made(),
            start_new_session=True,  # Ctrl-C in the terminal is meant for the service alone
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._started = _Started(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _pieces(process.stdout)
        except (TimeoutError, EOFError) as error:
            await self.stop()
            raise BugError("a worker process does not start; it may need more memory than --memory allows") from error

    async def ask(self, order: bytes, name: str) -> list[bytes]:
        """Return the pieces that answer an order, a line and what follows it.

        Raises:
            InputError: There are none; the sentence begins with ``name`` and gives the reason.
        """
        if self._started is not None and self._started.process.returncode is not None:
            await self.stop()  # it was ended from outside
        if self._started is None:
            await self.start()
        assert self._started is not None
        process, given, answers = self._started
        try:
            async with asyncio.timeout(self._allowance.clock_seconds) as clock:
                given.write(order)
                await given.drain()
                return await _pieces(answers, lambda: clock.reschedule(self._when_late()))
        except TimeoutError:
            await self.stop()
            raise InputError(
                f"{name}: takes more than {self._allowance.clock_seconds} s; convert it to txt, or cut it"
            ) from None
        except (EOFError, OSError):
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), _END_SECONDS)
            await self.stop()
            raise InputError(
                f"{name}: {why_ended(process.returncode, self._allowance)}; convert it to txt, or leave it out"
            ) from None
        except BaseException:
            await self.stop()  # else its answer would be taken for the next order's
            raise

    def _when_late(self) -> float:
        return asyncio.get_running_loop().time() + self._allowance.clock_seconds

    async def stop(self) -> None:
        """End the process, even if it is working."""
        if self._started is None:
            return
        (process, given, _), self._started = self._started, None
        given.close()
        kill_family(process.pid)
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        self._folder.delete()


async def _pieces(answers: asyncio.StreamReader, beat: Callable[[], None] = lambda: None) -> list[bytes]:
    line = await answers.readline()
    while line == BEAT:
        beat()
        line = await answers.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return [await answers.readexactly(int(size)) for size in line.split()]
