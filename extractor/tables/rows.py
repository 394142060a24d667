"""A notice as rows of the tables."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from extractor.record.contract import Check, Issue, Measure, Notice, Span
from extractor.record.date_values import days_of
from extractor.record.items import SCALARS
from extractor.record.units import amount
from extractor.tables.columns import TABLES, Cell, Row

NoticeRows = dict[str, list[Row]]
"""The rows of one or several notices by the name of their table; every table has its entry."""

_Values = Mapping[str, str | list[str] | None]
_AT = re.compile(r"issues\[([0-9]+)\](?:\.measures\[([0-9]+)\])?")


def notice_rows(notice: Notice, text: str) -> NoticeRows:
    """Return a notice as rows; ``text`` is what its offsets index."""
    rows: NoticeRows = {name: [] for name in TABLES}
    record = _Record(text, {"notice_id": notice.notice_id}, "", notice.read_by)
    fields = {name: getattr(notice, name) for name in SCALARS}
    contact = notice.contact.model_dump()
    rows["notices"].append(
        {
            **record.ids,
            **fields,
            **contact,
            "issue_count": len(notice.issues),
            "measure_count": sum(len(issue.measures) for issue in notice.issues),
            "check_count": len(notice.checks),
            "coverage": notice.outline.coverage,
            "digits": notice.outline.digits.count,
            "digits_unread": notice.outline.digits.count_unread,
            "character_count": len(text),
            "text_sha256": notice.text_sha256,
            "contract_version": notice.contract_version,
        }
    )
    places = {**fields, **{f"contact.{name}": value for name, value in contact.items()}}
    rows["places"] += record.places(notice.spans, places)
    for index, total in enumerate(notice.totals):
        values: dict[str, Cell] = {"name": total.name, "value": _double(total.value), "unit": total.unit}
        rows["totals"].append(
            record.element("totals", index, total.text, {**values, **_based(total.value, total.unit)})
        )
    for index, issue in enumerate(notice.issues):
        ids = {"issue_id": f"{notice.notice_id}#{index + 1}"}
        _add_issue(rows, issue, record.inner(f"issues[{index}]", issue.read_by, ids))
    rows["checks"] += (_check_row(notice, check) for check in notice.checks)
    return rows


def _add_issue(rows: NoticeRows, issue: Issue, record: _Record) -> None:
    rows["issues"].append(
        {
            **record.ids,
            "path": record.path,
            "label": issue.label,
            "title": issue.title,
            "section": tuple(issue.section),
            "category": issue.category,
            "status": issue.status,
            "measure_count": len(issue.measures),
            "text_start": issue.text.start,
            "text_end": issue.text.end,
            "read_by": record.reader("text"),
            "title_read_by": record.reader("title"),
            "category_read_by": record.reader("category"),
            "status_read_by": record.reader("status"),
        }
    )
    values = {"label": issue.label, "title": issue.title, "section": issue.section}
    rows["places"] += record.places(issue.spans, values)
    for index, measure in enumerate(issue.measures):
        ids = {"measure_id": f"{record.ids['issue_id']}.{index + 1}"}
        _add_measure(rows, measure, record.inner(f"{record.path}.measures[{index}]", measure.read_by, ids))


def _add_measure(rows: NoticeRows, measure: Measure, record: _Record) -> None:
    rows["measures"].append(
        {
            **record.ids,
            "path": record.path,
            "label": measure.label,
            "heading": measure.heading,
            **record.quoted(measure.text),
            "types": tuple(measure.types),
            "status": measure.status,
            "organizations": tuple(measure.organizations),
            "read_by": record.reader("text"),
            "types_read_by": record.reader("types"),
            "status_read_by": record.reader("status"),
        }
    )
    values = {"label": measure.label, "heading": measure.heading, "organizations": measure.organizations}
    rows["places"] += record.places(measure.spans, values)
    for index, document in enumerate(measure.documents):
        judged = record.reader(f"documents[{index}].action", f"documents[{index}]")
        told: dict[str, Cell] = {"title": document.title, "action": document.action, "action_read_by": judged}
        rows["documents"].append(record.element("documents", index, document.text, told))
    for index, quantity in enumerate(measure.quantities):
        told = {
            "subject": quantity.subject,
            "qualifier": quantity.qualifier,
            "value": _double(quantity.value),
            "unit": quantity.unit,
            **_based(quantity.value, quantity.unit),
            "subject_read_by": record.reader(f"quantities[{index}].subject", f"quantities[{index}]"),
        }
        rows["quantities"].append(record.element("quantities", index, quantity.text, told))
    for index, mention in enumerate(measure.dates):
        first, last = days_of(mention.value)
        judged = record.reader(f"dates[{index}].value", f"dates[{index}]")
        told = {"value": mention.value, "first_day": first, "last_day": last, "value_read_by": judged}
        rows["dates"].append(record.element("dates", index, mention.text, told))
    for index, held in enumerate(measure.accountability):
        told = {"action": held.action, "count": _double(held.count), "unit": held.unit}
        told |= _based(held.count, held.unit)
        rows["accountability"].append(record.element("accountability", index, held.text, told))


class _Record(NamedTuple):
    """A record under way: the notice's text, the ids its rows share, its path, and who read what in it."""

    text: str
    ids: Mapping[str, str]
    path: str
    read_by: Mapping[str, str]

    def inner(self, path: str, read_by: Mapping[str, str], ids: Mapping[str, str]) -> _Record:
        return _Record(self.text, {**self.ids, **ids}, path, read_by)

    def reader(self, *keys: str) -> str:
        """Return who read the first of ``keys`` that is listed."""
        return next((self.read_by[key] for key in keys if key in self.read_by), "rules")

    def quoted(self, span: Span) -> dict[str, Cell]:
        return {"text": self.text[span.start : span.end], "text_start": span.start, "text_end": span.end}

    def element(self, name: str, index: int, span: Span, values: Mapping[str, Cell]) -> Row:
        """Return the row of an element of the list ``name``."""
        key = f"{name}[{index}]"
        return {**self.ids, "path": self._at(key), **values, **self.quoted(span), "read_by": self.reader(key)}

    def places(
        self, spans: Mapping[str, Sequence[Span]], values: Mapping[str, str | list[str] | None]
    ) -> Iterator[Row]:
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
                }

    def _at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key


def _check_row(notice: Notice, check: Check) -> Row:
    issue_id = measure_id = None
    if at := _AT.match(check.path):
        issue, measure = (None if number is None else int(number) for number in at.groups())
        # A path is followed as far as there is something: what reads a foreign record must not invent rows.
        if issue is not None and issue < len(notice.issues):
            issue_id = f"{notice.notice_id}#{issue + 1}"
            if measure is not None and measure < len(notice.issues[issue].measures):
                measure_id = f"{issue_id}.{measure + 1}"
    ids = {"notice_id": notice.notice_id, "issue_id": issue_id, "measure_id": measure_id}
    return {**ids, "path": check.path, "severity": check.severity, "code": check.code, "message": check.message}


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
