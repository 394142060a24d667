"""The training set: invented findings and measures of several writers, many of them read by a second one, too.

Beside it, the tuned gold notices in the same form: nothing is learnt from them but how sure a score is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest
from pathlib import Path
from typing import Any

from notice_extractor_eval.gold_folder import read_folder, read_split, reviewed

from extractor.notice.facts.dates import find_dates
from extractor.notice.facts.documents import find_documents
from extractor.notice.facts.quantities import QuantityFound, find_figures
from extractor.record.contract import Issue, Measure
from extractor.text.folding import fold
from extractor.text.places import Clauses, Place

_ROOT = Path(__file__).resolve().parents[2]
TRAINING = _ROOT / "eval" / "training"
WRITERS = ("a", "b", "c", "d", "e", "f", "g")
_SIGNED = "2024-06-30"
_LONG = 100
"""Code points from which on a measure is as long as in real notices."""
_ENUMERATOR = re.compile(
    r"\s*(?:[一二三四五六七八九十]{1,3}是|[第其][一二三四五六七八九十]{1,3}[,、是]?|\([一二三四五六七八九十0-9]{1,3}\)"
    r"|[0-9]{1,2}[.、)](?![0-9])|[一二三四五六七八九十]{1,3}、|[①-⑳])[,、: ]*"
)


@dataclass(frozen=True)
class MeasureLabels:
    """The labels that a reader gave to a measure."""

    types: frozenset[str]
    status: str
    organizations: frozenset[str]
    subjects: Sequence[Sequence[str | None]]
    accountability: Sequence[Sequence[str]] | None
    """None in a file that labels none at all: some were written for other fields."""


@dataclass(frozen=True)
class TrainingMeasure:
    """A measure of the set: its text, the writer's labels, and a second reader's, where there is one."""

    text: str
    labels: MeasureLabels
    second: MeasureLabels | None = None

    @property
    def readings(self) -> list[MeasureLabels]:
        """The labels of all its readers."""
        return [self.labels, self.second] if self.second else [self.labels]

    @property
    def types(self) -> frozenset[str]:
        """The writer's types."""
        return self.labels.types

    @property
    def organizations(self) -> frozenset[str]:
        """The writer's organisations."""
        return self.labels.organizations

    @property
    def is_long(self) -> bool:
        """Whether it is as long as measures of real notices."""
        return len(self.text) >= _LONG

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
    """A finding with its measures; ``second`` is the category by the second reader, where there is one.

    ``status`` is known of a real notice's finding alone.
    """

    section: tuple[str, ...]
    title: str
    category: str
    measures: tuple[TrainingMeasure, ...]
    second: str | None = None
    status: str = ""

    @property
    def readings(self) -> list[str]:
        """The categories by all readers."""
        return [self.category, self.second] if self.second else [self.category]

    @cached_property
    def folded_title(self) -> str:
        """The title as rules read it."""
        return fold(self.title).text


def findings(writer: str, folder: Path = TRAINING) -> list[TrainingFinding]:
    """Return a writer's findings, in the order of the files."""
    return [
        _finding(row, second)
        for path in sorted((folder / writer).glob("*.jsonl"))
        for row, second in _read_twice(path, folder / "second" / f"{writer}-{path.name}")
    ]


def titled_findings(folder: Path = TRAINING / "titles") -> list[TrainingFinding]:
    """Return findings of which no more is labelled than the category: a title, and the first words of the answer."""
    lines = (line for path in sorted(folder.glob("*.tsv")) for line in path.read_text(encoding="utf-8").splitlines())
    return [_titled(*line.split("\t")) for line in lines]


def _titled(category: str, second: str, title: str, answer: str) -> TrainingFinding:
    unlabelled = MeasureLabels(frozenset(), "", frozenset(), (), None)
    return TrainingFinding((), title, category, (TrainingMeasure(answer, unlabelled),), second or None)


def findings_in(path: Path) -> list[TrainingFinding]:
    """Return the findings of one file of labels that were read once."""
    return [_finding(row, None) for row in _rows(path)]


def _read_twice(path: Path, second: Path) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield the rows of a file, each with the second reader's labels; None where a file has none as long."""
    rows, others = _rows(path), _rows(second) if second.is_file() else []
    yield from zip(rows, others if len(others) == len(rows) else [None] * len(rows), strict=True)


def _rows(path: Path) -> list[Mapping[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    measures = [measure for row in rows for measure in row["measures"]]
    if not any(measure["accountability"] for measure in measures):
        for measure in measures:
            measure["accountability"] = None
    return rows


def _finding(row: Mapping[str, Any], second: Mapping[str, Any] | None) -> TrainingFinding:
    others = second["measures"] if second and len(second["measures"]) == len(row["measures"]) else []
    measures = tuple(
        TrainingMeasure(each["text"], _labels(each), _labels(other) if other else None)
        for each, other in zip_longest(row["measures"], others)
    )
    category = second["category"] if second else None
    return TrainingFinding(tuple(row["section"]), row["title"], row["category"], measures, category)


def _labels(row: Mapping[str, Any]) -> MeasureLabels:
    organizations = frozenset(fold(name).text for name in row["organizations"])
    return MeasureLabels(frozenset(row["types"]), row["status"], organizations, row["subjects"], row["accountability"])


def type_clauses(path: Path = TRAINING / "clauses" / "types.txt") -> list[TrainingMeasure]:
    """Return single clauses with the types of action that they print; those of ``none`` print none."""
    found: dict[str, set[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, clauses = line.partition(":")
        if not line.startswith("#"):
            for clause in clauses.split():
                found.setdefault(clause, set()).add(name)
    nobody: frozenset[str] = frozenset()
    return [
        TrainingMeasure(clause, MeasureLabels(frozenset(names - {"none"}), "", nobody, (), ()))
        for clause, names in found.items()
    ]


def measures_of(found: Iterable[TrainingFinding]) -> list[TrainingMeasure]:
    """Return the measures of findings."""
    return [measure for finding in found for measure in finding.measures]


def long_measures_of(found: Iterable[TrainingFinding]) -> list[TrainingMeasure]:
    """Return the measures of findings that are as long as those of real notices."""
    return [measure for measure in measures_of(found) if measure.is_long]


def real_findings() -> list[TrainingFinding]:
    """Return the findings of the tuned gold notices."""
    gold = _ROOT / "gold"
    examples = reviewed(read_folder(gold, only=read_split(gold, "tuned")))
    return [_real_finding(issue, text) for notice, text in examples for issue in notice.issues]


def _real_finding(issue: Issue, text: str) -> TrainingFinding:
    measures = tuple(_real_measure(measure, text) for measure in issue.measures)
    return TrainingFinding(tuple(issue.section), issue.title, issue.category, measures, status=issue.status)


def _real_measure(measure: Measure, text: str) -> TrainingMeasure:
    row = measure.model_dump(include={"types", "status", "organizations"})
    subjects = [(str(each.value), each.unit, each.subject) for each in measure.quantities]
    held = [(each.action, str(each.count), each.unit) for each in measure.accountability]
    labels = _labels({**row, "subjects": subjects, "accountability": held})
    return TrainingMeasure(text[measure.text.start : measure.text.end], labels)
