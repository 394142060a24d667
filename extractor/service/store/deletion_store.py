"""Notices that people delete, and the history of that: it outlives what it tells of."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from extractor.service.http.api_models import DeletedNotice
from extractor.service.store.database import Database
from extractor.service.store.database_tables import changes, deletions, notices, readings
from extractor.service.store.item_store import leave_lists, now
from extractor.service.store.kin_store import unplace

DeletionEnd = Literal["deleted", "gone", "changed"]

_MADE = select(func.count()).where(changes.c.notice == notices.c.number).scalar_subquery()
_KNOWN = (
    select(
        *(notices.c.number, notices.c.id, notices.c.name, _MADE.label("changes")),
        *(readings.c.title, readings.c.inspected_body, readings.c.reviewed_by),
    )
    .join_from(notices, readings, notices.c.reading == readings.c.number)
    .where(notices.c.id == bindparam("notice_id"))
)
_TELL = insert(deletions)


class Deletion(NamedTuple):
    """A wish to delete a notice: its id, who wishes it, and how many of its changes that person knows of; None: any."""

    notice_id: str
    by: str | None = None
    seen: int | None = None


def delete_notice(database: Database, wanted: Deletion) -> DeletionEnd:
    """Delete a notice with everything stored about it, but for a line in the history.

    It stays where it was ``changed`` after ``seen``, and may be ``gone`` already.
    """
    with database.writing() as connection:
        row = connection.execute(_KNOWN, {"notice_id": wanted.notice_id}).one_or_none()
        if row is None:
            return "gone"
        if wanted.seen not in (None, row.changes):
            return "changed"
        leave_lists(connection, row.number)
        unplace(connection, row.number)
        connection.execute(delete(notices).where(notices.c.number == row.number))
        _remember(connection, row, wanted.by)
        return "deleted"


def deleted_notices(database: Database, most: int) -> list[DeletedNotice]:
    """Return the notices that were deleted last, up to ``most``, the last one first."""
    with database.reading() as connection:
        found = connection.execute(select(deletions).order_by(deletions.c.number.desc()).limit(most)).mappings()
        return [DeletedNotice(**{name: row[name] for name in DeletedNotice.model_fields}) for row in found]


def _remember(connection: Connection, row: Any, by: str | None) -> None:
    told = {"name": row.name, "title": row.title or row.inspected_body, "changes": row.changes}
    known = {"notice_id": row.id, "by": by, "deleted": now(), "reviewed_by": row.reviewed_by}
    connection.execute(_TELL, told | known)
