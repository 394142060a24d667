"""A folder of 44 files of many kinds, as offices and crawls keep them; all made here, each with what is expected."""

from __future__ import annotations

import io
import plistlib
import struct
import zipfile
from pathlib import Path

from ofd_examples import Ofd
from pdf_examples import laid, register
from word_examples import paragraph, run, word

TEXT = (
    "关于巡察整改进展情况的通报\n县委第一巡察组对松林镇党委开展了巡察。\n二、整改进展情况\n"
    "(一)关于“作风不实”问题的整改。\n一是追缴35.6万元。\n二是约谈5人。\n"
)
LINES = TEXT.splitlines()
PAGE = f"<!DOCTYPE html><html><body>{''.join(f'<p>{line}</p>' for line in LINES)}</body></html>".encode()
_BODY = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in LINES)
FLAT_2003 = (
    "<?xml version='1.0'?><?mso-application progid='Word.Document'?><w:wordDocument "
    f"xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml'><w:body>{_BODY}</w:body></w:wordDocument>"
).encode()
_MHT = (
    b"From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\n\r\n%s\r\n--x--\r\n"
)


def packed(members: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def flat_word(data: bytes) -> bytes:
    """A docx in one XML file, as Word saves it."""
    parts = ""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for name in package.namelist():
            if name != "[Content_Types].xml":
                xml = package.read(name).decode()
                parts += f'<pkg:part pkg:name="/{name}" pkg:contentType="{_type(name)}"><pkg:xmlData>{xml}'
                parts += "</pkg:xmlData></pkg:part>"
    names = 'xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"'
    return f'<?xml version="1.0"?><pkg:package {names}>{parts}</pkg:package>'.encode()


def _type(name: str) -> str:
    if name.endswith(".rels"):
        return "application/vnd.openxmlformats-package.relationships+xml"
    kind = "document.main" if name == "word/document.xml" else name.rpartition("/")[2].removesuffix(".xml")
    return f"application/vnd.openxmlformats-officedocument.wordprocessingml.{kind}+xml"


def ole(*streams: str, flags: int = 0) -> bytes:
    """An OLE file with empty streams; ``flags`` are those of a Word document."""
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHH", header, 24, 0x3E, 3, 0xFFFE, 9)
    struct.pack_into("<I", header, 44, 1)
    struct.pack_into("<I", header, 48, 1)
    struct.pack_into("<109I", header, 76, 0, *[0xFFFFFFFF] * 108)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[0xFFFFFFFF] * 126)
    entries = [_entry("Root Entry", 5, child=1)]
    entries += [_entry(name, 2, right=at + 2 if at + 1 < len(streams) else -1) for at, name in enumerate(streams)]
    document = bytearray(4096)
    struct.pack_into("<H", document, 10, flags)
    return bytes(header) + table + b"".join(entries).ljust(512, b"\0") + bytes(document)


def _entry(name: str, kind: int, *, child: int = -1, right: int = -1) -> bytes:
    entry = bytearray(128)
    raw = name.encode("utf-16-le") + b"\0\0"
    entry[: len(raw)] = raw
    struct.pack_into("<HBBiii", entry, 64, len(raw), kind, 1, -1, right, child)
    struct.pack_into("<II", entry, 116, 2, 4096)
    return bytes(entry)


RTF = (
    "{\\rtf1\\ansi\\ansicpg936{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 "
    + "".join(f"{line}\\par\n" for line in LINES).replace("“", "\\u8220?").replace("”", "\\u8221?")
    + "}"
).encode("gbk")
DOCX = word("".join(paragraph(run(line)) for line in LINES))
_ODF_NAMES = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))
_ODF_TEXT = "".join(f"<text:p>{line}</text:p>" for line in LINES)
ODF = {
    "mimetype": b"application/vnd.oasis.opendocument.text",
    "content.xml": (
        f"<office:document-content {_ODF_NAMES}><office:body><office:text>{_ODF_TEXT}</office:text></office:body>"
        "</office:document-content>"
    ).encode(),
    "META-INF/manifest.xml": b"<x/>",
}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"
WEBARCHIVE = plistlib.dumps(
    {"WebMainResource": {"WebResourceData": PAGE, "WebResourceMIMEType": "text/html"}}, fmt=plistlib.FMT_BINARY
)

register()  # the font of the PDF
READ: dict[str, tuple[bytes, str]] = {
    "a.txt": (TEXT.encode(), "text"),
    "a_gbk.TXT": (TEXT.encode("gbk"), "text"),
    "通报": (TEXT.encode(), "text"),
    "b.md": (TEXT.encode(), "markdown"),
    "c.html": (PAGE, "page"),
    "c.jhtml": (PAGE, "page"),
    "c.aspx": (PAGE, "page"),
    "c.doc": (PAGE, "page"),
    "d.mht": (_MHT % PAGE, "saved_page"),
    "d2.doc": (_MHT % PAGE, "saved_page"),
    "e.webarchive": (WEBARCHIVE, "webarchive"),
    "f.docx": (DOCX, "docx"),
    "f2.docm": (DOCX, "docx"),
    "f3.dotx": (DOCX, "docx"),
    "f4.doc": (DOCX, "docx"),
    "g.xml": (flat_word(DOCX), "word_xml"),
    "g2003.xml": (FLAT_2003, "word_xml"),
    "h4.doc": (RTF, "rtf"),
    "w.ofd": (Ofd().document(Ofd().pages(LINES)), "ofd"),
    "w.odt": (packed(ODF), "odt"),
    "w.pdf": (laid(paragraphs=LINES), "pdf"),
}
"""Files that are read, all with the same lines, and their kinds."""

REFUSED: dict[str, tuple[bytes, str]] = {
    "h.doc": (ole("WordDocument"), "doc"),
    "h.wps": (ole("1Table", "WordDocument"), "doc"),
    "h2.doc": (ole("WordDocument", flags=0x0100), "locked"),
    "h3.docx": (ole("EncryptedPackage"), "locked"),
    "k.ppt": (ole("PowerPoint Document"), "slides"),
    "k.pptx": (packed({"[Content_Types].xml": b"<x/>", "ppt/presentation.xml": b"<x/>"}), "slides"),
    "l.msg": (ole("__properties_version1.0"), "message"),
    "m.caj": (b"CAJ\0" + bytes(60), "caj"),
    "n.epub": (packed({"mimetype": b"application/epub+zip"}), "ebook"),
    "o.rar": (b"Rar!\x1a\x07\x00", "rar"),
    "o.7z": (b"7z\xbc\xaf\x27\x1c", "seven_zip"),
    "o.tar.gz": (b"\x1f\x8b\x08\x00", "packed"),
    "p": (packed({"a.txt": TEXT.encode()}), "zip"),
}
"""Files that are refused where LibreOffice is not installed, and their kinds."""

ASIDE: dict[str, tuple[bytes, str]] = {
    "q.gif": (b"GIF89a", "drawing"),
    "r.mp3": (b"ID3\x04", "media"),
    "s.exe": (b"MZ\x90\0", "program"),
    "s.json": (b'{"a": 1}', "program"),
    "t.log": (b"2024-01-01 started\n", "other"),
    "u.dat": (bytes(range(40)), "unknown"),
    "v": (b"\n", "empty"),
    "Thumbs.db": (ole("Catalog"), "side_file"),
    ".DS_Store": (b"\0\0\0\1Bud1", "side_file"),
    "~$f.docx": (b"\x05user", "side_file"),
}
"""Files that are passed over, and their kinds."""


def write_folder(folder: Path) -> None:
    """Write all of them, and the parts of a saved page."""
    for name, (data, _) in (READ | REFUSED | ASIDE).items():
        (folder / name).write_bytes(data)
    parts = folder / "c_files"
    parts.mkdir()
    (parts / "logo.png").write_bytes(PNG)
    (parts / "frame.html").write_bytes(b"<html><body>x</body></html>")
