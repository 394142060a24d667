"""The answer to a layout pack: its shape on the wire, made to fit it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from extractor.assist.layout.layout_mending import DEEPEST_LEVEL, line_range, mended_layout
from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse
from extractor.assist.packs.mending import Mends


class GroupAnswer(AnswerPart):
    """A line that is a heading of a group of issues, and its level; 1 is the outermost."""

    line: Number = Field(alias="u")
    level: Annotated[int, Field(ge=1, le=DEEPEST_LEVEL)] = Field(alias="l")


class LaidIssue(AnswerPart):
    """An issue by its lines.

    ``heading`` is the line of its heading (0: the issue began before these lines), ``measures`` the first lines of its
    measures (0: so did the measure), ``ends`` the lines of those that end before the next one begins (``12-14``).
    ``level`` is given where the issue belongs right below a level of group headings that is not the deepest open one.
    """

    heading: Number = Field(alias="h")
    measures: list[Number] = Field(default_factory=list, alias="m")
    ends: list[str] = Field(default_factory=list, alias="e")
    level: Annotated[int, Field(ge=0, le=DEEPEST_LEVEL)] = Field(0, alias="l")

    def ranges(self) -> list[tuple[int, int | None]]:
        """Return the first and the last line of each measure; None where it reaches to the next one or a heading."""
        ends = dict(found for said in self.ends if (found := line_range(said)))
        return [(first, ends.get(first)) for first in self.measures]


class LayoutAnswer(PackResponse[LayoutPack]):
    """Where issues and measures stand, by line number."""

    groups: list[GroupAnswer] = Field(default_factory=list)
    issues: list[LaidIssue]
    longest_lists: ClassVar[Mapping[str, int]] = {"groups": 100, "issues": 200, "m": 100, "e": 100}

    @classmethod
    def mended(cls, said: Mapping[str, Any], pack: LayoutPack, mends: Mends) -> dict[str, Any]:
        """Return what is right of an answer about ``pack``."""
        return mended_layout(said, pack, mends)
