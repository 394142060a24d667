"""Stored notices of a body beside each other: which findings come again, which measures go on, what was open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from extractor.collection.recurring import ComparedFinding, ComparedMeasure, FindingStrand, strands
from extractor.service.store.database import Database
from extractor.service.store.fact_store import FactFilter, FoundFact, all_facts

_NO_STATUS = "unspecified"


def compare_notices(database: Database, notice_ids: Sequence[str]) -> list[FindingStrand]:
    """Return the findings of notices, by their ids in the order of time.

    Raises:
        InputError: The notices have too many findings to be compared at once.
    """
    return strands([_findings(database, notice_id) for notice_id in notice_ids])


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
