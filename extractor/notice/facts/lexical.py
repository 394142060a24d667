"""Scores by word lists, found in one pass over the text (Aho-Corasick), whatever the number of words.

A rule scores its name either for each of its words, or once a clause in which one of its objects follows one of its
verbs.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table

_BREAK = re.compile(r"[,。;:!?\n]")
_MOST = 3
"""A rule counts at most so often in a text: a word repeated ten times says no more than three of them."""


class _Rule(NamedTuple):
    name: str
    weight: int


class _Lexicon(NamedTuple):
    automaton: AhoCorasick
    entries: tuple[tuple[tuple[int, int], ...], ...]
    rules: tuple[_Rule, ...]


# What a word does for a rule.
_WORD, _VERB, _OBJECT = range(3)


@cache
def _lexicon(table: str) -> _Lexicon:
    rules: list[_Rule] = []
    roles: dict[str, list[tuple[int, int]]] = {}
    for name, rows in read_table(table).items():
        for row in rows:
            rule = len(rules)
            rules.append(_Rule(name, row["weight"]))
            for role, key in ((_WORD, "words"), (_VERB, "verbs"), (_OBJECT, "objects")):
                for word in row.get(key, ()):
                    roles.setdefault(word, []).append((role, rule))
    automaton = AhoCorasick(list(roles), implementation=Implementation.DFA)
    return _Lexicon(automaton, tuple(map(tuple, roles.values())), tuple(rules))


def lexical_scores(table: str, text: str) -> dict[str, int]:
    """Return the score of each name in ``data/<table>.toml`` for ``text``; names that score nothing are left out."""
    automaton, entries, rules = _lexicon(table)
    counts: dict[int, int] = {}
    acting: dict[int, int] = {}
    for word, _, end in automaton.find_matches_as_indexes(text, overlapping=True):
        for role, rule in entries[word]:
            if role == _VERB:
                acting[rule] = end
            elif role == _WORD or (rule in acting and not _BREAK.search(text, acting.pop(rule), end)):
                counts[rule] = counts.get(rule, 0) + 1
    scores: dict[str, int] = {}
    for rule, count in counts.items():
        name, weight = rules[rule]
        scores[name] = scores.get(name, 0) + weight * min(count, _MOST)
    return scores
