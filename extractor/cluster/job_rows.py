"""Notices read to rows, many one after the other, in a process with limits beside the worker."""

from __future__ import annotations

import asyncio
import hashlib
import platform
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

from extractor.cluster.confined_reading import NO_MEMORY, JobRow, Waiting, failed_row, read_row, row_of, text_of
from extractor.cluster.job_inputs import JobInput, contents
from extractor.errors import InputError, SettingsError
from extractor.files.parts.left_out import ReadText
from extractor.processes.confinement import Allowance, LostError, confined
from extractor.processes.workers import await_in_order, map_in_order
from extractor.readers import NOTICES_AT_ONCE, Backend, Reader
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.runs.run import lost_sentence

TRIES = 3
"""How often an input is read that brings its process down, before it counts as failed."""


@dataclass(frozen=True)
class JobReading:
    """What all batches of a job share: the reader, the program's fingerprint, the limits of a document."""

    reader: Reader
    fingerprint: str
    allowance: Allowance


def same_program(reading: JobReading) -> None:
    """See that this machine has the program of the one that began the job: else its notices would read differently.

    Raises:
        SettingsError: it has another.
    """
    if _own_fingerprint(reading.reader.settings.backend) != reading.fingerprint:
        raise SettingsError(
            f"{platform.node()}: this machine of the cluster has another version of this program or of its libraries "
            "than the one that began the job; install the same on all"
        )


class Numbered(NamedTuple):
    """An input with the notice's id."""

    input: JobInput
    notice_id: str


def taken(reading: JobReading, inputs: Sequence[Numbered]) -> Iterator[Waiting]:
    """Yield each input with its bytes and key; an input without bytes has its row's ``error`` set."""
    for each, data in zip(inputs, contents([each.input for each in inputs]), strict=True):
        source = each.input.source
        row = JobRow(source.name, each.notice_id, "", "")
        if isinstance(data, InputError):
            yield Waiting(source, b"", row._replace(error=data.in_words(reading.reader.settings.lang)))
            continue
        sha256 = hashlib.sha256(data).hexdigest()
        key = record_key(reading.reader.settings, reading.fingerprint, sha256, source.ending)
        yield Waiting(source, data, row._replace(sha256=sha256, key=key))


@cache
def _own_fingerprint(backend: Backend) -> str:
    return code_fingerprint(backend)


def read_rows(reading: JobReading, waiting: Sequence[Waiting]) -> Iterator[JobRow]:
    """Yield the row of each input, in order; its document is parsed in a process with limits."""
    if reading.reader.waits:
        yield from await_in_order(partial(_asking, reading), waiting, NOTICES_AT_ONCE)
    else:
        yield from _read_by_rules(reading, waiting)


def _read_by_rules(reading: JobReading, waiting: Sequence[Waiting]) -> Iterator[JobRow]:
    function = partial(read_row, reading.reader)
    lost: Callable[[Waiting, str], JobRow | str] = lambda _, why: why  # noqa: E731
    for each, first in zip(waiting, map_in_order(function, waiting, 1, lost, reading.allowance), strict=True):
        row: JobRow | str = first
        for _ in range(TRIES - 1):
            if isinstance(row, JobRow) or "takes more than" in row:
                break
            (row,) = map_in_order(function, [each], 1, lost, reading.allowance)
        yield row if isinstance(row, JobRow) else each.row._replace(error=lost_sentence(each.row.name, row))


@asynccontextmanager
async def _asking(reading: JobReading) -> AsyncIterator[Callable[[Waiting], Awaitable[JobRow]]]:
    """Give what reads an input by a reader that waits; documents are parsed in a process with limits."""
    parse = partial(text_of, reading.reader.settings.ocr)
    with confined(parse, 1, reading.allowance) as take_text:
        async with reading.reader.opened() as reads:

            async def row(waiting: Waiting) -> JobRow:
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
            if not left or "takes more than" in str(error):
                raise
    raise AssertionError
