"""The measuring of a model beside the rules: how often each of them is right, field by field.

The rules' record of a gold notice is compared with the one in which the model got the most that a model may get.
Where ``read_by`` says that both readers have a value, they agree; where it names the model, the value is another or a
new one; what is gone from the rules' record, the model denied. Each is held against gold. What no model spoke of, and
what is in an issue or a measure that gold has no counterpart of, is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from extractor.assist.proposals.trust_counts import Dispute, FieldCounts, Share
from extractor.assist.proposals.witnesses import Question, witness_rows
from extractor.record.contract import Issue, Measure, Notice
from extractor.record.fields import DAYS, FIELDS, LISTS_OF_MEASURE, SHAPES, ItemKind, value_of
from extractor.text.normal_form import normalise
from notice_extractor_eval.alignment import align_notice
from notice_extractor_eval.matching import compared, share_words
from notice_extractor_eval.score_fields import HOLDERS

_OWN: Mapping[str, Sequence[str]] = {
    home: [name for name in SHAPES[kind].parts if f"{home}.{name}" in witness_rows()] for home, kind in HOLDERS.items()
}
_BOTH, _MODEL = "both", "model"
_HALF = 0.5
"""How right words are that share some with the right ones."""


class Judgement(NamedTuple):
    """The judgement of one value, which a field's counts are made of: both agree, or they dispute a question."""

    field: str
    question: Question | None
    rules: float
    """How right the rules are, from 0 to 1; where both agree, how right both are."""
    model: float = 0.0
    lead: float | None = None
    """How much nearer to the truth the model is, where that is not the difference of both; None where it is."""


def measured(gold: Notice, rules: Notice, model: Notice) -> dict[str, FieldCounts]:
    """Return the counts of one notice by field; ``model`` is its record by both, under the eager table of trust."""
    return counted(judgements(gold, rules, model))


def counted(judged: Iterable[Judgement]) -> dict[str, FieldCounts]:
    """Return the sums of judgements by field."""
    counts: dict[str, FieldCounts] = {}
    for each in judged:
        counts[each.field] = counts.get(each.field, FieldCounts()) + _counts(each)
    return counts


def judgements(gold: Notice, rules: Notice, model: Notice) -> Iterator[Judgement]:
    """Yield what is to be counted of one notice."""
    yield from _fields(gold, rules, model)
    yield from _elements("total", "totals", gold, rules, model)
    found = {_place(issue): issue for issue in model.issues}
    alignment = align_notice(gold, rules)
    for g, p in alignment.issues.pairs:
        wanted, read = gold.issues[g], rules.issues[p]
        said = found.get(_place(read))
        if said is None:
            continue
        yield from _own_values("issues", wanted, read, said)
        measures = {_place(measure): measure for measure in said.measures}
        for i, j in alignment.measures[g, p].pairs:
            if (other := measures.get(_place(read.measures[j]))) is not None:
                yield from _measure(wanted.measures[i], read.measures[j], other)


def _counts(judged: Judgement) -> FieldCounts:
    if judged.question is None:
        return FieldCounts(both=Share(1, judged.rules))
    ahead = judged.model - judged.rules if judged.lead is None else judged.lead
    won = Share(abs(ahead), max(ahead, 0.0))
    return FieldCounts(**{judged.question: Dispute(Share(1, judged.rules), Share(1, judged.model), won)})  # type: ignore[arg-type]


def _place(holder: Issue | Measure) -> tuple[int, int]:
    return holder.text.start, holder.text.end


def _fields(gold: Notice, rules: Notice, model: Notice) -> Iterator[Judgement]:
    for name in FIELDS:
        reader = model.read_by.get(name)
        row = "fields.dates" if name in DAYS else "fields"
        read = value_of(rules, name)
        yield from _single(row, reader, value_of(gold, name), read, value_of(model, name))


def _own_values(
    home: str, gold: Issue | Measure, rules: Issue | Measure, model: Issue | Measure
) -> Iterator[Judgement]:
    for name in _OWN[home]:
        values = (getattr(side, name) for side in (gold, rules, model))
        yield from _single(f"{home}.{name}", model.read_by.get(name), *values, is_label=True)


def _single(
    row: str, reader: str | None, gold: Any, rules: Any, model: Any, *, is_label: bool = False
) -> Iterator[Judgement]:
    """Yield the judgement of a value that is there once at most; a label differs, it is never added."""
    if reader == _BOTH:
        yield Judgement(row, None, _likeness(gold, rules))
    elif reader == _MODEL:
        question: Question = "added" if rules is None and not is_label else "value"
        yield Judgement(row, question, _likeness(gold, rules), _likeness(gold, model))


def _likeness(gold: Any, value: Any) -> float:
    """Return 1 for what is the same, and of lists the share that both have (Dice)."""
    if isinstance(gold, list) and isinstance(value, list):
        one, other = set(gold), set(value)
        return 2 * len(one & other) / (len(one) + len(other)) if one or other else 1.0
    if gold is None or value is None:
        return float(gold is value)
    return float(normalise(str(gold)) == normalise(str(value)))


def _measure(gold: Measure, rules: Measure, model: Measure) -> Iterator[Judgement]:
    yield from _own_values("measures", gold, rules, model)
    for name, kind in LISTS_OF_MEASURE:
        yield from _elements(kind, name, gold, rules, model)


class _Element(NamedTuple):
    """An element of a list: its place, its record, and who read its parts."""

    place: tuple[int, int]
    value: Any
    by: Mapping[str, str]


def _elements(
    kind: ItemKind, name: str, gold: Notice | Measure, rules: Notice | Measure, model: Notice | Measure
) -> Iterator[Judgement]:
    """Yield the judgements of a list: elements that were confirmed, added or denied, and their parts."""
    row = name if kind == "total" else f"measures.{name}"
    judge = _Judge(kind, getattr(gold, name))
    before, after = list(_listed(kind, name, rules)), list(_listed(kind, name, model))
    left = {_identity(kind, each): each for each in before}
    for each in after:
        read = left.pop(_identity(kind, each), None)
        if read is not None:
            yield from _confirmed(row, judge, read, each)
        elif each.by.get("") == _MODEL:
            right = judge.is_missed(each.value, [one.value for one in before])
            yield Judgement(row, "added", 1 - right, right)
    for each in left.values():
        if not judge.is_among(each.value, [one.value for one in after]):  # else it was said twice
            right = judge.is_right(each.value)
            yield Judgement(row, "dropped", right, 1 - right)


def _confirmed(row: str, judge: _Judge, read: _Element, said: _Element) -> Iterator[Judgement]:
    """Yield the judgements of an element that both records have, whole or by its parts."""
    for part, reader in said.by.items():
        has_row = f"{row}.{part}" in witness_rows()
        inner, right = (f"{row}.{part}", judge.part(part)) if has_row else (row, judge.is_right)
        if reader == _BOTH:
            yield Judgement(inner, None, right(read.value))
        elif reader == _MODEL:
            lead = judge.nearness(part, said.value) - judge.nearness(part, read.value) if has_row else None
            question: Question = "dropped" if has_row and getattr(said.value, part) is None else "value"
            yield Judgement(inner, question, right(read.value), right(said.value), lead)


class _Judge:
    """The judge of elements of one list: gold has one like it, or not."""

    def __init__(self, kind: ItemKind, gold: Sequence[Any]) -> None:
        self._kind, self._gold = kind, gold
        shape = SHAPES[kind]
        self._same = shape.alone or shape.same
        self._keys = Counter(map(self._key, gold))

    def is_right(self, value: Any) -> float:
        """Return 1 for an element that gold has, 0 for another."""
        return float(self._key(value) in self._keys)

    def is_missed(self, value: Any, read: Sequence[Any]) -> float:
        """Return 1 for an element that gold has more often than ``read`` does."""
        key = self._key(value)
        return float(self._keys[key] > sum(self._key(each) == key for each in read))

    def is_among(self, value: Any, read: Sequence[Any]) -> bool:
        """Return whether ``read`` has an element like this one."""
        return any(self._key(each) == self._key(value) for each in read)

    def part(self, name: str) -> Callable[[Any], float]:
        """Return what judges one value of elements: whether gold has it of such an element."""
        shape = SHAPES[self._kind]
        known = {(self._key(each), compared(shape, (name,), each)) for each in self._gold}
        return lambda value: float((self._key(value), compared(shape, (name,), value)) in known)

    def nearness(self, name: str, value: Any) -> float:
        """Return how right one value of an element is: words that share some with gold's are half right."""
        right = self.part(name)(value)
        if right or not SHAPES[self._kind].fields[name].is_overlapping:
            return right
        wanted = (getattr(each, name) for each in self._gold if self._key(each) == self._key(value))
        return _HALF * any(share_words(each, getattr(value, name)) for each in wanted)

    def _key(self, value: Any) -> object:
        shape = SHAPES[self._kind]
        return normalise(value) if shape.record is None else compared(shape, self._same, value)


def _listed(kind: ItemKind, name: str, holder: Notice | Measure) -> Iterator[_Element]:
    places = holder.spans.get(name, []) if SHAPES[kind].record is None else []
    for k, value in enumerate(getattr(holder, name)):
        span = places[k] if places else value.text
        key = f"{name}[{k}]"
        by = {
            path.removeprefix(key).lstrip("."): reader
            for path, reader in holder.read_by.items()
            if path == key or path.startswith(f"{key}.")
        }
        yield _Element((span.start, span.end), value, by)


def _identity(kind: ItemKind, element: _Element) -> object:
    """Return what makes elements of two records the same: their place, and for people held to account the action."""
    return (element.place, element.value.action) if kind == "accountability" else element.place
