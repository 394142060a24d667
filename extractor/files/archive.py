"""Zip archives of notices: what is in them, and one member's bytes. Nothing is ever unpacked to disk.

A member is reached through its cleaned name (``..``, drive letters and leading slashes taken out), which is only a
label here: no path is made from it. Declared sizes can be trusted as upper bounds, since ``zipfile`` hands out no
more bytes than an entry declares; so an archive is judged from its directory before anything is unpacked.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from extractor.disk.names import is_control
from extractor.errors import InputError
from extractor.files.limits import MB, Limits, size_in_mb
from extractor.files.source import (
    ARCHIVE_ENDING,
    NOTICE_ENDINGS,
    Problem,
    Source,
    check_size,
    is_passed_over,
    too_large,
    unreadable,
)

_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError, OverflowError)


class Listing(NamedTuple):
    """The notices in an archive, in the order of their names, and what in it cannot be read."""

    sources: list[Source]
    problems: list[Problem]


def list_archive(path: str, limits: Limits) -> Listing:
    """Return the notices inside the zip file at ``path`` and inside the zip files in it.

    Raises:
        InputError: the archive is damaged, holds no notices, or breaks a limit as a whole; a nested archive that is
            damaged or too deep becomes a problem instead, and the rest is still listed.
    """
    listing = Listing([], [])
    budget = _Budget(limits)
    with _opened_file(path, limits) as archive:
        _collect(archive, Source(path), listing, budget)
    if not listing.sources and not listing.problems:
        raise InputError(f"{path}: holds no notices (looked for {', '.join(sorted(NOTICE_ENDINGS))} and .zip)")
    return Listing(sorted(listing.sources, key=lambda source: source.members), listing.problems)


def read_member(source: Source, limits: Limits) -> bytes:
    """Return the unpacked bytes of an archive member. Archives on the way to it are unpacked in memory.

    Raises:
        InputError: the archive or the member is missing, damaged, encrypted, or over a limit.
    """
    path, members = source.path or "", source.members
    with _opened_file(path, limits) as archive:
        data = _read(archive, Source(path, members[:1]), limits)
    for depth in range(2, len(members) + 1):
        inner = Source(path, members[:depth])
        with _opened_bytes(data, Source(path, members[: depth - 1]).name) as archive:
            data = _read(archive, inner, limits)
    return data


def check_package(data: bytes, name: str, limits: Limits) -> list[str]:
    """Hold a zip-based document (docx) against the archive limits and return the names of its parts.

    Raises:
        InputError: it is no readable zip package, or unpacking it would break a limit.
    """
    with _opened_bytes(data, name) as archive:
        budget = _Budget(limits)
        for entry in archive.infolist():
            budget.count(entry, name)
            budget.unpack(entry, name)
        return archive.namelist()


class _Budget:
    """What an archive and those inside it have used up of the limits together."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._members = 0
        self._bytes = 0

    def count(self, entry: zipfile.ZipInfo, name: str) -> None:
        self._members += 1
        if self._members > self.limits.archive_members:
            raise InputError(
                f"{name}: holds more than {self.limits.archive_members} entries (at {entry.filename!r}); split it"
            )

    def unpack(self, entry: zipfile.ZipInfo, name: str) -> None:
        self._bytes += entry.file_size
        if self._bytes > self.limits.archive_unpacked_bytes:
            raise InputError(
                f"{name}: would unpack to more than {size_in_mb(self.limits.archive_unpacked_bytes)}; split it"
            )
        if entry.file_size > MB and entry.file_size > self.limits.archive_ratio * max(entry.compress_size, 1):
            raise InputError(
                f"{name}: {entry.filename!r} would unpack to more than {self.limits.archive_ratio} times its size, "
                "as zip bombs do; it is not unpacked"
            )


def _collect(archive: zipfile.ZipFile, at: Source, listing: Listing, budget: _Budget) -> None:
    seen: set[str] = set()
    for entry in archive.infolist():
        budget.count(entry, at.name)
        name = _member_name(entry)
        source = Source(at.path, (*at.members, name))
        if entry.is_dir() or any(is_passed_over(part) for part in PurePosixPath(name).parts):
            continue
        if source.ending not in NOTICE_ENDINGS and source.ending != ARCHIVE_ENDING:
            continue
        budget.unpack(entry, at.name)
        if name in seen:
            listing.problems.append(
                Problem(source.name, InputError(f"{source.name}: the archive holds this name twice; the first is read"))
            )
            continue
        seen.add(name)
        if source.ending == ARCHIVE_ENDING:
            _collect_nested(archive, source, listing, budget)
        else:
            listing.sources.append(source)


def _collect_nested(archive: zipfile.ZipFile, source: Source, listing: Listing, budget: _Budget) -> None:
    before = len(listing.sources) + len(listing.problems)
    try:
        _check_depth(source, budget.limits)
        with _opened_bytes(_read(archive, source, budget.limits), source.name) as nested:
            _collect(nested, source, listing, budget)
    except InputError as error:
        listing.problems.append(Problem(source.name, error))
    if before == len(listing.sources) + len(listing.problems):
        listing.problems.append(Problem(source.name, InputError(f"{source.name}: holds no notices")))


def _check_depth(source: Source, limits: Limits) -> None:
    depth = len(source.members) + 1
    if depth > limits.archive_depth:
        raise InputError(
            f"{source.name}: lies {depth} archives deep, {limits.archive_depth} are read; unpack the outer one first"
        )


def _read(archive: zipfile.ZipFile, source: Source, limits: Limits) -> bytes:
    """Return the bytes of the member that ``source`` names last."""
    entry = next((entry for entry in archive.infolist() if _member_name(entry) == source.members[-1]), None)
    if entry is None:
        raise InputError(f"{source.name}: the archive holds no such member")
    if entry.flag_bits & 0x1:
        raise InputError(f"{source.name}: is encrypted; unpack it with its password and give the files themselves")
    if entry.file_size > limits.file_bytes:
        raise too_large(source.name, entry.file_size, limits.file_bytes)
    _Budget(limits).unpack(entry, source.name)
    try:
        with archive.open(entry) as file:
            return file.read()
    except (NotImplementedError, RuntimeError) as error:
        raise InputError(f"{source.name}: is packed in an unknown way ({error}); unpack it first") from error
    except (*_DAMAGED, OSError) as error:
        raise InputError(f"{source.name}: is damaged inside its archive ({error}); fetch the archive again") from error


def _member_name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name as its maker saw it, with forward slashes, without ways out of the archive and control
    marks.

    Without the UTF-8 flag the standard says cp437, which ``zipfile`` assumes; Chinese Windows writes GBK there and
    several Unix tools write UTF-8, so the bytes are looked at again.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:  # zipfile took it from a Unicode extra field: right already
            raw = b""
        for charset in ("utf-8", "gb18030", "big5hkscs") if raw else ():
            try:
                name = raw.decode(charset)
                break
            except UnicodeDecodeError:
                continue
    parts = "".join("-" if is_control(mark) else mark for mark in name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":")) or "_"


@contextmanager
def _opened_file(path: str, limits: Limits) -> Iterator[zipfile.ZipFile]:
    try:
        check_size(path, limits.archive_unpacked_bytes)
        with Path(path).open("rb") as file, _opened(file, path) as archive:
            yield archive
    except OSError as error:
        raise unreadable(path, error) from error


def _opened_bytes(data: bytes, name: str) -> zipfile.ZipFile:
    return _opened(io.BytesIO(data), name)


def _opened(file: io.BufferedReader | io.BytesIO, name: str) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except (*_DAMAGED, NotImplementedError) as error:
        raise InputError(f"{name}: is no readable zip package, or a truncated one ({error}); fetch it again") from error
