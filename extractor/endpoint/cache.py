"""The cache of answers on disk: nothing is asked twice. Several processes may use one folder at once.

DiskCache does the work, with three of its doors shut. It would unpickle, that is run, a row whose ``mode`` (or, for
keys, ``raw``) column somebody edited; it would read and delete whatever file a row names; and it makes folders that
everybody can read. Here a row holds a key, JSON and a checksum, anything else is no hit, and no row names a file.
"""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

import diskcache
from diskcache.core import DBNAME, MODE_RAW

from extractor.endpoint.answer_records import AnswerRecord, is_key, read_record
from extractor.errors import AnswerError, BugError, OutputError, SettingsError

FOLDER_VARIABLE = "EXTRACTOR_CACHE_DIR"
DEFAULT_SIZE_LIMIT = 512 * 2**20  # bytes; some hundred thousand answers
SMALLEST_SIZE_LIMIT = 2**20  # bytes; below that an eviction, ten rows at a time, would empty the cache

_BUSY = 10.0  # seconds to wait while another process writes; a service waits for as long
_LARGEST_ROW = 64 * 2**20  # bytes once unpacked: no row may unpack to all of the memory
_DATABASE = (DBNAME, f"{DBNAME}-wal", f"{DBNAME}-shm", f"{DBNAME}-journal")


class DamagedCacheError(SettingsError):
    """The cache's database cannot be read at all; ``discard_database`` makes room for a new one."""


def default_folder() -> Path:
    """Return the folder that ``EXTRACTOR_CACHE_DIR`` names, else this program's place among the user's caches."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named).expanduser()
    from platformdirs import user_cache_path

    return user_cache_path("notice-extractor", appauthor=False) / "answers"


class AnswerCache:
    """The answers in ``folder``, which is made where it is missing and is for its owner alone (mode 0700).

    Where they take more than ``size_limit`` bytes (None: as the folder was last opened with), those stored first go.
    To be closed, or used in a ``with`` block, in the thread that opened it.

    Raises:
        SettingsError: the folder cannot be used, or is not to be trusted.
        DamagedCacheError: the database there is damaged.
    """

    def __init__(self, folder: Path, size_limit: int | None = None) -> None:
        if size_limit is not None and size_limit < SMALLEST_SIZE_LIMIT:
            raise SettingsError(f"an answer cache of {size_limit} bytes is too small; give it at least a megabyte")
        self.folder = folder
        is_new = _prepare(folder)
        if size_limit is None and is_new:
            size_limit = DEFAULT_SIZE_LIMIT
        limits = {} if size_limit is None else {"size_limit": size_limit}
        # What is stored first goes first: to know what is used least, each look-up would have to write.
        settings = {"eviction_policy": "least-recently-stored", "statistics": 0, "tag_index": 0, "cull_limit": 10}
        try:
            self._rows = diskcache.Cache(str(folder.absolute()), timeout=_BUSY, disk=_JsonRows, **settings, **limits)
        except (sqlite3.OperationalError, diskcache.Timeout, OSError) as error:
            raise SettingsError(f"{folder}: the answer cache cannot be opened ({error}); choose another") from error
        except (sqlite3.Error, ValueError, TypeError, AttributeError) as error:
            raise _damaged(folder) from error

    def get(self, key: str, _task: str = "", /) -> AnswerRecord | None:
        """Return the answer kept under ``key``; a damaged one, or one of another make, is none."""
        try:
            record: AnswerRecord | None = self._rows.get(key)
        except (sqlite3.Error, diskcache.Timeout):
            return None
        return record

    def put(self, key: str, record: AnswerRecord, /) -> None:
        """Keep a valid answer under ``key``, in place of any that is there.

        Raises:
            AnswerError: the answer is cut short, refused or empty.
            OutputError: the disk is full, or the folder cannot be written any more.
            BugError: this is no key.
        """
        self._write(self._rows.set, key, record)

    def add(self, key: str, record: AnswerRecord, /) -> bool:
        """Keep a valid answer under ``key`` unless there is one, even a damaged one; return whether it was kept.

        Of processes that add one at the same time a single one succeeds. Raises as ``put`` does.
        """
        return bool(self._write(self._rows.add, key, record))

    def _write(self, write: Callable[[str, AnswerRecord], object], key: str, record: AnswerRecord) -> object:
        if not is_key(key):
            raise BugError("an answer was to be kept under something that is no key")
        if fault := record.unusable():
            raise AnswerError(f"the answer {fault} and is not kept")
        try:
            # Not with ``retry``: it would go on for ever where the folder has become read-only.
            return write(key, record)
        except diskcache.Timeout as error:
            reason = f"read-only, or in use by another process for {_BUSY:.0f} seconds"
            raise OutputError(f"{self.folder}: the answer cache cannot be written ({reason})") from error
        except (sqlite3.Error, OSError) as error:
            raise OutputError(f"{self.folder}: the answer cache cannot be written ({error})") from error

    def __iter__(self) -> Iterator[str]:
        """Yield the keys in their order; those that other processes add or remove meanwhile may be missing.

        Raises:
            DamagedCacheError: the database cannot be read.
        """
        try:
            yield from (key for key in self._rows.iterkeys() if key is not None)
        except sqlite3.Error as error:
            raise _damaged(self.folder) from error

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key) is not None

    def __len__(self) -> int:
        """Return how many rows there are, damaged ones included."""
        return len(self._rows)

    def size(self) -> int:
        """Return the bytes that the answers take on disk."""
        return int(self._rows.volume())

    def remove(self, key: str) -> bool:
        """Remove the answer kept under ``key``; return whether there was one."""
        return bool(self._rows.delete(key))

    def clear(self) -> int:
        """Remove all answers and return how many there were, damaged ones included."""
        return int(self._rows.clear())

    def close(self) -> None:
        """Close the database; nothing kept is lost where this is not done."""
        self._rows.close()

    def __enter__(self) -> AnswerCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def discard_database(folder: Path) -> None:
    """Remove the database of a damaged cache; no process may be using it.

    Raises:
        SettingsError: a file of it cannot be removed.
    """
    try:
        for name in _DATABASE:
            (folder / name).unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"{folder}: the damaged cache cannot be removed ({error.strerror or error})") from error


class _JsonRows(diskcache.Disk):  # type: ignore[misc] # DiskCache has no types
    """The form of a row: the key as it is, the record as packed JSON, always in the row itself.

    ``OSError`` is what DiskCache takes as "this value is gone"; it then answers that there is none.
    """

    def __init__(self, directory: str, **_settings: object) -> None:
        super().__init__(directory)

    def put(self, key: Any) -> tuple[Any, bool]:
        return key, True

    def get(self, key: Any, raw: Any) -> str | None:
        return key if raw == 1 and is_key(key) else None

    def store(self, value: Any, _read: bool, key: Any = None) -> tuple[int, int, None, bytes]:  # noqa: ARG002
        return 0, MODE_RAW, None, zlib.compress(json.dumps(value.json_fields()).encode())

    def fetch(self, mode: Any, filename: Any, value: Any, _read: bool) -> AnswerRecord:
        if mode != MODE_RAW or filename is not None or not isinstance(value, bytes):
            raise OSError("a row that this program did not write")
        try:
            unpacking = zlib.decompressobj()  # its end carries a checksum
            raw = unpacking.decompress(value, _LARGEST_ROW)
            record = read_record(json.loads(raw) if unpacking.eof else None)
        except (zlib.error, ValueError, RecursionError) as error:  # FlawedRecordError among them
            raise OSError("a damaged row") from error
        if record.unusable():
            raise OSError("a damaged row")
        return record

    def remove(self, _file_path: Any) -> None:
        """Do nothing: no row of ours has a file, and what an edited row names is not ours to delete."""


def _damaged(folder: Path) -> DamagedCacheError:
    return DamagedCacheError(f"{folder}: the answer cache is damaged; remove it with: cache clear")


def _prepare(folder: Path) -> bool:
    """Make ``folder`` and its database for the owner alone; return whether the database is new."""
    if os.path.expandvars(folder) != str(folder):  # DiskCache would, and write elsewhere
        raise SettingsError(f"{folder}: names a variable; choose another folder for the answer cache")
    database = folder / DBNAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        strangers = sorted({path.name for path in folder.iterdir()} - set(_DATABASE))
        if strangers := [name for name in strangers if not name.startswith(".")]:
            raise SettingsError(f"{folder}: holds other files ({strangers[0]}); give the answer cache its own folder")
        if sys.platform != "win32":  # where a folder among the user's own is theirs without that
            _make_private(folder, has_answers=database.exists())
            with suppress(FileNotFoundError):
                if not stat.S_ISREG(database.lstat().st_mode):
                    raise SettingsError(f"{database}: is no ordinary file; remove it, or choose another folder")
                database.chmod(0o600)
        # SQLite gives its other files the mode of this one. An existing one is not opened here: closing it would
        # take away the locks that this process may hold on it elsewhere.
        os.close(os.open(database, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError as error:
        if not folder.is_dir():
            raise SettingsError(f"{folder}: is a file; choose another folder for the answer cache") from error
        return False
    except OSError as error:
        reason = error.strerror or str(error)
        raise SettingsError(f"{folder}: cannot be used as answer cache ({reason}); choose another folder") from error
    return True


def _make_private(folder: Path, *, has_answers: bool) -> None:
    """Close a folder that others can read; refuse one whose answers others could have written."""
    if sys.platform == "win32":
        return
    found = folder.stat()
    if found.st_uid != os.geteuid():
        raise SettingsError(f"{folder}: belongs to another user; choose another folder for the answer cache")
    if found.st_mode & 0o022 and has_answers:
        raise SettingsError(
            f"{folder}: others can write there, so its answers may be theirs; "
            f"remove it, or, where you know better, close it with: chmod 700 {folder}"
        )
    if found.st_mode & 0o077:
        folder.chmod(0o700)
        if folder.stat().st_mode & 0o077:  # a file system that keeps no modes
            raise SettingsError(f"{folder}: cannot be closed to other users; choose another folder for the cache")
