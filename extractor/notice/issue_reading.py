"""The rules' reading of issues and measures: their facts, and what is judged from their words.

Each rule goes over all measures before the next one does: its tables are large, and fast while the processor has them
at hand.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from extractor.notice.facts.accountability import AccountabilityFound
from extractor.notice.facts.dates import DateFound
from extractor.notice.facts.documents import DocumentFound
from extractor.notice.facts.judgement import (
    JudgedTypes,
    MeasureWords,
    issue_status,
    judged_category,
    judged_types,
    measure_status,
    place_of_heading,
    words_of_measures,
)
from extractor.notice.facts.learnt import rate
from extractor.notice.facts.organizations import NameEnds, OrganizationFound, judged_organizations
from extractor.notice.facts.properties import bodies_of, deadline_of, says_a_deadline
from extractor.notice.facts.quantities import QuantityFound
from extractor.notice.facts.subjects import SubjectFound, find_subjects
from extractor.notice.outline.frames import is_state
from extractor.notice.outline.measures import IssueOutline, MeasureOutline
from extractor.notice.outline.property_lines import Property
from extractor.notice.outline.table_states import DONE, said
from extractor.text.folding import FoldedText
from extractor.text.places import Clauses, Place
from extractor.text.wording import pattern


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


class Duty(NamedTuple):
    """The bodies and offices responsible for an issue or a measure and its deadline, as the notice prints them.

    ``unread`` are printed deadlines that are no date that can be told.
    """

    responsible: Sequence[Place] = ()
    deadline: DateFound | None = None
    unread: Sequence[Place] = ()


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
    words: MeasureWords
    """What its words say."""
    duty: Duty = Duty()


class IssueReading(NamedTuple):
    """An issue as the rules read it, with its measures in printed order."""

    outline: IssueOutline
    category: str
    status: str
    measures: Sequence[MeasureReading]
    confidence: Mapping[str, float]
    duty: Duty = Duty()


def index_text(folded: FoldedText) -> IndexedText:
    """Find clauses and ends of names in a notice, once for all its measures."""
    return IndexedText(folded, Clauses(folded.text), NameEnds(folded.text))


def read_issues(
    indexed: IndexedText, facts: Facts, outlines: Sequence[IssueOutline], signed_on: str | None = None
) -> list[IssueReading]:
    """Read issues in printed order; ``facts`` are those of the whole notice, ``signed_on`` is its date (ISO 8601)."""
    every = [measure for issue in outlines for measure in issue.measures]
    measures = iter(read_measures(indexed, facts, every, signed_on))
    text = indexed.folded.text
    read = ((outline, list(islice(measures, len(outline.measures)))) for outline in outlines)
    issues = [_issue(text, outline, _with_plans(text, outline, found)) for outline, found in read]
    return [_with_duties(text, facts.dates, issue) if issue.outline.properties else issue for issue in issues]


def read_measures(
    indexed: IndexedText, facts: Facts, outlines: Sequence[MeasureOutline], signed_on: str | None = None
) -> list[MeasureReading]:
    """Read measures in printed order; ``facts`` are those of the whole notice, ``signed_on`` is its date (ISO 8601)."""
    text, printed = indexed.folded.text, indexed.folded.printed
    places = [outline.text for outline in outlines]
    dealt = _deal(facts, places)
    headings = [place_of_heading(text, place) for place in places]
    words = words_of_measures([_without_titles(text, place, own) for place, own in zip(places, dealt, strict=True)])
    types = [judged_types(found) for found in words]
    # A slogan in the heading (持续推进…) does not say that work goes on.
    statuses = [
        measure_status(_without_past_deadlines(text, Place(heading.end if heading else place.start, place.end), past))
        for place, heading, past in zip(places, headings, _past_deadlines(dealt, signed_on), strict=True)
    ]
    organizations = [
        judged_organizations(text, indexed.clauses, indexed.name_ends, place, [date.text for date in own.dates])
        for place, own in zip(places, dealt, strict=True)
    ]
    distinct = [_distinct(printed, own) for own in dealt]
    subjects = [find_subjects(text, [figure.text for figure in own.quantities]) for own in distinct]
    confidence = list(map(_confidence, types, statuses, subjects, organizations, distinct))
    kinds = [judged.types for judged in types]
    of_figures = [[found.place for found in counted] for counted in subjects]
    acting = [[found.place for found in bodies] for bodies in organizations]
    return list(
        map(MeasureReading, outlines, headings, kinds, statuses, distinct, of_figures, acting, confidence, words)
    )


def _with_plans(text: str, outline: IssueOutline, measures: Sequence[MeasureReading]) -> list[MeasureReading]:
    """Return an issue's measures, those below a lead-in that names the next steps (下一步打算:) as planned.

    What says of itself that it is done, or runs, stays so.
    """
    lead_ins = [(rest.text, _names_plan(text, rest.text)) for rest in outline.rests if rest.kind == "lead_in"]
    if not any(plan for _, plan in lead_ins):
        return list(measures)
    lead_ins.sort()
    return [_planned(text, each) if _is_below_plan(each.outline.text, lead_ins) else each for each in measures]


def _names_plan(text: str, place: Place) -> bool:
    return pattern("outline", "names_plan").match(text, *place) is not None


def _is_below_plan(measure: Place, lead_ins: Sequence[tuple[Place, bool]]) -> bool:
    """Return whether the last lead-in before a measure names the next steps."""
    return next((plan for place, plan in reversed(lead_ins) if place.end <= measure.start), False)


def _planned(text: str, measure: MeasureReading) -> MeasureReading:
    words = text[measure.outline.text.start : measure.outline.text.end]
    if measure.status != "completed" or "已" in words:
        return measure
    return measure._replace(
        status="planned", confidence={**measure.confidence, "status": rate("measure_status", "planned")}
    )


def _past_deadlines(dealt: Sequence[Facts], signed_on: str | None) -> list[list[Place]]:
    """Return each measure's dates of the form 2025年5月底前 that are over when the notice is signed."""
    return [
        [date.text for date in own.dates if date.value.startswith(_UNTIL) and _is_over(date.value, signed_on)]
        for own in dealt
    ]


_UNTIL = "../"


def _is_over(until: str, signed_on: str | None) -> bool:
    day = until.removeprefix(_UNTIL)
    return signed_on is not None and day < signed_on[: len(day)]


def _without_past_deadlines(text: str, place: Place, past: Sequence[Place]) -> str:
    """Return the text of a measure without dates that are over: what was done by them is done."""
    start, pieces = place.start, []
    for deadline in past:
        if deadline.start >= start:
            pieces.append(text[start : deadline.start])
            start = deadline.end
    return "".join([*pieces, text[start : place.end]])


def _confidence(
    types: JudgedTypes,
    status: str,
    subjects: Sequence[SubjectFound],
    organizations: Sequence[OrganizationFound],
    facts: Facts,
) -> dict[str, float]:
    """Return how sure a measure's judged values are, by their paths in its record."""
    sure = {"types": types.confidence, "status": rate("measure_status", status)}
    for k, held in enumerate(facts.accountability):
        sure[f"accountability[{k}]"] = rate("accountability", held.action)
    for k, subject in enumerate(subjects):
        sure[f"quantities[{k}].subject"] = subject.confidence
    for k, body in enumerate(organizations):
        sure[f"organizations[{k}]"] = body.confidence
    return sure


def _issue(text: str, outline: IssueOutline, measures: Sequence[MeasureReading]) -> IssueReading:
    """Judge an issue by its heading, the notes below it and its measures."""
    answer = _joined(text, (measure.outline.text for measure in measures))
    notes = _joined(text, (rest.text for rest in outline.rests if rest.kind in ("note", "lead_in")))
    notes = "\n".join((notes, *outline.stated))
    title = text[outline.title.start : outline.title.end]
    category = judged_category(title, [measure.words for measure in measures])
    status = issue_status([], "\n".join(outline.stated) or _said_last(text, measures))
    if status == "unspecified":
        status = issue_status(_classes(text, outline), f"{notes}\n{answer}")
    if status == "unspecified" and (states := _states(text, outline)):
        status = issue_status([], states)
    confidence = {"category": category.confidence, "status": rate("issue_status", status)}
    return IssueReading(outline, category.value, status, measures, confidence)


_ALL_OF = re.compile(r"(?:问题|事项|任务)?(?P<all>[0-9]{1,3}) ?[个项条件](?=[^0-9。]{0,12}[0-9])")
_DONE_OF = re.compile(r"(?:完成|整改到位|销号|办结|解决)(?:整改|到位)?(?P<done>[0-9]{1,3}) ?[个项条件]")


def _classes(text: str, outline: IssueOutline) -> list[str]:
    """Return what the headings above an issue say of it.

    A heading that counts its findings (问题2个,已完成整改2个) tells the state of each only if all are done.
    """
    headings = [text[start:end] for start, end in outline.section]
    for k, group in enumerate(outline.groups[: len(headings)]):
        words = text[group.start : group.end]
        every = _ALL_OF.search(words)
        if every is not None:
            done = _DONE_OF.search(words, every.end())
            all_done = done is not None and done["done"] == every["all"]
            headings[k] = words[: every.start()] + (DONE if all_done else "")
    return headings


def _said_last(text: str, measures: Sequence[MeasureReading]) -> str:
    """Return the state that the last sentence of an answer says of the finding (该问题已完成整改。); empty for none.

    Where other measures end so, too, each speaks of itself.
    """
    found = (_said_at_end(text, *measure.outline.text) for measure in reversed(measures))
    last = next(found, "")
    return last if last and not any(found) else ""


_SHORTEST_SUBJECT = 3
"""该问题; 目前 alone says nothing of what is done."""


def _said_at_end(text: str, start: int, end: int) -> str:
    last = max(text.rfind("。", start, end - 1) + 1, start)
    subject = pattern("outline", "state_of").match(text, last, end)
    named = subject is not None and subject.end() - last >= _SHORTEST_SUBJECT
    dated = last > start and pattern("outline", "state_when").match(text, last, end) is not None
    if not (named or dated) or not is_state(text, last, end):
        return ""
    return said(text[subject.end() if subject else last : end])


def _states(text: str, outline: IssueOutline) -> str:
    """Return the states that sentences of an issue say, each as one word for it: 已于2024年3月底前完成整改."""
    notes = (rest.text for rest in outline.rests if rest.kind in ("note", "lead_in"))
    values = ((_value_start(text, *note), note.end) for note in notes)
    values = ((start, end - text.endswith(":", start, end)) for start, end in values)
    words = (text[start:end].strip("([【】])") for start, end in values if is_state(text, start, end))
    return "\n".join(filter(None, map(said, words)))


def _value_start(text: str, start: int, end: int) -> int:
    """Return where a note's words begin behind its name: behind the last colon, or the bracket that it begins with."""
    colon = text.rfind(":", start, end) + 1
    if colon == end and (opens := max(text.rfind(mark, start, end) for mark in "([【")) >= start:
        return opens  # 整改情况[已完成]:
    if colon or (bracket := _NAME_IN_BRACKETS.match(text, start, end)) is None or bracket.end() == end:
        return colon or start
    return bracket.end()


_NAME_IN_BRACKETS = re.compile(r"[【\[〔「<][^】\]〕」>\n]{2,12}[】\]〕」>] *")


def _with_duties(text: str, dates: Sequence[DateFound], issue: IssueReading) -> IssueReading:
    """Add the values of an issue's properties to it and to its measures."""
    own, of_measures = _owners(text, issue.outline)
    measures = [
        measure._replace(duty=_duty(text, dates, found)) if found else measure
        for measure, found in zip(issue.measures, of_measures, strict=True)
    ]
    return issue._replace(duty=_duty(text, dates, own), measures=measures)


def _owners(text: str, outline: IssueOutline) -> tuple[list[Property], list[list[Property]]]:
    """Part an issue's own properties from those of each of its measures.

    What is printed once is the issue's, but in the paragraph of a measure that others follow. What is printed again
    for other measures is theirs: of those in its row of a table, or of the one before it, with all that is on its line.
    """
    places = {(each.role, each.name, each.row or each.place) for each in outline.properties}
    printed = Counter((role, name) for role, name, _ in places)
    again = {_line(text, found) for found in outline.properties if printed[found.role, found.name] > 1}
    own: list[Property] = []
    of_measures: list[list[Property]] = [[] for _ in outline.measures]
    measures = [measure.text for measure in outline.measures]
    starts = [found.place.start for found in outline.properties]
    for found in outline.properties:
        holders = _measures_of(found, measures)
        if _line(text, found) not in again:
            following = measures[holders.stop].start if 0 < holders.stop < len(measures) else None
            last = outline.properties[bisect_left(starts, following) - 1] if following is not None else found
            if following is None or not _is_followed(text, found, measures[holders.stop - 1].end, (last, following)):
                holders = range(0)
        for k in holders:
            of_measures[k].append(found)
        if not holders:
            own.append(found)
    return own, of_measures


def _line(text: str, found: Property) -> tuple[str, int]:
    """Return where a property's printed line begins; in a table each column stands for itself."""
    if found.row is not None:
        return f"{found.role} {found.name}", found.row.start
    return "", text.rfind("\n", 0, found.place.start)


def _measures_of(found: Property, measures: Sequence[Place]) -> range:
    """Return the measures inside a property's row of a table, or the one before it, by their indices."""
    if found.row is None:
        before = bisect_right(measures, found.place.start, key=lambda place: place.end)
        return range(max(before - 1, 0), before)
    first = bisect_left(measures, found.row.start, key=lambda place: place.start)
    return range(first, bisect_right(measures, found.row.end, key=lambda place: place.end))


def _is_followed(text: str, found: Property, end: int, behind: tuple[Property, int]) -> bool:
    """Return whether a property is in the paragraph of a measure that ends before it, and that another follows.

    ``behind`` are the last property before that other measure, and where this begins. A lead-in between the two
    (责任单位:… 整改情况:…) says that the property is one of the issue's fields.
    """
    last, following = behind
    if found.row is not None or "\n" in text[end : found.place.start]:
        return False
    between = text[last.place.end : following]
    return "\n" in between or ":" not in between


def _duty(text: str, dates: Sequence[DateFound], printed: Sequence[Property]) -> Duty:
    bodies = (place for found in printed if found.role == "responsible" for place in bodies_of(text, found.value))
    responsible = {text[start:end]: Place(start, end) for start, end in bodies}
    until = [found.value for found in printed if found.role == "deadline"]
    deadlines = [deadline_of(text, value, dates) for value in until]
    unread = [
        value for value, read in zip(until, deadlines, strict=True) if read is None and says_a_deadline(text, value)
    ]
    return Duty(list(responsible.values()), next(filter(None, deadlines), None), unread)


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
            _ending_by(end, facts.documents[bisect_left(documents, start) : bisect_left(documents, end)]),
            facts.dates[bisect_left(dates, start) : bisect_left(dates, end)],
            facts.quantities[bisect_left(quantities, start) : bisect_left(quantities, end)],
            facts.accountability[bisect_left(accountability, start) : bisect_left(accountability, end)],
        )
        for start, end in places
    ]


def _ending_by(end: int, documents: Sequence[DocumentFound]) -> Sequence[DocumentFound]:
    """Return the documents without a last one that runs over the end of its measure."""
    return documents[:-1] if documents and documents[-1].title.end > end else documents


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
