"""One pass over a corpus: scores, slices, intervals, confusions, invented values and errors of a run."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from extractor.record.contract import Notice
from extractor.record.grounding import Ungrounded, ungrounded
from notice_extractor_eval.alignment import align_notice
from notice_extractor_eval.bootstrap import RESAMPLES, SEED, Counts, Intervals, intervals
from notice_extractor_eval.calibration import Bin, JudgedValue, bins, judged_rows, judged_values
from notice_extractor_eval.chance import (
    Agreement,
    Confusion,
    Pair,
    agreement,
    aligned_values,
    confusion,
    type_decisions,
)
from notice_extractor_eval.gold_folder import Example
from notice_extractor_eval.item_errors import ItemError, item_errors
from notice_extractor_eval.outcomes import NOTICE_UNIT, ValueOutcome
from notice_extractor_eval.predictions import Predict
from notice_extractor_eval.score_fields import ROWS
from notice_extractor_eval.scores import Macro, Score, add_up, empty_notice, macro
from notice_extractor_eval.walk import LENGTHS, outcomes

COLUMN = {name: column for column, name in enumerate(ROWS)}
Scores = Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class NoticeResult:
    """The outcomes of one notice. ``counts`` holds every unit's (tp, fp, fn) by field; unit 0 is the notice itself."""

    notice_id: str
    missing: bool
    layout: str | None
    categories: tuple[str, ...]
    counts: Counts
    lengths: Mapping[str, Scores]
    errors: tuple[ItemError, ...]
    invented: tuple[Ungrounded, ...]
    values: Mapping[str, Mapping[Pair, int]]
    types: Mapping[Pair, int]
    judged: tuple[JudgedValue, ...] = ()

    def scores(self) -> dict[str, Score]:
        """Return the notice's scores."""
        return _scores(self.counts.sum(axis=0))


@dataclass(frozen=True)
class Evaluation:
    """A run measured against gold."""

    results: tuple[NoticeResult, ...]
    surplus: tuple[str, ...] = ()
    resamples: int = RESAMPLES
    seed: int = SEED

    @property
    def missing(self) -> tuple[str, ...]:
        """The notices without a prediction; everything in them counts as missed."""
        return tuple(result.notice_id for result in self.results if result.missing)

    @property
    def errors(self) -> list[ItemError]:
        """Every single error."""
        return [error for result in self.results for error in result.errors]

    @property
    def invented(self) -> list[tuple[str, Ungrounded]]:
        """Every invented value, with its notice."""
        return [(result.notice_id, each) for result in self.results for each in result.invented]

    @cached_property
    def micro(self) -> dict[str, Score]:
        """Counts over the corpus."""
        return add_up(result.scores() for result in self.results)

    @cached_property
    def macro(self) -> dict[str, Macro]:
        """Means over the notices."""
        return macro(result.scores() for result in self.results)

    @cached_property
    def intervals(self) -> dict[str, Intervals]:
        """95% intervals by field; see ``notice_extractor_eval.bootstrap``."""
        found = intervals([result.counts for result in self.results], self.resamples, self.seed)
        return dict(zip(ROWS, found, strict=True)) if self.results else {}

    @cached_property
    def slices(self) -> dict[str, dict[str, dict[str, Score]]]:
        """Scores by notice, by layout, by the gold issue's category and by the measure's length."""
        by_layout, by_length = _grouped(), _grouped()
        by_category: defaultdict[str, Counts] = defaultdict(lambda: np.zeros((len(ROWS), 3)))
        for result in self.results:
            if result.layout is not None:
                by_layout[result.layout].append(result.scores())
            for name, scores in result.lengths.items():
                by_length[name].append(scores)
            for unit, category in enumerate(result.categories, start=1):
                by_category[category] += result.counts[unit]
        lengths = [name for _, name in LENGTHS if name in by_length]
        return {
            "notice": {result.notice_id: result.scores() for result in self.results},
            "layout": {name: add_up(by_layout[name]) for name in sorted(by_layout)},
            "category": {name: _scores(by_category[name]) for name in sorted(by_category)},
            "length": {name: add_up(by_length[name]) for name in lengths},
        }

    @cached_property
    def confusions(self) -> dict[str, Confusion]:
        """Gold against predicted values of every enumeration, over aligned items."""
        return {name: confusion(pairs) for name, pairs in self._pairs().items()}

    @cached_property
    def agreement(self) -> dict[str, Agreement]:
        """Cohen's and Krippendorff's coefficients of every enumeration; for types, over single decisions."""
        pairs = self._pairs()
        if "measures.types" in pairs:
            pairs["measures.types"] = sum((Counter(result.types) for result in self.results), Counter())
        return {name: agreement(found) for name, found in pairs.items()}

    @cached_property
    def calibration(self) -> dict[str, list[Bin]]:
        """The judged values of each row by confidence; rows without any are left out."""
        values: defaultdict[str, list[JudgedValue]] = defaultdict(list)
        for result in self.results:
            for value in result.judged:
                values[value.row].append(value)
        return {row: bins(values[row]) for row in judged_rows() if row in values}

    def _pairs(self) -> dict[str, Counter[Pair]]:
        pairs: defaultdict[str, Counter[Pair]] = defaultdict(Counter)
        for result in self.results:
            for name, found in result.values.items():
                pairs[name].update(found)
        return {name: pairs[name] for name in ROWS if name in pairs}


def evaluate(
    examples: Iterable[Example],
    predict: Predict,
    *,
    layouts: Mapping[str, str] | None = None,
    resamples: int = RESAMPLES,
    on_notice: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measure predictions against gold, one notice at a time. A notice without a prediction counts as missed."""
    results = []
    for gold, text in examples:
        pred = predict(gold.notice_id, text)
        results.append(evaluate_notice(gold, pred, text, layout=(layouts or {}).get(gold.notice_id)))
        if on_notice is not None:
            on_notice(gold.notice_id)
    known = {result.notice_id for result in results}
    surplus = sorted(getattr(predict, "notice_ids", frozenset()) - known)
    return Evaluation(tuple(results), tuple(surplus), resamples)


def evaluate_notice(gold: Notice, pred: Notice | None, text: str, *, layout: str | None = None) -> NoticeResult:
    """Measure one prediction; ``None`` is an empty one."""
    answer = pred or empty_notice(gold)
    alignment = align_notice(gold, answer)
    counts = np.zeros((1 + len(gold.issues), len(ROWS), 3))
    lengths: defaultdict[str, defaultdict[str, Score]] = defaultdict(lambda: defaultdict(Score))
    wrong: list[ValueOutcome] = []
    for outcome in outcomes(gold, answer, alignment):
        where, score = outcome.where, outcome.score
        counts[where.unit - NOTICE_UNIT, COLUMN[outcome.field]] += (score.tp, score.fp, score.fn)
        if where.length is not None:
            lengths[where.length][outcome.field] += score
        if outcome.listed:
            wrong.append(outcome)
    values: defaultdict[str, Counter[Pair]] = defaultdict(Counter)
    for name, pair in aligned_values(gold, answer, alignment):
        values[name][pair] += 1
    return NoticeResult(
        notice_id=gold.notice_id,
        missing=pred is None,
        layout=layout,
        categories=tuple(issue.category for issue in gold.issues),
        counts=counts,
        lengths={name: dict(scores) for name, scores in lengths.items()},
        errors=tuple(item_errors(gold.notice_id, text, wrong)),
        invented=tuple(ungrounded(answer, text)),
        values=values,
        types=Counter(type_decisions(gold, answer, alignment)),
        judged=tuple(judged_values(gold, answer, alignment)),
    )


def _grouped() -> defaultdict[str, list[Scores]]:
    return defaultdict(list)


def _scores(counts: Counts) -> dict[str, Score]:
    return {name: Score(*map(_plain, counts[column].tolist())) for name, column in COLUMN.items()}


def _plain(count: float) -> float:
    return int(count) if count.is_integer() else count
