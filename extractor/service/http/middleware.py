"""What stands around the application: every request passes here, and every answer.

A request gets an id, is refused by its head where it has to be, and is read within limits. An answer gets its id and
the headers that keep browsers from doing more with it than show it. What breaks is told in the log by its kind; its
words may hold what was sent.
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
from extractor.service.http.access import Access, client_of, is_guess, refusal
from extractor.service.http.bodies import Body, ClientTooSlowError, Pace, is_too_large, most_bytes, patient, too_large
from extractor.service.http.guesses import Guesses, too_many_guesses
from extractor.service.http.metrics import Metrics
from extractor.service.http.service_limits import PATH_CHARACTERS, QUERY_BYTES

NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The content security policy of whatever does not bring one: load nothing, run nothing."""

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
_NOT_KNOWN = (303, 401)  # refusals for want of the right token
_SHOWN = 200  # characters of a path in the log


def _refusing(body: Body, error: HTTPException) -> ASGIApp:
    """What refuses a body by its announced length."""

    async def refuse(scope: Scope, receive: Receive, send: Send) -> None:
        await body.drain()
        await JSONResponse({"detail": error.detail}, error.status_code)(scope, receive, send)

    return refuse


class Guard:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp, access: Access, guesses: Guesses, patience: float, metrics: Metrics) -> None:
        self._app = app
        self._access = access
        self._guesses = guesses
        self._pace = Pace()
        self._patience = patience
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        begun = monotonic()
        headers = Headers(scope=scope)
        request_id = _id_of(headers)
        body = Body(headers, receive, self._patience, most_bytes(scope["path"]), self._pace)
        status = 499  # as long as nothing was sent: nobody waits for it any more
        patiently = patient(send, self._patience)

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
            LOGGER.error("a request broke the service: %s [%s]", type(error).__name__, request_id)
            LOGGER.debug("a request broke the service: %s", error, extra=fields)
        finally:
            self._tell(scope, request_id, status, monotonic() - begun)

    async def _answered(self, scope: Scope, headers: Headers, body: Body) -> ASGIApp:
        """What answers a request: the application, or a refusal."""
        refused = refusal(self._access, scope["method"], scope["path"], headers)
        if refused is not None:
            if refused.status in _NOT_KNOWN and is_guess(headers) and not await self._guesses.slow(client_of(scope)):
                return too_many_guesses()
            return JSONResponse({"detail": refused.sentence}, refused.status, refused.headers)
        if len(scope["path"]) > PATH_CHARACTERS:
            return JSONResponse({"detail": "there is no such path"}, 404)
        if len(scope["query_string"]) > QUERY_BYTES:
            return JSONResponse({"detail": f"the query has more than {QUERY_BYTES:,} bytes"}, 422)
        most = most_bytes(scope["path"])
        if is_too_large(headers, most):
            return _refusing(body, too_large(most))
        return self._app

    def _tell(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "other"
        route = getattr(scope.get("route"), "path", "none")
        self._metrics.answered(method, route, status, seconds)
        # Without what follows a question mark: people's searches are nobody's business.
        path = quote(scope["path"])[:_SHOWN]
        fields = {"request_id": request_id, "method": method, "path": path, "status": status, "seconds": seconds}
        LOGGER.info("%s %s: %d in %.0f ms [%s]", method, path, status, seconds * 1000, request_id, extra=fields)


def _id_of(headers: Headers) -> str:
    """The id that whoever sent a request gave it, where it can stand in a log; else a new one."""
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid4().hex


def _add_headers(message: Message, request_id: str, *, is_last: bool) -> None:
    headers = MutableHeaders(scope=message)
    headers["X-Request-ID"] = request_id
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if is_last:  # what is still to come of the body is not waited for
        headers["Connection"] = "close"
