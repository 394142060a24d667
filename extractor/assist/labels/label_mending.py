"""A labels answer as it came, made to fit its pack: what is right of it is taken, entry by entry."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import MeasurePiece
from extractor.assist.labels.label_words import (
    ACTIONS,
    MOST_LISTED,
    MOST_TYPES,
    NOT_HELD,
    NOTHING,
    marked_number,
    numbered,
)
from extractor.assist.packs.mending import Mends, Slip, number_of

Entry = Mapping[str, Any]
_ISSUE_KEYS = frozenset("icsw")
_MEASURE_KEYS = frozenset("mtswqfaonxz")
_MISSED_KINDS = ("q", "d", "f", "a")
_SHOWN_FIGURE = re.compile(r"\[[qp](\d+)\](\d[\d.,]*)(.?)")
_SHOWN_MEASURE = re.compile(r"^\[m(\d+)\] (.*)$", re.M)
_FEWEST_WORDS = 2
"""Fewer code points behind a figure that is in the place of its number are a unit, not a subject."""

Piece = TypeVar("Piece", bound=Any)


class ShownFigure(NamedTuple):
    """A figure as a model was shown it: the number of its mark, and the first code point behind its digits."""

    number: int
    unit: str


def mended_labels(said: Entry, pack: LabelsPack, mends: Mends) -> dict[str, Any]:
    """Return the entries of an answer that are about ``pack``, each with what is right of it.

    Raises:
        PydanticCustomError: the model did not see the marks.
    """
    mends.ignored(said, ("issues", "measures", "h"))
    issues = _entries(said.get("issues"), "i", pack.issues, mends, lambda entry, _: _issue(entry, mends))
    figures = shown_figures(pack.body)
    measures = _entries(
        said.get("measures"),
        "m",
        pack.measures,
        mends,
        lambda entry, piece: _measure(entry, piece, figures.get(piece.number, {}), mends),
    )
    known = {piece.number for piece in pack.measures}
    headings = [mends.number(each, known) for each in mends.listed(said.get("h"), MOST_LISTED["h"])]
    mends.check_marks(were_seen=bool(measures if said.get("measures") and pack.measures else issues or measures))
    return {"issues": issues, "measures": measures, "h": sorted({each for each in headings if each is not None})}


def has_some_label(said: Entry) -> bool:
    """Return whether an answer, to whatever pack, has an entry that can be mended: an issue's, or a measure's."""
    mends = Mends()
    listed = {key: entries if isinstance(entries := said.get(key), list) else [] for key in ("issues", "measures")}
    categories = (each.get("c") for each in listed["issues"] if isinstance(each, Mapping))
    types = (each.get("t") for each in listed["measures"] if isinstance(each, Mapping))
    named = [name for each in types for name in (each if isinstance(each, list) else [each])]
    return any(mends.spelt(each, "category") for each in categories) or any(
        mends.spelt(each, "measure_type") for each in named
    )


def _entries(
    said: object,
    key: str,
    pieces: Sequence[Piece],
    mends: Mends,
    mended: Callable[[Entry, Piece], dict[str, Any] | None],
) -> list[dict[str, Any]]:
    """Return one mended entry for each piece that has one, in the pieces' order."""
    entries = [each for each in (said if isinstance(said, list) else []) if isinstance(each, Mapping)]
    by_number = {piece.number: piece for piece in pieces}
    in_turn = len(entries) == len(pieces)
    found: dict[int, dict[str, Any]] = {}
    for entry, piece in zip(entries, pieces if in_turn else [None] * len(entries), strict=True):
        number = piece.number if piece is not None and entry.get(key) is None else entry.get(key)
        mends.note(Slip.NUMBER, int(entry.get(key) is None and number is not None))
        number = mends.number(number, by_number)
        if number is None:
            continue
        if number in found:
            mends.note(Slip.DOUBLED)
        elif (made := mended(entry, by_number[number])) is not None:
            found[number] = {key: number, **made}
        else:
            mends.note(Slip.UNUSABLE)
    mends.note(Slip.UNORDERED, int(list(found) != sorted(found)))
    return [found[number] for number in sorted(found)]


def _issue(entry: Entry, mends: Mends) -> dict[str, Any] | None:
    mends.ignored(entry, _ISSUE_KEYS)
    category = mends.spelt(entry.get("c"), "category")
    if category is None:
        return None
    return {"c": category, "s": _state(entry, "issue_status", mends), "w": mends.words(entry.get("w"))}


def _state(entry: Entry, vocabulary: str, mends: Mends) -> str:
    said = entry.get("s")
    state = "" if said in (None, "") else mends.spelt(said, vocabulary)
    mends.note(Slip.SPELLING, int(state is None))
    return state or ""


def _measure(
    entry: Entry, piece: MeasurePiece, printed: Mapping[str, ShownFigure], mends: Mends
) -> dict[str, Any] | None:
    mends.ignored(entry, _MEASURE_KEYS)
    listed = entry.get("t")
    said = [mends.spelt(each, "measure_type") for each in (listed if isinstance(listed, list) else [listed])]
    types = list(dict.fromkeys(each for each in said if each is not None))
    mends.note(Slip.LONG, int(len(types) > MOST_TYPES))
    if not types:
        return None
    lists = {key: mends.listed(entry.get(key), MOST_LISTED[key]) for key in ("q", "f", "a", "o", "n", "x", "z")}
    return {
        "t": types[:MOST_TYPES],
        "s": _state(entry, "measure_status", mends),
        "w": mends.words(entry.get("w")),
        "q": list(_subjects(lists["q"], piece, printed, mends)),
        "f": _actions(lists["f"], piece, mends),
        "a": list(_held(lists["a"], piece, mends)),
        "o": [known for each in lists["o"] if (known := mends.number(each, piece.numbers("o"))) is not None],
        "n": [words for each in lists["n"] if (words := mends.words(each))],
        "x": list(_marks(lists["x"], piece, mends)),
        "z": list(_missed(lists["z"], mends)),
    }


def _subjects(
    said: Sequence[object], piece: MeasurePiece, printed: Mapping[str, ShownFigure], mends: Mends
) -> Iterator[str]:
    """Yield the subjects behind a known number; in a full list those without a number stand in turn."""
    known = piece.numbers("q")
    taken = set()
    for index, each in enumerate(said):
        found = numbered(each) if isinstance(each, str) else (number, "") if (number := number_of(each)) else None
        if found is None and isinstance(each, str) and len(said) == len(known):
            mends.note(Slip.NUMBER)
            found = (known[index], each.strip())
        if found and found[0] not in known:
            found = _by_figure(found, printed, mends)
        number = mends.number(found[0] if found else None, known)
        if number is None or number in taken or found is None:
            continue
        taken.add(number)
        words = found[1] if found[1] == NOTHING else mends.words(found[1])
        yield f"{number} {words}" if words else f"{number}"


def _by_figure(found: tuple[int, str], printed: Mapping[str, ShownFigure], mends: Mends) -> tuple[int, str]:
    """Return a subject with the number of the one figure that is printed in the number's place."""
    figure = printed.get(str(found[0]))
    if figure is None or len(found[1]) < _FEWEST_WORDS or found[1].startswith(figure.unit):
        return found
    mends.note(Slip.NUMBER)
    return figure.number, found[1]


def _actions(said: Sequence[object], piece: MeasurePiece, mends: Mends) -> list[str]:
    """Return one action for each title; of a list of another length the order is lost, and nothing is taken."""
    count = len(piece.of_kind("f"))
    if len(said) != count:
        mends.drop(len(said))
        return []
    actions = [mends.spelt(each, "document_action") for each in said]
    whole = [action for action in actions if action is not None]
    mends.note(Slip.UNUSABLE, int(len(whole) < count))
    return whole if len(whole) == count else []


def _held(said: Sequence[object], piece: MeasurePiece, mends: Mends) -> Iterator[dict[str, Any]]:
    for each in said:
        if not isinstance(each, Mapping):
            mends.drop()
            continue
        number = mends.number(each.get("q"), piece.numbers("q"))
        action = mends.spelt(each.get("a"), "accountability_action", NOT_HELD)
        mends.note(Slip.UNUSABLE, int(action is None))
        if number is not None and action is not None:
            yield {"q": number, "a": action}


def _marks(said: Sequence[object], piece: MeasurePiece, mends: Mends) -> Iterator[str]:
    for each in said:
        mark = marked_number(each) if isinstance(each, str) else None
        if mark is None:
            mends.drop()
        elif mends.number(mark[1], piece.numbers(mark[0])) is not None:
            yield f"{mark[0]}{mark[1]}"


def _missed(said: Sequence[object], mends: Mends) -> Iterator[dict[str, str]]:
    for each in said:
        kind = each.get("k") if isinstance(each, Mapping) else None
        if not isinstance(each, Mapping) or kind not in _MISSED_KINDS:
            mends.note(Slip.UNUSABLE)
            continue
        words, detail = mends.words(each.get("w")), each.get("v")
        vocabulary = ACTIONS.get(kind)
        value = mends.spelt(detail, vocabulary) if vocabulary else detail if isinstance(detail, str) else ""
        if words and value is not None:
            yield {"k": kind, "w": words, "v": value}
        else:
            mends.note(Slip.UNUSABLE)


@lru_cache(maxsize=64)
def shown_figures(body: str) -> Mapping[int, Mapping[str, ShownFigure]]:
    """Return, by measure, the figures that are printed at exactly one mark, by their digits."""
    found = {}
    for measure in _SHOWN_MEASURE.finditer(body):
        figures = [
            (each[2].replace(",", "").rstrip("."), ShownFigure(int(each[1]), each[3] or "\n"))
            for each in _SHOWN_FIGURE.finditer(measure[2])
        ]
        printed = [digits for digits, _ in figures]
        found[int(measure[1])] = {digits: figure for digits, figure in figures if printed.count(digits) == 1}
    return found
