"""An invented notice beside its reading: what is missed and what is read instead, by kind."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import NamedTuple

from layout_grammar import InventedNotice

from extractor import extract
from extractor.record.contract import Notice
from extractor.record.fields import value_of

KINDS = ("issues", "measures", "figures", "dates", "documents", "status", "totals", "fields")
Values = dict[str, Counter[tuple[object, ...]]]


class Compared(NamedTuple):
    """How many values of each kind there are, were read, and are both; and each difference in words."""

    wanted: dict[str, int]
    read: dict[str, int]
    hit: dict[str, int]
    differences: list[str]

    @property
    def is_right(self) -> bool:
        """True if nothing differs."""
        return not self.differences


def compared(notice: InventedNotice) -> Compared:
    """Read a notice and compare."""
    record = extract(notice.text)
    wanted, read = _wanted(notice), _read(notice, record)
    differences = [
        f"{sign} {kind} {value}"
        for kind in KINDS
        for sign, values in (("-", wanted[kind] - read[kind]), ("+", read[kind] - wanted[kind]))
        for value in values
    ]
    both = {kind: wanted[kind] & read[kind] for kind in KINDS}
    return Compared(_totals(wanted), _totals(read), _totals(both), differences)


def _totals(values: Values) -> dict[str, int]:
    return {kind: values[kind].total() for kind in KINDS}


def _plain(text: str | None) -> str | None:
    return None if text is None else "".join(unicodedata.normalize("NFKC", text).split())


def _wanted(notice: InventedNotice) -> Values:
    issues = notice.issues
    measures = [measure for issue in issues for measure in issue.measures]
    return {
        "issues": Counter(
            (_plain(each.label), _plain(each.title), *(_plain(section) for section in each.section)) for each in issues
        ),
        "measures": Counter(
            (_plain(issue.title), _plain(each.label), _plain(each.text)) for issue in issues for each in issue.measures
        ),
        "figures": Counter((float(value), unit) for each in measures for value, unit in each.figures),
        "dates": Counter((value,) for each in measures for value in dict.fromkeys(each.dates)),
        "documents": Counter(each for measure in measures for each in dict.fromkeys(measure.documents)),
        "status": Counter((_plain(each.title), each.status) for each in issues if each.status),
        "totals": Counter((name, float(value), unit) for name, value, unit in notice.totals),
        "fields": Counter((name, _plain(value)) for name, value in notice.fields.items()),
    }


def _read(notice: InventedNotice, record: Notice) -> Values:
    text = notice.text
    issues = record.issues
    measures = [measure for issue in issues for measure in issue.measures]
    told = {_plain(each.title) for each in notice.issues if each.status}
    return {
        "issues": Counter(
            (_plain(each.label), _plain(each.title), *(_plain(section) for section in each.section)) for each in issues
        ),
        "measures": Counter(
            (_plain(issue.title), _plain(each.label), _plain(text[each.text.start : each.text.end]))
            for issue in issues
            for each in issue.measures
        ),
        "figures": Counter((float(each.value), each.unit) for measure in measures for each in measure.quantities),
        "dates": Counter((each.value,) for measure in measures for each in measure.dates),
        "documents": Counter((each.title, each.action) for measure in measures for each in measure.documents),
        "status": Counter((_plain(each.title), each.status) for each in issues if _plain(each.title) in told),
        "totals": Counter((each.name, float(each.value), each.unit) for each in record.totals),
        "fields": Counter(
            (name, _plain(value)) for name in notice.fields if (value := value_of(record, name)) is not None
        ),
    }
