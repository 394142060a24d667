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


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("制定整改措施32条,已完成29条,未完成3条。", [("measures_planned", 32, "条"), ("measures_completed", 29, "条")]),
        ("措施32条,完成29条,没有完成的3条。", [("measures_planned", 32, "条"), ("measures_completed", 29, "条")]),
        ("制定措施14条,已落实11条,部分落实2条。", [("measures_planned", 14, "条"), ("measures_completed", 11, "条")]),
        ("持续抓好未完成的3条整改措施,确保年底前全部完成。", []),
        ("还有3条措施未完成。", []),
        ("对于需要长期坚持的4项整改措施,明确责任部门。", []),
        ("对4项需要长期坚持的整改措施,持续用力。", []),
        ("剩余4项措施,将持续推进。", []),
        ("46条整改措施,44条已完成,2条正在推进。", [("measures_planned", 46, "条"), ("measures_completed", 44, "条")]),
    ],
)
def test_measures_that_are_not_done_are_neither_completed_nor_all_that_are_planned(
    text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    "text",
    [
        "对照反馈的19条问题,制定了54条整改措施,已完成50条,正在推进4条。",
        "针对反馈的19条问题,制定整改措施54条,完成50条,4条尚未完成。",
    ],
)
def test_measures_that_go_on_are_no_findings_in_progress(text: str) -> None:
    told = [("issues_found", 19, "条"), ("measures_planned", 54, "条"), ("measures_completed", 50, "条")]
    assert _totals(text) == told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("尚有27个问题未完成整改。", 27),
        ("其余27个问题未销号。", 27),
        ("仍有2个问题没有整改到位,原因是资金不足。", 2),
        ("巡察组反馈的2个问题需长期坚持。", 2),
        ("反馈的2个具体问题正在整改。", 2),
        ("其余2个问题取得阶段性成效。", 2),
    ],
)
def test_findings_that_are_said_to_be_unfinished_are_in_progress(text: str, value: int) -> None:
    assert _totals(text) == [("issues_in_progress", value, "个")]


@pytest.mark.parametrize("words", ["党纪政务处分", "党纪、政务处分", "党纪政纪处分"])
def test_persons_punished_by_party_or_office_are_counted_under_neither(words: str) -> None:
    assert _totals(f"给予{words}23人,组织处理18人。") == [("organisational_handling", 18, "人")]


def test_what_is_done_stands_before_its_word_too() -> None:
    told = [("issues_found", 16, "个"), ("issues_resolved", 14, "个"), ("issues_in_progress", 2, "个")]
    assert _totals("反馈的16个问题,14个完成整改,2个持续推进。") == told


def test_a_task_that_goes_on_is_no_finding_where_tasks_are_measures() -> None:
    assert _totals("92项整改任务中,已完成88项,4项正按时序推进。") == [
        ("measures_planned", 92, "项"),
        ("measures_completed", 88, "项"),
    ]


def test_counts_of_findings_and_of_measures_joined_by_a_comma_keep_apart() -> None:
    assert _totals("反馈问题16个、措施46条,已完成整改16个。") == [
        ("issues_found", 16, "个"),
        ("measures_planned", 46, "条"),
        ("issues_resolved", 16, "个"),
    ]


def test_of_findings_with_a_part_unfinished_the_first_figure_is_all() -> None:
    told = [("issues_found", 12, "个"), ("issues_in_progress", 2, "个")]
    assert _totals("反馈的12个问题未完成整改2个。") == told


@pytest.mark.parametrize("part", ["阶段性完成2个", "部分完成2个", "初步完成2个"])
def test_findings_that_are_done_in_part_are_in_progress(part: str) -> None:
    told = [("issues_found", 14, "个"), ("issues_resolved", 11, "个"), ("issues_in_progress", 2, "个")]
    assert _totals(f"反馈的14个问题,已完成整改11个,{part}。") == told


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            "37个具体表现已完成整改33个,158条措施已完成147条。",
            [
                ("issues_found", 37, "个"),
                ("issues_resolved", 33, "个"),
                ("measures_planned", 158, "条"),
                ("measures_completed", 147, "条"),
            ],
        ),
        ("反馈的37个具体表现全部整改到位。", [("issues_found", 37, "个")]),
        ("37项具体事项已整改33项。", [("issues_found", 37, "项"), ("issues_resolved", 33, "项")]),
    ],
)
def test_what_findings_come_to_in_detail_is_counted_as_findings(
    text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("移交问题线索6件,已办结4件。", [("referred", 6, "件")]),
        ("移交问题线索6件,正在核查2件。", [("referred", 6, "件")]),
        (
            "移交问题线索6件,反馈的16个问题已整改14个。",
            [("referred", 6, "件"), ("issues_found", 16, "个"), ("issues_resolved", 14, "个")],
        ),
    ],
)
def test_what_became_of_leads_tells_nothing_of_the_findings(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            "8个问题全部整改完毕,24条措施全部完成,新建制度6项、修订2项。",
            [
                ("issues_resolved", 8, "个"),
                ("measures_completed", 24, "条"),
                ("rules_established", 6, "项"),
                ("rules_revised", 2, "项"),
            ],
        ),
        ("24项整改措施均已落实到位。", [("measures_completed", 24, "项")]),
        ("推动24条措施全部完成。", [("measures_planned", 24, "条")]),
    ],
)
def test_what_is_all_done_is_done(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        (
            "指出问题16个,其中新发现问题7个、整改不到位问题9个。截至7月底,已完成14个。",
            [("issues_found", 16, "个"), ("issues_resolved", 14, "个")],
        ),
        ("反馈问题16个,其中新发现问题7个。目前,已完成6个。", [("issues_found", 16, "个")]),
        (
            "制定措施46条,其中长期措施7条。目前,已完成40条。",
            [("measures_planned", 46, "条"), ("measures_completed", 40, "条")],
        ),
    ],
)
def test_more_than_each_part_told_before_is_of_the_whole(text: str, totals: list[tuple[str, float, str]]) -> None:
    assert _totals(text) == totals


@pytest.mark.parametrize(
    ("text", "totals"),
    [
        ("共梳理问题22个,制定措施61条。", [("issues_found", 22, "个"), ("measures_planned", 61, "条")]),
        ("归纳梳理出问题22个。", [("issues_found", 22, "个")]),
        ("自查梳理问题22个。", []),
        ("认领问题4类10项,现已全部完成整改。", [("issue_groups_found", 4, "类"), ("issues_found", 10, "项")]),
        (
            "反馈意见3个方面10条,制定措施20条。",
            [("issue_groups_found", 3, "个"), ("issues_found", 10, "条"), ("measures_planned", 20, "条")],
        ),
        ("反馈问题3个方面10项,共25个问题。", [("issue_groups_found", 3, "个"), ("issues_found", 25, "个")]),
        ("反馈问题4类10项制度。", [("issue_groups_found", 4, "类")]),
    ],
)
def test_findings_are_counted_where_a_body_sorts_them_out_or_counts_them_in_classes(
    text: str, totals: list[tuple[str, float, str]]
) -> None:
    assert _totals(text) == totals
