"""Totals: figures the notice states about itself as a whole, anywhere outside its issues."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.facts.quantities import QuantityFound
from extractor.text.places import Inside, Place, sentence_start


class TotalFound(NamedTuple):
    """A figure about the whole notice and its name; ``unit`` and ``base`` as of a quantity."""

    text: Place
    name: str
    value: int | float
    unit: str
    base: Place


class _Rule(NamedTuple):
    name: str
    units: frozenset[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    not_sentence: re.Pattern[str] | None
    counted: re.Pattern[str] | None


_BRACKET = re.compile(r"[(][^()]*$")


@cache
def _rules() -> tuple[_Rule, ...]:
    def compiled(row: dict[str, str], key: str) -> re.Pattern[str] | None:
        return re.compile(row[key]) if key in row else None

    keys = _Rule._fields[2:]
    return tuple(
        _Rule(row["name"], frozenset(row["units"]), *(compiled(row, key) for key in keys))
        for row in read_table("totals")["rule"]
    )


def find_totals(
    text: str, quantities: Sequence[QuantityFound], unread: Sequence[Place], issues: Sequence[Place], end: int
) -> list[TotalFound]:
    """Totals of the folded text up to ``end``: those of its quantities that lie in none of the ``issues``.

    Nothing is carried across a number that is ``unread``: not the word that names a total, not 其中.
    """
    inside = Inside(issues)
    found = []
    for quantity in quantities:
        if quantity.text.start >= end or inside(quantity.text.start):
            continue
        name = _name(text, quantity, unread)
        if name:
            found.append(TotalFound(quantity.text, name, quantity.value, quantity.unit, quantity.base))
    return found


def _last_end(places: Sequence[Place], offset: int) -> int:
    """Where the last of ``places`` before ``offset`` ends; 0 where there is none."""
    index = bisect_left(places, (offset, 0))
    return places[index - 1].end if index else 0


def _is_subset(sentence: str, unit: str) -> bool:
    """Whether a figure is part of one told before: the first behind 其中, and those in its unit after that."""
    _, subset, behind = sentence.rpartition("其中")
    told = re.search(r"[0-9][0-9.]*([^0-9,。;]{1,2})", behind)
    return bool(subset) and (told is None or told[1].startswith(unit))


def _units_told(counted: re.Pattern[str], sentence: str, unit: str) -> set[str]:
    """The units in which the sentence counts what a rule is about; ``unit`` itself where it counts none of it."""
    return {match[match.lastgroup or 0] for match in counted.finditer(sentence)} or {unit}


def _name(text: str, quantity: QuantityFound, unread: Sequence[Place]) -> str | None:
    start = quantity.text.start
    sentence = text[sentence_start(text, start) : start]
    before = re.split(r"[,:]", sentence)[-1]
    bracket = _BRACKET.search(sentence)
    if bracket and re.search(r"\d", sentence[: bracket.start()]):
        return None  # the breakdown of a sum in brackets
    known_from = _last_end(unread, start) - (start - len(sentence))
    if _is_subset(sentence, quantity.unit) or "其中" in sentence[: max(known_from, 0)]:
        return None
    before = re.split(r"\d[^\d、]{0,4}、|\d[项个条件人次份]", before)[-1]
    before = before[-max(len(sentence) - known_from, 0) :] if 0 < known_from < len(sentence) else before
    after = text[quantity.base.end : quantity.base.end + 40].split("\n", maxsplit=1)[0]
    for rule in _rules():
        if quantity.unit not in rule.units:
            continue
        if rule.before and not rule.before.search(before):
            continue
        if rule.after and not rule.after.match(after):
            continue
        if rule.sentence and not rule.sentence.search(sentence + after[:10]):
            continue
        if rule.not_before and rule.not_before.search(before):
            continue
        if rule.not_after and rule.not_after.match(after):
            continue
        if rule.not_sentence and rule.not_sentence.search(sentence):
            continue
        if rule.counted and quantity.unit not in _units_told(rule.counted, sentence, quantity.unit):
            continue  # 措施42项,完成38个: the 38 are something else
        return rule.name
    return None
