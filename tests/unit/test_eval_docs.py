"""The worked example in ``docs/evaluation.md`` says what really comes out."""

from __future__ import annotations

import doctest

from checkout import ROOT


def test_the_worked_example_is_true() -> None:
    path = ROOT / "docs" / "evaluation.md"
    result = doctest.testfile(str(path), module_relative=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 10
    assert result.failed == 0
