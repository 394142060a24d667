"""The rules' reading of one notice: every rule set applied once to the whole text, then dealt out to its measures.

A reading is complete: whatever a record holds has been decided here, and ``assemble`` only writes it down.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from extractor.notice.facts.accountability import find_accountability
from extractor.notice.facts.contact import FieldFound, contact_part
from extractor.notice.facts.dates import find_dates
from extractor.notice.facts.documents import find_documents
from extractor.notice.facts.ledger import CLASSES, Claim, Ledger, count_digits, keep_ledger
from extractor.notice.facts.notice_fields import NORMALISED, read_fields
from extractor.notice.facts.properties import deadline_of
from extractor.notice.facts.quantities import NameKind, find_figures
from extractor.notice.facts.totals import TotalFound, find_totals
from extractor.notice.issue_reading import (
    Facts,
    IndexedText,
    IssueReading,
    MeasureReading,
    index_text,
    read_issues,
    read_measures,
)
from extractor.notice.outline.measures import IssueOutline, MeasureOutline
from extractor.notice.outline.notice_outline import NoticeOutline, read_outline
from extractor.text.folding import FoldedText
from extractor.text.places import Inside, Place


class Reading(NamedTuple):
    """A notice as places in its folded text, and values.

    ``facts`` are those of the whole notice, each as often as it is printed. ``fields`` hold the values of the record by
    its names. ``unsure_totals`` are figures that would be totals, but stand where the outline did not see what they
    belong to.
    """

    indexed: IndexedText
    outline: NoticeOutline
    fields: Mapping[str, FieldFound]
    names: Sequence[tuple[Place, NameKind]]
    facts: Facts
    ledger: Ledger
    totals: Sequence[TotalFound] = ()
    unsure_totals: Sequence[TotalFound] = ()
    issues: Sequence[IssueReading] = ()

    @property
    def folded(self) -> FoldedText:
        """The folded text with its way back to the stored text."""
        return self.indexed.folded

    @property
    def text(self) -> str:
        """The folded text, which all places index."""
        return self.indexed.folded.text

    def with_outline(self, outline: NoticeOutline) -> Reading:
        """Return the reading of the same facts under another outline."""
        ledger = keep_ledger(self.text, _claims(self.text, outline, self.fields, self.facts, self.names))
        return _completed(self._replace(outline=outline, ledger=ledger))


LOW_COVERAGE = 0.7
"""A share of the rectification part in measures below which the outline is poor."""


def read_by_rules(folded: FoldedText) -> Reading:
    """Read a notice by rules alone. Pure: the same text gives the same reading."""
    text = folded.text
    outline = read_outline(text, folded.printed)
    fields = read_fields(text, outline.opening_end, outline.ending)
    signed_on = _signed_on(fields)
    documents = find_documents(text)
    titles = [document.title for document in documents]
    dates, year_names = find_dates(text, signed_on, titles)
    quantities, names = find_figures(text, [date.text for date in dates], [*titles, *year_names], outline.labels)
    names += [(place, "name") for place in year_names]
    facts = Facts(documents, dates, quantities, [])
    ledger = keep_ledger(text, _claims(text, outline, fields, facts, names))
    indexed = index_text(folded)
    accountability = find_accountability(text, indexed.clauses, quantities, ledger.unread)
    facts = facts._replace(accountability=accountability)
    return _completed(Reading(indexed, outline, _as_printed(folded.printed, fields), names, facts, ledger))


def _signed_on(fields: Mapping[str, FieldFound]) -> str | None:
    signed = fields.get("signed_on") or fields.get("published_on")
    return signed.value if signed else None


def read_measure(folded: FoldedText, place: Place) -> MeasureReading:
    """Read a stretch of a notice as if it were one of its measures."""
    reading = read_by_rules(folded)
    (measure,) = read_measures(reading.indexed, reading.facts, [MeasureOutline(place, None)])
    return measure


def _completed(reading: Reading) -> Reading:
    """Add what follows from the outline: the totals, the digits that are theirs, the issues with their measures."""
    text, outline = reading.text, reading.outline
    before_end = [found for found in reading.facts.quantities if found.text.start < outline.ending.end]
    genre = reading.fields["genre"].value if "genre" in reading.fields else ""
    found = find_totals(text, before_end, reading.ledger.unread, _inside_issues(outline), genre)
    totals, unsure = _sure(reading.folded, found, outline)
    return reading._replace(
        totals=totals,
        unsure_totals=unsure,
        ledger=_with_totals(text, reading.ledger, totals),
        issues=read_issues(reading.indexed, reading.facts, outline.issues, _signed_on(reading.fields)),
    )


def _as_printed(printed: str, fields: Mapping[str, FieldFound]) -> dict[str, FieldFound]:
    """Give fields the widths that are printed; those that are normalised or joined keep their value."""
    return {
        name: found
        if name in NORMALISED or len(found.places) > 1
        else found._replace(value=printed[found.places[0].start : found.places[0].end].strip())
        for name, found in fields.items()
    }


def _inside_issues(outline: NoticeOutline) -> list[Place]:
    """Return the stretches of the issues: in two where other findings stand between one and its answer."""
    starts = sorted(place.start for issue in outline.issues for place in (issue.text, *_texts(issue)))
    stretches: list[Place] = []
    for issue in outline.issues:
        first = issue.measures[0] if issue.measures else None
        if first and bisect_left(starts, issue.title.end) < bisect_left(starts, first.text.start):
            beside = (rest.text.start for rest in issue.rests if rest.text.start >= issue.title.end)
            start = min([(first.label or first.text).start, *beside])
            stretches += [issue.text._replace(end=issue.title.end), Place(start, issue.measures[-1].text.end)]
        else:
            stretches.append(issue.text)
    return stretches


def _texts(issue: IssueOutline) -> list[Place]:
    return [measure.text for measure in issue.measures]


_ROW = re.compile(r"^[^\n\t]*\t[^\n\t]*\t[^\n]*", re.MULTILINE)  # from its beginning only: else long lines take squares
_RUN_IN = re.compile(r"[一二三四五六七八九十]{1,2}是|[①-⑳]|[其第][一二三四五六七八九十]")
"""An enumerator of measures: what bears one groups no issues."""


def _sure(
    folded: FoldedText, found: list[TotalFound], outline: NoticeOutline
) -> tuple[list[TotalFound], list[TotalFound]]:
    """Part totals from figures that may be a measure's.

    These are in rows of a table, or where the outline saw no issue, left unread what is enumerated as measures are, or
    left much between issues unread.
    """
    text, printed = folded.text, folded.printed
    doubtful = [Place(0, len(text))]
    if outline.issues:
        labels = [label.start for label in outline.labels]
        poor = outline.coverage is None or outline.coverage < LOW_COVERAGE
        between = Place(outline.issues[0].text.start, outline.issues[-1].text.end) if poor else Place(0, 0)
        doubtful = [
            rest.text
            for rest in outline.remainders
            if (rest.kind == "heading" and _RUN_IN.match(text, rest.text.start))
            or (
                rest.kind == "unread"
                and (
                    between.start <= rest.text.start < between.end
                    or bisect_left(labels, rest.text.start) < bisect_left(labels, rest.text.end)
                )
            )
        ]
    inside = Inside(doubtful)
    rows = Inside(Place(*row.span()) for row in _ROW.finditer(printed)) if "\t" in printed else inside
    sure: list[TotalFound] = []
    unsure: list[TotalFound] = []
    for total in found:
        (unsure if inside(total.text.start) or rows(total.text.start) else sure).append(total)
    return sure, unsure


def _claims(
    text: str,
    outline: NoticeOutline,
    fields: Mapping[str, FieldFound],
    facts: Facts,
    names: Sequence[tuple[Place, NameKind]],
) -> list[Claim]:
    """Return the owners of a notice's digits, the first of which prevails; totals are still ``outside``."""
    issues = outline.issues
    head = [place.end for name in ("title", "published_on") if (found := fields.get(name)) for place in found.places]
    line_end = text.find("\n", max(head)) if head else 0
    in_measure = Inside(measure.text for issue in issues for measure in issue.measures)
    figures: dict[bool, list[Place]] = {True: [], False: []}
    for quantity in facts.quantities:
        figures[in_measure(quantity.text.start)].append(quantity.text)
    in_issue = Inside(_inside_issues(outline))
    named: dict[str, list[Place]] = {}
    for place, kind in names:
        owner = "contact" if kind == "phone" else kind if in_issue(place.start) else "outside"
        named.setdefault(owner, []).append(place)
    headings = [rest.text for issue in issues for rest in issue.rests if rest.kind == "heading"]
    return [
        Claim("label", outline.labels),
        Claim("title", [document.title for document in facts.documents]),
        Claim("date", [date.text for date in facts.dates if date.value]),
        Claim("date", _deadlines(text, outline, facts)),
        Claim("contact", [contact_part(text, outline.ending)]),
        Claim("outside", [Place(0, line_end if line_end >= 0 else len(text)), *outline.behind]),
        Claim("heading", [*headings, *(group for issue in issues for group in issue.groups)]),
        Claim("figure", figures[True]),
        Claim("outside", figures[False]),
        *(Claim(kind, places) for kind, places in named.items()),
    ]


def _deadlines(text: str, outline: NoticeOutline, facts: Facts) -> list[Place]:
    """Return the places of the deadlines, which may be printed as no other date is (2024.06)."""
    printed = (each.value for issue in outline.issues for each in issue.properties if each.role == "deadline")
    return [found.text for value in printed if (found := deadline_of(text, value, facts.dates))]


def _with_totals(text: str, ledger: Ledger, totals: Sequence[TotalFound]) -> Ledger:
    """Return the ledger with the digits of totals, which were ``outside`` before."""
    digits = sum(count_digits(text[total.text.start : total.text.end]) for total in totals)
    if not digits:
        return ledger
    outside = ledger.classes.get("outside", 0) - digits
    classes = {**ledger.classes, "outside": outside, "total": digits}
    return ledger._replace(classes={kind: classes[kind] for kind in CLASSES if classes.get(kind)})
