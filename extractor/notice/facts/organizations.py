"""Organisations that act in a measure: printed as the agent of a verb, or as a partner (联合…, 配合…, 由…).

Rules say where a name could be: at the beginning of a clause, behind such a word or in a list, up to what names end
with or what an agent does. Whether that is a body that acts was learnt, from what follows the name or the list that it
is in, what it begins and ends with, and where it is.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from itertools import compress
from operator import itemgetter
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.notice.facts.learnt import FeatureWeights, feature_weights
from extractor.text.places import Clauses, Place, place_of, sentence_start
from extractor.text.wording import pattern

_SMALL = Implementation.ContiguousNFA
"""Takes a fourteenth of the memory of a DFA: on its own that is the faster one, among all other rules this one is."""
_SHORTEST_NAME = 2
_LONGEST_NAME = 18
_STARTS = bytes([1]) * (_LONGEST_NAME - _SHORTEST_NAME + 1)
"""The places at which a name that ends somewhere may start, the furthest first."""
_OPENING = re.compile(r"(?:目前|截至目前|其中|同时|此外|现(?![代有场金行状任])|近年来|今年|其次|期间|再|并)+[,]?")
_OPENS = frozenset("目截其同此现近今期再并")
_JOINS = frozenset("、和及与")
_BRACKETS = frozenset("()")
_TABLE = "organizations"
_CLAUSE, _WITH, _LISTED = "clause", "with", "list"
"""Where a name is: at the beginning of a clause, behind 与, in a list before 等部门. Behind another word, that word."""
_NO_PARTNER = pattern(_TABLE, "with_none")
_MANY_BODIES = re.compile(r"等\d{0,3}[个家]?[一-鿿]{0,6}?(?:部门|单位|院校|高校|企业|公司|院所|镇街|街道|乡镇|机构)")
_OWNERS = re.compile(f"{_MANY_BODIES.pattern}的")
"""Bodies that something is told of, and that do not act: 某公司等3家企业的清算尚未终结."""
_AND_OTHERS = re.compile(r"等\d{0,2}[个家]?(?:职能|相关|有关|执法|涉农|主管|成员|区级)?(?:部门|单位)")
_AND_FIRMS = re.compile(r"等\d{0,2}[个家]?[一-鿿]{0,4}?(?:企业|公司|高校院所|院校|高校|院所)")
_GENERIC = pattern(_TABLE, "generic")
_OBJECTS = re.compile("从|(?<!针)对(?!外|口)|向|听取|督促|指导|要求|召集")
"""What makes the bodies of a list those to whom something is done."""
_MOVED = re.compile("统筹(?![办科处局委]|中心|城乡)|整合|调动")
"""What moves the bodies of a list, most often: 统筹公安、民政等力量."""
_NEXT_IN_LIST = re.compile(r"[^,。;:!?()、\n]{2,22}、")
_SHORTEST_BARE, _LONGEST_BARE = 3, 12
_NO_BARE = frozenset(" \n,。;:!?)《》“”0123456789的")
_FIELDS = re.compile(r"[一-鿿]{2,6}?(?P<behind>[、和及](?:[一-鿿]{2,8}[、和及])*[一-鿿]{2,6}(?:部门|处室|科室))")
"""A list of fields whose last one alone says that they are bodies: 会同纪检、财务、基建部门."""
_FIELD_OF_LEVEL = 3
_BEHIND_FIELDS = frozenset("、和及与等")
_BEHIND_BARE = frozenset("、和与及(等")
_FACILITIES = frozenset(read_table(_TABLE)["facilities"])
_REGIONS = frozenset("省市县区镇乡村道")
_LEVELS = frozenset("省市县区镇乡村州局院校全各")
_BEHIND_VERBS = frozenset("庭局科处办部室组")
"""What makes a name of a verb that clauses begin with: 立案庭."""
_SURE_IN_LIST = 88
"""A name in a list needs so much less of a score behind one that acts."""
_SIZES = "22244777"
"""The bucket of a name's length in code points, up to 8."""


class _FeatureGroup(NamedTuple):
    """Features that the same few values decide, and the sum of their weights: made once for many names."""

    features: tuple[str, ...]
    weight: int


class NameCandidate(NamedTuple):
    """A stretch that may name a body which acts."""

    place: Place
    groups: tuple[_FeatureGroup, ...]

    @property
    def features(self) -> tuple[str, ...]:
        """The features that the stretch is judged by."""
        return tuple(feature for group in self.groups for feature in group.features)

    @property
    def score(self) -> int:
        """The sum of the features' weights."""
        return _weights().bias + sum([group.weight for group in self.groups])


class OrganizationFound(NamedTuple):
    """The place of a body that acts, and how sure that is."""

    place: Place
    confidence: float


class NameEnds:
    """The places of a folded text where the name of an organisation could end, or begin behind a word for that.

    All are found in one pass. ``places`` holds the ends in order, and behind them one that no text reaches; ``fields``
    those of them at which a name ends that only stands for a body in a list (公安、住建).
    """

    def __init__(self, text: str) -> None:
        suffixes, first_field, split_words = _suffixes()
        matches = suffixes.find_matches_as_indexes(text, overlapping=True)
        ends = {end for number, _, end in matches if number < first_field}
        self.fields = {end for number, _, end in matches if number >= first_field} - ends
        every = [end for end in ends | self.fields if text[end - 1 : end + 1] not in split_words]
        self.places = [*sorted(every), sys.maxsize]
        self._text = text
        # At the beginning of a clause, a name that no known word follows, and no other name, is none that acts.
        alone, pairs = _begins_what_follows()
        followed = [end for end in self.places[:-1] if text[end : end + 1] in alone or text[end : end + 2] in pairs]
        self._followed = [*followed, sys.maxsize]
        self._begins: list[int] | None = None
        self._marked: list[tuple[int, str]] = []
        self._marks: list[int] = []  # where those end
        self._others: list[int] = []
        automaton, kinds = _markers()
        for word, start, end in automaton.find_matches_as_indexes(text):
            kind, condition = kinds[word]
            if kind == _LISTED:
                if _AND_OTHERS.match(text, start) or _AND_FIRMS.match(text, start):
                    self._others.append(start)
            elif not condition or _compiled(condition).match(text, end):
                self._marked.append((end, kind))
                self._marks.append(end)

    def near(self, start: int) -> int | None:
        """Return where a name that acts could start in a clause that begins at ``start``: in most none could."""
        text, begin = self._text, start
        if text[start : start + 1] in _OPENS and (opening := _OPENING.match(text, start)):
            begin = opening.end()
        is_near = self._followed[bisect_right(self._followed, begin + 1)] <= begin + _LONGEST_NAME
        return begin if is_near and _without_openers(text, [begin]) else None

    def _near(self) -> bytearray:
        """Return 1 for each code point at which a name could start that is followed: painted from the names' ends."""
        near = bytearray(len(self._text) + _LONGEST_NAME + 1)
        for end in self._followed[:-1]:
            near[end : end + len(_STARTS)] = _STARTS  # so much further on that none lies before the text
        return near[_LONGEST_NAME:]

    def begins(self, clauses: Clauses, place: Place) -> list[int]:
        """Return where names that act could start in clauses inside ``place``, among all of the text's ``clauses``."""
        if self._begins is None:
            starts = _after_openings(self._text, clauses.starts)
            near = self._near().__getitem__
            self._begins = _without_openers(self._text, sorted({*compress(starts, map(near, starts))}))
        first = bisect_right(self._begins, place.start)
        return self._begins[first : bisect_left(self._begins, place.end, first)]

    def behind(self, start: int, stop: int) -> list[int]:
        """Return the ends of the names that may start at ``start``, before ``stop``."""
        ends, first = self.places, bisect_right(self.places, start + 1)
        return ends[first : bisect_right(ends, min(start + _LONGEST_NAME, stop), first)]

    def is_end(self, place: int) -> bool:
        """Return whether a name could end at a place."""
        return self.places[bisect_left(self.places, place)] == place

    def marked(self, place: Place) -> list[tuple[int, str]]:
        """Return where names may begin behind a word, and what kind of word that is."""
        first = bisect_right(self._marks, place.start)
        return self._marked[first : bisect_left(self._marks, place.end, first)]

    def others(self, place: Place) -> list[int]:
        """Return where lists of names end in 等部门."""
        first = bisect_right(self._others, place.start)
        return self._others[first : bisect_left(self._others, place.end, first)]


class _Possible(NamedTuple):
    """The place at which names begin, and the places where they may end."""

    kind: str
    ends: Sequence[int]
    known: Sequence[int]
    """Those of ``ends`` that are at a known end of names."""


class _Follows(NamedTuple):
    """The word that follows a name, or the list of names that it is in, and what that is to the name."""

    sort: str
    word: str
    is_list: bool


_REFUSED, _ADVERB, _NONE, _STATE, _OF_THINGS = "refused", "adverb", "none", "state", "thing"
_SORTS = {
    "persons": _REFUSED,
    "meetings": _REFUSED,
    "states": _STATE,
    "states_of_things": _OF_THINGS,
    "acts": "acts",
    "with_acts": "joint",
    "adverbs": _ADVERB,
    "openers": "acts",
}
"""What a word of each list is to the name before it; of two lists that hold a word, the first counts."""
_NOTHING = _Follows(_NONE, "", False)
_HELPED = _Follows("joint", "", False)
_HELPING = ("配合", "联合", "会同", "协同")
"""A body that one of these names needs nothing behind it: 配合县财政局,核对账目."""
_STOPS = frozenset(",。;")
_BEHIND_NAMES = frozenset(("acts", "joint", _ADVERB))
_ACTING = {"acts": 3, "joint": 2, _REFUSED: 1}


class _Suffixes(NamedTuple):
    """The words that names end with, the number of the first that is a field, and words that none ends inside of."""

    words: AhoCorasick
    first_field: int
    split_words: frozenset[str]


def _entries(name: str) -> list[str]:
    """Return the entries of a list of the table: an entry of several words is each of them."""
    return [word for entry in read_table(_TABLE)[name] for word in entry.split()]


@cache
def _suffixes() -> _Suffixes:
    table = read_table(_TABLE)
    words = AhoCorasick([*table["suffixes"], *table["fields"]], implementation=_SMALL)
    return _Suffixes(words, len(table["suffixes"]), frozenset(table["split_words"]))


class _Markers(NamedTuple):
    """The words that names may stand behind: the kind of each, and a pattern of what must follow it, or nothing."""

    words: AhoCorasick
    kinds: Sequence[tuple[str, str]]


@cache
def _markers() -> _Markers:
    table = read_table(_TABLE)
    partners = [(f"marked {_conditional(entry)[0]}", *_conditional(entry)) for entry in table["partner_before"]]
    companions = [(_WITH, *_conditional(entry)) for entry in table["with_before"]]
    every = [*partners, *companions, (_CLAUSE, "(", ""), (_LISTED, "等", "")]
    words = AhoCorasick([word for _, word, _ in every], implementation=_SMALL)
    return _Markers(words, [(kind, condition) for kind, _, condition in every])


class _NoNames(NamedTuple):
    """The words that no name holds, and a pattern of what must follow each of them, or nothing."""

    words: AhoCorasick
    conditions: Sequence[str]


@cache
def _no_names() -> _NoNames:
    entries = [_conditional(entry) for entry in [*_entries("not_in_names"), "\n"]]
    words = AhoCorasick([word for word, _ in entries], implementation=_SMALL)
    return _NoNames(words, [condition for _, condition in entries])


def _clean(text: str, start: int, stop: int) -> int:
    """Return up to where a stretch holds no word that no name holds, at most ``stop``."""
    words, conditions = _no_names()
    for word, _, end in words.find_matches_as_indexes(text[start:stop], overlapping=True):
        condition = conditions[word]
        if not condition or _compiled(condition).match(text, start + end):
            return start + end - 1
    return stop


def _conditional(entry: str) -> tuple[str, str]:
    """Return the word that an entry begins with, and the pattern of what must follow it, empty for none."""
    word, bracket, condition = entry.partition("(")
    return word.removeprefix("\\"), bracket + condition if condition else ""


@cache
def _short_words_of_no_name() -> frozenset[str]:
    """Return the words that no name begins with, as no name of two characters or more holds them.

    Longer ones and those that depend on what follows them are left to the pattern.
    """
    words = [word for word in _entries("not_in_names") if len(word) <= _SHORTEST_NAME and re.escape(word) == word]
    return frozenset([*words, *_entries("openers"), *_JOINS])


@cache
def _weights() -> FeatureWeights:
    return feature_weights(_TABLE)


def find_organizations(text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]) -> list[Place]:
    """Return the places of the organisations that act in a measure: each name once, by its first place."""
    return [found.place for found in judged_organizations(text, clauses, ends, measure, dates)]


def judged_organizations(
    text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]
) -> list[OrganizationFound]:
    """Return the organisations that act in a measure: each name once, by its first place.

    A name may also stand right behind one of the ``dates``: 2023年8月商务部….
    """
    candidates = name_candidates(text, clauses, ends, measure, dates)
    if not candidates:
        return []  # as in most measures
    weights = _weights()
    found = chosen_names(text, weights.least, [(each.place, each.score) for each in candidates])
    return [OrganizationFound(place, weights.confidence(score)) for place, score in found.items()]


def chosen_names(text: str, least: int, candidates: Sequence[tuple[Place, int]]) -> dict[Place, int]:
    """Return the candidates that name a body, with their scores: the best of each start, none inside another.

    A name that a list goes on with, behind one that is chosen, needs less of a score than ``least``.
    """
    best: dict[int, tuple[int, Place]] = {}
    for place, score in candidates:
        if score >= least - _SURE_IN_LIST and (place.start not in best or score > best[place.start][0]):
            best[place.start] = score, place
    found: dict[str, tuple[Place, int]] = {}
    taken = -1
    for score, place in sorted(best.values(), key=itemgetter(1)):
        goes_on = taken >= 0 and place.start == taken + 1
        if place.start >= taken and (score >= least or goes_on):
            found.setdefault(text[place.start : place.end], (place, score))
            taken = place.end
    return dict(found.values())


def name_candidates(
    text: str, clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]
) -> list[NameCandidate]:
    """Return the stretches of a measure that may name a body which acts."""
    possible = _possible_names(text, ends, _starts(clauses, ends, measure, dates), measure.end)
    found = [each for begin in possible for each in _judged_by(text, possible, begin)]
    for end in ends.others(measure):
        follows = _follows(text, end)
        if follows.sort != _REFUSED:
            names = _list_before(text, measure.start, end)
            moved = bool(names) and _MOVED.search(text, max(0, names[0].start - 4), names[0].end) is not None
            found += [
                NameCandidate(place, (*_groups(text, place, _LISTED, follows), _listed(moved, ends.is_end(place.end))))
                for place in names
            ]
    return found


def _starts(clauses: Clauses, ends: NameEnds, measure: Place, dates: list[Place]) -> dict[int, str]:
    """Return where a name may begin, by what is before it."""
    places, behind = [measure.start, *(date.end for date in dates)], {}
    for place, kind in ends.marked(measure):
        if kind == _CLAUSE:
            places.append(place)
        else:
            behind[place] = kind
    begins = {begin: _CLAUSE for place in places if (begin := ends.near(place)) is not None}
    return begins | dict.fromkeys(ends.begins(clauses, measure), _CLAUSE) | behind


def _after_openings(text: str, starts: Iterable[int]) -> list[int]:
    """Return where each of ``starts`` goes on behind 目前 or 其中, if such a word is there."""
    return [
        opening.end() if text[start : start + 1] in _OPENS and (opening := _OPENING.match(text, start)) else start
        for start in starts
    ]


def _without_openers(text: str, starts: Iterable[int]) -> list[int]:
    no_name = _short_words_of_no_name()
    return [
        start
        for start in starts
        if text[start : start + 1] not in no_name
        and (text[start : start + 2] not in no_name or text[start + 2 : start + 3] in _BEHIND_VERBS)
    ]


def _possible_names(text: str, ends: NameEnds, starts: dict[int, str], stop: int) -> dict[int, _Possible]:
    """Return where names may end, by where they begin; those that a list goes on with are added."""
    possible: dict[int, _Possible] = {}
    waiting = list(starts.items())
    while waiting:
        begin, kind = waiting.pop()
        names = _names(text, ends, begin, stop)
        known = names
        following = [end + 1 for end in names if text[end : end + 1] in _JOINS] if names else []
        if kind == _CLAUSE:
            if not ends.fields.isdisjoint(names):
                names = [end for end in names if end not in ends.fields or _stands_for_a_body(text, begin, end)]
        else:
            names = _with_bare_name(text, begin, stop, names)
            if further := _goes_on_at(text, begin, stop):
                following.append(further)
            if kind.endswith(_WITH):
                names = [end for end in names if not _NO_PARTNER.match(text, end)]
        if names:
            possible[begin] = _Possible(kind, names, known)
        for place in following:
            if place not in starts:
                starts[place] = kind if kind.startswith("chain") else f"chain {kind}"
                waiting.append((place, starts[place]))
    return possible


def _goes_on_at(text: str, begin: int, stop: int) -> int | None:
    """Return where a list goes on behind the name at ``begin``; None where that does something itself.

    统筹 of 由县委政法委统筹公安、民政等力量 says that what is listed is its object.
    """
    found = _NEXT_IN_LIST.match(text, begin, stop)
    if found is None:
        return None
    verb = begin + _SHORTEST_NAME, found.end()
    return None if _OBJECTS.search(text, *verb) or _MOVED.search(text, *verb) else found.end()


def _stands_for_a_body(text: str, begin: int, end: int) -> bool:
    """Return whether a field stands for the body in charge of it: in a list, or with a level before it (市财政)."""
    return text[end : end + 1] in _BEHIND_FIELDS or (text[begin] in _REGIONS and end - begin == _FIELD_OF_LEVEL)


def _names(text: str, ends: NameEnds, start: int, stop: int) -> list[int]:
    """Return the ends of what may be a name from ``start`` on, the bracket behind it included."""
    possible = ends.behind(start, stop)
    if not possible:
        return possible
    last = _clean(text, start, possible[-1])
    bracketed = not _BRACKETS.isdisjoint(text[start : last + 1])
    names: list[int] = []
    for found in possible:
        if found > last:
            break
        name = text[start:found]
        if _is_generic(name):
            continue
        if not bracketed:
            names.append(found)
        elif name.count("(") == name.count(")"):
            names.append(_with_bracket(text, found) if text[found : found + 1] == "(" else found)
    return names


@lru_cache(4096)
def _is_generic(name: str) -> bool:
    return _GENERIC.search(name) is not None


def _with_bracket(text: str, end: int) -> int:
    """Return where a name ends with the short bracket behind it: 各乡镇(街道)."""
    closed = text.find(")", end, end + 8)
    return closed + 1 if closed >= 0 else end


def _bare_end(text: str, begin: int, stop: int) -> int | None:
    """Return where a name without an end of names ends: before a list goes on, or what an agent does."""
    for found in _may_end_bare().finditer(text, begin + 1, min(begin + _LONGEST_BARE, stop - 1) + 1):
        end, letter = found.start(), found.group()
        if letter in _NO_BARE:
            return None
        sort = _word_at(text, end)[0] if end > begin + 1 else _NONE
        if sort == _REFUSED:
            return None
        if letter in _BEHIND_BARE or sort in _BEHIND_NAMES:
            return end if end - begin >= _SHORTEST_BARE else None
    return None


@cache
def _may_end_bare() -> re.Pattern[str]:
    """Compile the characters behind which a name without an end of names may end, or that no such name holds."""
    characters = _following().firsts | _NO_BARE | _BEHIND_BARE
    return re.compile(f"[{re.escape(''.join(sorted(characters)))}]")


def _with_bare_name(text: str, begin: int, stop: int, names: list[int]) -> list[int]:
    end = _bare_end(text, begin, stop)
    if end is None:
        fields = _FIELDS.match(text, begin, stop)
        end = fields.start("behind") if fields else begin
    if end == begin or end in names or _is_generic(text[begin:end]) or _clean(text, begin, end) < end:
        return names
    return sorted([*names, end])


def _judged_by(text: str, possible: Mapping[int, _Possible], begin: int) -> list[NameCandidate]:
    """Return the names that begin at one place, with what each is judged by."""
    kind, ends, known = possible[begin]
    followers = [_told_of(text, end, _behind_list(text, possible, end)) for end in ends]
    if kind.endswith(_HELPING):
        followers = [
            _HELPED if text[end : end + 1] in _STOPS else each for end, each in zip(ends, followers, strict=True)
        ]
    found: list[NameCandidate] = []
    acting = [_ACTING.get(each.sort, 0) > 1 for each in followers]
    for number, follows in enumerate(followers):
        # At the beginning of a clause, a name that no known word follows is seldom one that acts.
        if follows.sort == _REFUSED or (kind == _CLAUSE and follows is _NOTHING):
            continue
        if follows.sort == _NONE and _OWNERS.match(text, ends[number]):
            continue
        place = place_of((begin, ends[number]))
        longer = min(ends[number + 1] - place.end, 6) if number + 1 < len(ends) else None
        ended = place.end in known or text[place.end - 1] == ")"
        others = _among_others(follows.sort, longer, (True in acting[:number], True in acting[number + 1 :]), ended)
        found.append(NameCandidate(place, (*_groups(text, place, kind, follows), others)))
    return found


def _told_of(text: str, end: int, follows: _Follows) -> _Follows:
    """Return what follows a name, by what it names: a body that 已完成验收 acts, a building does not."""
    if follows.sort != _OF_THINGS:
        return follows
    return follows._replace(sort="acts" if _home(text, end) == "body" else _STATE)


def _behind_list(text: str, possible: Mapping[int, _Possible], end: int) -> _Follows:
    """Return what follows a name, or the list that goes on behind it."""
    best = _follows(text, end)
    if text[end : end + 1] in _JOINS and end + 1 in possible:
        for other in possible[end + 1].ends:
            tail = _behind_list(text, possible, other)
            if _ACTING.get(tail.sort, 0) > _ACTING.get(best.sort, 0) or (tail.sort == best.sort and not best.is_list):
                best = tail._replace(is_list=True)
    return best


def _follows(text: str, end: int) -> _Follows:
    """Return what follows a name right away, behind 等部门 and adverbs."""
    first = text[end : end + 1]
    if first not in _following().firsts:
        return _NOTHING
    others = _MANY_BODIES.match(text, end) if first == "等" else None
    at = others.end() if others else end
    sort, word = _word_at(text, at)
    while sort == _ADVERB:
        at += len(word) + (text[at + len(word) : at + len(word) + 1] == ",")
        sort, word = _word_at(text, at)
        if sort == _NONE:
            sort = "adverb alone"
    if sort == _NONE and not others:
        return _NOTHING
    return _Follows(sort, word if others or sort in _ACTING else "", others is not None)


class _Following(NamedTuple):
    """The words that may follow a name: the sort of each word, and patterns by the character that they begin with.

    ``sizes`` are the lengths of the words that begin with a pair of characters, the longest first.
    """

    words: Mapping[str, str]
    patterns: Mapping[str, Sequence[tuple[str, str]]]
    firsts: frozenset[str]
    sizes: Mapping[str, Sequence[int]]


@cache
def _following() -> _Following:
    words: dict[str, str] = {}
    patterns: dict[str, list[tuple[str, str]]] = {}
    for name, sort in _SORTS.items():
        for entry in _entries(name):
            if re.escape(entry) == entry:
                words.setdefault(entry, sort)
            else:
                for first in "0123456789" if entry[0] in "(\\" else entry[0]:
                    patterns.setdefault(first, []).append((sort, entry))
    sizes: dict[str, set[int]] = {}
    for word in words:
        if len(word) > 1:
            sizes.setdefault(word[:2], set()).add(len(word))
    longest_first = {pair: sorted(of_pair, reverse=True) for pair, of_pair in sizes.items()}
    return _Following(words, patterns, frozenset(word[0] for word in words).union(patterns, "等"), longest_first)


@cache
def _begins_what_follows() -> tuple[frozenset[str], frozenset[str]]:
    """Return what may stand right behind a name at the beginning of a clause: characters, and pairs of them."""
    words, patterns, _, sizes = _following()
    alone = {word for word in words if len(word) == 1}.union(patterns, _JOINS, "(等")
    return frozenset(alone), frozenset(sizes)


@cache
def _compiled(entry: str) -> re.Pattern[str]:
    """Compile an entry when it is looked for first: most notices hold few of the words that entries begin with."""
    return re.compile(entry)


@cache
def _forms_of(first: str) -> list[tuple[str, Callable[[str, int], re.Match[str] | None]]]:
    """Return what matches the patterns that begin with a character, and the sort of each."""
    return [(sort, _compiled(entry).match) for sort, entry in _following().patterns[first]]


def _word_at(text: str, at: int) -> tuple[str, str]:
    """Return the sort of the word at a place and the word, the longest one that is known."""
    words, patterns, _, sizes = _following()
    first = text[at : at + 1]
    if first in patterns:
        for sort, match in _forms_of(first):
            if found := match(text, at):
                return sort, found.group()
    for size in sizes.get(text[at : at + 2], ()):
        word = text[at : at + size]
        if word in words:
            return words[word], word
    return (words[first], first) if first in words else (_NONE, "")


_KEPT_GROUPS = 4096
"""Groups of features that are kept of each kind, made for names before."""


def _home(text: str, end: int) -> str:
    """Return what a name's last characters say it is: a region, a facility or a body."""
    last = text[end - 1 : end]
    if last in _FACILITIES or text[end - 2 : end] in _FACILITIES:
        return "facility"
    return "region" if last in _REGIONS else "body"


def _groups(text: str, place: Place, kind: str, follows: _Follows) -> tuple[_FeatureGroup, ...]:
    """Return what a name is judged by: what follows it, what it begins and ends with, and where it is."""
    start, end = place
    home = _home(text, end)
    size = _SIZES[min(end - start, len(_SIZES)) - 1]
    level = _LEVELS.isdisjoint(text[start : end - 1])
    return (
        _where(kind, follows, home),
        _name_end(text[max(start, end - 3) : end], size, level),
        _name_start(text[start : start + 2]),
        _behind(text[end : end + 2], follows.word),
    )


def _group(*features: str) -> _FeatureGroup:
    weights = _weights().weights
    return _FeatureGroup(features, sum(weights.get(feature, 0) for feature in features))


@lru_cache(_KEPT_GROUPS)
def _where(kind: str, follows: _Follows, home: str) -> _FeatureGroup:
    group, (sort, word, is_list) = kind.removeprefix("chain ").partition(" ")[0], follows
    return _group(
        sort,
        kind,
        f"{group} {sort}",
        f"listed {is_list} {sort}",
        f"chain {sort}" if kind.startswith("chain") else f"first {sort}",
        f"{home} {sort}",
        f"{home} {group}",
        f"{home} > {word}" if word else f"{home} {group} {sort}",
    )


@lru_cache(_KEPT_GROUPS)
def _name_end(words: str, size: str, level: bool) -> _FeatureGroup:
    last = words[-1:]
    return _group(
        f"$ {last}", f"$ {words[-2:]}", f"$ {words}", f"$ {last} {size}", f"$ {last} {level}", f"size {size} {level}"
    )


@lru_cache(_KEPT_GROUPS)
def _name_start(words: str) -> _FeatureGroup:
    return _group(f"^ {words[:1]}", f"^ {words}")


@lru_cache(_KEPT_GROUPS)
def _behind(words: str, known: str) -> _FeatureGroup:
    return _group(f"> {known or words[:1]}", f">> {words}")


@cache
def _among_others(sort: str, longer: int | None, acts: tuple[bool, bool], ended: bool) -> _FeatureGroup:
    """Return the features of the shorter and longer names that begin at the same place: whether any ``acts``."""
    shorter_acts, longer_acts = acts
    return _group(
        "longest" if longer is None else f"longer {longer}",
        f"longer acts {longer_acts} {sort}",
        f"shorter acts {shorter_acts} {sort}",
        "ended" if ended else "bare",
    )


@cache
def _listed(moved: bool, ended: bool) -> _FeatureGroup:
    """Return the features of a name before 等部门: whether others move it, and whether it ends as names do."""
    return _group(f"moved {moved}", f"listed ended {ended}")


def _list_before(text: str, start: int, place: int) -> list[Place]:
    """Return the names of 市场监管、住建、公安、消防等部门, whatever they end with."""
    position = max(start, sentence_start(text, place, "。;,:!?\n"))
    if _OBJECTS.search(text, position, place):
        return []
    names, every = [], text[position:place].split("、")
    for name in every:
        end = position + len(name)
        if 2 <= len(name) <= 16 and _clean(text, position, end) == end:
            names.append(Place(position, end))
        position = end + 1
    # Firms are as often those to whom something is done; a verb before the first says so.
    return names if len(names) == len(every) or _AND_OTHERS.match(text, place) else []
