"""The comparison of values: single ones, lists as sets or multisets, and stretches of text.

Which miss is shown beside which false value never changes a score.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from extractor.record.contract import Record, Span
from extractor.record.fields import Field, Shape, value_of
from extractor.record.units import amount
from extractor.text.normal_form import normalise, normalise_or_none
from notice_extractor_eval.alignment import iou, overlap
from notice_extractor_eval.outcomes import ComparedValue, OutcomeKind, Score, SliceKey, ValueOutcome


class ListedValue(NamedTuple):
    """An element of a list: what it is compared by, its place in the list, and what to show."""

    key: Hashable
    number: int
    value: object
    span: Span | None


class PairPlace(NamedTuple):
    """The place of a matched pair, or of one side of an unmatched one.

    It has the row that the pair is scored under, the paths of both sides, and the slice that it is counted in.
    """

    field: str
    gold_path: str
    pred_path: str
    where: SliceKey

    def inner(self, name: str) -> PairPlace:
        """Return the place of a value of both sides."""
        return PairPlace(f"{self.field}.{name}", f"{self.gold_path}.{name}", f"{self.pred_path}.{name}", self.where)

    def named(self, name: str) -> PairPlace:
        """Return the same place under the row of one of its values."""
        return self._replace(field=f"{self.field}.{name}")


def compared(shape: Shape, names: Iterable[str], element: Record) -> tuple[Hashable, ...]:
    """Return what an element is compared by: figures with their units in base units, words by their normal form."""
    fields = shape.fields
    return tuple([
        _compared(fields[name], getattr(element, name), element) for name in names if fields[name].type != "unit"
    ])  # fmt: skip


def compared_on_top(shape: Shape, names: Iterable[str], element: Record) -> tuple[Hashable, Hashable]:
    """Return what makes two elements the same, and what further values are compared by."""
    return compared(shape, shape.same, element), compared(shape, names, element)


def _compared(field: Field, value: Any, element: Record) -> Hashable:
    match field.type:
        case "figure":
            return amount(value, value_of(element, "unit"))
        case "count":
            return Decimal(str(value)).normalize(), normalise(value_of(element, "unit"))
        case "term":
            return value  # type: ignore[no-any-return]
    return normalise_or_none(value)


def scalar(
    field: str, gold: ComparedValue | None, pred: ComparedValue | None, where: SliceKey, *, listed: bool = True
) -> Iterator[ValueOutcome]:
    """Compare a value that is there once at most. Null against null is not counted."""
    g = normalise_or_none(str(gold.value)) if gold is not None and gold.value is not None else None
    p = normalise_or_none(str(pred.value)) if pred is not None and pred.value is not None else None
    if g is None and p is None:
        return
    if g == p:
        yield ValueOutcome(field, "hit", Score(tp=1), where)
    elif p is None:
        yield ValueOutcome(field, "missed", Score(fn=1), where, gold, None, listed)
    elif g is None:
        yield ValueOutcome(field, "invented", Score(fp=1), where, None, pred, listed)
    else:
        yield ValueOutcome(field, "wrong_value", Score(fp=1, fn=1), where, gold, pred, listed)


def items(
    gold: Sequence[ListedValue], pred: Sequence[ListedValue], both: PairPlace, *, multiset: bool = False
) -> Iterator[ValueOutcome]:
    """Compare two lists by key, as sets or as multisets; what is left over is shown in pairs where places overlap."""
    hits, missed, invented = _match(gold, pred, multiset=multiset)
    if hits:
        yield ValueOutcome(both.field, "hit", Score(tp=hits), both.where)
    for g, p in _by_place(missed, invented):
        yield _leftover(g, p, both)


def alone(gold: Sequence[ListedValue], pred: Sequence[ListedValue], both: PairPlace) -> Iterator[ValueOutcome]:
    """Compare a value of two lists' elements by itself; its errors are already listed with the elements."""
    hits, missed, invented = _match(gold, pred, multiset=False)
    if hits:
        yield ValueOutcome(both.field, "hit", Score(tp=hits), both.where)
    if missed or invented:
        yield ValueOutcome(both.field, "missed", Score(fp=len(invented), fn=len(missed)), both.where, listed=False)


def _match(
    gold: Sequence[ListedValue], pred: Sequence[ListedValue], *, multiset: bool
) -> tuple[int, list[ListedValue], list[ListedValue]]:
    waiting: dict[Hashable, list[ListedValue]] = defaultdict(list)
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


def _by_place(
    missed: list[ListedValue], invented: list[ListedValue]
) -> Iterator[tuple[ListedValue | None, ListedValue | None]]:
    """Put beside each missed value the false one in its place, if any."""
    left = list(invented)
    for entry in missed:
        shared = [overlap(entry.span, each.span) if entry.span and each.span else 0 for each in left]
        best = max(range(len(left)), key=shared.__getitem__, default=-1)
        yield entry, left.pop(best) if best >= 0 and shared[best] > 0 else None
    for each in left:
        yield None, each


def _leftover(
    gold: ListedValue | None, pred: ListedValue | None, both: PairPlace, *, listed: bool = True
) -> ValueOutcome:
    g = None if gold is None else ComparedValue(f"{both.gold_path}[{gold.number}]", _shown(gold.value), gold.span)
    p = None if pred is None else ComparedValue(f"{both.pred_path}[{pred.number}]", _shown(pred.value), pred.span)
    kind: OutcomeKind = "wrong_value" if g and p else "missed" if g else "invented"
    score = Score(fp=int(p is not None), fn=int(g is not None))
    return ValueOutcome(both.field, kind, score, both.where, g, p, listed)


def _shown(value: object) -> object:
    return value.model_dump(exclude={"text"}) if isinstance(value, Record) else value


def on_top(gold: Sequence[ListedValue], pred: Sequence[ListedValue], both: PairPlace) -> Iterator[ValueOutcome]:
    """Compare two lists by a key and, on top of it, one more value: keys are pairs.

    A wrong value is an error of its own only where the key is right.
    """
    hits, missed, invented = _match(gold, pred, multiset=True)
    if hits:
        yield ValueOutcome(both.field, "hit", Score(tp=hits), both.where)
    waiting: dict[Hashable, list[ListedValue]] = defaultdict(list)
    for each in invented:
        waiting[_base(each)].append(each)
    for each in missed:
        same = waiting[_base(each)]
        yield _leftover(each, same.pop(0) if same else None, both, listed=bool(same))
    for left in waiting.values():
        for each in left:
            yield _leftover(None, each, both, listed=False)


def overlapping(gold: Sequence[ListedValue], pred: Sequence[ListedValue], both: PairPlace) -> Iterator[ValueOutcome]:
    """Compare as ``on_top`` does, but two words are the same where they share two code points side by side.

    Its errors are listed with those of the exact comparison. Two missing words are the same, too.
    """
    waiting: dict[Hashable, list[str | None]] = defaultdict(list)
    for each in pred:
        waiting[_base(each)].append(_words_on_top(each))
    hits = 0
    for each in gold:
        same, wanted = waiting[_base(each)], _words_on_top(each)
        found = next((number for number, words in enumerate(same) if share_words(wanted, words)), None)
        if found is not None:
            same.pop(found)
            hits += 1
    if gold or pred:
        score = Score(tp=hits, fp=len(pred) - hits, fn=len(gold) - hits)
        yield ValueOutcome(both.field, "hit" if hits else "missed", score, both.where, listed=False)


def _words_on_top(value: ListedValue) -> str | None:
    assert isinstance(value.key, tuple)
    words: str | None = value.key[1][0]
    return words


def share_words(one: str | None, other: str | None) -> bool:
    """Return whether two words share two code points side by side; two missing words do."""
    if not one or not other:
        return one == other
    shorter, longer = sorted((one, other), key=len)
    return shorter in longer or any(shorter[k : k + 2] in longer for k in range(len(shorter) - 1))


def _base(value: ListedValue) -> Hashable:
    assert isinstance(value.key, tuple)
    base: Hashable = value.key[0]
    return base


def span_outcomes(
    prefix: str, gold: ComparedValue | None, pred: ComparedValue | None, where: SliceKey, *, listed: bool
) -> Iterator[ValueOutcome]:
    """Score a boundary three ways: exactly, by shared characters, and by intersection over union."""
    g, p = gold and gold.span, pred and pred.span
    if g is None and p is None:
        return
    shared = overlap(g, p) if g and p else 0
    ratio = iou(g, p) if g and p else 0.0
    exact = g == p
    false, missed = int(p is not None), int(g is not None)
    kind: OutcomeKind = "hit" if exact else "wrong_span" if g and p else "missed" if g else "invented"
    score = Score(tp=1) if exact else Score(fp=false, fn=missed)
    yield ValueOutcome(f"{prefix}.exact", kind, score, where, gold, pred, listed and not exact)
    sizes = [span.end - span.start if span else 0 for span in (p, g)]
    characters = Score(shared, sizes[0] - shared, sizes[1] - shared)
    yield ValueOutcome(f"{prefix}.overlap", kind, characters, where, listed=False)
    yield ValueOutcome(f"{prefix}.iou", kind, Score(ratio, false - ratio, missed - ratio), where, listed=False)
