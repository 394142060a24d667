"""Folders of our own that one process alone writes: claimed, and locked as long as it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from extractor.disk import system
from extractor.disk.marker import Kind, claim
from extractor.disk.whole import unwritable
from extractor.errors import OutputError, SettingsError

_ANOTHER = "choose another with --out"
_ANOTHER_PLACE = "choose another place with --out"


class FolderOwner(NamedTuple):
    """The owner of a folder: what it writes, the place of its lock in the folder, what is said where it is locked."""

    kind: Kind
    lock: str
    busy: SettingsError
    is_earlier: Callable[[Path], bool] = lambda _: False
    """Tells whether an earlier version, which set no marker, wrote a folder."""


@contextmanager
def held(folder: Path, owner: FolderOwner) -> Iterator[None]:
    """Make or take a folder for this process alone until the block ends.

    Raises:
        SettingsError: it is no folder, cannot be written, or holds something else; or another process writes there.
        OutputError: the disk is full.
    """
    file = folder / owner.lock
    try:
        claim(folder, owner.kind, owner.is_earlier, _ANOTHER)
        if file.parent != folder:
            own_folder(file.parent)
        lock = system.open_lock(file)
    except OSError as error:
        raise unusable(folder, error) from error
    with lock:
        if system.lock(lock) == "busy":
            raise owner.busy
        yield


def own_folder(place: Path) -> None:
    """Make a folder in one of ours, unless it is there.

    Raises:
        SettingsError: it is a link.
        OSError: it cannot be made.
    """
    if system.kind(place) == "link":
        raise SettingsError(f"{place}: is a symbolic link, which is not followed; {_ANOTHER}")
    place.mkdir(mode=0o700, exist_ok=True)


def unusable(folder: Path, error: OSError) -> SettingsError | OutputError:
    """Return why a folder cannot be used."""
    if error.errno in system.FULL:
        return unwritable(folder, error, _ANOTHER_PLACE)
    reason = "it is a file" if folder.is_file() else error.strerror or str(error)
    return SettingsError(f"{folder}: cannot be used as output folder ({reason}); {_ANOTHER}")
