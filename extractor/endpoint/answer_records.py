"""An answer as it is kept: what was asked, what came back, and nothing else. JSON values only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Protocol, TypeGuard

Record = dict[str, Any]
"""What was asked: ``task``, ``model``, ``mode``, ``prompt_version``. What came back: ``finish_reason`` (None where the
server gave none), ``usage`` (a ``Usage`` as a dict), ``content`` (the raw text, or the tool's arguments as JSON)."""

FIELDS = ("task", "model", "mode", "prompt_version", "finish_reason", "usage", "content")
LARGEST_CONTENT = 4_000_000  # characters; an answer of ours has a few thousand

UNFINISHED = frozenset({"length", "max_tokens", "model_length", "abort", "error"})
WITHHELD = frozenset({"content_filter", "safety", "refusal"})

_KEY = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 300
_LARGEST_COUNT = 10**12  # tokens


class AnswerStore(Protocol):
    """Where a client looks before it asks, and puts what it was told: the cache, or a stand-in for it.

    ``key`` is 64 hexadecimal digits in small letters. ``task`` is for messages only. The record is the caller's own.
    """

    def get(self, key: str, task: str = "", /) -> Record | None:
        """Return the answer kept under ``key``, None where there is none."""

    def put(self, key: str, record: Record, /) -> None:
        """Keep an answer that was found valid."""

    def add(self, key: str, record: Record, /) -> bool:
        """Keep an answer that was found valid where none is kept; tell whether it was."""

    def __contains__(self, key: object, /) -> bool:
        """Tell whether an answer is kept under ``key``."""


def is_key(value: object) -> TypeGuard[str]:
    """Tell whether ``value`` is the key of a call."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def flaw(record: object) -> str | None:
    """Return why ``record`` is no record, in words that quote nothing of it; None where it is one."""
    if not isinstance(record, dict):
        return "is no object"
    if record.keys() != set(FIELDS):
        missing = [field for field in FIELDS if field not in record]
        return f"has no {missing[0]}" if missing else "has fields that no answer has"
    for field in ("task", "model", "mode", "prompt_version"):
        value = record[field]
        if not isinstance(value, str) or len(value) > _LONGEST_NAME or not value.isprintable():
            return f"has a {field} that is no name"
    if not isinstance(record["finish_reason"], str | None):
        return "has a finish_reason that is no text"
    if not _is_usage(record["usage"]):
        return "has a usage that does not count tokens"
    if not isinstance(record["content"], str):
        return "has a content that is no text"
    return None


def unusable(record: Mapping[str, Any]) -> str | None:
    """Return why an answer must not be kept: cut short, refused, empty, or beyond all size; None where it may be."""
    reason = str(record["finish_reason"]).casefold()
    if reason in UNFINISHED:
        return f"is cut short (finish_reason {reason})"
    if reason in WITHHELD:
        return f"is withheld (finish_reason {reason})"
    if not record["content"].strip():
        return "is empty"
    if len(record["content"]) > LARGEST_CONTENT:
        return f"is longer than {LARGEST_CONTENT:,} characters"
    return None


def _is_usage(value: object) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and isinstance(count, int) and 0 <= count <= _LARGEST_COUNT
        for name, count in value.items()
    )
