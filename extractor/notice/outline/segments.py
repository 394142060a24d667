"""The segments of a text: stretches that start at a real enumerator or at the beginning of a line.

An enumerator at the beginning of a line is taken at its word. One inside a line must earn it: by what stands before
it, and by its place in a sequence that began at one or goes on. This is what lets a page that lost its line breaks be
read like any other, and what keeps 第一书记, “1+N” or a quoted “一是…二是…” from being taken for structure.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from extractor.notice.outline.frames import is_label_alone, is_labelled, is_note, is_state, lead_in_end, read_frame
from extractor.notice.outline.marks import (
    FINDING_KINDS,
    LINE,
    LINE_OPENERS,
    RUN_IN_KINDS,
    SENTENCE,
    SOFT,
    WORD_KINDS,
    EnumeratorMark,
    chinese_number,
    find_marks,
    is_behind_state,
)
from extractor.notice.outline.outline_words import any_of, characters_of
from extractor.notice.outline.property_lines import is_name_alone
from extractor.notice.outline.table_body import TableRow
from extractor.text.places import Place


class Segment(NamedTuple):
    """A stretch of text. ``start`` includes the enumerator, ``content`` comes after it, ``end`` is trimmed.

    ``opens_line`` tells a segment that begins a printed line from one cut out of the middle of it; ``row`` is what a
    segment holds that is a table's row.
    """

    start: int
    content: int
    end: int
    mark: EnumeratorMark | None
    opens_line: bool
    row: TableRow | None = None

    def moved(self, by: int) -> Segment:
        """The same segment ``by`` code points further on."""
        mark = self.mark and self.mark._replace(start=self.mark.start + by, content=self.mark.content + by)
        return Segment(self.start + by, self.content + by, self.end + by, mark, self.opens_line)


_BEFORE_MARKS = LINE_OPENERS + "【[("
_LINE = re.compile(r"[^\n]+")
# 二、三产业 and 一、二采区 count on: a numeral behind the mark, unless it begins a word of its own (三重一大).
_NOT_AN_ENUMERATOR = re.compile(
    r"[一二三四五六七八九十]+[、.][一二三四五六七八九十]+(?:[级类线期季产项次批届轮年月日号]|、)|"
    r"(?:一、二|二、三|三、四|四、五|五、六|六、七|七、八|八、九)(?![重公会资农无违风个大项是类届])"
)
_YEAR_FOLLOWS = re.compile(r"(?:19|20)[0-9]{2} ?年")
_MEASURED = re.compile(r"[个家人名项条件次年月日天万亿多余]")
_FURTHEST_JUMP = 3
"""The most numbers that may be missing before a numeral like 十一、 that begins a line and is an enumerator."""
_LONGEST_QUOTE = 200
_LONGEST_VALUE = 60
"""The longest value of a property that is on the line behind its name, in code points."""
_FRAME_FOLLOWS = re.compile(r"(?:关于|针对)[“‘\"]")
_COLLAPSED_LENGTH = 200
"""A printed line longer than this (code points) that holds a sequence of headings has lost its line breaks."""


def split_segments(
    text: str, rows: Sequence[TableRow] = (), start: int = 0, tables: Sequence[Place] = ()
) -> list[Segment]:
    """Cut the folded text into segments, in order, without overlap; blank lines are left out.

    Each of the ``rows`` of its tables is one segment; the heading rows of tables are none, and so are other ``tables``,
    which are not read. ``start`` is where to begin.
    """
    if tables:
        return list(_segments_around_tables(text, rows, start, tables))
    if rows or start:
        return list(_segments_around(text, rows, start))
    candidates = find_marks(text)
    marks = _accepted(text, candidates)
    segments: list[Segment] = []
    position = 0
    for line in _LINE.finditer(text):
        start, stop = line.span()
        here: list[EnumeratorMark] = []
        while position < len(marks) and marks[position].start < stop:
            here.append(marks[position])
            position += 1
        segments.extend(_line_segments(text, start, stop, here))
    return _with_block_headings(text, _with_values(text, segments))


def _with_block_headings(text: str, segments: list[Segment]) -> list[Segment]:
    """Return the segments, a line that numbers a finding (整改任务二, 第二项 …) as its enumerator."""
    found: list[Segment] = []
    for k, segment in enumerate(segments):
        start, content, end, mark, *_ = segment
        if found and found[-1].end > start:
            continue  # the finding, joined to the line above it
        block = None
        if mark is None:
            heading = _block().match(text, start, end) if k and text[start] in _BLOCK_STARTS else None
            block = heading and _block_at(text, heading, segments[k : k + _MOST_LINES_OF_CASE])
        elif content == end and mark.kind in FINDING_KINDS:
            block = _number_alone(text, segments[k : k + 2])
        elif text[content : content + 1] in _CASE_STARTS:
            block = _case_at(text, segments[k : k + _MOST_LINES_OF_CASE])
        found.append(block or segment)
    return found


_MOST_LINES_OF_CASE = 8


def _case_at(text: str, lines: list[Segment]) -> Segment | None:
    """Return the first of ``lines``, which numbers a case (1.受理编号:X0017), as its finding's enumerator."""
    segment, *below = lines
    if _case().match(text, segment.content, segment.end) is None:
        return None
    for stop in _SENTENCE_END.finditer(text, segment.content, min(segment.end, segment.content + _LONGEST_CASE)):
        if is_labelled(text, stop.end(), segment.end):  # 1.受理编号:X0017。交办问题:…
            return segment._replace(content=stop.end())
    finding = _finding_below(text, below)
    return finding and Segment(segment.start, finding.content, finding.end, segment.mark, opens_line=True)


def _number_alone(text: str, lines: list[Segment]) -> Segment | None:
    """Return the first of ``lines``, a number alone (【任务一】), as the enumerator of the finding on the next one."""
    segment, *below = lines
    finding = _finding_below(text, below)
    return finding and segment._replace(content=finding.content, end=finding.end)


def _finding_below(text: str, below: list[Segment]) -> Segment | None:
    """Return the line that calls itself a finding (交办问题:…) behind nothing but properties; None for none."""
    for line in below:
        if line.mark is not None or line.row is not None:
            return None
        if is_labelled(text, line.content, line.end):
            return line
        if not is_note(text, line.content, line.end):
            return None
    return None


_SENTENCE_END = re.compile("[。;,] *")
_LONGEST_CASE = 120
_CASE_STARTS = characters_of("case")


@cache
def _case() -> re.Pattern[str]:
    return re.compile(rf"{any_of('case')}[: ]")


def _block_at(text: str, heading: re.Match[str], lines: list[Segment]) -> Segment | None:
    """Return the first of ``lines``, which begins with a block's ``heading``, as the enumerator of a finding."""
    segment, *below = lines
    alone = heading.end() == segment.end
    finding = _finding_below(text, below) if alone else None
    if finding is None and not _has_finding(text, below, alone=alone):
        return None
    numeral = heading["number"] or heading["nth"]
    number = int(numeral) if numeral.isdecimal() else chinese_number(numeral)
    # 序号:1 is a field whose value is the number; 整改任务一 is a name.
    place = heading.start("number") if heading["field"] else segment.start
    label = text[place : heading.end()].rstrip()
    named = finding or below[0]
    content, end = (named.content, named.end) if alone else (heading.end(), segment.end)
    mark = EnumeratorMark("feedback", number, place, content, label, len(label), LINE)
    return Segment(segment.start, content, end, mark, opens_line=True)


def _has_finding(text: str, below: list[Segment], *, alone: bool) -> bool:
    """Return whether a finding (问题描述:…) or, behind a heading of several words, its answer is below a heading."""
    if not below or below[0].mark is not None or below[0].row is not None:
        return False
    if is_labelled(text, below[0].content, below[0].end):
        return True
    is_field = [_is_field(text, line) for line in below[:2]]
    return is_field[0] if not alone else is_field == [False, True]


def _is_field(text: str, line: Segment) -> bool:
    start, end = line.content, line.end
    return is_note(text, start, end) or lead_in_end(text, start, end) > start or is_state(text, start, end)


_BLOCK_STARTS = frozenset("第【[") | characters_of("block")


@cache
def _block() -> re.Pattern[str]:
    numeral = "[一二三四五六七八九十]{1,4}|[0-9]{1,3}"
    return re.compile(
        rf"(?:[【\[]?{any_of('block')}(?P<field>[】\]:] ?)?:? ?(?P<number>{numeral})(?: *$)"
        rf"|第(?P<nth>{numeral})[项个条](?:{any_of('block')})?(?: {{1,3}}|$))"
    )


def _with_values(text: str, segments: list[Segment]) -> list[Segment]:
    """Return the segments, the name of a property (责任单位:) as one with its value, 【反馈问题】 with its finding.

    That is on the next line, or a list behind the name (责任单位:1.教育局;2.民政局).
    """
    alone = [k for k, each in enumerate(segments[:-1]) if text[each.end - 1] in ":】]" and _is_alone(text, each)]
    for k in reversed(alone):
        name, value = segments[k : k + 2]
        if not is_name_alone(text, name.content, name.end):
            if value.mark is None and value.end - value.start <= _LONGEST_FINDING:
                segments[k : k + 2] = [name._replace(end=value.end)]
            continue
        stop = k + 2
        if value.mark is None and (value.end - value.start > _LONGEST_VALUE or text[value.end - 1] in "。:"):
            continue
        if value.mark is not None and "\n" in text[name.end : value.start]:
            continue
        while value.mark is not None and stop < len(segments) and "\n" not in text[value.end : segments[stop].start]:
            value = segments[stop]
            stop += 1
        segments[k:stop] = [name._replace(end=value.end)]
    return segments


_LONGEST_FINDING = 120


def _is_alone(text: str, segment: Segment) -> bool:
    place = segment.content, segment.end
    return is_name_alone(text, *place) or (segment.mark is None and is_label_alone(text, *place))


def _segments_around_tables(
    text: str, rows: Sequence[TableRow], position: int, tables: Sequence[Place]
) -> Iterator[Segment]:
    for place in (*tables, Place(len(text), len(text))):
        if place.end < position:
            continue
        here = [row for row in rows if position <= row.place.start < place.start]
        yield from _segments_around(text[: place.start], here, position)
        position = place.end


def _segments_around(text: str, rows: Sequence[TableRow], position: int) -> Iterator[Segment]:
    for row in rows:
        before = row.heading.start if row.heading else row.place.start
        yield from (segment.moved(position) for segment in split_segments(text[position:before]))
        position = row.heading.end if row.heading else before
        yield from (segment.moved(position) for segment in split_segments(text[position : row.place.start]))
        yield Segment(row.place.start, row.finding.start, row.place.end, None, opens_line=True, row=row)
        position = row.place.end
        for aside in row.asides:
            if aside.start >= position:
                yield from (segment.moved(position) for segment in split_segments(text[position : aside.start]))
                position = aside.end
    yield from (segment.moved(position) for segment in split_segments(text[position:]))


def _line_segments(text: str, start: int, stop: int, marks: list[EnumeratorMark]) -> Iterator[Segment]:
    starts = [mark.start for mark in marks]
    if starts and starts[0] > start and is_behind_state(text, starts[0]):  # 【已办结】问题1:…
        starts[0] = _skip(text, start, starts[0])
        start = starts[0]
    if not starts or text[start : starts[0]].strip(_BEFORE_MARKS):
        end = starts[0] if starts else stop
        body = _skip(text, start, end)
        trimmed = _trim(text, body, end)
        if trimmed > body:
            yield Segment(body, body, trimmed, None, opens_line=True)
    for index, mark in enumerate(marks):
        end = starts[index + 1] if index + 1 < len(starts) else stop
        trimmed = max(_trim(text, mark.start, end), min(mark.content, end))
        yield Segment(starts[index], min(mark.content, trimmed), trimmed, mark, mark.boundary is LINE)


def _skip(text: str, start: int, end: int) -> int:
    while start < end and text[start] in LINE_OPENERS:
        start += 1
    return start


def _trim(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " *\r\n":
        end -= 1
    return end


def _accepted(text: str, candidates: list[EnumeratorMark]) -> list[EnumeratorMark]:
    """Return the candidates that are enumerators, decided line by line by the numbers so far."""
    taken: list[EnumeratorMark] = []
    latest: dict[str, int] = {}
    following = {(mark.kind, mark.number): mark.start for mark in candidates if mark.boundary is LINE}
    seconds = [mark.start for mark in candidates if mark.number == 2 and _begins_sentence(mark)]
    position = 0
    while position < len(candidates):
        line_end = text.find("\n", candidates[position].start)
        line_end = len(text) if line_end < 0 else line_end
        stop = position
        while stop < len(candidates) and candidates[stop].start < line_end:
            stop += 1
        mark = candidates[position]
        if stop == position + 1 and mark.boundary is LINE:  # as in most lines: nothing in them to be told apart
            opens = _opens_line(text, mark, latest.get(mark.kind), following)
            found = [mark] if opens and not _NOT_AN_ENUMERATOR.match(text, mark.start) else []
        else:
            ahead = _Ahead(line_end, following, seconds)
            found = _accepted_in_line(text, candidates[position:stop], latest, ahead)
        for mark in found:
            taken.append(mark)
            latest[mark.kind] = mark.last
        position = stop
    return taken


class _Ahead(NamedTuple):
    """The places ahead of a line: its end, marks that begin lines, and the places of 二是 that begin sentences."""

    line_end: int
    following: dict[tuple[str, int], int]
    seconds: list[int]


def _accepted_in_line(
    text: str, line: list[EnumeratorMark], latest: dict[str, int], ahead: _Ahead
) -> list[EnumeratorMark]:
    line_end, following, seconds = ahead
    line_start = text.rfind("\n", 0, line[0].start) + 1
    collapsed = line_end - line_start > _COLLAPSED_LENGTH and _headings_in_sequence(line) >= 3
    last = {(mark.kind, mark.number): mark.start for mark in line if mark.boundary >= SOFT}
    seen = dict(latest)
    begun: set[str] = set()
    taken: list[EnumeratorMark] = []
    for mark in line:
        if taken and mark.start < taken[-1].content:
            continue
        if _NOT_AN_ENUMERATOR.match(text, mark.start):
            continue
        if mark.boundary is LINE:
            followed = mark.kind in WORD_KINDS and last.get((mark.kind, 2), -1) > mark.start
            if not (followed and mark.number == 1) and not _opens_line(text, mark, seen.get(mark.kind), following):
                continue
        else:
            followed = last.get((mark.kind, mark.number + 1), -1) > mark.start
            if mark.number == 1 and not followed and _begins_sentence(mark):  # 二是 may be behind a broken line's end
                after = bisect_right(seconds, line_end)
                followed = after < len(seconds) and seconds[after] - line_end < _REST_OF_LINE
                followed = followed or _is_behind_frame(text, line_start if not taken else taken[-1].content, mark)
            place = _Sequence(seen.get(mark.kind, -1), mark.kind in begun, followed, collapsed)
            if mark.kind in WORD_KINDS and not _may_count(text, mark, place, begun):
                continue
            heads = _is_behind_group(text, taken, mark, _Before(line_start, seen.get(mark.kind, 0)))
            if not (heads or _earns_its_place(text, mark, place)) or _quoted(text, mark.start, line_start, line_end):
                continue
        taken.append(mark)
        seen[mark.kind] = mark.last
        begun.add(mark.kind)
    return taken


def _may_count(text: str, mark: EnumeratorMark, place: _Sequence, begun: set[str]) -> bool:
    """Return whether a word inside a line may count sentences: not inside 一是…, and not what somebody told others."""
    if mark.number > 1:
        return place.begun and place.before == mark.number - 1
    if not begun.isdisjoint(_COUNTING):
        return False
    return (
        text[mark.start - 1] != ":" or _speech().search(text, max(mark.start - _LONGEST_SPEECH, 0), mark.start) is None
    )


_COUNTING = RUN_IN_KINDS - WORD_KINDS
_LONGEST_SPEECH = 30


@cache
def _speech() -> re.Pattern[str]:
    return re.compile(rf"{any_of('speech')}[^。;:,\n]{{0,8}}:$")


def _is_behind_frame(text: str, start: int, mark: EnumeratorMark) -> bool:
    """Return whether a framed heading ends right before a mark (关于“…”问题。一是…), which then enumerates."""
    frame = read_frame(text, start, mark.start) if mark.start - start <= _LONGEST_HEADING else None
    return frame is not None and frame.closed and frame.end == mark.start


class _Before(NamedTuple):
    """The start of a mark's line, and the last number of its kind before it."""

    line: int
    number: int


def _is_behind_group(text: str, taken: list[EnumeratorMark], mark: EnumeratorMark, before: _Before) -> bool:
    """Return whether a group's heading or a finding's ends right before a mark of its line: …方面1.关于“…”问题(1)…."""
    if mark.number not in (1, before.number + 1):
        return False
    if mark.kind in RUN_IN_KINDS and (not taken or not _FRAME_FOLLOWS.match(text, mark.content)):
        return False
    if taken and any(other.kind == mark.kind for other in taken):
        return False
    start = taken[-1].content if taken else before.line
    if mark.start - start > _LONGEST_HEADING:
        return False
    if mark.number == 1 and text.startswith(_AFTER_QUOTE, mark.start - len(_AFTER_QUOTE)):
        return _is_behind_frame(text, start, mark)
    if len(taken) > 1 or (taken and taken[0].boundary is not LINE) or mark.start - start > _LONGEST_GROUP:
        return False
    return _group_ahead().fullmatch(text, start, mark.start) is not None


_AFTER_QUOTE = "”问题"
_LONGEST_GROUP = 40


@cache
def _group_ahead() -> re.Pattern[str]:
    return re.compile(rf"[ #*•·●■◆【\[〔-]*[^。;:,!?《》0-9\n]{{2,24}}?{any_of('group_line')}[】\]〕]? *[:。]? *")


_LONGEST_HEADING = 120
_LETTERS = frozenset({"letter", "letter_small", "letter_digit", "roman"})
_FURTHEST_SECOND = 600
"""Code points from 首先 at the beginning of a line to 其次 at that of another one, at most."""
_REST_OF_LINE = 60
"""The rest of a broken line is not longer than this (code points), up to the next enumerator."""


def _begins_sentence(mark: EnumeratorMark) -> bool:
    return mark.kind == "shi" and mark.boundary is SENTENCE


def _opens_line(text: str, mark: EnumeratorMark, before: int | None, following: dict[tuple[str, int], int]) -> bool:
    """Return whether a mark at the beginning of a line enumerates, and is no figure, holiday or ordinal."""
    if (
        mark.kind == "ar_dot"
        and text[mark.content : mark.content + 1].isdecimal()
        and not text[mark.content - 1].isspace()
    ):
        # 2.15个村: a decimal, unless 2 is what comes next. 1.2023年 can only be an enumerator.
        begins = mark.number == 1 and following.get((mark.kind, 2), -1) > mark.start
        return begins or before == mark.number - 1 or bool(_YEAR_FOLLOWS.match(text, mark.content))
    if mark.kind == "dashed":  # 1-1, 1-2, 2-1
        return (mark.number == 1 or before == mark.number - 1) and not _MEASURED.match(text, mark.content)
    if mark.kind in FINDING_KINDS and not text[mark.start + mark.printed : mark.content].strip():  # 问题2 alone
        return before == mark.number - 1 or following.get((mark.kind, mark.number + 1), -1) > mark.start
    if mark.kind in WORD_KINDS and mark.number == 1:
        return 0 < following.get((mark.kind, 2), -1) - mark.start < _FURTHEST_SECOND
    if mark.kind in WORD_KINDS or mark.kind in _LETTERS:
        return mark.number == 1 or before == mark.number - 1
    if mark.kind == "ar_bare":
        return (before or 0) == mark.number - 1 and not _MEASURED.match(text, mark.content)  # 3 个月
    if mark.kind == "di" and text.startswith("第", mark.content):
        return False  # 第一、第二监督检查室
    if mark.kind == "dun" and mark.number > _FURTHEST_JUMP:
        goes_on = before is not None and 0 < mark.number - before <= _FURTHEST_JUMP
        return goes_on or following.get((mark.kind, mark.number + 1), -1) > mark.start  # and not 十一、春节期间
    return True


class _Sequence(NamedTuple):
    """The position of a mark inside a line among those of its kind.

    ``before`` is the number before it, -1 for none; ``begun`` tells that its line has begun such a list, ``followed``
    that the next number comes later in the line, ``collapsed`` that the line lost its breaks.
    """

    before: int
    begun: bool
    followed: bool
    collapsed: bool


def _earns_its_place(text: str, mark: EnumeratorMark, place: _Sequence) -> bool:
    goes_on = place.before == mark.number - 1
    if mark.kind in RUN_IN_KINDS:
        return _runs_in(mark, place, goes_on=goes_on)
    if mark.boundary is SENTENCE:
        if mark.number == 1:
            return place.followed or place.collapsed or _ends_line_as_heading(text, mark)
        return goes_on or (place.collapsed and 0 <= mark.number - place.before <= 2)
    if not place.collapsed or mark.kind == "ar_rparen":
        return False
    if mark.number == 1 and _FRAME_FOLLOWS.match(text, mark.content):
        return True
    if mark.boundary is SOFT:
        return goes_on or (mark.number == 1 and (place.followed or mark.kind in ("cn_paren", "ar_paren", "feedback")))
    if mark.kind == "dun":
        return False  # 省、市 and 十四、五 hold no heading
    return goes_on or (mark.number == 1 and place.followed)


def _ends_line_as_heading(text: str, mark: EnumeratorMark) -> bool:
    """Return whether a heading lost the line break before it only: …通报如下:一、整改工作组织领导情况."""
    line_end = text.find("\n", mark.content)
    rest = text[mark.content : line_end if line_end >= 0 else len(text)].strip()
    return 4 <= len(rest) <= 40 and not any(end in rest for end in "。;,:")


def _runs_in(mark: EnumeratorMark, place: _Sequence, *, goes_on: bool) -> bool:
    """Return whether a mark of a kind that enumerates inside paragraphs does so here."""
    if mark.kind == "circled":
        if mark.number > 1:
            return goes_on and (place.begun or mark.boundary is SENTENCE)
        return place.followed
    if mark.boundary is SENTENCE:
        # 四是 may be missing or 六是 stand in its place: inside a begun list any number counts.
        return place.begun or place.followed or (goes_on and mark.number > 1)
    if mark.boundary is SOFT:
        return (goes_on and place.begun) or (mark.number == 1 and place.followed)
    return False


def _headings_in_sequence(line: list[EnumeratorMark]) -> int:
    """Count the marks of a line that number headings one after another, whatever stands before them."""
    last: dict[str, int] = {}
    count = 0
    for mark in line:
        if mark.kind in RUN_IN_KINDS:
            continue
        if mark.number == 1 or last.get(mark.kind) == mark.number - 1:
            count += 1
            last[mark.kind] = mark.number
    return count


def _quoted(text: str, place: int, line_start: int, line_end: int) -> bool:
    """Return whether ``place`` lies inside “…” or 《…》 of its line. A quote that never closes quotes nothing."""
    start = max(line_start, place - _LONGEST_QUOTE)
    for opening, closing in ("“”", "‘’", "《》"):
        opened = text.rfind(opening, start, place)
        if opened < 0 or text.rfind(closing, opened, place) >= 0:
            continue
        closed = text.find(closing, place, min(line_end, place + _LONGEST_QUOTE))
        if closed >= 0 and text.find(opening, place, closed) < 0:
            return True
    return False
