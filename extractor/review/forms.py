"""The fields that a person fills in about an item: what each is called, what may stand in it, how it is read back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from extractor.record.checks import Lang
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import SHAPES, ItemKind
from extractor.tables.columns import TABLES, Column

Widget = Literal["line", "number", "lines", "one", "some"]
"""``one`` and ``some`` of a vocabulary; ``lines``: a word a line."""

_WIDGETS: dict[str, Widget] = {"term": "one", "terms": "some", "number": "number", "list": "lines"}


class FormField(NamedTuple):
    """A field of a form: its name in the contract, its label, its widget, and what can be chosen."""

    name: str
    label: str
    widget: Widget
    choices: Sequence[tuple[str, str]]
    optional: bool


def fields_of(kind: ItemKind, item_id: str, lang: Lang) -> list[FormField]:
    """Return the fields of an item's form; their labels are the columns' of the exported tables."""
    return [_field(kind, name, column, lang) for name, column in _columns(kind, item_id)]


def values_from(kind: ItemKind, item_id: str, sent: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return an item's values from what a form sent; a number that is none stays as it was typed."""
    given: dict[str, list[str]] = {}
    for name, value in sent:
        given.setdefault(name, []).append(value)
    values: dict[str, Any] = {}
    for field in fields_of(kind, item_id, "zh"):
        texts = given.get(field.name, [])
        match field.widget:
            case "some":
                values[field.name] = texts
            case "lines":
                values[field.name] = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
            case "number":
                values[field.name] = _number(texts[0]) if texts else None
            case _:
                values[field.name] = texts[0].strip() or None if texts else None
    return values


def shown(values: Mapping[str, Any], field: FormField) -> Any:
    """Return a value as its widget shows it."""
    value = values.get(field.name)
    if field.widget == "lines":
        return "\n".join(value or ())
    if field.widget == "some":
        return value or ()
    return "" if value is None else value


def said_value(values: Mapping[str, Any], field: FormField, empty: str) -> str:
    """Return a value in words: an enumeration's by its name, ``empty`` for none."""
    value = values.get(field.name)
    names = dict(field.choices)
    several = value if isinstance(value, list) else [] if value is None else [value]
    return "、".join(names.get(each, str(each)) for each in several) or empty


def _columns(kind: ItemKind, item_id: str) -> Iterator[tuple[str, Column]]:
    shape = SHAPES[kind]
    if kind == "organization":
        yield "value", Column("value", "text", "单位", "organisation", "", None, False)
        return
    table = {column.name: column for column in TABLES["notices" if kind == "field" else shape.list].columns}
    if kind == "field":
        yield "value", table[item_id.removeprefix("contact.")]
        return
    yield from ((name, table[name]) for name in shape.values)


def _field(kind: ItemKind, name: str, column: Column, lang: Lang) -> FormField:
    vocabulary = VOCABULARIES[column.vocabulary] if column.vocabulary else {}
    choices = [(key, term.zh if lang == "zh" else term.en) for key, term in vocabulary.items()]
    record = SHAPES[kind].record
    optional = kind == "field" if record is None else type(None) in get_args(record.model_fields[name].annotation)
    return FormField(name, column.called(lang), _WIDGETS.get(column.kind, "line"), choices, optional)


def _number(text: str) -> int | float | str:
    digits = text.strip().replace(",", "").replace("\uff0c", "")
    try:
        return int(digits)
    except ValueError:
        pass
    try:
        return float(digits)
    except ValueError:
        return text
