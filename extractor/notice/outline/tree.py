"""The nesting of a notice's segments, inferred from the notice itself.

No order of enumerators is assumed: an enumerator of a kind that is already open continues at its level, one of another
kind goes one level deeper. The same kind has two levels where framed findings and their answers are both numbered 1. 2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field
from functools import cache

from extractor.notice.outline.broken_segments import joined_segments
from extractor.notice.outline.bullet_headings import bullet_headings
from extractor.notice.outline.finding_lines import (
    GROUP_LINE,
    LONGEST_GROUP_LINE,
    MOST_OF,
    alone_over_answers,
    before_lead_ins,
    is_part_heading,
    names_group,
    states_finding,
    told_in_sentences,
)
from extractor.notice.outline.frames import (
    FIELD_STARTS,
    Frame,
    bracket_end,
    is_labelled,
    is_note,
    is_share_or_date,
    is_state,
    lead_in_end,
    read_frame,
    read_frame_or_aim,
    state_end,
)
from extractor.notice.outline.line_readings import FEWEST_FRAMED, LineRead
from extractor.notice.outline.marks import FINDING_KINDS, RUN_IN_KINDS, WORD_KINDS, EnumeratorMark
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, any_of
from extractor.notice.outline.own_fields import with_own_fields
from extractor.notice.outline.segments import Segment, split_segments
from extractor.text.places import Place
from extractor.text.wording import pattern


@dataclass(eq=False)
class OutlineNode:
    """A segment with what hangs below it, in printed order. Paragraphs are nodes whose ``kind`` is ``paragraph``.

    ``finding`` tells that its wording, or the line behind it, makes it a finding. ``find_parts`` settles for the whole
    notice which of these count.
    """

    segment: Segment
    kind: str
    frame: Frame | None = None
    finding: bool = False
    remark: bool = False
    """Whether it is a property (责任单位:…) or a state of what is above, and no answer."""
    detail: bool = False
    """Whether it tells the finding above it once more (审计发现问题:…), or is a property of a name that no list has."""
    lead_in: int = 0
    """Where the lead-in ends that it begins with and that others of the notice begin with, too; 0 for none."""
    closing: bool | None = None
    """Whether the closing words begin here, as the whole notice tells; None where only its own words say."""
    children: list[OutlineNode] = field(default_factory=list)
    parts: list[OutlineNode] = field(default_factory=list)
    """The children that carry an enumerator or are headings of their own."""
    answers: list[OutlineNode] = field(default_factory=list)
    """Its answer in another part of the notice, where findings are listed first."""

    def add(self, child: OutlineNode) -> None:
        """Hang ``child`` below this node, behind what hangs there."""
        self.children.append(child)
        if child.kind != "paragraph":
            self.parts.append(child)

    @property
    def number(self) -> int:
        """The number of its enumerator, 0 for none."""
        return self.segment.mark.number if self.segment.mark else 0

    @property
    def end(self) -> int:
        """The end of the last segment below."""
        return self.children[-1].end if self.children else self.segment.end

    def walk(self) -> Iterator[OutlineNode]:
        """Yield this node and all below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


FIELD = "_field"
"""How the kind of a numbered line ends that is a lead-in or a property, 2.整改情况:…, and no heading."""
_OPENING_LENGTH = 40
"""The first line longer than this (code points) ends the page's head."""


def grow(text: str, segments: list[Segment], *, opened: bool = False) -> list[OutlineNode]:
    """Return the top-level nodes of the folded text, paragraphs before, between and after them included.

    ``opened`` tells that the page's head, whose lines look like headings, lies before the segments.
    """
    root = OutlineNode(Segment(0, 0, 0, None, opens_line=True), "root")
    path: list[OutlineNode] = [root]
    lines = _with_tasks_apart([_read_line(text, segment) for segment in joined_segments(text, segments)])
    lines = with_own_fields(text, _with_aims(text, _with_classes_apart(text, lines)))
    headings = _kinds_of_bullets(text, lines)
    before_lead_in, behind_answer = before_lead_ins(text, lines, headings.keys())
    before_lead_in = before_lead_in or alone_over_answers(text, lines) or told_in_sentences(text, lines)
    findings = before_lead_in | headings.keys()
    repeated = Counter(text[s.start : s.end] for s in segments if s.mark is None and s.end - s.start <= 12)
    top_numbers: dict[str, int] = {}
    closing = _closing_from(text, lines)
    for index, line in enumerate(lines):
        segment = line.segment
        if index >= closing:
            root.add(OutlineNode(segment, "paragraph"))
            continue
        node = _node(text, line, repeated, before_lead_in=index in before_lead_in)
        if node.kind in ("plain", "part", "paragraph") and index in headings and not (node.frame and node.frame.closed):
            node = OutlineNode(segment, headings[index], node.frame, node.finding)
        elif opened and not line.answers and not line.state and _groups(text, lines, index, findings):
            node = OutlineNode(segment, "group")
        if node.kind == "plain" and _tells_again(text, lines, index, path):
            node = OutlineNode(segment, "paragraph", remark=True, detail=True)
        if node.kind == "part" and not opened:
            node = OutlineNode(segment, "paragraph")  # the title, which names the same things
        opened = opened or _opens(text, segment)
        if node.kind == "paragraph":
            node.remark = node.remark or index in behind_answer
            if path[-1].kind == "row":
                del path[-1]  # what stands below a table is none of its last row
            path[-1].add(node)
            continue
        depth = _depth_in_answer(text, path, node, lines[index - 1 : index + 2]) or _depth(path, node)
        if len(path) == depth and node.number > 1 and top_numbers.get(node.kind) == node.number - 1:
            depth = 1  # 三、 after groups without numbers under 二、
        del path[depth:]
        if depth == 1:
            top_numbers[node.kind] = node.number
        path[-1].add(node)
        path.append(node)
    return root.children


def _kinds_of_bullets(text: str, lines: list[LineRead]) -> dict[int, str]:
    """Return the kinds of the headings that bullets begin: those of a mark that parts have are parts, too."""
    found = bullet_headings(text, lines)
    kinds: dict[str, str] = {}
    for mark in set(found.values()):
        headings = [lines[index].segment for index, other in found.items() if other == mark]
        words = [text[each.start : each.end] for each in headings]
        if any(map(is_part_heading, words)):
            kinds[mark] = "part"
        elif all(GROUP_LINE.fullmatch(each) for each in words):
            kinds[mark] = "group"
    return {index: kinds.get(mark, f"bullet{mark}") for index, mark in found.items()}


def _opens(text: str, segment: Segment) -> bool:
    """Return whether the page's head ends with this line: it is long, a sentence, or has an enumerator."""
    return segment.mark is not None or text[segment.end - 1] in "。;:" or segment.end - segment.start > _OPENING_LENGTH


_MOST_CLOSING = 16
"""The most segments of a notice's closing words."""


def _closing_from(text: str, lines: Sequence[LineRead]) -> int:
    """Return the index of the line from which a notice's last words speak of the whole; their number for none.

    They may be enumerated (局党委将做到:1.… 2.…), which would look like more of the last finding's answer.
    """
    closing = len(lines)
    below: EnumeratorMark | None = None
    for index in range(len(lines) - 1, max(len(lines) - _MOST_CLOSING, 0), -1):
        line = lines[index]
        if line.framed or line.note or line.state or (line.answers and not _is_ahead_alone(text, line)):
            break
        if line.segment.mark is not None:
            below = line.segment.mark
        elif line.segment.opens_line and (below is None or below.number == 1):
            closing = index if _speaks_of_whole(text, lines, index, enumerated=below is not None) else closing
    return closing


def _is_ahead_alone(text: str, line: LineRead) -> bool:
    """Return whether a line tells what comes next (下一步工作安排:), and is no field that recurs in the notice."""
    start, end = line.segment.content, line.segment.end
    return not line.lead_in and pattern("outline", "ahead").match(text, start, end) is not None


def _speaks_of_whole(text: str, lines: Sequence[LineRead], index: int, *, enumerated: bool) -> bool:
    segment = lines[index].segment
    if pattern("outline", "thanks").match(text, segment.content, segment.end):
        return True
    if not enumerated and _asks_to_write(text, segment):
        return True
    if pattern("outline", "ahead").match(text, segment.content, segment.end):
        return enumerated and text[segment.end - 1] == ":"  # 下一步,…重点抓好以下工作:, and a list
    if not _will().match(text, segment.content, segment.end) or _will_in_each(text, lines[:index]):
        return False
    line_end = text.find("\n", segment.end)
    inside = (line.segment for line in lines[index:] if line_end < 0 or line.segment.start < line_end)
    stretches = ((each.content, _before_contact(text, each)) for each in inside)
    return not any(SIGNS_OF_REPORT.search(text, *stretch) for stretch in stretches)


def _will_in_each(text: str, lines: Sequence[LineRead]) -> bool:
    """Return whether several findings end with what a body will do, half of those that are framed or more."""
    plain = (line.segment for line in lines if line.segment.mark is None and line.segment.opens_line)
    count = sum(_will().match(text, each.content, each.end) is not None for each in plain)
    return count >= FEWEST_FRAMED and count * 2 >= sum(line.framed for line in lines)


def _asks_to_write(text: str, segment: Segment) -> bool:
    """Return whether a paragraph tells readers whom to call or to write to: 有异议的,请致电….

    A number that was set up for something is part of an answer: 开通举报电话….
    """
    asked = pattern("outline", "write_to").search(text, segment.content, segment.end)
    return asked is not None and pattern("outline", "sets_up").search(text, segment.content, asked.end()) is None


def _before_contact(text: str, segment: Segment) -> int:
    """Return where a closing paragraph begins to say how to reach the body; its end where it does not."""
    forms = (pattern("outline", "closing"), pattern("outline", "contact"))
    found = (form.search(text, segment.content, segment.end) for form in forms)
    return min((match.start() for match in found if match), default=segment.end)


@cache
def _will() -> re.Pattern[str]:
    return re.compile(rf"[^,。:;0-9《》]{{0,24}}?{any_of('who_will')}(?:上下|班子)?将{any_of('will')}")


def _with_aims(text: str, lines: list[LineRead]) -> list[LineRead]:
    """Return the lines, those framed as topics of measures are, too (聚焦“…”问题), as findings where no others are.

    They are none below headings that state findings.
    """
    aims = [index for index, line in enumerate(lines) if line.frame and line.frame.aims]
    if len(aims) < FEWEST_FRAMED or any(line.framed for line in lines):
        return [_without_aim(text, line) for line in lines] if aims else lines
    whole = [index for index in aims if not _runs_on_behind_comma(text, lines[index])]
    every = Counter(line.kind for line in lines[aims[0] : aims[-1] + 1])
    kinds = Counter(lines[index].kind for index in whole)
    findings = set()
    for kind, count in kinds.items():
        of_kind = [index for index in whole if lines[index].kind == kind]
        above = [lines[index - 1] for index in of_kind if index and _begins_list(lines[index])]
        enough = count >= FEWEST_FRAMED and (kind == "plain" or count >= MOST_OF * every[kind])
        if enough and not any(_is_numbered_finding(text, line) for line in above):
            findings |= set(of_kind)
    return [_as_framed(line) if index in findings else _without_aim(text, line) for index, line in enumerate(lines)]


def _without_aim(text: str, line: LineRead) -> LineRead:
    """Return a line without the frame that no quotes set off: 解决历史遗留问题不力的问题 is a finding's own words."""
    frame = line.frame
    if frame is None or not frame.aims or text[frame.title_start - 1] in _OPENING_QUOTES:
        return line
    return line._replace(frame=None)


_OPENING_QUOTES = frozenset('“"「『‘')


def _runs_on_behind_comma(text: str, line: LineRead) -> bool:
    return line.frame is not None and text[line.frame.end - 1] == ","


def _begins_list(line: LineRead) -> bool:
    return line.segment.mark is None or line.segment.mark.number == 1


def _is_numbered_finding(text: str, line: LineRead) -> bool:
    """Return whether a line is a numbered heading that states a finding and groups none."""
    mark = line.segment.mark
    if mark is None or mark.kind in RUN_IN_KINDS or names_group(text, line):
        return False
    heading = text[line.segment.content : line.segment.end]
    return states_finding(text, line) and not pattern("outline", "rectification").search(heading)


def _as_framed(line: LineRead) -> LineRead:
    return line._replace(frame=line.frame and line.frame._replace(closed=True, aims=False))


_TASK = "任务"


def _with_tasks_apart(lines: list[LineRead]) -> list[LineRead]:
    """Return the lines of a notice, those numbered as tasks (任务一:…) as no findings where other headings are these.

    Then they are tasks of the leadership, no more than the findings, or each finding has tasks of its own.
    """
    tasks = [line.segment.mark for line in lines if _is_task(line)]
    if not tasks:
        return lines
    others = sum(line.segment.mark is not None and line.framed for line in lines) - len(tasks)
    begun = sum(mark is not None and mark.number == 1 for mark in tasks)
    if not others or (others < len(tasks) and begun < _FEWEST_LISTS):
        return lines
    return [_as_plain_number(line) if _is_task(line) else line for line in lines]


_FEWEST_LISTS = 2
_CLASS = "类"


def _with_classes_apart(text: str, lines: list[LineRead]) -> list[LineRead]:
    """Return the lines of a notice, those that number a group of findings (第一类:作风建设方面) as no findings."""
    return [
        _as_plain_number(line)
        if line.segment.mark is not None
        and line.segment.mark.label.endswith(_CLASS)
        and line.framed
        and line.frame is None
        and behind.framed
        and GROUP_LINE.fullmatch(text, line.segment.content, line.segment.end)
        else line
        for line, behind in zip(lines, [*lines[1:], *lines[-1:]], strict=True)
    ]


def _is_task(line: LineRead) -> bool:
    mark = line.segment.mark
    return mark is not None and mark.kind in FINDING_KINDS and mark.label.startswith(_TASK)


def _as_plain_number(line: LineRead) -> LineRead:
    mark = line.segment.mark
    return line._replace(segment=line.segment._replace(mark=mark and mark._replace(kind="task")))


def _tells_again(text: str, lines: list[LineRead], index: int, path: list[OutlineNode]) -> bool:
    """Return whether a line calls itself a finding (问题描述:…) right below the framed heading of that finding."""
    above = path[-1]
    if above.children or not _is_labelled(text, lines[index]):
        return False
    if above.frame is None:  # and no measure of a finding, behind which the next one begins
        return not any(node.finding for node in path[:-1]) and _heads_each(text, lines, index, above)
    if above.frame.aspect or not above.finding:
        return False
    following = next((line for line in lines[index + 1 :] if line.framed), None)
    return following is None or not _is_labelled(text, following)


def _heads_each(text: str, lines: list[LineRead], index: int, above: OutlineNode) -> bool:
    """Return whether a numbered heading without a frame states the finding that the line below tells once more.

    Then the next heading of its kind comes before the next line that calls itself a finding.
    """
    mark, heading = above.segment.mark, lines[index - 1]
    if mark is None or heading.segment.start != above.segment.start or mark.kind in RUN_IN_KINDS:
        return False
    if above.segment.content == above.segment.end or names_group(text, heading):
        return False
    for line in lines[index + 1 :]:
        if line.kind == mark.kind:
            return True
        if _is_labelled(text, line):
            return False
    return True


def _is_labelled(text: str, line: LineRead) -> bool:
    return line.segment.mark is None and is_labelled(text, line.segment.content, line.segment.end)


_BRACKETED = re.compile(r"[【\[〔][^【】\[\]〔〕。;:,!?]{2,28}[】\]〕](?:[(][^()]{1,10}[)])?")


def _groups(text: str, lines: list[LineRead], index: int, findings: Set[int]) -> bool:
    """Return whether a line without an enumerator groups the findings behind it: 【作风建设方面】, 作风建设方面."""
    segment, frame = lines[index].segment, lines[index].frame
    if segment.mark is not None or segment.row is not None or not segment.opens_line or index + 1 == len(lines):
        return False
    if segment.end - segment.start > LONGEST_GROUP_LINE:
        return False
    following = lines[index + 1]
    if frame is not None:  # 关于作风建设方面的问题 over a framed finding
        framed_below = following.framed and not (following.frame and following.frame.aspect)
        return frame.aspect and framed_below and GROUP_LINE.fullmatch(text, segment.content, segment.end) is not None
    if following.segment.mark is None and not following.framed and index + 1 not in findings:
        return False
    return any(form.fullmatch(text, segment.content, segment.end) for form in (_BRACKETED, GROUP_LINE))


def _read_line(text: str, segment: Segment) -> LineRead:
    start, end = segment.content, segment.end
    if segment.row is not None:
        return LineRead(segment, read_frame(text, *segment.row.finding), answers=False, note=False, state=False)
    if text[start : start + 1] not in FIELD_STARTS:
        return LineRead(segment, read_frame_or_aim(text, start, end), answers=False, note=False, state=False)
    answered = lead_in_end(text, start, end)
    is_share = answered > start and is_share_or_date(text, answered, end)  # 【整改进度】100%
    answers = answered > start and not is_share
    note = is_share or (not answers and is_note(text, start, end))
    frame = None if answers or note else read_frame_or_aim(text, bracket_end(text, start, end), end)
    return LineRead(segment, frame, answers, note, is_state(text, start, end))


def _node(text: str, line: LineRead, repeated: Counter[str], *, before_lead_in: bool) -> OutlineNode:
    segment, frame = line.segment, line.frame
    if segment.row is not None:
        answers = [node for cell in segment.row.answers for node in _cell_nodes(text, cell)]
        parts = [node for node in answers if node.kind != "paragraph"]
        return OutlineNode(segment, "row", frame, finding=True, children=answers, parts=parts)
    if segment.mark is not None:
        if line.answers or line.note:
            return OutlineNode(segment, f"{segment.mark.kind}{FIELD}", detail=line.unknown)
        return OutlineNode(segment, segment.mark.kind, frame, before_lead_in or line.framed, lead_in=line.lead_in)
    if frame and frame.closed and segment.opens_line:
        return OutlineNode(segment, "plain", frame, finding=True)
    if before_lead_in:
        return OutlineNode(segment, "plain", None, finding=True)
    printed = text[segment.start : segment.end]
    if repeated[printed] < 2 and not (line.note or line.answers or line.state) and is_part_heading(printed):
        return OutlineNode(segment, "part")
    remark = line.note or (line.state and not line.answers)
    return OutlineNode(segment, "paragraph", remark=remark, detail=line.unknown, lead_in=line.lead_in)


def _cell_nodes(text: str, cell: Place) -> list[OutlineNode]:
    """Return the nodes of a table's cell, which is read as a text of its own; the state it begins with is left out."""
    start = state_end(text, *cell)
    lines = _LINE_BREAK.sub(lambda tag: "\n".ljust(len(tag[0])), text[start : cell.end])
    return grow(text, [segment.moved(start) for segment in split_segments(lines)])


_LINE_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
"""A line end in a cell of a Markdown table."""


def _depth_in_answer(text: str, path: list[OutlineNode], node: OutlineNode, around: Sequence[LineRead]) -> int | None:
    """Return the depth of a numbered line of a finding's answer whose kind numbers the groups of findings, too.

    Below a lead-in (整改措施:) 1 begins the answer's list, and a heading over a framed finding goes on with the groups.
    None where nothing is settled so. ``around`` are the line, and those before and behind it.
    """
    if node.finding or len(around) < _THREE or not node.number:
        return None
    kind = node.kind
    same = [depth for depth, open_node in enumerate(path) if open_node.kind == kind]
    if not same:
        return None
    finding = max([depth for depth, open_node in enumerate(path) if open_node.finding], default=0)
    if same[0] > finding:
        return None
    before, line, behind = around
    if node.number == 1 and same[-1] < finding and before.answers and text[before.segment.end - 1] in ":】]":
        return finding + 1
    goes_on = len(same) > 1 and node.number == path[same[0]].number + 1 and behind.framed
    return same[0] if goes_on and text[line.segment.end - 1] not in "。;" else None


_THREE = 3


def _depth(path: list[OutlineNode], node: OutlineNode) -> int:
    """Return how much of the open path stays open above ``node``."""
    if node.kind == "part":
        return 1
    if node.kind == "group" and all(open_node.kind != "group" for open_node in path):
        return next((depth for depth, open_node in enumerate(path) if open_node.finding), len(path))
    same = [depth for depth, open_node in enumerate(path) if open_node.kind == node.kind]
    if not same and node.kind in WORD_KINDS and node.segment.opens_line:  # a list beside one of another kind
        return next((depth for depth, open_node in enumerate(path) if open_node.kind in RUN_IN_KINDS), len(path))
    if not same:
        return len(path)
    alike = [depth for depth in same if path[depth].finding == node.finding]
    if len(same) == 1 and not alike:
        open_node = path[same[0]]
        # 1.关于“…” over 1. 2. 3.: numbering that starts over below a finding is its answer's.
        starts_over = open_node.finding and node.number == 1 and open_node.number >= 1
        return len(path) if starts_over and path[-1] is open_node else same[0]
    if len(same) > 1 and not node.finding:
        inner, outer = path[same[-1]], path[same[0]]
        goes_on_outside = node.number == outer.number + 1 != inner.number + 1
        return same[0] if goes_on_outside and outer.finding == node.finding else same[-1]
    depth = (alike or same)[-1]
    open_node = path[depth]
    # A part whose own heading has just been printed may number what it holds in its own style: 二、 over 一、.
    if node.number == 1 and node.finding and not open_node.finding and path[-1] is open_node:
        return len(path)
    return depth
