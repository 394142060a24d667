"""The fields of a notice that no list of names knows: 完成比例:100%, 办理小结:….

A short name before a colon or in brackets that begins lines of two or more findings is a field of this notice, whatever
its words. Its values, and whether it stands before the answer, tell if it is a property or the lead-in of an answer.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from extractor.notice.outline.frames import (
    FIELD_STARTS,
    Frame,
    is_labelled,
    is_share_or_date,
    is_state,
    lead_in_end,
    names_property,
)
from extractor.notice.outline.line_readings import LineRead
from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, any_of, begins_with_act
from extractor.text.wording import pattern


def with_own_fields(text: str, lines: Sequence[LineRead]) -> list[LineRead]:
    """Return the lines of a notice, those that begin with a name that no list has marked as what they are."""
    read = _with_own_findings(text, lines)
    for index in _properties_by_value(text, read):
        read[index] = read[index]._replace(note=True, unknown=True)
    for name, heads in _recurring(text, read).items():
        if name.startswith(_ALONE):
            for head in heads:
                read[head.index] = read[head.index]._replace(answers=True, lead_in=head.value)
            continue
        if _is_ahead(name):  # 下一步打算:…, which ends a notice elsewhere
            for head in heads:
                read[head.index] = read[head.index]._replace(lead_in=head.value)
            continue
        role = _role(text, read, name, heads)
        for head in heads:
            line = read[head.index]
            if role == "property":
                read[head.index] = line._replace(note=True, unknown=True)
            elif role == "lead_in" and line.segment.mark is None:
                read[head.index] = line._replace(answers=True, lead_in=head.value)
    for head in _run_in(text, read):
        read[head.index] = read[head.index]._replace(lead_in=head.value)
    return read


_NAME_RUN_IN = re.compile(r"[^。;\n]{3,60}[。;?!] ?(?P<name>[\u4e00-\u9fff]{2,8}): *(?=.)")
_FURTHEST_RUN_IN = 71
"""The end of the colon of such a name, in code points from the line's beginning."""


def _run_in(text: str, lines: Sequence[LineRead]) -> Iterator[_Head]:
    """Yield the names behind the first sentence of numbered findings that begin their answers: 1.账目不清。收效:….

    Two or more findings, and most of those of a kind, have the same name there, which no list knows.
    """
    found: dict[tuple[str, str], list[_Head]] = {}
    for index, line in enumerate(lines):
        segment = line.segment
        if segment.mark is None or segment.mark.kind in RUN_IN_KINDS or line.note or line.answers:
            continue
        if text.find(":", segment.content, min(segment.end, segment.content + _FURTHEST_RUN_IN)) < 0:
            continue  # as in most lines
        match = _NAME_RUN_IN.match(text, segment.content, segment.end)
        if match is None or lead_in_end(text, match.start("name"), segment.end) > match.start("name"):
            continue
        if not _names_act(match["name"]) and not names_property(text, match.start("name"), segment.end):
            found.setdefault((line.kind, match["name"]), []).append(_Head(index, match.end()))
    for (kind, _), heads in found.items():
        if len(heads) >= _FEWEST and len(heads) >= _MOST_OF * sum(line.kind == kind for line in lines):
            yield from heads


def _with_own_findings(text: str, lines: Sequence[LineRead]) -> list[LineRead]:
    """Return the lines of a notice that numbers, frames and labels no finding, those that its own name labels framed.

    反馈原文:… 整改回应:…: the first name that recurs is that of the findings where the line behind each of its lines
    begins with another name or a lead-in, and where most of its values tell a shortcoming and nothing done.
    """
    found: dict[str, list[_Head]] = {}
    for index, line in enumerate(lines):
        if line.framed or is_labelled(text, line.segment.content, line.segment.end):
            return list(lines)
        if line.segment.mark is None and (head := _head(text, line)) is not None:
            found.setdefault(head["name"], []).append(_Head(index, head.end()))
    heads = next((heads for heads in found.values() if len(heads) >= _FEWEST), [])
    recurring = (others for others in found.values() if others is not heads and len(others) >= _FEWEST)
    named = {head.index for others in recurring for head in others}
    read = list(lines)
    if heads and any(_is_numbered(line) for line in lines[heads[0].index : heads[-1].index]):
        return read
    if not heads or not all(_is_answered_behind(lines, head.index, named) for head in heads):
        return read
    values = [(head.value, lines[head.index].segment.end) for head in heads]
    finding = pattern("outline", "finding")
    stating = sum(finding.search(text[start:end].rstrip("。;")) is not None for start, end in values)
    if 2 * stating < len(heads) or any(
        start >= end or SIGNS_OF_REPORT.search(text, start, end) for start, end in values
    ):
        return read
    for each, (start, end) in zip(heads, values, strict=True):
        last = end - (text[end - 1] in "。;")
        read[each.index] = read[each.index]._replace(frame=Frame(start, last, end, closed=True, aspect=False))
    return read


def _is_numbered(line: LineRead) -> bool:
    return line.segment.mark is not None and line.segment.mark.kind not in RUN_IN_KINDS


def _is_answered_behind(lines: Sequence[LineRead], index: int, named: Collection[int]) -> bool:
    """Return whether the next line that is no property begins an answer, or with a name that recurs."""
    behind = next((at for at in range(index + 1, len(lines)) if not lines[at].note), None)
    return behind is not None and (lines[behind].answers or behind in named)


def _properties_by_value(text: str, lines: Sequence[LineRead]) -> frozenset[int]:
    """Return the lines that are properties by their value, whatever their name: 完成比例:100%.

    The notice has properties with known names (责任单位:…). Bodies stand right before or behind such, a lead-in
    (整改情况:…), or others of their own kind that do; elsewhere 主办:区图书馆 may be what was done.
    """
    if not any(line.note for line in lines):
        return frozenset()
    found: set[int] = set()
    for order in (range(len(lines)), range(len(lines) - 1, -1, -1)):
        beside = False
        for index in order:
            line = lines[index]
            is_field = line.note or (beside and line.answers)
            unknown = not is_field and _is_property_of(text, line, _bodies() if beside else None)
            beside = is_field or unknown
            found |= {index} if unknown else set()
    return frozenset(found)


def _is_property_of(text: str, line: LineRead, bodies: re.Pattern[str] | None) -> bool:
    """Return whether a line is a short name and behind its colon a share, a date, a state, or ``bodies``."""
    segment = line.segment
    if segment.mark is not None or segment.row is not None or line.answers or line.frame is not None:
        return False
    name = _PROPERTY_NAME.match(text, segment.content, segment.end)
    if name is None or pattern("outline", "afterword").match(text, segment.content, segment.end):
        return False
    start, end = name.end(), segment.end
    if is_share_or_date(text, start, end) or is_state(text, start, end):
        return True
    if bodies is None or pattern("outline", "act").match(text, start):
        return False
    return bodies.fullmatch(text, start, end) is not None


_PROPERTY_NAME = re.compile(r"[\u4e00-\u9fff]{2,8}: *")


@cache
def _bodies() -> re.Pattern[str]:
    body = rf"[^、,;。:() 0-9]{{1,16}}{any_of('cell_body_end')}(?:[(][^()]{{1,12}}[)])?"
    return re.compile(rf"{body}(?:[、,]{body}){{0,7}}[。;]? *")


@dataclass(frozen=True)
class _Head:
    """A line that begins with a name: its place among the lines, and where its value begins (code points)."""

    index: int
    value: int


_NAME = re.compile(
    r"(?P<open>[【\[(])?(?P<name>(?![一二三四五六七八九十0-9]+[是要问、])[\u4e00-\u9fff、/]{2,10}?)"
    r"(?(open)[】\])] *:?|:) *"
)
_BRACKETS = frozenset("【[(")
_FURTHEST_COLON = 11
"""The end of the colon of a name without brackets, in code points from the line's beginning."""
_FEWEST = 2
_MOST_OF = 0.6


def _recurring(text: str, lines: Sequence[LineRead]) -> dict[str, list[_Head]]:
    """Return the names that no list has and that begin lines of two or more findings, with these lines."""
    found: dict[str, list[_Head]] = {}
    for index, line in enumerate(lines):
        if (head := _head(text, line)) is not None:
            found.setdefault(head["name"], []).append(_Head(index, head.end()))
        elif _is_lead_in_alone(text, line):
            words = text[line.segment.content : line.segment.end]
            found.setdefault(f"{_ALONE}{words}", []).append(_Head(index, line.segment.end))
    return {name: heads for name, heads in found.items() if len(heads) >= _FEWEST and _are_apart(text, lines, heads)}


def _head(text: str, line: LineRead) -> re.Match[str] | None:
    """Return the name that a line begins with if it may be an unknown field's; None for none."""
    segment = line.segment
    if line.note or line.state or segment.row is not None or not segment.opens_line:
        return None
    if segment.mark is not None and segment.mark.kind in RUN_IN_KINDS:
        return None
    start = segment.content
    if text[start : start + 1] not in _BRACKETS and text.find(":", start, start + _FURTHEST_COLON) < 0:
        return None  # as of most lines
    name = _NAME.match(text, start, segment.end)
    if name is None or (line.answers and not _is_ahead(name["name"])):
        return None
    if line.framed or names_property(text, start, segment.end) or is_labelled(text, start, segment.end):
        return None
    return name


_ALONE = "\n"
"""Before the name of lead-ins on lines of their own without any mark: 整改做法."""


def _is_lead_in_alone(text: str, line: LineRead) -> bool:
    segment = line.segment
    if segment.mark or segment.row or line.answers or line.note or line.frame or not segment.opens_line:
        return False
    begins = text[segment.content : segment.content + 1] in FIELD_STARTS
    return begins and pattern("outline", "lead_in").fullmatch(text, segment.content, segment.end) is not None


def _is_ahead(name: str) -> bool:
    return pattern("outline", "ahead").match(name) is not None


def _are_apart(text: str, lines: Sequence[LineRead], heads: Sequence[_Head]) -> bool:
    """Return whether most of the lines belong to a finding each: another begins between them."""
    apart = sum(
        any(_may_begin_finding(text, line) for line in lines[before.index + 1 : behind.index])
        for before, behind in pairwise(heads)
    )
    return apart + 1 >= max(_FEWEST, _MOST_OF * len(heads))


def _may_begin_finding(text: str, line: LineRead) -> bool:
    if line.framed or is_labelled(text, line.segment.content, line.segment.end):
        return True
    if line.note or line.state or line.answers:
        return False
    if line.segment.mark is not None:
        return line.segment.mark.kind not in RUN_IN_KINDS
    return text[line.segment.end - 1] not in "。;:,"


def _role(text: str, lines: Sequence[LineRead], name: str, heads: Sequence[_Head]) -> str:
    """Return what a field is by its name, its values and its place: a ``property``, a ``lead_in``, or neither."""
    if _telling().search(name):
        return "property"
    values = [(head.value, lines[head.index].segment.end) for head in heads]
    like_property = sum(_is_value(text, *value) for value in values)
    if like_property >= _MOST_OF * len(heads):
        numbered = any(lines[head.index].segment.mark is not None for head in heads)
        return "property" if not numbered or not _names_act(name) else ""
    if _names_act(name):
        return ""  # 建章立制:…, the topic of a measure
    reports = sum(_reports(text, *value) for value in values) >= _MOST_OF * len(heads)
    before = sum(_is_before_answer(text, lines, head.index) for head in heads)
    return "property" if before * 2 > len(heads) and not reports else "lead_in"


_OF_ALL = "整改"
"""What names of fields begin with, and no topic of a measure: 整改动作."""


def _names_act(name: str) -> bool:
    name = name.removeprefix(_OF_ALL)
    if _is_noun().search(name):
        return False  # 清理情况
    return begins_with_act(name) or _topic().search(name) is not None


@cache
def _topic() -> re.Pattern[str]:
    return re.compile(f"{any_of('topic_end')}$")


@cache
def _is_noun() -> re.Pattern[str]:
    return re.compile(f"{any_of('lead_noun')}$")


@cache
def _telling() -> re.Pattern[str]:
    return re.compile(f"{any_of('field_telling')}$")


_LONGEST_VALUE = 40
_VALUE = re.compile(r"[^,。;:《》]{1,16}[。;]?|(?:[^,、;。:() ]{2,20}(?:[(][^()]{2,40}[)])?[,、; ]*){1,12}[。]?")
_AMOUNT = re.compile(r"[约近超]?[0-9][0-9,.]*[^,。;:0-9]{0,8}[。;]?")


def _is_value(text: str, start: int, end: int) -> bool:
    """Return whether a value is a property's: a share, a date, a state, an amount, bodies, persons or a short name."""
    if is_share_or_date(text, start, end) or is_state(text, start, end) or _AMOUNT.fullmatch(text, start, end):
        return True
    if start >= end or end - start > _LONGEST_VALUE or pattern("outline", "act").match(text, start, end):
        return False
    if _bodies().fullmatch(text, start, end):
        return True
    return _VALUE.fullmatch(text, start, end) is not None and not _reports(text, start, end)


def _reports(text: str, start: int, end: int) -> bool:
    if (
        start >= end
        or pattern("outline", "act").match(text, start, end)
        or pattern("outline", "done").search(text, start, end)
    ):
        return True
    return SIGNS_OF_REPORT.search(text, start, end) is not None


def _is_before_answer(text: str, lines: Sequence[LineRead], index: int) -> bool:
    """Return whether the lead-in of the answer is behind a line, before another finding begins."""
    for line in lines[index + 1 :]:
        if line.answers and lead_in_end(text, line.segment.content, line.segment.end) > line.segment.content:
            return True
        if line.framed or (not line.note and _may_begin_finding(text, line)):
            return False
    return False
