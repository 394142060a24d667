"""Headings that a bullet or a mark of Markdown begins instead of a number: ■ 库房失管, **库房失管**, ### 库房失管.

One mark is one level: its lines are headings where they are short, end no sentence, and something else follows most of
them. The marks before what is done (● 清退…。) number nothing either, and stay what they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.notice.outline.line_readings import LineRead

_BULLETS = frozenset("●■◆▲★○□◇•·※▽△☆◎⊙◉▪▫►▶▷➤✦✧❖♦-—–#*")
_FEWEST = 2
_MOST_OF = 0.75
_LONGEST = 60
_SENTENCE_ENDS = frozenset("。;,:!?")
_BOLD = "**"


def bullet_headings(text: str, lines: Sequence[LineRead]) -> Mapping[int, str]:
    """Return the mark of each line that is a heading by its mark, by the line's index; none for most notices."""
    marks = {index: mark for index, line in enumerate(lines) if (mark := _mark(text, line))}
    if len(marks) < _FEWEST:
        return {}
    found: dict[int, str] = {}
    seen: set[str] = set()
    for mark in dict.fromkeys(marks.values()):
        seen.add(mark)
        here = [index for index, other in marks.items() if other == mark]
        if len(here) < _FEWEST or not all(_is_short(text, lines[index]) for index in here):
            continue
        over = sum(_is_over(lines, marks, index, seen) for index in here)
        if over >= _MOST_OF * len(here):
            found |= dict.fromkeys(here, mark)
    return found


def _mark(text: str, line: LineRead) -> str:
    """Return the bullet, the # or the ** before a line that has no number and is no field; nothing for none."""
    segment = line.segment
    if segment.mark or segment.row or not segment.opens_line or line.answers or line.note:
        return ""
    at = segment.start - 1
    while at >= 0 and text[at] == " ":
        at -= 1
    if at < 0 or text[at] not in _BULLETS or (line.state and text[at] != "#"):  # ## 整改落实 is no state
        return ""
    before = text[text.rfind("\n", 0, at) + 1 : at + 1].strip(" >")
    if before.endswith(_BOLD):
        return _BOLD if text.startswith(_BOLD, segment.end) else ""
    return before.replace(" ", "").rstrip("*")


def _is_short(text: str, line: LineRead) -> bool:
    segment = line.segment
    return segment.end - segment.start <= _LONGEST and text[segment.end - 1] not in _SENTENCE_ENDS


def _is_over(lines: Sequence[LineRead], marks: Mapping[int, str], index: int, seen: set[str]) -> bool:
    """Return whether what follows a line lies below it: no mark of its level or of one above."""
    return index + 1 < len(lines) and marks.get(index + 1) not in seen
