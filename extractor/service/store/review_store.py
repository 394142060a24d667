"""Stored reviews: a row for each change, and a reading derived from the program's reading and the changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from extractor.pages.collected_notice import collected_of
from extractor.record.contract import Notice
from extractor.record.items import Item
from extractor.review.changes import Change, MadeChange
from extractor.review.review import Review, check_change, record_of, review_of
from extractor.service.store import collected_store
from extractor.service.store.database import Database
from extractor.service.store.database_tables import changes, findings, notices, readings
from extractor.service.store.item_store import insert_row, make_current, now, reading_row
from extractor.service.store.notice_summary import reading_of

_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_ITEM: TypeAdapter[Item] = TypeAdapter(Item)

_COLUMNS = (
    *(notices.c.number, notices.c.id, notices.c.reading),
    *(readings.c.text, readings.c.record, readings.c.key, readings.c.made, readings.c.base),
)
_HOLDING = select(*_COLUMNS).join_from(notices, readings, notices.c.reading == readings.c.number)
_NAMED = _HOLDING.where(notices.c.id == bindparam("notice_id"))
_BASE = select(readings.c.record).where(readings.c.number == bindparam("reading"))
_MADE = select(changes).where(changes.c.notice == bindparam("notice")).order_by(changes.c.number)
_ADD = insert(changes)
_REVISE = insert(readings)
_REVISE_AGAIN = update(readings).where(readings.c.number == bindparam("revision"))
_FORGET = delete(findings).where(findings.c.notice == bindparam("notice"))


class NoticeReview(NamedTuple):
    """A notice under review: its text, the changes to the program's reading, and the record that results.

    ``paths`` has the path of each item in that record, by the item's id.
    """

    notice_id: str
    text: str
    review: Review
    record: Notice
    paths: Mapping[str, str]


def find_review(database: Database, notice_id: str) -> NoticeReview | None:
    """Return a notice's review, None where there is no such notice."""
    with database.reading() as connection:
        row = connection.execute(_NAMED, {"notice_id": notice_id}).one_or_none()
        return None if row is None else _reviewed(connection, row)


def finished_reviews(database: Database) -> Iterator[NoticeReview]:
    """Yield the notices whose review is finished, the oldest first, few in memory at a time."""
    with database.reading() as connection:
        ended = _HOLDING.where(readings.c.reviewed.is_not(None)).order_by(notices.c.number)
        for row in connection.execution_options(yield_per=20).execute(ended):
            yield _reviewed(connection, row)


def add_change(database: Database, notice_id: str, by: str, wanted: Change, seen: int) -> MadeChange | None:
    """Store a change and return it; None where there is no such notice.

    ``seen`` is the number of the last change that ``by`` had seen.

    Raises:
        ConflictError: Somebody has changed the same thing since.
        RefusedError: The change is not possible.
    """
    made = add_changes(database, notice_id, by, lambda _: [wanted], seen)
    return made[-1] if made else None


def add_changes(
    database: Database, notice_id: str, by: str, wanted: Callable[[Review], Sequence[Change]], seen: int
) -> list[MadeChange]:
    """Store the changes that are ``wanted`` of a review, all of them or none; none where there is no such notice.

    ``seen`` is the number of the last change that ``by`` had seen.

    Raises:
        ConflictError: Somebody has changed the same thing since.
        RefusedError: A change is not possible.
    """
    with database.writing() as connection:
        row = connection.execute(_NAMED, {"notice_id": notice_id}).one_or_none()
        if row is None:
            return []
        review = _review(connection, row)
        stored = []
        for change in wanted(review):
            result = check_change(review, row.text, change, seen)
            made = MadeChange(number=review.last + 1, by=by, made=now(), change=change, result=result)
            connection.execute(_ADD, {"notice": row.number, **_as_row(made)})
            review = review_of(review.base, [*review.made, made])
            stored.append(made)
        _revise(connection, row, review)
        return stored


def _reviewed(connection: Connection, row: Any) -> NoticeReview:
    review = _review(connection, row)
    return NoticeReview(row.id, row.text, review, *record_of(review))


def _review(connection: Connection, row: Any) -> Review:
    base = row.record if row.base is None else connection.execute(_BASE, {"reading": row.base}).scalar_one()
    made = [_from_row(each) for each in connection.execute(_MADE, {"notice": row.number})]
    return review_of(Notice.model_validate_json(base), made)


def _revise(connection: Connection, row: Any, review: Review) -> None:
    """Make the reviewed record current, for lists, searches and exports alike."""
    notice = record_of(review).notice
    read = reading_of(row.text, notice, is_reviewed=True)
    ended = review.finished
    values = {
        **reading_row(row.number, row.key, read),
        "made": row.made,
        "reviewed": ended.made if ended else None,
        "reviewed_by": ended.by if ended else None,
    }
    holding = row.reading
    if row.base is None:
        holding = insert_row(connection, _REVISE, {**values, "base": holding})
    else:
        connection.execute(_REVISE_AGAIN.values(values), {"revision": holding})
    connection.execute(_FORGET, {"notice": row.number})
    make_current(connection, row.number, holding, read)
    collected_store.put(connection, row.number, collected_of(notice, row.text), read.summary.signature)


def _as_row(made: MadeChange) -> dict[str, Any]:
    return {
        "number": made.number,
        "by": made.by,
        "made": made.made,
        "change": _CHANGE.dump_json(made.change).decode(),
        "result": _ITEM.dump_json(made.result).decode() if made.result else None,
    }


def _from_row(row: Any) -> MadeChange:
    return MadeChange(
        number=row.number,
        by=row.by,
        made=row.made,
        change=_CHANGE.validate_json(row.change),
        result=_ITEM.validate_json(row.result) if row.result else None,
    )
