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
from typing import NamedTuple, TypeVar

from extractor.record.contract import Measure, Notice
from extractor.record.enumerations import VOCABULARIES
from extractor.record.units import amount
from extractor.text.normal_form import normalise
from notice_extractor_eval.alignment import NoticeAlignment

NONE = "—"
Pair = tuple[str, str]
Key = TypeVar("Key")
Confusion = dict[str, dict[str, int]]

# Which vocabulary each enumeration of the contract takes its values from.
ENUMERATIONS = {
    "inspection_kind": "inspection_kind",
    "issues.category": "category",
    "issues.status": "issue_status",
    "measures.types": "measure_type",
    "measures.status": "measure_status",
    "measures.documents": "document_action",
    "measures.quantities.qualifier": "qualifier",
    "measures.accountability": "accountability_action",
}


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
    if gold.inspection_kind and pred.inspection_kind:
        yield "inspection_kind", (gold.inspection_kind, pred.inspection_kind)
    for (g, p), pairing in alignment.measures.items():
        one, other = gold.issues[g], pred.issues[p]
        yield "issues.category", (one.category, other.category)
        yield "issues.status", (one.status, other.status)
        for i, j in pairing.pairs:
            yield from _measure_values(one.measures[i], other.measures[j])


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


def _measure_values(gold: Measure, pred: Measure) -> Iterator[tuple[str, Pair]]:
    yield "measures.status", (gold.status, pred.status)
    common = set(gold.types) & set(pred.types)
    yield from (("measures.types", (name, name)) for name in sorted(common))
    yield from (("measures.types", (name, NONE)) for name in sorted(set(gold.types) - common))
    yield from (("measures.types", (NONE, name)) for name in sorted(set(pred.types) - common))
    documents = ({normalise(each.title): each.action for each in side.documents} for side in (gold, pred))
    yield from _same_items("measures.documents", *documents)
    quantities = (
        {amount(each.value, each.unit): each.qualifier or NONE for each in side.quantities} for side in (gold, pred)
    )
    yield from _same_items("measures.quantities.qualifier", *quantities)
    accounts = (
        {(each.count, normalise(each.unit)): each.action for each in side.accountability} for side in (gold, pred)
    )
    yield from _same_items("measures.accountability", *accounts)


def _same_items(field: str, gold: Mapping[Key, str], pred: Mapping[Key, str]) -> Iterator[tuple[str, Pair]]:
    yield from ((field, (value, pred[key])) for key, value in gold.items() if key in pred)
