"""Word documents made part by part, as Word writes them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from extractor.files.ingest import IngestedFile, read_text
from extractor.files.sources.source import Source

NAMES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
)
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = {
    "html": "text/html",
    "txt": "text/plain",
    "mht": "message/rfc822",
    "rtf": "application/rtf",
    "xml": "application/xml",
}
NUMBERING = f"""<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>"""


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(inner: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{inner}</w:p>"


def numbered(inner: str, level: int = 0, mark: str = "") -> str:
    """A numbered paragraph; ``mark`` are the properties of the mark that ends it."""
    place = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    return paragraph(inner, f"{place}<w:rPr>{mark}</w:rPr>")


def deleted(text: str) -> str:
    return f'<w:del w:id="1" w:author="a"><w:r><w:delText xml:space="preserve">{text}</w:delText></w:r></w:del>'


def word(
    body: str,
    *,
    styles: str = "",
    parts: Mapping[str, tuple[str, bytes]] | None = None,
    links: Mapping[str, str] | None = None,
) -> bytes:
    """Return a document.

    ``parts`` are further parts by name, each with the kind of its relationship (whose id is the stem of the name);
    ``links`` are outside addresses by id.
    """
    given = {name: (kind, data) for name, (kind, data) in (parts or {}).items()}
    given["styles.xml"] = ("styles", f"<w:styles {NAMES}>{styles}</w:styles>".encode())
    given["numbering.xml"] = ("numbering", NUMBERING.encode())
    relations = "".join(
        f'<Relationship Id="{name.partition(".")[0]}" Type="{_OFFICE}/relationships/{kind}" Target="{name}"/>'
        for name, (kind, _) in given.items()
    ) + "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/relationships/aFChunk" Target="{target}" TargetMode="External"/>'
        for name, target in (links or {}).items()
    )
    main = f'<Override PartName="/word/document.xml" ContentType="{_WORD}.document.main+xml"/>'
    own = "".join(
        f'<Override PartName="/word/{name}" ContentType="{_WORD}.{name.partition(".")[0]}+xml"/>'
        for name in ("styles.xml", "numbering.xml")
    )
    defaults = "".join(f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in _TYPES.items())
    defaults += f'<Default Extension="docx" ContentType="{_WORD}.document"/>'
    defaults += '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr(
            "[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{defaults}{main}{own}</Types>'
        )
        package.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="d" '
            f'Type="{_OFFICE}/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        package.writestr("word/document.xml", f"<w:document {NAMES}><w:body>{body}<w:sectPr/></w:body></w:document>")
        package.writestr(
            "word/_rels/document.xml.rels",
            f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
        )
        for name, (_, data) in given.items():
            package.writestr(f"word/{name}", data)
    return buffer.getvalue()


def read_word(data: bytes, folder: Path) -> IngestedFile:
    path = folder / "notice.docx"
    path.write_bytes(data)
    return read_text(Source(str(path)))
