"""A score is three counts that add up; precision, recall and F1 follow from them.

    precision = tp / (tp + fp)      recall = tp / (tp + fn)      F1 = 2·tp / (2·tp + fp + fn)

Where there was nothing to find and nothing was found, all three are 1. Any other quotient without a denominator (no
prediction although something was to be found, or the reverse) is 0. After spaCy's ``PRFScore``. Counts are whole,
except in the rows ``*.iou``, whose hits are fractions of a match.

Micro scores add the counts of all notices before dividing. Macro scores are the mean over the notices in which the
field occurs on either side.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from extractor.record.contract import Notice
from notice_extractor_eval.alignment import align_notice
from notice_extractor_eval.outcomes import Score
from notice_extractor_eval.score_fields import ROWS
from notice_extractor_eval.walk import outcomes

__all__ = ["Macro", "Score", "add_up", "empty_notice", "macro", "micro", "score_notice"]

Scores = Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class Macro:
    """Means over the notices in which a field occurs; ``notices`` says how many these are."""

    precision: float
    recall: float
    f1: float
    notices: int


def empty_notice(gold: Notice) -> Notice:
    """Return what a missing prediction counts as: a notice of which nothing was read."""
    return Notice(notice_id=gold.notice_id, text_sha256=gold.text_sha256)


def score_notice(gold: Notice, pred: Notice | None) -> dict[str, Score]:
    """Score one notice: every row of ``score_fields.toml`` and its counts. No prediction is an empty one."""
    pred = pred or empty_notice(gold)
    scores = dict.fromkeys(ROWS, Score())
    for outcome in outcomes(gold, pred, align_notice(gold, pred)):
        scores[outcome.field] += outcome.score
    return scores


def add_up(scores: Iterable[Scores]) -> dict[str, Score]:
    """Add scores field by field."""
    total = dict.fromkeys(ROWS, Score())
    for each in scores:
        for field, score in each.items():
            total[field] += score
    return total


def micro(pairs: Iterable[tuple[Notice, Notice | None]]) -> dict[str, Score]:
    """Score a corpus of (gold, predicted) notices: the counts of all notices together."""
    return add_up(score_notice(gold, pred) for gold, pred in pairs)


def macro(scores: Iterable[Scores]) -> dict[str, Macro]:
    """Return each field's means over the notices in which it occurs."""
    per_field: dict[str, list[Score]] = {field: [] for field in ROWS}
    for each in scores:
        for field, score in each.items():
            if score.counted:
                per_field[field].append(score)
    return {field: _mean(found) for field, found in per_field.items()}


def _mean(scores: list[Score]) -> Macro:
    if not scores:
        return Macro(1.0, 1.0, 1.0, 0)
    size = len(scores)
    return Macro(
        precision=sum(score.precision for score in scores) / size,
        recall=sum(score.recall for score in scores) / size,
        f1=sum(score.f1 for score in scores) / size,
        notices=size,
    )
