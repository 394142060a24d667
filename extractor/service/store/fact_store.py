"""Lists of items of all notices: filtered, sorted and counted in the database."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, case, func, literal, or_, select

from extractor.collection.parted_figures import COUNTED
from extractor.service.store.collected_store import up_to_date
from extractor.service.store.database import Database
from extractor.service.store.database_tables import (
    fact_counts,
    facts,
    kin,
    notices,
    passages,
    readings,
    shown_facts,
    tallies,
)
from extractor.text.sought_words import words_of

FactKind = Literal["issue", "measure", "document", "quantity", "accountability", "sum", "total", "check"]

UNSURE = 0.6
"""A confidence below which a value is doubtful, as pages mark it."""
_AROUND = 200
"""Code points before and behind a place, in which its sentence is looked for."""
_AT_ONCE = 500
_MONEY = "元"


@dataclass(frozen=True)
class FactFilter:
    """The conditions of a list of items, as the address of a page has them; None sets no condition.

    ``body`` is in a name of the notice, ``among`` are ids of notices with / between them, ``organisation`` is in the
    name of a body that acts. ``term`` is a figure's sum, a total's name, what was done with a document or with people,
    or a check's severity; ``group`` begins a sum's name. ``unit`` is a unit, or ``money`` and ``other`` of figures;
    ``left`` is ``yes`` for figures that sums leave out. ``doubt`` is ``unsure``, ``checked`` or ``any``. ``copies``
    counts notices that are the same as others, too. ``q`` are words that stand in the item's measure or finding, in any
    order.
    """

    body: str | None = None
    notice: str | None = None
    among: str | None = None
    series: str | None = None
    year: str | None = None
    genre: str | None = None
    inspection: str | None = None
    copies: bool = False
    reviewed: Literal["yes", "no"] | None = None
    category: str | None = None
    status: str | None = None
    type: str | None = None
    term: str | None = None
    group: str | None = None
    unit: str | None = None
    reason: str | None = None
    left: Literal["yes", "no"] | None = None
    reader: str | None = None
    organisation: str | None = None
    doubt: Literal["unsure", "checked", "any"] | None = None
    q: str | None = None


class FoundFact(NamedTuple):
    """An item of a list: its notice, its kind and path, what a page shows of it, and its words with those around them.

    ``begin`` is where ``around`` begins in the notice's text, in code points; ``body`` the inspected one's name.
    """

    notice_id: str
    body: str | None
    edition: str | None
    kind: str
    path: str
    at: tuple[int, int] | None
    around: str
    begin: int
    issue_title: str | None
    category: str | None
    status: str | None
    types: list[str]
    term: str | None
    value: float | None
    unit: str | None
    reason: str | None
    reader: str
    sure: float
    data: dict[str, Any]


class FactPage(NamedTuple):
    """A part of a list: how many there are, what is there to filter by, each sum, and the items.

    ``present`` has the keys by filter; ``sums`` are sum, unit, value, and how many figures are counted and left out.
    """

    total: int
    present: dict[str, list[str]]
    sums: list[tuple[str, str, float, int, int]]
    facts: list[FoundFact]


_issue, _its = facts.alias(), shown_facts.alias()
_OF_ISSUE = and_(_issue.c.notice == facts.c.notice, _issue.c.kind == "issue", _issue.c.issue == facts.c.issue)
# Where a whole list is sorted by it, half as long as by a join; SQLite makes no index for a table of all titles.
_TITLE = (
    select(_its.c.title)
    .join_from(_issue, _its, _its.c.number == _issue.c.number)
    .where(_OF_ISSUE)
    .correlate(facts)
    .scalar_subquery()
)


class _Order(NamedTuple):
    """An order of a list: its columns, and the tables that have to be joined for them, each with its condition."""

    by: tuple[Any, ...]
    joins: tuple[tuple[FromClause, Any], ...] = ()


def _of_shown(column: Any) -> _Order:
    return _Order((column,), ((shown_facts, shown_facts.c.number == facts.c.number),))


_GRAVITY = case({"error": 0, "warning": 1, "info": 2}, value=facts.c.term)
_HELD = (passages, passages.c.number == facts.c.holder)  # what is in a measure is sorted by its words
_OWN = {
    **dict.fromkeys(("finding", "document", "message"), _of_shown(shown_facts.c.title)),
    **dict.fromkeys(("issue_status", "status"), _Order((facts.c.status,))),
    **dict.fromkeys(("action", "handling", "sum", "name"), _Order((facts.c.term,))),
    **dict.fromkeys(("value", "in_full"), _Order((facts.c.value,))),
    **dict.fromkeys(("measure", "sentence"), _Order((passages.c.words,), (_HELD,))),
}
_ORDERS = {
    **_OWN,
    "category": _Order((facts.c.category,)), "types": _Order((facts.c.types,)), "reason": _Order((facts.c.reason,)),
    "confidence": _Order((facts.c.sure,)), "reader": _Order((facts.c.reader,)), "severity": _Order((_GRAVITY,)),
    "subject": _of_shown(func.json_extract(shown_facts.c.data, "$.value.subject")),
    "measures": _of_shown(func.json_extract(shown_facts.c.data, "$.measures")),
    "issue": _Order((_TITLE,)),
    "notice": _Order(
        (func.coalesce(readings.c.inspected_body, readings.c.title), kin.c.edition),
        (
            (notices, notices.c.number == facts.c.notice),
            (readings, readings.c.number == notices.c.reading),
            (kin, kin.c.notice == facts.c.notice),
        ),
    ),
}  # fmt: skip
"""The orders of lists, by the columns of their pages."""


def conditions(kind: FactKind, wanted: FactFilter, table: FromClause = facts) -> list[ColumnElement[bool]]:
    """Return the conditions of a list of facts, or of their counts."""
    found = [table.c.kind == kind, *_of_facts(wanted, table)]
    fitting = list(_of_notices(wanted))
    if fitting:
        if wanted.notice is None and not wanted.copies:
            fitting.append(kin.c.duplicate_of.is_(None))
        own = select(notices.c.number).join_from(notices, tallies).outerjoin(kin, kin.c.notice == notices.c.number)
        found.append(table.c.notice.in_(own.where(*fitting)))
    elif not wanted.copies:
        found.append(table.c.notice.not_in(select(kin.c.notice).where(kin.c.duplicate_of.is_not(None))))
    return found


def _of_notices(wanted: FactFilter) -> Iterator[ColumnElement[bool]]:
    """Yield what a filter says of notices, apart from copies."""
    if wanted.notice is not None:
        yield notices.c.id == wanted.notice
    if wanted.among is not None:
        yield notices.c.id.in_(wanted.among.split("/"))
    if wanted.body is not None:
        yield func.instr(tallies.c.called, wanted.body.lower()) > 0
    if wanted.year is not None:
        yield func.substr(kin.c.edition, 1, 4) == wanted.year
    same = {kin.c.series: wanted.series, tallies.c.genre: wanted.genre, tallies.c.inspection: wanted.inspection}
    yield from (column == value for column, value in same.items() if value is not None)
    if wanted.reviewed is not None:
        within = notices.c.reading.in_(select(readings.c.number).where(readings.c.reviewed.is_not(None)))
        yield within if wanted.reviewed == "yes" else ~within


def _of_facts(wanted: FactFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """Yield what a filter says of items."""
    names = ("category", "status", "term", "reason", "reader")
    yield from (table.c[name] == value for name in names if (value := getattr(wanted, name)) is not None)
    if wanted.type is not None:
        yield func.instr(table.c.types, f"\n{wanted.type}\n") > 0
    if wanted.organisation is not None:
        yield func.instr(table.c.bodies, wanted.organisation) > 0
    if wanted.group is not None:
        yield table.c.term.startswith(f"{wanted.group}_", autoescape=True)
    if wanted.unit is not None:
        named = {"money": table.c.unit == _MONEY, "other": table.c.unit != _MONEY}
        yield named.get(wanted.unit, table.c.unit == wanted.unit)
    if wanted.left is not None:
        yield table.c.reason != COUNTED if wanted.left == "yes" else table.c.reason == COUNTED
    if wanted.doubt is not None:
        unsure, checked = table.c.sure < UNSURE, table.c.is_checked.is_(True)
        yield {"unsure": unsure, "checked": checked}.get(wanted.doubt, or_(unsure, checked))
    if wanted.q is not None and wanted.q.strip():
        words = words_of(wanted.q)
        has_all = [func.instr(passages.c.words, word) > 0 for word in words]
        said = select(passages.c.number).where(literal(bool(words)), *has_all)
        # A check's own words are beside those of what it is about; of all others the holder's are theirs.
        yield table.c.holder.in_(said) | and_(table.c.kind == "check", table.c.number.in_(said))


def page_of_facts(
    database: Database, kind: FactKind, wanted: FactFilter, *, order: str = "", limit: int = 100, offset: int = 0
) -> FactPage:
    """Return a part of the list of a kind's items; ``order`` is a column of the page, behind ``-`` for the reverse."""
    with up_to_date(database) as connection:
        counted = replace(wanted, organisation=None, doubt=None, q=None)
        grouped = connection.execute(_grouped().where(*conditions(kind, counted, fact_counts))).all()
        summed = grouped
        if counted != wanted:  # counts know nothing of these
            summed = connection.execute(_summed(kind).where(*conditions(kind, wanted))).all()
        first = _numbers(kind, wanted, order).limit(limit).offset(offset)
        numbers = connection.execute(first).scalars().all()
        found = _looked_up(connection, numbers)
    return FactPage(sum(row.times for row in summed), _present(grouped), _sums(kind, summed), found)


def all_facts(
    database: Database, kind: FactKind, wanted: FactFilter, order: str = ""
) -> Generator[FoundFact, None, None]:
    """Yield all items of a list as of one moment, few in memory at a time."""
    with up_to_date(database) as connection:
        numbers = connection.execute(_numbers(kind, wanted, order)).scalars().all()
        for first in range(0, len(numbers), _AT_ONCE):
            yield from _looked_up(connection, numbers[first : first + _AT_ONCE])


def _looked_up(connection: Connection, numbers: Sequence[int]) -> list[FoundFact]:
    rows = {row.number: row for row in connection.execute(_shown().where(facts.c.number.in_(numbers)))}
    return [_found(rows[number]) for number in numbers]


def _numbers(kind: FactKind, wanted: FactFilter, order: str) -> Select[Any]:
    """Return the numbers of a list's items in their order; what they show is looked up for those on the page alone."""
    wished = _ORDERS.get(order.removeprefix("-"), _Order(()))
    chosen = select(facts.c.number).select_from(facts).where(*conditions(kind, wanted))
    for table, condition in wished.joins:
        chosen = chosen.join(table, condition, isouter=True)
    sorts = [column.desc() if order.startswith("-") else column.asc() for column in wished.by]
    return chosen.order_by(*sorts, facts.c.notice, facts.c.number)


def _grouped() -> Select[Any]:
    """Return the counts of facts that are alike in all that lists are filtered by."""
    by = [fact_counts.c[name] for name in ("category", "status", "term", "unit", "reason", "reader", "types")]
    times, values = func.sum(fact_counts.c.times).label("times"), func.sum(fact_counts.c.value).label("sum")
    return select(*by, times, values).group_by(*by)


def _summed(kind: FactKind) -> Select[Any]:
    """Return how many facts there are; of figures for each sum, each unit and each reason."""
    by = [facts.c.term, facts.c.unit, facts.c.reason] if kind == "sum" else []
    return select(*by, func.count().label("times"), func.sum(facts.c.value).label("sum")).group_by(*by)


def _shown() -> Select[Any]:
    begin = func.max(facts.c.start - _AROUND, 0)
    around = func.substr(readings.c.text, begin + 1, facts.c.end - begin + _AROUND)
    joined = (
        facts.join(notices, facts.c.notice == notices.c.number)
        .join(tallies, tallies.c.notice == notices.c.number)
        .join(kin, kin.c.notice == notices.c.number, isouter=True)
        .join(shown_facts, shown_facts.c.number == facts.c.number)
        .join(readings, notices.c.reading == readings.c.number)
        .join(_issue, _OF_ISSUE, isouter=True)
        .join(_its, _its.c.number == _issue.c.number, isouter=True)
    )
    return select(
        *(notices.c.id, func.coalesce(readings.c.inspected_body, readings.c.title).label("body"), kin.c.edition),
        *(facts, shown_facts.c.data, begin.label("begin"), around.label("around")),
        _its.c.title.label("issue_title"),
    ).select_from(joined)


def _found(row: Any) -> FoundFact:
    named = row._mapping
    own = {name: named[name] for name in FoundFact._fields if name in named}
    place = (row.start, row.end) if row.start < row.end else None
    types = [each for each in row.types.split("\n") if each]
    return FoundFact(**{**own, "notice_id": row.id, "data": json.loads(row.data), "at": place, "types": types})


def _present(grouped: Sequence[Any]) -> dict[str, list[str]]:
    """Return the keys that items of a list have, by filter."""
    present: dict[str, dict[str, None]] = {
        name: {getattr(row, name): None for row in grouped if getattr(row, name) is not None}
        for name in ("category", "status", "term", "unit", "reason", "reader")
    }
    present["type"] = {each: None for row in grouped for each in row.types.split("\n") if each}
    return {name: list(keys) for name, keys in present.items()}


def _sums(kind: FactKind, grouped: Sequence[Any]) -> list[tuple[str, str, float, int, int]]:
    if kind != "sum":
        return []
    told: dict[tuple[str, str], list[float]] = {}
    for row in grouped:
        entry = told.setdefault((row.term, row.unit), [0, 0, 0])
        if row.reason == COUNTED:
            entry[0] += row.sum
            entry[1] += row.times
        else:
            entry[2] += row.times
    return [(*key, round(value, 2), int(counted), int(left)) for key, (value, counted, left) in told.items()]
