"""The proposals in a model's answer about one measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from extractor.assist.labels.label_answer import MeasureAnswer, Missed
from extractor.assist.labels.label_pieces import MeasurePiece
from extractor.assist.labels.label_words import ACTIONS, NOT_HELD, NOTHING, marked_number, numbered
from extractor.assist.packs.display import find_words
from extractor.assist.packs.material import place_of, span_of
from extractor.assist.proposals.matters import (
    Addition,
    Confirmation,
    Denial,
    Discovery,
    Edit,
    Erasure,
    LostQuote,
    Matter,
    NamedDigits,
    Proposal,
    Replacement,
    alike,
    compared,
)
from extractor.assist.proposals.printed_figures import PrintedFigure, figure_at
from extractor.assist.proposals.reading_signs import NEAR, Signs
from extractor.record.contract import Measure, Span
from extractor.record.date_values import date_is_printed
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import ItemKind
from extractor.record.items import Item
from extractor.text.places import Place

_UNIT_REACH = 4
"""The most code points from the end of digits to the end of their unit."""


@dataclass(frozen=True)
class MeasureView:
    """A measure as both readers see it.

    ``text`` is the notice's, ``path`` the measure's id, ``issue`` the place of its issue, ``read`` the rules' record.
    """

    text: str
    path: str
    issue: Place
    piece: MeasurePiece
    read: Measure
    answer: MeasureAnswer

    @cached_property
    def denied(self) -> frozenset[tuple[str, int]]:
        """The candidates that the model says are none, by kind and number."""
        return frozenset(found for mark in self.answer.wrong_marks if (found := marked_number(mark)))

    def denied_of(self, kind: str) -> list[int]:
        """Return the positions in the record of the denied candidates of a kind, last first."""
        positions = self.piece.of_kind(kind)
        return sorted({positions[n] for k, n in self.denied if k == kind and n in positions}, reverse=True)

    def find(self, words: str) -> Place | None:
        """Return where words are printed in the measure."""
        return find_words(self.text, [self.piece.text], words)

    def find_around(self, words: str) -> Place | None:
        """Return where words are printed in the measure, or else in its issue."""
        return find_words(self.text, (self.piece.text, self.issue), words)

    def find_beside(self, figure: Place, words: str) -> Place | None:
        """Return where words are printed in the issue no farther than ``NEAR`` from a figure."""
        reach = NEAR + len(words)
        start, end = max(self.issue.start, figure.start - reach), min(self.issue.end, figure.end + reach)
        return find_words(self.text, [Place(start, end)], words)

    def subjects_beside(self) -> Signs:
        """Return of how many of its figures the model quotes a subject that is printed beside it."""
        said = dict(filter(None, map(numbered, self.answer.subjects)))
        denied = {number for kind, number in self.denied if kind == "q"}
        cases = shown = 0
        for number, index in self.piece.of_kind("q").items():
            words, figure = said.get(number, ""), self.read.quantities[index]
            if number in denied or (words == NOTHING and figure.subject is None):
                continue
            cases += 1
            shown += bool(words.strip(NOTHING)) and self.find_beside(place_of(figure.text), words) is not None
        return Signs(cases, shown)

    def cut(self, place: Place) -> str:
        """Return the printed words of a place."""
        return self.text[place.start : place.end]

    def missed(self, kind: str) -> Iterator[tuple[Missed, Place | None]]:
        """Yield what the model says the rules missed of a kind, and its place; None where it cannot be taken."""
        vocabulary = VOCABULARIES.get(ACTIONS.get(kind, ""))
        for missed in self.answer.missed:
            if missed.kind == kind:
                is_known = vocabulary is None or missed.detail in vocabulary
                yield missed, self.find(missed.words) if is_known else None

    def lost(self, name: str, words: str) -> LostQuote:
        """Return the report of words that are not printed in the measure."""
        return LostQuote(f"{self.path}.{name}", words)

    def new(self, kind: ItemKind, values: Mapping[str, object], at: Span) -> Item:
        """Return an item of the measure that the rules do not have."""
        return Item("", kind, self.path, values, (at,))

    def single(self, name: str, said: object, *, at: tuple[Span, ...] | None = None, pointed: bool = True) -> Matter:
        """Return the matter of one of the measure's own values."""
        edit = compared(self.path, name, getattr(self.read, name), said, at=at, pointed=pointed)
        return Matter(f"measures.{name}", f"{self.path}.{name}", [edit])

    def discovery(self, name: str, new: Item, words: str, *, unread: bool = False) -> Matter:
        """Return the matter of an item of the list ``name`` that the rules missed, or ``unread`` did not see at all."""
        return Matter(f"measures.{name}", f"{self.path}.{name}", [Discovery(new, words, unread=unread)])

    def denial(self, name: str, index: int, words: str) -> Matter:
        """Return the matter of an item of the list ``name`` that the model says is none."""
        key = f"{self.path}.{name}[{index}]"
        return Matter(f"measures.{name}", key, [Denial(key, words)])


def measure_proposals(view: MeasureView, *, has_heading: bool) -> Iterator[Proposal]:
    """Yield what the answer about a measure proposes. ``has_heading``: the model says that its first clause is one."""
    if view.piece.heading is not None:
        place = view.piece.heading
        said, at = (view.cut(place), (span_of(place),)) if has_heading else (None, ())
        yield view.single("heading", said, at=at)
    yield view.single("types", list(dict.fromkeys(view.answer.types)))
    yield from _status(view)
    yield from _accountability(view)
    yield from _quantities(view)
    yield from _documents(view)
    yield from _dates(view)
    yield from _organizations(view)


def _status(view: MeasureView) -> Iterator[Proposal]:
    words, marked = view.answer.words, view.piece.marked
    found = view.find(words) is not None
    if words and not found:
        yield view.lost("status", words)
    # Unmarked and not given is the ordinary case, completed; marked and not given is no opinion.
    said = view.answer.status or ("" if marked else "completed")
    if said:
        yield view.single("status", said, pointed=marked or found)


def _accountability(view: MeasureView) -> Iterator[Proposal]:
    positions = view.piece.of_kind("q")
    said: dict[int, list[str]] = {}
    for held in view.answer.accountability:
        index = positions.get(held.figure)
        if index is not None:
            said.setdefault(index, []).append(held.action)
    for index, named in said.items():
        yield _held_matter(view, index, [action for action in dict.fromkeys(named) if action != NOT_HELD])
    for missed, place in view.missed("a"):
        if place is None:
            yield view.lost("accountability", missed.words)
        elif known := figure_at(view.text, place):
            values = {"action": missed.detail, "count": known.value, "unit": known.unit}
            new = view.new("accountability", values, span_of(known.place))
            yield view.discovery("accountability", new, f"{missed.detail}{missed.words}")


def _held_matter(view: MeasureView, index: int, actions: list[str]) -> Matter:
    """Return the matter of the ``actions`` that the model says a figure counts."""
    figure, path = view.read.quantities[index], f"{view.path}.accountability"
    edits: list[Edit] = []
    known = set()
    for position, entry in enumerate(view.read.accountability):
        if entry.text == figure.text:
            known.add(entry.action)
            key = f"{path}[{position}]"
            both = entry.action in actions
            edits.append(Confirmation(key, words=entry.action) if both else Denial(key, entry.action))
    for action in actions:
        if action not in known:
            values = {"action": action, "count": figure.value, "unit": figure.unit}
            edits.append(Addition(view.new("accountability", values, figure.text), action))
    return Matter("measures.accountability", path, edits, said=actions)


def _quantities(view: MeasureView) -> Iterator[Proposal]:
    positions, unread = view.piece.of_kind("q"), view.piece.unread
    subjects: list[Edit] = []
    for number, words in dict(filter(None, map(numbered, view.answer.subjects))).items():
        if not words:
            continue
        if number in unread:
            yield from _unread_figure(view, unread[number], words)
        elif number in positions:
            key = f"{view.path}.quantities[{positions[number]}]"
            figure = view.read.quantities[positions[number]]
            # Words that stand elsewhere are of another figure, whose number the model did not give.
            place = view.find_beside(place_of(figure.text), words) if words != NOTHING else None
            if place is None and words != NOTHING:
                yield LostQuote(f"{key}.subject", words)
            else:
                read = figure.subject
                subjects.append(_subject(key, read, view.cut(place) if place else None))
    # One note a measure: subjects are the words that readers differ on most, and matter least.
    yield Matter("measures.quantities.subject", f"{view.path}.quantities", subjects)
    for index in view.denied_of("q"):
        quantity = view.read.quantities[index]
        yield view.denial("quantities", index, f"{quantity.value}{quantity.unit}")
    for missed, place in view.missed("q"):
        if place is None:
            yield view.lost("quantities", missed.words)
        elif known := figure_at(view.text, place):
            yield _new_quantity(view, known, view.find_around(missed.detail), missed.words)
    yield from (NamedDigits(place) for number, place in unread.items() if ("q", number) in view.denied)


def _subject(key: str, read: str | None, said: str | None) -> Edit:
    if alike(read, said):
        return Confirmation(key, "subject")
    edit = Erasure if said is None else Replacement
    return edit(key, "subject", said, read or NOTHING, said or NOTHING)


def _unread_figure(view: MeasureView, digits: Place, words: str) -> Iterator[Matter]:
    """Yield the figure of digits that the rules could not read, where they are whole and a unit is behind them."""
    reach = digits.end + _UNIT_REACH
    known = figure_at(view.text, Place(digits.start, min(reach, view.piece.text.end)))
    if known is not None and known.place.end <= reach:
        subject = view.find_around(words) if words != NOTHING else None
        yield _new_quantity(view, known, subject, view.cut(known.place))


def _new_quantity(view: MeasureView, known: PrintedFigure, subject: Place | None, words: str) -> Matter:
    values = {
        "value": known.value,
        "unit": known.unit,
        "subject": view.cut(subject) if subject else None,
        "qualifier": known.qualifier,
    }
    here = known.place
    unread = any(here.start < digits.end and digits.start < here.end for digits in view.piece.unread.values())
    return view.discovery("quantities", view.new("quantity", values, span_of(known.place)), words, unread=unread)


def _documents(view: MeasureView) -> Iterator[Proposal]:
    positions, actions = view.piece.of_kind("f"), view.answer.document_actions
    # One action for each title in turn; a list of another length says nothing.
    for position, said in zip(positions.values(), actions if len(actions) == len(positions) else (), strict=False):
        key = f"{view.path}.documents[{position}]"
        edit = compared(key, "action", view.read.documents[position].action, said)
        yield Matter("measures.documents.action", f"{key}.action", [edit])
    for index in view.denied_of("f"):
        yield view.denial("documents", index, view.read.documents[index].title)
    for missed, place in view.missed("f"):
        if place is None:
            yield view.lost("documents", missed.words)
        elif title := _without_marks(view.text, place):
            new = view.new("document", {"title": view.cut(title), "action": missed.detail}, span_of(title))
            yield view.discovery("documents", new, missed.words, unread=_is_marked(view.text, title))


def _without_marks(text: str, place: Place) -> Place | None:
    """Return the place of a title without its 《》; None where nothing is left."""
    start = place.start + (text[place.start] == "《")
    end = place.end - (text[place.end - 1] == "》")
    return Place(start, end) if start < end else None


def _is_marked(text: str, title: Place) -> bool:
    """Say whether a title stands between 《 and 》."""
    return text[title.start - 1 : title.start] == "《" and text[title.end : title.end + 1] == "》"


def _dates(view: MeasureView) -> Iterator[Proposal]:
    """Yield what is said of dates: they bear no numbers, so the model quotes those that were missed or read wrongly.

    One that is denied and read anew in the same place is another value, not none.
    """
    values = {date.value for date in view.read.dates}
    denied: list[int] = []
    read_anew: set[int] = set()
    for missed, place in view.missed("d"):
        if place is None:
            yield view.lost("dates", missed.words)
            continue
        index = _overlapped([date.text for date in view.read.dates], place)
        if missed.detail == NOTHING and index is not None:
            denied.append(index)
        elif not date_is_printed(missed.detail, view.cut(place)):
            yield view.lost("dates", missed.detail)
        elif index is not None:
            read_anew.add(index)
            key = f"{view.path}.dates[{index}]"
            edit = compared(key, "value", view.read.dates[index].value, missed.detail)
            yield Matter("measures.dates", key, [edit])
        elif missed.detail not in values:
            values.add(missed.detail)
            new = view.new("date", {"value": missed.detail}, span_of(place))
            yield view.discovery("dates", new, missed.words, unread=True)
    for index in dict.fromkeys(denied):
        if index not in read_anew:
            yield view.denial("dates", index, view.read.dates[index].value)


def _overlapped(spans: Iterable[Span], place: Place) -> int | None:
    """Return the index of the first of ``spans`` that shares a character with ``place``."""
    found = (index for index, span in enumerate(spans) if span.start < place.end and place.start < span.end)
    return next(found, None)


def _organizations(view: MeasureView) -> Iterator[Proposal]:
    path, positions = f"{view.path}.organizations", view.piece.of_kind("o")
    read, spans = view.read.organizations, view.read.spans.get("organizations", [])
    named = {positions[n] for n in view.answer.organizations if n in positions} - set(view.denied_of("o"))
    new: list[Place] = []
    for words in view.answer.names:
        place = view.find(words)
        if place is None:
            yield LostQuote(path, words)
            continue
        name = view.cut(place)
        known = [index for index, each in enumerate(read) if alike(each, name)]
        named.update(known)
        if not known and not any(alike(view.cut(each), name) for each in new):
            new.append(place)
    edits: list[tuple[Place, Edit]] = []
    for index, (name, span) in enumerate(zip(read, spans, strict=True)):
        key = f"{path}[{index}]"
        edits.append((place_of(span), Confirmation(key, words=name) if index in named else Denial(key, name)))
    for place in new:
        name = view.cut(place)
        edits.append((place, Addition(view.new("organization", {"value": name}, span_of(place)), name)))
    edits.sort(key=lambda each: each[0])
    yield Matter("measures.organizations", path, [edit for _, edit in edits])
