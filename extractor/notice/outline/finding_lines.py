"""The lines of a notice that are findings by what stands around them, where nothing numbers or frames them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set

from extractor.notice.outline.frames import Frame
from extractor.notice.outline.line_readings import FEWEST_FRAMED, LineRead
from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, any_of, begins_with_act, reports
from extractor.text.wording import pattern

LONGEST_GROUP_LINE = 30
GROUP_LINE = re.compile(rf"[^。;:,!?《》0-9]{{2,20}}?{any_of('group_line')}(?:[(][^()]{{1,10}}[)])?")
_LONGEST_FINDING = 150


def before_lead_ins(text: str, lines: list[LineRead], headings: Set[int]) -> tuple[set[int], set[int]]:
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
            and (framed.total() < FEWEST_FRAMED or lines[index].kind in framed)
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
            if (
                heading in (-1, index)
                or reports(text, line.segment.content, line.segment.end)
                or lines[asked[index]].state
            ):
                return False
            below[heading] += 1
    return len(below) >= _FEWEST_ALONE and max(below.values()) > 1


def _is_bare_heading(text: str, line: LineRead) -> bool:
    """Return whether a numbered line is a short heading that ends no sentence and frames nothing."""
    segment = line.segment
    short = segment.end - segment.content <= LONGEST_GROUP_LINE
    return short and not line.framed and text[segment.end - 1] not in _SENTENCE_ENDS


_LONGEST_LINE_ALONE = 60
_FEWEST_ALONE = 2
MOST_OF = 0.6


def alone_over_answers(text: str, lines: list[LineRead]) -> set[int]:
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
    stating = sum(states_finding(text, lines[index]) for index in alone)
    if stating >= MOST_OF * len(alone) or _part_like_findings(text, lines, alone):
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
        if (found or heads) and reported and SIGNS_OF_REPORT.search(text, below.start, below.end):
            found.append(index)
    stating = sum(states_finding(text, lines[index]) for index in found)
    return found if stating >= MOST_OF * len(found) else []


def _is_told(text: str, line: LineRead) -> bool:
    start, end = line.segment.start, line.segment.end
    if text[end - 1] != "。" or line.note or line.state or _CLAUSE_OR_FIGURE.search(text, start, end - 1):
        return False
    return not (begins_with_act(text, start) or _DENIES.match(text, start))


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
    if text[line.segment.end - 1] in _SENTENCE_ENDS or (states_finding(text, line) and not names_group(text, line)):
        return False
    if index + 1 in alone:
        return True
    below = lines[index + 1]
    return below.segment.mark is not None and below.kind != line.kind and _heads_alone(text, lines, index + 1, alone)


_TOLD_SENTENCE = re.compile(
    r"(?:县委|市委|区委|省委)?(?:巡[视察]|督察|审计|检查)组?(?:还|也|同时|又|反馈)*(?:指出|发现|提出|反映|反馈)[,:]?(?P<finding>[^。;:]{4,60})。"
)


def told_in_sentences(text: str, lines: list[LineRead]) -> set[int]:
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
    reporting = sum(SIGNS_OF_REPORT.search(text, answer.start, answer.end) is not None for answer in answers)
    return all(text[answer.end - 1] in "。;!" for answer in answers) and reporting >= MOST_OF * len(answers)


def _names_aim(heading: str) -> bool:
    """Return whether a short line names a part of a notice or what is aimed at, and no shortcoming."""
    if pattern("outline", "finding").search(heading):
        return False
    return is_part_heading(heading) or pattern("outline", "aim").match(heading) is not None


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
    heads = heads or (above.mark is None and GROUP_LINE.fullmatch(text, above.start, above.end) is not None)
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
    if reports(text, line.segment.content, line.segment.end) and not states_finding(text, line):
        return True
    before = next((at for at in range(index - 1, max(-1, index - _REACH), -1) if not lines[at].note), None)
    if before is None:
        return False
    above = lines[before]
    if above.framed or above.answers:
        return True
    return above.segment.mark is not None and not names_group(text, above) and not states_finding(text, line)


def _retells(text: str, lines: list[LineRead], index: int) -> bool:
    """Return whether a sentence tells once more (督察指出,…。) the finding that the numbered heading above it is."""
    told = lines[index].segment
    if not index or told.mark is not None or not _TOLD_SENTENCE.match(text, told.content):
        return False
    above = lines[index - 1].segment
    if above.mark is None or above.mark.kind in RUN_IN_KINDS or text[above.end - 1] in _SENTENCE_ENDS:
        return False
    return not names_group(text, lines[index - 1])


_REACH = 8
"""So many lines back the heading above a line is looked for."""


def _is_beyond(after: LineRead, line: LineRead) -> bool:
    """Return whether the text after a state line begins something else than the answer."""
    mark = after.segment.mark
    return after.framed or (mark is not None and (mark.number != 1 or after.kind == line.kind))


def states_finding(text: str, line: LineRead) -> bool:
    """Return whether a line is short enough to be a finding and names a shortcoming."""
    heading = text[line.segment.content : line.segment.end]
    return len(heading) <= _LONGEST_FINDING and pattern("outline", "finding").search(heading) is not None


def names_group(text: str, line: LineRead) -> bool:
    """Return whether a line groups findings by its words, or is too long to be one."""
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


def is_part_heading(printed: str) -> bool:
    """Return whether a line without an enumerator names a part of the notice: 整改进展情况及成效."""
    if len(printed) > 30 or printed[-1] in "。;:,!?" or "关于" in printed or "序号" in printed:
        return False
    lists = ("leadership", "rectification", "next_steps")
    return any(pattern("outline", name).search(printed) for name in lists)
