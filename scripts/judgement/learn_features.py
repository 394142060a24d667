"""Learns yes-or-no questions about candidates from the names of their features."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from learn_words import SCALE
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from extractor.notice.facts.learnt import Calibration, FeatureWeights

_LEAST_WEIGHT = 4
"""Whole numbers; what weighs less is left out."""


class Labelled(NamedTuple):
    """A candidate's features, whether it is one of those looked for, and how much the example counts."""

    features: Sequence[str]
    is_right: bool
    weight: float = 1.0


def learn_weights(examples: Sequence[Labelled], strength: float, rarest: int = 2) -> dict[str, Any]:
    """Return the whole weights of features and a bias."""
    counts = Counter(feature for example in examples for feature in set(example.features))
    names = sorted(name for name, count in counts.items() if count >= rarest)
    places = {name: column for column, name in enumerate(names)}
    cells = [
        (row, places[name])
        for row, example in enumerate(examples)
        for name in sorted(set(example.features))
        if name in places
    ]
    rows, columns = zip(*cells, strict=True)
    x = csr_matrix((np.ones(len(cells)), (rows, columns)), shape=(len(examples), len(names)))
    y = np.array([example.is_right for example in examples])
    weights = np.array([example.weight for example in examples])
    model = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(x, y, weights)
    whole = {name: round(float(weight) * SCALE) for name, weight in zip(names, model.coef_[0], strict=True)}
    return {
        "bias": round(float(model.intercept_[0]) * SCALE),
        "weights": {name: weight for name, weight in whole.items() if abs(weight) >= _LEAST_WEIGHT},
    }


def as_weights(learnt: dict[str, Any], least: int = 0) -> FeatureWeights:
    """Return what was learnt as it is used."""
    return FeatureWeights(learnt["weights"], learnt["bias"], least, Calibration([], [0.5]))
