"""Notices read to rows, many one after the other, in a process with limits beside the worker."""

from __future__ import annotations

import asyncio
import hashlib
import pickle
import platform
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import NamedTuple

from extractor.cluster.confined_reading import NO_MEMORY, JobRow, Waiting, failed_row, read_together, row_of, text_of
from extractor.cluster.job_inputs import JobInput, contents
from extractor.errors import InputError, SettingsError
from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_limits import MB
from extractor.processes.confinement import Allowance, LostError, confined
from extractor.processes.workers import await_in_order, spare_the_collector
from extractor.readers import NOTICES_AT_ONCE, Backend, Reader
from extractor.record.checks import Lang
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.runs.run import lost_sentence

TRIES = 3
"""The number of times that an input is read which brings its process down, before it counts as failed."""


_MOST_HELD = 64 * MB  # of inputs, in a worker's memory
_MOST_TOGETHER, _LARGEST_TOGETHER = 8, MB  # inputs, and their bytes, that are given to a reading process at once
_AHEAD = 1  # groups of them that wait while one is read

_PROCESSES = ExitStack()


_Submits = Callable[[Sequence[Waiting]], Future[bytes]]


@dataclass(frozen=True)
class JobReading:
    """The settings that all batches of a job share: the reader, the program's fingerprint, the limits of a document."""

    reader: Reader
    fingerprint: str
    allowance: Allowance


def prepare(reading: JobReading) -> None:
    """Make a worker ready for a job: see that its machine has the program of the one that began it.

    With another program its notices would read differently.

    Raises:
        SettingsError: it has another.
    """
    _spare_the_collector()
    if _own_fingerprint(reading.reader.settings.backend) != reading.fingerprint:
        raise SettingsError(
            f"{platform.node()}: this machine of the cluster has another version of this program or of its libraries "
            "than the one that began the job; install the same on all"
        )


class Numbered(NamedTuple):
    """An input with the notice's id."""

    input: JobInput
    notice_id: str


class Taken(NamedTuple):
    """An input with its key; its bytes are kept where a batch's are few, else read again when it is read."""

    input: JobInput
    waiting: Waiting
    is_kept: bool

    @property
    def row(self) -> JobRow:
        """The input's row as it is before it is read."""
        return self.waiting.row

    def loaded(self, lang: Lang) -> Waiting:
        """Return the input with its bytes."""
        if self.is_kept or self.row.error:
            return self.waiting
        (data,) = contents([self.input])
        if isinstance(data, InputError):
            return self.waiting._replace(row=self.row._replace(error=data.in_words(lang)))
        return self.waiting._replace(data=data)


def taken(reading: JobReading, inputs: Sequence[Numbered]) -> Iterator[Taken]:
    """Yield each input with its key; an input without bytes has its row's ``error`` set."""
    held = 0
    for each, data in zip(inputs, contents([each.input for each in inputs]), strict=True):
        source = each.input.source
        row = JobRow(source.name, each.notice_id, "", "")
        if isinstance(data, InputError):
            failed = row._replace(error=data.in_words(reading.reader.settings.lang))
            yield Taken(each.input, Waiting(source, b"", failed), is_kept=True)
            continue
        held += len(data)
        is_kept = held <= _MOST_HELD
        sha256 = hashlib.sha256(data).hexdigest()
        key = record_key(reading.reader.settings, reading.fingerprint, sha256, source.ending)
        waiting = Waiting(source, data if is_kept else b"", row._replace(sha256=sha256, key=key))
        yield Taken(each.input, waiting, is_kept)


@cache
def _spare_the_collector() -> None:
    spare_the_collector()


@cache
def _own_fingerprint(backend: Backend) -> str:
    return code_fingerprint(backend)


def read_rows(reading: JobReading, inputs: Iterable[Taken]) -> Iterator[JobRow]:
    """Yield the row of each input, in order; its document is parsed in a process with limits."""
    if reading.reader.waits:
        yield from await_in_order(partial(_asking, reading), inputs, NOTICES_AT_ONCE)
    else:
        yield from _read_by_rules(reading, inputs)


def _read_by_rules(reading: JobReading, inputs: Iterable[Taken]) -> Iterator[JobRow]:
    submit = _reading_process(reading)
    pending: deque[tuple[Sequence[Waiting], Future[bytes]]] = deque()
    for together in _together(each.loaded(reading.reader.settings.lang) for each in inputs):
        pending.append((together, submit(together)))
        if len(pending) > _AHEAD:
            yield from _rows(*pending.popleft(), submit)
    while pending:
        yield from _rows(*pending.popleft(), submit)


def _together(inputs: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Yield inputs in small groups: sending one takes a tenth of the time in which it is read."""
    held: list[Waiting] = []
    size = 0
    for each in inputs:
        if held and (len(held) == _MOST_TOGETHER or size + len(each.data) > _LARGEST_TOGETHER):
            yield held
            held, size = [], 0
        held.append(each)
        size += len(each.data)
    if held:
        yield held


def _rows(together: Sequence[Waiting], future: Future[bytes], submit: _Submits) -> Iterator[JobRow]:
    """Yield the rows of inputs; of those whose process was lost each is read by itself."""
    try:
        found: list[JobRow | str] = pickle.loads(future.result())
    except LostError as error:
        is_alone = len(together) == 1
        for each in together:
            yield _tried(each, str(error) if is_alone else None, submit)
        return
    for each, row in zip(together, found, strict=True):
        yield row if isinstance(row, JobRow) else _tried(each, row, submit)


def _tried(waiting: Waiting, why: str | None, submit: _Submits) -> JobRow:
    """Return the row of an input whose process is lost again and again, but for one that takes too long.

    ``why`` is the reason of the first time, None where it was not read by itself yet.
    """
    for _ in range(TRIES if why is None else TRIES - 1):
        if why is not None and _is_too_slow(why):
            break
        row = _row_or_why(submit([waiting]))
        if isinstance(row, JobRow):
            return row
        why = row
    return waiting.row._replace(error=lost_sentence(waiting.row.name, why or ""))


@lru_cache(maxsize=1)
def _reading_process(reading: JobReading) -> _Submits:
    """Return what reads inputs in a process with limits; it serves all batches of a worker and ends with it."""
    return _PROCESSES.enter_context(confined(partial(read_together, reading.reader), 1, reading.allowance))


def _row_or_why(future: Future[bytes]) -> JobRow | str:
    try:
        (row,) = pickle.loads(future.result())
    except LostError as error:
        return str(error)
    found: JobRow | str = row
    return found


def _is_too_slow(why: str) -> bool:
    """Say whether a process ended because its time was over: it would be over again."""
    return "takes more than" in why


@asynccontextmanager
async def _asking(reading: JobReading) -> AsyncIterator[Callable[[Taken], Awaitable[JobRow]]]:
    """Give what reads an input by a reader that waits; documents are parsed in a process with limits."""
    parse = partial(text_of, reading.reader.settings.ocr)
    with confined(parse, 1, reading.allowance) as take_text:
        async with reading.reader.opened() as reads:

            async def row(taken: Taken) -> JobRow:
                waiting = taken.loaded(reading.reader.settings.lang)
                if waiting.row.error:
                    return waiting.row
                try:
                    text = await _parsed(take_text, waiting)
                    return row_of(waiting.row, await reads(text, waiting.row.notice_id))
                except LostError as error:
                    return waiting.row._replace(error=lost_sentence(waiting.row.name, str(error)))
                except MemoryError:
                    return waiting.row._replace(error=lost_sentence(waiting.row.name, NO_MEMORY))
                except Exception as error:
                    if type(error).__module__.startswith("ray."):
                        raise  # what the whole batch stands on is lost, not this notice
                    return failed_row(waiting.row, error, reading.reader.settings.lang)

            yield row


async def _parsed(take_text: Callable[[Waiting], Future[ReadText]], waiting: Waiting) -> ReadText:
    """Return an input's text; a process that is lost is started again, but for one that took too long.

    Raises:
        LostError: its process was lost ``TRIES`` times, or took too long.
    """
    for left in reversed(range(TRIES)):
        try:
            return await asyncio.wrap_future(take_text(waiting))
        except LostError as error:
            if not left or _is_too_slow(str(error)):
                raise
    raise AssertionError
