"""The parts of docs/reading.md that are made by running the project; see ``blocks.py``."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, get_args

from blocks import GOLD, ROOT, _extracted, _fenced
from notice_extractor_eval.gold_folder import read_split
from notice_extractor_eval.markdown import cell, table

from extractor import Notice, extract
from extractor.data import read_table
from extractor.files.parts.left_out import Kind
from extractor.files.sources.source import Source
from extractor.notice.facts.ledger import CLASSES
from extractor.notice.facts.quantities import NameKind
from extractor.pipeline import extract_file
from extractor.text.folding import fold

_SIGNS = {"\n": "⏎", "\t": "⇥", "\f": "␌"}

FOLDED = (
    ("full width", "（一）追缴１２万元"),
    ("radicals, as a PDF may hold them", "⼈员⻚⾯"),
    ("marks without a width", "追缴1\u200b2\ufeff万元"),
    ("a blank between a figure and Chinese", "整改 12 项"),
    ("a no-break or an ideographic blank there", "整改\u00a012\u3000项"),
    ("blanks inside a date", "2023 年 11 月 5 日"),
    ("blanks that set off thousands", "退还1 234 567元"),
    ("blanks inside an amount", "新增2300 余 万元"),
    ("a blank beside a mark", "一、 印发 《管库办法》 。"),
    ("an entity left in the text", "整改&nbsp;12&nbsp;项"),
    ("an entity escaped twice", "整改&amp;nbsp;12&amp;nbsp;项"),
    ("an enumerator alone on its line", "(一)\n关于学习不够的问题"),
    ("a page that ends inside a sentence", "镇党委召开会议,\n- 1 -\n\f修订制度8项。"),
)

KEPT = (
    ("制度 建设", "both are Chinese: it may part two words"),
    ("整改    12项", "more than three blanks part columns"),
    ("1 整改情况", "the figure numbers its line"),
    ("发布时间 2024-01-15", "a date of the page's head"),
    ("青禾镇,邮编 215000", "a postcode"),
    ("整改3, 456项", "nobody can tell whether this is 3,456"),
    ("整改1 2项", "nobody can tell whether this is 12"),
    ("序号\t单位\t完成情况\n1\t县教育局\t已完成\n2\t县民政局\t已完成", "the cells and the lines of a table"),
)

SPACED = "县委 第一 巡察组 对 某镇 党委 开展 了 巡察 , 共 整改 12 项 , 追缴 35.6 万元 , 修订 制度 8 项 , 约谈 5 人 。"

WRAPPED = """\
镇党委把整改作为政治任务,逐条制定措施,追缴1
2.5万元,修订制度8项,逐月督促各单位对照清单销
号,做到问题不解决不放过。
镇纪委开展监督检查,约谈5人,发出提示函15份,推
动各单位立行立改。"""
FULL_LAST_LINE = WRAPPED.replace("不放过。", "不放过,群众不满意也不放过。")
"""The same with a last line of a paragraph that is as wide as the page."""

NUMBERS = (
    "整改12项。", "退还1,234户。", "增长3.5—4.2倍。", "走访5-10人。", "投入3至4万余元。", "发放1亿2000万元。",
    "培训300余人。", "约谈近50人次。", "办结率不低于98%。", "增速为-3.2%。", "气温降至−5℃。", "上缴￥1,234.5。",
    "上缴人民币3万元。", "硬化路面300 m²。", "噪声50分贝。", "表彰3名优秀教师。", "用时近3年。", "权重提高至15。",
)  # fmt: skip

DATES = (
    "于23年11月15日验收。", "于2023 年 11 月 5 日验收。", "于2024.1.5验收。", "于2024年元月验收。",
    "于2023-2025年实施。",
)  # fmt: skip

UNREAD = (
    ("整改1 2项。", "1 and 2, or 12 with a blank of the typesetting"),
    ("整改3,4项。", "3 and 4, or a thousands mark with digits lost"),
    ("整改3, 456项。", "3 and 456, or 3,456"),
    ("退还12.3.4万元。", "no number has two points"),
    ("走访5-10-15人。", "three numbers are no range"),
    ("发放1.2亿3000万元。", "a decimal and a smaller part are no one amount"),
    ("整改12/15项。", "12 of 15, or a fraction"),
    ("清退一百20人。", "two kinds of numerals in one number"),
    ("节约④万元。", "a circled numeral may be a damaged figure or a mark"),
    ("整改1②项。", "the same beside a digit"),
    ("约谈数10人。", "some tens, or a number of ten"),
    ("产量10⁴吨。", "a power of ten, or 10 with the mark of a note"),
    ("发现问题12。", "no unit, and no word that makes a bare figure count"),
    ("于2024717日验收。", "a date whose digits are damaged"),
    ("于2023年2月30日验收。", "no day of the calendar"),
    ("于3月验收。", "the notice prints no year before, and has no signature here"),
)

NAMES = (
    "落实县发〔2023〕12号文件。", "违反第23条。", "位列全县第13位。", "排在前20。", "处理12345热线来件。",
    "发展80后干部。", "培养3级教师。", "修复G312路面。", "迁改220kV线路。", "于9:30召开会议。", "推行“3+X”体系。",
    "印发《管库10条》。", "拨打0512-12345678报修。", "召开会议九次。",
)  # fmt: skip

_NAME_KINDS: dict[NameKind, str] = {
    "document_number": "a document's number",
    "article": "an article, item or paragraph of a law",
    "ordinal": "an ordinal, a rank, a day of each month",
    "hotline": "a hotline or platform called by its number",
    "grade": "a grade",
    "code": "a road, a voltage, a model, a standard, a string of more than 15 digits",
    "time": "a time of day",
    "phone": "a telephone number (its digits count as `contact`)",
    "name": "any other name or slogan",
}

_CLASSES = {
    "figure": "a figure of a measure",
    "total": "a figure that the notice states about itself as a whole",
    "date": "a date that was read, wherever it stands",
    "label": "an enumerator",
    "contact": "the lines that say how to reach the body, and telephone numbers",
    "title": "between 《 and 》",
    "heading": "the heading of an issue or of a group of issues",
    "name": "inside the issues, a number that names something",
    "outside": "a figure or a name outside the issues that is no total; what the page prints around the notice",
    "unread": "the rest",
}

_WHEN = {
    "always": "always",
    "worded": "where it is worded as a notice is",
    "large": "where it is worded as a notice is, or is much",
    "never": "never",
}

PAGE = """\
<html><head><title>关于巡察整改进展情况的通报</title></head><body>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/x">巡视巡察</a></li></ul>
<div>
<p>县委第一巡察组对某镇党委开展了巡察。</p>
<p>二、整改进展情况</p>
<p>1.关于“作风不实”问题的整改。</p>
<p>一是追缴<del>12</del><ins>35.6</ins>万元<sup>1</sup>。</p>
<p>二是约谈5人。</p>
<p style="display:none">三是整改问题5个,给予处分9人。</p>
</div>
<div class="footer">版权所有 某县人民政府</div>
</body></html>"""


class _Read(NamedTuple):
    """A sentence as the only measure of a notice, and the place of the sentence in it."""

    notice: Notice
    text: str


def folded() -> str:
    """Return what is printed and what is read, kind by kind."""
    rows = [[what, _code(words), _code(fold(words).text)] for what, words in FOLDED]
    if any(words == fold(words).text for _, words in FOLDED):
        raise AssertionError("docs/reading.md: an example of folding is not folded")
    return table(("what stands there", "stored", "read"), rows)


def kept() -> str:
    """Return blanks that stay, and why."""
    rows = []
    for words, why in KEPT:
        read = fold(words).text
        if read != words.replace("\t", " "):
            raise AssertionError(f"docs/reading.md: blanks of {words!r} do not stay: {read!r}")
        rows.append([_code(words), why])
    return table(("stored", "why the blank stays"), rows)


def spaced() -> str:
    """Return a line of a text layer that has a blank behind each word, and how it is read."""
    return _fenced("text", f"{SPACED}\n→ {fold(SPACED).text}")


def wrapped() -> str:
    """Return a text that was wrapped at a fixed width, and how it is read."""
    return _before_and_after(WRAPPED)


def full_last_line() -> str:
    """Return the same text where a paragraph's last line is full: two paragraphs become one."""
    return _before_and_after(FULL_LAST_LINE)


def numbers() -> str:
    """Return the grammar of numbers by example: each figure with its value, unit, qualifier and place."""
    rows = []
    for sentence in NUMBERS:
        read = _read(sentence)
        for issue in read.notice.issues:
            for quantity in (quantity for measure in issue.measures for quantity in measure.quantities):
                place = _code(read.text[quantity.text.start : quantity.text.end])
                unit, qualifier = quantity.unit or "(none)", f"`{quantity.qualifier}`" if quantity.qualifier else ""
                rows.append([_code(sentence), f"{quantity.value}", cell(unit), qualifier, place])
    return table(("printed", "value", "unit", "qualifier", "place"), rows, right=(1,))


def dates() -> str:
    """Return dates with blanks, two digits and points, and their values."""
    rows = []
    for sentence in DATES:
        read = _read(sentence)
        found = [date for issue in read.notice.issues for measure in issue.measures for date in measure.dates]
        rows += [
            [_code(sentence), f"`{date.value}`", _code(read.text[date.text.start : date.text.end])] for date in found
        ]
    return table(("printed", "value", "place"), rows)


def unread() -> str:
    """Return numbers that are not read, with the words that are named, and why nobody can tell."""
    rows = []
    for sentence, why in UNREAD:
        read = _read(sentence)
        places = read.notice.outline.digits.unread
        if not places or any(measure.quantities for issue in read.notice.issues for measure in issue.measures):
            raise AssertionError(f"docs/reading.md: {sentence} is read")
        words = ", ".join(_code(read.text[place.start : place.end]) for place in places)
        rows.append([_code(sentence), words, why])
    return table(("printed", "unread", "why"), rows)


def named() -> str:
    """Return numbers that are no figures, with the class and the kind of name of their digits."""
    rows = []
    for sentence in NAMES:
        digits = _read(sentence).notice.outline.digits
        classes = ", ".join(f"`{name}` {count}" for name, count in digits.classes.items() if name != "label")
        kinds = ", ".join(f"`{name}`" for name in digits.names)
        rows.append([_code(sentence), classes or "no digits", kinds])
    return table(("printed", "digits", "kind of name"), rows)


def ledger() -> str:
    """Return the classes of the ledger, with how many digits of the tuned gold notices belong to each."""
    if _CLASSES.keys() != set(CLASSES):
        raise AssertionError("docs/reading.md: the classes of the ledger have changed")
    counted = {notice.notice_id: notice.outline.digits.classes for notice in _tuned()}
    sums = ["", "all digits", *(f"{sum(classes.values())}" for classes in counted.values())]
    return _counts(("class", "digits"), [(name, _CLASSES[name]) for name in CLASSES], counted, sums)


def name_kinds() -> str:
    """Return the kinds of names, with how many digits of the tuned gold notices belong to each."""
    if list(_NAME_KINDS) != list(get_args(NameKind)):
        raise AssertionError("docs/reading.md: the kinds of names have changed")
    counted = {notice.notice_id: notice.outline.digits.names for notice in _tuned()}
    return _counts(("kind", "number"), list(_NAME_KINDS.items()), counted)


def _counts(
    heads: tuple[str, str],
    meanings: Sequence[tuple[str, str]],
    counted: Mapping[str, Mapping[str, int]],
    *more: Sequence[str],
) -> str:
    """A table of names, what they mean, and how many digits each notice has of them."""
    rows = [
        [f"`{name}`", meaning, *(f"{counts.get(name, 0)}" for counts in counted.values())] for name, meaning in meanings
    ]
    return table((*heads, *counted), [*rows, *more], right=range(2, 2 + len(counted)))


def _tuned() -> list[Notice]:
    return [_extracted(name) for name in sorted(read_split(GOLD, "tuned") or ())]


def left_out_kinds() -> str:
    """Return the kinds of what ingest leaves out, and which check names them when."""
    path = ROOT / "extractor" / "data" / "left_out.toml"
    kinds = tomllib.loads(path.read_text(encoding="utf-8"))
    if list(kinds) != list(get_args(Kind)):
        raise AssertionError("docs/reading.md: left_out.toml and the kinds of ingest differ")
    rows = [
        [f"`{kind}`", row["en"], row["zh"], f"`{row['check']}`" if "check" in row else "", _WHEN[row["when"]]]
        for kind, row in kinds.items()
    ]
    return table(("kind", "English", "Chinese", "check", "named by the check"), rows)


def left_out() -> str:
    """Return a page, the text that is read of it, what is left out, and the check that names it."""
    found = extract_file(Source("notice.html"), PAGE.encode(), notice_id="notice", lang="en")
    rows = [
        [f"`{entry.kind}`", f"{entry.characters}", _code(entry.words), "yes" if entry.notice_like else "no"]
        for entry in found.left_out
    ]
    named = [check for check in found.notice.checks if check.code == "left_out_text"]
    said = [f"> `{check.code}`: {cell(check.message)}" for check in named]
    return "\n\n".join(
        [
            _fenced("html", PAGE),
            "is read as",
            _fenced("text", found.text.rstrip()),
            "and this is left out:",
            table(("kind", "characters", "first words", "worded as a notice is"), rows, right=(1,)),
            "One of them may have been the notice's own, so the record says:",
            *said,
        ]
    )


def file_kinds() -> str:
    """A table of the kinds of files, and how each is treated."""
    rows = []
    for row in read_table("file_kinds").values():
        treated = "read" if "reader" in row else ("passed over" if row.get("aside") else "refused")
        endings = " ".join(f"`{ending}`" for ending in row["endings"])
        rows.append((row["en"], row["zh"], endings, treated, row.get("advice_en", "")))
    return table(("kind", "Chinese", "usual endings", "", "what the refusal advises"), rows)


def _read(sentence: str) -> _Read:
    text = f"县委第一巡察组对某镇党委开展了巡察。\n二、整改进展情况\n(一)关于“学习不够”问题的整改。\n{sentence}"
    return _Read(extract(text), text)


def _before_and_after(text: str) -> str:
    return "\n\n".join([_fenced("text", text), "is read as", _fenced("text", "\n".join(_lines(text)))])


def _lines(text: str) -> Iterator[str]:
    """The lines of the folded text, set as a list so that each can be told from the next."""
    yield from (f"▸ {line}" for line in fold(text).text.split("\n"))


def _code(words: str) -> str:
    """Words as code in a cell, with a sign for each character that one could not see."""
    shown = "".join(_SIGNS.get(one) or (one if _is_seen(one) else f"‹{ord(one):04X}›") for one in words)
    fence = "``" if "`" in shown else "`"
    return f"{fence}{re.sub(r'[|]', chr(92) + '|', shown)}{fence}"


def _is_seen(character: str) -> bool:
    return character == " " or unicodedata.category(character)[0] not in "CZ"
