"""Every 《…》 and what was done with it, by the first verb that governs it. ``⟦…⟧`` marks the title."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted import in_both_widths, planted

from extractor.notice.facts.documents import find_documents
from extractor.text.folding import half_width


def _actions(marked: str) -> list[str]:
    text, titles, _ = planted(marked)
    found = find_documents(half_width(text))
    assert [document.title for document in found] == titles
    return [document.action for document in found]


@pytest.mark.parametrize(
    "verb", ["制定", "印发", "下发", "出台", "编制", "建立", "健全完善", "制定并印发", "完善", "研究通过"]
)
def test_a_document_that_was_made_is_issued(verb: str) -> None:
    assert _actions(f"镇党委{verb}《⟦库房管理办法⟧》。") == ["issued"]


@pytest.mark.parametrize("verb", ["修订", "更新", "修改完善", "调整完善", "修订完善", "修订并印发"])
def test_a_document_that_was_changed_is_revised(verb: str) -> None:
    assert _actions(f"镇党委{verb}《⟦库房管理办法⟧》。") == ["revised"]


@pytest.mark.parametrize("verb", ["草拟", "拟定", "拟订", "代拟", "起草"])
def test_a_document_that_is_being_written_is_drafted(verb: str) -> None:
    assert _actions(f"镇党委{verb}《⟦库房管理办法⟧》。") == ["drafted"]


@pytest.mark.parametrize(
    "marked",
    [
        "印发《⟦库房管理办法(征求意见稿)⟧》。",
        "《⟦库房管理办法⟧》正在征求意见。",
        "就《⟦库房管理办法⟧》征求意见12条。",
    ],
)
def test_a_document_on_which_views_are_sought_is_drafted(marked: str) -> None:
    assert _actions(marked) == ["drafted"]


@pytest.mark.parametrize(
    "verb", ["落实", "严格执行", "依据", "按照", "签订", "发放", "张贴", "填报", "组织学习", "对照", "违反", "央视"]
)
def test_a_document_that_is_used_or_only_named_is_applied(verb: str) -> None:
    assert _actions(f"镇党委{verb}《⟦库房管理办法⟧》。") == ["applied"]


@pytest.mark.parametrize("marked", ["摄制《⟦守库人⟧》。", "制作《⟦守库手册⟧》200本。"])
def test_a_film_or_a_handbook_made_is_issued(marked: str) -> None:
    assert _actions(marked) == ["issued"]


@pytest.mark.parametrize(
    ("marked", "actions"),
    [
        ("印发《⟦库房管理办法⟧》《⟦台账规范⟧》。", ["issued", "issued"]),
        ("印发《⟦库房管理办法⟧》、《⟦台账规范⟧》和《⟦盘点细则⟧》。", ["issued", "issued", "issued"]),
        ("修订《⟦库房管理办法⟧》,印发《⟦台账规范⟧》。", ["revised", "issued"]),
        ("按照《⟦资产条例⟧》制定《⟦库房管理办法⟧》。", ["applied", "issued"]),
        ("依据《⟦资产条例⟧》要求,修订完善《⟦库房管理办法⟧》。", ["applied", "revised"]),
        ("制定《⟦库房管理办法⟧》,严格落实《⟦资产条例⟧》。", ["issued", "applied"]),
    ],
)
def test_each_document_has_the_verb_that_governs_it(marked: str, actions: list[str]) -> None:
    assert _actions(marked) == actions


@pytest.mark.parametrize(
    ("marked", "action"),
    [
        ("推进《⟦库区规划⟧》编制。", "issued"),
        ("《⟦库房管理办法⟧》已印发各村。", "issued"),
        ("《⟦库房管理办法⟧》修订工作完成。", "revised"),
        ("制(修)定《⟦库房管理办法⟧》。", "issued"),
        ("更新编印《⟦守库手册⟧》。", "revised"),
        ("在《⟦考评细则⟧》中增设盘点指标。", "applied"),
        ("制定贯彻落实《⟦资产条例⟧》的具体措施。", "applied"),
        ("建立落实《⟦资产条例⟧》情况的通报制度。", "applied"),
    ],
    ids=[
        "verb behind",
        "already issued",
        "revision behind",
        "bracketed verb",
        "first verb",
        "put into",
        "means",
        "ends",
    ],
)
def test_verbs_in_other_places(marked: str, action: str) -> None:
    assert _actions(marked) == [action]


def test_a_verb_in_the_sentence_before_governs_nothing() -> None:
    assert _actions("印发了清单。《⟦库房管理办法⟧》挂在墙上。") == ["applied"]


@in_both_widths
def test_a_title_may_hold_brackets_and_titles(width: Callable[[str], str]) -> None:
    assert _actions(width("印发《⟦关于执行《资产条例》的通知(试行)⟧》。")) == ["issued"]


def test_a_title_without_its_closing_mark_counts_and_is_damaged() -> None:
    text, [title], _ = planted("《⟦库区规划(2021-2025年)⟧已印发实施。")
    [found] = find_documents(text)
    assert (found.title, found.action, found.damaged) == (title, "issued", True)


@pytest.mark.parametrize("text", ["", "《》", "《", "》", "清点《。", "印发库房管理办法。", "《\n库房管理办法》"])
def test_marks_that_hold_no_title_are_no_document(text: str) -> None:
    assert find_documents(text) == []


def test_a_title_in_marks_that_never_close_ends_with_its_paragraph() -> None:
    assert find_documents("清点库房,《《。\n清点库房,》》。") == []
