"""The words of the service's pages, in both languages."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from extractor.pages.page_words import words
from extractor.record.checks import Lang

WordLookup = Callable[..., str]

# Control and invisible characters, which change the direction of a line or hide; as in pages/static/dom.js.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)

_LINE_END = re.compile("[\u2028\u2029]")  # inside a cell of a ledger


@cache
def service_words() -> dict[str, Any]:
    """Return the words of the pages of notices and of the service; as ``extractor.pages.page_words.words``."""
    table = tomllib.loads(files("extractor.service").joinpath("words.toml").read_text(encoding="utf-8"))
    own = {f"{section}.{key}": names for section, rows in table.items() for key, names in rows.items()}
    return {**words(), "words": {**words()["words"], **own}}


def word_lookup(lang: Lang) -> WordLookup:
    """Return a function that gives the words for a key, with its {names} filled in."""
    named = service_words()["words"]

    def said(key: str, **values: object) -> str:
        sentence: str = named[key][lang]
        return sentence.format(**values) if values else sentence

    return said


def printable(words_of_a_notice: object) -> str:
    """Return words without control and invisible characters; a line end inside a cell becomes a blank."""
    return _CONTROL.sub("", _LINE_END.sub(" ", str(words_of_a_notice)))
