"""The tables for many notices: kept up to date as readings are stored, so that nothing is parsed when they are asked.

The place of a notice among others (whose copy it is, its series and edition) depends on all of them. It is found again,
from signatures, when somebody asks after a notice came, went or was changed in what it is known by.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha256
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from extractor.pages.collected_notice import CollectedNotice, Fact, collected_of
from extractor.record.contract import Notice
from extractor.service.store.database import Database
from extractor.service.store.database_tables import fact_counts, facts, kin, notices, readings, tallies
from extractor.service.store.kin_store import stored_kinships

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
_UNPLACE = delete(kin).where(kin.c.notice == bindparam("notice"))
_LAST = select(func.max(facts.c.number))
_UNCOLLECTED = (
    select(notices.c.number, readings.c.record, readings.c.text, readings.c.signature)
    .join_from(notices, readings, notices.c.reading == readings.c.number)
    .outerjoin(tallies, tallies.c.notice == notices.c.number)
    .where(tallies.c.notice.is_(None))
    .limit(1)
)
_UNPLACED = (
    select(func.count())
    .select_from(notices.outerjoin(kin, kin.c.notice == notices.c.number))
    .where(notices.c.reading.is_not(None), kin.c.notice.is_(None))
)


def put(connection: Connection, notice: int, collected: CollectedNotice, signature: str) -> None:
    """Store what lists of many notices need of a notice's current reading, instead of what was there."""
    known_by = sha256(signature.encode()).hexdigest()
    known = connection.execute(_KNOWN_BY, {"notice": notice}).scalar_one_or_none()
    if known != known_by:
        connection.execute(_UNPLACE, {"notice": notice})
    if known is not None:
        connection.execute(_FORGET, {"notice": notice})
        connection.execute(_FORGET_COUNTS, {"notice": notice})
    connection.execute(_TALLY, {"notice": notice, "known_by": known_by, **collected._asdict()})
    if collected.facts:
        _put_facts(connection, notice, collected.facts)


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


def unplace_all(connection: Connection) -> None:
    """Forget the places of notices among each other, which change where one of them goes."""
    connection.execute(delete(kin))


def bring_up_to_date(database: Database) -> None:
    """Collect notices of an earlier version, and find the places of notices among each other where one is not known."""
    with database.reading() as connection:
        if not connection.execute(_UNPLACED).scalar_one():
            return
    while _collect_one(database):
        pass
    with database.writing() as connection:  # so that nobody stores another meanwhile
        found = stored_kinships(database)
        named = select(notices.c.id, notices.c.number).where(notices.c.reading.is_not(None))
        rows = connection.execute(named).all()
        connection.execute(delete(kin))
        connection.execute(insert(kin), [{"notice": row.number, **found[row.id]._asdict()} for row in rows])


def _collect_one(database: Database) -> bool:
    """Collect a notice that was read before these tables were; return False where there is none."""
    with database.writing() as connection:
        row = connection.execute(_UNCOLLECTED).first()
        if row is None:
            return False
        notice = Notice.model_validate_json(row.record)
        put(connection, row.number, collected_of(notice, row.text), row.signature or "")
        return True
