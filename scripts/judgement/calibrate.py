"""How sure scores are: shares of right values by rising score, from predictions on text that was not learnt from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from sklearn.isotonic import IsotonicRegression

_REAL = 2.0
"""All values of real notices weigh so much more than all of the training set: those are what is read."""
_MOST_STEPS = 8
_LEAST_IN_STEP = 40


class Scored(NamedTuple):
    """A value's score, and the share of readers who gave the same value."""

    score: float
    right: float


def calibrated(
    invented: Sequence[Scored], real: Sequence[Scored], scale: int, weight_of_real: float = _REAL
) -> dict[str, Any]:
    """Return a table of steps: from each score on, the share of values that are right, which never falls.

    ``invented`` values are of the training set, ``real`` ones of notices. Alone, either misleads: the training set's
    texts are short and hard, and real ones are few. All real ones weigh ``weight_of_real`` times all invented ones.
    """
    heavy = weight_of_real * len(invented) / max(1, len(real))
    ordered = sorted([*((each, 1.0) for each in invented), *((each, heavy) for each in real)])
    x = np.array([value.score for value, _ in ordered])
    y = np.array([value.right for value, _ in ordered])
    weights = np.array([weight for _, weight in ordered])
    # Steps of equal weight first: the ends of an isotonic fit are single values that happened to be right or wrong.
    count = max(1, min(_MOST_STEPS, len(ordered) // _LEAST_IN_STEP))
    bounds = np.searchsorted(np.cumsum(weights), weights.sum() * np.arange(1, count) / count)
    parts = [part for part in np.split(np.arange(len(ordered)), bounds) if len(part)]
    means = np.array([np.average(y[part], weights=weights[part]) for part in parts])
    sizes = np.array([weights[part].sum() for part in parts])
    places = np.arange(len(parts))
    rising = IsotonicRegression(y_min=0.0, y_max=1.0).fit(places, means, sizes).predict(places)
    scores: list[int] = []
    shares = [_share(rising[0])]
    for part, share in zip(parts[1:], rising[1:], strict=True):
        if _share(share) > shares[-1]:
            scores.append(round(float(x[part[0]]) * scale))
            shares.append(_share(share))
    return {"scores": scores, "shares": shares}


def mixed(invented: Mapping[str, float], real: Mapping[str, float]) -> dict[str, float]:
    """Return the share of right values by way, from those of the training set and of real notices."""
    return {way: round((rate + _REAL * real.get(way, rate)) / (1 + _REAL), 2) for way, rate in invented.items()}


def share(said: Iterable[bool]) -> float:
    """Return the share of readers who say so."""
    answers = list(said)
    return sum(answers) / len(answers)


def _share(value: float) -> float:
    return round(min(0.99, max(0.01, float(value))), 2)
