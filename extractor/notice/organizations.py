"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from typing import Any

import ahocorasick

from extractor.data import read_table
from extractor.notice.places import Clauses, Place
from extractor.notice.wording import pattern

_LONGEST_NAME = 18
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现|近年来|今年|其次|期间|再|并)+[,]?")
_ACTS = pattern("organizations", "acts")
_JOINS = "、和及与"
_PARTNER = pattern("organizations", "partner_before")
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_GENERIC = pattern("organizations", "generic")
_NOT_IN_NAME = pattern("organizations", "not_in_names")


class NameEnds:
    """The places of a reading text where the name of an organisation could end, found in one pass."""

    def __init__(self, text: str) -> None:
        self._ends = sorted({end + 1 for end, _ in _suffixes().iter(text)})

    def after(self, start: int, stop: int) -> Iterator[int]:
        """Ends of names that could start at ``start``, nearest first."""
        index = bisect_right(self._ends, start + 1)
        while index < len(self._ends) and self._ends[index] <= min(start + _LONGEST_NAME, stop):
            yield self._ends[index]
            index += 1


@cache
def _suffixes() -> Any:
    automaton = ahocorasick.Automaton(ahocorasick.STORE_LENGTH)
    for suffix in read_table("organizations")["suffixes"]:
        automaton.add_word(suffix)
    automaton.make_automaton()
    return automaton


def find_organizations(
    text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]
) -> list[Place]:
    """The places of the organisations that act in a measure: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    start, stop = measure
    found: dict[str, Place] = {}
    for clause in [*clauses.starts_in(measure), *(date.end for date in dates)]:
        opening = _OPENING.match(text, clause, stop)
        _take_chain(text, ends, Place(opening.end() if opening else clause, stop), found, closes="")
    for match in _PARTNER.finditer(text, start, stop):
        _take_chain(text, ends, Place(match.end(), stop), found, closes=",。;等")
    for match in _AND_OTHERS.finditer(text, start, stop):
        _take_list_before(text, start, match.start(), found)
    return sorted(found.values())


def _take_chain(text: str, ends: NameEnds, place: Place, found: dict[str, Place], *, closes: str) -> None:
    """Take the name that starts ``place``, and those joined to it by 、 or 和, if the chain ends before a verb."""
    start, stop = place
    while start < stop:
        name = _name(text, ends, start, stop, closes=closes)
        if name is None:
            return
        found.setdefault(text[name.start : name.end], name)
        if text[name.end : name.end + 1] not in tuple(_JOINS):
            return
        start = name.end + 1


def _name(text: str, ends: NameEnds, start: int, stop: int, *, closes: str) -> Place | None:
    for end in ends.after(start, stop):
        following = text[end : end + 1]
        if following == "(":
            following = text[text.find(")", end) + 1 :][:1]
        if following not in tuple(_JOINS + closes) and not _ACTS.match(text, end, stop):
            continue
        name = text[start:end]
        if _NOT_IN_NAME.search(name) or any(mark in name for mark in ",。;:!?0123456789、《》"):
            return None
        if not _GENERIC.search(name):
            return Place(start, end)
    return None


def _take_list_before(text: str, start: int, place: int, found: dict[str, Place]) -> None:
    """The names of 市场监管、住建、公安、消防等部门, whatever they end with."""
    clause = max(text.rfind(mark, start, place) for mark in "。;,:!?\n") + 1
    position = max(clause, start)
    for name in text[position:place].split("、"):
        if 2 <= len(name) <= 16 and not _NOT_IN_NAME.search(name):
            found.setdefault(name, Place(position, position + len(name)))
        position += len(name) + 1
