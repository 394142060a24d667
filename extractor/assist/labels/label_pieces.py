"""The pieces of a pack: issues and measures, and the candidates inside them, each with the number a model points to.

A mark is a letter and a number: ``i`` issues and ``m`` measures, counted through a pack; inside each measure ``q``
figures, ``p`` figures that may count persons or cases held to account (one series with ``q``), ``f`` documents, ``o``
organisations. Marks stand before what they number; names of organisations are enclosed, since nothing else tells where
they end. ``[s]`` stands before words that may say that a measure goes on or is yet to come, ``[S]`` before words about
an issue's state. Dates have no mark: nothing is asked about them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from extractor.assist.packs.display import Enclosure, Pin, with_marks
from extractor.assist.packs.material import place_of
from extractor.data import read_table
from extractor.record.contract import Issue, Measure, Notice, Span
from extractor.text.folding import half_width
from extractor.text.places import Place

Kind = Literal["q", "f", "o"]


class Candidate(NamedTuple):
    """A value that the rules found: its number in the measure and its position in the measure's list of its kind.

    The position is None for digits that the rules could not read.
    """

    kind: Kind
    number: int
    position: int | None
    place: Place


class IssuePiece(NamedTuple):
    """An issue: its number in the pack and its index in the notice; ``marked``: words about its state are marked."""

    number: int
    issue: int
    marked: bool


class MeasurePiece(NamedTuple):
    """A measure: its number in the pack, its issue and its index there, its place and its candidates.

    ``heading`` is the place of its possible heading; ``marked``: words about its state are marked.
    """

    number: int
    issue: int
    measure: int
    text: Place
    heading: Place | None
    marked: bool
    candidates: tuple[Candidate, ...]

    def of_kind(self, kind: str) -> dict[int, int]:
        """Return the position in the record by number for each candidate of a kind that was read."""
        return {
            each.number: each.position for each in self.candidates if each.kind == kind and each.position is not None
        }

    def numbers(self, kind: str) -> list[int]:
        """Return the numbers of all candidates of a kind."""
        return [each.number for each in self.candidates if each.kind == kind]

    @property
    def unread(self) -> dict[int, Place]:
        """The places by number of digits that the rules could not read."""
        return {each.number: each.place for each in self.candidates if each.position is None}


class IssueSlice(NamedTuple):
    """The measures ``first`` up to ``last`` (exclusive) of an issue.

    Its own labels are asked with the first, unless it is not to be asked about itself (``with_issue``).
    """

    issue: int
    first: int
    last: int
    with_issue: bool = True


class PieceNumbers:
    """A source of the numbers of one pack, with a series for each kind of mark."""

    def __init__(self) -> None:
        self._latest: dict[str, int] = {}

    def next(self, kind: str) -> int:
        """Return the next number of a kind, from 1."""
        self._latest[kind] = self._latest.get(kind, 0) + 1
        return self._latest[kind]


class IssueLines(NamedTuple):
    """The lines that show an issue or a part of one. ``issue`` is None where only measures are asked about."""

    section: list[str]
    issue: IssuePiece | None
    measures: list[MeasurePiece]
    lines: list[str]


_CANDIDATE_HEADING = re.compile(r"[^。;:!?\n]{2,30}。(?=\S)")
_STATE = "[S]"
_LETTERS = re.compile(r"[^\W_]")
_BETWEEN_LENGTH = 2
"""Fewer letters than this between two measures are an enumerator or a mark, not words of their own."""


def issue_lines(text: str, notice: Notice, part: IssueSlice, numbers: PieceNumbers) -> IssueLines:
    """Number and show the measures of ``part`` below their issue's heading."""
    issue = notice.issues[part.issue]
    starts = [_label_start(measure) for measure in issue.measures]
    head = Place(issue.text.start, starts[0] if starts else issue.text.end)
    lines: list[str] = []
    states = _state_pins(text[issue.text.start : issue.text.end], issue.text.start)
    section = _section_words(text, issue)
    piece = None
    if part.first == 0 and part.with_issue:
        piece = IssuePiece(numbers.next("i"), part.issue, bool(states) or any(_STATE in words for words in section))
        lines.append(f"[i{piece.number}] " + with_marks(text, head, (), _within(states, head)).strip())
    else:
        lines.append("[+] " + with_marks(text, head, ()).strip())
    measures = []
    position = head.end
    for index in range(part.first, part.last):
        measure = issue.measures[index]
        if index > part.first:
            between = Place(position, starts[index])
            if len(_LETTERS.findall(text[between.start : between.end])) >= _BETWEEN_LENGTH:
                lines.append("[-] " + with_marks(text, between, (), _within(states, between)).strip())
        shown = _measure_piece(text, notice, (part.issue, index), numbers)
        measures.append(shown.piece)
        place = Place(starts[index], measure.text.end)
        pins = [*shown.pins, *_within(states, place)]
        lines.append(f"[m{shown.piece.number}] " + with_marks(text, place, shown.enclosed, pins).strip())
        position = measure.text.end
    return IssueLines(section, piece, measures, lines)


def heading_candidate(text: str, measure: Span) -> Place | None:
    """Return the first clause of a measure where it ends with 。 and is short enough to be a heading."""
    match = _CANDIDATE_HEADING.match(half_width(text[measure.start : measure.end]))
    return Place(measure.start, measure.start + match.end() - 1) if match else None


class _MeasureShown(NamedTuple):
    piece: MeasurePiece
    enclosed: list[Enclosure]
    pins: list[Pin]


def _measure_piece(text: str, notice: Notice, where: tuple[int, int], numbers: PieceNumbers) -> _MeasureShown:
    measure = notice.issues[where[0]].measures[where[1]]
    heading = heading_candidate(text, measure.text)
    pins: list[Pin] = []
    said_from = measure.spans["heading"][0].end if measure.spans.get("heading") else measure.text.start
    state = _words("measure_status", "running", "ahead").search(half_width(text[said_from : measure.text.end]))
    if state:
        pins.append(Pin(said_from + state.start(), "[s]"))
    held = {(entry.text.start, entry.text.end) for entry in measure.accountability}
    inner = PieceNumbers()
    candidates, enclosed = [], []
    unread = _unread(notice.outline.digits.unread, measure.text)
    for kind, position, span in sorted([*_values(measure), *unread], key=lambda each: (each[2].start, -each[2].end)):
        candidate = Candidate(kind, inner.next(kind), position, place_of(span))
        candidates.append(candidate)
        if kind == "o":
            enclosed.append(Enclosure(candidate.place, f"o{candidate.number}"))
        else:
            letter = "p" if kind == "q" and (span.start, span.end) in held else kind
            pins.append(Pin(span.start, f"[{letter}{candidate.number}]"))
    piece = MeasurePiece(
        numbers.next("m"), *where, place_of(measure.text), heading, state is not None, tuple(candidates)
    )
    return _MeasureShown(piece, enclosed, pins)


def _unread(spans: Sequence[Span], measure: Span) -> Iterator[tuple[Kind, None, Span]]:
    """Yield the digits of a measure that the rules could not read: they get a number like any figure."""
    first = bisect_left(spans, measure.start, key=lambda span: span.start)
    for span in spans[first:]:
        if span.start >= measure.end:
            return
        yield "q", None, span


def _values(measure: Measure) -> Iterator[tuple[Kind, int, Span]]:
    for index, quantity in enumerate(measure.quantities):
        yield "q", index, quantity.text
    for index, document in enumerate(measure.documents):
        yield "f", index, document.text
    for index, span in enumerate(measure.spans.get("organizations", [])):
        yield "o", index, span


def _label_start(measure: Measure) -> int:
    label = measure.spans.get("label")
    return label[0].start if label else measure.text.start


def _section_words(text: str, issue: Issue) -> list[str]:
    """Return the group headings above an issue, with words about its state marked."""
    words = []
    for span in issue.spans.get("section", []):
        found = _words("issue_status", "completed_section", "in_progress_section").search(
            half_width(text[span.start : span.end])
        )
        pins = [Pin(span.start + found.start(), _STATE)] if found else []
        words.append(with_marks(text, place_of(span), (), pins))
    return words


def _state_pins(words: str, offset: int) -> list[Pin]:
    return [Pin(offset + start, _STATE) for start in _states(words)]


@lru_cache(maxsize=4)
def _states(words: str) -> tuple[int, ...]:
    """Return the offsets of words about an issue's state; they are needed again for each part of a long issue."""
    found = _words("issue_status", "completed_words", "in_progress_words").finditer(half_width(words))
    return tuple(match.start() for match in found)


def _within(pins: Sequence[Pin], place: Place) -> Sequence[Pin]:
    """Return the pins inside a place, of ``pins`` in printed order."""
    first, last = (bisect_left(pins, offset, key=lambda pin: pin.offset) for offset in place)
    return pins[first:last]


@cache
def _words(section: str, *lists: str) -> re.Pattern[str]:
    table = read_table("judgement")[section]
    return re.compile("|".join(form for name in lists for form in table[name]))
