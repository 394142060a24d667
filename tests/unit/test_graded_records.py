"""Readers of every quality, several times: no field of the assisted record is worse than by rules beyond chance.

``tests/process/test_measured_trust.py`` tries each reader once over HTTP; ``scripts/bench/bench_graded_readers.py`` all
of them with many seeds.
"""

from __future__ import annotations

import pytest
from graded_readers import WRONG
from graded_records import chance_of, graded_result, measured_table, rules_result, unit_changes, worse_fields

from extractor.assist.proposals.witnesses import eager, unmeasured

MEASURED_ON, TRIED_ON = 0, 1
ANOTHER = 100  # the seed of what is measured is not that of what is tried
READERS = {
    "random": [(seed, "random") for seed in (1, 2, 3)],
    "rough": [(seed, "rough") for seed in (1, 2, 3)],
    "wrong in one field": list(enumerate(f"wrong-{field}" for field in WRONG)),
}
"""Readers that draw what they say, each with seeds."""


@pytest.mark.parametrize("measure", [False, True], ids=["unmeasured", "measured"])
@pytest.mark.parametrize("names", READERS, ids=READERS)
def test_no_field_is_worse_than_by_rules(names: str, measure: bool) -> None:
    rules = rules_result(TRIED_ON)
    changes = []
    for seed, name in READERS[names]:
        table = measured_table(name, MEASURED_ON, seed + ANOTHER) if measure else unmeasured()
        found = graded_result(name, TRIED_ON, seed, table)
        assert found.invented == rules.invented
        changes.append(unit_changes(rules, found))
    assert worse_fields(changes) == {}


def test_a_perfect_reader_makes_the_record_right() -> None:
    table = measured_table("perfect", MEASURED_ON, 0)
    scores = graded_result("perfect", TRIED_ON, 0, table).scores()
    assert [field for field, score in scores.items() if score.f1 < 0.99] == []


def test_a_reader_that_decides_and_is_wrong_would_be_found() -> None:
    rules = rules_result(TRIED_ON)
    found = graded_result("random", TRIED_ON, 1, eager())
    assert "measures.types" in worse_fields([unit_changes(rules, found)])


@pytest.mark.parametrize(("wins", "losses", "is_chance"), [(0, 0, True), (5, 5, True), (0, 12, False), (40, 10, True)])
def test_the_exact_bound(wins: int, losses: int, is_chance: bool) -> None:
    assert (chance_of(wins, losses) >= 0.001) is is_chance
