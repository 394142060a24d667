"""How sure scores are: shares of right values by rising score, from predictions on text that was not learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.isotonic import IsotonicRegression

_LEAST_IN_STEP = 40


class Scored(NamedTuple):
    """A value's score, and the share of readers who gave the same value."""

    score: float
    right: float


def calibrated(values: Sequence[Scored], scale: int) -> dict[str, Any]:
    """Return a table of steps: from each score on, the share of values that are right, which never falls."""
    ordered = sorted(values)
    x = np.array([value.score for value in ordered])
    y = np.array([value.right for value in ordered])
    # Steps of equal size first: the ends of an isotonic fit are single values that happened to be right or wrong.
    count = max(1, min(20, len(ordered) // _LEAST_IN_STEP))
    parts = np.array_split(np.arange(len(ordered)), count)
    means = np.array([y[part].mean() for part in parts])
    sizes = np.array([len(part) for part in parts], dtype=float)
    rising = IsotonicRegression(y_min=0.0, y_max=1.0).fit(np.arange(count), means, sizes).predict(np.arange(count))
    scores: list[int] = []
    shares = [_share(rising[0])]
    for part, share in zip(parts[1:], rising[1:], strict=True):
        if _share(share) > shares[-1]:
            scores.append(round(float(x[part[0]]) * scale))
            shares.append(_share(share))
    return {"scores": scores, "shares": shares}


def share(said: Iterable[bool]) -> float:
    """Return the share of readers who say so."""
    answers = list(said)
    return sum(answers) / len(answers)


def _share(value: float) -> float:
    return round(min(0.99, max(0.01, float(value))), 2)
