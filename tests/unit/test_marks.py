"""Enumerators: every form in which notices number things, and what only looks like one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths

from extractor.notice.outline.marks import Boundary, chinese_number, find_marks
from extractor.text.folding import half_width


@in_both_widths
@pytest.mark.parametrize(
    ("printed", "number", "label"),
    [
        ("一、", 1, "一"),
        ("十二、", 12, "十二"),
        ("三.", 3, "三"),
        ("(一)", 1, "(一)"),
        ("(二十一)", 21, "(二十一)"),
        ("(四)、", 4, "(四)"),
        ("1.", 1, "1"),
        ("12、", 12, "12"),
        ("(3)", 3, "(3)"),
        ("(10).", 10, "(10)"),
        ("4)", 4, "4)"),
        ("一是", 1, "一是"),
        ("三是:", 3, "三是"),
        ("十一是", 11, "十一是"),
        ("第二,", 2, "第二"),
        ("其三,", 3, "其三"),
        ("①", 1, "①"),
        ("⑳", 20, "⑳"),
        ("㉑", 21, "㉑"),
        ("㉟", 35, "㉟"),
        ("反馈问题一:", 1, "反馈问题一"),
        ("问题3:", 3, "问题3"),
    ],
)
def test_an_enumerator_has_a_number_and_a_label_without_the_mark_behind_it(
    width: Callable[[str], str], printed: str, number: int, label: str
) -> None:
    text = width(f"{printed}清点库房。")
    [mark] = find_marks(half_width(text))
    assert (mark.number, mark.label, mark.start) == (number, label, 0)
    assert text[mark.content :] == "清点库房。"


@pytest.mark.parametrize(("printed", "number"), [("⑴", 1), ("⒇", 20), ("⒈", 1), ("⒛", 20)])
def test_numbers_printed_as_one_character_with_bracket_or_stop(printed: str, number: int) -> None:
    [mark] = find_marks(f"{printed}清点库房。")
    assert (mark.number, mark.kind) == (number, find_marks("(1)甲" if printed in "⑴⒇" else "1.甲")[0].kind)


def test_blanks_behind_an_enumerator_do_not_belong_to_its_content() -> None:
    text = "一、\u3000\u3000清点库房。"
    [mark] = find_marks(half_width(text))
    assert text[mark.content :] == "清点库房。"


def test_a_year_may_follow_the_stop() -> None:
    [mark] = find_marks("1.2023年清点库房。")
    assert (mark.number, mark.label) == (1, "1")


@pytest.mark.parametrize(
    "text",
    [
        "选派第一书记到岗。",
        "落实三重一大议事规则。",
        "一体推进各项任务。",
        "投入1.5万元。",
        "于2022.11.5完成。",
        "推行“1+N”工作法。",
        "对接十四五规划。",
        "途经G215的路段。",
        "印发办法(试行)。",
        "一把手负总责。",
        "0.清点库房。",
    ],
)
def test_what_only_looks_like_an_enumerator_is_none(text: str) -> None:
    assert find_marks(text) == []


@pytest.mark.parametrize(
    ("before", "boundary"),
    [
        ("", Boundary.LINE),
        ("甲。\n", Boundary.LINE),
        ("\u3000\u3000", Boundary.LINE),
        ("**", Boundary.LINE),
        ("甲。", Boundary.SENTENCE),
        ("甲;", Boundary.SENTENCE),
        ("甲:", Boundary.SENTENCE),
        ("甲。 ", Boundary.SENTENCE),
        ("甲 ", Boundary.SOFT),
        ("甲,", Boundary.SOFT),
        ("“甲”", Boundary.SOFT),
        ("甲", Boundary.NONE),
    ],
)
def test_a_mark_tells_what_stands_before_it(before: str, boundary: Boundary) -> None:
    assert [mark.boundary for mark in find_marks(half_width(f"{before}一是清点库房"))] == [boundary]


def test_marks_come_in_printed_order() -> None:
    assert [mark.label for mark in find_marks("一、甲\n(一)乙:①丙;②丁。\n二、戊")] == ["一", "(一)", "①", "②", "二"]


@pytest.mark.parametrize(
    ("numeral", "value"), [("三", 3), ("十", 10), ("十九", 19), ("四十", 40), ("二十一", 21), ("一百零三", 103)]
)
def test_chinese_numerals(numeral: str, value: int) -> None:
    assert chinese_number(numeral) == value
