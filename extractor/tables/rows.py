"""A notice as rows of the tables: its items' values by the declaration of a record, beside them what tables add."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from extractor.collection.body_forms import full_forms
from extractor.collection.sums import summed_figures
from extractor.record.contract import (
    Check,
    Issue,
    Measure,
    Notice,
    Span,
)
from extractor.record.date_values import days_of
from extractor.record.fields import FIELDS, LISTS_OF_MEASURE, SHAPES, ItemKind, places_of, value_of
from extractor.record.units import amount
from extractor.tables.columns import TABLES, Cell, Row

NoticeRows = dict[str, list[Row]]
"""The rows of one or several notices by the name of their table; every table has its entry."""


def _parts_with(suffix: str) -> dict[str, tuple[str, ...]]:
    return {
        name: tuple(column.name.removesuffix(suffix) for column in table.columns if column.name.endswith(suffix))
        for name, table in TABLES.items()
    }


_PARTS = _parts_with("_read_by")
"""The values of each table whose reader has a column."""
_JUDGED = _parts_with("_confidence")
"""Those whose confidence has one."""
_LISTS_OF_WORDS = tuple(name for name, kind in LISTS_OF_MEASURE if SHAPES[kind].record is None)
_LISTS_OF_RECORDS = tuple((name, kind) for name, kind in LISTS_OF_MEASURE if SHAPES[kind].record is not None)
_AT = re.compile(r"issues\[([0-9]+)\](?:\.measures\[([0-9]+)\])?")


PlaceNames = Callable[[int, int], str]
"""Names the place of a stretch of a notice's text in its source, '' for none."""


def _no_name(_start: int, _end: int) -> str:
    return ""


def notice_rows(notice: Notice, text: str, named: PlaceNames = _no_name) -> NoticeRows:
    """Return a notice as rows; ``text`` is what its offsets index, ``named`` names their places in its source."""
    rows = value_rows(notice, text, named)
    rows["places"] = list(_with_bodies(list(_place_rows(notice, _record_of(notice, text, named)))))
    return rows


def value_rows(notice: Notice, text: str, named: PlaceNames = _no_name) -> NoticeRows:
    """Return the rows of ``notice_rows`` without those of the table ``places``, which are the most."""
    rows: NoticeRows = {name: [] for name in TABLES}
    record = _record_of(notice, text, named)
    rows["notices"].append(
        {
            **record.ids,
            "series": notice.series,
            "edition": notice.edition,
            "duplicate_of": notice.duplicate_of,
            **{name.removeprefix("contact."): value_of(notice, name) for name in FIELDS},
            "issue_count": len(notice.issues),
            "measure_count": sum(len(issue.measures) for issue in notice.issues),
            "check_count": len(notice.checks),
            "coverage": notice.outline.coverage,
            "digits": notice.outline.digits.count,
            "digits_unread": notice.outline.digits.count_unread,
            "character_count": len(text),
            "text_sha256": notice.text_sha256,
            "contract_version": notice.contract_version,
            **dict.fromkeys(("review", "reviewed_by", "reviewed_on")),  # a service knows
        }
    )
    rows["totals"] += _list_rows("total", notice.totals, record)
    for index, issue in enumerate(notice.issues):
        _add_issue(rows, issue, record.issue(index, issue))
    rows["sums"] += _sum_rows(notice, text, record)
    rows["checks"] += (_check_row(notice, check) for check in notice.checks)
    rows["notes"] += ({**_holder_ids(notice, note.path), **note.model_dump()} for note in notice.notes)
    return rows


def _record_of(notice: Notice, text: str, named: PlaceNames) -> _Record:
    return _Record(text, {"notice_id": notice.notice_id}, "", notice.read_by, {}, named)


def _place_rows(notice: Notice, record: _Record) -> Iterator[Row]:
    """Yield a row for each place of a value that has no table of its own."""
    yield from record.places(notice.spans, {name: value_of(notice, name) for name in FIELDS})
    for index, issue in enumerate(notice.issues):
        inner = record.issue(index, issue)
        yield from inner.places(*_own_values("issue", issue))
        for number, measure in enumerate(issue.measures):
            places, values = _own_values("measure", measure)
            of_words = {name: found for name in _LISTS_OF_WORDS if (found := measure.spans.get(name))}
            words = {name: getattr(measure, name) for name in of_words}
            yield from inner.measure(number, measure).places({**places, **of_words}, {**values, **words})


_BODIES = frozenset({"inspected_body", "signed_by", "organizations", "responsible"})
"""The fields whose values are names of bodies."""


def _with_bodies(places: Sequence[Row]) -> Iterator[Row]:
    """Yield rows of places with the fullest form that the notice prints of a body's name."""
    names = [str(row["value"]) for row in places if row["field"] in _BODIES and row["value"]]
    full = full_forms(names)
    for row in places:
        value = row["value"] if row["field"] in _BODIES else None
        yield {**row, "body": full.get(str(value), value)}


def _add_issue(rows: NoticeRows, issue: Issue, record: _Record) -> None:
    own = _holder_row("issue", issue, record)
    rows["issues"].append({**own, "measure_count": len(issue.measures)})
    for index, measure in enumerate(issue.measures):
        _add_measure(rows, measure, record.measure(index, measure))


def _add_measure(rows: NoticeRows, measure: Measure, record: _Record) -> None:
    own = _holder_row("measure", measure, record)
    cells = {name: tuple(getattr(measure, name)) for name in _LISTS_OF_WORDS}
    rows["measures"].append({**own, **cells, "text": record.quoted(measure.text)["text"]})
    for name, kind in _LISTS_OF_RECORDS:
        if elements := getattr(measure, name):
            rows[name] += _list_rows(kind, elements, record)


def _holder_row(kind: ItemKind, holder: Issue | Measure, record: _Record) -> dict[str, Cell]:
    """Return the row of an issue or a measure as far as both have the same columns."""
    shape = SHAPES[kind]
    cells: dict[str, Cell] = {**record.ids, "path": record.path}
    for name in shape.values:
        value = value_of(holder, name)
        cells[name] = tuple(value) if isinstance(value, list) else value
    cells |= {f"{part}_read_by": record.reader(part) for part in _PARTS[shape.list]}
    cells |= {f"{part}_confidence": record.confidence.get(part) for part in _JUDGED[shape.list]}
    return {
        **cells,
        "text_start": holder.text.start,
        "text_end": holder.text.end,
        "place": record.place(holder.text),
        "read_by": record.reader("text"),
    }


def _own_values(kind: ItemKind, holder: Issue | Measure) -> tuple[dict[str, Sequence[Span]], dict[str, Any]]:
    """Return the places of an issue's or a measure's values, and these values, by their names."""
    places = {name: found for name in SHAPES[kind].values if (found := places_of(holder, name))}
    return places, {name: value_of(holder, name) for name in places}


def _list_rows(kind: ItemKind, elements: Sequence[Any], record: _Record) -> Iterator[Row]:
    """Yield a row for each element of a list."""
    shape = SHAPES[kind]
    parts = [(f"{part}_read_by", part) for part in _PARTS[shape.list]]
    judged = [(f"{part}_confidence" if part else "confidence", f".{part}" if part else "") for part in shape.judged]
    for index, element in enumerate(elements):
        key = f"{shape.list}[{index}]"
        cells: dict[str, Cell] = {name: getattr(element, name) for name in shape.values}
        if shape.number is not None:
            number: float = getattr(element, shape.number)
            cells |= _based(number, element.unit)
            cells[shape.number] = _double(number)
        elif kind == "date":
            cells["first_day"], cells["last_day"] = days_of(element.value)
        for column, part in parts:
            cells[column] = record.reader(f"{key}.{part}", key)
        for column, part in judged:
            cells[column] = record.confidence.get(f"{key}{part}")
        yield record.element(shape.list, index, element.text, cells)


class _Record(NamedTuple):
    """A record under way.

    It has the notice's text, the ids its rows share, its path, who read what in it, how sure that is, and where it is.
    """

    text: str
    ids: Mapping[str, str]
    path: str
    read_by: Mapping[str, str]
    confidence: Mapping[str, float]
    named: PlaceNames

    def issue(self, index: int, issue: Issue) -> _Record:
        """Return the record of a notice's issue."""
        ids = {**self.ids, "issue_id": f"{self.ids['notice_id']}#{index + 1}"}
        return _Record(self.text, ids, f"issues[{index}]", issue.read_by, issue.confidence, self.named)

    def measure(self, index: int, measure: Measure) -> _Record:
        """Return the record of an issue's measure."""
        ids = {**self.ids, "measure_id": f"{self.ids['issue_id']}.{index + 1}"}
        path = f"{self.path}.measures[{index}]"
        return _Record(self.text, ids, path, measure.read_by, measure.confidence, self.named)

    def place(self, span: Span) -> str | None:
        """Return the name of a span's place in the source, None for none."""
        return self.named(span.start, span.end) or None

    def reader(self, *keys: str) -> str:
        """Return who read the first of ``keys`` that is listed."""
        if self.read_by:
            for key in keys:
                if key in self.read_by:
                    return self.read_by[key]
        return "rules"

    def quoted(self, span: Span) -> dict[str, Cell]:
        words = self.text[span.start : span.end]
        return {"text": words, "text_start": span.start, "text_end": span.end, "place": self.place(span)}

    def element(self, name: str, index: int, span: Span, values: Mapping[str, Cell]) -> Row:
        """Return the row of an element of the list ``name``."""
        key = f"{name}[{index}]"
        return {**self.ids, "path": self._at(key), **values, **self.quoted(span), "read_by": self.reader(key)}

    def places(self, spans: Mapping[str, Sequence[Span]], values: Mapping[str, Any]) -> Iterator[Row]:
        """Yield a row for each place of ``values``: of a list, each value has one."""
        for name, found in spans.items():
            value = values.get(name)
            for index, span in enumerate(found):
                key, told = name, value
                if isinstance(value, list):
                    key, told = f"{name}[{index}]", value[index] if index < len(value) else None
                yield {
                    **{"issue_id": None, "measure_id": None, **self.ids},
                    "path": self._at(key),
                    "field": name,
                    "value": told if isinstance(told, str) else None,
                    **self.quoted(span),
                    "read_by": self.reader(key, name),
                    "confidence": self.confidence.get(key),
                }

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _sum_rows(notice: Notice, text: str, record: _Record) -> Iterator[Row]:
    for figure in summed_figures(notice, text):
        yield {
            **_holder_ids(notice, figure.path),
            "sum": figure.sum,
            "value": _double(figure.value),
            "unit": figure.unit,
            "reason": figure.reason,
            **record.quoted(figure.text),
            "path": figure.path,
        }


def _check_row(notice: Notice, check: Check) -> Row:
    ids = _holder_ids(notice, check.path)
    return {**ids, "path": check.path, "severity": check.severity, "code": check.code, "message": check.message}


def _holder_ids(notice: Notice, path: str) -> dict[str, str | None]:
    """Return the ids of the notice, and of the issue and the measure that a path leads into."""
    issue_id = measure_id = None
    if at := _AT.match(path):
        issue, measure = (None if number is None else int(number) for number in at.groups())
        # A path is followed as far as there is something: what reads a foreign record must not invent rows.
        if issue is not None and issue < len(notice.issues):
            issue_id = f"{notice.notice_id}#{issue + 1}"
            if measure is not None and measure < len(notice.issues[issue].measures):
                measure_id = f"{issue_id}.{measure + 1}"
    return {"notice_id": notice.notice_id, "issue_id": issue_id, "measure_id": measure_id}


def _based(value: float, unit: str) -> dict[str, Cell]:
    if _double(value) is None:
        return {"base_value": None, "base_unit": None}
    based = amount(value, unit)
    return {"base_value": _double(based.value), "base_unit": based.unit}


def _double(value: float | Decimal) -> float | None:
    """Return the nearest double; None where there is none, since the number is too large."""
    try:
        near = float(value)
    except OverflowError:
        return None
    return near if math.isfinite(near) else None
