"""The values of both readers in words, to be shown beside each other under review."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from extractor.record.checks import Lang
from extractor.record.contract import Check, DisputedValue
from extractor.record.fields import SHAPES, ItemKind
from extractor.review.forms import fields_of, value_in_words
from extractor.service.desk.desk_words import WordLookup, printable, word_lookup


def disputes(check: Check, lang: Lang) -> Iterator[dict[str, str]]:
    """Yield what the readers differ on, in words: its name, the value of each reader, and whose is kept."""
    t = word_lookup(lang)
    for value in check.disputed:
        if value.kind in SHAPES:
            sides = {"rules": value.rules, "model": value.model}
            said = {reader: printable(_said(value, side, lang, t)) for reader, side in sides.items()}
            yield {"name": _name(value, lang, t), "kept": value.kept, **said}


def _name(value: DisputedValue, lang: Lang, t: WordLookup) -> str:
    kind = cast("ItemKind", value.kind)
    if kind == "field":
        return t(f"field.{value.path}")
    if value.name in SHAPES[kind].fields:
        return SHAPES[kind].fields[value.name].called(lang)
    return t(f"kind.{kind}")


def _said(value: DisputedValue, side: Any, lang: Lang, t: WordLookup) -> str:
    """Return a reader's value in words; of a whole item its values, one after the other."""
    kind = cast("ItemKind", value.kind)
    fields = fields_of(kind, value.path, lang)
    if value.name:
        (field,) = [each for each in fields if each.name == value.name]
        return value_in_words({value.name: side}, field, t("review.empty"))
    if not isinstance(side, Mapping):
        return t("review.no_such")
    words = (value_in_words(side, field, "") for field in fields)
    return " ".join(filter(None, words))
