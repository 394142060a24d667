"""The source of a notice: a file, standard input, or a member of a zip archive."""

from __future__ import annotations

import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from extractor.errors import InputError
from extractor.files.sources.file_limits import size_in_mb

ARCHIVE_ENDING = ".zip"


@dataclass(frozen=True)
class Source:
    """One notice to read.

    ``path`` is None for standard input. ``members`` leads to a member of a zip archive: one name for each archive
    inside the first, then the member's own. ``series`` are the further pictures of a notice whose pages are pictures,
    as paths or as members of the same archive.
    """

    path: str | None
    members: tuple[str, ...] = ()
    series: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The display path: ``a.txt``, ``a.zip!b/c.html``, ``a.zip!b.zip!c.html`` or ``<stdin>``.

        Of a series it is that of the first and the name of the last picture: ``a/1.jpg…4.jpg``.
        """
        if self.path is None:
            return "<stdin>"
        first = "!".join((self.path, *self.members))
        return f"{first}…{PurePosixPath(self.series[-1]).name}" if self.series else first

    @property
    def stem(self) -> str:
        """The file name without its ending; ``stdin`` for standard input."""
        return "stdin" if self.path is None else self._leaf.stem

    @property
    def ending(self) -> str:
        """The lower-case file ending with its dot, e.g. ``.html``; empty where there is none."""
        return "" if self.path is None else self._leaf.suffix.lower()

    @property
    def _leaf(self) -> PurePosixPath | Path:
        return PurePosixPath(self.members[-1]) if self.members else Path(self.path or "")


class PassedOver(NamedTuple):
    """A file of a folder or an archive that is no notice, with its kind (``data/file_kinds.toml``)."""

    name: str
    kind: str


class UnreadInput(NamedTuple):
    """An input that cannot be read, with its name as given."""

    name: str
    error: InputError


_SIDE_FILES = frozenset(("thumbs.db", "desktop.ini", "ehthumbs.db", "__macosx", "icon\r"))
_SIDE_STARTS = (".", "~$", "~wrl")
_PAGE_FOLDERS = ("_files", ".files", "_file", ".file")


def is_side_file(name: str) -> bool:
    """Return whether a file or folder name is hidden, or one that Windows, macOS or Word leaves beside documents."""
    return name.lower().startswith(_SIDE_STARTS) or name.lower() in _SIDE_FILES


def holds_parts_of(folder: str, beside: Collection[str]) -> bool:
    """Return whether a folder (``NAME_files``) holds the parts of a page saved ``beside`` it (``NAME.html``)."""
    stem = next((folder[: -len(end)] for end in _PAGE_FOLDERS if folder.lower().endswith(end)), "")
    return bool(stem) and any(name.startswith(f"{stem}.") for name in beside)


def check_size(path: str, most: int) -> None:
    """Check the size of a regular file; pipes and devices have none.

    Raises:
        InputError: it has more than ``most`` bytes.
    """
    status = Path(path).stat()
    if stat.S_ISREG(status.st_mode) and status.st_size > most:
        raise too_large(path, status.st_size, most)


def too_large(name: str, size: int, most: int) -> InputError:
    """Return the error for a file of ``size`` bytes, of which ``most`` are allowed."""
    return InputError(
        f"{name}: {size_in_mb(size)} is more than the {size_in_mb(most)} a notice may have; "
        "check that this is the right file, or take the pictures out of it"
    )


def unreadable(name: str, error: OSError) -> InputError:
    """Return the error for a file that the operating system refuses."""
    if isinstance(error, FileNotFoundError):
        return InputError(f"{name}: there is no such file or folder; check the path")
    if isinstance(error, IsADirectoryError):
        return InputError(f"{name}: this is a folder, a file was expected")
    return InputError(f"{name}: cannot be read ({error.strerror or error}); check that you may open it")
