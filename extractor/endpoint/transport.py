"""One request through the OpenAI client: a completion, or what went wrong, as a value."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

import openai

from extractor.endpoint.calls import Message
from extractor.endpoint.diagnosis import diagnose, exhausted, refused_in_passing
from extractor.endpoint.failures import CallFailure, EndpointFailure, Reason
from extractor.endpoint.reading import Body
from extractor.endpoint.settings import Settings

_NO_KEY = "none"  # servers of one's own ask for none, the client does
_CONNECT = 10.0  # seconds to reach a server, within the time for the request


class Received(NamedTuple):
    """A completion. Where the endpoint says that no request is left, in how many seconds it will take the next one."""

    body: Body
    closed_for: float | None


def whereabouts(settings: Settings) -> dict[str, Any]:
    """Return what an OpenAI client must know to reach the endpoint, and hush the loggers that would write out what it
    sends."""
    for name in ("openai", "httpx", "httpx2", "httpcore", "httpcore2", "instructor"):
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, logging.WARNING))
    key = settings.api_key.get_secret_value() if settings.api_key else _NO_KEY
    return {"base_url": settings.url, "default_query": settings.query, "api_key": key}


class Transport:
    """The OpenAI client with its own retries off; to be closed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = openai.AsyncOpenAI(
            **whereabouts(settings),
            timeout=openai.Timeout(None, connect=min(_CONNECT, settings.timeout)),  # ``send`` bounds the whole
            max_retries=0,
        )

    async def send(
        self, body: Mapping[str, Any], messages: Sequence[Message], seconds: float
    ) -> Received | CallFailure:
        """Send a request and return its completion, or what went wrong within ``seconds``."""
        create: Any = self._client.chat.completions.with_raw_response.create
        try:
            async with asyncio.timeout(seconds):
                raw = await create(**self._split(body))
            received = json.loads(raw.content)
        except TimeoutError:
            where = self._settings.address
            return EndpointFailure(Reason.TIMEOUT, f"{where} did not answer within {seconds:.3g} seconds")
        # A broken response may raise nearly anything; what cannot be read is the server's fault, not ours.
        except Exception as error:
            return diagnose(error, messages, self._settings)
        if isinstance(received, dict) and received.get("choices"):
            return Received(received, exhausted(raw.headers))
        if isinstance(received, dict) and received.get("error"):
            return refused_in_passing(received["error"], messages, self._settings)
        return EndpointFailure(Reason.SERVER, f"{self._settings.address} sent a completion without an answer")

    async def stream(self, body: Mapping[str, Any]) -> AsyncIterator[Any]:
        """Yield a completion's pieces as they come. What goes wrong is raised as the OpenAI client raises it."""
        create: Any = self._client.chat.completions.create
        pieces = await create(**self._split(body), stream=True, stream_options={"include_usage": True})
        async with pieces:
            async for piece in pieces:
                yield piece

    async def models(self) -> list[Mapping[str, Any]] | CallFailure:
        """Return what the endpoint says of its models, one mapping each, or why it says nothing."""
        try:
            page = await self._client.models.list()
            return [model.model_dump() for model in page.data or []]
        except Exception as error:
            return diagnose(error, (), self._settings)

    async def llama_context(self) -> int | None:
        """Return the context length, in tokens, that a llama.cpp server was started with; None from other servers."""
        try:
            properties: Any = await self._client.get(str(self._client.base_url.join("/props")), cast_to=object)
            context = properties["default_generation_settings"]["n_ctx"]
        except Exception:  # any other server answers this in any way
            return None
        return context if isinstance(context, int) else None

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    def _split(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request as the client takes it: what it does not know stands apart."""
        extra = self._settings.extra_body
        return {**{name: value for name, value in body.items() if name not in extra}, "extra_body": dict(extra) or None}
