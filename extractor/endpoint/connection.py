"""Why no answer came over a connection: nobody there, TLS where there is none or none where there is, a certificate
that does not hold, an answer beyond all size. Named by what was raised; no words of the server's are repeated."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit

import httpx2

from extractor.endpoint.bounded import OversizedError
from extractor.endpoint.failures import Reason
from extractor.terminal import printable

TLS_PORT = "speaks TLS at this port; write https:// instead of http://"
REDIRECTS = "wants the request sent on to"
_CERTIFICATES = {
    10: "has expired (or the clock of this machine is wrong)",
    18: "is self-signed",
    19: "was signed by an authority that nobody here knows",
    20: "was signed by an authority that nobody here knows",
    62: "is for another host name",
    64: "is for another address",
}
"""What OpenSSL's codes say of a certificate."""
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG")
_LONGEST_LOCATION = 2000  # characters
_HANDSHAKE = 3.0  # seconds


class ConnectionFault(NamedTuple):
    """What is wrong with a connection: words that follow the endpoint's address in a sentence."""

    reason: Reason
    words: str


def fault_of(error: BaseException, url: str) -> ConnectionFault:
    """Return what ``error``, raised while the server at ``url`` was asked, says of the connection."""
    chain = list(causes(error))
    for each in chain:
        if isinstance(each, OversizedError):
            return ConnectionFault(Reason.OVERSIZED, f"sent an answer that was given up: {each}")
        if isinstance(each, httpx2.DecodingError):
            return ConnectionFault(Reason.SERVER, "sent an answer that is damaged: it cannot be unpacked")
        if isinstance(each, socket.gaierror):
            return ConnectionFault(
                Reason.CONNECTION, "cannot be reached: its host name is not known; is it spelt right?"
            )
    for each in chain:
        if isinstance(each, ssl.SSLError) and (fault := _of_tls(each)):
            return fault
    is_plain = urlsplit(url).scheme == "http"
    root = _root(error)
    if is_plain and "illegal request line" in str(root):  # h11's words for a first byte that no HTTP begins with
        return ConnectionFault(
            Reason.TLS, "does not answer in HTTP but, most likely, TLS; write https:// instead of http://"
        )
    hint = ""
    if is_plain and "without sending a response" in str(root):
        hint = ", or does it speak TLS (https://)"
    elif not is_plain and (isinstance(root, ssl.SSLError) or _is_unanswered_handshake(chain)):
        hint = ", or does it speak plain HTTP (http://)"
    named = f"cannot be reached, or broke off ({type(root).__name__})"
    return ConnectionFault(Reason.CONNECTION, f"{named}; is the server running{hint}?")


def _of_tls(error: ssl.SSLError) -> ConnectionFault | None:
    """Return what an error of TLS means; None where the connection may only have broken off."""
    if isinstance(error, ssl.SSLCertVerificationError):
        what = _CERTIFICATES.get(error.verify_code, "cannot be verified")
        return ConnectionFault(Reason.TLS, f"has a certificate that {what}; nothing was sent to it")
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError | ssl.SSLWantReadError | ssl.SSLWantWriteError):
        return None
    if error.reason in _NO_TLS:
        return ConnectionFault(Reason.TLS, "does not speak TLS at this port; write http:// instead of https://")
    return ConnectionFault(Reason.TLS, f"fails to agree on TLS ({error.reason or type(error).__name__})")


def _is_unanswered_handshake(chain: Sequence[BaseException]) -> bool:
    connecting = any(isinstance(each, httpx2.ConnectTimeout | httpx2.ConnectError) for each in chain)
    return connecting and any(isinstance(each, ssl.SSLError) or "handshake" in str(each) for each in chain)


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def target_of(location: str, url: str) -> str:
    """Return which server the ``Location`` of a redirect from ``url`` names: scheme, host and port, no more of it."""
    with suppress(ValueError):
        parts = urlsplit(urljoin(url, location[:_LONGEST_LOCATION]))
        if location and parts.hostname:
            return printable(f"{parts.scheme}://{parts.hostname}{f':{parts.port}' if parts.port else ''}")
    return "an address that it does not name"


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, then what led to it."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


async def speaks_tls(url: str) -> bool:
    """Whether the server at ``url``, written with http://, takes a TLS handshake at that port. Nothing else is sent."""
    parts = urlsplit(url)
    if parts.scheme != "http":
        return False
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    with suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(_HANDSHAKE):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or 80, ssl=unverified)
        writer.transport.abort()
        return True
    return False
