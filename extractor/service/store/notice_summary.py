"""A reading as it is stored, with what a list shows of it and can filter it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from extractor.record.contract import Notice


class IssueFacets(NamedTuple):
    """An issue's category, its status, and a type of its measures (empty where it has none), which lists filter by."""

    category: str
    status: str
    measure_type: str


@dataclass(frozen=True)
class ReadingSummary:
    """A record in short: some of its fields under their own names, and counts of what it contains."""

    title: str | None
    inspected_body: str | None
    published_on: str | None
    signed_on: str | None
    issues: int
    measures: int
    checks: int
    coverage: float | None
    digits_unread: int | None
    signature: str
    """The notice's signature as JSON (``extractor.collection.notice_signatures``)."""


@dataclass(frozen=True)
class NoticeReading:
    """A notice as it was read: text, record as JSON, and summary.

    ``unanswered`` has a sentence for each call to a model that failed for good; ``places`` is the JSON that says where
    the text is in its source, b"" for none.
    """

    text: str
    record: bytes
    summary: ReadingSummary
    facets: Sequence[IssueFacets]
    unanswered: Sequence[str] = ()
    places: bytes = b""


def reading_of(
    text: str,
    notice: Notice,
    unanswered: Sequence[str] = (),
    places: bytes = b"",
    *,
    is_reviewed: bool = False,
) -> NoticeReading:
    """Return an extracted notice as it is stored; ``is_reviewed``: people changed it."""
    from extractor.collection.notice_signatures import signature_of

    summary = ReadingSummary(
        notice.title,
        notice.inspected_body,
        notice.published_on,
        notice.signed_on,
        issues=len(notice.issues),
        measures=sum(len(issue.measures) for issue in notice.issues),
        checks=len(notice.checks),
        coverage=notice.outline.coverage,
        digits_unread=notice.outline.digits.count_unread,
        signature=signature_of(notice, text, is_reviewed=is_reviewed).model_dump_json(),
    )
    facets = {
        IssueFacets(issue.category, issue.status, measure_type)
        for issue in notice.issues
        for measure_type in {each for measure in issue.measures for each in measure.types} or {""}
    }
    return NoticeReading(text, notice.model_dump_json().encode(), summary, sorted(facets), unanswered, places)
