"""How true a reader's confidence is."""

from __future__ import annotations

import pytest
from notice_extractor_eval.calibration import JudgedValue, bins, expected_calibration_error, judged_rows


def _values(confidence: float, right: int, wrong: int) -> list[JudgedValue]:
    return [JudgedValue("issues.category", confidence, k < right) for k in range(right + wrong)]


def test_what_is_right_as_often_as_it_says_has_no_error() -> None:
    assert expected_calibration_error(bins([*_values(0.9, 9, 1), *_values(0.5, 5, 5)])) == pytest.approx(0)


def test_the_error_is_the_mean_distance_weighted_by_values() -> None:
    found = bins([*_values(0.9, 5, 5), *_values(0.5, 15, 15)])
    assert [(each.size, each.right) for each in found] == [(30, 0.5), (10, 0.5)]
    assert expected_calibration_error(found) == pytest.approx(0.1)


def test_nothing_judged_has_no_error() -> None:
    assert expected_calibration_error(bins([])) is None


def test_the_judged_values_have_rows() -> None:
    assert judged_rows() == [
        *("issues.category", "issues.status", "measures.types", "measures.status"),
        *("measures.quantities.subject", "measures.organizations", "measures.accountability"),
    ]
