"""The stored notices: the record and text of one, and lists of them, searched and filtered."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    case,
    exists,
    false,
    func,
    select,
    text,
)

from extractor.collection.notice_signatures import FORM, NoticeSignature, signature_of
from extractor.record.contract import Notice
from extractor.record.enumerations import Category, IssueStatus, MeasureType
from extractor.service.http.api_models import NoticePage, NoticeSummary
from extractor.service.store.database import Database
from extractor.service.store.database_tables import changes, findings, notices, places, readings
from extractor.service.store.search_words import match


@dataclass(frozen=True)
class NoticeFilter:
    """The conditions of a list of notices; None sets no condition.

    ``query`` selects notices whose name or text contains each of its words; ``category``, ``status`` and
    ``measure_type`` those with one issue that has all that are given.
    """

    query: str | None = None
    category: Category | None = None
    status: IssueStatus | None = None
    measure_type: MeasureType | None = None
    has_checks: bool | None = None
    is_reviewed: bool | None = None


class StoredNotice(NamedTuple):
    """A notice's record as JSON and the text that its offsets refer to, its file, and how far it is reviewed.

    ``sha256`` is of the file's bytes; ``reviewed`` says when its review was finished, ``is_changed`` whether it began.
    ``places`` is the JSON that says where the text is in the file; b"" for none.
    """

    notice_id: str
    record: bytes
    text: str
    name: str
    sha256: str
    is_changed: bool
    reviewed: str | None
    reviewed_by: str | None
    places: bytes


_AT_ONCE = 500
_HOLDS = notices.c.reading == readings.c.number
_NAMED = notices.c.id == bindparam("notice_id")
_RECORD = select(readings.c.record).join_from(notices, readings, _HOLDS).where(_NAMED)
_TEXT = select(readings.c.text).join_from(notices, readings, _HOLDS).where(_NAMED)
_PLACES = select(places.c.content).join_from(notices, places, places.c.notice == notices.c.number).where(_NAMED)
_SHOWN = (
    *(notices.c.number, notices.c.id.label("notice_id"), notices.c.name, notices.c.created),
    *(readings.c.made.label("read"), readings.c.title, readings.c.inspected_body),
    *(readings.c.published_on, readings.c.signed_on),
    *(readings.c.issues, readings.c.measures, readings.c.checks),
    *(readings.c.coverage, readings.c.digits_unread, readings.c.unanswered),
    *(readings.c.base.is_not(None).label("corrected"), readings.c.reviewed, readings.c.reviewed_by),
    select(func.count()).where(changes.c.notice == notices.c.number).scalar_subquery().label("changes"),
)
_ORDERS = {
    "notice": func.coalesce(readings.c.title, notices.c.name),
    "open_checks": readings.c.checks,
    "issues": readings.c.issues,
    "measures": readings.c.measures,
    "state": case((readings.c.reviewed.is_not(None), 2), (readings.c.base.is_not(None), 1), else_=0),
    "received": notices.c.number,
}
ORDERS = tuple(_ORDERS)
"""The orders of the list of notices, by the columns of its page."""


def stored_record(database: Database, notice_id: str) -> bytes | None:
    """Return a notice's record as JSON, None where there is no such notice."""
    with database.reading() as connection:
        return connection.execute(_RECORD, {"notice_id": notice_id}).scalar_one_or_none()


def plain_text(database: Database, notice_id: str) -> str | None:
    """Return the text that a record's offsets refer to, None where there is no such notice."""
    with database.reading() as connection:
        return connection.execute(_TEXT, {"notice_id": notice_id}).scalar_one_or_none()


def stored_places(database: Database, notice_id: str) -> bytes:
    """Return the JSON that says where a notice's text is in its source; b"" for none."""
    with database.reading() as connection:
        return connection.execute(_PLACES, {"notice_id": notice_id}).scalar_one_or_none() or b""


def stored_notice(database: Database, notice_id: str) -> StoredNotice | None:
    """Return a notice's record and text, of the same reading; None where there is no such notice."""
    with database.reading() as connection:
        return _one_notice(connection, notice_id)


def stored_notices(database: Database, wanted: NoticeFilter) -> Generator[StoredNotice, None, None]:
    """Yield the selected notices as of one moment, the oldest first, few in memory at a time."""
    with database.reading() as connection:
        yield from notices_in(connection, wanted)


def notices_in(connection: Connection, wanted: NoticeFilter) -> Generator[StoredNotice, None, None]:
    """Yield the selected notices that a connection reads, as ``stored_notices``."""
    found = _kept().where(*_conditions(wanted)).order_by(notices.c.number)
    for row in connection.execution_options(yield_per=20).execute(found):
        yield StoredNotice(*row)


def signatures(database: Database, wanted: NoticeFilter) -> Iterator[NoticeSignature]:
    """Yield the signatures of the selected notices; those of readings of earlier versions are made now."""
    with database.reading() as connection:
        yield from signatures_in(connection, wanted)


def signatures_in(connection: Connection, wanted: NoticeFilter) -> Iterator[NoticeSignature]:
    """Yield the signatures that a connection reads, as ``signatures``."""
    yield from (signature for _, signature in _signed(connection, *_conditions(wanted)))


def signatures_of(connection: Connection, numbers: Collection[int]) -> dict[int, NoticeSignature]:
    """Return the signatures of notices by their numbers, as ``signatures``."""
    asked = list(numbers)
    parts = (asked[first : first + _AT_ONCE] for first in range(0, len(asked), _AT_ONCE))
    return dict(found for part in parts for found in _signed(connection, notices.c.number.in_(part)))


def _signed(connection: Connection, *conditions: ColumnElement[bool]) -> Iterator[tuple[int, NoticeSignature]]:
    found = select(notices.c.number, notices.c.id, readings.c.signature).join_from(notices, readings, _HOLDS)
    for number, notice_id, stored in connection.execute(found.where(*conditions)).all():
        signature = NoticeSignature.model_validate_json(stored) if stored else None
        if signature is not None and signature.form == FORM:
            yield number, signature.model_copy(update={"notice_id": notice_id})
        elif (kept := _one_notice(connection, notice_id)) is not None:
            yield number, signature_of(Notice.model_validate_json(kept.record), kept.text)


def page_of_notices(database: Database, wanted: NoticeFilter, *, limit: int, after: int | None = None) -> NoticePage:
    """Return up to ``limit`` of the selected notices, the newest first; ``after`` is ``next`` of the page before."""
    further = () if after is None else (notices.c.number < after,)
    with database.reading() as connection:
        total = _count(connection, wanted)
        rows = _listed(connection, _shown(wanted).where(*further).order_by(notices.c.number.desc()).limit(limit + 1))
    number_of_last = rows[limit - 1]["number"] if len(rows) > limit else None
    return NoticePage(total=total, notices=_summaries(rows[:limit]), next=number_of_last)


def sorted_page_of_notices(
    database: Database, wanted: NoticeFilter, order: str, *, limit: int, offset: int = 0
) -> NoticePage:
    """Return a page of the selected notices in an order: a column of the page, behind ``-`` in reverse.

    ``next`` is the offset of the page that follows.
    """
    column = _ORDERS[order.removeprefix("-")]
    turned = column.desc() if order.startswith("-") else column.asc()
    found = _shown(wanted).order_by(turned, notices.c.number.desc()).limit(limit + 1).offset(offset)
    with database.reading() as connection:
        total, rows = _count(connection, wanted), _listed(connection, found)
    following = offset + limit if len(rows) > limit else None
    return NoticePage(total=total, notices=_summaries(rows[:limit]), next=following)


def _count(connection: Connection, wanted: NoticeFilter) -> int:
    counted = select(func.count()).select_from(notices.join(readings, _HOLDS)).where(*_conditions(wanted))
    return connection.execute(counted).scalar_one()


def _shown(wanted: NoticeFilter) -> Select[Any]:
    return select(*_SHOWN).join_from(notices, readings, _HOLDS).where(*_conditions(wanted))


def _listed(connection: Connection, found: Select[Any]) -> Sequence[RowMapping]:
    return connection.execute(found).mappings().all()


def _summaries(rows: Sequence[RowMapping]) -> list[NoticeSummary]:
    return [NoticeSummary(**{name: row[name] for name in NoticeSummary.model_fields if name in row}) for row in rows]


def next_to_review(database: Database, notice_id: str) -> str | None:
    """Return the id of the newest unreviewed notice that is older than a notice, else of the newest other one."""
    waiting = (
        select(notices.c.id)
        .join_from(notices, readings, _HOLDS)
        .where(readings.c.reviewed.is_(None), notices.c.id != notice_id)
        .order_by(notices.c.number.desc())
        .limit(1)
    )
    own = select(notices.c.number).where(notices.c.id == notice_id).scalar_subquery()
    with database.reading() as connection:
        older = connection.execute(waiting.where(notices.c.number < own)).scalar_one_or_none()
        return older or connection.execute(waiting).scalar_one_or_none()


def count_notices(database: Database) -> int:
    """Return the number of stored notices."""
    with database.reading() as connection:
        counted = select(func.count()).select_from(notices).where(notices.c.reading.is_not(None))
        return connection.execute(counted).scalar_one()


def state_of_notices(database: Database) -> str:
    """Return what is another text as soon as a notice came, went, was read again or was changed."""
    counted = select(func.count(), func.max(notices.c.number), func.sum(notices.c.reading))
    with database.reading() as connection:
        found = connection.execute(counted.where(notices.c.reading.is_not(None))).one()
        made = connection.execute(select(func.count()).select_from(changes)).scalar_one()
    return "-".join(str(number or 0) for number in (*found, made))


def _one_notice(connection: Connection, notice_id: str) -> StoredNotice | None:
    found = connection.execute(_kept().where(notices.c.id == notice_id)).one_or_none()
    return None if found is None else StoredNotice(*found)


def _kept() -> Select[Any]:
    columns = (
        *(notices.c.id, readings.c.record, readings.c.text, notices.c.name, notices.c.sha256),
        *(
            readings.c.base.is_not(None),
            readings.c.reviewed,
            readings.c.reviewed_by,
            func.coalesce(places.c.content, b""),
        ),
    )
    joined = notices.join(readings, _HOLDS).outerjoin(places, places.c.notice == notices.c.number)
    return select(*columns).select_from(joined)


def _conditions(wanted: NoticeFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.query is not None:
        words = match(wanted.query)
        hits = text("SELECT rowid FROM search WHERE search MATCH :words").bindparams(words=words)
        yield notices.c.number.in_(hits.columns(readings.c.number)) if words else false()
    asked = {"category": wanted.category, "status": wanted.status, "measure_type": wanted.measure_type}
    same = [findings.c[name] == value for name, value in asked.items() if value is not None]
    if same:
        yield exists().where(findings.c.notice == notices.c.number, *same)
    if wanted.has_checks is not None:
        yield readings.c.checks > 0 if wanted.has_checks else readings.c.checks == 0
    if wanted.is_reviewed is not None:
        yield readings.c.reviewed.is_not(None) if wanted.is_reviewed else readings.c.reviewed.is_(None)
