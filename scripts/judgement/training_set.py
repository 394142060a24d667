"""The training set: invented findings and measures of two writers, each read a second time by the other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from extractor.notice.facts.dates import find_dates
from extractor.notice.facts.documents import find_documents
from extractor.notice.facts.quantities import QuantityFound, find_figures
from extractor.text.folding import fold
from extractor.text.places import Clauses, Place

TRAINING = Path(__file__).resolve().parents[2] / "eval" / "training"
WRITERS = ("a", "b")
_SIGNED = "2024-06-30"
_ENUMERATOR = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}是|[第其][一二三四五六七八九十]{1,3}[,、是]?|\([一二三四五六七八九十0-9]{1,3}\)"
    r"|[0-9]{1,2}[.、)](?![0-9])|[一二三四五六七八九十]{1,3}、|[①-⑳])[,、: ]*"
)


@dataclass(frozen=True)
class TrainingMeasure:
    """A measure of the set with its labels; ``weight`` is smaller where the second reader differs."""

    text: str
    types: frozenset[str]
    status: str
    organizations: frozenset[str]
    subjects: Sequence[Sequence[str | None]]
    accountability: Sequence[Sequence[str]]
    weight: float = 1.0

    @cached_property
    def folded(self) -> str:
        """The text as rules read it."""
        return fold(self.text).text

    @cached_property
    def body(self) -> Place:
        """The place of the text behind its enumerator."""
        mark = _ENUMERATOR.match(self.folded)
        return Place(mark.end() if mark else 0, len(self.folded))

    @cached_property
    def titles(self) -> list[Place]:
        """The places of its 《…》."""
        return [document.title for document in find_documents(self.folded)]

    @cached_property
    def dates(self) -> list[Place]:
        """The places of its dates."""
        return [date.text for date in find_dates(self.folded, _SIGNED, self.titles)[0]]

    @cached_property
    def figures(self) -> list[QuantityFound]:
        """Its figures, as the rules read them."""
        names = find_dates(self.folded, _SIGNED, self.titles)[1]
        return find_figures(self.folded, self.dates, [*self.titles, *names]).quantities

    @cached_property
    def clauses(self) -> Clauses:
        """Its clauses."""
        return Clauses(self.folded)

    @cached_property
    def without_titles(self) -> str:
        """Its body with every 《…》 emptied."""
        pieces, position = [], self.body.start
        for start, end in self.titles:
            pieces.append(self.folded[position:start])
            position = end
        return "".join([*pieces, self.folded[position:]])


@dataclass(frozen=True)
class TrainingFinding:
    """A finding of the set with its measures."""

    section: tuple[str, ...]
    title: str
    category: str
    measures: tuple[TrainingMeasure, ...]
    weight: float = 1.0

    @cached_property
    def folded_title(self) -> str:
        """The title as rules read it."""
        return fold(self.title).text


def findings(writer: str, folder: Path = TRAINING) -> list[TrainingFinding]:
    """Return a writer's findings, in the order of the files."""
    return [_finding(row) for row in _rows(sorted((folder / writer).glob("*.jsonl")))]


def _rows(paths: Iterable[Path]) -> Iterator[Mapping[str, Any]]:
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def _finding(row: Mapping[str, Any]) -> TrainingFinding:
    measures = tuple(
        TrainingMeasure(
            each["text"],
            frozenset(each["types"]),
            each["status"],
            frozenset(fold(name).text for name in each["organizations"]),
            each["subjects"],
            each["accountability"],
        )
        for each in row["measures"]
    )
    return TrainingFinding(tuple(row["section"]), row["title"], row["category"], measures)


def measures_of(found: Iterable[TrainingFinding]) -> list[TrainingMeasure]:
    """Return the measures of findings."""
    return [measure for finding in found for measure in finding.measures]
