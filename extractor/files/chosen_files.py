"""Files of folders that lie elsewhere, as in a browser: which of them are read, told by their names and first bytes.

The rules are those of ``extractor.files.discover``, which walks through folders of this machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from extractor.files.sources.file_kinds import PACKAGES, kind_beside_notices, kind_by_ending, lies_aside
from extractor.files.sources.picture_series import joined_series
from extractor.files.sources.source import ARCHIVE_ENDING, Source, holds_parts_of, is_side_file

Fate = Literal["read", "passed_over", "look"]


class ChosenFile(NamedTuple):
    """A file that somebody chose: its path from the chosen folder, and its first bytes; None: not known yet."""

    path: str
    head: bytes | None = None


class FileFate(NamedTuple):
    """The fate of a chosen file: it is read, passed over for its ``kind``, or its first bytes are to be looked at.

    Of a notice whose pages are pictures, ``series`` is the path of the first, and ``page`` counts them from 0; "" of
    other files.
    """

    path: str
    fate: Fate
    kind: str = ""
    series: str = ""
    page: int = 0


def sorted_out(files: Sequence[ChosenFile]) -> list[FileFate]:
    """Return what becomes of chosen files, in their order; those of one folder are to be given together."""
    beside: defaultdict[PurePosixPath, list[str]] = defaultdict(list)
    for file in files:
        path = PurePosixPath(file.path)
        beside[path.parent].append(path.name)
    fates = [_fate(file, beside) for file in files]
    pages = dict(_pages([each.path for each in fates if each.fate == "read"]))
    return [each._replace(**pages[each.path]._asdict()) if each.path in pages else each for each in fates]


class _Page(NamedTuple):
    series: str
    page: int


def _fate(file: ChosenFile, beside: dict[PurePosixPath, list[str]]) -> FileFate:
    path = PurePosixPath(file.path)
    if aside := _aside_by_name(path, beside):
        return FileFate(file.path, "passed_over", aside)
    ending = path.suffix.lower()
    named = "zip" if ending == ARCHIVE_ENDING else kind_by_ending(ending)
    is_alone = path.parent == PurePosixPath()  # given by itself, it is read whatever it is called
    if is_alone or (named is not None and not lies_aside(named)):
        return FileFate(file.path, "read")
    if file.head is None:
        return FileFate(file.path, "look")
    if file.head.startswith(PACKAGES):
        return FileFate(file.path, "read")  # only the whole of it says what it is
    kind = _kind(ending, file.head)
    return FileFate(file.path, "passed_over", kind) if lies_aside(kind) else FileFate(file.path, "read")


def _aside_by_name(path: PurePosixPath, beside: dict[PurePosixPath, list[str]]) -> str:
    """Return the kind of a file that its name, or that of a folder around it, sets aside; "" for others."""
    for folder in path.parents[:-1]:
        if holds_parts_of(folder.name, beside.get(folder.parent, ())):
            return "page_part"
    names = [path.name, *(folder.name for folder in path.parents)]
    return "side_file" if any(name and is_side_file(name) for name in names) else ""


def _kind(ending: str, head: bytes) -> str:
    return kind_beside_notices(ending, lambda most: head[:most], len(head))


def _pages(paths: Sequence[str]) -> Iterator[tuple[str, _Page]]:
    """Yield the pictures that are pages of one notice, each with its place."""
    for source in joined_series(Source(path) for path in paths):
        if source.series:
            first = str(source.path)
            yield from ((path, _Page(first, page)) for page, path in enumerate((first, *source.series)))
