"""The check of a person's change against the contract and the notice's text: only printed values are accepted.

Names and figures are looked up as in the evaluation (``extractor.record.lookup`` and ``extractor.record.grounding``),
so that every accepted value can be written as a gold label.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from extractor.record.contract import Deadline, Notice, Span
from extractor.record.date_values import is_date_value, is_day, is_deadline
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import DAYS, NOTICE_FIELDS, SHAPES
from extractor.record.grounding import ungrounded
from extractor.record.items import PERSON, Item, put_together
from extractor.record.lookup import page_of
from extractor.review.changes import Add, Correct
from extractor.review.parts_beside import parts_beside
from extractor.review.refusals import RefusedError

_LABEL_WITHIN = 24  # code points at an issue's beginning that hold its enumerator (反馈问题一:…)
_QUOTED = 40
_MOST_TYPES = 3
_UNPLACED = frozenset(name for name, field in NOTICE_FIELDS.items() if field.vocabulary)
"""Fields that are inferred, not quoted."""


def checked_item(base: Notice, items: Mapping[str, Item], text: str, change: Correct | Add, number: int) -> Item:
    """Return the item that a change corrects or adds.

    Raises:
        RefusedError: A value breaks the contract, the place is not possible, or the values are not printed there.
    """
    old = items[change.item] if isinstance(change, Correct) else _new(items, change, number)
    values = {**old.values, **{name: _tidy(value) for name, value in change.values.items()}}
    at = old.at if change.at is None else (change.at,)
    if old.kind in ("organization", "field") and change.at is not None and "value" not in change.values:
        values["value"] = text[change.at.start : change.at.end].strip()
    if old.kind == "measure" and isinstance(values["types"], list):
        values["types"] = list(dict.fromkeys(values["types"]))
    _check_values(old, values)
    if old.kind == "field" and (values["value"] is None or old.id in _UNPLACED):
        at = ()
    elif not at or any(place.start >= place.end for place in at):
        raise RefusedError("no_place")
    if any(place.end > len(text) for place in at):
        raise RefusedError("beyond", n=len(text))
    # Saving an unchanged item confirms all of it.
    parts = (_changed(old, values, at) if isinstance(change, Correct) else ()) or SHAPES[old.kind].parts
    by = {**old.by, **dict.fromkeys(parts, PERSON)}
    item = Item(old.id, old.kind, old.of, values, at, by=by)
    _check_order(items, text, item)
    if isinstance(change, Add) and any(_is_same(item, other) for other in items.values()):
        raise RefusedError("already", words=_words(text, item.at[0]))
    item = replace(item, parts=dict(_parts(items, text, item)))
    _check_printed(base, {**items, item.id: item}, text, item)
    return item


def _changed(old: Item, values: Mapping[str, Any], at: tuple[Span, ...]) -> list[str]:
    """Return the parts of an item that change; a value without a reader of its own counts as the first part."""
    parts = SHAPES[old.kind].parts
    changed = [name if name in parts else parts[0] for name in values if values[name] != old.values.get(name)]
    return changed + ([parts[0]] if at != old.at else [])


def _new(items: Mapping[str, Item], change: Add, number: int) -> Item:
    shape = SHAPES[change.kind]
    holder = items.get(change.of)
    if change.kind == "field" or (holder.kind if holder else None) != shape.of or (change.of and not holder):
        raise RefusedError("not_held", kind=change.kind)
    key = f"{shape.list}[+{number}]"
    defaults: dict[str, Any] = dict.fromkeys(shape.values)
    if shape.record is not None:
        fields = shape.record.model_fields
        defaults |= {
            name: fields[name].get_default(call_default_factory=True)
            for name in shape.values
            if not fields[name].is_required()
        }
    return Item(f"{change.of}.{key}" if change.of else key, change.kind, change.of, defaults, (change.at,))


def _tidy(value: Any) -> Any:
    """Return a value as the contract stores it: no blanks around words, None for no words."""
    if isinstance(value, str):
        return value.strip() or None
    return [words for each in value if (words := _tidy(each)) is not None] if isinstance(value, list) else value


def _is_same(item: Item, other: Item) -> bool:
    return (item.kind, item.of, item.values, item.at) == (other.kind, other.of, other.values, other.at)


def _check_values(item: Item, values: Mapping[str, Any]) -> None:
    kind, key, shape = item.kind, item.id, SHAPES[item.kind]
    for name in values:
        if name not in shape.values:
            raise RefusedError("unknown_value", name=name)
    deadline = values.get("deadline")
    if deadline is not None and not (isinstance(deadline, str) and is_deadline(deadline)):
        raise RefusedError("deadline", value=_shown(deadline))
    if shape.record is not None:
        nowhere = Span(start=0, end=0)
        due = None if deadline is None else Deadline(value=deadline, text=nowhere)
        try:
            shape.record.model_validate({**values, "text": nowhere, "deadline": due}, strict=True)
        except ValidationError as error:
            name = str(error.errors()[0]["loc"][0])
            raise RefusedError("value", of=item, name=name, value=_shown(values.get(name))) from None
    elif not isinstance(values["value"], str if kind == "organization" else str | None):
        raise RefusedError("value", of=item, name="value", value=_shown(values["value"]))
    if kind == "measure" and not 1 <= len(values["types"]) <= _MOST_TYPES:
        raise RefusedError("types", n=len(values["types"]))
    if kind == "date" and not is_date_value(values["value"]):
        raise RefusedError("date", value=values["value"])
    if kind == "field" and values["value"] is not None:
        if key in DAYS and not is_day(values["value"]):
            raise RefusedError("date", value=values["value"])
        vocabulary = NOTICE_FIELDS[key].vocabulary
        if vocabulary and values["value"] not in VOCABULARIES[vocabulary]:
            raise RefusedError("value", of=item, name="value", value=values["value"])


def _check_order(items: Mapping[str, Item], text: str, item: Item) -> None:
    """Check that an item is inside its holder, contains its own items, and overlaps none of its kind."""
    if item.kind not in ("issue", "measure") and not item.of:
        return
    (place,) = item.at
    holder = items.get(item.of)
    if holder is not None and not _within(place, holder.at[0]):
        raise RefusedError("outside", kind=holder.kind, words=_words(text, place))
    if item.kind not in ("issue", "measure"):
        return
    for other in items.values():
        if other.of == item.id and not _within(other.at[0], place):
            raise RefusedError("leaves_out", words=_words(text, other.at[0]))
        alike = (other.kind, other.of) == (item.kind, item.of) and other.id != item.id
        if alike and other.at[0].start < place.end and place.start < other.at[0].end:
            raise RefusedError("overlaps", kind=item.kind, words=_words(text, other.at[0]))


def _parts(items: Mapping[str, Item], text: str, item: Item) -> Iterator[tuple[str, list[Span]]]:
    """Yield the places of the values of an issue or a measure that are printed apart from each other."""
    if item.kind not in ("issue", "measure"):
        return
    page, values, (place,) = page_of(text), item.values, item.at
    for name in ("label", "title", "heading"):
        value = values.get(name)
        if value is None:
            continue
        if name != "label":
            found = page.find(value, place.start, place.end)
        elif item.kind == "issue":
            found = page.find(value, place.start, min(place.end, place.start + _LABEL_WITHIN))
        else:
            found = page.find_last(value, _before(items, item), place.start)
        if found is None:
            raise RefusedError("not_found", of=item, name=name, value=value)
        yield name, [found]
    headings = [(value, page.find_last(value, 0, place.start)) for value in values.get("section", ())]
    for value, found in headings:
        if found is None:
            raise RefusedError("not_found", of=item, name="section", value=value)
    if headings:
        yield "section", [found for _, found in headings if found is not None]
    yield from parts_beside(items, page, item)


def _before(items: Mapping[str, Item], measure: Item) -> int:
    """Return the end of the measure before, or the beginning of the issue."""
    ends = [each.at[0].end for each in items.values() if each.of == measure.of and each.kind == "measure"]
    before = [end for end in ends if end <= measure.at[0].start]
    return max(before, default=items[measure.of].at[0].start)


def _check_printed(base: Notice, items: Mapping[str, Item], text: str, item: Item) -> None:
    built = put_together(base, items.values())
    path = built.paths[item.id]
    for each in ungrounded(built.notice, text):
        inner = each.path.removeprefix(path)
        is_own = inner != each.path and ("[" not in inner or inner[1:].partition("[")[0] in SHAPES[item.kind].fields)
        if is_own:
            raise RefusedError("not_printed", value=each.value, words=_words(text, item.at[0]))


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _words(text: str, place: Span) -> str:
    words = text[place.start : place.end]
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"


def _shown(value: object) -> str:
    return "空 / empty" if value is None else str(value)[:_QUOTED]
