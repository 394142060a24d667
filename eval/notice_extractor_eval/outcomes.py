"""What became of a value: a hit, a miss, an invention, a wrong value or a wrong span, and what that adds to its field.

A wrong value adds a miss and a false one. Scores, slices and error lists are all sums over outcomes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from extractor.record.contract import Span

OutcomeKind = Literal["hit", "missed", "invented", "wrong_value", "wrong_span"]

NOTICE_UNIT = -1


@dataclass(frozen=True, slots=True)
class Score:
    """True positives, false positives, false negatives."""

    tp: float = 0
    fp: float = 0
    fn: float = 0

    def __add__(self, other: Score) -> Score:
        return Score(self.tp + other.tp, self.fp + other.fp, self.fn + other.fn)

    @property
    def counted(self) -> bool:
        """Whether there was anything to find or anything was found."""
        return self.tp + self.fp + self.fn > 0

    @property
    def support(self) -> float:
        """How much there was to find."""
        return self.tp + self.fn

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self._ratio(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> float:
        """The share of what was to find that was found."""
        return self._ratio(self.tp, self.tp + self.fn)

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return self._ratio(2 * self.tp, 2 * self.tp + self.fp + self.fn)

    def _ratio(self, part: float, whole: float) -> float:
        if not self.counted:
            return 1.0
        return part / whole if whole > 0 else 0.0


class ComparedValue(NamedTuple):
    """A value on one side: its path into the record, what it says, and where it stands."""

    path: str
    value: object
    span: Span | None


class SliceKey(NamedTuple):
    """The slice an outcome is counted in: the gold issue it belongs to (by index), and its measure's length."""

    unit: int = NOTICE_UNIT
    length: str | None = None


@dataclass(frozen=True, slots=True)
class ValueOutcome:
    """What became of a value. ``listed`` outcomes are errors to show; the rest only count."""

    field: str
    kind: OutcomeKind
    score: Score
    where: SliceKey
    gold: ComparedValue | None = None
    pred: ComparedValue | None = None
    listed: bool = True
