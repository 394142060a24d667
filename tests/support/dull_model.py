"""Models for ``fake_endpoint`` that answer validly about any notice: ``serving("dull_model:answer")``.

What they say of a piece hangs on the words of that piece alone, so that a piece is told the same wherever it stands.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from typing import Any, NamedTuple
from zlib import crc32

from fake_endpoint import Request, schema_of

from extractor.record.enumerations import VOCABULARIES

_CATEGORIES = tuple(VOCABULARIES["category"])
_TYPES = tuple(VOCABULARIES["measure_type"])
_PIECE = re.compile(r"\[([im])(\d+)\] (.*)")
_FIGURE = re.compile(r"\[[qp](\d+)\]")
_MARKED = re.compile(r"\[[a-zA-Z]\d*(?: |\])")
_LINE = re.compile(r"\[(\d+)\+?\] (.*)")
_HEADING = re.compile("[^。:,]{2,12}")


_turns = count()


class Piece(NamedTuple):
    """A numbered piece as a model is shown it: ``kind`` is ``i`` or ``m``."""

    kind: str
    number: int
    words: str


def answer(request: Request) -> dict[str, Any] | None:
    """Label each piece by its words; a layout's headings are its short lines."""
    asked = schema_of(request)["properties"]
    if "measures" in asked:
        return labels(request)
    if "groups" in asked:
        return _layout(request)
    return _fields(request) if "title" in asked else None


def gullible(request: Request) -> dict[str, Any] | None:
    """Answer as ``answer`` does, but obey the orders in a piece: ``other``, and pieces that were never shown."""
    told = answer(request)
    if told is None or "measures" not in told:
        return told | {"title": "other"} if told and any(map(is_order, shown(request))) else told
    ordered = {(piece.kind, piece.number) for piece in pieces(request) if is_order(piece.words)}
    for issue in told["issues"]:
        if ("i", issue["i"]) in ordered:
            issue["c"] = "other"
    for measure in told["measures"]:
        if ("m", measure["m"]) in ordered:
            measure |= {"t": ["other"], "s": "planned", "w": "other"}
    if ordered:
        _add_pieces(told)
    return told


def fickle(request: Request) -> dict[str, Any] | None:
    """Answer as ``answer``, but call each issue something else with every request."""
    told = answer(request)
    turn = next(_turns)
    for issue in told["issues"] if told and "measures" in told else ():
        issue["c"] = _CATEGORIES[turn % len(_CATEGORIES)]
    return told


def is_order(words: str) -> bool:
    """Whether a piece of an injected notice holds its order: nothing else in such a notice speaks of ``other``."""
    return "other" in words


def broken_off(request: Request) -> dict[str, Any] | str | None:
    """Answer as ``answer``; of pieces that speak of 断桥 the answer breaks off, however few they are."""
    told = answer(request)
    return json.dumps(told)[:20] if _speaks_of("断桥", request) else told


def short_winded(request: Request) -> dict[str, Any] | str | None:
    """Answer as ``answer``; of more than one measure the answer breaks off."""
    told = answer(request)
    measures = sum(piece.kind == "m" for piece in pieces(request)) if "measures" in (told or {}) else 0
    return json.dumps(told)[:20] if measures > 1 else told


def forgetful(request: Request) -> dict[str, Any] | None:
    """Answer as ``answer``, but of more than one measure about the first one alone."""
    told = answer(request)
    return told | {"measures": told["measures"][:1]} if told and "measures" in told else told


def wrong(request: Request) -> dict[str, Any] | None:
    """Answer as ``answer``; where a piece speaks of 断桥, about pieces that were not asked about, however often."""
    return {"issues": [], "measures": []} if _speaks_of("断桥", request) else answer(request)


def labels(request: Request) -> dict[str, Any]:
    """A category for each issue, a type for each measure."""
    issues: list[dict[str, Any]] = []
    measures: list[dict[str, Any]] = []
    for kind, number, words in pieces(request):
        if kind == "i":
            issues.append({"i": number, "c": _of(_CATEGORIES, words)})
        else:
            measures.append({"m": number, "t": [_of(_TYPES, words)], "q": list(_subjects(words))})
    return {"issues": issues, "measures": measures}


def _subjects(words: str) -> Iterator[str]:
    """Yield for each figure the two characters before it: a model that looks at what it is shown."""
    for mark in _FIGURE.finditer(words):
        before = _MARKED.sub("", words[: mark.start()]).replace("]", "")
        yield f"{mark[1]}:{before[-2:] or '-'}"


def pieces(request: Request) -> Iterator[Piece]:
    """Yield the numbered pieces that a request asks to label."""
    for line in shown(request):
        if found := _PIECE.fullmatch(line):
            yield Piece(found[1], int(found[2]), found[3])


def shown(request: Request) -> list[str]:
    """The lines between a request's instructions and its question."""
    content: str = request["messages"][-1]["content"]
    return content.split("<pieces>\n")[1].split("\n</pieces>", maxsplit=1)[0].split("\n")


def _add_pieces(told: dict[str, Any]) -> None:
    told["issues"].append({"i": 99, "c": "other"})
    told["measures"].append({"m": 99, "t": ["other"]})


def _fields(request: Request) -> dict[str, Any]:
    title = shown(request)[0].removeprefix("[-] ")
    figures = re.findall(r"\[q(\d+)\]", "\n".join(shown(request)))
    return {"title": title, "totals": [{"q": int(figures[0]), "n": "meetings_held"}] if figures else []}


def _layout(request: Request) -> dict[str, Any]:
    issues: list[dict[str, Any]] = []
    for line in shown(request):
        found = _LINE.fullmatch(line)
        assert found, line
        if _HEADING.fullmatch(found[2]):
            issues.append({"h": int(found[1]), "m": []})
        elif issues:
            issues[-1]["m"].append(int(found[1]))
    return {"groups": [], "issues": issues}


def _speaks_of(word: str, request: Request) -> bool:
    return "<pieces>" in request["messages"][-1]["content"] and any(word in piece.words for piece in pieces(request))


def _of(values: tuple[str, ...], words: str) -> str:
    return values[crc32(words.encode()) % len(values)]
