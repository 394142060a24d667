"""A record of a recognised text says so: its values name their reader so, and checks name what may be misread."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from extractor.files.parts.page_places import LinePlace, PagePlaces
from extractor.files.parts.text_places import TextPlaces
from extractor.record.checks import Doubt, Lang, said
from extractor.record.contract import Issue, Measure, Notice, Span
from extractor.record.items import take_apart

READER = "ocr"
"""The reader of what the rules read in a recognised text."""

_AROUND = 6  # code points around an unsure stretch that are quoted with it
_MOST_QUOTED = 3  # stretches of one check
_MOST_PAGES = 12  # that a check names
_HOLDERS = frozenset(("issue", "measure"))


def with_recognition(notice: Notice, text: str, places: TextPlaces | None, lang: Lang) -> Notice:
    """Return a record with the readers and the checks that follow from where ``text`` was recognised."""
    if not isinstance(places, PagePlaces) or not places.lines:
        return notice
    lines = sorted(places.lines)
    checks = [said(doubt, lang) for doubt in (*_general(places), *_unsure(notice, text, lines))]
    return _marked(notice, _Recognised(lines)).model_copy(update={"checks": [*checks, *notice.checks]})


def _general(places: PagePlaces) -> Iterator[Doubt]:
    own = [line.page for line in places.lines if line.score is not None]
    others = [line.page for line in places.lines if line.score is None]
    if own:
        yield Doubt("ocr_read", "", {"pages": _numbers(own), "engine": places.engine})
    if others:
        yield Doubt("ocr_layer", "", {"pages": _numbers(others)})


def _numbers(pages: Iterable[int]) -> str:
    """Return page numbers as ranges: ``1-3, 7``."""
    ranges: list[list[int]] = []
    for page in sorted(set(pages)):
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    named = [str(first) if first == last else f"{first}-{last}" for first, last in ranges[:_MOST_PAGES]]
    return ", ".join(named) + (" …" if len(ranges) > _MOST_PAGES else "")


class _Stretch(NamedTuple):
    """An unsure stretch of the text, on a page."""

    start: int
    end: int
    page: int


def _unsure(notice: Notice, text: str, lines: Sequence[LinePlace]) -> Iterator[Doubt]:
    """Doubt each value that an unsure stretch touches; where it touches none, the measure or issue around it."""
    stretches = [_Stretch(part.start, part.end, line.page) for line in lines for part in line.unsure]
    if not stretches:
        return
    values = [(place, item.id) for item in take_apart(notice) if item.kind not in _HOLDERS for place in item.at]
    holders = [(place, item.id) for item in take_apart(notice) if item.kind in _HOLDERS for place in item.at]
    touched: dict[str, list[_Stretch]] = {}
    for stretch in stretches:
        for path in _touching(stretch, values) or _touching(stretch, holders)[-1:] or [""]:
            touched.setdefault(path, []).append(stretch)
    for path, found in touched.items():
        quoted = [text[max(0, one.start - _AROUND) : one.end + _AROUND].replace("\n", " ") for one in found]
        words = "”“".join(dict.fromkeys(quoted[:_MOST_QUOTED])) + ("…" if len(quoted) > _MOST_QUOTED else "")
        yield Doubt("ocr_unsure", path, {"pages": _numbers(one.page for one in found), "words": words})


def _touching(stretch: _Stretch, places: Sequence[tuple[Span, str]]) -> list[str]:
    return list(
        dict.fromkeys(path for place, path in places if place.start < stretch.end and stretch.start < place.end)
    )


class _Recognised:
    """The recognised stretches of a text."""

    def __init__(self, lines: Sequence[LinePlace]) -> None:
        self._ends = [line.end for line in lines]
        self._starts = [line.start for line in lines]

    def __contains__(self, place: Span) -> bool:
        after = bisect_left(self._ends, place.start + 1)
        return after < len(self._starts) and self._starts[after] < place.end


def _marked(notice: Notice, recognised: _Recognised) -> Notice:
    """Return the record in which recognition is the reader of what no other reader is named for."""
    fields = {name: READER for name, places in notice.spans.items() if any(place in recognised for place in places)}
    totals = {f"totals[{k}]": READER for k, total in enumerate(notice.totals) if total.text in recognised}
    return notice.model_copy(
        update={
            "read_by": _with(fields | totals, notice.read_by),
            "issues": [_marked_issue(issue, recognised) for issue in notice.issues],
        }
    )


def _marked_issue(issue: Issue, recognised: _Recognised) -> Issue:
    measures = [_marked_measure(measure, recognised) for measure in issue.measures]
    return issue.model_copy(update={"measures": measures, "read_by": _with(_of_text(issue, recognised), issue.read_by)})


def _marked_measure(measure: Measure, recognised: _Recognised) -> Measure:
    found = _of_text(measure, recognised)
    for name in ("documents", "quantities", "dates", "accountability"):
        for k, each in enumerate(getattr(measure, name)):
            if each.text in recognised:
                found[f"{name}[{k}]"] = READER
    for k, place in enumerate(measure.spans.get("organizations", ())):
        if place in recognised:
            found[f"organizations[{k}]"] = READER
    return measure.model_copy(update={"read_by": _with(found, measure.read_by)})


def _of_text(holder: Issue | Measure, recognised: _Recognised) -> dict[str, str]:
    return {"text": READER} if holder.text in recognised else {}


def _with(found: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    return {**found, **others}
