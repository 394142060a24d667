"""Kinship of stored notices: which of them are the same, which are of one body, by the signatures of their readings.

The place of a notice is stored, and found again when a notice came, went, or was changed in what it is known by: its
own, and those of the notices whose place can depend on it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import BindParameter, Connection, Select, bindparam, delete, insert, select
from sqlalchemy.exc import OperationalError

from extractor.collection.kinship import Kinship, kinships, related_keys
from extractor.service.http.api_models import NoticePage
from extractor.service.store.database import BusyError, Database
from extractor.service.store.database_tables import kin, kin_keys, notices, readings
from extractor.service.store.notice_store import NoticeFilter, signatures, signatures_of

_ALL = NoticeFilter()
_AT_ONCE = 500
_PLACE = tuple(kin.c[name] for name in Kinship._fields)
_PLACES = select(notices.c.id, *_PLACE).join_from(notices, kin)
_RECORD = (
    select(readings.c.record, kin.c.notice, *_PLACE)
    .join_from(notices, readings, readings.c.number == notices.c.reading)
    .outerjoin(kin, kin.c.notice == notices.c.number)
    .where(notices.c.id == bindparam("notice_id"))
)
_UNPLACED = (
    select(notices.c.number)
    .select_from(notices.outerjoin(kin, kin.c.notice == notices.c.number))
    .where(notices.c.reading.is_not(None), kin.c.notice.is_(None))
)
_THESE: BindParameter[int] = bindparam("values", expanding=True)
_FORGET_KEYS = delete(kin_keys).where(kin_keys.c.notice.in_(_THESE))
_KEYS = select(kin_keys.c.key).where(kin_keys.c.notice.in_(_THESE)).distinct()
_HOLDERS = select(kin_keys.c.notice).where(kin_keys.c.key.in_(_THESE)).distinct()
_UNPLACE = delete(kin).where(kin.c.notice.in_(_THESE))


def stored_kinships(database: Database, wanted: NoticeFilter = _ALL) -> dict[str, Kinship]:
    """Return the place of each selected notice among the selected ones, by its id.

    A notice that people changed counts before its copies. Ten thousand notices take some seconds: ask once for many.
    """
    return kinships(signatures(database, wanted))


def known_kinships(database: Database, notice_ids: Collection[str]) -> Mapping[str, Kinship]:
    """Return the place of each of some notices among all, by its id; of one that is not there nothing."""
    found = _stored(database, notice_ids)
    if len(found) == len(notice_ids):
        return found
    try:
        place(database)
    except (OperationalError, BusyError):  # nothing can be written: what is kept is still read
        return stored_kinships(database)
    return _stored(database, notice_ids)


def record_and_kinship(database: Database, notice_id: str) -> tuple[bytes, Kinship] | None:
    """Return a notice's record as JSON and its place among all, None where there is no such notice."""
    with database.reading() as connection:
        row = connection.execute(_RECORD, {"notice_id": notice_id}).one_or_none()
    if row is None:
        return None
    record, number, *placed = row
    if number is None:
        return record, known_kinships(database, [notice_id]).get(notice_id, Kinship())
    return record, Kinship(*placed)


def _stored(database: Database, notice_ids: Collection[str]) -> dict[str, Kinship]:
    with database.reading() as connection:
        rows = connection.execute(_PLACES.where(notices.c.id.in_(notice_ids))).all()
    return {notice_id: Kinship(*placed) for notice_id, *placed in rows}


def with_kinships(page: NoticePage, kin: Mapping[str, Kinship]) -> NoticePage:
    """Return a page of a list whose notices say their place among all."""
    told = []
    for notice in page.notices:
        of = kin.get(notice.notice_id, Kinship())
        named = {"duplicate_of": of.duplicate_of, "series": of.series, "edition": of.edition}
        told.append(notice.model_copy(update=named))
    return page.model_copy(update={"notices": told})


def place(database: Database) -> None:
    """Find the places of the notices that have none, and of all whose place can depend on theirs."""
    with database.reading() as connection:
        if connection.execute(_UNPLACED.limit(1)).first() is None:
            return
    with database.writing() as connection:  # so that nobody stores another meanwhile
        place_all(connection)


def place_all(connection: Connection) -> None:
    """Find places as ``place``, over a connection that may write."""
    unplaced = connection.execute(_UNPLACED).scalars().all()
    if not unplaced:
        return
    _key(connection, unplaced)
    related = _related(connection, unplaced)
    found = signatures_of(connection, related)
    placed = kinships(found.values())
    _unplace(connection, related)
    rows = [{"notice": number, **placed[each.notice_id]._asdict()} for number, each in found.items()]
    connection.execute(insert(kin), rows)


def unplace(connection: Connection, notice: int) -> None:
    """Forget the place of a notice, and of all whose place can depend on its own; they are found again."""
    _unplace(connection, _related(connection, [notice]))


def _key(connection: Connection, unplaced: Collection[int]) -> None:
    """Store the keys by which the places of notices depend on each other."""
    for numbers in _parts(unplaced):
        connection.execute(_FORGET_KEYS, {"values": numbers})
        keyed = {
            (number, key) for number, each in signatures_of(connection, numbers).items() for key in related_keys(each)
        }
        connection.execute(insert(kin_keys), [{"notice": number, "key": key} for number, key in keyed])


def _related(connection: Connection, begun: Iterable[int]) -> set[int]:
    """Return notices with all that a chain of keys joins with them."""
    found, keys = set(begun), set[int]()
    new: Collection[int] = list(found)
    while new:
        fresh = _all(connection, _KEYS, new) - keys
        keys |= fresh
        new = _all(connection, _HOLDERS, fresh) - found
        found |= new
    return found


def _all(connection: Connection, asked: Select[Any], values: Collection[int]) -> set[int]:
    return {each for part in _parts(values) for each in connection.execute(asked, {"values": part}).scalars()}


def _unplace(connection: Connection, numbers: Collection[int]) -> None:
    for part in _parts(numbers):
        connection.execute(_UNPLACE, {"values": part})


def _parts(values: Collection[int]) -> Iterable[list[int]]:
    """Yield values, few at a time: a statement takes some thousands at most."""
    every = list(values)
    return (every[first : first + _AT_ONCE] for first in range(0, len(every), _AT_ONCE))
