"""Evidence of words, found in one pass over the text (Aho-Corasick), whatever the number of words.

A rule of a word list scores its name either for each of its words, or once a clause in which one of its objects follows
one of its verbs. Learnt words weigh for several names each, once a text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache, partial
from typing import Any, NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from extractor.data import read_table
from extractor.notice.facts.learnt import WordWeights, learnt

_BREAKS = ",。;:!?\n"
"""What parts clauses. These are found as words are: in one pass, in printed order."""
_LINE_END = "\n"
"""What parts texts that are gone over together."""
_QUICKLY_MADE = Implementation.ContiguousNFA
"""As fast as the other kinds on a sentence, and made in a third of the time."""
_MOST = 3
"""A rule counts at most so often in a text: a word repeated ten times says no more than three of them."""


class WordEvidence(NamedTuple):
    """The evidence of a text's words: the scores of the word lists by name, and the packed weights of learnt words."""

    scores: dict[str, int]
    packed: int


_evidence = partial(tuple.__new__, WordEvidence)


class _Rule(NamedTuple):
    name: str
    weight: int


class _Roles(NamedTuple):
    """The roles of a word for the rules of a list, a bit a rule: it counts, acts up to a clause's end, or is acted on.

    ``keeps`` has the bits of the rules whose verbs go on acting behind it: none behind what parts clauses.
    """

    keeps: int
    verbs: int
    objects: int
    counts: int


class _Lexicon(NamedTuple):
    """The words of a list, those learnt on top of it, and breaks; ``roles`` has what the first and last do.

    The roles of a word are those of ``_Roles`` in its order, as a plain tuple: it is taken apart several times faster.
    """

    automaton: AhoCorasick
    roles: Mapping[str, tuple[int, ...]]
    rules: tuple[_Rule, ...]


_EVERY = -1
_NOTHING = _Roles(_EVERY, 0, 0, 0)
_PARTS = _Roles(0, 0, 0, 0)
_KEYS = {"words": "counts", "verbs": "verbs", "objects": "objects"}
"""What the words of a row's list do."""
_Lists = Mapping[str, Sequence[Mapping[str, Any]]]


def lexical_scores(table: str, text: str) -> dict[str, int]:
    """Return the score of each name in ``data/<table>.toml`` for ``text``; names that score nothing are left out."""
    lexicon = _lexicon(table)
    return _scores(lexicon, _words_in(lexicon, text))


@cache
def word_weights(table: str) -> WordWeights:
    """Return the weights of the words that were learnt on top of a word list."""
    task = learnt(table)
    return WordWeights(task["names"], len(task["decided"]), task["words"])


def word_evidence(table: str, text: str) -> WordEvidence:
    """Return what the words of ``text`` say by the list ``data/<table>.toml`` and by what was learnt on top of it."""
    lexicon = _learnt_lexicon(table)
    words = _words_in(lexicon, text)
    return WordEvidence(_scores(lexicon, words), sum(map(_packed_words(table).__getitem__, {*words})))


def evidence_of_each(table: str, texts: Sequence[str]) -> list[WordEvidence]:
    """Return what ``word_evidence`` does of each of ``texts``, which hold no line end; one pass goes over all."""
    lexicon, weight = _learnt_lexicon(table), _packed_words(table).__getitem__
    words = _words_in(lexicon, _LINE_END.join([*texts, ""]))
    of_each: list[list[str]] = []
    start = 0
    for _ in texts:
        end = words.index(_LINE_END, start)
        of_each.append(words[start:end])
        start = end + 1
    scores = [_scores(lexicon, own) for own in of_each]
    return list(map(_evidence, zip(scores, [sum(map(weight, {*own})) for own in of_each], strict=True)))


def _words_in(lexicon: _Lexicon, text: str) -> list[str]:
    """Return all words of a lexicon that occur in a text, in printed order."""
    found: list[str] = lexicon.automaton.find_matches_as_strings(text, overlapping=True)  # indexes take twice as long
    return found


def _scores(lexicon: _Lexicon, words: Sequence[str]) -> dict[str, int]:
    """Return the scores of the rules by name."""
    _, roles, rules = lexicon
    acting = 0
    hits: list[int] = []
    for keeps, verbs, objects, counts in filter(None, map(roles.get, words)):
        acting = acting & keeps | verbs
        if hit := objects & acting | counts:
            hits.append(hit)
            acting &= ~objects
    scores: dict[str, int] = {}
    if len(hits) <= _MOST:  # as in most sentences: no rule counts too often
        for hit in hits:
            for rule in _bits(hit):
                name, weight = rules[rule]
                scores[name] = scores.get(name, 0) + weight
        return scores
    counted: dict[int, int] = {}
    for hit in hits:
        for rule in _bits(hit):
            counted[rule] = counted.get(rule, 0) + 1
    for rule, count in counted.items():
        name, weight = rules[rule]
        scores[name] = scores.get(name, 0) + weight * (count if count < _MOST else _MOST)
    return scores


@lru_cache(4096)
def _bits(mask: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set."""
    return tuple(number for number in range(mask.bit_length()) if mask >> number & 1)


@cache
def _packed_words(table: str) -> dict[str, int]:
    """Return the packed weights of all words of the learnt lexicon: of those that were not learnt, nothing."""
    learnt_words = zip(learnt(table)["words"], word_weights(table).packed, strict=True)
    return dict.fromkeys(_learnt_lexicon(table).roles, 0) | dict(learnt_words)


@cache
def _lexicon(table: str) -> _Lexicon:
    return _made(read_table(table), ())


@cache
def _learnt_lexicon(table: str) -> _Lexicon:
    return _made(read_table(table), tuple(learnt(table)["words"]))


def _made(lists: _Lists, words: Sequence[str]) -> _Lexicon:
    rules: list[_Rule] = []
    roles: dict[str, _Roles] = {}
    for name, rows in lists.items():
        for row in rows:
            bit = 1 << len(rules)
            rules.append(_Rule(name, row["weight"]))
            for key, role in _KEYS.items():
                for word in row.get(key, ()):
                    known = roles.get(word, _NOTHING)
                    roles[word] = known._replace(**{role: getattr(known, role) | bit})
    roles |= dict.fromkeys(_BREAKS, _PARTS)
    automaton = AhoCorasick([*dict.fromkeys([*roles, *words])], store_patterns=True, implementation=_QUICKLY_MADE)
    return _Lexicon(automaton, {word: tuple(each) for word, each in roles.items()}, tuple(rules))
