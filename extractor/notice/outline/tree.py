"""The nesting of a notice's segments, inferred from the notice itself.

No order of enumerators is assumed: an enumerator of a kind that is already open continues at its level, one of another
kind goes one level deeper. The same kind has two levels where framed findings and their answers are both numbered 1. 2.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cache, cached_property

from extractor.notice.outline.bullet_headings import bullet_headings
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
    state_end,
)
from extractor.notice.outline.line_readings import LineRead
from extractor.notice.outline.marks import FINDING_KINDS, RUN_IN_KINDS, WORD_KINDS, EnumeratorMark
from extractor.notice.outline.outline_words import any_of
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
    lines = _with_tasks_apart([_read_line(text, segment) for segment in _joined(text, segments)])
    lines = with_own_fields(text, _with_aims(text, _with_classes_apart(text, lines)))
    headings = _kinds_of_bullets(text, lines)
    before_lead_in, behind_answer = _before_lead_ins(text, lines, headings.keys())
    before_lead_in = before_lead_in or _alone_over_answers(text, lines) or _told_in_sentences(text, lines)
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
        if any(map(_is_part_heading, words)):
            kinds[mark] = "part"
        elif all(_GROUP_LINE.fullmatch(each) for each in words):
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
    return not any(_SIGNS_OF_REPORT.search(text, *stretch) for stretch in stretches)


def _will_in_each(text: str, lines: Sequence[LineRead]) -> bool:
    """Return whether several findings end with what a body will do, half of those that are framed or more."""
    plain = (line.segment for line in lines if line.segment.mark is None and line.segment.opens_line)
    count = sum(_will().match(text, each.content, each.end) is not None for each in plain)
    return count >= _FEWEST_FRAMED and count * 2 >= sum(line.framed for line in lines)


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
    if len(aims) < _FEWEST_FRAMED or any(line.framed for line in lines):
        return [_without_aim(text, line) for line in lines] if aims else lines
    whole = [index for index in aims if not _runs_on_behind_comma(text, lines[index])]
    every = Counter(line.kind for line in lines[aims[0] : aims[-1] + 1])
    kinds = Counter(lines[index].kind for index in whole)
    findings = set()
    for kind, count in kinds.items():
        of_kind = [index for index in whole if lines[index].kind == kind]
        above = [lines[index - 1] for index in of_kind if index and _begins_list(lines[index])]
        enough = count >= _FEWEST_FRAMED and (kind == "plain" or count >= _MOST_OF * every[kind])
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
    if mark is None or mark.kind in RUN_IN_KINDS or _names_group(text, line):
        return False
    heading = text[line.segment.content : line.segment.end]
    return _states_finding(text, line) and not pattern("outline", "rectification").search(heading)


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
        and _GROUP_LINE.fullmatch(text, line.segment.content, line.segment.end)
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
    if above.segment.content == above.segment.end or _names_group(text, heading):
        return False
    for line in lines[index + 1 :]:
        if line.kind == mark.kind:
            return True
        if _is_labelled(text, line):
            return False
    return True


def _is_labelled(text: str, line: LineRead) -> bool:
    return line.segment.mark is None and is_labelled(text, line.segment.content, line.segment.end)


_LONGEST_GROUP_LINE = 30
_BRACKETED = re.compile(r"[【\[〔][^【】\[\]〔〕。;:,!?]{2,28}[】\]〕](?:[(][^()]{1,10}[)])?")
_GROUP_LINE = re.compile(rf"[^。;:,!?《》0-9]{{2,20}}?{any_of('group_line')}(?:[(][^()]{{1,10}}[)])?")


def _groups(text: str, lines: list[LineRead], index: int, findings: Set[int]) -> bool:
    """Return whether a line without an enumerator groups the findings behind it: 【作风建设方面】, 作风建设方面."""
    segment, frame = lines[index].segment, lines[index].frame
    if segment.mark is not None or segment.row is not None or not segment.opens_line or index + 1 == len(lines):
        return False
    if segment.end - segment.start > _LONGEST_GROUP_LINE:
        return False
    following = lines[index + 1]
    if frame is not None:  # 关于作风建设方面的问题 over a framed finding
        framed_below = following.framed and not (following.frame and following.frame.aspect)
        return frame.aspect and framed_below and _GROUP_LINE.fullmatch(text, segment.content, segment.end) is not None
    if following.segment.mark is None and not following.framed and index + 1 not in findings:
        return False
    return any(form.fullmatch(text, segment.content, segment.end) for form in (_BRACKETED, _GROUP_LINE))


_BEGIN_NOTHING = frozenset("。,、;:)”》】")
_MOST_FRAGMENTS = 4
_GO_ON = frozenset("、,(《“—-")
_OPENS_ANEW = re.compile(r"[【\[〔#*]|(?:关于|针对)[“‘\"]|附件")


def _joined(text: str, segments: list[Segment]) -> list[Segment]:
    """Return the segments, those of a sentence that the page broke apart joined to one."""
    joined: list[Segment] = []
    prose = _Prose(text, segments)
    position = 0
    while position < len(segments):
        segment = segments[position]
        fragments = 0
        if _is_unclosed(text, segment) and segment.row is None:
            fragments = _fragments_behind(text, segments, position)
            if fragments == 1 and _is_scrap(text, segments[position + 1]):
                pass
            elif fragments:  # as behind few lines: only then is looked how the others of its kind end
                goes_on = _goes_on_behind(text, segment, segments[position + 1])
                fragments = fragments if goes_on or _breaks_off(text, segment, prose, fragments) else 0
            fragments = fragments or _closes_quote(text, segments, position) or _ends_heading(text, segments, position)
        if fragments:
            segment = segment._replace(end=segments[position + fragments].end)
        if joined and segment.mark is None and segment.row is None and text[segment.start] in _BEGIN_NOTHING:
            joined[-1] = joined[-1]._replace(end=segment.end)
        else:
            joined.append(segment)
        position += 1 + fragments
    return joined


_FEWEST_SENTENCES = 3
_MOST_SENTENCES = 0.6
_SIGNS_OF_PROSE = re.compile("[,。;《0-9]")


def _kinds_of_prose(text: str, segments: list[Segment]) -> frozenset[str]:
    """Return the kinds of enumerators, `plain` for none, most of whose segments end as sentences do.

    A segment that may have been broken twice says nothing of its kind.
    """
    every, closed = Counter[str](), Counter[str]()
    for position, segment in enumerate(segments):
        if segment.row is None:
            kind = segment.mark.kind if segment.mark else "plain"
            counts = not _is_field_or_heading(text, segment)
            if counts and _is_unclosed(text, segment) and _fragments_behind(text, segments, position) > 1:
                continue
            every[kind] += counts
            closed[kind] += counts and text[segment.end - 1] in "。;!?"
    return frozenset(
        kind for kind, count in closed.items() if count >= max(_FEWEST_SENTENCES, every[kind] * _MOST_SENTENCES)
    )


def _kinds_below_frames(text: str, segments: list[Segment]) -> frozenset[str]:
    """Return the kinds of the enumerators that begin below framed findings and frame none themselves."""
    framed = [k for k, each in enumerate(segments) if _may_frame(text, each) and _is_whole_frame(text, each)]
    if len(framed) < _FEWEST_FRAMED:
        return frozenset()
    above = {segment.mark.kind for segment in segments[: framed[0]] if segment.mark}
    kinds = {segment.mark.kind for segment in segments[framed[0] :] if segment.mark}
    return frozenset(kinds - above - {mark.kind for position in framed if (mark := segments[position].mark)})


def _may_frame(text: str, segment: Segment) -> bool:
    return text.find("问题", max(segment.start, segment.end - _LONGEST_FRAME_END), segment.end) >= 0


_LONGEST_FRAME_END = 14
_SHORTEST_PROSE = 20


def _is_field_or_heading(text: str, segment: Segment) -> bool:
    """Return whether a segment is a property of a finding, or a short line that nothing numbers."""
    start, end = segment.content, segment.end
    if segment.mark is None and end - start < _SHORTEST_PROSE:
        return True
    return text[start : start + 1] in FIELD_STARTS and is_note(text, start, end)


@dataclass
class _Prose:
    """The kinds of a notice's segments that are prose, found out where a segment breaks off."""

    text: str
    segments: list[Segment]

    @cached_property
    def usual(self) -> frozenset[str]:
        """The kinds of which most segments end as sentences do."""
        return _kinds_of_prose(self.text, self.segments)

    @cached_property
    def below_frames(self) -> frozenset[str]:
        """The kinds that begin below framed findings."""
        return _kinds_below_frames(self.text, self.segments)

    def __contains__(self, kind: str) -> bool:
        """Return whether segments of a kind are prose."""
        return kind in self.usual or kind in self.below_frames


def _breaks_off(text: str, segment: Segment, prose: _Prose, fragments: int) -> bool:
    """Return whether a segment whose last sentence does not end surely is prose.

    What was taken up last may be problems (对上报的问题) where more than one of the ``fragments`` behind it follows.
    """
    if _is_whole_frame(text, segment):
        return False
    if segment.mark is not None and segment.mark.kind in RUN_IN_KINDS:
        return segment.mark.kind in prose or _SIGNS_OF_PROSE.search(text, segment.content, segment.end) is not None
    if text[segment.end - 1] in ",、" and not _is_field_or_heading(text, segment):
        return True
    if _opens_within(text, segment, "《》") or (segment.mark is None and _opens_within(text, segment, "“”")):
        return True
    last = text.rfind("。", segment.content, segment.end)
    if last < 0:
        kind = segment.mark.kind if segment.mark else "plain"
        if _breaks_off_report(text, segment) and kind not in prose:
            return True
        if _is_field_or_heading(text, segment) or kind not in prose:
            return False
        if not _SIGNS_OF_PROSE.search(text, segment.content, segment.end):
            return False
    clause = max(last, text.rfind(",", segment.content, segment.end), segment.content)
    end = segment.end
    if fragments > 1 and _TAKES_UP.search(text, segment.content, end) and text.endswith("问题", clause, end):
        end -= 2
    return pattern("outline", "finding").search(text, clause, end) is None


def _breaks_off_report(text: str, segment: Segment) -> bool:
    """Return whether a line that nothing numbers reports what was done, in several clauses, and states no finding."""
    start, end = segment.content, segment.end
    if segment.mark is not None or end - start < _SHORTEST_REPORT or text.find(",", start, end) < 0:
        return False
    if _SIGNS_OF_REPORT.search(text, start, end) is None:
        return False
    if text.count(",", start, end) >= _FEWEST_CLAUSES and len(_FIGURES.findall(text, start, end)) >= _FEWEST_CLAUSES:
        return True
    return pattern("outline", "finding").search(text, start, end) is None


_SHORTEST_REPORT = 12
_FEWEST_CLAUSES = 2
_FIGURES = re.compile("[0-9]+")


_ENDS_WITHIN = re.compile(r"(?<!目)的$|[对将把被向从]$")
_GOES_ON_WITH = re.compile(r"不(?!断|折|定期|忘|负|懈|再)|的(?!确)|等(?!级|待|候)")
_GOES_ON_WITH_PROBLEM = re.compile(r"问题(?:[0-9]|[等均全已都的得,、。])")
_BEFORE_PROBLEM = re.compile(r"(?:发现|存在|反映|反馈|查出|排查|突出|共性|重点|[各同此]类|性)$")
_COUNTED = re.compile(r"(?:问题|隐患|事项|线索)$")
_COUNT = re.compile(r"[0-9]{1,4} ?[个项条起处件]")
_TAKES_UP = re.compile(r",(?:并|均)?(?:对|就|针对|将|把)[^,。;]*$")


def _goes_on_behind(text: str, segment: Segment, behind: Segment) -> bool:
    """Return whether the words on both sides of a line end are surely of one sentence: 对发现的 and 问题7个."""
    if _GOES_ON_WITH.match(text, behind.start) or _ENDS_WITHIN.search(text, segment.content, segment.end):
        return True
    if _GOES_ON_WITH_PROBLEM.match(text, behind.start) and _BEFORE_PROBLEM.search(text, segment.content, segment.end):
        return True
    if not _COUNTED.search(text, segment.content, segment.end) or _is_whole_frame(text, segment):
        return False
    takes_up = _TAKES_UP.search(text, segment.content, segment.end)
    reports = takes_up and _SIGNS_OF_REPORT.search(text, segment.content, takes_up.start())
    return reports is not None or _COUNT.match(text, behind.start) is not None


def _is_whole_frame(text: str, segment: Segment) -> bool:
    """Return whether a line is a framed heading from its enumerator to its end: 6.针对“…”问题."""
    frame = read_frame(text, segment.content, segment.end)
    return frame is not None and frame.closed and frame.end == segment.end


_LONGEST_SCRAP = 4


def _is_scrap(text: str, segment: Segment) -> bool:
    """Return whether a line is no more than the last one to three characters of a sentence: 任。."""
    start, end = segment.content, segment.end
    return end - start <= _LONGEST_SCRAP and text[end - 1] == "。" and text[start] not in "无是否已未"


_LONGEST_END = 20


def _ends_heading(text: str, segments: list[Segment], position: int) -> int:
    """Return 1 where the next line is the end of a numbered heading (考核 and 不严格), 0 otherwise."""
    segment, behind = segments[position], segments[position + 1 : position + 2]
    if not behind or segment.mark is None or segment.mark.kind in RUN_IN_KINDS:
        return 0
    start, end = behind[0].content, behind[0].end
    if behind[0].mark or behind[0].row or end - start > _LONGEST_END or not _GOES_ON_WITH.match(text, start):
        return 0
    return int(_is_unclosed(text, behind[0]) and not is_state(text, start, end))


def _closes_quote(text: str, segments: list[Segment], position: int) -> int:
    """Return 1 where the next line closes the quote that a heading's last words open, 0 otherwise."""
    behind = segments[position + 1 : position + 2]
    if not behind or behind[0].mark or behind[0].row or not _opens_within(text, segments[position], "“”"):
        return 0
    opened, closed = (text.find(mark, behind[0].start, behind[0].end) for mark in "“”")
    return int(closed >= 0 and not 0 <= opened < closed)


def _opens_within(text: str, segment: Segment, marks: str) -> bool:
    """Return whether a mark is opened in a segment, and not closed."""
    opening, closing = (text.rfind(mark, segment.start, segment.end) for mark in marks)
    return opening > closing


def _is_unclosed(text: str, segment: Segment) -> bool:
    last = text[segment.end - 1]
    return last.isalnum() or last in _GO_ON


def _fragments_behind(text: str, segments: list[Segment], position: int) -> int:
    """Return how many segments behind this one are the rest of its sentence; 0 where it is not seen to end."""
    for count in range(1, _MOST_FRAGMENTS + 1):
        if position + count >= len(segments):
            return 0
        segment = segments[position + count]
        start, end = segment.content, segment.end
        if segment.mark is not None or segment.row is not None or _OPENS_ANEW.match(text, start, end):
            return 0
        if lead_in_end(text, start, end) > start or is_note(text, start, end):
            return 0
        goes_on = count == 1 and _ENDS_WITHIN.search(text, segments[position].content, segments[position].end)
        if is_state(text, start, end) and not goes_on:
            return 0
        if text[end - 1] in "。;!?":
            return count
        if not _is_unclosed(text, segment):
            return 0
    return 0


def _read_line(text: str, segment: Segment) -> LineRead:
    start, end = segment.content, segment.end
    if segment.row is not None:
        return LineRead(segment, read_frame(text, *segment.row.finding), answers=False, note=False, state=False)
    if text[start : start + 1] not in FIELD_STARTS:
        return LineRead(segment, read_frame(text, start, end), answers=False, note=False, state=False)
    answered = lead_in_end(text, start, end)
    is_share = answered > start and is_share_or_date(text, answered, end)  # 【整改进度】100%
    answers = answered > start and not is_share
    note = is_share or (not answers and is_note(text, start, end))
    frame = None if answers or note else read_frame(text, bracket_end(text, start, end), end)
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
    if repeated[printed] < 2 and not (line.note or line.answers or line.state) and _is_part_heading(printed):
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


_LONGEST_FINDING = 150
_FEWEST_FRAMED = 2


def _before_lead_ins(text: str, lines: list[LineRead], headings: Set[int]) -> tuple[set[int], set[int]]:
    """Return the short lines right before an answer's lead-in (整改情况:) that must be findings for that.

    And the lead-ins behind lines that are the end of an answer.

    A lead-in, a state or an effect may be printed behind an answer, too. So a line that belongs to a finding already is
    none, and of each kind of line the notice as a whole decides. What a bullet begins
    (``headings``) goes on with nothing.
    """
    asked = {
        index: found
        for index, line in enumerate(lines[1:])
        if (line.answers or line.note) and (found := _lead_in_behind(text, lines, index)) is not None
    }
    asked = {index: found for index, found in asked.items() if not _retells(text, lines, index)}
    if not asked:
        return set(), set()
    framed = Counter(line.kind for line in lines if line.framed)
    belonging = _goes_on_from(lines, asked)
    if not _several_below_headings(text, lines, asked):
        belonging |= {index for index in asked.keys() - headings if _belongs_to_finding(text, lines, index, asked)}
    kinds = Counter(lines[index].kind for index in asked)
    lost = Counter(lines[index].kind for index in belonging)
    findings = {
        index
        for index in asked
        if lines[index].framed
        or (
            lost[lines[index].kind] * 2 < kinds[lines[index].kind]
            and (framed.total() < _FEWEST_FRAMED or lines[index].kind in framed)
            and index not in belonging
        )
    }
    return findings, {asked[index] for index in belonging}


def _several_below_headings(text: str, lines: Sequence[LineRead], asked: Mapping[int, int]) -> bool:
    """Return whether numbered headings group lines without a number, each before a lead-in: (一)青山镇.

    Below one of them there are two such lines or more, so that none is its heading told once more; and no line before
    a lead-in has a number or reports something.
    """
    below: Counter[int] = Counter()
    heading = -1
    for index, line in enumerate(lines):
        if line.segment.mark is not None:
            heading = index if _is_bare_heading(text, line) else -1
        if index in asked:
            if heading in (-1, index) or _reports(text, line.segment) or lines[asked[index]].state:
                return False
            below[heading] += 1
    return len(below) >= _FEWEST_ALONE and max(below.values()) > 1


def _is_bare_heading(text: str, line: LineRead) -> bool:
    """Return whether a numbered line is a short heading that ends no sentence and frames nothing."""
    segment = line.segment
    short = segment.end - segment.content <= _LONGEST_GROUP_LINE
    return short and not line.framed and text[segment.end - 1] not in _SENTENCE_ENDS


_LONGEST_LINE_ALONE = 60
_FEWEST_ALONE = 2
_MOST_OF = 0.6


def _alone_over_answers(text: str, lines: list[LineRead]) -> set[int]:
    """Return the lines that are findings although nothing numbers or frames one in the notice.

    Each is a short line that does not end a sentence, with a paragraph behind it; most of them name a shortcoming, and
    what lies between them has no enumerators but those inside paragraphs.
    """
    if any(line.answers or line.framed for line in lines):
        return set()
    alone = [index for index in range(1, len(lines) - 1) if _is_alone(text, lines, index)]
    alone = alone or _told_alone(text, lines)
    if len(alone) < _FEWEST_ALONE:
        return set()
    numbered = _numbered(lines, alone[0], alone[-1])
    if any(not _heads_alone(text, lines, index, frozenset(alone)) for index in numbered):
        return set()
    stating = sum(_states_finding(text, lines[index]) for index in alone)
    if stating >= _MOST_OF * len(alone) or _part_like_findings(text, lines, alone):
        return set(alone)
    return set()


_LONGEST_TOLD = 40
_DENIES = re.compile(
    "(?:均|都|再)?(?:没有|无|未|不再|杜绝|防止|避免|有效)|目前|现|但|仍|同时|另外|此外|下一?步|今后|对|已"
)


def _told_alone(text: str, lines: list[LineRead]) -> list[int]:
    """Return the short sentences of one clause each that state findings, where paragraphs that report are below each.

    The first is right below a heading. One that may as well end the answer before it (没有发现新的问题。) is none.
    """
    found: list[int] = []
    for index in range(1, len(lines) - 1):
        segment, above, below = lines[index].segment, lines[index - 1].segment, lines[index + 1].segment
        if segment.mark or segment.row or not segment.opens_line or segment.end - segment.start > _LONGEST_TOLD:
            continue
        if not _is_told(text, lines[index]):
            continue
        heads = above.mark is not None and above.mark.kind not in RUN_IN_KINDS
        reported = below.mark is None or below.mark.kind in RUN_IN_KINDS
        if (found or heads) and reported and _SIGNS_OF_REPORT.search(text, below.start, below.end):
            found.append(index)
    stating = sum(_states_finding(text, lines[index]) for index in found)
    return found if stating >= _MOST_OF * len(found) else []


def _is_told(text: str, line: LineRead) -> bool:
    start, end = line.segment.start, line.segment.end
    if text[end - 1] != "。" or line.note or line.state or _CLAUSE_OR_FIGURE.search(text, start, end - 1):
        return False
    begins = any(pattern("outline", name).match(text, start) for name in ("aim", "act"))
    return not (begins or _DENIES.match(text, start))


_CLAUSE_OR_FIGURE = re.compile("[,。;:!?0-9《]")


def _numbered(lines: list[LineRead], first: int, last: int) -> list[int]:
    """Return the numbered lines from ``first`` to ``last`` whose numbers do not enumerate inside paragraphs."""
    return [
        index
        for index in range(first, last)
        if lines[index].segment.mark is not None and lines[index].kind not in RUN_IN_KINDS
    ]


def _heads_alone(text: str, lines: list[LineRead], index: int, alone: frozenset[int]) -> bool:
    """Return whether a numbered line groups findings that nothing numbers: one of them, or its like, is right below."""
    line = lines[index]
    if text[line.segment.end - 1] in _SENTENCE_ENDS or (_states_finding(text, line) and not _names_group(text, line)):
        return False
    if index + 1 in alone:
        return True
    below = lines[index + 1]
    return below.segment.mark is not None and below.kind != line.kind and _heads_alone(text, lines, index + 1, alone)


_TOLD_SENTENCE = re.compile(
    r"(?:县委|市委|区委|省委)?(?:巡[视察]|督察|审计|检查)组?(?:还|也|同时|又|反馈)*(?:指出|发现|提出|反映|反馈)[,:]?(?P<finding>[^。;:]{4,60})。"
)


def _told_in_sentences(text: str, lines: list[LineRead]) -> set[int]:
    """Return the paragraphs that tell a finding in their first sentence, in a notice that numbers and frames none.

    巡察指出,水费账目没有公开。… Or 针对“水费账目不公开”问题,….
    """
    if any(line.answers or line.framed for line in lines):
        return set()
    told: dict[int, Frame] = {}
    for index, line in enumerate(lines):
        start, end = line.segment.content, line.segment.end
        match = _TOLD_SENTENCE.match(text, start, end) if line.segment.mark is None else None
        if match:
            told[index] = Frame(*match.span("finding"), match.end(), closed=True, aspect=False)
        elif line.segment.mark is None and line.frame and not (line.frame.aims or line.frame.aspect):
            told[index] = line.frame._replace(closed=True)
    between = lines[min(told) : max(told)] if len(told) >= _FEWEST_ALONE else []
    if not between or any(line.segment.mark and line.kind not in RUN_IN_KINDS for line in between):
        return set()
    for index, frame in told.items():
        lines[index] = lines[index]._replace(frame=frame)
    return set(told)


_FEWEST_OTHERWISE = 3


def _part_like_findings(text: str, lines: list[LineRead], alone: list[int]) -> bool:
    """Return whether short lines part the rectification part into findings, in whatever words: 自来水时断时续.

    They are three or more, none names a part or an aim (提高政治站位), all between them are sentences, most of which
    report something; above them is the heading of that part, or nothing that is numbered.
    """
    if len(alone) < _FEWEST_OTHERWISE:
        return False
    headings = [text[lines[index].segment.start : lines[index].segment.end] for index in alone]
    if any(map(_names_aim, headings)):
        return False
    numbered = (line.segment for line in reversed(lines[: alone[0]]) if line.segment.mark is not None)
    above = next((text[segment.content : segment.end] for segment in numbered), None)
    if above is not None and not _heads_answers(above):
        return False
    of_findings = set(alone)
    answers = [lines[index].segment for index in range(alone[0], alone[-1]) if index not in of_findings]
    reporting = sum(_SIGNS_OF_REPORT.search(text, answer.start, answer.end) is not None for answer in answers)
    return all(text[answer.end - 1] in "。;!" for answer in answers) and reporting >= _MOST_OF * len(answers)


def _names_aim(heading: str) -> bool:
    """Return whether a short line names a part of a notice or what is aimed at, and no shortcoming."""
    if pattern("outline", "finding").search(heading):
        return False
    return _is_part_heading(heading) or pattern("outline", "aim").match(heading) is not None


def _heads_answers(heading: str) -> bool:
    """Return whether a heading names the rectification part."""
    named = pattern("outline", "rectification").search(heading)
    return named is not None and pattern("outline", "leadership").search(heading) is None


def _is_alone(text: str, lines: list[LineRead], index: int) -> bool:
    """Return whether a line looks like a heading between two paragraphs, or between a heading and a paragraph."""
    segment, above, below = lines[index].segment, lines[index - 1].segment, lines[index + 1].segment
    if segment.mark is not None or segment.row is not None or segment.end - segment.start > _LONGEST_LINE_ALONE:
        return False
    if text[segment.end - 1] in _SENTENCE_ENDS or lines[index].note or lines[index].state:
        return False
    if "。" in text[segment.start : segment.end]:
        return False
    heads = above.mark is not None and above.mark.kind not in RUN_IN_KINDS
    heads = heads or (above.mark is None and _GROUP_LINE.fullmatch(text, above.start, above.end) is not None)
    answered = text[below.end - 1] in "。;" and (below.mark is None or below.mark.kind in RUN_IN_KINDS)
    return answered and (heads or text[above.end - 1] in "。;:")


_SENTENCE_ENDS = frozenset("。;:,、!?")


def _lead_in_behind(text: str, lines: list[LineRead], index: int) -> int | None:
    """Return the index of the lead-in right behind a line that is short enough to be a finding; None for none."""
    line = lines[index]
    segment = line.segment
    if line.answers or line.note or line.state or segment.end - segment.content > _LONGEST_FINDING:
        return None
    if text[segment.end - 1] in ":,":
        return None
    following = _next_line(lines, index)
    return following if following is not None and lines[following].answers else None


def _next_line(lines: list[LineRead], index: int) -> int | None:
    """Return the index of the next line that is more than a property (责任单位:…)."""
    return next((at for at in range(index + 1, len(lines)) if lines[at].segment.mark or not lines[at].note), None)


def _belongs_to_finding(text: str, lines: list[LineRead], index: int, asked: dict[int, int]) -> bool:
    """Return whether a line before a lead-in is the end of an answer rather than a finding."""
    line, lead_in = lines[index], lines[asked[index]]
    if lead_in.state:
        after = _next_line(lines, asked[index])
        if after is None or _is_beyond(lines[after], line):
            return True
    if line.segment.mark is not None:
        return False
    last = lines[index - 1]
    if (last.note or last.state) and text[line.segment.end - 1] not in _SENTENCE_ENDS:
        return False  # behind the fields of the finding above it
    if _reports(text, line.segment) and not _states_finding(text, line):
        return True
    before = next((at for at in range(index - 1, max(-1, index - _REACH), -1) if not lines[at].note), None)
    if before is None:
        return False
    above = lines[before]
    if above.framed or above.answers:
        return True
    return above.segment.mark is not None and not _names_group(text, above) and not _states_finding(text, line)


def _reports(text: str, segment: Segment) -> bool:
    """Return whether a line is a sentence with a figure or a document in it, as answers are."""
    return text[segment.end - 1] == "。" and _SIGNS_OF_REPORT.search(text, segment.content, segment.end) is not None


_SIGNS_OF_REPORT = re.compile("[0-9《]")


def _retells(text: str, lines: list[LineRead], index: int) -> bool:
    """Return whether a sentence tells once more (督察指出,…。) the finding that the numbered heading above it is."""
    told = lines[index].segment
    if not index or told.mark is not None or not _TOLD_SENTENCE.match(text, told.content):
        return False
    above = lines[index - 1].segment
    if above.mark is None or above.mark.kind in RUN_IN_KINDS or text[above.end - 1] in _SENTENCE_ENDS:
        return False
    return not _names_group(text, lines[index - 1])


_REACH = 8
"""So many lines back the heading above a line is looked for."""


def _is_beyond(after: LineRead, line: LineRead) -> bool:
    """Return whether the text after a state line begins something else than the answer."""
    mark = after.segment.mark
    return after.framed or (mark is not None and (mark.number != 1 or after.kind == line.kind))


def _states_finding(text: str, line: LineRead) -> bool:
    heading = text[line.segment.content : line.segment.end]
    return len(heading) <= _LONGEST_FINDING and pattern("outline", "finding").search(heading) is not None


def _names_group(text: str, line: LineRead) -> bool:
    heading = text[line.segment.content : line.segment.end]
    return len(heading) > _LONGEST_FINDING or pattern("outline", "group").search(heading.rstrip("。:")) is not None


def _goes_on_from(lines: list[LineRead], asked: dict[int, int]) -> set[int]:
    """Return the numbered lines of ``asked`` that go on from a line that has no lead-in behind it: 2. behind 1."""
    latest: dict[str, int] = {}
    found = set()
    for index, line in enumerate(lines):
        mark = line.segment.mark
        if mark is None:
            continue
        before = latest.get(mark.kind)
        latest[mark.kind] = index
        if index in asked and before is not None and before not in asked:
            earlier = lines[before].segment.mark
            if earlier is not None and earlier.number == mark.number - 1:
                found.add(index)
    return found


def _is_part_heading(printed: str) -> bool:
    """Return whether a line without an enumerator names a part of the notice: 整改进展情况及成效."""
    if len(printed) > 30 or printed[-1] in "。;:,!?" or "关于" in printed or "序号" in printed:
        return False
    lists = ("leadership", "rectification", "next_steps")
    return any(pattern("outline", name).search(printed) for name in lists)


def _depth_in_answer(text: str, path: list[OutlineNode], node: OutlineNode, around: Sequence[LineRead]) -> int | None:
    """Return the depth of a numbered line of a finding's answer whose kind numbers the groups of findings, too.

    Below a lead-in (整改措施:) 1 begins the answer's list, and a heading over a framed finding goes on with the groups.
    None where nothing is settled so. ``around`` are the line, and those before and behind it.
    """
    if node.finding or len(around) < _THREE or not node.number:
        return None
    finding = max([depth for depth, open_node in enumerate(path) if open_node.finding], default=0)
    same = [depth for depth, open_node in enumerate(path) if open_node.kind == node.kind] if finding else []
    if not same or same[0] > finding:
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
