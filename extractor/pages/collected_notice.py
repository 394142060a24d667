"""The parts of a notice that lists, sums and comparisons of many need: made once, in a report of many or when stored.

The values are those of a notice's page (``extractor.pages.notice_page``), so that a report and the service show the
same. The tally has how many items of each sort a notice has, for the overview; facts are the items one by one.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from extractor.pages.notice_page import notice_page
from extractor.record.contract import Notice
from extractor.text.sought_words import sought

KINDS = ("issue", "measure", "document", "quantity", "accountability", "sum", "total", "check")
"""The kinds of items that have lists, as ``static/collection.js`` has them."""

_TALLIED = {
    "issue": ("category", "status"),
    "measure": ("types", "status"),
    "sum": ("term", "unit", "reason"),
    "check": ("term",),
}
"""The fields that the overview tells apart, by kind."""
_BODIES = frozenset(("organization", "organizations", "responsible"))
_APART = frozenset(("path", "kind", "of", "at", "responsible", "deadline"))
"""The fields that a fact has in columns of its own, or that a list does not show."""
_READERS = ("model", "both", "person", "ocr")
_AT_ISSUE = re.compile(r"issues\[(\d+)\]")
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Fact(NamedTuple):
    """An item of a list, by what it is filtered and sorted by.

    ``holder`` is the path of its measure, else of its issue; ``issue`` the index of its issue. ``term`` is a figure's
    sum, a total's name, what was done with a document or with people, or a check's severity. ``types`` and ``bodies``
    have a line end around each entry. ``start`` and ``end`` are its first place in code points, equal for none.
    ``sure`` is the least confidence of its parts. ``words`` are those that searches in a list look through, of an
    issue, a measure, a total or a check; of others it is empty, and those of their measure count. ``data`` is the JSON
    that a page shows.
    """

    kind: str
    path: str
    holder: str
    issue: int | None
    category: str | None
    status: str | None
    term: str | None
    unit: str | None
    reason: str | None
    reader: str
    types: str
    bodies: str
    sure: float
    is_checked: bool
    value: float | None
    start: int
    end: int
    title: str
    words: str
    data: str


class CollectedNotice(NamedTuple):
    """The parts of a reading that lists of many keep: its facts, and its tally as JSON.

    ``called`` has the names that a filter by body looks through.
    """

    facts: list[Fact]
    tally: str
    genre: str | None
    inspection: str | None
    called: str


def collected_of(notice: Notice, text: str, shown: Mapping[str, Any] | None = None) -> CollectedNotice:
    """Return what lists of many notices need of a record; ``text`` is what its offsets index.

    ``shown`` is the data of its page, where it is made already.
    """
    alone = notice.model_copy(update={"duplicate_of": None})  # whether a copy counts is asked when sums are made
    page = shown if shown is not None and notice.duplicate_of is None else notice_page(alone, text)
    facts = list(_facts(page, text))
    names = (notice.notice_id, notice.title, notice.inspected_body, notice.inspection_team)
    return CollectedNotice(
        facts,
        _as_json(_tally(page, facts)),
        notice.genre,
        notice.inspection_kind,
        "\n".join(filter(None, names)).lower(),
    )


def uncountable(notice_id: str, sentence: str) -> CollectedNotice:
    """Return what lists say of a notice whose values cannot be collected: a doubt, ``sentence``, and nothing else."""
    check = {"severity": "error", "code": "not_counted", "message": sentence}
    doubt = Fact(
        "check", "", "", None, None, None, "error", None, None, "rules", "", "", 1.0,
        is_checked=False, value=None, start=0, end=0, title=sentence, words=sought(sentence),
        data=_as_json({"check": check}),
    )  # fmt: skip
    page: dict[str, Any] = {"values": [], "text": "", "coverage": None, "digits": None, "digits_unread": None}
    return CollectedNotice([doubt], _as_json(_tally(page, [doubt])), None, None, notice_id.lower())


def as_line(collected: CollectedNotice) -> bytes:
    """Return what was collected as JSON, for another process."""
    return _as_json(collected).encode("utf-8", "surrogatepass")


def from_line(line: bytes) -> CollectedNotice:
    """Return what ``as_line`` wrote.

    Raises:
        ValueError: it did not write this.
    """
    try:
        facts, *others = json.loads(line.decode("utf-8", "surrogatepass"))
        return CollectedNotice([Fact(*fact) for fact in facts], *others)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _facts(page: Mapping[str, Any], text: str) -> Iterator[Fact]:
    maker = _FactMaker(page, text)
    for value in page["values"]:
        if value["kind"] in KINDS:
            held = {"measures": maker.measures[value["path"]]} if value["kind"] == "issue" else {}
            yield maker.fact(value["kind"], value, {"value": _shown(value), **held})
    for figure in page["sums"]:
        value = maker.by_path[figure["at"]]
        made = maker.fact("sum", value, {"value": _shown(value)})
        yield made._replace(
            status=None, term=figure["sum"], unit=figure["unit"], reason=figure["reason"], value=float(figure["value"])
        )
    for check in page["checks"]:
        value = maker.by_path.get(check["at"], {"path": "", "kind": "", "of": "", "at": []})
        shown = {"check": {name: check[name] for name in ("severity", "code", "message")}}
        made = maker.fact("check", value, {**shown, **({"value": _shown(value)} if value["path"] else {})})
        words = sought(check["message"])
        yield made._replace(term=check["severity"], status=None, unit=None, title=check["message"], words=words)


class _FactMaker:
    """Makes facts of the values of one notice."""

    def __init__(self, page: Mapping[str, Any], text: str) -> None:
        self.text = text
        self.by_path: dict[str, Mapping[str, Any]] = {value["path"]: value for value in page["values"]}
        self.measures = Counter(value["of"] for value in page["values"] if value["kind"] == "measure")
        self._checked = {check["at"] for check in page["checks"]}
        bodies: dict[str, list[str]] = {}
        for value in page["values"]:
            if value["kind"] in _BODIES:
                for holder in {value["of"], self.by_path.get(value["of"], {}).get("of", "")}:
                    bodies.setdefault(holder, []).append(str(value.get("value", "")))
        self._bodies = {holder: _lines(named) for holder, named in bodies.items()}

    def fact(self, kind: str, value: Mapping[str, Any], data: Mapping[str, Any]) -> Fact:
        measure = self._measure(value)
        issue = self._issue(value, measure)
        start, end = value["at"][0] if value["at"] else (0, 0)
        index = _AT_ISSUE.match(issue["path"]) if issue else None
        base = value.get("base")
        return Fact(
            kind=kind,
            path=value["path"],
            holder=measure["path"] if measure else issue["path"] if issue else value["path"],
            issue=int(index[1]) if index else None,
            category=issue.get("category") if issue else None,
            status=value.get("status"),
            term=value.get("action") or (value.get("name") if kind == "total" else None),
            unit=base[1] if base else None,
            reason=None,
            reader=_reader(value),
            types=_lines(measure.get("types", ()) if measure else ()),
            bodies=self._bodies.get(measure["path"] if measure else issue["path"] if issue else "", ""),
            sure=min(value["confidence"].values(), default=1.0) if "confidence" in value else 1.0,
            is_checked=value["path"] in self._checked and bool(value["path"]),
            value=float(base[0]) if base else None,
            start=start,
            end=end,
            title=str(value.get("title") or ""),
            words=sought(words) if (words := self._words(kind, value)) else "",
            data=_as_json(data),
        )

    def _words(self, kind: str, value: Mapping[str, Any]) -> str:
        if kind == "issue":
            return str(value.get("title") or "")
        if kind in ("measure", "total") and value["at"]:
            return "".join(self.text[start:end] for start, end in value["at"])
        return ""

    def _measure(self, value: Mapping[str, Any]) -> Mapping[str, Any] | None:
        if value["kind"] == "measure":
            return value
        owner = self.by_path.get(value["of"])
        return owner if owner and owner["kind"] == "measure" else None

    def _issue(self, value: Mapping[str, Any], measure: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
        if value["kind"] == "issue":
            return value
        return self.by_path.get(measure["of"] if measure else value["of"])


def _shown(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a value what a list's row shows, apart from what a fact says itself."""
    return {name: each for name, each in value.items() if name not in _APART}


def _lines(values: Any) -> str:
    return "\n".join(["", *dict.fromkeys(values), ""]) if values else ""


def _reader(value: Mapping[str, Any]) -> str:
    """Return who read a value, as ``pages.readerOf`` in ``static/values.js`` says it."""
    if "by" not in value:
        return "rules"
    readers = set(value["by"].values())
    return next((each for each in _READERS if each in readers), "rules")


def _tally(page: Mapping[str, Any], facts: list[Fact]) -> dict[str, Any]:
    """Return a notice in short: its fields, and how many items of each sort it has, as the overview counts them."""
    counted: Counter[tuple[Any, ...]] = Counter()
    sums: defaultdict[tuple[Any, ...], float] = defaultdict(float)
    for fact in facts:
        if fact.kind in _TALLIED:
            key = (fact.kind, *(getattr(fact, name) for name in _TALLIED[fact.kind]))
            counted[key] += 1
            sums[key] += fact.value or 0
    return {
        "fields": {value["path"]: value["value"] for value in page["values"] if value["kind"] == "field"},
        "characters": len(page["text"]),
        **{name: page[name] for name in ("coverage", "digits", "digits_unread")},
        "items": [[*key, number, *([sums[key]] if key[0] == "sum" else [])] for key, number in counted.items()],
        "totals": [[fact.term, fact.value, fact.path] for fact in facts if fact.kind == "total"],
    }
