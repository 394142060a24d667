"""Intervals and coefficients: same seed same numbers, and the textbook values."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from eval_examples import notices
from hypothesis import given, settings
from hypothesis import strategies as st
from notice_extractor_eval.bootstrap import Counts, intervals, paired_intervals, resample
from notice_extractor_eval.chance import agreement, cohen_kappa, confusion, krippendorff_alpha

PAIRS = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), st.integers(1, 20), max_size=6)


def _corpus(seed: int, notices: int = 4, issues: int = 9, fields: int = 3) -> list[Counts]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 4, size=(issues + 1, fields, 3)).astype(float) for _ in range(notices)]


def test_the_seed_settles_the_intervals() -> None:
    corpus = _corpus(1)
    assert intervals(corpus, seed=7) == intervals(corpus, seed=7)
    assert intervals(corpus, seed=7) != intervals(corpus, seed=8)


def test_an_interval_holds_the_score_and_is_within_bounds() -> None:
    corpus = _corpus(2)
    tp, fp, fn = sum(counts.sum(axis=0) for counts in corpus)[0]
    (found, *_) = intervals(corpus)
    assert 0 <= found.f1.low < 2 * tp / (2 * tp + fp + fn) < found.f1.high <= 1


def test_a_resample_has_as_many_notices_and_issues_as_the_corpus() -> None:
    ones = [np.ones((6, 1, 3)), np.ones((6, 1, 3))]
    (sums,) = resample([ones], resamples=50)
    # Two notices of one unit each, and five issues each: every resample adds up to twelve.
    assert (sums == 12).all()


def test_notices_are_drawn_as_wholes_and_issues_within_them() -> None:
    all_right, all_wrong = np.zeros((6, 1, 3)), np.zeros((6, 1, 3))
    all_right[:, 0, 0] = 1
    all_wrong[:, 0, 2] = 1
    (sums,) = resample([[all_right, all_wrong]], resamples=200)
    assert set(sums[:, 0, 0]) == {0, 6, 12}


def test_a_field_that_never_occurs_has_no_interval() -> None:
    (found,) = intervals([np.zeros((3, 1, 3))])
    assert np.isnan(found.f1.low)


def test_runs_over_the_same_gold_see_the_same_draws() -> None:
    corpus = _corpus(3)
    assert all(found == (0, 0) for found in paired_intervals(corpus, corpus))
    better = [counts.copy() for counts in corpus]
    for counts in better:
        counts[:, 0, 0] += counts[:, 0, 2]
        counts[:, 0, 1:] = 0
    assert paired_intervals(corpus, better)[0].low > 0


def test_no_notices_no_intervals() -> None:
    assert intervals([]) == []


def test_cohens_kappa_of_the_textbook() -> None:
    # Cohen's own layout: 20 and 15 agreements, 5 and 10 disagreements; p_o = 0.7, p_e = 0.5.
    pairs = {("yes", "yes"): 20, ("yes", "no"): 5, ("no", "yes"): 10, ("no", "no"): 15}
    assert cohen_kappa(pairs) == pytest.approx(0.4)


def test_krippendorffs_alpha_of_the_textbook() -> None:
    # Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", A: two observers, binary data, ten units.
    first, second = "0100000000", "1110010010"
    assert krippendorff_alpha(Counter(zip(first, second, strict=True))) == pytest.approx(0.095, abs=5e-4)


def test_full_agreement_on_one_value_is_full_agreement() -> None:
    found = agreement({("a", "a"): 5})
    assert found == (5, 1.0, 1.0, 1.0)
    assert agreement({}) == (0, 1.0, None, None)


@given(PAIRS)
def test_coefficients_do_not_depend_on_who_is_first(pairs: dict[tuple[str, str], int]) -> None:
    turned = {(other, one): often for (one, other), often in pairs.items()}
    for coefficient in (cohen_kappa, krippendorff_alpha):
        assert coefficient(pairs) == pytest.approx(coefficient(turned))


@given(PAIRS)
def test_a_confusion_matrix_counts_every_pair(pairs: dict[tuple[str, str], int]) -> None:
    table = confusion(pairs)
    assert sum(sum(row.values()) for row in table.values()) == sum(pairs.values())


@given(notices(issues=(2, 3)))
@settings(deadline=None, max_examples=20)
def test_a_perfect_reading_agrees_fully_on_every_enumeration(example: tuple[object, str]) -> None:
    from notice_extractor_eval.evaluation import evaluate
    from notice_extractor_eval.gold_folder import Example

    from extractor.record.contract import Notice

    gold, text = example
    assert isinstance(gold, Notice)
    found = evaluate([Example(gold, text)], lambda *_: gold)
    assert all(each.equal == 1 and each.kappa == 1 and each.alpha == 1 for each in found.agreement.values())
