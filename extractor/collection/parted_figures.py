"""Figures of one sum that have each other in them: parts of a stated whole, and a sentence printed twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.record.contract import Span
from extractor.record.units import amount, base_unit
from extractor.text.places import sentence_start

_NO_LETTERS = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[。;!?\n]")
_SHORTEST_SENTENCE = 12
"""Letters of a sentence that is not printed twice by chance."""
COUNTED = "counted"
"""The reason of a figure that adds up."""
_TOO_LARGE = 10**15


class PlacedAmount(NamedTuple):
    """A figure as it is printed: its value, its unit and its place."""

    value: float
    unit: str
    text: Span


class SummedFigure(NamedTuple):
    """A figure of a sum: its place in the record, its value in the sum's unit, and why it is left out.

    ``reason`` is a key of the vocabulary ``sum_reason``, ``counted`` of what adds up; ``text`` is its place. ``name``
    tells it from others that count one: a document's title.
    """

    sum: str
    path: str
    value: Decimal
    unit: str
    reason: str
    text: Span
    name: str = ""


def figure_of(sum_key: str, path: str, printed: PlacedAmount, reason: str) -> SummedFigure:
    """Return a printed figure in base units; one that is too large to be true is left out as 0."""
    value, unit, text = printed
    if abs(value) < _TOO_LARGE:
        based = amount(value, unit)
        if abs(based.value) < _TOO_LARGE:
            return SummedFigure(sum_key, path, based.value, based.unit, reason, text)
    return SummedFigure(sum_key, path, Decimal(0), base_unit(unit)[1], "too_large", text)


def left_out_as_parts(figures: Sequence[SummedFigure], folded: str) -> list[SummedFigure]:
    """Return a measure's figures with those that are parts of another one of their sum left out."""
    reasons = {}
    for same in _by_sum(figures):
        for part in _parts(same, folded):
            reasons[part.path] = "part"
    return [figure._replace(reason=reasons.get(figure.path, figure.reason)) for figure in figures]


def left_out_as_repeated(figures: Sequence[SummedFigure], folded: str) -> list[SummedFigure]:
    """Return a notice's figures with those left out whose sentence, or whose document, comes for the second time."""
    seen: dict[tuple[str, str, str, Decimal], str] = {}
    told = []
    for figure in figures:
        if figure.reason == COUNTED:
            words = figure.name or _sentence(folded, figure.text)
            key = (figure.sum, figure.unit, words, figure.value)
            first = seen.setdefault(key, figure.path) if words else figure.path
            again = first != figure.path and (figure.name or _measure(first) != _measure(figure.path))
            figure = figure._replace(reason="repeated") if again else figure  # noqa: PLW2901
        told.append(figure)
    return told


def _by_sum(figures: Sequence[SummedFigure]) -> Iterator[list[SummedFigure]]:
    for key in dict.fromkeys((figure.sum, figure.unit) for figure in figures if figure.reason == COUNTED):
        yield [figure for figure in figures if (figure.sum, figure.unit) == key and figure.reason == COUNTED]


def _parts(figures: Sequence[SummedFigure], folded: str) -> Iterator[SummedFigure]:
    """Yield those of a sum's figures, in printed order, that another one has in it."""
    whole: SummedFigure | None = None
    within = Decimal(0)
    for index, figure in enumerate(figures):
        if whole and _is_part(figure, whole, within, folded):
            within += figure.value
            yield figure
            continue
        before = list(_before(figures[:index], figure, folded))
        if before and _says_altogether(folded, figure) and sum(each.value for each in before) <= figure.value:
            yield from before
        whole, within = figure, Decimal(0)
        listed = list(_listed(figures[index + 1 :], figure, folded))
        if len(listed) > 1 and sum(each.value for each in listed) == figure.value:
            yield from listed


def _is_part(figure: SummedFigure, whole: SummedFigure, within: Decimal, folded: str) -> bool:
    """Return whether a figure is a part of a whole that has parts ``within`` it already."""
    return within + figure.value <= whole.value and _is_among(folded[whole.text.end : figure.text.start])


def _is_among(between: str) -> bool:
    """Return whether the words between a whole and a figure say that it is a part: 12人,其中科级3人; 12人(科级3人."""
    opened = between.rfind("(") > between.rfind(")")
    marks = list(_words("among").finditer(between))
    if not marks:
        return opened and _SENTENCE_END.search(between) is None
    head, tail = between[: marks[-1].start()], between[marks[-1].end() :]
    goes_on = _SENTENCE_END.search(head.rstrip("。")) is None and len(head) - len(head.rstrip("。")) <= 1
    return goes_on and _SENTENCE_END.search(tail) is None and _words("besides").search(tail) is None


def _before(figures: Sequence[SummedFigure], figure: SummedFigure, folded: str) -> Iterator[SummedFigure]:
    """Yield the figures before one in its sentence."""
    start = sentence_start(folded, figure.text.start)
    yield from (each for each in figures if each.text.start >= start)


def _listed(figures: Sequence[SummedFigure], whole: SummedFigure, folded: str) -> Iterator[SummedFigure]:
    """Yield the figures that a colon behind a whole lists, in its sentence."""
    for each in figures:
        between = folded[whole.text.end : each.text.start]
        if ":" in between[:12] and _SENTENCE_END.search(between) is None:
            yield each


def _says_altogether(folded: str, figure: SummedFigure) -> bool:
    before = folded[max(0, figure.text.start - 12) : figure.text.start]
    return _words("altogether", "{}[^,。;:0-9]{0,6}$").search(before) is not None


@cache
def _words(name: str, form: str = "{}") -> re.Pattern[str]:
    return re.compile(form.replace("{}", f"(?:{'|'.join(read_table('sums')['parts'][name])})", 1))


def _sentence(folded: str, text: Span) -> str:
    """Return the letters of the sentence around a figure; empty where they are few."""
    start, end = sentence_start(folded, text.start), _SENTENCE_END.search(folded, text.end)
    letters = _NO_LETTERS.sub("", folded[start : end.start() if end else len(folded)])
    return letters if len(letters) >= _SHORTEST_SENTENCE else ""


def _measure(path: str) -> str:
    return path.rpartition(".")[0]
