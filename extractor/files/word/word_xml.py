"""Word documents in one XML file: Word's flat packages, and the XML of Word 2003. Both become a docx in memory.

Sources: the flat package is ISO/IEC 29500's package written as one file (Microsoft's ``xmlPackage``); WordprocessingML
of 2003 is Microsoft's published reference schema. Its lists are kept apart, but Word writes each printed number beside
its paragraph (``wx:t``), which is taken.
"""

from __future__ import annotations

import base64
import binascii
import io
import zipfile
from collections.abc import Mapping
from typing import Any

from extractor.errors import InputError
from extractor.files.sources.file_limits import Limits, size_in_mb

Element = Any  # lxml has no types of its own

_PACKAGE = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
_OLD = "http://schemas.microsoft.com/office/word/2003/wordml"
_HINT = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
_NEW = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>{}</Types>'
)
_RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    "{}</Relationships>"
)
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATION = f'<Relationship Id="{{0}}" Type="{_KINDS}/{{1}}" Target="{{2}}"/>'


def as_docx(data: bytes, name: str, limits: Limits) -> bytes:
    """Return the docx that a document in one XML file is; ``name`` is for messages.

    Raises:
        InputError: it is damaged, too large, or no such document.
    """
    from lxml import etree

    if len(data) > limits.xml_bytes:
        raise InputError(f"{name}: holds more than {size_in_mb(limits.xml_bytes)} of XML; save it as docx")
    # Entities and outside files are not resolved: a document is data.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
        parts = _parts_of_package(root) if root.tag == f"{_PACKAGE}package" else _parts_of_2003(root, name)
    except (etree.XMLSyntaxError, binascii.Error, ValueError) as error:
        raise InputError(f"{name}: this XML is damaged ({error}); open it in Word and save it as docx") from error
    if not parts:
        raise InputError(f"{name}: this XML holds no Word document; open it in Word and save it as docx")
    return _packed(parts)


def body_as_docx(body: str) -> bytes:
    """Return a docx with these paragraphs and tables of WordprocessingML as its whole content."""
    types = f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/>'
    names = (
        f'xmlns:w="{_NEW}" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    )
    return _packed(
        {
            "[Content_Types].xml": _TYPES.format(types).encode(),
            "_rels/.rels": _RELATIONS.format(_RELATION.format("d", "officeDocument", "word/document.xml")).encode(),
            "word/document.xml": f"<w:document {names}><w:body>{body}</w:body></w:document>".encode(),
        }
    )


def _packed(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content)
    return packed.getvalue()


def _parts_of_package(root: Element) -> dict[str, bytes]:
    """Return the parts of a flat package by name, with the list of their types, which it keeps at each."""
    from lxml import etree

    parts: dict[str, bytes] = {}
    types = ""
    for part in root.iter(f"{_PACKAGE}part"):
        name = part.get(f"{_PACKAGE}name", "").lstrip("/")
        held = part.find(f"{_PACKAGE}xmlData")
        if held is not None and len(held):
            parts[name] = etree.tostring(held[0], xml_declaration=True, encoding="UTF-8", standalone=True)
        elif (packed := part.findtext(f"{_PACKAGE}binaryData")) is not None:
            parts[name] = base64.b64decode(packed)
        types += f'<Override PartName="/{name}" ContentType="{part.get(f"{_PACKAGE}contentType", "")}"/>'
    return {"[Content_Types].xml": _TYPES.format(types).encode(), **parts} if parts else {}


def _parts_of_2003(root: Element, name: str) -> dict[str, bytes]:
    """Return a docx's parts for a document of Word 2003: its body and its styles, with the newer names.

    Raises:
        InputError: a paragraph is numbered, and its number is not there.
    """
    from lxml import etree

    old = f"{{{_OLD}}}"
    body = root.find(f"{old}body")
    if body is None:
        return {}
    if any(_lacks_number(listed, old) for listed in body.iter(f"{old}listPr")):
        raise InputError(f"{name}: lacks the numbers of its lists, which Word writes; save the document as docx")
    _number(body, old)
    made = {"document": body, "styles": root.find(f"{old}styles")}
    parts: dict[str, bytes] = {}
    types = related = ""
    for part, element in made.items():
        if element is None:
            continue
        content = etree.tostring(element).replace(_OLD.encode(), _NEW.encode())
        if part == "document":
            content = f'<w:document xmlns:w="{_NEW}">'.encode() + content + b"</w:document>"
            types += f'<Override PartName="/word/document.xml" ContentType="{_OFFICE}.document.main+xml"/>'
        else:
            types += f'<Override PartName="/word/{part}.xml" ContentType="{_OFFICE}.{part}+xml"/>'
            related += _RELATION.format(part, part, f"{part}.xml")
        parts[f"word/{part}.xml"] = content
    return {
        "[Content_Types].xml": _TYPES.format(types).encode(),
        "_rels/.rels": _RELATIONS.format(_RELATION.format("d", "officeDocument", "word/document.xml")).encode(),
        "word/_rels/document.xml.rels": _RELATIONS.format(related).encode(),
        **parts,
    }


def _lacks_number(listed: Element, old: str) -> bool:
    place = listed.find(f"{old}ilfo")
    is_of_no_list = place is not None and place.get(f"{old}val") == "0"
    return listed.find(f"{_HINT}t") is None and not is_of_no_list


def _number(body: Element, old: str) -> None:
    """Put the number that Word printed before a paragraph at its beginning, in place of its list; lift sections."""
    for section in list(body.iter(f"{_HINT}sect", f"{_HINT}sub-section")):
        parent = section.getparent()
        at = parent.index(section)
        parent[at : at + 1] = list(section)
    for properties in list(body.iter(f"{old}listPr")):
        printed = properties.find(f"{_HINT}t")
        settings = properties.getparent()
        paragraph = settings.getparent()
        settings.remove(properties)
        if printed is None or paragraph is None or paragraph.tag != f"{old}p":
            continue
        run = paragraph.makeelement(f"{old}r")
        text = run.makeelement(f"{old}t")
        text.text = printed.get(f"{_HINT}val", "")
        run.append(text)
        paragraph.insert(paragraph.index(settings) + 1, run)
