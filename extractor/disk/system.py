"""The file operations that differ between operating systems.

No other module asks which system it runs on to create, replace, lock or sync a file, or to see what is at a path.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Literal

Kind = Literal["nothing", "file", "folder", "link", "pipe", "socket", "device"]
Lock = Literal["taken", "busy", "unknown"]

FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
"""The error numbers of a full disk."""

_NAME_SURROGATE = 0x2000_0000  # the bit of a Windows reparse tag that marks another name of a path, such as a junction
_BUSY = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
_PAUSES = (0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.4)  # seconds; one in all


def _module(name: str) -> Any:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        return None


_IS_WINDOWS = os.name == "nt"
_FCNTL, _MSVCRT = _module("fcntl"), _module("msvcrt")


def kind(path: Path) -> Kind:
    """Return the kind of what is at ``path``; links are not followed.

    Raises:
        OSError: the system does not answer, e.g. for a folder that may not be entered.
    """
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return "nothing"
    if stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) & _NAME_SURROGATE:
        return "link"
    kinds: dict[int, Kind] = {
        stat.S_IFREG: "file",
        stat.S_IFDIR: "folder",
        stat.S_IFIFO: "pipe",
        stat.S_IFSOCK: "socket",
    }
    return kinds.get(stat.S_IFMT(found.st_mode), "device")


def create(path: Path) -> IO[bytes]:
    """Create a file that only its owner can read, and open it for writing.

    Raises:
        FileExistsError: the path exists, if only as a broken link.
        OSError: it cannot be created.
    """
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | _flags("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT")
    return os.fdopen(os.open(path, flags, 0o600), "wb")


def open_lock(path: Path) -> IO[bytes]:
    """Open a file for locking, and create it if it is missing; links are not followed, pipes do not block.

    Raises:
        OSError: it cannot be opened.
    """
    flags = os.O_CREAT | os.O_RDWR | _flags("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY", "O_NOINHERIT")
    return os.fdopen(os.open(path, flags, 0o600), "r+b", buffering=0)


def lock(file: IO[bytes]) -> Lock:
    """Lock a file for this process until it is closed or the process ends, however it ends.

    Returns ``busy`` where another process has the lock, ``unknown`` where the file system has no locks.
    """
    try:
        if _FCNTL is not None:
            _FCNTL.flock(file.fileno(), _FCNTL.LOCK_EX | _FCNTL.LOCK_NB)
        else:
            _MSVCRT.locking(file.fileno(), _MSVCRT.LK_NBLCK, 1)
    except OSError as error:
        return "busy" if error.errno in _BUSY else "unknown"
    return "taken"


def is_open_at(file: IO[bytes], path: Path) -> bool:
    """Return whether ``path`` still names the open ``file``."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.lstat())
    except FileNotFoundError:
        return False


def remove_open(file: IO[bytes], path: Path) -> None:
    """Remove a file that this process has open, and close it.

    Raises:
        OSError: it cannot be removed, e.g. on Windows while another process has it open.
    """
    with file:
        try:
            path.unlink()
        except PermissionError:  # Windows removes no open file; elsewhere the second try fails as the first did
            file.close()
            path.unlink()


def replace(source: Path, target: Path) -> None:
    """Rename a file within its file system, replacing a file or a link at ``target``.

    A link is replaced itself, its target is not. Windows refuses while any program has ``target`` open, such as a virus
    scanner for a moment: there it is tried again for one second.

    Raises:
        PermissionError: the folder is closed, or (Windows) the target is still open.
        OSError: another reason.
    """
    for pause in _PAUSES if _IS_WINDOWS else ():
        try:
            source.replace(target)
        except PermissionError:
            time.sleep(pause)
        else:
            return
    source.replace(target)


def sync(file: IO[bytes]) -> None:
    """Write an open file's contents to the disk, so that they survive a power cut.

    Raises:
        OSError: they could not be written.
    """
    file.flush()
    full = getattr(_FCNTL, "F_FULLFSYNC", None)
    if full is not None:  # macOS, where fsync leaves the data in the drive's memory
        try:
            _FCNTL.fcntl(file.fileno(), full)
        except OSError:  # a file system that does not know it
            pass
        else:
            return
    os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Write a folder's names to the disk, so that they survive a power cut, where the system can.

    Windows opens no folder, and some network file systems sync none. A failure is ignored: the files are whole anyway.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | _flags("O_DIRECTORY", "O_CLOEXEC"))
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def is_own(path: Path) -> bool:
    """Return whether the user of this process owns what is at ``path``; always true on Windows."""
    user = getattr(os, "geteuid", None)
    return user is None or path.lstat().st_uid == user()


def _flags(*names: str) -> int:
    """Return the sum of the named flags of ``os.open`` that this system has."""
    return sum(getattr(os, name, 0) for name in names)
