"""The JSON bodies of the service's requests and answers, apart from the notices' records."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from extractor.review.changes import Change, MadeChange
from extractor.service.http.service_limits import NAME_CHARACTERS
from extractor.strict import Strict

ItemOutcome = Literal["pending", "done", "unchanged", "failed"]


class ServiceAnswer(BaseModel):
    """The base of all answers."""

    model_config = ConfigDict(frozen=True)


class ProblemAnswer(ServiceAnswer):
    """Why something was not done."""

    __qualname__ = "Problem"  # its name in the OpenAPI description, from which clients are generated
    model_config = ConfigDict(title="Problem")

    detail: str = Field(description="A sentence for people.")


class JobItem(ServiceAnswer):
    """One of the notices of a job."""

    model_config = ConfigDict(title="Item")

    name: str = Field(description="The file's name; inside an archive `archive.zip!folder/notice.html`.")
    notice_id: str | None = Field(description="Null where it failed, or was deleted meanwhile.")
    outcome: ItemOutcome = Field(
        description="`unchanged`: the same bytes under the same name are stored already, read with the same settings."
    )
    error: str | None = Field(description="Why it failed, or, where it is pending, has to wait; as a sentence.")


class Progress(ServiceAnswer):
    """The progress of a job."""

    job_id: str
    created: str
    total: int
    pending: int
    held: int = Field(description="Of those pending: how many failed by no fault of theirs, and are tried again.")
    done: int
    unchanged: int
    failed: int

    @property
    def ended(self) -> bool:
        """True if nothing is left to do."""
        return not self.pending


class Job(Progress):
    """The progress of a job, notice by notice, in the order they were sent."""

    items: list[JobItem]


class NoticeSummary(ServiceAnswer):
    """A notice in a list."""

    notice_id: str
    name: str = Field(description="The file's name.")
    created: str = Field(description="When it was first sent.")
    read: str = Field(description="When it was read last.")
    title: str | None
    inspected_body: str | None
    published_on: str | None
    signed_on: str | None
    issues: int
    measures: int
    checks: int
    coverage: float | None
    digits_unread: int | None = Field(
        description="Digits that could not be read as anything; null where the record does not account for digits."
    )
    unanswered: int = Field(description="Calls to a model that failed for good: send the file again to repeat them.")
    corrected: bool = Field(description="Somebody accepted, corrected, added or deleted something.")
    changes: int = Field(description="How many changes people made, notes and what was undone included.")
    reviewed: str | None = Field(description="When somebody finished its review; null: not yet.")
    reviewed_by: str | None
    duplicate_of: str | None = Field(
        default=None, description="The notice that this one is the same as, and that counts for both."
    )
    series: str | None = Field(default=None, description="The body by its full name, the same for its several years.")
    edition: str | None = Field(default=None, description="What tells it from the body's others: year and round.")


class DeletedNotice(ServiceAnswer):
    """A notice that was deleted: what was known of it, and of people's work on it."""

    notice_id: str
    name: str = Field(description="The file's name.")
    title: str | None
    by: str | None = Field(description="Who deleted it; null: nobody gave a name.")
    deleted: str = Field(description="When.")
    changes: int = Field(description="How many changes people had made.")
    reviewed_by: str | None = Field(description="Who had finished its review.")


class DeletionPage(ServiceAnswer):
    """The notices that were deleted last, the last one first."""

    deletions: list[DeletedNotice]


class ChangeRequest(Strict):
    """A change, who makes it, and what was known then."""

    model_config = ConfigDict(frozen=True, title="ChangeWanted")

    by: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_CHARACTERS)]
    seen: int = Field(ge=0, le=2**53, description="`last` of the changes as they were read.")
    change: Change


def change_schema() -> dict[str, Any]:
    """Return the JSON Schema of a requested change; it refers to components of an OpenAPI description."""
    schema = ChangeRequest.model_json_schema(ref_template="#/components/schemas/{model}")
    return {name: value for name, value in schema.items() if name != "$defs"}


class Changes(ServiceAnswer):
    """The changes that people made to a notice."""

    last: int = Field(description="The number of the last change; 0: there is none.")
    reviewed: str | None
    reviewed_by: str | None
    open_checks: list[str] = Field(description="The checks that nobody has dealt with, by their ids.")
    undone: list[int] = Field(description="The numbers of the changes that do not count.")
    items: dict[str, str] = Field(description="Paths in the record, by the ids that changes know items by.")
    changes: list[MadeChange]


class NoticePage(ServiceAnswer):
    """A part of a list, the newest first."""

    total: int = Field(description="How many there are in all.")
    notices: list[NoticeSummary]
    next: int | None = Field(description="Give this as `after` to have the next part; null: there is none.")


class ListedItem(ServiceAnswer):
    """An item of a list: what was read, and its words in the text."""

    notice_id: str
    body: str | None = Field(description="The inspected body, else the notice's title.")
    edition: str | None
    kind: str
    path: str = Field(description="Its path in the record.")
    at: tuple[int, int] | None = Field(description="Its first place, in code points; null for none.")
    around: str = Field(description="The text around that place.")
    begin: int = Field(description="Where `around` begins in the text, in code points.")
    issue_title: str | None = Field(description="The finding that it belongs to.")
    category: str | None
    status: str | None
    types: list[str] = Field(description="The types of its measure.")
    term: str | None = Field(description="Which sum or total it is, what was done, or how grave a check is.")
    value: float | None = Field(description="A figure in base units, or in the unit of its sum.")
    unit: str | None
    reason: str | None = Field(description="Of a figure of sums: `counted`, or why it is left out.")
    reader: str
    sure: float = Field(description="How sure the least sure of its parts is; 1 where nothing was judged.")
    data: dict[str, Any] = Field(description="Its values under `value`; of a check what it says under `check`.")


class ListedSum(ServiceAnswer):
    """One sum in one unit over a list's figures."""

    sum: str
    unit: str
    value: float
    counted: int
    left_out: int


class ItemPage(ServiceAnswer):
    """A part of a list of items of all notices."""

    total: int = Field(description="How many there are in all.")
    present: dict[str, list[str]] = Field(description="The keys that they have, by filter.")
    sums: list[ListedSum]
    items: list[ListedItem]


class SentenceHit(ServiceAnswer):
    """A sentence in which sought words stand."""

    words: str
    begin: int = Field(description="Where it begins in the notice's text, in code points.")
    at: list[tuple[int, int]] = Field(description="Where the words stand in the notice's text.")
    path: str = Field(description="The measure or finding that it is of; empty outside of these.")


class NoticeHit(ServiceAnswer):
    """A notice that has all sought words."""

    notice_id: str
    title: str
    edition: str | None
    sentences: list[SentenceHit]
    further: int = Field(description="How many more of its sentences have some of the words.")


class SearchPage(ServiceAnswer):
    """Notices that have all sought words, the newest first."""

    total: int
    notices: list[NoticeHit]


class MeasureSide(ServiceAnswer):
    """A measure in a comparison."""

    path: str
    words: str
    status: str


class FindingSide(ServiceAnswer):
    """A finding in a comparison."""

    path: str
    title: str
    category: str
    status: str
    is_open: bool = Field(description="The notice says of it, or of one of its measures, that it is not finished.")
    measures: list[MeasureSide]


class StrandItem(ServiceAnswer):
    """A finding through the compared notices; where one does not tell of it, there is null in its place."""

    told: list[FindingSide | None]
    likeness: float = Field(description="How much their titles have in common, from 0 to 1.")
    measures: list[list[MeasureSide | None]] = Field(description="The measures that go on, each as `told`.")


class ComparedNotices(ServiceAnswer):
    """Notices beside each other. Matches are hints, by the words of findings: look at the sentences."""

    notices: list[str] = Field(description="The ids of the notices, as they were asked for.")
    findings: list[StrandItem] = Field(description="Those that most notices have come first.")


class Health(ServiceAnswer):
    """That the service is there."""

    status: Literal["ok", "ready"]
