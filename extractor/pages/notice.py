"""A notice as the one value that its page is made from: text, values with their places, checks with theirs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from extractor.contract import Check, Notice
from extractor.pages.values import Value, values_of

_GRAVEST = ("error", "warning", "info")
# Checks that speak of all totals mean one of them.
_MEANT = {
    "issue_count_differs": "issues_found",
    "resolved_count_differs": "issues_resolved",
    "in_progress_count_differs": "issues_in_progress",
    "parts_do_not_sum": "issues_found",
    "rate_does_not_close": "completion_rate",
}


def notice_page(notice: Notice, text: str) -> dict[str, Any]:
    """Return what ``static/notice.js`` renders, as a value that JSON can hold.

    ``text`` is what the spans of ``notice`` index; offsets stay code points. ``values`` are those of ``values_of``,
    with ``at`` for their places as pairs; ``checks`` come gravest first, with ``at`` for the path of the value they
    are about, null where that has no place.
    """
    values = list(values_of(notice))
    return {
        "id": notice.notice_id,
        "text": text,
        "coverage": notice.outline.coverage,
        "digits": notice.outline.digits.count,
        "digits_unread": notice.outline.digits.count_unread,
        "values": [_as_json(value) for value in values],
        "checks": [
            {**check.model_dump(), "at": _shown_at(check, values)} for check in sorted(notice.checks, key=gravest_first)
        ],
    }


def gravest_first(check: Check) -> int:
    """How checks are ordered on a page: those of one gravity stay as they come."""
    return _GRAVEST.index(check.severity)


def _as_json(value: Value) -> dict[str, Any]:
    places = [[place.start, place.end] for place in value.places]
    by = {"by": dict(value.by)} if value.by else {}
    return {"path": value.path, "kind": value.kind, "of": value.of, "at": places, **by, **value.data}


def _shown_at(check: Check, values: Sequence[Value]) -> str | None:
    """The path of the value that a check is shown at: unread digits themselves, where a measure has no others."""
    if check.code == "digits_unread":
        unread = [value.path for value in values if value.kind == "digits" and value.of == check.path]
        if len(unread) == 1:
            return unread[0]
    return value_meant(check, values)


def value_meant(check: Check, values: Sequence[Value]) -> str | None:
    """The path of the value that a check's path leads to: that value, else what holds it, else the first it holds."""
    placed = [value for value in values if value.places]
    if check.path == "totals":
        named = [v.path for v in placed if v.kind == "total" and v.data["name"] == _MEANT.get(check.code)]
        if named:
            return named[0]
    holding = [value.path for value in placed if check.path == value.path or _holds(value.path, check.path)]
    held = [value.path for value in placed if _holds(check.path, value.path)]
    return max(holding, key=len) if holding else held[0] if held else None


def _holds(outer: str, inner: str) -> bool:
    return bool(outer) and inner.startswith((f"{outer}.", f"{outer}["))
