"""Learns which stretches name a body that acts in a measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from calibrate import Scored, calibrated, share
from learn_features import Labelled, as_weights, learn_weights
from learn_words import agreed
from training_set import TrainingFinding, TrainingMeasure, long_measures_of, measures_of

from extractor.notice.facts.learnt import FeatureWeights
from extractor.notice.facts.organizations import NameCandidate, NameEnds, chosen_names, name_candidates

_STRENGTH = 0.2
_LEAST = -8
"""The least score of a name. On unseen long measures the F1 is as good from there to 64 (0.91 to 0.92): a lower bound
keeps what is unsure, and its mark says so. A model is shown these names, and recorded answers hang on them."""
_RARER = 2
"""Real notices name bodies that act more rarely for their length than the training set. For how sure a name is, one
that is wrong here stands for so many there."""
Pairs = Sequence[tuple[list[TrainingFinding], list[TrainingFinding]]]


def learn_organizations(every: list[TrainingFinding], crossed: Pairs, real: list[TrainingFinding]) -> dict[str, Any]:
    """Return the task as it is written down: weights, the least score of a name, and how sure scores are."""
    tried = [
        (as_weights(learn_weights(list(_examples(seen)), _STRENGTH)), long_measures_of(unseen))
        for seen, unseen in crossed
    ]
    once = [each for weights, measures in tried for measure in measures for each in _scored(weights, measure)]
    invented = once + (_RARER - 1) * [each for each in once if not each.right]
    learnt = learn_weights(list(_examples(every)), _STRENGTH)
    found = [each for measure in measures_of(real) for each in _scored(as_weights(learnt), measure)]
    return {**learnt, "least": _LEAST, "confidence": calibrated(invented, found, 1, weight_of_real=1.0)}


def candidates(measure: TrainingMeasure) -> list[NameCandidate]:
    """Return the candidates of a measure."""
    text = measure.folded
    return name_candidates(text, measure.clauses, NameEnds(text), measure.body, measure.dates)


def _examples(found: list[TrainingFinding]) -> Iterator[Labelled]:
    for measure in measures_of(found):
        for candidate in candidates(measure):
            name = measure.folded[slice(*candidate.place)]
            said = [name in reading.organizations for reading in measure.readings]
            yield Labelled(candidate.features, said[0], agreed(said))


def _scored(weights: FeatureWeights, measure: TrainingMeasure) -> list[Scored]:
    """Return the names that are found and whether they are right."""
    scored = [(each.place, weights.score(each.features)) for each in candidates(measure)]
    found = chosen_names(measure.folded, _LEAST, scored)
    return [
        Scored(score, share(measure.folded[slice(*place)] in reading.organizations for reading in measure.readings))
        for place, score in found.items()
    ]
