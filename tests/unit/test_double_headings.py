"""Tables with two rows of headings, 责任 over 单位 and 个人: each column is known by both, in every format."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest
from ledger_examples import workbook

from extractor.files.sources.source import Source
from extractor.pipeline import ReadNotice, extract_file

TITLE = "区政府办党组关于巡察整改情况的通报"
OPENING = "2023年3月1日至4月2日，区委第一巡察组对区政府办党组开展了巡察。"
HEADINGS = (("序号",), ("反馈问题",), ("整改", "措施", "时限", "情况"), ("责任", "单位", "个人"))
ROWS = (
    ("1", "公车管理松散", "封存车辆3台。", "2023年9月底前", "已完成。收回费用1.2万元。", "区机关事务中心", "主任"),
    ("2", "会议费超标", "压减会议12次。", "长期坚持", "正在推进。", "区政府办", "副主任"),
)


class Table(NamedTuple):
    """A table: each heading with those below it, and its rows."""

    headings: Sequence[tuple[str, ...]]
    rows: Sequence[Sequence[str]]

    def heading_rows(self) -> list[list[str]]:
        """The two rows of headings, in which covered cells are empty."""
        above = [words for group, *below in self.headings for words in (group, *[""] * (len(below) - 1))]
        return [above, [words for _, *below in self.headings for words in below or [""]]]

    def lines(self) -> list[Sequence[str]]:
        return [*self.heading_rows(), *self.rows]


TABLE = Table(HEADINGS, ROWS)


def tabs(table: Table) -> tuple[str, bytes]:
    lines = [TITLE, OPENING, *map("\t".join, table.lines())]
    return "a.txt", "\n".join(lines).encode()


def markdown(table: Table) -> tuple[str, bytes]:
    lines = table.lines()
    lines.insert(1, ["---"] * len(lines[0]))
    return "a.md", "\n".join([TITLE, "", OPENING, "", *(f"| {' | '.join(line)} |" for line in lines)]).encode()


def comma_separated(table: Table) -> tuple[str, bytes]:
    target = io.StringIO()
    csv.writer(target).writerows(table.lines())
    return "巡察整改台账.csv", target.getvalue().encode()


def page(table: Table) -> tuple[str, bytes]:
    spans = (
        f"<td rowspan={1 + (not below)} colspan={len(below) or 1}>{words}</td>" for words, *below in table.headings
    )
    below = [words for _, *below in table.headings for words in below]
    lines = ["".join(spans), *("".join(f"<td>{words}</td>" for words in line) for line in (below, *table.rows))]
    cells = "".join(f"<tr>{line}</tr>" for line in lines)
    return "a.html", f"<html><body><h1>{TITLE}</h1><p>{OPENING}</p><table>{cells}</table></body></html>".encode()


def sheet(table: Table) -> tuple[str, bytes]:
    def fill(book: Any) -> None:
        grid = book.add_worksheet("台账")
        for number, line in enumerate(table.lines()):
            grid.write_row(number, 0, line)
        column = 0
        for words, *below in table.headings:
            last = column + max(len(below), 1) - 1
            if below or last > column:
                grid.merge_range(0, column, 0, last, words)
            else:
                grid.merge_range(0, column, 1, column, words)
            column = last + 1

    return "巡察整改台账.xlsx", workbook(fill)


def document(table: Table) -> tuple[str, bytes]:
    import docx

    made = docx.Document()
    for words in (TITLE, OPENING):
        made.add_paragraph(words)
    lines = table.lines()
    grid = made.add_table(rows=len(lines), cols=len(lines[0]))
    for row, line in zip(grid.rows, lines, strict=True):
        for cell, words in zip(row.cells, line, strict=True):
            cell.text = words
    column = 0
    for words, *below in table.headings:
        last = column + max(len(below), 1) - 1
        grid.cell(0, column).merge(grid.cell(0 if below else 1, last)).text = words
        column = last + 1
    target = io.BytesIO()
    made.save(target)
    return "a.docx", target.getvalue()


FORMATS = [tabs, markdown, comma_separated, page, sheet, document]


def read(form: Callable[[Table], tuple[str, bytes]], table: Table) -> ReadNotice:
    name, data = form(table)
    return extract_file(Source(name), data, notice_id="ledger", lang="en")


def told(found: ReadNotice) -> list[tuple[str, list[str], str | None, str, list[str]]]:
    return [
        (
            issue.title,
            issue.responsible,
            issue.deadline.value if issue.deadline else None,
            issue.status,
            [found.text[measure.text.start : measure.text.end] for measure in issue.measures],
        )
        for issue in found.notice.issues
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_each_column_below_two_rows_of_headings_is_known(form: Callable[[Table], tuple[str, bytes]]) -> None:
    first = ["封存车辆3台。", "收回费用1.2万元。"]
    assert told(read(form, TABLE)) == [
        ("公车管理松散", ["区机关事务中心", "主任"], "../2023-09", "completed", first),
        ("会议费超标", ["区政府办", "副主任"], "长期坚持", "in_progress", ["压减会议12次。"]),
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_groups_of_headings_may_stand_anywhere(form: Callable[[Table], tuple[str, bytes]]) -> None:
    headings = (("序号",), ("责任", "单位", "个人"), ("反馈问题",), ("整改", "措施", "时限"))
    rows = [("1", "办公室", "主任", "公车管理松散", "封存车辆3台。", "2023年9月底前")]
    rows.append(("2", "财务科", "科长", "会议费超标", "压减会议12次。", "长期坚持"))
    assert [found[:3] for found in told(read(form, Table(headings, rows)))] == [
        ("公车管理松散", ["办公室", "主任"], "../2023-09"),
        ("会议费超标", ["财务科", "科长"], "长期坚持"),
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    ("headings", "row", "responsible"),
    [
        # The upper row alone would head the table.
        (
            ("序号", "反馈问题", "整改措施", ("责任", "单位", "责任人"), "整改时限"),
            ("办公室", "主任"),
            ["办公室", "主任"],
        ),
        (("序号", "反馈问题", "整改措施", ("责任单位", "牵头", "配合"), "整改时限"), ("办公室", "财务科"), ["办公室"]),
        (
            ("序号", "反馈问题", "整改措施", ("整改责任", "部门", "领导"), "整改时限"),
            ("办公室", "主任"),
            ["办公室", "主任"],
        ),
    ],
)
def test_who_only_assists_is_not_responsible(
    form: Callable[[Table], tuple[str, bytes]],
    headings: Sequence[str | tuple[str, ...]],
    row: tuple[str, str],
    responsible: list[str],
) -> None:
    table = Table(
        [(words,) if isinstance(words, str) else words for words in headings],
        [
            ("1", "公车管理松散", "封存车辆3台。", *row, "2023年9月底前"),
            ("2", "例会过多", "压减7次。", *row, "长期坚持"),
        ],
    )
    first, second = told(read(form, table))
    assert first[:3] == ("公车管理松散", responsible, "../2023-09")
    assert second[:3] == ("例会过多", responsible, "长期坚持")


@pytest.mark.parametrize("form", FORMATS)
def test_a_finding_s_amount_is_no_finding(form: Callable[[Table], tuple[str, bytes]]) -> None:
    headings = (("序号",), ("审计发现问题", "摘要", "金额(万元)"), ("整改情况", "整改措施", "状态"), ("责任单位",))
    rows = [
        ("1", "资金滞留", "86.4", "拨付至21所幼儿园。", "已完成", "教育局"),
        ("2", "违规收费", "3.5", "问责1人。", "已完成", "财政局"),
    ]
    found = told(read(form, Table(headings, rows)))
    assert [(title, bodies, status, measures) for title, bodies, _, status, measures in found] == [
        ("资金滞留", ["教育局"], "completed", ["拨付至21所幼儿园。"]),
        ("违规收费", ["财政局"], "completed", ["问责1人。"]),
    ]


@pytest.mark.parametrize("form", FORMATS)
def test_the_account_of_progress_is_a_measure_and_its_aim_is_none(
    form: Callable[[Table], tuple[str, bytes]],
) -> None:
    headings = (("序号",), ("督察问题",), ("整改", "目标", "措施", "时限"), ("进展", "状态", "说明"))
    rows = [("1", "污水直排", "达标排放", "新建管网3公里。", "2023年底前", "已完成", "管网3公里通水。")]
    rows.append(("2", "秸秆焚烧", "不着火", "设岗46个。", "长期坚持", "达到序时进度", "查处15起。"))
    assert [measures for *_, measures in told(read(form, Table(headings, rows)))] == [
        ["新建管网3公里。", "管网3公里通水。"],
        ["设岗46个。", "查处15起。"],
    ]


@pytest.mark.parametrize("form", [tabs, page])
def test_headings_that_are_printed_again_are_no_row(form: Callable[[Table], tuple[str, bytes]]) -> None:
    first, second = ROWS
    name, data = form(Table(HEADINGS, [first, *TABLE.heading_rows(), second]))
    if form is page:
        again = page(TABLE)[1].decode().partition("<table>")[2].partition("<tr><td>1<")[0]
        data = data.replace(data[data.rindex(b"<tr><td>\xe5\xba\x8f") : data.index(b"<tr><td>2<")], again.encode())
    found = extract_file(Source(name), data, notice_id="ledger", lang="en")
    assert [issue.title for issue in found.notice.issues] == [first[1], second[1]]
    assert not {"unread_text", "low_coverage"} & {check.code for check in found.notice.checks}
