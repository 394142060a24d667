"""Small files of many kinds, each with what a careful person reads in it; what is not read is told.

``files`` holds them as they were found or made; ``base`` are the values that most of them share.
"""

from __future__ import annotations

import pytest
from checkout import SUPPORT
from noise import values

from extractor import Notice, extract
from extractor.files.ingest import IngestedFile, read_text
from extractor.files.sources.source import Source

FILES = SUPPORT / "files"

TOTALS = ["total meetings_held6次", "total measures_planned48条"]
LEARNING = ["issue 理论学习不够深入", "figure 12次", "date 2024-01/..", "document 松林镇党委理论学习办法issued"]
TALKED = ["figure 3人", "figure 2个", "held 约谈3人", "held 通报曝光2个"]
MONEY = ["issue 惠民资金监管不严", "figure 35.6万元", "figure 128户"]
PUNISHED = ["figure 5人", "figure 4人", "held 党纪处分5人", "held 诫勉4人"]
PROJECTS = ["figure 12个", "figure 2.4亿元", "date ../2024-03", "figure 26次", "figure 73处"]
SLOW = "issue 项目建设进度缓慢"

READ: dict[str, list[str]] = {
    "cut_icp.html": [*TOTALS, *LEARNING, *TALKED, *MONEY, *PUNISHED, SLOW, "figure 9家", *PROJECTS],
    "cut_undertaker.html": [
        *TOTALS, *LEARNING, *TALKED, *MONEY, *PUNISHED, SLOW, "figure 2家", "held 约谈2家", *PROJECTS,
    ],
    "hidden_by_style.docx": [*TOTALS, *LEARNING, *TALKED, *MONEY[:2], *PUNISHED, SLOW, *PROJECTS],
    "zerowidth.docx": [
        *TOTALS, *LEARNING, *TALKED, *MONEY, "figure 15人", "figure 4人", "held 党纪处分15人", "held 诫勉4人", SLOW,
        *PROJECTS,
    ],
    "zerowidth_in_number.txt": [
        *TOTALS, *LEARNING, "figure 13人", "figure 2个", "held 约谈13人", "held 通报曝光2个", *MONEY, *PUNISHED, SLOW,
        *PROJECTS[:3], "figure 226次", "figure 73处",
    ],
    "mixed_gap.txt": [
        MONEY[0], *PUNISHED, "figure 15人", "figure 2人", "held 党纪处分15人", "held 党纪处分2人", "figure 36人次",
        "figure 3件", "figure 1人", "held 约谈36人次", "held 立案3件", "held 移送1人", *PUNISHED,
    ],
    "space_thousands.txt": [
        MONEY[0], "figure 1234567元", "figure 12345.6万元", "figure 1250000元", "figure 2345.6万元", "figure 3000元",
        "figure 3人次", "figure 12人", "figure 98.5%", "figure 5成", "held 约谈3人次", "held 党纪政务处分12人",
        "figure 35.6万元", "figure 3200元", "figure 4500.5元", "figure 500元",
    ],
    "wrapped_number.txt": [
        *TOTALS, MONEY[0], "figure 123.45万元", "figure 1286户", "figure 98%", "figure 15人", "figure 24人",
        "figure 3个", "held 党纪处分15人", "held 诫勉24人", "held 通报曝光3个",
    ],
    "minus_and_marks.txt": [
        "issue 经济运行分析不够", "figure -3.2%", "figure -4.5%", "figure -6.1%", "figure -7.3%", "date 2023",
        "figure 35%", "figure 12%", "figure 98.5%", "figure 12000万元", "figure 5人", "figure 10人", "figure 3千户over",
        "figure 8‰", "figure 12人", "figure 3人", "figure 9人", "figure 1.2万人次", "held 约谈12人", "figure 3120万元",
        "figure 1250000元", "figure 12户", "figure 95%over", "figure 60分贝under", "figure 2.5万m2about",
        "figure 3万平米", "figure 450m2", "figure 600m3",
    ],
    "deleted_numbered.docx": [
        *TOTALS, *LEARNING[:2], *TALKED, *MONEY[:2], "figure 5人", "held 党纪处分5人",
    ],
    "symbols.docx": [*TOTALS, *LEARNING[:2], *TALKED, MONEY[0], "figure 98%", *PUNISHED],
    "full_last_lines.pdf": [
        *LEARNING[:2], "figure 3人", "held 约谈3人", *MONEY[:2], "figure 5人", "held 党纪处分5人",
    ],
}  # fmt: skip
UNREAD = {"space_thousands.txt": ["④"], "minus_and_marks.txt": ["10", "②③"]}
LEFT_OUT = {
    "cut_icp.html": ["page_end"],
    "cut_undertaker.html": ["page_end"],
    "hidden_by_style.docx": ["hidden", "hidden"],
    "deleted_numbered.docx": ["struck", "struck", "struck", "deleted_number"],
}
TEXTS = {
    "t_del.docx": "一是甲\n二是乙\n",
    "rad2.pdf": "⺠生保障：⻔戶网站、⻋辆、⻓期、⻝堂\n",
}


def read(name: str) -> tuple[IngestedFile, Notice]:
    found = read_text(Source(str(FILES / name)))
    return found, extract(found.text)


@pytest.mark.parametrize("name", READ)
def test_a_file_gives_the_values_that_a_careful_person_reads(name: str) -> None:
    found, notice = read(name)
    shown = [f"{one.kind} {one.value.removesuffix('None')}" for one in values(found.text, notice)]
    assert shown == READ[name]


@pytest.mark.parametrize("name", READ)
def test_what_is_not_read_of_a_file_is_told(name: str) -> None:
    found, notice = read(name)
    unread = [found.text[span.start : span.end] for span in notice.outline.digits.unread]
    assert unread == UNREAD.get(name, [])
    assert [entry.kind for entry in found.left_out] == LEFT_OUT.get(name, [])


@pytest.mark.parametrize("name", TEXTS)
def test_a_file_without_a_notice_gives_its_text_and_no_value(name: str) -> None:
    found, notice = read(name)
    assert found.text == TEXTS[name]
    assert (notice.issues, notice.totals) == ([], [])


def test_measures_stand_under_the_issue_and_number_that_a_person_sees() -> None:
    _, notice = read("deleted_numbered.docx")
    assert [(issue.label, [measure.label for measure in issue.measures]) for issue in notice.issues] == [
        ("(一)", ["1", "2"]), ("(二)", ["1", "2"])
    ]  # fmt: skip
    _, notice = read("symbols.docx")
    assert [[measure.label for measure in issue.measures] for issue in notice.issues] == [["①", "②"], ["一是", "二是"]]
