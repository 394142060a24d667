"""Notices as Rich trees and tables: text is printed as ``Text``, never as markup, and made safe for a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from extractor.record.checks import Lang
from extractor.record.contract import Digits, Issue, Measure, Notice, Record, Span
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import (
    FIELDS,
    LISTS_OF_MEASURE,
    NOTICE_FIELDS,
    SHAPES,
    ItemKind,
    field_name,
    places_of,
    value_of,
)
from extractor.tables.columns import TABLES
from extractor.terminal import printable

_FIRST_WORDS = 40  # characters of a measure without a heading

_MARKED = {"document": "《{}》"}
"""The marks around the words of a kind."""
_FIELDS = tuple(name for name in FIELDS if name != "title")  # which is the head of the tree


class _Source(NamedTuple):
    """The text that spans index, the language of names, and what names a span's place in the source."""

    text: str
    lang: Lang
    named: Callable[[int, int], str]

    def place(self, span: Span) -> list[str]:
        return [name] if (name := self.named(span.start, span.end)) else []


def notice_tree(
    notice: Notice, text: str, lang: Lang, named: Callable[[int, int], str] = lambda _start, _end: ""
) -> Tree:
    """Return a notice as a tree.

    ``text`` is what its spans index, ``lang`` (zh, en) the language of names; ``named`` names the places of spans in
    the notice's source, which are shown behind issues and measures.
    """
    tree = Tree(_line(notice.title or notice.notice_id, style="bold"))
    fields = tree.add(_line(_column("notice_id", lang), notice.notice_id))
    for name in _FIELDS:
        if (value := value_of(notice, name)) is not None:
            field = NOTICE_FIELDS[name]
            called = field_name(name, notice.genre, lang)
            fields.add(_line(called, _term(field.vocabulary, value, lang) if field.vocabulary else value))
    if notice.totals:
        totals = tree.add(_line(SHAPES["total"].called_all(lang)))
        for total in notice.totals:
            totals.add(_line(_term("total_name", total.name, lang), f"{total.value}{total.unit}"))
    measures = sum(len(issue.measures) for issue in notice.issues)
    counts = f"{len(notice.issues)}, {SHAPES['measure'].called_all(lang)} {measures}"
    if notice.outline.coverage is not None:
        counts += f", {_column('coverage', lang)} {notice.outline.coverage:.0%}"
    if (unread := notice.outline.digits.count_unread) is not None:
        counts += f", {_column('digits_unread', lang)} {unread}"
    _add_issues(tree.add(_line(SHAPES["issue"].called_all(lang), counts)), notice.issues, _Source(text, lang, named))
    checks = tree.add(_line(TABLES["checks"].called(lang), str(len(notice.checks))))
    for check in notice.checks:
        checks.add(_line(_term("severity", check.severity, lang), check.message, dim=check.path))
    return tree


def notice_table(notices: Iterable[Mapping[str, Any]], lang: Lang) -> Table:
    """Return a table of notices, given as parsed lines of notices.jsonl.

    The genre is shown where it is not the same for all.
    """
    notices = list(notices)
    terms: tuple[str, ...] = ("inspection_kind",)
    if len({notice.get("genre") for notice in notices}) > 1:
        terms = ("genre", "inspection_kind")
    shown = ("notice_id", "inspected_body", *terms)
    counted = ("issue_count", "measure_count", "coverage", "digits_unread", "check_count")
    table = Table(box=None, pad_edge=False)
    for column in (*shown, *counted):
        table.add_column(_column(column, lang), justify="right" if column in counted else "left", overflow="fold")
    for notice in notices:
        coverage = notice["outline"]["coverage"]
        unread = Digits.model_validate(notice["outline"].get("digits", {})).count_unread
        kinds = [(name, notice.get(name)) for name in terms]
        cells = (
            notice["notice_id"],
            notice["inspected_body"] or "",
            *(_term(name, kind, lang) if kind else "" for name, kind in kinds),
            str(len(notice["issues"])),
            str(sum(len(issue["measures"]) for issue in notice["issues"])),
            "" if coverage is None else f"{coverage:.0%}",
            "" if unread is None else str(unread),
            str(len(notice["checks"])),
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _add_issues(tree: Tree, issues: Iterable[Issue], source: _Source) -> None:
    """Add issues below the headings that group them; a heading that comes again after another is printed again."""
    open_sections: list[tuple[str, Tree]] = []
    for issue in issues:
        kept = 0
        while kept < min(len(open_sections), len(issue.section)) and open_sections[kept][0] == issue.section[kept]:
            kept += 1
        del open_sections[kept:]
        for heading in issue.section[kept:]:
            parent = open_sections[-1][1] if open_sections else tree
            open_sections.append((heading, parent.add(_line(heading, style="bold"))))
        parent = open_sections[-1][1] if open_sections else tree
        judged = [_term("category", issue.category, source.lang), _term("issue_status", issue.status, source.lang)]
        judged += source.place(issue.text)
        node = parent.add(_line(_labelled(issue.label, issue.title), style="cyan", dim=" · ".join(judged)))
        _add_beside(node, "issue", issue, source)
        for measure in issue.measures:
            _add_measure(node, measure, source)


def _add_measure(tree: Tree, measure: Measure, source: _Source) -> None:
    text, lang, _ = source
    words = measure.heading or _first_words(text, measure.text)
    judged = [_term("measure_type", kind, lang) for kind in measure.types]
    judged += [_term("measure_status", measure.status, lang), *source.place(measure.text)]
    node = tree.add(_line(_labelled(measure.label, words), dim=" · ".join(judged)))
    _add_beside(node, "measure", measure, source)
    for name, kind in LISTS_OF_MEASURE:
        if elements := getattr(measure, name):
            said = "; ".join(_said(kind, element, lang) for element in elements)
            node.add(_line(SHAPES[kind].called_all(lang), said))


def _add_beside(tree: Tree, kind: ItemKind, holder: Issue | Measure, source: _Source) -> None:
    """Add the values of an issue or a measure that its own line does not say: who is responsible, until when."""
    for name, field in SHAPES[kind].fields.items():
        if field.is_beside and (value := value_of(holder, name)):
            places = [place for span in places_of(holder, name) for place in source.place(span)]
            words = "; ".join(value) if isinstance(value, list) else value
            tree.add(_line(field.called(source.lang), words, dim=" · ".join(dict.fromkeys(places))))


def _said(kind: ItemKind, element: Record | str, lang: Lang) -> str:
    """Return an element of a list in words: its words and terms, then its figure."""
    if isinstance(element, str):
        return element
    shape = SHAPES[kind]
    words = []
    for name, field in shape.fields.items():
        value = getattr(element, name)
        if value is None or field.type in ("figure", "count", "unit"):
            continue
        words.append(
            _term(field.vocabulary, value, lang) if field.vocabulary else _MARKED.get(kind, "{}").format(value)
        )
    if shape.number is not None:
        words.append(f"{value_of(element, shape.number)}{value_of(element, 'unit')}")
    return " ".join(filter(None, words))


def _line(head: str, rest: str = "", *, style: str = "", dim: str = "") -> Text:
    line = Text(printable(head), style=style or ("green" if rest else ""))
    if rest:
        line = Text.assemble(line, ": ", printable(rest))
    if dim:
        line = Text.assemble(line, "  ", (f"({printable(dim)})", "dim"))
    return line


def _first_words(text: str, span: Span) -> str:
    words = text[span.start : min(span.end, span.start + _FIRST_WORDS)]
    return words if span.end <= span.start + _FIRST_WORDS else f"{words}…"


def _labelled(label: str | None, words: str) -> str:
    return words if label is None else f"{label} {words}"


def _term(vocabulary: str, key: str, lang: Lang) -> str:
    term = VOCABULARIES[vocabulary].get(key)
    return key if term is None else str(getattr(term, lang))


def _column(name: str, lang: Lang) -> str:
    """Return the name of a column of the table of notices."""
    return next(column.called(lang) for column in TABLES["notices"].columns if column.name == name)
