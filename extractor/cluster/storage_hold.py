"""Places of a storage that one job alone writes.

A storage has no locks. A job writes a file of its own, and again and again another beside it, as a sign of life. Of
several the first is the one that writes, by the storage's clock: it is known when its second is over, since a clock
may count seconds alone. One that shows no sign of life any more is passed over.
"""

from __future__ import annotations

import platform
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import NamedTuple

from pyarrow import fs

from extractor.cluster.remote_files import StoragePlace, first_line, read_if_there, remove, write_whole
from extractor.disk.marker import MARKER, fault_of, marker_of, strangers_among
from extractor.errors import OutputError, SettingsError
from extractor.logs import LOGGER

_FOLDER = ".jobs"
_ALIVE = ".alive"
_BEAT = 5.0  # seconds between signs of life
_DEAD = 20.0  # seconds without one
_SECOND = 1.1  # seconds until a clock that counts seconds is sure to have gone on
_ANOTHER = "choose another with --out"


class _Sign(NamedTuple):
    """A job's file: when it was written by the storage's clock (nanoseconds), its name, its place."""

    written: int
    name: str
    place: StoragePlace


@contextmanager
def held_storage(place: StoragePlace) -> Iterator[Callable[[], None]]:
    """Claim a place of a storage for this job alone until the block ends; give what sees that it still is.

    Raises:
        SettingsError: the place holds something else, cannot be written, or another job writes there.
    """
    own = place.inner(_FOLDER, secrets.token_hex(8))
    try:
        _claim(place)
        write_whole(own, platform.node().encode())
    except (OSError, OutputError) as error:
        why = first_line(error.__cause__ or error)
        raise SettingsError(f"{place.name}: cannot be used as output folder ({why}); {_ANOTHER}") from error
    ended = Event()
    beating = Thread(target=_beat, args=(own, ended), daemon=True)
    beating.start()
    try:
        time.sleep(_SECOND)
        _see_that_nobody_is_ahead(place, own)
        yield lambda: _see_that_it_is_there(place, own)
    finally:
        ended.set()
        beating.join()
        with suppress(OSError):
            remove(iter([own, _alive(own)]))


def _claim(place: StoragePlace) -> None:
    """Mark a place, where it is empty or ours.

    Raises:
        SettingsError: it holds something else.
        OSError: it cannot be read.
        OutputError: it cannot be written.
    """
    found = place.system.get_file_info(fs.FileSelector(place.path, allow_not_found=True))
    names = sorted(info.base_name for info in found)
    if MARKER in names:
        fault = fault_of(read_if_there(place.inner(MARKER)) or b"", "dataset")
    else:
        fault = strangers_among(names, "dataset")
    if fault:
        raise SettingsError(f"{place.name}: {fault}; {_ANOTHER}")
    if MARKER not in names:
        write_whole(place.inner(MARKER), marker_of("dataset"))


def _beat(own: StoragePlace, ended: Event) -> None:
    number = 0
    while True:
        number += 1
        with suppress(OutputError):
            write_whole(_alive(own), str(number).encode())
        if ended.wait(_BEAT):
            return


def _see_that_nobody_is_ahead(place: StoragePlace, own: StoragePlace) -> None:
    """See that no other job that lives was here before.

    Raises:
        SettingsError: one was.
    """
    signs = {sign.name: sign for sign in _signs(place)}
    name = own.path.rpartition("/")[2]
    for sign in signs.values():
        if name in signs and sign[:2] < signs[name][:2]:
            if _lives(sign.place):
                raise SettingsError(f"{place.name}: another job is writing there; wait for it, or {_ANOTHER}")
            remove(iter([sign.place, _alive(sign.place)]))
    _see_that_it_is_there(place, own)


def _signs(place: StoragePlace) -> Iterator[_Sign]:
    for info in place.system.get_file_info(fs.FileSelector(place.inner(_FOLDER).path)):
        if not info.base_name.endswith(_ALIVE):
            yield _Sign(info.mtime_ns, info.base_name, place.inner(_FOLDER, info.base_name))


def _lives(other: StoragePlace) -> bool:
    """Say whether a job shows a sign of life."""
    LOGGER.info("%s: a job was writing there; waiting to see whether it still does", other.name)
    before = read_if_there(_alive(other))
    until = time.monotonic() + _DEAD
    while time.monotonic() < until:
        time.sleep(_BEAT / 5)
        if read_if_there(other) is None:
            return False  # it ended
        if read_if_there(_alive(other)) != before:
            return True
    return False


def _see_that_it_is_there(place: StoragePlace, own: StoragePlace) -> None:
    """See that no other job took this one for dead.

    Raises:
        OutputError: one did.
    """
    if place.system.get_file_info(own.path).type != fs.FileType.File:
        raise OutputError(f"{place.name}: another job took over there; the same command goes on when it has ended")


def _alive(own: StoragePlace) -> StoragePlace:
    return own._replace(name=f"{own.name}{_ALIVE}", path=f"{own.path}{_ALIVE}")
