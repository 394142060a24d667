"""The routes of the HTTP interface."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse, HTMLResponse, PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ValidationError

from extractor.collection.placed_lines import placed_line
from extractor.record.contract import Notice
from extractor.record.enumerations import Category, IssueStatus, MeasureType
from extractor.review.changes import MadeChange
from extractor.review.refusals import ConflictError, RefusedError
from extractor.service import notice_posts
from extractor.service.desk.service_pages import html_response, notice_page
from extractor.service.export_answers import export_answer, export_folder
from extractor.service.http.api_models import (
    ChangeRequest,
    Changes,
    DeletionPage,
    Health,
    Job,
    NoticePage,
    ProblemAnswer,
    change_schema,
)
from extractor.service.http.leaving import until_client_leaves
from extractor.service.http.service_limits import NAME_CHARACTERS
from extractor.service.store import deletion_store, kin_store, notice_store, review_store
from extractor.service.store.deletion_store import Deletion
from extractor.service.store.notice_store import NoticeFilter
from extractor.service.store.staged_run import StagedNotices
from extractor.service.work import jobs
from extractor.service.work.export_process import ExportEnding, write_export
from extractor.service.work.service_parts import Service
from extractor.strict import first_mistake

_MOST_LISTED = 200
_LARGEST = 2**63 - 1  # the largest integer of SQLite

Responses = dict[int | str, dict[str, Any]]


def problems(**sentences: str) -> Responses:
    """Return the answers of a route that say what was not done: ``_404="…"``."""
    # Spelled out, since a model would be described under the media type of the operation's usual answer.
    problem = {"application/json": {"schema": {"$ref": f"#/components/schemas/{ProblemAnswer.__qualname__}"}}}
    return {int(status[1:]): {"content": problem, "description": text} for status, text in sentences.items()}


def _answer(model: type[BaseModel], sentence: str) -> Responses:
    return {200: {"model": model, "description": sentence}}


ANYWHERE = problems(
    _401="A token is required.",
    _421="The service has another name.",
    _429="Too many wrong tokens were sent.",
    _503="The disk is full, the database is locked, or similar; the header Retry-After says when to try again.",
)
"""What every route may answer."""
_NO_NOTICE = problems(_404="There is no such notice.")
_NO_JOB = problems(_404="There is no such job.")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _wanted(
    q: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Words that its text or its name contains.")
    ] = None,
    category: Annotated[Category | None, Query(description="An issue is about this.")] = None,
    status: Annotated[IssueStatus | None, Query(description="An issue is in this state.")] = None,
    measure_type: Annotated[MeasureType | None, Query(description="An issue has a measure of this type.")] = None,
    has_checks: Annotated[bool | None, Query(description="It has open checks.")] = None,
    is_reviewed: Annotated[bool | None, Query(description="Somebody finished its review.")] = None,
) -> NoticeFilter:
    return NoticeFilter(q, category, status, measure_type, has_checks, is_reviewed)


CurrentService = Annotated[Service, Depends(_service)]
FilterQuery = Annotated[NoticeFilter, Depends(_wanted)]

router = APIRouter(responses=ANYWHERE)

# The body is parsed here, within limits; the components that it refers to are described with the answers.
_CHANGE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": change_schema()}}}
}


@router.post(
    "/v1/notices",
    status_code=202,
    responses=_answer(Job, "All of it is stored already: nothing has to be done.")
    | problems(
        _403="A page of another site sent this.",
        _408="The body came too slowly.",
        _413="Too much was sent.",
        _415="The body is neither multipart nor JSON.",
        _422="Nothing of what was sent can be taken.",
        _429="The queue is full; the header Retry-After says when to try again.",
        _503="The service is stopping.",
    ),
    openapi_extra=notice_posts.BODY,
)
async def send_notices(request: Request, response: Response, service: CurrentService) -> Job:
    """Send notices as files or as texts, many at once; the answer is a job.

    The same bytes under the same name are the same notice: sent again, it is `unchanged` and not read again, as long as
    the program and its settings are the same.
    """
    return await notice_posts.take(request, response, service)


@router.get("/v1/notices", responses=problems(_422="A filter is not understood."))
async def list_notices(
    service: CurrentService,
    wanted: FilterQuery,
    limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 50,
    after: Annotated[int | None, Query(ge=0, le=_LARGEST, description="`next` of the page before.")] = None,
) -> NoticePage:
    """List the notices, the newest first. Where several filters are about issues, one issue has to match them all."""

    def listed() -> NoticePage:
        page = notice_store.page_of_notices(service.database, wanted, limit=limit, after=after)
        known = kin_store.known_kinships(service.database, [each.notice_id for each in page.notices])
        return kin_store.with_kinships(page, known)

    if wanted.query:
        await service.collector.finish()
    return await (service.run_heavy(listed) if wanted.query else run_in_threadpool(listed))


@router.get(
    "/v1/notices/{notice_id}",
    response_class=Response,
    responses=_answer(Notice, "The record.") | _NO_NOTICE,
)
def get_notice(notice_id: str, service: CurrentService) -> Response:
    """Return a notice's record, as the contract defines it."""
    found = kin_store.record_and_kinship(service.database, notice_id)
    if found is None:
        raise _no_notice()
    return Response(placed_line(*found, service.lang), media_type="application/json")


@router.get("/v1/notices/{notice_id}/text", response_class=PlainTextResponse, responses=_NO_NOTICE)
def get_text(notice_id: str, service: CurrentService) -> PlainTextResponse:
    """Return the plain text that the record's offsets refer to, in code points."""
    text = notice_store.plain_text(service.database, notice_id)
    if text is None:
        raise _no_notice()
    return PlainTextResponse(text)


@router.get("/v1/notices/{notice_id}/report", response_class=HTMLResponse, responses=_NO_NOTICE)
async def get_report(notice_id: str, service: CurrentService) -> HTMLResponse:
    """Return a page that shows the notice."""
    kept = await run_in_threadpool(notice_store.stored_notice, service.database, notice_id)
    if kept is None:
        raise _no_notice()
    return html_response(await service.run_heavy(notice_page, kept, service.lang))


@router.get("/v1/notices/{notice_id}/changes", responses=_NO_NOTICE)
async def get_changes(notice_id: str, service: CurrentService) -> Changes:
    """Return people's changes to the notice: its record is the program's reading with these changes."""
    found = await service.run_heavy(review_store.find_review, service.database, notice_id)
    if found is None:
        raise _no_notice()
    review, ended = found.review, found.review.finished
    return Changes(
        last=review.last,
        reviewed=ended.made if ended else None,
        reviewed_by=ended.by if ended else None,
        open_checks=list(review.open),
        undone=sorted(review.undone),
        items=dict(found.paths),
        changes=list(review.made),
    )


@router.post(
    "/v1/notices/{notice_id}/changes",
    status_code=201,
    responses=_NO_NOTICE
    | problems(
        _403="A page of another site sent this.",
        _408="The body came too slowly.",
        _409="Somebody has changed the same thing; look at that, then send it again with the new `last` as `seen`.",
        _413="The body is too large.",
        _422="The change is not possible.",
    ),
    openapi_extra=_CHANGE_BODY,
)
async def post_change(notice_id: str, request: Request, service: CurrentService) -> MadeChange:
    """Accept, correct, add, delete, finish, or undo: a change is added to those before, and none is lost."""
    return await service.run_heavy(_changed, notice_id, await request.body(), service)


def _changed(notice_id: str, body: bytes, service: Service) -> MadeChange:
    try:
        wanted = ChangeRequest.model_validate_json(body)
        made = review_store.add_change(service.database, notice_id, wanted.by, wanted.change, wanted.seen)
    except ValidationError as error:
        raise HTTPException(422, first_mistake(error)) from None
    except ConflictError as error:
        raise HTTPException(409, error.sentence(service.lang)) from error
    except RefusedError as error:
        raise HTTPException(422, error.sentence(service.lang)) from error
    if made is None:
        raise _no_notice()
    return made


@router.delete(
    "/v1/notices/{notice_id}",
    status_code=204,
    responses=_NO_NOTICE | problems(_403="A page of another site sent this.", _422="The name is too long."),
)
def delete_notice(
    notice_id: str,
    service: CurrentService,
    by: Annotated[
        str | None,
        Query(min_length=1, max_length=NAME_CHARACTERS, description="Who deletes it, for the history of deletions."),
    ] = None,
) -> None:
    """Delete a notice with everything stored about it, people's changes included; only a line of history stays.

    A notice that was the same as this one counts in its place.
    """
    if deletion_store.delete_notice(service.database, Deletion(notice_id, by)) == "gone":
        raise _no_notice()


@router.get("/v1/deletions", responses=problems(_422="The limit is not understood."))
def list_deletions(service: CurrentService, limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 50) -> DeletionPage:
    """List the notices that were deleted last: by whom, when, and how much review work went with them."""
    return DeletionPage(deletions=deletion_store.deleted_notices(service.database, limit))


@router.get("/v1/jobs/{job_id}", responses=_NO_JOB)
def get_job(job_id: str, service: CurrentService) -> Job:
    """Return the progress of a job, notice by notice."""
    job = jobs.job(service.database, job_id)
    if job is None:
        raise _no_job()
    return job


async def _known_job(job_id: str, service: CurrentService) -> str:
    if await run_in_threadpool(jobs.progress, service.database, job_id) is None:
        raise _no_job()
    return job_id


@router.get("/v1/jobs/{job_id}/events", response_class=EventSourceResponse, responses=_NO_JOB)
async def watch_job(
    job_id: Annotated[str, Depends(_known_job)], service: CurrentService
) -> AsyncIterator[ServerSentEvent]:
    """Stream the progress of a job: an event `progress` at once and at each change, `end` when nothing is left to do.

    The stream also ends when the service stops; ask again when it is back.
    """
    with service.queue.changes(job_id) as changed:
        while True:
            changed.clear()
            progress = await run_in_threadpool(jobs.progress, service.database, job_id)
            if progress is None:
                return
            yield ServerSentEvent(event="end" if progress.ended else "progress", data=progress)
            if progress.ended or service.queue.is_draining:
                return
            await changed.wait()


@router.get(
    "/v1/export.{ending}",
    response_class=FileResponse,
    responses=problems(
        _403="A page of another site sent this.",
        _422="There is no such format, or there are no such notices.",
        _501="This format is not available here.",
    ),
)
async def export_notices(
    request: Request, ending: ExportEnding, service: CurrentService, wanted: FilterQuery
) -> FileResponse:
    """Return notices as a file, or as a zip archive for formats of several files (csv). Filters select notices."""
    return export_answer(*await until_client_leaves(request, _exported(ending, service, wanted)))


async def _exported(ending: ExportEnding, service: Service, wanted: NoticeFilter) -> tuple[Path, Path]:
    """Write an export; return its file, and the folder that has to be deleted with it."""
    async with export_folder(service) as place:
        if wanted.query:
            await service.collector.finish()
        kept = notice_store.stored_notices(service.database, wanted)
        kin = partial(kin_store.stored_kinships, service.database, wanted)
        return await write_export(StagedNotices(kept, kin), ending, place, service.lang), place


@router.get("/healthz")
async def healthz() -> Health:
    """Return that the process is running."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": ProblemAnswer, "description": "It cannot take notices now."}})
def readyz(service: CurrentService) -> Health:
    """Return whether the service takes notices."""
    if service.queue.is_draining:
        raise HTTPException(503, "the service is stopping")
    fault = service.readiness.fault()
    if fault is not None:
        raise HTTPException(503, fault, {"Retry-After": "10"})
    return Health(status="ready")


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(service: CurrentService) -> Response:
    """Return the service's counters, for Prometheus."""
    return Response(service.metrics.exposition(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _no_notice() -> HTTPException:
    return HTTPException(404, "there is no such notice")


def _no_job() -> HTTPException:
    return HTTPException(404, "there is no such job")
