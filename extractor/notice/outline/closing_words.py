"""The closing words behind the last finding's answer, known by what they say and by what the other findings lack.

A notice's last paragraph has no enumerator, so it looks like more of the last finding's answer. It is a closing where
it speaks of the whole notice and reports nothing of its own; in fewer words where no other finding has a paragraph in
that place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence, Set
from functools import cache
from typing import NamedTuple

from extractor.notice.outline.issues import FindingNode
from extractor.notice.outline.outline_words import any_of
from extractor.notice.outline.rectification import heading_text
from extractor.notice.outline.segments import Segment
from extractor.notice.outline.tree import OutlineNode
from extractor.text.places import Place
from extractor.text.wording import pattern


class _Behind(NamedTuple):
    """The paragraphs without an enumerator that end a finding's answer; ``numbered`` if they follow numbered units."""

    numbered: bool
    paragraphs: tuple[OutlineNode, ...]


_FEWEST_OTHERS = 2
_MOST_LIKE = 0.5


def settle_closing(text: str, found: Sequence[FindingNode]) -> None:
    """Mark where the closing words begin behind the last finding, and the paragraphs that look like such and are none.

    Where half of the other findings end with a next step (下一步,…) or an effect (通过整改,…), the last one's belongs
    to it, too.
    """
    if not found or found[-1].node.segment.row is not None:
        return
    last = _behind_answer(found[-1].node)
    if not last.paragraphs:
        return
    others = [_behind_answer(other.node) for other in found[:-1]]
    alike = [other for other in others if other.numbered == last.numbered]
    usual = max((len(other.paragraphs) for other in alike), default=0) if len(alike) >= _FEWEST_OTHERS else None
    _keep_as_in_others(text, last.paragraphs, _manners_of_most(text, others))
    whole = _Whole(text, found[-1].node)
    begin = None
    for index in range(len(last.paragraphs) - 1, -1, -1):
        node = last.paragraphs[index]
        if node.closing is False or not whole.spoken_of_in(node.segment, odd=usual is not None and index >= usual):
            break
        begin = node
    if begin is not None:
        begin.closing = True


def _behind_answer(node: OutlineNode, *, numbered: bool = False) -> _Behind:
    """Return the paragraphs at the end of what hangs below a finding, its properties and states left out."""
    children = node.children or node.answers
    start = len(children)
    while start and children[start - 1].kind == "paragraph":
        start -= 1
    if start == len(children):
        return _behind_answer(children[-1], numbered=True) if children else _Behind(numbered, ())
    behind = (child for child in children[start:] if not (child.remark or child.detail))
    return _Behind(numbered or start > 0, tuple(behind))


def _manner(text: str, segment: Segment) -> str:
    """Return in what manner a paragraph looks like closing words: of the whole, of what is ahead, or otherwise."""
    place = Place(segment.content, segment.end)
    if pattern("outline", "whole").search(text, *place):
        return "whole"
    if any(pattern("outline", name).match(text, *place) for name in ("ahead", "wills")):
        return "ahead"
    return "otherwise" if pattern("outline", "afterword").match(text, *place) else ""


def _manners_of_most(text: str, others: Sequence[_Behind]) -> set[str]:
    """Return the manners in which half of the findings or more end with a paragraph that looks like closing words."""
    ends = Counter(_manner(text, each.paragraphs[-1].segment) for each in others if each.paragraphs)
    return {manner for manner, count in ends.items() if manner and count >= _MOST_LIKE * len(others)}


def _keep_as_in_others(text: str, paragraphs: Sequence[OutlineNode], manners: Set[str]) -> None:
    """Mark the first of the last finding's paragraphs of such a manner as no closing."""
    first = next((node for node in paragraphs if _manner(text, node.segment) in manners), None)
    if first is not None:
        first.closing = False


_SENTENCE = re.compile("[^。;!?]+[。;!?]?")
_CLAUSE = re.compile("[^,。;:!?]+")
_FIGURE = re.compile("[0-9]+(?:\\.[0-9]+)?")
_NUMBER_TO_CALL = re.compile("[0-9]{3,4}-[0-9]{7,8}|(?<![0-9])1[0-9]{10}(?![0-9])|(?<![0-9])12[0-9]{3}(?![0-9])")
_FINDINGS_COUNTED = re.compile("问题|任务|事项|措施|意见")
_COUNTED_BEFORE = re.compile("问题|隐患|任务|事项|线索|整改")


class _Whole:
    """The last finding, against whose title and answer the paragraphs behind it are read."""

    def __init__(self, text: str, finding: OutlineNode) -> None:
        self._text = text
        heading = text[finding.frame.title_start : finding.frame.title_end] if finding.frame else ""
        self._title = heading or heading_text(text, finding)
        self._answer = finding.frame.end if finding.frame else finding.segment.content + len(self._title)

    def spoken_of_in(self, segment: Segment, *, odd: bool) -> bool:
        """Return whether a paragraph speaks of the whole, and reports nothing of its own.

        Where no other finding has a paragraph in that place (``odd``), a will or a wish is enough. Where the finding
        itself is about inspections, what is said of rectification is its own.
        """
        text, place = self._text, Place(segment.content, segment.end)
        if pattern("outline", "about_notice").match(text, *place):
            return True
        if self._reports(place):
            return False
        if pattern("outline", "slogan").search(text, *place):
            return True
        names = pattern("outline", "whole").search(text, *place) is not None
        if names and pattern("outline", "of_inspection").search(self._title) is None:
            return True
        beside = ("whole_beside", "promise")
        forms = (_wills(), *(pattern("outline", name) for name in beside))
        return odd and any(form.search(text, *place) for form in forms)

    def _reports(self, place: Place) -> bool:
        """Return whether a stretch tells something of its own: a figure, a document, a sanction, a thing done."""
        text = self._text
        if text.find("《", *place) >= 0 or pattern("outline", "own_act").search(text, *place):
            return True
        return any(self._sentence_reports(*match.span(), place.start) for match in _SENTENCE.finditer(text, *place))

    def _sentence_reports(self, start: int, end: int, answer_end: int) -> bool:
        text = self._text
        reached = [match.span() for match in _NUMBER_TO_CALL.finditer(text, start, end)]
        figures = [
            each
            for each in _FIGURE.finditer(text, start, end)
            if not text.startswith("周年", each.end()) and not any(a <= each.start() < b for a, b in reached)
        ]
        if figures:
            if not all(pattern("outline", "of_whole").match(text, figure.end(), end) for figure in figures):
                return True
            if not _FINDINGS_COUNTED.search(text, start, end) or self._counts_before(answer_end):
                return True
        promised = pattern("outline", "promise").search(text, start, end)
        stop = promised.start() if promised else end
        clauses = _CLAUSE.finditer(text, start, stop)
        return any(_tells_act(text, *match.span()) for match in clauses)

    def _counts_before(self, end: int) -> bool:
        """Return whether the last finding counts problems of its own, which a count behind it may be of."""
        if pattern("outline", "of_inspection").search(self._title):
            return True
        return _COUNTED_BEFORE.search(self._text[self._answer : end].lstrip("的问题整改情况:。 \n")) is not None


@cache
def _wills() -> re.Pattern[str]:
    return re.compile(rf"{any_of('who_will')}(?:上下|班子)?将(?!军|领|来)")


def _tells_act(text: str, start: int, end: int) -> bool:
    """Return whether a clause tells what was done, other than that the findings were put right."""
    while start < end and text[start] == " ":
        start += 1
    if pattern("outline", "act").match(text, start, end) and not text.startswith("整改", start):
        return True
    return pattern("outline", "done_itself").search(text, start, end) is not None
