"""A notice of one finding, whose parts are its properties: 一、反馈问题 二、整改目标 三、整改措施 四、整改完成情况.

Public notices of single tasks of an environmental inspection are printed so. Such parts are known by the headings that
columns of tables have, too. They are numbered, or stand in brackets on lines of their own: 【反馈问题】.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

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


def outline_task(text: str, nodes: Sequence[OutlineNode], segments: Sequence[Segment]) -> IssueOutline | None:
    """Return the one issue of a notice whose parts are properties of it; None where they are not."""
    for parts in (_numbered_parts(text, nodes), _bracketed_parts(text, segments)):
        while parts and not parts[-1].kind:  # the next steps
            parts.pop()
        if _is_task(parts):
            return _outline(text, parts)
    return None


def _numbered_parts(text: str, nodes: Sequence[OutlineNode]) -> list[_Part]:
    """Return the parts that enumerators begin: 一、反馈问题."""
    return [
        _Part(column_kind(_heading(text, node)), Place(node.segment.start, node.segment.end), node.children)
        for node in nodes
        if node.segment.mark is not None
    ]


_FIELD = re.compile(r"[【\[〔](?P<name>[^【】\[\]〔〕\n]{2,16})[】\]〕] *:? *\n*")


def _bracketed_parts(text: str, segments: Sequence[Segment]) -> list[_Part]:
    """Return the parts that a name in brackets begins (【反馈问题】), its value behind it or below.

    None of them where a line is numbered before them, or a table is among them: they are no parts of the whole notice.
    """
    fields = {k: field for k, each in enumerate(segments) if (field := _field_at(text, each))}
    starts = list(fields)
    if len(starts) < _FEWEST_PARTS or any(each.row is not None for each in segments):
        return []
    if any(each.mark is not None for each in segments[: starts[0]]):
        return []
    kinds = [column_kind(field["name"]) for field in fields.values()]
    if kinds.count("finding") != 1:
        return []
    parts = []
    for kind, start, end in zip(kinds, starts, [*starts[1:], len(segments)], strict=True):
        field, own = fields[start], segments[start]
        below = list(segments[start + 1 : end])
        if field.end() < own.end:
            below.insert(0, own._replace(start=field.end(), content=field.end()))
        heading = Place(own.start, min(field.end("name") + 1, own.end))
        parts.append(_Part(kind, heading, grow(text, below, opened=True)))
    return parts


def _field_at(text: str, segment: Segment) -> re.Match[str] | None:
    return _FIELD.match(text, segment.start, segment.end) if segment.mark is None and segment.opens_line else None


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
