"""One-to-one matching of gold and predicted stretches, as the contract's last section defines it.

Two stretches may be matched where their intersection over union is at least 0.5; of all such matchings the one with
the greatest sum of overlaps is taken. Since stretches of one side hardly ever overlap each other, almost every
stretch has one candidate at most; only what is left entangled goes through an optimal assignment (Kuhn–Munkres, as in
``scipy.optimize.linear_sum_assignment``), and only then is SciPy imported.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from extractor.record.contract import Notice, Span

MIN_IOU = 0.5


class Placed(Protocol):
    """A record with a stretch of text."""

    @property
    def text(self) -> Span:
        """The stretch."""
        ...

    def model_dump_json(self) -> str:
        """Return the record as JSON."""
        ...


class Pairing(NamedTuple):
    """The indices of those that are matched (``pairs``, in gold order), and of those left over on either side."""

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    invented: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NoticeAlignment:
    """The matched issues of a notice, and the matched measures within each matched issue."""

    issues: Pairing
    measures: Mapping[tuple[int, int], Pairing]


def overlap(one: Span, other: Span) -> int:
    """Return the number of characters two stretches share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def iou(one: Span, other: Span) -> float:
    """Return intersection over union, |A ∩ B| / |A ∪ B|; two equal empty stretches have 1."""
    shared = overlap(one, other)
    union = (one.end - one.start) + (other.end - other.start) - shared
    return shared / union if union > 0 else float(one == other)


def align(gold: Sequence[Placed], pred: Sequence[Placed]) -> Pairing:
    """Match two lists one to one by their stretches. The lists' order does not matter."""
    weights = _candidates([each.text for each in gold], [each.text for each in pred])
    pairs: list[tuple[int, int]] = []
    for rows, columns in _components(weights):
        if len(rows) == len(columns) == 1:
            pairs.append((rows[0], columns[0]))
        else:
            pairs += _assign(_ordered(rows, gold), _ordered(columns, pred), weights)
    pairs.sort()
    matched_gold, matched_pred = {g for g, _ in pairs}, {p for _, p in pairs}
    return Pairing(
        pairs=tuple(pairs),
        missed=tuple(index for index in range(len(gold)) if index not in matched_gold),
        invented=tuple(index for index in range(len(pred)) if index not in matched_pred),
    )


def align_notice(gold: Notice, pred: Notice) -> NoticeAlignment:
    """Match issues, then measures within matched issues."""
    issues = align(gold.issues, pred.issues)
    return NoticeAlignment(
        issues=issues,
        measures={(g, p): align(gold.issues[g].measures, pred.issues[p].measures) for g, p in issues.pairs},
    )


def _candidates(gold: Sequence[Span], pred: Sequence[Span]) -> dict[tuple[int, int], float]:
    """Return the overlap of every pair that may be matched.

    Half of the union is shared only where the predicted stretch starts at most one gold length before the gold one.
    """
    order = sorted(range(len(pred)), key=lambda index: pred[index].start)
    starts = [pred[index].start for index in order]
    weights = {}
    for row, span in enumerate(gold):
        first = bisect_left(starts, span.start - (span.end - span.start))
        for column in order[first : bisect_right(starts, span.end)]:
            weight = iou(span, pred[column])
            if weight >= MIN_IOU:
                weights[row, column] = weight
    return weights


def _components(weights: Iterable[tuple[int, int]]) -> Iterable[tuple[list[int], list[int]]]:
    """Yield the connected groups of rows and columns."""
    by_row: dict[int, list[int]] = defaultdict(list)
    by_column: dict[int, list[int]] = defaultdict(list)
    for row, column in weights:
        by_row[row].append(column)
        by_column[column].append(row)
    seen: set[int] = set()
    for start in by_row:
        if start in seen:
            continue
        rows, columns, waiting = {start}, set[int](), [start]
        while waiting:
            fresh = set(by_row[waiting.pop()]) - columns
            columns |= fresh
            reached = {row for column in fresh for row in by_column[column]} - rows
            rows |= reached
            waiting += reached
        seen |= rows
        yield list(rows), list(columns)


def _ordered(indices: Iterable[int], records: Sequence[Placed]) -> list[int]:
    """Return the indices in an order that depends on the records alone, so that ties fall alike for any list order."""
    return sorted(indices, key=lambda i: (records[i].text.start, records[i].text.end, records[i].model_dump_json()))


def _assign(
    rows: Sequence[int], columns: Sequence[int], weights: Mapping[tuple[int, int], float]
) -> list[tuple[int, int]]:
    from scipy.optimize import linear_sum_assignment

    matrix = [[weights.get((row, column), 0.0) for column in columns] for row in rows]
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    pairs = ((rows[int(row)], columns[int(column)]) for row, column in chosen)
    return [pair for pair in pairs if pair in weights]
