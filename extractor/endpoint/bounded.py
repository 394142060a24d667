"""The HTTP clients beneath the OpenAI client: they follow no redirect, and no answer is larger than it may be.

An answer is counted as it comes and as it unpacks, so that a small one that unpacks to all of the memory is given up
in the middle. The library's own decoders unpack a piece whole, however large that becomes; these never see one.
"""

from __future__ import annotations

import os
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from functools import lru_cache
from typing import Any

import httpx2
import openai

LARGEST_ANSWER = 8_000_000  # bytes once unpacked; one of ours has some ten thousand
LARGEST_FILE = 1_000_000_000  # bytes once unpacked, of a batch's answers
_ENCODINGS = "gzip, deflate"
_EITHER = 32 + zlib.MAX_WBITS  # zlib's or gzip's frame, whichever is there
_NO_FRAME = -zlib.MAX_WBITS  # some servers send deflate so
_FILE = "/content"  # what the address of a batch's file ends with


class OversizedError(Exception):
    """An answer is larger than it may be, or is packed in a way that its size cannot be known beforehand."""


def async_client() -> httpx2.AsyncClient:
    """Return a client for the asynchronous OpenAI client; proxies and certificates are those of the environment."""

    async def bound(response: httpx2.Response) -> None:
        _bound(response)

    return openai.DefaultAsyncHttpxClient(**_how(bound))


def sync_client(seconds: float) -> httpx2.Client:
    """Return a client for the blocking OpenAI client, likewise. What comes of an answer after ``seconds`` is not waited
    for: that a server sends a little now and then is no reason to wait for ever."""

    def bound(response: httpx2.Response) -> None:
        _bound(response, time.monotonic() + seconds)

    return openai.DefaultHttpxClient(**_how(bound))


def _how(hook: Any) -> dict[str, Any]:
    return {
        "follow_redirects": False,
        "verify": _trusted(os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")),
        "headers": {"Accept-Encoding": _ENCODINGS},
        "event_hooks": {"response": [hook]},
    }


@lru_cache(maxsize=4)
def _trusted(_file: str | None, _folder: str | None) -> ssl.SSLContext:
    """Return whom to trust, read once for the certificates that the environment names: reading them takes longer than
    a request to a server on this machine."""
    return httpx2.create_ssl_context()


class Unpacker:
    """Counts the bytes of one answer, packed as ``encoding`` names it, and unpacks them: never more than ``limit``."""

    def __init__(self, encoding: str, limit: int) -> None:
        self._limit = limit
        self._packed = self._plain = 0
        self.most = 0  # bytes that were there at once
        self._encoding = encoding
        self._inflate: Any = None
        if encoding in ("gzip", "x-gzip", "deflate"):
            self._inflate = zlib.decompressobj(_EITHER)
        elif encoding not in ("", "identity"):
            raise OversizedError("it came packed in a way that was not asked for")

    def take(self, piece: bytes) -> bytes:
        """Return what a piece unpacks to.

        Raises:
            OversizedError: the answer is larger than it may be.
            httpx2.DecodingError: it is damaged.
        """
        self._packed += len(piece)
        if self._inflate is not None:
            piece = self._unpacked(piece)
        self.most = max(self.most, len(piece))
        self._plain += len(piece)
        if max(self._packed, self._plain) > self._limit:
            raise OversizedError(f"it is larger than {self._limit / 1e6:,.0f} MB")
        return piece

    def _unpacked(self, piece: bytes) -> bytes:
        room = self._limit - self._plain + 1
        try:
            return bytes(self._inflate.decompress(piece, room))
        except zlib.error as error:
            if self._encoding == "deflate" and self._packed == len(piece):
                self._inflate = zlib.decompressobj(_NO_FRAME)
                self._encoding = "deflate without a frame"
                return self._unpacked(piece)
            raise httpx2.DecodingError("the answer is damaged: it cannot be unpacked") from error


def _bound(response: httpx2.Response, until: float = float("inf")) -> None:
    """Have a response read through ``Unpacker``, and until that moment (monotonic time) at most."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    limit = LARGEST_FILE if response.request.url.path.endswith(_FILE) and response.is_success else LARGEST_ANSWER
    stream = response.stream
    if isinstance(stream, httpx2.AsyncByteStream):
        response.stream = _AsyncBody(stream, encoding, limit)
    elif isinstance(stream, httpx2.SyncByteStream):
        response.stream = _Body(stream, encoding, limit, until)
    if "content-encoding" in response.headers:
        del response.headers["content-encoding"]  # it is unpacked when the library sees it


class _AsyncBody(httpx2.AsyncByteStream):
    def __init__(self, stream: httpx2.AsyncByteStream, encoding: str, limit: int) -> None:
        self._stream, self._encoding, self._limit = stream, encoding, limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        unpacking = Unpacker(self._encoding, self._limit)
        async for piece in self._stream:
            yield unpacking.take(piece)

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Body(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream, encoding: str, limit: int, until: float) -> None:
        self._stream, self._encoding, self._limit, self._until = stream, encoding, limit, until

    def __iter__(self) -> Iterator[bytes]:
        unpacking = Unpacker(self._encoding, self._limit)
        for piece in self._stream:
            if time.monotonic() > self._until:
                raise httpx2.ReadTimeout("the answer takes too long")
            yield unpacking.take(piece)

    def close(self) -> None:
        self._stream.close()
