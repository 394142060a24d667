"""The notices that the paths of a command line name: files, folders, archives, patterns, standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.sources.file_limits import DEFAULT_LIMITS, Limits
from extractor.files.sources.picture_series import joined_series
from extractor.files.sources.source import (
    ARCHIVE_ENDING,
    FORMAT_BY_ENDING,
    NOTICE_ENDINGS,
    Source,
    UnreadInput,
    is_passed_over,
    unreadable,
)


class DiscoveredInputs(NamedTuple):
    """The notices to read, each once and in the order given, and the inputs that are none."""

    sources: list[Source]
    problems: list[UnreadInput]


def discover(paths: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> DiscoveredInputs:
    """Return the notices that ``paths`` name.

    A path is a file (with any ending), a folder (searched with its subfolders, in the order of names; hidden files and
    unknown endings are skipped), a zip archive, a glob pattern (``**`` reaches into folders), or ``-`` for standard
    input. Pictures of one folder whose names count up are one notice. Raises nothing: an input that cannot be used is
    listed in ``problems``.
    """
    found = DiscoveredInputs([], [])
    for path in paths:
        try:
            _add(path, found, limits)
        except InputError as error:
            found.problems.append(UnreadInput(path, error))
    return DiscoveredInputs(joined_series(_each_once(found.sources)), found.problems)


def _add(path: str, found: DiscoveredInputs, limits: Limits) -> None:
    if path == "-":
        found.sources.append(Source(None))
    elif not path:
        raise InputError("an empty path was given; name a file, a folder, a pattern, or - for standard input")
    elif Path(path).is_dir():
        _add_files(path, _files_below(path, found), found, limits)
    elif os.path.lexists(path) or not glob.has_magic(path):
        _add_file(path, found, limits)
    else:
        _add_files(path, _matches(path, found), found, limits)


def _add_files(asked: str, files: Iterable[str], found: DiscoveredInputs, limits: Limits) -> None:
    """Add the files that have a known ending.

    Raises:
        InputError: there are none.
    """
    before = len(found.sources) + len(found.problems)
    for file in files:
        if Path(file).suffix.lower() in NOTICE_ENDINGS | {ARCHIVE_ENDING} and not _is_of_saved_page(Path(file)):
            try:
                _add_file(file, found, limits)
            except InputError as error:
                found.problems.append(UnreadInput(file, error))
    if before == len(found.sources) + len(found.problems):
        what = "this folder holds" if Path(asked).is_dir() else "this pattern matches"
        raise InputError(f"{asked}: {what} no notices (looked for {', '.join(sorted(NOTICE_ENDINGS))} and .zip)")


def _is_of_saved_page(file: Path) -> bool:
    """Return whether a file is a picture that a browser stored beside a page, in ``NAME_files``."""
    return FORMAT_BY_ENDING.get(file.suffix.lower()) == "picture" and file.parent.name.endswith(("_files", ".files"))


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


def _files_below(folder: str, found: DiscoveredInputs) -> Iterable[str]:
    def note(error: OSError) -> None:
        name = str(error.filename)
        found.problems.append(UnreadInput(name, unreadable(name, error)))

    for parent, folders, files in os.walk(folder, onerror=note):
        folders[:] = sorted(name for name in folders if not is_passed_over(name))
        yield from (str(Path(parent, name)) for name in sorted(files) if not is_passed_over(name))


def _matches(pattern: str, found: DiscoveredInputs) -> Iterable[str]:
    for match in sorted(glob.glob(pattern, recursive=True)):  # noqa: PTH207 - absolute patterns are allowed too
        if Path(match).is_dir():
            if "**" not in pattern:  # which already reaches the files inside
                yield from _files_below(match, found)
        elif not is_passed_over(Path(match).name):
            yield match


def _each_once(sources: Iterable[Source]) -> Iterable[Source]:
    seen: set[tuple[str | None, tuple[str, ...]]] = set()
    for source in sources:
        key = (source.path and os.path.realpath(source.path), source.members)
        if key not in seen:
            seen.add(key)
            yield source
