"""The values that are judged, not quoted: a measure's heading, types and status, an issue's category and status."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from itertools import chain, islice
from math import log
from operator import add
from typing import NamedTuple

from extractor.data import read_table
from extractor.notice.facts.learnt import Calibration, WordWeights, calibration, lane, learnt
from extractor.notice.facts.lexical import WordEvidence, evidence_of_each, word_evidence, word_weights
from extractor.record.enumerations import VOCABULARIES
from extractor.text.places import Place

_AIM_WITHIN = 12
"""Code points at the beginning of a clause in which its aim is looked for."""

_HEADING = re.compile(r"[^。;:!?\n]{2,30}。(?=\S)")
_SENTENCE_END = re.compile(r"[。;!?\n]")
CLEAR_LEAD = 2
"""A lead of a category in the list's score of a title from which on the list decides,"""
OVERRULED = 1.5
"""unless another one is ahead by more than so many units of log-odds by all words of the finding."""
_SCALE = 64
"""Whole numbers a unit of log-odds."""
_MOST_TYPES = 3
MOST_LISTED = 6
"""What a word list's score of a sentence or a title counts at most."""
_OTHER = "other"
_TYPE_NUMBERS = {name: number for number, name in enumerate(VOCABULARIES["measure_type"])}
_CATEGORY_NUMBERS = {name: number for number, name in enumerate(VOCABULARIES["category"])}
_SHORT_TOPIC = 12
"""A topic of up to this many code points without a comma needs no word that marks it as an aim."""


def heading_end(text: str, start: int, end: int) -> int:
    """Return where the topic clause of a measure ends (its 。 excluded), or ``start`` where it has none.

    A topic names an aim or a field; a clause that reports facts (figures, 《》, 已…) is none.
    """
    match = _HEADING.match(text, start, end)
    if match is None:
        return start
    stop = match.end() - 1
    clause = text[start:stop]
    if _pattern("heading", "facts").search(clause) or _pattern("heading", "acts").match(clause):
        return start
    short = len(clause) <= _SHORT_TOPIC and "," not in clause
    return stop if short or _pattern("heading", "aims").search(clause, 0, _AIM_WITHIN) else start


class JudgedTypes(NamedTuple):
    """The types of a measure, the weightiest first, and the share of such types that are right."""

    types: list[str]
    confidence: float


class Judged(NamedTuple):
    """A judgement and how sure it is: the share of such judgements that are right."""

    value: str
    confidence: float


class _Deciding(NamedTuple):
    """The numbers that turn words into a decision: biases, weights of the lists' scores, and how sure a margin is."""

    names: list[str]
    bias: list[int]
    listed: list[int]
    confidence: Calibration


@cache
def _deciding(table: str) -> _Deciding:
    task = learnt(table)
    names = task["decided"]
    return _Deciding(names, task["bias"][: len(names)], task["listed"], calibration(table))


class MeasureWords(NamedTuple):
    """The words of a measure as evidence: about its types, by sentence, and about its finding's category."""

    sentences: list[WordEvidence]
    packed: int


def sentences_of(text: str) -> list[str]:
    """Return the sentences of a measure that say anything, without line ends; its text where none does."""
    # Several times faster than to split by a pattern.
    alike = text.replace("。", "\n").replace(";", "\n").replace("!", "\n").replace("?", "\n")
    return [sentence for sentence in alike.split("\n") if len(sentence) > 1] or [text.replace("\n", "。")]


def measure_words(text: str) -> MeasureWords:
    """Return what the words of a measure say about its types and about its finding's category."""
    (words,) = words_of_measures([text])
    return words


def words_of_measures(texts: Sequence[str]) -> list[MeasureWords]:
    """Return what the words of measures say about their types and about their findings' categories."""
    sentences = list(map(sentences_of, texts))
    found = iter(evidence_of_each("measure_types", list(chain.from_iterable(sentences))))
    words = [list(islice(found, len(each))) for each in sentences]
    return [MeasureWords(each, sum([packed for _, packed in each])) for each in words]


def judged_types(words: MeasureWords) -> JudgedTypes:
    """Return one to three kinds of action, the weightiest first; ``other`` where no word says any.

    A type is as sure as the sentence that says it best.
    """
    names, _, _, confidence = _deciding("measure_types")
    scores = _type_scores(words.sentences)
    off = _off_for(len(words.sentences))
    least = learnt("measure_types")["least"] + off
    said = [number for number, score in enumerate(scores) if score >= least]
    best = sorted(said, key=scores.__getitem__, reverse=True)[:_MOST_TYPES]
    if not best:
        told = words.packed or words.sentences[0].scores
        best = [scores.index(max(scores)) if told else _TYPE_NUMBERS[_OTHER]]
    shares = [confidence(scores[number] - off) for number in best]
    return JudgedTypes([names[number] for number in best], round(sum(shares) / len(shares), 2))


def _type_scores(sentences: Sequence[WordEvidence]) -> list[int]:
    """Return the score of each type by the words of the sentence that says it best."""
    listed = _packed_listed()
    totals = []
    for found, packed in sentences:
        total = packed
        for name, score in found.items():
            total += listed[name] * (score if score < MOST_LISTED else MOST_LISTED)
        totals.append(total)
    maxima = word_weights("measure_types").first_maxima(totals)
    return list(map(add, maxima, _deciding("measure_types").bias))


@cache
def _packed_listed() -> dict[str, int]:
    """Return what a score of a word list adds to the packed weights of its words, by the type's name."""
    return {name: lane(_deciding("measure_types").listed[number], number) for name, number in _TYPE_NUMBERS.items()}


@cache
def _off_for(sentences: int) -> int:
    """Return what a measure's scores lose by its number of sentences: the best of many is high by chance."""
    per_length: int = learnt("measure_types")["per_length"]
    return round(per_length * log(sentences))


def measure_types(text: str) -> list[str]:
    """Return one to three kinds of action, the weightiest first."""
    return judged_types(measure_words(text)).types


def measure_status(text: str) -> str:
    """Return the status that a measure's words state.

    ``in_progress`` where some part is printed as running, or work that is done comes with a next step; ``planned``
    where every sentence speaks of what is ahead, or goes on with that; else ``completed``.
    """
    if _is_running(text):
        return "in_progress"
    if not _status_pattern("ahead").search(text):
        return "completed"
    if not _pattern("measure_status", "planning").search(text):
        text = _pattern("measure_status", "not_ahead").sub("", text)
    if not _status_pattern("ahead").search(text):
        return "completed"
    sentences = [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]
    first, others = sentences[0], sentences[1:]
    told = _pattern("measure_status", "told")
    ahead = _only_ahead(first) and all(_only_ahead(other) or not told.search(other) for other in others)
    return "planned" if ahead else "in_progress"


def _is_running(text: str) -> bool:
    """Say whether some part is printed as running; what only names what is not finished says nothing."""
    running = _status_pattern("running")
    if running.search(text) is None:
        return False
    return running.search(_pattern("measure_status", "not_running").sub("", text)) is not None


@cache
def _status_pattern(name: str) -> re.Pattern[str]:
    """Compile the words for what is ``running`` or ``ahead``: those that a model is shown, and further ones."""
    table = read_table("judgement")["measure_status"]
    return re.compile("|".join([*table[name], *table[f"{name}_too"]]), re.MULTILINE)


def _only_ahead(sentence: str) -> bool:
    """Say whether a sentence speaks of what is ahead, and tells of nothing done before it does."""
    first = _status_pattern("ahead").search(sentence)
    if first is None:
        return False
    told = sentence[: first.start()].rpartition(",")[0]
    return not _pattern("measure_status", "done").search(told)


def _states(name: str, text: str) -> bool:
    """Say whether a text says that an issue is ``completed`` or ``in_progress``: words, or a state with nothing else.

    Behind 整改时限: a state (长期坚持) says until when, and no state.
    """
    if _status_words(name).search(text):
        return True
    words, form = _stated(name)
    places = (found.start() for found in form.finditer(text))
    return any(
        text.startswith(word, at) and _closes_a_state(text, at + len(word))
        for at in places
        if _opens_a_state(text, at)
        for word in words
    )


def _opens_a_state(text: str, at: int) -> bool:
    """Say whether nothing but the name of a field, or 目前, is before a state on its line."""
    if text.endswith("目前", 0, at):
        return at < _NOW or text[at - _NOW] == "\n"
    return not at or (text[at - 1] in _BEFORE_STATE and not (text[at - 1] in ":】" and text[at - 2 : at - 1] in _UNTIL))


def _closes_a_state(text: str, at: int) -> bool:
    return at == len(text) or text[at] in _BEHIND_STATE


_NOW = len("\n目前")
_BEFORE_STATE, _BEHIND_STATE = frozenset("\n:】(【"), frozenset("\n。;,)】")
_UNTIL = frozenset("限间")
"""What the names of fields end with that say until when."""


@cache
def _stated(name: str) -> tuple[list[str], re.Pattern[str]]:
    """Return the states that are all that is said in their place, and a pattern of them."""
    words: list[str] = read_table("judgement")["issue_status"][f"{name}_stated"]
    return words, re.compile("|".join(words))


@cache
def _status_words(name: str) -> re.Pattern[str]:
    """Compile the words that say that an issue is ``completed`` or ``in_progress``, and states in brackets."""
    table = read_table("judgement")["issue_status"]
    states = "|".join(table[f"{name}_alone"])
    # One alternative a bracket: the engine skims for the alternatives' first letters where each starts with one.
    alone = [rf"{re.escape(bracket)}(?<![^\n].)(?:{states})[)\]】]" for bracket in "([【"]
    return re.compile("|".join([*alone, *table[f"{name}_words"]]))


@cache
def _pattern(section: str, name: str) -> re.Pattern[str]:
    # Joined without a group around them: the engine then skims for the alternatives' first letters.
    return re.compile("|".join(read_table("judgement")[section][name]), re.MULTILINE)


def judged_category(title: str, measures: Sequence[MeasureWords]) -> Judged:
    """Return what a finding is about, by the words of its title and of its measures."""
    task, confidence = learnt("categories"), calibration("categories")
    words, listed = word_evidence("categories", title), _packed_lists()
    packed = words.packed
    for name, score in words.scores.items():
        packed += listed[name] * min(score, MOST_LISTED)
    scores = list(map(add, word_weights("categories").sums(packed), task["bias"]))
    if measures:
        totals = word_weights("measure_types").sums(sum([each.packed for each in measures]))[len(_TYPE_NUMBERS) :]
        scores = [score + total // len(measures) for score, total in zip(scores, totals, strict=True)]
    ranked = sorted(words.scores.items(), key=lambda each: -each[1])
    lead = ranked[0][1] - (ranked[1][1] if len(ranked) > 1 else 0) if ranked else 0
    first = _decided(scores, _CATEGORY_NUMBERS[ranked[0][0]] if lead >= CLEAR_LEAD else None)
    second = max(*scores[:first], *scores[first + 1 :])
    told = words.packed or words.scores or any(each.packed for each in measures)
    return Judged(task["decided"][first] if told else _OTHER, confidence(scores[first] - second))


@cache
def _packed_lists() -> dict[str, int]:
    """Return what each unit of a title's score by the list of a category says of all categories, packed."""
    names = learnt("categories")["decided"]
    rows = dict(zip(names, learnt("categories")["listed"], strict=True))
    return dict(zip(names, WordWeights(names, len(names), rows).packed, strict=True))


def _decided(scores: list[int], listed: int | None) -> int:
    """Return the number of the best category; what a title's list names clearly gives way only to a far better one."""
    best = scores.index(max(scores))
    return best if listed is None or scores[best] - scores[listed] > OVERRULED * _SCALE else listed


def issue_category(title: str, measures: str) -> str:
    """Return what a finding is about: by its title and the text of its measures."""
    return judged_category(title, [measure_words(measures)] if measures else []).value


def issue_status(section: list[str], measures: str) -> str:
    """Return an issue's status by its group heading, else by words about the problem itself.

    Finished measures alone complete nothing.
    """
    if not (section or measures):
        return "unspecified"
    headings = " ".join(section)
    bare = _bare_state(measures)
    if bare and (not section or _pattern("issue_status", "class_section").search(headings)):
        return bare
    if _pattern("issue_status", "in_progress_section").search(headings):
        return "in_progress"
    if _pattern("issue_status", "completed_section").search(headings):
        return "completed"
    if _states("in_progress", measures):
        return "in_progress"
    if _states("completed", measures):
        return "completed"
    return bare or "unspecified"


def _bare_state(measures: str) -> str:
    """Return the status that the last sentence of an answer says and nothing else (已整改到位。); empty for none.

    Where other measures end so, too, each speaks of itself.
    """
    others, _, last = measures.rpartition("\n")
    words = _last_words(last)
    for name in ("completed", "in_progress") if words else ():
        bare = _bare(name).fullmatch
        if bare(words) and not any(bare(_last_words(line)) for line in others.split("\n")):
            return name
    return ""


def _last_words(line: str) -> str:
    """Return the last words of a line, empty where they are all of it, or longer than a bare state."""
    words = line.rstrip(_ENDS)[-1 - _LONGEST_BARE :]
    return words[max(map(words.rfind, _ENDS)) + 1 :] if not _PARTED.isdisjoint(words) else ""


_ENDS = "。;! "
_PARTED = frozenset(_ENDS)
_LONGEST_BARE = 16


@cache
def _bare(name: str) -> re.Pattern[str]:
    states = "|".join(read_table("judgement")["issue_status"][f"{name}_bare"])
    return re.compile(rf"(?:目前|现|当前)?,?(?:{states})")


def place_of_heading(text: str, measure: Place) -> Place | None:
    """Return the place of a measure's heading, if it has one."""
    end = heading_end(text, measure.start, measure.end)
    return Place(measure.start, end) if end > measure.start else None
