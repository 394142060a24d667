"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…).

Rules say where a name could be: at the beginning of a clause or behind such a word, up to what names end with. Whether
that is a body that acts was learnt, from what follows the name, what it ends with and where it is.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.notice.facts.learnt import FeatureWeights, feature_weights
from extractor.text.places import Clauses, Place, sentence_start
from extractor.text.wording import pattern

_SHORTEST_NAME = 2
_LONGEST_NAME = 18
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现|近年来|今年|其次|期间|再|并)+[,]?")
_OPENS = frozenset("目截其同此现近今期再并")
_JOINS = frozenset("、和及与")
_BEFORE_PARTNER = pattern("organizations", "partner_before")
_BEFORE_COMPANION = pattern("organizations", "with_before")
_ACTS = pattern("organizations", "acts")
_JOINT_ACTS = pattern("organizations", "with_acts")
_NO_PARTNER = pattern("organizations", "with_none")
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_GENERIC = pattern("organizations", "generic")
_NOT_IN_NAME = pattern("organizations", "not_in_names")
_OPENS_AND_ACTS = "clause acts"
_SURE_OF_ACT = 36
"""A name at the beginning of a clause before a known act needs so much less of a score."""
_LISTED = "list"
"""The kind of a name in 市场监管、住建等部门, which counts whatever it ends with."""


class NameCandidate(NamedTuple):
    """A stretch that may name a body which acts; ``features`` are what that is judged by."""

    place: Place
    features: tuple[str, ...]


class OrganizationFound(NamedTuple):
    """The place of a body that acts, and how sure that is."""

    place: Place
    confidence: float


class NameEnds:
    """The places of a folded text where the name of an organisation could end, found in one pass.

    ``places`` holds them in order, and behind them one that no text reaches.
    """

    def __init__(self, text: str) -> None:
        ends = {end for _, _, end in _suffixes().find_matches_as_indexes(text, overlapping=True)}
        self.places = [*sorted(ends), sys.maxsize]
        self._text = text

    def near(self, starts: list[int]) -> list[int]:
        """Those of ``starts`` at which a name could start at all: most clauses name nobody."""
        text, ends, no_name = self._text, self.places, _short_words_of_no_name()
        return [
            start
            for start in starts
            if text[start : start + 1] not in no_name
            and text[start : start + 2] not in no_name
            and ends[bisect_right(ends, start + 1)] <= start + _LONGEST_NAME
        ]

    def behind(self, start: int, stop: int) -> list[int]:
        """Return the ends of the names that may start at ``start``, before ``stop``."""
        ends, first = self.places, bisect_right(self.places, start + 1)
        return ends[first : bisect_right(ends, min(start + _LONGEST_NAME, stop), first)]


@cache
def _suffixes() -> AhoCorasick:
    table = read_table("organizations")
    return AhoCorasick([*table["suffixes"], *table["fields"]], implementation=Implementation.DFA)


@cache
def _short_words_of_no_name() -> frozenset[str]:
    """Return the words that no name begins with, as no name of two characters or more holds them.

    Longer ones and those that depend on what follows them are left to the pattern.
    """
    words = read_table("organizations")["not_in_names"]
    return frozenset(word for word in words if len(word) <= _SHORTEST_NAME and re.escape(word) == word)


@cache
def _weights() -> FeatureWeights:
    return feature_weights("organizations")


def find_organizations(text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]) -> list[Place]:
    """Return the places of the organisations that act in a measure: each name once, by its first place."""
    return [found.place for found in judged_organizations(text, clauses, ends, measure, dates)]


def judged_organizations(
    text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]
) -> list[OrganizationFound]:
    """Return the organisations that act in a measure: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    weights = _weights()
    best: dict[int, tuple[int, Place]] = {}
    for place, features in name_candidates(text, clauses, ends, measure, dates):
        score = weights.score(features)
        if score >= weights.least - (_SURE_OF_ACT if _OPENS_AND_ACTS in features else 0) and (
            place.start not in best or score > best[place.start][0]
        ):
            best[place.start] = score, place
    if not best:
        return []
    found: dict[str, OrganizationFound] = {}
    taken = -1
    for score, place in sorted(best.values(), key=lambda each: each[1]):
        if place.start >= taken:
            found.setdefault(text[place.start : place.end], OrganizationFound(place, weights.confidence(score)))
            taken = place.end
    return list(found.values())


def name_candidates(
    text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]
) -> Iterator[NameCandidate]:
    """Yield the stretches of a measure that may name a body which acts."""
    start, stop = measure
    places = [*clauses.starts_in(measure), *(date.end for date in dates)]
    subjects = [_after_opening(text, place, stop) if text[place : place + 1] in _OPENS else place for place in places]
    starts = dict.fromkeys(ends.near(subjects), "clause")
    for match in _BEFORE_PARTNER.finditer(text, start, stop):
        starts.setdefault(match.end(), f"behind {match.group()}")
    for match in _BEFORE_COMPANION.finditer(text, start, stop):
        starts.setdefault(match.end(), "with")
    waiting = list(starts.items())
    while waiting:
        begin, kind = waiting.pop()
        names = _names(text, ends, begin, stop)
        for number, end in enumerate(names):
            if kind.endswith("with") and _NO_PARTNER.match(text, end):
                continue
            yield NameCandidate(Place(begin, end), _features(text, Place(begin, end), kind, names[number + 1 :]))
            if text[end : end + 1] in _JOINS and end + 1 not in starts:
                starts[end + 1] = "chain"
                waiting.append((end + 1, f"chain {kind}"))
    for match in _AND_OTHERS.finditer(text, start, stop):
        for place in _list_before(text, start, match.start()):
            yield NameCandidate(place, _features(text, place, _LISTED, []))


def _after_opening(text: str, place: int, stop: int) -> int:
    opening = _OPENING.match(text, place, stop)
    return opening.end() if opening else place


def _names(text: str, ends: NameEnds, start: int, stop: int) -> list[int]:
    """Return the ends of what may be a name from ``start`` on, the bracket behind it included."""
    names: list[int] = []
    for found in ends.behind(start, stop):
        name = text[start:found]
        wrong = _NOT_IN_NAME.search(name)
        if wrong and wrong.end() == len(name):  # 审计 may go on as 审计局
            continue
        if wrong or "\n" in name:
            break
        if name.count("(") == name.count(")") and not _GENERIC.search(name):
            names.append(_with_bracket(text, found) if text[found : found + 1] == "(" else found)
    return names


def _features(text: str, place: Place, kind: str, longer: list[int]) -> tuple[str, ...]:
    """Return what a name is judged by: what follows it, what it begins and ends with, and where it is."""
    start, end = place
    acts = "acts" if _ACTS.match(text, end) else "joint" if _JOINT_ACTS.match(text, end) else "none"
    further = f"longer {min(longer[0] - end, 6)}" if longer else "longest"
    return (
        f"> {text[end : end + 1]}",
        f"> {text[end : end + 2]}",
        f"> {text[end : end + 3]}",
        f"$ {text[end - 1 : end]}",
        f"$ {text[max(start, end - 2) : end]}",
        f"$ {text[max(start, end - 3) : end]}",
        f"^ {text[start : start + 1]}",
        f"^ {text[start : start + 2]}",
        f"< {text[start - 1 : start]}",
        f"size {min(end - start, 12)}",
        kind,
        acts,
        f"{kind} {acts}",
        further,
    )


def _with_bracket(text: str, end: int) -> int:
    """Return where a name ends with the short bracket behind it: 各乡镇(街道)."""
    closed = text.find(")", end, end + 8)
    return closed + 1 if closed >= 0 else end


def _list_before(text: str, start: int, place: int) -> list[Place]:
    """Return the names of 市场监管、住建、公安、消防等部门, whatever they end with."""
    position = max(start, sentence_start(text, place, "。;,:!?\n"))
    names = []
    for name in text[position:place].split("、"):
        if 2 <= len(name) <= 16 and not _NOT_IN_NAME.search(name):
            names.append(Place(position, position + len(name)))
        position += len(name) + 1
    return names
