"""Findings and measures that come again in the notices of a body: alike by their words.

Two findings mean the same where their titles have much in common, rare words above all; less will do where their
category is the same. All notices are compared at once: findings that mean the same make a strand, in which each notice
has one at most, the likest joined first. A strand is a hint to look at the sentences, and no claim.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations
from math import fsum, log
from typing import NamedTuple

from extractor.data import read_table
from extractor.errors import InputError
from extractor.record.contract import Notice
from extractor.text.normal_form import normalise

MOST_COMPARED = 8
"""Notices that are beside each other on a page."""
MOST_FINDINGS = 2_000
"""Findings that are compared at once, of all notices together: some seconds."""
_LIKE = 0.5
"""The least likeness of titles of different categories."""
_LIKE_IN_CATEGORY = 0.3
"""That of titles of one category, and of measures of findings that mean the same."""
_COMPLETED = "completed"
_OPEN = frozenset(("in_progress", "planned"))

_At = tuple[int, int]
"""The index of a notice, and of one of its findings or measures."""


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


class FindingStrand(NamedTuple):
    """A finding through the notices of a body, by their indexes: as each tells it, and the measures that go on.

    ``likeness`` is how much the titles have in common, from 0 to 1, on the average of all pairs; 1 of a single one.
    """

    told: Mapping[int, ComparedFinding]
    likeness: float
    measures: Sequence[Mapping[int, ComparedMeasure]]


class _Words(NamedTuple):
    """The pairs of letters of some words, and what they weigh together."""

    pairs: frozenset[str]
    weight: float


def compared_findings(notice: Notice, text: str) -> list[ComparedFinding]:
    """Return a notice's findings as they are compared; ``text`` is what its offsets index."""
    return [
        ComparedFinding(
            f"issues[{i}]",
            issue.title,
            issue.category,
            issue.status,
            [
                ComparedMeasure(
                    f"issues[{i}].measures[{j}]", text[measure.text.start : measure.text.end], measure.status
                )
                for j, measure in enumerate(issue.measures)
            ],
        )
        for i, issue in enumerate(notice.issues)
    ]


def strands(editions: Sequence[Sequence[ComparedFinding]]) -> list[FindingStrand]:
    """Return the findings of a body's notices, the earliest first, each once: what comes most often first.

    Raises:
        InputError: The notices have too many findings to be compared at once.
    """
    if (many := sum(map(len, editions))) > MOST_FINDINGS:
        raise InputError(
            f"these notices have {many} findings, and {MOST_FINDINGS} are compared at once; choose fewer notices"
        )

    def least(one: _At, other: _At) -> float:
        first, second = (editions[edition][index] for edition, index in (one, other))
        return _LIKE_IN_CATEGORY if first.category == second.category else _LIKE

    found = []
    for group, likeness in _groups([[each.title for each in edition] for edition in editions], least):
        told = {edition: editions[edition][index] for edition, index in sorted(group.items())}
        found.append(FindingStrand(told, likeness, _went_on(told)))
    return sorted(found, key=lambda strand: (-len(strand.told), -max(strand.told)))


def _went_on(told: Mapping[int, ComparedFinding]) -> list[Mapping[int, ComparedMeasure]]:
    """Return the measures that several notices have of a finding, by the notices' indexes."""
    if len(told) == 1:
        return []
    named, held = list(told), [finding.measures for finding in told.values()]
    groups = _groups([[each.words for each in measures] for measures in held], lambda _one, _other: _LIKE_IN_CATEGORY)
    return [
        {named[place]: held[place][index] for place, index in sorted(group.items())}
        for group, _ in groups
        if len(group) > 1
    ]


def _groups(
    words: Sequence[Sequence[str]], least: Callable[[_At, _At], float]
) -> Iterator[tuple[dict[int, int], float]]:
    """Yield groups of words that mean the same, each of some places one at most, in the order of their last place.

    A group has the index of its words by place, and how alike they are. Two groups are joined, the likest first, where
    they have no place in common and are as alike as ``least`` says, on the average of all pairs.
    """
    pairs = [[_pairs(each) for each in group] for group in words]
    weights = _weights(each for group in pairs for each in group)
    weighed = [[_Words(each, fsum(weights[pair] for pair in each)) for each in group] for group in pairs]
    every = [(place, index) for place, group in enumerate(words) for index in range(len(group))]
    likeness = {
        (one, other): _likeness(weighed[one[0]][one[1]], weighed[other[0]][other[1]], weights)
        for one, other in combinations(every, 2)
        if one[0] != other[0]
    }
    group_of: dict[_At, dict[int, int]] = {at: {at[0]: at[1]} for at in every}
    enough = (pair for pair, like in likeness.items() if like >= least(*pair))
    for one, other in sorted(enough, key=lambda pair: (-likeness[pair], pair)):
        first, second = group_of[one], group_of[other]
        if first.keys() & second.keys():
            continue
        between = [(min(a, b), max(a, b)) for a in first.items() for b in second.items()]
        if sum(likeness[pair] - least(*pair) for pair in between) >= 0:
            first |= second
            group_of |= dict.fromkeys(second.items(), first)
    once = {id(group): group for _, group in sorted(group_of.items())}
    for group in sorted(once.values(), key=lambda group: (-max(group), group[max(group)])):
        inside = [likeness[pair] for pair in combinations(sorted(group.items()), 2)]
        yield group, sum(inside) / len(inside) if inside else 1.0


def _pairs(words: str) -> frozenset[str]:
    """Return the pairs of letters of words, most of which have two in Chinese; not those that any finding may have."""
    letters = "".join(each for each in normalise(words) if each.isalnum())
    parts = _common().split(letters)
    pairs = frozenset(part[k : k + 2] for part in parts for k in range(len(part) - 1))
    return pairs or frozenset(letters[k : k + 2] for k in range(len(letters) - 1)) or frozenset((letters,))


@cache
def _common() -> re.Pattern[str]:
    words = read_table("collection")["findings"]["common"]
    return re.compile("|".join(sorted(map(re.escape, words), key=len, reverse=True)))


def _weights(every: Iterable[frozenset[str]]) -> dict[str, float]:
    """Return what each pair weighs: the rarer, the more; what all have in common is nearly nothing."""
    held = list(every)
    times = Counter(pair for pairs in held for pair in pairs)
    return {pair: log((len(held) + 2) / number) for pair, number in times.items()}


def _likeness(one: _Words, other: _Words, weights: Mapping[str, float]) -> float:
    both = fsum(weights[pair] for pair in one.pairs & other.pairs)  # alike in whatever order a set has them
    if not both:
        return 0.0
    # A title may be a few words of another: half by the shorter one, half by both.
    return (both / min(one.weight, other.weight) + 2 * both / (one.weight + other.weight)) / 2
