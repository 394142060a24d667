"""The parts of a schema made for one pack, in the keywords that llama.cpp and vLLM both hold decoding to.

They keep to enumerations, constants, lengths and ``prefixItems``; patterns are anchored and name their characters
in full. What they do not keep to is in none of our schemas: ``uniqueItems``, ``allOf``, ``contains``, the short form of
a class of characters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]


def one_of(values: Sequence[str | int]) -> Schema:
    """Return the schema of one of ``values``, which are all texts or all numbers."""
    return {"type": "integer" if isinstance(values[0], int) else "string", "enum": list(values)}


def words(longest: int) -> Schema:
    """Return the schema of a text of at most ``longest`` code points."""
    return {"type": "string", "maxLength": longest}


def some_of(each: Schema, most: int, least: int = 0) -> Schema:
    """Return the schema of a list of at most ``most`` entries, which all have one form."""
    bounds = {"minItems": least} if least else {}
    return {"type": "array", "items": each, **bounds, "maxItems": most}


def all_of(entries: Sequence[Schema]) -> Schema:
    """Return the schema of a list that has each of ``entries``, in their order, and no more.

    There is no ``items`` beside them: llama.cpp would read that in their place.
    """
    return {"type": "array", "prefixItems": list(entries), "minItems": len(entries), "maxItems": len(entries)}


def number(value: int) -> Schema:
    """Return the schema of one number."""
    return {"type": "integer", "const": value}


def line(first: int, last: int) -> Schema:
    """Return the schema of a number between two, both included."""
    return {"type": "integer", "minimum": first, "maximum": last}


def form(properties: Mapping[str, Schema], required: Sequence[str] = ()) -> Schema:
    """Return the schema of an object with some of ``properties``, the ``required`` ones always."""
    needed = {"required": list(required)} if required else {}
    return {"type": "object", "properties": dict(properties), **needed, "additionalProperties": False}


def defined(name: str) -> Schema:
    """Return a reference to a definition of the whole schema."""
    return {"$ref": f"#/$defs/{name}"}
