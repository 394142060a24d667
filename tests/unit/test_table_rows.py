"""Tables of findings: how their columns are known, and how cells are dealt to them."""

from __future__ import annotations

import pytest

from extractor import extract
from extractor.notice.outline.table_body import TableRow
from extractor.notice.outline.table_rows import find_tables
from extractor.text.column_headings import column_kind
from extractor.text.places import Place


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("序号", "number"),
        ("巡察反馈问题", "finding"),
        ("存在的主要问题", "finding"),
        ("问题清单", "finding"),
        ("整改举措", "measure"),
        ("整改措施及成效", "progress"),
        ("整改进展情况", "progress"),
        ("落实情况", "progress"),
        ("整改状态", "state"),
        ("任务序号", "number"),
        ("责任个人", "responsible"),
        ("配合", "note"),
        ("责任单位", "responsible"),
        ("牵头领导", "responsible"),
        ("完成 时限", "deadline"),
        ("时间节点", "deadline"),
        ("备注", "note"),
        ("得分", ""),
        ("场馆名称", ""),
    ],
)
def test_a_column_is_known_by_its_heading(heading: str, kind: str) -> None:
    assert column_kind(heading) == kind


def _rows(*lines: str) -> tuple[str, list[TableRow]]:
    text = "\n".join(lines)
    return text, find_tables(text.replace("\t", " "), text).rows


def _words(text: str, places: tuple[Place, ...]) -> list[str]:
    return [text[start:end] for start, end in places]


def test_columns_may_stand_in_any_order() -> None:
    text, [row] = _rows("时限\t整改情况\t责任单位\t问题\t序号", "2023年6月\t清点库房。\t镇财政所\t库房失管\t1")
    assert row.number
    assert _words(text, (row.number, row.finding)) == ["1", "库房失管"]
    assert _words(text, row.answers) == ["清点库房。"]
    assert _words(text, row.notes) == ["镇财政所"]
    assert _words(text, row.deadlines) == ["2023年6月"]


def test_a_row_without_a_finding_goes_on_with_the_one_above() -> None:
    text, [row] = _rows("序号\t问题\t整改措施\t整改情况", "1\t库房失管\t清点\t清点库房。", "\t登记\t登记物资。")
    assert _words(text, row.answers) == ["清点", "清点库房。", "登记", "登记物资。"]


def test_a_row_that_lacks_its_merged_cells_is_no_group() -> None:
    text, [first, second] = _rows(
        "类别\t序号\t问题\t整改措施\t责任部门\t完成时间\t完成情况",
        "党建\t1\t学习不深入\t学习12次。\t办公室\t2023年5月\t已完成",
        "修订《学习制度》。\t组织部\t2023年6月\t已完成",  # a page prints none of what is merged above
        "2\t会议过多\t压减会议。\t办公室\t2023年6月\t已完成",
    )
    assert _words(text, first.answers) == ["学习12次。", "已完成", "修订《学习制度》。", "已完成"]
    assert [row.group and text[row.group.start : row.group.end] for row in (first, second)] == ["党建", "党建"]


def test_a_merged_finding_takes_the_rows_below_and_numbers_go_on() -> None:
    text, rows = _rows(
        "序号\t问题\t整改措施\t整改情况\t责任单位",
        "1\t库房失管\t清点\t清点库房。\t镇财政所",
        "2\t\t登记\t登记物资12件。\t党政办",
        "3",
        "例会过多",
        "1.合并例会。",
        "2.限制发言。",
        "例会减半。",
        "党政办",
        "三、下一步打算",
    )
    assert [_words(text, row.answers) for row in rows] == [
        ["清点", "清点库房。", "登记", "登记物资12件。"],
        ["1.合并例会。", "2.限制发言。", "例会减半。"],
    ]


@pytest.mark.parametrize(
    "lines",
    [
        ("场馆名称\t开放时间\t接待人次", "体育馆\t9时\t1200"),
        ("序号\t反馈问题\t责任单位", "1\t库房失管\t镇财政所"),
        ("序号\t整改措施\t整改情况", "1\t清点\t清点库房。"),
        ("问题与整改情况", "库房失管"),
    ],
    ids=["no findings", "no answers", "no column of findings", "no columns"],
)
def test_other_tables_are_left_as_they_are(lines: tuple[str, ...]) -> None:
    assert _rows(*lines)[1] == []


TABLE = """\
中共松林镇委员会关于巡察整改情况的通报
根据县委部署,2023年3月6日至5月12日,县委第二巡察组对松林镇党委开展了巡察,6月20日反馈了意见。
一、整改组织情况
镇党委召开会议6次。
二、整改落实情况
序号\t反馈问题\t整改措施\t责任单位\t整改时限\t得分\t整改进展
1\t库房物资失管\t清点库房\t镇财政所\t长期坚持\t95\t已完成。更换柜锁12把。
中共松林镇委员会
2023年12月18日
"""


def test_what_is_no_answer_is_named_and_gives_no_figure() -> None:
    notice = extract(TABLE)
    [issue] = notice.issues
    rests = [(rest.kind, TABLE[rest.text.start : rest.text.end]) for rest in notice.outline.remainders]
    assert ("note", "镇财政所") in rests
    assert ("deadline", "长期坚持") in rests
    assert ("unread", "95") in rests
    assert ("note", "已完成。") in rests
    assert issue.status == "completed"
    assert [figure.value for measure in issue.measures for figure in measure.quantities] == [12]
    assert notice.totals[0].value == 6
    assert notice.signed_on == "2023-12-18"


def test_a_row_that_line_breaks_in_its_cells_break_apart_is_one_row() -> None:
    text, rows = _rows(
        "序号\t整改措施\t反馈问题\t整改情况",
        "1\t(1)清点库房。",
        "(2)补齐台账。\t库房失管\t一是更换柜锁12把。",
        "二是约谈3人。",
        "2\t合并例会。\t会议偏多\t(1)压减会议7次。",
        "(2)通报2次。",
        "三、下一步打算",
    )
    assert [text[row.finding.start : row.finding.end] for row in rows] == ["库房失管", "会议偏多"]
    assert [[text[start:end] for start, end in row.answers] for row in rows] == [
        ["(1)清点库房。\n(2)补齐台账。", "一是更换柜锁12把。\n二是约谈3人。"],
        ["合并例会。", "(1)压减会议7次。\n(2)通报2次。"],
    ]


def test_rows_that_are_as_wide_as_wrapped_lines_stay_rows() -> None:
    text = "\n".join(
        [
            "县水利局党组关于巡察整改进展情况的通报",
            "根据巡察工作有关要求，现将整改进展情况公布如下。",
            "一、提高政治站位，强化组织领导",
            "巡察反馈3个方面18个具体问题，细化整改措施46项。",
            "二、巡察反馈问题整改情况",
            "序号\t问题清单\t整改举措\t整改成效\t责任单位",
            "1\t防汛物资储备不足\t补充冲锋舟7艘、编织袋3万条，建立出入库台账，每月盘点。\t物资储备达到定额，通过上级检查验收。\t人事科",
            "2\t补偿费应征未征\t查处非法采砂案件12起，聘请第三方核算，逐户下达通知书。\t追缴水土保持补偿费135.8万元，全部入库。\t管理处",
            "3\t水质检测频次偏低\t购置检测设备4台，委托检测机构每季度检测一次并公开结果。\t检测水样860份，合格率达到百分之九十九。\t监督室",
            "4\t项目未按期完工\t约谈施工单位2家，调整施工方案，增派监理人员，按周调度。\t完成水库除险加固16座，其余项目按期推进。\t综合科",
            "三、今后工作计划",
            "下一步，将持续抓好整改落实，巩固整改成果。",
        ]
    )
    assert [issue.label for issue in extract(text).issues] == ["1", "2", "3", "4"]
