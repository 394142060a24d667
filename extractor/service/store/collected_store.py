"""The tables for many notices, so that nothing is parsed when they are asked: made once for each reading.

They are made some time after a reading is stored, when there is nothing else to do, or before the first answer that
needs them; of what people corrected at once. A notice without them has no row in ``tallies``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, or_, select, text, update

from extractor.pages.collected_notice import CollectedNotice, Fact, collected_of
from extractor.record.contract import Notice
from extractor.service.store.database import Database
from extractor.service.store.database_tables import fact_counts, facts, kin, notices, readings, tallies
from extractor.service.store.kin_store import place, place_all, unplace
from extractor.service.store.search_words import searchable

_NARROW = tuple(name for name in Fact._fields if name not in ("holder", "title", "words", "data"))
_COLUMNS = ", ".join(f'"{name}"' for name in ("number", "notice", "holder", *_NARROW))
_FACT = f"INSERT INTO facts ({_COLUMNS}) VALUES (?, ?, ?{', ?' * len(_NARROW)})"
_SHOWN = "INSERT INTO shown_facts (number, title, data) VALUES (?, ?, ?)"
_PASSAGE = "INSERT INTO passages (number, words) VALUES (?, ?)"
_ALIKE = ("kind", "category", "status", "term", "unit", "reason", "reader", "types")
"""The columns in which counted facts are alike."""
_narrow, _alike = (itemgetter(*map(Fact._fields.index, names)) for names in (_NARROW, _ALIKE))
_COUNT = f"INSERT INTO fact_counts (notice, {', '.join(_ALIKE)}, times, value) VALUES (?{', ?' * len(_ALIKE)}, ?, ?)"
_TALLY = text(
    "INSERT OR REPLACE INTO tallies (notice, tally, known_by, genre, inspection, called) "
    "VALUES (:notice, :tally, :known_by, :genre, :inspection, :called)"
)
_KNOWN_BY = select(tallies.c.known_by).where(tallies.c.notice == bindparam("notice"))
_FORGET = delete(facts).where(facts.c.notice == bindparam("notice"))
_FORGET_COUNTS = delete(fact_counts).where(fact_counts.c.notice == bindparam("notice"))
_FORGET_TALLY = delete(tallies).where(tallies.c.notice == bindparam("notice"))
_LAST = select(func.max(facts.c.number))
_READ = notices.outerjoin(tallies, tallies.c.notice == notices.c.number).join(
    readings, readings.c.number == notices.c.reading
)
_UNCOLLECTED = (
    select(
        *(notices.c.number, notices.c.id.label("notice_id"), readings.c.number.label("reading")),
        *(readings.c.record, readings.c.text, func.coalesce(readings.c.signature, "").label("signature")),
    )
    .select_from(_READ)
    .where(*(notices.c.number > bindparam("after"), tallies.c.notice.is_(None)), readings.c.number <= bindparam("upto"))
    .order_by(notices.c.number)
    .limit(bindparam("most"))
)
_COUNT_UNCOLLECTED = select(func.count()).select_from(_READ).where(tallies.c.notice.is_(None))
_WAITS = (
    select(notices.c.number)
    .select_from(_READ)
    .where(notices.c.number == bindparam("number"), notices.c.reading == bindparam("read"), tallies.c.notice.is_(None))
)
_UNINDEXED = (
    select(notices.c.name, readings.c.text)
    .join_from(notices, readings, readings.c.number == notices.c.reading)
    .where(notices.c.number == bindparam("notice"), notices.c.indexed.is_(False))
)
_NEWEST = select(func.max(readings.c.number))
_WANTING = (
    select(notices.c.number)
    .outerjoin_from(notices, tallies, tallies.c.notice == notices.c.number)
    .outerjoin(kin, kin.c.notice == notices.c.number)
    .where(notices.c.reading.is_not(None), or_(tallies.c.notice.is_(None), kin.c.notice.is_(None)))
    .limit(1)
)
_INDEX = text("INSERT INTO search(rowid, name, text) VALUES(:notice, :name, :text)")
_INDEXED = update(notices).where(notices.c.number == bindparam("notice")).values(indexed=True)
_TRIES = 3


class Uncollected(NamedTuple):
    """Notices that are not collected: up to ``most``, of numbers ``after`` one, of readings ``upto`` one."""

    most: int
    after: int = 0
    upto: int = 2**63 - 1


class UncollectedNotice(NamedTuple):
    """A notice that lists do not know yet: its current reading, by its number, its record and its text.

    ``number`` is the notice's; ``signature`` is the reading's, empty for none.
    """

    number: int
    notice_id: str
    reading: int
    record: bytes
    text: str
    signature: str


def put(connection: Connection, notice: int, collected: CollectedNotice, signature: str) -> None:
    """Store what lists of many notices need of a notice's current reading, instead of what was there."""
    _forget(connection, notice, signature)
    _put(connection, notice, collected, signature)


def leave_for_later(connection: Connection, notice: int, signature: str) -> None:
    """Forget what was collected of a notice's reading before; its current one is collected later."""
    _forget(connection, notice, signature)
    connection.execute(_FORGET_TALLY, {"notice": notice})


def _forget(connection: Connection, notice: int, signature: str) -> None:
    """Forget a notice's facts, and its place where it was known by another signature."""
    known = connection.execute(_KNOWN_BY, {"notice": notice}).scalar_one_or_none()
    if known != _hash(signature):
        unplace(connection, notice)
    if known is not None:
        connection.execute(_FORGET, {"notice": notice})
        connection.execute(_FORGET_COUNTS, {"notice": notice})


def _put(connection: Connection, notice: int, collected: CollectedNotice, signature: str) -> None:
    connection.execute(_TALLY, {"notice": notice, "known_by": _hash(signature), **collected._asdict()})
    if collected.facts:
        _put_facts(connection, notice, collected.facts)
    for row in connection.execute(_UNINDEXED, {"notice": notice}).all():
        words = {"name": searchable(row.name), "text": searchable(row.text)}
        connection.execute(_INDEX, {"notice": notice, **words})
        connection.execute(_INDEXED, {"notice": notice})


def _hash(signature: str) -> str:
    return sha256(signature.encode()).hexdigest()


def _put_facts(connection: Connection, notice: int, found: Sequence[Fact]) -> None:
    first = (connection.execute(_LAST).scalar_one() or 0) + 1
    numbers = {fact.path: number for number, fact in enumerate(found, first) if fact.kind in ("issue", "measure")}
    alike, values = Counter[tuple[Any, ...]](), defaultdict[tuple[Any, ...], float](float)
    rows = []
    for number, fact in enumerate(found, first):
        rows.append((number, notice, numbers.get(fact.holder, number), *_narrow(fact)))
        key = _alike(fact)
        alike[key] += 1
        values[key] += fact.value or 0
    connection.exec_driver_sql(_FACT, rows)
    connection.exec_driver_sql(_SHOWN, [(number, fact.title, fact.data) for number, fact in enumerate(found, first)])
    said = [(number, fact.words) for number, fact in enumerate(found, first) if fact.words]
    if said:
        connection.exec_driver_sql(_PASSAGE, said)
    connection.exec_driver_sql(_COUNT, [(notice, *key, times, values[key]) for key, times in alike.items()])


def newest_reading(database: Database) -> int:
    """Return the number of the reading that was stored last."""
    with database.reading() as connection:
        return connection.execute(_NEWEST).scalar_one() or 0


def uncollected(database: Database, wanted: Uncollected) -> list[UncollectedNotice]:
    """Return notices that are not collected, by their numbers."""
    with database.reading() as connection:
        return [UncollectedNotice(*row) for row in connection.execute(_UNCOLLECTED, wanted._asdict())]


def count_uncollected(database: Database) -> int:
    """Return how many notices are not collected."""
    with database.reading() as connection:
        return connection.execute(_COUNT_UNCOLLECTED).scalar_one()


def store_collected(database: Database, found: Iterable[tuple[UncollectedNotice, CollectedNotice]]) -> None:
    """Store what lists need of notices, together; of one that changed meanwhile nothing."""
    with database.writing() as connection:
        for notice, collected in found:
            if connection.execute(_WAITS, {"number": notice.number, "read": notice.reading}).first() is not None:
                _put(connection, notice.number, collected, notice.signature)


def bring_up_to_date(database: Database) -> None:
    """Collect what is not collected yet, and find the places of notices among each other where one is not known."""
    while found := uncollected(database, Uncollected(most=1)):
        store_collected(database, [(each, collected(each.record, each.text)) for each in found])
    place(database)


@contextmanager
def up_to_date(database: Database) -> Iterator[Connection]:
    """Yield a connection that reads one moment, of which every notice is collected and placed."""
    for _ in range(_TRIES):
        with database.reading() as connection:
            if connection.execute(_WANTING).first() is None:
                yield connection
                return
        bring_up_to_date(database)
    with database.writing() as connection:  # more comes faster than that: nobody stores another meanwhile
        place_all(connection)
        yield connection


def collected(record: bytes, text: str) -> CollectedNotice:
    """Return what lists need of a record as JSON; ``text`` is what its offsets index."""
    return collected_of(Notice.model_validate_json(record), text)
