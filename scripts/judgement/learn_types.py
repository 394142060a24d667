"""Learns how much words say about the types of a measure, a sentence at a time: one sentence is enough for a type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from learn_words import TYPES, Fitted, Floats, by_lists, frequent, presence, telling
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from training_set import TrainingMeasure, type_clauses

from extractor.notice.facts.judgement import MOST_LISTED, sentences_of

_SHARPNESS = 3.0
"""How near a measure's score is to the best one of its sentences while weights are learnt."""
_STRENGTH = 3.0
"""What holds weights back from growing."""
_CLAUSE_WEIGHT = 2.0
PER_LENGTH = 0.6
"""Log-odds that a score loses with each factor e of a measure's sentences: the best of many is high by chance."""
_FIRST_BIAS, _FIRST_LISTED, _LISTED_STRENGTH = -3.0, 0.5, 0.1


class _Sentences(NamedTuple):
    """The sentences of measures: the words and the scores by lists of each, and where those of each measure begin."""

    words: csr_matrix
    listed: Floats
    starts: np.ndarray
    owners: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """The number of sentences of each measure."""
        return np.diff([*self.starts, len(self.owners)])


class TypeModel(NamedTuple):
    """What words say about the types of a measure."""

    words: list[str]
    fitted: Fitted

    def scores(self, measures: Sequence[TrainingMeasure]) -> Floats:
        """Return the score of each type for each measure."""
        found = _sentences(measures, self.words)
        every = np.asarray(found.words @ self.fitted.weights + found.listed * self.fitted.own[0] + self.fitted.bias)
        best = np.maximum.reduceat(every, found.starts, axis=0)
        return np.asarray(best - PER_LENGTH * np.log(found.counts)[:, None])


def learn_types(measures: Sequence[TrainingMeasure], most: int = 1200) -> TypeModel:
    """Learn the types of measures, of those and of single clauses."""
    clauses = type_clauses()
    every = [*measures, *clauses]
    weights = np.array([1.0] * len(measures) + [_CLAUSE_WEIGHT] * len(clauses))
    said = np.array([[np.mean([name in each.types for each in one.readings]) for name in TYPES] for one in every])
    words = frequent((each.without_titles for each in every), 2)
    found = _sentences(every, words)
    words = telling(words, found.words, _fit(found, said, weights).weights, most)
    return TypeModel(words, _fit(_sentences(every, words), said, weights))


def _sentences(measures: Sequence[TrainingMeasure], words: Sequence[str]) -> _Sentences:
    texts = [sentences_of(each.without_titles) for each in measures]
    every = [sentence for text in texts for sentence in text]
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    starts = np.cumsum([0, *(len(text) for text in texts)])[:-1]
    listed = np.minimum(by_lists("measure_types", every, TYPES), MOST_LISTED)
    return _Sentences(presence(every, words), listed, starts, owners)


def _fit(found: _Sentences, said: Floats, weights: Floats) -> Fitted:
    """Fit a yes-or-no question for each type, by the share of readers who said so."""
    size = found.words.shape[1]
    fitted = Fitted(np.zeros((size, len(TYPES))), np.zeros(len(TYPES)), np.zeros((1, len(TYPES))))
    for number in range(len(TYPES)):
        best = _fit_one(found, found.listed[:, number], said[:, number], weights)
        fitted.bias[number], fitted.own[0, number], fitted.weights[:, number] = best[0], best[1], best[2:]
    return fitted


def _fit_one(found: _Sentences, listed: Floats, said: Floats, weights: Floats) -> Floats:
    """Return the bias, the weight of the list's score and the weights of words that tell one type best."""
    words, turned = found.words, found.words.T.tocsr()

    def loss(guess: Floats) -> tuple[float, Floats]:
        bias, per_listed, per_word = guess[0], guess[1], guess[2:]
        scores = words @ per_word + per_listed * listed + bias
        best = np.maximum.reduceat(scores, found.starts)
        near = np.exp((scores - best[found.owners]) * _SHARPNESS)
        total = np.add.reduceat(near, found.starts)
        pooled = best + np.log(total) / _SHARPNESS
        slope = weights * (1 / (1 + np.exp(-pooled)) - said)
        each = slope[found.owners] * near / total[found.owners]
        off = per_listed - _FIRST_LISTED
        held = _STRENGTH * ((per_word**2).sum() / 2 + _LISTED_STRENGTH * off**2)
        value = (weights * (np.logaddexp(0, pooled) - said * pooled)).sum() + held
        further = (each * listed).sum() + 2 * _STRENGTH * _LISTED_STRENGTH * off
        return float(value), np.concatenate([[each.sum(), further], turned @ each + _STRENGTH * per_word])

    first = np.concatenate([[_FIRST_BIAS, _FIRST_LISTED], np.zeros(words.shape[1])])
    return np.asarray(minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x)
