"""The outline made from a model's line numbers, of the same form as the rules': issues, titles, headings, measures.

The model points at lines; the rules' own grammar reads from the text where a title starts inside its frame and where an
enumerator or a lead-in ends. Lines that cannot be placed are dropped and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.assist.layout.layout_answer import LaidIssue, LayoutAnswer
from extractor.assist.layout.layout_pack import LayoutPack, opens_line
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.reading_signs import NONE, Signs, floor_of
from extractor.notice.outline.frames import is_note, lead_in_end, read_frame
from extractor.notice.outline.marks import EnumeratorMark, find_marks
from extractor.notice.outline.measures import IssueOutline, MeasureOutline, Rest, properties_in, without_properties
from extractor.notice.outline.notice_outline import coverage_of, remainders_of
from extractor.notice.outline.property_lines import property_bracket
from extractor.notice.outline.segments import split_segments
from extractor.notice.reading import LOW_COVERAGE, Reading
from extractor.record.checks import Doubt
from extractor.text.places import Place

_STOP = re.compile(r"[。;!?:]")
_FINAL = "。.;:"
_PLAIN_KINDS = frozenset({"shi", "circled", "cn_paren", "ar_paren", "feedback"})


AnsweredLayout = AnsweredPack[LayoutPack, LayoutAnswer]


class OutlinedReading(NamedTuple):
    """The rules' reading under the model's outline, and doubts about lines that could not be placed."""

    reading: Reading
    doubts: list[Doubt]


def poorly_laid_out(reading: Reading) -> bool:
    """Say whether the rules' outline is so poor that a model should find the issues and measures."""
    outline = reading.outline
    return not outline.issues or outline.coverage is None or outline.coverage < LOW_COVERAGE


_Lines = list[tuple[int, int | None]]


class _Stretch(NamedTuple):
    first: int
    last: int


class _IssueLines(NamedTuple):
    """An issue by the indices of its units: its heading, the group headings above it, its measures.

    ``end`` is the index of the next heading.
    """

    heading: int
    groups: tuple[int, ...]
    measures: list[_Stretch]
    end: int

    def others(self) -> Iterator[int]:
        """Yield the units behind the heading that are in no measure."""
        taken = {index for first, last in self.measures for index in range(first, last + 1)}
        yield from (index for index in range(self.heading + 1, self.end) if index not in taken)


def lay_out(reading: Reading, answered: Sequence[AnsweredLayout], signs: Signs = NONE) -> OutlinedReading:
    """Replace the rules' outline by the model's, unless that names no issue, is not whole, or ``signs`` are missing."""
    if signs.are_missing(floor_of("lines")):
        found = Doubt("layout_guessed", "issues", {"shown": str(signs.shown), "cases": str(signs.cases)})
        return OutlinedReading(reading, [found])
    units = [unit for each in answered for unit in each.pack.units]
    failed = [each.pack for each in answered if each.answer is None]
    if failed:
        doubts = [Doubt("layout_failed", "issues", {"first": str(pack.first)}) for pack in failed]
        return OutlinedReading(reading, doubts)
    doubts = []
    answers = [each.answer for each in answered if each.answer is not None]
    lines = _read_lines(answers, len(units), doubts)
    marks = enumerators(reading.text)
    issues = tuple(issue for each in lines if (issue := _issue(reading.text, units, marks, each, doubts)))
    if not issues:
        return OutlinedReading(reading, [*doubts, Doubt("layout_empty", "issues", {})])
    rectification = _extent(issues)
    outline = reading.outline._replace(
        issues=issues,
        rectification=rectification,
        remainders=remainders_of(reading.text, issues, rectification),
        coverage=coverage_of(reading.text, issues, rectification),
        gaps=(),
        opening_end=min([issues[0].text.start, *(group.start for group in issues[0].groups)]),
    )
    return OutlinedReading(reading.with_outline(outline), doubts)


def _read_lines(answers: Sequence[LayoutAnswer], count: int, doubts: list[Doubt]) -> list[_IssueLines]:
    """Return the issues of all packs in order, by the indices of their units, each measure with its last unit."""
    headings: dict[int, int] = {}
    issues: list[tuple[int, _Lines, int]] = []
    for answer in answers:
        for group in answer.groups:
            if 0 < group.line <= count:
                headings[group.line - 1] = group.level
        for issue in answer.issues:
            if issue.heading == 0 and issues:
                issues[-1][1].extend(_going_on(issues[-1][1], issue.ranges()))
            elif 0 < issue.heading <= count and (not issues or issue.heading - 1 > issues[-1][0]):
                issues.append((issue.heading - 1, issue.ranges(), issue.level))
            else:
                doubts.append(Doubt("layout_dropped", "issues", {"what": _named(issue)}))
    borders = sorted({*headings, *(heading for heading, _, _ in issues), count})
    found = []
    for heading, said, level in issues:
        border = next(each for each in borders if each > heading)
        groups = _groups_above(headings, heading)
        groups = groups[:level] if level else groups
        found.append(_IssueLines(heading, groups, list(_stretches(heading, border, said, doubts)), border))
    return found


def _going_on(before: _Lines, said: _Lines) -> _Lines:
    """Return the measures that follow those ``before``; one from line 0 lengthens the last of those instead."""
    if not said or said[0][0] != 0 or not before:
        return said
    before[-1] = (before[-1][0], said[0][1])
    return said[1:]


def _named(issue: LaidIssue) -> str:
    return f"{issue.heading}: {'、'.join(map(str, issue.measures))}"


def _stretches(heading: int, border: int, said: _Lines, doubts: list[Doubt]) -> Iterator[_Stretch]:
    """Yield the measures of an issue whose units end before ``border``; one without an end reaches to the next one."""
    position = heading - 1
    for first, end in said:
        following = min((each - 1 for each, _ in said if each > first), default=border)
        start, last = first - 1, (end or min(following, border)) - 1
        if position < start <= last < border:
            yield _Stretch(start, last)
            position = last
        else:
            doubts.append(Doubt("layout_dropped", "issues", {"what": str(first)}))


def _groups_above(headings: dict[int, int], place: int) -> tuple[int, ...]:
    """Return the group headings open at ``place``, outermost first: each closes those of its level and below."""
    path: list[int] = []
    for heading in sorted(each for each in headings if each < place):
        while path and headings[path[-1]] >= headings[heading]:
            path.pop()
        path.append(heading)
    return tuple(path)


def _issue(
    text: str, units: Sequence[Place], marks: Mapping[int, EnumeratorMark], lines: _IssueLines, doubts: list[Doubt]
) -> IssueOutline | None:
    unit = units[lines.heading]
    mark = _mark_at(marks, unit)
    content = mark.content if mark else unit.start
    title, body = _title(text, Place(content, unit.end), _heading_reach(text, units, lines))
    if title.end <= title.start:
        doubts.append(Doubt("layout_dropped", "issues", {"what": str(lines.heading + 1)}))
        return None
    measures = []
    for stretch in lines.measures:
        start = max(units[stretch.first].start, body) if stretch.first == lines.heading else units[stretch.first].start
        measure = _measure(text, marks, Place(start, units[stretch.last].end))
        if measure is not None:
            measures.append(measure)
    measures, rests = without_properties(text, measures)
    rests += [Rest("note", units[index]) for index in lines.others() if is_note(text, *units[index])]
    bracket = property_bracket(text, body, unit.end)
    rests += [Rest("note", _trimmed(text, Place(body, bracket), ""))] if bracket > body else []
    properties = properties_in(text, rests)
    end = measures[-1].text.end if measures else max(body, title.end)
    heading = Place(unit.start, min(max(body, title.end), measures[0].text.start if measures else end))
    return IssueOutline(
        Place(unit.start, end),
        _label(mark),
        title,
        tuple(_group_place(text, marks, units[group]) for group in lines.groups),
        tuple(units[group] for group in lines.groups),
        tuple(measures),
        (Rest("heading", heading), *rests),
        tuple(found.place for found in properties),
        properties,
    )


def _measure(text: str, marks: Mapping[int, EnumeratorMark], place: Place) -> MeasureOutline | None:
    mark = _mark_at(marks, place)
    start = mark.content if mark else place.start
    start = lead_in_end(text, start, place.end)
    if mark is None:
        mark = _mark_at(marks, Place(start, place.end))  # 整改情况:一是…
        start = mark.content if mark else start
    trimmed = _trimmed(text, Place(start, place.end), "")
    return MeasureOutline(trimmed, _label(mark)) if trimmed.end > trimmed.start else None


def _group_place(text: str, marks: Mapping[int, EnumeratorMark], unit: Place) -> Place:
    mark = _mark_at(marks, unit)
    content = mark.content if mark else unit.start
    stop = _STOP.search(text, content, unit.end)
    group = _trimmed(text, Place(content, stop.start() if stop else unit.end), "")
    bracketed = text[group.start] in "【[〔" and text[group.end - 1] in "】]〕"
    return Place(group.start + 1, group.end - 1) if bracketed else group


def _heading_reach(text: str, units: Sequence[Place], lines: _IssueLines) -> int:
    """Return how far a heading may go on in its printed line: to the first measure, or to a lead-in before it."""
    end = units[lines.heading].end
    first = lines.measures[0].first if lines.measures else lines.heading + 1
    for unit in units[lines.heading + 1 : first]:
        if opens_line(text, unit) or lead_in_end(text, unit.start, unit.end) > unit.start:
            break
        end = unit.end
    return end


def _title(text: str, heading: Place, reach: int) -> tuple[Place, int]:
    """Return the place of a title and the end of its heading; a frame may go on behind a mark that ended the unit."""
    for end in dict.fromkeys((heading.end, reach)):
        frame = read_frame(text, heading.start, end)
        if frame is not None:
            return Place(frame.title_start, frame.title_end), frame.end
    if reach > heading.end:
        return _trimmed(text, Place(heading.start, reach), _FINAL), reach
    stop = _STOP.search(text, *heading)
    body = stop.end() if stop else heading.end
    return _trimmed(text, Place(heading.start, body), _FINAL), body


def enumerators(text: str) -> dict[int, EnumeratorMark]:
    """Return the enumerators that begin the rules' segments or can be nothing else, by their offsets."""
    marks = {mark.start: mark for mark in find_marks(text) if mark.kind in _PLAIN_KINDS}
    return marks | {segment.mark.start: segment.mark for segment in split_segments(text) if segment.mark}


def _mark_at(marks: Mapping[int, EnumeratorMark], place: Place) -> EnumeratorMark | None:
    """Return the enumerator that ``place`` begins with."""
    found = marks.get(place.start)
    return found if found and found.content < place.end else None


def _label(mark: EnumeratorMark | None) -> Place | None:
    return Place(mark.start, mark.start + mark.printed) if mark else None


def _trimmed(text: str, place: Place, final: str) -> Place:
    start, end = place
    while start < end and text[start] in " \n*":
        start += 1
    while end > start and text[end - 1] in " \n*" + final:
        end -= 1
    return Place(start, end)


def _extent(issues: Sequence[IssueOutline]) -> tuple[Place, ...]:
    """Return the places from the first heading to the last measure, cut where a part of another kind is between."""
    starts = [min([issue.text.start, *(group.start for group in issue.groups[-1:])]) for issue in issues]
    cuts = [n + 1 for n, (one, other) in enumerate(pairwise(issues)) if starts[n + 1] - one.text.end > _APART]
    extents = []
    for first, last in zip([0, *cuts], [*cuts, len(issues)], strict=True):
        extents.append(Place(starts[first], issues[last - 1].text.end))
    return tuple(extents)


_APART = 400
"""More code points than this between an issue's end and the next heading are a part of another kind."""
