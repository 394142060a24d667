"""A record's values, one by one and in printed order: where each stands in the text and who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from extractor.contract import (
    Accountability,
    DateMention,
    Document,
    Issue,
    Measure,
    Notice,
    Quantity,
    Span,
    Total,
)
from extractor.units import amount

FIELDS = (
    "title",
    "inspected_body",
    "inspection_team",
    "inspection_kind",
    "inspection_start",
    "inspection_end",
    "feedback_date",
    "published_on",
    "signed_by",
    "signed_on",
    "contact.phone",
    "contact.postal_address",
    "contact.email",
)


@dataclass(frozen=True)
class Value:
    """A value, its path in the record, and the path of the issue or measure it belongs to ('' for the notice).

    ``kind`` is ``field``, ``total``, ``issue``, ``measure``, ``remainder`` or what a list of a measure holds, in the
    singular. ``by`` says who read its parts, the whole under ''; parts that are missing were read by the rules.
    ``data`` is what the record says of it, fields under their names, and of figures ``base``: their amount in base
    units.
    """

    path: str
    kind: str
    of: str
    places: Sequence[Span]
    by: Mapping[str, str] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)


def values_of(notice: Notice) -> Iterator[Value]:
    """Yield a notice's values: its fields and totals, then each issue before what it holds, then what was not read."""
    for name in FIELDS:
        home, _, inner = name.rpartition(".")
        value = getattr(notice.contact if home else notice, inner)
        places = notice.spans.get(name, [])
        yield Value(name, "field", "", places, readers_under(notice.read_by, name), {"value": value})
    for k, total in enumerate(notice.totals):
        path = f"totals[{k}]"
        yield Value(path, "total", "", [total.text], readers_under(notice.read_by, path), _data(total))
    for i, issue in enumerate(notice.issues):
        yield from _of_issue(issue, f"issues[{i}]")
    for k, rest in enumerate(notice.outline.remainders):
        if rest.kind == "unread":
            yield Value(f"outline.remainders[{k}]", "remainder", "", [rest.text])


def _of_issue(issue: Issue, path: str) -> Iterator[Value]:
    data = issue.model_dump(include={"label", "title", "section", "category", "status"})
    yield Value(path, "issue", "", [issue.text], issue.read_by, data)
    yield Value(f"{path}.title", "title", path, issue.spans.get("title", []), readers_under(issue.read_by, "title"))
    for j, measure in enumerate(issue.measures):
        yield from _of_measure(measure, f"{path}.measures[{j}]", path)


_LISTS = {"documents": "document", "quantities": "quantity", "dates": "date", "accountability": "accountability"}


def _of_measure(measure: Measure, path: str, of: str) -> Iterator[Value]:
    whole = {name: reader for name, reader in measure.read_by.items() if "[" not in name}
    data = measure.model_dump(include={"label", "heading", "types", "status"})
    yield Value(path, "measure", of, [measure.text], whole, data)
    if measure.heading:
        yield Value(
            f"{path}.heading",
            "heading",
            path,
            measure.spans.get("heading", []),
            readers_under(measure.read_by, "heading"),
        )
    for name, kind in _LISTS.items():
        for k, record in enumerate(getattr(measure, name)):
            key = f"{name}[{k}]"
            yield Value(f"{path}.{key}", kind, path, [record.text], readers_under(measure.read_by, key), _data(record))
    places = measure.spans.get("organizations", [])
    for k, organization in enumerate(measure.organizations):
        key = f"organizations[{k}]"
        by = readers_under(measure.read_by, key)
        yield Value(f"{path}.{key}", "organization", path, places[k : k + 1], by, {"value": organization})


def _data(record: Total | Quantity | Accountability | Document | DateMention) -> dict[str, Any]:
    """What a record says, apart from its place; a figure also as amount and unit without magnitude."""
    said = record.model_dump(exclude={"text"})
    if isinstance(record, Total | Quantity | Accountability):
        value, unit = amount(record.count if isinstance(record, Accountability) else record.value, record.unit)
        said["base"] = [int(value) if value == value.to_integral_value() else float(value), unit]
    return said


def readers_under(read_by: Mapping[str, str], key: str) -> dict[str, str]:
    """Who read the value under ``key`` and its parts, by the parts' names."""
    return {
        name.removeprefix(key).lstrip("."): reader
        for name, reader in read_by.items()
        if name == key or name.startswith(f"{key}.")
    }
