"""The report of a run: one HTML file with everything that it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from extractor.disk.whole import written_whole
from extractor.exports.written_notices import WrittenRun
from extractor.pages.notice_page import notice_page
from extractor.pages.page_words import words
from extractor.pages.series_comparisons import SeriesComparisons
from extractor.pages.shell import data_element, page
from extractor.record.checks import Lang


class ReportSize(NamedTuple):
    """The size of a report: its notices, and the bytes of its file."""

    notices: int
    bytes: int


def write_report(run: WrittenRun, file: Path, lang: Lang = "zh") -> ReportSize:
    """Write the report of a run to ``file``, all of it or nothing; it opens in ``lang``.

    Raises:
        InputError: the files of the run do not belong together.
        SettingsError: ``file`` is a folder, or its folder cannot be written.
        OutputError: The disk is full, or ``file`` cannot be replaced.
    """
    notices, comparisons = 0, SeriesComparisons()

    def data() -> Iterator[str]:
        nonlocal notices
        for written in run.notices():
            notices += 1
            notice = written.parsed()
            comparisons.add(notice, written.text)
            yield data_element(notice_page(notice, written.text, written.text_places()), class_="notice-data")
        told = {"run": run.facts._asdict(), "series": list(comparisons.data())}
        yield data_element({"lang": lang, **told, **words()}, id="report-data")

    named = words()["words"]
    pieces = page(named["report.title"][lang], " ".join(named["report.noscript"].values()), lang, data())
    with written_whole([file]) as (made,), made.open("wb") as opened:
        opened.writelines(piece.encode() for piece in pieces)
        size = opened.tell()
    return ReportSize(notices, size)
