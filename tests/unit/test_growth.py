"""Passes over a text and its record grow with their length: steps of Python are counted, so that no clock is asked.

Times over longer texts, and those of the rules, are in ``scripts/bench/bench_growth.py``.
"""

from __future__ import annotations

import pytest
from counting import counted_steps
from hostile_texts import PASSES, given, text_of

SHORT, TIMES = 1_500, 4
MOST = 1.5  # times as much for each character as in the short text
LEAST = 20_000  # steps: below, what a pass costs once is most of it

PATTERNS = ("issues and measures", "issues without measures", "numbers that leap", "damaged dates", "parts of a whole",
            "one issue, many measures", "frames", "titles")  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_steps_grow_with_the_text(pattern: str) -> None:
    grown = {}
    short, long = given(text_of(pattern, SHORT)), given(text_of(pattern, TIMES * SHORT))
    for name, work in PASSES.items():
        for text in (short, long):  # tables are loaded, patterns compiled, what is kept of the text made
            work(text)
        with counted_steps() as many:
            work(long)
        if many.number <= LEAST:
            continue
        with counted_steps() as few:
            work(short)
        if many.number > MOST * TIMES * few.number:
            grown[name] = (few.number, many.number)
    assert grown == {}
