"""Each file in tests/support/layouts/ is a notice in one layout with the issues and measures a reader finds in it."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import SUPPORT

from extractor import extract
from extractor.record.contract import Issue, Measure
from extractor.record.grounding import ungrounded

PROPERTIES = sorted(SUPPORT.joinpath("layouts", "properties").glob("*.yaml"))
BODIES = sorted(SUPPORT.joinpath("layouts", "bodies").glob("*.yaml"))
LAYOUTS = sorted(SUPPORT.joinpath("layouts").rglob("*.yaml"))


def _plain(label: str | None) -> str | None:
    return None if label is None else unicodedata.normalize("NFKC", str(label))


def _anchored(text: str, anchor: str, start: int) -> tuple[int, int]:
    first, _, last = anchor.partition(" … ")
    begin = text.index(first, start)
    return begin, (text.index(last, begin) if last else begin) + len(last or first)


def _expected(case: dict[str, Any]) -> list[Any]:
    position = 0
    issues = []
    for issue in case["issues"]:
        measures = []
        for measure in issue.get("measures", []):
            begin, end = _anchored(case["text"], measure["text"], position)
            position = begin
            measures.append((_plain(measure.get("label")), case["text"][begin:end]))
        issues.append((_plain(issue.get("label")), issue["title"], issue.get("section", []), measures))
    return issues


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_layout_is_read_as_a_reader_would(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    text = case["text"]
    found = [
        (
            _plain(issue.label),
            issue.title,
            issue.section,
            [(_plain(m.label), text[m.text.start : m.text.end]) for m in issue.measures],
        )
        for issue in extract(text).issues
    ]
    assert found == _expected(case)


def _duties(items: list[dict[str, Any]]) -> list[tuple[list[str], str | None]]:
    return [(item.get("responsible", []), item.get("deadline")) for item in items]


@pytest.mark.parametrize("path", PROPERTIES + BODIES, ids=lambda path: path.stem)
def test_who_is_responsible_and_until_when_is_read_as_printed(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    read = extract(case["text"])
    for issue, expected in zip(read.issues, case["issues"], strict=True):
        holders: list[Issue | Measure] = [issue, *issue.measures]
        found = [(each.responsible, each.deadline and each.deadline.value) for each in holders]
        assert found == _duties([expected, *expected["measures"]])
    assert not ungrounded(read, case["text"])


@pytest.mark.parametrize("path", PROPERTIES, ids=lambda path: path.stem)
def test_every_digit_of_a_notice_with_properties_is_read(path: Path) -> None:
    assert not extract(yaml.safe_load(path.read_text(encoding="utf-8"))["text"]).outline.digits.unread


@pytest.mark.parametrize("path", BODIES, ids=lambda path: path.stem)
def test_each_body_s_notice_has_its_genre(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert extract(case["text"]).genre == case["genre"]


@pytest.mark.parametrize("path", LAYOUTS, ids=lambda path: path.stem)
def test_a_status_that_a_layout_prints_is_read(path: Path) -> None:
    case = yaml.safe_load(path.read_text(encoding="utf-8"))
    found = extract(case["text"]).issues
    told = [(each["title"], each["status"]) for each in case["issues"] if "status" in each]
    assert [(issue.title, issue.status) for issue in found if issue.title in dict(told)] == told
