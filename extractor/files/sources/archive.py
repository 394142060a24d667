"""Zip archives of notices: their members, and the bytes of one. Nothing is unpacked to disk.

A member is named by its cleaned name (without ``..``, drive letters and leading slashes), which is only a label: no
path is made from it. Declared sizes are upper bounds, since ``zipfile`` returns no more bytes than an entry declares;
so an archive is checked by its directory before anything is unpacked.
"""

from __future__ import annotations

import io
import lzma
import os
import struct
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import nullcontext, suppress
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import BinaryIO, NamedTuple

from extractor.disk.names import is_control
from extractor.errors import InputError
from extractor.files.sources.file_kinds import (
    HEAD,
    PACKAGES,
    RefusedKindError,
    kind_beside_notices,
    kind_of,
    lies_aside,
)
from extractor.files.sources.file_limits import MB, Limits, size_in_mb
from extractor.files.sources.packages import kind_of_archive
from extractor.files.sources.source import (
    ARCHIVE_ENDING,
    PassedOver,
    Source,
    UnreadInput,
    check_size,
    holds_parts_of,
    is_side_file,
    too_large,
    unreadable,
)

_XML = (".xml", ".rels")
_END, _END64, _IN_ZIP64 = b"PK\x05\x06", b"PK\x06\x06", 0xFFFFFFFF
_END_RECORD = struct.Struct("<4s4H2LH")  # the last three: the directory's size and place, the comment's size
_END_BYTES = _END_RECORD.size + 65_535 + 100  # with the longest comment, and what zip64 puts before
_ENTRY_BYTES = 1_000  # of a directory, for one entry with a long name
_LOOKED_INTO = 100_000  # bytes of a package whose name does not say what it is; of a larger one nobody can say it
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, struct.error, ValueError, OverflowError)


class Listing(NamedTuple):
    """The notices in an archive, in the order of their names, the unreadable members, and those passed over."""

    sources: list[Source]
    problems: list[UnreadInput]
    passed_over: list[PassedOver]


def list_archive(path: str, limits: Limits) -> Listing:
    """Return the notices in the zip file at ``path`` and in the zip files in it; a document itself is one notice.

    Raises:
        InputError: the archive is damaged, holds no notices, or exceeds a limit as a whole. A nested archive that is
            damaged or too deep is listed in ``problems`` instead.
    """
    listing = Listing([], [], [])
    budget = _Budget(limits)
    try:
        check_size(path, limits.archive_unpacked_bytes)
        _check_is_zip(path)
        with _opened(Path(path), path, limits) as archive:
            with suppress(*_DAMAGED, KeyError, NotImplementedError, RuntimeError):
                if kind_of_archive(archive) != "zip":
                    return listing._replace(sources=[Source(path)])
            _collect(archive, Source(path), listing, budget)
    except OSError as error:
        raise unreadable(path, error) from error
    if not listing.sources and not listing.problems:
        raise InputError(f"{path}: holds no notices")
    return listing._replace(sources=sorted(listing.sources, key=lambda source: source.members))


def _check_is_zip(path: str) -> None:
    """Refuse an archive of another kind under the name of a zip file."""
    with Path(path).open("rb") as file:
        head = file.read(HEAD)
    kind = "" if head.startswith(PACKAGES) else kind_of(head, "")
    if kind in ("rar", "seven_zip", "packed"):
        raise RefusedKindError(path, kind)


def read_member(source: Source, limits: Limits) -> bytes:
    """Return the unpacked bytes of an archive member; the archives around it are unpacked in memory.

    Raises:
        InputError: the archive or the member is missing, damaged, encrypted, or over a limit.
    """
    path, members = source.path or "", source.members
    return _read(_opened_at(path, members[:-1], limits), Source(path, members), limits)


def check_package(data: bytes, name: str, limits: Limits) -> list[str]:
    """Check a zip-based document (docx) against the limits of archives, and return the names of its parts.

    Raises:
        InputError: it is no readable zip package, or would exceed a limit when unpacked.
    """
    with _opened_bytes(data, name, limits) as archive:
        budget = _Budget(limits)
        xml = 0
        for entry in archive.infolist():
            budget.count(entry, name)
            budget.unpack(entry, name)
            xml += entry.file_size if entry.filename.lower().endswith(_XML) else 0
            if xml > limits.xml_bytes:
                raise InputError(
                    f"{name}: holds more than {size_in_mb(limits.xml_bytes)} of XML; save its text as txt, or cut it"
                )
        return archive.namelist()


class _Budget:
    """The use of the limits by an archive and those inside it together."""

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
    apart = _page_folders([_member_name(entry) for entry in archive.infolist()])
    for entry in archive.infolist():
        budget.count(entry, at.name)
        name = _member_name(entry)
        source = Source(at.path, (*at.members, name))
        if entry.is_dir():
            continue
        kind = _kind_of_member(archive, entry, name, apart)
        if lies_aside(kind):
            listing.passed_over.append(PassedOver(source.name, kind))
            continue
        budget.unpack(entry, at.name)
        if name in seen:
            listing.problems.append(
                UnreadInput(
                    source.name, InputError(f"{source.name}: the archive holds this name twice; the first is read")
                )
            )
            continue
        seen.add(name)
        if source.ending == ARCHIVE_ENDING:
            _collect_nested(archive, source, listing, budget)
        else:
            listing.sources.append(source)


def _kind_of_member(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, apart: frozenset[str]) -> str:
    """Return the kind of a member: by its name where that says it, else by its beginning."""
    path = PurePosixPath(name)
    if any(is_side_file(part) for part in path.parts):
        return "side_file"
    if any(str(folder) in apart for folder in path.parents):
        return "page_part"
    if path.suffix.lower() == ARCHIVE_ENDING:
        return "zip"

    def first_bytes(most: int) -> bytes:
        with archive.open(entry) as file:
            return file.read(most)

    try:
        return kind_beside_notices(path.suffix.lower(), first_bytes, _LOOKED_INTO)
    except (*_DAMAGED, OSError, NotImplementedError, RuntimeError):  # damaged or encrypted: nobody can say what it is
        return "unknown"


def _page_folders(names: Sequence[str]) -> frozenset[str]:
    """Return the folders that hold the parts of pages saved beside them."""
    files: dict[str, set[str]] = {}
    for name in names:
        files.setdefault(str(PurePosixPath(name).parent), set()).add(PurePosixPath(name).name)
    folders = {folder for name in names for folder in PurePosixPath(name).parents}
    return frozenset(str(each) for each in folders if holds_parts_of(each.name, files.get(str(each.parent), ())))


def _collect_nested(archive: zipfile.ZipFile, source: Source, listing: Listing, budget: _Budget) -> None:
    before = len(listing.sources) + len(listing.problems)
    try:
        _check_depth(source, budget.limits)
        with _opened_bytes(_read(_Archive.of(archive), source, budget.limits), source.name, budget.limits) as nested:
            _collect(nested, source, listing, budget)
    except InputError as error:
        listing.problems.append(UnreadInput(source.name, error))
    if before == len(listing.sources) + len(listing.problems):
        listing.problems.append(UnreadInput(source.name, InputError(f"{source.name}: holds no notices")))


def _check_depth(source: Source, limits: Limits) -> None:
    depth = len(source.members) + 1
    if depth > limits.archive_depth:
        raise InputError(
            f"{source.name}: lies {depth} archives deep, {limits.archive_depth} are read; unpack the outer one first"
        )


def _read(archive: _Archive, source: Source, limits: Limits) -> bytes:
    """Return the bytes of the member that ``source`` names last."""
    entry = archive.entries.get(source.members[-1])
    if entry is None:
        raise InputError(f"{source.name}: the archive holds no such member")
    if entry.flag_bits & 0x1:
        raise InputError(f"{source.name}: is encrypted; unpack it with its password and give the files themselves")
    if entry.file_size > limits.file_bytes:
        raise too_large(source.name, entry.file_size, limits.file_bytes)
    _Budget(limits).unpack(entry, source.name)
    try:
        with archive.file.open(entry) as file:
            return file.read()
    except (NotImplementedError, RuntimeError) as error:
        raise InputError(f"{source.name}: is packed in an unknown way ({error}); unpack it first") from error
    except (*_DAMAGED, OSError) as error:
        raise InputError(f"{source.name}: is damaged inside its archive ({error}); fetch the archive again") from error


def _member_name(entry: zipfile.ZipInfo) -> str:
    """Return an entry's name in its maker's charset, with forward slashes, without ``..`` and control characters.

    Without the UTF-8 flag the standard says cp437, which ``zipfile`` assumes; but Chinese Windows writes GBK and
    several Unix tools write UTF-8, so the bytes are decoded again.
    """
    name = entry.filename
    if not entry.flag_bits & 0x800 and not name.isascii():
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:  # zipfile read it from a Unicode extra field: it is right
            raw = b""
        for charset in ("utf-8", "gb18030", "big5hkscs") if raw else ():
            try:
                name = raw.decode(charset)
                break
            except UnicodeDecodeError:
                continue
    parts = "".join("-" if is_control(mark) else mark for mark in name).replace("\\", "/").split("/")
    return "/".join(part for part in parts if part not in {"", ".", ".."} and not part.endswith(":")) or "_"


class _Archive(NamedTuple):
    """An open archive, and its entries by their names; of two with one name the first."""

    file: zipfile.ZipFile
    entries: dict[str, zipfile.ZipInfo]

    @classmethod
    def of(cls, file: zipfile.ZipFile) -> _Archive:
        return cls(file, {_member_name(entry): entry for entry in reversed(file.infolist())})


def _opened_at(path: str, members: tuple[str, ...], limits: Limits) -> _Archive:
    """Return the archive at ``path``, or the one inside it that ``members`` name, in its current state."""
    try:
        check_size(path, limits.archive_unpacked_bytes)
        status = Path(path).stat()
        stamp = (os.path.realpath(path), status.st_ino, status.st_mtime_ns, status.st_size)
        return _kept_open(path, stamp, members, limits)
    except OSError as error:
        raise unreadable(path, error) from error


# Members are read one by one: opening the archive for each would take quadratic time.
@lru_cache(maxsize=2)
def _kept_open(path: str, stamp: tuple[object, ...], members: tuple[str, ...], limits: Limits) -> _Archive:
    """Return an archive that stays open; ``stamp`` distinguishes the files that a path has named."""
    if not members:
        return _Archive.of(_opened(Path(path), path, limits))
    source = Source(path, members)
    data = _read(_kept_open(path, stamp, members[:-1], limits), source, limits)
    return _Archive.of(_opened_bytes(data, source.name, limits))


def _opened_bytes(data: bytes, name: str, limits: Limits) -> zipfile.ZipFile:
    return _opened(io.BytesIO(data), name, limits)


def _opened(file: Path | io.BytesIO, name: str, limits: Limits) -> zipfile.ZipFile:
    try:
        with file.open("rb") if isinstance(file, Path) else nullcontext(file) as content:
            _check_directory(content, name, limits)
        return zipfile.ZipFile(file)
    except (*_DAMAGED, NotImplementedError) as error:
        raise InputError(f"{name}: is no readable zip package, or a truncated one ({error}); fetch it again") from error


def _check_directory(file: BinaryIO, name: str, limits: Limits) -> None:
    """Refuse an archive with too large a directory before reading it: an entry takes ten times its bytes in memory."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_RECORD.size > len(tail):
        return  # no archive: opening it raises
    directory = _END_RECORD.unpack_from(tail, at)[-3]
    if directory == _IN_ZIP64 and (before := tail.rfind(_END64, 0, at)) >= 0:
        directory = int.from_bytes(tail[before + 40 : before + 48], "little")
    if directory > limits.archive_members * _ENTRY_BYTES:
        raise InputError(f"{name}: holds more than {limits.archive_members} entries, or long names; split it")
