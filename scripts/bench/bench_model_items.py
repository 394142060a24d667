"""What readers found in a notice beside what gold holds, for ``scripts/bench/bench_model.py``."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from gold_answers import items

from extractor.record.contract import Notice

KINDS = ("issue", "measure", "figure", "date", "document")


class Found(NamedTuple):
    """Something a reader found: its kind (see ``gold_answers.items``), its words, and where it says they stand."""

    kind: str
    words: str
    place: tuple[int, int] | None


class Counts(NamedTuple):
    """How many items of a kind were ``found``, how many of those at gold's place, of how many. They add up."""

    found: int = 0
    grounded: int = 0
    gold: int = 0

    def plus(self, other: Counts) -> Counts:
        """Return the sum."""
        return Counts(self.found + other.found, self.grounded + other.grounded, self.gold + other.gold)


def found_in(record: Notice, text: str) -> list[Found]:
    """Return what a record of the contract holds, in printed order."""
    return [Found(kind, text[at.start : at.end], (at.start, at.end)) for kind, at, _ in items(record)]


def counted(gold: Notice, text: str, found: Sequence[Found]) -> dict[str, Counts]:
    """Return what of gold's items was found, by kind.

    An item is found where its words are the same. It is grounded where its place is the same, too; what a measure
    holds, where the words at its place are, and where it stands in the same measure: of a date that is printed twice
    gold holds one.
    """
    held = found_in(gold, text)
    measures = sorted(each.place for each in held if each.kind == "measure" and each.place)
    words = [Counter((each.kind, _core(each.kind, each.words)) for each in some) for some in (held, found)]
    places = [Counter(_places(text, some, measures)) for some in (held, found)]
    of_words, of_places = words[0] & words[1], places[0] & places[1]
    return {kind: Counts(_number(of_words, kind), _number(of_places, kind), _number(words[0], kind)) for kind in KINDS}


def _places(
    text: str, found: Iterable[Found], measures: Sequence[tuple[int, int]]
) -> Iterator[tuple[str, tuple[int, int], str]]:
    for kind, _, place in found:
        if place is None:
            continue
        if kind in ("issue", "measure"):
            yield kind, place, ""
            continue
        around = bisect_right(measures, place[0], key=lambda measure: measure[0]) - 1
        if around >= 0 and place[1] <= measures[around][1]:
            yield kind, measures[around], _core(kind, text[place[0] : place[1]])


def _core(kind: str, words: str) -> str:
    """The words that tell an item; of a date from its first digit to its last, since 截至 and 以来 may stand around."""
    digits = [at for at, character in enumerate(words) if character.isdigit()]
    return words[digits[0] : digits[-1] + 1] if kind == "date" and digits else words


def _number(counter: Counter[Any], kind: str) -> int:
    return sum(number for key, number in counter.items() if key[0] == kind)
