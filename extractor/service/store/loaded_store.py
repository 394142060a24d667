"""Notices that were read elsewhere, stored as if the service had read them; what is there already stays as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from extractor.pages.collected_notice import CollectedNotice
from extractor.record.contract import Notice
from extractor.service.store import collected_store
from extractor.service.store.database import Database
from extractor.service.store.database_tables import notices, readings
from extractor.service.store.item_store import add_reading, reading_row
from extractor.service.store.new_notices import add_notice, free_id
from extractor.service.store.notice_summary import NoticeReading, reading_of

_HASH = 6  # hex digits, as in a run's ids
_HELD = 100
_TEXTS = select(readings.c.text).join_from(notices, readings, notices.c.reading == readings.c.number)
_SAME = select(notices.c.number).where(notices.c.name == bindparam("name"), notices.c.sha256 == bindparam("sha256"))


class ReadElsewhere(NamedTuple):
    """A notice that was read elsewhere: its id there, the hex SHA-256 of its text, the reading, and what lists need."""

    notice_id: str
    text_sha256: str
    read: NoticeReading
    collected: CollectedNotice


class LoadedNotice(NamedTuple):
    """Such a notice with the file that it was read from; ``sha256`` is of the file's bytes.

    ``key`` stands for all else that affects the record, "" where it is not known. ``unanswered`` counts calls to a
    model that failed for good.
    """

    found: ReadElsewhere
    name: str
    sha256: str
    key: str
    unanswered: int = 0


def stored_texts(database: Database) -> set[str]:
    """Return the hex SHA-256 of each text that is there."""
    with database.reading() as connection:
        found = connection.execution_options(yield_per=_HELD).execute(_TEXTS)
        return {sha256(text.encode()).hexdigest() for (text,) in found}


def add_loaded(database: Database, loaded: Sequence[LoadedNotice]) -> int:
    """Store notices, all or none, but for those whose file is there already; return how many were stored."""
    with database.writing() as connection:
        return sum(_is_added(connection, each) for each in loaded)


def _is_added(connection: Connection, loaded: LoadedNotice) -> bool:
    if connection.execute(_SAME, {"name": loaded.name, "sha256": loaded.sha256}).first() is not None:
        return False
    notice_id, found = free_id(connection, _ids(loaded)), loaded.found
    read = found.read if notice_id == found.notice_id else _renamed(found.read, notice_id)
    number = add_notice(connection, notice_id, loaded.name, loaded.sha256)
    add_reading(connection, number, {**reading_row(number, loaded.key, read), "unanswered": loaded.unanswered}, read)
    if read is found.read:  # under another name it is collected again
        collected_store.put(connection, number, found.collected, read.summary.signature)
    return True


def _renamed(read: NoticeReading, notice_id: str) -> NoticeReading:
    """Return a reading of a notice under another id."""
    notice = Notice.model_validate_json(read.record).model_copy(update={"notice_id": notice_id})
    return reading_of(read.text, notice, places=read.places)


def _ids(loaded: LoadedNotice) -> Iterator[str]:
    """Yield the ids that a notice may have: its own, or that with more and more of a hash."""
    own, both = loaded.found.notice_id, sha256(f"{loaded.sha256}\0{loaded.name}".encode()).hexdigest()
    yield own
    for length in (_HASH, 2 * _HASH, len(both)):
        yield f"{own}~{both[:length]}"
