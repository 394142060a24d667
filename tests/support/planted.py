"""Short texts with the expected spans marked in them, in half-width or full-width punctuation.

``⟦…⟧`` marks what a test looks for (a measure, a title of a document, a date); ``⟪…⟫`` marks the finding of an issue.
"""

from __future__ import annotations

from typing import NamedTuple

import pytest

from extractor.text.folding import half_width
from extractor.text.places import Place

_PAIRS = {"⟦": "⟧", "⟪": "⟫"}
_MARKS = frozenset(_PAIRS) | frozenset(_PAIRS.values())
_FULL_WIDTH = {ord(character): ord(character) + 0xFEE0 for character in "0123456789,:;()!?.%"}


class Planted(NamedTuple):
    """A text without its marks, the places of ``⟦…⟧`` and those of ``⟪…⟫``, in printed order."""

    text: str
    places: list[Place]
    titles: list[Place]

    @property
    def words(self) -> list[str]:
        """What stands between ``⟦`` and ``⟧``."""
        return [self.text[place.start : place.end] for place in self.places]


def planted(marked: str) -> Planted:
    """Take the marks out of a text and tell where they stood."""
    kept: list[str] = []
    opened: list[tuple[str, int]] = []
    places: dict[str, list[Place]] = {opening: [] for opening in _PAIRS}
    for character in marked:
        if character in _PAIRS:
            opened.append((character, len(kept)))
        elif character in _MARKS:
            opening, start = opened.pop()
            assert _PAIRS[opening] == character, "marks must nest"
            places[opening].append(Place(start, len(kept)))
        else:
            kept.append(character)
    assert not opened, "a mark is not closed"
    return Planted("".join(kept), sorted(places["⟦"]), sorted(places["⟪"]))


def full(text: str) -> str:
    """``text`` with its digits and its ASCII punctuation in full width, of the same length."""
    return text.translate(_FULL_WIDTH)


def without_blanks(label: str) -> str:
    """An enumerator in half width and without blanks, as records hold it."""
    return half_width(label).replace(" ", "").replace("\n", "")


in_both_widths = pytest.mark.parametrize("width", [str, full], ids=["half-width", "full-width"])
"""Runs a test on a text as it stands and in full-width punctuation; ``width`` turns the one into the other."""

TITLE = "青禾镇党委关于巡察整改进展情况的通报"
OPENING = (
    "根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察,并于5月9日反馈了意见。"
    "现将整改进展情况通报如下:"
)
SIGNATURE = "中共青禾镇委员会\n2024年1月15日"


def notice(*rectification: str, opening: str = OPENING, signature: str = SIGNATURE) -> str:
    """A whole notice around the lines of its rectification part."""
    return "\n".join(
        (TITLE, opening, "一、组织领导情况", "镇党委认领了任务。", "二、整改进展情况", *rectification, signature)
    )
