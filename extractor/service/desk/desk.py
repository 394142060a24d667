"""The pages people work at: the inbox, a notice under review, and who one is."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote, urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import TypeAdapter, ValidationError
from starlette.exceptions import HTTPException as AnyHTTPException

from extractor.record.checks import Lang
from extractor.record.contract import Span
from extractor.record.fields import ItemKind
from extractor.review.changes import Change
from extractor.review.refusals import ConflictError, RefusedError
from extractor.service.desk.desk_pages import (
    POLICY,
    Asked,
    Looking,
    Refusal,
    as_changed,
    asked_of,
    history_part,
    inbox_page,
    item_part,
    new_item_part,
    placed_field_part,
    problem_page,
    refused_part,
    review_page,
    sign_in_page,
    state_of,
    static_file,
)
from extractor.service.desk.desk_words import printable, said_in
from extractor.service.http.access import SESSION, client_of, is_token, session_of
from extractor.service.http.guesses import too_many_guesses
from extractor.service.http.service_limits import FORM_FIELDS
from extractor.service.store import notice_store, review_store
from extractor.service.store.notice_store import Wanted
from extractor.service.store.review_store import Reviewed
from extractor.service.work.service_parts import Service
from extractor.strict import first_mistake

_PAGE = 50
_NAME, _LANG = "reviewer", "lang"
_LONGEST_NAME = 100
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}

Form = list[tuple[str, str]]


async def _looking(request: Request) -> Looking:
    """Who looks at a page, where it is, and in which language."""
    service: Service = request.app.state.service
    lang: Lang = service.lang
    if request.cookies.get(_LANG) in ("zh", "en"):
        lang = "en" if request.cookies[_LANG] == "en" else "zh"
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return Looking(service, lang, unquote(request.cookies.get(_NAME, "")), here)


async def _form(request: Request) -> Form:
    """What a page's form sends."""
    body = await request.body()
    try:
        return await run_in_threadpool(
            parse_qsl, body.decode(errors="replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS
        )
    except ValueError:
        raise HTTPException(413, f"the form has more than {FORM_FIELDS:,} fields") from None


def _reviewed(notice_id: str, looking: Looking) -> Reviewed:
    found = review_store.reviewed(looking.service.database, notice_id)
    if found is None:
        raise HTTPException(404, "there is no such notice")
    return found


async def _found(notice_id: str, looking: Annotated[Looking, Depends(_looking)]) -> Reviewed:
    return await looking.service.heavily(_reviewed, notice_id, looking)


Looks = Annotated[Looking, Depends(_looking)]
Sent = Annotated[Form, Depends(_form)]
Found = Annotated[Reviewed, Depends(_found)]
Offset = Annotated[int, Query(ge=0, le=2**53)]

router = APIRouter(include_in_schema=False)


@router.get("/")
def inbox(
    looking: Looks,
    q: Annotated[str, Query(max_length=200)] = "",
    show: str = "waiting",
    checks: str = "",
    after: Annotated[int | None, Query(ge=0, le=2**63 - 1)] = None,
) -> HTMLResponse:
    """List the notices, those to review unless others are asked for."""
    is_reviewed = {"waiting": False, "reviewed": True}.get(show)
    wanted = Wanted(query=q.strip() or None, has_checks=True if checks else None, is_reviewed=is_reviewed)
    page = notice_store.listed(looking.service.database, wanted, limit=_PAGE, after=after)
    return _shown(inbox_page(looking, page, q, show, only_checks=bool(checks)))


@router.get("/review/{notice_id}")
def review(looking: Looks, found: Found) -> Response:
    """Show a notice under review; asks first who looks."""
    if not looking.name:
        return RedirectResponse(f"/sign-in?{urlencode({'next': looking.here})}", 303)
    return _shown(review_page(looking, found))


@router.get("/review/{notice_id}/state")
def state(looking: Looks, found: Found, seen: int = -1) -> Response:
    """Return what the page draws; 204 where nothing changed since ``seen``."""
    if found.review.last == seen:
        return Response(status_code=204)
    return JSONResponse(state_of(looking, found))


@router.get("/review/{notice_id}/item")
def item(looking: Looks, found: Found, id: str) -> HTMLResponse:
    """Return the form of an item, empty where it is gone."""
    known = found.review.items.get(id)
    return HTMLResponse(item_part(looking, found, known) if known else "")


@router.get("/review/{notice_id}/new")
def new(looking: Looks, found: Found, kind: ItemKind, start: Offset, end: Offset, field: str = "") -> HTMLResponse:
    """Return the form of an item that is to be at a place, filled in as the rules read it."""
    place = Span(start=start, end=end)
    if kind == "field":
        return HTMLResponse(placed_field_part(looking, found, field, place))
    return HTMLResponse(new_item_part(looking, found, kind, place))


@router.get("/review/{notice_id}/history")
def history(looking: Looks, found: Found) -> HTMLResponse:
    """Return the list of changes."""
    return HTMLResponse(history_part(looking, found))


@router.post("/review/{notice_id}/changes")
async def change(notice_id: str, looking: Looks, sent: Sent) -> Response:
    """Make a change. What is not taken comes back as it was filled in, with the reason."""
    if not looking.name:
        raise HTTPException(401, "tell your name first: /sign-in")
    asked = asked_of(sent)
    before = await run_in_threadpool(_reviewed, notice_id, looking)
    try:
        wanted = _wanted(asked, before)
        made = await run_in_threadpool(
            review_store.change, looking.service.database, notice_id, looking.name, wanted, asked.seen
        )
    except (RefusedError, ValidationError) as error:
        return await run_in_threadpool(_refused, looking, notice_id, asked, error)
    if made is None:
        raise HTTPException(404, "there is no such notice")
    item = made.result.id if made.result else getattr(made.change, "item", "")
    told = {"item": item, "said": said_in(looking.lang)("review.saved")}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps({"reviewed": told})})


def _wanted(asked: Asked, found: Reviewed) -> Change:
    if asked.is_misplaced:
        raise RefusedError("no_place")
    return _CHANGE.validate_python(as_changed(asked, found))


def _refused(looking: Looking, notice_id: str, asked: Asked, error: RefusedError | ValidationError) -> Response:
    found = _reviewed(notice_id, looking)
    is_conflict = isinstance(error, ConflictError)
    sentence = error.said(looking.lang) if isinstance(error, RefusedError) else first_mistake(error)
    html = refused_part(looking, found, asked, Refusal(sentence, is_conflict))
    headers = {"HX-Trigger": json.dumps({"refused": {"said": sentence}})}
    return HTMLResponse(html, 409 if is_conflict else 422, headers)


@router.get("/sign-in")
def sign_in(looking: Looks, next: str = "/") -> HTMLResponse:
    """Ask who one is, and for the token where there is one."""
    return _shown(sign_in_page(looking, _own(next)))


@router.post("/sign-in")
async def signed_in(request: Request, looking: Looks, sent: Sent) -> Response:
    """Remember who one is."""
    given = dict(sent)
    token = looking.service.token
    name = " ".join(printable(given.get("name", "")).split())[:_LONGEST_NAME]
    t = said_in(looking.lang)
    refused = "sign_in.no_name" if not name else ""
    if token is not None and not is_token(token, given.get("token", "")):
        refused = "sign_in.wrong"
        if not await looking.service.guesses.slow(client_of(request.scope)):
            return too_many_guesses()
    if refused:
        again = looking._replace(name=name)
        return _shown(sign_in_page(again, _own(given.get("next", "/")), t(refused)), 403)
    answer = RedirectResponse(_own(given.get("next", "/")), 303)
    _remember(request, answer, _NAME, quote(name))
    if token is not None:
        _remember(request, answer, SESSION, session_of(token))
    return answer


@router.get("/language/{lang}")
def language(request: Request, lang: Lang, next: str = "/") -> Response:
    """Remember which language is read."""
    answer = RedirectResponse(_own(next), 303)
    _remember(request, answer, _LANG, lang)
    return answer


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a script or a style of the pages."""
    content = static_file(name)
    if content is None:
        raise HTTPException(404, "there is no such file")
    return Response(content, media_type=_MEDIA_TYPES[PurePosixPath(name).suffix])


async def not_there(request: Request, error: Exception) -> Response:
    """Answer people who ask for a page that is not there with one, and programs with JSON."""
    assert isinstance(error, AnyHTTPException)
    if "text/html" in request.headers.get("accept", ""):
        return _shown(problem_page(await _looking(request)), 404)
    return await http_exception_handler(request, error)


def _shown(html: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(html, status, {"Content-Security-Policy": POLICY})


def _own(address: str) -> str:
    """An address of this service, whatever was asked to go to next."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


def _remember(request: Request, answer: Response, name: str, value: str) -> None:
    # Behind a proxy this is plain HTTP; the proxy says what the browser sees.
    is_secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(name, value, max_age=30 * 86400, httponly=True, samesite="lax", secure=is_secure)
