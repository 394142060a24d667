"""The application: the routes put together, and an answer for every error."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from extractor.errors import OutputError
from extractor.messages import said
from extractor.service import api, collected_api
from extractor.service.desk import desk, inbox_routes
from extractor.service.desk.service_pages import html_response, interface_page
from extractor.service.http import busy
from extractor.service.http.leaving import TooBusyError
from extractor.service.store.database import BusyError
from extractor.service.work.service_parts import Service
from extractor.version import __version__

_LONGEST = 300  # code points of a sentence about a query


def application(service: Service) -> FastAPI:
    """Return the application, which needs a ``ServiceMiddleware`` around it."""
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
    app.include_router(api.router)
    app.include_router(collected_api.router)
    app.include_router(inbox_routes.router)
    app.include_router(desk.router)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(HTTPException, _refused)
    for fails in (OperationalError, PoolTimeoutError, BusyError):
        app.add_exception_handler(fails, busy.database_fails)
    app.add_exception_handler(OSError, busy.disk_fails)
    app.add_exception_handler(OutputError, busy.not_written)
    app.add_exception_handler(TooBusyError, busy.too_many_wait)
    app.add_exception_handler(Exception, _broken)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return html_response(interface_page(app.openapi()))

    return app


async def _refused(request: Request, error: Exception) -> Response:
    """Answer with what is wrong, in the language of messages."""
    assert isinstance(error, HTTPException)
    error.detail = said(str(error.detail))
    missing = error.status_code == HTTPStatus.NOT_FOUND
    return await (desk.not_there(request, error) if missing else http_exception_handler(request, error))


async def _not_understood(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    sentence = f"{'.'.join(map(str, first['loc'][1:]))}: {first['msg']}"
    return JSONResponse({"detail": sentence[:_LONGEST]}, 422)


async def _broken(_: Request, error: Exception) -> JSONResponse:  # noqa: ARG001 - the middleware logs it
    return JSONResponse({"detail": said("the service failed; see its log under this answer's X-Request-ID")}, 500)
