"""The kind of a zip package, by the names of its members: documents of several programs, or files that were packed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import suppress

_PARTS = (("xl/workbook.bin", "sheet_binary"), ("xl/", "xlsx"), ("ppt/", "slides"), ("word/", "docx"))
_MIMETYPES = (
    (b"opendocument.text", "odt"),
    (b"opendocument.spreadsheet", "ods"),
    (b"opendocument.presentation", "slides"),
    (b"epub", "ebook"),
)
_TYPES = ["[Content_Types].xml"]
_END = struct.Struct("<4s4H2LH")  # of a zip archive: its directory's size and place are the last but one
_DIRECTORY_BYTES = 5_000_000
_BROKEN = (zipfile.BadZipFile, KeyError, RuntimeError, NotImplementedError, zlib.error, OSError, ValueError, EOFError)


def kind_of_members(names: Iterable[str], mimetype: bytes = b"") -> str:
    """Return the kind of a zip package from the names of its members, and what its member ``mimetype`` says."""
    lowered = {name.replace("\\", "/").lstrip("/").lower() for name in names}
    if "ofd.xml" in lowered:
        return "ofd"
    for part, kind in _MIMETYPES:
        if part in mimetype:
            return kind
    if "[content_types].xml" in lowered:
        found = (kind for folder, kind in _PARTS if any(name.startswith(folder) for name in lowered))
        return next(found, "docx")
    return "docx" if "word/document.xml" in lowered else "zip"


def kind_of_archive(archive: zipfile.ZipFile) -> str:
    """Return the kind of an open zip package, ``zip`` for one that is no document.

    Raises:
        Exception: what ``zipfile`` raises for a damaged one.
    """
    names, mimetype = archive.namelist(), b""
    if "mimetype" in names:
        with archive.open("mimetype") as file:
            mimetype = file.read(200)
    return kind_of_members(names, mimetype)


def kind_of_package(data: bytes) -> str:
    """Return the kind of a zip package by its members; of one that is cut off, by the names that are left."""
    if _directory_bytes(data) <= _DIRECTORY_BYTES:
        with suppress(*_BROKEN), zipfile.ZipFile(io.BytesIO(data)) as archive:
            return kind_of_archive(archive)
    known = ["OFD.xml", "word/document.xml", "xl/workbook.xml", "ppt/presentation.xml"]
    left = [name for name in known if name.encode() in data]
    return kind_of_members([*left, *_TYPES] if _TYPES[0].encode() in data[:200] else left)


def _directory_bytes(data: bytes) -> int:
    """Return how large an archive says that its directory is: each entry takes ten times that in memory."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_600))
    return int(_END.unpack_from(data, at)[-3]) if 0 <= at <= len(data) - _END.size else 0
