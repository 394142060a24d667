"""Every figure in Arabic digits that counts or measures something: value, unit as printed, qualifier, subject."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor import extract
from extractor.notice.assemble import printed_unit
from extractor.notice.facts.dates import find_dates
from extractor.notice.facts.documents import find_documents
from extractor.notice.facts.quantities import QuantityFound, find_figures
from extractor.notice.facts.subjects import find_subjects
from extractor.text.folding import half_width


def _found(text: str) -> list[QuantityFound]:
    reading = half_width(text)
    titles = [document.title for document in find_documents(reading)]
    return find_figures(
        reading, [date.text for date in find_dates(reading, "2024-03-20", titles).found], titles
    ).quantities


def _figures(text: str) -> list[tuple[float, str]]:
    return [(found.value, printed_unit(text, found)) for found in _found(text)]


@in_both_widths
@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("完成投资3.2亿元。", 3.2, "亿元"),
        ("补植苗木265棵。", 265, "棵"),
        ("整治面积12.6万平方米。", 12.6, "万平方米"),
        ("清退资金78万元。", 78, "万元"),
        ("入户1,234户。", 1234, "户"),
        ("培训320人次。", 320, "人次"),
        ("巡查46家次。", 46, "家次"),
        ("节约1.2万吨标煤。", 1.2, "万吨标煤"),
        ("修路6.5公里。", 6.5, "公里"),
        ("节电1200千瓦时。", 1200, "千瓦时"),
        ("提高2.5个百分点。", 2.5, "个百分点"),
        ("减免工期0.5日。", 0.5, "日"),
        ("历时3个月。", 3, "个月"),
        ("位次提升30名。", 30, "名"),
        ("开展7大行动。", 7, "大"),
        ("联合6部门核查。", 6, "部门"),
        ("欠缴0笔。", 0, "笔"),
        ("配备设备161台(件)。", 161, "台(件)"),
        ("培训320人(次)。", 320, "人(次)"),
    ],
)
def test_a_figure_has_its_printed_number_and_unit(
    width: Callable[[str], str], text: str, value: float, unit: str
) -> None:
    assert _figures(width(text)) == [(value, width(unit))]


@in_both_widths
def test_percent_is_a_unit(width: Callable[[str], str]) -> None:
    assert _figures(width("完好率98.5%。")) == [(98.5, width("%"))]


@in_both_widths
@pytest.mark.parametrize(
    ("text", "value", "unit", "qualifier"),
    [
        ("入户2300余户。", 2300, "户", "over"),
        ("入户2300多户。", 2300, "户", "over"),
        ("入户超2300户。", 2300, "户", "over"),
        ("入户超过2300户。", 2300, "户", "over"),
        ("投资3亿元以上。", 3, "亿元", "over"),
        ("邀请不低于5家。", 5, "家", "over"),
        ("耗时20日以内。", 20, "日", "under"),
        ("投资50万元以下。", 50, "万元", "under"),
        ("占比不足10%。", 10, "%", "under"),
        ("例会不超过3次。", 3, "次", "under"),
        ("例会不超3次。", 3, "次", "under"),
        ("入户约2300户。", 2300, "户", "about"),
        ("入户近2300户。", 2300, "户", "about"),
        ("耗时20日左右。", 20, "日", "about"),
        ("例会至少3次。", 3, "次", None),
        ("近3年欠账。", 3, "年", None),
        ("入户2300户。", 2300, "户", None),
        ("投资3亿元以上的项目。", 3, "亿元", "over"),
    ],
)
def test_words_around_the_figure_go_to_the_qualifier_and_not_into_the_unit(
    width: Callable[[str], str], text: str, value: float, unit: str, qualifier: str | None
) -> None:
    [found] = _found(width(text))
    assert (found.value, printed_unit(text, found), found.qualifier) == (value, unit, qualifier)


def test_more_than_between_magnitude_and_unit_is_left_out_of_the_unit() -> None:
    text = "1.关于“失管”问题的整改。镇财政所清点物资1.5万余件。"
    [quantity] = extract(text).issues[0].measures[0].quantities
    assert (quantity.value, quantity.unit, quantity.qualifier) == (1.5, "万件", "over")


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("查处4批8起9人。", [(4, "批"), (8, "起"), (9, "人")]),
        ("培训4期320人次。", [(4, "期"), (320, "人次")]),
        ("实施14个工程(9个修路工程、5个修渠工程)。", [(14, "个"), (9, "个"), (5, "个")]),
        ("接待5-6万人次。", [(5, "万人次"), (6, "万人次")]),
        ("实施20-30亿项目。", [(20, "亿"), (30, "亿")]),
        ("由54%提高到83%。", [(54, "%"), (83, "%")]),
        ("补植苗木265棵、草籽30公斤。", [(265, "棵"), (30, "公斤")]),
        ("2022年补植苗木265棵。", [(265, "棵")]),
        ("到12345热线处理320件。", [(320, "件")]),
        ("利率低于LPR 72个基点。", [(72, "个基点")]),
        ("利率低于LPR 0.35个百分点。", [(0.35, "个百分点")]),
    ],
)
def test_every_figure_is_a_quantity_of_its_own(text: str, figures: list[tuple[float, str]]) -> None:
    assert _figures(text) == figures


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "于2022年11月8日验收。",
        "截至3月底验收。",
        "位列全县第7位。",
        "排在前20。",
        "排名已达16名。",
        "参加第121届交易会。",
        "参加121届交易会。",
        "(1)补植苗木。",
        "1.补植苗木。",
        "接听12345热线。",
        "热线号码为12345。",
        "实施“3个100%”行动。",
        "推行“2+4+X”工作法。",
        "修复G215路面。",
        "申报9710出口。",
        "迁改110kV线路。",
        "创成5A级景区。",
        "选用90后干部。",
        "违反第18条。",
        "违反第3、4条。",
        "每月15日前公示。",
        "当月18日、19日抽查。",
        "印发《管库10条》。",
        "执行《守库规划(2021-2025年)》。",
        "联系电话:0999-7654321。",
        "来电13900000000。",
        "召开会议九次。",
    ],
)
def test_dates_ranks_names_grades_articles_titles_and_numbers_of_telephones_are_none(
    width: Callable[[str], str], text: str
) -> None:
    assert _figures(width(text)) == []


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("完成投资3.2亿元。", "完成投资"),
        ("补植苗木共265棵。", "苗木"),
        ("投资3200万元新建库房", "投资"),
        ("苗木面积较2023年增加12亩", "苗木面积"),
        ("对2人予以批评教育", "批评教育"),
        ("审批限额由20万元下调至10万元", "审批限额"),
        ("清点出265件残次品。", "残次品"),
        ("占比达到12%。", "占比"),
        ("2.每月学习1次", "学习"),
        ("2.审批时限压缩至7个工作日", "审批时限"),
        ("按期办结率99.2%", "按期办结率"),
        ("封堵排污口37个", "排污口"),
        ("查处师德失范行为3起", "师德失范行为"),
        ("办结投诉3420件", "投诉"),
        ("清运垃圾480吨", "垃圾"),
        ("将非税收入1326.4万元缴入国库", "非税收入"),
        ("投入265亿元开展河道治理", "河道治理"),
        ("完成18处险工险段加固", "险工险段"),
        ("社区减负不到位 精简报表43张", "报表"),
    ],
)
def test_the_subject_is_what_is_counted_as_short_as_the_text_allows(text: str, subject: str) -> None:
    *_, found = find_subjects(text, [figure.text for figure in _found(text)])
    assert found.place
    assert text[found.place.start : found.place.end] == subject


@in_both_widths
@pytest.mark.parametrize("marked", ["补植苗木⟦265棵⟧。", "完成投资⟦3.2亿元⟧。", "完好率⟦98.5%⟧。", "培训⟦1,320人次⟧,"])
def test_the_place_is_that_of_number_and_unit(width: Callable[[str], str], marked: str) -> None:
    text, [place], _ = planted(width(marked))
    assert [found.text for found in _found(text)] == [place]


@pytest.mark.parametrize("digits", ["1" * 16, "9" * 400, f"0.{'3' * 400}"])
def test_digits_that_no_json_number_holds_are_no_quantity(digits: str) -> None:
    assert _found(f"卡号{digits}元。") == []


@pytest.mark.parametrize("text", ["", "0", "1.2.3.4", "3..5", ",,,1,,2", "%%5%%", "万亿万亿", "1-2-3-4-5"])
def test_broken_figures_break_nothing(text: str) -> None:
    for found in _found(text):
        assert 0 <= found.text.start < found.text.end <= len(text)
