"""Which nodes of the rectification part are issues, and which group them."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.parts import Parts, heading_text
from extractor.notice.outline.tree import Node
from extractor.text.wording import pattern


class Finding(NamedTuple):
    """A node that is an issue, with the nodes that group it, outermost first, and the kinds on the way to it."""

    node: Node
    groups: tuple[Node, ...]
    kinds: tuple[str, ...]


_HEADING_LENGTH = 80


def find_findings(text: str, parts: Parts) -> list[Finding]:
    """The issues of the rectification part in printed order."""
    starts = _starts(parts)
    if parts.framed:
        framed = [found for node, groups in starts for found in _framed(node, groups)]
        levels = {found.kinds for found in framed}
        if not levels:
            return []
        return [found for node, groups in starts for found in _framed_levels(text, node, groups, levels)]
    unframed = [found for node, groups in starts for found in _unframed(text, node, groups)]
    if not unframed:
        return []
    usual = Counter(found.kinds for found in unframed)
    level = max(usual, key=lambda kinds: (usual[kinds], -len(kinds)))
    return [found for node, groups in starts for found in _one_level(text, node, groups, level)]


def _starts(parts: Parts) -> list[tuple[Node, tuple[Node, ...]]]:
    if parts.container:
        return [(child, ()) for child in parts.nodes[0].parts] or [(parts.nodes[0], ())]
    return [(node, ()) for node in parts.nodes]


def _kinds(groups: tuple[Node, ...], node: Node) -> tuple[str, ...]:
    return (*(group.kind for group in groups), node.kind)


def _framed(node: Node, groups: tuple[Node, ...]) -> list[Finding]:
    """The deepest framed headings at or below ``node``."""
    below = [found for child in node.parts for found in _framed(child, (*groups, node))]
    if below:
        return below
    return [Finding(node, groups, _kinds(groups, node))] if node.finding else []


def _unframed(text: str, node: Node, groups: tuple[Node, ...]) -> list[Finding]:
    """The deepest headings with an answer of their own at or below ``node``."""
    parts = [child for child in node.parts if child.kind not in RUN_IN_KINDS]
    if parts and (any(_answers_itself(text, child) for child in parts) or _states_findings(text, node, parts)):
        return [found for child in node.parts for found in _unframed(text, child, (*groups, node))]
    return [Finding(node, groups, _kinds(groups, node))]


def _framed_levels(text: str, node: Node, groups: tuple[Node, ...], levels: set[tuple[str, ...]]) -> list[Finding]:
    """The framed headings again, and with them the headings on the same levels that forgot their frame."""
    kinds = _kinds(groups, node)
    if any(below.finding for child in node.parts for below in child.walk()):
        return [found for child in node.parts for found in _framed_levels(text, child, (*groups, node), levels)]
    if node.finding or (kinds in levels and _has_answer(text, node)):
        return [Finding(node, groups, kinds)]
    return _unframed(text, node, groups) if _has_answer(text, node) else []


def _one_level(text: str, node: Node, groups: tuple[Node, ...], level: tuple[str, ...]) -> list[Finding]:
    """Unframed headings again, now that the notice has shown on which level it prints its issues."""
    kinds = _kinds(groups, node)
    if kinds != level[: len(kinds)]:
        return _unframed(text, node, groups) if _has_answer(text, node) else []
    if kinds == level or not node.parts:
        return [Finding(node, groups, kinds)] if _has_answer(text, node) else []
    return [found for child in node.parts for found in _one_level(text, child, (*groups, node), level)]


def _has_answer(text: str, node: Node) -> bool:
    """Whether anything is said under or after a node's heading."""
    own = text[node.segment.content : node.segment.end].rstrip("。")
    return bool(node.children) or len(own) > len(heading_text(text, node)) + 1


def _answers_itself(text: str, node: Node) -> bool:
    """Whether a node is a heading with an answer below it, rather than a paragraph that is one."""
    if node.parts:
        return True
    own = text[node.segment.content : node.segment.end]
    return bool(node.children) and len(own) <= _HEADING_LENGTH and "。" not in own[:-1]


def _states_findings(text: str, node: Node, children: list[Node]) -> bool:
    """Whether numbered paragraphs below a group each open with a finding and go on with its answer."""
    finding = pattern("outline", "finding")
    heading = heading_text(text, node)
    if finding.search(heading) and not pattern("outline", "group").search(heading):
        return False
    stating = 0
    for child in children:
        first = heading_text(text, child)
        goes_on = child.segment.end - child.segment.content > len(first) + 5
        stating += goes_on and len(first) <= _HEADING_LENGTH and bool(finding.search(first))
    return stating * 2 > len(children)
