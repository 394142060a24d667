"""What may be printed: text from files and file names must not steer the reader's terminal."""

from __future__ import annotations

import re
import sys

# C0 and C1 controls, marks that turn the direction of text, zero-width marks, halves of surrogate pairs.
_STEERING = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def printable(text: str) -> str:
    """Return ``text`` on one line: line ends and tabs become blanks, what else would steer a terminal is dropped."""
    return _STEERING.sub("", re.sub(r"[\t\n\r\u2028\u2029]+", " ", text))


def write_utf8() -> None:
    """Have this process write UTF-8 to pipes and files, and to a terminal whatever that can show, without failing."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)  # tests put plain buffers in their place
        if reconfigure is not None and not stream.isatty():
            reconfigure(encoding="utf-8", errors="backslashreplace")
        elif reconfigure is not None:
            reconfigure(errors="backslashreplace")
