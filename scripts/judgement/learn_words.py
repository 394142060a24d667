"""Learns how much words say about a finding's category and a measure's types, on top of the word lists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.linear_model import LogisticRegression
from training_set import TrainingFinding

from extractor.notice.facts.judgement import CLEAR_LEAD, MEASURES_READ, OVERRULED, sentences_of
from extractor.notice.facts.lexical import lexical_scores
from extractor.record.enumerations import VOCABULARIES

TYPES = tuple(VOCABULARIES["measure_type"])
CATEGORIES = tuple(VOCABULARIES["category"])
SCALE = 64
"""Whole numbers a unit of log-odds."""
_SIZES = (2, 3)
_RUN = re.compile(r"[\u4e00-\u9fff]+")
DISPUTED = 0.4
"""The weight of an example that two readers label differently."""
_RAREST_CLASS = 3
_UNKNOWN = -3.0
Floats = NDArray[np.float64]


class Fitted(NamedTuple):
    """For each name the weights of words, a bias, and the weights of further columns of its own."""

    weights: Floats
    bias: Floats
    own: Floats


def grams(text: str) -> set[str]:
    """Return the words of a text: two or three Chinese characters side by side."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        for size in _SIZES:
            found.update(run[start : start + size] for start in range(len(run) - size + 1))
    return found


def frequent(texts: Iterable[str], least: int) -> list[str]:
    """Return the words that are in at least ``least`` texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(grams(text))
    return sorted(word for word, count in counts.items() if count >= least)


def presence(texts: Sequence[str], words: Sequence[str]) -> csr_matrix:
    """Return which words are in which texts."""
    places = {word: column for column, word in enumerate(words)}
    rows: list[int] = []
    columns: list[int] = []
    for row, text in enumerate(texts):
        found = sorted(places[word] for word in grams(text) if word in places)
        rows += [row] * len(found)
        columns += found
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(words)))


def by_lists(table: str, texts: Sequence[str], names: Sequence[str]) -> Floats:
    """Return the scores of texts by a word list."""
    scores = [lexical_scores(table, text) for text in texts]
    return np.array([[float(each.get(name, 0)) for name in names] for each in scores]).reshape(len(texts), len(names))


def fit(x: csr_matrix, own: Sequence[Floats], y: NDArray[np.bool_], strength: float, weights: Floats) -> Fitted:
    """Fit a yes-or-no question for each column of ``y``; each matrix of ``own`` has a column for it alone."""
    size, names = x.shape[1], y.shape[1]
    found = Fitted(np.zeros((size, names)), np.full(names, _UNKNOWN), np.full((len(own), names), 0.3))
    for k in range(names):
        if y[:, k].sum() < _RAREST_CLASS:
            continue
        columns = hstack([x, *(csr_matrix(each[:, [k]]) for each in own)]).tocsr()
        model = LogisticRegression(C=strength, solver="liblinear", random_state=0).fit(columns, y[:, k], weights)
        found.weights[:, k], found.own[:, k] = model.coef_[0][:size], model.coef_[0][size:]
        found.bias[k] = model.intercept_[0]
    return found


def telling(words: Sequence[str], x: csr_matrix, weights: Floats, most: int) -> list[str]:
    """Return those words that change most scores, in order."""
    value = np.abs(weights).max(axis=1) * np.sqrt(np.asarray(x.sum(axis=0)).ravel())
    return [words[k] for k in np.sort(np.argsort(-value, kind="stable")[:most])]


def whole(values: Floats) -> list[int]:
    """Return numbers as whole ones of ``SCALE`` a unit."""
    return [int(value) for value in np.rint(values * SCALE)]


def agreed(readings: Sequence[object]) -> float:
    """Return how much an example counts: less where two readers differ."""
    return DISPUTED if len(set(readings)) > 1 else 1.0


def chosen_types(scores: Floats, least: float) -> list[list[int]]:
    """Return the numbers of the types of each row: the three best of those that reach ``least``, or the best one."""
    chosen = []
    for row in scores:
        order = np.argsort(-row, kind="stable")
        chosen.append([int(k) for k in order[:3] if row[k] >= least] or [int(order[0])])
    return chosen


class CategoryModel(NamedTuple):
    """What the words of a title and of measures say about the category."""

    title_words: list[str]
    measure_words: list[str]
    fitted: Fitted

    @property
    def title_weights(self) -> Floats:
        """The weights of the words of titles."""
        return self.fitted.weights[: len(self.title_words)]

    @property
    def measure_weights(self) -> Floats:
        """The weights of the words of measures."""
        return self.fitted.weights[len(self.title_words) :]

    def scores(self, findings: Sequence[TrainingFinding]) -> Floats:
        """Return the score of each category for each finding."""
        x, own = category_columns(findings, self.title_words, self.measure_words)
        listed = sum(each * weights for each, weights in zip(own, self.fitted.own, strict=True))
        return np.asarray(x @ self.fitted.weights + listed + self.fitted.bias)


def decided(row: Floats, title: str) -> tuple[int, float]:
    """Return the number of the category that scores decide for, and how far it is ahead of the best other one."""
    by_list = by_lists("categories", [title], CATEGORIES)[0]
    listed = np.argsort(-by_list, kind="stable")
    order = np.argsort(-row, kind="stable")
    is_clear = by_list[listed[0]] - by_list[listed[1]] >= CLEAR_LEAD
    first = listed[0] if is_clear and row[order[0]] - row[listed[0]] <= OVERRULED else order[0]
    return int(first), float(row[first] - row[order[1] if first == order[0] else order[0]])


def category_columns(
    findings: Sequence[TrainingFinding], title_words: Sequence[str], measure_words: Sequence[str]
) -> tuple[csr_matrix, list[Floats]]:
    """Return the columns of words, and the scores by lists: of titles, and of measures if the title leaves it open."""
    titles = [each.folded_title for each in findings]
    of_titles = by_lists("categories", titles, CATEGORIES)
    answers = ["\n".join(each.folded[each.body.start :] for each in finding.measures) for finding in findings]
    of_measures = by_lists("categories", [answer[:MEASURES_READ] for answer in answers], CATEGORIES)
    ranked = np.sort(of_titles, axis=1)
    of_measures *= (ranked[:, -1] == ranked[:, -2])[:, None]
    means = [
        csr_matrix(presence(_sentences(finding), measure_words).sum(axis=0) / max(1, len(finding.measures)))
        for finding in findings
    ]
    x = hstack([presence(titles, title_words), vstack(means)]).tocsr()
    return x, [of_titles, of_measures]


def _sentences(finding: TrainingFinding) -> list[str]:
    return [sentence for each in finding.measures for sentence in sentences_of(each.without_titles)]


def learn_category(
    findings: Sequence[TrainingFinding], measure_words: Sequence[str], strength: float = 3.0, most: int = 1500
) -> CategoryModel:
    """Learn the categories of findings; ``measure_words`` are those that the types are learnt from."""
    title_words = frequent((each.folded_title for each in findings), 2)
    y = np.array([[each.category == name for name in CATEGORIES] for each in findings])
    weights = np.array([agreed(each.readings) for each in findings])
    x, own = category_columns(findings, title_words, measure_words)
    first = fit(x, own, y, strength, weights)
    size = len(title_words)
    title_words = telling(title_words, x[:, :size], first.weights[:size], most)
    x, own = category_columns(findings, title_words, measure_words)
    return CategoryModel(title_words, list(measure_words), fit(x, own, y, strength, weights))
