"""Small notices in layouts that real bodies use, each read as the JSON beside it says.

A file of ``tests/support/layouts_handed`` gives the issues, with each measure by its label and its first and last six
characters, and for some the number of figures, the totals, the organisations or fields of the notice.
"""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from checkout import SUPPORT

from extractor.files.sources.source import Source
from extractor.pipeline import ReadNotice, extract_file
from extractor.record.contract import Issue, Measure

FOLDER = SUPPORT / "layouts_handed"
CASES = sorted(path for path in FOLDER.iterdir() if path.suffix != ".json")


def _plain(words: str | None) -> str | None:
    return None if words is None else re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).strip('“”"')


def _ends(measure: Measure, text: str) -> tuple[str | None, str, str]:
    words = re.sub(r"\s", "", text[measure.text.start : measure.text.end])
    return _plain(measure.label), words[:6], words[-6:]


def _case(path: Path) -> tuple[dict[str, Any], ReadNotice]:
    want = json.loads(FOLDER.joinpath(f"{path.stem}.expected.json").read_text(encoding="utf-8"))
    return want, extract_file(Source(str(path)), path.read_bytes(), notice_id=path.stem)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_issues_and_measures_are_read_as_a_reader_would(path: Path) -> None:
    want, got = _case(path)
    issues: list[Issue] = got.notice.issues
    assert [(_plain(issue.title), [_ends(measure, got.text) for measure in issue.measures]) for issue in issues] == [
        (_plain(issue["title"]), [(_plain(m["label"]), m["first6"], m["last6"]) for m in issue["measures"]])
        for issue in want["issues"]
    ]
    for issue, expected in zip(issues, want["issues"], strict=True):
        assert list(map(_plain, issue.section)) == list(map(_plain, expected["section"]))
        assert _plain(issue.label) == _plain(expected.get("label", issue.label))
        assert issue.status == expected.get("status", issue.status)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_what_else_a_case_says_is_read(path: Path) -> None:
    want, got = _case(path)
    measures = [measure for issue in got.notice.issues for measure in issue.measures]
    if "quantities" in want:
        figures = [each for issue in want["quantities"] for found in issue for each in found]
        assert sum(len(measure.quantities) for measure in measures) == len(figures)
    if "accountability" in want:
        assert sum(len(measure.accountability) for measure in measures) == len(want["accountability"])
    totals = [[total.name, total.value, total.unit] for total in got.notice.totals]
    assert [total for total in want.get("totals", []) if total not in totals] == []
    if "organizations" in want:
        found = [sorted(measure.organizations) for measure in measures]
        assert found == [sorted(names) for issue in want["organizations"] for names in issue]
    for name, value in want.get("notice", {}).items():
        assert getattr(got.notice, name) == value
    assert {check.code for check in got.notice.checks}.isdisjoint(want.get("no_checks", []))
