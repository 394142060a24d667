"""Exports: notices are written as a run's folder, which the command ``export`` converts in a process of its own."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import zipfile
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from threading import Event
from typing import Literal

from extractor.errors import InputError, OutputError, SettingsError
from extractor.messages import said
from extractor.processes.environment import harmless
from extractor.record.checks import Lang
from extractor.runs.run_folder import RunFolder
from extractor.service.store.staged_run import StagedNotices, write_staged

ExportEnding = Literal["xlsx", "csv", "parquet", "sqlite", "duckdb", "jsonl"]

MEDIA_TYPES: dict[str, str] = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".zip": "application/zip",
    ".jsonl": "application/jsonl",
}
_SECONDS = 600.0
_WRONG_USAGE = 2


async def write_export(notices: StagedNotices, ending: ExportEnding, place: Path, lang: Lang) -> Path:
    """Write notices into the folder ``place`` in the format with ``ending``, and return the file.

    Formats of several files become a zip archive.

    Raises:
        InputError: There are no notices.
        SettingsError: The format is not available here.
        OutputError: The file could not be written.
    """
    folder = RunFolder(place / "run")
    left = Event()
    writing = asyncio.create_task(asyncio.to_thread(write_staged, notices, folder, lang, lambda: not left.is_set()))
    try:
        if not await asyncio.shield(writing):
            raise InputError("there are no notices to export; send some, or ask for others")
    except asyncio.CancelledError:
        left.set()  # a thread cannot be cancelled: it ends by itself and uses the folder until then
        await writing
        raise
    if ending == "jsonl":
        return folder.notices
    made = place / "made"
    made.mkdir()
    target = made / f"notices.{ending}"
    await _export(folder.path, target, lang)
    return await asyncio.to_thread(_one_file, made, target)


async def _export(folder: Path, target: Path, lang: Lang) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "extractor", "export", str(folder), "--to", str(target), "--lang", lang),
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=PIPE,
        env=harmless(os.environ),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(_SECONDS):
            _, message = await process.communicate()
    except TimeoutError:
        raise OutputError(f"the export takes more than {_SECONDS:g} s; export fewer notices") from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode == 0 and any(target.parent.iterdir()):
        return
    sentence = message.decode(errors="replace").strip().splitlines()[-1:] or ["it gave no reason"]
    kind = SettingsError if process.returncode == _WRONG_USAGE else OutputError
    told = sentence[0].removeprefix("error: ").removeprefix(said("error:", "zh"))
    raise kind(f"the export failed: {told}")


def _one_file(made: Path, target: Path) -> Path:
    files = sorted(path for path in made.rglob("*") if path.is_file())
    if files == [target]:
        return target
    together = target.with_name(f"{target.name}.zip")
    with zipfile.ZipFile(together, "x", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            # Without the time of writing, so that the same notices make the same bytes.
            entry = zipfile.ZipInfo(path.relative_to(made).as_posix())
            entry.compress_type = zipfile.ZIP_DEFLATED
            with path.open("rb") as file, archive.open(entry, "w", force_zip64=True) as packed:
                shutil.copyfileobj(file, packed)
    return together
