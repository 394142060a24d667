"""Uploaded files that wait, under generated names: no name that a client gives ever becomes a path."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

from extractor.disk.whole import is_temporary
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import ARCHIVE_ENDING, Source, too_large

EXPORT_PREFIX = "export-"
"""The prefix of the folders that ``tempfile.mkdtemp`` makes for exports."""

_SYNCED_AT_ONCE = 8
# The names of uploads, of members of archives, of folders where archives are unpacked, and of those for exports.
_OURS = re.compile(rf"[0-9a-f]{{32}}(?:-[0-9]+|-archive)?|{EXPORT_PREFIX}[a-z0-9_]{{8}}")
_HELD_BYTES = 256_000  # of a request's small files in memory: thousands that are refused make no files
_SMALL_BYTES = 16_000


class ReceivedFile(NamedTuple):
    """A file that was sent: its name, the file that holds it, and the SHA-256 of its bytes."""

    source: Source
    upload: str
    sha256: str


class TooManyError(Exception):
    """A request has more files than allowed."""


@dataclass
class Spool:
    """The files of one request, at most ``most``; those that are not kept are deleted at its end."""

    folder: Path
    most: int
    _made: dict[str, bool] = field(default_factory=dict)  # and whether it is an archive
    _held: dict[str, bytes] = field(default_factory=dict)
    _held_bytes: int = 0

    def begin(self, source: Source) -> IncomingFile:
        """Begin a file.

        Raises:
            TooManyError: There are ``most`` files already.
        """
        if len(self._made) == self.most:
            raise TooManyError
        is_archive = source.ending == ARCHIVE_ENDING
        most = DEFAULT_LIMITS.archive_unpacked_bytes if is_archive else DEFAULT_LIMITS.file_bytes
        return self._begin(source, most, is_archive=is_archive)

    def begin_body(self, source: Source, most: int) -> IncomingFile:
        """Begin a file for a body of up to ``most`` bytes that holds several notices; ``source`` is for messages."""
        return self._begin(source, most, is_archive=True)

    def _begin(self, source: Source, most: int, *, is_archive: bool) -> IncomingFile:
        upload = uuid4().hex
        self._made[upload] = is_archive
        return IncomingFile(self, source, upload, most, is_archive=is_archive)

    def hold(self, upload: str, data: bytes) -> bool:
        """Keep a small file in memory until ``sync``; return False where there is no room for it."""
        if self._held_bytes + len(data) > _HELD_BYTES:
            return False
        self._held[upload] = data
        self._held_bytes += len(data)
        return True

    def sync(self, uploads: Collection[str]) -> None:
        """Write files to disk so that they survive a power cut."""
        for upload in uploads:
            if upload in self._held:
                (self.folder / upload).write_bytes(self._held.pop(upload))
        paths = [self.folder / upload for upload in uploads]
        if len(paths) > 1:
            with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:  # file systems flush several files together
                list(threads.map(_sync, paths))
        elif paths:
            _sync(paths[0])
        with suppress(OSError):  # some systems cannot open folders
            _sync(self.folder)

    def is_kept(self, kept: Collection[str]) -> bool:
        """Return whether all files are in ``kept``, so that none has to be deleted."""
        return self._made.keys() <= set(kept)

    def clear(self, kept: Collection[str]) -> None:
        """Delete the files, and what was unpacked from them, except those in ``kept``."""
        for upload, is_archive in self._made.items():
            unpacked = self.folder.glob(f"{upload}-*") if is_archive else ()
            for path in (self.folder / upload, *unpacked):
                if path.name not in kept and path.name not in self._held:
                    _remove(path)


class IncomingFile:
    """A file while it is being received."""

    def __init__(self, spool: Spool, source: Source, upload: str, most: int, *, is_archive: bool) -> None:
        self._spool = spool
        self._source = source
        self._upload = upload
        self._small = bytearray()
        self._file: BinaryIO | None = self._opened() if is_archive else None  # archives are read where they are
        self._hash = hashlib.sha256()
        self._size = 0
        self._most = most

    def write(self, data: bytes | bytearray) -> None:
        """Append a piece.

        Raises:
            InputError: The file is larger than allowed.
        """
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._source.name, self._size, self._most)
        self._hash.update(data)
        if self._file is None and len(self._small) + len(data) <= _SMALL_BYTES:
            self._small += data
            return
        self._on_disk().write(data)

    def end(self) -> ReceivedFile:
        """Close the file, and return it."""
        if self._file is not None or not self._spool.hold(self._upload, bytes(self._small)):
            self._on_disk().close()
        return ReceivedFile(self._source, self._upload, self._hash.hexdigest())

    def _on_disk(self) -> BinaryIO:
        if self._file is None:
            self._file = self._opened()
            self._file.write(self._small)
            self._small.clear()
        return self._file

    def _opened(self) -> BinaryIO:
        return (self._spool.folder / self._upload).open("xb")


def sweep(folder: Path, in_use: Collection[str]) -> None:
    """Delete the generated files that a killed service left behind, except those in ``in_use``."""
    for path in folder.iterdir():
        if path.name not in in_use and (_OURS.fullmatch(path.name) or is_temporary(path.name)):
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir() and not path.is_symlink():  # where an archive was unpacked, or an export was made
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
