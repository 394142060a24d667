"""Word packages that python-docx does not open, as the documents that they are: templates, those with macros, strict.

A template or a document with macros differs by a content type. A strict one (ISO/IEC 29500, as Word saves it on
request) has other namespaces: ``http://purl.oclc.org/ooxml/wordprocessingml/main`` and the like.
"""

from __future__ import annotations

import io
import re
import zipfile

_TYPES = "[Content_Types].xml"
_DOCUMENT = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OTHERS = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.wordprocessingml\.template"
    rb"|ms-word\.document\.macroEnabled|ms-word\.template\.macroEnabledTemplate)\.main\+xml",
    re.IGNORECASE,
)
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_RELATIONS = "_rels/.rels"


def as_plain_docx(data: bytes) -> bytes:
    """Return a package as a document without macros and of the usual namespaces; most are returned as they are.

    Raises:
        Exception: what ``zipfile`` raises for a damaged package.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = package.namelist()
        is_other = _TYPES in names and _OTHERS.search(package.read(_TYPES))
        is_strict = _RELATIONS in names and _STRICT.search(package.read(_RELATIONS))
        if not is_other and not is_strict:
            return data
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as plain:
            for name in dict.fromkeys(names):
                plain.writestr(name, _plain(name, package.read(name)))
    return packed.getvalue()


def _plain(name: str, content: bytes) -> bytes:
    if name == _TYPES:
        return _OTHERS.sub(_DOCUMENT, content)
    if name.lower().endswith((".xml", ".rels")):
        return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/", content)
    return content
