"""The subject of a figure: the fewest printed words that say what it counts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import repeat
from operator import add
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.facts.learnt import Calibration, calibration, learnt
from extractor.text.places import Place, place_of
from extractor.text.wording import any_of


class SubjectFound(NamedTuple):
    """The place of what a figure counts, None where nothing says it, and how sure that is."""

    place: Place | None
    confidence: float


_TABLE = "subjects"
_LONGEST = 24
_UP_TO_BREAK = re.compile(r"(?s:.*)[(),。;:!?\n0-9%①-⑩《》\t]")
_LONGEST_CONTEXT = 3
_LONGEST_SIZE = 14
_SHORTEST = 2
_NEAR = 14
_WORST = -(10**4)
# Between two figures that count the same: 立案2件2人, 由39%提高到88%, 从130项增加到156项.
_GOES_ON = re.compile(rf"(?:[、,至-]|[及和到]|{any_of(_TABLE, 'changes')})*(?:了|达|为)?")
_CHANGE_WORDS = "|".join([*read_table(_TABLE)["changes"], *read_table(_TABLE)["measured"]])
# The first word stands by itself: the engine then skims for the words' first letters.
_CHANGE = re.compile(f"(?:{_CHANGE_WORDS})(?:{_CHANGE_WORDS})*$")
_COMPARED = re.compile(f"较(?:19|20)[0-9]{{2}}年(?:同期|底|初|末)?(?:{_CHANGE_WORDS})*$")
"""A change against a year: 水稻面积较2023年增加1.1万亩."""
_LONGEST_COMPARED = 18
_ENDS_CHANGE = frozenset(_CHANGE_WORDS)
"""Every character that those are written with: what they match ends with one of them."""
_OPENS = re.compile(rf"(?:{any_of(_TABLE, 'opens')})+")
_NOUN = re.compile(
    r"(?:以[上下]|的|[一-鿿]{0,4}(?<=以上)的?)?(?P<noun>[一-鿿A-Za-z“”‘’]{1,16}?)"
    rf"(?=[,。;、:!?()\d《 \n\t]|$|{any_of(_TABLE, 'behind_noun')})"
)
_NO_LETTERS = frozenset(",。;、:!?()《 \n\t")
_NO_NOUN = re.compile(any_of(_TABLE, "no_noun"))
_KEPT = re.compile(any_of(_TABLE, "kept"))
_LONGEST_KEPT = 4
_DONE = re.compile(rf"{any_of(_TABLE, 'done')}(?!{any_of(_TABLE, 'result')})(?=..)")
_ACTS = frozenset(word[:2] for word in read_table(_TABLE)["done"])
_SPENT_ON = re.compile(rf"{any_of(_TABLE, 'spent_on')}(?P<noun>[一-鿿]{{2,10}}?)(?=[,。;、]|$)")
_WHOLE = [*read_table(_TABLE)["whole"], *(word for word in read_table(_TABLE)["done"] if word.isalpha())]
_INSIDE = frozenset(word[at : at + 2] for word in _WHOLE for at in range(len(word) - 1))
"""Pairs of characters that are one word: a subject neither begins nor ends between them."""
_REST = re.compile(rf"(?:{any_of(_TABLE, 'rest')})+")
_BEGINS_REST = frozenset("".join(read_table(_TABLE)["rest"]))
"""Every character that those are written with: what they match begins with one of them."""


class Edge(NamedTuple):
    """A place at which a subject may begin or end: the words left and right of there, and its length in code points.

    ``bonds`` says how firmly the characters before it, around it and behind it hold together.
    """

    place: int
    left: list[str]
    right: list[str]
    size: int
    bonds: str


class _Cuts(NamedTuple):
    """The weights of what is left and right of where a subject begins or ends, and of its length."""

    left: dict[str, int]
    right: dict[str, int]
    sizes: list[int]
    bonds: dict[str, int]
    confidence: Calibration


@cache
def _cuts(task: str) -> _Cuts:
    found = learnt(task)
    return _Cuts(found["left"], found["right"], found["sizes"], found["bonds"], calibration(task))


@cache
def _bonds() -> dict[str, str]:
    return bonds_of_pairs(learnt("bonds"))


def bonds_of_pairs(pairs: Mapping[str, str]) -> dict[str, str]:
    """Return how firmly each pair of characters holds together, from the pairs of each firmness, one behind another."""
    return {words[at : at + 2]: firmness for firmness, words in pairs.items() for at in range(0, len(words), 2)}


_UNKNOWN, _OUTSIDE = "?", "^^"
_UNKNOWN_EACH = repeat(_UNKNOWN)


def _firmness(bonds: Mapping[str, str], pairs: Iterable[str]) -> str:
    """Return how firm each pair of a stretch is; from a place's own index on, three are around it."""
    return f"{_OUTSIDE}{''.join(map(bonds.get, pairs, _UNKNOWN_EACH))}{_OUTSIDE}"


def _pairs(words: str) -> list[str]:
    """Return the pairs of neighbours of a stretch."""
    return [*map(add, words, words[1:])]


class _Context(NamedTuple):
    """The weights of the characters beside a place, summed up as far as they are looked up together.

    ``pairs`` have the weights of the nearer character and of both, and those of a third one beyond them.
    """

    singles: dict[str, int]
    pairs: dict[str, tuple[int, dict[str, int]]]


@cache
def _context_before(task: str) -> _Context:
    """Return the weights of what is left of a place; pairs only where the character next to it is known."""
    left = learnt(task)["left"]
    thirds: dict[str, dict[str, int]] = {words[-2:]: {} for words in left if len(words) > 1 and words[-1] in left}
    for words, weight in left.items():
        if len(words) == _LONGEST_CONTEXT and words[1:] in thirds:
            thirds[words[1:]][words[0]] = weight
    return _Context(left, {pair: (left[pair[1]] + left.get(pair, 0), beyond) for pair, beyond in thirds.items()})


@cache
def _context_behind(task: str) -> _Context:
    """Return the weights of what is right of a place."""
    right = learnt(task)["right"]
    thirds: dict[str, dict[str, int]] = {words[:2]: {} for words in right if len(words) > 1}
    for words, weight in right.items():
        if len(words) == _LONGEST_CONTEXT:
            thirds[words[:2]][words[2]] = weight
    return _Context(
        right, {pair: (right.get(pair[0], 0) + right.get(pair, 0), beyond) for pair, beyond in thirds.items()}
    )


class _WeightsBefore(NamedTuple):
    """All that tells where a subject before a figure begins."""

    cuts: _Cuts
    before: _Context
    behind: _Context
    bonds: dict[str, str]


@cache
def _weights_before() -> _WeightsBefore:
    task = "subject_before"
    return _WeightsBefore(_cuts(task), _context_before(task), _context_behind(task), _bonds())


@cache
def _rates() -> dict[str, float]:
    rates: dict[str, float] = learnt("subject_before")["rates"]
    return rates


SAME, BEHIND, BEFORE, SAID, NONE = "same", "behind", "before", "said", "none"
"""Where what a figure counts is: with the figure before it, behind or before it, in so many words, nowhere."""


class SubjectPlace(NamedTuple):
    """Where what a figure counts is, and the stretch that holds it: exactly, if it is ``SAID``."""

    way: str
    stretch: Place | None = None


_AS_BEFORE, _NOWHERE = SubjectPlace(SAME), SubjectPlace(NONE)


def find_subjects(text: str, figures: Sequence[Place]) -> list[SubjectFound]:
    """Return what the figures of a measure count, in printed order."""
    found: list[SubjectFound] = []
    before = -1
    for figure in figures:
        way, stretch = told_where(text, before, figure)
        if way == SAME:
            found.append(SubjectFound(found[-1].place, _rates()[SAME]))
        elif stretch is None or way == SAID:
            found.append(SubjectFound(stretch, _rates()[way]))
        elif way == BEHIND:
            place, confidence = _ending(text, stretch)
            found.append(SubjectFound(Place(stretch.start, place), confidence))
        else:
            found.append(_before(text, stretch))
        before = figure.end
    return found


def told_where(text: str, before: int, figure: Place) -> SubjectPlace:
    """Return where the words are that say what a figure counts; the figure before it ends at ``before``, or -1."""
    start, end = figure
    noun = noun_behind(text, end)
    if 0 <= before <= start and goes_on(text, before, start) and (noun is None or text[start - 1 : start] != ","):
        return _AS_BEFORE
    if noun is not None and text.find(_INVESTS, max(0, start - _LONGEST - _LONGEST_COMPARED), start) < 0:
        return SubjectPlace(BEHIND, noun)  # whatever is before the figure
    window = words_before(text, start)
    words = text[window.start : window.end]
    if words in _INVESTED:
        spent = _SPENT_ON.match(text, end)
        return SubjectPlace(SAID, Place(*spent.span("noun")) if spent else window)
    if noun is not None:
        return SubjectPlace(BEHIND, noun)
    nothing = len(words) < _SHORTEST or (words[0] in _BEGINS_REST and _REST.fullmatch(words) is not None)
    if (nothing or text[window.end] == "的") and (done := _DONE_TO_PERSONS.match(text, end)):
        return SubjectPlace(SAID, Place(*done.span("action")))
    return _NOWHERE if nothing else SubjectPlace(BEFORE, window)


_INVESTED = ("投资", "投入")
_INVESTS = "投"
"""What those have in common."""
_DONE_TO_PERSONS = re.compile(
    r"(?<=[人名次])(?:分别)?(?:因[^,。;]{1,12})?(?:予以|给予|进行|作出|受到|被|依法)*"
    rf"(?P<action>{any_of(_TABLE, 'done_to_persons')})"
)


def _before(text: str, window: Place) -> SubjectFound:
    """Return the subject among the words before a figure."""
    place, confidence = _beginning(text, window)
    kept = _KEPT.search(text, max(window.start, place - _LONGEST_KEPT), window.end)
    acts = not kept and text[place : place + 2] in _ACTS
    done = _DONE.match(text, place, window.end) if acts else None
    place = done.end() if done else place
    return SubjectFound(place_of((min(place, kept.start()) if kept else place, window.end)), confidence)


def noun_behind(text: str, end: int) -> Place | None:
    """Return the place of the noun right behind a unit: 11家医院."""
    if text[end : end + 1] in _NO_LETTERS:
        return None  # as behind most figures
    noun = _NOUN.match(text, end)
    if noun is None or _NO_NOUN.match(text, noun.start("noun")) or not noun["noun"].strip("“”‘’"):
        return None
    return place_of(noun.span("noun"))


def goes_on(text: str, before: int, start: int) -> bool:
    """Return whether a figure counts what the one that ends at ``before`` does."""
    return start - before < _NEAR and _GOES_ON.fullmatch(text, before, start) is not None


def words_before(text: str, start: int) -> Place:
    """Return the words of a figure's clause before it, without those that only say how it changed."""
    at = text.rfind("较", max(0, start - _LONGEST_COMPARED), start)
    if at >= 0 and _COMPARED.match(text, at, start):
        start = at
    furthest = max(0, start - _LONGEST)
    behind = _UP_TO_BREAK.match(text, furthest, start)
    begin = behind.end() if behind else furthest
    blank = text.rfind(" ", begin, start)
    while blank > begin and not _parts_cells(text, blank):
        blank = text.rfind(" ", begin, blank)
    begin = max(begin, blank + 1)
    opener = _OPENS.match(text, begin, start)
    if opener and start - opener.end() > 1:
        begin = opener.end()
    change = _CHANGE.search(text, begin, start) if text[start - 1 : start] in _ENDS_CHANGE else None
    end = change.start() if change else start
    return place_of((begin, end - 1 if end > begin and text[end - 1] == " " else end))


def _parts_cells(text: str, at: int) -> bool:
    """Return whether a blank at a place parts two cells: of those between Chinese characters others are folded."""
    return text[at - 1] >= _FIRST_HAN and text[at + 1 : at + 2] >= _FIRST_HAN


_FIRST_HAN = "\u3400"


def beginnings(text: str, window: Place, bonds: Mapping[str, str]) -> Iterator[Edge]:
    """Yield where a subject in the words before a figure may begin; ``bonds`` are those of pairs of characters."""
    start, end = window
    firmness = _firmness(bonds, _pairs(text[start:end]))
    for place in range(max(start, end - _LONGEST_SIZE), end - 1):
        left = [text[at:place] for at in range(max(start, place - _LONGEST_CONTEXT), place)] or ["^"]
        yield Edge(
            place,
            left,
            [text[place : place + size] for size in (1, 2, 3)],
            end - place,
            firmness[place - start : place - start + 3],
        )


def ends(text: str, noun: Place, bonds: Mapping[str, str]) -> Iterator[Edge]:
    """Yield where a subject behind a figure may end; ``bonds`` are those of pairs of characters."""
    start, end = noun
    firmness = _firmness(bonds, _pairs(text[start:end]))
    for place in range(start + 1, min(end, start + _LONGEST_SIZE) + 1):
        right = [text[place:at] for at in range(place + 1, min(end, place + _LONGEST_CONTEXT) + 1)] or ["$"]
        yield Edge(
            place,
            [text[max(start, place - size) : place] for size in (1, 2, 3)],
            right,
            place - start,
            firmness[place - start : place - start + 3],
        )


def _beginning(text: str, window: Place) -> tuple[int, float]:
    """Return where the subject begins by the weights of ``beginnings``, and how sure it is.

    Only places behind a character that is known to come before a subject are weighed.
    """
    (_, _, sizes, bonds, confidence), (left, pairs_before), (right, pairs_behind), bonds_of = _weights_before()
    start, end = window
    first = max(start, end - _LONGEST_SIZE - _LONGEST_CONTEXT)
    words, last = text[first : end + 1], end - first
    pairs = _pairs(words)
    firmness = _firmness(bonds_of, pairs)
    best, most, second = 0, _score_at_start(words, last, firmness), _WORST
    for at in range(max(1, last - _LONGEST_SIZE), last - 1):
        if at > 1 and (before := pairs_before.get(pairs[at - 2])):
            score, thirds = before
            if thirds and at > 2:
                score += thirds.get(words[at - 3], 0)
        elif (known := left.get(words[at - 1])) is None:
            continue
        else:
            score = known
        score += sizes[last - at] + bonds.get(firmness[at : at + 3], 0)
        if behind := pairs_behind.get(pairs[at]):
            weight, thirds = behind
            score += weight + (thirds.get(words[at + 2 : at + 3], 0) if thirds else 0)
        else:
            score += right.get(words[at], 0)
        if score <= second or pairs[at - 1] in _INSIDE:
            continue
        if score > most:
            best, most, second = at, score, most
        else:
            second = score
    return first + best if best else start, confidence(most - second)


def _score_at_start(words: str, last: int, firmness: str) -> int:
    """Return the weight of a subject that is all words before a figure, up to ``last`` of ``words``."""
    left, right, sizes, bonds, _ = _cuts("subject_before")
    if last > _LONGEST_SIZE:
        return _WORST
    score = left.get("^", 0) + sizes[last] + right.get(words[0], 0) + bonds.get(firmness[:3], 0)
    return score + right.get(words[:2], 0) + right.get(words[:3], 0)


def _ending(text: str, noun: Place) -> tuple[int, float]:
    """Return where the subject behind a figure ends by the weights of ``ends``, and how sure it is."""
    left, _, sizes, bonds, confidence = _cuts("subject_behind")
    right, pairs_behind = _context_behind("subject_behind")
    start, end = noun
    words, last = text[start : end + 1], end - start
    pairs = _pairs(words)
    firmness = _firmness(_bonds(), pairs[: last - 1])
    best, most, second = last, _WORST, _WORST
    for at in range(1, min(last, _LONGEST_SIZE) + 1):
        score = sizes[at] + left.get(words[at - 1], 0) + bonds.get(firmness[at : at + 3], 0)
        score += left.get(words[max(0, at - 2) : at], 0) + left.get(words[max(0, at - 3) : at], 0)
        if at + 1 < last and (behind := pairs_behind.get(pairs[at])):
            weight, thirds = behind
            score += weight + (thirds.get(words[at + 2], 0) if thirds and at + 2 < last else 0)
        else:
            score += right.get(words[at] if at < last else "$", 0)
        if score <= second or words[at - 1 : at + 1] in _INSIDE:
            continue
        if score > most:
            best, most, second = at, score, most
        else:
            second = score
    return start + best, confidence(most - second)
