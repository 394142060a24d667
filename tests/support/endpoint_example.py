"""A call as the tests of the endpoint make it, and the model that answers it: colours for numbered words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal, TypeVar

from fake_endpoint import Serving
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from extractor.endpoint.answer_records import AnswerRecord
from extractor.endpoint.calls import Call, Message
from extractor.endpoint.client import Endpoint
from extractor.endpoint.settings import EndpointSettings

COLOURS = ("red", "green", "blue")
_Result = TypeVar("_Result")


class Label(BaseModel):
    """The colour of one word."""

    i: int = Field(description="the word's number")
    c: Literal["red", "green", "blue"]


class Labels(BaseModel):
    """Colours of words."""

    items: list[Label]

    @field_validator("items")
    @classmethod
    def _are_shown(cls, items: list[Label], info: ValidationInfo) -> list[Label]:
        known = (info.context or {}).get("numbers", ())
        for item in items:
            if item.i not in known:
                raise ValueError(f"there is no word {item.i}; the words are {known[0]} to {known[-1]}")
        return items


def call(words: Sequence[str] = ("sky", "grass", "blood"), *, fixed: str = "Give each word a colour.") -> Call[Labels]:
    """Return a call about ``words``."""
    question = "\n".join(f"[{number}] {word}" for number, word in enumerate(words))
    messages = (Message("system", fixed), Message("user", question))
    return Call("colours", "1", messages, Labels, {"numbers": range(len(words))}, 500)


def answer(request: dict[str, Any]) -> dict[str, Any] | None:
    """Return the right answer to ``call``."""
    shown = re.findall(r"\[(\d+)\] (\w+)", request["messages"][-1]["content"])
    if not shown:
        return None
    return {"items": [{"i": int(number), "c": colour_of(word)} for number, word in shown]}


def colour_of(word: str) -> str:
    """Return a word's colour."""
    return COLOURS[sum(map(ord, word)) % len(COLOURS)]


def right(words: Sequence[str] = ("sky", "grass", "blood")) -> Labels:
    """Return the right answer's value."""
    return Labels.model_construct(
        items=[Label(i=number, c=colour_of(word)) for number, word in enumerate(words)]  # type: ignore[arg-type]
    )


class Kept(dict[str, AnswerRecord]):
    """A cache in memory."""

    def get(self, key: str, _task: str = "", /) -> AnswerRecord | None:  # type: ignore[override]
        return super().get(key)

    def put(self, key: str, record: AnswerRecord, /) -> None:
        self[key] = record

    def add(self, key: str, record: AnswerRecord, /) -> bool:
        return self.setdefault(key, record) is record


def settings(server: Serving, **more: Any) -> EndpointSettings:
    """Return settings for a server that fails fast."""
    values: dict[str, Any] = {
        "base_url": server.base_url,
        "model": "fake",
        "mode": "json_schema",
        "backoff": 0.001,
        "timeout": 5.0,
        "pack_tokens": 5500,
    }
    return EndpointSettings(**(values | more))


def with_endpoint(
    how: EndpointSettings, use: Callable[[Endpoint], Awaitable[_Result]], cache: Kept | None = None
) -> tuple[_Result, Endpoint]:
    """Return what ``use`` makes of an endpoint, and the endpoint, closed."""

    async def run() -> tuple[_Result, Endpoint]:
        async with Endpoint(how, cache) as endpoint:
            return await use(endpoint), endpoint

    return asyncio.run(run())
