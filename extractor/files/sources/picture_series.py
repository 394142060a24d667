"""Pictures that are the pages of one notice: of one folder or archive, with names that count up.

``通报1.jpg, 通报2.jpg, 通报3.jpg`` or ``001.png, 002.png`` are a series. Their names are alike but for one number, the
last in the name, and no number is missing in between; another ending or folder begins another series.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath

from extractor.errors import InputError
from extractor.files.sources.file_kinds import kind_by_ending
from extractor.files.sources.source import Source

MAGIC = b"\0pictures of one notice\0"
"""The first bytes of a series' pictures in one piece; no file begins so."""

_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})([^0-9]*)", re.DOTALL)
_SIZE = 8  # bytes of a picture's length in the piece


def joined_series(sources: Iterable[Source]) -> list[Source]:
    """Return the sources with each series as one, at the place of its first picture."""
    given = list(sources)
    taken: set[Source] = set()
    series = {first: rest for first, *rest in _series(given)}
    for rest in series.values():
        taken.update(rest)
    return [
        replace(source, series=tuple(_leaf(each) for each in series.get(source, ())))
        for source in given
        if source not in taken
    ]


def _series(sources: Iterable[Source]) -> Iterator[list[Source]]:
    groups: dict[tuple[object, ...], dict[int, Source]] = {}
    for source in sources:
        if kind_by_ending(source.ending) == "picture" and (match := _NUMBERED.fullmatch(source.stem)):
            place = (source.path, source.members[:-1], _folder(source)) if source.members else (_folder(source),)
            groups.setdefault((*place, match[1], match[3], source.ending), {}).setdefault(int(match[2]), source)
    for group in groups.values():
        run: list[Source] = []
        for number in sorted(group):
            if run and number - 1 not in group:
                yield run
                run = []
            run.append(group[number])
        yield run


def _folder(source: Source) -> str:
    whole = source.members[-1] if source.members else (source.path or "").replace("\\", "/")
    return str(PurePosixPath(whole).parent)


def _leaf(source: Source) -> str:
    return source.members[-1] if source.members else source.path or ""


def parts_of(source: Source) -> list[Source]:
    """Return the pictures of a series one by one; a source that is none is its only part."""
    first = replace(source, series=())
    if source.members:
        others = [replace(first, members=(*source.members[:-1], name)) for name in source.series]
    else:
        others = [replace(first, path=name) for name in source.series]
    return [first, *others]


def packed(pictures: Iterable[bytes]) -> bytes:
    """Return pictures in one piece of bytes."""
    return MAGIC + b"".join(len(each).to_bytes(_SIZE) + each for each in pictures)


def unpacked(data: bytes, name: str) -> list[bytes]:
    """Return the pictures of such a piece.

    Raises:
        InputError: it is damaged.
    """
    found: list[bytes] = []
    at = len(MAGIC)
    while at < len(data):
        end = at + _SIZE + int.from_bytes(data[at : at + _SIZE])
        if end > len(data):
            raise InputError(f"{name}: is damaged; fetch it again")
        found.append(data[at + _SIZE : end])
        at = end
    return found
