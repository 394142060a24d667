"""A record taken apart into items that keep their ids whatever is added or deleted beside them, and put together again.

An item of the reading has the path it had there as its id (``issues[3].measures[0].quantities[2]``); one that a person
added has an id with the number of that change (``issues[3].measures[0].quantities[+17]``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from extractor.record.contract import (
    CONTRACT_VERSION,
    Accountability,
    Contact,
    DateMention,
    Document,
    Issue,
    Measure,
    Notice,
    Quantity,
    Span,
    Total,
)
from extractor.record.fields import FIELDS, OF_MEASURE, SHAPES, ItemKind, places_of, value_of

_Placed = Total | Issue | Measure | Document | Quantity | DateMention | Accountability

PERSON = "person"
"""The reader of what a person entered or confirmed."""


@dataclass(frozen=True)
class Item:
    """A field, total, issue, measure or value of a measure.

    ``of`` is the id of what holds it, '' for the notice; ``values`` are named as in the contract; ``at`` are its places
    (one, but for fields), ``parts`` those of its label, title, topic, section, deadline and what is responsible; ``by``
    says who read its parts, and ``confidence`` how sure a judgement of a part is, the whole's under ''.
    """

    id: str
    kind: ItemKind
    of: str
    values: Mapping[str, Any]
    at: tuple[Span, ...]
    parts: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    by: Mapping[str, str] = field(default_factory=dict)
    confidence: Mapping[str, float] = field(default_factory=dict)

    @property
    def open_confidence(self) -> dict[str, float]:
        """The confidence of the parts that no person has entered or confirmed."""
        if not self.by:
            return {**self.confidence}
        if self.by.get("") == PERSON:
            return {}
        return {part: sure for part, sure in self.confidence.items() if self.by.get(part) != PERSON}


class _Told(NamedTuple):
    """The readers of a record's values, and how sure they are, by path."""

    by: dict[str, str]
    confidence: dict[str, float]


_Each = TypeVar("_Each", str, float)


class Built(NamedTuple):
    """A record put together, and the path in it of each item, by its id."""

    notice: Notice
    paths: Mapping[str, str]


def take_apart(notice: Notice) -> Iterator[Item]:
    """Yield a record's items in its order, each before what it holds."""
    for name in FIELDS:
        by = _under(notice.read_by, name)
        yield Item(name, "field", "", {"value": value_of(notice, name)}, tuple(notice.spans.get(name, ())), by=by)
    for k, total in enumerate(notice.totals):
        yield _element("total", f"totals[{k}]", "", total, _Told(_under(notice.read_by, f"totals[{k}]"), {}))
    for i, issue in enumerate(notice.issues):
        path = f"issues[{i}]"
        yield _holder("issue", path, "", issue)
        for j, measure in enumerate(issue.measures):
            yield from items_of_measure(measure, f"{path}.measures[{j}]", path)


def put_together(base: Notice, items: Iterable[Item], readers: Sequence[ItemKind] = OF_MEASURE) -> Built:
    """Return the record that ``items`` make; what is no item (outline, checks, ids) is as in ``base``.

    A list that a person has touched is brought into printed order; others keep theirs. ``readers`` is the order in
    which the readers of a measure's values are listed.
    """
    held: dict[tuple[str, str], list[Item]] = {}
    for item in items:
        held.setdefault((item.of, item.kind), []).append(item)
    for siblings in held.values():
        if siblings[0].kind != "field" and any(PERSON in item.by.values() for item in siblings):
            siblings.sort(key=lambda item: item.at[0].start)
    paths: dict[str, str] = {}
    fields = held.get(("", "field"), [])
    paths.update((item.id, item.id) for item in fields)
    placed = {item.id: list(item.at) for item in fields if item.at}
    spans = {name: placed[name] for name in base.spans if name in placed} | placed
    told = _Told({key: reader for item in fields for key, reader in _keyed(item.by, item.id)}, {})
    totals = _listed(held, "", "", "total", paths, told)
    contact = {_of_contact(item.id): item.values["value"] for item in fields if _of_contact(item.id)}
    notice = base.model_copy(
        update={
            "contract_version": CONTRACT_VERSION,
            **{item.id: item.values["value"] for item in fields if not _of_contact(item.id)},
            "contact": Contact.model_validate(contact),
            "totals": [Total.model_validate(each) for each in totals],
            "issues": [
                Issue.model_validate(_issue(held, item, f"issues[{i}]", paths, readers))
                for i, item in enumerate(held.get(("", "issue"), []))
            ],
            "spans": spans,
            "read_by": told.by,
        }
    )
    return Built(notice, paths)


def _element(kind: ItemKind, path: str, of: str, record: _Placed, told: _Told) -> Item:
    values = {name: getattr(record, name) for name in SHAPES[kind].values}
    return Item(path, kind, of, values, (record.text,), {}, told.by, told.confidence)


def _holder(kind: ItemKind, path: str, of: str, record: Issue | Measure) -> Item:
    """Return an issue's or a measure's own item, whose values have places of their own."""
    names = SHAPES[kind].values
    values = {name: value_of(record, name) for name in names}
    parts = {name: places for name in names if (places := places_of(record, name))}
    by, confidence = _own(record.read_by), _own(record.confidence)
    return Item(path, kind, of, values, (record.text,), parts, by, confidence)


def _own_values(item: Item) -> dict[str, Any]:
    """Return an issue's or a measure's values as its record has them: a deadline with its place."""
    values = dict(item.values)
    if (deadline := values.get("deadline")) is not None:
        places = item.parts.get("deadline")
        values["deadline"] = {"value": deadline, "text": places[0]} if places else None
    return values


def _own_places(item: Item) -> dict[str, list[Span]]:
    """Return the places of an issue's or a measure's values, a deadline's aside, which it holds itself."""
    return {name: list(places) for name, places in item.parts.items() if name != "deadline"}


def items_of_measure(measure: Measure, path: str, of: str) -> Iterator[Item]:
    """Yield a measure's item and those of its values; ``path`` is its own, ``of`` its issue's."""
    yield _holder("measure", path, of, measure)
    places = measure.spans.get("organizations", [])
    by, confidence = _by_element(measure.read_by), _by_element(measure.confidence)
    for kind in OF_MEASURE:
        name = SHAPES[kind].list
        for k, each in enumerate(getattr(measure, name)):
            key = f"{name}[{k}]"
            told = _Told(by.get(key, {}), confidence.get(key, {}))
            if kind == "organization":
                place = tuple(places[k : k + 1])
                yield Item(f"{path}.{key}", kind, path, {"value": each}, place, {}, told.by, told.confidence)
            else:
                yield _element(kind, f"{path}.{key}", path, each, told)


def _issue(
    held: Mapping[tuple[str, str], list[Item]],
    item: Item,
    path: str,
    paths: dict[str, str],
    readers: Sequence[ItemKind],
) -> dict[str, Any]:
    paths[item.id] = path
    measures = [
        _measure(held, each, f"{path}.measures[{j}]", paths, readers)
        for j, each in enumerate(held.get((item.id, "measure"), []))
    ]
    return {
        **_own_values(item),
        "text": item.at[0],
        "measures": measures,
        "spans": _own_places(item),
        "read_by": dict(item.by),
        "confidence": item.open_confidence,
    }


def _measure(
    held: Mapping[tuple[str, str], list[Item]],
    item: Item,
    path: str,
    paths: dict[str, str],
    readers: Sequence[ItemKind],
) -> dict[str, Any]:
    paths[item.id] = path
    told = _Told(dict(item.by), item.open_confidence)
    lists = {SHAPES[kind].list: _listed(held, item.id, path, kind, paths, told) for kind in readers}
    spans = _own_places(item)
    organizations = held.get((item.id, "organization"), [])
    if organizations:
        spans["organizations"] = [place for each in organizations for place in each.at]
    return {
        **_own_values(item),
        **lists,
        "text": item.at[0],
        "spans": spans,
        "read_by": told.by,
        "confidence": told.confidence,
    }


def _listed(
    held: Mapping[tuple[str, str], list[Item]],
    of: str,
    path: str,
    kind: ItemKind,
    paths: dict[str, str],
    told: _Told,
) -> list[Any]:
    """Return a list's records; add their paths to ``paths``, and to ``told`` who read them and how sure that is."""
    items = held.get((of, kind), [])
    name = SHAPES[kind].list
    keys = {item.id: f"{name}[{k}]" for k, item in enumerate(items)}
    paths.update((item.id, f"{path}.{keys[item.id]}" if path else keys[item.id]) for item in items)
    for item in items:
        told.by.update(_keyed(item.by, keys[item.id]))
        told.confidence.update(_keyed(item.open_confidence, keys[item.id]))
    if kind == "organization":
        return [item.values["value"] for item in items]
    return [{**item.values, "text": item.at[0]} for item in items]


def _keyed(of_parts: Mapping[str, _Each], key: str) -> Iterator[tuple[str, _Each]]:
    """Yield what is told of an item's parts, by the parts' paths."""
    for part, told in of_parts.items():
        yield f"{key}.{part}" if part else key, told


def _of_contact(name: str) -> str:
    """Return a field's name in the contact, '' for one of the notice's own."""
    home, _, inner = name.rpartition(".")
    return inner if home else ""


def _under(told: Mapping[str, _Each], key: str) -> dict[str, _Each]:
    """Return what is told of the value under ``key`` and of its parts, by the parts' names; the whole's under ''."""
    return {
        name.removeprefix(key).lstrip("."): each
        for name, each in told.items()
        if name == key or name.startswith(f"{key}.")
    }


def _by_element(told: Mapping[str, _Each]) -> dict[str, dict[str, _Each]]:
    """Return what is told of a measure's values, by the paths of the elements of its lists and the parts' names."""
    elements: dict[str, dict[str, _Each]] = {}
    for name, each in told.items():
        key, _, part = name.partition(".")
        elements.setdefault(key, {})[part] = each
    return elements


def _own(told: Mapping[str, _Each]) -> dict[str, _Each]:
    return {name: each for name, each in told.items() if "[" not in name}
