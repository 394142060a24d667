"""Why a change is not taken, as sentences for the people who make them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from extractor.checks import Lang
from extractor.pages.words import words


class RefusedError(Exception):
    """A change that cannot be: ``code`` of ``sentences.toml``, and what fills its sentence."""

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def said(self, lang: Lang) -> str:
        """Return the sentence in a language."""
        named = words()["words"]
        kinds = {name: named[f"kind.{value}"][lang] for name, value in self.values.items() if name == "kind"}
        parts = {name: named[f"part.{value}"][lang] for name, value in self.values.items() if f"part.{value}" in named}
        return _sentences()[self.code][lang].format(**{**self.values, **parts, **kinds})


class ConflictError(RefusedError):
    """Somebody else changed the same thing after it was looked at; ``values`` say who and when."""


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("extractor.review").joinpath("sentences.toml").read_text(encoding="utf-8"))
