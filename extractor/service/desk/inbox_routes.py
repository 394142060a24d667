"""The routes of the inbox: its list, what is chosen to be sent, what is deleted, and whether there is news."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Base64Bytes, Field, ValidationError

from extractor.files.chosen_files import ChosenFile, sorted_out
from extractor.files.sources.file_kinds import HEAD, kind_in_words
from extractor.record.checks import Lang
from extractor.service.desk.desk import CurrentVisit, SentForm, shown
from extractor.service.desk.desk_pages import Visit
from extractor.service.desk.inbox_pages import InboxQuery, InboxState, deletions_page, inbox_page
from extractor.service.http.bodies import CHOICE_PATH
from extractor.service.store import collected_store, notice_store
from extractor.service.store.deletion_store import Deletion, DeletionEnd, delete_notice, deleted_notices
from extractor.strict import Strict, first_mistake

_PAGE = 50
_MOST_DELETIONS = 200
_MOST_FILES = 10_000
_BASE64 = 2 * HEAD

router = APIRouter(include_in_schema=False)


class _ChosenEntry(Strict):
    path: str = Field(min_length=1, max_length=4_000)
    head: Base64Bytes | None = Field(None, max_length=_BASE64)


class _Choice(Strict):
    files: list[_ChosenEntry] = Field(max_length=_MOST_FILES)


@router.get("/")
async def inbox(visit: CurrentVisit, asked: Annotated[InboxQuery, Query()]) -> HTMLResponse:
    """Show the list of notices, by default those to review."""
    if asked.wanted().query:
        await visit.service.collector.finish()
    return await run_in_threadpool(_inbox, visit, asked)


def _inbox(visit: Visit, asked: InboxQuery) -> HTMLResponse:
    database, wanted = visit.service.database, asked.wanted()
    known = InboxState(notice_store.count_notices(database), notice_store.state_of_notices(database))
    if asked.sort:
        page = notice_store.sorted_page_of_notices(database, wanted, asked.sort, limit=_PAGE, offset=asked.after or 0)
    else:
        page = notice_store.page_of_notices(database, wanted, limit=_PAGE, after=asked.after)
    return shown(visit, inbox_page(visit, page, asked, known))


@router.post(CHOICE_PATH)
async def choose_files(request: Request, visit: CurrentVisit) -> JSONResponse:
    """Return what becomes of the files of a folder that somebody chose: as in a run over it."""
    return JSONResponse(await run_in_threadpool(_chosen, await request.body(), visit.lang))


def _chosen(body: bytes, lang: Lang) -> list[dict[str, str | int]]:
    try:
        files = _Choice.model_validate_json(body).files
    except ValidationError as error:
        raise HTTPException(422, first_mistake(error)) from None
    fates = sorted_out([ChosenFile(each.path, each.head) for each in files])
    return [{**each._asdict(), "kind": kind_in_words(each.kind, lang) if each.kind else ""} for each in fates]


@router.post("/delete")
async def delete_notices(visit: CurrentVisit, sent: SentForm) -> JSONResponse:
    """Delete notices, each as long as it is as it was told: ``notice`` and ``seen``, the number of its changes."""
    if not visit.name:
        raise HTTPException(401, "give your name first: /sign-in")
    named = [value for name, value in sent if name == "notice"]
    seen = [int(value) if value.isdecimal() else -1 for name, value in sent if name == "seen"]
    if len(named) != len(seen):
        raise HTTPException(422, "each notice needs the number of its changes")
    wanted = [Deletion(notice, visit.name, number) for notice, number in zip(named, seen, strict=True)]
    ended = [await run_in_threadpool(delete_notice, visit.service.database, each) for each in wanted]
    told: dict[DeletionEnd, list[str]] = {"deleted": [], "gone": [], "changed": []}
    for each, end in zip(wanted, ended, strict=True):
        told[end].append(each.notice_id)
    return JSONResponse(told)


@router.get("/deletions")
def deletions(visit: CurrentVisit) -> HTMLResponse:
    """Show which notices were deleted, by whom and when."""
    return shown(visit, deletions_page(visit, deleted_notices(visit.service.database, _MOST_DELETIONS)))


@router.get("/news")
def news(visit: CurrentVisit) -> JSONResponse:
    """Return what is another text as soon as there is something else to show, and how many notices are not counted."""
    database = visit.service.database
    state, uncounted = notice_store.state_of_notices(database), collected_store.count_uncollected(database)
    return JSONResponse({"state": state, "uncounted": uncounted})
