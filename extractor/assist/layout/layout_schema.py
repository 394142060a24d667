"""The schema of the answer to one layout pack: lines of the pack, and no more of them than it has."""

from __future__ import annotations

from collections.abc import Collection

from extractor.assist.layout.layout_mending import DEEPEST_LEVEL
from extractor.assist.layout.layout_pack import LayoutPack
from extractor.assist.packs.schema_parts import Schema, form, line, some_of

_RANGE = {"type": "string", "pattern": "^[0-9]{1,6}-[0-9]{1,6}$"}


def layout_schema(pack: LayoutPack, withheld: Collection[str] = ()) -> Schema:
    """Return the schema of an answer to ``pack``; the keys ``withheld`` of an issue are not asked for.

    Line 0 is the issue, or the measure, that the pack before broke off in.
    """
    count = len(pack.units)
    last = pack.first + count - 1
    lines, level = line(0, last), line(1, DEEPEST_LEVEL)
    issue = {"h": lines, "m": some_of(lines, count), "e": some_of(_RANGE, count), "l": level}
    shown = {key: schema for key, schema in issue.items() if key not in withheld}
    group = form({"u": line(pack.first, last), "l": level}, ["u", "l"])
    properties = {"groups": some_of(group, count), "issues": some_of(form(shown, ["h", "m"]), count)}
    return form(properties, ["issues"])
