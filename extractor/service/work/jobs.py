"""Jobs: the notices that were sent together, as items, and their progress.

An item is pending in the database until its notice is stored, in one transaction (``item_store``). Whenever the process
is killed, pending items are done at the next start, and no others are done again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, insert, select, update

from extractor.files.notice_ids import slug
from extractor.files.sources.source import Source
from extractor.messages import said
from extractor.service.http.api_models import Job, JobItem, Progress
from extractor.service.intake.offers import OfferedNotice, RefusedFile
from extractor.service.store.database import Database
from extractor.service.store.database_tables import items, jobs, notices, readings
from extractor.service.store.item_store import insert_row, is_current, now
from extractor.service.store.new_notices import add_notice, free_id

_HASH = 6  # hex digits, as in a run's ids

_CREATED = select(jobs.c.created).where(jobs.c.id == bindparam("job"))
_COUNTED = select(items.c.outcome, func.count()).where(items.c.job == bindparam("job")).group_by(items.c.outcome)
_ITEMS = (
    select(items.c.name, items.c.outcome, items.c.error, notices.c.id)
    .join_from(items, notices, isouter=True)
    .where(items.c.job == bindparam("job"))
    .order_by(items.c.number)
)
_WAITING = select(func.count()).select_from(items).where(items.c.outcome == "pending")
_HELD = select(func.count()).where(
    items.c.job == bindparam("job"), items.c.outcome == "pending", items.c.error.is_not(None)
)
_NOTED = (
    update(items)
    .where(items.c.number == bindparam("item"), items.c.outcome == "pending")
    .values(error=bindparam("why"))
)
_BEGIN = insert(jobs)
_ADD = insert(items)
_SAME = (
    select(notices.c.number, notices.c.id, readings.c.key, readings.c.unanswered, readings.c.base)
    .select_from(notices.outerjoin(readings, notices.c.reading == readings.c.number))
    .where(notices.c.name == bindparam("name"), notices.c.sha256 == bindparam("sha256"))
)


class NoticeTask(NamedTuple):
    """An item that waits: its number and job, the file it waits in, and the id of its notice."""

    number: int
    job_id: str
    source: Source
    upload: str
    notice_id: str


class AcceptedJob(NamedTuple):
    """A job, and its items that wait."""

    job: Job
    waiting: list[NoticeTask]


class QueueFullError(Exception):
    """The queue has no room for what was sent; nothing of it was stored."""

    def __init__(self, sent: int, waiting: int) -> None:
        super().__init__(sent, waiting)
        self.sent = sent
        self.waiting = waiting


def accept(database: Database, offers: Sequence[OfferedNotice | RefusedFile], key: str, capacity: int) -> AcceptedJob:
    """Store what was sent as a job; notices that were read with the same ``key`` before are unchanged.

    Raises:
        QueueFullError: More than ``capacity`` items would wait.
    """
    job_id, created = uuid4().hex, now()
    found: list[JobItem] = []
    tasks: list[NoticeTask] = []
    with database.writing() as connection:
        before = connection.execute(_WAITING).scalar_one()
        connection.execute(_BEGIN, {"id": job_id, "created": created})
        for offer in offers:
            if isinstance(offer, RefusedFile):
                item = JobItem(name=offer.name, notice_id=None, outcome="failed", error=said(offer.error))
                connection.execute(_ADD, {"job": job_id, "name": offer.name, "outcome": "failed", "error": offer.error})
            else:
                item = _offered(connection, job_id, offer, key, tasks)
            found.append(item)
        if tasks and before + len(tasks) > capacity:
            raise QueueFullError(len(tasks), before)
    return AcceptedJob(_job(job_id, created, found), tasks)


def waiting(database: Database) -> list[NoticeTask]:
    """Return the pending items, the oldest first."""
    with database.reading() as connection:
        columns = (items.c.number, items.c.job, items.c.source, items.c.upload, notices.c.id)
        found = select(*columns).join_from(items, notices, isouter=True).where(items.c.outcome == "pending")
        rows = connection.execute(found.order_by(items.c.number)).all()
    tasks = []
    for row in rows:
        path, *members = json.loads(row.source)
        # The item of a deleted notice is done like any other, and then not stored.
        tasks.append(NoticeTask(row.number, row.job, Source(path, tuple(members)), row.upload, row.id or ""))
    return tasks


def progress(database: Database, job_id: str) -> Progress | None:
    """Return the progress of a job, None where there is no such job."""
    with database.reading() as connection:
        created = connection.execute(_CREATED, {"job": job_id}).scalar_one_or_none()
        if created is None:
            return None
        counts = {row[0]: row[1] for row in connection.execute(_COUNTED, {"job": job_id})}
        held = connection.execute(_HELD, {"job": job_id}).scalar_one()
        return Progress(job_id=job_id, created=created, total=sum(counts.values()), held=held, **_each(counts))


def note(database: Database, number: int, why: str) -> None:
    """Store the reason why an item has to wait; it stays pending."""
    with database.writing() as connection:
        connection.execute(_NOTED, {"item": number, "why": why})


def job(database: Database, job_id: str) -> Job | None:
    """Return a job with its items, None where there is no such job."""
    with database.reading() as connection:
        created = connection.execute(_CREATED, {"job": job_id}).scalar_one_or_none()
        if created is None:
            return None
        rows = connection.execute(_ITEMS, {"job": job_id}).all()
    found = [
        JobItem(name=row.name, notice_id=row.id, outcome=row.outcome, error=row.error and said(row.error))
        for row in rows
    ]
    return _job(job_id, created, found)


def _job(job_id: str, created: str, found: list[JobItem]) -> Job:
    counts = Counter(item.outcome for item in found)
    held = sum(item.outcome == "pending" and item.error is not None for item in found)
    return Job(job_id=job_id, created=created, total=len(found), held=held, **_each(counts), items=found)


def _each(counts: Mapping[Any, int]) -> dict[str, int]:
    return {outcome: counts.get(outcome, 0) for outcome in ("pending", "done", "unchanged", "failed")}


def _offered(connection: Connection, job_id: str, offered: OfferedNotice, key: str, tasks: list[NoticeTask]) -> JobItem:
    source, upload, sha256 = offered
    notice = connection.execute(_SAME, {"name": source.name, "sha256": sha256}).one_or_none()
    row = {"job": job_id, "name": source.name, "source": json.dumps([source.path, *source.members])}
    if notice is not None and is_current(notice, key):
        connection.execute(_ADD, row | {"outcome": "unchanged", "notice": notice.number})
        return JobItem(name=source.name, notice_id=notice.id, outcome="unchanged", error=None)
    if notice is None:
        # Ids are as in a run, except that the notice that came first keeps its own.
        notice_id = free_id(connection, _ids(offered))
        notice_number = add_notice(connection, notice_id, source.name, sha256)
    else:
        notice_id, notice_number = notice.id, notice.number
    number = insert_row(connection, _ADD, row | {"outcome": "pending", "upload": upload, "notice": notice_number})
    tasks.append(NoticeTask(number, job_id, source, upload, notice_id))
    return JobItem(name=source.name, notice_id=notice_id, outcome="pending", error=None)


def _ids(offered: OfferedNotice) -> Iterator[str]:
    """Yield the ids that a notice may have: its stem, or the stem with more and more of a hash."""
    stem = slug(offered.source.stem)
    yield stem
    yield f"{stem}~{offered.sha256[:_HASH]}"
    both = hashlib.sha256(f"{offered.sha256}\0{offered.source.name}".encode()).hexdigest()
    for length in (_HASH, 2 * _HASH, len(both)):
        yield f"{stem}~{both[:length]}"
