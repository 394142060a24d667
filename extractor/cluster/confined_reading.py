"""Notices read to their rows, in a process with limits; so nothing is imported here that takes much memory."""

from __future__ import annotations

import json
import pickle
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from extractor.errors import ExtractorError, InputError, unforeseen
from extractor.files.ingest import ingest
from extractor.files.parts.left_out import ReadText, told_of
from extractor.files.parts.page_places import OcrMode
from extractor.files.sources.source import Source
from extractor.readers import Reader
from extractor.record.checks import Lang
from extractor.tables.rows import NoticeRows, notice_rows

if TYPE_CHECKING:
    from extractor.pipeline import ReadNotice

NO_MEMORY = "needs more memory than a document may take"
"""Why a notice's process ended, where it was for that."""


class JobRow(NamedTuple):
    """One input's row: what was read, or why it could not be.

    ``key`` stands for all that can change the result. ``record`` is the record as JSON, "" where ``error`` says why
    there is none; ``tables`` are the rows of the tables, ``left_out`` and ``failures`` lists as JSON. ``signature`` is
    the notice's among others as JSON, ``keys`` are hashes of which two notices share one where they are compared.
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
    signature: str = ""
    keys: tuple[int, ...] = ()


class Waiting(NamedTuple):
    """An input whose bytes were taken, with its row as it is before it is read."""

    source: Source
    data: bytes
    row: JobRow


def read_together(reader: Reader, inputs: Sequence[Waiting]) -> bytes:
    """Return the rows of some inputs, pickled, each as ``read_row`` has it.

    They are pickled here, so that the next inputs are read while these rows are unpickled.
    """
    return pickle.dumps([read_row(reader, each) for each in inputs], pickle.HIGHEST_PROTOCOL)


def read_row(reader: Reader, waiting: Waiting) -> JobRow | str:
    """Return the row of an input, or why its process would end."""
    if waiting.row.error:
        return waiting.row
    try:
        return row_of(waiting.row, reader.read(text_of(reader.settings.ocr, waiting), waiting.row.notice_id))
    except MemoryError:
        return NO_MEMORY
    except Exception as error:
        return failed_row(waiting.row, error, reader.settings.lang)


def text_of(ocr: OcrMode, waiting: Waiting) -> ReadText:
    """Return the text of an input's document."""
    return ingest(waiting.source, waiting.data, ocr=ocr).read


def failed_row(row: JobRow, error: Exception, lang: Lang) -> JobRow:
    """Return the row of an input that could not be read."""
    if isinstance(error, InputError):
        return row._replace(error=error.in_words(lang))
    return row._replace(error=str(error) if isinstance(error, ExtractorError) else unforeseen(row.name, error))


def row_of(row: JobRow, read: ReadNotice) -> JobRow:
    """Return the row of a notice that was read."""
    from extractor.collection.kinship import related_keys
    from extractor.collection.notice_signatures import signature_of
    from extractor.files.parts.text_places import place_names

    signature = signature_of(read.notice, read.text)
    left_out = [told_of(entry) for entry in read.left_out]
    return row._replace(
        record=read.notice.model_dump_json(),
        text=read.text,
        places=read.places.as_json() if read.places else b"",
        left_out=json.dumps(left_out, ensure_ascii=False),
        failures=json.dumps(list(read.failures), ensure_ascii=False),
        tables=notice_rows(read.notice, read.text, place_names(read.places)),
        signature=signature.model_dump_json(),
        keys=tuple(related_keys(signature)),
    )
