"""Access to the service, decided from a request's head before anything else is done."""

from __future__ import annotations

import hmac
import ipaddress
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

OPEN = frozenset(("/healthz", "/readyz", "/docs", "/openapi.json", "/sign-in"))
OPEN_FOLDERS = ("/static/", "/language/")
"""Paths that need no token: they give away nothing about notices."""

SESSION = "session"
"""The cookie by which a browser shows that the token was given there."""

LANGUAGE = "lang"
"""The cookie with the language that somebody chose on a page."""

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_WORK = ("/v1/export", "/language/")
"""Paths on which a mere GET does work or changes something."""


@dataclass(frozen=True)
class Access:
    """The clients that are admitted.

    Without a ``token`` (None), all that reach the service are. ``hosts`` are the names that the service goes by, in
    addition to its addresses and localhost.
    """

    token: str | None = None
    hosts: frozenset[str] = frozenset()


class RequestRefusal(NamedTuple):
    """The reason for refusing a request: a status, a sentence, and further headers."""

    status: int
    sentence: str
    headers: dict[str, str]


def refusal(access: Access, method: str, path: str, headers: Headers) -> RequestRefusal | None:
    """Return the reason for refusing a request, None where it is admitted."""
    host = headers.get("host", "")
    if not _is_ours(host, access):
        # A page elsewhere whose name was made to lead here (DNS rebinding) would else read everything.
        return RequestRefusal(421, "this service has another name; --allow-host adds one", {})
    if _is_from_elsewhere(headers, host) and (method not in _SAFE or not _is_shown(path, headers)):
        return RequestRefusal(403, "a page of another site sent this request; that is not allowed", {})
    is_open = path in OPEN or path.startswith(OPEN_FOLDERS)
    if access.token is not None and not is_open and not _is_authorized(access.token, headers):
        if method == "GET" and "text/html" in headers.get("accept", ""):
            return RequestRefusal(303, "sign in first", {"Location": f"/sign-in?next={quote(path)}"})
        sentence = "a token is needed: send it as the header Authorization: Bearer TOKEN"
        return RequestRefusal(401, sentence, {"WWW-Authenticate": "Bearer"})
    return None


def is_loopback(host: str) -> bool:
    """Return whether an address to bind to is reachable from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_ours(host: str, access: Access) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    if name == "localhost" or name in access.hosts:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True  # nobody can make an address lead elsewhere


def _is_from_elsewhere(headers: Headers, host: str) -> bool:
    """Return whether a browser reports that another site's page sent a request; programs report nothing of the kind."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != host


def _is_shown(path: str, headers: Headers) -> bool:
    """Return whether a request from another site is a link that somebody followed to look at a page.

    Anything else that a page can make its browser fetch, such as a false picture, would do work unseen; so would a link
    to an export.
    """
    return (
        not path.startswith(_WORK)
        and "origin" not in headers  # which browsers send with what scripts ask for
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )


def client_of(scope: Scope) -> str:
    """Return the address that a request comes from."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def is_guess(headers: Headers) -> bool:
    """Return whether a request carries a token or a session, right or wrong."""
    return "authorization" in headers or SESSION in cookie_parser(headers.get("cookie", ""))


def language_chosen(headers: Headers) -> str | None:
    """Return the language that somebody chose on a page; None for programs."""
    return cookie_parser(headers.get("cookie", "")).get(LANGUAGE)


def is_of_page(headers: Headers) -> bool:
    """Return whether a page of this service asks, or a browser that is to show one; programs do not say so."""
    return headers.get("sec-fetch-site") in ("same-origin", "none")


def is_token(token: str, given: str) -> bool:
    """Return whether ``given`` is the token, in a time that does not depend on how much of it is right."""
    return hmac.compare_digest(given.strip().encode(errors="replace"), token.encode())


def session_of(token: str) -> str:
    """Return what a browser keeps instead of the token: it proves that the token was given and does not contain it."""
    return hmac.digest(token.encode(), b"notice extractor: a browser's session", "sha256").hex()


def _is_authorized(token: str, headers: Headers) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_token(token, given):
        return True
    cookies = cookie_parser(headers.get("cookie", ""))
    return is_token(session_of(token), cookies.get(SESSION, ""))
