"""Checks: doubts about a record in words. ``data/checks.toml`` holds their severity and their sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from extractor.data import read_table
from extractor.record.contract import Check, DisputedValue
from extractor.record.enumerations import VOCABULARIES, Term
from extractor.record.fields import SHAPES

Lang = Literal["zh", "en"]
_JOINED = "、"  # between the words of several values


class Doubt(NamedTuple):
    """A code of ``data/checks.toml``, a path into the record, and what to fill into its words.

    ``disputed`` are the values on which the readers differ.
    """

    code: str
    path: str
    values: dict[str, str]
    disputed: Sequence[DisputedValue] = ()


def said(doubt: Doubt, lang: Lang) -> Check:
    """A doubt in words."""
    row = read_table("checks")[doubt.code]
    message = row[lang].format(**_named(doubt, lang))
    disputed = list(doubt.disputed)
    return Check(code=doubt.code, severity=row["severity"], message=message, path=doubt.path, disputed=disputed)


def _named(doubt: Doubt, lang: Lang) -> dict[str, str]:
    """Return the words of a doubt: the keys of the enumeration that its readers differ on by their names."""
    names = {key: term.zh if lang == "zh" else term.en for key, term in _terms(doubt.disputed).items()}
    if not names:
        return doubt.values
    return {
        name: _JOINED.join(" ".join(names.get(word, word) for word in part.split(" ")) for part in words.split(_JOINED))
        for name, words in doubt.values.items()
    }


def _terms(disputed: Sequence[DisputedValue]) -> Mapping[str, Term]:
    """Return the enumeration of disputed values, empty where they have none; of an item it is that of its one."""
    found: dict[str, Term] = {}
    for value in disputed:
        fields = SHAPES[value.kind].fields if value.kind in SHAPES else {}
        named = (fields.get(value.path if value.kind == "field" else value.name),) if value.name else fields.values()
        for field in filter(None, named):
            found |= VOCABULARIES[field.vocabulary] if field.vocabulary else {}
    return found
