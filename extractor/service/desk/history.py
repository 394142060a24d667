"""Changes in words: who changed what in the notice, and what it was before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from extractor.record.checks import Lang
from extractor.record.contract import Check
from extractor.record.items import Item
from extractor.review.changes import Accept, Add, Correct, Delete, MadeChange, Note, Undo
from extractor.review.forms import fields_of, value_in_words
from extractor.review.moments import moment
from extractor.review.review import Review, can_be_undone, checks_of
from extractor.service.desk.desk_words import WordLookup, word_lookup

_QUOTED = 30


class ChangeLine(NamedTuple):
    """A change as a line of the history."""

    number: int
    line: str
    undone: bool
    can_be_undone: bool


def steps(review: Review, text: str, lang: Lang, item: str | None = None) -> Iterator[ChangeLine]:
    """Yield the changes of a review, the newest first; with ``item``, only those that touched it."""
    checks = dict(checks_of(review.base))
    for made in reversed(review.made):
        if item is None or item in review.touched[made.number]:
            said = f"{made.by} · {moment(made.made)} · {_said(review, made, text, lang, checks)}"
            undone = made.number in review.undone
            yield ChangeLine(made.number, said, undone, can_be_undone(review, made.number))


def _said(review: Review, made: MadeChange, text: str, lang: Lang, checks: Mapping[str, Check]) -> str:
    t, change, before = word_lookup(lang), made.change, review.before[made.number]
    match change:
        case Undo(change=number):
            return t("change.undo", n=number)
        case Accept(item=key) if before is None:
            return f"{t('change.accept')} {t('change.check')}: {_message(checks, key)}"
        case Note(item=key, words=words):
            about = _named(before, text, t) if before is not None else f"{t('change.check')} {_message(checks, key)}"
            return f"{t('change.note')} {about}: {words}"
        case Correct() if before is not None and made.result is not None:
            changed = _differences(before, made.result, lang, t)
            named = _named(before, text, t)
            return f"{t('change.correct')} {named}: {changed}" if changed else f"{t('change.accept')} {named}"
        case Add() if made.result is not None:
            return f"{t('change.add')} {_named(made.result, text, t)}"
        case Accept() | Delete() if before is not None:
            return f"{t(f'change.{change.op}')} {_named(before, text, t)}"
    return t(f"change.{change.op}")


def _message(checks: Mapping[str, Check], key: str) -> str:
    return checks[key].message if key in checks else key


def _named(item: Item, text: str, t: WordLookup) -> str:
    """Return an item's kind and its words."""
    name = t(f"field.{item.id}") if item.kind == "field" else t(f"kind.{item.kind}")
    words = item.values.get("title") or item.values.get("heading") or (_cut(item, text) if item.at else None)
    return f"{name} “{_short(words)}”" if words else name


def _differences(before: Item, after: Item, lang: Lang, t: WordLookup) -> str:
    changed = [
        f"{field.label} {_short(value_in_words(before.values, field, t('review.empty')))} → "
        f"{_short(value_in_words(after.values, field, t('review.empty')))}"
        for field in fields_of(after.kind, after.id, lang)
        if before.values.get(field.name) != after.values.get(field.name)
    ]
    return "; ".join(changed + ([t("change.place")] if before.at != after.at else []))


def _cut(item: Item, text: str) -> str:
    return "、".join(text[place.start : place.end] for place in item.at)


def _short(words: str) -> str:
    return words if len(words) <= _QUOTED else f"{words[:_QUOTED]}…"
