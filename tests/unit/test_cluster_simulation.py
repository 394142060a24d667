"""A simulated job on many machines keeps its limits, whatever dies: the real limiter, no waiting."""

from __future__ import annotations

from simulate_cluster import Plan, simulated

SMALL = Plan(workers=20, notices=300, concurrency=100, capacity=80, rpm=600, deaths=60.0)
CALLS = SMALL.notices * SMALL.calls


def test_limits_hold_and_only_calls_under_way_are_made_again() -> None:
    found = simulated(SMALL)
    assert found.calls == CALLS
    assert found.deaths > 0
    assert found.refused > 0
    assert found.most_in_a_minute <= SMALL.rpm
    assert 0 < found.repeated <= found.under_way
    assert found == simulated(SMALL)


def test_a_budget_is_never_exceeded() -> None:
    budget = CALLS * SMALL.tokens // 4
    found = simulated(SMALL._replace(budget_tokens=budget))
    assert 0.5 * budget < found.tokens <= budget
    assert found.unanswered > 0
