"""The shapes of a model's answers: numbers of pieces and values of closed lists; words only where nothing else points.

Keys are one letter, what goes without saying is left out, nothing nests deeper than it must. An answer is checked
against its pack, given as ``context={"pack": …}`` (Pydantic validation context); what is wrong is told the model in
its own prompt's words. Without a context only shapes are checked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs import FieldsPack, LabelsPack
from extractor.record.enumerations import (
    VOCABULARIES,
    AccountabilityAction,
    Category,
    DocumentAction,
    InspectionKind,
    IssueStatus,
    MeasureStatus,
    MeasureType,
    TotalName,
)

NOT_HELD = "无"
"""What a model says of a figure that the rules took for persons held to account, where it counts none."""
NOTHING = "-"
"""What a model writes behind a number to say that there is no such value."""

if TYPE_CHECKING:
    SaidIssueStatus = str
    SaidMeasureStatus = str
    SaidAction = str
    SaidKind = str
else:
    SaidIssueStatus = Literal["", IssueStatus]
    SaidMeasureStatus = Literal["", MeasureStatus]
    SaidAction = Literal[AccountabilityAction, NOT_HELD]
    SaidKind = Literal["", InspectionKind]

_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")
_MOST_TOLD = 6
"""How many mistakes one message tells: more would only lengthen the next prompt."""
_MOST_COUNTED = 100
"""How many are looked for: what has so many is not worth counting."""
_MOST_LISTED = 2000
"""How many entries one list of an answer may have. No piece has so many marks."""


def _bare_number(value: object) -> object:
    """``"m12"`` and ``"[m12]"`` for 12: models copy marks."""
    found = re.fullmatch(r"\[?[a-z]?(\d{1,9})\]?", value.strip()) if isinstance(value, str) else None
    return int(found[1]) if found else value


Number = Annotated[int, BeforeValidator(_bare_number)]


def _slim(schema: dict[str, Any]) -> None:
    """Leave titles, descriptions and defaults out of a schema: it is sent with every call."""
    schema.pop("description", None)
    for field in schema.get("properties", {}).values():
        field.pop("title", None)
        field.pop("default", None)


def _slimmer(schema: dict[str, Any]) -> None:
    """Leave out the title, too, which only a whole answer needs."""
    _slim(schema)
    schema.pop("title", None)


class Response(BaseModel):
    """Base of all shapes: frozen; keys nobody asked for are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra=_slim)


class Part(Response):
    """Base of what an answer holds."""

    model_config = ConfigDict(json_schema_extra=_slimmer)


class IssueAnswer(Part):
    """Issue ``i``: its category; its status where it is told, with the words that tell it."""

    i: Number
    c: Category
    s: SaidIssueStatus = ""
    w: str = ""


class HeldAnswer(Part):
    """Figure ``q`` counts persons or cases held to account so, or (无) none."""

    q: Number
    a: SaidAction


class Missed(Part):
    """Something the rules missed: its kind, its printed words, and what is said of it (subject, ISO date, action)."""

    k: Literal["q", "d", "f", "a"]
    w: str
    v: str = ""


class MeasureAnswer(Part):
    """Measure ``m``: types, status and its words, subjects of figures (``"1完成投资"``), what was done with each
    document in turn, people held to account, organisations by number and by name, candidates
    that are none, and what was missed."""

    m: Number
    t: Annotated[list[MeasureType], Field(min_length=1, max_length=3)]
    s: SaidMeasureStatus = ""
    w: str = ""
    q: list[str] = Field(default_factory=list)
    f: list[DocumentAction] = Field(default_factory=list)
    a: list[HeldAnswer] = Field(default_factory=list)
    o: list[Number] = Field(default_factory=list)
    n: list[str] = Field(default_factory=list)
    x: list[str] = Field(default_factory=list)
    z: list[Missed] = Field(default_factory=list)


class LabelsAnswer(Response):
    """Labels of numbered issues and measures; ``h`` lists the measures whose possible heading is one."""

    issues: list[IssueAnswer]
    measures: list[MeasureAnswer]
    h: list[Number] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> LabelsAnswer:
        pack = (info.context or {}).get("pack")
        if isinstance(pack, LabelsPack):
            _tell(_labels_mistakes(self, pack))
        return self


class TotalAnswer(Part):
    """Figure ``q`` states ``n`` about the notice as a whole."""

    q: Number
    n: TotalName


class FieldsAnswer(Response):
    """What a notice says about itself."""

    title: str = ""
    body: str = ""
    team: str = ""
    kind: SaidKind = ""
    start: str = ""
    end: str = ""
    feedback: str = ""
    published: str = ""
    signed_by: str = ""
    signed_on: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""
    totals: list[TotalAnswer] = Field(default_factory=list)

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> FieldsAnswer:
        pack = (info.context or {}).get("pack")
        if isinstance(pack, FieldsPack):
            _tell(_fields_mistakes(self, pack))
        return self


class GroupAnswer(Part):
    """Line ``u`` is a heading that groups issues, on level ``l`` (1 is the outermost)."""

    u: Number
    l: Annotated[int, Field(ge=1, le=6)]  # noqa: E741 - one letter, as all keys


class LaidIssue(Part):
    """An issue: the line ``h`` of its heading (0: it was begun before these lines), the first lines ``m`` of its
    measures (0: a measure that was), ``e`` where one ends before the next begins (``12-14``); ``l`` where the issue
    stands right below a level of grouping headings that is not the deepest open one."""

    h: Number
    m: list[Number] = Field(default_factory=list)
    e: list[str] = Field(default_factory=list)
    l: Annotated[int, Field(ge=0, le=6)] = 0  # noqa: E741 - one letter, as all keys

    def ranges(self) -> list[tuple[int, int | None]]:
        """Return the first and the last line of each measure; None where it reaches to the next one or a heading."""
        ends = dict(found for said in self.e if (found := line_range(said)))
        return [(first, ends.get(first)) for first in self.m]


class LayoutAnswer(Response):
    """Where issues and measures stand, by line number."""

    groups: list[GroupAnswer] = Field(default_factory=list)
    issues: list[LaidIssue]

    @model_validator(mode="after")
    def _fits_the_pack(self, info: ValidationInfo) -> LayoutAnswer:
        pack = (info.context or {}).get("pack")
        if isinstance(pack, LayoutPack):
            _tell(_layout_mistakes(self, pack))
        return self


def numbered(said: str) -> tuple[int, str] | None:
    """A number and the words behind it: ``"12完成投资"``; None where no number comes first.

    >>> numbered("12完成投资"), numbered("[q3]:-"), numbered("完成投资")
    ((12, '完成投资'), (3, '-'), None)
    """
    match = re.match(r"\s*\[?[a-z]?(\d{1,9})\]?(?:[\s:：,，]+|(?=[^\d\s])|$)", said)
    return (int(match[1]), said[match.end() :].strip()) if match else None


def marked_number(said: str) -> tuple[str, int] | None:
    """A mark with its letter: ``"q3"``; None where it is none."""
    match = re.fullmatch(r"\s*\[?([qpfo])(\d{1,9})\]?\s*", said)
    return (match[1].replace("p", "q"), int(match[2])) if match else None


def line_range(said: str) -> tuple[int, int] | None:
    """``"12-14"`` as (12, 14); None where it is no range.

    >>> line_range("12-14"), line_range("[3]至[3]"), line_range("12")
    ((12, 14), (3, 3), None)
    """
    match = re.fullmatch(r"\s*\[?(\d{1,9})\+?\]?\s*[-~—至]+\s*\[?(\d{1,9})\+?\]?\s*", said)
    return (int(match[1]), int(match[2])) if match else None


def _tell(mistakes: Iterable[str]) -> None:
    found = list(islice(mistakes, _MOST_COUNTED))
    if found:
        more = f";另有{len(found) - _MOST_TOLD}处类似错误" if len(found) > _MOST_TOLD else ""
        raise ValueError(";".join(found[:_MOST_TOLD]) + more + "。请改正后重新给出完整的JSON")


Item = TypeVar("Item")


def _numbers(mark: str, items: Iterable[Item], number: Callable[[Item], int], known: Iterable[int]) -> Iterator[str]:
    """What is wrong with the numbers of a list that must hold each known one once."""
    expected = list(known)
    numbers = set(expected)
    seen: set[int] = set()
    allowed = f"{mark}{expected[0]}至{mark}{expected[-1]}" if expected else "无"
    for item in items:
        here = number(item)
        if here not in numbers:
            yield f"没有编号{mark}{here},本批的编号是{allowed}"
        elif here in seen:
            yield f"{mark}{here}重复了"
        seen.add(here)
    missing = [f"{mark}{each}" for each in expected if each not in seen]
    if missing:
        yield "缺少" + "、".join(missing[:12])


_LISTS = ("q", "f", "a", "o", "n", "x", "z")


def _labels_mistakes(answer: LabelsAnswer, pack: LabelsPack) -> Iterator[str]:
    yield from _numbers("i", answer.issues, lambda each: each.i, (each.number for each in pack.issues))
    yield from _numbers("m", answer.measures, lambda each: each.m, (each.number for each in pack.measures))
    pieces = {piece.number: piece for piece in pack.measures}
    for number in answer.h:
        if number not in pieces:
            yield f"h里的{number}不是措施编号"
    for measure in answer.measures:
        piece = pieces.get(measure.m)
        if piece is None:
            continue
        if too_long := next((name for name in _LISTS if len(getattr(measure, name)) > _MOST_LISTED), None):
            yield f"m{measure.m}的{too_long}超过{_MOST_LISTED}项"
            continue
        figures = piece.numbers("q") if measure.q or measure.a else []
        for said in measure.q:
            yield from _unknown(measure.m, "q", numbered(said), figures, said)
        if measure.f and len(measure.f) != (count := len(piece.of_kind("f"))):
            yield f"m{measure.m}里有{count}个[f],f应依次有{count}项,不是{len(measure.f)}项"
        for held in measure.a:
            yield from _unknown(measure.m, "q", (held.q, ""), figures, "")
        names = piece.numbers("o") if measure.o else []
        for name in measure.o:
            yield from _unknown(measure.m, "o", (name, ""), names, "")
        for mark in measure.x:
            known = marked_number(mark)
            if known is None or known[1] not in piece.numbers(known[0]):  # type: ignore[arg-type]
                yield f"m{measure.m}里没有{mark or '空编号'},x只列本条措施里的标记,如q3"
        yield from _missed_mistakes(measure)


def _unknown(measure: int, mark: str, found: tuple[int, str] | None, known: Sequence[int], said: str) -> Iterator[str]:
    if found is None:
        yield f"m{measure}的“{said[:12]}”开头缺少{mark}的编号"
    elif found[0] not in known:
        inside = "、".join(f"{mark}{number}" for number in known)
        yield f"m{measure}里没有{mark}{found[0]},只有{inside}" if inside else f"m{measure}里没有{mark}标记"


def _missed_mistakes(measure: MeasureAnswer) -> Iterator[str]:
    for missed in measure.z:
        vocabulary = {"f": "document_action", "a": "accountability_action"}.get(missed.k)
        if vocabulary and missed.v not in VOCABULARIES[vocabulary]:
            yield f"m{measure.m}补充的“{missed.w[:12]}”的v应为{'、'.join(VOCABULARIES[vocabulary])}之一"


_DATE_FIELDS = ("start", "end", "feedback", "published", "signed_on")


def _fields_mistakes(answer: FieldsAnswer, pack: FieldsPack) -> Iterator[str]:
    known = {figure.number for figure in pack.figures}
    for total in answer.totals:
        if total.q not in known:
            yield (
                f"没有编号q{total.q},本批的数字编号是q1至q{max(known)}"
                if known
                else "本批没有带编号的数字,totals应为空"
            )
    for name in _DATE_FIELDS:
        said = getattr(answer, name)
        if said and not _DATE.fullmatch(said):
            yield f"{name}应写作2023-05-09、2023-05或2023,不是“{said[:20]}”"


def _layout_mistakes(answer: LayoutAnswer, pack: LayoutPack) -> Iterator[str]:
    last = pack.first + len(pack.units) - 1

    def outside(line: int) -> Iterator[str]:
        if not pack.first <= line <= last:
            yield f"没有第{line}行,本批的行号是{pack.first}至{last}"

    position = pack.first - 1
    for group in answer.groups:
        yield from outside(group.u)
    for number, issue in enumerate(answer.issues):
        if issue.h or number:
            yield from outside(issue.h)
            if issue.h <= position:
                yield f"问题的标题行{issue.h}没有排在前面各行({position})之后"
        position = max(position, issue.h)
        for said in issue.e:
            found = line_range(said)
            if found is None or found[0] not in issue.m:
                yield f"e里的“{said[:12]}”应写作“首行-末行”,首行是m里的行号"
        for start, end in issue.ranges():
            first = pack.first if start == issue.h == 0 else start  # goes on with the last measure of the pack before
            final = first if end is None else end
            yield from outside(first)
            yield from outside(final) if final != first else ()
            # A measure may begin in its issue's heading line, and two may share no other.
            if final < first or first < position or (first == position and first != issue.h):
                yield f"措施{start}没有按先后排在第{position}行之后"
            position = max(position, final)
