"""Who is believed follows from counts, not from taste; and where nothing was counted, the rules are."""

from __future__ import annotations

import pytest

from extractor.assist.proposals.trust_counts import Dispute, FieldCounts, Share, decided, trust_table
from extractor.assist.proposals.witnesses import QUESTIONS, eager, unmeasured, witness_rows

TYPES, DATES, TOTALS = "measures.types", "measures.dates", "totals"


def won(size: int, right: float) -> Dispute:
    """A dispute over ``size`` values, of which the model was the one to be right in ``right``."""
    return Dispute(Share(size, size - right), Share(size, right), Share(size, right))


@pytest.mark.parametrize("field", witness_rows())
def test_a_model_that_nobody_measured_overrules_nothing(field: str) -> None:
    row = unmeasured().witness(field)
    assert (row.value, row.dropped) == ("rules", "rules")
    assert row.added in ("rules", "unread", "model" if field == "fields" else "unread")


@pytest.mark.parametrize("field", witness_rows())
@pytest.mark.parametrize("question", QUESTIONS)
def test_one_that_was_always_right_wins_and_one_that_never_was_adds_nothing(field: str, question: str) -> None:
    for right, source in ((60, eager()), (0, None)):
        counts = FieldCounts(**{question: won(60, right)})  # type: ignore[arg-type]
        row = decided(witness_rows()[field], counts)
        wanted = getattr(source.witness(field), question) if source else "rules"
        assert getattr(row, question) == wanted


@pytest.mark.parametrize(("size", "right", "winner"), [(10, 9, "model"), (10, 7, "rules"), (200, 120, "model")])
def test_the_lead_must_be_beyond_chance(size: int, right: int, winner: str) -> None:
    assert decided(witness_rows()[TYPES], FieldCounts(value=won(size, right))).value == winner


def test_what_was_seen_too_seldom_is_decided_by_the_whole_field() -> None:
    often = FieldCounts(value=won(40, 38), dropped=won(2, 2))
    assert decided(witness_rows()[DATES], often).dropped == "model"
    assert decided(witness_rows()[DATES], FieldCounts(dropped=won(2, 2))).dropped == "rules"
    against = FieldCounts(value=won(40, 38), dropped=won(2, 0))
    assert decided(witness_rows()[DATES], against).dropped == "rules"


def test_where_disputes_are_too_few_one_who_reads_nearly_as_well_decides() -> None:
    """The rules were made on what a model is measured on: an able model has nothing to correct there."""
    row = witness_rows()[TYPES]
    assert decided(row, FieldCounts(both=Share(80, 79), value=won(2, 2))).value == "model"
    assert decided(row, FieldCounts(both=Share(80, 79))).value == "model"
    assert decided(row, FieldCounts(both=Share(80, 79), value=won(4, 2))).value == "rules"  # it won not most of them
    assert decided(row, FieldCounts(both=Share(20, 20), value=won(2, 2))).value == "rules"
    assert decided(row, FieldCounts(both=Share(80, 60), value=Dispute(Share(20, 20), Share(20)))).value == "rules"


@pytest.mark.parametrize(("size", "right", "lost"), [(30, 3, True), (30, 12, False), (8, 0, False)])
def test_a_model_that_is_surely_the_worse_reader_of_a_field_is_not_asked_about_it(
    size: int, right: int, lost: bool
) -> None:
    table = trust_table("one", {TYPES: FieldCounts(value=won(size, right)), DATES: FieldCounts(added=won(30, 28))})
    assert table.lost == ({TYPES} if lost else set())


def test_a_total_needs_more_proof_than_a_judgement() -> None:
    counts = FieldCounts(value=won(40, 30))
    assert decided(witness_rows()[TYPES], counts).value == "model"
    assert decided(witness_rows()[TOTALS], counts).value == "rules"


def test_how_sure_a_value_is_is_the_share_that_was_right() -> None:
    sure = decided(witness_rows()[TYPES], FieldCounts(both=Share(98, 97), value=won(8, 6), added=won(48, 44))).sure
    assert sure.both == 0.98
    assert sure.model == {"added": 0.9}  # of eight values nothing is stated
    assert sure.rules == {}


def test_the_key_changes_with_the_counts_and_the_model() -> None:
    counts = {TYPES: FieldCounts(value=won(40, 30))}
    keys = {
        trust_table("a", counts).key,
        trust_table("b", counts).key,
        trust_table("a", {TYPES: FieldCounts(value=won(40, 31))}).key,
        unmeasured().key,
        eager().key,
    }
    assert len(keys) == 5


def test_an_interval_holds_the_share_and_narrows_with_the_values() -> None:
    assert Share().interval == (0.0, 1.0)
    few, many = Share(10, 8).interval, Share(1000, 800).interval
    assert few[0] < many[0] < 0.8 < many[1] < few[1] < 1
