"""The answer to a fields pack: its shape on the wire, made to fit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field

from extractor.assist.fields.field_mending import MOST_TOTALS, mended_fields
from extractor.assist.fields.field_pack import FieldsPack
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse
from extractor.assist.packs.mending import Mends
from extractor.record.enumerations import InspectionKind, TotalName

if TYPE_CHECKING:
    SaidKind = str
else:
    SaidKind = Literal["", InspectionKind]


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
    longest_lists: ClassVar[Mapping[str, int]] = {"totals": MOST_TOTALS}

    @classmethod
    def mended(cls, said: Mapping[str, Any], pack: FieldsPack, mends: Mends) -> dict[str, Any]:
        """Return what is right of an answer about ``pack``."""
        return mended_fields(said, pack, mends)
