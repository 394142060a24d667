"""New notices: a row for each, under an id that no other has."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, bindparam, insert, select

from extractor.service.store.database_tables import notices
from extractor.service.store.item_store import insert_row, now

_NOTE = insert(notices)
_TAKEN = select(notices.c.number).where(notices.c.folded == bindparam("folded"))


def free_id(connection: Connection, wanted: Iterable[str]) -> str:
    """Return the first of the wanted ids that no notice has; the last of them has to be free."""
    return next(each for each in wanted if connection.execute(_TAKEN, {"folded": _folded(each)}).first() is None)


def add_notice(connection: Connection, notice_id: str, name: str, sha256: str) -> int:
    """Add a notice without a reading; return its number. ``sha256`` is of the bytes of the file ``name``."""
    values = {"id": notice_id, "folded": _folded(notice_id), "name": name, "sha256": sha256, "created": now()}
    return insert_row(connection, _NOTE, values)


def _folded(notice_id: str) -> str:
    """Return an id as file systems compare it that ignore case."""
    return notice_id.casefold()
