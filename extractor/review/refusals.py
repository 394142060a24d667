"""The reasons for refusing a change, as sentences for the people who make it."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

from extractor.pages.page_words import words
from extractor.record.checks import Lang
from extractor.record.items import Item
from extractor.review.forms import fields_of


class RefusedError(Exception):
    """A change that is not possible.

    ``code`` names a sentence of ``sentences.toml``, ``values`` fill it in: ``kind`` is a kind of item, ``of`` the item
    with the value called ``name``.
    """

    def __init__(self, code: str, **values: object) -> None:
        super().__init__(code, values)
        self.code = code
        self.values = values

    def sentence(self, lang: Lang) -> str:
        """Return the sentence in a language."""
        values = dict(self.values)
        if "kind" in values:
            values["kind"] = words()["words"][f"kind.{values['kind']}"][lang]
        item = values.get("of")
        if isinstance(item, Item):  # its values are named as in its form
            labels = {field.name: field.label for field in fields_of(item.kind, item.id, lang)}
            values["name"] = labels.get(str(values["name"]), values["name"])
        return _sentences()[self.code][lang].format(**values)


class ConflictError(RefusedError):
    """Somebody else has changed the same item since it was shown; ``values`` tell who and when."""


@cache
def _sentences() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("extractor.review").joinpath("sentences.toml").read_text(encoding="utf-8"))
