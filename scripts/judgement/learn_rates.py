"""Measures how often rules are right that are written by hand: a measure's status, and who is held to account."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from calibrate import mixed, share
from training_set import TrainingFinding, TrainingMeasure, measures_of

from extractor.notice.facts.accountability import AccountabilityFound, find_accountability
from extractor.notice.facts.judgement import heading_end, issue_status, measure_status

_ALL = ""
_PRIOR = 10
"""Values as often right as all together, which are added to each way, so that a rare one is not judged by three."""


_ELSEWHERE = [("", 0.9)] * 30
"""How often states are right on other notices, a guess: the rules were made on those that are measured."""


def learn_rates(every: list[TrainingFinding], real: list[TrainingFinding]) -> dict[str, dict[str, Any]]:
    """Return the tasks as they are written down: the share of right values by the value, and of all under ''."""
    return {
        "measure_status": {"rates": mixed(_rates(_statuses(every)), _rates(_statuses(real)))},
        "accountability": {"rates": mixed(_rates(_accountability(every)), _rates(_accountability(real)))},
        "issue_status": {"rates": _rates([*_issue_statuses(real), *_ELSEWHERE])},
    }


def entries(measure: TrainingMeasure) -> list[AccountabilityFound]:
    """Return the accountability that the rules find in a measure."""
    return find_accountability(measure.folded, measure.clauses, measure.figures)


def _rates(judged: Iterable[tuple[str, float]]) -> dict[str, float]:
    counts: Counter[str] = Counter()
    right: defaultdict[str, float] = defaultdict(float)
    for way, said in judged:
        for key in {_ALL, way}:
            counts[key] += 1
            right[key] += said
    overall = right[_ALL] / max(1, counts[_ALL])
    return {
        way: round(overall if way == _ALL else (right[way] + _PRIOR * overall) / (count + _PRIOR), 2)
        for way, count in sorted(counts.items())
    }


def _statuses(every: list[TrainingFinding]) -> Iterator[tuple[str, float]]:
    for measure in measures_of(every):
        start, end = measure.body
        status = measure_status(measure.folded[heading_end(measure.folded, start, end) : end])
        yield status, share(status == reading.status for reading in measure.readings)


def _issue_statuses(real: list[TrainingFinding]) -> Iterator[tuple[str, float]]:
    for finding in real:
        answer = "\n".join(each.folded[slice(*each.body)] for each in finding.measures)
        status = issue_status(list(finding.section), answer)
        yield status, float(status == finding.status)


def _accountability(every: list[TrainingFinding]) -> Iterator[tuple[str, float]]:
    for measure in [each for each in measures_of(every) if each.labels.accountability is not None]:
        waiting = [Counter(_key(*entry) for entry in reading.accountability or ()) for reading in measure.readings]
        for found in entries(measure):
            key = _key(found.action, found.figure, found.unit)
            yield found.action, share(left[key] > 0 for left in waiting)
            for left in waiting:
                left[key] -= 1


def _key(action: str, count: float | str, unit: str) -> tuple[str, float, str]:
    return action, float(count), "人" if unit == "名" else unit
