"""Sequences cut into as few groups as a budget allows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def evenly_filled(things: Sequence[Thing], sizes: Sequence[int], budget: int) -> list[list[Thing]]:
    """Cut ``things`` into groups of up to ``budget`` each: as few as it takes, the largest as small as can be.

    A run waits for its slowest call, and that is the one about the largest group. A thing larger than the budget
    is a group of its own.

    >>> evenly_filled("abcd", [3, 3, 3, 3], 9)
    [['a', 'b'], ['c', 'd']]
    """
    counted = [min(size, budget) for size in sizes]
    low, high = max(counted, default=0), budget
    fewest = len(_ends(counted, budget))
    while low < high:
        middle = (low + high) // 2
        if len(_ends(counted, middle)) > fewest:
            low = middle + 1
        else:
            high = middle
    ends = _ends(counted, high)
    return [list(things[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _ends(sizes: Sequence[int], most: int) -> list[int]:
    """Return the ends of groups that each take as much as ``most`` allows."""
    ends: list[int] = []
    held = 0
    for index, size in enumerate(sizes):
        if index and held + size > most:
            ends.append(index)
            held = 0
        held += size
    return [*ends, len(sizes)] if sizes else []
