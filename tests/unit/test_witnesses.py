"""Who is believed follows from the evaluation of the rules, not from taste."""

from __future__ import annotations

import tomllib

import pytest
from checkout import ROOT

from extractor.assist.witnesses import witness
from extractor.data import read_table

THRESHOLDS = tomllib.loads((ROOT / "eval/thresholds.toml").read_text(encoding="utf-8"))
GOOD = 0.97
MEASURED = {"fields": "notice_fields", "fields.dates": "notice_fields"}


def f1_of_the_rules(field: str) -> float | None:
    f1: float | None = THRESHOLDS["fields"].get(MEASURED.get(field, field))
    return f1


@pytest.mark.parametrize("field", read_table("witnesses"))
def test_the_rules_win_what_they_read_well_and_the_model_the_rest(field: str) -> None:
    row, f1 = witness(field), f1_of_the_rules(field)
    if row.value == "pointed":
        assert {row.added, row.dropped} <= {"rules", "pointed"}
        return
    assert f1 is not None
    assert row.value == ("rules" if f1 >= GOOD else "model")


@pytest.mark.parametrize("field", read_table("witnesses"))
def test_nothing_printed_is_dropped_on_the_models_word_where_the_rules_read_well(field: str) -> None:
    f1 = f1_of_the_rules(field)
    if witness(field).dropped == "model":
        assert f1 is not None
        assert f1 < GOOD
