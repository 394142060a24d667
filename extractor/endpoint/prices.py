"""Prices of tokens by the model's name. A model in no table has an unknown price, which is not zero."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from extractor.data import read_table
from extractor.endpoint.calls import Usage
from extractor.endpoint.setting_profiles import user_folder
from extractor.errors import SettingsError

FILE_NAME = "prices.toml"
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")
_Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Price(NamedTuple):
    """US dollars for a million tokens: of the prompt, of its part that hits a prefix cache, of the answer."""

    input: _Dollars
    cached: _Dollars
    output: _Dollars

    def of(self, usage: Usage) -> float:
        """Return what ``usage`` costs, in dollars."""
        fresh = max(usage.prompt - usage.cached, 0)
        return (fresh * self.input + usage.cached * self.cached + usage.completion * self.output) / 1e6


def price_of(model: str, own_table: Path | None = None) -> Price | None:
    """Return the price of ``model``, None where it is unknown.

    A dated name (``gpt-4o-2024-08-06``) costs the same as the name without its date. ``own_table`` counts first (None:
    there is none), then ``prices.toml`` in the user's folder, then the built-in table.

    Raises:
        SettingsError: a table cannot be read, or is none.
    """
    tables = [_prices(own_table, _document(own_table))] if own_table else []
    users = user_folder() / FILE_NAME
    if users.is_file():
        tables.append(_prices(users, _document(users)))
    tables.append(_prices(Path(FILE_NAME), read_table("prices")))
    for name in (model, _DATED.sub("", model)):
        for table in tables:
            if name in table:
                return table[name]
    return None


def _prices(path: Path, document: Mapping[str, Any]) -> dict[str, Price]:
    try:
        return TypeAdapter(dict[str, Price]).validate_python(document)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise SettingsError(
            f'{path}: {where}: {problem["msg"].lower()}; a price is ["MODEL"] with input, cached and output in dollars'
        ) from None


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: the price table cannot be read ({error})") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: the price table is no TOML ({error})") from None
