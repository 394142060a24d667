"""The answer to a labels pack: its shape on the wire, and the mistakes that are reported to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import MeasurePiece
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse, number_mistakes
from extractor.record.enumerations import (
    VOCABULARIES,
    AccountabilityAction,
    Category,
    DocumentAction,
    IssueStatus,
    MeasureStatus,
    MeasureType,
)

NOT_HELD = "无"
"""A model's word for a figure that the rules took for persons held to account and that counts none."""
NOTHING = "-"
"""A model's mark behind a number that has no such value."""

if TYPE_CHECKING:
    SaidIssueStatus = str
    SaidMeasureStatus = str
    SaidAction = str
else:
    SaidIssueStatus = Literal["", IssueStatus]
    SaidMeasureStatus = Literal["", MeasureStatus]
    SaidAction = Literal[AccountabilityAction, NOT_HELD]

ACTIONS = {"f": "document_action", "a": "accountability_action"}
"""The vocabularies of the details of missed values, by kind."""
MOST_LISTED = {"q": 40, "f": 20, "a": 12, "o": 20, "n": 8, "x": 12, "z": 12, "h": 200}
"""The most entries of the lists of an answer, by key: small models go on with a list until they are cut off."""
_MOST_LISTED = 2000
"""The most entries that one list of an answer may have. No piece has so many marks."""


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
    types: Annotated[list[MeasureType], Field(min_length=1, max_length=3)] = Field(alias="t")
    status: SaidMeasureStatus = Field("", alias="s")
    words: str = Field("", alias="w")
    subjects: list[str] = Field(default_factory=list, alias="q")
    document_actions: list[DocumentAction] = Field(default_factory=list, alias="f")
    accountability: list[HeldAnswer] = Field(default_factory=list, alias="a")
    organizations: list[Number] = Field(default_factory=list, alias="o")
    names: list[str] = Field(default_factory=list, alias="n")
    wrong_marks: list[str] = Field(default_factory=list, alias="x")
    missed: list[Missed] = Field(default_factory=list, alias="z")

    def too_long(self) -> str | None:
        """Return the key of the first list that has too many entries."""
        sizes = {
            "q": len(self.subjects),
            "f": len(self.document_actions),
            "a": len(self.accountability),
            "o": len(self.organizations),
            "n": len(self.names),
            "x": len(self.wrong_marks),
            "z": len(self.missed),
        }
        return next((key for key, size in sizes.items() if size > _MOST_LISTED), None)


class LabelsAnswer(PackResponse[LabelsPack]):
    """Labels of numbered issues and measures; ``h`` lists the measures whose possible heading is one."""

    issues: list[IssueAnswer]
    measures: list[MeasureAnswer]
    headings: list[Number] = Field(default_factory=list, alias="h")
    longest_lists: ClassVar[Mapping[str, int]] = MOST_LISTED

    def mistakes(self, pack: LabelsPack) -> Iterator[str]:
        """Yield what does not fit ``pack``, in the prompt's words."""
        yield from number_mistakes("i", self.issues, lambda each: each.number, (each.number for each in pack.issues))
        yield from number_mistakes(
            "m", self.measures, lambda each: each.number, (each.number for each in pack.measures)
        )
        pieces = {piece.number: piece for piece in pack.measures}
        for number in self.headings:
            if number not in pieces:
                yield f"h里的{number}不是措施编号"
        for measure in self.measures:
            piece = pieces.get(measure.number)
            if piece is None:
                continue
            if too_long := measure.too_long():
                yield f"m{measure.number}的{too_long}超过{_MOST_LISTED}项"
            else:
                yield from _measure_mistakes(measure, piece)


def numbered(said: str) -> tuple[int, str] | None:
    """Return a number and the words behind it: ``"12完成投资"``; None where no number comes first.

    >>> numbered("12完成投资"), numbered("[q3]:-"), numbered("完成投资")
    ((12, '完成投资'), (3, '-'), None)
    """
    match = re.match(r"\s*\[?[a-z]?(\d{1,9})\]?(?:[\s:：,，]+|(?=[^\d\s])|$)", said)
    return (int(match[1]), said[match.end() :].strip()) if match else None


def marked_number(said: str) -> tuple[str, int] | None:
    """Return a mark's letter and number: ``"q3"``; None where it is no mark."""
    match = re.fullmatch(r"\s*\[?([qpfo])(\d{1,9})\]?\s*", said)
    return (match[1].replace("p", "q"), int(match[2])) if match else None


def _measure_mistakes(measure: MeasureAnswer, piece: MeasurePiece) -> Iterator[str]:
    label = f"m{measure.number}"
    figures = piece.numbers("q") if measure.subjects or measure.accountability else []
    for said in measure.subjects:
        yield from _unknown(label, "q", numbered(said), figures, said)
    acts = measure.document_actions
    if acts and len(acts) != (count := len(piece.of_kind("f"))):
        yield f"{label}里有{count}个[f],f应依次有{count}项,不是{len(acts)}项"
    for held in measure.accountability:
        yield from _unknown(label, "q", (held.figure, ""), figures, "")
    names = piece.numbers("o") if measure.organizations else []
    for name in measure.organizations:
        yield from _unknown(label, "o", (name, ""), names, "")
    for mark in measure.wrong_marks:
        known = marked_number(mark)
        if known is None or known[1] not in piece.numbers(known[0]):
            yield f"{label}里没有{mark or '空编号'},x只列本条措施里的标记,如q3"
    for missed in measure.missed:
        vocabulary = ACTIONS.get(missed.kind)
        if vocabulary and missed.detail not in VOCABULARIES[vocabulary]:
            actions = "、".join(VOCABULARIES[vocabulary])
            yield f"{label}补充的“{missed.words[:12]}”的v应为{actions}之一"


def _unknown(label: str, mark: str, found: tuple[int, str] | None, known: Sequence[int], said: str) -> Iterator[str]:
    if found is None:
        yield f"{label}的“{said[:12]}”开头缺少{mark}的编号"
    elif found[0] not in known:
        inside = "、".join(f"{mark}{number}" for number in known)
        yield f"{label}里没有{mark}{found[0]},只有{inside}" if inside else f"{label}里没有{mark}标记"
