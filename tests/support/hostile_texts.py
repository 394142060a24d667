"""Texts that repeat what some pass could be slow on, and the passes over a notice's text that are to be linear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.packs.material import material_of
from extractor.errors import InputError
from extractor.files.page.article import article_of
from extractor.files.page.html_text import read_page
from extractor.files.sources.charset import decode
from extractor.labels.label_file import parse_labels, write_labels
from extractor.notice.assemble import assemble
from extractor.notice.doubts import check
from extractor.notice.reading import Reading, read_by_rules
from extractor.pages.notice_page import notice_page
from extractor.record.contract import Notice
from extractor.record.grounding import ungrounded
from extractor.record.items import put_together, take_apart
from extractor.record.lookup import Page
from extractor.review.changes import Accept, MadeChange
from extractor.review.review import record_of, review_of
from extractor.service.store.search_words import searchable
from extractor.tables.rows import notice_rows
from extractor.text.folding import fold

HEAD = "某县某镇党委关于巡察整改进展情况的通报\n2024年3月,县委第一巡察组对某镇党委开展了巡察。\n"
END = "\n中共某镇委员会\n2024年12月1日\n"

PATTERNS: dict[str, str] = {
    "issues and measures": "{n}.关于“第{n}项不够”问题的整改。\n一是开会{n}次。二是制定《第{n}号计划》,追缴1.5万元。\n",
    "issues without measures": "{n}.关于“第{n}项不够”问题的整改。\n",
    "one issue, many measures": "{first}({n})开展培训{n}次。\n",
    "numbers that leap": "{leap}.关于“不够”问题的整改。\n一是开会3次。\n",
    "labels that restart": "(三)开展培训。\n(一)制定制度。\n",
    "all first ones": "一是开会3次。",
    "ordinals": "第{n},开会3次。\n",
    "circled numbers": "①开会②检查③整改\n",
    "note lines": "注{n}:见附件。\n",
    "bracketed notes": "[{n}]资料来源:某局。\n",
    "damaged dates": "2023年13月",
    "dates whose year is far": "{n}月5日前完成。",
    "dates that are ranges": "2023年1月至3月、4月至5月,",
    "whole dates": "2023年11月18日",
    "years": "2023年",
    "months": "11月、",
    "figures": "12.5万元",
    "figures with commas": "1,234,567",
    "bare digits": "1234567890",
    "digits and blanks": "1 2 ",
    "parts of a whole": "共10个,其中1个、2个、",
    "rates": "10个中9个,占90%,",
    "titles": "《第{n}号办法》",
    "open titles": "《",
    "titles in titles": "《关于《",
    "closing titles": "》",
    "damaged titles": "《办法{n}》》",
    "quotes": "“甲”",
    "open quotes": "“",
    "open brackets": "(",
    "brackets": "(一)",
    "frames": "关于“甲”问题的整改\n",
    "organisations": "县委、县纪委监委、某局党组、",
    "persons held to account": "给予党内警告处分{n}人,诫勉谈话2人。",
    "telephones": "联系电话:0591-{n}。\n",
    "addresses": "地址:某市某区某路{n}号;",
    "headings": "(二)整改情况\n",
    "page numbers": "— {n} —\n",
    "tables": "| {n} | 不够 | 已完成 |\n",
    "blanks": " ",
    "line ends": "\n",
    "tabs and line ends": "\t\n",
    "one character": "整",
    "sentences": "已完成整改。",
    "no sentence ends": "推进整改落实,",
    "Latin letters": "a",
    "marks of Markdown": "**",
    "signatures": "\n中共某镇委员会\n2024年12月1日\n",
}
"""Pieces by what they are; ``{n}`` counts them, ``{leap}`` leaves numbers out, ``{first}`` is the first one's."""
_FIRST = "1.关于“不够”问题的整改。\n"


def text_of(pattern: str, length: int) -> str:
    """About ``length`` code points of a pattern between a notice's head and end."""
    pieces, size, number = [], 0, 0
    while size < length:
        number += 1
        piece = PATTERNS[pattern].format(n=number, leap=3 * number, first=_FIRST if number == 1 else "")
        pieces.append(piece)
        size += len(piece)
    return HEAD + "".join(pieces)[:length] + END


class Given(NamedTuple):
    """A text and what was made of it, for the passes that come later."""

    text: str
    reading: Reading
    notice: Notice
    labels: str


def given(text: str) -> Given:
    """Read a text by rules, and write its labels."""
    reading = read_by_rules(fold(text))
    record = assemble(reading, "notice")
    notice = record.model_copy(update={"checks": check(record, reading)})
    try:
        labels = write_labels(notice, text)
    except InputError:
        labels = ""
    return Given(text, reading, notice, labels)


def _page(of: Given) -> object:
    return article_of(read_page("<p>" + of.text.replace("\n", "</p>\n<p>"), "page"), "page")


def _labels_astray(of: Given) -> object:
    """Labels over a text that holds none of their words."""
    return parse_labels(of.labels, "另" * len(of.text))


def _reviewed(of: Given) -> object:
    issues = [f"issues[{number}]" for number in range(len(of.notice.issues))]
    made = [MadeChange(number=k, by="a", made="2024-01-01T00:00:00+00:00", change=Accept(item=item))
            for k, item in enumerate(issues[:1000], start=1)]  # fmt: skip
    return record_of(review_of(of.notice, made))


def _packs(of: Given) -> object:
    material = material_of(of.reading, "notice")
    return labels_packs(material), fields_packs(material)


def _layout_packs(of: Given) -> object:
    """Packs of the whole text, its closing included."""
    size = len(of.reading.text)
    outline = of.reading.outline._replace(ending=of.reading.outline.ending._replace(start=size))
    return layout_packs(material_of(of.reading._replace(outline=outline), "notice"))


RULES: dict[str, Callable[[Given], Any]] = {"rules: read": lambda of: read_by_rules(fold(of.text))}
"""The rooms of the rules."""

PASSES: dict[str, Callable[[Given], Any]] = {
    "assemble": lambda of: assemble(of.reading, "notice"),
    "checks": lambda of: check(of.notice, of.reading),
    "packs": _packs,
    "layout packs": _layout_packs,
    "page of a notice": lambda of: notice_page(of.notice, of.text),
    "tables": lambda of: notice_rows(of.notice, of.text),
    "apart and together": lambda of: put_together(of.notice, take_apart(of.notice)),
    "review": _reviewed,
    "search": lambda of: searchable(of.text),
    "charset": lambda of: decode(of.text.encode("gb18030"), "notice"),
    "web page": _page,
    "page to look words up": lambda of: Page(of.text).figures(),
    "grounding": lambda of: ungrounded(of.notice, of.text),
    "labels written": lambda of: write_labels(of.notice, of.text) if of.labels else None,
    "labels read": lambda of: parse_labels(of.labels, of.text) if of.labels else None,
    "labels astray": lambda of: _labels_astray(of) if of.labels else None,
}
"""The other passes over a notice's text, its record, or both."""
