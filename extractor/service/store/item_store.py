"""The end of items, in one transaction: their notices are stored, or they failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Insert, bindparam, delete, insert, select, text, update

from extractor.service.http.api_models import ItemOutcome
from extractor.service.store import collected_store
from extractor.service.store.database import Database
from extractor.service.store.database_tables import findings, items, notices, places, readings
from extractor.service.store.notice_summary import NoticeReading
from extractor.service.store.search_words import searchable

# Statements are built once: building most of them takes longer than running them.
_ITEM = (
    select(items.c.name, items.c.notice, notices.c.reading, readings.c.key, readings.c.unanswered, readings.c.base)
    .select_from(items.outerjoin(notices).outerjoin(readings, notices.c.reading == readings.c.number))
    .where(items.c.number == bindparam("item"))
)
_END = (
    update(items)
    .where(items.c.number == bindparam("item"))
    .values(outcome=bindparam("ended"), error=bindparam("why"), upload=None)
)
_READ = insert(readings)
_PLACE = insert(places)
_UNPLACE = delete(places).where(places.c.notice == bindparam("placed"))
_FIND = insert(findings)
_HOLD = update(notices).where(notices.c.number == bindparam("notice")).values(reading=bindparam("holds"))
_NOT_INDEXED = update(notices).where(notices.c.number == bindparam("notice")).values(indexed=False)
_INDEXED = (
    select(notices.c.name, notices.c.indexed, readings.c.text)
    .join_from(notices, readings, notices.c.reading == readings.c.number)
    .where(notices.c.number == bindparam("notice"))
)
# An index without texts needs the old words to delete them.
_UNINDEX = text("INSERT INTO search(search, rowid, name, text) VALUES('delete', :notice, :name, :text)")


class ItemEnd(NamedTuple):
    """The outcome of an item, and the reason where it failed."""

    outcome: ItemOutcome
    error: str | None = None


def end_items(database: Database, key: str, results: Sequence[tuple[int, NoticeReading | str]]) -> list[ItemEnd]:
    """End items, by number, each with its reading or with the reason for failing; all of them or none.

    A notice is not stored twice, nor after it was deleted. One that cannot be read and never was is removed.
    """
    with database.writing() as connection:
        return [
            _keep(connection, number, key, read) if isinstance(read, NoticeReading) else _fail(connection, number, read)
            for number, read in results
        ]


def _keep(connection: Connection, number: int, key: str, read: NoticeReading) -> ItemEnd:
    item = _item(connection, number)
    if item.notice is None:
        return _end(connection, number, ItemEnd("failed", f"{item.name}: was deleted before it was read"))
    if is_current(item, key):
        return _end(connection, number, ItemEnd("unchanged"))
    if item.reading is not None:
        leave_lists(connection, item.notice)
        collected_store.leave_for_later(connection, item.notice, read.summary.signature)
    add_reading(connection, item.notice, reading_row(item.notice, key, read), read)
    return _end(connection, number, ItemEnd("done"))


def add_reading(connection: Connection, notice: int, row: Mapping[str, Any], read: NoticeReading) -> None:
    """Add the program's reading of a notice and make it current; it is indexed when it is collected."""
    make_current(connection, notice, insert_row(connection, _READ, row), read)
    connection.execute(_UNPLACE, {"placed": notice})
    if read.places:
        connection.execute(_PLACE, {"notice": notice, "content": read.places})


def _fail(connection: Connection, number: int, error: str) -> ItemEnd:
    notice = _item(connection, number).notice
    ended = _end(connection, number, ItemEnd("failed", error))
    if notice is not None:
        waits = select(items.c.number).where(items.c.notice == notice, items.c.outcome == "pending").exists()
        unread = (notices.c.number == notice) & notices.c.reading.is_(None)
        connection.execute(delete(notices).where(unread, ~waits))
    return ended


def reading_row(notice: int, key: str, read: NoticeReading) -> dict[str, Any]:
    """Return a reading as a row of the table ``readings``."""
    return {
        **vars(read.summary),
        "notice": notice,
        "key": key,
        "made": now(),
        "unanswered": len(read.unanswered),
        "record": read.record,
        "text": read.text,
    }


def make_current(connection: Connection, notice: int, reading: int, read: NoticeReading) -> None:
    """Make a reading the notice's current one, and its issues those that lists filter by.

    The rows of the reading before must be removed first.
    """
    connection.execute(_HOLD, {"notice": notice, "holds": reading})
    if read.facets:
        connection.execute(_FIND, [{"notice": notice, **each._asdict()} for each in read.facets])


def is_current(row: Any, key: str) -> bool:
    """Return whether the reading in a joined row stays current.

    It does where it was made with ``key`` and has no failed call to repeat, or where people changed it: a new reading
    would take the base from their work.
    """
    return bool(row.base is not None or (row.key == key and row.unanswered == 0))


def insert_row(connection: Connection, insertion: Insert, values: Mapping[str, Any]) -> int:
    """Insert a row, and return its number."""
    made = connection.execute(insertion, values).inserted_primary_key
    assert made is not None
    return int(made[0])


def now() -> str:
    """Return the current time as it is stored (ISO 8601, UTC, milliseconds)."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _item(connection: Connection, number: int) -> Any:
    """Return an item joined with its notice and that notice's reading, as far as there are any."""
    return connection.execute(_ITEM, {"item": number}).one()


def _end(connection: Connection, number: int, ended: ItemEnd) -> ItemEnd:
    connection.execute(_END, {"item": number, "ended": ended.outcome, "why": ended.error})
    return ended


def leave_lists(connection: Connection, notice: int) -> None:
    """Remove a notice from the search index and the filters."""
    row = connection.execute(_INDEXED, {"notice": notice}).one()
    if row.indexed:
        connection.execute(_UNINDEX, {"notice": notice, "name": searchable(row.name), "text": searchable(row.text)})
        connection.execute(_NOT_INDEXED, {"notice": notice})
    connection.execute(delete(findings).where(findings.c.notice == notice))
