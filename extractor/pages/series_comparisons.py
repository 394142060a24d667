"""The comparisons of a report: for each body with several notices its findings, as ``static/compare.js`` takes them."""

from __future__ import annotations

import pickle
from collections import defaultdict
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from extractor.collection.recurring import MOST_FINDINGS, ComparedFinding, FindingStrand, compared_findings, strands
from extractor.record.contract import Notice

_IN_MEMORY = 32_000_000  # bytes of findings; more wait on the disk


class NoticeFindings(NamedTuple):
    """The findings of a notice that has a place in a series, pickled, and how many they are."""

    series: str
    edition: str
    notice_id: str
    number: int
    findings: bytes


def findings_in(notice: Notice, text: str) -> NoticeFindings | None:
    """Return the findings of a notice whose ``text`` its offsets index; None of a copy, and where no body is known."""
    if notice.series is None or notice.duplicate_of is not None:
        return None
    found = compared_findings(notice, text)
    raw = pickle.dumps(found, pickle.HIGHEST_PROTOCOL)
    return NoticeFindings(notice.series, notice.edition or "", notice.notice_id, len(found), raw)


class BodySeries(NamedTuple):
    """A body's notices by their editions, with the findings of each, pickled; None where they are too many."""

    name: str
    notices: Sequence[str]
    findings: Sequence[bytes] | None


class _Edition(NamedTuple):
    """A notice of a body, the number of its findings, and where they wait."""

    edition: str
    notice_id: str
    number: int
    start: int
    size: int


class SeriesComparisons:
    """The findings of a report's notices by body, gathered one notice after the other; copies are left out."""

    def __init__(self) -> None:
        """Begin without notices."""
        self._editions: defaultdict[str, list[_Edition]] = defaultdict(list)
        self._waiting = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - ``close``

    def close(self) -> None:
        """Let go of all."""
        self._waiting.close()

    def add(self, found: NoticeFindings | None) -> None:
        """Add the findings of a notice."""
        if found is not None:
            edition = _Edition(found.edition, found.notice_id, found.number, self._waiting.tell(), len(found.findings))
            self._editions[found.series].append(edition)
            self._waiting.write(found.findings)

    def series(self) -> Iterator[BodySeries]:
        """Yield each body with several notices."""
        for name, held in self._editions.items():
            if len(held) > 1:
                editions = sorted(held, key=lambda each: (each.edition, each.notice_id))
                is_comparable = sum(each.number for each in editions) <= MOST_FINDINGS
                findings = [self._findings(each) for each in editions] if is_comparable else None
                yield BodySeries(name, [each.notice_id for each in editions], findings)

    def _findings(self, edition: _Edition) -> bytes:
        self._waiting.seek(edition.start)
        return self._waiting.read(edition.size)


def comparison_of(series: BodySeries) -> dict[str, Any]:
    """Return a body with its strands, as a JSON value.

    Findings are told by their paths, each with whether it is open; ``strands`` is null where there are too many.
    """
    told = None
    if series.findings is not None:
        editions: list[Sequence[ComparedFinding]] = [pickle.loads(each) for each in series.findings]
        told = [_strand(each, len(editions)) for each in strands(editions)]
    return {"name": series.name, "notices": series.notices, "strands": told}


def _strand(strand: FindingStrand, many: int) -> dict[str, Any]:
    told = [strand.told.get(at) for at in range(many)]
    measures = [[each[at].path if at in each else None for at in range(many)] for each in strand.measures]
    return {"told": [[each.path, each.is_open] if each else None for each in told], "measures": measures}
