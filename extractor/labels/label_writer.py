"""Contract records written as a label file that people like to read: the reverse of ``extractor.labels.label_file``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import yaml

from extractor.errors import InputError
from extractor.labels.anchors import make_anchor
from extractor.record.contract import Issue, Measure, Notice, Span
from extractor.record.items import CONTACT, SCALARS

FIELD_KEYS = (*SCALARS, *CONTACT)
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def write_labels(
    notice: Notice, text: str, *, annotator: str = "", status: str = "reviewed", judged: bool = True
) -> str:
    """Return the label file of a notice over ``text``.

    With ``judged=False`` only the segmentation is written (enumerators and stretches); every field that takes a
    judgement stands there empty, for a person to fill. Raises ``InputError`` where a stretch cannot be anchored.
    """
    lines = [f"notice: {_plain(notice.notice_id)}"]
    if annotator:
        lines.append(f"annotator: {_plain(annotator)}")
    lines += [f"status: {status}", f"text_sha256: {notice.text_sha256}"]
    lines += ["fields:", *_fields(notice, judged=judged)]
    if judged and notice.totals:
        rows = (_row(total.name, _number(total.value), total.unit) for total in notice.totals)
        lines += ["totals:", *(f"  - {row}" for row in rows)]
    elif not judged:
        lines.append("totals: []")
    if notice.issues:
        lines.append("issues:")
    at = 0
    for issue in notice.issues:
        lines += _issue(issue, text, at, judged=judged)
        at = issue.text.end
    return "\n".join(lines) + "\n"


def _fields(notice: Notice, *, judged: bool) -> Iterator[str]:
    for key in FIELD_KEYS:
        value = getattr(notice if key in Notice.model_fields else notice.contact, key)
        if not judged:
            yield f"  {key}:"
        elif value is not None:
            yield f"  {key}: {_plain(value)}"


def _issue(issue: Issue, text: str, at: int, *, judged: bool) -> Iterator[str]:
    entries: list[tuple[str, str]] = []
    if issue.label is not None:
        entries.append(("label", _label(issue.label)))
    if judged:
        entries.append(("title", _plain(issue.title)))
        if issue.section:
            entries.append(("section", _flow(issue.section)))
        entries += [("category", issue.category), ("status", issue.status)]
    else:
        entries += [("title", ""), ("section", "[]"), ("category", ""), ("status", "")]
    entries.append(("text", _anchor(text, issue.text, Span(start=at, end=len(text)))))
    yield from _entry(entries, "  ")
    if issue.measures:
        yield "    measures:"
    at = issue.text.start
    for measure in issue.measures:
        yield from _measure(measure, text, Span(start=at, end=issue.text.end), judged=judged)
        at = measure.text.end


def _measure(measure: Measure, text: str, window: Span, *, judged: bool) -> Iterator[str]:
    entries: list[tuple[str, str]] = []
    if measure.label is not None:
        entries.append(("label", _label(measure.label)))
    entries.append(("text", _anchor(text, measure.text, window)))
    if not judged:
        yield from _entry([*entries, ("types", "[]"), ("status", "")], "      ")
        return
    if measure.heading is not None:
        entries.append(("heading", _plain(measure.heading)))
    entries += [("types", _flow(measure.types)), ("status", measure.status)]
    yield from _entry(entries, "      ")
    lists = {
        "documents": [_row(each.action, each.title) for each in measure.documents],
        "quantities": [
            _row(_number(each.value), each.unit, each.subject or "", each.qualifier or "")
            for each in measure.quantities
        ],
        "dates": [_row(each.value, text[each.text.start : each.text.end]) for each in measure.dates],
        "organizations": [_plain(name) for name in measure.organizations],
        "accountability": [_row(each.action, _number(each.count), each.unit) for each in measure.accountability],
    }
    for key, rows in lists.items():
        if rows:
            yield f"        {key}:"
            yield from (f"          - {row}" for row in rows)


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


def _row(*cells: str) -> str:
    kept = [*cells]
    while kept and not kept[-1]:
        kept.pop()
    return _plain(" | ".join(kept))


def _number(value: float) -> str:
    return format(Decimal(str(value)), "f")


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
