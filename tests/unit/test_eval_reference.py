"""A second, plain implementation of the contract's last section, and that both give the same counts.

It shares no code with ``eval`` but the list of fields: whole matrices for matching, sets and multisets written out.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Any

import numpy as np
from eval_examples import notices
from hypothesis import given, settings
from hypothesis import strategies as st
from notice_extractor_eval.scores import score_notice
from scipy.optimize import linear_sum_assignment

from extractor.record.contract import Notice

Counts = Counter[tuple[str, str]]
MAGNITUDES = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}


def norm(text: str | None) -> str:
    folded = unicodedata.normalize("NFKC", text or "")
    return "".join('"' if char in "“”‘’'" else char for char in folded if not char.isspace())


def money(value: float, unit: str) -> tuple[float, str]:
    base = norm(unit)
    while base and base[0] in MAGNITUDES:
        value *= MAGNITUDES[base[0]]
        base = base[1:]
    return round(float(value), 4), "人" if base == "名" else base


def matched(gold: list[Any], pred: list[Any]) -> list[tuple[Any, Any]]:
    if not gold or not pred:
        return [(each, None) for each in gold] + [(None, each) for each in pred]
    ratio = np.zeros((len(gold), len(pred)))
    for i, one in enumerate(gold):
        for j, other in enumerate(pred):
            one_chars = set(range(one.text.start, one.text.end))
            other_chars = set(range(other.text.start, other.text.end))
            ratio[i, j] = len(one_chars & other_chars) / max(1, len(one_chars | other_chars))
    ratio[ratio < 0.5] = 0
    found = [(i, j) for i, j in zip(*linear_sum_assignment(-ratio), strict=True) if ratio[i, j] > 0]
    taken = [{i for i, _ in found}, {j for _, j in found}]
    pairs = [(gold[i], pred[j]) for i, j in found]
    pairs += [(each, None) for i, each in enumerate(gold) if i not in taken[0]]
    return pairs + [(None, each) for j, each in enumerate(pred) if j not in taken[1]]


def multiset(counts: Counts, field: str, gold: Iterable[object], pred: Iterable[object]) -> None:
    one, other = Counter(gold), Counter(pred)
    counts[field, "tp"] += (one & other).total()
    counts[field, "fp"] += (other - one).total()
    counts[field, "fn"] += (one - other).total()


def values(counts: Counts, field: str, gold: Iterable[object], pred: Iterable[object]) -> None:
    multiset(counts, field, set(gold), set(pred))


def scalar(counts: Counts, field: str, gold: Any, pred: Any, key: str) -> None:
    one, other = (norm(getattr(side, key)) if side is not None else "" for side in (gold, pred))
    values(counts, field, [one] if one else [], [other] if other else [])


def measure(counts: Counts, gold: Any, pred: Any) -> None:
    values(counts, "measures", ["x"] * (gold is not None), ["x"] * (pred is not None))
    for key in ("label", "heading", "status"):
        scalar(counts, f"measures.{key}", gold, pred, key)

    def both(key: str, keyed: Any) -> tuple[list[object], list[object]]:
        one, other = ([keyed(each) for each in getattr(side, key)] if side is not None else [] for side in (gold, pred))
        return one, other

    values(counts, "measures.types", *both("types", str))
    values(counts, "measures.organizations", *both("organizations", norm))
    values(counts, "measures.dates", *both("dates", lambda each: norm(each.value)))
    values(counts, "measures.documents", *both("documents", lambda each: (norm(each.title), each.action)))
    values(counts, "measures.documents.title", *both("documents", lambda each: norm(each.title)))
    multiset(counts, "measures.quantities", *both("quantities", lambda each: money(each.value, each.unit)))
    keyed = both("accountability", lambda each: (each.action, float(each.count), norm(each.unit)))
    multiset(counts, "measures.accountability", *keyed)


def reference(gold: Notice, pred: Notice) -> Counts:
    counts: Counts = Counter()
    for key in ("title", "inspected_body", "inspection_team", "inspection_kind", "inspection_start"):
        scalar(counts, key, gold, pred, key)
    scalar(counts, "contact.phone", gold.contact, pred.contact, "phone")
    one, other = ([(each.name, money(each.value, each.unit)) for each in side.totals] for side in (gold, pred))
    values(counts, "totals", one, other)
    for g, p in matched(gold.issues, pred.issues):
        values(counts, "issues", ["x"] * (g is not None), ["x"] * (p is not None))
        for key in ("label", "title", "category", "status"):
            scalar(counts, f"issues.{key}", g, p, key)
        for one_measure, other_measure in matched(g.measures if g else [], p.measures if p else []):
            measure(counts, one_measure, other_measure)
    return counts


@given(notices(), notices(), st.booleans())
@settings(deadline=None, max_examples=60)
def test_both_implementations_count_the_same(one: tuple[Notice, str], other: tuple[Notice, str], alike: bool) -> None:
    gold, pred = one[0], other[0]
    if alike:
        # The other notice's contents in this one's stretches: everything matches, values differ.
        issues = [
            mine.model_copy(update={"category": theirs.category, "status": theirs.status, "measures": theirs.measures})
            for mine, theirs in zip(gold.issues, pred.issues, strict=False)
        ]
        pred = pred.model_copy(update={"issues": issues})
    wanted, found = reference(gold, pred), score_notice(gold, pred)
    for field in {field for field, _ in wanted}:
        score = found[field]
        assert (score.tp, score.fp, score.fn) == tuple(wanted[field, key] for key in ("tp", "fp", "fn")), field
