"""The rows of an evaluation and their names for people, read from ``fields.toml``."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Literal, NamedTuple

FieldKind = Literal["value", "group", "detail", "span"]
Lang = Literal["zh", "en"]


class Field(NamedTuple):
    """One row: its id (a path into the contract), what kind of row it is, and its names."""

    name: str
    kind: FieldKind
    zh: str
    en: str

    def called(self, lang: Lang) -> str:
        """Return the row's name in a language."""
        return self.zh if lang == "zh" else self.en


def _read() -> dict[str, Field]:
    table = tomllib.loads(files("notice_extractor_eval").joinpath("score_fields.toml").read_text(encoding="utf-8"))
    return {name: Field(name, row["kind"], row["zh"], row["en"]) for name, row in table.items()}


FIELDS: dict[str, Field] = _read()
