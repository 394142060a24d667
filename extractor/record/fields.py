"""The declaration of a record: its kinds of items and their values, read once from ``data/fields.toml``.

Tables, trees, forms, pages, label files, grounding and evaluation iterate it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from extractor.data import read_table
from extractor.record.contract import (
    Accountability,
    DateMention,
    Deadline,
    Document,
    Issue,
    Measure,
    Quantity,
    Record,
    Span,
    Total,
)

if TYPE_CHECKING:
    from extractor.record.checks import Lang

ItemKind = Literal[
    "field", "total", "issue", "measure", "document", "quantity", "date", "organization", "accountability"
]
ValueType = Literal["text", "list", "term", "terms", "figure", "count", "unit", "day", "date", "deadline"]

_RECORDS: Mapping[ItemKind, type[Record]] = {
    "total": Total,
    "issue": Issue,
    "measure": Measure,
    "document": Document,
    "quantity": Quantity,
    "date": DateMention,
    "accountability": Accountability,
}


class Field(NamedTuple):
    """A value of an item.

    ``name`` is its path in the contract's record (``title``, ``contact.phone``), ``vocabulary`` the enumeration of a
    term; ``data/fields.toml`` explains the rest.
    """

    name: str
    type: ValueType
    vocabulary: str | None
    zh: str
    en: str
    about: str
    wrap: bool
    is_joined: bool
    is_last: bool
    is_around: bool
    is_above: bool
    is_overlapping: bool

    @property
    def is_beside(self) -> bool:
        """True if the value may be printed behind its item, on a line of its own: who is responsible, until when."""
        return self.type == "deadline" or (self.type == "list" and not self.is_above)

    def called(self, lang: Lang) -> str:
        """Return the value's name in a language."""
        return self.zh if lang == "zh" else self.en


class Shape(NamedTuple):
    """A kind of items.

    ``record`` is the record that an item makes (None: a single word or date), ``list`` the list that holds it ('' for
    the notice's own fields), ``of`` the kind of item that has the list (None: the notice), ``parts`` what has a reader
    of its own and ``judged`` those parts that are judged ('': the whole item); ``data/fields.toml`` explains the rest.
    """

    record: type[Record] | None
    list: str
    of: ItemKind | None
    values: tuple[str, ...]
    parts: tuple[str, ...]
    judged: tuple[str, ...]
    fields: Mapping[str, Field]
    zh: str
    en: str
    zh_all: str
    en_all: str
    same: tuple[str, ...]
    alone: tuple[str, ...]
    is_multiset: bool
    row: tuple[str, ...]
    number: str | None
    """The name of the value that is a number; None where the kind has none."""

    def called(self, lang: Lang) -> str:
        """Return the name of one item in a language."""
        return self.zh if lang == "zh" else self.en

    def called_all(self, lang: Lang) -> str:
        """Return the name of several items in a language."""
        return self.zh_all if lang == "zh" else self.en_all

    def full_name(self, name: str, lang: Lang) -> str:
        """Return the name of a value that is shown apart from its item: 措施序号, measure label."""
        field = self.fields[name]
        if lang == "en":
            return f"{self.en} {field.en}"
        return field.zh if field.zh.startswith(self.zh) else f"{self.zh}{field.zh}"

    def may_lack(self, name: str) -> bool:
        """Return whether the contract lets an item be without a value."""
        if self.record is None:
            return not self.list  # the notice's own fields
        return type(None) in get_args(self.record.model_fields[name].annotation)


def field_name(name: str, genre: str | None, lang: Lang) -> str:
    """Return what one of the notice's own fields is called in a notice of a genre."""
    named = NAMES_BY_GENRE.get(genre or "", {}).get(name)
    return named[lang] if named else NOTICE_FIELDS[name].called(lang)


def _field(name: str, row: Mapping[str, Any]) -> Field:
    marks = (row.get(mark, False) for mark in ("wrap", "joined", "last", "around", "above", "overlap"))
    return Field(name, row["is"], row.get("of"), row["zh"], row["en"], row["about"], *marks)


def _shape(kind: ItemKind, entry: Mapping[str, Any], shared: Mapping[str, Any]) -> Shape:
    rows = {name: shared[name] if row == "shared" else row for name, row in entry["values"].items()}
    values = tuple(rows)
    return Shape(
        record=_RECORDS.get(kind),
        list=entry.get("list", ""),
        of=entry.get("of"),
        # The items of the notice's own fields are one a field, each with a single value.
        values=("value",) if kind == "field" else values,
        parts=_parts(entry["parts"]),
        judged=_parts(entry.get("judged", ())),
        fields={name: _field(name, row) for name, row in rows.items()},
        zh=entry["zh"],
        en=entry["en"],
        zh_all=entry.get("zh_all", entry["zh"]),
        en_all=entry.get("en_all", entry["en"]),
        same=tuple(entry.get("same", ())),
        alone=tuple(entry.get("alone", ())),
        is_multiset=entry.get("multiset", False),
        row=tuple(entry.get("row", values)),
        number=next((name for name, row in rows.items() if row["is"] in ("figure", "count")), None),
    )


def _parts(names: Iterable[str]) -> tuple[str, ...]:
    return tuple("" if name == "whole" else name for name in names)


def _read() -> dict[ItemKind, Shape]:
    content: dict[Any, Any] = dict(read_table("fields"))
    shared = content.pop("shared")
    return {kind: _shape(kind, entry, shared) for kind, entry in content.items()}


SHAPES: dict[ItemKind, Shape] = _read()
"""The kinds of items, each before those it holds."""

NOTICE_FIELDS: Mapping[str, Field] = SHAPES["field"].fields
"""The notice's own fields, by their paths in the record."""
NAMES_BY_GENRE: Mapping[str, Mapping[str, Mapping[str, str]]] = read_table("fields")["field"]["by_genre"]
"""What fields are called in notices of a genre, by genre and field, in each language; others have their own name."""

FIELDS = tuple(NOTICE_FIELDS)
SCALARS = tuple(name for name in FIELDS if not name.startswith("contact."))
"""Those of them that the notice itself holds."""
CONTACT = tuple(name.removeprefix("contact.") for name in FIELDS if name.startswith("contact."))
"""Those that its contact holds, by their names there."""
DAYS = tuple(name for name, field in NOTICE_FIELDS.items() if field.type == "day")
"""Those that are dates."""

OF_MEASURE: tuple[ItemKind, ...] = tuple(kind for kind, shape in SHAPES.items() if shape.of == "measure")
"""The kinds of items that a measure holds."""
LISTS_OF_MEASURE: Sequence[tuple[str, ItemKind]] = tuple(
    (name, kind) for name in Measure.model_fields for kind in OF_MEASURE if SHAPES[kind].list == name
)
"""The same by the names of their lists, in the order of the contract."""


def value_of(record: object, name: str) -> Any:
    """Return a record's value by its name, such as ``contact.phone``; of a deadline its date or word."""
    value = getattr(record, name) if "." not in name else reduce(getattr, name.split("."), record)
    return value.value if isinstance(value, Deadline) else value


def places_of(record: Issue | Measure, name: str) -> Sequence[Span]:
    """Return the places of an issue's or a measure's own value by its name, in order."""
    value = getattr(record, name)
    return [value.text] if isinstance(value, Deadline) else record.spans.get(name, [])
