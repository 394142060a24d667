"""The answer to a labels pack: its shape on the wire, made to fit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from extractor.assist.labels.label_mending import mended_labels
from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_words import MOST_LISTED, MOST_TYPES, NOT_HELD
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse
from extractor.assist.packs.mending import Mends
from extractor.record.enumerations import (
    AccountabilityAction,
    Category,
    DocumentAction,
    IssueStatus,
    MeasureStatus,
    MeasureType,
)

if TYPE_CHECKING:
    SaidIssueStatus = str
    SaidMeasureStatus = str
    SaidAction = str
else:
    SaidIssueStatus = Literal["", IssueStatus]
    SaidMeasureStatus = Literal["", MeasureStatus]
    SaidAction = Literal[AccountabilityAction, NOT_HELD]


class IssueAnswer(AnswerPart):
    """The labels of an issue. ``words`` are those that state its status, where they are not marked."""

    number: Number = Field(alias="i")
    category: Category = Field(alias="c")
    status: SaidIssueStatus = Field("", alias="s")
    words: str = Field("", alias="w")


class HeldAnswer(AnswerPart):
    """The way in which the persons or cases counted by a figure were held to account; 无 for none."""

    figure: Number = Field(alias="q")
    action: SaidAction = Field(alias="a")


class Missed(AnswerPart):
    """A value that the rules missed.

    It has a kind (figure, date, document, accountability), its printed words, and a detail (subject, ISO date, action).
    """

    kind: Literal["q", "d", "f", "a"] = Field(alias="k")
    words: str = Field(alias="w")
    detail: str = Field("", alias="v")


class MeasureAnswer(AnswerPart):
    """The labels of a measure.

    ``subjects`` are those of its figures, each behind a number (``"1完成投资"``); ``document_actions`` one for each
    document in turn; ``organizations`` those that act, by number, and ``names`` others that act, by name;
    ``wrong_marks`` the candidates that are none.
    """

    number: Number = Field(alias="m")
    types: Annotated[list[MeasureType], Field(min_length=1, max_length=MOST_TYPES)] = Field(alias="t")
    status: SaidMeasureStatus = Field("", alias="s")
    words: str = Field("", alias="w")
    subjects: list[str] = Field(default_factory=list, alias="q")
    document_actions: list[DocumentAction] = Field(default_factory=list, alias="f")
    accountability: list[HeldAnswer] = Field(default_factory=list, alias="a")
    organizations: list[Number] = Field(default_factory=list, alias="o")
    names: list[str] = Field(default_factory=list, alias="n")
    wrong_marks: list[str] = Field(default_factory=list, alias="x")
    missed: list[Missed] = Field(default_factory=list, alias="z")


class LabelsAnswer(PackResponse[LabelsPack]):
    """Labels of numbered issues and measures; ``h`` lists the measures whose possible heading is one."""

    issues: list[IssueAnswer]
    measures: list[MeasureAnswer]
    headings: list[Number] = Field(default_factory=list, alias="h")
    longest_lists: ClassVar[Mapping[str, int]] = MOST_LISTED

    @classmethod
    def mended(cls, said: Mapping[str, Any], pack: LabelsPack, mends: Mends) -> dict[str, Any]:
        """Return the entries about pieces of ``pack``, each with what is right of it."""
        return mended_labels(said, pack, mends)
