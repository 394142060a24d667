"""Evidence of words, found in one pass over the text (Aho-Corasick), whatever the number of words.

A rule of a word list scores its name either for each of its words, or once a clause in which one of its objects follows
one of its verbs. Learnt words weigh for several names each, once a text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.notice.facts.learnt import WordWeights, learnt

_BREAK = re.compile(r"[,。;:!?\n]")
_MOST = 3
"""A rule counts at most so often in a text: a word repeated ten times says no more than three of them."""


class WordEvidence(NamedTuple):
    """The evidence of a text's words: the scores of the word lists by name, and the packed weights of learnt words."""

    scores: dict[str, int]
    packed: int


class _Rule(NamedTuple):
    name: str
    weight: int


class _Lexicon(NamedTuple):
    """The words of a list, and behind them those learnt on top of it; ``entries`` has what the former do for rules."""

    automaton: AhoCorasick
    entries: tuple[tuple[tuple[int, int], ...], ...]
    rules: tuple[_Rule, ...]


_KEYS = ("words", "verbs", "objects")
_WORD, _VERB, _OBJECT = range(len(_KEYS))
"""What a word does for a rule: its place in ``_KEYS``."""
_Lists = Mapping[str, Sequence[Mapping[str, Any]]]


def lexical_scores(table: str, text: str) -> dict[str, int]:
    """Return the score of each name in ``data/<table>.toml`` for ``text``; names that score nothing are left out."""
    return _evidence(_lexicon(table), text)[0]


@cache
def word_weights(table: str) -> WordWeights:
    """Return the weights of the words that were learnt on top of a word list."""
    task = learnt(table)
    return WordWeights(task["names"], task["words"])


def word_evidence(table: str, text: str) -> WordEvidence:
    """Return what the words of ``text`` say by the list ``data/<table>.toml`` and by what was learnt on top of it."""
    scores, matches = _evidence(_learnt_lexicon(table), text)
    packed = _packed_of_words(table)
    return WordEvidence(scores, sum(map(packed.__getitem__, set(map(itemgetter(0), matches)))))


def _evidence(lexicon: _Lexicon, text: str) -> tuple[dict[str, int], list[tuple[int, int, int]]]:
    """Return the scores of the rules by name, and all words that occur."""
    automaton, entries, rules = lexicon
    counts: dict[int, int] = {}
    acting: dict[int, int] = {}
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    listed = len(entries)
    for word, _, end in matches:
        if word >= listed:
            continue
        for role, rule in entries[word]:
            if role == _VERB:
                acting[rule] = end
            elif role == _WORD or (rule in acting and not _BREAK.search(text, acting.pop(rule), end)):
                counts[rule] = counts.get(rule, 0) + 1
    scores: dict[str, int] = {}
    for rule, count in counts.items():
        name, weight = rules[rule]
        scores[name] = scores.get(name, 0) + weight * min(count, _MOST)
    return scores, matches


@cache
def _packed_of_words(table: str) -> list[int]:
    """Return the packed weights of the words of a lexicon, by their numbers there."""
    packed = dict(zip(learnt(table)["words"], word_weights(table).packed, strict=True))
    return [packed.get(word, 0) for word in _words_of(read_table(table), tuple(packed))]


@cache
def _lexicon(table: str) -> _Lexicon:
    return _made(read_table(table), ())


@cache
def _learnt_lexicon(table: str) -> _Lexicon:
    return _made(read_table(table), tuple(learnt(table)["words"]))


def _made(lists: _Lists, words: Sequence[str]) -> _Lexicon:
    rules: list[_Rule] = []
    roles: dict[str, list[tuple[int, int]]] = {}
    for name, rows in lists.items():
        for row in rows:
            rule = len(rules)
            rules.append(_Rule(name, row["weight"]))
            for role, key in enumerate(_KEYS):
                for word in row.get(key, ()):
                    roles.setdefault(word, []).append((role, rule))
    every = _words_of(lists, words)
    automaton = AhoCorasick(every, implementation=Implementation.ContiguousNFA)
    return _Lexicon(automaton, tuple(tuple(roles[word]) for word in every[: len(roles)]), tuple(rules))


def _words_of(lists: _Lists, words: Sequence[str]) -> list[str]:
    """Return each word of a lexicon once: those of the lists, then those that were learnt."""
    listed = [word for rows in lists.values() for row in rows for key in _KEYS for word in row.get(key, ())]
    return list(dict.fromkeys([*listed, *words]))
