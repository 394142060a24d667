"""The directory of an OLE file (Office up to 2003): the names of its outermost streams, which say what it holds.

Source: Microsoft's published [MS-CFB]. A document inside the file has streams of the same names, but deeper down.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_ENTRY = 128  # bytes of one entry of the directory
_MOST = 5_000  # entries or sectors that are looked at
_NONE = 0xFFFFFFFA  # sector and entry numbers from here on mean the end
_SMALL = 4096  # bytes; smaller streams lie elsewhere
_IN_HEADER = 109  # sectors of the allocation table that the header lists
_PASSWORD = 0x0100  # of the flags in the 11th and 12th byte of a Word document


class OleStream(NamedTuple):
    """An outermost stream or storage: its name, first sector and bytes."""

    name: str
    sector: int
    size: int


def ole_streams(data: bytes) -> list[OleStream]:
    """Return the outermost streams and storages of an OLE file; none of one that is damaged."""
    try:
        return list(_children_of_root(_directory(data)))
    except (struct.error, IndexError):
        return []


def needs_password(data: bytes, document: OleStream) -> bool:
    """Return whether the Word document in a stream is encrypted."""
    at = (document.sector + 1) * _sector_bytes(data)
    return document.size >= _SMALL and bool(int.from_bytes(data[at + 10 : at + 12], "little") & _PASSWORD)


def _sector_bytes(data: bytes) -> int:
    return 4096 if data[30:32] == b"\x0c\x00" else 512


def _directory(data: bytes) -> bytes:
    """Return the bytes of the directory, whose sectors the allocation table chains."""
    size = _sector_bytes(data)

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    table = struct.unpack_from(f"<{_IN_HEADER}I", data, 76)
    (at,) = struct.unpack_from("<I", data, 48)
    pieces: list[bytes] = []
    while at < _NONE and len(pieces) < _MOST * _ENTRY // size and (piece := sector(at)):
        pieces.append(piece)
        part, place = divmod(at, size // 4)
        if part >= _IN_HEADER or table[part] >= _NONE:
            break
        (at,) = struct.unpack_from("<I", sector(table[part]), place * 4)
    return b"".join(pieces)


def _children_of_root(directory: bytes) -> Iterator[OleStream]:
    """Yield the children of the first entry; they are a tree of left and right neighbours."""
    (child,) = struct.unpack_from("<I", directory, 76)
    waiting, seen = [child], set[int]()
    while waiting:
        number = waiting.pop()
        if number >= _NONE or number in seen or len(seen) > _MOST:
            continue
        seen.add(number)
        at = number * _ENTRY
        (length,) = struct.unpack_from("<H", directory, at + 64)
        left, right = struct.unpack_from("<II", directory, at + 68)
        sector, size = struct.unpack_from("<II", directory, at + 116)
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        yield OleStream(name, sector, size)
        waiting += (left, right)
