"""A sentence on standard error where a process ends without a word: another process, which waits for its end, says it.

Ray ends a driver whose node dies from its C++ part, at once: no exception is raised, and nothing of Python runs on.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_SAYS = "import sys; line = sys.stdin.buffer.read(); line.endswith(b'\\0') or sys.stderr.buffer.write(line)"
_ENDED = b"\0"


@contextmanager
def last_words(line: str) -> Iterator[None]:
    """Have ``line`` printed on standard error if this process ends inside the block, however it ends."""
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _SAYS],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is for this process
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    ) as other:
        assert other.stdin is not None
        with suppress(OSError):  # it was ended: it says nothing then
            other.stdin.write(f"{line}\n".encode(sys.stderr.encoding or "utf-8", "backslashreplace"))
        try:
            yield
        finally:
            with suppress(OSError):
                other.stdin.write(_ENDED)
