"""A layout answer as it came, made to fit its pack: lines that are there, issues in order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs.mending import Mends, Slip, number_of

DEEPEST_LEVEL = 6
"""The deepest level of group headings."""


def mended_layout(said: Mapping[str, Any], pack: LayoutPack, mends: Mends) -> dict[str, Any]:
    """Return what is right of an answer about ``pack``; whether its lines contradict each other is seen later.

    Raises:
        PydanticCustomError: the model did not see the marks.
    """
    mends.ignored(said, ("groups", "issues"))
    lines = range(pack.first, pack.first + len(pack.units))
    groups = list(_groups(mends.listed(said.get("groups"), len(lines)), lines, mends))
    entries = mends.listed(said.get("issues"), len(lines))
    issues = [issue for each in entries if (issue := _issue(each, lines, mends))]
    ordered = sorted(issues, key=lambda issue: issue["h"])
    mends.note(Slip.UNORDERED, int(ordered != issues))
    mends.check_marks(were_seen=bool(issues) or not entries)
    return {"groups": groups, "issues": ordered}


def line_range(said: str) -> tuple[int, int] | None:
    """Return ``"12-14"`` as (12, 14); None where it is no range.

    >>> line_range("12-14"), line_range("[3]至[3]"), line_range("12")
    ((12, 14), (3, 3), None)
    """
    match = re.fullmatch(r"\s*\[?(\d{1,9})\+?\]?\s*[-~—至]+\s*\[?(\d{1,9})\+?\]?\s*", said)
    return (int(match[1]), int(match[2])) if match else None


def _groups(said: list[Any], lines: range, mends: Mends) -> Iterator[dict[str, int]]:
    for each in said:
        entry = each if isinstance(each, Mapping) else {}
        line, level = mends.number(entry.get("u"), lines), _level(entry.get("l"))
        if line is not None and level:
            yield {"u": line, "l": level}


def _issue(said: object, lines: range, mends: Mends) -> dict[str, Any] | None:
    entry = said if isinstance(said, Mapping) else {}
    known = (0, *lines)
    heading = mends.number(entry.get("h"), known)
    if heading is None:
        return None
    firsts = [mends.number(each, known) for each in mends.listed(entry.get("m"), len(lines))]
    measures = [each for each in firsts if each is not None]
    ends = [each for each in mends.listed(entry.get("e"), len(lines)) if _ends(each, measures, lines, mends)]
    return {"h": heading, "m": measures, "e": ends, "l": _level(entry.get("l"))}


def _ends(said: object, measures: list[int], lines: range, mends: Mends) -> bool:
    """Return whether ``said`` is the range of one of the measures, inside the pack."""
    found = line_range(said) if isinstance(said, str) else None
    if found is None:
        mends.drop()
        return False
    return mends.number(found[0], measures) is not None and mends.number(found[1], lines) is not None


def _level(said: object) -> int:
    level = number_of(said) or 0
    return level if 0 < level <= DEEPEST_LEVEL else 0
