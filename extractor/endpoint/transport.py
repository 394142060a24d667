"""One request through the OpenAI client: a completion, or what went wrong, as a value."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import httpx2
import openai

from extractor.endpoint.bounded import async_client
from extractor.endpoint.calls import Message
from extractor.endpoint.completion import Body, body_of
from extractor.endpoint.diagnosis import diagnose, exhausted, refused_in_passing
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason
from extractor.endpoint.jsonl import count_of, mapping
from extractor.endpoint.settings import EndpointSettings

_Raw = TypeVar("_Raw")
_NO_KEY = "none"  # servers of one's own ask for none, the client does
_CONNECT = 10.0  # seconds to reach a server, within the time for the request


class CompletionResponse(NamedTuple):
    """A completion. Where the endpoint says that no request is left, in how many seconds it will take the next one."""

    body: Body
    closed_for: float | None


def whereabouts(settings: EndpointSettings) -> dict[str, Any]:
    """Return what an OpenAI client must know to reach the endpoint, and hush the loggers that would write out what it
    sends."""
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
        if received and received.get("choices"):
            return CompletionResponse(received, exhausted(raw.headers))
        if received and received.get("error"):
            return refused_in_passing(received["error"], messages, self._settings)
        what = "what is no completion" if received is None else "a completion without an answer"
        return EndpointFailure(Reason.SERVER, f"{self._settings.address} sent {what}")

    async def _tried(
        self, request: Callable[[], Awaitable[_Raw]], messages: Sequence[Message], seconds: float
    ) -> _Raw | CallFailure:
        """Return what ``request`` brings, or what went wrong within ``seconds``: a broken response may raise nearly
        anything, and what cannot be read is the server's fault, not ours."""
        try:
            async with asyncio.timeout(seconds):
                return await request()
        except TimeoutError:
            where = self._settings.address
            return EndpointFailure(Reason.TIMEOUT, f"{where} did not answer within {seconds:.3g} seconds")
        except Exception as error:
            return diagnose(error, messages, self._settings)

    async def stream(self, body: Mapping[str, Any]) -> AsyncIterator[Any]:
        """Yield a completion's pieces as they come. What goes wrong is raised as the OpenAI client raises it."""
        create: Any = self._client.chat.completions.create
        pieces = await create(**self._split(body), stream=True, stream_options={"include_usage": True})
        async with pieces:
            async for piece in pieces:
                yield piece

    async def models(self) -> list[Mapping[str, Any]] | CallFailure:
        """Return what the endpoint says of its models, one mapping each, or why it says nothing."""
        raw = await self._tried(self._client.models.with_raw_response.list, (), self._settings.timeout)
        if isinstance(raw, CallFailure):
            return raw
        received = body_of(raw.content)
        if received is None:
            return EndpointFailure(Reason.SERVER, f"{self._settings.address} sent what is no list of models")
        listed = received.get("data")
        return [entry for entry in listed if isinstance(entry, dict)] if isinstance(listed, list) else []

    async def llama_context(self) -> int | None:
        """Return the context length, in tokens, that a llama.cpp server was started with; None from other servers."""
        place = str(self._client.base_url.join("/props"))
        raw = await self._tried(lambda: self._client.get(place, cast_to=httpx2.Response), (), self._settings.timeout)
        if isinstance(raw, CallFailure):  # any other server answers this in any way
            return None
        properties = mapping(mapping(body_of(raw.content)).get("default_generation_settings"))
        return count_of(properties, "n_ctx") or None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _split(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request as the client takes it: what it does not know stands apart."""
        extra = self._settings.extra_body
        return {**{name: value for name, value in body.items() if name not in extra}, "extra_body": dict(extra) or None}
