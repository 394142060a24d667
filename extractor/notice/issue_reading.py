"""The rules' reading of issues and measures: their facts, and what is judged from their words.

Each rule goes over all measures before the next one does: its tables are large, and fast while the processor has them
at hand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from extractor.notice.facts.accountability import AccountabilityFound
from extractor.notice.facts.dates import DateFound
from extractor.notice.facts.documents import DocumentFound
from extractor.notice.facts.judgement import (
    issue_status,
    judged_category,
    judged_types,
    measure_status,
    measure_words,
    place_of_heading,
)
from extractor.notice.facts.learnt import rate
from extractor.notice.facts.lexical import WordEvidence
from extractor.notice.facts.organizations import NameEnds, judged_organizations
from extractor.notice.facts.quantities import QuantityFound
from extractor.notice.facts.subjects import find_subjects
from extractor.notice.outline.measures import IssueOutline, MeasureOutline
from extractor.text.folding import FoldedText
from extractor.text.places import Clauses, Place


class Facts(NamedTuple):
    """The facts of a stretch of text, in printed order."""

    documents: Sequence[DocumentFound]
    dates: Sequence[DateFound]
    quantities: Sequence[QuantityFound]
    accountability: Sequence[AccountabilityFound]


class IndexedText(NamedTuple):
    """A notice's folded text with what is looked up in it for each measure: clauses, and ends of names."""

    folded: FoldedText
    clauses: Clauses
    name_ends: NameEnds


class MeasureReading(NamedTuple):
    """A measure as the rules read it.

    In ``facts`` a document occurs once for each thing that was done with it, a date once for each value; dates whose
    digits are damaged have no value and are left out; ``subjects`` are what its figures count. ``heading`` is None
    where the measure opens with none.
    """

    outline: MeasureOutline
    heading: Place | None
    types: Sequence[str]
    status: str
    facts: Facts
    subjects: Sequence[Place | None]
    organizations: Sequence[Place]
    confidence: Mapping[str, float]
    """How sure the judged values are, by their paths in the measure's record."""
    words: WordEvidence
    """What its words say."""


class IssueReading(NamedTuple):
    """An issue as the rules read it, with its measures in printed order."""

    outline: IssueOutline
    category: str
    status: str
    measures: Sequence[MeasureReading]
    confidence: Mapping[str, float]


def index_text(folded: FoldedText) -> IndexedText:
    """Find clauses and ends of names in a notice, once for all its measures."""
    return IndexedText(folded, Clauses(folded.text), NameEnds(folded.text))


def read_issues(indexed: IndexedText, facts: Facts, outlines: Sequence[IssueOutline]) -> list[IssueReading]:
    """Read issues in printed order; ``facts`` are those of the whole notice."""
    measures = iter(read_measures(indexed, facts, [measure for issue in outlines for measure in issue.measures]))
    return [_issue(indexed.folded.text, outline, list(islice(measures, len(outline.measures)))) for outline in outlines]


def read_measures(indexed: IndexedText, facts: Facts, outlines: Sequence[MeasureOutline]) -> list[MeasureReading]:
    """Read measures in printed order; ``facts`` are those of the whole notice."""
    text, printed = indexed.folded.text, indexed.folded.printed
    places = [outline.text for outline in outlines]
    dealt = _deal(facts, places)
    headings = [place_of_heading(text, place) for place in places]
    words = [measure_words(_without_titles(text, place, own)) for place, own in zip(places, dealt, strict=True)]
    types = [judged_types(found) for found in words]
    # A slogan in the heading (持续推进…) does not say that work goes on.
    statuses = [
        measure_status(text[heading.end if heading else place.start : place.end])
        for place, heading in zip(places, headings, strict=True)
    ]
    organizations = [
        judged_organizations(text, indexed.clauses, indexed.name_ends, place, [date.text for date in own.dates])
        for place, own in zip(places, dealt, strict=True)
    ]
    distinct = [_distinct(printed, own) for own in dealt]
    subjects = [find_subjects(text, [figure.text for figure in own.quantities]) for own in distinct]
    confidence = [
        {
            "types": judged.confidence,
            "status": rate("measure_status", status),
            **{f"quantities[{k}].subject": found.confidence for k, found in enumerate(counted)},
            **{f"organizations[{k}]": found.confidence for k, found in enumerate(bodies)},
            **{
                f"accountability[{k}]": rate("accountability", held.action) for k, held in enumerate(own.accountability)
            },
        }
        for judged, status, counted, bodies, own in zip(types, statuses, subjects, organizations, distinct, strict=True)
    ]
    kinds = [judged.types for judged in types]
    of_figures = [[found.place for found in counted] for counted in subjects]
    acting = [[found.place for found in bodies] for bodies in organizations]
    return list(
        map(MeasureReading, outlines, headings, kinds, statuses, distinct, of_figures, acting, confidence, words)
    )


def _issue(text: str, outline: IssueOutline, measures: Sequence[MeasureReading]) -> IssueReading:
    """Judge an issue by its heading, the notes below it and its measures."""
    answer = _joined(text, (measure.outline.text for measure in measures))
    notes = _joined(text, (rest.text for rest in outline.rests if rest.kind in ("note", "lead_in")))
    title = text[outline.title.start : outline.title.end]
    category = judged_category(title, [measure.words for measure in measures], lambda: answer)
    status = issue_status([text[start:end] for start, end in outline.section], f"{notes}\n{answer}")
    return IssueReading(outline, category.value, status, measures, {"category": category.confidence})


def _joined(text: str, places: Iterable[Place]) -> str:
    return "\n".join([text[start:end] for start, end in places])


def _deal(facts: Facts, places: Sequence[Place]) -> list[Facts]:
    """Return the facts that start inside each of ``places``."""
    documents = [found.title.start for found in facts.documents]
    dates = [found.text.start for found in facts.dates]
    quantities = [found.text.start for found in facts.quantities]
    accountability = [found.text.start for found in facts.accountability]
    return [
        Facts(
            facts.documents[bisect_left(documents, start) : bisect_left(documents, end)],
            facts.dates[bisect_left(dates, start) : bisect_left(dates, end)],
            facts.quantities[bisect_left(quantities, start) : bisect_left(quantities, end)],
            facts.accountability[bisect_left(accountability, start) : bisect_left(accountability, end)],
        )
        for start, end in places
    ]


def _without_titles(text: str, place: Place, facts: Facts) -> str:
    """Return a measure's text with its 《…》 emptied: a document's name does not say what was done."""
    if not facts.documents:
        return text[place.start : place.end]
    pieces, position = [], place.start
    for document in facts.documents:
        pieces.append(text[position : document.title.start])
        position = document.title.end
    return "".join([*pieces, text[position : place.end]])


_Found = TypeVar("_Found")


def _distinct(printed: str, facts: Facts) -> Facts:
    """Keep the first of equal documents and dates, and no damaged date; titles are compared as printed."""
    documents, dates = facts.documents, facts.dates
    if dates:
        dates = [date for date in dates if date.value]
    elif len(documents) < 2:
        return facts  # as in most measures
    if len(documents) > 1:
        documents = _firsts(documents, [(printed[slice(*found.title)], found.action) for found in documents])
    if len(dates) > 1:
        dates = _firsts(dates, [date.value for date in dates])
    return Facts(documents, dates, facts.quantities, facts.accountability)


def _firsts(found: Sequence[_Found], keys: Sequence[object]) -> list[_Found]:
    """Return the first of those that share a key."""
    first: dict[object, _Found] = {}
    for key, each in zip(keys, found, strict=True):
        first.setdefault(key, each)
    return list(first.values())
