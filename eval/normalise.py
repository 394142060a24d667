"""The contract's normal forms: words after NFKC, without blanks, with one kind of quote; amounts in base units."""

from __future__ import annotations

import tomllib
import unicodedata
from decimal import Decimal
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

QUOTE = '"'
QUOTES = frozenset("\"“”„‟〝〞〟'‘’‚‛「」『』")
# What str.isspace() does not call a blank although nothing is printed.
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@cache
def fold_char(char: str) -> str:
    """Return what is compared of one character: nothing for a blank, ``"`` for a quote, else its NFKC form."""
    folded = (QUOTE if part in QUOTES else part for part in unicodedata.normalize("NFKC", char))
    return "".join(part for part in folded if not part.isspace() and part not in INVISIBLE)


@lru_cache(maxsize=65_536)
def normalise(text: str) -> str:
    """Return ``text`` as the contract compares it: NFKC, blanks dropped, quotes unified.

    Double and single quotes become the same mark: 关于“‘四风’问题…” loses its outer pair, and pages differ in what
    they then print for the inner one.
    """
    folded = "".join(map(fold_char, unicodedata.normalize("NFKC", text)))
    return unicodedata.normalize("NFKC", folded)


def normalise_or_none(text: str | None) -> str | None:
    """Return the normal form, or ``None`` where there is no value; a value of blanks is no value."""
    return normalise(text) or None if text is not None else None


class Amount(NamedTuple):
    """A figure in base units: 137.68 亿元 is 13768000000 元."""

    value: Decimal
    unit: str


class _UnitTable(NamedTuple):
    magnitudes: dict[str, Decimal]
    same: dict[str, str]
    whole: frozenset[str]


@cache
def _units() -> _UnitTable:
    table = tomllib.loads(files("eval").joinpath("units.toml").read_text(encoding="utf-8"))
    return _UnitTable(
        magnitudes={prefix: Decimal(factor) for prefix, factor in table["magnitudes"].items()},
        same=table["same"],
        whole=frozenset(table["whole"]["units"]),
    )


@lru_cache(maxsize=4_096)
def base_unit(unit: str) -> tuple[Decimal, str]:
    """Return the factor and the base of a printed unit: ``万平方米`` gives 10000 and ``平方米``."""
    table = _units()
    rest, factor = normalise(unit), Decimal(1)
    while rest and rest not in table.whole and rest[0] in table.magnitudes:
        factor *= table.magnitudes[rest[0]]
        rest = rest[1:]
    return factor, table.same.get(rest, rest)


def amount(value: float, unit: str) -> Amount:
    """Return the figure in base units, exactly: the value's shortest decimal form times the unit's magnitude."""
    factor, base = base_unit(unit)
    return Amount((Decimal(str(value)) * factor).normalize(), base)
