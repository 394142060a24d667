"""A record's values one by one in printed order, each with its places in the text and its reader."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from extractor.record.contract import Notice, Span
from extractor.record.fields import NAMES_BY_GENRE, SHAPES, ItemKind
from extractor.record.items import Item, take_apart
from extractor.record.units import amount

NAMED_BY: Mapping[ItemKind, str] = {"issue": "title", "measure": "heading"}
"""The value that names an issue or a measure, which is marked in the text separately."""


_BESIDE: Mapping[ItemKind, Sequence[tuple[str, bool]]] = {
    kind: [(name, declared.type == "list") for name, declared in shape.fields.items() if declared.is_beside]
    for kind, shape in SHAPES.items()
}
"""The values of each kind of item that may be printed behind it, and whether each is a list."""


class PlacedValue(NamedTuple):
    """A value, its path in the record, and the path of the issue or measure it belongs to ('' for the notice).

    ``kind`` is ``field``, ``total``, ``issue``, ``measure``, the singular of one of a measure's lists, the name of an
    issue's or a measure's own value (``title``, ``deadline``), ``remainder`` or ``digits`` (unread ones, which belong
    to the measure around them). ``by`` has the reader of each part, of the whole under ''; missing parts were read by
    the rules. ``confidence`` has how sure the judgement of a part is. ``data`` has the record's fields by name, and
    for figures ``base``: the amount in base units.
    """

    path: str
    kind: str
    of: str
    places: Sequence[Span]
    by: Mapping[str, str] = MappingProxyType({})
    data: Mapping[str, Any] = MappingProxyType({})
    confidence: Mapping[str, float] = MappingProxyType({})


def values_of(notice: Notice) -> Iterator[PlacedValue]:
    """Yield a notice's values: fields and totals, then each issue before its contents, then unread text."""
    measures: list[tuple[Span, str]] = []
    for item in take_apart(notice):
        if item.kind == "measure":
            measures += ((place, item.id) for place in item.at)
        data = {**_data(item), **_called(item, notice.genre)}
        yield PlacedValue(item.id, item.kind, item.of, item.at, item.by, data, item.open_confidence)
        name = NAMED_BY.get(item.kind, "")
        if item.values.get(name):
            by = {"": item.by[name]} if name in item.by else {}
            yield PlacedValue(f"{item.id}.{name}", name, item.id, item.parts.get(name, ()), by)
        yield from _beside(item)
    for k, rest in enumerate(notice.outline.remainders):
        if rest.kind == "unread":
            yield PlacedValue(f"outline.remainders[{k}]", "remainder", "", [rest.text])
    for k, span in enumerate(notice.outline.digits.unread):
        of = next((path for place, path in measures if place.start <= span.start < place.end), "")
        yield PlacedValue(f"outline.digits.unread[{k}]", "digits", of, [span])


def _beside(item: Item) -> Iterator[PlacedValue]:
    """Yield the values of an issue or a measure that may be printed behind it, each word of a list by itself."""
    for name, is_list in _BESIDE[item.kind]:
        if not item.values.get(name):
            continue
        places = item.parts.get(name, ())
        by = {"": item.by[name]} if name in item.by else {}
        if is_list:
            for k, words in enumerate(item.values[name]):
                yield PlacedValue(f"{item.id}.{name}[{k}]", name, item.id, places[k : k + 1], by, {"value": words})
        else:
            yield PlacedValue(f"{item.id}.{name}", name, item.id, places, by, {"value": item.values[name]})


def _called(item: Item, genre: str | None) -> Mapping[str, str]:
    """Return the genre by which a field is called, where it has another name there."""
    named = item.kind == "field" and item.id in NAMES_BY_GENRE.get(genre or "", {})
    return {"called": genre} if genre and named else {}


def _data(item: Item) -> Mapping[str, Any]:
    """Return an item's values; for a figure also the amount in base units."""
    number = SHAPES[item.kind].number
    if number is None:
        return item.values
    value, unit = amount(item.values[number], item.values["unit"])
    return {**item.values, "base": [int(value) if value == value.to_integral_value() else float(value), unit]}
