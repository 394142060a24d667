"""Files that the service makes for one answer: a folder for each, in its turn, deleted when it was sent or failed."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import HTTPException
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from extractor.errors import InputError, SettingsError
from extractor.service.intake.spool import EXPORT_PREFIX
from extractor.service.work.export_process import MEDIA_TYPES
from extractor.service.work.service_parts import Service


@asynccontextmanager
async def export_folder(service: Service) -> AsyncIterator[Path]:
    """Give a folder to write an export into, when it is this one's turn; it is deleted where that fails.

    Raises:
        HTTPException: 422 where there is nothing to export, 501 where the format is not available here.
    """
    async with service.exporting.taken():
        place = Path(tempfile.mkdtemp(prefix=EXPORT_PREFIX, dir=service.uploads))
        try:
            yield place
        except BaseException as error:
            await asyncio.shield(run_in_threadpool(shutil.rmtree, place, ignore_errors=True))
            if isinstance(error, SettingsError):
                raise HTTPException(501, str(error)) from error
            if isinstance(error, InputError):
                raise HTTPException(422, str(error)) from error
            raise


def export_answer(path: Path, place: Path) -> FileResponse:
    """Return the answer that sends a file of the folder ``place``, and deletes the folder then."""
    leftovers = BackgroundTask(shutil.rmtree, place, ignore_errors=True)
    media_type = MEDIA_TYPES.get(path.suffix, "application/octet-stream")
    return FileResponse(path, media_type=media_type, filename=path.name, background=leftovers)
