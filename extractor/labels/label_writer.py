"""Label files written from records, for people to read: the reverse of ``extractor.labels.label_file``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import yaml

from extractor.errors import InputError
from extractor.labels.anchors import make_anchor
from extractor.record.contract import DateMention, Issue, Measure, Notice, Record, Span
from extractor.record.fields import FIELDS, LISTS_OF_MEASURE, SHAPES, ItemKind, places_of, value_of

FIELD_KEYS = tuple(name.removeprefix("contact.") for name in FIELDS)
"""The notice's own fields as a label file names them."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def write_labels(
    notice: Notice, text: str, *, annotator: str = "", status: str = "reviewed", judged: bool = True
) -> str:
    """Return the label file of a notice over ``text``.

    With ``judged=False`` only the segmentation is written (enumerators and stretches); every field that takes a
    judgement is left empty, for a person to fill.

    Raises:
        InputError: a stretch cannot be anchored.
    """
    lines = [f"notice: {_plain(notice.notice_id)}"]
    if annotator:
        lines.append(f"annotator: {_plain(annotator)}")
    lines += [f"status: {status}", f"text_sha256: {notice.text_sha256}"]
    lines += ["fields:", *_fields(notice, judged=judged)]
    if judged and notice.totals:
        lines += ["totals:", *(f"  - {_row('total', total, text)}" for total in notice.totals)]
    elif not judged:
        lines.append("totals: []")
    if notice.issues:
        lines.append("issues:")
    at = before = 0
    for issue in notice.issues:
        # Findings that are listed before their answers overlap: each is looked for behind the start of the last one.
        lines += _issue(issue, text, at if issue.text.start >= at else before, judged=judged)
        at, before = issue.text.end, issue.text.start + 1
    return "\n".join(lines) + "\n"


def _fields(notice: Notice, *, judged: bool) -> Iterator[str]:
    for key, name in zip(FIELD_KEYS, FIELDS, strict=True):
        value = value_of(notice, name)
        if not judged:
            yield f"  {key}:"
        elif value is not None:
            yield f"  {key}: {_plain(value)}"


def _issue(issue: Issue, text: str, at: int, *, judged: bool) -> Iterator[str]:
    anchor = ("text", _anchor(text, issue.text, Span(start=at, end=len(text))))
    entries = [*_values("issue", issue, text, judged=judged), anchor]
    yield from _entry(entries, "  ")
    if issue.measures:
        yield "    measures:"
    at = issue.text.start
    for measure in issue.measures:
        yield from _measure(measure, text, Span(start=at, end=issue.text.end), judged=judged)
        at = measure.text.end


def _measure(measure: Measure, text: str, window: Span, *, judged: bool) -> Iterator[str]:
    entries = list(_values("measure", measure, text, judged=judged))
    label = [entry for entry in entries if entry[0] == "label"]
    anchor = ("text", _anchor(text, measure.text, window))
    yield from _entry([*label, anchor, *(entry for entry in entries if entry not in label)], "      ")
    if not judged:
        return
    for name, kind in LISTS_OF_MEASURE:
        elements = getattr(measure, name)
        if elements:
            yield f"        {name}:"
            yield from (f"          - {_row(kind, each, text)}" for each in elements)


def _values(kind: ItemKind, record: Issue | Measure, text: str, *, judged: bool) -> Iterator[tuple[str, str]]:
    """Yield an issue's or a measure's values by their keys; what is to be judged is left empty."""
    for name, field in SHAPES[kind].fields.items():
        value = value_of(record, name)
        if name == "label":
            if value is not None:
                yield name, _label(value)
        elif not judged:
            if not SHAPES[kind].may_lack(name):
                yield name, "[]" if isinstance(value, list) else ""
        elif field.type == "deadline":
            if value is not None:
                (place,) = places_of(record, name)
                yield name, _plain(f"{value} | {text[place.start : place.end]}")
        elif isinstance(value, list):
            if value or field.type == "terms":
                yield name, _flow(value)
        elif value is not None:
            yield name, value if field.type == "term" else _plain(value)


def _entry(entries: Iterable[tuple[str, str]], indent: str) -> Iterator[str]:
    """Write a table as a list's entry: a dash before the first key."""
    mark = "- "
    for key, value in entries:
        yield f"{indent}{mark}{key}: {value}".rstrip()
        mark = "  "


def _anchor(text: str, span: Span, window: Span) -> str:
    try:
        return _plain(make_anchor(text, span, window))
    except ValueError as error:
        raise InputError(f"no label file can be written: {error}") from error


def _row(kind: ItemKind, element: Record | str, text: str) -> str:
    """Return the line of an element of a list: its values, behind a date its printed words."""
    if isinstance(element, str):
        return _plain(element)
    shape = SHAPES[kind]
    cells = [_cell(getattr(element, name)) for name in shape.row]
    if isinstance(element, DateMention):
        cells.append(text[element.text.start : element.text.end])
    while cells and not cells[-1]:
        cells.pop()
    return _plain(" | ".join(cells))


def _cell(value: float | str | None) -> str:
    return value or "" if isinstance(value, str | None) else format(Decimal(str(value)), "f")


def _label(label: str) -> str:
    """Quote digits, so that other YAML readers keep them a text too."""
    return f"'{label}'" if label.isdigit() else _plain(label)


def _plain(text: str) -> str:
    """Write a text as YAML: bare where YAML reads it back unchanged, else in single quotes, else escaped."""
    single = "'" + text.replace("'", "''") + "'"
    for written in (text, single):
        if _reads_back(f"- {written}\n", text):
            return written
    return _escaped(text)


def _flow(texts: Iterable[str]) -> str:
    written = []
    for text in texts:
        single = "'" + text.replace("'", "''") + "'"
        forms = (form for form in (text, single) if _reads_back(f"- [{form}]\n", text))
        written.append(next(forms, None) or _escaped(text))
    return "[" + ", ".join(written) + "]"


def _escaped(text: str) -> str:
    return str(yaml.safe_dump(text, default_style='"', allow_unicode=True, width=10**9)).strip()


def _reads_back(document: str, text: str) -> bool:
    try:
        root = yaml.compose(document, Loader=_LOADER)
    except yaml.YAMLError:
        return False
    node = root
    while isinstance(node, yaml.SequenceNode):
        if len(node.value) != 1:
            return False
        node = node.value[0]
    if not isinstance(node, yaml.ScalarNode) or node.value != text:
        return False
    return bool(node.style) or node.value not in {"", "~", "null", "Null", "NULL"}
