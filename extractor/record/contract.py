"""The output contract: an extracted notice as frozen, typed records.

Offsets are Unicode code points into the notice's plain text as stored beside the output; ``Span.end`` is
exclusive, so ``source_text[span.start:span.end]`` is the quoted text. Every value that is quoted rather than
judged has a place: lists of objects carry it as ``text``, scalar fields of a record under ``spans`` by field name.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from extractor.record.enumerations import (
    AccountabilityAction,
    Category,
    DocumentAction,
    Genre,
    InspectionKind,
    IssueStatus,
    MeasureStatus,
    MeasureType,
    Qualifier,
    Reader,
    Severity,
    TotalName,
)

CONTRACT_VERSION = "1.1"

_READ_BY = "Who read a value, by its path in this record (`types`, `quantities[2].subject`); unlisted values: `rules`."
_CONFIDENCE = (
    "How sure a judged value is, by its path as in `read_by`: of the values with 0.9, nine in ten are right. Values "
    "that a person has entered or confirmed have none, nor those of a model that was not measured."
)


class Record(BaseModel):
    """Base of all contract records: frozen, and tolerant of fields that later versions add."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Span(Record):
    """A stretch of the notice's text, in code points, end exclusive."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Document(Record):
    """A 《…》: its title without the marks, and what was done with it."""

    title: str
    action: DocumentAction
    text: Span


class Quantity(Record):
    """A figure that counts or measures something. ``value`` is the printed number, ``unit`` the printed unit."""

    value: int | float
    unit: str
    subject: str | None = None
    qualifier: Qualifier | None = None
    text: Span


class DateMention(Record):
    """A calendar date or period; ``value`` is ISO 8601 at the printed precision, intervals as ``a/b``, open ``..``."""

    value: str
    text: Span


class Deadline(Record):
    """The printed time limit of an issue or a measure.

    ``value`` is a date as in ``DateMention``, or 长期坚持 or 立行立改 where that is printed.
    """

    value: str
    text: Span


class Accountability(Record):
    """Persons or cases held to account, with the printed count."""

    action: AccountabilityAction
    count: int | float
    unit: str
    text: Span


class Measure(Record):
    """One thing the inspected body says it did, is doing or will do about an issue."""

    label: str | None = None
    text: Span
    heading: str | None = None
    types: list[MeasureType] = Field(default_factory=list)
    status: MeasureStatus = "completed"
    responsible: list[str] = Field(default_factory=list)
    deadline: Deadline | None = None
    documents: list[Document] = Field(default_factory=list)
    quantities: list[Quantity] = Field(default_factory=list)
    dates: list[DateMention] = Field(default_factory=list)
    organizations: list[str] = Field(default_factory=list)
    accountability: list[Accountability] = Field(default_factory=list)
    spans: dict[str, list[Span]] = Field(
        default_factory=dict,
        description="Places of `label`, `heading` and, in order, of `responsible` and `organizations`.",
    )
    read_by: dict[str, Reader] = Field(default_factory=dict, description=_READ_BY)
    confidence: dict[str, float] = Field(default_factory=dict, description=_CONFIDENCE)


class Issue(Record):
    """One finding and its answer."""

    label: str | None = None
    title: str
    section: list[str] = Field(default_factory=list)
    category: Category = "other"
    status: IssueStatus = "unspecified"
    text: Span
    responsible: list[str] = Field(default_factory=list)
    deadline: Deadline | None = None
    measures: list[Measure] = Field(default_factory=list)
    spans: dict[str, list[Span]] = Field(
        default_factory=dict,
        description="Places of `label`, `title` and, in order, of `section` and `responsible`.",
    )
    read_by: dict[str, Reader] = Field(default_factory=dict, description=_READ_BY)
    confidence: dict[str, float] = Field(default_factory=dict, description=_CONFIDENCE)


class Total(Record):
    """A figure the notice states about itself as a whole."""

    name: TotalName
    value: int | float
    unit: str
    text: Span


class Contact(Record):
    """The ways in which the public can reach the inspected body."""

    phone: str | None = None
    postal_address: str | None = None
    email: str | None = None


class DisputedValue(Record):
    """A value that the rules and a model read differently, and whose of the two is in the record.

    ``path`` leads to its item, or, where the record lacks that, to what would hold it. ``name`` is the value's name in
    the item; where it is empty the readers differ on the item itself, ``rules`` and ``model`` have its values by name,
    and null for none.
    """

    path: str
    kind: str = Field(description="The kind of the item: `field`, `issue`, `quantity` and so on.")
    name: str = ""
    rules: JsonValue = None
    model: JsonValue = None
    kept: Literal["rules", "model"]
    text: list[Span] = Field(
        default_factory=list, description="Where the value that was not kept is printed, as far as it has a place."
    )


class Check(Record):
    """Something the extractor doubts; ``path`` leads into the record, e.g. ``issues[3].measures[0].dates``."""

    code: str
    severity: Severity
    message: str
    path: str = ""
    disputed: list[DisputedValue] = Field(
        default_factory=list, description="Where rules and model differ: the values of both."
    )


class ReviewNote(Record):
    """A person's words beside a value, or beside a check (its code under ``check``).

    ``path`` leads to the value, or to what held it if it was deleted; ``made`` is when, as ISO 8601.
    """

    path: str
    check: str | None = None
    words: str
    by: str
    made: str


class Remainder(Record):
    """Text of the rectification part that lies in no measure: a heading, a lead-in, or something unread."""

    kind: str
    text: Span


class Digits(Record):
    """The ledger of digits.

    It says how many of the notice's digits belong to each class (``figure``, ``total``, ``date``, ``label``, …), how
    many of the ``name``'s to each kind of name, and where the numbers are that are unread. The classes add up to all
    digits of the text.
    """

    classes: dict[str, int] = Field(default_factory=dict)
    names: dict[str, int] = Field(default_factory=dict)
    unread: list[Span] = Field(default_factory=list)

    @property
    def count(self) -> int | None:
        """The number of digits in the text; None for records of earlier versions, which count none."""
        return sum(self.classes.values()) if self.classes else None

    @property
    def count_unread(self) -> int | None:
        """The number of unread digits in the text; None as for ``count``."""
        return self.classes.get("unread", 0) if self.classes else None


class Outline(Record):
    """The outline's account of the text.

    ``coverage`` is the share of the rectification part's characters (blanks aside) that lie in a measure; null where no
    such part was found.
    """

    rectification: list[Span] = Field(default_factory=list)
    coverage: float | None = None
    remainders: list[Remainder] = Field(default_factory=list)
    digits: Digits = Digits()


class Notice(Record):
    """One notice: what it says about itself, its issues, and what the extractor doubts."""

    contract_version: str = CONTRACT_VERSION
    notice_id: str
    text_sha256: str
    duplicate_of: str | None = Field(
        default=None, description="The id of the notice in the same results that this one is the same as."
    )
    series: str | None = Field(
        default=None, description="The body whose notices of several years this one is one of, by its full name."
    )
    edition: str | None = Field(
        default=None, description="What tells it from the body's other notices: year and round (`2024 · 第三轮`)."
    )
    title: str | None = None
    inspected_body: str | None = None
    inspection_team: str | None = None
    genre: Genre | None = None
    inspection_kind: InspectionKind | None = None
    inspection_start: str | None = None
    inspection_end: str | None = None
    feedback_date: str | None = None
    published_on: str | None = None
    signed_by: str | None = None
    signed_on: str | None = None
    contact: Contact = Contact()
    totals: list[Total] = Field(default_factory=list)
    issues: list[Issue] = Field(default_factory=list)
    outline: Outline = Outline()
    checks: list[Check] = Field(default_factory=list)
    notes: list[ReviewNote] = Field(default_factory=list, description="What people wrote beside its values and checks.")
    spans: dict[str, list[Span]] = Field(
        default_factory=dict, description="Places of the scalar fields; the contact's as `contact.phone` and so on."
    )
    read_by: dict[str, Reader] = Field(default_factory=dict, description=_READ_BY)
