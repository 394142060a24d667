"""The answer to a fields pack: its shape on the wire, and the mistakes that are reported to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse
from extractor.record.enumerations import InspectionKind, TotalName

if TYPE_CHECKING:
    SaidKind = str
else:
    SaidKind = Literal["", InspectionKind]

DATE_FIELDS = ("start", "end", "feedback", "published", "signed_on")
"""The fields that are dates."""
_DATE = re.compile(r"\d{4}(?:-\d\d(?:-\d\d)?)?")


class TotalAnswer(AnswerPart):
    """The name of a figure that is stated about the notice as a whole."""

    figure: Number = Field(alias="q")
    name: TotalName = Field(alias="n")


class FieldsAnswer(PackResponse[FieldsPack]):  # noqa: D101 - it is given below
    # Not a docstring of ours: Instructor sends it to the model, as the tool's description.
    __doc__ = "What a notice says about itself."

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
    longest_lists: ClassVar[Mapping[str, int]] = {"totals": 60}

    def mistakes(self, pack: FieldsPack) -> Iterator[str]:
        """Yield what does not fit ``pack``, in the prompt's words."""
        known = {figure.number for figure in pack.figures}
        for total in self.totals:
            if total.figure in known:
                continue
            if known:
                yield f"没有编号q{total.figure},本批的数字编号是q1至q{max(known)}"
            else:
                yield "本批没有带编号的数字,totals应为空"
        for name in DATE_FIELDS:
            said = getattr(self, name)
            if said and not _DATE.fullmatch(said):
                yield f"{name}应写作2023-05-09、2023-05或2023,不是“{said[:20]}”"
