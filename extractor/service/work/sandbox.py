"""Documents parsed out of harm's way: in processes with limits, one task at a time each, killed when it takes too long.

A document that brings its process down is named as failed; the next one gets a fresh process.
"""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from extractor.errors import BugError, InputError
from extractor.files.parts.left_out import LeftOut, ReadText
from extractor.files.sources.source import Source
from extractor.processes.confinement import Allowance, environment, why_ended
from extractor.service.http.service_limits import Bounds
from extractor.service.intake.spool import TooManyError
from extractor.service.store.notice_summary import Finding, Read, Summary
from extractor.service.work.jobs import Offered, Refused

_START_SECONDS = 60.0
_END_SECONDS = 5.0


class Sandbox:
    """The processes; made by ``opened``."""

    def __init__(self, processes: Sequence[_Worker]) -> None:
        self._idle: asyncio.LifoQueue[_Worker] = asyncio.LifoQueue()
        for worker in reversed(processes):
            self._idle.put_nowait(worker)

    async def read(self, upload: Path, source: Source, *, notice_id: str, lang: str) -> Read:
        """Return a document read by rules.

        Raises:
            InputError: it cannot be read, or not within the limits.
        """
        meta, text, record = await self._do("read", upload, source, notice_id=notice_id, lang=lang)
        told = json.loads(meta)
        findings = [Finding(*each) for each in told["findings"]]
        return Read(text.decode(), record, Summary(**told["summary"]), findings)

    async def take_text(self, upload: Path, source: Source) -> ReadText:
        """Return a document's plain text; raises as ``read`` does."""
        meta, text = await self._do("text", upload, source)
        return ReadText(text.decode(), tuple(LeftOut(*entry) for entry in json.loads(meta)["left_out"]))

    async def unpack(self, upload: Path, name: str) -> list[Offered | Refused]:
        """Write an archive's notices beside it, under its own name with a number, and return what they are.

        Raises:
            InputError: the archive cannot be read, breaks a limit, or holds no notices.
        """
        (meta,) = await self._do("unpack", upload, Source(name))
        return [
            Refused(each["name"], each["error"])
            if "error" in each
            else Offered(Source(name, tuple(each["members"])), each["upload"], each["sha256"])
            for each in json.loads(meta)["found"]
        ]

    async def take_texts(self, upload: Path, most: int) -> list[Offered]:
        """Write the texts of a JSON body beside it, under its own name with a number, and return what they are.

        Raises:
            InputError: the body is not as it should be, or takes too much.
            TooManyError: it holds more than ``most``.
        """
        (meta,) = await self._do("texts", upload, Source("the JSON body"), most=most)
        told = json.loads(meta)
        if "too_many" in told:
            raise TooManyError
        return [Offered(Source(each["name"]), each["upload"], each["sha256"]) for each in told["found"]]

    async def _do(self, task: str, upload: Path, source: Source, **more: Any) -> list[bytes]:
        order = {"task": task, "upload": str(upload), "path": source.path, "members": source.members, **more}
        worker = await self._idle.get()
        try:
            pieces = await worker.ask(json.dumps(order).encode(), source.name)
        finally:
            self._idle.put_nowait(worker)
        told = json.loads(pieces[0])
        if "error" in told:
            raise InputError(told["error"])
        return pieces


@asynccontextmanager
async def opened(size: int, bounds: Bounds) -> AsyncIterator[Sandbox]:
    """Give ``size`` processes, ready to work; they end with the block."""
    workers = [_Worker(bounds) for _ in range(size)]
    try:
        await asyncio.gather(*(worker.start() for worker in workers))
        yield Sandbox(workers)
    finally:
        await asyncio.gather(*(worker.stop() for worker in workers))


class _Started(NamedTuple):
    process: Process
    given: asyncio.StreamWriter
    answers: asyncio.StreamReader


class _Worker:
    """One process, started anew after it was lost."""

    def __init__(self, bounds: Bounds) -> None:
        self._allowance = Allowance(bounds.seconds, bounds.memory_bytes)
        self._started: _Started | None = None

    async def start(self) -> None:
        """Start the process and wait until it is ready.

        Raises:
            BugError: it does not become ready.
        """
        memory, seconds = self._allowance.memory_bytes, self._allowance.seconds
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "extractor.service.work.worker", str(memory), str(seconds)),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,  # what parsers say may quote the document
            env=environment(),
            start_new_session=True,  # Ctrl-C in the terminal is for the service
        )
        assert process.stdin is not None
        assert process.stdout is not None
        self._started = _Started(process, process.stdin, process.stdout)
        try:
            async with asyncio.timeout(_START_SECONDS):
                await _pieces(process.stdout)
        except (TimeoutError, EOFError) as error:
            await self.stop()
            raise BugError("a worker process does not start; it may need more than --memory gives it") from error

    async def ask(self, order: bytes, name: str) -> list[bytes]:
        """Return the answer to a task.

        Raises:
            InputError: there is none; the sentence begins with ``name`` and says why.
        """
        if self._started is not None and self._started.process.returncode is not None:
            await self.stop()  # somebody else ended it
        if self._started is None:
            await self.start()
        assert self._started is not None
        process, given, answers = self._started
        try:
            async with asyncio.timeout(self._allowance.clock_seconds):
                given.write(order + b"\n")
                await given.drain()
                return await _pieces(answers)
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
            await self.stop()  # its answer, when it comes, is nobody's
            raise

    async def stop(self) -> None:
        """End the process, whatever it is doing."""
        if self._started is None:
            return
        (process, given, _), self._started = self._started, None
        given.close()
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _pieces(answers: asyncio.StreamReader) -> list[bytes]:
    line = await answers.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    return [await answers.readexactly(int(size)) for size in line.split()]
