"""Findings and measures that come again from one notice of a body to the next: alike by their words.

Two findings mean the same where their titles have much in common, rare words above all; less will do where their
category is the same. Each is matched once, the likest first. A match is a hint to look at both sentences, and no claim.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

from extractor.text.normal_form import normalise

_LIKE = 0.5
"""The least likeness of titles of different categories; measures of matched findings need as much."""
_LIKE_IN_CATEGORY = 0.3
_COMPLETED = "completed"
_OPEN = frozenset(("in_progress", "planned"))


class ComparedMeasure(NamedTuple):
    """A measure as it is compared: its path in the record, its words and its status."""

    path: str
    words: str
    status: str


class ComparedFinding(NamedTuple):
    """A finding as it is compared, with its measures."""

    path: str
    title: str
    category: str
    status: str
    measures: Sequence[ComparedMeasure]

    @property
    def is_open(self) -> bool:
        """True if the notice says of the finding, or of one of its measures, that it is not finished."""
        if self.status == _COMPLETED:
            return False
        return self.status in _OPEN or any(measure.status in _OPEN for measure in self.measures)


class RecurringFinding(NamedTuple):
    """A finding that comes again: as it was told, as it is now, how alike they are, and the measures that go on."""

    earlier: ComparedFinding
    later: ComparedFinding
    likeness: float
    measures: list[tuple[ComparedMeasure, ComparedMeasure]]


def recurring(earlier: Sequence[ComparedFinding], later: Sequence[ComparedFinding]) -> list[RecurringFinding]:
    """Return the findings of an earlier notice that come again in a later one, in the later one's order."""
    before, now = ([_pairs(each.title) for each in each_of] for each_of in (earlier, later))
    weights = _weights([*before, *now])
    likeness = {
        (i, k): like
        for i, one in enumerate(before)
        for k, other in enumerate(now)
        if (like := _likeness(one, other, weights)) >= _least(earlier[i], later[k])
    }
    matched = _matched(likeness)
    return [
        RecurringFinding(earlier[i], later[k], likeness[i, k], _went_on(earlier[i], later[k]))
        for k, i in sorted((k, i) for i, k in matched)
    ]


def _least(one: ComparedFinding, other: ComparedFinding) -> float:
    return _LIKE_IN_CATEGORY if one.category == other.category else _LIKE


def _went_on(one: ComparedFinding, other: ComparedFinding) -> list[tuple[ComparedMeasure, ComparedMeasure]]:
    before, now = ([_pairs(each.words) for each in finding.measures] for finding in (one, other))
    weights = _weights([*before, *now])
    likeness = {
        (i, k): like
        for i, first in enumerate(before)
        for k, second in enumerate(now)
        if (like := _likeness(first, second, weights)) >= _LIKE_IN_CATEGORY
    }
    return [(one.measures[i], other.measures[k]) for i, k in sorted(_matched(likeness))]


def _matched(likeness: Mapping[tuple[int, int], float]) -> list[tuple[int, int]]:
    """Return pairs in which nothing comes twice, the likest chosen first."""
    taken: tuple[set[int], set[int]] = (set(), set())
    found = []
    for i, k in sorted(likeness, key=lambda pair: (-likeness[pair], pair)):
        if i not in taken[0] and k not in taken[1]:
            taken[0].add(i)
            taken[1].add(k)
            found.append((i, k))
    return found


def _pairs(words: str) -> frozenset[str]:
    """Return the pairs of letters of words: most words of Chinese have two."""
    letters = "".join(each for each in normalise(words) if each.isalnum())
    return frozenset(letters[k : k + 2] for k in range(len(letters) - 1)) or frozenset((letters,))


def _weights(every: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return what each pair weighs: the rarer, the more; what all have in common is nearly nothing."""
    held = list(every)
    times = Counter(pair for pairs in held for pair in pairs)
    return {pair: log((len(held) + 2) / number) for pair, number in times.items()}


def _likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    both, first, second = (sum(weights[pair] for pair in pairs) for pairs in (one & other, one, other))
    if not both:
        return 0.0
    # A title may be a few words of another: half by the shorter one, half by both.
    return (both / min(first, second) + 2 * both / (first + second)) / 2
