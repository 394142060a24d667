"""Notices as Rich trees and tables. Text goes in as ``Text``, never as markup, and without what steers a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from extractor.record.contract import Digits, Issue, Measure, Notice, Quantity, Span
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import SCALARS
from extractor.terminal import printable

_FIRST_WORDS = 40  # characters of a measure without a heading

_NAMES = {
    "notice": ("通报", "notice"),
    "notice_id": ("编号", "id"),
    "inspected_body": ("被巡单位", "inspected body"),
    "inspection_team": ("巡视巡察组", "inspection team"),
    "inspection_kind": ("类别", "kind"),
    "inspection_start": ("开始", "start"),
    "inspection_end": ("结束", "end"),
    "feedback_date": ("反馈日期", "feedback date"),
    "published_on": ("发布日期", "published on"),
    "signed_by": ("落款", "signed by"),
    "signed_on": ("落款日期", "signed on"),
    "phone": ("电话", "phone"),
    "postal_address": ("地址", "postal address"),
    "email": ("邮箱", "email"),
    "totals": ("通报所列数据", "stated totals"),
    "issues": ("问题", "issues"),
    "measures": ("措施", "measures"),
    "coverage": ("覆盖率", "coverage"),
    "digits_unread": ("未读数字", "unread digits"),
    "checks": ("核查", "checks"),
    "documents": ("文件", "documents"),
    "quantities": ("数量", "figures"),
    "dates": ("日期", "dates"),
    "organizations": ("单位", "organisations"),
    "accountability": ("问责", "accountability"),
}
_FIELDS = tuple(name for name in SCALARS if name != "title")  # which is the head of the tree


def notice_tree(notice: Notice, text: str, lang: str) -> Tree:
    """Return a notice as a tree; ``text`` is what its spans index, ``lang`` (zh, en) that of names."""
    tree = Tree(_line(notice.title or notice.notice_id, style="bold"))
    fields = tree.add(_line(_name("notice", lang), notice.notice_id))
    stated = [(field, getattr(notice, field)) for field in _FIELDS] + list(notice.contact)
    for field, value in stated:
        if value is not None:
            fields.add(_line(_name(field, lang), value))
    if notice.totals:
        totals = tree.add(_line(_name("totals", lang)))
        for total in notice.totals:
            totals.add(_line(_term("total_name", total.name, lang), f"{total.value}{total.unit}"))
    measures = sum(len(issue.measures) for issue in notice.issues)
    counts = f"{len(notice.issues)}, {_name('measures', lang)} {measures}"
    if notice.outline.coverage is not None:
        counts += f", {_name('coverage', lang)} {notice.outline.coverage:.0%}"
    if (unread := notice.outline.digits.count_unread) is not None:
        counts += f", {_name('digits_unread', lang)} {unread}"
    _add_issues(tree.add(_line(_name("issues", lang), counts)), notice.issues, text, lang)
    checks = tree.add(_line(_name("checks", lang), str(len(notice.checks))))
    for check in notice.checks:
        checks.add(_line(_term("severity", check.severity, lang), check.message, dim=check.path))
    return tree


def notice_table(notices: Iterable[Mapping[str, Any]], lang: str) -> Table:
    """Return a table of notices, given as parsed lines of notices.jsonl."""
    counted = ("issues", "measures", "coverage", "digits_unread", "checks")
    table = Table(box=None, pad_edge=False)
    for column in ("notice_id", "inspected_body", "inspection_kind", *counted):
        table.add_column(_name(column, lang), justify="right" if column in counted else "left", overflow="fold")
    for notice in notices:
        coverage = notice["outline"]["coverage"]
        unread = Digits.model_validate(notice["outline"].get("digits", {})).count_unread
        kind = notice["inspection_kind"]
        cells = (
            notice["notice_id"],
            notice["inspected_body"] or "",
            _term("inspection_kind", kind, lang) if kind else "",
            str(len(notice["issues"])),
            str(sum(len(issue["measures"]) for issue in notice["issues"])),
            "" if coverage is None else f"{coverage:.0%}",
            "" if unread is None else str(unread),
            str(len(notice["checks"])),
        )
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _add_issues(tree: Tree, issues: Iterable[Issue], text: str, lang: str) -> None:
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
        judged = [_term("category", issue.category, lang), _term("issue_status", issue.status, lang)]
        node = parent.add(_line(_labelled(issue.label, issue.title), style="cyan", dim=" · ".join(judged)))
        for measure in issue.measures:
            _add_measure(node, measure, text, lang)


def _add_measure(tree: Tree, measure: Measure, text: str, lang: str) -> None:
    words = measure.heading or _first_words(text, measure.text)
    judged = [_term("measure_type", kind, lang) for kind in measure.types]
    judged.append(_term("measure_status", measure.status, lang))
    node = tree.add(_line(_labelled(measure.label, words), dim=" · ".join(judged)))
    for field, values in _facts(measure, lang):
        node.add(_line(_name(field, lang), "; ".join(values)))


def _facts(measure: Measure, lang: str) -> Iterator[tuple[str, list[str]]]:
    facts = {
        "documents": [f"《{d.title}》 {_term('document_action', d.action, lang)}" for d in measure.documents],
        "quantities": [_quantity(quantity, lang) for quantity in measure.quantities],
        "dates": [date.value for date in measure.dates],
        "organizations": measure.organizations,
        "accountability": [
            f"{_term('accountability_action', a.action, lang)} {a.count}{a.unit}" for a in measure.accountability
        ],
    }
    return ((field, values) for field, values in facts.items() if values)


def _quantity(quantity: Quantity, lang: str) -> str:
    qualifier = _term("qualifier", quantity.qualifier, lang) if quantity.qualifier else None
    return " ".join(filter(None, (quantity.subject, qualifier, f"{quantity.value}{quantity.unit}")))


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


def _term(vocabulary: str, key: str, lang: str) -> str:
    term = VOCABULARIES[vocabulary].get(key)
    return key if term is None else str(getattr(term, lang))


def _name(field: str, lang: str) -> str:
    return _NAMES[field][lang == "en"]
