"""The probe for the modes that an endpoint can do: a tiny question in each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Literal

from pydantic import BaseModel, Field

from extractor.endpoint.calls import Call, Message, Mode
from extractor.endpoint.failures import AnswerFailure, CallFailure, EndpointFailure, Reason
from extractor.endpoint.oddities import Oddity

ORDER: tuple[Mode, ...] = ("json_schema", "tools", "json", "md_json")
"""Best first: a schema that decoding obeys, a tool's arguments, JSON of any shape, text."""

ModeTry = Callable[[Mode], Awaitable[tuple[Oddity, ...]]]
"""Ask the question in a mode; the oddities of its answer."""

_OF_THE_MODE = frozenset((Reason.BAD_REQUEST, Reason.SERVER, Reason.NOT_FOUND, Reason.CONTEXT_TOO_LONG))
"""Failures by which an endpoint may refuse a mode that it does not know, some with 404 or 500."""


class Lamp(BaseModel):
    """The lamp that is lit."""

    colour: Literal["red", "yellow", "green"] = Field(description="its colour")
    number: int = Field(ge=1, le=3, description="its place from above, from 1")


# The prompt does not describe the form: a mode that works sends it, and without it the answer is prose.
QUESTION = Call(
    task="probe",
    prompt_version="1",
    messages=(
        Message("system", "You answer questions about traffic lights."),
        Message("user", "Cars must stop: the topmost of the three lamps is lit. Which one is it?"),
    ),
    response=Lamp,
    max_tokens=1024,  # a model that thinks first needs room
)


class Token(BaseModel):
    """The word on a token."""

    word: Literal["vorp", "zelk", "quam"] = Field(description="the word")


FORCED = Call(
    task="probe",
    prompt_version="1",
    messages=(
        Message("system", "You answer in plain English words, without JSON, and call nothing."),
        Message("user", "Which colour has the lamp at which cars must stop? Answer with its English name alone."),
    ),
    response=Token,
    max_tokens=1024,
)
"""A question whose own answer (red) the schema forbids: it is obeyed only where it is enforced."""


async def best_mode(tried: ModeTry) -> Mode:
    """Return the first mode in which the question is answered with nothing odd, else the first in which it is answered.

    Raises:
        EndpointFailure: the endpoint fails, whatever the mode.
        AnswerFailure: no mode brings an answer.
    """
    second_best: Mode | None = None
    last: CallFailure | None = None
    for mode in ORDER:
        try:
            if not await tried(mode):
                return mode
        except AnswerFailure as failure:
            last = failure
        except EndpointFailure as failure:
            if failure.reason not in _OF_THE_MODE:
                raise
            last = failure
        else:
            second_best = second_best or mode
    if second_best:
        return second_best
    if isinstance(last, EndpointFailure):
        raise last
    raise AnswerFailure(
        Reason.INVALID_ANSWER,
        "the model answers a simple question in none of the modes in the form asked for; take a more able model",
    )
