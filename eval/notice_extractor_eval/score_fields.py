"""The rows of an evaluation, in the order of the reports, made from the declaration of a record.

``score_fields.toml`` names the rows that are no value of a record.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple

from extractor.record.checks import Lang
from extractor.record.fields import CONTACT, LISTS_OF_MEASURE, NOTICE_FIELDS, SCALARS, SHAPES, Field, ItemKind, Shape

__all__ = ["HOLDERS", "ROWS", "Lang", "RowKind", "ScoreRow", "details_of"]

RowKind = Literal["value", "group", "detail", "span"]
"""``value``: a field as the contract scores it; ``group``: several counted together; ``detail``: a stricter or looser
reading of a value; ``span``: how well stretches of text are bounded."""
HOLDERS: Mapping[str, ItemKind] = {"issues": "issue", "measures": "measure"}
"""The kinds that have rows for their own values, by the names of their lists."""


class ScoreRow(NamedTuple):
    """One row: its id (a path into the contract), its kind, and its names."""

    name: str
    kind: RowKind
    zh: str
    en: str

    def called(self, lang: Lang) -> str:
        """Return the row's name in a language."""
        return self.zh if lang == "zh" else self.en


class Detail(NamedTuple):
    """A value of a list's items that has a row of its own beside theirs.

    ``is_alone``: it is compared by itself, else on top of what makes two items the same.
    """

    field: Field
    is_alone: bool


def details_of(shape: Shape) -> Iterator[Detail]:
    """Yield the values of a kind's items that are compared beside the items as wholes."""
    for name, field in shape.fields.items():
        if name in shape.alone:
            yield Detail(field, is_alone=True)
        elif name not in shape.same:
            yield Detail(field, is_alone=False)


@cache
def _words() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("notice_extractor_eval").joinpath("score_fields.toml").read_text(encoding="utf-8"))


def _own(section: str, name: str, kind: RowKind) -> ScoreRow:
    return ScoreRow(name, kind, **_words()[section][name])


def _rows() -> Iterator[ScoreRow]:
    for group, names in (("notice_fields", SCALARS), ("contact", [f"contact.{name}" for name in CONTACT])):
        yield _own("groups", group, "group")
        for name in names:
            yield ScoreRow(name, "value", NOTICE_FIELDS[name].zh, NOTICE_FIELDS[name].en)
    yield _list_row("total", "totals")
    for home, kind in HOLDERS.items():
        yield _own("found", home, "value")
        shape = SHAPES[kind]
        for name in shape.fields:
            yield ScoreRow(f"{home}.{name}", "value", shape.full_name(name, "zh"), shape.full_name(name, "en"))
    for name, kind in LISTS_OF_MEASURE:
        yield _list_row(kind, f"measures.{name}")
        yield from _detail_rows(SHAPES[kind], f"measures.{name}")
    for stretch, names_of in _words()["spans"].items():
        for reading, how in _words()["readings"].items():
            zh, en = f"{names_of['zh']}({how['zh']})", f"{names_of['en']}, {how['en']}"
            yield ScoreRow(f"{stretch}.{reading}", "span", zh, en)


def _list_row(kind: ItemKind, name: str) -> ScoreRow:
    return ScoreRow(name, "value", SHAPES[kind].zh_all, SHAPES[kind].en_all)


def _detail_rows(shape: Shape, home: str) -> Iterator[ScoreRow]:
    for field, is_alone in details_of(shape):
        forms = _words()["details"]["alone" if is_alone else "on_top"]
        zh = forms["zh"].format(item=shape.zh, items=shape.zh_all, field=field.zh)
        en = forms["en"].format(item=shape.en, items=shape.en_all, field=field.en)
        yield ScoreRow(f"{home}.{field.name}", "detail", zh, en)
        if field.is_overlapping:
            zh, en = (
                _words()["details"]["overlap"][lang].format(items=items, field=name)
                for lang, items, name in (("zh", shape.zh_all, field.zh), ("en", shape.en_all, field.en))
            )
            yield ScoreRow(f"{home}.{field.name}.overlap", "detail", zh, en)


ROWS: dict[str, ScoreRow] = {row.name: row for row in _rows()}
"""The rows by their ids."""
