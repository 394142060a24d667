"""The answer to a layout pack: its shape on the wire, and the mistakes that are reported to the model."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from pydantic import Field

from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs.answer_shapes import AnswerPart, Number, PackResponse

DEEPEST_LEVEL = 6
"""The deepest level of group headings."""


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

    def mistakes(self, pack: LayoutPack) -> Iterator[str]:
        """Yield what does not fit ``pack``, in the prompt's words."""
        for group in self.groups:
            yield from _outside(pack, group.line)
        position = pack.first - 1
        for number, issue in enumerate(self.issues):
            if issue.heading or number:
                yield from _outside(pack, issue.heading)
                if issue.heading <= position:
                    yield f"问题的标题行{issue.heading}没有排在前面各行({position})之后"
            position = max(position, issue.heading)
            yield from _end_mistakes(issue)
            for start, end in issue.ranges():
                # Line 0 goes on with the last measure of the pack before.
                first = pack.first if start == issue.heading == 0 else start
                final = first if end is None else end
                yield from _outside(pack, first)
                yield from _outside(pack, final) if final != first else ()
                # A measure may begin in its issue's heading line, and two may share no other.
                if final < first or first < position or (first == position and first != issue.heading):
                    yield f"措施{start}没有按先后排在第{position}行之后"
                position = max(position, final)


def line_range(said: str) -> tuple[int, int] | None:
    """Return ``"12-14"`` as (12, 14); None where it is no range.

    >>> line_range("12-14"), line_range("[3]至[3]"), line_range("12")
    ((12, 14), (3, 3), None)
    """
    match = re.fullmatch(r"\s*\[?(\d{1,9})\+?\]?\s*[-~—至]+\s*\[?(\d{1,9})\+?\]?\s*", said)
    return (int(match[1]), int(match[2])) if match else None


def _outside(pack: LayoutPack, line: int) -> Iterator[str]:
    last = pack.first + len(pack.units) - 1
    if not pack.first <= line <= last:
        yield f"没有第{line}行,本批的行号是{pack.first}至{last}"


def _end_mistakes(issue: LaidIssue) -> Iterator[str]:
    for said in issue.ends:
        found = line_range(said)
        if found is None or found[0] not in issue.measures:
            yield f"e里的“{said[:12]}”应写作“首行-末行”,首行是m里的行号"
