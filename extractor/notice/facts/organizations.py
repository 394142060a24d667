"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…)."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.text.places import Clauses, Place, sentence_start
from extractor.text.wording import pattern

_LONGEST_NAME = 18
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现|近年来|今年|其次|期间|再|并)+[,]?")
_OPENS = frozenset("目截其同此现近今期再并")
_ACTS = pattern("organizations", "acts")
_WITH = pattern("organizations", "with_before")
_WITH_ACTS = pattern("organizations", "with_acts")
_NAME_GROWS = 5
"""县委 before 组织 could end there; up to this many code points on, a longer name (县委组织部) is preferred."""
_FIRST = frozenset("0123456789") | {
    word.lstrip("(?:[")[0] for key in ("acts", "with_acts") for word in read_table("organizations")[key]
}
"""What an act can start with: looked at before the long pattern is tried."""
_JOINS = frozenset("、和及与")
_CLOSES = frozenset(",。;等")
"""What the list of partners may end with, when no act follows."""
_CAN_FOLLOW = _FIRST | _JOINS | _CLOSES | {"("}
_PARTNER = pattern("organizations", "partner_before")
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_GENERIC = pattern("organizations", "generic")
_NOT_IN_NAME = pattern("organizations", "not_in_names")


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
    """The places of the organisations that act in a measure: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    start, stop = measure
    places = [*clauses.starts_in(measure), *(date.end for date in dates)]
    subjects = [_after_opening(text, place, stop) if text[place : place + 1] in _OPENS else place for place in places]
    chains = [_chain(text, ends, (place, stop), _ACTS) for place in ends.near(subjects)]
    partners = _PARTNER.finditer(text, start, stop)
    chains += [_chain(text, ends, (match.end(), stop), _ACTS, _CLOSES) for match in partners]
    companions = _WITH.finditer(text, start, stop)
    chains += [_chain(text, ends, (match.end(), stop), _WITH_ACTS) for match in companions]
    chains += [_list_before(text, start, match.start()) for match in _AND_OTHERS.finditer(text, start, stop)]
    found: dict[str, Place] = {}
    for place in (place for chain in chains for place in chain):
        found.setdefault(text[place.start : place.end], place)
    return sorted(found.values())


def _after_opening(text: str, place: int, stop: int) -> int:
    opening = _OPENING.match(text, place, stop)
    return opening.end() if opening else place


def _chain(
    text: str, ends: NameEnds, place: tuple[int, int], acts: re.Pattern[str], closes: frozenset[str] = frozenset()
) -> list[Place]:
    """The names joined by 、 or 和 from the start of ``place`` on, up to a verb (or one of the marks ``closes``)."""
    start, stop = place
    closing = acts, _JOINS | closes
    names: list[Place] = []
    while start < stop:
        name = _name(text, ends, start, stop, closing)
        if name is None:
            return names if closes or acts is _ACTS else []
        names.append(name)
        if text[name.end : name.end + 1] not in _JOINS:
            return names
        start = name.end + 1
    return names


def _name(
    text: str, ends: NameEnds, start: int, stop: int, closing: tuple[re.Pattern[str], frozenset[str]]
) -> Place | None:
    acts, marks = closing
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
        if following not in marks and not (following in _FIRST and acts.match(text, end, stop)):
            continue
        name = text[start:found]
        if "\n" in name or _NOT_IN_NAME.search(name):
            break
        if name.count("(") == name.count(")") and not _GENERIC.search(name):
            best = Place(start, end)
    return best


def _with_bracket(text: str, end: int) -> int:
    """各乡镇(街道): a short bracket behind a name belongs to it."""
    closed = text.find(")", end, end + 8)
    return closed + 1 if closed >= 0 else end


def _list_before(text: str, start: int, place: int) -> list[Place]:
    """The names of 市场监管、住建、公安、消防等部门, whatever they end with."""
    position = max(start, sentence_start(text, place, "。;,:!?\n"))
    names = []
    for name in text[position:place].split("、"):
        if 2 <= len(name) <= 16 and not _NOT_IN_NAME.search(name):
            names.append(Place(position, position + len(name)))
        position += len(name) + 1
    return names
