"""How alike the two readers of the training set labelled it: ``python scripts/judgement/agreement.py``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import replace

from learn_subjects import figures, same_words
from training_set import TRAINING, WRITERS, MeasureLabels, TrainingMeasure, findings, measures_of


def main() -> None:
    """Print the size of the set and a line for each label."""
    every = [finding for writer in WRITERS for finding in findings(writer)]
    measures = measures_of(every)
    twice = [measure for measure in measures if measure.second]
    titles = [finding for finding in every if finding.second]
    print(f"{len(every)} findings, {len(measures)} measures; read twice: {len(titles)} findings, {len(twice)} measures")
    print(f"category, equal: {_share(each.category == each.second for each in titles)}")
    print(f"types, the same set: {_share(each.types == each.readings[1].types for each in twice)}")
    print(f"types, F1: {_f1(twice, lambda labels: labels.types)}")
    print(f"status, equal: {_share(each.labels.status == each.readings[1].status for each in twice)}")
    print(f"organisations, F1: {_f1(twice, lambda labels: labels.organizations)}")
    print(f"accountability, F1: {_f1(twice, lambda labels: [tuple(entry) for entry in labels.accountability or ()])}")
    subjects = [each for each in figures(titles) if each.measure.second]
    print(f"subject of a figure, equal: {_share(same_words(each.subject, each.second) for each in subjects)}")
    long = _long_read_twice()
    print(f"long measures read twice: {len(long)}")
    print(f"types of these, the same set: {_share(each.types == each.readings[1].types for each in long)}")
    print(f"types of these, F1: {_f1(long, lambda labels: labels.types)}")
    print(f"organisations of these, F1: {_f1(long, lambda labels: labels.organizations)}")


def _long_read_twice() -> list[TrainingMeasure]:
    """Return the long measures whose types and organisations alone were read twice; nothing is learnt from that."""
    lines = (TRAINING / "second" / "f-long.txt").read_text(encoding="utf-8").splitlines()
    twice = []
    for measure, line in zip(measures_of(findings("f")), (line for line in lines if line[:1] != "#"), strict=False):
        types, _, names = line.partition("|")
        second = replace(measure.labels, types=frozenset(types.split(",")), organizations=_names(names))
        twice.append(replace(measure, second=second))
    return twice


def _names(listed: str) -> frozenset[str]:
    return frozenset(name for name in listed.split(";") if name)


def _share(said: Iterable[bool]) -> str:
    answers = list(said)
    return f"{sum(answers) / max(1, len(answers)):.3f}"


def _f1(measures: list[TrainingMeasure], values: Callable[[MeasureLabels], Iterable[Hashable]]) -> str:
    both = total = 0
    for measure in measures:
        one, other = (Counter(values(labels)) for labels in measure.readings)
        both += 2 * (one & other).total()
        total += one.total() + other.total()
    return f"{both / max(1, total):.3f}"


if __name__ == "__main__":
    main()
