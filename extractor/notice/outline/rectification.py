"""The rectification part: the top-level parts of a notice that hold findings.

The leadership part, the next steps and the closing are none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from extractor.notice.outline.marks import RUN_IN_KINDS
from extractor.notice.outline.property_lines import property_bracket_at_end
from extractor.notice.outline.tree import OutlineNode
from extractor.text.places import Place
from extractor.text.wording import pattern


class RectificationPart(NamedTuple):
    """The rectification part: its top-level nodes, and whether the only one is its own heading (not a group).

    ``findings`` are the nodes below that are framed as findings; none where the notice does not frame them.
    """

    nodes: tuple[OutlineNode, ...]
    container: bool
    findings: frozenset[OutlineNode]


HEADING_LENGTH = 80
"""The longest heading, in code points."""
_HEADING_READ = 14
_SENTENCE = re.compile(r"[^。:;!?\n]*")


def heading_text(text: str, node: OutlineNode) -> str:
    """Return the first sentence of a node's own text, without its closing mark."""
    match = _SENTENCE.match(text, node.segment.content, node.segment.end)
    return match.group() if match else ""


def heading_place(text: str, node: OutlineNode) -> Place:
    """Return the place of a grouping heading without its enumerator and final mark."""
    start = node.segment.content
    bracket = property_bracket_at_end(text, start, node.segment.end)
    end = min(start + len(heading_text(text, node).rstrip()), bracket)
    if node.kind == "group" and text[start] in "【[〔":
        return Place(start + 1, max(text.rfind(mark, start, end) for mark in "】]〕"))
    return Place(start, end)


def find_parts(text: str, nodes: list[OutlineNode]) -> RectificationPart:
    """Find the rectification part among the top-level nodes."""
    top = [node for node in nodes if node.kind != "paragraph"]
    first, last = _without_ends(text, top)
    candidates = top[first:last]
    findings = _framed_findings(text, candidates)
    if findings:
        bearing = [i for i, node in enumerate(candidates) if not findings.isdisjoint(node.walk())]
        chosen = candidates[bearing[0] : bearing[-1] + 1]
        if candidates[bearing[0]] in findings:
            chosen = candidates  # findings at the top: their unframed neighbours are findings too
    else:
        chosen = _dominant(text, candidates)
    container = len(chosen) == 1 and chosen[0] not in findings and bool(chosen[0].children)
    return RectificationPart(tuple(chosen), container, findings)


def _without_ends(text: str, top: list[OutlineNode]) -> tuple[int, int]:
    """Return the range of parts without those whose wording makes them leadership (in front) or next steps (behind)."""
    leadership, next_steps = pattern("outline", "leadership"), pattern("outline", "next_steps")
    group = pattern("outline", "group")
    first, last = 0, len(top)

    def frameless(node: OutlineNode) -> bool:
        return not any(below.finding for below in node.walk())

    while first < last - 1 and frameless(top[first]) and leadership.search(heading_text(text, top[first])):
        first += 1
    ahead_only = pattern("outline", "ahead_only")
    while last - 1 > first and (
        frameless(top[last - 1]) or ahead_only.search(heading_text(text, top[last - 1])[:_HEADING_READ])
    ):
        heading = heading_text(text, top[last - 1])
        if not next_steps.search(heading) or (group.search(heading) and "下一步" not in heading):
            break
        if names_class_of_findings(heading) or _states_lack(heading):
            break  # 要求持续整改的问题(2个), 公厕后续管护差
        last -= 1
    return first, last


_ANY_PROBLEM = re.compile("问题|难题|难点|隐患|短板|漏洞|差距|薄弱|风险|不(?:断|够|足)|存在")


def _states_lack(heading: str) -> bool:
    """Return whether a heading says what is lacking, and does not only speak of problems: no 持续抓好突出问题整改."""
    return pattern("outline", "finding").search(_ANY_PROBLEM.sub("", heading)) is not None


COUNT_AT_END = re.compile(
    r"(?P<bracket>[(])?(?:共|计)?(?P<count>[0-9]{1,3}) ?[个项条件](?:具体)?(?:问题|事项|任务)?(?(bracket)[)])$"
)
"""How many findings a group's heading says it holds: 立行立改类问题(2个), 正在整改的2个."""


_NAMES_OF_FINDINGS = ("问题", "事项", "任务")


def names_class_of_findings(heading: str) -> bool:
    """Return whether a heading groups findings by how far they are or are to be put right, and says no more."""
    told = COUNT_AT_END.search(heading)
    words = heading[: told.start()] if told else heading
    if told and not words.endswith(_NAMES_OF_FINDINGS):
        words = f"{words.removesuffix('的')}{_NAMES_OF_FINDINGS[0]}"  # 需持续整改的2个
    return pattern("outline", "class_group").search(words.rstrip(":")) is not None


_Level = tuple[str, ...]
"""The kinds of the nodes above a node and its own, outermost first."""
_FEWEST_FRAMES = 3
_LEAST_FRAMED = 0.3


def _framed_findings(text: str, candidates: list[OutlineNode]) -> frozenset[OutlineNode]:
    """Return the nodes whose frames count as findings; none where the notice does not frame its findings."""
    below = [each for top in candidates for each in _with_levels(top, ())]
    findings = _closed_frames(text, below) or _usual_open_frames(below)
    every = Counter(level for level, _ in below)
    framed = Counter(level for level, node in below if node in findings)
    if any(count >= _FEWEST_FRAMES or count / every[level] >= _LEAST_FRAMED for level, count in framed.items()):
        return findings
    return frozenset()  # a stray 关于…的问题 among many headings frames nothing


def _closed_frames(text: str, below: list[tuple[_Level, OutlineNode]]) -> frozenset[OutlineNode]:
    """Return the nodes that are findings by themselves; fields (在“…”方面) only where there is nothing else."""
    findings = frozenset(node for _, node in below if node.finding)
    proper = frozenset(node for node in findings if not (node.frame and node.frame.aspect))
    return proper or frozenset(node for node in findings if not _groups_findings(text, node))


def _groups_findings(text: str, node: OutlineNode) -> bool:
    """Return whether a field that is not quoted, 关于作风建设方面问题的整改, has headings with answers below it."""
    if node.frame is None or text[node.frame.title_start - 1] in "“「『‘":
        return False
    parts = [part for part in node.parts if part.kind not in RUN_IN_KINDS]
    if len(parts) > 1 and all(part.frame is not None and not part.frame.aims for part in parts):
        return True  # 1.针对“…”问题,…
    if len(parts) > 1 and _COUNTS_FINDINGS.search(text[node.frame.title_start : node.frame.title_end]):
        return True
    return open_with_findings(text, parts) or any(
        part.parts or any(not child.remark for child in part.children) for part in parts
    )


_COUNTS_FINDINGS = re.compile("的[0-9一二三四五六七八九十]{1,3}[个项类]$")
"""How a frame's title ends that counts the findings below it: 党建方面的3个(问题)."""


def open_with_findings(text: str, parts: Sequence[OutlineNode]) -> bool:
    """Return whether most of these numbered paragraphs open with a finding and go on with its answer."""
    finding = pattern("outline", "finding")
    stating = 0
    for part in parts:
        first = heading_text(text, part)
        goes_on = part.segment.end - part.segment.content > len(first) + 5
        stating += goes_on and len(first) <= HEADING_LENGTH and bool(finding.search(first))
    return stating * 2 > len(parts)


def _usual_open_frames(below: list[tuple[_Level, OutlineNode]]) -> frozenset[OutlineNode]:
    """Return the nodes with a frame on levels that have two or more of them."""
    framed = [(level, node) for level, node in below if node.frame and not node.frame.aims and not node.finding]
    opened = Counter(level for level, _ in framed)
    return frozenset(node for level, node in framed if opened[level] >= 2)


def _with_levels(node: OutlineNode, above: _Level) -> list[tuple[_Level, OutlineNode]]:
    level = (*above, node.kind)
    found = [(level, node)]
    for child in node.parts:
        found.extend(_with_levels(child, level))
    return found


def _dominant(text: str, candidates: list[OutlineNode]) -> list[OutlineNode]:
    """Return the one part that holds most of the text if it reads like the answer's heading, else all parts."""
    if len(candidates) < 2:
        return candidates
    alone = _only_with_findings(text, candidates)
    if alone is not None:
        return [alone]
    sizes = [node.end - node.segment.start for node in candidates]
    largest = max(range(len(candidates)), key=sizes.__getitem__)
    main = candidates[largest]
    heading = heading_text(text, main)
    if (
        sizes[largest] < 0.6 * sum(sizes)
        or re.search(r"(?:方面|领域)[】\]〕]?$", heading)
        or names_class_of_findings(heading)
        or not main.parts
    ):
        return candidates
    named = pattern("outline", "rectification").search(heading) is not None
    if not any(part.parts or (named and _has_answer_below(text, part)) for part in main.parts):
        return candidates
    if not named and any(_heads_findings(text, node, main) for node in candidates if node is not main):
        return candidates
    return [main]


def _only_with_findings(text: str, candidates: Sequence[OutlineNode]) -> OutlineNode | None:
    """Return the one part with headings below it, most of which state findings or are answered; None for none.

    The other parts are plain paragraphs below headings that state none (提高站位抓整改); nor does its own.
    """
    parted = [node for node in candidates if any(part.kind not in RUN_IN_KINDS for part in node.parts)]
    if len(parted) != 1 or len(parted[0].parts) < _FEWEST_FINDINGS:
        return None
    finding, group = pattern("outline", "finding"), pattern("outline", "group")
    named = pattern("outline", "rectification").search(heading_text(text, parted[0])) is not None
    for node in candidates:
        heading = heading_text(text, node)
        if node is parted[0] and named and not finding.search(heading.replace("问题", "")):
            continue  # 反馈问题整改落实情况
        if node is not parted[0] and _tells_of_whole(heading):
            continue  # 整改成效
        if finding.search(heading) or group.search(heading):
            return None
    inside = [
        node for node in parted[0].walk() if node is not parted[0] and node.kind not in (*RUN_IN_KINDS, "paragraph")
    ]
    stating = sum(finding.search(text, *heading_place(text, node)) is not None for node in inside)
    return parted[0] if stating * 2 >= len(inside) else None


def _tells_of_whole(heading: str) -> bool:
    """Return whether a heading without parts below it tells of the whole: its effects, or what was handed over."""
    return pattern("outline", "whole_part").search(heading) is not None


_FEWEST_FINDINGS = 2


def _has_answer_below(text: str, node: OutlineNode) -> bool:
    """Return whether a line is a heading that states a finding, with paragraphs below it that answer."""
    finding = pattern("outline", "finding").search(heading_text(text, node))
    return finding is not None and any(not child.remark for child in node.children)


def _heads_findings(text: str, node: OutlineNode, main: OutlineNode) -> bool:
    """Return whether a part holds findings as the largest part does: headings of the same kind that state some."""
    finding = pattern("outline", "finding")
    alike = [part for part in node.parts if part.kind == main.parts[0].kind and part.children]
    return bool(alike) and all(finding.search(heading_text(text, part)) for part in alike)
