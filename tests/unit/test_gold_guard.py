"""The guard as tests: the rules' F1 on the gold, one test a field, against ``eval/thresholds.toml``."""

from __future__ import annotations

import pytest
from checkout import GOLD, ROOT
from notice_extractor_eval.evaluate_gold import measure_gold
from notice_extractor_eval.evaluation import Evaluation
from notice_extractor_eval.gold_folder import Split, label_paths
from notice_extractor_eval.guard import INVENTED, Breach, breaches, read_thresholds

from extractor.pipeline import extract

THRESHOLDS = read_thresholds(ROOT / "eval" / "thresholds.toml")


@pytest.fixture(scope="module")
def evaluation() -> Evaluation:
    if not label_paths(GOLD):
        pytest.skip("gold/labels holds no label files yet")
    split: Split = THRESHOLDS.split  # type: ignore[assignment]
    return measure_gold(GOLD, lambda notice_id, text: extract(text, notice_id=notice_id), split)


@pytest.fixture(scope="module")
def broken(evaluation: Evaluation) -> dict[str, Breach]:
    return {breach.field: breach for breach in breaches(THRESHOLDS, evaluation)}


@pytest.mark.parametrize("field", [*THRESHOLDS.fields, INVENTED])
def test_field(field: str, broken: dict[str, Breach]) -> None:
    """The field's F1 is not below its minimum by more than its tolerance; nothing is invented."""
    assert field not in broken, str(broken[field])
