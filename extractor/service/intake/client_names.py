"""Names that clients give files. They are labels, and never become paths."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

from extractor.disk.names import is_control
from extractor.errors import InputError
from extractor.files.sources.source import ARCHIVE_ENDING, NOTICE_ENDINGS, Source
from extractor.service.http.service_limits import NAME_CHARACTERS


def source_named(name: str) -> Source:
    """Return the source that a client calls ``name``, with or without folders.

    Raises:
        InputError: the name is empty or too long, holds what is no text, or leads out of its folder.
    """
    if not name.strip() or name.endswith("/"):
        raise InputError("a file was sent without a name; give it one, which becomes its notice's id")
    if len(name) > NAME_CHARACTERS:
        raise InputError(f"a file's name has {len(name)} characters, {NAME_CHARACTERS} are taken; shorten it")
    if any(is_control(character) or unicodedata.category(character) == "Cn" for character in name):
        raise InputError(f"{name!a}: a file's name holds control characters; give it another")
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or name[1:2] == ":":
        raise InputError(f"{name}: a file's name leads out of its folder; send the name alone")
    return Source(name)


def text_named(name: str) -> Source:
    """Return the source of a text that a client calls ``name``: where that does not say what it is, it is plain text.

    Raises:
        InputError: as ``source_named`` does.
    """
    source = source_named(name)
    known = source.ending in NOTICE_ENDINGS and source.ending != ARCHIVE_ENDING
    return source if known else Source(f"{name}.txt")
