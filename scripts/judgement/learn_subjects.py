"""Learns where the words begin that say what a figure counts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import log
from typing import Any, NamedTuple

from calibrate import Scored, calibrated, mixed, share
from learn_features import Labelled, learn_weights
from learn_words import DISPUTED
from training_set import MeasureLabels, TrainingFinding, TrainingMeasure, measures_of

from extractor.notice.facts.quantities import QuantityFound
from extractor.notice.facts.subjects import (
    NONE,
    SAID,
    SAME,
    Edge,
    SubjectPlace,
    beginnings,
    bonds_of_pairs,
    ends,
    told_where,
)
from extractor.text.normal_form import normalise
from extractor.text.places import Place

_STRENGTH = 3.0
_LONGEST_SIZE = 15
_REAL = 5.0
"""How much heavier real notices weigh for how sure a subject is: theirs keep more words than the training set's."""
_LEAST_PAIRS, _FIRMEST = 2, 7
"""Times that a pair is in the texts; the firmest step, each of which is a factor e."""
_HAN = re.compile("[一-鿿]{2}")
Pairs = Sequence[tuple[list[TrainingFinding], list[TrainingFinding]]]
BEFORE, BEHIND = TASKS = "subject_before", "subject_behind"


class LabelledFigure(NamedTuple):
    """A figure of a measure, the figure before it, and the subject that it was labelled with."""

    measure: TrainingMeasure
    figure: QuantityFound
    before: QuantityFound | None
    before_subject: str | None
    subject: str | None
    second: str | None

    def right(self, found: str | None) -> float:
        """Return the share of readers who gave the subject ``found``."""
        return share(same_words(found, said) for said in (self.subject, self.second))


def learn_subjects(
    every: list[TrainingFinding], crossed: Pairs, real: list[TrainingFinding]
) -> dict[str, dict[str, Any]]:
    """Return the tasks as they are written down: where a subject before a figure begins, and where one behind ends."""
    pairs = pairs_by_firmness(every)
    bonds = bonds_of_pairs(pairs)
    tasks: dict[str, dict[str, Any]] = {"bonds": pairs}
    for task in TASKS:
        values = _values(crossed, task, bonds), _values([(every, real)], task, bonds)
        confidence = calibrated(*values, 1, weight_of_real=_REAL)
        tasks[task] = {**weights_of(every, task, bonds), "confidence": confidence}
    tasks[BEFORE]["rates"] = mixed(_rates(every), _rates(real))
    return tasks


def pairs_by_firmness(found: list[TrainingFinding]) -> dict[str, str]:
    """Return the pairs of characters that occur again in the texts, by how much oftener than by chance they do.

    Between the characters of a word no subject begins. No label is looked at.
    """
    texts = [measure.folded for measure in measures_of(found)]
    characters = Counter("".join(texts))
    counts = Counter(text[at : at + 2] for text in texts for at in range(len(text) - 1))
    total = characters.total()
    pairs: defaultdict[str, list[str]] = defaultdict(list)
    for pair, count in sorted(counts.items()):
        if count >= _LEAST_PAIRS and _HAN.fullmatch(pair):
            oftener = log(count * total / (characters[pair[0]] * characters[pair[1]]))
            pairs[str(min(_FIRMEST, max(0, int(oftener))))].append(pair)
    return {firmness: "".join(of_it) for firmness, of_it in sorted(pairs.items())}


def _values(crossed: Pairs, task: str, bonds: Mapping[str, str]) -> list[Scored]:
    """Return the margins of decisions on unseen figures, and whether the subject was right."""
    values: list[Scored] = []
    for seen, unseen in crossed:
        weights = weights_of(seen, task, bonds)
        for each in figures(unseen):
            if stretch := _stretch(each, task):
                place, margin = best_edge(weights, edges(each, stretch, task, bonds))
                values.append(Scored(margin, each.right(_cut(each, stretch, task, place))))
    return values


def figures(found: list[TrainingFinding]) -> Iterator[LabelledFigure]:
    """Yield the labelled figures of findings that the rules read, too."""
    for measure in measures_of(found):
        left = list(measure.figures)
        before: tuple[QuantityFound | None, str | None] = None, None
        seconds = _by_figure(measure.readings[-1])
        for value, unit, subject in measure.labels.subjects:
            same = [each for each in left if _is_value(each, str(value), unit)]
            if not same:
                continue
            left.remove(same[0])
            others = seconds.get((str(value), unit)) or [subject]
            yield LabelledFigure(measure, same[0], *before, subject, others.pop(0))
            before = same[0], subject


def _by_figure(labels: MeasureLabels) -> dict[tuple[str, str | None], list[str | None]]:
    found: dict[tuple[str, str | None], list[str | None]] = {}
    for value, unit, subject in labels.subjects:
        found.setdefault((str(value), unit), []).append(subject)
    return found


def _is_value(figure: QuantityFound, value: str, unit: str | None) -> bool:
    try:
        return float(figure.value) == float(value.replace(",", "")) and normalise(figure.unit) == normalise(unit or "")
    except ValueError:
        return False


def same_words(found: str | None, labelled: str | None) -> bool:
    """Return whether two subjects are the same to the scorer."""
    return (normalise(found) if found else None) == (normalise(labelled) if labelled else None)


def _stretch(each: LabelledFigure, task: str) -> Place | None:
    """Return the words in which a figure's subject is looked for; None where ``task`` does not look for it."""
    way, stretch = _told(each)
    return stretch if way == task.removeprefix("subject_") else None


def _told(each: LabelledFigure) -> SubjectPlace:
    return told_where(each.measure.folded, each.before.text.end if each.before else -1, each.figure.text)


def edges(each: LabelledFigure, stretch: Place, task: str, bonds: Mapping[str, str]) -> Iterator[Edge]:
    """Return where a subject may begin or end."""
    return (beginnings if task == BEFORE else ends)(each.measure.folded, stretch, bonds)


def _cut(each: LabelledFigure, stretch: Place, task: str, place: int) -> str:
    return each.measure.folded[place : stretch.end] if task == BEFORE else each.measure.folded[stretch.start : place]


def _rates(found: list[TrainingFinding]) -> dict[str, float]:
    """Return how often the rules are right that need no edge: the subject of the figure before, or none."""
    counts: defaultdict[str, list[float]] = defaultdict(list)
    for each in figures(found):
        way, stretch = _told(each)
        said = each.measure.folded[slice(*stretch)] if stretch else None
        if way in (SAME, SAID, NONE):
            counts[way].append(each.right(each.before_subject if way == SAME else said))
    return {way: round(sum(counts[way]) / max(1, len(counts[way])), 2) for way in (SAME, SAID, NONE)}


def weights_of(found: list[TrainingFinding], task: str, bonds: Mapping[str, str]) -> dict[str, Any]:
    """Return the weights of what is left and right of an edge, of the lengths of subjects, and of ``bonds`` there."""
    learnt = learn_weights(list(_examples(found, task, bonds)), _STRENGTH)
    split: dict[str, dict[str, int]] = {
        side: {} for side in ("left", "right", "size", "before", "around", "behind", "bond")
    }
    for name, weight in learnt["weights"].items():
        side, _, words = name.partition(" ")
        split[side][words] = weight
    sizes = [split["size"].get(str(size), 0) for size in range(_LONGEST_SIZE)]
    return {"left": split["left"], "right": split["right"], "sizes": sizes, "bonds": _sums_of_bonds(split)}


def _sums_of_bonds(split: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Return the weight of each three bonds that may be around an edge: their own, and what they weigh together."""
    kinds = [sorted(split[side]) for side in ("before", "around", "behind")]
    sums = {
        before + around + behind: split["before"][before]
        + split["around"][around]
        + split["behind"][behind]
        + split["bond"].get(before + around + behind, 0)
        for before, around, behind in product(*kinds)
    }
    return {bond: weight for bond, weight in sums.items() if weight}


def _examples(found: list[TrainingFinding], task: str, bonds: Mapping[str, str]) -> Iterator[Labelled]:
    for each in figures(found):
        stretch = _stretch(each, task)
        if stretch is None or not each.subject:
            continue
        possible = list(edges(each, stretch, task, bonds))
        right = [same_words(_cut(each, stretch, task, edge.place), each.subject) for edge in possible]
        if any(right):
            for edge, is_right in zip(possible, right, strict=True):
                yield Labelled(_names(edge), is_right, 1.0 if same_words(each.subject, each.second) else DISPUTED)


def _names(edge: Edge) -> list[str]:
    before, around, behind = tuple(edge.bonds)
    return [
        *(f"left {each}" for each in edge.left),
        *(f"right {each}" for each in edge.right),
        f"size {edge.size}",
        f"before {before}",
        f"around {around}",
        f"behind {behind}",
        f"bond {edge.bonds}",
    ]


def best_edge(weights: dict[str, Any], possible: Iterable[Edge]) -> tuple[int, int]:
    """Return the best place by ``weights``, and how far the next best is behind."""
    left, right, sizes, bonds = weights["left"], weights["right"], weights["sizes"], weights["bonds"]
    best, most, second = 0, -(10**9), -(10**4)
    for edge in possible:
        score = (
            sizes[edge.size]
            + bonds.get(edge.bonds, 0)
            + sum(left.get(each, 0) for each in edge.left)
            + sum(right.get(each, 0) for each in edge.right)
        )
        if score > most:
            best, most, second = edge.place, score, max(second, most)
        else:
            second = max(second, score)
    return best, most - second
