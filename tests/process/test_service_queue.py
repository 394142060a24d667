"""The queue where reading or keeping fails by no fault of a notice: growing waits, a limit, a state that people see."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from extractor.errors import OutputError
from extractor.files.sources.source import Source
from extractor.logs import LOGGER
from extractor.pipeline import extract
from extractor.service.http.api_models import Job
from extractor.service.intake.offers import OfferedNotice
from extractor.service.store.database import Database, open_database
from extractor.service.store.notice_summary import NoticeReading, reading_of
from extractor.service.work import jobs, queue
from extractor.service.work.jobs import NoticeTask
from extractor.service.work.queue import Queue

WORDS = "disk full"
PAUSES = (0.01, 0.02, 0.03)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "notices.sqlite") as found:
        yield found


def test_waits_grow_and_end() -> None:
    assert list(queue.PAUSES) == sorted(queue.PAUSES)
    assert (queue.PAUSES[0], len(queue.PAUSES)) == (5, 7)


def read(_task: NoticeTask) -> NoticeReading:
    return reading_of("一、", extract("一、"))


def done(
    database: Database,
    folder: Path,
    reads: Callable[[NoticeTask], NoticeReading],
    watch: Callable[[], None] = lambda: None,
    only: str = "ab",
) -> tuple[list[str], Job]:
    """Have items done; return how they ended, and the job."""
    ended: list[str] = []
    offers = [OfferedNotice(Source(f"{name}.txt"), name, name) for name in only]
    for offer in offers:
        (folder / offer.upload).write_bytes(b"")
    accepted = jobs.accept(database, offers, "key", 10)
    the_queue = Queue(database, folder, "key", lambda outcome, _: ended.append(outcome), PAUSES)

    async def reading(task: NoticeTask) -> NoticeReading:
        return reads(task)

    async def run() -> None:
        the_queue.put(accepted.waiting)
        async with the_queue.working(reading, 1, 10.0):
            with the_queue.changes(accepted.job.job_id) as changed:
                while not (progress := jobs.progress(database, accepted.job.job_id)) or not progress.ended:
                    async with asyncio.timeout(60):
                        await changed.wait()
                    changed.clear()
                    watch()

    asyncio.run(run())
    found = jobs.job(database, accepted.job.job_id)
    assert found
    return ended, found


def test_a_notice_that_cannot_be_read_now_is_tried_a_few_times(database: Database, tmp_path: Path) -> None:
    tries = 0
    seen: list[str | None] = []

    def reads(task: NoticeTask) -> NoticeReading:
        nonlocal tries
        if task.upload == "a":
            tries += 1
            raise OutputError(WORDS)
        return read(task)

    def watch() -> None:
        with database.reading() as connection:
            seen.extend(connection.execute(text("SELECT error FROM items WHERE outcome = 'pending'")).scalars())

    ended, job = done(database, tmp_path, reads, watch)
    assert tries == 4
    assert ended == ["failed", "done"]
    failed, other = job.items
    assert failed.error == f"a.txt: failed 4 times ({WORDS}); send it again when that is fixed"
    assert (other.outcome, other.error) == ("done", None)
    assert f"a.txt: has to wait ({WORDS}); it is tried again in 0.01 s" in seen


def test_what_failed_for_a_while_is_read_all_the_same(database: Database, tmp_path: Path) -> None:
    tries = 0

    def reads(task: NoticeTask) -> NoticeReading:
        nonlocal tries
        tries += 1
        if tries <= 3:
            raise OSError(28, WORDS)
        return read(task)

    ended, job = done(database, tmp_path, reads)
    assert (ended, job.held, [item.error for item in job.items]) == (["done", "done"], 0, [None, None])
    assert tries == 5  # the other one too


def test_what_cannot_be_kept_for_a_while_is_not_read_again(database: Database, tmp_path: Path) -> None:
    """To read it again would ask a model again, and pay for it."""
    times = 0

    def reads(task: NoticeTask) -> NoticeReading:
        nonlocal times
        times += 1
        _rename(tmp_path, "places", "gone")
        return read(task)

    class Mending(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if "has to wait: OperationalError" in record.getMessage():
                told.append(record.getMessage())
                _rename(tmp_path, "gone", "places")

    told: list[str] = []
    mending = Mending(logging.ERROR)
    LOGGER.addHandler(mending)
    try:
        ended, _ = done(database, tmp_path, reads, only="a")
    finally:
        LOGGER.removeHandler(mending)
    assert (ended, times, len(told)) == (["done"], 1, 1)


def test_one_that_the_database_does_not_take_is_told_and_the_others_go_on(database: Database, tmp_path: Path) -> None:
    def reads(task: NoticeTask) -> NoticeReading:
        found = read(task)
        return reading_of("\ud800", extract("一、")) if task.upload == "a" else found

    ended, job = done(database, tmp_path, reads)
    assert sorted(ended) == ["done", "failed"]
    assert job.items[0].error == "a.txt: the extractor failed on it (UnicodeEncodeError); please report this"


def _rename(folder: Path, table: str, to: str) -> None:
    """Take a table away, or bring it back: what is kept meanwhile fails at once, as on a full disk."""
    with closing(sqlite3.connect(folder / "notices.sqlite")) as other, other:
        other.execute(f"ALTER TABLE {table} RENAME TO {to}")
