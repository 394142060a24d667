"""The parts of a notice that lists, sums and comparisons of many need: made once, in a report of many or when stored.

The values are those of a notice's page (``extractor.pages.notice_page``), so that a report and the service show the
same. The tally has how many items of each sort a notice has, for the overview; facts are the items one by one.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
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


class FactFacets(NamedTuple):
    """The part of a fact by which lists are filtered and sorted, and the overview counts; named as there."""

    kind: str
    path: str
    category: str | None
    status: str | None
    term: str | None
    unit: str | None
    reason: str | None
    reader: str
    types: str
    sure: float
    is_checked: bool
    value: float | None


class CollectedNotice(NamedTuple):
    """The parts of a reading that lists of many keep: its facts, and its tally as JSON.

    ``called`` has the names that a filter by body looks through.
    """

    facts: list[Fact]
    tally: str
    genre: str | None
    inspection: str | None
    called: str


def collected_of(notice: Notice, text: str) -> CollectedNotice:
    """Return what lists of many notices need of a record; ``text`` is what its offsets index."""
    page = _counted_page(notice, text)
    facts = [found.fact() for found in _found(_FactMaker(page, text))]
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


class NoticeFacets(NamedTuple):
    """The facets of a notice's facts, and its tally as JSON."""

    facets: list[FactFacets]
    tally: str


def facets_of(notice: Notice, text: str, shown: Mapping[str, Any]) -> NoticeFacets:
    """Return what a list of a report is filtered and sorted by; ``shown`` is the data of the notice's page.

    They are those of ``collected_of``, in a third of its time.
    """
    page = shown if notice.duplicate_of is None else _counted_page(notice, text)
    facets = [found.facets() for found in _found(_FactMaker(page, text))]
    return NoticeFacets(facets, _as_json(_tally(page, facets)))


def _counted_page(notice: Notice, text: str) -> dict[str, Any]:
    """Return the data of a notice's page as if it were no copy: whether one counts is asked when sums are made."""
    return notice_page(notice.model_copy(update={"duplicate_of": None}), text)


class _FoundFact(NamedTuple):
    """An item of which a fact is made: its kind, its value on the page, what its row shows, what the item itself says.

    ``own`` replaces what its value says.
    """

    maker: _FactMaker
    kind: str
    value: Mapping[str, Any]
    data: Callable[[], Mapping[str, Any]]
    own: Mapping[str, Any]

    def facets(self) -> FactFacets:
        """Return the facets of the fact."""
        found = self.maker.facets(self.kind, self.value)
        return found._replace(**self.own) if self.own else found

    def fact(self) -> Fact:
        """Return the fact."""
        made = self.maker.fact(self.facets(), self.value, self.data())
        if self.kind != "check":
            return made
        message = self.data()["check"]["message"]
        return made._replace(title=message, words=sought(message))


def _found(maker: _FactMaker) -> Iterator[_FoundFact]:
    page = maker.page
    for value in page["values"]:
        if value["kind"] in KINDS:
            yield _FoundFact(maker, value["kind"], value, partial(maker.row, value), {})
    for figure in page["sums"]:
        value = maker.by_path[figure["at"]]
        own = {
            "status": None,
            "term": figure["sum"],
            "unit": figure["unit"],
            "reason": figure["reason"],
            "value": float(figure["value"]),
        }
        yield _FoundFact(maker, "sum", value, partial(_row, value), own)
    for check in page["checks"]:
        value = maker.by_path.get(check["at"], {"path": "", "kind": "", "of": "", "at": []})
        own = {"term": check["severity"], "status": None, "unit": None}
        yield _FoundFact(maker, "check", value, partial(_check_row, check, value), own)


def _row(value: Mapping[str, Any]) -> dict[str, Any]:
    return {"value": _shown(value)}


def _check_row(check: Mapping[str, Any], value: Mapping[str, Any]) -> dict[str, Any]:
    told = {"check": {name: check[name] for name in ("severity", "code", "message")}}
    return {**told, **(_row(value) if value["path"] else {})}


class _FactMaker:
    """Makes facts of the values of one notice."""

    def __init__(self, page: Mapping[str, Any], text: str) -> None:
        self.page, self.text = page, text
        self.by_path: dict[str, Mapping[str, Any]] = {value["path"]: value for value in page["values"]}
        self._checked = {check["at"] for check in page["checks"]}

    @cached_property
    def _measures(self) -> Counter[str]:
        return Counter(value["of"] for value in self.page["values"] if value["kind"] == "measure")

    @cached_property
    def _bodies(self) -> dict[str, str]:
        bodies: dict[str, list[str]] = {}
        for value in self.page["values"]:
            if value["kind"] in _BODIES:
                for holder in {value["of"], self.by_path.get(value["of"], {}).get("of", "")}:
                    bodies.setdefault(holder, []).append(str(value.get("value", "")))
        return {holder: _lines(named) for holder, named in bodies.items()}

    def row(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a list's row shows of an item."""
        held = {"measures": self._measures[value["path"]]} if value["kind"] == "issue" else {}
        return {**_row(value), **held}

    def facets(self, kind: str, value: Mapping[str, Any]) -> FactFacets:
        """Return the facets of a value's fact."""
        measure = self._measure(value)
        issue = self._issue(value, measure)
        base = value.get("base")
        return FactFacets(
            kind,
            value["path"],
            issue.get("category") if issue else None,
            value.get("status"),
            value.get("action") or (value.get("name") if kind == "total" else None),
            base[1] if base else None,
            None,
            _reader(value),
            _lines(measure.get("types", ()) if measure else ()),
            min(value["confidence"].values(), default=1.0) if "confidence" in value else 1.0,
            value["path"] in self._checked and bool(value["path"]),
            float(base[0]) if base else None,
        )

    def fact(self, facets: FactFacets, value: Mapping[str, Any], data: Mapping[str, Any]) -> Fact:
        """Return a value's fact."""
        measure = self._measure(value)
        issue = self._issue(value, measure)
        start, end = value["at"][0] if value["at"] else (0, 0)
        index = _AT_ISSUE.match(issue["path"]) if issue else None
        held_by = measure or issue
        return Fact(
            **facets._asdict(),
            holder=held_by["path"] if held_by else value["path"],
            issue=int(index[1]) if index else None,
            bodies=self._bodies.get(held_by["path"] if held_by else "", ""),
            start=start,
            end=end,
            title=str(value.get("title") or ""),
            words=sought(words) if (words := self._words(facets.kind, value)) else "",
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


def _lines(values: Iterable[str]) -> str:
    return "\n".join(["", *dict.fromkeys(values), ""]) if values else ""


def _reader(value: Mapping[str, Any]) -> str:
    """Return who read a value, as ``pages.readerOf`` in ``static/values.js`` says it."""
    if "by" not in value:
        return "rules"
    readers = set(value["by"].values())
    return next((each for each in _READERS if each in readers), "rules")


def _tally(page: Mapping[str, Any], facts: Sequence[Fact] | Sequence[FactFacets]) -> dict[str, Any]:
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
