"""What is said when the service cannot do now what it is asked for, and may soon: 503, and when to come again."""

from __future__ import annotations

import errno

from sqlalchemy.exc import OperationalError
from starlette.requests import Request
from starlette.responses import JSONResponse

from extractor.logs import LOGGER

_FULL = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_SECONDS = 10


def later(sentence: str, seconds: int = _SECONDS) -> JSONResponse:
    """Return the answer that says so."""
    return JSONResponse({"detail": sentence}, 503, {"Retry-After": str(seconds)})


async def database_fails(_: Request, error: Exception) -> JSONResponse:
    """Answer where the database is locked, full, or cannot be read."""
    # What SQLite says of it holds nothing that was sent.
    why = str(error.orig) if isinstance(error, OperationalError) else "others write for too long"
    LOGGER.error("the service cannot read or write what it keeps: %s", why)
    return later(f"the service cannot read or write what it keeps now ({why}); send it again in {_SECONDS} s")


async def disk_fails(_: Request, error: Exception) -> JSONResponse:
    """Answer where there is no room on the disk; any other error of the system is a fault of ours."""
    if not (isinstance(error, OSError) and error.errno in _FULL):
        raise error
    LOGGER.error("the service cannot write what it is sent: %s", error.strerror)
    return later(f"the service has no room for what was sent; send it again in {_SECONDS} s, or ask who runs it")


async def too_many_wait(_: Request, __: Exception) -> JSONResponse:
    """Answer where too many wait for the same already."""
    return later(f"too many wait for an export already; ask again in {_SECONDS} s")


async def not_written(_: Request, error: Exception) -> JSONResponse:
    """Answer where an export could not be written."""
    LOGGER.error("%s", error)
    return later(str(error))
