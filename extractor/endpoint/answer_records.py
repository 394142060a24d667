"""Answers as the cache and recordings keep them: what was asked, what came back, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, NamedTuple, Protocol, TypeGuard

from pydantic import AfterValidator, ConfigDict, PlainValidator, ValidationError

from extractor.strict import Strict

LARGEST_CONTENT = 4_000_000  # characters; an answer of ours has a few thousand

UNFINISHED = frozenset({"length", "max_tokens", "model_length", "abort", "error"})
WITHHELD = frozenset({"content_filter", "safety", "refusal"})

_KEY = re.compile(r"[0-9a-f]{64}")
_LONGEST_NAME = 300  # characters
_LARGEST_COUNT = 10**12  # tokens


def _name(value: str) -> str:
    if len(value) > _LONGEST_NAME or not value.isprintable():
        raise ValueError("is no name")
    return value


def _counts(value: object) -> Mapping[str, int]:
    """Return token counts as they are, in their order: old answers may count other things than new ones."""
    if not isinstance(value, Mapping) or not all(
        isinstance(name, str) and isinstance(count, int) and 0 <= count <= _LARGEST_COUNT
        for name, count in value.items()
    ):
        raise ValueError("does not count tokens")
    return MappingProxyType(dict(value))


Name = Annotated[str, AfterValidator(_name)]
TokenCounts = Annotated[Mapping[str, int], PlainValidator(_counts)]


class CallHeader(NamedTuple):
    """The part of a record that names the question: its task, model and mode, and the version of its prompt."""

    task: str
    model: str
    mode: str
    prompt_version: str


class AnswerRecord(Strict):
    """A kept answer.

    ``finish_reason`` is None where the server gave none. ``usage`` holds the fields of a ``Usage``. ``content`` is the
    JSON of the answer; in old records it may be the raw text around it.
    """

    model_config = ConfigDict(frozen=True, strict=True, hide_input_in_errors=True)

    task: Name
    model: Name
    mode: Name
    prompt_version: Name
    finish_reason: str | None
    usage: TokenCounts
    content: str

    def json_fields(self) -> dict[str, Any]:
        """Return the record as JSON values, in the order in which they are written."""
        return {**dict(self), "usage": dict(self.usage)}

    def unusable(self) -> str | None:
        """Return why the answer must not be kept: cut short, withheld, empty or too long. None where it may be."""
        reason = str(self.finish_reason).casefold()
        if reason in UNFINISHED:
            return f"is cut short (finish_reason {reason})"
        if reason in WITHHELD:
            return f"is withheld (finish_reason {reason})"
        if not self.content.strip():
            return "is empty"
        if len(self.content) > LARGEST_CONTENT:
            return f"is longer than {LARGEST_CONTENT:,} characters"
        return None


FIELDS = tuple(AnswerRecord.model_fields)


class FlawedRecordError(ValueError):
    """A value is no record; the message says why and quotes nothing of it."""


class AnswerStore(Protocol):
    """A store of answers, looked up before anything is asked: the cache, or one in its place.

    ``key`` is 64 hexadecimal digits in small letters. ``task`` is for messages only.
    """

    def get(self, key: str, task: str = "", /) -> AnswerRecord | None:
        """Return the answer kept under ``key``, None where there is none."""

    def put(self, key: str, record: AnswerRecord, /) -> None:
        """Keep a valid answer, in place of any that is there."""

    def add(self, key: str, record: AnswerRecord, /) -> bool:
        """Keep a valid answer where none is kept; return whether it was."""

    def __contains__(self, key: object, /) -> bool:
        """Return whether an answer is kept under ``key``."""


def is_key(value: object) -> TypeGuard[str]:
    """Return whether ``value`` is the key of a call."""
    return isinstance(value, str) and _KEY.fullmatch(value) is not None


def read_record(value: object) -> AnswerRecord:
    """Return the record that ``value``, parsed JSON, holds.

    Raises:
        FlawedRecordError: it holds none.
    """
    try:
        return AnswerRecord.model_validate(value)
    except ValidationError as error:
        flaw = _flaw(error)
    raise FlawedRecordError(flaw)  # outside of the block: the cause may quote the value


_EXPECTED = {"finish_reason": "is no text", "usage": "does not count tokens", "content": "is no text"}


def _flaw(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = str(first["loc"][0]) if first["loc"] else ""
    match first["type"]:
        case "missing":
            return f"has no {field}"
        case "extra_forbidden":
            return "has fields that no answer has"
        case "model_type":
            return "is no object"
    return f"has a {field} that {_EXPECTED.get(field, 'is no name')}"
