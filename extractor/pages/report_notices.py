"""A notice as the parts of a report have it: whole, in short, and what lists are filtered and sorted by.

It is made in other processes where notices are many (``extractor.pages.report_parts``), so it is small and plain.
"""

from __future__ import annotations

import json
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from extractor.exports.written_notices import WrittenNotice
from extractor.pages.collected_notice import KINDS, FactFacets, facets_of
from extractor.pages.notice_page import notice_page
from extractor.pages.series_comparisons import NoticeFindings, findings_in
from extractor.pages.shell import part_data, plain_json

_MONEY = "元"


class ListedItems(NamedTuple):
    """A notice's items of one kind, by which a list is filtered and sorted.

    ``facets`` are the different ones as JSON, ``items`` the index of each item's, ``numbers`` the items' figures, 0 for
    none.
    """

    facets: Sequence[str]
    items: Sequence[int]
    numbers: Sequence[float]


class ReportNotice(NamedTuple):
    """A notice of a report in parts.

    ``whole`` is the data of its page and ``short`` what the overview has of it, as they stand in a part; ``items`` are
    those of each of ``KINDS``. ``has_readers`` says whether others than the rules read anything.
    """

    whole: str
    short: str
    items: Sequence[ListedItems]
    has_readers: bool
    findings: NoticeFindings | None


def report_notices(together: Iterable[WrittenNotice]) -> list[ReportNotice]:
    """Return some notices of a report.

    Raises:
        InputError: a notice is not as a run writes it.
    """
    return [_report_notice(written) for written in together]


def _report_notice(written: WrittenNotice) -> ReportNotice:
    notice, text = written.parsed(), written.text
    shown = notice_page(notice, text, written.text_places())
    collected = facets_of(notice, text, shown)
    by_kind: defaultdict[str, list[FactFacets]] = defaultdict(list)
    for fact in collected.facets:
        by_kind[fact.kind].append(fact)
    named = {"id": notice.notice_id, **{name: shown[name] for name in ("duplicate_of", "series", "edition")}}
    return ReportNotice(
        part_data(plain_json(shown)),
        part_data(f"{json.dumps(named, ensure_ascii=False)[:-1]},{collected.tally[1:]}"),
        [_listed(by_kind[kind], shown["unsure_below"]) for kind in KINDS],
        any(fact.reader != "rules" for fact in collected.facets),
        findings_in(notice, text),
    )


def _listed(facts: Iterable[FactFacets], unsure_below: float) -> ListedItems:
    known: dict[tuple[Any, ...], int] = {}
    items, numbers = array("l"), array("d")
    for fact in facts:
        items.append(known.setdefault(_facets(fact, unsure_below), len(known)))
        numbers.append(0.0 if fact.value is None else fact.value)
    return ListedItems(list(map(_as_json, known)), items, numbers)


@lru_cache(maxsize=65_536)
def _as_json(facets: tuple[Any, ...]) -> str:
    return plain_json(facets)


def _facets(fact: FactFacets, unsure_below: float) -> tuple[Any, ...]:
    unit = fact.unit if fact.kind != "quantity" or fact.unit == _MONEY else ""
    doubts = [name for name, is_so in (("unsure", fact.sure < unsure_below), ("checked", fact.is_checked)) if is_so]
    types = tuple(filter(None, fact.types.split("\n")))
    told = tuple([*doubts, "any"] if doubts else [])
    return fact.category, fact.status, fact.term, unit, fact.reason, fact.reader, types, told
