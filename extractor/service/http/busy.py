"""Answers with status 503: the service cannot do this now, and may soon; Retry-After says when to try again."""

from __future__ import annotations

import errno

from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import JSONResponse

from extractor.logs import LOGGER
from extractor.messages import said

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_SECONDS = 10


def try_later(sentence: str, seconds: int = _SECONDS) -> JSONResponse:
    """Return an answer 503 with this sentence."""
    return JSONResponse({"detail": said(sentence)}, 503, {"Retry-After": str(seconds)})


async def database_fails(_: Request, error: Exception) -> JSONResponse:
    """Answer when the database is locked, full or unreadable."""
    # SQLite's message contains nothing that was sent.
    why = str(error.orig) if isinstance(error, OperationalError) else "other writers hold the database for too long"
    LOGGER.error("the service cannot read or write its database: %s", why)
    return try_later(f"the service cannot read or write its database now ({why}); try again in {_SECONDS} s")


async def disk_fails(_: Request, error: Exception) -> JSONResponse:
    """Answer when the disk is full; any other OSError is a bug and is raised again."""
    if not (isinstance(error, OSError) and error.errno in _FULL):
        raise error
    LOGGER.error("the service cannot write uploads: %s", error.strerror)
    return try_later(f"the service's disk is full; try again in {_SECONDS} s, or ask whoever runs the service")


async def too_many_wait(_: Request, __: Exception) -> JSONResponse:
    """Answer when too many requests wait for an export."""
    return try_later(f"too many requests wait for an export; try again in {_SECONDS} s")


async def not_written(_: Request, error: Exception) -> JSONResponse:
    """Answer when an export could not be written."""
    LOGGER.error("%s", error)
    return try_later(str(error))
