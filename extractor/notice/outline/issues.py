"""The nodes of the rectification part that are issues, and the nodes that group them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from extractor.notice.outline.frames import bracket_at_end
from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.outline_words import SIGNS_OF_REPORT, begins_with_act
from extractor.notice.outline.rectification import (
    COUNT_AT_END,
    HEADING_LENGTH,
    RectificationPart,
    heading_text,
    names_class_of_findings,
    open_with_findings,
)
from extractor.notice.outline.tree import FIELD, OutlineNode
from extractor.text.wording import pattern


class FindingNode(NamedTuple):
    """A node that is an issue, with the nodes that group it, outermost first, and the kinds on the way to it."""

    node: OutlineNode
    groups: tuple[OutlineNode, ...]
    kinds: tuple[str, ...]


def find_findings(text: str, parts: RectificationPart) -> list[FindingNode]:
    """Return the issues of the rectification part in printed order."""
    starts = _starts(parts)
    findings = parts.findings or _over_topics(text, starts)
    if findings:
        framed = [found for node, groups in starts for found in _framed(node, groups, findings)]
        levels = {found.kinds for found in framed}
        if not levels:
            return []
        framing = _Framing(findings, levels)
        return [found for node, groups in starts for found in _framed_levels(text, node, groups, framing)]
    unframed = [found for node, groups in starts for found in _unframed(text, node, groups)]
    if not unframed:
        return []
    usual = Counter(found.kinds for found in unframed)
    level = max(usual, key=lambda kinds: (usual[kinds], -len(kinds)))
    return [found for node, groups in starts for found in _one_level(text, node, groups, level)]


def _starts(parts: RectificationPart) -> list[tuple[OutlineNode, tuple[OutlineNode, ...]]]:
    if parts.container:
        return [(child, ()) for child in parts.nodes[0].parts] or [(parts.nodes[0], ())]
    return [(node, ()) for node in parts.nodes]


def _kinds(groups: tuple[OutlineNode, ...], node: OutlineNode) -> tuple[str, ...]:
    return (*(group.kind for group in groups), node.kind)


def _framed(node: OutlineNode, groups: tuple[OutlineNode, ...], findings: frozenset[OutlineNode]) -> list[FindingNode]:
    """Return the deepest framed headings at or below ``node``."""
    below = [found for child in node.parts for found in _framed(child, (*groups, node), findings)]
    if below:
        return below
    return [FindingNode(node, groups, _kinds(groups, node))] if node in findings else []


_FEWEST_OVER_TOPICS = 2
_MOST = 0.6
_FEW = 0.25
_LACKS = re.compile("[不未缺弱慢难欠差]|滞后")


def _over_topics(text: str, starts: list[tuple[OutlineNode, tuple[OutlineNode, ...]]]) -> frozenset[OutlineNode]:
    """Return the numbered headings that state findings and whose answers are parted by topics.

    1.公路养护不到位 over (1)加大养护投入。一是…: below each heading topics are counted from 1, and hardly one states
    a finding; most name an act or an aim.
    """
    levels: dict[tuple[str, ...], list[OutlineNode]] = {}
    for start, groups in starts:
        for kinds, node in _below(start, tuple(group.kind for group in groups)):
            levels.setdefault(kinds, []).append(node)
    return frozenset(node for nodes in levels.values() if _are_over_topics(text, nodes) for node in nodes)


def _below(node: OutlineNode, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], OutlineNode]]:
    kinds = (*above, node.kind)
    yield kinds, node
    for child in node.parts:
        yield from _below(child, kinds)


def _are_over_topics(text: str, nodes: list[OutlineNode]) -> bool:
    parted = [node for node in nodes if node.parts and node.parts[0].kind not in RUN_IN_KINDS]
    topics = [topic for node in parted for topic in node.parts]
    if len(parted) < _FEWEST_OVER_TOPICS or not any(topic.parts for topic in topics):
        return False
    if any(node.parts[0].number != 1 for node in parted):
        return False
    if sum(_states_finding(text, node) for node in nodes) < _MOST * len(nodes):
        return False
    aims = sum(_is_aim(text, topic) for topic in topics)
    stating = sum(not _is_aim(text, topic) and _names_finding(text, topic) for topic in topics)
    return aims >= len(topics) / 2 and stating <= _FEW * len(topics)


def _states_finding(text: str, node: OutlineNode) -> bool:
    """Return whether a heading states a finding, and groups none: no part's heading, no 党的建设方面."""
    heading = heading_text(text, node)
    if node.frame is not None and node.frame.aspect:
        return False
    if any(pattern("outline", name).search(heading) for name in ("group", "rectification", "leadership")):
        return False
    return _names_finding(text, node)


def _names_finding(text: str, node: OutlineNode) -> bool:
    return pattern("outline", "finding").search(heading_text(text, node)) is not None


def _is_aim(text: str, node: OutlineNode) -> bool:
    """Return whether a topic names an act or an aim (查处违纪行为), and nothing that is lacking (落实制度不严)."""
    heading = heading_text(text, node)
    return begins_with_act(heading) and _LACKS.search(heading) is None


class _Framing(NamedTuple):
    """The nodes that are framed as findings, and the levels they are on."""

    findings: frozenset[OutlineNode]
    levels: set[tuple[str, ...]]


def _unframed(text: str, node: OutlineNode, groups: tuple[OutlineNode, ...]) -> list[FindingNode]:
    """Return the deepest headings with an answer of their own at or below ``node``."""
    parts = [child for child in node.parts if child.kind not in RUN_IN_KINDS and not child.kind.endswith(FIELD)]
    if parts and (node.kind == "group" or _are_answered(text, parts) or _states_findings(text, node, parts)):
        return [found for child in node.parts for found in _unframed(text, child, (*groups, node))]
    return [FindingNode(node, groups, _kinds(groups, node))]


def _framed_levels(
    text: str, node: OutlineNode, groups: tuple[OutlineNode, ...], framing: _Framing
) -> list[FindingNode]:
    """Return the framed headings and the headings on the same levels that forgot their frame."""
    kinds = _kinds(groups, node)
    if any(not framing.findings.isdisjoint(child.walk()) for child in node.parts):
        return [found for child in node.parts for found in _framed_levels(text, child, (*groups, node), framing)]
    if node in framing.findings or (kinds in framing.levels and _has_answer(text, node)):
        return [FindingNode(node, groups, kinds)]
    return _unframed(text, node, groups) if _has_answer(text, node) else []


def _one_level(
    text: str, node: OutlineNode, groups: tuple[OutlineNode, ...], level: tuple[str, ...]
) -> list[FindingNode]:
    """Return the unframed headings on the level on which the notice prints its issues."""
    kinds = _kinds(groups, node)
    if kinds != level[: len(kinds)]:
        return _unframed(text, node, groups) if _has_answer(text, node) else []
    if kinds == level and _is_unanswered(text, node, groups):
        return [FindingNode(node, groups, kinds)]
    if kinds == level or not node.parts:
        return [FindingNode(node, groups, kinds)] if _has_answer(text, node) else []
    return [found for child in node.parts for found in _one_level(text, child, (*groups, node), level)]


def _has_answer(text: str, node: OutlineNode) -> bool:
    """Return whether anything follows a node's heading, in its segment or below it."""
    own = text[node.segment.content : node.segment.end].rstrip("。")
    return bool(node.children) or len(own) > len(heading_text(text, node)) + 1


def _is_unanswered(text: str, node: OutlineNode, groups: Sequence[OutlineNode]) -> bool:
    """Return whether a numbered heading is a finding that has no measures yet: 5.库房失管(正在整改).

    What ends it says how far it is; or it states a shortcoming beside findings with answers, or below a group of such.
    """
    start, end = node.segment.content, node.segment.end
    if node.segment.mark is None or node.children or end - start > HEADING_LENGTH:
        return False
    if bracket_at_end(text, start, end) < end:
        return True
    if not _states_finding(text, node) or pattern("outline", "act").match(text, start, end):
        return False
    if not groups or any(_has_answer(text, part) for part in groups[-1].parts):
        return True
    above = heading_text(text, groups[-1])
    return COUNT_AT_END.search(above) is not None or pattern("outline", "group").search(above) is not None


def _are_answered(text: str, parts: list[OutlineNode]) -> bool:
    """Return whether numbered paragraphs are headings with answers.

    A paragraph behind the last of them alone goes on from them all.
    """
    answered = [part for part in parts if _answers_itself(text, part)]
    return bool(answered) and (len(parts) == 1 or answered != parts[-1:] or bool(parts[-1].parts))


def _answers_itself(text: str, node: OutlineNode) -> bool:
    """Return whether a node is a heading with an answer below it; a paragraph may be its own answer."""
    if node.parts:
        return True
    own = text[node.segment.content : bracket_at_end(text, node.segment.content, node.segment.end)]
    answered = any(not child.remark for child in node.children)
    return answered and len(own) <= HEADING_LENGTH and "。" not in own[:-1]


def _goes_on(text: str, node: OutlineNode) -> bool:
    """Return whether a paragraph opens with a short sentence, as a heading is, and another is behind it."""
    first = heading_text(text, node)
    return len(first) <= HEADING_LENGTH and node.segment.content + len(first) + 2 < node.segment.end


def _tells_finding(text: str, node: OutlineNode) -> bool:
    """Return whether a numbered paragraph is a short finding and its answer: 1.白条入账。补齐手续21张。."""
    first = heading_text(text, node)
    if len(first) > _LONGEST_TOLD or "," in first or SIGNS_OF_REPORT.search(first) or (node.frame and node.frame.aims):
        return False
    if begins_with_act(first):
        return False
    return _goes_on(text, node) and pattern("outline", "finding").search(first) is not None


def _states_findings(text: str, node: OutlineNode, children: list[OutlineNode]) -> bool:
    """Return whether most numbered paragraphs of a group open with a finding and go on with its answer."""
    finding = pattern("outline", "finding")
    heading = heading_text(text, node)
    if node.frame is None and heading.endswith(_FIELDS) and _are_told_and_answered(text, children):
        return True
    told = COUNT_AT_END.search(heading)
    if told and int(told["count"]) == len(children):
        return True  # 立行立改类问题(2个) over two numbered paragraphs
    if names_class_of_findings(heading) and all(_goes_on(text, child) for child in children):
        return True
    heading = heading[: told.start()] if told else heading
    names_group = node.frame is not None and node.frame.aspect
    if finding.search(heading) and not names_group and not pattern("outline", "group").search(heading):
        return len(children) > 1 and all(_tells_finding(text, child) for child in children)
    return open_with_findings(text, children)


_FIELDS = ("方面", "领域", "环节", "板块")
_FEWEST_TOLD = 2
_LONGEST_TOLD = 30
_NAMES_SOMETHING_DONE = re.compile("[0-9《,]|已")
_LACKING = re.compile("[不未缺弱慢难欠差低乱偏虚]|滞后|违规|闲置|超期|重复")


def _are_told_and_answered(text: str, children: list[OutlineNode]) -> bool:
    """Return whether numbered paragraphs of a field all open with a short sentence that names neither act nor aim.

    Half of them or more name something that is lacking, in words that no list of findings has.
    """
    told = [heading_text(text, child) for child in children if _goes_on(text, child)]
    if len(told) < len(children) or len(told) < _FEWEST_TOLD:
        return False
    if any(map(begins_with_act, told)) or any(
        len(words) > _LONGEST_TOLD or _NAMES_SOMETHING_DONE.search(words) for words in told
    ):
        return False
    return sum(_LACKING.search(words) is not None for words in told) * 2 >= len(told)
