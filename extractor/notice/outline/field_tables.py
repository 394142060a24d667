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
from extractor.notice.outline.table_headings import is_rule
from extractor.text.column_headings import LONGEST_HEADING, column_kind, column_kinds
from extractor.text.places import Place
from extractor.text.wording import pattern


class FieldBlock(NamedTuple):
    """The fields of one finding: their names and where these are, their values, and the lines they take.

    ``label`` is what numbers the finding. ``first`` is the index of the first line, ``behind`` the one behind the last;
    ``heading`` is 项目 | 内容.
    """

    names: tuple[str, ...]
    keys: tuple[Place, ...]
    values: tuple[Place, ...]
    label: Place | None
    first: int
    behind: int
    heading: Place | None = None


class _Field(NamedTuple):
    name: str
    key: Place
    value: Place


_ANSWERS = frozenset({"measure", "progress"})
_DUTIES = frozenset({"responsible", "deadline"})
_FEWEST_FIELDS = 3
_MOST_CELLS = 6
_MOST_LINES_OF_VALUE = 40
_LONGEST_TITLE = 80


def field_block_at(text: str, lines: Sequence[TableLine], start: int) -> FieldBlock | None:
    """Return the table of one finding that starts at a line; None where none does.

    A name and its value are cells of a line, or stand on lines of their own.
    """
    if not _may_start(text, lines, start):
        return None
    fields: list[_Field] = []
    printed: Place | None = None
    behind = position = start
    while position < len(lines):
        if heading := _heading_at(text, lines, position):
            if fields:
                break
            printed = Place(lines[position].place.start, lines[position + heading - 1].place.end)
            position += heading
            continue
        found, after = _fields_at(text, lines, position, begun=bool(fields))
        if found and fields and found[0].name == fields[0].name:
            break  # the next finding, in the same table
        if found:
            if len(found) == 1 and after - position > 2 and _is_next_heading(text, lines, after, [*fields, *found]):
                after -= 1  # 2.库房失管, over a table of its own
                found = [found[0]._replace(value=Place(found[0].value.start, lines[after - 1].place.end))]
            fields += found
            behind = after
        elif fields and len(lines[position].cells) == 1 and _goes_on(text, fields, lines, position):
            fields[-1] = fields[-1]._replace(value=Place(fields[-1].value.start, lines[position].place.end))
            behind = after
        elif len(lines[position].cells) == 1 or not is_rule(text, lines[position]):
            break
        position = after
    block = _block(text, lines, fields, (start, behind)) if len(fields) >= _FEWEST_FIELDS else None
    return block._replace(heading=printed) if block else None


def _is_next_heading(text: str, lines: Sequence[TableLine], position: int, fields: Sequence[_Field]) -> bool:
    """Return whether the next table begins at a line, and the finding of each is the line above it."""
    if position >= len(lines) or "finding" in column_kinds(_names_of(fields)):
        return False
    return _heading_at(text, lines, position) > 0 or text[slice(*lines[position].place)] == fields[0].name


def _may_start(text: str, lines: Sequence[TableLine], position: int) -> bool:
    """Return whether a table of fields may start at a line, by its first words."""
    first = lines[position].cells[0]
    words = text[first.start : min(first.end, first.start + _LONGEST_NAME)].rstrip(": ")
    if len(lines[position].cells) > _MOST_CELLS or first.end - first.start > _LONGEST_NAME:
        return False
    return bool(_is_name(words) or _label().fullmatch(words) or _heading_at(text, lines, position))


_LONGEST_NAME = 20


def _heading_at(text: str, lines: Sequence[TableLine], position: int) -> int:
    """Return how many lines the heading of such a table takes (项目 | 内容), a line or two; 0 for none."""
    line = lines[position]
    cells = [cell for cell in line.cells if cell.end > cell.start]
    count = 1
    if len(line.cells) == 1:
        cells, count = [each.place for each in lines[position : position + 2] if len(each.cells) == 1], 2
    form = _heading_form()
    return count if len(cells) > 1 and all(form.fullmatch(text, *cell) for cell in cells) else 0


@cache
def _heading_form() -> re.Pattern[str]:
    return re.compile(any_of("field_heading"))


def _fields_at(text: str, lines: Sequence[TableLine], position: int, *, begun: bool) -> tuple[list[_Field], int]:
    """Return the fields that begin at a line, none for none, and the index behind them."""
    line = lines[position]
    if len(line.cells) > 1:
        return _fields(text, line), position + 1
    key = line.place
    words = text[slice(*key)]
    is_label = not begun and _label().fullmatch(words) is not None
    if not (is_label or _is_name(words)) or position + 1 == len(lines):
        return [], position + 1
    if is_label and _heading_at(text, lines, position + 1):
        return [], position + 1
    behind = _value_end(text, lines, position, _FINDING if is_label else words)
    if behind == position + 1:
        return [], behind
    value = Place(lines[position + 1].place.start, lines[behind - 1].place.end)
    return [_Field(_FINDING if is_label else words, key, value)], behind


def _is_name(words: str) -> bool:
    """Return whether words are the name of a field, and no state, which is a value."""
    if not 0 < len(words) <= LONGEST_HEADING:
        return False
    return (column_kind(words) or column_kinds([words])[0]) != "" and _state().fullmatch(words) is None


@cache
def _state() -> re.Pattern[str]:
    return re.compile(any_of("state"))


def _value_end(text: str, lines: Sequence[TableLine], position: int, name: str) -> int:
    """Return the index behind the lines of the value below a name: one line, or all those of an answer."""
    first = position + 1
    if len(lines[first].cells) > 1 or _is_name(text[slice(*lines[first].place)]):
        return first
    behind = first + 1
    if _ANSWERS.isdisjoint(column_kinds([name])):
        return behind
    while behind < len(lines) and behind - first < _MOST_LINES_OF_VALUE and not _ends_value(text, lines, behind):
        behind += 1
    return behind


def _ends_value(text: str, lines: Sequence[TableLine], position: int) -> bool:
    line = lines[position]
    if len(line.cells) > 1 or _is_name(text[slice(*line.place)]) or _heading_at(text, lines, position):
        return True
    ends = (_label().fullmatch(text, *line.place), _part().match(text, *line.place))
    return any(ends) or pattern("outline", "afterword").match(text, *line.place) is not None


@cache
def _part() -> re.Pattern[str]:
    return re.compile(r" *[一二三四五六七八九十]{1,3}、[^。]{2,40}$|[^。\n]{2,50}" + any_of("body_end") + "$")


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
    elif above is None or _DUTIES.isdisjoint(kinds) or not may_be_finding(text, above):
        return None
    else:  # the finding is the line above its table
        names, keys, values = (_FINDING, *names), (Place(above.start, above.start), *keys), (above, *values)
        first -= 1
    return FieldBlock(names, keys, values, label, first, behind)


def may_be_finding(text: str, line: Place) -> bool:
    """Return whether the line above a table may be the finding that it answers."""
    return line.end - line.start <= _LONGEST_TITLE and text[line.end - 1] not in ":。;"


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
    if not all(map(_is_name, _names_of(found))) or any(map(_is_name, values[1:])):
        return []
    return found


def _name(text: str, key: Place) -> str:
    words = text[key.start : key.end].rstrip(": ")
    return _FINDING if _label().fullmatch(words) else words


def _goes_on(text: str, fields: Sequence[_Field], lines: Sequence[TableLine], position: int) -> bool:
    """Return whether a line without cells goes on with the answer above it: its next number, or before more fields."""
    name, _, value = fields[-1]
    if _ANSWERS.isdisjoint(column_kinds([name])):
        return False
    ahead = range(position, min(position + _MOST_LINES_OF_VALUE, len(lines)))
    following = next((at for at in ahead if len(lines[at].cells) > 1), None)
    if following is not None and not _heading_at(text, lines, following):
        found = _fields(text, lines[following])
        if found and found[0].name not in (_FINDING, fields[0].name):
            return not (_label().fullmatch(text, *lines[position].place) or _is_part(text, lines[position]))
    last = text.rfind("\n", value.start, value.end) + 1
    return following is None and goes_on_from(text, max(last, value.start), lines[position].place.start)


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
