"""The counts of a calibration: how often a model and the rules are right, field by field, and who wins by that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from math import sqrt
from typing import NamedTuple

from extractor.assist.proposals.witnesses import (
    CHANCE,
    QUESTIONS,
    Origin,
    Question,
    Sureness,
    TrustTable,
    Winner,
    Witness,
    WitnessRow,
    witness_rows,
)

_Z = 1.96  # of a two-sided 95% interval
_MARGIN = 0.1
_ENOUGH = 30
"""The fewest values on which a model must agree with the rules to count as nearly as good a reader."""
_FEWEST = 10
"""The fewest values from which a share is told as how sure a value is."""


class Share(NamedTuple):
    """The ``right`` ones of ``size`` values; what is right in part, as a list may be, counts in fractions."""

    size: float = 0
    right: float = 0.0

    @property
    def ratio(self) -> float | None:
        """The share that is right; None of no values."""
        return self.right / self.size if self.size else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95% interval of the share (Wilson 1927); all from 0 to 1 where there are no values."""
        if not self.size:
            return 0.0, 1.0
        size, share = self.size, self.right / self.size
        spread = _Z * sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
        middle, scale = share + _Z**2 / (2 * size), 1 + _Z**2 / size
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    @property
    def sure(self) -> float | None:
        """The share as a confidence (Laplace's rule of succession); None of too few values."""
        return round((self.right + 1) / (self.size + 2), 3) if self.size >= _FEWEST else None

    def __add__(self, other: object) -> Share:
        """Return the share over the values of both."""
        if not isinstance(other, Share):
            return NotImplemented
        return Share(self.size + other.size, self.right + other.right)


class Dispute(NamedTuple):
    """The values on which the readers disagree.

    ``rules`` and ``model`` are the shares right of each. ``won`` sums by how much one of them is nearer to the truth,
    and as right the model's lead: half a value where one has a list half right and the other all of it.
    """

    rules: Share = Share()
    model: Share = Share()
    won: Share = Share()

    def __add__(self, other: object) -> Dispute:
        """Return the counts over the values of both."""
        if not isinstance(other, Dispute):
            return NotImplemented
        return Dispute(self.rules + other.rules, self.model + other.model, self.won + other.won)


class FieldCounts(NamedTuple):
    """The counts of a field: values on which both agree, and by question those on which they do not."""

    both: Share = Share()
    value: Dispute = Dispute()
    added: Dispute = Dispute()
    dropped: Dispute = Dispute()

    def __add__(self, other: object) -> FieldCounts:
        """Return the counts over the values of both."""
        if not isinstance(other, FieldCounts):
            return NotImplemented
        return FieldCounts(
            self.both + other.both,
            self.value + other.value,
            self.added + other.added,
            self.dropped + other.dropped,
        )

    def against(self, question: Question) -> Dispute:
        """Return the values on which the readers disagree in one way."""
        found: Dispute = getattr(self, question)
        return found

    @property
    def rules_alone(self) -> Share:
        """The share right of the rules' values that the model spoke of."""
        return self.both + self.value.rules + self.dropped.rules

    @property
    def model_alone(self) -> Share:
        """The share right of the model's values."""
        return self.both + self.value.model + self.added.model


def trust_table(model: str, counts: Mapping[str, FieldCounts], origin: Origin = "measured") -> TrustTable:
    """Return the table that follows from a model's counts; fields that were not measured are as for unknown models."""
    rows = {
        field: decided(row, counts[field]) if field in counts else row.cautious for field, row in witness_rows().items()
    }
    lost = frozenset(field for field, found in counts.items() if _is_surely_worse(found))
    said = [model, rows, *([sorted(lost)] if lost else [])]
    key = sha256(json.dumps(said, ensure_ascii=True, sort_keys=True).encode()).hexdigest()
    return TrustTable(origin, model, rows, key, lost)


def decided(row: WitnessRow, counts: FieldCounts) -> Witness:
    """Return the row of a field for a model with these counts."""
    value, added, dropped = (_winner(row, counts, question) for question in QUESTIONS)
    return Witness(value, added, dropped, row.cautious.code, _sureness(counts))


def _winner(row: WitnessRow, counts: FieldCounts, question: Question) -> Winner:
    """Return who wins: the model where the interval of its lead is above the proof, the rules where it is below.

    Where the disputes of a question are too few to say, those of the whole field do. Where these are too few, too (the
    rules were made on the gold notices that a model is measured on, and hardly err there), the model wins if it is
    surely nearly as good a reader as the rules. It never wins a question of whose disputes it did not win most.
    """
    able: Winner = getattr(row.able, question)
    cautious: Winner = getattr(row.cautious, question)
    own = counts.against(question).won
    low, high = own.interval
    if low > row.proof:
        return able
    if high < row.proof:
        return "rules"
    if own.size and own.right <= row.proof * own.size:
        return cautious
    every = _disputes(counts)
    return able if every.interval[0] > row.proof or _is_nearly_as_good(row, counts) else cautious


def _disputes(counts: FieldCounts) -> Share:
    """Return the model's lead over all questions of a field."""
    return sum((counts.against(each).won for each in QUESTIONS), Share())


def _is_surely_worse(counts: FieldCounts) -> bool:
    """Return whether the model loses most disputes of a field, by the high end of the interval."""
    every = _disputes(counts)
    return every.size >= _FEWEST and every.interval[1] < CHANCE


def _is_nearly_as_good(row: WitnessRow, counts: FieldCounts) -> bool:
    """Return whether a model's share is within the margin of the rules' by the low end of its interval."""
    rules = counts.rules_alone.ratio
    if row.proof > CHANCE or rules is None or counts.both.size < _ENOUGH:
        return False
    return counts.model_alone.interval[0] > rules - _MARGIN


def _sureness(counts: FieldCounts) -> Sureness:
    model: dict[Question, float] = {}
    rules: dict[Question, float] = {}
    for question in QUESTIONS:
        dispute = counts.against(question)
        if (sure := dispute.model.sure) is not None and question != "dropped":
            model[question] = sure
        if (sure := dispute.rules.sure) is not None and question != "added":
            rules[question] = sure
    return Sureness(counts.both.sure, model, rules)
