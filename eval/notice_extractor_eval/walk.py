"""Walks a gold and a predicted notice side by side and yields what became of every value."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal

from extractor.record.contract import Accountability, Document, Issue, Measure, Notice, Quantity, Span
from extractor.record.fields import CONTACT, SCALARS
from extractor.record.units import amount
from extractor.text.normal_form import normalise, normalise_or_none
from notice_extractor_eval.alignment import NoticeAlignment, Pairing, overlap
from notice_extractor_eval.matching import Both, Entry, detail, items, match, scalar, span_outcomes
from notice_extractor_eval.outcomes import NOTICE_UNIT, Item, Outcome, Score, Where

# Measures by length in characters, for slices: (upper limit, name).
LENGTHS = ((100, "short"), (300, "medium"), (10**9, "long"))


def outcomes(gold: Notice, pred: Notice, alignment: NoticeAlignment) -> Iterator[Outcome]:
    """Yield what became of every value of a notice."""
    yield from _notice_outcomes(gold, pred)
    for g, p in alignment.issues.pairs:
        yield from _issue_outcomes(gold.issues[g], pred.issues[p], g, p, Where(g))
        pairing = alignment.measures[g, p]
        yield from _measures(gold.issues[g], pred.issues[p], pairing, Both(f"issues[{g}]", f"issues[{p}]", Where(g)))
    for g in alignment.issues.missed:
        issue = gold.issues[g]
        yield from _issue_outcomes(issue, None, g, None, Where(g))
        every = Pairing((), tuple(range(len(issue.measures))), ())
        yield from _measures(issue, None, every, Both(f"issues[{g}]", "", Where(g)))
    for p in alignment.issues.invented:
        issue = pred.issues[p]
        where = Where(_nearest_issue(gold.issues, issue.text))
        yield from _issue_outcomes(None, issue, None, p, where)
        every = Pairing((), (), tuple(range(len(issue.measures))))
        yield from _measures(None, issue, every, Both("", f"issues[{p}]", where))


def length_of(measure: Measure) -> str:
    """Return a measure's length class."""
    size = measure.text.end - measure.text.start
    return next(name for limit, name in LENGTHS if size <= limit)


def _nearest_issue(issues: Sequence[Issue], span: Span) -> int:
    """Return the gold issue in whose place a false issue stands: the most overlapped, else the nearest."""

    def nearness(index: int) -> tuple[int, int, int]:
        text = issues[index].text
        gap = max(text.start - span.end, span.start - text.end, 0)
        return overlap(text, span), -gap, -text.start

    return max(range(len(issues)), key=nearness, default=NOTICE_UNIT)


def _place(record: Notice | Issue | Measure, key: str) -> Span | None:
    """Return the hull of a value's places."""
    spans = record.spans.get(key)
    if not spans:
        return None
    return Span(start=min(span.start for span in spans), end=max(span.end for span in spans))


def _notice_outcomes(gold: Notice, pred: Notice) -> Iterator[Outcome]:
    for key in SCALARS:
        g, p = (Item(key, getattr(side, key), _place(side, key)) for side in (gold, pred))
        yield from scalar(key, g, p, Where())
        yield from scalar("notice_fields", g, p, Where(), listed=False)
    for key in CONTACT:
        path = f"contact.{key}"
        g, p = (Item(path, getattr(side.contact, key), _place(side, path)) for side in (gold, pred))
        yield from scalar(path, g, p, Where())
        yield from scalar("contact", g, p, Where(), listed=False)

    def entries(notice: Notice) -> list[Entry]:
        return [
            Entry((total.name, amount(total.value, total.unit)), index, total, total.text)
            for index, total in enumerate(notice.totals)
        ]

    yield from items("totals", entries(gold), entries(pred), Both("totals", "totals", Where()))


def _existence(field: str, gold: Item | None, pred: Item | None, where: Where) -> Outcome:
    if gold and pred:
        return Outcome(field, "hit", Score(tp=1), where)
    if gold:
        return Outcome(field, "missed", Score(fn=1), where, gold, None)
    return Outcome(field, "invented", Score(fp=1), where, None, pred)


def _issue_outcomes(
    gold: Issue | None, pred: Issue | None, gold_index: int | None, pred_index: int | None, where: Where
) -> Iterator[Outcome]:
    def item(side: Issue | None, index: int | None, key: str, *, span: Span | None = None) -> Item | None:
        if side is None:
            return None
        return Item(f"issues[{index}].{key}", getattr(side, key), span or _place(side, key))

    def whole(side: Issue | None, index: int | None) -> Item | None:
        return None if side is None else Item(f"issues[{index}]", side.title, side.text)

    g_whole, p_whole = whole(gold, gold_index), whole(pred, pred_index)
    matched = gold is not None and pred is not None
    yield _existence("issues", g_whole, p_whole, where)
    for key in ("label", "title", "category", "status"):
        # A judged value has no place of its own: it is shown with the heading it is about.
        g = item(gold, gold_index, key, span=_place(gold, "title") or gold.text if gold else None)
        p = item(pred, pred_index, key, span=_place(pred, "title") or pred.text if pred else None)
        if key == "label":
            g, p = item(gold, gold_index, key), item(pred, pred_index, key)
        yield from scalar(f"issues.{key}", g, p, where)

    def section(side: Issue | None) -> list[Entry]:
        if side is None:
            return []
        spans = side.spans.get("section", [])
        return [
            Entry(normalise(heading), index, heading, spans[index] if index < len(spans) else None)
            for index, heading in enumerate(side.section)
        ]

    paths = Both(f"issues[{gold_index}].section", f"issues[{pred_index}].section", where)
    yield from items("issues.section", section(gold), section(pred), paths)
    yield from span_outcomes("issues.text", g_whole, p_whole, where, listed=matched)
    g_title, p_title = item(gold, gold_index, "title"), item(pred, pred_index, "title")
    same_words = gold is not None and pred is not None and normalise(gold.title) == normalise(pred.title)
    yield from span_outcomes("issues.title", g_title, p_title, where, listed=same_words)


def _measures(gold: Issue | None, pred: Issue | None, pairing: Pairing, both: Both) -> Iterator[Outcome]:
    left: list[tuple[int | None, int | None]] = [*pairing.pairs]
    left += [(g, None) for g in pairing.missed]
    left += [(None, p) for p in pairing.invented]
    for g, p in left:
        g_measure = gold.measures[g] if gold and g is not None else None
        p_measure = pred.measures[p] if pred and p is not None else None
        known = g_measure or p_measure
        if known is not None:
            paths = Both(
                f"{both.gold_path}.measures[{g}]",
                f"{both.pred_path}.measures[{p}]",
                Where(both.where.unit, length_of(known)),
            )
            yield from _measure_outcomes(g_measure, p_measure, paths)


def _measure_outcomes(gold: Measure | None, pred: Measure | None, both: Both) -> Iterator[Outcome]:
    where = both.where

    def whole(side: Measure | None, path: str) -> Item | None:
        return None if side is None else Item(path, None, side.text)

    def item(side: Measure | None, path: str, key: str) -> Item | None:
        return None if side is None else Item(f"{path}.{key}", getattr(side, key), _place(side, key) or side.text)

    g_whole, p_whole = whole(gold, both.gold_path), whole(pred, both.pred_path)
    yield _existence("measures", g_whole, p_whole, where)
    yield from span_outcomes("measures.text", g_whole, p_whole, where, listed=gold is not None and pred is not None)
    for key in ("label", "heading", "status"):
        yield from scalar(f"measures.{key}", item(gold, both.gold_path, key), item(pred, both.pred_path, key), where)

    def paths(key: str) -> Both:
        return Both(f"{both.gold_path}.{key}", f"{both.pred_path}.{key}", where)

    yield from items("measures.types", _types(gold), _types(pred), paths("types"))
    yield from _documents(gold, pred, paths("documents"))
    yield from _quantities(gold, pred, paths("quantities"))
    yield from items("measures.dates", _dates(gold), _dates(pred), paths("dates"))
    yield from items("measures.organizations", _organizations(gold), _organizations(pred), paths("organizations"))
    yield from items(
        "measures.accountability",
        _accountability(gold),
        _accountability(pred),
        paths("accountability"),
        multiset=True,
    )


def _types(measure: Measure | None) -> list[Entry]:
    return [Entry(name, index, name, measure.text) for index, name in enumerate(measure.types)] if measure else []


def _documents(gold: Measure | None, pred: Measure | None, both: Both) -> Iterator[Outcome]:
    def entries(side: Measure | None, key: Callable[[Document], Hashable]) -> list[Entry]:
        found: Iterable[Document] = side.documents if side else ()
        return [Entry(key(each), index, each, each.text) for index, each in enumerate(found)]

    g, p = (entries(side, lambda each: (normalise(each.title), each.action)) for side in (gold, pred))
    yield from items("measures.documents", g, p, both)
    g, p = (entries(side, lambda each: normalise(each.title)) for side in (gold, pred))
    hits, missed, invented = match(g, p, multiset=False)
    field = "measures.documents.title"
    if hits:
        yield Outcome(field, "hit", Score(tp=hits), both.where)
    if missed or invented:
        # Each of these is already listed under `documents`.
        yield Outcome(field, "missed", Score(fp=len(invented), fn=len(missed)), both.where, listed=False)


def _quantities(gold: Measure | None, pred: Measure | None, both: Both) -> Iterator[Outcome]:
    def entries(side: Measure | None, key: Callable[[Quantity], Hashable]) -> list[Entry]:
        found: Iterable[Quantity] = side.quantities if side else ()
        return [Entry(key(each), index, each, each.text) for index, each in enumerate(found)]

    def figure(each: Quantity) -> Hashable:
        return amount(each.value, each.unit)

    def base(entry: Entry) -> Hashable:
        assert isinstance(entry.key, tuple)
        first: Hashable = entry.key[0]
        return first

    yield from items("measures.quantities", entries(gold, figure), entries(pred, figure), both, multiset=True)
    g, p = (entries(side, lambda each: (figure(each), normalise_or_none(each.subject))) for side in (gold, pred))
    yield from detail("measures.quantities.subject", g, p, base, both)
    g, p = (entries(side, lambda each: (figure(each), each.qualifier)) for side in (gold, pred))
    yield from detail("measures.quantities.qualifier", g, p, base, both)


def _dates(measure: Measure | None) -> list[Entry]:
    found = measure.dates if measure else ()
    return [Entry(normalise(each.value), index, each, each.text) for index, each in enumerate(found)]


def _organizations(measure: Measure | None) -> list[Entry]:
    if measure is None:
        return []
    spans = measure.spans.get("organizations", [])
    return [
        Entry(normalise(name), index, name, spans[index] if index < len(spans) else None)
        for index, name in enumerate(measure.organizations)
    ]


def _accountability(measure: Measure | None) -> list[Entry]:
    found: Iterable[Accountability] = measure.accountability if measure else ()
    return [
        Entry((each.action, Decimal(str(each.count)).normalize(), normalise(each.unit)), index, each, each.text)
        for index, each in enumerate(found)
    ]
