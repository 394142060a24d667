"""The signs by which a layout that was read is told from one that was guessed: lines that can be what they are called.

A heading or a measure begins a printed line or with an enumerator, or stands right behind its heading. A measure stands
between its heading and the next one. The notice's own title is no heading of an issue, and an issue has a measure.
Lines that repeat the prompt's example were not read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from extractor.assist.layout.layout_answer import LaidIssue, LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack, opens_line
from extractor.assist.layout.model_outline import enumerators
from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import Material, place_of
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.reading_signs import Signs
from extractor.text.places import Place

_IssueLines = tuple[int, tuple[int, ...]]


class _Lines(NamedTuple):
    """The lines of a pack by number, the starts of those that begin with an enumerator, and the notice's title."""

    text: str
    units: Mapping[int, Place]
    enumerated: frozenset[int]
    title: Place | None

    def can_begin(self, number: int) -> bool:
        """Return whether a heading or a measure can begin with a line."""
        unit = self.units.get(number)
        return unit is not None and (unit.start in self.enumerated or opens_line(self.text, unit))

    def can_be_heading(self, number: int) -> bool:
        """Return whether a line can be an issue's heading."""
        in_title = self.title is not None and number in self.units and self.units[number].start < self.title.end
        return self.can_begin(number) and not in_title


def layout_signs(
    material: Material,
    answered: Sequence[AnsweredPack[LayoutPack, LayoutAnswer]],
    examples: Collection[Response] = (),
) -> Signs:
    """Return of how many issues, headings and measures of a model's layout the lines can be what they are called.

    ``examples`` are the answers that its prompt gives as examples.
    """
    told = {_said(each) for each in examples if isinstance(each, LayoutAnswer)}
    enumerated = frozenset(enumerators(material.reading.text))
    titles = material.notice.spans.get("title", [])
    title = place_of(titles[0]) if titles else None
    cases = shown = 0
    for each in answered:
        if each.answer is None:
            continue
        units = {each.pack.first + number: unit for number, unit in enumerate(each.pack.units)}
        lines = _Lines(material.reading.text, units, enumerated, title)
        ends = [*(issue.heading for issue in each.answer.issues[1:]), each.pack.first + len(each.pack.units)]
        both = zip(each.answer.issues, ends, strict=False)
        found = [is_so for issue, end in both for is_so in _plausible(lines, issue, end)]
        cases += len(found)
        shown += sum(found) if _said(each.answer) not in told else 0
    return Signs(cases, shown)


def _plausible(lines: _Lines, issue: LaidIssue, end: int) -> Iterator[bool]:
    """Yield for an issue before line ``end``, as a whole, its heading and each measure whether they can be such."""
    heading = issue.heading
    is_heading = not heading or lines.can_be_heading(heading)
    yield is_heading and bool(issue.measures)
    if heading:
        yield is_heading
    for number in filter(None, issue.measures):
        is_near = number in (heading, heading + 1) or lines.can_begin(number)
        yield is_heading and is_near and heading <= number < max(end, heading + 1)


def _said(answer: LayoutAnswer) -> tuple[_IssueLines, ...]:
    return tuple((issue.heading, tuple(issue.measures)) for issue in answer.issues)
