"""Harmless files that ask too much: bombs, loops, entities, nesting and pictures without end, two or more a reader.

Those for LibreOffice take seconds, and are in ``test_ingest_old_office``.
"""

from __future__ import annotations

import io
import plistlib
import struct
import zipfile
import zlib
from collections.abc import Callable

from kind_examples import FLAT_2003, ole, packed
from ledger_examples import HEADINGS, rows
from ofd_examples import Ofd
from word_examples import word

_ENTITIES = [(b"b%d" % number, (b"&b%d;" % (number - 1) if number else b"12") * 20) for number in range(9)]
_DTD = b"<!DOCTYPE a [%s]>" % b"".join(b'<!ENTITY %s "%s">' % entity for entity in _ENTITIES)
_HEAD = b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=%s\r\n\r\n"
_PART = b"--%s\r\nContent-Type: %s\r\n\r\n"


def _word_xml_with_entities() -> bytes:
    return FLAT_2003.replace(b"<w:wordDocument", _DTD + b"<w:wordDocument", 1).replace(b"35.6", b"&b8;")


def _deep(element: str, depth: int) -> bytes:
    return f"<{element}>".encode() * depth + f"</{element}>".encode() * depth


def _deep_tables(depth: int) -> bytes:
    inner = "<w:p><w:r><w:t>a</w:t></w:r></w:p>"
    begin, end = "<w:tbl><w:tr><w:tc>", "</w:tc></w:tr></w:tbl>"
    return word(begin * depth + inner + end * depth)


def _looped_archive() -> bytes:
    """A binary property list whose array of frames holds itself."""
    data = bytearray(
        plistlib.dumps(
            {"WebMainResource": {"WebResourceData": b"<p>a</p>"}, "WebSubframeArchives": [{"a": 1}]},
            fmt=plistlib.FMT_BINARY,
            sort_keys=False,
        )
    )
    at = data.index(b"\xa1")  # an array of one: of the whole, which is object 0
    data[at + 1] = 0
    return bytes(data)


def _nested_message(depth: int) -> bytes:
    """A message each of whose parts holds the next."""
    part = b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n"
    return _HEAD % b"b0" + b"".join(part % (number, number + 1) for number in range(depth))


def _framed_by_itself() -> bytes:
    page = b"<html><body><p>a</p><iframe src='cid:a@x'></iframe><iframe src='cid:a@x'></iframe></body></html>"
    part = (_PART % (b"x", b"text/html")).replace(b"\r\n\r\n", b"\r\nContent-ID: <a@x>\r\n\r\n")
    return _HEAD % b"x" + part + page + b"\r\n" + part + page + b"\r\n--x--\r\n"


def _png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(20_000_000), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )


def _tiff_loop() -> bytes:
    """A picture whose first page is followed by itself."""
    entries = [(256, 3, 1, 10), (257, 3, 1, 10), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 200)]
    entries += [(277, 3, 1, 1), (278, 3, 1, 10), (279, 4, 1, 100)]
    ifd = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return (b"II*\0" + struct.pack("<I", 8) + ifd + struct.pack("<I", 8)).ljust(200, b"\0") + bytes(100)


def _looped_pdf() -> bytes:
    objects = (
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 900000000>>endobj\n"
    )
    return b"%PDF-1.4\n" + objects + b"trailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def _pdf_bomb() -> bytes:
    stream = zlib.compress(zlib.compress(bytes(60_000_000), 9), 9)
    head = b"4 0 obj<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n" % len(stream)
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
        + head
        + stream
        + b"\nendstream endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF"
    )


def _ofd_template_loop() -> bytes:
    """A page whose template is its own part, a thousand times."""
    ofd = Ofd()
    page = ofd.tag("Template", TemplateID=1) * 1000 + ofd.content("")
    template = ofd.tag("TemplatePage", ID=1, BaseLoc="Pages/Page_0/Content.xml")
    return ofd.document([page], template)


def _bomb(name: str, content: bytes, others: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in {**others, name: content}.items():
            archive.writestr(member, data)
    return target.getvalue()


def _ofd_bomb() -> bytes:
    ofd = Ofd()
    with zipfile.ZipFile(io.BytesIO(ofd.document([ofd.content("")]))) as archive:
        others = {name: archive.read(name) for name in archive.namelist()}
    return _bomb("Doc_0/Pages/Page_0/Content.xml", b"<a>" + bytes(60_000_000), others)


def _xlsx_bomb() -> bytes:
    book = rows(HEADINGS, (1, "库房失管", "清点库房。"))
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        others = {name: archive.read(name) for name in archive.namelist()}
    return _bomb("xl/sharedStrings.xml", b"<sst>" + b" " * 60_000_000, others)


def _long_cell() -> bytes:
    return ("问题,整改措施\n" + "a" * 90_000 + "," + '"' * 999_999).encode()


MAKERS: dict[str, Callable[[], bytes]] = {
    "entities.xml": _word_xml_with_entities,
    "deep.xml": lambda: FLAT_2003.replace(b"<w:body>", b"<w:body>" + _deep("w:tbl", 50_000)),
    "loop.webarchive": _looped_archive,
    "entities.webarchive": lambda: (
        b'<?xml version="1.0"?>'
        + _DTD.replace(b"DOCTYPE a", b"DOCTYPE plist")
        + b'<plist version="1.0"><dict><key>WebMainResource</key><string>&b8;</string></dict></plist>'
    ),
    "nested.mht": lambda: _nested_message(5_000),
    "frames.mht": _framed_by_itself,
    "tags.mht": lambda: _HEAD % b"x" + _PART % (b"x", b"text/html") + b"<b>" * 300_001 + b"\r\n--x--\r\n",
    "deep.html": lambda: b"<html><body>" + b"<div>" * 200_000 + "整改".encode(),
    "tables.docx": lambda: _deep_tables(5_000),
    "bomb.docx": lambda: _bomb("word/document.xml", b"<a>" + b" " * 60_000_000, {"[Content_Types].xml": b"<x/>"}),
    "loop.pdf": _looped_pdf,
    "bomb.pdf": _pdf_bomb,
    "template.ofd": _ofd_template_loop,
    "bomb.ofd": _ofd_bomb,
    "huge.png": lambda: _png(30_000, 30_000),
    "cut.png": lambda: _png(5_000, 4_000)[:9_000],
    "loop.tif": _tiff_loop,
    "bomb.xlsx": _xlsx_bomb,
    "cells.ods": lambda: packed(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": b"<office:a xmlns:office='x'>" + _deep("a", 100_000) + b"</office:a>",
        }
    ),
    "deep.fodt": lambda: (
        b"<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
        b"office:mimetype='application/vnd.oasis.opendocument.text'>" + _deep("a", 100_000) + b"</office:document>"
    ),
    "bomb.odt": lambda: _bomb(
        "content.xml", b"<a>" + b" " * 60_000_000, {"mimetype": b"application/vnd.oasis.opendocument.text"}
    ),
    "chain.xls": lambda: ole("Workbook"),
    "noise.et": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 504 + b"\x01" * 4_000,
    "quotes.csv": _long_cell,
    "groups.rtf": lambda: b"{\\rtf1" + b"{" * 200_000,
    "tables.rtf": lambda: b"{\\rtf1" + b"\\trowd\\cellx100\\intbl{\\nestcell" * 3_000 + b"}" * 3_001,
    "boxes.rtf": lambda: b"{\\rtf1" + b"{\\shptxt a" * 100_000 + b"}" * 100_001,
    "noise.doc": lambda: ole("WordDocument"),
    "noise.wps": lambda: ole("WordDocument", "1Table")[:1_400],
}
"""Their makers, by the files' names."""

READ = ("loop.webarchive", "quotes.csv")
"""Those in which there is a text all the same."""
