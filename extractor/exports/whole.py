"""Files written whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from extractor.errors import OutputError, SettingsError

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


@contextmanager
def written_whole(targets: Sequence[Path]) -> Iterator[list[Path]]:
    """Yield a path to write for each of ``targets``, all in one folder; the files move there when the block ends well.

    They are made in a new folder beside their targets, where a writer may put files of its own too; it is removed
    however the block ends. Files that stood there stay until new ones take their names, one after the other.

    Raises:
        SettingsError: a target is a folder, or its folder cannot be made.
        OutputError: the disk is full, or the folder cannot be written.
    """
    parent = targets[0].parent
    for target in targets:
        if target.is_dir():
            raise SettingsError(f"{target}: is a folder; give the name of a file with --to")
    try:
        parent.mkdir(parents=True, exist_ok=True)
        workplace = Path(tempfile.mkdtemp(prefix=f".{targets[0].stem}.", suffix=".tmp", dir=parent))
    except OSError as error:
        if error.errno in _FULL:
            raise _unwritable(targets[0], error) from error
        raise SettingsError(
            f"{parent}: cannot be written ({_reason(error)}); choose another place with --to"
        ) from error
    try:
        made = [workplace / target.name for target in targets]
        yield made
        for path, target in zip(made, targets, strict=True):
            _sync(path)
            path.replace(target)
    except OSError as error:
        raise _unwritable(targets[0], error) from error
    finally:
        shutil.rmtree(workplace, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have a file outlast a power cut."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _unwritable(path: Path, error: OSError) -> OutputError:
    if error.errno in _FULL:
        return OutputError(f"{path}: the disk is full; make room there, or choose another place with --to")
    if isinstance(error, PermissionError):
        return OutputError(f"{path}: cannot be replaced ({_reason(error)}); close it in other programs")
    return OutputError(f"{path}: cannot be written ({_reason(error)}); choose another place with --to")


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
