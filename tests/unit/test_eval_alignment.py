"""One-to-one matching of stretches by overlap."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notice_extractor_eval.alignment import MIN_IOU, align, iou, overlap

from extractor.record.contract import Measure, Span


def _measures(*spans: tuple[int, int]) -> list[Measure]:
    return [Measure(text=Span(start=start, end=end)) for start, end in spans]


@pytest.mark.parametrize(
    ("one", "other", "shared", "ratio"),
    [
        ((0, 10), (0, 10), 10, 1.0),
        ((0, 10), (5, 15), 5, 1 / 3),
        ((0, 10), (0, 5), 5, 0.5),
        ((0, 10), (10, 20), 0, 0.0),
        ((3, 3), (3, 3), 0, 1.0),
    ],
)
def test_overlap_and_iou(one: tuple[int, int], other: tuple[int, int], shared: int, ratio: float) -> None:
    a, b = (Span(start=start, end=end) for start, end in (one, other))
    assert overlap(a, b) == overlap(b, a) == shared
    assert iou(a, b) == iou(b, a) == pytest.approx(ratio)


def test_half_of_the_union_is_enough_and_less_is_not() -> None:
    assert align(_measures((0, 10)), _measures((0, 5))).pairs == ((0, 0),)
    assert align(_measures((0, 10)), _measures((0, 4))) == ((), (0,), (0,))


def test_the_best_total_is_taken_not_the_best_first_pair() -> None:
    # Greedily, the first gold stretch takes the second predicted one (0.9) and leaves the other two without a match.
    gold = _measures((0, 10), (0, 18))
    pred = _measures((0, 12), (0, 9))
    assert align(gold, pred).pairs == ((0, 1), (1, 0))


def test_what_is_left_over_is_missed_or_invented() -> None:
    assert align(_measures((0, 10), (20, 30)), _measures((20, 30), (40, 50))) == (((1, 0),), (0,), (1,))


SPANS = st.lists(st.tuples(st.integers(0, 12), st.integers(1, 10)).map(lambda x: (x[0], sum(x))), max_size=5)


@given(SPANS, SPANS)
def test_no_other_matching_has_a_greater_total(gold: list[tuple[int, int]], pred: list[tuple[int, int]]) -> None:
    a, b = _measures(*gold), _measures(*pred)
    pairing = align(a, b)
    found = [iou(a[g].text, b[p].text) for g, p in pairing.pairs]
    assert all(value >= MIN_IOU for value in found)
    few, many = sorted((a, b), key=len)

    def total(choice: tuple[Measure, ...]) -> float:
        ratios = (iou(one.text, other.text) for one, other in zip(few, choice, strict=True))
        return sum(ratio for ratio in ratios if ratio >= MIN_IOU)

    assert sum(found) == pytest.approx(max(map(total, permutations(many, len(few))), default=0))


@given(SPANS, SPANS, st.randoms())
def test_the_order_of_the_lists_does_not_matter(
    gold: list[tuple[int, int]], pred: list[tuple[int, int]], random: object
) -> None:
    def matched(g: list[tuple[int, int]], p: list[tuple[int, int]]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
        return sorted((g[i], p[j]) for i, j in align(_measures(*g), _measures(*p)).pairs)

    before = matched(gold, pred)
    shuffled = [list(gold), list(pred)]
    for each in shuffled:
        random.shuffle(each)  # type: ignore[attr-defined]
    assert matched(*shuffled) == before
