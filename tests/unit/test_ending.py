"""The end of a notice: where its closing begins, who signed when, and what no longer belongs to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, notice, planted

from extractor.notice.outline.ending import Ending, find_ending
from extractor.text.folding import half_width

_BODY = notice("1.关于“库房物资失管”问题的整改", "(1)清点库房。", signature="(2)补齐台账。")
_INVITATION = "欢迎广大干部群众对整改落实情况进行监督。联系电话:0999-7654321。"


def _ending(text: str) -> Ending:
    return find_ending(half_width(text))


@in_both_widths
@pytest.mark.parametrize(
    "tail",
    [
        "⟦中共青禾镇委员会⟧\n⟦2024年1月15日⟧",
        "\n\u3000\u3000⟦中共青禾镇委员会⟧\n\n\u3000\u3000⟦2024年1月15日⟧\n",
        "⟦中共青禾镇委员会⟧ ⟦2024年1月15日⟧",
        "⟦青禾县教育局党组⟧\n⟦2024年1月⟧",
        "⟦中共青禾镇委员会⟧\n⟦2024-01-15⟧",
        "⟦中共青禾镇委员会⟧\n⟦2024.1.15⟧",
        "⟦中共青禾镇委员会⟧\n⟦二〇二四年一月十五日⟧",
        "⟦中共青禾镇委员会⟧\n⟦二○二四年一月⟧",
    ],
)
def test_the_signature_names_a_body_and_a_day(width: Callable[[str], str], tail: str) -> None:
    text, [by, on], _ = planted(width(f"{_BODY}\n{tail}"))
    assert _ending(text)[1:] == (on.end, (by,), on)


def test_two_bodies_may_sign() -> None:
    text, [first, second, on], _ = planted(f"{_BODY}\n⟦中共青禾镇委员会⟧\n⟦青禾镇人民政府⟧\n⟦2024年1月15日⟧")
    ending = _ending(text)
    assert ending.signed_by == (first, second)
    assert ending.signed_on == on


def test_a_day_may_stand_alone() -> None:
    text, [on], _ = planted(f"{_BODY}\n⟦2024年1月15日⟧")
    assert _ending(text) == Ending(on.start, on.end, (), on)


def test_a_day_may_stand_above_the_body() -> None:
    text, [on, by], _ = planted(f"{_BODY}\n⟦2024年1月⟧\n⟦中共青禾镇委员会⟧\n责任编辑:李某")
    assert _ending(text) == Ending(on.start, by.end, (by,), on)


def test_a_body_may_stand_alone() -> None:
    text, [by], _ = planted(f"{_BODY}\n{_INVITATION}\n⟦中共青禾镇委员会⟧")
    ending = _ending(text)
    assert (ending.signed_by, ending.signed_on, ending.end) == ((by,), None, by.end)


@pytest.mark.parametrize(
    "furniture",
    ["打印 关闭窗口", "上一篇:河西镇关于巡察整改情况的通报\n2024年3月1日", "发布时间:2024-02-01 责任编辑:王某"],
)
def test_what_follows_the_signature_is_not_the_notices(furniture: str) -> None:
    text, [by, on], _ = planted(f"{_BODY}\n{_INVITATION}\n⟦中共青禾镇委员会⟧\n⟦2024年1月15日⟧\n{furniture}")
    assert _ending(text)[1:] == (on.end, (by,), on)


def test_the_closing_begins_with_the_invitation_to_watch() -> None:
    text = f"{_BODY}\n{_INVITATION}\n中共青禾镇委员会\n2024年1月15日"
    assert text[_ending(text).start :].startswith("欢迎广大干部群众")


def test_without_an_invitation_the_closing_begins_with_the_signature() -> None:
    text = f"{_BODY}\n中共青禾镇委员会\n2024年1月15日"
    assert text[_ending(text).start :] == "中共青禾镇委员会\n2024年1月15日"


@pytest.mark.parametrize(
    "last",
    [
        "(3)镇财政所于2024年1月15日完成清点。",
        "(3)台账由镇党委、镇纪委两级核对,到2024年1月15日全部归档。",
        "(3)联合县财政局\u30002024年1月15日起逐柜核对。",
    ],
)
def test_a_date_in_the_last_sentence_is_no_signature(last: str) -> None:
    ending = _ending(f"{_BODY}\n{last}")
    assert ending.signed_on is None
    assert ending.signed_by == ()


@pytest.mark.parametrize("date_line", ["2024-01-15", "2024年1月15日", "[2024-01-15]"])
def test_the_date_line_under_the_title_is_no_signature(date_line: str) -> None:
    text = (
        f"青禾镇党委关于巡察整改进展情况的通报\n{date_line}\n县委巡察组开展了巡察。\n1.关于“失管”问题的整改\n清点库房。"
    )
    assert _ending(text) == Ending(len(text), len(text), (), None)


@pytest.mark.parametrize("text", ["", "清点库房。", "欢迎光临。"])
def test_a_text_without_an_end_ends_where_it_ends(text: str) -> None:
    assert _ending(text) == Ending(len(text), len(text), (), None)
