"""The contract's normal forms, and where values stand in a text."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractor.record.contract import Span
from extractor.record.lookup import Page
from extractor.record.units import amount
from extractor.text.normal_form import normalise, normalise_or_none
from extractor.text.text_hash import text_sha256


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("(一)", "(一)"),
        ("12 345\u3000热线", "12345热线"),
        ("“四风”", '"四风"'),
        ("‘四风’", '"四风"'),
        ("「四风」", '"四风"'),
        ("5%", "5%"),
        ("㎡", "m2"),
        ("整\u200b改\ufeff", "整改"),
    ],
)
def test_width_blanks_and_quotes_do_not_count(written: str, same: str) -> None:
    assert normalise(written) == same


def test_a_value_of_blanks_is_no_value() -> None:
    assert normalise_or_none(" \u3000") is None
    assert normalise_or_none(None) is None


@given(st.text())
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once


def test_a_text_has_a_hash_whatever_it_holds() -> None:
    assert text_sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert len(text_sha256("甲\ud800")) == len(text_sha256("甲")) == 64


def test_amounts_are_exact_in_base_units() -> None:
    assert amount(137.68, "亿元") == amount(1376800, "万元") == (Decimal(13768000000), "元")
    assert amount(2, "名") == amount(2.0, "人")
    assert amount(0.1, "万元") == amount(1000, "元")


def test_a_figure_is_found_with_its_unit_whatever_stands_between() -> None:
    text = "覆盖1,234余人次,另有5人,计 300多名。"
    page = Page(text)
    end = len(text)

    def found(value: float, unit: str) -> str | None:
        span = page.find_amount(value, unit, 0, end)
        return None if span is None else text[span.start : span.end]

    assert found(1234, "人次") == "1,234余人次"
    assert found(5, "人") == "5人"
    assert found(300, "名") == "300多名"
    assert found(34, "人次") is None


def test_a_unit_that_stands_apart_is_found_on_request() -> None:
    text = "增长8.07、56.76%。"
    page = Page(text)
    assert page.find_amount(8.07, "%", 0, len(text)) is None
    span = page.find_amount(8.07, "%", 0, len(text), apart=True)
    assert span is not None and text[span.start : span.end] == "8.07、56.76%"


@given(st.text(alphabet="甲乙 \u3000AB12,“”\n", min_size=1), st.data())
def test_a_found_place_holds_the_value(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    page = Page(text)
    span = page.find(text[start:end])
    if normalise(text[start:end]):
        assert span is not None
        assert normalise(text[span.start : span.end]) == normalise(text[start:end])
        assert page.holds(text[start:end], Span(start=start, end=end))
    else:
        assert span is None
