"""Which top-level parts of a notice hold findings: not the leadership part, the next steps or the closing."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from extractor.notice.outline.tree import Node
from extractor.text.places import Place
from extractor.text.wording import pattern


class Parts(NamedTuple):
    """The rectification part: its top-level nodes, and whether the only one is its own heading (not a group)."""

    nodes: tuple[Node, ...]
    container: bool
    framed: bool


_HEADING_READ = 14
_SENTENCE = re.compile(r"[^。:;!?\n]*")


def heading_text(text: str, node: Node) -> str:
    """The first sentence of a node's own text, without its closing mark."""
    match = _SENTENCE.match(text, node.segment.content, node.segment.end)
    return match.group() if match else ""


def heading_place(text: str, node: Node) -> Place:
    """The place of a grouping heading without its enumerator and final mark."""
    end = node.segment.content + len(heading_text(text, node).rstrip())
    return Place(node.segment.content, end)


def find_parts(text: str, nodes: list[Node]) -> Parts:
    """Tell the rectification part among the top-level nodes."""
    top = [node for node in nodes if node.kind != "paragraph"]
    first, last = _without_ends(text, top)
    candidates = top[first:last]
    framed = _settle_frames(candidates)
    if framed:
        bearing = [i for i, node in enumerate(candidates) if any(below.finding for below in node.walk())]
        chosen = candidates[bearing[0] : bearing[-1] + 1]
        if candidates[bearing[0]].finding:
            chosen = candidates  # findings at the top: their unframed neighbours are findings too
    else:
        chosen = _dominant(text, candidates)
    container = len(chosen) == 1 and not chosen[0].finding and bool(chosen[0].children)
    return Parts(tuple(chosen), container, framed)


def _without_ends(text: str, top: list[Node]) -> tuple[int, int]:
    """The range of parts left when leadership parts in front and next steps behind are taken away by their wording."""
    leadership, next_steps = pattern("outline", "leadership"), pattern("outline", "next_steps")
    group = pattern("outline", "group")
    first, last = 0, len(top)

    def frameless(node: Node) -> bool:
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
        last -= 1
    return first, last


def _settle_frames(candidates: list[Node]) -> bool:
    """Decide which frames count, mark their nodes as findings, and say whether there are any."""
    below = [(kinds, node) for top in candidates for kinds, node in _with_kinds(top, ())]
    proper = [node for _, node in below if node.finding and not (node.frame and node.frame.aspect)]
    if proper:
        for _, node in below:
            if node.finding and node.frame is not None and node.frame.aspect:
                node.finding = False
    if not any(node.finding for _, node in below):
        opened = Counter(kinds for kinds, node in below if node.frame is not None)
        usual = {kinds for kinds, count in opened.items() if count >= 2}
        for kinds, node in below:
            node.finding = node.frame is not None and kinds in usual
    every = Counter(kinds for kinds, _ in below)
    framed = Counter(kinds for kinds, node in below if node.finding)
    if not any(count >= 3 or count / every[kinds] >= 0.3 for kinds, count in framed.items()):
        for _, node in below:
            node.finding = False  # a stray 关于…的问题 among many headings frames nothing
        return False
    return True


def _with_kinds(node: Node, above: tuple[str, ...]) -> list[tuple[tuple[str, ...], Node]]:
    kinds = (*above, node.kind)
    found = [(kinds, node)]
    for child in node.parts:
        found.extend(_with_kinds(child, kinds))
    return found


def _dominant(text: str, candidates: list[Node]) -> list[Node]:
    """Without frames: the one part that holds most of the text if it reads like the answer's heading, else all."""
    if len(candidates) < 2:
        return candidates
    sizes = [node.end - node.segment.start for node in candidates]
    largest = max(range(len(candidates)), key=sizes.__getitem__)
    main = candidates[largest]
    heading = heading_text(text, main)
    if (
        sizes[largest] < 0.6 * sum(sizes)
        or re.search(r"(?:方面|领域)$", heading)
        or not any(c.parts for c in main.parts)
    ):
        return candidates
    return [main]
