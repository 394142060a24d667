"""The signs by which reading is told from guessing: how often a model's answers rest on the words that they are about.

An answer held to a schema is valid whoever gives it. What a model that reads does, and one that guesses does not: the
words that it quotes as a figure's subject stand beside that figure, what it quotes as the notice's own names and dates
is printed, and where both readers judge the same thing they mostly agree. A reader whose signs are missing only doubts:
its labels, or what it says of the notice itself, decide nothing. One field in which a model nearly never agrees with
the rules is doubted alone. What a model was seen often enough not to be able to say it is not asked for any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from math import comb

from extractor.assist.proposals.matters import (
    Addition,
    Confirmation,
    Denial,
    Edit,
    LostQuote,
    Matter,
    NamedDigits,
    NewValue,
    Proposal,
)
from extractor.assist.proposals.witnesses import witness_rows
from extractor.data import read_table
from extractor.record.checks import Doubt

SUBJECTS = "measures.quantities.subject"
OWN_FIELDS = frozenset(("fields", "fields.dates", "totals"))
"""The fields that are about the notice itself; all others are labels of issues and measures."""
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

    @property
    def are_many(self) -> bool:
        """True if there were so many cases that what they show holds for the notices to come."""
        return self.cases >= _MANY

    def are_missing(self, floor: SignFloor, unlikely: float = 0.02) -> bool:
        """Return whether so few are shown that an able reader shows as few with a chance of less than ``unlikely``."""
        return bool(self.cases) and self.shown < floor.share * self.cases and _chance(self, floor.able) < unlikely


@dataclass(frozen=True)
class ReadingSigns:
    """The signs in a model's answers.

    ``near`` counts its figures' subjects, ``agreed`` what agrees with the rules, by field, ``printed`` its quotes of
    the notice's own names and dates, ``lines`` the lines of its layout that can be what it says.
    """

    near: Signs
    agreed: Mapping[str, Signs]
    printed: Signs = Signs()
    lines: Signs = Signs()

    def __add__(self, other: ReadingSigns) -> ReadingSigns:
        agreed = {
            field: self.agreed.get(field, Signs()) + other.agreed.get(field, Signs())
            for field in (*self.agreed, *(each for each in other.agreed if each not in self.agreed))
        }
        return ReadingSigns(self.near + other.near, agreed, self.printed + other.printed, self.lines + other.lines)

    @property
    def are_of_a_guesser(self) -> bool:
        """True if the quoted subjects stand elsewhere, or the model is unlike the rules in most labels."""
        asked = self.agreed.keys() & _floors().keys() - OWN_FIELDS
        return self._are_elsewhere or 2 * len(self._unlike() - OWN_FIELDS) > len(asked) > 1

    @property
    def are_hopeless(self) -> bool:
        """True if the model guesses so surely that the rest of a notice need not be asked about."""
        return self.near.are_missing(floor_of("near"), _HARDLY_EVER) or self._are_surely_of_a_guesser

    @property
    def _are_surely_of_a_guesser(self) -> bool:
        """True if the model guesses, over many cases, so that it holds for the notices to come."""
        return self.are_of_a_guesser and (self.near.are_many if self._are_elsewhere else self._are_many_judged)

    @property
    def are_made_up(self) -> bool:
        """True if what the model says of the notice itself is mostly not printed in it."""
        return self.printed.are_missing(floor_of("printed"))

    @property
    def sentence(self) -> str:
        """The signs in words; empty where nothing was asked that shows it."""
        found = f"{self.near.shown} of {self.near.cases} quoted subjects stand beside their figures"
        if self.are_of_a_guesser:
            why = found if self._are_elsewhere else "it is unlike the rules in most labels"
            told = [f"the model seems to guess ({why}): its labels only doubt, leave them to the rules"]
        else:
            told = [found] if self.near.cases else []
        if self.are_made_up:
            told.append(
                f"{self.printed.shown} of {self.printed.cases} names and dates that it quotes of notices are printed: "
                "there it only doubts"
            )
        if self.lines.are_missing(floor_of("lines")):
            told.append(
                f"{self.lines.shown} of {self.lines.cases} headings and measures of its layout stand where such can: "
                "its layout is left to the rules"
            )
        if self.doubted_alone:
            told.append(f"unlike the rules in {', '.join(self.doubted_alone)}: there it only doubts")
        return "; ".join(told)

    @property
    def doubted(self) -> frozenset[str]:
        """The fields in which the model only doubts: all labels where it guesses."""
        labels = _label_fields() if self.are_of_a_guesser else frozenset()
        return frozenset(labels | (OWN_FIELDS if self.are_made_up else set()) | self._unlike())

    @property
    def unsayable(self) -> frozenset[str]:
        """The fields that the model was seen, over many cases, not to be able to say."""
        labels = _label_fields() if self._are_surely_of_a_guesser else set()
        own = OWN_FIELDS if self.are_made_up and self.printed.are_many else set()
        return frozenset(labels | own | {field for field in self._unlike() if self.agreed[field].are_many})

    def reported(self, unasked: Collection[str] = ()) -> dict[str, object]:
        """Return the signs as they go into a report; nothing was asked about the fields ``unasked``."""
        left = {"not_asked": sorted(unasked)} if unasked else {}
        return {
            "subjects": self.near.cases,
            "subjects_near": self.near.shown,
            "quoted": self.printed.cases,
            "quoted_printed": self.printed.shown,
            "lines": self.lines.cases,
            "lines_plausible": self.lines.shown,
            "agreed": {field: [signs.shown, signs.cases] for field, signs in sorted(self.agreed.items())},
            "told": "; ".join(filter(None, (self.sentence, _left_to_the_rules(unasked)))),
            "only_doubts": sorted(self.doubted),
            **left,
        }

    @property
    def _are_elsewhere(self) -> bool:
        """True if the quoted subjects stand elsewhere than beside their figures."""
        return self.near.are_missing(floor_of("near"))

    def _unlike(self) -> set[str]:
        floors = _floors()
        return {field for field, signs in self.agreed.items() if field in floors and signs.are_missing(floors[field])}

    @property
    def doubted_alone(self) -> list[str]:
        """The fields that are doubted for themselves, not with all labels or all that is said of the notice."""
        fields = self._unlike() - (OWN_FIELDS if self.are_made_up else set())
        return sorted(fields & OWN_FIELDS if self.are_of_a_guesser else fields)

    @property
    def _are_many_judged(self) -> bool:
        unlike = self._unlike() - OWN_FIELDS
        return sum(self.agreed[field].cases for field in unlike) >= _MANY


NONE = Signs()
NO_SIGNS = ReadingSigns(NONE, {})


class SignsSoFar:
    """The signs of all notices so far."""

    def __init__(self) -> None:
        self.signs = NO_SIGNS

    def add(self, signs: ReadingSigns) -> None:
        """Add a notice's."""
        self.signs += signs


def signs_of(proposals: Iterable[Proposal], near: Signs, printed: Signs = NONE) -> ReadingSigns:
    """Return the signs in the proposals of answers.

    ``near`` counts the subjects at their figures, ``printed`` the quoted names and dates of the notice itself.
    """
    cases: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    for matter in proposals:
        if isinstance(matter, Matter):
            for agrees in _judged(matter.edits):
                cases[matter.field] += 1
                shown[matter.field] += agrees
    return ReadingSigns(near, {field: Signs(cases[field], shown[field]) for field in cases}, printed)


def _left_to_the_rules(fields: Collection[str]) -> str:
    """Return in words which fields a model is not asked about; empty for none."""
    named = sorted(fields)
    if _label_fields().issubset(fields):
        named = ["labels of issues and measures", *sorted(OWN_FIELDS.intersection(fields))]
    return f"not asked any more, left to the rules: {', '.join(named)}" if named else ""


def count_differing(proposals: Iterable[Proposal]) -> int:
    """Return how many proposals differ from the rules, or quote what is not printed."""
    return sum(
        isinstance(each, LostQuote)
        or (isinstance(each, Matter) and not all(isinstance(edit, Confirmation) for edit in each.edits))
        for each in proposals
    )


def without_support(proposals: Iterable[Proposal], doubted: Collection[str]) -> Iterator[Proposal]:
    """Yield proposals; in the fields ``doubted`` agreement supports nothing, since it may be by chance."""
    for proposal in proposals:
        if isinstance(proposal, Matter) and proposal.field in doubted:
            differing = [edit for edit in proposal.edits if not isinstance(edit, Confirmation)]
            if differing:
                yield replace(proposal, edits=differing)
        elif not (isinstance(proposal, NamedDigits) and SUBJECTS in doubted):
            yield proposal


def doubts_of(signs: ReadingSigns, unlisted: int = 0) -> Iterator[Doubt]:
    """Yield doubts that say in which fields a model decides nothing, and why.

    ``unlisted`` is in how many places a model that guesses differs from the rules without a doubt of their own.
    """
    if signs.are_of_a_guesser:
        yield Doubt("model_guesses", "", {"near": str(signs.near.shown), "cases": str(signs.near.cases)})
    if unlisted:
        yield Doubt("model_unlisted", "", {"differ": str(unlisted)})
    if signs.are_made_up:
        yield Doubt("model_makes_up", "", {"printed": str(signs.printed.shown), "cases": str(signs.printed.cases)})
    for field in signs.doubted_alone:
        found = signs.agreed[field]
        yield Doubt("model_unlike", "", {"field": field, "agreed": str(found.shown), "cases": str(found.cases)})


def _judged(edits: Iterable[Edit]) -> Iterator[bool]:
    """Yield for each value of the rules that the model judged whether it agrees; lists that share one value do."""
    for edit in edits:
        if isinstance(edit, Addition | NewValue):
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


def floor_of(name: str) -> SignFloor:
    """Return the fewest signs of a kind that a reader shows."""
    return _floors()[name]


@cache
def _floors() -> Mapping[str, SignFloor]:
    return {name: SignFloor(row["share"], row["able"]) for name, row in read_table("reading_signs").items()}


def _chance(signs: Signs, able: float) -> float:
    """Return how likely an able reader shows so few signs, or fewer."""
    ways = (comb(signs.cases, n) * able**n * (1 - able) ** (signs.cases - n) for n in range(signs.shown + 1))
    return sum(ways)


_HARDLY_EVER = 0.0001
_MANY = 30
"""The cases from which the lack of signs is taken as a model's, and not as a notice's."""


@cache
def _label_fields() -> frozenset[str]:
    return frozenset(name for name in witness_rows() if name not in OWN_FIELDS)
