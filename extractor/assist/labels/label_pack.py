"""The packs of the task `labels`: whole issues with their measures, up to a budget of tokens.

An issue that is larger than a pack is cut between measures. Every character of the issues is sent about once.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import ClassVar

from extractor.assist.labels.label_pieces import IssuePiece, IssueSlice, MeasurePiece, PieceNumbers, issue_lines
from extractor.assist.packs.grouping import evenly_filled
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import TaskName
from extractor.endpoint.tokens import estimate_tokens
from extractor.text.places import Place

LABELS_BUDGET = 5500
"""Estimated tokens of pieces in one call: large enough that the instructions sent with it stay the smaller part."""


@dataclass(frozen=True)
class LabelsPack:
    """Issues and their measures, numbered from 1, and the lines as they are shown (``body``)."""

    task: ClassVar[TaskName] = "labels"
    slices: tuple[IssueSlice, ...]
    issues: tuple[IssuePiece, ...]
    measures: tuple[MeasurePiece, ...]
    body: str

    @property
    def expected_tokens(self) -> int:
        """The estimated length of the answer, in tokens (see ``extractor.endpoint.tokens``)."""
        candidates = sum(len(measure.candidates) for measure in self.measures)
        return 14 * len(self.issues) + 22 * len(self.measures) + 6 * candidates + 20


def labels_packs(material: Material, budget: int = LABELS_BUDGET) -> list[LabelsPack]:
    """Return the issues of a notice in as few packs as hold them at ``budget`` tokens each, evenly filled."""
    slices = [
        part
        for index, issue in enumerate(material.notice.issues)
        for part in _cut(material, IssueSlice(index, 0, len(issue.measures)), budget)
    ]
    sizes = [_size(material, part) for part in slices]
    return [_labels_pack(material, group) for group in evenly_filled(slices, sizes, budget)]


def labels_tokens(material: Material) -> int:
    """Estimate the tokens of all issues of a notice, with their marks."""
    return sum(
        _size(material, IssueSlice(index, 0, len(issue.measures))) for index, issue in enumerate(material.notice.issues)
    )


def split_labels(material: Material, pack: LabelsPack) -> tuple[LabelsPack, LabelsPack] | None:
    """Return the two halves of a pack; None where it holds one measure."""
    units = [unit for part in pack.slices for unit in _units(part)]
    if len(units) < 2:
        return None
    sizes = list(accumulate(_size(material, unit) for unit in units))
    middle = 1 + min(range(len(units) - 1), key=lambda n: abs(2 * sizes[n] - sizes[-1]))
    first, second = (_labels_pack(material, _joined(half)) for half in (units[:middle], units[middle:]))
    return first, second


def rest_of_labels(
    material: Material, pack: LabelsPack, issues: Collection[int], measures: Collection[int]
) -> LabelsPack:
    """Return a pack of those ``issues`` and ``measures`` of a pack, by number, that are to be asked about again."""
    with_issue = {piece.issue for piece in pack.issues if piece.number in issues}
    alone = {(piece.issue, piece.measure) for piece in pack.measures if piece.number in measures}
    slices: list[IssueSlice] = []
    for part in pack.slices:
        units = [unit for unit in _units(part) if (unit.issue, unit.first) in alone]
        asked = part.first == 0 and part.issue in with_issue
        if asked and (not units or units[0].first):
            slices.append(IssueSlice(part.issue, 0, 0))
        slices += _joined([unit._replace(with_issue=asked) for unit in units])
    return _labels_pack(material, slices)


def _units(part: IssueSlice) -> list[IssueSlice]:
    """Return the smallest parts of a slice: one for each measure, or the slice where it has none."""
    return [part._replace(first=n, last=n + 1) for n in range(part.first, part.last)] or [part]


def _labels_pack(material: Material, slices: Sequence[IssueSlice]) -> LabelsPack:
    numbers = PieceNumbers()
    issues: list[IssuePiece] = []
    measures: list[MeasurePiece] = []
    lines: list[str] = []
    section: list[str] = []
    for part in slices:
        shown = issue_lines(material.text, material.notice, part, numbers)
        lines += _section_line(section, shown.section)
        section = shown.section
        lines += shown.lines
        issues += [shown.issue] if shown.issue else []
        measures += shown.measures
    return LabelsPack(tuple(slices), tuple(issues), tuple(measures), "\n".join(lines))


def _section_line(before: list[str], section: list[str]) -> list[str]:
    """Return the line that names the group headings of the next issues; outer ones that go on are not repeated."""
    if section == before or not section:
        return []
    same = 0
    while same < min(len(before), len(section) - 1) and before[same] == section[same]:
        same += 1
    return ["[g] " + " / ".join([".."] * same + section[same:])]


def _size(material: Material, part: IssueSlice) -> int:
    """Estimate the tokens of an issue's heading and some of its measures, with their marks."""
    issue = material.notice.issues[part.issue]
    heading = Place(issue.text.start, issue.measures[0].text.start if issue.measures else issue.text.end)
    size = estimate_tokens(material.text[heading.start : heading.end]) + 2
    for measure in issue.measures[part.first : part.last]:
        candidates = len(measure.quantities) + len(measure.documents) + len(measure.organizations)
        size += estimate_tokens(material.text[measure.text.start : measure.text.end]) + ceil(2.5 * candidates) + 4
    return size


def _cut(material: Material, part: IssueSlice, budget: int) -> list[IssueSlice]:
    """Return an issue in one slice, or, where it is larger than a pack, in several."""
    if part.last - part.first < 2 or _size(material, part) <= budget:
        return [part]
    units = _units(part)
    groups = evenly_filled(units, [_size(material, unit) for unit in units], budget)
    return [IssueSlice(part.issue, group[0].first, group[-1].last) for group in groups]


def _joined(units: Sequence[IssueSlice]) -> list[IssueSlice]:
    """Join neighbouring slices of one issue."""
    joined: list[IssueSlice] = []
    for unit in units:
        if joined and joined[-1].issue == unit.issue and joined[-1].last == unit.first:
            joined[-1] = joined[-1]._replace(last=unit.last)
        else:
            joined.append(unit)
    return joined
