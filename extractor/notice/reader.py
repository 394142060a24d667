"""The rules' reading of one notice: every rule set applied once to the whole text, then dealt out to its measures."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from extractor.notice.accountability import AccountabilityFound, find_accountability
from extractor.notice.contact import FieldFound
from extractor.notice.dates import DateFound, find_dates
from extractor.notice.documents import DocumentFound, find_documents
from extractor.notice.fields import read_fields
from extractor.notice.organizations import NameEnds
from extractor.notice.outline import NoticeOutline, read_outline
from extractor.notice.places import Clauses, Place
from extractor.notice.quantities import QuantityFound, find_quantities
from extractor.notice.reading import reading_text
from extractor.notice.totals import TotalFound, find_totals


class Facts(NamedTuple):
    """What stands in a stretch of text, in printed order."""

    documents: Sequence[DocumentFound]
    dates: Sequence[DateFound]
    quantities: Sequence[QuantityFound]
    accountability: Sequence[AccountabilityFound]


class Reading(NamedTuple):
    """A notice as places and values. ``text`` is the reading text: same length as the notice, half-width forms."""

    text: str
    clauses: Clauses
    name_ends: NameEnds
    outline: NoticeOutline
    fields: dict[str, FieldFound]
    totals: list[TotalFound]
    facts: Facts


def read_by_rules(text: str) -> Reading:
    """Read a notice's plain text by rules alone. Pure: the same text gives the same reading."""
    reading = reading_text(text)
    outline = read_outline(reading)
    fields = read_fields(reading, outline.opening_end, outline.ending)
    signed = fields.get("signed_on") or fields.get("published_on")
    documents = find_documents(reading)
    titles = [document.title for document in documents]
    dates = find_dates(reading, signed.value if signed else None, titles)
    quantities = find_quantities(reading, [date.text for date in dates], titles)
    totals = find_totals(reading, quantities, [issue.text for issue in outline.issues], outline.ending.end)
    clauses = Clauses(reading)
    facts = Facts(documents, dates, quantities, find_accountability(reading, clauses, quantities))
    return Reading(reading, clauses, NameEnds(reading), outline, fields, totals, facts)


def deal(facts: Facts, places: Sequence[Place]) -> list[Facts]:
    """The facts that start inside each of ``places``."""
    starts = (
        [found.title.start for found in facts.documents],
        [found.text.start for found in facts.dates],
        [found.text.start for found in facts.quantities],
        [found.text.start for found in facts.accountability],
    )
    dealt = []
    for place in places:
        cuts = [slice(bisect_left(known, place.start), bisect_left(known, place.end)) for known in starts]
        dealt.append(
            Facts(
                facts.documents[cuts[0]],
                facts.dates[cuts[1]],
                facts.quantities[cuts[2]],
                facts.accountability[cuts[3]],
            )
        )
    return dealt
