"""Learns from the training set what the rules judge by, and writes ``extractor/data/learnt.json``.

    python scripts/judgement/learn.py
    python scripts/judgement/learn.py --check    # say whether the file is what the training set gives

The same set gives the same bytes. How sure a score is, is measured on each quarter of the set by what was learnt from
the other three, and on the tuned gold notices by what was learnt from the whole set.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from calibrate import Scored, calibrated, share
from learn_organizations import learn_organizations
from learn_rates import learn_rates
from learn_subjects import learn_subjects
from learn_types import PER_LENGTH, TypeModel, learn_types
from learn_words import CATEGORIES, SCALE, TYPES, CategoryModel, chosen_types, decided, learn_category, whole
from training_set import (
    WRITERS,
    TrainingFinding,
    findings,
    long_measures_of,
    measures_of,
    real_findings,
    titled_findings,
)

LEARNT = Path(__file__).resolve().parents[2] / "extractor" / "data" / "learnt.json"
_FOLDS = 4
_CHANCE = 0.01
"""A difference of F1 that says little: what is said wrongly costs more than what is missed."""
Pair = tuple[list[TrainingFinding], list[TrainingFinding]]


def main() -> None:
    """Learn, and write or compare the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="do not write; exit with 1 where the file differs")
    options = parser.parse_args()
    every = [each for writer in WRITERS for each in findings(writer)]
    content = as_text(learnt_from(every, titled_findings(), real_findings()))
    if options.check:
        sys.exit(0 if LEARNT.read_text(encoding="utf-8") == content else f"{LEARNT}: differs; run {sys.argv[0]}")
    LEARNT.write_text(content, encoding="utf-8", newline="\n")


def learnt_from(
    every: list[TrainingFinding], titled: list[TrainingFinding], real: list[TrainingFinding]
) -> dict[str, Any]:
    """Return what is learnt from all writers' findings, by task.

    Categories are learnt from ``titled`` ones, too; ``real`` ones say how sure scores are.
    """
    crossed = list(unseen(every))
    types = learn_types(measures_of(every))
    category = learn_category([*every, *titled], types.words)
    type_models = [learn_types(measures_of(seen)) for seen, _ in crossed]
    least = best_least(type_models, crossed)
    return {
        "measure_types": {
            "names": [*TYPES, *(f"category {name}" for name in CATEGORIES)],
            "decided": list(TYPES),
            "words": rows(types.words, np.hstack([types.fitted.weights, category.measure_weights])),
            "bias": [*whole(types.fitted.bias), *[0] * len(CATEGORIES)],
            "listed": whole(types.fitted.own[0]),
            "least": round(least * SCALE),
            "per_length": round(PER_LENGTH * SCALE),
            "confidence": calibrated(
                list(scored_types(type_models, crossed, least)),
                list(scored_types([types], [(every, real)], least)),
                SCALE,
            ),
        },
        "categories": {
            "names": list(CATEGORIES),
            "decided": list(CATEGORIES),
            "words": rows(category.title_words, category.title_weights),
            "bias": whole(category.fitted.bias),
            "listed": [whole(row) for row in category.listed_weights],
            "confidence": calibrated(
                list(scored_categories([([*seen, *titled], tried) for seen, tried in crossed], type_models)),
                list(scored_categories([([*every, *titled], real)], [types])),
                SCALE,
            ),
        },
        "organizations": learn_organizations(every, crossed, real),
        **learn_subjects(every, crossed, real),
        **learn_rates(every, real),
    }


def unseen(every: Sequence[TrainingFinding]) -> Iterator[Pair]:
    """Yield pairs of findings to learn from and findings of others to try on, all of them once."""
    for fold in range(_FOLDS):
        tried = [finding for number, finding in enumerate(every) if number % _FOLDS == fold]
        yield [finding for number, finding in enumerate(every) if number % _FOLDS != fold], tried


def best_least(models: Sequence[TypeModel], crossed: Sequence[Pair]) -> float:
    """Return the least score of a type that finds types best in unseen measures, the highest of those as good."""
    scored = [
        (model.scores(measures_of(tried)), measures_of(tried))
        for model, (_, tried) in zip(models, crossed, strict=True)
    ]

    def f1(least: float) -> float:
        right = wrong = 0
        for scores, measures in scored:
            for chosen, measure in zip(chosen_types(scores, least), measures, strict=True):
                names = {TYPES[number] for number in chosen}
                right += 2 * len(measure.types & names)
                wrong += len(measure.types ^ names)
        return right / (right + wrong)

    scores = {step / 8: f1(step / 8) for step in range(-8, 5)}
    return max(bound for bound, score in scores.items() if score >= max(scores.values()) - _CHANCE)


def scored_types(models: Sequence[TypeModel], crossed: Sequence[Pair], least: float) -> Iterator[Scored]:
    """Yield the scores of types that are chosen for unseen long measures, and whether they were right."""
    for model, (_, tried) in zip(models, crossed, strict=True):
        measures = long_measures_of(tried)
        scores = model.scores(measures)
        for row, chosen, measure in zip(scores, chosen_types(scores, least), measures, strict=True):
            for number in chosen:
                yield Scored(float(row[number]), share(TYPES[number] in reading.types for reading in measure.readings))


def scored_categories(crossed: Sequence[Pair], models: Sequence[TypeModel]) -> Iterator[Scored]:
    """Yield the margins of decisions on unseen findings, and whether they were right."""
    for model, (seen, tried) in zip(models, crossed, strict=True):
        category: CategoryModel = learn_category(seen, model.words)
        for row, finding in zip(category.scores(tried), tried, strict=True):
            number, margin = decided(row, finding.folded_title)
            yield Scored(margin, share(CATEGORIES[number] == reading for reading in finding.readings))


def rows(words: Sequence[str], weights: Any) -> dict[str, list[int]]:
    """Return the whole weights of words; words that weigh nothing are left out."""
    found = {word: whole(row) for word, row in zip(words, weights, strict=True)}
    return {word: row for word, row in found.items() if any(row)}


def as_text(content: Mapping[str, Any]) -> str:
    """Return what was learnt as JSON, one word or feature a line."""
    return _dumped(content, 3) + "\n"


def _dumped(value: Any, levels: int) -> str:
    if levels and isinstance(value, dict):
        lines = ",\n".join(
            f"{json.dumps(key, ensure_ascii=False)}:{_dumped(each, levels - 1)}" for key, each in value.items()
        )
        return "{\n" + lines + "\n}"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    main()
