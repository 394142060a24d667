"""The word lists of ``data/outline.toml`` as parts of larger patterns."""

from __future__ import annotations

from extractor.text import wording


def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of a list in their order."""
    return wording.word_list("outline", name)


def any_of(name: str) -> str:
    """Return a pattern for one entry of a list, the first that matches."""
    return wording.any_of("outline", name)


def characters_of(*names: str) -> frozenset[str]:
    """Return every character that entries of these lists are written with; what they match begins with one of them."""
    return frozenset("".join(word for name in names for word in word_list(name)))
