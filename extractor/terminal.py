"""The standard streams: text from files and file names is made safe for a terminal, and failed writes are noticed."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from contextlib import suppress
from typing import Any, TextIO

# C0 and C1 controls, marks that turn the direction of text, zero-width marks, halves of surrogate pairs.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """Return ``text`` on one line: line ends and tabs become blanks, other steering characters are dropped."""
    return _STEERING.sub("", re.sub(r"[\t\n\r\u2028\u2029]+", " ", text))


def open_streams() -> None:
    """Prepare the standard streams for writing.

    Pipes and files get UTF-8; a terminal gets its own charset, with escapes for what it cannot show. Where the caller
    closed a stream, its number is taken, so that no file gets it. A failed write to standard output is raised, and
    kept for ``lost``; one to standard error is ignored, since there is nowhere to report it.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free
    if _is_pipe_or_file(sys.stdout, sys.__stdout__):
        sys.stdout = _written_to(_WatchedFile(1, "wb", closefd=False))
    if _is_pipe_or_file(sys.stderr, sys.__stderr__):
        sys.stderr = _written_to(_LenientFile(2, "wb", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # tests put plain buffers in their place
        if reconfigure is not None and not stream.isatty():
            reconfigure(encoding="utf-8", errors="backslashreplace")
        elif reconfigure is not None:
            reconfigure(errors="backslashreplace")


def lost(stream: TextIO) -> str | None:
    """Return why a stream lost some of what was written to it, as the rest of a sentence, or None.

    What is still buffered is dropped, so that it cannot fail again when the process ends.
    """
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    fault = raw.fault if isinstance(raw, _WatchedFile) else None
    try:
        stream.flush()
    except OSError as error:
        fault = error
    if fault is None:
        return None
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if fault.errno == errno.EPIPE:
        return "was closed before all was printed"
    return f"cannot be written ({'it is closed' if fault.errno == errno.EBADF else fault.strerror or fault})"


class _WatchedFile(io.FileIO):
    """A file that keeps the error of its first failed write."""

    fault: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.fault = self.fault or error
            raise


class _LenientFile(io.FileIO):
    """A file that ignores failed writes."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def _is_pipe_or_file(stream: TextIO | None, original: TextIO | None) -> bool:
    """Return whether a stream is the process's own and no terminal; a closed stream counts as a file."""
    return stream is None or (stream is original and not stream.isatty())


def _written_to(raw: io.FileIO) -> io.TextIOWrapper:
    at_once = isinstance(raw, _LenientFile)
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=at_once)
