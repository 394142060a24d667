"""The comparisons of a report: for each body with several notices its findings, as ``static/compare.js`` takes them."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from extractor.collection.recurring import ComparedFinding, FindingStrand, compared_findings, strands
from extractor.errors import InputError
from extractor.record.contract import Notice

_IN_MEMORY = 32_000_000  # bytes of findings; more wait on the disk


class _Edition(NamedTuple):
    """A notice of a body, and where its findings wait."""

    edition: str
    notice_id: str
    start: int


class SeriesComparisons:
    """The findings of a report's notices by body, gathered one notice after the other; copies are left out."""

    def __init__(self) -> None:
        """Begin without notices."""
        self._editions: defaultdict[str, list[_Edition]] = defaultdict(list)
        self._waiting = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - ``close``

    def close(self) -> None:
        """Let go of all."""
        self._waiting.close()

    def add(self, notice: Notice, text: str) -> None:
        """Add a notice; ``text`` is what its offsets index."""
        if notice.series is not None and notice.duplicate_of is None:
            self._editions[notice.series].append(_Edition(notice.edition or "", notice.notice_id, self._waiting.tell()))
            pickle.dump(compared_findings(notice, text), self._waiting, pickle.HIGHEST_PROTOCOL)

    def data(self) -> Iterator[dict[str, Any]]:
        """Yield each body with several notices, as a JSON value.

        Findings are told by their paths, each with whether it is open; ``strands`` is null where there are too many.
        """
        for name, held in self._editions.items():
            if len(held) > 1:
                editions = sorted(held, key=lambda each: (each.edition, each.notice_id))
                ids = [each.notice_id for each in editions]
                findings = [self._findings(each) for each in editions]
                yield {"name": name, "notices": ids, "strands": _strands(findings)}

    def _findings(self, edition: _Edition) -> Sequence[ComparedFinding]:
        self._waiting.seek(edition.start)
        found: Sequence[ComparedFinding] = pickle.load(self._waiting)
        return found


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
