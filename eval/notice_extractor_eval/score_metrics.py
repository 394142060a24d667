"""An evaluation as plain values: what ``metrics.json`` holds and what every report is made from."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from notice_extractor_eval.bootstrap import LEVEL, Interval
from notice_extractor_eval.calibration import expected_calibration_error
from notice_extractor_eval.evaluation import Evaluation
from notice_extractor_eval.outcomes import Score
from notice_extractor_eval.score_fields import ROWS

VERSION = 1
Metrics = dict[str, Any]


def metrics(evaluation: Evaluation, run: Mapping[str, str]) -> Metrics:
    """Return everything countable about a run; ``run`` says what was evaluated (gold, predictions, split)."""
    return {
        "version": VERSION,
        "run": dict(run),
        "notices": [result.notice_id for result in evaluation.results],
        "missing": list(evaluation.missing),
        "surplus": list(evaluation.surplus),
        "bootstrap": {"resamples": evaluation.resamples, "seed": evaluation.seed, "level": LEVEL},
        "fields": {name: _field(evaluation, name) for name in ROWS},
        "slices": {
            kind: {name: _scores(scores) for name, scores in slices.items()}
            for kind, slices in evaluation.slices.items()
        },
        "enumerations": {
            name: {**found._asdict(), "confusion": evaluation.confusions[name]}
            for name, found in evaluation.agreement.items()
        },
        "calibration": {
            name: {"error": expected_calibration_error(found), "bins": [each._asdict() for each in found]}
            for name, found in evaluation.calibration.items()
        },
        "invented": {
            "count": len(evaluation.invented),
            "values": [{"notice": notice, **each._asdict()} for notice, each in evaluation.invented],
        },
        "errors": _errors(evaluation),
    }


def score_dict(score: Score) -> dict[str, float]:
    """Return a score's counts and ratios."""
    return {
        "tp": score.tp,
        "fp": score.fp,
        "fn": score.fn,
        "support": score.support,
        "precision": score.precision,
        "recall": score.recall,
        "f1": score.f1,
    }


def bounds(interval: Interval) -> list[float] | None:
    """Return an interval's bounds, ``None`` where it has none."""
    return None if math.isnan(interval.low) else [interval.low, interval.high]


def _field(evaluation: Evaluation, name: str) -> dict[str, Any]:
    score, mean = evaluation.micro[name], evaluation.macro[name]
    found = evaluation.intervals.get(name)
    return {
        **score_dict(score),
        "interval": {key: bounds(interval) for key, interval in found._asdict().items()} if found else None,
        "macro": {"precision": mean.precision, "recall": mean.recall, "f1": mean.f1, "notices": mean.notices},
    }


def _scores(scores: Mapping[str, Score]) -> dict[str, dict[str, float]]:
    return {name: score_dict(score) for name, score in scores.items() if score.counted}


def _errors(evaluation: Evaluation) -> dict[str, dict[str, int]]:
    counted: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for error in evaluation.errors:
        counted[error.field][error.kind] += 1
    return {name: dict(counted[name]) for name in ROWS if name in counted}
