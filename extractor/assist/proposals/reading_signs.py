"""The signs by which reading is told from guessing: how often a model's answers rest on the words that they are about.

An answer held to a schema is valid whoever gives it. What a model that reads does, and one that guesses does not: the
words that it quotes as a figure's subject stand beside that figure, and where both readers judge the same thing they
mostly agree. A reader whose signs are missing only doubts: its labels become checks and decide nothing. One field in
which a model nearly never agrees with the rules is doubted alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import comb

from extractor.assist.proposals.matters import Addition, Confirmation, Denial, Edit, Matter, NamedDigits, Proposal
from extractor.data import read_table
from extractor.record.checks import Doubt

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
        """True if the quoted subjects stand elsewhere, or the model is unlike the rules in most fields."""
        asked = [field for field in self.agreed if field in _floors()]
        return self.near.are_missing(_floors()["near"]) or 2 * len(self._unlike()) > len(asked) > 1

    @property
    def sentence(self) -> str:
        """The signs in words; empty where nothing was asked that shows it."""
        found = f"{self.near.shown} of {self.near.cases} quoted subjects stand beside their figures"
        if self.are_of_a_guesser:
            return f"the model seems to guess ({found}): its labels only doubt, leave them to the rules"
        if self.doubted:
            return f"{found}; unlike the rules in {', '.join(sorted(self.doubted))}: there it only doubts"
        return found if self.near.cases else ""

    @property
    def doubted(self) -> frozenset[str]:
        """The fields in which the model only doubts: all of them where it guesses."""
        return frozenset(self.agreed) if self.are_of_a_guesser else frozenset(self._unlike())

    def reported(self) -> dict[str, object]:
        """Return the signs as they go into a report."""
        return {
            "subjects": self.near.cases,
            "subjects_near": self.near.shown,
            "agreed": {field: [signs.shown, signs.cases] for field, signs in sorted(self.agreed.items())},
            "told": self.sentence,
            "only_doubts": sorted(self.doubted),
        }

    def _unlike(self) -> list[str]:
        return [
            field for field, signs in self.agreed.items() if field in _floors() and signs.are_missing(_floors()[field])
        ]


NO_SIGNS = ReadingSigns(Signs(), {})


class SignsSoFar:
    """The signs of all notices so far."""

    def __init__(self) -> None:
        self.signs = NO_SIGNS

    def add(self, signs: ReadingSigns) -> None:
        """Add a notice's."""
        self.signs += signs


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


def without_support(proposals: Iterable[Proposal], doubted: Collection[str]) -> Iterator[Proposal]:
    """Yield proposals; in the fields ``doubted`` agreement supports nothing, since it may be by chance."""
    for proposal in proposals:
        if isinstance(proposal, Matter) and proposal.field in doubted:
            differing = [edit for edit in proposal.edits if not isinstance(edit, Confirmation)]
            if differing:
                yield replace(proposal, edits=differing)
        elif not (isinstance(proposal, NamedDigits) and SUBJECTS in doubted):
            yield proposal


def doubts_of(signs: ReadingSigns) -> list[Doubt]:
    """Return the doubt that says in which fields a model decides nothing, and why."""
    if signs.are_of_a_guesser:
        return [Doubt("model_guesses", "", {"near": str(signs.near.shown), "cases": str(signs.near.cases)})]
    return [
        Doubt("model_unlike", "", {"field": field, "agreed": str(found.shown), "cases": str(found.cases)})
        for field, found in sorted(signs.agreed.items())
        if field in signs.doubted
    ]


def _judged(edits: Iterable[Edit]) -> Iterator[bool]:
    """Yield for each value of the rules that the model judged whether it agrees; lists that share one value do."""
    for edit in edits:
        if isinstance(edit, Addition):
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
