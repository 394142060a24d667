"""The rules' reading of words that a person selected, so that a form comes filled in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from extractor.notice.assemble import measure_at
from extractor.notice.facts.judgement import issue_category
from extractor.notice.outline.frames import read_frame
from extractor.notice.outline.marks import EnumeratorMark, find_marks
from extractor.record.contract import Span
from extractor.record.fields import SHAPES, ItemKind
from extractor.record.items import Item, items_of_measure
from extractor.text.folding import half_width

_LABEL_BEFORE = 12  # an enumerator and the blanks around it, in code points


class Proposal(NamedTuple):
    """The values that the rules read for an item, and its place."""

    values: Mapping[str, Any]
    at: Span


def proposed(kind: ItemKind, text: str, at: Span) -> Proposal:
    """Return the rules' proposal for an item of ``kind`` at the words that a person selected in a notice's text."""
    words = text[at.start : at.end]
    if kind == "issue":
        return Proposal(_issue(words), at)
    if kind in ("organization", "field"):
        return Proposal({"value": words.strip()}, at)
    read = measure_at(text, at)
    if kind == "measure":
        label = _label_before(text, at.start)
        return Proposal({"label": label, "heading": read.heading, "types": read.types, "status": read.status}, at)
    found = read.quantities if kind == "total" else getattr(read, SHAPES[kind].list)
    if found:
        values = {name: getattr(found[0], name) for name in SHAPES[kind].values if hasattr(found[0], name)}
        return Proposal(values, found[0].text)
    figures = read.quantities
    if kind == "accountability" and figures:
        return Proposal({"count": figures[0].value, "unit": figures[0].unit}, figures[0].text)
    return Proposal({"title": words.strip().strip("《》")} if kind == "document" else {}, at)


def not_taken(measure: Item, items: Iterable[Item], text: str) -> Iterator[Item]:
    """Yield the items that the rules read in a measure and that are not among ``items``; they have no id.

    For a measure that was added or moved these are all of its items.
    """
    taken = {(item.kind, item.at) for item in items if item.of == measure.id}
    read = measure_at(text, measure.at[0])
    for item in items_of_measure(read, "", measure.id):
        if item.kind != "measure" and (item.kind, item.at) not in taken:
            yield replace(item, id="", of=measure.id)


def _issue(words: str) -> dict[str, Any]:
    reading = half_width(words)
    first = next(iter(find_marks(reading)), None)
    mark = first if first is not None and not reading[: first.start].strip() else None
    start = mark.content if mark else len(reading) - len(reading.lstrip())
    line_end = reading.find("\n", start)
    end = line_end if line_end >= 0 else len(reading)
    frame = read_frame(reading, start, end)
    title = words[frame.title_start : frame.title_end] if frame else words[start:end].strip().rstrip("。")
    label = mark.label if mark else None
    return {"label": label, "title": title, "category": issue_category(title, words), "status": "unspecified"}


def _label_before(text: str, start: int) -> str | None:
    first = max(0, start - _LABEL_BEFORE)
    before = half_width(text[first : start + 1])
    found: list[EnumeratorMark] = [mark for mark in find_marks(before) if mark.content == start - first]
    return found[-1].label if found else None
