"""Sums: the figures of a notice that add up to one thing, and those that look like it and are left out, and why.

Each sum is of one thing in one unit: persons, times and cases apart, money in yuan. A figure is left out where adding
it would count something twice, or something else; where it is unsure it is left out, too, and can be seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from extractor.collection.money_words import money_figures
from extractor.collection.parted_figures import (
    COUNTED,
    PlacedAmount,
    SummedFigure,
    figure_of,
    left_out_as_parts,
    left_out_as_repeated,
)
from extractor.collection.rule_titles import is_rule, title_key
from extractor.data import read_table
from extractor.record.contract import Measure, Notice
from extractor.text.half_width import half_width

_ONE = Decimal(1)
_COPIES = "份"
_RULES = {"issued": "rules_issued", "revised": "rules_revised"}


class Sum(NamedTuple):
    """A sum of one thing in one unit, over ``counted`` figures; ``left_out`` has how many others, by reason."""

    value: Decimal
    counted: int
    left_out: Mapping[str, int]


def summed_figures(notice: Notice, text: str) -> list[SummedFigure]:
    """Return the figures of a notice's measures that sums are made of, or that they leave out, in printed order.

    ``text`` is what the notice's offsets index. Of a notice that is the same as another nothing is counted.
    """
    folded = half_width(text)
    figures = [
        figure
        for i, issue in enumerate(notice.issues)
        for j, measure in enumerate(issue.measures)
        for figure in _of_measure(measure, f"issues[{i}].measures[{j}]", folded)
    ]
    figures = left_out_as_repeated(figures, folded)
    if notice.duplicate_of is not None:
        figures = [each if each.reason != COUNTED else each._replace(reason="duplicate") for each in figures]
    return figures


def sums(figures: Iterable[SummedFigure]) -> dict[tuple[str, str], Sum]:
    """Return the sums of figures, of one notice or of many, by sum and unit."""
    values: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    counted: defaultdict[tuple[str, str], int] = defaultdict(int)
    left_out: defaultdict[tuple[str, str], defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for figure in figures:
        key = (figure.sum, figure.unit)
        values[key] += figure.value if figure.reason == COUNTED else 0
        if figure.reason == COUNTED:
            counted[key] += 1
        else:
            left_out[key][figure.reason] += 1
    return {key: Sum(value, counted[key], dict(left_out[key])) for key, value in values.items()}


def _of_measure(measure: Measure, path: str, folded: str) -> list[SummedFigure]:
    held = left_out_as_parts(list(_held(measure, path, folded)), folded)
    money = left_out_as_parts(list(money_figures(measure, path, folded)), folded)
    return sorted([*held, *money, *_rules(measure, path)], key=lambda figure: figure.text.start)


def _held(measure: Measure, path: str, folded: str) -> Iterator[SummedFigure]:
    named = read_table("sums")["accountability"]
    for k, entry in enumerate(measure.accountability):
        key = named[entry.action]
        reason = COUNTED
        if key == "held_otherwise":
            reason = "no_one_thing"
        elif measure.status == "planned" or _is_planned(folded, measure.text.start, entry.text.start):
            reason = "planned"
        yield figure_of(key, f"{path}.accountability[{k}]", PlacedAmount(entry.count, entry.unit, entry.text), reason)


def _is_planned(folded: str, begin: int, at: int) -> bool:
    clause = max(folded.rfind(mark, begin, at) for mark in ",。;:")
    words = read_table("sums")["planned"]["words"]
    return any(word in folded[max(clause + 1, begin) : at] for word in words)


def _rules(measure: Measure, path: str) -> Iterator[SummedFigure]:
    for k, document in enumerate(measure.documents):
        key = _RULES.get(document.action)
        if key is None:
            continue
        reason = COUNTED if is_rule(document.title) else "no_rule"
        reason = "planned" if reason == COUNTED and measure.status == "planned" else reason
        title = title_key(document.title)
        yield SummedFigure(key, f"{path}.documents[{k}]", _ONE, _COPIES, reason, document.text, title)
