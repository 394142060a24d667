"""What may be printed: text from files and file names must not steer the reader's terminal; and where it goes."""

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
    """Return ``text`` on one line: line ends and tabs become blanks, what else would steer a terminal is dropped."""
    return _STEERING.sub("", re.sub(r"[\t\n\r\u2028\u2029]+", " ", text))


def open_streams() -> None:
    """Make the standard streams fit to be written to.

    Pipes and files get UTF-8, a terminal whatever it can show, without failing. Where the caller closed a stream, no
    file comes to bear its number. A failing write to standard output is raised, and kept for ``lost``; one to standard
    error is passed over, since nobody could be told.
    """
    for number, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # takes the lowest number that is free
    if _is_pipe_or_file(sys.stdout, sys.__stdout__):
        sys.stdout = _written_to(_Noted(1, "wb", closefd=False))
    if _is_pipe_or_file(sys.stderr, sys.__stderr__):
        sys.stderr = _written_to(_PassedOver(2, "wb", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # tests put plain buffers in their place
        if reconfigure is not None and not stream.isatty():
            reconfigure(encoding="utf-8", errors="backslashreplace")
        elif reconfigure is not None:
            reconfigure(errors="backslashreplace")


def lost(stream: TextIO) -> str | None:
    """Return why a stream did not take all that was written to it, as the rest of a sentence; None where it did. What
    is left is thrown away, so that it cannot fail once more when the process ends."""
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    fault = raw.fault if isinstance(raw, _Noted) else None
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


class _Noted(io.FileIO):
    """A stream that keeps the first error of a write."""

    fault: OSError | None = None

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError as error:
            self.fault = self.fault or error
            raise


class _PassedOver(io.FileIO):
    """A stream whose failing writes are none."""

    def write(self, data: Any, /) -> int:
        try:
            return super().write(data)
        except OSError:
            return memoryview(data).nbytes


def _is_pipe_or_file(stream: TextIO | None, original: TextIO | None) -> bool:
    """Return whether a stream is the process's own, and no terminal; one that the caller closed counts as a file."""
    return stream is None or (stream is original and not stream.isatty())


def _written_to(raw: io.FileIO) -> io.TextIOWrapper:
    at_once = isinstance(raw, _PassedOver)
    return io.TextIOWrapper(io.BufferedWriter(raw), "utf-8", "backslashreplace", line_buffering=at_once)
