"""Tables that hold one finding each, a row for each of its fields: 反馈问题 | …, 整改措施 | …, 责任单位 | ….

A row may hold two fields (责任单位 | … | 整改时限 | …). The line above may number the finding (问题一), or be it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from extractor.notice.outline.broken_rows import TableLine, goes_on_from
from extractor.notice.outline.outline_words import any_of
from extractor.text.column_headings import column_kinds
from extractor.text.places import Place
from extractor.text.wording import pattern


class FieldBlock(NamedTuple):
    """The fields of one finding: their names and where these are, their values, and the lines they take.

    ``label`` is what numbers the finding. ``first`` is the index of the first line, ``behind`` the one behind the last.
    """

    names: tuple[str, ...]
    keys: tuple[Place, ...]
    values: tuple[Place, ...]
    label: Place | None
    first: int
    behind: int


class _Field(NamedTuple):
    name: str
    key: Place
    value: Place


_ANSWERS = frozenset({"measure", "progress"})
_FEWEST_FIELDS = 3
_MOST_LINES_OF_VALUE = 40
_LONGEST_TITLE = 80
_RULE = re.compile(r"[ |:—–-]+")


def field_block_at(text: str, lines: Sequence[TableLine], position: int) -> FieldBlock | None:
    """Return the table of one finding that starts at a line; None where none does."""
    if not 2 <= len(lines[position].cells) <= 6:
        return None
    start = position
    fields: list[_Field] = []
    behind = position
    while position < len(lines):
        line = lines[position]
        found = _fields(text, line)
        if found:
            if fields and _names_of(found)[0] == fields[0].name:
                break  # the next finding, in the same table
            fields += found
            behind = position + 1
        elif _is_heading(text, line):
            if fields:
                break
        elif len(line.cells) == 1 and fields and _goes_on(text, fields[-1], lines, position):
            fields[-1] = fields[-1]._replace(value=Place(fields[-1].value.start, line.place.end))
            behind = position + 1
        elif not _RULE.fullmatch(text, *line.place):
            break
        position += 1
    return _block(text, lines, fields, (start, behind))


def _block(text: str, lines: Sequence[TableLine], fields: Sequence[_Field], span: tuple[int, int]) -> FieldBlock | None:
    """Return the block that fields make, with the line above that numbers or is their finding."""
    names = _names_of(fields)
    kinds = column_kinds(names)
    if len(fields) < _FEWEST_FIELDS or _ANSWERS.isdisjoint(kinds) or kinds.count("finding") > 1:
        return None
    first, behind = span
    keys, values = tuple(field.key for field in fields), tuple(field.value for field in fields)
    label = next((key for key in keys if _label().fullmatch(text, *key)), None)
    above = lines[first - 1].place if first and len(lines[first - 1].cells) == 1 else None
    if "finding" in kinds:
        if label is None and above is not None and (match := _label().fullmatch(text, *above)):
            label, first = Place(*match.span("label")), first - 1
    elif above is None or above.end - above.start > _LONGEST_TITLE or text[above.end - 1] in ":。;":
        return None
    else:  # the finding is the line above its table
        names, keys, values = (_FINDING, *names), (Place(above.start, above.start), *keys), (above, *values)
        first -= 1
    return FieldBlock(names, keys, values, label, first, behind)


_FINDING = "问题"


def _names_of(fields: Sequence[_Field]) -> tuple[str, ...]:
    return tuple(field.name for field in fields)


def _fields(text: str, line: TableLine) -> list[_Field]:
    """Return the fields of a row: names and values in turn."""
    cells = list(line.cells)
    while len(cells) > 2 and cells[-1].end == cells[-1].start:
        cells.pop()
    if len(cells) not in (2, 4, 6):
        return []
    found = [_Field(_name(text, key), key, value) for key, value in zip(cells[::2], cells[1::2], strict=True)]
    values = [text[field.value.start : field.value.end] for field in found]
    if not all(found_kind for found_kind in column_kinds(_names_of(found))):
        return []
    return found if not any(column_kinds(values)) or len(found) == 1 else []


def _name(text: str, key: Place) -> str:
    words = text[key.start : key.end].rstrip(": ")
    return _FINDING if _label().fullmatch(words) else words


def _is_heading(text: str, line: TableLine) -> bool:
    """Return whether a row is the heading of such a table: 项目 | 内容."""
    words = [text[cell.start : cell.end] for cell in line.cells if cell.end > cell.start]
    form = re.compile(any_of("field_heading"))
    return len(line.cells) > 1 and bool(words) and all(form.fullmatch(each) for each in words)


def _goes_on(text: str, field: _Field, lines: Sequence[TableLine], position: int) -> bool:
    """Return whether a line without cells goes on with the answer above it: its next number, or before more fields."""
    if _ANSWERS.isdisjoint(column_kinds([field.name])):
        return False
    last = text.rfind("\n", field.value.start, field.value.end) + 1
    start = lines[position].place.start
    if goes_on_from(text, max(last, field.value.start), start):
        return True
    ahead = lines[position : position + _MOST_LINES_OF_VALUE]
    following = next((line for line in ahead if len(line.cells) > 1), None)
    if following is None or not _fields(text, following) or _name(text, following.cells[0]) == _FINDING:
        return False
    return not any(_label().fullmatch(text, *line.place) or _is_part(text, line) for line in ahead[:1])


def _is_part(text: str, line: TableLine) -> bool:
    return (
        pattern("outline", "rectification").search(text, *line.place) is not None and text[line.place.end - 1] != "。"
    )


@cache
def _label() -> re.Pattern[str]:
    numeral = "(?:[一二三四五六七八九十]{1,4}|[0-9]{1,3})"
    named = f"(?:{any_of('block')}|{any_of('numbered')})"
    return re.compile(
        rf"[ *#【\[]*(?P<label>{named}[:(]? ?{numeral}[)]?|第 ?{numeral} ?[项个条](?:{named})?)[:、.】\]* ]*"
    )
