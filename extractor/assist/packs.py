"""From a notice as the rules read it to packs: what one call to a model is about, its pieces numbered.

A labels pack holds whole issues up to a budget of tokens; an issue that is larger alone is cut between measures. The
fields pack holds what lies in no issue. Every character of the notice is sent about once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil
from typing import ClassVar, Literal, NamedTuple

from extractor.assist.grouping import evenly_filled
from extractor.assist.layout.layout_pack import LayoutPack, split_layout
from extractor.assist.pieces import Figure, IssuePiece, MeasurePiece, Numbers, field_lines, issue_lines, place_of
from extractor.endpoint.tokens import estimate_tokens
from extractor.notice.assemble import as_folded, assemble
from extractor.notice.reading import Reading, read_by_rules
from extractor.record.contract import Notice
from extractor.text.folding import fold
from extractor.text.places import Inside, Place

LABELS_BUDGET = 5500
"""Estimated tokens of pieces in one call: large enough that the instructions sent with it stay the smaller part."""
FIELDS_BUDGET = 6000
_AFTER_SIGNATURE = 400
"""Code points behind the signature that may still hold the page's date or an address."""


class Material(NamedTuple):
    """The rules' reading of a notice, and the record that was made of it, in places of the folded text."""

    reading: Reading
    notice: Notice

    @property
    def text(self) -> str:
        """What is printed, as long as the folded text."""
        return self.reading.folded.printed


def read_first(text: str, notice_id: str) -> Material:
    """A notice's text as the rules read it, which is what a model is asked about."""
    return material_of(read_by_rules(fold(text)), notice_id)


def material_of(reading: Reading, notice_id: str) -> Material:
    """The material of a reading: its record keeps the places of the folded text while a model is asked about it."""
    return Material(reading, assemble(reading, notice_id, as_folded))


class Slice(NamedTuple):
    """The measures ``first`` up to ``last`` (exclusive) of an issue; with the first, what it is about is asked."""

    issue: int
    first: int
    last: int


@dataclass(frozen=True)
class LabelsPack:
    """Issues and their measures, numbered from 1, and how they are shown (``body``)."""

    task: ClassVar[Literal["labels"]] = "labels"
    slices: tuple[Slice, ...]
    issues: tuple[IssuePiece, ...]
    measures: tuple[MeasurePiece, ...]
    body: str

    @property
    def expected_tokens(self) -> int:
        """About how many tokens the answer takes (estimate, see ``extractor.endpoint.tokens``)."""
        candidates = sum(len(measure.candidates) for measure in self.measures)
        return 14 * len(self.issues) + 22 * len(self.measures) + 6 * candidates + 20


@dataclass(frozen=True)
class FieldsPack:
    """Lines outside the issues, with their figures numbered, and how they are shown (``body``)."""

    task: ClassVar[Literal["fields"]] = "fields"
    lines: tuple[Place, ...]
    figures: tuple[Figure, ...]
    body: str

    @property
    def expected_tokens(self) -> int:
        """About how many tokens the answer takes (estimate, see ``extractor.endpoint.tokens``)."""
        return 220 + 11 * len(self.figures)


Pack = FieldsPack | LabelsPack | LayoutPack


def labels_packs(material: Material, budget: int = LABELS_BUDGET) -> list[LabelsPack]:
    """The issues of a notice in as few packs as hold them at ``budget`` tokens each, evenly filled."""
    slices = [
        part
        for index, issue in enumerate(material.notice.issues)
        for part in _cut(material, Slice(index, 0, len(issue.measures)), budget)
    ]
    sizes = [_size(material, part) for part in slices]
    return [_labels_pack(material, group) for group in evenly_filled(slices, sizes, budget)]


def fields_packs(material: Material, budget: int = FIELDS_BUDGET) -> list[FieldsPack]:
    """What lies outside the issues, in one pack where that holds it."""
    lines = list(_outside(material))
    sizes = [estimate_tokens(material.text[line.start : line.end]) + 2 for line in lines]
    return [_fields_pack(material, group) for group in evenly_filled(lines, sizes, budget)]


def halves(material: Material, pack: Pack) -> tuple[Pack, Pack] | None:
    """The two halves of a pack whose answer was cut off; None where it cannot be smaller."""
    if isinstance(pack, LabelsPack):
        return split_labels(material, pack)
    return split_fields(material, pack) if isinstance(pack, FieldsPack) else split_layout(material.text, pack)


def split_labels(material: Material, pack: LabelsPack) -> tuple[LabelsPack, LabelsPack] | None:
    """The two halves of a pack whose answer was cut off; None where it holds one measure."""
    units = [Slice(issue, n, n + 1) for issue, first, last in pack.slices for n in range(first, last)]
    units = units or list(pack.slices)
    if len(units) < 2:
        return None
    sizes = list(accumulate(_size(material, unit) for unit in units))
    middle = 1 + min(range(len(units) - 1), key=lambda n: abs(2 * sizes[n] - sizes[-1]))
    first, second = (_labels_pack(material, _joined(half)) for half in (units[:middle], units[middle:]))
    return first, second


def split_fields(material: Material, pack: FieldsPack) -> tuple[FieldsPack, FieldsPack] | None:
    """The two halves of a fields pack; None where it holds one line."""
    if len(pack.lines) < 2:
        return None
    middle = len(pack.lines) // 2
    return _fields_pack(material, pack.lines[:middle]), _fields_pack(material, pack.lines[middle:])


def _labels_pack(material: Material, slices: Sequence[Slice]) -> LabelsPack:
    numbers = Numbers()
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
    """The line that says under which headings the next issues stand; outer ones that go on are not said again."""
    if section == before or not section:
        return []
    same = 0
    while same < min(len(before), len(section) - 1) and before[same] == section[same]:
        same += 1
    return ["[g] " + " / ".join([".."] * same + section[same:])]


def _fields_pack(material: Material, lines: Iterable[Place]) -> FieldsPack:
    found = tuple(lines)
    shown, figures = field_lines(material.text, found, material.reading.facts.quantities)
    return FieldsPack(found, figures, "\n".join(shown))


def _size(material: Material, part: Slice) -> int:
    """About how many tokens an issue's heading and some of its measures take, with their marks."""
    issue = material.notice.issues[part.issue]
    heading = Place(issue.text.start, issue.measures[0].text.start if issue.measures else issue.text.end)
    size = estimate_tokens(material.text[heading.start : heading.end]) + 2
    for measure in issue.measures[part.first : part.last]:
        candidates = len(measure.quantities) + len(measure.documents) + len(measure.organizations)
        size += estimate_tokens(material.text[measure.text.start : measure.text.end]) + ceil(2.5 * candidates) + 4
    return size


def _cut(material: Material, part: Slice, budget: int) -> list[Slice]:
    """An issue in one slice, or, where it is larger than a pack, in several."""
    if part.last - part.first < 2 or _size(material, part) <= budget:
        return [part]
    units = [Slice(part.issue, n, n + 1) for n in range(part.first, part.last)]
    groups = evenly_filled(units, [_size(material, unit) for unit in units], budget)
    return [Slice(part.issue, group[0].first, group[-1].last) for group in groups]


def _joined(units: Sequence[Slice]) -> list[Slice]:
    """Neighbouring slices of one issue put together again."""
    joined: list[Slice] = []
    for unit in units:
        if joined and joined[-1].issue == unit.issue:
            joined[-1] = joined[-1]._replace(last=unit.last)
        else:
            joined.append(unit)
    return joined


def _outside(material: Material) -> Iterable[Place]:
    """The lines of the text outside the issues, up to a little behind the signature."""
    text, notice = material.text, material.notice
    signed = [span.end for span in notice.spans.get("signed_on", [])]
    stop = min(len(text), signed[-1] + _AFTER_SIGNATURE) if signed else len(text)
    position = 0
    # Grouping headings are shown with the issues they group.
    groups = Inside(place_of(rest.text) for rest in notice.outline.remainders if rest.kind == "heading")
    for span in [*(issue.text for issue in notice.issues), None]:
        end = min(span.start if span else stop, stop)
        yield from (line for line in _lines(text, Place(position, end)) if not groups(line.start))
        position = span.end if span else stop


def _lines(text: str, place: Place) -> Iterable[Place]:
    position = place.start
    while position < place.end:
        end = text.find("\n", position, place.end)
        end = place.end if end < 0 else end
        printed = text[position:end].strip()
        if any(character.isalnum() for character in printed):
            start = position + text[position:end].index(printed)
            yield Place(start, start + len(printed))
        position = end + 1
