"""The names that clients give files. They are labels, and never become paths."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from extractor.disk.names import is_control
from extractor.errors import InputError
from extractor.files.sources.file_kinds import kind_by_ending
from extractor.files.sources.source import Source
from extractor.service.http.service_limits import NAME_CHARACTERS


def source_named(name: str) -> Source:
    """Return the source with the name that a client gives, with or without folders.

    Raises:
        InputError: The name is empty or too long, holds control characters, or leads out of its folder.
    """
    if not name.strip() or name.endswith("/"):
        raise InputError("a file has no name; give it one, which becomes its notice's id")
    if len(name) > NAME_CHARACTERS:
        raise InputError(f"a file's name has {len(name)} characters, the limit is {NAME_CHARACTERS}; shorten it")
    if any(is_control(character) or unicodedata.category(character) == "Cn" for character in name):
        raise InputError(f"{name!a}: the file's name contains control characters; rename it")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":":
        raise InputError(f"{name}: the file's name leads out of its folder; send the name alone")
    return Source(name)


def text_named(name: str) -> Source:
    """Return the source of a text with the name that a client gives; without a known ending it is plain text.

    Raises:
        InputError: As ``source_named`` does.
    """
    source = source_named(name)
    return source if kind_by_ending(source.ending) is not None else Source(f"{name}.txt")
