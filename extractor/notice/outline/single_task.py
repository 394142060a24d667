"""A notice of one finding, whose parts are its properties: 一、反馈问题 二、整改目标 三、整改措施 四、整改完成情况.

Public notices of single tasks of an environmental inspection are printed so, or of a few, one behind another. Such
parts are known by the headings that columns of tables have, too. They are numbered, or stand in brackets: 【反馈问题】;
those of one task alone may have neither: 整改任务:….
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.notice.outline.frames import is_labelled
from extractor.notice.outline.measures import IssueOutline, MeasureOutline, Rest, read_children
from extractor.notice.outline.property_lines import Property, Role, cell_properties
from extractor.notice.outline.rectification import heading_text
from extractor.notice.outline.segments import Segment
from extractor.notice.outline.tree import OutlineNode, grow
from extractor.text.column_headings import column_kind
from extractor.text.places import Place

_FEWEST_PARTS = 3
_ANSWERS = frozenset({"measure", "progress"})
_REST_KINDS = {"deadline": "deadline"}
_ROLES: Mapping[str, Role] = {"responsible": "responsible", "deadline": "deadline"}


class _Part(NamedTuple):
    """A part of such a notice: what kind of field its heading names, the heading, and what is below it."""

    kind: str
    heading: Place
    children: Sequence[OutlineNode]


def outline_tasks(text: str, nodes: Sequence[OutlineNode], segments: Sequence[Segment]) -> list[IssueOutline]:
    """Return the issues of a notice whose parts are properties of one, or in turn of each of several; none for none."""
    for parts in (_numbered_parts(text, nodes), _fields(text, segments)):
        tasks = [_without_end(task) for task in _tasks(parts)]
        outlines = [_outline(text, task) for task in tasks if _is_task(task)]
        found = [outline for outline in outlines if outline is not None]
        if found and len(found) == len(tasks):
            return found
    parts = _plain_fields(text, segments)
    alone = _outline(text, parts) if parts and _is_task(parts) else None
    return [alone] if alone else []


def _tasks(parts: Sequence[_Part]) -> list[list[_Part]]:
    """Return the parts of each task: each begins with a field of the same kind."""
    kinds = [part.kind for part in parts]
    begin = [k for k, kind in enumerate(kinds) if kind == kinds[0]]
    if not parts:
        return []
    if len(begin) != kinds.count("finding"):
        begin = [0]
    return [list(parts[start:end]) for start, end in zip(begin, [*begin[1:], len(parts)], strict=True)]


def _without_end(task: list[_Part]) -> list[_Part]:
    """Return the parts of a task without unknown ones at its end, the next steps."""
    return task[: max((k + 1 for k, part in enumerate(task) if part.kind), default=0)]


def _numbered_parts(text: str, nodes: Sequence[OutlineNode]) -> list[_Part]:
    """Return the parts that enumerators begin: 一、反馈问题."""
    return [
        _Part(column_kind(_heading(text, node)), Place(node.segment.start, node.segment.end), node.children)
        for node in nodes
        if node.segment.mark is not None
    ]


_IN_BRACKETS = r"[【\[〔](?P<bracketed>[^【】\[\]〔〕\n]{2,16})[】\]〕] *:?"
_BRACKETED = re.compile(rf"{_IN_BRACKETS}[ \n]*")
_NUMBERED = re.compile(rf"(?:{_IN_BRACKETS}|(?P<name>[^【】\[\]〔〕\n:。;,]{{2,16}})(?::|$))[ \n]*")


def _fields(text: str, segments: Sequence[Segment]) -> list[_Part]:
    """Return the parts that a name begins with its value behind it or below: 【反馈问题】, (一)反馈问题:….

    All are numbered in one way, or in brackets without numbers. None where a line is numbered before them, or where a
    table is among them: they are no parts of the whole notice.
    """
    first = next((each for each in segments if each.mark or _field_at(text, each)), None)
    if first is None or not _kind(_field_at(text, first)) or any(each.row is not None for each in segments):
        return []
    starts = _starts(text, segments, first)
    kinds = [_kind(_field_at(text, segments[k])) for k in starts]
    if len(starts) < _FEWEST_PARTS or "finding" not in kinds:
        return []
    parts = []
    for kind, start, end in zip(kinds, starts, [*starts[1:], len(segments)], strict=True):
        field, own = _field_at(text, segments[start]), segments[start]
        below = list(segments[start + 1 : end])
        content = field.end() if field else own.end
        if content < own.end:
            below.insert(0, Segment(content, content, own.end, None, opens_line=True))
        heading = Place(own.start, own.start + len(text[own.start : content].rstrip()))
        parts.append(_Part(kind, heading, grow(text, below, opened=True)))
    return parts


_PLAIN = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,12}): *")
_DUTIES = frozenset({"finding", "responsible", "deadline", "note", "measure", "progress", "state"})


def _plain_fields(text: str, segments: Sequence[Segment]) -> list[_Part]:
    """Return the parts that a plain name with a colon begins, each on a line: 整改任务:…, 整改完成情况:….

    Nothing is numbered before the first of them, and of the last only what is numbered goes on.
    """
    kinds = [_plain_kind(text, each) for each in segments]
    starts = [k for k, kind in enumerate(kinds) if kind]
    if len(starts) < _FEWEST_PARTS or kinds.count("finding") != 1:
        return []
    if any(each.mark is not None or each.row is not None for each in segments[: starts[0]]):
        return []
    last = starts[-1] + 1
    while last < len(segments) and (segments[last].mark is not None or last == starts[-1] + 1):
        last += 1
    parts = []
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        own = segments[start]
        name = _PLAIN.match(text, own.content, own.end)
        content = name.end() if name else own.end
        below = list(segments[start + 1 : end])
        if content < own.end:
            below.insert(0, Segment(content, content, own.end, None, opens_line=True))
        parts.append(_Part(kinds[start], Place(own.start, content), grow(text, below, opened=True)))
    return parts


def _plain_kind(text: str, segment: Segment) -> str:
    if segment.mark is not None or segment.row is not None or not segment.opens_line:
        return ""
    name = _PLAIN.match(text, segment.content, segment.end)
    kind = column_kind(name["name"]) if name else ""
    return kind if kind in _DUTIES else ""


def _starts(text: str, segments: Sequence[Segment], first: Segment) -> list[int]:
    """Return the indices of the segments that begin parts; an answer may be numbered from 1 like the parts are."""
    found: list[int] = []
    last, restarted = 0, False
    for k, each in enumerate(segments):
        if not _is_alike(text, each, first):
            continue
        number = each.mark.number if each.mark else last + 1
        if (number > last and _kind(_field_at(text, each))) or (number == last + 1 and not restarted):
            found.append(k)
            last = number
        else:
            restarted = True
    return found


def _is_alike(text: str, segment: Segment, first: Segment) -> bool:
    """Return whether a segment begins a part as the first one does: by a number of its kind, or a name in brackets."""
    if not segment.opens_line or first.mark is None or segment.mark is None:
        return first.mark is None and _field_at(text, segment) is not None and segment.mark is None
    return segment.mark.kind == first.mark.kind


def _field_at(text: str, segment: Segment) -> re.Match[str] | None:
    form = _NUMBERED if segment.mark else _BRACKETED
    return form.match(text, segment.content, segment.end) if segment.opens_line else None


def _kind(field: re.Match[str] | None) -> str:
    """Return what a part tells by its name, as the columns of tables are told; nothing for an unknown one."""
    if field is None:
        return ""
    known = column_kind(field["bracketed"] or field.groupdict().get("name") or "")
    return known or ("finding" if is_labelled(field.string, *field.span()) else "")


def _is_task(parts: Sequence[_Part]) -> bool:
    """Return whether parts are those of one task: all known, with one finding in one paragraph, and an answer."""
    kinds = [part.kind for part in parts]
    if len(kinds) < _FEWEST_PARTS or not all(kinds) or kinds.count("finding") != 1 or _ANSWERS.isdisjoint(kinds):
        return False
    finding = parts[kinds.index("finding")].children
    return len(finding) == 1 and finding[0].kind == "paragraph"


def _outline(text: str, parts: Sequence[_Part]) -> IssueOutline | None:
    answers = "progress" if any(part.kind == "progress" for part in parts) else "measure"
    title = next(part.children[0].segment for part in parts if part.kind == "finding")
    measures: list[MeasureOutline] = []
    rests: list[Rest] = []
    properties: list[Property] = []
    for kind, heading, children in parts:
        rests.append(Rest("heading", heading))
        if kind == answers:
            read_children(text, list(children), (measures, rests))
        elif children:
            named = "heading" if kind == "finding" else _REST_KINDS.get(kind, "note")
            content = Place(children[0].segment.start, children[-1].end)
            rests.append(Rest(named, content))
            if kind in _ROLES:
                properties += cell_properties(text, _ROLES[kind], content, content)
    end = title.end
    while end > title.start and text[end - 1] in "。;":
        end -= 1
    if not measures:
        return None
    place = Place(title.start, max(end, *(measure.text.end for measure in measures)))
    beside = tuple(rest.text for rest in rests if rest.text.start >= place.start and rest.text.end <= place.end)
    return IssueOutline(
        place, None, Place(title.content, end), (), (), tuple(measures), tuple(rests), beside, tuple(properties)
    )


def _heading(text: str, node: OutlineNode) -> str:
    """Return a part's heading if that is all its own line says."""
    heading = heading_text(text, node)
    return heading if len(heading) + 1 >= node.segment.end - node.segment.content else ""
