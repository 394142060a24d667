"""One table of findings in every form that a text gives it: tabs, borders, a cell a line, a page, a document."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from html import escape
from itertools import chain
from typing import Any

import docx
import pytest

from extractor.files.sources.source import Source
from extractor.pipeline import ReadNotice, extract_file
from extractor.record.contract import Issue

ABOVE = (
    "中共云溪县教育局党组关于巡察整改进展情况的通报",
    "2023年9月4日至10月27日,县委第三巡察组对县教育局党组开展了巡察,11月21日反馈了意见。",
    "一、整改组织情况",
    "局党组召开会议9次。",
    "二、整改落实情况",
)
BELOW = ("三、下一步工作打算", "局党组将持续巩固整改成果。", "中共云溪县教育局党组", "2024年7月12日")

Table = Sequence[Sequence[str]]
Block = str | Table


def _text(blocks: Sequence[Block], apart: str) -> bytes:
    lines: list[str] = []
    for block in blocks:
        if isinstance(block, str):
            lines += [block, ""]
        elif apart == "|":
            rows = [f"| {' | '.join(cell.replace(chr(10), '<br>') for cell in row)} |" for row in block]
            lines += [rows[0], "|" + "---|" * len(block[0]), *rows[1:], ""]
        elif apart == "\n":
            lines += [*filter(None, chain.from_iterable(block)), ""]
        else:
            lines += [*map(apart.join, block), ""]
    return "\n".join(lines).encode()


def _page(blocks: Sequence[Block]) -> bytes:
    def row(cells: Sequence[str]) -> str:
        paragraphs = ("".join(f"<p>{escape(line)}</p>" for line in cell.split("\n")) for cell in cells)
        return f"<tr>{''.join(f'<td>{cell}</td>' for cell in paragraphs)}</tr>"

    body = (
        f"<p>{escape(block)}</p>" if isinstance(block, str) else f"<table>{''.join(map(row, block))}</table>"
        for block in blocks
    )
    return f'<html><meta charset="utf-8"><body>{"".join(body)}</body></html>'.encode()


def _document(blocks: Sequence[Block]) -> bytes:
    made: Any = docx.Document()
    for block in blocks:
        if isinstance(block, str):
            made.add_paragraph(block)
            continue
        table = made.add_table(rows=len(block), cols=len(block[0]))
        for cell, words in zip(table._cells, chain.from_iterable(block), strict=True):
            cell.text = words
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


FORMS: dict[str, tuple[str, Callable[[Sequence[Block]], bytes]]] = {
    "tabs": ("a.txt", lambda blocks: _text(blocks, "\t")),
    "borders": ("a.md", lambda blocks: _text(blocks, "|")),
    "lines": ("a.txt", lambda blocks: _text(blocks, "\n")),
    "page": ("a.html", _page),
    "document": ("a.docx", _document),
}


def _read(form: str, *blocks: Block) -> ReadNotice:
    name, write = FORMS[form]
    return extract_file(Source(name), write([*ABOVE, *blocks, *BELOW]), notice_id="notice")


def _told(read: ReadNotice) -> list[Any]:
    def issue(each: Issue) -> Any:
        measures = [read.text[m.text.start : m.text.end] for m in each.measures]
        return each.label, each.title, each.section, each.status, each.responsible, measures

    return [issue(each) for each in read.notice.issues]


HEADINGS = ("序号", "反馈问题", "整改措施", "责任单位", "整改时限", "完成情况")
FEES = ("1", "课后服务收费不规范", "印发《收费细则》。", "基础教育股", "2024年9月底", "已完成。清退收费41.27万元。")
FOOD = ("2", "食堂采购监督缺位", "推行集中采购。", "后勤股", "长期坚持", "正在推进。查处供应商2家。")
READ: list[Any] = [
    ("1", FEES[1], [], "completed", ["基础教育股"], ["印发《收费细则》。", "清退收费41.27万元。"]),
    ("2", FOOD[1], [], "in_progress", ["后勤股"], ["推行集中采购。", "查处供应商2家。"]),
]
every_form = pytest.mark.parametrize("form", FORMS)


@every_form
@pytest.mark.parametrize("end", [("合计", "2个问题", "4项措施"), ("", "合计(2项)"), ("注:1.数据截至6月底。",)])
def test_sums_and_notes_are_no_findings(form: str, end: Sequence[str]) -> None:
    assert _told(_read(form, [HEADINGS, FEES, FOOD, (*end, *[""] * (6 - len(end)))])) == READ


@every_form
def test_a_caption_and_the_notes_below_belong_to_the_table(form: str) -> None:
    notes = ("注:1.数据截至6月底。", "2.长期坚持的事项持续推进。")
    read = _read(form, "巡察整改落实情况一览表", "单位:万元", [HEADINGS, FEES, FOOD], *notes)
    assert _told(read) == READ
    assert not read.notice.outline.digits.unread


@every_form
def test_rows_may_group_those_below_them(form: str) -> None:
    groups = [("一、党的建设方面", *[""] * 5), ("二、后勤保障方面", *[""] * 5)]
    read = _told(_read(form, [HEADINGS, groups[0], FEES, groups[1], FOOD]))
    assert [each[:3] for each in read] == [("1", FEES[1], ["党的建设方面"]), ("2", FOOD[1], ["后勤保障方面"])]


@pytest.mark.parametrize("form", ["tabs", "borders", "page", "document"])
def test_a_row_goes_on_behind_a_page_break(form: str) -> None:
    first = [HEADINGS, FEES, (*FOOD[:5], "1.查处供应商2家。")]
    second = [
        HEADINGS,
        (*[""] * 5, "2.组建家长委员会52个。"),
        ("3", "校车管理松散", "更换校车3辆。", "安全股", "", "已完成"),
    ]
    read = _told(_read(form, first, "— 3 —", "巡察整改落实情况一览表(续表)", second))
    assert [each[1] for each in read] == [FEES[1], FOOD[1], "校车管理松散"]
    assert read[1][5] == ["推行集中采购。", "查处供应商2家。", "组建家长委员会52个。"]


@every_form
@pytest.mark.parametrize(
    ("heading", "done", "going", "note"),
    [
        ("是否销号", "√", "×", ""),
        ("是否完成", "是", "否(持续推进)", ""),
        ("状态", "★", "☆", "注:★表示已完成,☆表示正在整改。"),
        ("验收情况", "2024年6月通过市级验收", "未到验收时限", ""),
    ],
)
def test_a_state_may_be_a_mark_or_words_of_its_own(form: str, heading: str, done: str, going: str, note: str) -> None:
    rows = [("序号", "问题", "整改举措", heading), (*FEES[:3], done), (*FOOD[:3], going)]
    read = _told(_read(form, rows, *filter(None, [note])))
    assert [each[3] for each in read] == ["completed", "in_progress"]


@every_form
@pytest.mark.parametrize("finding", ["具体表现", "短板弱项"])
def test_the_findings_may_stand_below_another_heading(form: str, finding: str) -> None:
    headings = ("序号", "责任单位", finding, "整改举措")
    read = _told(_read(form, [headings, ("1", "财务股", *FEES[1:3]), ("2", "后勤股", *FOOD[1:3])]))
    assert [each[1] for each in read] == [FEES[1], FOOD[1]]


def _fields(row: Sequence[str]) -> Table:
    named = zip(HEADINGS[1:], row[1:], strict=True)
    return [("项目", "内容"), *named]


@every_form
def test_each_finding_may_have_a_table_of_its_fields(form: str) -> None:
    read = _told(_read(form, "问题一", _fields(FEES), "问题二", _fields(FOOD)))
    assert [each[0] for each in read] == ["问题一", "问题二"]
    assert [each[1:] for each in read] == [each[1:] for each in READ]


@every_form
def test_the_heading_above_may_be_the_finding_of_such_a_table(form: str) -> None:
    tables = [[row for row in _fields(each) if row[0] != "反馈问题"] for each in (FEES, FOOD)]
    assert _told(_read(form, f"1.{FEES[1]}", tables[0], f"2.{FOOD[1]}", tables[1])) == READ


@pytest.mark.parametrize("form", ["tabs", "borders", "page", "document"])
def test_the_heading_above_may_be_the_finding_of_a_table_of_answers(form: str) -> None:
    tables = [[HEADINGS[2:], each[2:]] for each in (FEES, FOOD)]
    assert _told(_read(form, f"1.{FEES[1]}", tables[0], f"2.{FOOD[1]}", tables[1])) == READ


@pytest.mark.parametrize("form", ["tabs", "borders", "page", "document"])
def test_a_table_that_is_not_read_gives_no_findings_and_is_named(form: str) -> None:
    read = _read(form, [("学校", "学生数", "金额"), ("第一小学", "120", "36000"), ("第二小学", "85", "25500")])
    assert not read.notice.issues
    assert "table_unread" in {check.code for check in read.notice.checks}


def test_headings_on_lines_whose_rows_are_not_found_give_no_findings() -> None:
    table = [("问题", "措施", "联系人姓名及所在单位", "结果", "经办")]
    rows = [
        ("收费不规范", "一是印发细则;二是检查。", "张三", "好", "甲"),
        ("采购失管", "一是采购;二是组建委员会。", "好", "乙"),
    ]
    read = _read("lines", [*table, *rows])
    assert not read.notice.issues
    assert "table_unread" in {check.code for check in read.notice.checks}
