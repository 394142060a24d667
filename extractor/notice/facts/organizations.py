"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…)."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.text.places import Clauses, Place, sentence_start
from extractor.text.wording import pattern

_LONGEST_NAME = 18
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现|近年来|今年|其次|期间|再|并)+[,]?")
_OPENS = frozenset("目截其同此现近今期再并")
_NAME_GROWS = 5
"""县委 before 组织 could end there; up to this many code points on, a longer name (县委组织部) is preferred."""
_FIRST = frozenset("0123456789") | {
    word.lstrip("(?:[")[0] for key in ("acts", "with_acts") for word in read_table("organizations")[key]
}
"""First characters of acts: looked at before the long pattern is tried."""
_JOINS = frozenset("、和及与")
_CLOSES = frozenset(",。;等")
"""Marks that end a list of partners when no act follows."""
_CAN_FOLLOW = _FIRST | _JOINS | _CLOSES | {"("}
_BEFORE_PARTNER = pattern("organizations", "partner_before")
_BEFORE_COMPANION = pattern("organizations", "with_before")
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_GENERIC = pattern("organizations", "generic")
_NOT_IN_NAME = pattern("organizations", "not_in_names")


class _Closing(NamedTuple):
    """The words and marks that may follow a name. ``needed``: no name of the list counts without an act behind it."""

    acts: re.Pattern[str]
    marks: frozenset[str]
    needed: bool


_AGENT = _Closing(pattern("organizations", "acts"), _JOINS, needed=False)  # 县教育局、县财政局印发
_PARTNER = _Closing(_AGENT.acts, _JOINS | _CLOSES, needed=False)  # 联合县教育局、县财政局,
_COMPANION = _Closing(pattern("organizations", "with_acts"), _JOINS, needed=True)  # 与县教育局签订


class NameEnds:
    """The places of a folded text where the name of an organisation could end, found in one pass.

    ``places`` holds them in order, and behind them one that no text reaches.
    """

    def __init__(self, text: str) -> None:
        ends = {end for _, _, end in _suffixes().find_matches_as_indexes(text, overlapping=True)}
        # Most suffixes stand where no verb could follow: those are left out once, not clause by clause.
        self.places = [*sorted([end for end in ends if text[end : end + 1] in _CAN_FOLLOW]), sys.maxsize]

    def near(self, starts: list[int]) -> list[int]:
        """Those of ``starts`` at which a name could start at all: most clauses name nobody."""
        ends = self.places
        return [start for start in starts if ends[bisect_right(ends, start + 1)] <= start + _LONGEST_NAME]


@cache
def _suffixes() -> AhoCorasick:
    return AhoCorasick(read_table("organizations")["suffixes"], implementation=Implementation.DFA)


def find_organizations(text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]) -> list[Place]:
    """Return the places of the organisations that act in a measure: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    start, stop = measure
    places = [*clauses.starts_in(measure), *(date.end for date in dates)]
    subjects = [_after_opening(text, place, stop) if text[place : place + 1] in _OPENS else place for place in places]
    chains = [_chain(text, ends, Place(place, stop), _AGENT) for place in ends.near(subjects)]
    partners = _BEFORE_PARTNER.finditer(text, start, stop)
    chains += [_chain(text, ends, Place(match.end(), stop), _PARTNER) for match in partners]
    companions = _BEFORE_COMPANION.finditer(text, start, stop)
    chains += [_chain(text, ends, Place(match.end(), stop), _COMPANION) for match in companions]
    chains += [_list_before(text, start, match.start()) for match in _AND_OTHERS.finditer(text, start, stop)]
    if not chains:
        return []
    found: dict[str, Place] = {}
    for place in (place for chain in chains for place in chain):
        found.setdefault(text[place.start : place.end], place)
    return sorted(found.values())


def _after_opening(text: str, place: int, stop: int) -> int:
    opening = _OPENING.match(text, place, stop)
    return opening.end() if opening else place


def _chain(text: str, ends: NameEnds, place: Place, closing: _Closing) -> list[Place]:
    """Return the names joined by 、 or 和 at the beginning of ``place``, up to an act or a mark that closes them."""
    start, stop = place
    names: list[Place] = []
    while start < stop:
        name = _name(text, ends, Place(start, stop), closing)
        if name is None:
            return [] if closing.needed else names
        names.append(name)
        if text[name.end : name.end + 1] not in _JOINS:
            return names
        start = name.end + 1
    return names


def _name(text: str, ends: NameEnds, place: Place, closing: _Closing) -> Place | None:
    start, stop = place
    places, furthest = ends.places, min(start + _LONGEST_NAME, stop)
    nearest = bisect_right(places, start + 1)
    best: Place | None = None
    while (found := places[nearest]) <= furthest:
        nearest += 1
        if best is not None and found > best.end + _NAME_GROWS:
            break
        end, following = found, text[found : found + 1]
        if following == "(":
            end = _with_bracket(text, found)
            following = text[end : end + 1]
        if following not in closing.marks and not (following in _FIRST and closing.acts.match(text, end, stop)):
            continue
        name = text[start:found]
        if "\n" in name or _NOT_IN_NAME.search(name):
            break
        if name.count("(") == name.count(")") and not _GENERIC.search(name):
            best = Place(start, end)
    return best


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
