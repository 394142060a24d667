"""Readers of every quality behind ``fake_endpoint``: ``serving("graded_readers:answer")``; the model's name says which.

``perfect`` knows the gold labels. ``wrong-FIELD`` knows all but one field. ``random`` draws all labels, ``lazy`` says
the least that is valid, ``echoing`` what the prompt's example says, ``truncating`` breaks off, ``rough`` is wrong in
every third piece.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any
from zlib import crc32

from fake_endpoint import Request
from gold_answers import known

from extractor.record.enumerations import VOCABULARIES

_NOTHING = "-"
Piece = dict[str, Any]
Change = Callable[[Piece, random.Random], None]


def answer(request: Request) -> str | None:
    """Return what the reader that the request names says; None where it is about nothing that gold knows."""
    found = known(request)
    if found is None:
        return None
    told = json.dumps(said_by(str(request["model"]), found.answer), ensure_ascii=False)
    # A reader that is cut off says the first two thirds of it.
    return told[: len(told) * 2 // 3] if request["model"] == "truncating" else told


def said_by(name: str, perfect: str, seed: int = 0) -> dict[str, Any]:
    """Return what a reader says in place of a perfect answer; what it draws hangs on the answer and on ``seed``."""
    told: dict[str, Any] = json.loads(perfect)
    drawing = random.Random(crc32(perfect.encode()) + seed)
    if name.startswith("wrong-"):
        _everywhere(told, WRONG[name.removeprefix("wrong-")], drawing)
    elif name == "rough":
        _everywhere(told, lambda piece, draw: _garbled(piece, draw) if draw.random() < 1 / 3 else None, drawing)
    elif name == "random":
        _everywhere(told, _garbled, drawing)
    elif name == "lazy":
        _everywhere(told, _cut_short, drawing)
        told.pop("h", None)
    elif name == "echoing":
        _everywhere(told, _echoed, drawing)
    return told


def _everywhere(told: dict[str, Any], change: Change, drawing: random.Random) -> None:
    """Change each issue and measure of an answer, or an answer about the notice as a whole."""
    pieces = [*told.get("issues", ()), *told.get("measures", ())]
    for piece in pieces or [told]:
        change(piece, drawing)
    if change is WRONG["headings"] and pieces:
        told["h"] = []


def _category(piece: Piece, drawing: random.Random) -> None:
    if "c" in piece:
        piece["c"] = drawing.choice([each for each in VOCABULARIES["category"] if each != piece["c"]])


def _types(piece: Piece, drawing: random.Random) -> None:
    if "t" in piece:
        others = [each for each in VOCABULARIES["measure_type"] if each not in piece["t"]]
        piece["t"] = drawing.sample(others, min(2, len(others)))


def _status(piece: Piece, drawing: random.Random) -> None:
    if "m" in piece:
        piece["s"] = drawing.choice([each for each in VOCABULARIES["measure_status"] if each != piece.get("s")])
        piece["w"] = _some_words(piece)


def _subjects(piece: Piece, _: random.Random) -> None:
    if "m" in piece and "q" in piece:
        piece["q"] = [f"{_number(each)}{_NOTHING}" for each in piece["q"]]


def _organizations(piece: Piece, drawing: random.Random) -> None:
    """Name what is no body, in words that are printed, and none that is one."""
    if "m" in piece:
        piece["n"] = [words] if (words := _some_words(piece)) else []
        piece["o"] = []
        if "f" in piece:
            drawing.random()


def _accountability(piece: Piece, drawing: random.Random) -> None:
    if "m" in piece and "q" in piece:
        actions = [each for each in VOCABULARIES["accountability_action"] if each != "其他"]
        piece["a"] = [{"q": int(_number(each)), "a": drawing.choice(actions)} for each in piece["q"]]


def _figures(piece: Piece, _: random.Random) -> None:
    """Deny every figure."""
    if "m" in piece:
        piece["x"] = [*piece.get("x", ()), *(f"q{_number(each)}" for each in piece.get("q", ()))]


def _documents(piece: Piece, drawing: random.Random) -> None:
    """Give every document another action, and one more document than there is."""
    if "m" in piece:
        actions = list(VOCABULARIES["document_action"])
        piece["f"] = [drawing.choice([each for each in actions if each != action]) for action in piece.get("f", ())]
        if words := _some_words(piece):
            piece["z"] = [*piece.get("z", ()), {"k": "f", "w": words, "v": "issued"}]


def _names(piece: Piece, _: random.Random) -> None:
    """Take one name of the notice for another."""
    if not {"i", "m"} & piece.keys():
        named = [name for name in ("title", "body", "team", "signed_by") if piece.get(name)]
        words = [piece[name] for name in named]
        piece.update(zip(named, [*words[1:], *words[:1]], strict=True))
        piece["totals"] = []


WRONG: Mapping[str, Change] = {
    "category": _category,
    "types": _types,
    "status": _status,
    "subjects": _subjects,
    "organizations": _organizations,
    "accountability": _accountability,
    "figures": _figures,
    "documents": _documents,
    "names": _names,
    "headings": lambda _piece, _drawing: None,
}
"""The fields that a reader can be wrong in."""


def _garbled(piece: Piece, drawing: random.Random) -> None:
    for change in WRONG.values():
        change(piece, drawing)


def _cut_short(piece: Piece, _: random.Random) -> None:
    kept = {name: piece[name] for name in ("i", "m") if name in piece}
    piece_of = {"c": "other"} if "i" in piece else {"t": ["other"]} if "m" in piece else {}
    piece.clear()
    piece.update(kept | piece_of)


def _echoed(piece: Piece, _: random.Random) -> None:
    """Say of every piece what the prompt's example says of its second one."""
    if "i" in piece:
        piece |= {"c": "livelihood", "s": "", "w": ""}
    elif "m" in piece:
        number = piece["m"]
        piece.clear()
        piece |= {"m": number, "t": ["recovery", "accountability"], "s": "in_progress", "w": "登记造册"}
        piece |= {"q": ["1旧网具", "2值守脱岗"], "a": [{"q": 2, "a": "批评教育"}], "o": [1], "n": ["港口派出所"]}


def _number(subject: str) -> str:
    """Return the number before a subject."""
    return next(subject[:end] for end in range(len(subject) + 1) if end == len(subject) or not subject[end].isdecimal())


def _some_words(piece: Piece) -> str:
    """Return words that are printed in a measure, '' where none are known."""
    words = (each.removeprefix(_number(each)).strip() for each in piece.get("q", ()))
    return next((each for each in words if each and each != _NOTHING), "")
