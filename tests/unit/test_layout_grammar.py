"""Notices in layouts that are put together at random are read as they were put together.

``scripts/layout_scores.py`` does the same over many more and prints scores; here is a sample, each read to the word.
"""

from __future__ import annotations

import pytest
from layout_grammar import invented
from layout_reading import compared

SAMPLE = range(10_000, 10_120)
"""Seeds of their own, apart from those that the rules were improved on."""


@pytest.mark.parametrize("seed", SAMPLE)
def test_a_layout_put_together_at_random_is_read_to_the_word(seed: int) -> None:
    assert compared(invented(seed)).differences == []


def test_the_sample_has_each_choice_of_the_grammar() -> None:
    layouts = [invented(seed).layout for seed in SAMPLE]
    chosen = {(name, value) for layout in layouts for name, value in layout.items()}
    for name, most in (("groups", 9), ("answer", 9), ("table", 3), ("head", 6), ("state", 4), ("more", 5)):
        assert len([value for of, value in chosen if of == name]) >= most


def test_a_seed_always_makes_the_same_notice() -> None:
    assert invented(7) == invented(7)
