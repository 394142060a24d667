"""Totals: figures the notice states about itself as a whole, anywhere outside its issues."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.places import Inside, Place, sentence_start
from extractor.notice.quantities import QuantityFound


class TotalFound(NamedTuple):
    """A figure about the whole notice and its name."""

    text: Place
    name: str
    value: int | float
    unit: Place


class _Rule(NamedTuple):
    name: str
    units: frozenset[str]
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    not_sentence: re.Pattern[str] | None


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


def find_totals(text: str, quantities: list[QuantityFound], issues: list[Place], end: int) -> list[TotalFound]:
    """Totals of the reading text up to ``end``: those of its quantities that lie in none of the ``issues``."""
    inside = Inside(issues)
    found = []
    for quantity in quantities:
        if quantity.text.start >= end or inside(quantity.text.start):
            continue
        name = _name(text, quantity)
        if name:
            found.append(TotalFound(quantity.text, name, quantity.value, quantity.unit))
    return found


def _is_subset(sentence: str, unit: str) -> bool:
    """Whether a figure is part of one told before: the first behind 其中, and those in its unit after that."""
    _, subset, behind = sentence.rpartition("其中")
    told = re.search(r"[0-9][0-9.]*([^0-9,。;]{1,2})", behind)
    return bool(subset) and (told is None or told[1].startswith(unit))


def _name(text: str, quantity: QuantityFound) -> str | None:
    start = quantity.text.start
    sentence = text[sentence_start(text, start) : start]
    before = re.split(r"[,:]", sentence)[-1]
    bracket = _BRACKET.search(sentence)
    if bracket and re.search(r"\d", sentence[: bracket.start()]):
        return None  # the breakdown of a sum in brackets
    if _is_subset(sentence, text[quantity.unit.start : quantity.unit.end]):
        return None
    before = re.split(r"\d[^\d、]{0,4}、|\d[项个条件人次份]", before)[-1]
    after = text[quantity.unit.end : quantity.unit.end + 40].split("\n", maxsplit=1)[0]
    unit = text[quantity.unit.start : quantity.unit.end]
    for rule in _rules():
        if unit not in rule.units:
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
        return rule.name
    return None
