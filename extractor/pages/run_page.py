"""The report of a run: one HTML file with everything that it shows, or a page with its parts beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from extractor.disk.whole import written_whole
from extractor.exports.written_notices import WrittenRun
from extractor.pages.notice_page import notice_page
from extractor.pages.page_words import words
from extractor.pages.report_parts import parts_beside
from extractor.pages.series_comparisons import SeriesComparisons, comparison_of, findings_in
from extractor.pages.shell import PageRules, data_element, page, policy, policy_with_parts
from extractor.record.checks import Lang

MOST_TOGETHER = 2_000
"""The most notices of a report that is one file; one of more has parts beside it."""


class ReportSize(NamedTuple):
    """The size of a report: its notices, the bytes of its files, the name of the folder of its parts, "" for none."""

    notices: int
    bytes: int
    parts: str = ""


def write_report(run: WrittenRun, file: Path, lang: Lang = "zh") -> ReportSize:
    """Write the report of a run to ``file``, all of it or nothing; it opens in ``lang``.

    Of more than 2,000 notices the page is small, and its parts are in a folder beside it.

    Raises:
        InputError: the files of the run do not belong together.
        SettingsError: ``file`` is a folder, or its folder cannot be written.
        OutputError: The disk is full, or ``file`` cannot be replaced.
    """
    many = sum(1 for _ in islice(run.notices(), MOST_TOGETHER + 1))
    if many <= MOST_TOGETHER:
        return ReportSize(many, _write_page(file, lang, _whole(run, lang), _TOGETHER))
    with parts_beside(file, run.notices()) as parts:
        told = {"run": run.facts._asdict(), "series": [], "parts": parts.as_json()}
        data = [data_element({"lang": lang, **told, **words()}, id="report-data")]
        size = _write_page(file, lang, data, _IN_PARTS)
    return ReportSize(parts.notices, size + parts.size, parts.folder.name)


def _whole(run: WrittenRun, lang: Lang) -> Iterator[str]:
    """Yield the data of a page that holds all notices."""
    with closing(SeriesComparisons()) as comparisons:
        for written in run.notices():
            notice = written.parsed()
            comparisons.add(findings_in(notice, written.text))
            yield data_element(notice_page(notice, written.text, written.text_places()), class_="notice-data")
        told = {"run": run.facts._asdict(), "series": list(map(comparison_of, comparisons.series()))}
    yield data_element({"lang": lang, **told, **words()}, id="report-data")


class _PageKind(NamedTuple):
    """The differences between pages: the policy, and the words where scripts do not run."""

    rules: PageRules
    noscript: str


_TOGETHER = _PageKind(policy, "report.noscript")
_IN_PARTS = _PageKind(policy_with_parts, "report.noscript_parts")


def _write_page(file: Path, lang: Lang, data: Iterable[str], kind: _PageKind) -> int:
    """Write a page; return its size in bytes."""
    named = words()["words"]
    pieces = page(named["report.title"][lang], " ".join(named[kind.noscript].values()), lang, data, kind.rules)
    with written_whole([file]) as (made,), made.open("wb") as opened:
        opened.writelines(piece.encode() for piece in pieces)
        return opened.tell()
