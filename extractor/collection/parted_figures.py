"""Figures of one sum that have each other in them: parts of a stated whole, and a sentence printed twice."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import cache
from itertools import accumulate
from typing import NamedTuple

from extractor.data import read_table
from extractor.record.contract import Span
from extractor.record.units import amount, base_unit
from extractor.text.places import sentence_end, sentence_start

_NO_LETTERS = re.compile(r"[\W_]+")
_SENTENCE_END = re.compile(r"[。;!?\n]")
_SHORTEST_SENTENCE = 12
"""Letters of a sentence that is not printed twice by chance."""
COUNTED = "counted"
"""The reason of a figure that adds up."""
_TOO_LARGE = 10**15
_REACH_OF_COLON = 12
"""Code points behind a whole in which the colon of its list begins."""


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
    parts = {same[at].path for same in _by_sum(figures) for at in _held_by(_parts(same, folded), len(same))}
    return [figure._replace(reason="part") if figure.path in parts else figure for figure in figures]


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
    """Yield the figures that count, apart by sum and unit, each in the order of the text."""
    by_sum: defaultdict[tuple[str, str], list[SummedFigure]] = defaultdict(list)
    for figure in figures:
        if figure.reason == COUNTED:
            by_sum[figure.sum, figure.unit].append(figure)
    yield from (sorted(same, key=lambda figure: figure.text.start) for same in by_sum.values())


def _parts(figures: Sequence[SummedFigure], folded: str) -> Iterator[range]:
    """Yield which of a sum's figures, in printed order, another one has in it."""
    starts = [figure.text.start for figure in figures]
    upto = list(accumulate((figure.value for figure in figures), initial=Decimal(0)))
    whole: SummedFigure | None = None
    within = Decimal(0)
    for index, figure in enumerate(figures):
        if whole and _is_part(figure, whole, within, folded):
            within += figure.value
            yield range(index, index + 1)
            continue
        if _says_altogether(folded, figure):
            begin = bisect_left(starts, sentence_start(folded, figure.text.start), 0, index)
            if upto[index] - upto[begin] <= figure.value:
                yield range(begin, index)
        whole, within = figure, Decimal(0)
        listed = _listed(starts, index, figure, folded)
        if len(listed) > 1 and upto[listed.stop] - upto[listed.start] == figure.value:
            yield listed


def _held_by(parts: Iterable[range], many: int) -> Iterator[int]:
    """Yield the numbers below ``many`` that any of the parts has, each once."""
    opened = [0] * (many + 1)
    for part in parts:
        opened[part.start] += 1
        opened[part.stop] -= 1
    yield from (at for at, depth in enumerate(accumulate(opened)) if depth > 0)


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


def _listed(starts: Sequence[int], index: int, whole: SummedFigure, folded: str) -> range:
    """Return the figures, by where they start, that a colon behind a whole lists in its sentence."""
    colon = folded.find(":", whole.text.end, whole.text.end + _REACH_OF_COLON)
    if colon < 0:
        return range(0)
    first = bisect_right(starts, colon, index + 1)
    return range(first, bisect_right(starts, sentence_end(folded, whole.text.end), first))


def _says_altogether(folded: str, figure: SummedFigure) -> bool:
    before = folded[max(0, figure.text.start - 12) : figure.text.start]
    return _words("altogether", "{}[^,。;:0-9]{0,6}$").search(before) is not None


@cache
def _words(name: str, form: str = "{}") -> re.Pattern[str]:
    return re.compile(form.replace("{}", f"(?:{'|'.join(read_table('sums')['parts'][name])})", 1))


def _sentence(folded: str, text: Span) -> str:
    """Return the letters of the sentence around a figure; empty where they are few."""
    sentence = folded[sentence_start(folded, text.start) : sentence_end(folded, text.end)]
    letters = _NO_LETTERS.sub("", sentence)
    return letters if len(letters) >= _SHORTEST_SENTENCE else ""


def _measure(path: str) -> str:
    return path.rpartition(".")[0]
