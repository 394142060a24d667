"""The parts of a request as a job takes them: notices that wait in files, and files that were refused."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from extractor.files.sources.source import Source


class OfferedNotice(NamedTuple):
    """A notice that was sent: its name, the file it waits in, and the SHA-256 of its bytes."""

    source: Source
    upload: str
    sha256: str


class RefusedFile(NamedTuple):
    """A file that was sent and cannot be taken, and the reason."""

    name: str
    error: str


class BodyUnpacker(Protocol):
    """Takes bodies apart that are not parsed in this process."""

    async def unpack(self, upload: Path, name: str) -> Sequence[OfferedNotice | RefusedFile]:
        """Write an archive's notices beside it, under its own name with a number, and return them.

        Raises:
            InputError: The archive cannot be read, breaks a limit, or holds no notices.
        """
        ...

    async def take_texts(self, upload: Path, most: int) -> Sequence[OfferedNotice]:
        """Write the texts of a JSON body beside it, under its own name with a number, and return them.

        Raises:
            InputError: The body is invalid, or takes too much time or memory.
            TooManyError: It holds more than ``most`` texts.
        """
        ...
