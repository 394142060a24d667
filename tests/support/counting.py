"""What an operation costs, whatever else the machine does."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import TraceFunction


class Calls:
    """How many functions of Python were called, or steps were made; what libraries in C do does not count."""

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


@contextmanager
def counted_steps() -> Iterator[Calls]:
    """Count the steps of Python's bytecode in the block, loops over what costs no call included."""
    calls = Calls()

    def trace(frame: FrameType, event: str, _: object) -> TraceFunction:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        calls.number += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield calls
    finally:
        sys.settrace(before)
