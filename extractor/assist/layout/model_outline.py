"""From a model's line numbers to the same outline the rules make: places of issues, titles, headings and measures.

The model points at lines; where a title starts inside its frame, where an enumerator or a lead-in ends is read off
the text by the rules' own grammar. What cannot be placed is dropped and reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from extractor.assist.layout.layout_pack import LayoutPack, opens_line
from extractor.assist.responses import LaidIssue, LayoutAnswer
from extractor.notice.outline.frames import lead_in_end, read_frame
from extractor.notice.outline.marks import EnumeratorMark, find_marks
from extractor.notice.outline.measures import IssueOutline, MeasureOutline, Rest
from extractor.notice.outline.notice_outline import coverage_of, remainders_of
from extractor.notice.outline.segments import split_segments
from extractor.notice.reading import LOW_COVERAGE, Reading
from extractor.record.checks import Doubt
from extractor.text.places import Place

_STOP = re.compile(r"[。;!?:]")
_FINAL = "。.;:"
_PLAIN_KINDS = frozenset({"shi", "circled", "cn_paren", "ar_paren", "feedback"})


class Answered(NamedTuple):
    """A layout pack and what a model said of it; None where the call failed for good."""

    pack: LayoutPack
    answer: LayoutAnswer | None


class LaidOut(NamedTuple):
    """The rules' reading over the model's outline, and what could not be placed."""

    reading: Reading
    doubts: list[Doubt]


def poorly_laid_out(reading: Reading) -> bool:
    """Whether the rules' outline is so poor that a model had better say where issues and measures stand."""
    outline = reading.outline
    return not outline.issues or outline.coverage is None or outline.coverage < LOW_COVERAGE


_Lines = list[tuple[int, int | None]]


class _Stretch(NamedTuple):
    first: int
    last: int


class _Told(NamedTuple):
    """An issue as told, by unit indices: its heading, its grouping headings, its measures."""

    heading: int
    groups: tuple[int, ...]
    measures: list[_Stretch]


def lay_out(reading: Reading, answered: Sequence[Answered]) -> LaidOut:
    """Put the model's outline in the place of the rules', unless it names no issue or is not whole."""
    units = [unit for pack, _ in answered for unit in pack.units]
    failed = [pack for pack, answer in answered if answer is None]
    if failed:
        return LaidOut(reading, [Doubt("layout_failed", "issues", {"first": str(pack.first)}) for pack in failed])
    doubts: list[Doubt] = []
    told = _told(answered, len(units), doubts)
    marks = _marks(reading.text)
    issues = tuple(issue for each in told if (issue := _issue(reading.text, units, marks, each, doubts)))
    if not issues:
        return LaidOut(reading, [*doubts, Doubt("layout_empty", "issues", {})])
    rectification = _extent(issues)
    outline = reading.outline._replace(
        issues=issues,
        rectification=rectification,
        remainders=remainders_of(reading.text, issues, rectification),
        coverage=coverage_of(reading.text, issues, rectification),
        gaps=(),
        opening_end=min([issues[0].text.start, *(group.start for group in issues[0].groups)]),
    )
    return LaidOut(reading.with_outline(outline), doubts)


def _told(answered: Sequence[Answered], count: int, doubts: list[Doubt]) -> list[_Told]:
    """The issues of all packs in order, by unit index, each measure with its last unit."""
    headings: dict[int, int] = {}
    issues: list[tuple[int, _Lines, int]] = []
    for _, answer in answered:
        for group in answer.groups if answer else ():
            if 0 < group.u <= count:
                headings[group.u - 1] = group.l
        for issue in answer.issues if answer else ():
            if issue.h == 0 and issues:
                issues[-1][1].extend(_going_on(issues[-1][1], issue.ranges()))
            elif 0 < issue.h <= count and (not issues or issue.h - 1 > issues[-1][0]):
                issues.append((issue.h - 1, issue.ranges(), issue.l))
            else:
                doubts.append(Doubt("layout_dropped", "issues", {"what": _named(issue)}))
    borders = sorted({*headings, *(heading for heading, _, _ in issues), count})
    found = []
    for heading, said, level in issues:
        border = next(each for each in borders if each > heading)
        groups = _groups_above(headings, heading)
        groups = groups[:level] if level else groups
        found.append(_Told(heading, groups, list(_stretches(heading, border, said, doubts))))
    return found


def _going_on(before: _Lines, said: _Lines) -> _Lines:
    """Measures that go on with those ``before``: one from line 0 lengthens the last of them, begun in another pack."""
    if not said or said[0][0] != 0 or not before:
        return said
    before[-1] = (before[-1][0], said[0][1])
    return said[1:]


def _named(issue: LaidIssue) -> str:
    return f"{issue.h}: {'、'.join(map(str, issue.m))}"


def _stretches(heading: int, border: int, said: _Lines, doubts: list[Doubt]) -> Iterator[_Stretch]:
    """The measures of an issue whose units end before ``border``; one without an end reaches to the next one."""
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
    """The grouping headings open at ``place``, outermost first: each closes those of its level and below."""
    path: list[int] = []
    for heading in sorted(each for each in headings if each < place):
        while path and headings[path[-1]] >= headings[heading]:
            path.pop()
        path.append(heading)
    return tuple(path)


def _issue(
    text: str, units: Sequence[Place], marks: Mapping[int, EnumeratorMark], told: _Told, doubts: list[Doubt]
) -> IssueOutline | None:
    unit = units[told.heading]
    mark = _mark_at(marks, unit)
    content = mark.content if mark else unit.start
    title, body = _title(text, Place(content, unit.end), _heading_reach(text, units, told))
    if title.end <= title.start:
        doubts.append(Doubt("layout_dropped", "issues", {"what": str(told.heading + 1)}))
        return None
    measures = []
    for stretch in told.measures:
        start = max(units[stretch.first].start, body) if stretch.first == told.heading else units[stretch.first].start
        measure = _measure(text, marks, Place(start, units[stretch.last].end))
        if measure is not None:
            measures.append(measure)
    end = measures[-1].text.end if measures else max(body, title.end)
    heading = Place(unit.start, min(max(body, title.end), measures[0].text.start if measures else end))
    return IssueOutline(
        Place(unit.start, end),
        _label(mark),
        title,
        tuple(_group_place(text, marks, units[group]) for group in told.groups),
        tuple(units[group] for group in told.groups),
        tuple(measures),
        (Rest("heading", heading),),
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
    return _trimmed(text, Place(content, stop.start() if stop else unit.end), "")


def _heading_reach(text: str, units: Sequence[Place], told: _Told) -> int:
    """How far a heading may go on in its printed line: to the first measure, or a lead-in before it."""
    end = units[told.heading].end
    first = told.measures[0].first if told.measures else told.heading + 1
    for unit in units[told.heading + 1 : first]:
        if opens_line(text, unit) or lead_in_end(text, unit.start, unit.end) > unit.start:
            break
        end = unit.end
    return end


def _title(text: str, heading: Place, reach: int) -> tuple[Place, int]:
    """The place of a title, and where the heading ends; a frame may go on behind a mark that ended the unit."""
    for end in dict.fromkeys((heading.end, reach)):
        frame = read_frame(text, heading.start, end)
        if frame is not None:
            return Place(frame.title_start, frame.title_end), frame.end
    if reach > heading.end:
        return _trimmed(text, Place(heading.start, reach), _FINAL), reach
    stop = _STOP.search(text, *heading)
    body = stop.end() if stop else heading.end
    return _trimmed(text, Place(heading.start, body), _FINAL), body


def _marks(text: str) -> dict[int, EnumeratorMark]:
    """The enumerators by their offsets: those that begin the rules' segments, and those that can be nothing else."""
    marks = {mark.start: mark for mark in find_marks(text) if mark.kind in _PLAIN_KINDS}
    return marks | {segment.mark.start: segment.mark for segment in split_segments(text) if segment.mark}


def _mark_at(marks: Mapping[int, EnumeratorMark], place: Place) -> EnumeratorMark | None:
    """The enumerator that ``place`` begins with."""
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
    """From the first group or issue to the last measure; apart where a part of another kind lies between groups."""
    starts = [min([issue.text.start, *(group.start for group in issue.groups[-1:])]) for issue in issues]
    cuts = [n + 1 for n, (one, other) in enumerate(pairwise(issues)) if starts[n + 1] - one.text.end > _APART]
    extents = []
    for first, last in zip([0, *cuts], [*cuts, len(issues)], strict=True):
        extents.append(Place(starts[first], issues[last - 1].text.end))
    return tuple(extents)


_APART = 400
"""More code points than this between an issue's end and the next heading are a part of another kind."""
