"""Decided edits, and those on which the readers differ as a check of the record has them, with both values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.assist.proposals.matters import Addition, Confirmation, Edit, Replacement
from extractor.record.contract import DisputedValue, Span
from extractor.record.items import Item


class DecidedEdit(NamedTuple):
    """An edit, and whether it was taken in.

    ``item`` is the one it is about as the rules read it; of an addition the new one, with the id that it was given.
    """

    edit: Edit
    is_taken: bool
    item: Item


def disputed_value(decided: DecidedEdit, paths: Mapping[str, str]) -> DisputedValue | None:
    """Return what a check says of an edit; None for a confirmation, or where the record has no place for it any more.

    ``paths`` has the path of each item of the record by its id.
    """
    edit, is_taken, item = decided
    rules: object
    model: object
    other: Sequence[Span]
    if isinstance(edit, Confirmation):
        return None
    if isinstance(edit, Replacement):
        path, name = paths.get(item.id), edit.name
        rules, model = item.values[name], edit.value
        other = _places(item, name) if is_taken else tuple(edit.at or ())
    else:
        is_new, name = isinstance(edit, Addition), ""
        is_there = is_taken == is_new  # an addition that was taken in, or a denial that was not
        path = paths.get(item.id) if is_there else (paths.get(item.of) if item.of else "")
        rules, model = (None, dict(item.values)) if is_new else (dict(item.values), None)
        other = () if is_there else item.at
    if path is None:
        return None
    kept = "model" if is_taken else "rules"
    return DisputedValue.model_validate(
        {"path": path, "kind": item.kind, "name": name, "rules": rules, "model": model, "kept": kept, "text": other}
    )


def _places(item: Item, name: str) -> Sequence[Span]:
    """Return the places of a value of its own: a field's, or one of an issue's or a measure's."""
    return item.at if item.kind == "field" else item.parts.get(name, ())
