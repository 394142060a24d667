"""The XML of packed spreadsheets (xlsx, ods), read element by element so that a large sheet is never held whole."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from extractor.errors import InputError
from extractor.files.sources.archive import check_package
from extractor.files.sources.file_limits import Limits

Element = Any  # lxml has no types of its own


class PackedParts:
    """The parts of a zip package by their names, whatever the case and the slash they begin with."""

    def __init__(self, data: bytes, name: str, limits: Limits) -> None:
        """Open a package.

        Raises:
            InputError: it is damaged, or exceeds the limits of archives.
        """
        check_package(data, name, limits)
        self._name = name
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._members = {_plain(member): member for member in self._archive.namelist()}

    def __contains__(self, part: str) -> bool:
        return _plain(part) in self._members

    def root(self, part: str) -> Element:
        """Return the root element of a small part.

        Raises:
            InputError: it is missing, damaged, or has a document type definition.
        """
        *_, (_event, root) = self._events(part, None, ("end",))
        return root

    def elements(self, part: str, *names: str) -> Iterator[Element]:
        """Yield the elements of these names as they end; each is emptied when the next one is asked for.

        Raises:
            InputError: the part is missing, damaged, or has a document type definition.
        """
        tags = [f"{{*}}{name}" for name in names]
        for _event, element in self._events(part, tags, ("end",)):
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _check_type(self, element: Element, part: str) -> None:
        if element.getroottree().docinfo.doctype:
            raise InputError(
                f"{self._name}: {part} has a document type definition, as no spreadsheet program writes one; "
                "open it in a spreadsheet program and save it again"
            )

    def _events(self, part: str, tags: list[str] | None, events: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
        from lxml import etree

        member = self._members.get(_plain(part))
        if member is None:
            raise InputError(f"{self._name}: lacks its part {part}; open it in a spreadsheet program and save it again")
        try:
            with self._archive.open(member) as file:
                checked = False
                parsing = etree.iterparse(
                    file, events=events, tag=tags, resolve_entities=False, load_dtd=False, no_network=True,
                    remove_comments=True, remove_pis=True,
                )  # fmt: skip
                for event, element in parsing:
                    if not checked:
                        self._check_type(element, part)
                    checked = True
                    yield event, element
        except InputError:
            raise
        except Exception as error:  # zipfile and lxml raise almost anything for a damaged part
            raise InputError(
                f"{self._name}: {part} cannot be read ({type(error).__name__}: {error}); "
                "open it in a spreadsheet program and save it again"
            ) from error


def local_name(element: Element) -> str:
    """Return an element's name without its namespace."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def is_true(element: Element | None, attribute: str = "val", *, missing: bool = True) -> bool:
    """Return whether an element is there and its attribute says yes; ``missing`` is what no attribute says."""
    if element is None:
        return False
    stated = element.get(attribute)
    return missing if stated is None else stated not in ("0", "false", "off", "none")


def _plain(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").lower()
