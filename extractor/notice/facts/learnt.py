"""The weights that were learnt from the training set: of words and of other features, and how sure a score is.

``extractor/data/learnt.json`` is made by ``scripts/judgement/learn.py``. All numbers that a score is added up from are
whole, so that it is the same on every machine. The file is read when a notice is judged first.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import repeat
from struct import pack, unpack
from typing import Any, NamedTuple

_NOTHING = repeat(0)
_LANE = 32
"""Bits for the sum of one name's weights."""
_HALF = 1 << (_LANE - 1)


class Calibration(NamedTuple):
    """The share of right values by score: ``shares[k]`` from ``scores[k - 1]`` on, the first below the first."""

    scores: Sequence[int]
    shares: Sequence[float]

    def __call__(self, score: float) -> float:
        """Return the share of values with such a score that are right."""
        return self.shares[bisect_right(self.scores, score)]


class FeatureWeights(NamedTuple):
    """A yes-or-no question about a candidate: the weights of its features; yes from ``least`` on."""

    weights: Mapping[str, int]
    bias: int
    least: int
    confidence: Calibration

    def score(self, features: Iterable[str]) -> int:
        """Return the sum of the features' weights; unknown features weigh nothing."""
        return self.bias + sum(map(self.weights.get, features, _NOTHING))


def lane(weight: int, number: int) -> int:
    """Return a weight of one name, by its number, as packed weights."""
    return weight << _LANE * number


class WordWeights:
    """The weights of words for several names, added up for all names at once.

    A word's weights are packed into one integer, ``_LANE`` bits a name, so that a sum of words is one sum. The
    ``first`` so many names are those that are decided between by the words of a single text.
    """

    def __init__(self, names: Sequence[str], first: int, words: Mapping[str, Sequence[int]]) -> None:
        self.names = names
        self._form, self._size = _form(len(names))
        self._offset = sum(lane(_HALF, number) for number in range(len(names)))
        # To flip a lane's first bit adds half a lane; less all halves, a negative weight borrows from the next lane.
        rows = (int.from_bytes(pack(self._form, *row), "little") for row in words.values())
        self.packed = [(row ^ self._offset) - self._offset for row in rows]
        self._first_form, self._first_size = _form(first)
        self._first_mask = (1 << _LANE * first) - 1
        self._first_bits = self._offset & self._first_mask

    def sums(self, packed: int) -> tuple[int, ...]:
        """Return the sum of each name's weights from a sum of words."""
        # With half a lane added no lane borrows from the next; to flip its first bit then makes it a signed number.
        lanes = (packed + self._offset) ^ self._offset
        return unpack(self._form, lanes.to_bytes(self._size, "little"))

    def first_maxima(self, packed: Sequence[int]) -> tuple[int, ...]:
        """Return the largest sum of each of the first names' weights among those of several sums of words."""
        first_bits, quarter = self._first_bits, self._offset >> 1
        # With a quarter of a lane added no lane is negative, and the first bit of each is free.
        most, *others = [(each + quarter) & self._first_mask for each in packed]
        for other in others:
            larger = (((other | first_bits) - most) & first_bits) >> _LANE - 1
            most ^= (most ^ other) & ((larger << _LANE - 1) - larger)
        lanes = (most + (first_bits >> 1)) ^ first_bits
        return unpack(self._first_form, lanes.to_bytes(self._first_size, "little"))


def _form(names: int) -> tuple[str, int]:
    """Return the form of so many unpacked sums, and their size in bytes."""
    return f"<{names}i", _LANE // 8 * names


@cache
def learnt(task: str) -> dict[str, Any]:
    """Return what ``data/learnt.json`` has on a task. The result is shared: do not change it."""
    tasks: dict[str, dict[str, Any]] = _file()
    return tasks[task]


@cache
def _file() -> dict[str, dict[str, Any]]:
    content: dict[str, dict[str, Any]] = json.loads(
        files("extractor.data").joinpath("learnt.json").read_text(encoding="utf-8")
    )
    return content


@cache
def calibration(task: str) -> Calibration:
    """Return how sure the scores of a task are."""
    table = learnt(task)["confidence"]
    return Calibration(table["scores"], table["shares"])


@cache
def feature_weights(task: str) -> FeatureWeights:
    """Return the weights of the features that a yes-or-no question is decided by."""
    found = learnt(task)
    return FeatureWeights(found["weights"], found["bias"], found["least"], calibration(task))


@cache
def rate(task: str, way: str) -> float:
    """Return the share of values that are right where a rule read them in a certain way."""
    rates: dict[str, float] = learnt(task)["rates"]
    return rates.get(way, rates[""])
