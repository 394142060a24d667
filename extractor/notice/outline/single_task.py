"""A notice of one finding, whose parts are its properties: 一、反馈问题 二、整改目标 三、整改措施 四、整改完成情况.

Public notices of single tasks of an environmental inspection are printed so. Such parts are known by the headings that
columns of tables have, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractor.notice.outline.measures import IssueOutline, MeasureOutline, Rest, read_children
from extractor.notice.outline.property_lines import Property, Role, cell_properties
from extractor.notice.outline.rectification import heading_text
from extractor.notice.outline.tree import OutlineNode
from extractor.text.column_headings import column_kind
from extractor.text.places import Place

_FEWEST_PARTS = 3
_REST_KINDS = {"deadline": "deadline"}
_ROLES: Mapping[str, Role] = {"responsible": "responsible", "deadline": "deadline"}


def outline_task(text: str, nodes: Sequence[OutlineNode]) -> IssueOutline | None:
    """Return the one issue of a notice whose parts are properties of it; None where they are not."""
    top = [node for node in nodes if node.segment.mark is not None]
    kinds = [column_kind(_heading(text, node)) for node in top]
    while kinds and not kinds[-1]:  # the next steps
        kinds.pop()
    answers = "progress" if "progress" in kinds else "measure"
    if len(kinds) < _FEWEST_PARTS or not all(kinds) or kinds.count("finding") != 1 or answers not in kinds:
        return None
    parts = list(zip(kinds, top, strict=False))
    finding = top[kinds.index("finding")]
    if len(finding.children) != 1 or finding.children[0].kind != "paragraph":
        return None
    title = finding.children[0].segment
    measures: list[MeasureOutline] = []
    rests: list[Rest] = []
    properties: list[Property] = []
    for kind, node in parts:
        heading = Place(node.segment.start, node.segment.end)
        rests.append(Rest("heading", heading))
        if kind == answers:
            read_children(text, node.children, (measures, rests))
        elif node.children:
            named = "heading" if node is finding else _REST_KINDS.get(kind, "note")
            content = Place(node.children[0].segment.start, node.end)
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
