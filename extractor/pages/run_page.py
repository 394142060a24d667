"""The report of a run: one html file that holds all it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from extractor.disk.whole import written_whole
from extractor.exports.exporter import stored_notices
from extractor.pages.notice_page import notice_page
from extractor.pages.page_words import words
from extractor.pages.shell import data_element, page
from extractor.record.checks import Lang
from extractor.runs.run_folder import RunFolder, stored_lines


class ReportSize(NamedTuple):
    """What a report holds: how many notices, in how many bytes."""

    notices: int
    bytes: int


def write_report(folder: Path, file: Path, lang: Lang = "zh") -> ReportSize:
    """Write the report of the run in ``folder`` to ``file``, all of it or nothing; it opens in ``lang`` (zh, en).

    Raises:
        InputError: ``folder`` holds no run, or one whose files do not belong together.
        SettingsError: ``file`` is a folder, or its folder cannot be written.
        OutputError: the disk is full, or ``file`` cannot be replaced.
    """
    notices = 0

    def data() -> Iterator[str]:
        nonlocal notices
        for notice, text in stored_notices(folder):
            notices += 1
            yield data_element(notice_page(notice, text), class_="notice-data")
        yield data_element({"lang": lang, "run": _run(folder), **words()}, id="report-data")

    next(stored_lines(folder), None)  # what is wrong with the folder is told before a file is begun
    named = words()["words"]
    pieces = page(named["report.title"][lang], " ".join(named["report.noscript"].values()), lang, data())
    with written_whole([file]) as (made,), made.open("wb") as opened:
        opened.writelines(piece.encode() for piece in pieces)
        size = opened.tell()
    return ReportSize(notices, size)


def _run(folder: Path) -> dict[str, Any]:
    """What a report says of the run, as far as its run.json tells."""
    try:
        told = json.loads(RunFolder(folder).report.read_bytes())
        return {
            "backend": told["settings"]["backend"],
            "finished": told["finished"][:10],
            "missing": told["totals"]["failed"] + told["totals"]["pending"],
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {"backend": None, "finished": None, "missing": 0}
