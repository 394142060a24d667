"""The comparisons of a report: for each body with several notices its findings, as ``static/compare.js`` takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from extractor.collection.recurring import ComparedFinding, FindingStrand, compared_findings, strands
from extractor.errors import InputError
from extractor.record.contract import Notice


class _Edition(NamedTuple):
    edition: str
    notice_id: str
    findings: Sequence[ComparedFinding]


class SeriesComparisons:
    """The findings of a report's notices by body, gathered one notice after the other; copies are left out."""

    def __init__(self) -> None:
        """Begin without notices."""
        self._editions: defaultdict[str, list[_Edition]] = defaultdict(list)

    def add(self, notice: Notice, text: str) -> None:
        """Add a notice; ``text`` is what its offsets index."""
        if notice.series is not None and notice.duplicate_of is None:
            edition = _Edition(notice.edition or "", notice.notice_id, compared_findings(notice, text))
            self._editions[notice.series].append(edition)

    def data(self) -> Iterator[dict[str, Any]]:
        """Yield each body with several notices, as a JSON value.

        Findings are told by their paths, each with whether it is open; ``strands`` is null where there are too many.
        """
        for name, held in self._editions.items():
            if len(held) > 1:
                editions = sorted(held, key=lambda each: (each.edition, each.notice_id))
                ids = [each.notice_id for each in editions]
                yield {"name": name, "notices": ids, "strands": _strands([each.findings for each in editions])}


def _strands(editions: Sequence[Sequence[ComparedFinding]]) -> list[dict[str, Any]] | None:
    try:
        found = strands(editions)
    except InputError:
        return None
    return [_strand(each, len(editions)) for each in found]


def _strand(strand: FindingStrand, many: int) -> dict[str, Any]:
    told = [strand.told.get(at) for at in range(many)]
    measures = [[each[at].path if at in each else None for at in range(many)] for each in strand.measures]
    return {"told": [[each.path, each.is_open] if each else None for each in told], "measures": measures}
