"""Calendar dates and periods, normalised to ISO 8601 at the printed precision. ``⟦…⟧`` marks the printed date."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor import extract
from extractor.notice.facts.dates import find_dates
from extractor.notice.facts.documents import find_documents
from extractor.text.folding import half_width

_SIGNED = "2024-03-20"


def _dates(text: str, signed_on: str | None = _SIGNED) -> list[str]:
    reading = half_width(text)
    return [
        date.value for date in find_dates(reading, signed_on, [found.title for found in find_documents(reading)]).found
    ]


@in_both_widths
@pytest.mark.parametrize(
    ("marked", "value"),
    [
        ("于⟦2022年11月8日⟧验收。", "2022-11-08"),
        ("于⟦2022 年 11 月 8 日⟧验收。", "2022-11-08"),
        ("于⟦2022.11.8⟧验收。", "2022-11-08"),
        ("于⟦2022年3月⟧验收。", "2022-03"),
        ("⟦2022年⟧补植苗木。", "2022"),
        ("⟦2022年10月19日至2023年1月20日⟧轮训。", "2022-10-19/2023-01-20"),
        ("⟦2022年5月至7月⟧轮训。", "2022-05/2022-07"),
        ("⟦2022年3月5日至10日⟧轮训。", "2022-03-05/2022-03-10"),
        ("⟦2022年3月5日至4月2日⟧轮训。", "2022-03-05/2022-04-02"),
        ("⟦2022年3月2-3日⟧轮训。", "2022-03-02/2022-03-03"),
        ("⟦2022年1至6月⟧轮训。", "2022-01/2022-06"),
        ("⟦2022年1月-6月⟧轮训。", "2022-01/2022-06"),
        ("⟦2022年11月至2023年2月⟧轮训。", "2022-11/2023-02"),
        ("⟦2021-2023年⟧拖欠的租金。", "2021/2023"),
        ("。\n1.⟦2021-2023年⟧拖欠的租金。", "2021/2023"),
        ("。\n12.⟦2022年1至6月⟧轮训。", "2022-01/2022-06"),
        ("⟦2022年3月至年底⟧轮训。", "2022-03/2022-12"),
        ("⟦2022年3月到年末前⟧轮训。", "2022-03/2022-12"),
        ("⟦2022年10月以来⟧补植苗木。", "2022-10/.."),
        ("⟦2022年以来⟧补植苗木。", "2022/.."),
        ("⟦2022年10月起⟧逐月公示。", "2022-10/.."),
        ("⟦2022年10月至今⟧逐月公示。", "2022-10/.."),
        ("⟦2024年2月底前⟧完工。", "../2024-02"),
        ("⟦2022年底前⟧完工。", "../2022-12"),
        ("⟦2022年6月30日前⟧完工。", "../2022-06-30"),
    ],
)
def test_a_date_has_its_printed_precision(width: Callable[[str], str], marked: str, value: str) -> None:
    text, [place], _ = planted(width(marked))
    [found] = find_dates(half_width(text), _SIGNED, []).found
    assert found == (place, value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("截至2023年1月,", "2023-01"),
        ("截至2023年1月底,", "2023-01"),
        ("2022年底验收", "2022-12"),
        ("2022年年底验收", "2022-12"),
        ("2022年末验收", "2022-12"),
        ("2022年初动工", "2022-01"),
        ("2022年上半年动工", "2022-01/2022-06"),
        ("2022年下半年动工", "2022-07/2022-12"),
        ("2022年四季度动工", "2022-10/2022-12"),
        ("2022年前三季度完成", "2022-01/2022-09"),
        ("2022年第二季度动工", "2022-04/2022-06"),
        ("2022年11月上旬动工", "2022-11"),
        ("2022年11月中旬动工", "2022-11"),
        ("2022年11月底动工", "2022-11"),
        ("2022年11月份动工", "2022-11"),
        ("2022年四季度以来", "2022-10/.."),
        ("较2021年增长", "2021"),
        ("在2022年度考核中垫底", "2022"),
        ("2022年度任务", "2022"),
    ],
)
def test_parts_of_years_and_months(text: str, value: str) -> None:
    assert _dates(text) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [("今年2月份补植", "2024-02"), ("去年11月补植", "2023-11"), ("明年3月底前完工", "../2025-03")],
)
def test_relative_years_resolve_against_the_signature(text: str, value: str) -> None:
    assert _dates(text) == [value]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2022年3月立项,5月动工。", ["2022-03", "2022-05"]),
        ("2022年3月立项。\n9月20日验收。", ["2022-03", "2022-09-20"]),
        ("2023年1月底前完工,11月15日复查。", ["../2023-01", "2023-11-15"]),
        ("2021年立项,2022年动工,6月验收。", ["2021", "2022", "2022-06"]),
        ("2022年11月5日至2023年1月9日轮训,2月补训。", ["2022-11-05/2023-01-09", "2023-02"]),
        ("三季度欠缴2022年6月补上。", ["2023-07/2023-09", "2022-06"]),
        ("2022年4月1日起至4月30日止轮训,同年5月20日复查。", ["2022-04-01/2022-04-30", "2022-05-20"]),
        ("2022年12月动工,翌年3月完工,当年5月验收。", ["2022-12", "2023-03", "2023-05"]),
        ("2022年立项,去年3月动工,7月验收。", ["2022", "2023-03", "2023-07"]),
    ],
)
def test_a_year_that_is_not_printed_comes_from_the_nearest_date_before(text: str, values: list[str]) -> None:
    assert _dates(text) == values


def test_a_year_that_is_not_printed_before_comes_from_the_signature() -> None:
    assert _dates("2月8日补植苗木。") == ["2024-02-08"]
    assert _dates("2月8日补植苗木。", "2022-12") == ["2022-02-08"]
    assert _dates("2月8日补植苗木。", None) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("2022年6月6日、28日两次会商。", ["2022-06-06", "2022-06-28"]),
        ("2022年6月6、28日两次会商。", ["2022-06-06", "2022-06-28"]),
        ("2022年7、8月会商。", ["2022-07", "2022-08"]),
        ("2022年、2023年会商。", ["2022", "2023"]),
        ("2022年第一、二季度会商。", ["2022-01/2022-03", "2022-04/2022-06"]),
        ("今年三、四季度会商。", ["2024-07/2024-09", "2024-10/2024-12"]),
        ("第一和第三季度会商。", ["2023-01/2023-03", "2023-07/2023-09"]),
        ("2022年一至三季度会商。", ["2022-01/2022-09"]),
        ("经第一、二支部会商。", []),
    ],
)
def test_dates_in_a_list_share_what_is_printed_once(text: str, values: list[str]) -> None:
    assert _dates(text) == values


@in_both_widths
@pytest.mark.parametrize(
    "text",
    [
        "印发《2022年管库要点》。",
        "执行《守库规划(2021-2025年)》。",
        "制定2022年度考核办法。",
        "编制2022年工作方案。",
        "较上年增长。",
        "全年轮训。",
        "年内完工。",
        "近年来欠账。",
        "近3年欠账。",
        "巡察以来补植。",
        "春节前完工。",
        "一月中旬完工。",
        "今年补植苗木。",
        "本年度轮训。",
        "每月5日。",
        "历时3个月。",
        "补植2022株。",
        "3.5公里",
    ],
)
def test_names_vague_words_and_chinese_numerals_are_no_dates(width: Callable[[str], str], text: str) -> None:
    assert _dates(width(text)) == []


@pytest.mark.parametrize("damaged", ["2022717日", "2022年30日月", "2022年2月30日", "2022年13月5日"])
def test_a_damaged_date_has_no_value(damaged: str) -> None:
    assert [value for value in _dates(f"于{damaged}验收。") if len(value) > 4] == []


def test_a_date_whose_digits_are_damaged_is_told() -> None:
    text, [place], _ = planted("于⟦2022717日⟧验收。")
    assert find_dates(text, None, []).found == [(place, "")]


def test_each_distinct_value_stands_once_in_a_measure() -> None:
    text = "1.关于“失管”问题的整改。2022年3月清点,2022年3月补账,2022年5月换锁。"
    [measure] = extract(text).issues[0].measures
    assert [date.value for date in measure.dates] == ["2022-03", "2022-05"]
    assert text[measure.dates[0].text.start :].startswith("2022年3月清点")
