"""Files that were sent and wait: under names of our own, so that no name a client gives ever becomes a path."""

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
"""How the names of folders begin in which exports are made, by ``tempfile.mkdtemp``."""

_SYNCED_AT_ONCE = 8
# Of uploads, the members of archives, the folders where archives are unpacked, and those of exports.
_OURS = re.compile(rf"[0-9a-f]{{32}}(?:-[0-9]+|-archive)?|{EXPORT_PREFIX}[a-z0-9_]{{8}}")
_HELD_BYTES = 256_000  # of one request's small files: thousands that are refused cost no file each
_SMALL_BYTES = 16_000


class Received(NamedTuple):
    """A file that was sent: its name, the file it is in, and the hash of its bytes."""

    source: Source
    upload: str
    sha256: str


class TooManyError(Exception):
    """More files were sent than one request may bring."""


@dataclass
class Spool:
    """The files of one request, ``most`` of them. They are deleted at its end, but for those that are kept."""

    folder: Path
    most: int
    _made: dict[str, bool] = field(default_factory=dict)  # and whether it is an archive
    _held: dict[str, bytes] = field(default_factory=dict)
    _held_bytes: int = 0

    def begin(self, source: Source) -> Incoming:
        """Begin a file.

        Raises:
            TooManyError: this would be one more than ``most``.
        """
        if len(self._made) == self.most:
            raise TooManyError
        is_archive = source.ending == ARCHIVE_ENDING
        most = DEFAULT_LIMITS.archive_unpacked_bytes if is_archive else DEFAULT_LIMITS.file_bytes
        return self._begin(source, most, is_archive=is_archive)

    def begin_body(self, source: Source, most: int) -> Incoming:
        """Begin a file for a body of ``most`` bytes, out of which files will be taken; ``source`` is for messages."""
        return self._begin(source, most, is_archive=True)

    def _begin(self, source: Source, most: int, *, is_archive: bool) -> Incoming:
        upload = uuid4().hex
        self._made[upload] = is_archive
        return Incoming(self, source, upload, most, is_archive=is_archive)

    def hold(self, upload: str, data: bytes) -> bool:
        """Keep a small file in memory until it is taken for good; False where there is no more room for it."""
        if self._held_bytes + len(data) > _HELD_BYTES:
            return False
        self._held[upload] = data
        self._held_bytes += len(data)
        return True

    def sync(self, uploads: Collection[str]) -> None:
        """Have files on disk, whatever happens to the machine."""
        for upload in uploads:
            if upload in self._held:
                (self.folder / upload).write_bytes(self._held.pop(upload))
        paths = [self.folder / upload for upload in uploads]
        if len(paths) > 1:
            with ThreadPoolExecutor(_SYNCED_AT_ONCE) as threads:  # file systems write what waits at one time together
                list(threads.map(_sync, paths))
        elif paths:
            _sync(paths[0])
        with suppress(OSError):  # not where a folder cannot be opened
            _sync(self.folder)

    def is_kept(self, kept: Collection[str]) -> bool:
        """Whether all of the files are kept as they came, so that none is to be deleted."""
        return self._made.keys() <= set(kept)

    def clear(self, kept: Collection[str]) -> None:
        """Delete the files, and what was unpacked from them, but for those that are kept."""
        for upload, is_archive in self._made.items():
            unpacked = self.folder.glob(f"{upload}-*") if is_archive else ()
            for path in (self.folder / upload, *unpacked):
                if path.name not in kept and path.name not in self._held:
                    _remove(path)


class Incoming:
    """A file as it comes in."""

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
        """Take a piece.

        Raises:
            InputError: the file is larger than one may be.
        """
        self._size += len(data)
        if self._size > self._most:
            raise too_large(self._source.name, self._size, self._most)
        self._hash.update(data)
        if self._file is None and len(self._small) + len(data) <= _SMALL_BYTES:
            self._small += data
            return
        self._on_disk().write(data)

    def end(self) -> Received:
        """Close the file."""
        if self._file is not None or not self._spool.hold(self._upload, bytes(self._small)):
            self._on_disk().close()
        return Received(self._source, self._upload, self._hash.hexdigest())

    def _on_disk(self) -> BinaryIO:
        if self._file is None:
            self._file = self._opened()
            self._file.write(self._small)
            self._small.clear()
        return self._file

    def _opened(self) -> BinaryIO:
        return (self._spool.folder / self._upload).open("xb")


def sweep(folder: Path, in_use: Collection[str]) -> None:
    """Delete what a service that was killed left behind: files under names of ours that no item waits in."""
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
