"""What can be asked of the service, and what it answers."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.background import BackgroundTask

from extractor.errors import OutputError, SettingsError
from extractor.record.contract import Notice
from extractor.record.enumerations import Category, IssueStatus, MeasureType
from extractor.review.changes import Made
from extractor.review.refusals import ConflictError, RefusedError
from extractor.service import notice_posts, service_pages
from extractor.service.desk import desk
from extractor.service.http import busy
from extractor.service.http.api_models import Changes, ChangeWanted, Health, Job, NoticePage, Problem, change_schema
from extractor.service.http.leaving import TooBusyError, while_there
from extractor.service.intake.spool import EXPORT_PREFIX
from extractor.service.store import item_store, notice_store, review_store
from extractor.service.store.database import BusyError
from extractor.service.store.export_process import MEDIA_TYPES, Ending, exported
from extractor.service.store.notice_store import Wanted
from extractor.service.work import jobs
from extractor.service.work.service_parts import Service
from extractor.strict import first_mistake
from extractor.version import __version__

_MOST_LISTED = 200
_LONGEST = 300  # code points of a sentence about a query
_LARGEST = 2**63 - 1  # of SQLite's integers

Answers = dict[int | str, dict[str, Any]]


def _problems(**sentences: str) -> Answers:
    # Spelled out: a model would be described in the media type of the answer that the operation gives else.
    problem = {"application/json": {"schema": {"$ref": f"#/components/schemas/{Problem.__name__}"}}}
    return {int(status[1:]): {"content": problem, "description": told} for status, told in sentences.items()}


def _answer(model: type[BaseModel], sentence: str) -> Answers:
    return {200: {"model": model, "description": sentence}}


_NO_NOTICE = _problems(_404="There is no such notice.")
_NO_JOB = _problems(_404="There is no such job.")


async def _service(request: Request) -> Service:
    service: Service = request.app.state.service
    return service


async def _wanted(
    q: Annotated[
        str | None, Query(min_length=1, max_length=200, description="Words that its text or its name holds.")
    ] = None,
    category: Annotated[Category | None, Query(description="An issue is about this.")] = None,
    status: Annotated[IssueStatus | None, Query(description="An issue is in this state.")] = None,
    measure_type: Annotated[MeasureType | None, Query(description="An issue has a measure of this type.")] = None,
    has_checks: Annotated[bool | None, Query(description="Something in it is doubted.")] = None,
    is_reviewed: Annotated[bool | None, Query(description="Somebody finished its review.")] = None,
) -> Wanted:
    return Wanted(q, category, status, measure_type, has_checks, is_reviewed)


Here = Annotated[Service, Depends(_service)]
Filter = Annotated[Wanted, Depends(_wanted)]

router = APIRouter(
    responses=_problems(
        _401="A token is needed.",
        _421="The service does not go by this name.",
        _429="Too many wrong tokens come in.",
        _503="The disk is full, the database is locked, or the like; the header Retry-After says when to try again.",
    )
)

# Read by ourselves, within bounds; what it refers to is described with the answers.
_CHANGE_BODY: dict[str, Any] = {
    "requestBody": {"required": True, "content": {"application/json": {"schema": change_schema()}}}
}


@router.post(
    "/v1/notices",
    status_code=202,
    responses=_answer(Job, "All of it is kept already: nothing is to be done.")
    | _problems(
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
async def send_notices(request: Request, response: Response, service: Here) -> Job:
    """Send notices as files or as texts, many at once; the answer is a job.

    The same bytes under the same name are the same notice: sent again, it is `unchanged` and not read again, as long as
    the program and its settings are the same.
    """
    return await notice_posts.take(request, response, service)


@router.get("/v1/notices", responses=_problems(_422="A filter is not understood."))
async def list_notices(
    service: Here,
    wanted: Filter,
    limit: Annotated[int, Query(ge=1, le=_MOST_LISTED)] = 50,
    after: Annotated[int | None, Query(ge=0, le=_LARGEST, description="`next` of the page before.")] = None,
) -> NoticePage:
    """List the notices, the newest first. Filters narrow it; of issues, one has to have all that is asked."""
    listed = partial(notice_store.listed, service.database, wanted, limit=limit, after=after)
    return await (service.heavily(listed) if wanted.query else run_in_threadpool(listed))


@router.get(
    "/v1/notices/{notice_id}",
    response_class=Response,
    responses=_answer(Notice, "The record.") | _NO_NOTICE,
)
def get_notice(notice_id: str, service: Here) -> Response:
    """Return a notice's record, as the contract has it."""
    record = notice_store.record(service.database, notice_id)
    if record is None:
        raise _no_notice()
    return Response(record, media_type="application/json")


@router.get("/v1/notices/{notice_id}/text", response_class=PlainTextResponse, responses=_NO_NOTICE)
def get_text(notice_id: str, service: Here) -> PlainTextResponse:
    """Return the plain text that the record's offsets index, in code points."""
    text = notice_store.plain_text(service.database, notice_id)
    if text is None:
        raise _no_notice()
    return PlainTextResponse(text)


@router.get("/v1/notices/{notice_id}/report", response_class=HTMLResponse, responses=_NO_NOTICE)
async def get_report(notice_id: str, service: Here) -> HTMLResponse:
    """Return a page that shows the notice."""
    kept = await run_in_threadpool(notice_store.kept, service.database, notice_id)
    if kept is None:
        raise _no_notice()
    return _shown(await service.heavily(service_pages.notice_page, kept, service.lang))


@router.get("/v1/notices/{notice_id}/changes", responses=_NO_NOTICE)
async def get_changes(notice_id: str, service: Here) -> Changes:
    """Return what people said of the notice: its record is the program's reading with these changes."""
    found = await service.heavily(review_store.reviewed, service.database, notice_id)
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
    | _problems(
        _403="A page of another site sent this.",
        _408="The body came too slowly.",
        _409="Somebody changed the same thing since; look at that, then send it again with the new `last` as `seen`.",
        _413="The body is too large.",
        _422="The change cannot be.",
    ),
    openapi_extra=_CHANGE_BODY,
)
async def post_change(notice_id: str, request: Request, service: Here) -> Made:
    """Accept, correct, add, delete, finish, or undo: a change is added to those before it, and none is lost."""
    return await service.heavily(_changed, notice_id, await request.body(), service)


def _changed(notice_id: str, body: bytes, service: Service) -> Made:
    try:
        wanted = ChangeWanted.model_validate_json(body)
        made = review_store.change(service.database, notice_id, wanted.by, wanted.change, wanted.seen)
    except ValidationError as error:
        raise HTTPException(422, first_mistake(error)) from None
    except ConflictError as error:
        raise HTTPException(409, error.said(service.lang)) from error
    except RefusedError as error:
        raise HTTPException(422, error.said(service.lang)) from error
    if made is None:
        raise _no_notice()
    return made


@router.delete(
    "/v1/notices/{notice_id}",
    status_code=204,
    responses=_NO_NOTICE | _problems(_403="A page of another site sent this."),
)
def delete_notice(notice_id: str, service: Here) -> None:
    """Delete a notice with all that is kept of it."""
    if not item_store.delete_notice(service.database, notice_id):
        raise _no_notice()


@router.get("/v1/jobs/{job_id}", responses=_NO_JOB)
def get_job(job_id: str, service: Here) -> Job:
    """Return how far a job is, notice by notice."""
    job = jobs.job(service.database, job_id)
    if job is None:
        raise _no_job()
    return job


async def _known_job(job_id: str, service: Here) -> str:
    if await run_in_threadpool(jobs.progress, service.database, job_id) is None:
        raise _no_job()
    return job_id


@router.get("/v1/jobs/{job_id}/events", response_class=EventSourceResponse, responses=_NO_JOB)
async def watch_job(job_id: Annotated[str, Depends(_known_job)], service: Here) -> AsyncIterator[ServerSentEvent]:
    """Stream how far a job is: an event `progress` at once and at each change, `end` when nothing is left to do.

    When the service stops the stream ends, too; ask again when it is back.
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
    responses=_problems(
        _403="A page of another site sent this.",
        _422="There is no such form.",
        _501="This form cannot be written here.",
    ),
)
async def export_notices(request: Request, ending: Ending, service: Here, wanted: Filter) -> FileResponse:
    """Return notices as a file; forms of several files (csv) as a zip archive of them. Filters narrow it."""
    path, place = await while_there(request, _exported(ending, service, wanted))
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    leftovers = BackgroundTask(shutil.rmtree, place, ignore_errors=True)
    return FileResponse(path, media_type=media_type, filename=path.name, background=leftovers)


async def _exported(ending: Ending, service: Service, wanted: Wanted) -> tuple[Path, Path]:
    """Write an export; returns its file, and the folder that is to be deleted with it."""
    async with service.exporting.taken():
        place = Path(tempfile.mkdtemp(prefix=EXPORT_PREFIX, dir=service.uploads))
        try:
            kept = notice_store.all_kept(service.database, wanted)
            return await exported(kept, ending, place, service.lang), place
        except BaseException as error:
            await asyncio.shield(run_in_threadpool(shutil.rmtree, place, ignore_errors=True))
            if isinstance(error, SettingsError):
                raise HTTPException(501, str(error)) from error
            raise


@router.get("/healthz")
async def healthz() -> Health:
    """Say that the process is there."""
    return Health(status="ok")


@router.get("/readyz", responses={503: {"model": Problem, "description": "It cannot take notices now."}})
def readyz(service: Here) -> Health:
    """Say whether the service takes notices."""
    if service.queue.is_draining:
        raise HTTPException(503, "the service is stopping")
    fault = service.readiness.fault()
    if fault is not None:
        raise HTTPException(503, fault, {"Retry-After": "10"})
    return Health(status="ready")


@router.get("/metrics", response_class=PlainTextResponse)
def metrics(service: Here) -> Response:
    """Return what the service counts, for Prometheus."""
    return Response(service.metrics.told(), media_type="text/plain; version=0.0.4; charset=utf-8")


def application(service: Service) -> FastAPI:
    """Return the application; it stands behind a ``Guard``."""
    app = FastAPI(
        title="Notice extractor",
        summary="Grounded issues and measures from inspection rectification notices.",
        description="Issues and measures from 巡视/巡察整改进展情况通报, each with its place in the text.",
        version=__version__,
        docs_url=None,  # it would load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.service = service
    app.include_router(router)
    app.include_router(desk.router)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(404, desk.not_there)
    for fails in (OperationalError, PoolTimeoutError, BusyError):
        app.add_exception_handler(fails, busy.database_fails)
    app.add_exception_handler(OSError, busy.disk_fails)
    app.add_exception_handler(OutputError, busy.not_written)
    app.add_exception_handler(TooBusyError, busy.too_many_wait)
    app.add_exception_handler(Exception, _broken)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return _shown(service_pages.interface_page(app.openapi()))

    return app


def _shown(page: service_pages.Page) -> HTMLResponse:
    return HTMLResponse(page.html, headers={"Content-Security-Policy": page.policy})


def _no_notice() -> HTTPException:
    return HTTPException(404, "there is no such notice")


def _no_job() -> HTTPException:
    return HTTPException(404, "there is no such job")


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    sentence = f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}"
    return JSONResponse({"detail": sentence[:_LONGEST]}, 422)


async def _broken(_: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the guard tells it in the log
    return JSONResponse({"detail": "the service broke; its log says more, under this answer's X-Request-ID"}, 500)
