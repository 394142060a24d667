"""Evidence of words, found in one pass over the text (Aho-Corasick), whatever the number of words.

A rule of a word list scores its name either for each of its words, or once a clause in which one of its objects follows
one of its verbs. Learnt words weigh for several names each, once a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.notice.facts.learnt import WordWeights, learnt

_BREAKS = ",。;:!?\n"
"""What parts clauses. These are found as words are: in one pass, in printed order."""
_QUICKLY_MADE = Implementation.ContiguousNFA
"""As fast as the other kinds on a sentence, and made in a third of the time."""
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
    """The words of a list, those learnt on top of it, and breaks; ``entries`` has what the first and last do."""

    automaton: AhoCorasick
    entries: Mapping[str, Sequence[tuple[int, int]]]
    rules: tuple[_Rule, ...]


_KEYS = ("words", "verbs", "objects")
_WORD, _VERB, _OBJECT, _BREAK = range(len(_KEYS) + 1)
"""What a word does for a rule: its place in ``_KEYS``; a break does the same for all rules."""
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
    scores, words = _evidence(_learnt_lexicon(table), text)
    packed = _packed_words(table)
    return WordEvidence(scores, sum(map(packed.__getitem__, packed.keys() & words)))


def _evidence(lexicon: _Lexicon, text: str) -> tuple[dict[str, int], list[str]]:
    """Return the scores of the rules by name, and all words that occur."""
    automaton, entries, rules = lexicon
    counts: dict[int, int] = {}
    acting: set[int] = set()
    words: list[str] = automaton.find_matches_as_strings(text, overlapping=True)  # as indexes they take twice as long
    for roles in filter(None, map(entries.get, words)):
        for role, rule in roles:
            if role == _VERB:
                acting.add(rule)
            elif role == _BREAK:
                acting.clear()
            elif role == _WORD or rule in acting:
                counts[rule] = counts.get(rule, 0) + 1
                if role == _OBJECT:
                    acting.remove(rule)
    scores: dict[str, int] = {}
    for rule, count in counts.items():
        name, weight = rules[rule]
        scores[name] = scores.get(name, 0) + weight * min(count, _MOST)
    return scores, words


@cache
def _packed_words(table: str) -> dict[str, int]:
    """Return the packed weights of the learnt words."""
    return dict(zip(learnt(table)["words"], word_weights(table).packed, strict=True))


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
    roles |= {mark: [(_BREAK, 0)] for mark in _BREAKS}
    automaton = AhoCorasick([*dict.fromkeys([*roles, *words])], store_patterns=True, implementation=_QUICKLY_MADE)
    return _Lexicon(automaton, roles, tuple(rules))
