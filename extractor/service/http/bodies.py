"""Limits on the size and the pace of a request's body, and on the time a client takes for the answer."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Send

from extractor.files.sources.file_limits import size_in_mb
from extractor.service.http.service_limits import BODY_BYTES, CHANGE_BYTES, CHOICE_BYTES, SLOWEST

FILES_PATH = "/v1/notices"
"""The path that files are sent to."""
CHOICE_PATH = "/chosen-files"
"""The path that the names of a folder's files are sent to."""
_PACED_FROM = 128_000  # bytes of a body
_BETWEEN_PIECES = 0.001  # seconds; pieces have 64 kB, so that some 50 MB a second come in
_DIGITS = 20  # of a length that makes sense
_DRAINED_BYTES = 4_000_000
_DRAINED_SECONDS = 5.0


class ClientTooSlowError(Exception):
    """A client does not receive its answer in time."""


class Pace:
    """A turnstile for the pieces of large bodies, of all requests together, so that small bodies get in between.

    A client that does not send holds nobody up: only pieces that have arrived wait.
    """

    def __init__(self) -> None:
        self._turn = asyncio.Lock()

    async def wait(self) -> None:
        """Wait for the turn of a piece."""
        async with self._turn:
            await asyncio.sleep(_BETWEEN_PIECES)


class RequestBody:
    """A request's body as it comes in; ``is_whole`` once all of it has arrived."""

    def __init__(self, headers: Headers, receive: Receive, patience: float, most: int, pace: Pace) -> None:
        self.is_whole = headers.get("content-length", "0") == "0" and "transfer-encoding" not in headers
        length = headers.get("content-length", "0")
        self._announced = int(length) if length.isdecimal() and len(length) < _DIGITS else _DRAINED_BYTES + 1
        self._receive = receive
        self._patience = patience
        self._most = most
        self._pace = pace
        self._begun = monotonic()
        self._size = 0

    async def receive(self) -> Message:
        """Return the next ASGI message.

        Raises:
            HTTPException: The body is too large (413), or comes too slowly (408).
        """
        if self.is_whole:  # nothing but the end of the connection is waited for
            return await self._receive()
        until = self._begun + self._patience + self._size / SLOWEST
        try:
            async with asyncio.timeout(until - monotonic()):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "the body comes too slowly; send it again") from None
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self.is_whole = not message.get("more_body", False)
            if self._size > self._most:
                raise too_large(self._most)
            if self._size > _PACED_FROM:
                await self._pace.wait()
        return message

    async def drain(self) -> None:
        """Read a refused body of a few MB for a few seconds.

        A client that is cut off while it still sends may never read the reason.
        """
        if self._announced > _DRAINED_BYTES:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAINED_SECONDS):
                while (message := await self._receive())["type"] == "http.request" and message.get("more_body", False):
                    pass
        self.is_whole = True


def most_bytes(path: str) -> int:
    """Return the largest size in bytes of the body of a request to ``path``."""
    return {FILES_PATH: BODY_BYTES, CHOICE_PATH: CHOICE_BYTES}.get(path, CHANGE_BYTES)


def is_too_large(headers: Headers, most: int) -> bool:
    """Return whether the announced length of a body is over ``most`` bytes, or no number."""
    length = headers.get("content-length", "0")
    return not (length.isdecimal() and len(length) < _DIGITS and int(length) <= most)


def too_large(most: int) -> HTTPException:
    """Return the error for a body over ``most`` bytes."""
    return HTTPException(413, f"the body is larger than the limit of {size_in_mb(most)}; send less at a time")


def send_within(send: Send, patience: float) -> Send:
    """Return ``send`` with a limit: the client must make room for each piece within ``patience`` seconds.

    What is returned raises ClientTooSlowError when the client does not.
    """

    async def sent(message: Message) -> None:
        try:
            async with asyncio.timeout(patience):
                await send(message)
        except TimeoutError:
            raise ClientTooSlowError from None

    return sent
