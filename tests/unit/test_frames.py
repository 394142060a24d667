"""Finding frames: the wording that makes a heading answer a finding. ``⟦…⟧`` marks the finding itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor.notice.outline.frames import Frame, is_note, lead_in_end, read_frame
from extractor.text.folding import half_width
from extractor.text.places import Place


def _frame(text: str) -> Frame | None:
    return read_frame(half_width(text), 0, len(text))


def _title(frame: Frame | None) -> Place | None:
    return Place(frame.title_start, frame.title_end) if frame else None


@in_both_widths
@pytest.mark.parametrize(
    "marked",
    [
        "关于“⟦库房物资失管⟧”问题的整改",
        "关于“⟦库房物资失管⟧”问题的整改。",
        "关于“⟦库房物资失管⟧”问题的整改情况",
        "关于“⟦库房物资失管⟧”的问题",
        "关于“⟦库房物资失管⟧”问题整改落实情况。",
        "针对“⟦库房物资失管⟧”问题",
        "针对“⟦库房物资失管⟧”的问题。",
        "关于⟦库房物资失管⟧的问题。",
        "关于⟦库房物资失管⟧问题的整改情况",
        "“⟦库房物资失管⟧”问题整改情况",
        "关于巡察反馈“⟦库房物资失管⟧”问题的整改",
        "关于“⟦库房物资失管,底数不清⟧”问题的整改:",
        "关于⟦“重采购、轻保管”现象突出⟧的问题。",
    ],
)
def test_a_heading_in_a_frame_gives_its_finding_without_frame_and_outer_quotes(
    width: Callable[[str], str], marked: str
) -> None:
    text, [expected], _ = planted(width(marked))
    frame = _frame(text)
    assert _title(frame) == expected
    assert frame
    assert frame.closed
    assert not frame.aspect


@pytest.mark.parametrize(
    "marked",
    [
        "关于“⟦“包干到人”落实不严⟧”问题的整改",
        "关于“⟦落实“包干到人”不严⟧”问题的整改",
        "关于“⟦落实‘包干到人’不严⟧”问题的整改",
        "关于“⟦不愿“碰硬”⟧”问题的整改",
        "关于⟦“等米下锅”“坐等上门”⟧问题的整改",
    ],
)
def test_quotes_inside_the_finding_stay(marked: str) -> None:
    text, [expected], _ = planted(marked)
    assert _title(_frame(text)) == expected


@pytest.mark.parametrize(
    "marked",
    [
        "关于“⟦库房物资失管⟧问题的整改",
        "关于⟦库房物资失管⟧”问题的整改",
        "关于“⟦库房物资失管⟧“问题的整改",
        '关于"⟦库房物资失管⟧"问题的整改',
        "关于“⟦库房物资失管⟧”“问题的整改",
    ],
    ids=["never closed", "never opened", "closed with an opening mark", "straight", "one mark too many"],
)
def test_broken_quotes_do_not_stay(marked: str) -> None:
    text, [expected], _ = planted(marked)
    assert _title(_frame(text)) == expected


@in_both_widths
def test_the_answer_may_go_on_behind_the_heading(width: Callable[[str], str]) -> None:
    text = width("关于“库房物资失管”问题的整改。镇财政所清点库房,补齐台账。")
    frame = _frame(text)
    assert frame
    assert text[frame.end :] == width("镇财政所清点库房,补齐台账。")


@in_both_widths
def test_a_frame_that_runs_on_after_a_comma_is_open(width: Callable[[str], str]) -> None:
    text = width("针对“库房物资失管”问题,镇财政所清点库房。")
    frame = _frame(text)
    assert frame
    assert not frame.closed
    assert text[frame.title_start : frame.title_end] == "库房物资失管"
    assert text[frame.end :] == width("镇财政所清点库房。")


def test_a_field_in_quotes_is_an_aspect_not_a_finding() -> None:
    text, [expected], _ = planted("在“⟦落实惠农政策⟧”方面")
    frame = _frame(text)
    assert _title(frame) == expected
    assert frame
    assert frame.aspect


@pytest.mark.parametrize(
    "text",
    [
        "加强库房管理",
        "巡察反馈问题整改落实情况",
        "关于巡视反馈问题的整改情况",
        "关于印发物资管理办法的通知",
        "“清库行动”持续深入。",
        "镇财政所清点库房,发现短少物资12件。",
        "",
    ],
)
def test_other_headings_have_no_frame(text: str) -> None:
    assert _frame(text) is None


def test_a_frame_is_looked_for_within_its_bounds_only() -> None:
    text = "甲。关于“库房失管”问题的整改。乙。"
    frame = read_frame(text, 2, 17)
    assert frame
    assert text[frame.title_start : frame.title_end] == "库房失管"
    assert read_frame(text, 0, len(text)) is None


@in_both_widths
@pytest.mark.parametrize(
    "lead_in", ["整改情况:", "整改落实情况:", "整改措施:", "整改进展情况:", "整改成效:", "具体做法:", "【整改情况】"]
)
def test_a_lead_in_ends_before_the_answer(width: Callable[[str], str], lead_in: str) -> None:
    text = width(f"{lead_in}清点库房。")
    assert lead_in_end(half_width(text), 0, len(text)) == len(lead_in)


def test_a_bare_state_belongs_to_the_lead_in() -> None:
    text = "整改进展:已完成。清点库房。"
    assert text[lead_in_end(text, 0, len(text)) :] == "清点库房。"


@pytest.mark.parametrize("text", ["清点库房。", "整改工作由财政所承担。", "措施已全部到位。"])
def test_an_answer_is_no_lead_in(text: str) -> None:
    assert lead_in_end(text, 0, len(text)) == 0


@in_both_widths
@pytest.mark.parametrize(
    "line", ["责任单位:镇财政所", "整改责任人:王某", "牵头领导:李某", "整改时限:2023年9月", "完成时限:长期"]
)
def test_a_line_that_gives_a_property_of_the_finding_is_a_note(width: Callable[[str], str], line: str) -> None:
    assert is_note(half_width(width(line)), 0, len(line))


@pytest.mark.parametrize("line", ["责任单位清点库房。", "镇财政所:清点库房", f"责任单位:{'某办' * 40}"])
def test_an_answer_is_no_note(line: str) -> None:
    assert not is_note(line, 0, len(line))


def test_a_label_said_again_and_again_frames_what_is_behind() -> None:
    text = "问题:" * 3000 + "库房失管"
    frame = read_frame(text, 0, len(text))
    assert frame is not None
    assert text[frame.title_start : frame.title_end] == "库房失管"
