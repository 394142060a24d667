"""Figures in base units."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractor.record.units import amount, base_unit


@pytest.mark.parametrize(
    ("unit", "factor", "base"),
    [
        ("亿元", 100_000_000, "元"),
        ("万元", 10_000, "元"),
        ("万亿元", 10**12, "元"),
        ("万平方米", 10_000, "平方米"),
        ("万吨标煤", 10_000, "吨标煤"),
        ("万人次", 10_000, "人次"),
        ("千瓦", 1_000, "瓦"),
        ("名", 1, "人"),
        ("万名", 10_000, "人"),
        ("家次", 1, "家次"),
        ("人次", 1, "人次"),
        ("个百分点", 1, "个百分点"),
        ("百分点", 1, "百分点"),
        ("%", 1, "%"),
        ("", 1, ""),
    ],
)
def test_magnitudes_are_taken_off_a_unit(unit: str, factor: int, base: str) -> None:
    assert base_unit(unit) == (Decimal(factor), base)


def test_widths_and_blanks_do_not_count() -> None:
    assert base_unit("㎡") == (Decimal(1), "m2")
    assert base_unit(" 万 平方米") == (Decimal(10_000), "平方米")


def test_a_figure_is_brought_to_its_base_unit_exactly() -> None:
    assert amount(265, "亿元") == (Decimal(26_500_000_000), "元")
    assert amount(137.68, "亿元") == (Decimal(13_768_000_000), "元")
    assert amount(0.1, "万元") == (Decimal(1_000), "元")
    assert amount(0, "万元") == (Decimal(0), "元")
