"""Findings that are listed first and answered further on by their numbers.

Either a part lists all findings and a later one answers them (针对第1、2个问题:…, or the same numbers again), or each
group prints both lists: 反馈意见:1.…2.… and 整改情况:1.…2.…. The answers are hung below their findings; an answer of
several findings below the first of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from extractor.notice.outline.frames import REFERENCE, lead_in_end
from extractor.notice.outline.marks import chinese_number
from extractor.notice.outline.outline_words import any_of
from extractor.notice.outline.rectification import heading_text
from extractor.notice.outline.segments import Segment
from extractor.notice.outline.tree import OutlineNode
from extractor.text.wording import pattern

_FEWEST = 2
_LONGEST_FINDING = 150
_LONGEST_INTRODUCTION = 30
_LIKE = 0.5
"""The share of a finding's pairs of characters from which on an answer's first sentence states it again."""


class _Answer(NamedTuple):
    """The numbers of the findings that an answer is for, and its nodes in printed order."""

    numbers: tuple[int, ...]
    nodes: Sequence[OutlineNode]


class _Lists(NamedTuple):
    """Two lists that a group prints, each behind its introduction; no answers where their numbers differ.

    ``notes`` are the properties (责任单位:…) that end the second one.
    """

    introduction: OutlineNode
    findings: Sequence[OutlineNode]
    answers: Sequence[_Answer]
    behind: Sequence[OutlineNode]
    notes: Sequence[OutlineNode]


def hang_answers(text: str, nodes: list[OutlineNode]) -> list[OutlineNode]:
    """Return a notice's top-level nodes, answers that tell no more than the numbers of their findings below these."""
    root = OutlineNode(Segment(0, 0, 0, None, opens_line=True), "root")
    for node in nodes:
        root.add(node)
    holders = [root]
    while holders:
        holder = holders.pop()
        holders += [part for part in holder.parts if part.parts]
        if len(holder.parts) >= _FEWEST:
            _pair_parts(text, holder.parts)
            _pair_lists(text, holder)
    return root.children


def _pair_parts(text: str, parts: list[OutlineNode]) -> None:
    """Pair the findings that one of these parts lists with the answers of a later one.

    Where that states them again, the list is no part.
    """
    listing = next((k for k, part in enumerate(parts) if part.parts and _lists_findings(text, part)), None)
    if listing is None:
        return
    findings = _leaves(parts[listing])
    for part in parts[listing + 1 :]:
        if not _answers_findings(text, part):
            continue
        answers = _referring(text, list(part.walk())[1:])
        by_number = {finding.number: finding for finding in findings}
        if not answers or len(by_number) < len(findings):  # numbers that start over in each group
            by_number = dict(enumerate(findings, start=1))
        answers = answers or _same_numbers(text, parts[listing], part)
        if answers and _are_for(by_number, answers):
            for finding in findings:
                finding.finding = True
            for answer in answers:
                by_number[answer.numbers[0]].answers += _nested(answer.nodes)
            part.children, part.parts = [], []
        elif _restates(text, findings, part):
            parts.pop(listing).kind = "paragraph"
        return


def _lists_findings(text: str, part: OutlineNode) -> bool:
    """Return whether a part's heading names all findings, and each of its items is one and no more."""
    start, content, end = part.segment[:3]
    if content == start or end - content > _LONGEST_INTRODUCTION:
        return False
    if not _names_findings(heading_text(text, part)):
        return False
    leaves = _leaves(part)
    return len(leaves) >= _FEWEST and all(_is_bare(leaf) for leaf in leaves)


def _leaves(part: OutlineNode) -> list[OutlineNode]:
    return [node for node in part.walk() if node is not part and node.segment.mark and not node.parts]


def _is_bare(node: OutlineNode) -> bool:
    return node.segment.end - node.segment.content <= _LONGEST_FINDING and not node.children


def _answers_findings(text: str, part: OutlineNode) -> bool:
    heading = heading_text(text, part)
    return "整改" in heading and pattern("outline", "leadership").search(heading) is None


def _referring(text: str, below: Sequence[OutlineNode]) -> list[_Answer]:
    """Return the answers that name the numbers of their findings: 针对第1、2个问题:…."""
    answers: list[_Answer] = []
    for node in below:
        start, content, end = node.segment[:3]
        match = _reference().match(text, start, end) or _reference().match(text, content, end)
        if match is not None:
            told = OutlineNode(Segment(start, start, match.end(), None, opens_line=True), "paragraph", detail=True)
            rest = OutlineNode(Segment(match.end(), match.end(), end, None, opens_line=False), "paragraph")
            answers.append(_Answer(_numbers(match), [told, rest] if end > match.end() else [told]))
        elif answers:
            answers[-1] = answers[-1]._replace(nodes=[*answers[-1].nodes, node])
    return answers


def _same_numbers(text: str, listing: OutlineNode, answering: OutlineNode) -> list[_Answer]:
    """Return the answers of a part whose groups have items of the same numbers as the groups of findings."""
    groups, others = _numbered_below(listing), _numbered_below(answering)
    if [[node.number for node in group] for group in groups] != [[node.number for node in group] for group in others]:
        return []
    pairs = [pair for group, other in zip(groups, others, strict=True) for pair in zip(group, other, strict=True)]
    if any(node.finding or not node.number or _states_again(text, finding, node) for finding, node in pairs):
        return []
    return [_Answer((k,), list(node.walk())) for k, (_, node) in enumerate(pairs, start=1)]


def _numbered_below(part: OutlineNode) -> list[list[OutlineNode]]:
    """Return a part's numbered items by the groups that hold them, which all have some or none."""
    if part.parts and all(each.parts and not each.finding for each in part.parts):
        return [list(each.parts) for each in part.parts]
    return [list(part.parts)]


def _states_again(text: str, finding: OutlineNode, answer: OutlineNode) -> bool:
    stated = text[finding.segment.content : finding.segment.end].rstrip("。;")
    pairs = {first + second for first, second in pairwise(stated)}
    first = heading_text(text, answer)
    return sum(pair in first for pair in pairs) > _LIKE * len(pairs)


def _restates(text: str, findings: Sequence[OutlineNode], part: OutlineNode) -> bool:
    """Return whether most findings are stated again by headings of a part that are no framed ones."""
    headings = [node for node in part.walk() if node.segment.mark and not node.finding]
    again = sum(any(_states_again(text, finding, heading) for heading in headings) for finding in findings)
    return again > _LIKE * len(findings)


def _are_for(findings: Mapping[int, OutlineNode], answers: Sequence[_Answer]) -> bool:
    return all(number in findings for answer in answers for number in answer.numbers)


def _nested(nodes: Sequence[OutlineNode]) -> list[OutlineNode]:
    """Return the topmost of these nodes, the others below them as before and nothing else below any."""
    members = {id(node) for node in nodes}
    for node in nodes:
        node.children = [child for child in node.children if id(child) in members]
        node.parts = [child for child in node.parts if id(child) in members]
    below = {id(child) for node in nodes for child in node.children}
    return [node for node in nodes if id(node) not in below]


def _pair_lists(text: str, group: OutlineNode) -> None:
    """Pair the two lists that a group prints: its findings behind 反馈意见:, and their answers behind 整改情况:."""
    if not any(_introduces(text, child) for child in group.children):
        return
    below = list(group.walk())[1:]
    starts = [k for k, node in enumerate(below) if _introduces(text, node)]
    stops = [*starts[1:], len(below)]
    found = [_lists_of(text, below[start:stop]) for start, stop in zip(starts, stops, strict=True)]
    lists = [each for each in found if each is not None]
    if len(lists) < len(found):
        return
    children = _nested(below[: starts[0]])
    if len(lists) == 1 and group.number:  # what is printed behind the lists is told of all their findings
        children = [*lists[0].notes, *children]
    for each in lists:
        findings = _paired(each)
        if len(lists) > 1 or not group.number:
            findings[-1].children += each.notes
        children += findings
    group.children = children
    group.parts = [node for node in children if node.kind != "paragraph"]


def _paired(lists: _Lists) -> list[OutlineNode]:
    """Return findings with their answers below them; without answers, with what is behind them as paragraphs."""
    for finding in lists.findings:
        finding.children, finding.parts, finding.finding = [], [], True
    by_number = {finding.number: finding for finding in lists.findings}
    if lists.answers and _are_for(by_number, lists.answers):
        lists.findings[0].children += [lists.introduction, lists.behind[0]]
        for answer in lists.answers:
            by_number[answer.numbers[0]].children += _nested(answer.nodes)
        return list(lists.findings)
    return [lists.introduction, *lists.findings, *(OutlineNode(node.segment, "paragraph") for node in lists.behind)]


def _lists_of(text: str, nodes: Sequence[OutlineNode]) -> _Lists | None:
    """Return the lists that an introduction begins; None where there are no two lists."""
    introduction, *below = nodes
    between = next((k for k, node in enumerate(below) if _is_lead_in_alone(text, node)), 0)
    findings, behind = below[:between], below[between:]
    if not between or len(behind) < _FEWEST:
        return None
    numbers = [node.number for node in findings]
    if numbers != list(range(1, between + 1)) or len({node.kind for node in findings}) > 1:
        return None
    if any(node.segment.end - node.segment.content > _LONGEST_FINDING for node in findings):
        return None
    last = next((k for k in range(len(behind) - 1, 0, -1) if not behind[k].remark), 0)
    if not last:
        return None
    behind, notes = behind[: last + 1], behind[last + 1 :]
    answers = _listed(behind[1:])
    if [answer.numbers[0] for answer in answers] != numbers:
        answers = _referring(text, behind[1:])
    return _Lists(introduction, findings, answers, behind, notes)


def _listed(nodes: Sequence[OutlineNode]) -> list[_Answer]:
    """Return the answers of a numbered list, each with what is below it."""
    kind = nodes[0].kind
    starts = [k for k, node in enumerate(nodes) if node.kind == kind and node.number]
    stops = [*starts[1:], len(nodes)]
    return [_Answer((nodes[k].number,), nodes[k:stop]) for k, stop in zip(starts, stops, strict=True)]


def _introduces(text: str, node: OutlineNode) -> bool:
    """Return whether a paragraph introduces a list of findings and says no more: 反馈意见:."""
    start, _, end = node.segment[:3]
    if node.kind != "paragraph" or end - start > _LONGEST_INTRODUCTION or text[end - 1] not in ":】]":
        return False
    return _names_findings(text[start:end].strip("【[】]: "))


def _is_lead_in_alone(text: str, node: OutlineNode) -> bool:
    start, _, end = node.segment[:3]
    return node.kind == "paragraph" and end - start <= _LONGEST_INTRODUCTION and lead_in_end(text, start, end) == end


def _names_findings(heading: str) -> bool:
    return "整改" not in heading and _all_findings().fullmatch(heading.rstrip(": ")) is not None


def _numbers(match: re.Match[str]) -> tuple[int, ...]:
    """Return the numbers that a reference names: 1、2 or 三至五."""
    words = re.split("([至到~—–-]+)|[、,和及与]", (match["nth"] or match["numbered"]).replace("问题", ""))
    numbers: list[int] = []
    through = False
    for word in filter(None, words):
        if word[0] in "至到~—–-":
            through = True
            continue
        number = int(word) if word.isdecimal() else chinese_number(word)
        numbers += range(numbers[-1] + 1, number + 1) if through and numbers else [number]
        through = False
    return tuple(numbers)


@cache
def _reference() -> re.Pattern[str]:
    return re.compile(REFERENCE)


@cache
def _all_findings() -> re.Pattern[str]:
    told = (
        rf"(?:中央|[省市县区]委)?(?:{any_of('frame_team')}|{any_of('all_findings_by')})*{any_of('all_findings_told')}?"
    )
    named = "(?:问题|意见|情况)(?:清单|摘要|概况|情况|内容)?(?:主要)?(?:有|是|为|如下|包括)?"
    return re.compile(rf"{told}(?:的)?{any_of('all_findings_kind')}*{named}")
