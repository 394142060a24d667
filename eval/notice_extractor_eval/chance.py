"""Agreement beyond chance for enumerations, over pairs of values that two readings gave to the same item.

Cohen's kappa (Cohen 1960) is (p_o − p_e) / (1 − p_e), with p_o the share of equal pairs and p_e the share expected
from each reader's own frequencies. Krippendorff's alpha (Krippendorff 2004, nominal data, two readers, nothing missing)
is 1 − D_o / D_e, with both readers' frequencies pooled and a correction for small samples. Both are 1 for full
agreement, 0 for what chance would give, and undefined (``None``) without pairs. Where only one value occurs, agreement
is full and both are given as 1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from extractor.record.contract import Issue, Measure, Notice
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import LISTS_OF_MEASURE, NOTICE_FIELDS, SHAPES, ItemKind, value_of
from notice_extractor_eval.alignment import NoticeAlignment
from notice_extractor_eval.matching import compared
from notice_extractor_eval.score_fields import HOLDERS

NONE = "—"
Pair = tuple[str, str]
Confusion = dict[str, dict[str, int]]


class Enumeration(NamedTuple):
    """A vocabulary that is judged, and the row it is scored under; of an element of a list also the element's kind,
    the value, and what makes two elements the same apart from it."""

    row: str
    vocabulary: str
    kind: ItemKind | None = None
    value: str = ""
    same: tuple[str, ...] = ()


def _enumerations() -> Iterator[Enumeration]:
    for name, field in NOTICE_FIELDS.items():
        if field.vocabulary:
            yield Enumeration(name, field.vocabulary)
    for home, kind in HOLDERS.items():
        for field in SHAPES[kind].fields.values():
            if field.vocabulary:
                yield Enumeration(f"{home}.{field.name}", field.vocabulary)
    for name, kind in LISTS_OF_MEASURE:
        shape = SHAPES[kind]
        for field in shape.fields.values():
            if field.vocabulary:
                row = f"measures.{name}" if field.name in shape.same else f"measures.{name}.{field.name}"
                same = tuple(each for each in shape.same if each != field.name)
                yield Enumeration(row, field.vocabulary, kind, field.name, same)


_ALL = tuple(_enumerations())
ENUMERATIONS: Mapping[str, str] = {each.row: each.vocabulary for each in _ALL}
"""The vocabulary of each row that takes its values from one."""
OF_ITEMS = frozenset(each.row for each in _ALL if each.kind is None)
"""Those of them whose values are terms alone, not elements with a term among their values."""


class Agreement(NamedTuple):
    """How far two readings agree on an enumeration."""

    pairs: int
    equal: float
    kappa: float | None
    alpha: float | None


def cohen_kappa(pairs: Mapping[Pair, int]) -> float | None:
    """Return Cohen's kappa, given how often each (first reader's value, second reader's value) occurs."""
    size = sum(pairs.values())
    if not size:
        return None
    first, second = Counter[str](), Counter[str]()
    for (one, other), often in pairs.items():
        first[one] += often
        second[other] += often
    observed = _equal(pairs) / size
    expected = sum(first[value] * second[value] for value in first) / size**2
    return 1.0 if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(pairs: Mapping[Pair, int]) -> float | None:
    """Return Krippendorff's alpha for nominal values given by two readers, given how often each pair occurs."""
    size = 2 * sum(pairs.values())
    if not size:
        return None
    values = Counter[str]()
    for pair, often in pairs.items():
        for value in pair:
            values[value] += often
    disagreeing = 1 - 2 * _equal(pairs) / size
    expected = 1 - sum(count * (count - 1) for count in values.values()) / (size * (size - 1))
    return 1.0 if expected == 0 else 1 - disagreeing / expected


def agreement(pairs: Mapping[Pair, int]) -> Agreement:
    """Return both coefficients and the share of equal pairs."""
    size = sum(pairs.values())
    return Agreement(size, _equal(pairs) / size if size else 1.0, cohen_kappa(pairs), krippendorff_alpha(pairs))


def _equal(pairs: Mapping[Pair, int]) -> int:
    return sum(often for (one, other), often in pairs.items() if one == other)


def aligned_values(gold: Notice, pred: Notice, alignment: NoticeAlignment) -> Iterator[tuple[str, Pair]]:
    """Yield (field, (gold value, predicted value)) for every enumeration of items that both sides have.

    Documents are the same item by title, figures by amount, and accountability by count and unit, within matched
    measures. Types that one side alone gives stand against ``—``; a figure without a qualifier has ``—`` too.
    """
    for name, field in NOTICE_FIELDS.items():
        if field.vocabulary and value_of(gold, name) and value_of(pred, name):
            yield name, (value_of(gold, name), value_of(pred, name))
    for (g, p), pairing in alignment.measures.items():
        one, other = gold.issues[g], pred.issues[p]
        yield from _own_values("issues", one, other)
        for i, j in pairing.pairs:
            yield from _own_values("measures", one.measures[i], other.measures[j])
            yield from _element_values(one.measures[i], other.measures[j])


def type_decisions(gold: Notice, pred: Notice, alignment: NoticeAlignment) -> Iterator[Pair]:
    """Yield one yes-or-no pair for each type of each matched measure: what the types' kappa is reckoned from."""
    for (g, p), pairing in alignment.measures.items():
        for i, j in pairing.pairs:
            one, other = gold.issues[g].measures[i].types, pred.issues[p].measures[j].types
            for name in VOCABULARIES["measure_type"]:
                yield ("yes" if name in one else "no"), ("yes" if name in other else "no")


def confusion(pairs: Mapping[Pair, int]) -> Confusion:
    """Return how often each predicted value stands against each gold value."""
    table: Confusion = {}
    for (one, other), often in sorted(pairs.items()):
        table.setdefault(one, {})[other] = often
    return table


def _own_values(home: str, gold: Issue | Measure, pred: Issue | Measure) -> Iterator[tuple[str, Pair]]:
    """Yield the pairs of an issue's or a measure's judgements."""
    for field in SHAPES[HOLDERS[home]].fields.values():
        row = f"{home}.{field.name}"
        if field.type == "term":
            yield row, (getattr(gold, field.name), getattr(pred, field.name))
        elif field.type == "terms":
            one, other = set(getattr(gold, field.name)), set(getattr(pred, field.name))
            yield from ((row, (term, term)) for term in sorted(one & other))
            yield from ((row, (term, NONE)) for term in sorted(one - other))
            yield from ((row, (NONE, term)) for term in sorted(other - one))


def _element_values(gold: Measure, pred: Measure) -> Iterator[tuple[str, Pair]]:
    """Yield the pairs of the judgements of elements that both measures hold."""
    for row, _, kind, name, same in _ALL:
        if kind is not None:
            shape = SHAPES[kind]
            one, other = (
                {compared(shape, same, each): getattr(each, name) or NONE for each in getattr(side, shape.list)}
                for side in (gold, pred)
            )
            yield from ((row, (value, other[key])) for key, value in one.items() if key in other)
