"""The signs by which reading is told from guessing: how often a model's answers rest on the words that they are about.

An answer held to a schema is valid whoever gives it. What a model that reads does, and one that guesses does not: the
words that it quotes as a figure's subject stand beside that figure, and where both readers judge the same thing they
mostly agree. A reader whose signs are missing only doubts: its labels become checks and decide nothing. One field in
which a model nearly never agrees with the rules is doubted alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from math import comb

from extractor.assist.proposals.matters import Addition, Confirmation, Denial, Discovery, Edit, Matter, Proposal
from extractor.data import read_table

SUBJECTS = "measures.quantities.subject"
NEAR = 25
"""The most code points between a figure and its subject. Of the tuned notices' labels all stand within that."""


@dataclass(frozen=True)
class SignFloor:
    """The fewest signs that a reader shows: ``share`` of the cases; an able one shows ``able`` of them or more."""

    share: float
    able: float


@dataclass(frozen=True)
class Signs:
    """Cases in which a model could show that it reads, and in how many it did (``shown``); they add up with ``+``."""

    cases: int = 0
    shown: int = 0

    def __add__(self, other: Signs) -> Signs:
        return Signs(self.cases + other.cases, self.shown + other.shown)

    @property
    def share(self) -> float | None:
        """The share of the cases, None where there were none."""
        return self.shown / self.cases if self.cases else None

    def are_missing(self, floor: SignFloor) -> bool:
        """Return whether so few are shown that an able reader would show as few less than once in a hundred times."""
        return bool(self.cases) and self.shown < floor.share * self.cases and _chance(self, floor.able) < _UNLIKELY


@dataclass(frozen=True)
class ReadingSigns:
    """The signs in a model's answers: ``near`` its figures' subjects, ``agreed`` with the rules, by field."""

    near: Signs
    agreed: Mapping[str, Signs]

    def __add__(self, other: ReadingSigns) -> ReadingSigns:
        agreed = {
            field: self.agreed.get(field, Signs()) + other.agreed.get(field, Signs())
            for field in (*self.agreed, *(each for each in other.agreed if each not in self.agreed))
        }
        return ReadingSigns(self.near + other.near, agreed)

    @property
    def are_of_a_guesser(self) -> bool:
        """True if the subjects stand elsewhere, or most fields are answered as by chance."""
        asked = [field for field in self.agreed if field in _floors()]
        return self.near.are_missing(_floors()["near"]) or 2 * len(self._missed()) > len(asked) > 1

    @property
    def doubted(self) -> frozenset[str]:
        """The fields in which the model only doubts: all of them where it guesses."""
        return frozenset(self.agreed) if self.are_of_a_guesser else frozenset(self._missed())

    def reported(self) -> dict[str, object]:
        """Return the signs as they go into a report."""
        return {
            "subjects": self.near.cases,
            "subjects_near": self.near.shown,
            "agreed": {field: [signs.shown, signs.cases] for field, signs in sorted(self.agreed.items())},
            "only_doubts": "all labels" if self.are_of_a_guesser else sorted(self.doubted),
        }

    def _missed(self) -> list[str]:
        return [
            field for field, signs in self.agreed.items() if field in _floors() and signs.are_missing(_floors()[field])
        ]


NO_SIGNS = ReadingSigns(Signs(), {})


def signs_of(proposals: Iterable[Proposal], near: Signs) -> ReadingSigns:
    """Return the signs in the proposals of answers to labels packs; ``near`` counts the subjects at their figures."""
    cases: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for matter in proposals:
        if isinstance(matter, Matter):
            for agrees in _judged(matter.edits):
                cases[matter.field] += 1
                shown[matter.field] += agrees
    return ReadingSigns(near, {field: Signs(cases[field], shown[field]) for field in cases})


def _judged(edits: Iterable[Edit]) -> Iterator[bool]:
    """Yield for each value of the rules that the model judged whether it agrees; lists that share one value do."""
    for edit in edits:
        if isinstance(edit, Discovery | Addition):
            continue  # what only the model found shows nothing
        if isinstance(edit, Confirmation):
            yield True
        elif isinstance(edit, Denial):
            yield False
        else:
            yield bool(edit.read and edit.said and _overlap(edit.read, edit.said))


def _overlap(read: str, said: str) -> bool:
    """Return whether two readers' words share a value, or one holds the other."""
    return bool(set(read.split("、")) & set(said.split("、"))) or (read in said or said in read)


@cache
def _floors() -> Mapping[str, SignFloor]:
    return {name: SignFloor(row["share"], row["able"]) for name, row in read_table("reading_signs").items()}


def _chance(signs: Signs, able: float) -> float:
    """Return how likely an able reader shows so few signs, or fewer."""
    ways = (comb(signs.cases, n) * able**n * (1 - able) ** (signs.cases - n) for n in range(signs.shown + 1))
    return sum(ways)


_UNLIKELY = 0.02
