"""The inside of an issue: its heading and its measures.

The deepest numbered units are measures; so is a paragraph without a number. A lead-in (整改情况:), a line that states a
property of the issue (责任单位:…) and a heading over numbered units are none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from extractor.notice.outline.frames import (
    FIELD_STARTS,
    bracket_at_end,
    bracket_end,
    is_note,
    is_share_or_date,
    is_state,
    lead_in_end,
    names_property,
    state_at_end,
    state_end,
    without_outer_quotes,
)
from extractor.notice.outline.issues import FindingNode
from extractor.notice.outline.marks import find_marks
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, any_of, reports
from extractor.notice.outline.property_lines import (
    NAME,
    Property,
    bracket_ahead,
    find_properties,
    may_print,
    properties_end,
    properties_inside,
    properties_start,
    property_bracket,
    property_bracket_at_end,
)
from extractor.notice.outline.rectification import heading_place
from extractor.notice.outline.segments import Segment
from extractor.notice.outline.table_body import TableRow
from extractor.notice.outline.table_states import MARKS_PRINTED, find_legend, is_legend, said
from extractor.notice.outline.tree import OutlineNode
from extractor.text.places import Place, place_of
from extractor.text.wording import pattern


class MeasureOutline(NamedTuple):
    """A measure's place and that of its enumerator, if it has one."""

    text: Place
    label: Place | None


class Rest(NamedTuple):
    """Text of the rectification part in no measure.

    ``kind`` is ``heading``, ``lead_in``, ``note``, ``deadline``, ``furniture``, ``afterword`` or ``unread``.
    """

    kind: str
    text: Place


class IssueOutline(NamedTuple):
    """An issue's place, with the places of its label, title and grouping headings (outermost first).

    ``section`` holds the grouping headings' words, ``groups`` the whole segments they stand in.
    ``beside`` are the cells of a table's row and the properties, which no answer could be in: they lower no coverage.
    ``properties`` say who is responsible and until when, in printed order; ``stated`` is the state that a table prints
    as a mark or otherwise in words of its own.
    """

    text: Place
    label: Place | None
    title: Place
    section: tuple[Place, ...]
    groups: tuple[Place, ...]
    measures: tuple[MeasureOutline, ...]
    rests: tuple[Rest, ...]
    beside: tuple[Place, ...] = ()
    properties: tuple[Property, ...] = ()
    stated: tuple[str, ...] = ()


_HEADING_LENGTH = 80
_SHORTEST_TITLE = 3
_LEAD_LENGTH = 30
_HEADING_OVER_UNITS = 60


def outline_issue(text: str, finding: FindingNode, *, last: bool) -> IssueOutline:
    """Cut an issue's node into title and measures; behind the ``last`` issue an afterword may follow."""
    node = finding.node
    if node.segment.row is not None:
        return _outline_row(text, finding, node.segment.row, last=last)
    title, body = _heading(text, node)
    rests = [Rest("heading", Place(node.segment.start, body))]
    if node.segment.mark and node.segment.start < node.segment.mark.start:  # 【已办结】问题1:…
        rests.append(Rest("note", _trimmed(text, node.segment.start, node.segment.mark.start)))
    stated = bracket_end(text, node.segment.content, title.end)
    if node.segment.content < stated < title.end:  # (已整改)酒驾查处存在盲区
        rests.append(Rest("note", _trimmed(text, node.segment.content, stated)))
        title = Place(max(title.start, stated), title.end)
    measures: list[MeasureOutline] = []
    state = bracket_at_end(text, *title)
    if state < title.end and node.frame is None and state - title.start > _SHORTEST_TITLE:
        dashes = len(text[state : title.end]) - len(text[state : title.end].lstrip(" —"))
        rests.append(Rest("note", Place(state + dashes, title.end)))
        title = _trimmed(text, title.start, state)
        while title.end > title.start and text[title.end - 1] in "。;:":
            title = Place(title.start, title.end - 1)
        title = _without_quotes(text, _without_frame(text, title))
    marked = _state_by_mark(text, node, Place(state, title.end if node.frame else body))
    _own_text(text, node, body, (measures, rests), _LEAD_LENGTH)
    _children(text, node.children or node.answers, (measures, rests), last=last)
    measures, notes = without_properties(text, measures)
    measures, state_behind = _without_state_behind(text, measures)
    rests += [*notes, *state_behind]
    end = measures[-1].text.end if measures else max(title.end, _trimmed(text, node.segment.start, body).end)
    properties, of_groups = _with_those_of_groups(text, finding.groups, properties_in(text, rests))
    rests += of_groups
    return IssueOutline(
        Place(node.segment.start, end),
        label_place(node),
        title,
        tuple(heading_place(text, group) for group in finding.groups),
        tuple(_segment_place(group) for group in finding.groups),
        tuple(measures),
        tuple(rests),
        tuple(found.place for found in properties),
        properties,
        marked,
    )


def _state_by_mark(text: str, node: OutlineNode, behind: Place) -> tuple[str, ...]:
    """Return the state that a mark before or behind a heading stands for by the notice's legend; none for none."""
    before = node.segment.start - 1
    while before > 0 and text[before] in " *#":
        before -= 1
    around = text[max(before, 0) : before + 1] + text[behind.start : behind.end].strip(" ()【】[]。\n")[:1]
    if MARKS_PRINTED.isdisjoint(around):
        return ()
    legend = find_legend(text)
    return tuple(filter(None, (said(legend[mark]) for mark in around if mark in legend)))


def without_properties(text: str, measures: Sequence[MeasureOutline]) -> tuple[list[MeasureOutline], list[Rest]]:
    """Return measures without the properties that they end with (责任单位:…), and what is left out of them.

    Where an answer goes on behind properties (整改时限:… 整改情况:…) there is another measure.
    """
    kept: list[MeasureOutline] = []
    notes: list[Rest] = []
    for measure in measures:
        (start, end), label = measure
        state = state_at_end(text, start, end)
        if state == end and not may_print(text, start, end):
            kept.append(measure)  # as in most
            continue
        if state < end:
            notes.append(Rest("note", Place(state, end)))
            end = _trimmed(text, start, state).end
        if (last := _last_sentence(text, start, end)) > start and _is_field_of_state(text, last, end):
            notes.append(Rest("note", Place(last, end)))
            end = _trimmed(text, start, last).end
        if not may_print(text, start, end):
            kept.append(MeasureOutline(place_of((start, end)), label))
            continue
        while (between := properties_inside(text, start, end)) is not None:
            _keep(text, Place(start, between.start), label, kept)
            after = lead_in_end(text, between.end, end)
            notes += [Rest("note", _trimmed(text, *between)), Rest("lead_in", Place(between.end, after))]
            start, label = max(after, between.end + 1), None
        cut = properties_start(text, start, end)
        if cut < end:
            notes.append(Rest("note", _trimmed(text, cut, end)))
        _keep(text, Place(start, cut), label, kept)
    return kept, notes


_LONGEST_STATE = 24


def _without_state_behind(text: str, measures: list[MeasureOutline]) -> tuple[list[MeasureOutline], list[Rest]]:
    """Return measures without the bare state that is the last sentence of the last of them (…。已完成。), and that.

    Where others end so, too, each speaks of itself; a sentence with a subject (该问题已整改。) or a date (已于2024年9月
    整改到位。) stays in its measure.
    """
    places = [_state_behind(text, *measure.text) for measure in measures[-1:]]
    if not places or places[0] == measures[-1].text.end:
        return measures, []
    if any(_state_behind(text, *measure.text) < measure.text.end for measure in measures[:-1]):
        return measures, []
    start, (begin, end) = places[0], measures[-1].text
    return [*measures[:-1], measures[-1]._replace(text=_trimmed(text, begin, start))], [Rest("note", Place(start, end))]


def _state_behind(text: str, start: int, end: int) -> int:
    """Return where a measure's last sentence begins that is a bare state; ``end`` where it is none."""
    stop = _behind_last_stop(text, start, end)
    if stop <= start or end - stop > _LONGEST_STATE or pattern("outline", "state_of").match(text, stop, end):
        return end
    if pattern("outline", "state_when").match(text, stop, end):
        return end
    return stop if is_state(text, stop, end) and lead_in_end(text, stop, end) == stop else end


def _behind_last_stop(text: str, start: int, end: int) -> int:
    """Return where a stretch goes on behind the last mark that ends a sentence within it; 0 for none."""
    return max(text.rfind(mark, start, end - 1) for mark in "。;") + 1


def _last_sentence(text: str, start: int, end: int) -> int:
    """Return where the last sentence of a stretch begins."""
    last = _behind_last_stop(text, start, end)
    while 0 < last < end and text[last] == " ":
        last += 1
    return last


def _is_field_of_state(text: str, start: int, end: int) -> bool:
    """Return whether a sentence is a field whose value is a state: 整改状态:已完成."""
    if end - start > _LONGEST_FIELD or text[start] not in FIELD_STARTS:
        return False
    colon = text.find(":", start, end) + 1
    is_field = lead_in_end(text, start, end) > start or names_property(text, start, end)
    return colon > start and is_field and is_state(text, colon, end)


_LONGEST_FIELD = 40


def _keep(text: str, stretch: Place, label: Place | None, kept: list[MeasureOutline]) -> None:
    place = _trimmed(text, *stretch)
    if place.end > place.start and text[place.end - 1] == ",":  # …14家,责任单位:…
        place = Place(place.start, place.end - 1)
    if place.end > place.start:
        kept.append(MeasureOutline(place, label))


def properties_in(text: str, rests: Iterable[Rest]) -> tuple[Property, ...]:
    """Return the properties that the notes and the lead-ins among ``rests`` print, in printed order."""
    notes = (
        rest.text for rest in rests if rest.kind == "note" or (rest.kind == "lead_in" and may_print(text, *rest.text))
    )
    return tuple(sorted((found for note in notes for found in find_properties(text, note)), key=lambda it: it.place))


def _with_those_of_groups(
    text: str, groups: Sequence[OutlineNode], own: tuple[Property, ...]
) -> tuple[tuple[Property, ...], list[Rest]]:
    """Return an issue's properties with those printed below the headings that group it, and the notes that hold these.

    What is printed of the issue itself counts before that, and an inner group's before an outer one's. A body
    (责任单位) and a person (责任领导) are two properties.
    """
    rests: list[Rest] = []
    found = list(own)
    for group in reversed(groups):
        notes = list(_notes_of_group(text, group))
        rests += notes
        told = {_matter(each) for each in found}
        found += [each for each in properties_in(text, notes) if _matter(each) not in told]
    return tuple(sorted(found, key=lambda each: each.place)) if rests else own, rests


def _matter(found: Property) -> tuple[str, bool]:
    """Return what a property says: its role, and whether it is a person's name or office that it asks for."""
    return found.role, found.role == "responsible" and found.name.endswith(("领导", "人", "人员", "成员"))


def _notes_of_group(text: str, group: OutlineNode) -> Iterator[Rest]:
    """Yield what a group's heading prints of its findings: in a bracket at its end, or on the lines below it."""
    end = group.segment.end
    bracket = property_bracket_at_end(text, group.segment.content, end)
    if bracket < end:
        yield Rest("note", Place(bracket, end))
    for child in group.children:
        start, end = child.segment.content, child.segment.end
        if child.kind != "paragraph" or not _is_property(text, start, end):
            return
        yield Rest("note", Place(start, end))


def _outline_row(text: str, finding: FindingNode, row: TableRow, *, last: bool) -> IssueOutline:
    """Read a table's row: its cells have been told apart already."""
    node = finding.node
    label, start = row_label(text, row)
    frame = node.frame
    title = Place(frame.title_start, frame.title_end) if frame else _trimmed(text, start, row.finding.end)
    while title.end > title.start and text[title.end - 1] in "。;:":
        title = Place(title.start, title.end - 1)
    measures: list[MeasureOutline] = []
    whole = row.finding.end < _first(row)  # nothing but its number stands before the finding
    rests = [Rest("heading", Place(row.place.start, row.finding.end) if whole else row.finding)]
    rests += [Rest("heading", row.number)] if row.number and not whole else []
    rests += [Rest("heading", row.heading)] if row.heading else []
    rests += [Rest("note", note) for note in row.notes]
    rests += [Rest("deadline", deadline) for deadline in row.deadlines]
    rests += [Rest("unread", unread) for unread in row.unread]
    rests += [Rest("note", aside) for aside in row.asides]
    for answer in row.answers:
        state = _trimmed(text, answer.start, state_end(text, *answer))
        rests += [Rest("note", state)] if state.end > state.start else []
    _children(text, node.children, (measures, rests), last=last)
    measures, notes = without_properties(text, measures)
    apart = {*row.notes, *row.asides}
    printed = properties_in(text, [*(rest for rest in rests if rest.text not in apart), *notes])
    rests += notes
    groups = (*(heading_place(text, group) for group in finding.groups), *([row.group] if row.group else ()))
    segments = tuple(_segment_place(group) for group in finding.groups)
    end = max(measures[-1].text.end if measures else 0, title.end)
    named = tuple(place for place in (row.number, row.group, row.heading) if place)
    beside = (row.finding, *row.notes, *row.deadlines, *row.asides, *dict.fromkeys(named))
    return IssueOutline(
        Place(row.place.start, end),
        label,
        title,
        groups,
        segments,
        tuple(measures),
        tuple(rests),
        beside,
        tuple(sorted((*row.properties, *printed), key=lambda found: found.place)),
        row.stated or _stated_by_cells(text, row.answers),
    )


def _stated_by_cells(text: str, answers: Sequence[Place]) -> tuple[str, ...]:
    """Return the state that one of several cells of answers is, and no more (已完成 below 完成情况)."""
    if len(answers) < _FEWEST_CELLS:
        return ()
    return tuple(filter(None, (said(text[start:end]) for start, end in answers if is_state(text, start, end))))


_FEWEST_CELLS = 2


def _first(row: TableRow) -> int:
    """Return where the first cell starts that is neither number nor finding."""
    return min((cell.start for cell in (*row.answers, *row.notes, *row.deadlines, *row.unread)), default=row.place.end)


def row_label(text: str, row: TableRow) -> tuple[Place | None, int]:
    """Return a row's label, from its column or from the start of its finding, and where its finding's words start."""
    if row.number is not None:
        start, end = row.number
        while end > start and text[end - 1] in ".、 ":
            end -= 1
        return Place(start, end), row.finding.start
    first = next(iter(find_marks(text[row.finding.start : row.finding.end])), None)
    if first is None or first.start:
        return None, row.finding.start
    start = row.finding.start
    return Place(start, start + first.printed), start + first.content


def label_place(node: OutlineNode) -> Place | None:
    """Return the place of a node's enumerator without the mark behind it."""
    mark = node.segment.mark
    return place_of((mark.start, mark.start + mark.printed)) if mark else None


def _heading(text: str, node: OutlineNode) -> tuple[Place, int]:
    """Return the place of the title, and the offset at which the issue's own text goes on."""
    start, end = node.segment.content, node.segment.end
    if node.frame is not None:
        return Place(node.frame.title_start, node.frame.title_end), _after_blanks(text, node.frame.end, end)
    reach = bracket_ahead(text, start, end)
    stop = _first_stop(text, start, reach)
    alone = reach == end and any(not child.remark for child in node.children) and end - start <= _HEADING_LENGTH
    title_end = end if alone and not _runs_on(text, node, stop) else _before_answer(text, start, stop, end)
    title = _trimmed(text, start, title_end)
    while title.end > title.start and text[title.end - 1] in "。.;:":
        title = Place(title.start, title.end - 1)
    title = _without_quotes(text, _without_frame(text, title))
    body = title_end if title_end == end else _after_blanks(text, title_end, end)
    return title, body


_FRAME_BEFORE = re.compile(rf"(?:关于|针对|对于)?(?:{any_of('frame_team')}?(?:反馈|指出|提出|发现)(?:的)?)?(?=.{{4}})")
_QUOTED_FIELD = re.compile(r"“(?P<title>[^“”]{4,}(?:“[^“”]*”[^“”]*)*)”(?:的)?(?:方面|事项|情况)")
_FRAME_BEHIND = re.compile(r"(?:等)?的(?:突出|具体|主要)?问题$")


def _without_quotes(text: str, title: Place) -> Place:
    """Return a title without the quotes that it stands in."""
    quoted = title.end - title.start > _QUOTES and text[title.start] == "“" and text[title.end - 1] == "”"
    return Place(*without_outer_quotes(text, *title)) if quoted else title


_QUOTES = 2


_ABOUT, _SHORTEST_ABOUT = "关于", 6


def _without_frame(text: str, title: Place) -> Place:
    """Return a title without what is left of a frame: 预算编制不够细化的问题, “库房失管”方面."""
    if quoted := _QUOTED_FIELD.fullmatch(text, *title):
        return Place(*quoted.span("title"))
    behind = _FRAME_BEHIND.search(text, *title)
    if behind is None or behind.start() - title.start < 4:
        about = behind is None and text.startswith(_ABOUT, title.start) and title.end - title.start > _SHORTEST_ABOUT
        return Place(title.start + len(_ABOUT), title.end) if about else title  # 关于销售费用居高不下。
    before = _FRAME_BEFORE.match(text, *title)
    return Place(before.end() if before else title.start, behind.start())


def _runs_on(text: str, node: OutlineNode, stop: int) -> bool:
    """Return whether the answer starts in the heading's own line: by a lead-in or a long second sentence."""
    rest = text[stop : node.segment.end].strip()
    if not rest:
        return False
    begin, end = _after_blanks(text, stop, node.segment.end), node.segment.end
    if lead_in_end(text, begin, end) > stop or len(rest) > 40 or is_state(text, begin, end):
        return True
    # A finding of one sentence, and behind it something done: 采购不规范。退回货款3万元。
    finding, start = pattern("outline", "finding"), node.segment.content
    if text[stop - 1] != "。":
        return False
    acts = pattern("outline", "act").match(rest) is not None
    if acts and finding.search(text, start, stop):
        last = rest.rstrip("。;").rpartition("。")[2]
        return SIGNS_OF_REPORT.search(last) is not None or not finding.search(rest)
    states = SIGNS_OF_REPORT.search(text, start, stop) is None
    last = rest.rstrip("。;").rpartition("。")[2]
    return states and SIGNS_OF_REPORT.search(last) is not None and not finding.search(rest)


def _before_answer(text: str, start: int, stop: int, end: int) -> int:
    """Return where a finding of several sentences ends, at the lead-in of its answer; ``stop`` where that follows none.

    (一)采购不规范。涉及3个项目。整改情况:…. Sentences that tell what was done are no part of the finding.
    """
    lead_in = _answer_inside().search(text, stop, min(end, start + _LONGEST_FINDING))
    if lead_in is None or lead_in.start() == stop:
        return stop
    act, done = pattern("outline", "act"), pattern("outline", "done")
    for sentence in re.finditer("[^。;!]+", text[stop : lead_in.start()]):
        if act.match(sentence[0].strip()) or done.search(sentence[0]):
            return stop
    return lead_in.start()


_LONGEST_FINDING = 150


@cache
def _answer_inside() -> re.Pattern[str]:
    return re.compile(rf"(?<=[。;!])(?= *(?![^:]{{0,6}}(?:成效|效果|结果)){any_of('lead_in')}:)")


def _first_stop(text: str, start: int, end: int) -> int:
    match = re.compile(r"[。;!?:]").search(text, start, end)
    return match.end() if match else end


def _after_blanks(text: str, place: int, end: int) -> int:
    while place < end and text[place] in " \n*":
        place += 1
    return place


def _trimmed(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in " \n*":
        start += 1
    while end > start and text[end - 1] in " \n*":
        end -= 1
    return place_of((start, end))


_Found = tuple[list[MeasureOutline], list[Rest]]


def _own_text(text: str, node: OutlineNode, body: int, found: _Found, lead_length: int) -> None:
    """Read the text between a heading and the first thing below it."""
    measures, rests = found
    end = node.segment.end
    behind = bracket_end(text, body, end)
    if behind > body:
        rests.append(Rest("note", _trimmed(text, body, behind)))
        body = behind
    bracket = property_bracket(text, body, end)
    if bracket > body:
        rests.append(Rest("note", _trimmed(text, body, bracket)))
        body = bracket
    if body == end:
        return
    if fields := _fields_run_in(text, body, end):
        for field in fields:
            _paragraph(text, field, followed=False, found=found)
        return
    if (told := _told_again(text, body, end, followed=bool(node.children))) > body:
        rests.append(Rest("note", _trimmed(text, body, told)))
        body = _after_blanks(text, told, end)
    after = max(lead_in_end(text, body, end), node.lead_in)
    if after > body:
        rests.append(Rest("lead_in", Place(body, after)))
    place = _behind_state(text, after, end, rests)
    if place.end <= place.start:
        return
    if node.children and is_state(text, *place):
        rests.append(Rest("note", place))  # …问题。该项工作正在推进。
        return
    short = place.end - place.start < lead_length and not (lead_length == _LEAD_LENGTH and reports(text, *place))
    if node.parts and (text[place.end - 1] in ":,、" or short):
        rests.append(Rest("lead_in", place))
    else:
        measures.append(_measure(text, place))


def _measure(text: str, place: Place) -> MeasureOutline:
    """Return a stretch without an enumerator as a measure, or with that of a list of one (①开展调研15次。)."""
    alone = _ALONE.match(text, *place)
    if alone is None or alone.end() == place.end:
        return MeasureOutline(place, None)
    return MeasureOutline(Place(alone.end(), place.end), Place(place.start, alone.end("label")))


_ALONE = re.compile(r"(?P<label>①|\((?:1|一)\)|一是(?!否|个|种|类)) *(?=[^ ])")
"""The enumerator of a list of one, which nothing else shows to be an enumerator."""


def _fields_run_in(text: str, start: int, end: int) -> list[OutlineNode]:
    """Return the fields that a paragraph consists of (调查核实情况:…。处理整改情况:…) as paragraphs of their own.

    None where it begins with no property, as most do.
    """
    first = text.find(":", start, min(end, start + _LONGEST_NAME))
    if first < 0 or text.find(":", first + 1, end) < 0 or text[start] not in FIELD_STARTS:
        return []
    if _field().match(text, start, end) is None:
        return []
    starts = [match.start() for match in _field().finditer(text, start, end)]
    if len(starts) < _FEWEST_FIELDS:
        return []
    if not is_note(text, start, starts[1]) and lead_in_end(text, start, starts[1]) == start:
        return []
    stretches = zip(starts, [*starts[1:], end], strict=True)
    places = (_trimmed(text, begin, stop) for begin, stop in stretches)
    return [
        OutlineNode(Segment(place.start, place.start, place.end, None, opens_line=False), "paragraph")
        for place in places
    ]


_FEWEST_FIELDS = 2
_LONGEST_NAME = 16


@cache
def _field() -> re.Pattern[str]:
    return re.compile(rf"(?<![^。; \n])(?:{NAME}|{any_of('lead_in')}):")


def _behind_state(text: str, start: int, end: int, rests: list[Rest]) -> Place:
    """Return an answer without the state that its first sentence is (已整改。), which is added to ``rests``."""
    place = _trimmed(text, start, end)
    behind = state_end(text, *place)
    if behind > place.start:
        rests.append(Rest("note", _trimmed(text, place.start, behind)))
        return _trimmed(text, behind, place.end)
    return place


def _children(text: str, children: list[OutlineNode], found: _Found, *, last: bool) -> None:
    measures, rests = found
    for index, child in enumerate(children):
        final = last and index == len(children) - 1
        if child.kind == "paragraph":
            if last and measures and not child.lead_in and _is_afterword(text, child):
                rests.extend(Rest("afterword", _segment_place(c)) for c in children[index:])
                return
            _paragraph(text, child, followed=index + 1 < len(children), found=found)
        elif child.parts:
            _numbered_group(text, child, found, last=final)
        else:
            _numbered_unit(text, child, found, last=final)


def read_children(text: str, children: list[OutlineNode], found: _Found) -> None:
    """Read the measures of what hangs below the last heading into ``found``; an afterword may follow."""
    _children(text, children, found, last=True)


def _segment_place(node: OutlineNode) -> Place:
    return Place(node.segment.start, node.segment.end)


def _is_afterword(text: str, node: OutlineNode) -> bool:
    if node.closing is not None:
        return node.closing
    return bool(pattern("outline", "afterword").match(text, node.segment.content, node.segment.end))


def _paragraph(text: str, node: OutlineNode, *, followed: bool, found: _Found) -> None:
    measures, rests = found
    start, end = node.segment.content, node.segment.end
    printed = text[start:end]
    if node.detail or _is_property(text, start, end) or is_legend(text, start, end):
        rests.append(Rest("note", Place(start, end)))
        return
    if fields := _fields_run_in(text, start, end):
        for field in fields:
            _paragraph(text, field, followed=False, found=found)
        return
    if pattern("outline", "lead_in", r"[【\[(]?{}[】\])]?[:。]?$").match(printed):
        rests.append(Rest("lead_in", Place(start, end)))
        return
    if pattern("outline", "furniture").match(printed) and len(printed) < 60:
        rests.append(Rest("furniture", Place(start, end)))
        return
    behind = property_bracket(text, start, end)
    behind = behind if start < behind < end else properties_end(text, start, end)
    if start < behind < end:
        rests.append(Rest("note", _trimmed(text, start, behind)))
        start = behind
    if not measures and (told := _told_again(text, start, end, followed=followed)) > start:
        rests.append(Rest("note", _trimmed(text, start, told)))
        start = told
    after = max(lead_in_end(text, start, end), node.lead_in)
    if after > start:
        rests.append(Rest("lead_in", Place(start, after)))
    place = _behind_state(text, after, end, rests)
    if place.end <= place.start:
        return
    if after > start and (_NOTHING.fullmatch(text, *place) or is_share_or_date(text, *place)):
        rests.append(Rest("note", place))  # 责任人处理情况:无
        return
    if followed and text[place.end - 1] in ":," and place.end - place.start <= 80:
        rests.append(Rest("lead_in", place))
    else:
        measures.append(MeasureOutline(place, None))


_NOTHING = re.compile(r"(?:暂?无|没有|不涉及|[/-]{1,2})[。;]?")
"""How a field says that it is empty."""


def _told_again(text: str, start: int, end: int, *, followed: bool) -> int:
    """Return the end of what a finding's first paragraph tells of it once more (巡视指出,…。); ``start`` for nothing.

    A remainder that analyses it and reports nothing done is told, too, where the answer follows.
    """
    if _retold().match(text, start, end) is None:
        return start
    stop = text.find("。", start, end) + 1 or end
    if not text[stop:end].strip():
        return end
    reports = SIGNS_OF_REPORT.search(text, stop, end) or pattern("outline", "act").search(text, stop, end)
    analyses = pattern("outline", "analysis").search(text, stop, end) and not SIGNS_OF_REPORT.search(text, stop, end)
    return end if followed and (analyses or not reports) else stop


@cache
def _retold() -> re.Pattern[str]:
    told = rf"(?:在)?{any_of('frame_told')}(?:意见|中)*(?:指出|认为|提出)?(?!的|后|以来|之后|意见|问题后)[,:]?"
    return re.compile(rf"(?:中央)?{any_of('frame_team')}{told}|{any_of('retold')}")


def _numbered_group(text: str, node: OutlineNode, found: _Found, *, last: bool) -> None:
    """Read a numbered heading over deeper numbered units, which are the measures."""
    _, rests = found
    rests.append(Rest("heading", Place(node.segment.start, node.segment.content)))
    _own_text(text, node, node.segment.content, found, _HEADING_OVER_UNITS)
    _children(text, node.children, found, last=last)


def _is_field(text: str, node: OutlineNode) -> bool:
    start, end = node.segment.content, node.segment.end
    return _is_property(text, start, end) or lead_in_end(text, start, end) > start


def _is_property(text: str, start: int, end: int) -> bool:
    """Return whether a line is no answer: it gives a property of the finding, or no more than its state."""
    if text[start : start + 1] not in FIELD_STARTS:
        return False
    return is_note(text, start, end) or (is_state(text, start, end) and lead_in_end(text, start, end) == start)


def _numbered_unit(text: str, node: OutlineNode, found: _Found, *, last: bool) -> None:
    measures, rests = found
    content, end = node.segment.content, node.segment.end
    if node.detail or _is_property(text, content, end):
        rests.append(Rest("note", Place(node.segment.start, end)))
        _children(text, node.children, found, last=last)
        return
    if text[content : content + 1] in FIELD_STARTS and (after := lead_in_end(text, content, end)) > content:
        rests.append(Rest("lead_in", Place(content, after)))  # 2.整改情况:…
        content = after
    children = node.children
    if (
        children
        and end - content <= _LEAD_LENGTH
        and text[end - 1] not in "。;!"
        and not _is_afterword(text, children[0])
        and not _is_field(text, children[0])
    ):
        end = children[0].segment.end  # a topic on its own line, its text on the next
        children = children[1:]
    place = _trimmed(text, content, end)
    if place.end > place.start:
        measures.append(MeasureOutline(place, label_place(node)))
    if children:
        _children(text, children, found, last=last)
