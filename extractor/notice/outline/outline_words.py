"""The word lists of ``data/outline.toml`` as parts of larger patterns."""

from __future__ import annotations

import re

from extractor.text import wording

SIGNS_OF_REPORT = re.compile("[0-9《]")
"""A figure or a document, which answers have."""


def word_list(name: str) -> tuple[str, ...]:
    """Return the entries of a list in their order."""
    return wording.word_list("outline", name)


def any_of(name: str) -> str:
    """Return a pattern for one entry of a list, the first that matches."""
    return wording.any_of("outline", name)


def characters_of(*names: str) -> frozenset[str]:
    """Return every character that entries of these lists are written with; what they match begins with one of them."""
    return frozenset("".join(word for name in names for word in word_list(name)))


def begins_with_act(text: str, start: int = 0) -> bool:
    """Return whether words begin with an aim or something done: 加强管理, 追回资金."""
    return any(wording.pattern("outline", name).match(text, start) is not None for name in ("aim", "act"))


def reports(text: str, start: int, end: int) -> bool:
    """Return whether a stretch is a sentence with a figure or a document, as answers are: 镇党委召开会议6次。."""
    return text[end - 1] == "。" and SIGNS_OF_REPORT.search(text, start, end) is not None
