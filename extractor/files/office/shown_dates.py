"""Fields that LibreOffice counts anew: it puts today in place of a printed day, and its own counts for others.

A printed number comes back as another (表5 as 表1, 12页 as 1页), so the results of such fields are taken out.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any, NamedTuple

from extractor.files.parts.left_out import LeftOut, left_out

Element = Any  # lxml has no types of its own

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BODY = "word/document.xml"
_FIELDS = "DATE|TIME|SAVEDATE|PRINTDATE|CREATEDATE|EDITTIME|NUMPAGES|NUMWORDS|NUMCHARS|SEQ"
_INSTRUCTION = re.compile(rf"\s*(?:{_FIELDS})\b", re.IGNORECASE)
_IN_BYTES = re.compile(rf"<w:(?:instrText\b[^>]*>|fldSimple\b[^>]*w:instr=.)\s*(?:{_FIELDS})\b".encode(), re.IGNORECASE)


class SettledDocument(NamedTuple):
    """A docx without the days of reading, and the account of what was taken out."""

    data: bytes
    left_out: tuple[LeftOut, ...] = ()


def without_days_of_reading(data: bytes) -> SettledDocument:
    """Return a docx without the results of the fields that were counted anew."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = package.read(_BODY)
        if not _IN_BYTES.search(body):
            return SettledDocument(data)
        from lxml import etree

        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
        found = _emptied(root)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as settled:
            for name in package.namelist():
                settled.writestr(name, etree.tostring(root) if name == _BODY else package.read(name))
    return SettledDocument(packed.getvalue(), tuple(left_out("changing_field", words) for words in found if words))


def _emptied(root: Element) -> list[str]:
    """Take the days and counts out of a document's fields; return them."""
    found = [
        "".join(_taken(text) for text in field.iter(f"{_W}t"))
        for field in root.iter(f"{_W}fldSimple")
        if _INSTRUCTION.match(field.get(f"{_W}instr", ""))
    ]
    open_fields: list[_OpenField] = []
    for element in root.iter(f"{_W}fldChar", f"{_W}instrText", f"{_W}t"):
        if element.tag == f"{_W}fldChar":
            _pass(element.get(f"{_W}fldCharType"), open_fields, found)
        elif open_fields and element.tag == f"{_W}instrText":
            open_fields[-1].instruction += element.text or ""
        elif any(field.shows_today for field in open_fields):
            open_fields[-1].result += _taken(element)
    return found


class _OpenField:
    """A field whose end has not come."""

    def __init__(self) -> None:
        self.instruction = self.result = ""
        self.has_result = False

    @property
    def shows_today(self) -> bool:
        """True if what comes now was counted anew."""
        return self.has_result and bool(_INSTRUCTION.match(self.instruction))


def _pass(mark: str | None, open_fields: list[_OpenField], found: list[str]) -> None:
    if mark == "begin":
        open_fields.append(_OpenField())
    elif open_fields and mark == "separate":
        open_fields[-1].has_result = True
    elif open_fields and mark == "end":
        found.append(open_fields.pop().result)


def _taken(text: Element) -> str:
    words, text.text = text.text or "", ""
    return words
