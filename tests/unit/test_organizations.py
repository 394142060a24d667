"""Bodies printed as the agent of an action in a measure. ``⟦…⟧`` marks them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor.notice.facts.organizations import NameEnds, find_organizations
from extractor.text.folding import half_width
from extractor.text.places import Clauses, Place


def _found(text: str) -> list[Place]:
    reading = half_width(text)
    return find_organizations(reading, Clauses(reading), NameEnds(reading), Place(0, len(text)), [])


def _expect(marked: str) -> None:
    text, places, _ = planted(marked)
    words = [text[place.start : place.end] for place in _found(text)]
    assert words == [text[place.start : place.end] for place in places]
    assert _found(text) == places


@in_both_widths
@pytest.mark.parametrize(
    "marked",
    [
        "⟦青禾镇纪委⟧对12个村开展督查。",
        "⟦资产与后勤管理处⟧清查设备12台。",
        "⟦风险与合规管理部⟧复核合同30份。",
        "⟦县宣传教育中心⟧对内部刊物开展清查。",
        "⟦临江大学科技园⟧引进企业12家。",
        "⟦县公安局交通警察大队⟧沿国道布设测速点9处。",
        "由⟦县委政法委⟧统筹公安、民政等力量集中攻坚。",
        "⟦县财政局⟧抽查2021年至2023年政府投资项目12个。",
        "县城东门托育中心已开班运营。",
        "青禾水厂扩建工程已完成七成。",
        "青禾置业公司等3家企业的清算尚未终结。",
        "畅通校医院与专科医院的转诊通道。",
        "⟦县住建局⟧牵头制定管库办法。",
        "⟦镇党委⟧召开会议3次,⟦镇财政所⟧核查库房。",
        "⟦县财政局⟧、⟦县审计局⟧联合开展核查。",
        "⟦各街道⟧开展自查。",
        "⟦综合执法大队⟧巡查30次。",
        "⟦县财政局⟧组织核查。",
        "⟦全县各纪检监察组织⟧开展监督。",
        "⟦民政部门⟧核查低保对象45户。",
        "目前,⟦县水务局⟧已完成验收。",
        "清点库房,⟦白石村党支部⟧组织党员义务搬运。",
        "设备(⟦青禾镇卫生院⟧申报)已到位。",
        "⟦青禾街道⟧、⟦白石街道⟧和⟦柳溪镇⟧正在开展清场。",
        "⟦白石村党支部⟧领办合作社。",
        "完善台账,⟦立案庭⟧与⟦执行局⟧建立衔接机制。",
        "⟦县审计局⟧驻镇开展审计。",
        "⟦县水务局⟧、⟦县住建局⟧逐项清理合同。",
        "清点库房,⟦县财政局⟧据此开展核查。",
        "⟦县委巡察机构⟧将台账归类。",
        "⟦县委常委会⟧两次听取汇报。",
    ],
)
def test_who_acts_counts(width: Callable[[str], str], marked: str) -> None:
    _expect(width(marked))


@pytest.mark.parametrize(
    "marked",
    [
        "联合⟦县公安局⟧开展检查。",
        "会同⟦县公安局⟧、⟦县应急局⟧开展检查。",
        "配合⟦县审计局⟧开展核查。",
        "与⟦青禾职业学院⟧签订协议。",
        "与⟦青禾大学⟧合作办学。",
        "配合⟦县住建局⟧,核对清单。",
        "委托⟦青禾大学⟧开展评估。",
        "已与⟦县公路中心⟧对接,完成设计。",
        "联合爱心企业、⟦县慈善总会⟧开展帮扶。",
        "与⟦青禾财经大学⟧合作办学。",
    ],
)
def test_partners_count(marked: str) -> None:
    _expect(marked)


@pytest.mark.parametrize("marked", ["由⟦县水务局⟧负责养护。", "获⟦省水利厅⟧批复。", "已被⟦县监委⟧采取留置措施。"])
def test_an_agent_may_stand_behind_by_or_from(marked: str) -> None:
    _expect(marked)


def test_fields_before_a_word_for_many_bodies_count_one_by_one() -> None:
    _expect("⟦市场监管⟧、⟦住建⟧、⟦消防⟧等部门联合执法。")


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "相关单位开展自查。",
        "各有关部门认真核查。",
        "各部门认真核查。",
        "各责任单位认真核查。",
        "督促县城管局更换柜锁。",
        "责令县城投公司退还资金。",
        "成立工作专班。",
        "召开镇党委会议。",
        "向县委汇报进度。",
        "提交县政府批准。",
        "与县财政局沟通。",
        "王某某同志带队核查。",
        "县委办公室、县政府办公室主任列席会议。",
        "召开住建、财政等8个部门联席会议。",
        "细化中心组学习安排。",
        "邻里中心投入使用。",
        "县应急指挥中心升级改造完成。",
        "清点库房,补录台账。",
        "成果被县教育局网站转载。",
        "从县住建局、县水务局等部门抽调人员。",
        "清点库房,补齐台账。",
        "对5名管理人员分别给予撤职、降级、记过处分。",
        "记大过处分1人。",
        "",
    ],
)
def test_generic_ones_those_urged_bodies_set_up_persons_meetings_and_addressees_do_not(
    width: Callable[[str], str], text: str
) -> None:
    _expect(width(text))


def test_a_body_stands_once_by_its_first_place() -> None:
    _expect("⟦镇纪委⟧开展督查。镇纪委约谈5人。")


def test_a_body_behind_a_date_counts() -> None:
    text, [place], _ = planted("2022年8月⟦县水务局⟧开展验收。")
    date = Place(0, len("2022年8月"))
    assert find_organizations(text, Clauses(text), NameEnds(text), Place(0, len(text)), [date]) == [place]


def test_only_bodies_inside_the_measure_are_its_own() -> None:
    text = "县水务局开展验收。县财政局开展核查。"
    second = Place(text.index("县财政局"), len(text))
    [place] = find_organizations(text, Clauses(text), NameEnds(text), second, [])
    assert text[place.start : place.end] == "县财政局"
