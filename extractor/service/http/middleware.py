"""The ASGI application around the service's own, which every request and every answer passes.

A request gets an id, is refused by its head where necessary, and is read within limits. An answer gets the id and
headers that keep browsers from doing more with it than showing it. Of an unexpected error only the kind is logged: its
message may quote what was sent.
"""

from __future__ import annotations

import re
import traceback
from time import monotonic
from urllib.parse import quote
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from extractor.logs import LOGGER
from extractor.messages import answer_in, said
from extractor.record.checks import Lang
from extractor.service.http.access import Access, client_of, is_guess, is_of_page, language_chosen, refusal
from extractor.service.http.bodies import (
    ClientTooSlowError,
    Pace,
    RequestBody,
    is_too_large,
    most_bytes,
    send_within,
    too_large,
)
from extractor.service.http.guesses import Guesses, too_many_guesses
from extractor.service.http.metrics import ServiceMetrics
from extractor.service.http.service_limits import PATH_CHARACTERS, QUERY_BYTES

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of answers without one of their own: load nothing, run nothing."""

_HEADERS = {
    "Content-Security-Policy": NOTHING,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with none at all, browsers hide where a form was sent from
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_NOT_KNOWN = (303, 401)  # statuses of refusals for lack of the right token
_SHOWN = 200  # characters of a path in the log


def _refusing(body: RequestBody, error: HTTPException) -> ASGIApp:
    """Return an application that refuses a body by its announced length."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await body.drain()
        await JSONResponse({"detail": said(str(error.detail))}, error.status_code)(scope, receive, send)

    return refuse


class ServiceMiddleware:
    """An ASGI application around another: access, limits, headers, metrics and the log."""

    def __init__(
        self, app: ASGIApp, access: Access, guesses: Guesses, patience: float, metrics: ServiceMetrics, lang: Lang
    ) -> None:
        self._app = app
        self._lang = lang
        self._access = access
        self._guesses = guesses
        self._pace = Pace()
        self._patience = patience
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        begun = monotonic()
        headers = Headers(scope=scope)
        answer_in(language_chosen(headers) or (self._lang if is_of_page(headers) else None))
        request_id = _id_of(headers)
        body = RequestBody(headers, receive, self._patience, most_bytes(scope["path"]), self._pace)
        status = 499  # until an answer begins: the client left before that
        patiently = send_within(send, self._patience)

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message, request_id, is_last=not body.is_whole)
            await patiently(message)

        try:
            await (await self._answered(scope, headers, body))(scope, body.receive, answer)
        except (ClientDisconnect, ClientTooSlowError):
            pass
        except Exception as error:
            fields = {"request_id": request_id, "traceback": traceback.format_exc()}
            LOGGER.error("a request failed unexpectedly: %s [%s]", type(error).__name__, request_id)
            LOGGER.debug("a request failed unexpectedly: %s", error, extra=fields)
        finally:
            self._log(scope, request_id, status, monotonic() - begun)

    async def _answered(self, scope: Scope, headers: Headers, body: RequestBody) -> ASGIApp:
        """Return the application that answers a request: the service's, or a refusal."""
        refused = refusal(self._access, scope["method"], scope["path"], headers)
        if refused is not None:
            if refused.status in _NOT_KNOWN and is_guess(headers) and not await self._guesses.slow(client_of(scope)):
                return too_many_guesses()
            return JSONResponse({"detail": said(refused.sentence)}, refused.status, refused.headers)
        if len(scope["path"]) > PATH_CHARACTERS:
            return JSONResponse({"detail": said("there is no such path")}, 404)
        if len(scope["query_string"]) > QUERY_BYTES:
            return JSONResponse({"detail": said(f"the query has more than {QUERY_BYTES:,} bytes")}, 422)
        most = most_bytes(scope["path"])
        if is_too_large(headers, most):
            return _refusing(body, too_large(most))
        return self._app

    def _log(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.count_request(method, route, status, seconds)
        # Without the query: searches are private.
        path = quote(scope["path"])[:_SHOWN]
        fields = {"request_id": request_id, "method": method, "path": path, "status": status, "seconds": seconds}
        LOGGER.info("%s %s: %d in %.0f ms [%s]", method, path, status, seconds * 1000, request_id, extra=fields)


def _id_of(headers: Headers) -> str:
    """Return the request id that the client gave where a log can hold it, else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _add_headers(message: Message, request_id: str, *, is_last: bool) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if is_last:  # the rest of the body is not waited for
        headers["Connection"] = "close"
