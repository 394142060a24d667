"""The kind of a file, by its content: signatures, the members of packages, the beginning of text.

``data/file_kinds.toml`` names the kinds, each with its reader or with the advice that its refusal gives. To read a
kind, give it a ``reader`` there, and the reader's function in ``extractor.files.ingest``. What a program calls:

- ``kind_of(data, ending)``: the kind of a whole file;
- ``reader_of(kind)``: the name of its reader, None where it is refused by ``RefusedKindError(name, kind)``;
- ``kind_in_words(kind, lang)``: its name for people.
"""

from __future__ import annotations

import codecs
import re
import struct
from collections.abc import Callable
from functools import cache
from typing import Any

from extractor.data import read_table
from extractor.errors import InputError
from extractor.files.sources import ole_streams
from extractor.files.sources.signatures import is_page, is_piece_of_page, is_saved_page
from extractor.messages import said

HEAD = 8192
"""Bytes at a file's beginning by which its kind is told, but for packages (``PACKAGES``)."""
PACKAGES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", ole_streams.SIGNATURE)
"""The first bytes of files whose kind only the whole of them says."""

_ZIP = PACKAGES[:3]
_STREAMS = {
    "EncryptedPackage": "locked",
    "WordDocument": "doc",
    "Workbook": "xls",
    "Book": "xls",
    "PowerPoint Document": "slides",
    "__properties_version1.0": "message",
    "Catalog": "side_file",  # the thumbnails of a folder
}
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"{\\rtf", "rtf"),
    (0, b"Rar!\x1a\x07", "rar"),
    (0, b"7z\xbc\xaf", "seven_zip"),
    (0, b"\x1f\x8b", "packed"),
    (0, b"BZh", "packed"),
    (0, b"\xfd7zXZ\x00", "packed"),
    (0, b"\x28\xb5\x2f\xfd", "packed"),
    (0, b"MSCF", "packed"),
    (257, b"ustar", "packed"),
    (0, b"\x89PNG\r\n\x1a\n", "picture"),
    (0, b"\xff\xd8\xff", "picture"),
    (0, b"GIF8", "drawing"),
    (0, b"II*\x00", "picture"),
    (0, b"MM\x00*", "picture"),
    (8, b"WEBP", "picture"),
    (4, b"ftypheic", "drawing"),
    (4, b"ftypmif1", "drawing"),
    (4, b"ftyp", "media"),
    (0, b"ID3", "media"),
    (8, b"AVI ", "media"),
    (8, b"WAVE", "media"),
    (0, b"FLV\x01", "media"),
    (0, b"MZ", "program"),
    (0, b"\x7fELF", "program"),
    (0, b"SQLite format 3\x00", "program"),
    (0, b"CAJ\x00", "caj"),
    (0, b"HN\x00\x00", "caj"),
    (0, b"KDH ", "caj"),
)
_BITMAP = struct.Struct("<2sIHHI")
_SVG = re.compile(rb"(?is)\s*(?:<\?xml[^>]*>\s*)?(?:<!(?:--.*?--|doctype[^>]*)>\s*)*<svg\b")
_ROOT = rb"<(?:[\w.-]+:)?%s\b[^>]*%s"
_WORD_XML = re.compile(_ROOT % (b"package", b"2006/xmlPackage") + b"|" + _ROOT % (b"wordDocument", b"word/2003/wordml"))
_FLAT_ODT = re.compile(_ROOT % (b"document", b"opendocument.text\\b"))
_WEBARCHIVE = b"WebMainResource"
_NOTICE = re.compile("整改|督察|督查")
_INSPECTED = re.compile("巡视|巡察|巡視|督察|督查|审计|審計|问题|問題")


def kind_of(data: bytes, ending: str) -> str:
    """Return the kind of a file from its whole content and its ending (``.txt``), which parts kinds of text only."""
    return _signed_kind(data) or _text_kind(data, ending)


def kind_beside_notices(ending: str, first_bytes: Callable[[int], bytes], most: int) -> str:
    """Return the kind of a file of a folder or an archive: by its ending where that is of a kind that lies not aside.

    Other files are looked into by ``first_bytes``, which returns so many bytes: at their beginning, and up to ``most``
    of packages. A text whose ending says nothing is ``text`` where it is worded as a notice is, else ``other``.
    """
    named = kind_by_ending(ending)
    if named is not None and not lies_aside(named):
        return named
    head = first_bytes(HEAD)
    kind = kind_of(first_bytes(most) if head.startswith(PACKAGES) else head, ending)
    if named is not None and kind in ("text", "unknown"):
        return named
    return "other" if kind == "text" and not is_of_notice(head) else kind


def kind_by_ending(ending: str) -> str | None:
    """Return the kind that files with this ending are of, None for an ending that says nothing."""
    return _endings().get(ending)


def reader_of(kind: str) -> str | None:
    """Return the name of the reader of a kind's text, None where it is not read."""
    reader: str | None = _row(kind).get("reader")
    return reader


def lies_aside(kind: str) -> bool:
    """Return whether files of a kind lie beside notices, so that a folder's are passed over and not refused."""
    return bool(_row(kind).get("aside", False))


def read_endings() -> list[str]:
    """Return the endings of files that are read, in their order."""
    return sorted(ending for ending, kind in _endings().items() if reader_of(kind))


def kind_in_words(kind: str, lang: str) -> str:
    """Return the name of a kind in a language (zh, en)."""
    return str(_row(kind)[lang])


def is_of_notice(head: bytes) -> bool:
    """Return whether a text's beginning is worded as a notice is."""
    for charset in ("utf-8", "gb18030", "utf-16"):
        text = head.decode(charset, "ignore")
        if _NOTICE.search(text) and _INSPECTED.search(text):
            return True
    return False


class RefusedKindError(InputError):
    """A file of a kind that is not read."""

    def __init__(self, name: str, kind: str) -> None:
        """Name the file as given, and its kind."""
        super().__init__(name, kind)
        self.name, self.kind = name, kind

    def in_words(self, lang: str) -> str:
        """Return the sentence that says what the file is and what to do with it."""
        return said(str(self), lang)

    def __str__(self) -> str:
        words, advice = kind_in_words(self.kind, "en"), _row(self.kind)["advice_en"]
        article = "an" if words[0] in "aeioAEIOR" else "a"
        return f"{self.name}: is {article} {words}, which is not read; {advice}"


def _signed_kind(data: bytes) -> str | None:
    if not data.strip():
        return "empty"
    if data.startswith(ole_streams.SIGNATURE):
        return _ole_kind(data)
    if data.startswith(_ZIP):
        from extractor.files.sources.packages import kind_of_package  # zipfile is loaded for packages only

        return kind_of_package(data)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for at, signature, kind in _SIGNATURES:
        if data.startswith(signature, at):
            return kind
    if data.startswith(b"BM") and len(data) >= _BITMAP.size and _BITMAP.unpack_from(data)[2:4] == (0, 0):
        return "picture"
    if data.startswith(b"bplist00") or _WEBARCHIVE in data[:HEAD]:
        return "webarchive" if _WEBARCHIVE in data else "program"
    if is_saved_page(data):
        return "saved_page"
    return _xml_kind(data[:HEAD])


def _xml_kind(begin: bytes) -> str | None:
    if _WORD_XML.search(begin):
        return "word_xml"
    if _FLAT_ODT.search(begin):
        return "odt"
    return "drawing" if _SVG.match(begin) else None


def _text_kind(data: bytes, ending: str) -> str:
    named = kind_by_ending(ending)
    is_plain = named is not None and bool(_row(named).get("plain", False))
    if is_page(data) or ((named == "text" or not is_plain) and is_piece_of_page(data)):
        return "page"  # with any ending: pages are saved as .txt, and as .doc for Word
    if b"\0" in data[:HEAD] and not data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "unknown"
    return named if named is not None and is_plain else "text"


def _ole_kind(data: bytes) -> str:
    for stream in ole_streams.ole_streams(data):
        kind = _STREAMS.get(stream.name)
        if kind == "doc" and ole_streams.needs_password(data, stream):
            return "locked"
        if kind is not None:
            return kind
    return "ole"


@cache
def _endings() -> dict[str, str]:
    return {ending: kind for kind, row in read_table("file_kinds").items() for ending in row["endings"]}


def _row(kind: str) -> dict[str, Any]:
    row: dict[str, Any] = read_table("file_kinds")[kind]
    return row
