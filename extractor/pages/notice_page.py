"""The data of a notice's page: the text, the values with their places, and the checks with theirs."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from extractor.collection.parted_figures import SummedFigure
from extractor.collection.sums import summed_figures
from extractor.files.parts.cell_places import CellPlace, CellPlaces
from extractor.files.parts.page_places import LinePlace, PagePlaces
from extractor.files.parts.text_places import TextPlaces
from extractor.pages.placed_values import PlacedValue, values_of
from extractor.record.contract import Check, Notice

_UNSURE = 0.6
"""A confidence below which pages mark a value."""
_SURE = 1.0
_PNG = b"\x89PNG\r\n\x1a\n"
_GRAVEST = ("error", "warning", "info")
# Checks about the totals refer to one of them.
_MEANT = {
    "issue_count_differs": "issues_found",
    "resolved_count_differs": "issues_resolved",
    "in_progress_count_differs": "issues_in_progress",
    "parts_do_not_sum": "issues_found",
    "rate_does_not_close": "completion_rate",
}


def notice_page(notice: Notice, text: str, places: TextPlaces | None = None) -> dict[str, Any]:
    """Return the data that ``static/notice.js`` renders, as a JSON value.

    ``text`` is the text that the spans of ``notice`` refer to; offsets are code points. ``values`` are those of
    ``values_of``, with their places as pairs under ``at``; ``checks`` are sorted by severity and then by how sure their
    value is, the least first, with its path under ``at``, null where that has no place, and their ``index`` in the
    record. ``unsure`` has the paths of the values that are less sure than ``unsure_below``, the least first. ``lines``
    are those of ``places``: offsets, page, box in shares of the page, score, and a picture as PNG in base64, "" for
    none; ``cells`` are offsets and the cell's name. ``sums`` are the figures of sums, each with the path of its value
    under ``at``.
    """
    values = list(values_of(notice))
    shown_at = _shown_at(values)
    least = {value.path: min(value.confidence.values()) for value in values if value.confidence}
    unsure = sorted((path for path, sure in least.items() if sure < _UNSURE), key=lambda path: least[path])

    def first_looked_at(numbered: tuple[int, Check]) -> tuple[int, float]:
        return gravest_first(numbered[1]), least.get(shown_at(numbered[1]) or "", _SURE)

    return {
        "id": notice.notice_id,
        "duplicate_of": notice.duplicate_of,
        "series": notice.series,
        "edition": notice.edition,
        "text": text,
        "coverage": notice.outline.coverage,
        "digits": notice.outline.digits.count,
        "digits_unread": notice.outline.digits.count_unread,
        "values": [_as_json(value) for value in values],
        "sums": [_sum_as_json(figure) for figure in summed_figures(notice, text)],
        "lines": [_line_as_json(line) for line in places.lines] if isinstance(places, PagePlaces) else [],
        "cells": [_cell_as_json(cell) for cell in places.cells] if isinstance(places, CellPlaces) else [],
        "checks": [
            {**check.model_dump(exclude={"disputed"}), "at": shown_at(check), "index": index}
            for index, check in sorted(enumerate(notice.checks), key=first_looked_at)
        ],
        "unsure": unsure,
        "unsure_below": _UNSURE,
    }


def _line_as_json(line: LinePlace) -> list[Any]:
    crop = base64.b64encode(line.crop).decode() if line.crop.startswith(_PNG) else ""
    return [line.start, line.end, line.page, list(line.box), line.score, crop]


def _cell_as_json(cell: CellPlace) -> list[Any]:
    return [cell.start, cell.end, cell.name]


def _sum_as_json(figure: SummedFigure) -> dict[str, Any]:
    value = figure.value
    number = int(value) if value == value.to_integral_value() else float(value)
    return {"at": figure.path, "sum": figure.sum, "value": number, "unit": figure.unit, "reason": figure.reason}


def gravest_first(check: Check) -> int:
    """Return the sort key of a check: its severity, the gravest first."""
    return _GRAVEST.index(check.severity)


def _as_json(value: PlacedValue) -> dict[str, Any]:
    places = [[place.start, place.end] for place in value.places]
    by = {"by": dict(value.by)} if value.by else {}
    sure = {"confidence": dict(value.confidence)} if value.confidence else {}
    return {"path": value.path, "kind": value.kind, "of": value.of, "at": places, **by, **sure, **value.data}


def _shown_at(values: Sequence[PlacedValue]) -> Callable[[Check], str | None]:
    """Return a function that finds the path of the value that a check is shown at.

    For unread digits that are the only ones of their measure these are the value, else the check's path decides.
    """
    meant = values_meant(values)
    unread: dict[str, list[str]] = {}
    for value in values:
        if value.kind == "digits":
            unread.setdefault(value.of, []).append(value.path)

    def shown_at(check: Check) -> str | None:
        paths = unread.get(check.path, []) if check.code == "digits_unread" else []
        return paths[0] if len(paths) == 1 else meant(check)

    return shown_at


def values_meant(values: Sequence[PlacedValue]) -> Callable[[Check], str | None]:
    """Return a function that finds the path of the value that a check refers to.

    It is the value at the check's path, else the one that contains it, else the first one inside.
    """
    placed = [value for value in values if value.places]
    paths = {value.path for value in placed}
    first_held: dict[str, str] = {}
    totals: dict[str, str] = {}
    for value in placed:
        for outer in holders_of(value.path):
            if outer in first_held:
                break  # and so are those around it
            first_held[outer] = value.path
        if value.kind == "total":
            totals.setdefault(value.data["name"], value.path)

    def meant(check: Check) -> str | None:
        named = totals.get(_MEANT.get(check.code, "")) if check.path == "totals" else None
        holding = (path for path in (check.path, *holders_of(check.path)) if path in paths)
        return named or next(holding, None) or first_held.get(check.path)

    return meant


def holders_of(path: str) -> Iterator[str]:
    """Yield the paths that a path leads through, the innermost first.

    >>> list(holders_of("issues[3].measures[0].title"))
    ['issues[3].measures[0]', 'issues[3].measures', 'issues[3]', 'issues']
    """
    for end in range(len(path) - 1, 0, -1):
        if path[end] in ".[":
            yield path[:end]
