"""The parts of an OFD file: a zip package of XML whose parts name each other by absolute or relative places."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from extractor.errors import InputError
from extractor.files.sources.archive import check_package
from extractor.files.sources.file_limits import Limits

Element = Any  # lxml has no types of its own

ENTRY = "ofd.xml"
"""The part that every package begins with, in lower case."""
_ENCRYPTED = "encryptions.xml"  # its fixed name in GM/T 0099-2020: some parts are then ciphertext
_NUMBER = re.compile(r"\d+")


class OfdPackage:
    """An open package; its parts are found whatever the case of their names and the slashes between them."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        """Open the package; ``name`` is for messages.

        Raises:
            InputError: it is no readable zip package, over a limit, encrypted, or no OFD.
        """
        names = check_package(data, name, limits)
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._names = {_key(part): part for part in reversed(names) if not part.endswith("/")}
        self.name = name
        if _ENCRYPTED in self._names:
            raise InputError(f"{name}: is encrypted; save a copy without password and give that")
        if ENTRY not in self._names:
            raise InputError(f"{name}: lacks its part OFD.xml, so it is damaged or no OFD; fetch it again")

    def place(self, location: str, beside: str) -> str:
        """Return the key of the part that ``location`` names in the part ``beside``, "" if the package has none.

        A location begins at the root with a slash, else at the folder of the part that names it; writers also begin at
        the document's folder, or at the root without a slash.
        """
        folder = posixpath.dirname(beside)
        bases = ["/"] if location.startswith(("/", "\\")) else [folder, folder.partition("/")[0], ""]
        keys = (_key(posixpath.join(base, location.replace("\\", "/").lstrip("/"))) for base in bases)
        return next((key for key in keys if key in self._names), "")

    def root(self, key: str) -> Element:
        """Return the root element of a part.

        Raises:
            InputError: it is damaged.
        """
        from lxml import etree

        # Entities and outside files are not resolved: a part is data.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        part = self._names[key]
        try:
            return etree.fromstring(self._archive.read(part), parser)
        except (etree.XMLSyntaxError, zipfile.BadZipFile, OSError, EOFError, RuntimeError, ValueError) as error:
            raise InputError(f"{self.name}: its part {part!r} is damaged ({error}); fetch the file again") from error

    def page_parts(self, document: str) -> list[str]:
        """Return the keys of the parts that look like pages, in the order of their numbers.

        Those beside the part ``document`` are its own: other documents and versions have folders of their own. Without
        any there, all are returned.
        """
        parts = [key for key in self._names if "/pages/" in f"/{key}" and key.endswith("content.xml")]
        beside = posixpath.join(posixpath.dirname(document), "pages", "")
        own = [key for key in parts if key.startswith(beside)]
        return sorted(own or parts, key=lambda key: [int(number) for number in _NUMBER.findall(key)])


def children(element: Element, *names: str) -> Iterator[Element]:
    """Yield the child elements with one of the local ``names``, of any namespace; all of them without names."""
    for child in element:
        if isinstance(child.tag, str) and (not names or local_name(child) in names):
            yield child


def local_name(element: Element) -> str:
    """Return an element's name without its namespace, which differs between writers."""
    return str(element.tag).rpartition("}")[2]


def child_text(element: Element, name: str) -> str:
    """Return the text of the first child with a local name, "" for none."""
    return next(((child.text or "").strip() for child in children(element, name)), "")


def _key(part: str) -> str:
    return posixpath.normpath(part.replace("\\", "/")).lstrip("/.").lower()
