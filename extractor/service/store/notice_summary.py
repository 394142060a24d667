"""What a list shows of a reading, and what it can be narrowed by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from extractor.record.contract import Notice


class Finding(NamedTuple):
    """What an issue is about, how far it is, and a type of its measures; empty where it has none."""

    category: str
    status: str
    measure_type: str


@dataclass(frozen=True)
class Summary:
    """A record in short; the names are those of the record's own fields, and of the counts of what it holds."""

    title: str | None
    inspected_body: str | None
    published_on: str | None
    signed_on: str | None
    issues: int
    measures: int
    checks: int
    coverage: float | None
    digits_unread: int | None


@dataclass(frozen=True)
class Read:
    """A notice that was read: its text, its record as JSON, what a list shows of it, and a sentence for each call to a
    model that failed for good."""

    text: str
    record: bytes
    summary: Summary
    findings: Sequence[Finding]
    unanswered: Sequence[str] = ()


def read_of(text: str, notice: Notice, unanswered: Sequence[str] = ()) -> Read:
    """Return what is kept of an extracted notice."""
    summary = Summary(
        notice.title,
        notice.inspected_body,
        notice.published_on,
        notice.signed_on,
        issues=len(notice.issues),
        measures=sum(len(issue.measures) for issue in notice.issues),
        checks=len(notice.checks),
        coverage=notice.outline.coverage,
        digits_unread=notice.outline.digits.count_unread,
    )
    findings = {
        Finding(issue.category, issue.status, measure_type)
        for issue in notice.issues
        for measure_type in {each for measure in issue.measures for each in measure.types} or {""}
    }
    return Read(text, notice.model_dump_json().encode(), summary, sorted(findings), unanswered)
