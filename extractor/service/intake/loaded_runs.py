"""A run's results, loaded into the service: records, texts, and where these stand in their sources."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from pydantic import ValidationError
from sqlalchemy.exc import DatabaseError

from extractor.collection.kinship import Kinship
from extractor.collection.placed_lines import placed
from extractor.errors import InputError, SettingsError, unforeseen
from extractor.logs import LOGGER
from extractor.pages.collected_notice import collected_of
from extractor.processes.confinement import Allowance
from extractor.processes.workers import map_in_order, processors
from extractor.record.contract import Notice
from extractor.runs.last_results import Origin, reported
from extractor.runs.run_folder import RunFolder, stored_places, stored_text
from extractor.service.store.collected_store import bring_up_to_date
from extractor.service.store.database import Database
from extractor.service.store.loaded_store import LoadedNotice, ReadElsewhere, add_loaded, stored_texts
from extractor.service.store.notice_summary import reading_of

_TOGETHER = 20  # notices that are stored at once
_TOLD_EVERY = 500
_WORTH_A_WORKER = 2_000_000  # bytes of notices
_HEAD = 2_000  # bytes of a line in which its text's hash is looked for
_OF_TEXT = re.compile(rb'"text_sha256":"([0-9a-f]{64})"')


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


class _StoredLine(NamedTuple):
    """A line of ``notices.jsonl``, by its number in the run's folder ``path``."""

    path: Path
    number: int
    line: bytes


def _read(stored: _StoredLine) -> ReadElsewhere | InputError:
    """Read a stored notice, in whichever process; an error is returned for the others to go on."""
    place = f"{RunFolder(stored.path).notices}:{stored.number}"
    try:
        notice = Notice.model_validate_json(stored.line)
        text = stored_text(stored.path, notice.notice_id, notice.text_sha256)
        alone = placed(notice, Kinship(), "zh")  # its place among others is found here again
        places = stored_places(stored.path, notice.notice_id)
        read = reading_of(text, alone, places=places)
        return ReadElsewhere(notice.notice_id, notice.text_sha256, read, collected_of(alone, text))
    except ValidationError:
        return InputError(f"{place}: is no notice; run the extraction again")
    except InputError as error:
        return error
    except Exception as error:  # a record that somebody edited
        return InputError(unforeseen(place, error))


def _lost(stored: _StoredLine, why: str) -> InputError:
    return InputError(f"{RunFolder(stored.path).notices}:{stored.number}: {why}; run the extraction again")


class _Loading:
    """A run's results on their way into the service."""

    def __init__(self, database: Database, folder: RunFolder, keys: LoadingKeys) -> None:
        self._database, self._folder, self._keys = database, folder, keys
        self._origins = {origin.notice_id: origin for origin in reported(folder)}
        self._known = stored_texts(database)  # the run's own copies come in: they are told apart as everywhere
        self.came = self.there = self.unread = 0

    def load(self) -> None:
        held: list[LoadedNotice] = []
        for found in self._found():
            if isinstance(found, InputError):
                self.unread += 1
                LOGGER.warning("%s", found)
                continue
            held.append(self._loaded(found))
            if len(held) == _TOGETHER:
                self._store(held)
                held = []
        self._store(held)

    def _found(self) -> Iterator[ReadElsewhere | InputError]:
        """Yield the notices that are not there yet; read in several processes where they are many."""
        path, file_name = self._folder.path, self._folder.notices
        if not file_name.is_file():
            raise InputError(f"{path}: holds no notices.jsonl; give the folder that a run wrote (its --out)")
        try:
            jobs = min(processors(), file_name.stat().st_size // _WORTH_A_WORKER)
            with file_name.open("rb") as file:
                if jobs > 1:
                    yield from map_in_order(_read, self._unknown(file), jobs, _lost, Allowance())
                else:
                    yield from map(_read, self._unknown(file))
        except OSError as error:
            raise InputError(f"{file_name}: cannot be read ({error})") from error

    def _unknown(self, file: BinaryIO) -> Iterator[_StoredLine]:
        for number, line in enumerate(file, start=1):
            of_text = _OF_TEXT.search(line, 0, _HEAD)
            if of_text and of_text[1].decode() in self._known:
                self.there += 1
            else:
                yield _StoredLine(self._folder.path, number, line)

    def _loaded(self, found: ReadElsewhere) -> LoadedNotice:
        origin = self._origins.get(found.notice_id, Origin(found.notice_id, "", ""))
        name, sha256 = origin.name or f"{found.notice_id}.txt", origin.sha256 or found.text_sha256
        key = self._keys.of_run(sha256, PurePosixPath(name).suffix.lower())
        entry = self._folder.finished(found.notice_id, key)
        unanswered = int((entry.counts.get("unanswered") or 0) if entry else 0)
        return LoadedNotice(found, name, sha256, self._keys.own if entry else "", unanswered)

    def _store(self, held: list[LoadedNotice]) -> None:
        try:
            added = add_loaded(self._database, held)
        except DatabaseError as error:
            place = self._database.engine.url.database
            raise SettingsError(f"{place}: cannot be used ({error.orig}); choose another folder with --data") from error
        before, self.came, self.there = self.came, self.came + added, self.there + len(held) - added
        if before // _TOLD_EVERY != self.came // _TOLD_EVERY:
            LOGGER.info("%s: %d notices came in so far", self._folder.path, self.came)
