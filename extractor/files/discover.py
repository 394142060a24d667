"""The notices that the paths of a command line name: files, folders, archives, patterns, standard input."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.sources.file_kinds import kind_beside_notices, kind_in_words, lies_aside
from extractor.files.sources.file_limits import DEFAULT_LIMITS, Limits
from extractor.files.sources.picture_series import joined_series
from extractor.files.sources.source import (
    ARCHIVE_ENDING,
    PassedOver,
    Source,
    UnreadInput,
    holds_parts_of,
    is_side_file,
    unreadable,
)
from extractor.messages import said

_ADDRESS = re.compile(r"(?i)(?:https?|ftp|file)://")


class DiscoveredInputs(NamedTuple):
    """The notices to read, each once and in the order given, the inputs that are none, and what was passed over."""

    sources: list[Source]
    problems: list[UnreadInput]
    passed_over: list[PassedOver]


def discover(paths: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> DiscoveredInputs:
    """Return the notices that ``paths`` name.

    A path is a file (with any ending), a folder (searched with its subfolders, in the order of names), a zip archive, a
    glob pattern (``**`` reaches into folders), or ``-`` for standard input. What else a folder or a pattern holds is
    passed over and listed: icons, programs, what systems leave there, texts that are no notices. Pictures of one folder
    whose names count up are one notice. Raises nothing: an input that cannot be used is listed in ``problems``.
    """
    found = DiscoveredInputs([], [], [])
    for path in paths:
        try:
            _add(path, found, limits)
        except InputError as error:
            found.problems.append(UnreadInput(path, error))
    return found._replace(sources=joined_series(_each_once(found.sources)))


class AddressError(InputError):
    """An address was given in place of a file."""

    def in_words(self, lang: str) -> str:
        """Return the sentence that says so, and what to do."""
        return said(str(self), lang)

    def __str__(self) -> str:
        return (
            f"{self.args[0]}: is an address, and no address is ever fetched; "
            "open it in a browser, save the page, and give the saved file"
        )


def _add(path: str, found: DiscoveredInputs, limits: Limits) -> None:
    if path == "-":
        found.sources.append(Source(None))
    elif not path:
        raise InputError("an empty path was given; name a file, a folder, a pattern, or - for standard input")
    elif _ADDRESS.match(path):
        raise AddressError(path)
    elif Path(path).is_dir():
        _add_files(path, _files_below(path, found), found, limits)
    elif os.path.lexists(path) or not glob.has_magic(path):
        _add_file(path, found, limits)
    else:
        _add_files(path, _matches(path, found), found, limits)


def _add_files(asked: str, files: Iterable[str], found: DiscoveredInputs, limits: Limits) -> None:
    """Add the files that are worth reading, and list the others.

    Raises:
        InputError: there are none.
    """
    before, passed = len(found.sources) + len(found.problems), len(found.passed_over)
    for file in files:
        try:
            kind = _kind_in_folder(file, limits.file_bytes)
            if lies_aside(kind):
                found.passed_over.append(PassedOver(file, kind))
            else:
                _add_file(file, found, limits)
        except InputError as error:
            found.problems.append(UnreadInput(file, error))
    if before == len(found.sources) + len(found.problems):
        what = "this folder holds" if Path(asked).is_dir() else "this pattern matches"
        others = in_kinds(found.passed_over[passed:], "en")
        raise InputError(f"{asked}: {what} no notices{f', only {others}' if others else ''}")


def in_kinds(passed_over: Sequence[PassedOver], lang: str) -> str:
    """Return what was passed over in words, by kind and count, the most frequent first; "" for nothing."""
    counts: dict[str, int] = {}
    for each in passed_over:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    if lang == "zh":
        return "、".join(f"{kind_in_words(kind, lang)}{count}个" for kind, count in ordered)
    return ", ".join(f"{count} × {kind_in_words(kind, lang)}" for kind, count in ordered)


def _kind_in_folder(path: str, most: int) -> str:
    """Return the kind of a folder's file.

    Raises:
        InputError: it cannot be opened.
    """
    ending = Path(path).suffix.lower()
    if ending == ARCHIVE_ENDING:
        return "zip"

    def first_bytes(most: int) -> bytes:
        with Path(path).open("rb") as file:
            return file.read(most)

    try:
        is_special = Path(path).exists() and not Path(path).is_file()  # a pipe would be waited for
        return "side_file" if is_special else kind_beside_notices(ending, first_bytes, most)
    except OSError as error:
        raise unreadable(path, error) from error


def _add_file(path: str, found: DiscoveredInputs, limits: Limits) -> None:
    try:
        Path(path).stat()
    except (OSError, ValueError) as error:
        raise unreadable(path, error if isinstance(error, OSError) else OSError(str(error))) from error
    if Path(path).suffix.lower() != ARCHIVE_ENDING:
        found.sources.append(Source(path))
        return
    from extractor.files.sources.archive import list_archive

    listing = list_archive(path, limits)
    found.sources.extend(listing.sources)
    found.problems.extend(listing.problems)
    found.passed_over.extend(listing.passed_over)


def _files_below(folder: str, found: DiscoveredInputs) -> Iterable[str]:
    def note(error: OSError) -> None:
        name = str(error.filename)
        found.problems.append(UnreadInput(name, unreadable(name, error)))

    for parent, folders, files in os.walk(folder, onerror=note):
        apart = {name for name in folders if holds_parts_of(name, files)}
        found.passed_over.extend(PassedOver(str(Path(parent, name)), "page_part") for name in sorted(apart))
        folders[:] = sorted(name for name in folders if not is_side_file(name) and name not in apart)
        for name in sorted(files):
            if is_side_file(name):
                found.passed_over.append(PassedOver(str(Path(parent, name)), "side_file"))
            else:
                yield str(Path(parent, name))


def _matches(pattern: str, found: DiscoveredInputs) -> Iterable[str]:
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute patterns are allowed too
        if Path(match).is_dir():
            if "**" not in pattern:  # which already reaches the files inside
                yield from _files_below(match, found)
        elif is_side_file(Path(match).name):
            found.passed_over.append(PassedOver(match, "side_file"))
        else:
            yield match


def _each_once(sources: Iterable[Source]) -> Iterable[Source]:
    seen: set[tuple[str | None, tuple[str, ...]]] = set()
    for source in sources:
        key = (source.path and os.path.realpath(source.path), source.members)
        if key not in seen:
            seen.add(key)
            yield source
