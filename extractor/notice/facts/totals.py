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
    """A row of ``data/totals.toml``; without a ``name`` it tells what is no total."""

    name: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None
    sentence: re.Pattern[str] | None
    not_before: re.Pattern[str] | None
    not_after: re.Pattern[str] | None
    not_sentence: re.Pattern[str] | None
    counted: re.Pattern[str] | None
    counted_else: re.Pattern[str] | None


_BRACKET = re.compile(r"[(][^()]*$")
_DIGIT = re.compile(r"\d")
_CLAUSE = re.compile("[,:]")
_FIGURE_BEFORE = re.compile(r"\d[^\d、]{0,4}、|\d[项个条件人次份]")
_GOES_ON = re.compile(
    "(?:截至|截止|到|至)[^,。;\\n]{2,14},?(?:已|均已)|(?:目前|现|当前)?,?(?:已|均已)(?:全部)?(?:完成|落实|整改)"
)
_AFTER = 40
"""Code points behind a figure in which what it counts may be named."""


@cache
def _rules(unit: str, genre: str) -> tuple[_Rule, ...]:
    """Return the rules for figures in ``unit`` of notices of a ``genre``, in the order of the table."""
    rows = enumerate(read_table("totals")["rule"])
    return tuple(
        _rule(number) for number, row in rows if unit in row["units"] and genre in (row.get("genres") or (genre,))
    )


@cache
def _rule(number: int) -> _Rule:
    """Compile a row of the table when it is asked first: most notices print few units outside their issues."""
    row = read_table("totals")["rule"][number]
    return _Rule(row["name"], *(re.compile(row[key]) if key in row else None for key in _Rule._fields[1:]))


def find_totals(
    text: str, quantities: Sequence[QuantityFound], unread: Sequence[Place], issues: Sequence[Place], genre: str
) -> list[TotalFound]:
    """Find the totals of the folded text, among its quantities that lie in none of the ``issues``.

    What a notice counts as a task (任务) is a finding or a measure, by its ``genre``.

    Nothing is carried across a number that is ``unread``: not the word that names a total, not 其中.
    """
    inside = Inside(issues)
    found = []
    for quantity in quantities:
        if inside(quantity.text.start):
            continue
        name = _name(text, quantity, unread, genre)
        if name:
            found.append(TotalFound(quantity.text, name, quantity.value, quantity.unit, quantity.base))
    return found


def _last_end(places: Sequence[Place], offset: int) -> int:
    """Return where the last of ``places`` before ``offset`` ends; 0 where there is none."""
    index = bisect_left(places, (offset, 0))
    return places[index - 1].end if index else 0


def _is_subset(sentence: str, unit: str) -> bool:
    """Say whether a figure is part of one told before: the first behind 其中, and those in its unit after that."""
    _, subset, behind = sentence.rpartition("其中")
    told = re.search(r"[0-9][0-9.]*([^0-9,。;]{1,2})", behind)
    return bool(subset) and (told is None or told[1].startswith(unit))


def _units_told(counted: re.Pattern[str] | None, sentence: str) -> set[str]:
    """Return the units in which a sentence counts what a pattern is about."""
    return {match[match.lastgroup or 0] for match in counted.finditer(sentence)} if counted else set()


def _is_counted(rule: _Rule, sentence: str, unit: str) -> bool:
    """Say whether a figure in ``unit`` is of what a rule counts, and not of what else its sentence counts.

    措施42项,完成38个: the 38 are something else, and so are those of 27个问题都制定了措施,完成26个.
    """
    told = _units_told(rule.counted, sentence)
    return unit in told if told else unit not in _units_told(rule.counted_else, sentence)


class _Words(NamedTuple):
    """The words around a figure: its sentence up to it, the part of that which can name it, what follows its unit."""

    sentence: str
    before: str
    after: str


def _name(text: str, quantity: QuantityFound, unread: Sequence[Place], genre: str) -> str | None:
    """Return the name of the total that a figure is; None where it is none."""
    words = _words_around(text, quantity, unread)
    if words is None:
        return None
    unit = quantity.unit.partition("(")[0]  # 人(次)
    return next((rule.name for rule in _rules(unit, genre) if _fits(rule, quantity, words)), None)


def _words_around(text: str, quantity: QuantityFound, unread: Sequence[Place]) -> _Words | None:
    """Return the words that may name a figure; None where it is a part of another one."""
    start = quantity.text.start
    sentence = text[sentence_start(text, start) : start]
    bracket = _BRACKET.search(sentence)
    if bracket and _DIGIT.search(sentence[: bracket.start()]):
        return None  # the breakdown of a sum in brackets
    known_from = _last_end(unread, start) - (start - len(sentence))
    if _is_subset(sentence, quantity.unit) or "其中" in sentence[: max(known_from, 0)]:
        return None
    before = _FIGURE_BEFORE.split(_CLAUSE.split(sentence)[-1])[-1]
    before = before[-max(len(sentence) - known_from, 0) :] if 0 < known_from < len(sentence) else before
    after = text[quantity.base.end : quantity.base.end + _AFTER].split("\n", maxsplit=1)[0]
    return _Words(_told_of(text, start - len(sentence), quantity.unit) + sentence, before, after)


def _told_of(text: str, start: int, unit: str) -> str:
    """Return the sentence before one that goes on from it (截至3月底,已完成198项); empty where none does.

    It counts one thing in ``unit``, so that it is clear which is gone on from. Where it tells parts of that, too
    (16个,其中新发现7个), what follows must be more than each of them: it may be of a part otherwise.
    """
    goes_on = _GOES_ON.match(text, start)
    if not goes_on:
        return ""
    before = text[sentence_start(text, start - 1) : start] if start and text[start - 1] != "\n" else ""
    counts = re.compile(f"([0-9]+){re.escape(unit)}")
    whole, subset, parts = before.partition("其中")
    if len(counts.findall(whole)) != 1:
        return ""
    if not subset:
        return before
    first = counts.search(text, goes_on.end(), goes_on.end() + _AFTER)
    more = first is not None and all(int(first[1]) > int(part) for part in counts.findall(parts))
    return whole if more else ""


def _fits(rule: _Rule, quantity: QuantityFound, words: _Words) -> bool:
    """Say whether all that a rule asks for stands around a figure in one of its units, and nothing that it excludes."""
    sentence, before, after = words
    return (
        (rule.before is None or rule.before.search(before) is not None)
        and (rule.after is None or rule.after.match(after) is not None)
        and (rule.sentence is None or rule.sentence.search(sentence + after[:10]) is not None)
        and (rule.not_before is None or rule.not_before.search(before) is None)
        and (rule.not_after is None or rule.not_after.match(after) is None)
        and (rule.not_sentence is None or rule.not_sentence.search(sentence) is None)
        and (rule.counted is None or _is_counted(rule, sentence, quantity.unit))
    )
