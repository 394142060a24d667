"""How values are compared: single ones, lists as sets or multisets, and stretches of text.

Which miss is shown beside which false value never changes a score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from extractor.record.contract import Record, Span
from extractor.text.normal_form import normalise_or_none
from notice_extractor_eval.alignment import iou, overlap
from notice_extractor_eval.outcomes import Item, Kind, Outcome, Score, Where


class Entry(NamedTuple):
    """An element of a list: what it is compared by, its place in the list, and what to show."""

    key: Hashable
    number: int
    value: object
    span: Span | None


class Both(NamedTuple):
    """A matched pair, or one side of an unmatched one, with the paths of both."""

    gold_path: str
    pred_path: str
    where: Where


def scalar(field: str, gold: Item | None, pred: Item | None, where: Where, *, listed: bool = True) -> Iterator[Outcome]:
    """Compare a value that is there once at most. Null against null is not counted."""
    g = normalise_or_none(str(gold.value)) if gold is not None and gold.value is not None else None
    p = normalise_or_none(str(pred.value)) if pred is not None and pred.value is not None else None
    if g is None and p is None:
        return
    if g == p:
        yield Outcome(field, "hit", Score(tp=1), where)
    elif p is None:
        yield Outcome(field, "missed", Score(fn=1), where, gold, None, listed)
    elif g is None:
        yield Outcome(field, "invented", Score(fp=1), where, None, pred, listed)
    else:
        yield Outcome(field, "wrong_value", Score(fp=1, fn=1), where, gold, pred, listed)


def items(
    field: str,
    gold: Sequence[Entry],
    pred: Sequence[Entry],
    both: Both,
    *,
    multiset: bool = False,
) -> Iterator[Outcome]:
    """Compare two lists by key, as sets or as multisets; what is left over is shown in pairs where places overlap."""
    hits, missed, invented = match(gold, pred, multiset=multiset)
    if hits:
        yield Outcome(field, "hit", Score(tp=hits), both.where)
    for g, p in _by_place(missed, invented):
        yield _leftover(field, g, p, both)


def match(gold: Sequence[Entry], pred: Sequence[Entry], *, multiset: bool) -> tuple[int, list[Entry], list[Entry]]:
    waiting: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in pred:
        if multiset or entry.key not in waiting:
            waiting[entry.key].append(entry)
    hits, missed, seen = 0, [], set()
    for entry in gold:
        if not multiset and entry.key in seen:
            continue
        seen.add(entry.key)
        if waiting.get(entry.key):
            waiting[entry.key].pop(0)
            hits += 1
        else:
            missed.append(entry)
    return hits, missed, [entry for entries in waiting.values() for entry in entries]


def _by_place(missed: list[Entry], invented: list[Entry]) -> Iterator[tuple[Entry | None, Entry | None]]:
    """Put beside each missed value the false one that stands in its place, if any."""
    left = list(invented)
    for entry in missed:
        shared = [overlap(entry.span, each.span) if entry.span and each.span else 0 for each in left]
        best = max(range(len(left)), key=shared.__getitem__, default=-1)
        yield entry, left.pop(best) if best >= 0 and shared[best] > 0 else None
    for each in left:
        yield None, each


def _leftover(field: str, gold: Entry | None, pred: Entry | None, both: Both, *, listed: bool = True) -> Outcome:
    g = None if gold is None else Item(f"{both.gold_path}[{gold.number}]", _shown(gold.value), gold.span)
    p = None if pred is None else Item(f"{both.pred_path}[{pred.number}]", _shown(pred.value), pred.span)
    kind: Kind = "wrong_value" if g and p else "missed" if g else "invented"
    return Outcome(field, kind, Score(fp=int(p is not None), fn=int(g is not None)), both.where, g, p, listed)


def _shown(value: object) -> object:
    return value.model_dump(exclude={"text"}) if isinstance(value, Record) else value


def detail(
    field: str,
    gold: Sequence[Entry],
    pred: Sequence[Entry],
    base: Callable[[Entry], Hashable],
    both: Both,
) -> Iterator[Outcome]:
    """Compare quantities by more than their amount. Only those whose amount is right are errors of their own."""
    hits, missed, invented = match(gold, pred, multiset=True)
    if hits:
        yield Outcome(field, "hit", Score(tp=hits), both.where)
    waiting: dict[Hashable, list[Entry]] = defaultdict(list)
    for entry in invented:
        waiting[base(entry)].append(entry)
    for entry in missed:
        same = waiting[base(entry)]
        yield _leftover(field, entry, same.pop(0) if same else None, both, listed=bool(same))
    for entries in waiting.values():
        for entry in entries:
            yield _leftover(field, None, entry, both, listed=False)


def span_outcomes(
    prefix: str, gold: Item | None, pred: Item | None, where: Where, *, listed: bool
) -> Iterator[Outcome]:
    """Score a boundary three ways: exactly, by shared characters, and by intersection over union."""
    g, p = gold and gold.span, pred and pred.span
    if g is None and p is None:
        return
    shared = overlap(g, p) if g and p else 0
    ratio = iou(g, p) if g and p else 0.0
    exact = g == p
    false, missed = int(p is not None), int(g is not None)
    kind: Kind = "hit" if exact else "wrong_span" if g and p else "missed" if g else "invented"
    score = Score(tp=1) if exact else Score(fp=false, fn=missed)
    yield Outcome(f"{prefix}.exact", kind, score, where, gold, pred, listed and not exact)
    sizes = [span.end - span.start if span else 0 for span in (p, g)]
    characters = Score(shared, sizes[0] - shared, sizes[1] - shared)
    yield Outcome(f"{prefix}.overlap", kind, characters, where, listed=False)
    yield Outcome(f"{prefix}.iou", kind, Score(ratio, false - ratio, missed - ratio), where, listed=False)
