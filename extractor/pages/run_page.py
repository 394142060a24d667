"""The report of a run: one HTML file with everything that it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from extractor.disk.whole import written_whole
from extractor.exports.exporter import stored_notices
from extractor.files.parts.text_places import text_places_from
from extractor.pages.notice_page import notice_page
from extractor.pages.page_words import words
from extractor.pages.series_comparisons import SeriesComparisons
from extractor.pages.shell import data_element, page
from extractor.record.checks import Lang
from extractor.runs.run_folder import RunFolder, stored_lines, stored_places


class ReportSize(NamedTuple):
    """The size of a report: its notices, and the bytes of its file."""

    notices: int
    bytes: int


def write_report(folder: Path, file: Path, lang: Lang = "zh") -> ReportSize:
    """Write the report of the run in ``folder`` to ``file``, all of it or nothing; it opens in ``lang``.

    Raises:
        InputError: ``folder`` holds no run, or one whose files do not belong together.
        SettingsError: ``file`` is a folder, or its folder cannot be written.
        OutputError: The disk is full, or ``file`` cannot be replaced.
    """
    notices, comparisons = 0, SeriesComparisons()

    def data() -> Iterator[str]:
        nonlocal notices
        for notice, text in stored_notices(folder):
            notices += 1
            comparisons.add(notice, text)
            places = text_places_from(stored_places(folder, notice.notice_id))
            yield data_element(notice_page(notice, text, places), class_="notice-data")
        told = {"run": _run(folder), "series": list(comparisons.data())}
        yield data_element({"lang": lang, **told, **words()}, id="report-data")

    next(stored_lines(folder), None)  # raises for a bad folder before a file is begun
    named = words()["words"]
    pieces = page(named["report.title"][lang], " ".join(named["report.noscript"].values()), lang, data())
    with written_whole([file]) as (made,), made.open("wb") as opened:
        opened.writelines(piece.encode() for piece in pieces)
        size = opened.tell()
    return ReportSize(notices, size)


def _run(folder: Path) -> dict[str, Any]:
    """Return the facts about the run that its run.json has."""
    try:
        report = json.loads(RunFolder(folder).report.read_bytes())
        return {
            "backend": report["settings"]["backend"],
            "trust": report.get("model", {}).get("trust", {}).get("table"),
            "finished": report["finished"][:10],
            "missing": report["totals"]["failed"] + report["totals"]["pending"],
            "waiting": report.get("waiting", 0),
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {"backend": None, "trust": None, "finished": None, "missing": 0, "waiting": 0}
