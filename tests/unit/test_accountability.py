"""Persons and cases held to account, with their printed figures. ``⟦…⟧`` marks a figure with its unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor import extract
from extractor.notice.facts.accountability import AccountabilityFound, find_accountability
from extractor.notice.facts.quantities import find_figures
from extractor.text.folding import half_width
from extractor.text.places import Clauses


def _found(text: str) -> list[AccountabilityFound]:
    reading = half_width(text)
    return find_accountability(reading, Clauses(reading), find_figures(reading, [], []).quantities)


def _entries(text: str) -> list[tuple[str, float, str]]:
    return [(found.action, found.figure, found.unit) for found in _found(text)]


@in_both_widths
@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("给予党纪处分3人。", ("党纪处分", 3, "人")),
        ("对超标排放的9家企业立案处罚。", ("行政处罚", 9, "家")),
        ("运用第一种形态批评教育14人次。", ("批评教育", 14, "人次")),
        ("通报曝光质量问题突出的施工单位2家。", ("通报曝光", 2, "家")),
        ("对违规发放补贴的5名责任人分别给予党纪处分。", ("党纪处分", 5, "名")),
        ("给予政务处分2人。", ("政务处分", 2, "人")),
        ("给予党纪政务处分8人。", ("党纪政务处分", 8, "人")),
        ("给予组织处理5人。", ("组织处理", 5, "人")),
        ("调整职务2人。", ("组织处理", 2, "人")),
        ("免职2名。", ("组织处理", 2, "名")),
        ("责令辞职1人。", ("组织处理", 1, "人")),
        ("诫勉4人。", ("诫勉", 4, "人")),
        ("批评教育11人次。", ("批评教育", 11, "人次")),
        ("提醒谈话6人。", ("提醒谈话", 6, "人")),
        ("谈话提醒6人次。", ("提醒谈话", 6, "人次")),
        ("约谈9人。", ("约谈", 9, "人")),
        ("约谈提醒9人。", ("约谈", 9, "人")),
        ("立案6件。", ("立案", 6, "件")),
        ("留置1人。", ("留置", 1, "人")),
        ("问责13人。", ("问责", 13, "人")),
        ("通报曝光典型案例5起。", ("通报曝光", 5, "起")),
        ("行政处罚21家。", ("行政处罚", 21, "家")),
        ("立案处罚7起。", ("行政处罚", 7, "起")),
        ("移送问题线索4件。", ("移送", 4, "件")),
        ("查处违规案件9起。", ("其他", 9, "起")),
        ("抓获犯罪嫌疑人11名。", ("其他", 11, "名")),
        ("侦办案件3起。", ("其他", 3, "起")),
        ("运用“四种形态”处理15人。", ("其他", 15, "人")),
        ("运用监督执纪“四种形态”15人次。", ("其他", 15, "人次")),
        ("运用监督执纪第一种形态帮助和处理15人次。", ("其他", 15, "人次")),
        ("给予党纪轻处分1人。", ("党纪处分", 1, "人")),
        ("给予政务重处分2人。", ("政务处分", 2, "人")),
        ("严重警告2人。", ("党纪处分", 2, "人")),
        ("记大过1人。", ("政务处分", 1, "人")),
        ("撤职1人。", ("政务处分", 1, "人")),
        ("降级1人。", ("政务处分", 1, "人")),
        ("责令检查3人。", ("批评教育", 3, "人")),
        ("责令作出检查2人。", ("批评教育", 2, "人")),
        ("罚款17起8.5万元。", ("行政处罚", 17, "起")),
        ("罚款12家。", ("行政处罚", 12, "家")),
        ("向公安机关移送行政拘留案件2起。", ("移送", 2, "起")),
        ("查处法官2人。", ("其他", 2, "人")),
        ("公安机关立案侦查5起。", ("立案", 5, "起")),
    ],
)
def test_an_entry_has_an_action_and_the_printed_count_and_unit(
    width: Callable[[str], str], text: str, entry: tuple[str, float, str]
) -> None:
    assert _entries(width(text)) == [entry]


@in_both_widths
@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("立案6件,给予党纪处分3人、政务处分2人。", [("立案", 6, "件"), ("党纪处分", 3, "人"), ("政务处分", 2, "人")]),
        ("诫勉4人,批评教育11人。", [("诫勉", 4, "人"), ("批评教育", 11, "人")]),
        ("查处违规问题9起12人。", [("其他", 9, "起"), ("其他", 12, "人")]),
        ("对整改不力的2名村干部进行约谈。", [("约谈", 2, "名")]),
        ("对失职的3名管库员给予诫勉。", [("诫勉", 3, "名")]),
        ("5人受到党纪处分。", [("党纪处分", 5, "人")]),
        ("给予2人党内警告处分。", [("党纪处分", 2, "人")]),
        ("对3家企业立案处罚。", [("行政处罚", 3, "家")]),
        ("问责党组织1个、党员干部5人。", [("问责", 1, "个"), ("问责", 5, "人")]),
        ("对2个敷衍整改的村通报批评。", [("通报曝光", 2, "个")]),
        ("对2名单位负责人进行约谈并核减经费63万元。", [("约谈", 2, "名")]),
        ("对失职的2名管库员予以辞退。", [("其他", 2, "名")]),
        ("选取4起典型在全县大会点名通报。", [("通报曝光", 4, "起")]),
        ("移送监察机关3人。", [("移送", 3, "人")]),
        ("移送公安机关适用行政拘留案件4起5人。", [("移送", 4, "起"), ("移送", 5, "人")]),
        ("行政处罚违法单位26家、收缴罚款913万元。", [("行政处罚", 26, "家")]),
        ("给予党内警告处分3人,对农技站站长2人诫勉谈话。", [("党纪处分", 3, "人"), ("诫勉", 2, "人")]),
        ("给予党纪处分3人、2人诫勉。", [("党纪处分", 3, "人"), ("诫勉", 2, "人")]),
        ("对2个党支部、5名党员通报批评。", [("通报曝光", 2, "个"), ("批评教育", 5, "名")]),
        ("通报批评2个单位、7名干部。", [("通报曝光", 2, "个"), ("批评教育", 7, "名")]),
        ("约谈2家企业、走访5名负责人。", [("约谈", 2, "家")]),
        ("内部追责2人,其中记过1人、警告1人。", [("其他", 2, "人"), ("政务处分", 1, "人"), ("政务处分", 1, "人")]),
        ("免职2人、降级1人、开除3人。", [("组织处理", 2, "人"), ("政务处分", 1, "人"), ("政务处分", 3, "人")]),
        ("严重警告1人、警告2人。", [("党纪处分", 1, "人"), ("党纪处分", 2, "人")]),
        ("给予党内警告1人、记过1人、警告1人。", [("党纪处分", 1, "人"), ("政务处分", 1, "人")]),
        ("对1家监理单位行政处罚8万元。", [("行政处罚", 1, "家")]),
        ("对2家代理机构给予警告并处罚款3万元。", [("行政处罚", 2, "家")]),
        ("对5家门店处以罚款共计4万元。", [("行政处罚", 5, "家")]),
        ("对5名管理人员分别给予撤职、降级、记过处分。", [("政务处分", 5, "名")]),
        ("对2名责任人分别给予警告、记过处分。", [("政务处分", 2, "名")]),
        ("对3名村干部给予党内警告、党内严重警告、撤销党内职务处分。", [("党纪处分", 3, "名")]),
        ("发现违规代理2人3件,移送司法行政机关处理。", [("移送", 2, "人"), ("移送", 3, "件")]),
        ("追究32名干部责任。", [("其他", 32, "名")]),
        ("立案17件、撤案29件。", [("立案", 17, "件")]),
        ("查处违规案件9起、化解案件3起。", [("其他", 9, "起")]),
    ],
)
def test_each_figure_has_the_action_that_goes_with_it(
    width: Callable[[str], str], text: str, entries: list[tuple[str, float, str]]
) -> None:
    assert _entries(width(text)) == entries


@pytest.mark.parametrize("text", ["给予党内警告并诫勉2人。", "对2名管库员给予党内警告处分并诫勉。"])
def test_two_actions_on_the_same_persons_make_two_entries(text: str) -> None:
    assert {(action, count) for action, count, _ in _entries(text)} == {("党纪处分", 2), ("诫勉", 2)}


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "给予党纪处分。",
        "对失职人员严肃问责。",
        "约谈16次。",
        "不予处罚3件。",
        "从轻处罚3件。",
        "通报曝光典型案例4批次。",
        "处置问题线索52件。",
        "处理热线工单88件。",
        "移交疑难纠纷9件。",
        "补植苗木265棵。",
        "培训党员320人。",
        "设立跨域立案窗口13个。",
        "办理立案登记52件。",
        "诉前调解立案19件。",
        "网上立案320件。",
        "执行案件立案45件。",
        "受理立案申请12件。",
        "监督公安机关立案3件。",
        "立案监督12件。",
        "监督撤案29件。",
        "查处情况反馈举报人12人。",
        "查实漏保对象15人、错保对象3人。",
        "责令企业检查库房12家。",
        "信用降级5人。",
        "开除学籍1人。",
        "减免罚款12家。",
        "纠正违规罚款6起。",
        "对2名保洁员罚款200元。",
        "对6个项目部罚款24万元。",
        "按合同对3家施工单位罚款12万元。",
        "对16家企业退还行政处罚款3万元。",
        "对2名干部分别给予党内警告、政务记过处分。",
        "发现违规问题36件,移送相关部门整改。",
        "发现违法线索5件,部分移送公安机关。",
        "警告3人。",
        "",
    ],
)
def test_no_figure_leniency_batches_and_other_business_make_no_entry(width: Callable[[str], str], text: str) -> None:
    assert _entries(width(text)) == []


def test_a_figure_in_the_next_sentence_has_no_action() -> None:
    assert _entries("给予党纪处分3人。培训党员320人。") == [("党纪处分", 3, "人")]


@in_both_widths
def test_the_place_is_that_of_the_figure(width: Callable[[str], str]) -> None:
    text, places, _ = planted(width("立案⟦6件⟧,给予党纪处分⟦3人⟧。"))
    assert [found.text for found in _found(text)] == places


def test_the_same_figure_also_stands_under_quantities() -> None:
    [measure] = extract("1.关于“失管”问题的整改。镇纪委给予党纪处分3人。").issues[0].measures
    assert [entry.text for entry in measure.accountability] == [quantity.text for quantity in measure.quantities]
    assert [(entry.action, entry.count, entry.unit) for entry in measure.accountability] == [("党纪处分", 3, "人")]
