"""Figures in base units: 265 亿元 is 26,500,000,000 元. Magnitudes and bases are in ``data/units.toml``."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, lru_cache
from typing import NamedTuple

from extractor.data import read_table
from extractor.text.normal_form import normalise


class BaseAmount(NamedTuple):
    """A figure in base units: 137.68 亿元 is 13768000000 元."""

    value: Decimal
    unit: str


class _UnitTable(NamedTuple):
    magnitudes: dict[str, Decimal]
    same: dict[str, str]
    whole: frozenset[str]


@cache
def _units() -> _UnitTable:
    table = read_table("units")
    return _UnitTable(
        magnitudes={prefix: Decimal(factor) for prefix, factor in table["magnitudes"].items()},
        same=table["same"],
        whole=frozenset(table["whole"]["units"]),
    )


@lru_cache(maxsize=4_096)
def base_unit(unit: str) -> tuple[Decimal, str]:
    """Return the factor and the base of a printed unit: ``万平方米`` gives 10000 and ``平方米``.

    Widths and blanks do not count: the base of ``㎡`` is ``m2``.
    """
    table = _units()
    rest, factor = normalise(unit), Decimal(1)
    while rest and rest not in table.whole and rest[0] in table.magnitudes:
        factor *= table.magnitudes[rest[0]]
        rest = rest[1:]
    return factor, table.same.get(rest, rest)


def amount(value: float, unit: str) -> BaseAmount:
    """Return the figure in base units, exactly: the value's shortest decimal form times the unit's magnitude."""
    factor, base = base_unit(unit)
    return BaseAmount((Decimal(str(value)) * factor).normalize(), base)
