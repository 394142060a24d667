"""The outline of a notice: its issues and measures, and the share of its text that they hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from extractor.notice.outline.answers_by_number import hang_answers
from extractor.notice.outline.bracket_forms import with_usual_brackets
from extractor.notice.outline.closing_words import settle_closing
from extractor.notice.outline.ending import Ending, find_annex, find_another, find_ending, find_opening_again
from extractor.notice.outline.frames import lead_in_end, lead_in_number
from extractor.notice.outline.issues import FindingNode, find_findings
from extractor.notice.outline.marks import LINE_OPENERS, SENTENCE, EnumeratorMark, find_marks
from extractor.notice.outline.measures import IssueOutline, Rest, outline_issue, row_label
from extractor.notice.outline.rectification import RectificationPart, find_parts, heading_text
from extractor.notice.outline.segments import Segment, split_segments
from extractor.notice.outline.single_task import outline_tasks
from extractor.notice.outline.table_rows import NoticeTables, find_tables
from extractor.notice.outline.tree import OutlineNode, grow
from extractor.text.places import Inside, Place, place_of


class Gap(NamedTuple):
    """An enumerator that does not follow from the one before it among its siblings."""

    text: Place
    label: str
    after: str


class NoticeOutline(NamedTuple):
    """A notice as places in its text.

    ``coverage`` is the share of the rectification part's characters (blanks aside) that lie in a measure, None where
    there is no such part. ``opening_end`` is where the first part or issue starts; ``labels`` are all enumerators.
    ``behind`` is what follows the ending, an annex with the findings left out. ``another`` is the title of a second
    notice behind the first, which is not read; ``opening_again`` is a second opening, among the findings.
    ``tables_unread`` are tables in the rectification part that are not read, or the headings of such.
    """

    issues: tuple[IssueOutline, ...]
    rectification: tuple[Place, ...]
    remainders: tuple[Rest, ...]
    coverage: float | None
    gaps: tuple[Gap, ...]
    opening_end: int
    ending: Ending
    labels: tuple[Place, ...]
    behind: tuple[Place, ...]
    another: Place | None = None
    opening_again: Place | None = None
    tables_unread: tuple[Place, ...] = ()


def read_outline(text: str, printed: str | None = None) -> NoticeOutline:
    """Read the outline of a notice from its folded text (see ``extractor.text.folding``).

    ``printed`` is the folded text as printed, with the tabs between the cells of tables.
    """
    text = with_usual_brackets(text)
    another = find_another(text)
    if another is not None:
        first = read_outline(text[: another.start], (printed or text)[: another.start])
        return first._replace(behind=(*first.behind, Place(another.start, len(text))), another=another)
    tables = find_tables(text, printed or text)
    rows = tables.rows
    ending = find_ending(text, [row.place for row in rows])
    outline = _read_part(text, tables, ending, Place(0, ending.start))
    if outline.issues:
        outline = outline._replace(opening_again=find_opening_again(text[: ending.start], outline.issues[0].text.start))
    if len(outline.issues) > 1:
        return outline
    annex = find_annex(text, ending.end, [row.place for row in rows])
    behind = _read_part(text, tables, ending, annex) if annex else outline
    answered = all(issue.measures for issue in behind.issues) or bool(rows)
    return behind if len(behind.issues) > 1 and answered else outline


def _read_part(text: str, tables: NoticeTables, ending: Ending, part: Place) -> NoticeOutline:
    """Read the outline of the part of a notice that holds its findings: before its signature, or its annex."""
    here = [row for row in tables.rows if part.start <= row.place.start and row.place.end <= part.end]
    left = [table for table in tables.unread if part.start <= table.start and table.end <= part.end]
    segments = split_segments(text[: part.end], here, part.start, left)
    nodes = grow(text, segments, opened=part.start > 0)
    tasks = outline_tasks(text, nodes, segments)
    nodes = hang_answers(text, nodes)
    parts = find_parts(text, nodes)
    below = [_below(text, place, part.end) for place in tables.lines if part.start <= place.start < part.end]
    found = [each for each in find_findings(text, parts) if not _is_misread(each, below)]
    found = [] if len(found) == 1 and _is_part_alone(text, found[0]) else found
    settle_closing(text, found)
    issues = tuple(outline_issue(text, finding, last=finding is found[-1]) for finding in found)
    issues = tuple(issue for issue in issues if issue.title.end > issue.title.start)
    rectification = _with_answers_apart(_extent(parts, issues), issues)
    if len(tasks) == 1 or len(tasks) > len(issues) or _have_names_on_lines(text, tasks):
        issues, rectification = tuple(tasks), (Place(tasks[0].text.start, tasks[-1].text.end),)
    opening_end = next((node.segment.start for node in nodes if node.kind != "paragraph"), ending.start)
    opening_end = min(opening_end, ending.start)
    remainders = remainders_of(text, issues, rectification)
    return NoticeOutline(
        issues,
        rectification,
        remainders,
        coverage_of(text, issues, rectification),
        _gaps(text, parts),
        opening_end,
        ending,
        tuple(sorted({*_labels(text, segments, nodes), *_numbers_beside(text, remainders), *_of_measures(issues)})),
        (Place(ending.end, max(part.start, ending.end)), Place(max(part.end, ending.end), len(text))),
        tables_unread=(*_in_part(left, rectification), *(place for place in tables.lines if place.start < part.end)),
    )


def _of_measures(issues: Sequence[IssueOutline]) -> list[Place]:
    """Return the places of the enumerators of measures; that of a list of one is no segment's."""
    return [measure.label for issue in issues for measure in issue.measures if measure.label]


def _have_names_on_lines(text: str, tasks: Sequence[IssueOutline]) -> bool:
    """Return whether the names of tasks' fields stand on lines of their own (【反馈问题】), the values below them."""
    return bool(tasks) and all(text[task.rests[0].text.end] == "\n" for task in tasks)


def _in_part(tables: Sequence[Place], rectification: Sequence[Place]) -> list[Place]:
    """Return the tables in the rectification part; all of them where none was found."""
    if not rectification:
        return list(tables)
    return [table for table in tables if any(part.start <= table.start < part.end for part in rectification)]


_NEXT_PART = re.compile(r"\n *[一二三四五六七八九十]{1,3}、[^\n。]{2,40}(?=\n)")


def _below(text: str, headings: Place, end: int) -> Place:
    """Return the stretch from the headings of a table whose rows were not found to the next part of the notice."""
    part = _NEXT_PART.search(text, headings.end, end)
    return Place(headings.start, part.start() if part else end)


_NAMES_PART = re.compile("[^,。;:“]{0,16}整改[^,。;:“]{0,12}(?:情况|进展|成效|成果)")


def _is_part_alone(text: str, found: FindingNode) -> bool:
    """Return whether the only finding is the heading of the rectification part, in which none was seen."""
    node = found.node
    if node.segment.row is not None or node.frame is not None or node.parts:
        return False
    return _NAMES_PART.fullmatch(heading_text(text, node)) is not None


def _is_misread(found: FindingNode, tables: Sequence[Place]) -> bool:
    """Return whether what looks like a finding may be a cell of a table that was not read."""
    node = found.node
    if node.segment.row is not None or (node.frame is not None and node.frame.closed):
        return False
    return any(
        table.start <= node.segment.start < table.end or node.segment.start < table.start < node.end for table in tables
    )


def _numbers_beside(text: str, rests: Sequence[Rest]) -> list[Place]:
    """Return the places of the numbers of lead-ins (整改落实1:), and of the enumerators in properties."""
    numbers = [lead_in_number(text, *rest.text) for rest in rests if rest.kind == "lead_in"]
    for start, end in (rest.text for rest in rests if rest.kind == "note"):
        marks = [mark for mark in find_marks(text[start:end]) if mark.boundary >= SENTENCE and mark.kind in _IN_VALUES]
        if [mark.number for mark in marks] == list(range(1, len(marks) + 1)):  # 原因分析:1.…2.…
            numbers += [Place(start + mark.start, start + mark.content) for mark in marks]
    return [number for number in numbers if number is not None]


_IN_VALUES = frozenset({"ar_dot", "ar_paren", "ar_rparen"})


def _labels(text: str, segments: Sequence[Segment], nodes: Sequence[OutlineNode]) -> list[Place]:
    """Return the places of all enumerators, those in the cells of tables included."""
    found = [place_of((segment.mark.start, segment.mark.content)) for segment in segments if segment.mark]
    for node in (below for top in nodes for below in top.walk()) if any(each.row for each in segments) else ():
        if node.segment.row is not None:
            label, start = row_label(text, node.segment.row)
            if label:  # in a column of its own, which others may stand behind, or before the finding's words
                found.append(label if node.segment.row.number else Place(label.start, start))
            marks = [below.segment.mark for child in node.children for below in child.walk()]
            found += [Place(mark.start, mark.content) for mark in marks if mark]
            row = node.segment.row
            found += [label for aside in row.asides for label in _labels_in_note(text, aside)]
            printed = [place for place in (row.heading, *row.asides) if place]
            found += [Place(*match.span()) for place in printed for match in _PAGE_NUMBER.finditer(text, *place)]
    return found


_PAGE_NUMBER = re.compile(r"(?<=[-—–·])(?<![0-9].) ?[0-9]{1,4} ?(?=[-—–·])|(?<=第) ?[0-9]{1,4} ?(?=页)")
"""The number of a page that a page break left inside a table."""


_LONGEST_NOTE_NAME = 8


def _labels_in_note(text: str, note: Place) -> list[Place]:
    """Return the enumerators of a note on a table: 注:1.…。2.…."""
    colon = text.find(":", note.start, min(note.end, note.start + _LONGEST_NOTE_NAME))
    start = colon + 1 if colon >= 0 else note.start
    marks = find_marks(text[start : note.end])
    return [Place(start + mark.start, start + mark.content) for mark in marks if mark.boundary >= SENTENCE]


def _extent(parts: RectificationPart, issues: tuple[IssueOutline, ...]) -> tuple[Place, ...]:
    """Return a place for each top-level part that holds issues: from its first group or issue to its last measure."""
    starts = [issue.text.start for issue in issues]
    extent = []
    for node in parts.nodes:
        end = max(node.end, node.segment.end)
        inside = issues[bisect_left(starts, node.segment.start) : bisect_left(starts, end)]
        if inside:
            start = node.segment.end if parts.container else node.segment.start
            afterword = min((r.text.start for r in inside[-1].rests if r.kind == "afterword"), default=node.end)
            extent.append(Place(min(start, inside[0].text.start), min(node.end, afterword)))
    return tuple(extent)


def _with_answers_apart(extent: tuple[Place, ...], issues: Sequence[IssueOutline]) -> tuple[Place, ...]:
    """Return the parts of the findings with that of their answers, where it is another one."""
    inside = Inside(extent)
    apart = [
        Place(measure.label.start if measure.label else measure.text.start, measure.text.end)
        for issue in issues
        for measure in issue.measures
        if not inside(measure.text.start)
    ]
    if not apart:
        return extent
    return tuple(sorted([*extent, Place(min(place.start for place in apart), max(place.end for place in apart))]))


def remainders_of(text: str, issues: tuple[IssueOutline, ...], rectification: tuple[Place, ...]) -> tuple[Rest, ...]:
    """Return every stretch of the rectification part outside the measures, named."""
    groups = {Rest("heading", group) for issue in issues for group in issue.groups}
    known = sorted(groups.union(rest for issue in issues for rest in issue.rests if rest.kind != "afterword"))
    taken = [rest.text for rest in known]
    for issue in issues:
        taken += [place for measure in issue.measures for place in (measure.label, measure.text) if place]
    taken.sort()
    starts = [place.start for place in taken]
    unread = []
    for extent in rectification:
        position = extent.start
        inside = taken[bisect_left(starts, extent.start) : bisect_left(starts, extent.end)]
        for place in [*inside, Place(extent.end, extent.end)]:
            stretch = text[position : place.start].strip(_NO_WORDS)
            if stretch:
                start = text.index(stretch, position)
                unread.append(Rest("unread", Place(start, start + len(stretch))))
            position = max(position, place.end)
    return tuple(sorted([*known, *unread], key=lambda rest: rest.text))


_NO_WORDS = f"{LINE_OPENERS}\n、.,:。;()【[|"


def coverage_of(text: str, issues: tuple[IssueOutline, ...], rectification: tuple[Place, ...]) -> float | None:
    """Return the share of the rectification part's characters, blanks aside, that lie in a measure."""
    total = sum(_size(text, place) for place in rectification)
    total -= sum(_size(text, place) for place in {place for issue in issues for place in issue.beside})
    total -= sum(text.count("|", *place) for place in rectification)  # between the cells of tables
    if total <= 0:
        return None
    inside = sum(_size(text, measure.text) for issue in issues for measure in issue.measures)
    return round(min(inside / total, 1.0), 4)


def _size(text: str, place: Place) -> int:
    stretch = text[place.start : place.end]
    return len(stretch) - stretch.count(" ") - stretch.count("\n")


def _starts_over(text: str, node: OutlineNode, above: OutlineNode) -> bool:
    """Return whether a list may begin anew: in a table's next cell, or behind a lead-in (整改情况:) within an issue."""
    if node.segment.row is not None:
        return True
    last = above.children[-1].segment if above.children else above.segment
    return lead_in_end(text, last.content, last.end) == last.end > last.content


def _gaps(text: str, parts: RectificationPart) -> tuple[Gap, ...]:
    """Return enumerators of the rectification part that skip, repeat or go back; numbering may go on across parents."""
    latest: dict[str, EnumeratorMark] = {}
    gaps: list[Gap] = []

    def visit(node: OutlineNode) -> None:
        siblings: dict[str, EnumeratorMark] = {}
        above: OutlineNode | None = None
        for child in node.parts:
            mark = child.segment.mark
            if mark is not None:
                kind, number = mark.kind, mark.number
                before = siblings.get(kind)
                last = before or latest.get(kind)
                goes_on = number == last.last + 1 if last else False
                begins = number == 1 and (not before or (above is not None and _starts_over(text, node, above)))
                if not (goes_on or begins):
                    gaps.append(Gap(Place(mark.start, mark.content), mark.label, before.label if before else ""))
                siblings[kind] = latest[kind] = mark
            above = child
            visit(child)

    for top in parts.nodes:
        visit(top)
    return tuple(gaps)
