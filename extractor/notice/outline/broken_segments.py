"""The pieces of a sentence that a page broke apart, joined to one segment."""

from __future__ import annotations

import re

from extractor.notice.outline.frames import FIELD_STARTS, is_note, is_state, lead_in_end, read_frame
from extractor.notice.outline.line_readings import FEWEST_FRAMED
from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT
from extractor.notice.outline.segments import Segment
from extractor.text.wording import pattern

_BEGIN_NOTHING = frozenset("。,、;:)”》】")
_MOST_FRAGMENTS = 4
_GO_ON = frozenset("、,(《“—-")
_OPENS_ANEW = re.compile(r"[【\[〔#*]|(?:关于|针对)[“‘\"]|附件")


def joined_segments(text: str, segments: list[Segment]) -> list[Segment]:
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


def _mostly_ends(text: str, segments: list[Segment], kind: str) -> bool:
    """Return whether most segments of a kind of enumerators, `plain` for none, end as sentences do.

    A segment that may have been broken twice says nothing of its kind.
    """
    every = closed = 0
    for position, segment in enumerate(segments):
        if segment.row is not None or _kind(segment) != kind or _is_field_or_heading(text, segment):
            continue
        if _is_unclosed(text, segment) and _fragments_behind(text, segments, position) > 1:
            continue
        every += 1
        closed += text[segment.end - 1] in "。;!?"
    return closed >= max(_FEWEST_SENTENCES, every * _MOST_SENTENCES)


def _kind(segment: Segment) -> str:
    return segment.mark.kind if segment.mark else _PLAIN


_PLAIN = "plain"


def _begins_below_frames(text: str, segments: list[Segment], kind: str) -> bool:
    """Return whether enumerators of a kind begin below framed findings and frame none themselves."""
    first = next((k for k, each in enumerate(segments) if each.mark and each.mark.kind == kind), 0)
    if not any(_frames(text, each) for each in segments[:first]):
        return False
    framed = [each for each in segments if _frames(text, each)]
    return len(framed) >= FEWEST_FRAMED and all(_kind(each) != kind for each in framed)


def _frames(text: str, segment: Segment) -> bool:
    """Return whether a line is a framed heading, known of most others by a look at their ends."""
    return _may_frame(text, segment) and _is_whole_frame(text, segment)


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


class _Prose:
    """The kinds of a notice's segments that are prose, each found out where a segment of it breaks off."""

    def __init__(self, text: str, segments: list[Segment]) -> None:
        self._text, self._segments = text, segments
        self._known: dict[str, bool] = {}

    def __contains__(self, kind: str) -> bool:
        """Return whether segments of a kind are prose: most end as sentences do, or are below framed findings."""
        if kind not in self._known:
            text, segments = self._text, self._segments
            self._known[kind] = _mostly_ends(text, segments, kind) or _begins_below_frames(text, segments, kind)
        return self._known[kind]


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
        kind = _kind(segment)
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
    if SIGNS_OF_REPORT.search(text, start, end) is None:
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
    reports = takes_up and SIGNS_OF_REPORT.search(text, segment.content, takes_up.start())
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
