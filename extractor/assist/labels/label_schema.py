"""The schema of the answer to one labels pack: its pieces by number, each with as many entries as it has marks.

A model that is held to it cannot leave a piece out, invent or double one, nor go on with a list for ever; what it says
of a piece may still be wrong (see ``extractor.assist.proposals.reading_signs``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from extractor.assist.labels.label_pack import LabelsPack
from extractor.assist.labels.label_pieces import IssuePiece, MeasurePiece
from extractor.assist.labels.label_words import MOST_LISTED, MOST_TYPES, NOT_HELD
from extractor.assist.packs.schema_parts import Schema, all_of, defined, form, number, one_of, some_of, words
from extractor.record.enumerations import VOCABULARIES

_QUOTE = 20
"""The longest words about a state, subject or name that a model may quote, in code points; a number is before some."""
_MISSED = 40
"""The longest words of a missed value, in code points: titles are longer than names."""
_VOCABULARIES = {
    "c": "category",
    "si": "issue_status",
    "t": "measure_type",
    "sm": "measure_status",
    "f": "document_action",
}
"""The vocabularies that many entries use, by the names of their definitions."""


def labels_schema(pack: LabelsPack, withheld: Collection[str] = ()) -> Schema:
    """Return the schema of an answer to ``pack``; the keys ``withheld`` are not asked for."""
    headings = [piece.number for piece in pack.measures if piece.heading is not None]
    properties: dict[str, Any] = {}
    if pack.issues:
        properties["issues"] = all_of([_issue(piece, withheld) for piece in pack.issues])
    if pack.measures:
        properties["measures"] = all_of([_measure(piece, withheld) for piece in pack.measures])
    required = list(properties)
    if headings and "h" not in withheld:
        properties["h"] = some_of(one_of(headings), len(headings))
    definitions = {name: one_of(list(VOCABULARIES[vocabulary])) for name, vocabulary in _VOCABULARIES.items()}
    definitions["a"] = one_of([*VOCABULARIES["accountability_action"], NOT_HELD])
    missed = {"k": one_of(["q", "d", "f", "a"]), "w": words(_MISSED), "v": words(_QUOTE)}
    definitions["z"] = form(missed, ["k", "w", "v"])
    whole = form(properties, required)
    if withheld:  # the schema of a whole answer stays as it is: kept answers go by it
        used = _names_used(whole)
        definitions = {name: schema for name, schema in definitions.items() if name in used}
    return {"$defs": definitions, **whole}


def _names_used(part: object) -> set[str]:
    """Return the names of the definitions that a schema refers to."""
    if isinstance(part, list):
        return {name for each in part for name in _names_used(each)}
    if not isinstance(part, dict):
        return set()
    named = {str(part["$ref"]).rsplit("/", 1)[1]} if "$ref" in part else set()
    return named | _names_used(list(part.values()))


def _issue(piece: IssuePiece, withheld: Collection[str]) -> Schema:
    properties: dict[str, Schema] = {"i": number(piece.number), "c": defined("c"), "s": defined("si")}
    if not piece.marked:
        properties["w"] = words(_QUOTE)
    return _without(withheld, properties, ["i", "c", *(["s"] if piece.marked else [])])


def _measure(piece: MeasurePiece, withheld: Collection[str]) -> Schema:
    properties: dict[str, Schema] = {
        "m": number(piece.number),
        "t": some_of(defined("t"), MOST_TYPES, least=1),
        "s": defined("sm"),
    }
    if not piece.marked:
        properties["w"] = words(_QUOTE)
    figures, documents, names = (piece.numbers(kind) for kind in ("q", "f", "o"))
    if figures:
        properties["q"] = all_of([words(_QUOTE)] * len(figures))
    if documents:
        properties["f"] = all_of([defined("f")] * len(documents))
    if figures:
        held = form({"q": one_of(figures), "a": defined("a")}, ["q", "a"])
        properties["a"] = some_of(held, min(len(figures) + 1, MOST_LISTED["a"]))
    if names:
        properties["o"] = some_of(one_of(names), len(names))
    properties["n"] = some_of(words(_QUOTE), MOST_LISTED["n"])
    if marks := [f"{each.kind}{each.number}" for each in piece.candidates]:
        properties["x"] = some_of(one_of(marks), min(len(marks), MOST_LISTED["x"]))
    properties["z"] = some_of(defined("z"), MOST_LISTED["z"])
    required = ["m", "t", *(["s"] if piece.marked else []), *(key for key in ("q", "f") if key in properties)]
    return _without(withheld, properties, required)


def _without(withheld: Collection[str], properties: Mapping[str, Schema], required: Sequence[str]) -> Schema:
    shown = {key: schema for key, schema in properties.items() if key not in withheld}
    return form(shown, [key for key in required if key in shown])
