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
    number = 0

    def step(_: FrameType, event: str, __: object) -> None:  # None: it stays what is called
        nonlocal number
        if event == "opcode":
            number += 1

    def enter(frame: FrameType, _: str, __: object) -> TraceFunction:
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        yield calls
    finally:
        sys.settrace(before)
        calls.number = number
