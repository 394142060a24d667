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

from extractor.notice.facts.judgement import CLEAR_LEAD, MOST_LISTED, OVERRULED, sentences_of
from extractor.notice.facts.lexical import lexical_scores
from extractor.record.enumerations import VOCABULARIES

TYPES = tuple(VOCABULARIES["measure_type"])
CATEGORIES = tuple(VOCABULARIES["category"])
SCALE = 64
"""Whole numbers a unit of log-odds."""
_SIZES = (2, 3)
_TITLE_SIZES = (1, 2, 3)
_RUN = re.compile(r"[\u4e00-\u9fff]+")
DISPUTED = 0.4
"""The weight of an example that two readers label differently."""
_LISTED = 0.4
"""What a unit of a list's score is as a column beside words, which are 0 or 1."""
Floats = NDArray[np.float64]


class Fitted(NamedTuple):
    """For each name the weights of words, a bias, and the weights of further columns of its own."""

    weights: Floats
    bias: Floats
    own: Floats


def grams(text: str, sizes: Sequence[int] = _SIZES) -> set[str]:
    """Return the words of a text: so many Chinese characters side by side."""
    found: set[str] = set()
    for run in _RUN.findall(text):
        for size in sizes:
            found.update(run[start : start + size] for start in range(len(run) - size + 1))
    return found


def frequent(texts: Iterable[str], least: int, sizes: Sequence[int] = _SIZES) -> list[str]:
    """Return the words that are in at least ``least`` texts."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(grams(text, sizes))
    return sorted(word for word, count in counts.items() if count >= least)


def presence(texts: Sequence[str], words: Sequence[str]) -> csr_matrix:
    """Return which words are in which texts."""
    places = {word: column for column, word in enumerate(words)}
    sizes = sorted({len(word) for word in words})
    rows: list[int] = []
    columns: list[int] = []
    for row, text in enumerate(texts):
        found = sorted(places[word] for word in grams(text, sizes) if word in places)
        rows += [row] * len(found)
        columns += found
    return csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(texts), len(words)))


def by_lists(table: str, texts: Sequence[str], names: Sequence[str]) -> Floats:
    """Return the scores of texts by a word list."""
    scores = [lexical_scores(table, text) for text in texts]
    return np.array([[float(each.get(name, 0)) for name in names] for each in scores]).reshape(len(texts), len(names))


def fit(x: csr_matrix, right: Sequence[str], strength: float, weights: Floats) -> Fitted:
    """Fit which of the categories is right for each row: a multinomial logistic regression."""
    model = LogisticRegression(C=1 / strength, max_iter=300).fit(x, right, weights)
    order = [list(model.classes_).index(name) for name in CATEGORIES]
    return Fitted(model.coef_[order].T, model.intercept_[order], np.zeros((0, len(CATEGORIES))))


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
    """What the words of a title and of measures, and the scores of the title by lists, say about the category."""

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
        return self.fitted.weights[len(self.title_words) : -len(CATEGORIES)]

    @property
    def listed_weights(self) -> Floats:
        """The weights of each unit of the title's score by the list of each category."""
        return self.fitted.weights[-len(CATEGORIES) :] * _LISTED

    def scores(self, findings: Sequence[TrainingFinding]) -> Floats:
        """Return the score of each category for each finding."""
        x = category_columns(findings, self.title_words, self.measure_words)
        return np.asarray(x @ self.fitted.weights + self.fitted.bias)


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
) -> csr_matrix:
    """Return the columns of the words of titles, of those of measures, a measure's mean, and of titles' lists."""
    titles = [each.folded_title for each in findings]
    listed = np.minimum(by_lists("categories", titles, CATEGORIES), MOST_LISTED) * _LISTED
    means = [
        csr_matrix(presence(_sentences(finding), measure_words).sum(axis=0) / max(1, len(finding.measures)))
        for finding in findings
    ]
    return hstack([presence(titles, title_words), vstack(means), csr_matrix(listed)]).tocsr()


def _sentences(finding: TrainingFinding) -> list[str]:
    return [sentence for each in finding.measures for sentence in sentences_of(each.without_titles)]


def learn_category(
    findings: Sequence[TrainingFinding], measure_words: Sequence[str], strength: float = 1.0, most: int = 2500
) -> CategoryModel:
    """Learn the categories of findings; ``measure_words`` are those that the types are learnt from.

    Of titles, which are short, single characters are words, too: 污 says as much as 污染 and 污水 that were not seen.
    """
    title_words = frequent((each.folded_title for each in findings), 2, _TITLE_SIZES)
    right = [each.category for each in findings]
    weights = np.array([agreed(each.readings) for each in findings])
    x = category_columns(findings, title_words, measure_words)
    first = fit(x, right, strength, weights)
    size = len(title_words)
    title_words = telling(title_words, x[:, :size], first.weights[:size], most)
    x = category_columns(findings, title_words, measure_words)
    return CategoryModel(title_words, list(measure_words), fit(x, right, strength, weights))
