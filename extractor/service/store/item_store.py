"""What becomes of items: their notices are kept, or they failed. All of that is in the file, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Insert, bindparam, delete, insert, select, text, update

from extractor.service.http.api_models import Outcome
from extractor.service.store.database import Database
from extractor.service.store.database_tables import findings, items, notices, readings
from extractor.service.store.notice_summary import Read
from extractor.service.store.search_words import searchable

# Statements are made once: making them takes longer than what SQLite does with most.
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
_FIND = insert(findings)
_HOLD = update(notices).where(notices.c.number == bindparam("notice")).values(reading=bindparam("holds"))
_INDEX = text("INSERT INTO search(rowid, name, text) VALUES(:notice, :name, :text)")
_INDEXED = (
    select(notices.c.name, readings.c.text)
    .join_from(notices, readings, notices.c.reading == readings.c.number)
    .where(notices.c.number == bindparam("notice"))
)
# An index without texts is told again what stood there.
_UNINDEX = text("INSERT INTO search(search, rowid, name, text) VALUES('delete', :notice, :name, :text)")


class Ended(NamedTuple):
    """How an item ended, and why it failed."""

    outcome: Outcome
    error: str | None = None


def end_all(database: Database, key: str, results: Sequence[tuple[int, Read | str]]) -> list[Ended]:
    """End items, by their numbers, with what was read or with why nothing was; all of them or none.

    A notice is not kept twice, nor after it was deleted. One that cannot be read and never was is forgotten.
    """
    words = [searchable(read.text) if isinstance(read, Read) else "" for _, read in results]
    with database.writing() as connection:
        return [
            _keep(connection, number, key, read, text) if isinstance(read, Read) else _fail(connection, number, read)
            for (number, read), text in zip(results, words, strict=True)
        ]


def _keep(connection: Connection, number: int, key: str, read: Read, words: str) -> Ended:
    item = _item(connection, number)
    if item.notice is None:
        return _end(connection, number, Ended("failed", f"{item.name}: was deleted before it was read"))
    if holds(item, key):
        return _end(connection, number, Ended("unchanged"))
    if item.reading is not None:
        _forget(connection, item.notice)
    hold(connection, item.notice, number_of(connection, _READ, row_of(item.notice, key, read)), read)
    connection.execute(_INDEX, {"notice": item.notice, "name": searchable(item.name), "text": words})
    return _end(connection, number, Ended("done"))


def _fail(connection: Connection, number: int, error: str) -> Ended:
    notice = _item(connection, number).notice
    ended = _end(connection, number, Ended("failed", error))
    if notice is not None:
        waits = select(items.c.number).where(items.c.notice == notice, items.c.outcome == "pending").exists()
        unread = (notices.c.number == notice) & notices.c.reading.is_(None)
        connection.execute(delete(notices).where(unread, ~waits))
    return ended


def row_of(notice: int, key: str, read: Read) -> dict[str, Any]:
    """A reading as a row."""
    return {
        **vars(read.summary),
        "notice": notice,
        "key": key,
        "made": now(),
        "unanswered": len(read.unanswered),
        "record": read.record,
        "text": read.text,
    }


def hold(connection: Connection, notice: int, reading: int, read: Read) -> None:
    """Have a notice's reading hold: lists narrow by what is found there. What held before is to be forgotten first."""
    connection.execute(_HOLD, {"notice": notice, "holds": reading})
    if read.findings:
        connection.execute(_FIND, [{"notice": notice, **finding._asdict()} for finding in read.findings])


def delete_notice(database: Database, notice_id: str) -> bool:
    """Delete a notice with all that is kept of it; False where there is none."""
    with database.writing() as connection:
        known = (notices.c.id == notice_id) & notices.c.reading.is_not(None)
        number = connection.execute(select(notices.c.number).where(known)).scalar_one_or_none()
        if number is None:
            return False
        _forget(connection, number)
        connection.execute(delete(notices).where(notices.c.number == number))
        return True


def holds(row: Any, key: str) -> bool:
    """Whether the reading that a row is joined with stays: made with ``key``, and no call to a model would be repeated;
    or changed by people, whose work a new reading would leave without its ground."""
    return bool(row.base is not None or (row.key == key and row.unanswered == 0))


def number_of(connection: Connection, insertion: Insert, values: Mapping[str, Any]) -> int:
    """Insert a row, and return the number that it was given."""
    made = connection.execute(insertion, values).inserted_primary_key
    assert made is not None
    return int(made[0])


def now() -> str:
    """This moment, as it is kept."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _item(connection: Connection, number: int) -> Any:
    """An item with its notice and the reading of that, as far as there are any."""
    return connection.execute(_ITEM, {"item": number}).one()


def _end(connection: Connection, number: int, ended: Ended) -> Ended:
    connection.execute(_END, {"item": number, "ended": ended.outcome, "why": ended.error})
    return ended


def _forget(connection: Connection, notice: int) -> None:
    """Take a notice out of search and filters."""
    row = connection.execute(_INDEXED, {"notice": notice}).one()
    connection.execute(_UNINDEX, {"notice": notice, "name": searchable(row.name), "text": searchable(row.text)})
    connection.execute(delete(findings).where(findings.c.notice == notice))
