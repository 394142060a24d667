"""The documents that OFD.xml names, each in its current version, with an account of those that are not found.

Source: GB/T 33190-2016, 7.4 (DocBody, whose DocRoot and Versions are optional) and 19 (versions).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from extractor.errors import InputError
from extractor.files.ofd.ofd_package import ENTRY, Element, OfdPackage, child_text, children
from extractor.files.ofd.ofd_values import numbers
from extractor.files.parts.left_out import WORDS_KEPT, LeftOut

_TRUE = ("true", "1")  # of an xs:boolean


class NamedDocuments(NamedTuple):
    """The keys of the documents to read, in order, and what is not found of those that the file names."""

    parts: list[str]
    left_out: list[LeftOut]


def named_documents(package: OfdPackage) -> NamedDocuments:
    """Return the documents of a package, in order and once each; most hold one.

    Raises:
        InputError: the package names none that it holds, or a part on the way is damaged.
    """
    bodies = [_of_body(package, body) for body in children(package.root(ENTRY), "DocBody")]
    parts = list(dict.fromkeys(part for body in bodies for part in body.parts))
    if not parts:
        raise InputError(f"{package.name}: OFD.xml names no document that the file holds; fetch it again")
    return NamedDocuments(parts, [entry for body in bodies for entry in body.left_out])


def _of_body(package: OfdPackage, body: Element) -> NamedDocuments:
    """Return the document of a DocBody: its current version, else its DocRoot, else its newest version.

    The last two are told where a version may be another text; of no version at all, DocRoot is the document.
    """
    location = child_text(body, "DocRoot")
    own = package.place(location, ENTRY) if location else ""
    versions = [version for listed in children(body, "Versions") for version in children(listed, "Version")]
    marked = [version for version in versions if version.get("Current", "").strip().lower() in _TRUE]
    asked = sorted(marked or versions, key=_index, reverse=True)
    found = _roots(package, asked, own)
    if marked and len(found) == 1 and found[0]:
        return NamedDocuments(found, [])
    part = own or next(filter(None, found), "")
    words = ", ".join(version.get("BaseLoc", "") for version in asked)
    if not part:
        return NamedDocuments([], _told("document", location or words))
    return NamedDocuments([part], _told("version", words) if set(found) - {own} else [])


def _roots(package: OfdPackage, versions: list[Element], own: str) -> list[str]:
    """Return the keys of the documents that the versions' files name, "" for one that is not found, each once.

    A version's place begins at the root, as OFD.xml does; writers also begin at the folder of the document ``own``.
    """
    places = [version.get("BaseLoc", "").strip() for version in versions]
    files = dict.fromkeys(package.place(place, ENTRY) or package.place(place, own) for place in places)
    roots = ((child_text(package.root(file), "DocRoot") if file else "", file) for file in files)
    return list(dict.fromkeys(package.place(root, file) if root else "" for root, file in roots))


def _index(version: Element) -> list[float]:
    """Return a version's number, which grows from version to version; nothing for none."""
    return numbers(version.get("Index", ""))


def _told(kind: Literal["document", "version"], words: str) -> list[LeftOut]:
    return [LeftOut(kind, 0, words[:WORDS_KEPT])] if words else []
