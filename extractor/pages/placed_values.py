"""A record's values, one by one and in printed order: where each stands in the text and who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.record.contract import Notice, Span
from extractor.record.items import Item, take_apart
from extractor.record.units import amount

_NAMING = {"issue": "title", "measure": "heading"}
"""What an issue and a measure are named by, which is marked in the text as a value of its own."""
_COUNTED = {"total": "value", "quantity": "value", "accountability": "count"}
"""Kinds that are figures, and what their number is called."""


@dataclass(frozen=True)
class PlacedValue:
    """A value, its path in the record, and the path of the issue or measure it belongs to ('' for the notice).

    ``kind`` is ``field``, ``total``, ``issue``, ``measure``, what a list of a measure holds, in the singular,
    ``remainder`` or ``digits``: unread ones, which belong to the measure that they stand in. ``by`` says who read its
    parts, the whole under ''; parts that are missing were read by the rules.
    ``data`` is what the record says of it, fields under their names, and of figures ``base``: their amount in base
    units.
    """

    path: str
    kind: str
    of: str
    places: Sequence[Span]
    by: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def values_of(notice: Notice) -> Iterator[PlacedValue]:
    """Yield a notice's values: its fields and totals, then each issue before what it holds, then what was not read."""
    measures: list[tuple[Span, str]] = []
    for item in take_apart(notice):
        if item.kind == "measure":
            measures += ((place, item.id) for place in item.at)
        yield PlacedValue(item.id, item.kind, item.of, item.at, item.by, _data(item))
        name = _NAMING.get(item.kind, "")
        if item.values.get(name):
            by = {"": item.by[name]} if name in item.by else {}
            yield PlacedValue(f"{item.id}.{name}", name, item.id, item.parts.get(name, ()), by)
    for k, rest in enumerate(notice.outline.remainders):
        if rest.kind == "unread":
            yield PlacedValue(f"outline.remainders[{k}]", "remainder", "", [rest.text])
    for k, span in enumerate(notice.outline.digits.unread):
        of = next((path for place, path in measures if place.start <= span.start < place.end), "")
        yield PlacedValue(f"outline.digits.unread[{k}]", "digits", of, [span])


def _data(item: Item) -> Mapping[str, Any]:
    """What the record says of an item, apart from its place; a figure also as amount and unit without magnitude."""
    if item.kind not in _COUNTED:
        return item.values
    value, unit = amount(item.values[_COUNTED[item.kind]], item.values["unit"])
    return {**item.values, "base": [int(value) if value == value.to_integral_value() else float(value), unit]}
