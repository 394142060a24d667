"""The routes of the pages that people work at: the inbox, a notice under review, signing in."""

from __future__ import annotations

import json
from functools import partial
from http import HTTPStatus
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
from extractor.review.changes import Change, MadeChange
from extractor.review.refusals import ConflictError, RefusedError
from extractor.review.taken_readings import TakenReader, taken_reading
from extractor.service.desk.collected_page import collected_page
from extractor.service.desk.desk_pages import (
    POLICY,
    ChangeRefusal,
    FormRequest,
    Visit,
    as_changed,
    asked_of,
    history_part,
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
from extractor.service.desk.desk_words import printable, word_lookup
from extractor.service.http.access import LANGUAGE, SESSION, client_of, is_token, session_of
from extractor.service.http.guesses import too_many_guesses
from extractor.service.http.service_limits import FORM_FIELDS
from extractor.service.store import notice_store, review_store
from extractor.service.store.review_store import NoticeReview
from extractor.service.work.service_parts import Service

_NAME = "reviewer"
_LONGEST_NAME = 100
_CHANGE: TypeAdapter[Change] = TypeAdapter(Change)
_MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css"}

FormPairs = list[tuple[str, str]]


async def _visit(request: Request) -> Visit:
    """Return who looks at a page, in which language, and at which address."""
    service: Service = request.app.state.service
    chosen: dict[str | None, Lang] = {"zh": "zh", "en": "en"}
    lang = chosen.get(request.cookies.get(LANGUAGE))
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    name = unquote(request.cookies.get(_NAME, ""))
    return Visit(service, lang or service.lang, name, here, has_language=lang is not None)


async def _form(request: Request) -> FormPairs:
    """Return the fields that a page's form sends."""
    body = await request.body()
    try:
        return await run_in_threadpool(
            parse_qsl, body.decode(errors="replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS
        )
    except ValueError:
        raise HTTPException(413, f"the form has more than {FORM_FIELDS:,} fields") from None


def _reviewed(notice_id: str, visit: Visit) -> NoticeReview:
    found = review_store.find_review(visit.service.database, notice_id)
    if found is None:
        raise HTTPException(404, "there is no such notice")
    return found


async def _found(notice_id: str, visit: Annotated[Visit, Depends(_visit)]) -> NoticeReview:
    return await visit.service.run_heavy(_reviewed, notice_id, visit)


CurrentVisit = Annotated[Visit, Depends(_visit)]
SentForm = Annotated[FormPairs, Depends(_form)]
FoundReview = Annotated[NoticeReview, Depends(_found)]
Offset = Annotated[int, Query(ge=0, le=2**53)]

router = APIRouter(include_in_schema=False)


@router.get("/overview")
def overview(visit: CurrentVisit) -> HTMLResponse:
    """Show all notices together: overview, lists, search and comparison."""
    return shown(visit, collected_page(visit))


@router.get("/review/{notice_id}")
def review(visit: CurrentVisit, found: FoundReview) -> Response:
    """Show a notice under review; ask for a name first."""
    if not visit.name:
        return RedirectResponse(f"/sign-in?{urlencode({'next': visit.here})}", 303)
    return shown(visit, review_page(visit, found))


@router.get("/review/{notice_id}/next")
def next_notice(notice_id: str, visit: CurrentVisit) -> Response:
    """Go on to the notice to review that the inbox lists next; to the inbox where no other one is left."""
    following = notice_store.next_to_review(visit.service.database, notice_id)
    return RedirectResponse(f"/review/{quote(following)}" if following else "/", 303)


@router.get("/review/{notice_id}/state")
def state(visit: CurrentVisit, found: FoundReview, seen: int = -1) -> Response:
    """Return the data that the page draws; 204 where nothing has changed since ``seen``."""
    if found.review.last == seen:
        return Response(status_code=204)
    return JSONResponse(state_of(visit, found))


@router.get("/review/{notice_id}/item")
def item(visit: CurrentVisit, found: FoundReview, id: str) -> HTMLResponse:
    """Return the form of an item, empty where the item is gone."""
    known = found.review.items.get(id)
    return HTMLResponse(item_part(visit, found, known) if known else "")


@router.get("/review/{notice_id}/new")
def new(
    visit: CurrentVisit, found: FoundReview, kind: ItemKind, start: Offset, end: Offset, field: str = ""
) -> HTMLResponse:
    """Return the form of a new item at a place, filled in as the rules read it."""
    place = Span(start=start, end=end)
    if kind == "field":
        return HTMLResponse(placed_field_part(visit, found, field, place))
    return HTMLResponse(new_item_part(visit, found, kind, place))


@router.get("/review/{notice_id}/history")
def history(visit: CurrentVisit, found: FoundReview) -> HTMLResponse:
    """Return the list of changes."""
    return HTMLResponse(history_part(visit, found))


@router.post("/review/{notice_id}/changes")
async def change(notice_id: str, visit: CurrentVisit, sent: SentForm) -> Response:
    """Make a change; a refused one comes back as it was filled in, with the reason."""
    if not visit.name:
        raise HTTPException(401, "give your name first: /sign-in")
    asked = asked_of(sent)
    try:
        wanted = await run_in_threadpool(_wanted, asked, notice_id, visit)
        made = await run_in_threadpool(
            review_store.add_change, visit.service.database, notice_id, visit.name, wanted, asked.seen
        )
    except (RefusedError, ValidationError) as error:
        return await run_in_threadpool(_refused, visit, notice_id, asked, error)
    if made is None:
        raise HTTPException(404, "there is no such notice")
    return _kept(visit, made)


@router.post("/review/{notice_id}/take")
async def take(notice_id: str, visit: CurrentVisit, sent: SentForm) -> Response:
    """Take the values of one of two readers that differ."""
    if not visit.name:
        raise HTTPException(401, "give your name first: /sign-in")
    given, asked = dict(sent), asked_of(sent)
    reader: TakenReader = "rules" if given.get("reader") == "rules" else "model"
    wanted = partial(taken_reading, check=given.get("check", ""), reader=reader)
    store = partial(review_store.add_changes, visit.service.database, notice_id, visit.name, wanted, asked.seen)
    try:
        made = await run_in_threadpool(store)
    except (RefusedError, ValidationError) as error:
        return await run_in_threadpool(_refused, visit, notice_id, asked, error)
    if not made:
        raise HTTPException(404, "there is no such notice")
    return _kept(visit, made[0])


def _kept(visit: Visit, made: MadeChange) -> Response:
    item = made.result.id if made.result else getattr(made.change, "item", "")
    event = {"item": item, "said": word_lookup(visit.lang)("review.saved")}
    return Response(status_code=204, headers={"HX-Trigger": json.dumps({"reviewed": event})})


def _wanted(asked: FormRequest, notice_id: str, visit: Visit) -> Change:
    if asked.is_misplaced:
        raise RefusedError("no_place")
    # Only a correction needs the review, which takes a while.
    change = as_changed(asked, _reviewed(notice_id, visit)) if asked.op == "correct" else asked.change
    return _CHANGE.validate_python(change)


def _refused(visit: Visit, notice_id: str, asked: FormRequest, error: RefusedError | ValidationError) -> Response:
    found = _reviewed(notice_id, visit)
    is_conflict = isinstance(error, ConflictError)
    invalid = word_lookup(visit.lang)("review.invalid")
    sentence = error.sentence(visit.lang) if isinstance(error, RefusedError) else invalid
    html = refused_part(visit, found, asked, ChangeRefusal(sentence, is_conflict))
    headers = {"HX-Trigger": json.dumps({"refused": {"said": sentence}})}
    return HTMLResponse(html, 409 if is_conflict else 422, headers)


@router.get("/sign-in")
def sign_in(visit: CurrentVisit, next: str = "/") -> HTMLResponse:
    """Show the form that asks for a name, and for the token where there is one."""
    return shown(visit, sign_in_page(visit, _own(next)))


@router.post("/sign-in")
async def signed_in(request: Request, visit: CurrentVisit, sent: SentForm) -> Response:
    """Store the name and the session in cookies."""
    given = dict(sent)
    token = visit.service.token
    name = " ".join(printable(given.get("name", "")).split())[:_LONGEST_NAME]
    t = word_lookup(visit.lang)
    refused = "" if name else "sign_in.no_name"
    if token is not None and not is_token(token, given.get("token", "")):
        refused = "sign_in.wrong"
        if not await visit.service.guesses.slow(client_of(request.scope)):
            return too_many_guesses()
    if refused:
        again = visit._replace(name=name)
        return shown(visit, sign_in_page(again, _own(given.get("next", "/")), t(refused)), 403)
    answer = RedirectResponse(_own(given.get("next", "/")), 303)
    _remember(request, answer, _NAME, quote(name))
    if token is not None:
        _remember(request, answer, SESSION, session_of(token))
    return answer


@router.get("/language/{lang}")
def language(request: Request, lang: Lang, next: str = "/") -> Response:
    """Store the chosen language in a cookie."""
    answer = RedirectResponse(_own(next), 303)
    _remember(request, answer, LANGUAGE, lang)
    return answer


@router.get("/static/{name}")
def static(name: str) -> Response:
    """Return a script or a style of the pages."""
    content = static_file(name)
    if content is None:
        raise HTTPException(404, "there is no such file")
    return Response(content, media_type=_MEDIA_TYPES[PurePosixPath(name).suffix])


async def not_there(request: Request, error: Exception) -> Response:
    """Answer a browser that asks for a missing page with a page, and programs with JSON."""
    assert isinstance(error, AnyHTTPException)
    if "text/html" in request.headers.get("accept", ""):
        visit = await _visit(request)
        return shown(visit, problem_page(visit), 404)
    return await http_exception_handler(request, error)


def shown(visit: Visit, html: str, status: int = 200) -> HTMLResponse:
    """Return the answer with a page of the service, under its policy; its own requests are answered in its language."""
    answer = HTMLResponse(html, status, {"Content-Security-Policy": POLICY})
    if status == HTTPStatus.OK and not visit.has_language:
        answer.set_cookie(LANGUAGE, visit.lang, httponly=True, samesite="lax")
    return answer


def _own(address: str) -> str:
    """Return the address to go to next where it is one of this service, else the inbox."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else "/"


def _remember(request: Request, answer: Response, name: str, value: str) -> None:
    # Behind a proxy this is plain HTTP; the header tells the scheme that the browser uses.
    is_secure = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(name, value, max_age=30 * 86400, httponly=True, samesite="lax", secure=is_secure)
