"""The words of the labels task: what stands before and behind a number, and how many entries a list may have."""

from __future__ import annotations

import re
from collections.abc import Mapping

LABEL_KEYS: Mapping[str, tuple[str, ...]] = {
    "c": ("issues.category",),
    "t": ("measures.types",),
    "s": ("issues.status", "measures.status"),
    "w": ("issues.status", "measures.status"),
    "h": ("measures.heading",),
    "q": ("measures.quantities.subject",),
    "f": ("measures.documents.action",),
    "a": ("measures.accountability",),
    "o": ("measures.organizations",),
    "n": ("measures.organizations",),
    "x": ("measures.quantities", "measures.documents"),
    "z": ("measures.quantities", "measures.documents"),
}
"""The fields that each key of an answer is about, first of all."""
NEEDED_KEYS = frozenset("ct")
"""The keys without which an entry says nothing."""
NOT_HELD = "无"
"""A model's word for a figure that the rules took for persons held to account and that counts none."""
NOTHING = "-"
"""A model's mark behind a number that has no such value."""
ACTIONS = {"f": "document_action", "a": "accountability_action"}
"""The vocabularies of the details of missed values, by kind."""
MOST_LISTED = {"q": 40, "f": 20, "a": 40, "o": 20, "n": 8, "x": 40, "z": 12, "h": 200}
"""The most entries of the lists of an answer, by key: small models go on with a list until they are cut off."""
MOST_TYPES = 3
"""The most types of a measure."""


def numbered(said: str) -> tuple[int, str] | None:
    """Return a number and the words behind it: ``"12完成投资"``; None where no number comes first.

    >>> numbered("12完成投资"), numbered("[q3]:-"), numbered("完成投资")
    ((12, '完成投资'), (3, '-'), None)
    """
    match = re.match(r"\s*\[?[a-z]?(\d{1,9})\]?(?:[\s:：,，]+|(?=[^\d\s])|$)", said)
    return (int(match[1]), said[match.end() :].strip()) if match else None


def marked_number(said: str) -> tuple[str, int] | None:
    """Return a mark's letter and number: ``"q3"``; None where it is no mark."""
    match = re.fullmatch(r"\s*\[?([qpfo])(\d{1,9})\]?\s*", said)
    return (match[1].replace("p", "q"), int(match[2])) if match else None
