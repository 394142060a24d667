"""A service's notices as a run's folder, so that reports and exports of both are made by the same code."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from extractor.collection.kinship import Kinship, kinships
from extractor.collection.placed_lines import placed_line
from extractor.disk.whole import unwritable
from extractor.errors import InputError
from extractor.record.checks import Lang
from extractor.review.moments import day
from extractor.runs.run_folder import RunFolder
from extractor.service.store.database import open_snapshot
from extractor.service.store.database_tables import items
from extractor.service.store.item_store import now
from extractor.service.store.notice_store import NoticeFilter, StoredNotice, notices_in, signatures_in

_ALL = NoticeFilter()
_ANOTHER_PLACE = "make room, or name another folder for temporary files with TMPDIR"
_WAITING = select(func.count()).select_from(items).where(items.c.outcome == "pending")


class StagedNotices(NamedTuple):
    """Notices to write as a run's folder, what they are to each other by their ids, and how many others still wait."""

    kept: Generator[StoredNotice, None, None]
    kin: Callable[[], Mapping[str, Kinship]]
    waiting: int = 0


@contextmanager
def staged_run(path: Path, lang: Lang) -> Generator[Path, None, None]:
    """Yield a temporary run folder with the corrected notices of a service's file, all as of one moment.

    The file is read alone, and its service may be running.

    Raises:
        SettingsError: The file cannot be read, is not a service's, or belongs to another version.
        InputError: It holds no notices.
        OutputError: There is no room for temporary files.
    """
    with tempfile.TemporaryDirectory(prefix="notices-") as made:
        folder = RunFolder(Path(made) / "run")
        with open_snapshot(path) as connection:
            try:
                count = write_staged(_held(connection), folder, lang)
            except OSError as error:
                raise unwritable(folder.path, error, _ANOTHER_PLACE) from error
        if not count:
            raise InputError(f"{path}: holds no notices; send some to the service first")
        yield folder.path


def write_staged(
    notices: StagedNotices, folder: RunFolder, lang: Lang, goes_on: Callable[[], bool] = lambda: True
) -> int:
    """Write notices as a run's folder until ``goes_on`` says no; return how many."""
    folder.texts.mkdir(parents=True)
    kin, inputs = notices.kin(), list[dict[str, object]]()
    with closing(notices.kept), folder.notices.open("wb") as lines:
        for each in notices.kept:
            notice_id = each.notice_id
            lines.write(placed_line(each.record, kin[notice_id], lang) if notice_id in kin else each.record)
            lines.write(b"\n")
            folder.text(notice_id).write_bytes(each.text.encode())
            if each.places:
                folder.places(notice_id).write_bytes(each.places)
            inputs.append(_input(each))
            if not goes_on():
                break
    told = {"settings": {"backend": None}, "finished": now(), "totals": {"failed": 0, "pending": 0}}
    folder.write_report({**told, "waiting": notices.waiting, "inputs": inputs})
    return len(inputs)


def _input(kept: StoredNotice) -> dict[str, object]:
    """Return what a run's report says of a notice, and how far people reviewed it: cells of the table of notices."""
    state = "finished" if kept.reviewed else "begun" if kept.is_changed else "none"
    review = {"review": state, "reviewed_by": kept.reviewed_by, "reviewed_on": kept.reviewed and day(kept.reviewed)}
    return {"notice_id": kept.notice_id, "name": kept.name, "sha256": kept.sha256, "review": review}


def _held(connection: Connection) -> StagedNotices:
    waiting = connection.execute(_WAITING).scalar_one()
    return StagedNotices(notices_in(connection, _ALL), lambda: kinships(signatures_in(connection, _ALL)), int(waiting))
