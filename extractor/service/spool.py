"""Files that were sent and wait: under names of our own, so that no name a client gives ever becomes a path."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import uuid4

from extractor.files.limits import DEFAULT_LIMITS
from extractor.files.source import ARCHIVE_ENDING, Source, too_large

_SYNCED_AT_ONCE = 8


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
        return Incoming(source, upload, (self.folder / upload).open("xb"), most)

    def sync(self, uploads: Collection[str]) -> None:
        """Have files on disk, whatever happens to the machine."""
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
                if path.name not in kept:
                    _remove(path)


class Incoming:
    """A file as it comes in."""

    def __init__(self, source: Source, upload: str, file: BinaryIO, most: int) -> None:
        self._source = source
        self._upload = upload
        self._file = file
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
        self._file.write(data)

    def end(self) -> Received:
        """Close the file."""
        self._file.close()
        return Received(self._source, self._upload, self._hash.hexdigest())


def sweep(folder: Path, in_use: Collection[str]) -> None:
    """Delete what a service that was killed left behind: files that no item waits in."""
    for path in folder.iterdir():
        if path.name not in in_use:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):
        if path.is_dir():  # where an archive was unpacked, or an export was made
            shutil.rmtree(path)
        else:
            path.unlink()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
