"""A call to a model, and its answer, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel

Response = TypeVar("Response", bound=BaseModel)
Mode = Literal["tools", "json_schema", "json", "md_json"]


class Message(NamedTuple):
    """One message of a chat."""

    role: Literal["system", "user"]
    content: str


@dataclass(frozen=True)
class Call(Generic[Response]):
    """A question to a model: the fixed part first, the same to the byte in every call of a task, the rest last.

    ``response`` is the shape of the answer, ``context`` what its validators check it against (Pydantic validation
    context), ``max_tokens`` the most the answer may take, though at least ``least_tokens`` are allowed. ``schema`` is a
    JSON schema for this call alone, narrower than that of ``response``: an answer that fits it fits both.
    """

    task: str
    prompt_version: str
    messages: tuple[Message, ...]
    response: type[Response]
    context: Mapping[str, object] = field(default_factory=dict)
    max_tokens: int = 2048
    least_tokens: int = 0
    schema: Mapping[str, Any] | None = None


class Complaint(NamedTuple):
    """The words about an answer that could not be used, and how many answers in a row before it met the same."""

    words: str = ""
    before: int = 0

    def followed_by(self, words: str) -> Complaint:
        """Return the complaint about the next answer."""
        return Complaint(words, self.before + 1 if words == self.words else 0)


NO_COMPLAINT = Complaint()
"""The complaint of a first request: none."""


@dataclass(frozen=True)
class Usage:
    """Tokens of one answer or of many: they add up with ``+``.

    ``cached`` is the part of ``prompt`` that hit a prefix cache. A server that counts nothing leaves zeros, and
    ``known`` is false.
    """

    prompt: int = 0
    cached: int = 0
    completion: int = 0
    known: bool = True

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt + other.prompt,
            self.cached + other.cached,
            self.completion + other.completion,
            self.known and other.known,
        )


@dataclass(frozen=True)
class CallAnswer(Generic[Response]):
    """A valid answer. It took so many ``requests`` (0 from the cache) and ``seconds``."""

    value: Response
    usage: Usage
    requests: int
    seconds: float
    from_cache: bool = False
