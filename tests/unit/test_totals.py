"""Figures that a notice states about itself as a whole, anywhere outside its issues."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, notice

from extractor import extract
from extractor.notice.facts.quantities import find_figures
from extractor.notice.facts.totals import find_totals
from extractor.text.folding import half_width
from extractor.text.places import Place


def _totals(
    text: str, issues: list[Place] | None = None, end: int | None = None, genre: str = "inspection"
) -> list[tuple[str, float, str]]:
    reading = half_width(text)
    figures = [found for found in find_figures(reading, [], []).quantities if end is None or found.text.start < end]
    found = find_totals(reading, figures, [], issues or [], genre)
    return [(total.name, total.value, total.unit) for total in found]


@in_both_widths
@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("巡察组共反馈问题31个。", [("issues_found", 31, "个")]),
        ("巡察组反馈了31个具体问题。", [("issues_found", 31, "个")]),
        ("针对反馈的4个方面31个问题,", [("issue_groups_found", 4, "个"), ("issues_found", 31, "个")]),
        ("反馈5个方面14个大类,", [("issue_groups_found", 5, "个"), ("issue_groups_found", 14, "个")]),
        ("反馈6大类31个问题,", [("issue_groups_found", 6, "大类"), ("issues_found", 31, "个")]),
        (
            "巡察反馈的31个问题,已整改到位18个,正在整改13个。",
            [("issues_found", 31, "个"), ("issues_resolved", 18, "个"), ("issues_in_progress", 13, "个")],
        ),
        (
            "反馈的31个问题中,18个已完成整改,13个正在推进。",
            [("issues_found", 31, "个"), ("issues_resolved", 18, "个"), ("issues_in_progress", 13, "个")],
        ),
        (
            "反馈3个方面、12类、31个问题。",
            [("issue_groups_found", 3, "个"), ("issue_groups_found", 12, "类"), ("issues_found", 31, "个")],
        ),
        ("反馈的31个问题已完成整改18个。", [("issues_found", 31, "个"), ("issues_resolved", 18, "个")]),
        ("制定整改措施96条。", [("measures_planned", 96, "条")]),
        ("制定96项整改措施。", [("measures_planned", 96, "项")]),
        (
            "制定整改措施96条,已完成90条,完成率93.8%。",
            [("measures_planned", 96, "条"), ("measures_completed", 90, "条"), ("completion_rate", 93.8, "%")],
        ),
        ("全面梳理制度45项。", [("rules_reviewed", 45, "项")]),
        ("新建制度12项。", [("rules_established", 12, "项")]),
        ("修订制度9项。", [("rules_revised", 9, "项")]),
        ("新建制度12项,修订9项。", [("rules_established", 12, "项"), ("rules_revised", 9, "项")]),
        ("制定及修改完善制度21项。", [("rules_established_or_revised", 21, "项")]),
        ("健全制度15项。", [("rules_established_or_revised", 15, "项")]),
        ("废止制度3项。", [("rules_abolished", 3, "项")]),
        ("给予党纪处分3人。", [("party_discipline", 3, "人")]),
        ("给予政务处分2人。", [("administrative_discipline", 2, "人")]),
        ("给予组织处理5人。", [("organisational_handling", 5, "人")]),
        ("诫勉4人。", [("admonished", 4, "人")]),
        ("批评教育11人次。", [("criticised_or_reminded", 11, "人次")]),
        ("提醒谈话11人。", [("criticised_or_reminded", 11, "人")]),
        ("移送问题线索2件。", [("referred", 2, "件")]),
        ("追缴资金46.3万元。", [("money_recovered", 46.3, "万元")]),
        ("清退违规款项12.5万元。", [("money_recovered", 12.5, "万元")]),
        ("召开专题会议9次。", [("meetings_held", 9, "次")]),
        ("先后6次召开党委会议。", [("meetings_held", 6, "次")]),
        ("召开学习会4次、调度会7次。", [("meetings_held", 4, "次"), ("meetings_held", 7, "次")]),
        ("下发督办单8份。", [("reminders_issued", 8, "份")]),
        ("发出提示函15份。", [("reminders_issued", 15, "份")]),
    ],
)
def test_a_total_has_a_name_a_value_and_its_printed_unit(
    width: Callable[[str], str], text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(width(text)) == totals


def test_a_printed_zero_counts() -> None:
    assert ("issues_in_progress", 0, "个") in _totals("反馈的31个问题已整改到位31个,正在整改0个。")


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "召开专题会议九次。",
        "走访农户120户。",
        "补植苗木265棵。",
        "完好率98%。",
        "按每亩300元补助。",
        "先后7次调度。",
        "",
    ],
)
def test_chinese_numerals_and_figures_about_something_else_are_no_totals(
    width: Callable[[str], str], text: str
) -> None:
    assert _totals(width(text)) == []


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("召开会议9次,其中专题会议3次。", [("meetings_held", 9, "次")]),
        ("制定整改措施96条,其中长期措施30条。", [("measures_planned", 96, "条")]),
        ("批评教育11人,其中诫勉4人。", [("criticised_or_reminded", 11, "人")]),
    ],
)
def test_subsets_do_not_count(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


@in_both_widths
@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("共反馈问题31个(党的建设方面12个、镇村财务方面19个)。", [("issues_found", 31, "个")]),
        ("处理12人次(党纪处分3人、诫勉9人)。", []),
        ("召开会议9次(学习会4次、调度会5次)。", [("meetings_held", 9, "次")]),
    ],
)
def test_of_a_sum_with_its_breakdown_in_brackets_only_the_sum_counts(
    width: Callable[[str], str], text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(width(text)) == totals


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("制定整改措施42项,已完成38项。", [("measures_planned", 42, "项"), ("measures_completed", 38, "项")]),
        ("制定整改措施42项,已完成38个。", [("measures_planned", 42, "项")]),
        ("应追缴资金3万元。", []),
        ("未追缴资金3万元。", []),
        ("上轮巡察给予党纪处分3人。", []),
        ("计划清退资金3万元。", []),
    ],
)
def test_what_is_due_planned_or_of_another_time_is_no_result(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


def test_figures_inside_an_issue_are_not_about_the_whole() -> None:
    text = "召开专题会议9次。问题一:召开专题会议3次。召开推进会2次。"
    inside = Place(text.index("问题一"), text.index("召开推进会"))
    assert _totals(text, [inside]) == [("meetings_held", 9, "次"), ("meetings_held", 2, "次")]


def test_figures_behind_the_signature_are_not_the_notices() -> None:
    text = "召开专题会议9次。|召开专题会议3次。"
    assert _totals(text, end=text.index("|")) == [("meetings_held", 9, "次")]


def test_totals_stand_in_the_leadership_part_and_in_the_head_of_the_rectification_part() -> None:
    text = notice(
        "制定整改措施96条,已完成90条。",
        "1.关于“库房物资失管”问题的整改",
        "(1)召开专题会议3次。",
    ).replace("镇党委认领了任务。", "镇党委召开专题会议9次。")
    found = [(total.name, total.value) for total in extract(text).totals]
    assert found == [("meetings_held", 9), ("measures_planned", 96), ("measures_completed", 90)]


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            "巡察反馈4个方面11大项问题36子项问题,细化为92项任务、210条措施。",
            [
                ("issue_groups_found", 4, "个"),
                ("issue_groups_found", 11, "大项"),
                ("issues_found", 36, "子项"),
                ("measures_planned", 92, "项"),
                ("measures_planned", 210, "条"),
            ],
        ),
        (
            "反馈问题分为6大类18小类45条具体表现。",
            [("issue_groups_found", 6, "大类"), ("issue_groups_found", 18, "小类"), ("issues_found", 45, "条")],
        ),
        (
            "共梳理形成5个方面、12个大项、48个子项问题。",
            [("issue_groups_found", 5, "个"), ("issue_groups_found", 12, "个"), ("issues_found", 48, "个")],
        ),
        (
            "整改台账92项整改任务,已完成88项,长期整改任务4项。",
            [("measures_planned", 92, "项"), ("measures_completed", 88, "项")],
        ),
    ],
)
def test_counts_in_several_levels_are_totals_each(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    "text",
    [
        "督察反馈的31项整改任务,已完成整改27项,正在推进4项。",
        "整改方案共明确整改任务31项,截至6月底,已完成27项,达到序时进度4项。",
    ],
)
def test_a_task_is_a_finding_where_findings_are_handed_out_as_tasks(text: str) -> None:
    told = [("issues_found", 31, "项"), ("issues_resolved", 27, "项"), ("issues_in_progress", 4, "项")]
    assert _totals(text, genre="environmental") == told


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            "反馈的18个问题都制定了整改措施,已完成17个。",
            [("issues_found", 18, "个"), ("issues_resolved", 17, "个")],
        ),
        (
            "反馈的18个问题,已完成整改15个、基本完成3个。",
            [("issues_found", 18, "个"), ("issues_resolved", 15, "个"), ("issues_in_progress", 3, "个")],
        ),
        (
            "对照18个问题,整改到位15个,取得阶段性成效3个。",
            [("issues_found", 18, "个"), ("issues_resolved", 15, "个"), ("issues_in_progress", 3, "个")],
        ),
        (
            "制定整改措施74条。截至2024年6月底,已完成71条。",
            [("measures_planned", 74, "条"), ("measures_completed", 71, "条")],
        ),
        (
            "反馈问题18个,制定整改措施74条。目前,已完成15个。",
            [("issues_found", 18, "个"), ("measures_planned", 74, "条"), ("issues_resolved", 15, "个")],
        ),
        ("18个问题中15个已完成。", [("issues_found", 18, "个"), ("issues_resolved", 15, "个")]),
        ("18个问题已整改15个。", [("issues_found", 18, "个"), ("issues_resolved", 15, "个")]),
        ("74条措施中71条已完成。", [("measures_planned", 74, "条"), ("measures_completed", 71, "条")]),
    ],
)
def test_what_is_finished_is_what_the_sentence_or_the_one_before_counts(
    text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(text) == totals


def test_nothing_is_carried_from_a_sentence_that_counts_two_things_in_one_unit() -> None:
    told = _totals("制定整改措施74项,新修订制度12项。目前,已完成9项。")
    assert told == [("measures_planned", 74, "项"), ("rules_revised", 12, "项")]
