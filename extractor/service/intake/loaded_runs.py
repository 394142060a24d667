"""A run's results, loaded into the service: records, texts, and where these stand in their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError

from extractor.collection.kinship import Kinship
from extractor.collection.placed_lines import placed
from extractor.errors import InputError, SettingsError, unforeseen
from extractor.logs import LOGGER
from extractor.record.contract import Notice
from extractor.runs.last_results import Origin, reported
from extractor.runs.run_folder import RunFolder, stored_places, stored_text
from extractor.service.store.collected_store import bring_up_to_date
from extractor.service.store.database import Database
from extractor.service.store.loaded_store import LoadedNotice, add_loaded, stored_texts

_TOGETHER = 20  # notices that are stored at once
_TOLD_EVERY = 500


class LoadEnd(NamedTuple):
    """The end of loading a run: how many notices came in, were there already, and could not be read."""

    came: int
    there: int
    unread: int

    def sentence(self, path: Path) -> str:
        """Return the numbers in words."""
        told = f"{self.came} notices came in, {self.there} were there already"
        return f"{path}: {told}" + (f", {self.unread} could not be read" if self.unread else "")


class LoadingKeys(NamedTuple):
    """The key of the service's own readings, and the one that a run of today keeps a file's finished work under.

    ``of_run`` takes the hex SHA-256 of the file's bytes and its ending.
    """

    own: str
    of_run: Callable[[str, str], str]


def load_run(database: Database, path: Path, keys: LoadingKeys) -> LoadEnd:
    """Load the notices of the run's folder ``path`` whose text or file is not there yet; log those that are unreadable.

    A notice that is there stays as it is, with all that people changed in it.

    Raises:
        InputError: The folder holds no run's results.
    """
    loading = _Loading(database, RunFolder(path), keys)
    loading.load()
    bring_up_to_date(database)  # or the first who asks would wait for it
    return LoadEnd(loading.came, loading.there, loading.unread)


class _Loading:
    """A run's results on their way into the service."""

    def __init__(self, database: Database, folder: RunFolder, keys: LoadingKeys) -> None:
        self._database, self._folder, self._keys = database, folder, keys
        self._origins = {origin.notice_id: origin for origin in reported(folder)}
        self._known = stored_texts(database)  # the run's own copies come in: they are told apart as everywhere
        self.came = self.there = self.unread = 0

    def load(self) -> None:
        held: list[LoadedNotice] = []
        for notice in self._notices():
            held += self._read(notice)
            if len(held) == _TOGETHER:
                self._store(held)
                held = []
        self._store(held)

    def _notices(self) -> Iterator[Notice]:
        file_name = self._folder.notices
        if not file_name.is_file():
            raise InputError(
                f"{self._folder.path}: holds no notices.jsonl; give the folder that a run wrote (its --out)"
            )
        try:
            with file_name.open("rb") as file:
                for number, line in enumerate(file, start=1):
                    try:
                        yield Notice.model_validate_json(line)
                    except ValidationError:
                        self._tell(InputError(f"{file_name}:{number}: is no notice; run the extraction again"))
        except OSError as error:
            raise InputError(f"{file_name}: cannot be read ({error})") from error

    def _read(self, notice: Notice) -> Iterator[LoadedNotice]:
        if notice.text_sha256 in self._known:
            self.there += 1
            return
        try:
            yield self._loaded(notice)
        except InputError as error:
            self._tell(error)

    def _loaded(self, notice: Notice) -> LoadedNotice:
        path, notice_id = self._folder.path, notice.notice_id
        text = stored_text(path, notice_id, notice.text_sha256)
        origin = self._origins.get(notice_id, Origin(notice_id, "", ""))
        name, sha256 = origin.name or f"{notice_id}.txt", origin.sha256 or notice.text_sha256
        entry = self._folder.finished(notice_id, self._keys.of_run(sha256, PurePosixPath(name).suffix.lower()))
        unanswered = int((entry.counts.get("unanswered") or 0) if entry else 0)
        alone = placed(notice, Kinship(), "zh")  # its place among others is found here again
        key = self._keys.own if entry else ""
        return LoadedNotice(alone, text, name, sha256, key, unanswered, stored_places(path, notice_id))

    def _store(self, held: list[LoadedNotice]) -> None:
        try:
            added = add_loaded(self._database, held)
        except DatabaseError as error:
            place = self._database.engine.url.database
            raise SettingsError(f"{place}: cannot be used ({error.orig}); choose another folder with --data") from error
        except Exception as error:
            self._store_alone(held, error)
            return
        before, self.came, self.there = self.came, self.came + added, self.there + len(held) - added
        if before // _TOLD_EVERY != self.came // _TOLD_EVERY:
            LOGGER.info("%s: %d notices came in so far", self._folder.path, self.came)

    def _store_alone(self, held: list[LoadedNotice], error: Exception) -> None:
        """Store each by itself: one may fail without the others, as a record that somebody edited."""
        if len(held) == 1:
            self._tell(InputError(unforeseen(held[0].notice.notice_id, error)))
            return
        for each in held:
            self._store([each])

    def _tell(self, error: InputError) -> None:
        self.unread += 1
        LOGGER.warning("%s", error)
