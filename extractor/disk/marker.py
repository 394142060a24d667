"""The marker file of our own folders; a folder with other contents and no marker is not written to."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal

from extractor.disk import system
from extractor.disk.whole import is_temporary, write_file
from extractor.errors import SettingsError

MARKER = ".notice-extractor"

Kind = Literal["run", "service", "dataset"]

_VERSION = 1  # of a folder's layout
_WHOSE = {"run": "a run's folder", "service": "a service's folder", "dataset": "a folder of datasets"}
_NOBODYS = frozenset((".ds_store", "thumbs.db", "desktop.ini", "lost+found"))  # files that systems create in any folder


def claim(folder: Path, kind: Kind, is_earlier: Callable[[Path], bool], advice: str) -> None:
    """Create ``folder`` for its owner alone, or take it where it is empty or ours, and mark it.

    ``is_earlier`` tells whether an earlier version, which set no marker, wrote a folder. ``advice`` ends the sentence
    about a folder that is refused.

    Raises:
        SettingsError: the folder holds something else.
        OSError: it cannot be created or written.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The marker is the first file of a folder: listed before it is looked for, another process's cannot be missed.
    found = sorted(path.name for path in folder.iterdir())
    marker = folder / MARKER
    if system.kind(marker) != "nothing":
        if fault := fault_of(marker.read_bytes() if system.kind(marker) == "file" else b"", kind):
            raise SettingsError(f"{folder}: {fault}; {advice}")
        return
    if not is_earlier(folder) and (fault := strangers_among(found, kind)):
        raise SettingsError(f"{folder}: {fault}; {advice}")
    write_file(marker, [marker_of(kind)], durable=True)


def marker_of(kind: Kind) -> bytes:
    """Return the content of a marker."""
    return json.dumps({"kind": kind, "version": _VERSION}).encode() + b"\n"


def strangers_among(names: Iterable[str], kind: Kind) -> str | None:
    """Return why a folder without a marker that holds these names cannot be used, or None where they are nobody's."""
    strangers = [name for name in names if name.casefold() not in _NOBODYS and not is_temporary(name)]
    more = f" and {len(strangers) - 1} more" if len(strangers) > 1 else ""
    return f"is not {_WHOSE[kind]}, it holds {strangers[0]}{more}" if strangers else None


def fault_of(marker: bytes, kind: Kind) -> str | None:
    """Return why a folder with a marker of this content cannot be used as one of this kind, or None."""
    try:
        said = json.loads(marker)
    except ValueError:
        said = None
    match said:
        case {"kind": str(other), "version": int(version)}:
            if other != kind:
                return f"is {_WHOSE.get(other, 'another')}, not {_WHOSE[kind]}"
            return None if version <= _VERSION else "was made by a later version of this program"
    return f"its {MARKER} cannot be read"
