"""A notice as rows of a workbook's sheets: those of the tables, with what people read first, and the ledger."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from extractor.data import read_table
from extractor.record.contract import Issue, Measure, Notice
from extractor.record.enumerations import VOCABULARIES
from extractor.tables.columns import Cell, Row
from extractor.tables.rows import NoticeRows, PlaceNames, value_rows
from extractor.tables.sheets import LEDGER, SHEETS, TRUST

if TYPE_CHECKING:
    from extractor.record.checks import Lang

_SENTENCE_END = re.compile("[。；！？;!?\n]")
_HOLDER = re.compile(r"issues\[[0-9]+\](?:\.measures\[[0-9]+\])?")
_SHOWN = {
    name: any(column.name == "sentence" for column in sheet.columns)
    for name, sheet in SHEETS.items()
    if name not in (LEDGER, TRUST)
}
"""The sheets of tables, and whether they show sentences."""


class SheetSource(NamedTuple):
    """The surroundings of a notice's rows: the name of its file, the language of words, and how far it is reviewed."""

    file: str
    lang: Lang
    review: Row = MappingProxyType({})


def sheet_rows(notice: Notice, text: str, named: PlaceNames, source: SheetSource) -> NoticeRows:
    """Return a notice as rows of the sheets; ``text`` and ``named`` as for ``notice_rows``."""
    tables = value_rows(notice, text, named)
    shared, sentences = _shared(notice, source), _Sentences(text)
    findings = {f"{notice.notice_id}#{number}": issue.title for number, issue in enumerate(notice.issues, start=1)}
    rows: NoticeRows = {LEDGER: list(_ledger(notice, tables, shared, source.lang))}
    for name, with_sentence in _SHOWN.items():
        rows[name] = [
            {
                **row,
                **shared,
                "finding": findings.get(str(row.get("issue_id"))),
                "sentence": sentences.around(row) if with_sentence else None,
                "link": report_place(notice.notice_id, str(row.get("path") or "")),
            }
            for row in tables[name]
        ]
    return rows


def report_place(notice_id: str, path: str = "") -> str:
    """Return the place of a value in a report, as its addresses have it.

    >>> report_place("甲", "issues[0]")
    '#/notice/%E7%94%B2?at=issues%5B0%5D'
    """
    return f"#/notice/{_quoted(notice_id)}" + (f"?at={path.replace('[', '%5B').replace(']', '%5D')}" if path else "")


@lru_cache(maxsize=1)
def _quoted(notice_id: str) -> str:
    return quote(notice_id, safe="")


def trust_rows(lang: Lang) -> list[Row]:
    """Return how far each field can be trusted, as it was measured when the program was made."""
    return [
        {
            "name": field[lang],
            "support": field["support"],
            **{share: field.get(share) for share in ("precision", "recall", "lowest")},
            "advice": _advice(field["support"], field.get("lowest", 0.0))[lang],
        }
        for field in read_table("field_trust")["fields"].values()
    ]


def _advice(support: int, lowest: float) -> Mapping[str, str]:
    advice = read_table("sheets")["advice"]
    if support < advice["cases"]:
        unmeasured: Mapping[str, str] = advice["unmeasured"]
        return unmeasured
    return next(step for step in advice["steps"] if lowest >= step["least"])


def _shared(notice: Notice, source: SheetSource) -> Row:
    """Return the cells that all rows of a notice have."""
    word = read_table("sheets")["words"]["copy" if notice.duplicate_of is not None else "counted"]
    return {
        "body": notice.series or notice.inspected_body or notice.signed_by,
        "edition": notice.edition,
        "counts": word[source.lang],
        "source": source.file or None,
        **source.review,
    }


class _Sentences:
    """The sentences of a text, cut once for all rows."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = [0, *(mark.end() for mark in _SENTENCE_END.finditer(text))]
        self._ends = [*self._starts[1:], len(text)]
        self._last, self._words = (-1, -1), ""

    def around(self, row: Row) -> str:
        """Return the sentence, or several, that a row's words stand in."""
        start, end = int(str(row["text_start"])), int(str(row["text_end"]))
        first = bisect_right(self._starts, start) - 1
        last = max(first, bisect_left(self._ends, end)) if end > start else first
        return self._between(first, min(last, len(self._ends) - 1))

    def _between(self, first: int, last: int) -> str:
        # Rows of a sentence follow each other, and take the same object.
        if (first, last) != self._last:
            self._last, self._words = (first, last), self._text[self._starts[first] : self._ends[last]].strip()
        return self._words


class _Listed(NamedTuple):
    """The lists in a ledger's row by its measure's id, and the doubts by path."""

    documents: Mapping[str, Sequence[str]]
    figures: Mapping[str, Sequence[str]]
    people: Mapping[str, Sequence[str]]
    doubts: Mapping[str, Sequence[str]]

    def of(self, measure_id: str, paths: Iterable[str]) -> Row:
        """Return the cells of a measure; ``paths`` are those whose doubts the row has."""
        return {
            "documents": tuple(self.documents.get(measure_id, ())),
            "figures": tuple(self.figures.get(measure_id, ())),
            "people": tuple(self.people.get(measure_id, ())),
            "doubt": tuple(doubt for path in paths for doubt in self.doubts.get(path, ())),
        }


def _ledger(notice: Notice, tables: NoticeRows, shared: Row, lang: Lang) -> Iterator[Row]:
    """Yield a row for each measure, and for each finding without any."""
    listed, measures = _listed(notice, tables, lang), iter(tables["measures"])
    for number, (issue, of_issue) in enumerate(zip(notice.issues, tables["issues"], strict=True), start=1):
        path = f"issues[{number - 1}]"
        about = {**_of_finding(issue), **shared, "issue_id": of_issue["issue_id"], "notice_id": notice.notice_id}
        for index, measure in enumerate(issue.measures):
            own, at = next(measures), f"{path}.measures[{index}]"
            yield {
                **_EMPTY,
                **own,
                **about,
                **_of_measure(measure, issue, own),
                **listed.of(str(own["measure_id"]), (at,) if index else (path, at)),
                "number": f"{number}.{index + 1}",
                "link": report_place(notice.notice_id, at),
            }
        if not issue.measures:
            yield {
                **_EMPTY,
                **about,
                "responsible": tuple(issue.responsible),
                "deadline": issue.deadline.value if issue.deadline else None,
                **listed.of("", (path,)),
                "number": str(number),
                "link": report_place(notice.notice_id, path),
            }


_EMPTY: dict[str, Cell] = {column.name: None for column in SHEETS[LEDGER].columns}


def _of_finding(issue: Issue) -> Row:
    return {"label": issue.label, "finding": issue.title, "category": issue.category, "issue_status": issue.status}


def _of_measure(measure: Measure, issue: Issue, own: Row) -> Row:
    deadline = measure.deadline or issue.deadline
    return {
        "measure": own["text"],
        "measure_status": measure.status,
        "responsible": tuple(measure.responsible or issue.responsible),
        "deadline": deadline.value if deadline else None,
    }


def _listed(notice: Notice, tables: NoticeRows, lang: Lang) -> _Listed:
    documents: defaultdict[str, list[str]] = defaultdict(list)
    figures: defaultdict[str, list[str]] = defaultdict(list)
    people: defaultdict[str, list[str]] = defaultdict(list)
    doubts: defaultdict[str, list[str]] = defaultdict(list)
    for row in tables["documents"]:
        action = VOCABULARIES["document_action"][str(row["action"])]
        name = action.zh if lang == "zh" else action.en
        documents[str(row["measure_id"])].append(f"{name}《{row['title']}》")
    for row in tables["quantities"]:
        figures[str(row["measure_id"])].append(str(row["text"]))
    for row in tables["accountability"]:
        action = VOCABULARIES["accountability_action"][str(row["action"])]
        name = action.zh if lang == "zh" else action.en
        people[str(row["measure_id"])].append(f"{name} {row['text']}")
    for check in notice.checks:
        if holder := _HOLDER.match(check.path):
            doubts[holder[0]].append(check.message)
    return _Listed(documents, figures, people, doubts)
