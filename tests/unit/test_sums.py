"""Sums: what adds up, and what is left out and why, by the words of a measure."""

from __future__ import annotations

from decimal import Decimal

import pytest
from counting import counted_steps

from extractor import extract
from extractor.collection.parted_figures import SummedFigure
from extractor.collection.rule_titles import is_rule
from extractor.collection.sums import summed_figures, sums

_NOTICE = """某县松林镇党委关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对松林镇党委开展了巡察,6月5日反馈了意见。
一、整改进展情况
{}
中共某县松林镇委员会
2024年12月1日
"""


def figures(*measures: str, copy: bool = False) -> list[SummedFigure]:
    issues = "\n".join(f"{n}.关于“第{n}项制度不严”问题的整改。\n{words}" for n, words in enumerate(measures, start=1))
    text = _NOTICE.format(issues)
    notice = extract(text)
    return summed_figures(notice.model_copy(update={"duplicate_of": "other"}) if copy else notice, text)


def told(*measures: str) -> list[tuple[str, int, str]]:
    """The sums, how much each figure adds to them, and why not."""
    return [(each.sum, int(each.value), each.reason) for each in figures(*measures)]


def added(*measures: str) -> dict[tuple[str, str], int]:
    return {key: int(found.value) for key, found in sums(figures(*measures)).items() if found.counted}


class TestPersons:
    def test_each_kind_of_handling_and_each_unit_adds_up_by_itself(self) -> None:
        words = "立案5件5人,党纪政务处分5人,留置1人,约谈12人次,提醒谈话3人。"
        assert added(words, "给予党纪政务处分2人。") == {
            ("case_filed", "件"): 5,
            ("case_filed", "人"): 5,
            ("party_and_administrative_discipline", "人"): 7,
            ("detention", "人"): 1,
            ("summoned_talk", "人次"): 12,
            ("reminder_talk", "人"): 3,
        }

    def test_what_is_no_one_thing_is_never_added(self) -> None:
        words = "抓获走私人员200人,查处案件30起,党纪政务处分7人。"
        assert added(words) == {("party_and_administrative_discipline", "人"): 7}
        assert [reason for _, _, reason in told(words)] == ["no_one_thing", "no_one_thing", "counted"]

    @pytest.mark.parametrize(
        "words",
        [
            "给予党纪处分12人,其中科级干部3人、股级干部9人。",
            "给予党纪处分12人(科级3人,股级9人)。",
            "给予党纪处分科级干部3人、股级干部9人,共给予党纪处分12人。",
            "给予党纪处分12人:甲村党员3人、乙村党员9人。",
        ],
    )
    def test_parts_of_a_stated_whole_are_not_added_to_it(self, words: str) -> None:
        assert added(words) == {("party_discipline", "人"): 12}

    def test_what_comes_besides_a_whole_is(self) -> None:
        assert added("给予党纪处分12人,其中科级干部3人,另给予党纪处分5人。") == {("party_discipline", "人"): 17}

    def test_parts_that_are_more_than_their_whole_are_none(self) -> None:
        assert added("给予党纪处分2人,其中党员干部9人受到党纪处分。")[("party_discipline", "人")] == 11

    def test_a_sentence_printed_twice_counts_once(self) -> None:
        words = "对违规发放津补贴的张某等给予党纪处分3人。"
        assert added(words, words) == {("party_discipline", "人"): 3}
        assert [reason for _, _, reason in told(words, words)] == ["counted", "repeated"]

    def test_what_is_planned_does_not_count(self) -> None:
        assert added("下一步计划约谈5人。") == {}


class TestMoney:
    @pytest.mark.parametrize(
        ("words", "sum_", "reasons"),
        [
            ("追缴违规发放津补贴1.5万元,清退补贴3000元。", 18_000, ["counted", "counted"]),
            ("违规发放补贴35.6万元,已全部清退到位。", 356_000, ["counted"]),
            ("违规资金已追缴到位,共计35万元。", 350_000, ["counted"]),
            ("对违规领取的补贴2万元予以追缴。", 20_000, ["counted"]),
            ("追缴违规支付的招待费5万元。", 50_000, ["counted"]),
            ("涉及违规资金100万元,已追缴60万元,剩余40万元正在追缴。", 600_000, ["in_question", "counted", "planned"]),
            ("应追缴20万元,实际追缴20万元。", 200_000, ["planned", "counted"]),
            ("对单笔3万元以上的支出开展排查,追缴资金8万元。", 80_000, ["threshold", "counted"]),
            ("追缴资金30万元,其中追缴甲村10万元、乙村20万元。", 300_000, ["counted", "part", "part"]),
            ("追缴甲村10万元、乙村20万元,共计30万元。", 300_000, ["part", "part", "counted"]),
            ("投资2亿元建设管网,追回欠款1200余万元。", 12_000_000, ["other_money", "counted"]),
            ("追缴资金后投入100万元用于道路建设。", 0, ["other_money"]),
            ("追缴资金5万元并罚款3万元。", 50_000, ["counted", "other_money"]),
            ("涉及违规资金100万元、追缴60万元。", 600_000, ["in_question", "counted"]),
        ],
    )
    def test_counts_what_was_got_back(self, words: str, sum_: int, reasons: list[str]) -> None:
        found = figures(words)
        assert [each.reason for each in found if each.unit == "元"] == reasons
        assert sums(found)["money_recovered", "元"].value == sum_

    def test_what_went_to_others_is_a_sum_of_its_own(self) -> None:
        found = added("退还保证金80万元,向群众返还多收费用2.3万元,清退违规津贴1万元。")
        assert found == {("money_returned", "元"): 823_000, ("money_recovered", "元"): 10_000}

    def test_an_odd_cent_is_kept(self) -> None:
        found = sums(figures("追缴资金0.1元。", "追缴违规资金0.2元。"))
        assert found["money_recovered", "元"].value == Decimal("0.3")


class TestRules:
    def test_are_told_from_books_films_and_names(self) -> None:
        titles = ("财务管理办法（试行）", "“三重一大”事项清单(2024年版)", "关于加强作风建设的通知", "印章使用规定")
        assert all(map(is_rule, titles))
        assert not any(map(is_rule, ("警钟", "家风故事汇编", "廉洁读本", "党的二十大报告辅导百问", "松林一家亲")))

    def test_a_title_counts_once_a_notice(self) -> None:
        found = told("印发《财务管理办法(试行)》,编写《廉洁读本》。", "制定《财务管理办法》,修订《印章规定》。")
        assert found == [
            ("rules_issued", 1, "counted"),
            ("rules_issued", 1, "no_rule"),
            ("rules_issued", 1, "repeated"),
            ("rules_revised", 1, "counted"),
        ]


def test_of_a_copy_nothing_counts() -> None:
    assert {each.reason for each in figures("给予党纪处分3人,追缴资金2万元。", copy=True)} == {"duplicate"}


def test_a_number_too_large_to_be_true_is_left_out() -> None:
    assert told("追缴资金99999999999亿元。") == [("money_recovered", 0, "too_large")]


@pytest.mark.parametrize("words", ["给予党纪处分90人:其中党纪处分1人、", "给予党纪处分1人,"])
def test_ten_times_as_many_figures_in_a_measure_take_some_ten_times_as_long(words: str) -> None:
    texts = [_NOTICE.format(f"1.关于“制度不严”问题的整改。\n一是{words * many}。\n") for many in (30, 300)]
    steps = []
    for text in texts:
        notice = extract(text)
        with counted_steps() as took:
            summed_figures(notice, text)
        steps.append(took.number)
    assert steps[1] < 15 * steps[0]
