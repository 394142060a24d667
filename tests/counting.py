"""What an operation costs, whatever else the machine does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


class Calls:
    """How many functions of Python were called; those of libraries in C do not count."""

    def __init__(self) -> None:
        self.number = 0


@contextmanager
def counted() -> Iterator[Calls]:
    """Count the calls of the block."""
    calls = Calls()

    def count(_: object, event: str, __: object) -> None:
        calls.number += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        yield calls
    finally:
        sys.setprofile(before)
