"""The walk through a gold and a predicted notice side by side, which yields the outcome of every value."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from extractor.record.contract import Issue, Measure, Notice, Record, Span
from extractor.record.fields import FIELDS, LISTS_OF_MEASURE, SCALARS, SHAPES, Field, ItemKind, places_of, value_of
from extractor.text.normal_form import normalise
from notice_extractor_eval.alignment import NoticeAlignment, Pairing, overlap
from notice_extractor_eval.matching import (
    ListedValue,
    PairPlace,
    alone,
    compared,
    compared_on_top,
    items,
    on_top,
    overlapping,
    scalar,
    span_outcomes,
)
from notice_extractor_eval.outcomes import NOTICE_UNIT, ComparedValue, Score, SliceKey, ValueOutcome
from notice_extractor_eval.score_fields import HOLDERS, details_of

_Holder = Issue | Measure
_Side = TypeVar("_Side", bound=_Holder)
_SEVERAL = ("list", "terms")
_SINGLE = {
    kind: [each for each in SHAPES[kind].fields.values() if each.type not in _SEVERAL] for kind in HOLDERS.values()
}
_LISTED = {kind: [each for each in SHAPES[kind].fields.values() if each.type in _SEVERAL] for kind in HOLDERS.values()}
# Measures by length in characters, for slices: (upper limit, name).
LENGTHS = ((100, "short"), (300, "medium"), (10**9, "long"))


def outcomes(gold: Notice, pred: Notice, alignment: NoticeAlignment) -> Iterator[ValueOutcome]:
    """Yield what became of every value of a notice."""
    yield from _notice_outcomes(gold, pred)
    for g, p in alignment.issues.pairs:
        both = PairPlace("issues", f"issues[{g}]", f"issues[{p}]", SliceKey(g))
        yield from _issue_outcomes(gold.issues[g], pred.issues[p], both)
        yield from _measures(gold.issues[g], pred.issues[p], alignment.measures[g, p], both)
    for g in alignment.issues.missed:
        issue = gold.issues[g]
        both = PairPlace("issues", f"issues[{g}]", "", SliceKey(g))
        yield from _issue_outcomes(issue, None, both)
        yield from _measures(issue, None, Pairing((), tuple(range(len(issue.measures))), ()), both)
    for p in alignment.issues.invented:
        issue = pred.issues[p]
        both = PairPlace("issues", "", f"issues[{p}]", SliceKey(_nearest_issue(gold.issues, issue.text)))
        yield from _issue_outcomes(None, issue, both)
        yield from _measures(None, issue, Pairing((), (), tuple(range(len(issue.measures)))), both)


def length_of(measure: Measure) -> str:
    """Return a measure's length class."""
    size = measure.text.end - measure.text.start
    return next(name for limit, name in LENGTHS if size <= limit)


def _nearest_issue(issues: Sequence[Issue], span: Span) -> int:
    """Return the gold issue in whose place a false issue is: the most overlapped, else the nearest."""

    def nearness(index: int) -> tuple[int, int, int]:
        text = issues[index].text
        gap = max(text.start - span.end, span.start - text.end, 0)
        return overlap(text, span), -gap, -text.start

    return max(range(len(issues)), key=nearness, default=NOTICE_UNIT)


def _place(record: Notice | Issue | Measure, key: str) -> Span | None:
    """Return the hull of a value's places."""
    spans = record.spans.get(key) if isinstance(record, Notice) else places_of(record, key)
    if not spans:
        return None
    return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))


def _notice_outcomes(gold: Notice, pred: Notice) -> Iterator[ValueOutcome]:
    for name in FIELDS:
        g, p = (ComparedValue(name, value_of(side, name), _place(side, name)) for side in (gold, pred))
        yield from scalar(name, g, p, SliceKey())
        yield from scalar("notice_fields" if name in SCALARS else "contact", g, p, SliceKey(), listed=False)
    yield from _list_outcomes("total", gold, pred, PairPlace("totals", "totals", "totals", SliceKey()))


def _existence(both: PairPlace, gold: ComparedValue | None, pred: ComparedValue | None) -> ValueOutcome:
    if gold and pred:
        return ValueOutcome(both.field, "hit", Score(tp=1), both.where)
    if gold:
        return ValueOutcome(both.field, "missed", Score(fn=1), both.where, gold, None)
    return ValueOutcome(both.field, "invented", Score(fp=1), both.where, None, pred)


def _issue_outcomes(gold: Issue | None, pred: Issue | None, both: PairPlace) -> Iterator[ValueOutcome]:
    where = both.where
    matched = gold is not None and pred is not None
    g_whole, p_whole = _shown(gold, pred, both, lambda side, path: ComparedValue(path, side.title, side.text))
    yield _existence(both, g_whole, p_whole)
    yield from _own_values("issue", gold, pred, both)
    yield from span_outcomes("issues.text", g_whole, p_whole, where, listed=matched)
    g_title, p_title = _shown(
        gold, pred, both, lambda side, path: ComparedValue(f"{path}.title", side.title, _place(side, "title"))
    )
    same_words = gold is not None and pred is not None and normalise(gold.title) == normalise(pred.title)
    yield from span_outcomes("issues.title", g_title, p_title, where, listed=same_words)


def _measures(gold: Issue | None, pred: Issue | None, pairing: Pairing, both: PairPlace) -> Iterator[ValueOutcome]:
    left: list[tuple[int | None, int | None]] = [*pairing.pairs]
    left += [(g, None) for g in pairing.missed]
    left += [(None, p) for p in pairing.invented]
    for g, p in left:
        g_measure = gold.measures[g] if gold and g is not None else None
        p_measure = pred.measures[p] if pred and p is not None else None
        known = g_measure or p_measure
        if known is not None:
            paths = PairPlace(
                "measures",
                f"{both.gold_path}.measures[{g}]",
                f"{both.pred_path}.measures[{p}]",
                SliceKey(both.where.unit, length_of(known)),
            )
            yield from _measure_outcomes(g_measure, p_measure, paths)


def _measure_outcomes(gold: Measure | None, pred: Measure | None, both: PairPlace) -> Iterator[ValueOutcome]:
    matched = gold is not None and pred is not None
    g_whole, p_whole = _shown(gold, pred, both, lambda side, path: ComparedValue(path, None, side.text))
    yield _existence(both, g_whole, p_whole)
    yield from span_outcomes("measures.text", g_whole, p_whole, both.where, listed=matched)
    yield from _own_values("measure", gold, pred, both)
    for name, kind in LISTS_OF_MEASURE:
        yield from _list_outcomes(kind, gold, pred, both.inner(name))


def _own_values(kind: ItemKind, gold: _Holder | None, pred: _Holder | None, both: PairPlace) -> Iterator[ValueOutcome]:
    """Yield what became of an issue's or a measure's values: single ones, then lists."""
    for field in _SINGLE[kind]:
        inner = both.inner(field.name)
        g = None if gold is None else _single(field, gold, inner.gold_path)
        p = None if pred is None else _single(field, pred, inner.pred_path)
        yield from scalar(inner.field, g, p, both.where)
    for field in _LISTED[kind]:
        listed = _terms if field.type == "terms" else _words
        yield from items(listed(gold, field.name), listed(pred, field.name), both.inner(field.name))


def _shown(
    gold: _Side | None, pred: _Side | None, both: PairPlace, show: Callable[[_Side, str], ComparedValue]
) -> tuple[ComparedValue | None, ComparedValue | None]:
    """Return what is shown of each side; None for one that is not there."""
    return (
        None if gold is None else show(gold, both.gold_path),
        None if pred is None else show(pred, both.pred_path),
    )


def _single(field: Field, holder: _Holder, path: str) -> ComparedValue:
    return ComparedValue(path, value_of(holder, field.name), _shown_place(holder, field))


def _shown_place(holder: _Holder, field: Field) -> Span | None:
    """Return the place an error in a value is shown at: a judgement's is what it is about."""
    if isinstance(holder, Measure):
        return _place(holder, field.name) or holder.text
    if field.name == "label":
        return _place(holder, field.name)
    return _place(holder, "title" if field.vocabulary else field.name) or holder.text


def _words(holder: _Holder | Notice | None, name: str) -> list[ListedValue]:
    """Return a list of words of an issue or a measure."""
    if holder is None:
        return []
    spans = holder.spans.get(name, [])
    return [
        ListedValue(normalise(words), index, words, spans[index] if index < len(spans) else None)
        for index, words in enumerate(getattr(holder, name))
    ]


def _terms(holder: _Holder | None, name: str) -> list[ListedValue]:
    """Return a list of judgements, which have no places of their own."""
    if holder is None:
        return []
    return [ListedValue(term, index, term, holder.text) for index, term in enumerate(getattr(holder, name))]


def _list_outcomes(
    kind: ItemKind, gold: _Holder | Notice | None, pred: _Holder | Notice | None, both: PairPlace
) -> Iterator[ValueOutcome]:
    """Yield what became of a list's elements, then of those of their values that have rows of their own."""
    shape = SHAPES[kind]
    if not any(side is not None and getattr(side, shape.list) for side in (gold, pred)):
        return
    if shape.record is None:
        yield from items(_words(gold, shape.list), _words(pred, shape.list), both)
        return

    def elements(side: _Holder | Notice | None, key: Callable[[Record], Hashable]) -> list[ListedValue]:
        found: Iterable[Any] = getattr(side, shape.list) if side else ()
        return [ListedValue(key(each), index, each, each.text) for index, each in enumerate(found)]

    def same(element: Record) -> Hashable:
        return compared(shape, shape.same, element)

    yield from items(elements(gold, same), elements(pred, same), both, multiset=shape.is_multiset)
    for field, is_alone in details_of(shape):
        key = partial(compared if is_alone else compared_on_top, shape, (field.name,))
        compare = alone if is_alone else on_top
        listed = elements(gold, key), elements(pred, key)
        yield from compare(*listed, both.named(field.name))
        if field.is_overlapping:
            yield from overlapping(*listed, both.named(f"{field.name}.overlap"))
