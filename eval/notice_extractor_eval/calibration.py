"""The calibration of judged values: of those said to be 0.9 sure, 0.9 should be right.

A value counts where both sides have the item that it is a value of. The expected calibration error (Naeini and others
2015) sorts values by confidence into bins of equal width and is the mean distance of a bin's mean confidence from the
share that is right in it, weighted by the bins' sizes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from extractor.record.contract import Issue, Measure, Notice
from extractor.record.fields import LISTS_OF_MEASURE, SHAPES, ItemKind
from extractor.text.normal_form import normalise
from notice_extractor_eval.alignment import NoticeAlignment
from notice_extractor_eval.matching import compared, compared_on_top
from notice_extractor_eval.score_fields import HOLDERS

BINS = 10
_LISTS = {kind: name for name, kind in LISTS_OF_MEASURE}


class JudgedValue(NamedTuple):
    """A judged value: the row that it is scored under, its confidence, and whether gold has the same."""

    row: str
    confidence: float
    is_right: bool


class Bin(NamedTuple):
    """The values whose confidence is within ``low`` and ``high``: how many, their mean confidence, the share right."""

    low: float
    high: float
    size: int
    confidence: float
    right: float


def judged_rows() -> list[str]:
    """Return the rows of the values that a record says a confidence of, in the order of the contract."""
    own = [f"{home}.{name}" for home, kind in HOLDERS.items() for name in SHAPES[kind].judged]
    listed = [
        f"measures.{name}.{part}" if part else f"measures.{name}"
        for name, kind in LISTS_OF_MEASURE
        for part in SHAPES[kind].judged
    ]
    return [*own, *listed]


def judged_values(gold: Notice, pred: Notice, alignment: NoticeAlignment) -> Iterator[JudgedValue]:
    """Yield the values of ``pred`` that have a confidence, of items that both sides have."""
    for (g, p), pairing in alignment.measures.items():
        yield from _own_values("issue", "issues", gold.issues[g], pred.issues[p])
        for i, j in pairing.pairs:
            one, other = gold.issues[g].measures[i], pred.issues[p].measures[j]
            yield from _own_values("measure", "measures", one, other)
            for kind, name in _LISTS.items():
                yield from _elements(kind, name, one, other)


def bins(values: Iterable[JudgedValue]) -> list[Bin]:
    """Return the bins that hold values, by rising confidence."""
    sorted_in: dict[int, list[JudgedValue]] = {}
    for value in values:
        sorted_in.setdefault(min(int(value.confidence * BINS), BINS - 1), []).append(value)
    return [_bin(number, sorted_in[number]) for number in sorted(sorted_in)]


def expected_calibration_error(found: Sequence[Bin]) -> float | None:
    """Return the expected calibration error of bins; None where there are none."""
    size = sum(each.size for each in found)
    return sum(each.size * abs(each.confidence - each.right) for each in found) / size if size else None


def _bin(number: int, values: Sequence[JudgedValue]) -> Bin:
    size = len(values)
    sure = sum(value.confidence for value in values) / size
    return Bin(number / BINS, (number + 1) / BINS, size, sure, sum(value.is_right for value in values) / size)


def _own_values(kind: ItemKind, home: str, gold: Issue | Measure, pred: Issue | Measure) -> Iterator[JudgedValue]:
    for name in SHAPES[kind].judged:
        confidence = pred.confidence.get(name)
        if confidence is None:
            continue
        wanted, found = getattr(gold, name), getattr(pred, name)
        if not isinstance(found, list):
            yield JudgedValue(f"{home}.{name}", confidence, found == wanted)
            continue
        for each in found:  # one confidence for all of them
            yield JudgedValue(f"{home}.{name}", confidence, each in wanted)


def _elements(kind: ItemKind, name: str, gold: Measure, pred: Measure) -> Iterator[JudgedValue]:
    """Yield the judged values of a list's elements; an element as a whole is right where gold has one like it."""
    for part in SHAPES[kind].judged:
        waiting = Counter(_key(kind, part, each) for each in getattr(gold, name))
        known = {_holder(kind, part, each) for each in getattr(gold, name)}
        for index, each in enumerate(getattr(pred, name)):
            key = f"{name}[{index}].{part}" if part else f"{name}[{index}]"
            confidence = pred.confidence.get(key)
            if confidence is None or (part and _holder(kind, part, each) not in known):
                continue
            same = _key(kind, part, each)
            is_right = waiting[same] > 0
            waiting[same] -= 1
            yield JudgedValue(f"measures.{name}.{part}" if part else f"measures.{name}", confidence, is_right)


def _key(kind: ItemKind, part: str, element: Any) -> Hashable:
    shape = SHAPES[kind]
    if shape.record is None:
        return normalise(element)
    return compared_on_top(shape, (part,), element) if part else compared(shape, shape.same, element)


def _holder(kind: ItemKind, part: str, element: Any) -> Hashable:
    """Return what makes two elements the same apart from ``part``."""
    return compared(SHAPES[kind], SHAPES[kind].same, element) if part else None
