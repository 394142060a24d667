"""95% intervals by a two-level bootstrap over notices and their issues.

A resample draws as many notices as there are, with replacement, and within each drawn notice as many issues as it has
(Davison & Hinkley 1997, 3.8). What is drawn are counts, not texts: a unit is a gold issue with everything that was
predicted in its place, and its statistic is its row of (tp, fp, fn) for every field. A notice's own fields are one more
unit, drawn whenever the notice is. A notice drawn k times gives k·n issues, so that one multinomial draw a notice
suffices and a resample is one matrix product.

With a handful of notices the outer level sees little of how notices differ: read the intervals as lower bounds then.
Resamples in which a field does not occur are left out of its interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.float64]
"""Units by fields by (tp, fp, fn); the first unit is the notice itself."""

RESAMPLES = 1_000
SEED = 20_240_327
LEVEL = 0.95


class Interval(NamedTuple):
    """The bounds of a percentile interval; both ``nan`` where a field occurs in no resample."""

    low: float
    high: float


class Intervals(NamedTuple):
    """A field's intervals."""

    precision: Interval
    recall: Interval
    f1: Interval


def resample(corpora: Sequence[Sequence[Counts]], resamples: int = RESAMPLES, seed: int = SEED) -> list[Counts]:
    """Return the counts of each resample (resamples by fields by 3), for each of several runs over the same gold.

    All runs see the same draws, which is what makes their differences paired.
    """
    rng = np.random.default_rng(seed)
    size = len(corpora[0])
    fields = corpora[0][0].shape[1] if size else 0
    sums = [np.zeros((resamples, fields * 3)) for _ in corpora]
    if size == 0:
        return [each.reshape(resamples, fields, 3) for each in sums]
    drawn = rng.multinomial(size, np.full(size, 1 / size), size=resamples)
    for number in range(size):
        often = drawn[:, number]
        issues = corpora[0][number].shape[0] - 1
        weights = rng.multinomial(often * issues, np.full(issues, 1 / issues)) if issues else None
        for run, corpus in enumerate(corpora):
            flat = corpus[number].reshape(issues + 1, -1)
            sums[run] += often[:, None] * flat[0]
            if weights is not None:
                sums[run] += weights @ flat[1:]
    return [each.reshape(resamples, fields, 3) for each in sums]


def intervals(corpus: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED) -> list[Intervals]:
    """Return each field's intervals."""
    (sums,) = resample([corpus], resamples, seed)
    bounds = [_percentiles(values) for values in _ratios(sums)]
    return [Intervals(*(bound[field] for bound in bounds)) for field in range(sums.shape[1])]


def paired_intervals(
    one: Sequence[Counts], other: Sequence[Counts], resamples: int = RESAMPLES, seed: int = SEED
) -> list[Interval]:
    """Return each field's interval of F1(other) − F1(one) over the same resamples."""
    first, second = resample([one, other], resamples, seed)
    return _percentiles(_ratios(second)[2] - _ratios(first)[2])


def _ratios(sums: Counts) -> tuple[Counts, Counts, Counts]:
    """Return precision, recall and F1 of every resample and field, ``nan`` where the field does not occur."""
    tp, fp, fn = sums[..., 0], sums[..., 1], sums[..., 2]
    occurs = tp + fp + fn > 0

    def ratio(part: Counts, whole: Counts) -> Counts:
        known = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        return np.where(occurs, known, np.nan)

    return ratio(tp, tp + fp), ratio(tp, tp + fn), ratio(2 * tp, 2 * tp + fp + fn)


def _percentiles(values: Counts) -> list[Interval]:
    tail = (1 - LEVEL) / 2
    found = []
    for column in values.T:
        known = column[~np.isnan(column)]
        low, high = np.quantile(known, [tail, 1 - tail]) if known.size else (np.nan, np.nan)
        found.append(Interval(float(low), float(high)))
    return found
