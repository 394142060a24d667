"""Two stored notices beside each other: what comes again, what is new, and what was still open."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from extractor.collection.recurring import ComparedFinding, ComparedMeasure, RecurringFinding, recurring
from extractor.service.store.database import Database
from extractor.service.store.fact_store import FactFilter, FoundFact, all_facts

_NO_STATUS = "unspecified"


class NoticeComparison(NamedTuple):
    """A comparison of two notices: findings in common, and those of each alone."""

    recurring: list[RecurringFinding]
    only_earlier: list[ComparedFinding]
    only_later: list[ComparedFinding]


def compare_notices(database: Database, earlier: str, later: str) -> NoticeComparison:
    """Compare two notices, by their ids."""
    before, now = _findings(database, earlier), _findings(database, later)
    found = recurring(before, now)
    again = {each.earlier.path for each in found}, {each.later.path for each in found}
    return NoticeComparison(
        found,
        [each for each in before if each.path not in again[0]],
        [each for each in now if each.path not in again[1]],
    )


def _findings(database: Database, notice_id: str) -> list[ComparedFinding]:
    wanted = FactFilter(notice=notice_id)
    measures: defaultdict[str, list[ComparedMeasure]] = defaultdict(list)
    for fact in all_facts(database, "measure", wanted):
        holder = fact.path.rpartition(".measures[")[0]
        measures[holder].append(ComparedMeasure(fact.path, _words(fact), fact.status or _NO_STATUS))
    return [
        ComparedFinding(
            fact.path, fact.issue_title or "", fact.category or "", fact.status or _NO_STATUS, measures[fact.path]
        )
        for fact in all_facts(database, "issue", wanted)
    ]


def _words(fact: FoundFact) -> str:
    return fact.around[fact.at[0] - fact.begin : fact.at[1] - fact.begin] if fact.at else ""
