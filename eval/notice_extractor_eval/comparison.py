"""Two runs over the same gold: where the second is better or worse, by how much, and on which items.

The interval of a difference is paired: both runs see the same resampled notices and issues (module ``bootstrap``). A
difference whose 95% interval leaves out 0 is called better or worse. With forty rows, two of them would be so called by
chance alone if the runs did not differ: read single rows with that in mind.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from extractor.errors import InputError
from notice_extractor_eval.bootstrap import Interval, paired_intervals
from notice_extractor_eval.evaluation import COLUMN, Evaluation
from notice_extractor_eval.item_errors import Finding
from notice_extractor_eval.markdown import cell, table
from notice_extractor_eval.score_fields import ROWS, Lang

Verdict = Literal["better", "worse", "same"]
SHOWN = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """A field's F1 in both runs; ``wins`` and ``losses`` count the issues with fewer and with more errors."""

    field: str
    before: float
    after: float
    interval: Interval
    wins: int
    losses: int

    @property
    def change(self) -> float:
        """F1 of the second run minus F1 of the first."""
        return self.after - self.before

    @property
    def verdict(self) -> Verdict:
        """What the interval allows to be said."""
        if math.isnan(self.interval.low) or self.interval.low <= 0 <= self.interval.high:
            return "same"
        return "better" if self.interval.low > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every field's difference, the errors that went away and those that came."""

    differences: tuple[Difference, ...]
    solved: tuple[Finding, ...]
    fresh: tuple[Finding, ...]
    invented: tuple[int, int]

    @property
    def worse(self) -> tuple[Difference, ...]:
        """The fields that lost more than chance explains."""
        return tuple(each for each in self.differences if each.verdict == "worse")


def compare(one: Evaluation, other: Evaluation) -> Comparison:
    """Compare two evaluations of the same gold notices."""
    if [each.notice_id for each in one.results] != [each.notice_id for each in other.results]:
        raise InputError("the two runs were not measured on the same gold notices")
    counts = [[result.counts for result in side.results] for side in (one, other)]
    intervals = paired_intervals(counts[0], counts[1], one.resamples, one.seed) if one.results else []
    wins, losses = _unit_changes(one, other)
    differences = tuple(
        Difference(name, one.micro[name].f1, other.micro[name].f1, interval, wins[column], losses[column])
        for (name, column), interval in zip(COLUMN.items(), intervals, strict=True)
        if one.micro[name].counted or other.micro[name].counted
    )
    before, after = ({finding.key for finding in side.findings} for side in (one, other))
    return Comparison(
        differences=differences,
        solved=tuple(finding for finding in one.findings if finding.key not in after),
        fresh=tuple(finding for finding in other.findings if finding.key not in before),
        invented=(len(one.invented), len(other.invented)),
    )


def _unit_changes(one: Evaluation, other: Evaluation) -> tuple[list[int], list[int]]:
    wins, losses = np.zeros(len(ROWS), dtype=int), np.zeros(len(ROWS), dtype=int)
    for before, after in zip(one.results, other.results, strict=True):
        change = after.counts[..., 1:].sum(axis=-1) - before.counts[..., 1:].sum(axis=-1)
        wins += (change < 0).sum(axis=0)
        losses += (change > 0).sum(axis=0)
    return wins.tolist(), losses.tolist()


def comparison_markdown(comparison: Comparison, names: tuple[str, str], lang: Lang = "en") -> str:
    """Return a comparison as Markdown: the table, then what changed."""
    zh = lang == "zh"
    one, other = map(cell, names)
    heads = (
        ["字段", f"F1 {one}", f"F1 {other}", "差", "95% 区间", "改善", "变差", "结论"]
        if zh
        else ["field", f"F1 {one}", f"F1 {other}", "change", "95% interval", "wins", "losses", "verdict"]
    )
    said = {"better": "更好", "worse": "更差", "same": "无差别"} if zh else {}
    rows = [
        [
            ROWS[each.field].called(lang),
            f"{each.before:.3f}",
            f"{each.after:.3f}",
            f"{each.change:+.3f}",
            "" if math.isnan(each.interval.low) else f"{each.interval.low:+.3f} … {each.interval.high:+.3f}",
            str(each.wins),
            str(each.losses),
            said.get(each.verdict, each.verdict),
        ]
        for each in comparison.differences
    ]
    title = f"# {one} → {other}"
    invented = ("虚构值" if zh else "invented values") + f": {comparison.invented[0]} → {comparison.invented[1]}"
    parts = [title, table(heads, rows, right=range(1, 7)), invented]
    parts += _changed("已消除的错误" if zh else "Errors that went away", comparison.solved)
    parts += _changed("新出现的错误" if zh else "New errors", comparison.fresh)
    return "\n\n".join(parts) + "\n"


def _changed(title: str, found: Iterable[Finding]) -> Iterator[str]:
    every = list(found)
    yield f"## {title}: {len(every)}"
    if every:
        lines = [f"- `{finding.field}` {cell(str(finding))}" for finding in every[:SHOWN]]
        if len(every) > SHOWN:
            lines.append(f"- … {len(every) - SHOWN}")
        yield "\n".join(lines)
