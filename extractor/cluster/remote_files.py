"""Files on any file system that Arrow knows: local paths, and addresses such as ``s3://bucket/folder``."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any, NamedTuple
from urllib.parse import quote

from pyarrow import fs

from extractor.disk.whole import temporary_name
from extractor.errors import ExtractorError, InputError, OutputError

_SCHEME = re.compile(r"(?i)[a-z][a-z0-9+.-]+://")
_KEY = re.compile(r"(?i)([a-z][a-z0-9+.-]+://)[^/?#]*:[^/?#]*@")
_SAFE = "/:@!$&'()*+,;=~"
_NO_STORAGE = re.compile(r"(?i)(?:https?|ftp)://")


class StoragePlace(NamedTuple):
    """A place on a file system: its name for people, and the path that the file system knows it by."""

    name: str
    system: Any
    path: str

    def inner(self, *parts: str) -> StoragePlace:
        """Return the place ``parts`` below this one. Options of an address (``?region=…``) stay behind it."""
        address, mark, options = self.name.partition("?") if is_storage_address(self.name) else (self.name, "", "")
        name = "/".join((address.rstrip("/"), *parts))
        return StoragePlace(f"{name}{mark}{options}", self.system, "/".join((self.path.rstrip("/"), *parts)))

    @property
    def is_local(self) -> bool:
        """True if the file system is that of the machine."""
        return isinstance(self.system, fs.LocalFileSystem)


def is_storage_address(path: str) -> bool:
    """Say whether a path is the address of a storage (``s3://…``), not one of a page or a local path."""
    return _SCHEME.match(path) is not None and not _NO_STORAGE.match(path)


def without_key(address: str) -> str:
    """Return an address as it may be shown and stored: without a key in it."""
    return _KEY.sub(r"\1", address)


def place_of(path: str, error: type[ExtractorError] = InputError) -> StoragePlace:
    """Return the place that a local path or an address names.

    Raises:
        ExtractorError: of the class ``error``: no file system is known for the address, or it cannot be reached.
    """
    if not is_storage_address(path):
        return StoragePlace(path, fs.LocalFileSystem(), str(Path(path).absolute()))
    if _KEY.match(path):
        raise error(
            f"{without_key(path)}: the address holds a key, which would be written into datasets and messages; "
            "take it out, and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or what your storage takes instead"
        )
    try:
        system, inside = fs.FileSystem.from_uri(_as_uri(path))
    except (OSError, ValueError) as fault:  # Arrow's own errors are among the latter
        raise error(f"{path}: this storage cannot be reached ({first_line(fault)}); check the address") from fault
    return StoragePlace(path, system, inside)


def _as_uri(address: str) -> str:
    """Return an address with blanks, Chinese and other letters of its path as addresses have them."""
    whole, mark, options = address.partition("?")
    scheme, _, path = whole.partition("://")
    return f"{scheme}://{quote(path, safe=_SAFE)}{mark}{options}"


def files_below(place: StoragePlace) -> list[str]:
    """Return the addresses of a place's files, in the order of their names: itself, or all below it.

    Raises:
        InputError: there is nothing, or it cannot be listed.
    """
    try:
        info = place.system.get_file_info(place.path)
        if info.type == fs.FileType.File:
            return [place.name]
        if info.type == fs.FileType.NotFound:
            raise InputError(f"{place.name}: there is no such file or folder; check the address")
        found = place.system.get_file_info(fs.FileSelector(place.path, recursive=True))
    except OSError as fault:
        raise InputError(f"{place.name}: cannot be listed ({first_line(fault)}); check the address") from fault
    length = len(place.path.rstrip("/")) + 1
    return sorted(place.inner(each.path[length:]).name for each in found if each.type == fs.FileType.File)


def read_whole(address: str, most: int) -> bytes:
    """Return the bytes of a file, ``most`` and one at the most.

    Raises:
        InputError: it cannot be read.
    """
    place = place_of(address)
    try:
        with place.system.open_input_stream(place.path) as file:
            return bytes(file.read(most + 1))
    except OSError as fault:
        raise InputError(f"{address}: cannot be read ({first_line(fault)}); check that you may open it") from fault


@lru_cache(maxsize=4)
def local_copy(address: str, most: int) -> Path:
    """Return a copy on this machine of a file of at most ``most`` bytes; it lasts as long as the process.

    Raises:
        InputError: it cannot be read, or is larger.
    """
    data = read_whole(address, most)
    if len(data) > most:
        raise InputError(f"{address}: is larger than the {most // 1_000_000} MB that an archive may have")
    return _kept(data, PurePosixPath(address).name)


def write_whole(place: StoragePlace, data: bytes) -> None:
    """Write a file under its final name whole or not at all.

    Raises:
        OutputError: it cannot be written.
    """
    parent, _, name = place.path.rpartition("/")
    # An object of a storage is there only when it is whole; a file is moved to its place.
    path = f"{parent}/{temporary_name(name)}" if place.is_local else place.path
    try:
        place.system.create_dir(parent, recursive=True)
        with place.system.open_output_stream(path) as file:
            file.write(data)
        if place.is_local:
            Path(path).replace(place.path)
    except OSError as fault:
        raise OutputError(f"{place.name}: cannot be written ({first_line(fault)}); choose another --out") from fault


def read_if_there(place: StoragePlace) -> bytes | None:
    """Return the bytes of a file, None where there is none or it cannot be read."""
    try:
        with place.system.open_input_stream(place.path) as file:
            return bytes(file.read())
    except OSError:
        return None


def opened(place: StoragePlace) -> IO[bytes]:
    """Return a file that can be read at any place of it.

    Raises:
        InputError: it cannot be opened.
    """
    try:
        file: IO[bytes] = place.system.open_input_file(place.path)
    except OSError as fault:
        raise InputError(f"{place.name}: cannot be read ({first_line(fault)})") from fault
    return file


def remove(places: Iterator[StoragePlace]) -> None:
    """Delete files; those that are gone already are passed over."""
    for place in places:
        if place.system.get_file_info(place.path).type == fs.FileType.File:
            place.system.delete_file(place.path)


_COPIES: list[tempfile.TemporaryDirectory[str]] = []  # deleted as the process ends


def _kept(data: bytes, name: str) -> Path:
    folder: tempfile.TemporaryDirectory[str] = tempfile.TemporaryDirectory(prefix="notice-extractor-")
    _COPIES.append(folder)
    path = Path(folder.name, name)
    path.write_bytes(data)
    return path


def first_line(fault: BaseException) -> str:
    """Return what an error says, in one line."""
    text = getattr(fault, "strerror", None) or str(fault) or type(fault).__name__
    return str(text).splitlines()[0][:200]
