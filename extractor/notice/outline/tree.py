"""The nesting of a notice's segments, inferred from the notice itself.

No order of enumerators is assumed: an enumerator of a kind that is already open continues at its level, one of another
kind goes one level deeper. The same kind has two levels where framed findings and their answers are both numbered 1. 2.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from extractor.notice.outline.frames import Frame, is_note, lead_in_end, read_frame
from extractor.notice.outline.segments import Segment
from extractor.text.wording import pattern


@dataclass(eq=False)
class OutlineNode:
    """A segment with what hangs below it, in printed order. Paragraphs are nodes whose ``kind`` is ``paragraph``.

    ``finding`` tells that its wording, or the line behind it, makes it a finding. ``find_parts`` settles for the whole
    notice which of these count.
    """

    segment: Segment
    kind: str
    frame: Frame | None = None
    finding: bool = False
    children: list[OutlineNode] = field(default_factory=list)
    parts: list[OutlineNode] = field(default_factory=list)
    """The children that carry an enumerator or are headings of their own."""

    def add(self, child: OutlineNode) -> None:
        """Hang ``child`` below this node, behind what hangs there."""
        self.children.append(child)
        if child.kind != "paragraph":
            self.parts.append(child)

    @property
    def number(self) -> int:
        """The number of its enumerator, 0 for none."""
        return self.segment.mark.number if self.segment.mark else 0

    @property
    def end(self) -> int:
        """The end of the last segment below."""
        return self.children[-1].end if self.children else self.segment.end

    def walk(self) -> Iterator[OutlineNode]:
        """Yield this node and all below it, in printed order."""
        yield self
        for child in self.children:
            yield from child.walk()


_OPENING_LENGTH = 40
"""The first line longer than this (code points) ends the page's head."""


def grow(text: str, segments: list[Segment]) -> list[OutlineNode]:
    """Return the top-level nodes of the folded text, paragraphs before, between and after them included."""
    root = OutlineNode(Segment(0, 0, 0, None, opens_line=True), "root")
    path: list[OutlineNode] = [root]
    repeated = Counter(text[s.start : s.end] for s in segments if s.mark is None and s.end - s.start <= 12)
    opened = False
    top_numbers: dict[str, int] = {}
    for index, segment in enumerate(segments):
        node = _node(text, segment, _following(text, segments, index), repeated)
        if node.kind == "part" and not opened:
            node = OutlineNode(segment, "paragraph")  # the title, which names the same things
        opened = opened or segment.end - segment.start > _OPENING_LENGTH
        if node.kind == "paragraph":
            path[-1].add(node)
            continue
        depth = _depth(path, node)
        if len(path) == depth and node.number > 1 and top_numbers.get(node.kind) == node.number - 1:
            depth = 1  # 三、 after groups without numbers under 二、
        del path[depth:]
        if depth == 1:
            top_numbers[node.kind] = node.number
        path[-1].add(node)
        path.append(node)
    return root.children


def _following(text: str, segments: list[Segment], index: int) -> Segment | None:
    """Return the next segment that is more than a property (责任单位:…)."""
    for position in range(index + 1, len(segments)):
        segment = segments[position]
        if segment.mark is not None or not is_note(text, segment.start, segment.end):
            return segment
    return None


def _node(text: str, segment: Segment, following: Segment | None, repeated: Counter[str]) -> OutlineNode:
    frame = read_frame(text, segment.content, segment.end)
    printed = text[segment.start : segment.end]
    if segment.mark is not None:
        finding = segment.mark.kind == "feedback" or _before_lead_in(text, segment, following)
        return OutlineNode(segment, segment.mark.kind, frame, finding or bool(frame and frame.closed))
    if frame and frame.closed and segment.opens_line:
        return OutlineNode(segment, "plain", frame, finding=True)
    if _before_lead_in(text, segment, following):
        return OutlineNode(segment, "plain", None, finding=True)
    begins_answer = lead_in_end(text, segment.start, segment.end) > segment.start
    note = is_note(text, segment.start, segment.end)
    if repeated[printed] < 2 and not note and not begins_answer and _is_part_heading(printed):
        return OutlineNode(segment, "part")
    return OutlineNode(segment, "paragraph")


def _before_lead_in(text: str, segment: Segment, following: Segment | None) -> bool:
    """Return whether a short line comes right before 整改情况: and so must be a finding."""
    if following is None or following.mark is not None or segment.end - segment.content > 150:
        return False
    if lead_in_end(text, segment.start, segment.end) > segment.start or text[segment.end - 1] in ":,":
        return False
    if is_note(text, segment.start, segment.end):
        return False
    return lead_in_end(text, following.start, following.end) > following.start


def _is_part_heading(printed: str) -> bool:
    """Return whether a line without an enumerator names a part of the notice: 整改进展情况及成效."""
    if len(printed) > 30 or printed[-1] in "。;:,!?" or "关于" in printed or "序号" in printed:
        return False
    lists = ("leadership", "rectification", "next_steps")
    return any(pattern("outline", name).search(printed) for name in lists)


def _depth(path: list[OutlineNode], node: OutlineNode) -> int:
    """Return how much of the open path stays open above ``node``."""
    if node.kind == "part":
        return 1
    same = [depth for depth, open_node in enumerate(path) if open_node.kind == node.kind]
    if not same:
        return len(path)
    alike = [depth for depth in same if path[depth].finding == node.finding]
    if len(same) == 1 and not alike:
        open_node = path[same[0]]
        # 1.关于“…” over 1. 2. 3.: numbering that starts over below a finding is its answer's.
        starts_over = open_node.finding and node.number == 1 and open_node.number >= 1
        return len(path) if starts_over and path[-1] is open_node else same[0]
    if len(same) > 1 and not node.finding:
        inner, outer = path[same[-1]], path[same[0]]
        goes_on_outside = node.number == outer.number + 1 != inner.number + 1
        return same[0] if goes_on_outside and outer.finding == node.finding else same[-1]
    depth = (alike or same)[-1]
    open_node = path[depth]
    # A part whose own heading has just been printed may number what it holds in its own style: 二、 over 一、.
    if node.number == 1 and node.finding and not open_node.finding and path[-1] is open_node:
        return len(path)
    return depth
