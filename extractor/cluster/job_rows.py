"""Notices read to rows, many one after the other, in a process with limits beside the worker."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, NamedTuple

from extractor.cluster.job_inputs import JobInput, contents
from extractor.errors import ExtractorError, InputError, SettingsError, unforeseen
from extractor.files.ingest import ingest
from extractor.files.parts.left_out import told_of
from extractor.files.sources.source import Source
from extractor.processes.confinement import Allowance
from extractor.processes.workers import map_in_order
from extractor.readers import Backend, Reader
from extractor.runs.fingerprint import code_fingerprint, record_key
from extractor.runs.run import lost_sentence
from extractor.tables.rows import NoticeRows, notice_rows

if TYPE_CHECKING:
    from extractor.pipeline import ReadNotice

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


class JobRow(NamedTuple):
    """One input's row: what was read, or why it could not be.

    ``key`` stands for all that can change the result. ``record`` is the record as JSON, "" where ``error`` says why
    there is none; ``tables`` are the rows of the tables, ``left_out`` and ``failures`` lists as JSON.
    """

    name: str
    notice_id: str
    sha256: str
    key: str
    error: str = ""
    record: str = ""
    text: str = ""
    places: bytes = b""
    left_out: str = "[]"
    failures: str = "[]"
    tables: NoticeRows | None = None


class Waiting(NamedTuple):
    """An input whose bytes were taken, with its row as it is before it is read."""

    source: Source
    data: bytes
    row: JobRow


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
    """Yield the row of each input, in order, read by rules in a process with limits."""
    function = partial(_row, reading.reader)
    lost: Callable[[Waiting, str], JobRow | str] = lambda _, why: why  # noqa: E731
    for each, first in zip(waiting, map_in_order(function, waiting, 1, lost, reading.allowance), strict=True):
        row: JobRow | str = first
        for _ in range(TRIES - 1):
            if isinstance(row, JobRow) or "takes more than" in row:
                break
            (row,) = map_in_order(function, [each], 1, lost, reading.allowance)
        yield row if isinstance(row, JobRow) else each.row._replace(error=lost_sentence(each.row.name, row))


def _row(reader: Reader, waiting: Waiting) -> JobRow | str:
    """Read one input, in whichever process."""
    if waiting.row.error:
        return waiting.row
    settings = reader.settings
    try:
        text = ingest(waiting.source, waiting.data, ocr=settings.ocr).read
        return row_of(waiting.row, reader.read(text, waiting.row.notice_id))
    except InputError as error:
        return waiting.row._replace(error=error.in_words(settings.lang))
    except ExtractorError as error:
        return waiting.row._replace(error=str(error))
    except MemoryError:
        return "needs more memory than a document may take"
    except Exception as error:
        return waiting.row._replace(error=unforeseen(waiting.row.name, error))


def row_of(row: JobRow, read: ReadNotice) -> JobRow:
    """Return the row of a notice that was read."""
    from extractor.files.parts.text_places import place_names

    left_out = [told_of(entry) for entry in read.left_out]
    return row._replace(
        record=read.notice.model_dump_json(),
        text=read.text,
        places=read.places.as_json() if read.places else b"",
        left_out=json.dumps(left_out, ensure_ascii=False),
        failures=json.dumps(list(read.failures), ensure_ascii=False),
        tables=notice_rows(read.notice, read.text, place_names(read.places)),
    )
