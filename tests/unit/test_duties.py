"""What properties say: who is responsible, split into bodies and offices, and until when."""

from __future__ import annotations

import pytest
from planted import notice

from extractor import extract
from extractor.record.contract import Issue

FINDING = "1.关于“库房物资失管”问题的整改"


def _issue(*lines: str) -> Issue:
    (issue,) = extract(notice(FINDING, *lines, "清点库房。")).issues
    return issue


@pytest.mark.parametrize(
    ("printed", "bodies"),
    [
        ("区委组织部、区人社局", ["区委组织部", "区人社局"]),
        ("区委办;区府办,区财政局", ["区委办", "区府办", "区财政局"]),
        ("区委办 区府办", ["区委办", "区府办"]),
        ("发展和改革局", ["发展和改革局"]),
        ("区发展和改革局和区财政局", ["区发展和改革局", "区财政局"]),
        ("各镇(街道、园区)", ["各镇(街道、园区)"]),
        ("区住建局(区人防办)、区城管局", ["区住建局(区人防办)", "区城管局"]),
        ("区委办(牵头)、区财政局、区人社局(配合)", ["区委办", "区财政局"]),
        ("牵头单位区教育局,配合单位区财政局", ["区教育局"]),
        ("区教育局牵头,区财政局配合", ["区教育局"]),
        ("区教育局等单位按职责分工负责", ["区教育局"]),
        ("1.区教育局;2.区民政局", ["区教育局", "区民政局"]),
        ("区教育局、区教育局", ["区教育局"]),
        ("—", []),
        ("", []),
    ],
)
def test_a_list_is_split_into_its_bodies(printed: str, bodies: list[str]) -> None:
    assert _issue(f"责任单位:{printed}").responsible == bodies


@pytest.mark.parametrize(
    ("printed", "offices"),
    [
        ("区委常委、组织部部长", ["区委常委、组织部部长"]),
        ("区委常委、组织部部长张三;区委副书记、区长", ["区委常委、组织部部长张三", "区委副书记、区长"]),
        ("区委书记、区长", ["区委书记", "区长"]),
        ("党组书记、副局长", ["党组书记", "副局长"]),
        ("党委委员、综合办", ["党委委员", "综合办"]),
        ("张三(党组书记、局长),李四(党组成员、副局长)", ["张三(党组书记、局长)", "李四(党组成员、副局长)"]),
        ("区住建局局长 李四 区城管局局长 王五", ["区住建局局长 李四", "区城管局局长 王五"]),
        ("张三 李四", ["张三", "李四"]),
    ],
)
def test_the_offices_of_one_person_stay_together(printed: str, offices: list[str]) -> None:
    assert _issue(f"责任领导:{printed}").responsible == offices


@pytest.mark.parametrize(
    "name",
    [
        *("责任单位", "牵头单位", "责任领导", "责任部门", "整改责任单位", "牵头部门", "责任人", "包保领导", "主责单位"),
        *("牵头(责任)单位", "责任单位及责任人"),
    ],
)
def test_who_is_responsible_has_many_names(name: str) -> None:
    assert _issue(f"{name}:区教育局").responsible == ["区教育局"]


@pytest.mark.parametrize("name", ["配合单位", "督办单位", "验收单位", "协办单位"])
def test_who_assists_or_supervises_is_not_responsible(name: str) -> None:
    issue = _issue(f"{name}:区教育局", "责任单位:区民政局")
    assert issue.responsible == ["区民政局"]
    assert len(issue.measures) == 1


@pytest.mark.parametrize(
    ("printed", "value", "words"),
    [
        ("2024年3月底前", "../2024-03", "2024年3月底前"),
        ("2024年3月31日前完成并长期坚持", "../2024-03-31", "2024年3月31日前"),
        ("2024年第二季度", "2024-04/2024-06", "2024年第二季度"),
        ("2024年1月至3月", "2024-01/2024-03", "2024年1月至3月"),
        ("2024-03-31", "2024-03-31", "2024-03-31"),
        ("2024.03", "2024-03", "2024.03"),
        ("2024.3底前", "../2024-03", "2024.3底前"),
        ("2024.1-2024.3", "2024-01/2024-03", "2024.1-2024.3"),
        ("长期坚持", "长期坚持", "长期坚持"),
        ("立行立改,长期坚持", "立行立改", "立行立改"),
        ("2024年3月底前(已于2024年2月完成)", "../2024-03", "2024年3月底前"),
    ],
)
def test_a_deadline_is_the_one_date_that_is_printed(printed: str, value: str, words: str) -> None:
    text = notice(FINDING, f"整改时限:{printed}", "清点库房。")
    (issue,) = extract(text).issues
    assert issue.deadline is not None
    assert (issue.deadline.value, text[issue.deadline.text.start : issue.deadline.text.end]) == (value, words)


@pytest.mark.parametrize("printed", ["2024年3月底前盘点,2024年5月底前验收", "尽快", "持续推进", "3个月内", "2024.13"])
def test_what_is_not_one_date_is_no_deadline(printed: str) -> None:
    issue = _issue(f"整改时限:{printed}")
    assert issue.deadline is None


def test_figures_and_dates_of_properties_are_no_measures() -> None:
    (issue,) = extract(
        notice(FINDING, "(1)清点库房3次。(责任单位:第2库房;完成时限:2024年3月底前)", "(2)清退12件。")
    ).issues
    assert [(m.responsible, [q.value for q in m.quantities], m.dates) for m in issue.measures] == [
        (["第2库房"], [3], []),
        ([], [12], []),
    ]


def test_a_bracket_behind_the_last_of_several_measures_is_the_issues() -> None:
    (issue,) = extract(notice(f"{FINDING}。", "一是清点库房。二是清退物资。(责任单位:物资科)")).issues
    assert issue.responsible == ["物资科"]
    assert [measure.responsible for measure in issue.measures] == [[], []]


@pytest.mark.parametrize(
    "lines",
    [
        ["责任单位:物资科;整改时限:长期坚持;整改进展:正在推进", "清点库房。"],
        ["责任单位**:物资科", "整改时限**:长期坚持", "清点库房。"],
        ["责任单位:", "物资科", "整改时限:", "长期坚持", "清点库房。"],
        ["责任单位:物资科。整改时限:长期坚持。整改情况:清点库房。"],
        ["清点库房。", "(责任单位:物资科)(整改时限:长期坚持)"],
    ],
)
def test_properties_are_printed_in_many_ways(lines: list[str]) -> None:
    (issue,) = extract(notice(FINDING, *lines)).issues
    assert (issue.responsible, issue.deadline and issue.deadline.value) == (["物资科"], "长期坚持")
    assert [(measure.responsible, measure.deadline) for measure in issue.measures] == [([], None)]


def test_a_measure_does_not_keep_the_comma_before_its_properties() -> None:
    text = notice(FINDING, "(1)清点库房,责任单位:物资科,完成时限:2024年3月。", "(2)清退物资。")
    (issue,) = extract(text).issues
    assert [text[measure.text.start : measure.text.end] for measure in issue.measures] == ["清点库房", "清退物资。"]
    assert issue.measures[0].responsible == ["物资科"]


def test_what_is_responsible_keeps_the_printed_widths() -> None:
    assert _issue("责任单位：物资科（库房）、财务科").responsible == ["物资科（库房）", "财务科"]
