"""Learns where the words begin that say what a figure counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from calibrate import Scored, calibrated, mixed, share
from learn_features import Labelled, learn_weights
from learn_words import DISPUTED
from training_set import MeasureLabels, TrainingFinding, TrainingMeasure, measures_of

from extractor.notice.facts.quantities import QuantityFound
from extractor.notice.facts.subjects import NONE, SAID, SAME, Edge, SubjectPlace, beginnings, ends, told_where
from extractor.text.normal_form import normalise
from extractor.text.places import Place

_STRENGTH = 3.0
_LONGEST_SIZE = 15
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
    tasks = {}
    for task in TASKS:
        confidence = calibrated(_values(crossed, task), _values([(every, real)], task), 1)
        tasks[task] = {**weights_of(every, task), "confidence": confidence}
    tasks[BEFORE]["rates"] = mixed(_rates(every), _rates(real))
    return tasks


def _values(crossed: Pairs, task: str) -> list[Scored]:
    """Return the margins of decisions on unseen figures, and whether the subject was right."""
    values: list[Scored] = []
    for seen, unseen in crossed:
        weights = weights_of(seen, task)
        for each in figures(unseen):
            if stretch := _stretch(each, task):
                place, margin = best_edge(weights, edges(each, stretch, task))
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


def edges(each: LabelledFigure, stretch: Place, task: str) -> Iterator[Edge]:
    """Return where a subject may begin or end."""
    return (beginnings if task == BEFORE else ends)(each.measure.folded, stretch)


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


def weights_of(found: list[TrainingFinding], task: str) -> dict[str, Any]:
    """Return the weights of what is left and right of an edge, and of the lengths of subjects."""
    learnt = learn_weights(list(_examples(found, task)), _STRENGTH)
    split: dict[str, dict[str, int]] = {"left": {}, "right": {}, "size": {}}
    for name, weight in learnt["weights"].items():
        side, _, words = name.partition(" ")
        split[side][words] = weight
    sizes = [split["size"].get(str(size), 0) for size in range(_LONGEST_SIZE)]
    return {"left": split["left"], "right": split["right"], "sizes": sizes}


def _examples(found: list[TrainingFinding], task: str) -> Iterator[Labelled]:
    for each in figures(found):
        stretch = _stretch(each, task)
        if stretch is None or not each.subject:
            continue
        possible = list(edges(each, stretch, task))
        right = [same_words(_cut(each, stretch, task, edge.place), each.subject) for edge in possible]
        if any(right):
            for edge, is_right in zip(possible, right, strict=True):
                yield Labelled(_names(edge), is_right, 1.0 if same_words(each.subject, each.second) else DISPUTED)


def _names(edge: Edge) -> list[str]:
    return [*(f"left {each}" for each in edge.left), *(f"right {each}" for each in edge.right), f"size {edge.size}"]


def best_edge(weights: dict[str, Any], possible: Iterable[Edge]) -> tuple[int, int]:
    """Return the best place by ``weights``, and how far the next best is behind."""
    left, right, sizes = weights["left"], weights["right"], weights["sizes"]
    best, most, second = 0, -(10**9), -(10**4)
    for edge in possible:
        score = (
            sizes[edge.size]
            + sum(left.get(each, 0) for each in edge.left)
            + sum(right.get(each, 0) for each in edge.right)
        )
        if score > most:
            best, most, second = edge.place, score, max(second, most)
        else:
            second = max(second, score)
    return best, most - second
