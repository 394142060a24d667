"""Money in a measure: what was got back, what was given back to others, and what is neither."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from extractor.collection.parted_figures import COUNTED, PlacedAmount, SummedFigure, figure_of
from extractor.data import read_table
from extractor.record.contract import Measure, Quantity
from extractor.record.units import base_unit
from extractor.text.places import sentence_end, sentence_start

YUAN = "元"
_CLAUSE_END = re.compile(r"[,。;:!?\n]")
_NEXT_CLAUSE = re.compile(r",[^,。;:!?\n]*")
_DIGIT = re.compile("[0-9]")
_REACH = 40


class _Context(NamedTuple):
    """The words around a figure: its clause up to it, the clause before, what follows in its clause, and the next."""

    before: str
    clause_before: str
    behind: str
    clause_behind: str


def money_figures(measure: Measure, path: str, folded: str) -> Iterator[SummedFigure]:
    """Yield a measure's figures in yuan that say, or look as if they said, what money was got or given back."""
    for k, quantity in enumerate(measure.quantities):
        if base_unit(quantity.unit)[1] != YUAN or not (
            "recovery" in measure.types or _tells_of_recovery(quantity, folded)
        ):
            continue
        key, reason = _kind(_context(measure, quantity, folded))
        if reason == COUNTED and measure.status == "planned":
            reason = "planned"
        printed = PlacedAmount(quantity.value, quantity.unit, quantity.text)
        yield figure_of(key, f"{path}.quantities[{k}]", printed, reason)


def _tells_of_recovery(quantity: Quantity, folded: str) -> bool:
    start = sentence_start(folded, quantity.text.start)
    return _verbs().search(folded, start, sentence_end(folded, quantity.text.end)) is not None


def _context(measure: Measure, quantity: Quantity, folded: str) -> _Context:
    begin, at, end = measure.text.start, quantity.text.start, quantity.text.end
    clause = max(begin, *(folded.rfind(mark, begin, at) + 1 for mark in ",。;:\n"))
    earlier = max(begin, *(folded.rfind(mark, begin, max(begin, clause - 1)) + 1 for mark in ",。;:\n"))
    clause_before = folded[earlier : clause - 1] if clause > begin and folded[clause - 1] in ",:" else ""
    behind = folded[end : min(end + _REACH, measure.text.end)]
    own, *_ = _CLAUSE_END.split(behind, maxsplit=1)
    following = _NEXT_CLAUSE.match(behind, len(own))
    return _Context(folded[clause:at], clause_before, own, following.group() if following else "")


def _kind(context: _Context) -> tuple[str, str]:
    """Return the sum that a figure belongs to, and the reason where it is left out."""
    before, behind = context.before, context.behind
    if _any("threshold_before", "{}$").search(before) or _any("threshold_behind").match(behind):
        return "money_recovered", "threshold"
    if verb := _last(_verbs(), before):
        key, reason = _of_verb(verb, before[: verb.start()], before[verb.end() :])
        return key, "other_money" if _is_of_others(before[verb.end() :]) else reason
    if (verb := _verbs().search(behind)) and _DIGIT.search(behind) is None:
        return _of_verb(verb, before + behind[: verb.start()], before)
    if (verb := _last(_verbs(), context.clause_before)) and _any("only_a_sum", "^{}*$").match(before):
        return _of_verb(verb, context.clause_before[: verb.start()], context.clause_before[verb.end() :])
    verb = _verbs().search(context.clause_behind)
    if verb and _is_got_back(context.clause_behind, verb):
        return _of_verb(verb, "", before)
    return "money_recovered", "in_question" if _any("in_question").search(before) else "other_money"


def _is_got_back(clause: str, verb: re.Match[str]) -> bool:
    """Return whether a clause says of the figure before it that all of it was got back: 已全部清退."""
    return _DIGIT.search(clause) is None and _any("got_back_behind", "^,?{}$").match(clause[: verb.start()]) is not None


def _of_verb(verb: re.Match[str], words_before: str, object_words: str) -> tuple[str, str]:
    is_not_done = _not_done().search(words_before + verb.group())
    return _way(verb.group(), words_before, object_words), "planned" if is_not_done else COUNTED


def _is_of_others(object_words: str) -> bool:
    """Return whether something else was done behind a word of recovery: 追缴后投入5万元, not 追缴违规支付的5万元."""
    other = _any("others").search(object_words)
    if other is None:
        return False
    before, behind = object_words[: other.start()], object_words[other.end() :]
    return not (_any("wrong_others").search(before) or "的" in behind)


def _way(verb: str, words_before: str, object_words: str) -> str:
    """Return whether money came to the public purse, or went to others."""
    table = read_table("sums")["money"]
    if verb in table["recovered"]:
        return "money_recovered"
    if _any("to_the_purse").search(object_words):
        return "money_recovered"
    if _any("to_others").search(words_before + object_words):
        return "money_returned"
    return "money_recovered" if verb in table["mostly_to_the_purse"] else "money_returned"


def _last(words: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(words.finditer(text), maxlen=1)), None)


@cache
def _verbs() -> re.Pattern[str]:
    table = read_table("sums")["money"]
    return re.compile("|".join([*table["recovered"], *table["given_back"]]))


@cache
def _not_done() -> re.Pattern[str]:
    table = read_table("sums")["money"]
    words, reach = "|".join(table["not_done"]), table["not_done_reach"]
    return re.compile(f"(?:{words})[^,。;]{{0,{reach}}}(?:{_verbs().pattern})$")


@cache
def _any(name: str, form: str = "{}") -> re.Pattern[str]:
    return re.compile(form.replace("{}", f"(?:{'|'.join(read_table('sums')['money'][name])})", 1))
