"""A process of ours and those that it starts (LibreOffice): ended together, with one folder for temporary files."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

_PREFIX = "notice-extractor-"


def kill_family(leader: int) -> None:
    """Kill a process that leads a group of its own, and all in its group; elsewhere than on POSIX the process alone."""
    with suppress(ProcessLookupError, PermissionError, OSError):
        if hasattr(os, "killpg"):
            os.killpg(leader, signal.SIGKILL)
        else:
            os.kill(leader, signal.SIGTERM)


def end_own_family() -> None:
    """End this process at once and, where it leads a group, all in its group; delete their folder."""
    delete_own_folder()
    if hasattr(os, "killpg") and os.getpgid(0) == os.getpid():
        kill_family(os.getpid())
    os._exit(0)


def delete_own_folder() -> None:
    """Delete the folder that the parent, which is gone, made for this process."""
    folder = Path(os.environ.get("TMPDIR", ""))
    if folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


class FamilyFolder:
    """A folder for the temporary files of a process and its children, which its parent deletes when they are ended."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None

    def made(self) -> dict[str, str]:
        """Make the folder; return the variables that name it."""
        self.delete()
        self._folder = TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True)
        return dict.fromkeys(("TMPDIR", "TMP", "TEMP"), self._folder.name)

    def delete(self) -> None:
        """Delete the folder, if there is one."""
        folder, self._folder = self._folder, None
        if folder is not None:
            folder.cleanup()
