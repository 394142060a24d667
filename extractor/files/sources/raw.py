"""A source's raw bytes, from a file, standard input or an archive, read up to the limits."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from extractor.errors import InputError
from extractor.files.sources.file_limits import Limits, size_in_mb
from extractor.files.sources.picture_series import packed, parts_of
from extractor.files.sources.source import Source, check_size, unreadable


def read_bytes(source: Source, limits: Limits) -> bytes:
    """Return the source's raw bytes.

    Raises:
        InputError: the source is missing, unreadable, or larger than ``limits.file_bytes``. A regular file that is
            too large is refused unread, by its size in the file system.
    """
    if source.series:
        return packed(_within(limits.archive_unpacked_bytes, source, limits))
    if source.members:
        from extractor.files.sources.archive import read_member  # zipfile is loaded for archives only

        return read_member(source, limits)
    if source.path is None:
        return _read_bounded(sys.stdin.buffer, source.name, limits)
    try:
        check_size(source.path, limits.file_bytes)
        with Path(source.path).open("rb") as file:
            return _read_bounded(file, source.name, limits)
    except OSError as error:
        raise unreadable(source.name, error) from error


def _within(most: int, source: Source, limits: Limits) -> Iterator[bytes]:
    """Yield the bytes of a series' pictures, which have ``most`` together."""
    total = 0
    for part in parts_of(source):
        data = read_bytes(part, limits)
        total += len(data)
        if total > most:
            raise InputError(f"{source.name}: these pictures hold more than the {size_in_mb(most)} that are read")
        yield data


def _read_bounded(file: BinaryIO, name: str, limits: Limits) -> bytes:
    data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise InputError(f"{name}: holds more than the {size_in_mb(limits.file_bytes)} a notice may have")
    return data
