"""The fields of an item's form: their labels, their choices, and how values are read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from extractor.record.checks import Lang
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import SHAPES, Field, ItemKind, Shape, ValueType

Widget = Literal["line", "number", "lines", "one", "some"]
"""``one`` and ``some`` choose from a vocabulary; ``lines`` has a word a line."""

_WIDGETS: dict[ValueType, Widget] = {
    "term": "one",
    "terms": "some",
    "figure": "number",
    "count": "number",
    "list": "lines",
}


class FormField(NamedTuple):
    """A field of a form: its name in the contract, its label, its widget, and its choices."""

    name: str
    label: str
    widget: Widget
    choices: Sequence[tuple[str, str]]
    optional: bool


def fields_of(kind: ItemKind, item_id: str, lang: Lang) -> list[FormField]:
    """Return the fields of an item's form: those of its kind, or the one field of the notice that it is."""
    shape = SHAPES[kind]
    if kind == "field":
        return [_form_field("value", shape, shape.fields[item_id], lang)]
    return [_form_field(name, shape, field, lang) for name, field in shape.fields.items()]


def values_from(kind: ItemKind, item_id: str, sent: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Return an item's values from the fields of a form; an invalid number stays as it was typed."""
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
    """Return a value in the form that its widget shows."""
    value = values.get(field.name)
    if field.widget == "lines":
        return "\n".join(value or ())
    if field.widget == "some":
        return value or ()
    return "" if value is None else value


def value_in_words(values: Mapping[str, Any], field: FormField, empty: str) -> str:
    """Return a value in words: enumerations by name, ``empty`` for None."""
    value = values.get(field.name)
    names = dict(field.choices)
    several = value if isinstance(value, list) else [] if value is None else [value]
    return "、".join(names.get(each, str(each)) for each in several) or empty


def _form_field(name: str, shape: Shape, field: Field, lang: Lang) -> FormField:
    vocabulary = VOCABULARIES[field.vocabulary] if field.vocabulary else {}
    choices = [(key, term.zh if lang == "zh" else term.en) for key, term in vocabulary.items()]
    widget = _WIDGETS.get(field.type, "line")
    return FormField(name, field.called(lang), widget, choices, shape.may_lack(field.name))


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
