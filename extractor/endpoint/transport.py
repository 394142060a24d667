"""One request through the OpenAI client: a completion, or what went wrong, as a value."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import httpx2
import openai

from extractor.endpoint.bounded_http import async_client
from extractor.endpoint.calls import Message
from extractor.endpoint.completion import Body, body_of, has_choices
from extractor.endpoint.diagnosis import diagnose, exhausted, refused_in_passing
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import count_of, mapping
from extractor.endpoint.settings import EndpointSettings

_Raw = TypeVar("_Raw")
_NO_KEY = "none"  # servers of one's own ask for none, the client does
_PROPERTIES = 5.0  # seconds for a server's properties, which a run can do without
_CONNECT = 10.0  # seconds to reach a server, within the time for the request


class LlamaProperties(NamedTuple):
    """The settings of a llama.cpp server: the context of a slot in tokens, and its slots; None for unknown."""

    context: int | None = None
    slots: int | None = None


class CompletionResponse(NamedTuple):
    """A completion. ``closed_for`` is the seconds until the next request, None unless the endpoint has none left."""

    body: Body
    closed_for: float | None


def whereabouts(settings: EndpointSettings) -> dict[str, Any]:
    """Return the arguments of an OpenAI client that reach the endpoint.

    Loggers that would write out what it sends are set to warnings.
    """
    for name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "instructor"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
    key = settings.api_key.get_secret_value() if settings.api_key else _NO_KEY
    return {"base_url": settings.url, "default_query": settings.query, "api_key": key}


class Transport:
    """The OpenAI client with its own retries off; to be closed."""

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self._client = openai.AsyncOpenAI(
            **whereabouts(settings),
            timeout=openai.Timeout(None, connect=min(_CONNECT, settings.timeout)),  # each request is bounded as a whole
            max_retries=0,
            http_client=async_client(),
        )

    async def send(
        self, body: Mapping[str, Any], messages: Sequence[Message], seconds: float
    ) -> CompletionResponse | CallFailure:
        """Send a request and return its completion, or what went wrong within ``seconds``."""
        create: Any = self._client.chat.completions.with_raw_response.create
        raw = await self._tried(lambda: create(**self._split(body)), messages, seconds)
        if isinstance(raw, CallFailure):
            return raw
        received = body_of(raw.content)
        if received and has_choices(received):
            return CompletionResponse(received, exhausted(raw.headers))
        if received and received.get("error"):
            return refused_in_passing(received["error"], messages, self._settings)
        what = "what is no completion" if received is None else "a completion without an answer"
        return EndpointFailure(Reason.SERVER, f"{self._settings.address} sent {what}")

    async def _tried(
        self, request: Callable[[], Awaitable[_Raw]], messages: Sequence[Message], seconds: float
    ) -> _Raw | CallFailure:
        """Return what ``request`` brings, or what went wrong within ``seconds``.

        A broken response may raise nearly anything; that it cannot be read is the server's fault, not ours.
        """
        try:
            async with asyncio.timeout(seconds):
                return await request()
        except TimeoutError:
            where = self._settings.address
            return EndpointFailure(Reason.TIMEOUT, f"{where} did not answer within {seconds:.3g} seconds")
        except Exception as error:
            return diagnose(error, messages, self._settings)

    async def stream(self, body: Mapping[str, Any]) -> AsyncIterator[Any]:
        """Yield a completion's pieces as they come; raises as the OpenAI client does."""
        create: Any = self._client.chat.completions.create
        pieces = await create(**self._split(body), stream=True, stream_options={"include_usage": True})
        async with pieces:
            async for piece in pieces:
                yield piece

    async def models(self) -> list[Mapping[str, Any]] | CallFailure:
        """Return the endpoint's list of models, one mapping each, or why there is none."""
        raw = await self._tried(self._client.models.with_raw_response.list, (), self._settings.timeout)
        if isinstance(raw, CallFailure):
            return raw
        received = body_of(raw.content)
        if received is None:
            return EndpointFailure(Reason.SERVER, f"{self._settings.address} sent what is no list of models")
        listed = received.get("data")
        return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []

    async def llama_properties(self) -> LlamaProperties:
        """Return what a llama.cpp server was started with; of other servers nothing is known."""
        place = str(self._client.base_url.join("/props"))
        seconds = min(self._settings.timeout, _PROPERTIES)
        raw = await self._tried(lambda: self._client.get(place, cast_to=httpx2.Response), (), seconds)
        if isinstance(raw, CallFailure):  # any other server answers this in any way
            return LlamaProperties()
        told = mapping(body_of(raw.content))
        context = count_of(mapping(told.get("default_generation_settings")), "n_ctx")
        return LlamaProperties(context or None, count_of(told, "total_slots") or None)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _split(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request as the client takes it: fields that it does not know are apart."""
        extra = self._settings.extra_body
        return {**{name: value for name, value in body.items() if name not in extra}, "extra_body": dict(extra) or None}
