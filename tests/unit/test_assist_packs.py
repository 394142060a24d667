"""Packs: every character sent once, whole issues, even sizes, halves."""

from __future__ import annotations

import re

import pytest
from assist_examples import TEXT, material, tuned
from hypothesis import given
from hypothesis import strategies as st
from planted import notice

from extractor.assist.fields.field_pack import FieldsPack, fields_packs
from extractor.assist.labels.label_pack import LabelsPack, labels_packs, split_labels
from extractor.assist.packs.grouping import evenly_filled
from extractor.assist.packs.pack import Pack
from extractor.assist.tasks import FIELDS
from extractor.endpoint.tokens import estimate_tokens

BIG = 100_000


def lines(text: str = TEXT, budget: int = BIG) -> list[str]:
    return [line for pack in labels_packs(material(text), budget) for line in pack.body.splitlines()]


def test_pieces_are_numbered_and_candidates_marked_in_place() -> None:
    assert lines() == [
        "[g] [S]集中整改期内已完成的事项",
        "[i1] 1.关于“资金管理不严”问题的整改。",
        "[m1] 一是强化制度建设。印发《[f1]资金管理办法》,举办培训班[q1]3期,培训[q2]120余人。",
        "[m2] 二是[o1 镇财政所]牵头清理账目,请来乡贤会见证,追缴违规资金[q1]1.5万元,给予党纪处分[p2]2人。",
        "[g] 其他事项",
        "[i2] 2.关于“河道保洁不力”问题的整改。",
        "[m3] 2023年9月组织巡河[q1]40次,[o1 河长办][s]正在编制治理方案。",
    ]


def test_an_answer_that_is_no_measure_is_shown_without_a_number() -> None:
    text = notice(
        "1.关于“甲类物资积压”问题的整改。",
        "责任单位:物资科",
        "整改情况:已完成。",
        "(1)清库3次。",
        "协办单位:财务科",
        "(2)清账2次。",
    )
    assert [line for line in lines(text) if not line.startswith(("[i", "[m"))] == ["[-] 协办单位:财务科"]
    assert "物资科" in lines(text)[0]


def test_each_character_is_sent_about_once() -> None:
    for gold, text in tuned():
        made = material(text)
        packs: list[Pack] = [*labels_packs(made), *fields_packs(made)]
        sent = sum(estimate_tokens(pack.body) for pack in packs)
        assert sent <= 1.2 * estimate_tokens(text), gold.notice_id
        bare = "".join(re.sub(r"\[[a-zA-Z+-]\d*(?: |\] ?)|\]", "", pack.body) for pack in packs)
        for issue in made.notice.issues:
            for measure in issue.measures:
                words = "".join(text[measure.text.start : measure.text.end].split())
                assert "".join(bare.split()).count(words[:60]) >= 1


def test_packs_are_within_the_budget_and_of_about_one_size() -> None:
    _, text = tuned()[0]
    made = material(text)
    for budget in (2500, 5000):
        sizes = [estimate_tokens(pack.body) for pack in labels_packs(made, budget)]
        assert max(sizes) <= 1.1 * budget
        assert max(sizes) <= 1.3 * sum(sizes) / len(sizes)


@given(st.lists(st.integers(1, 50), max_size=40), st.integers(50, 200))
def test_groups_keep_all_in_order_within_the_budget(sizes: list[int], budget: int) -> None:
    groups = evenly_filled(range(len(sizes)), sizes, budget)
    assert [each for group in groups for each in group] == list(range(len(sizes)))
    assert all(groups)
    assert all(sum(sizes[each] for each in group) <= budget for group in groups)


def asked(pack: LabelsPack) -> list[tuple[int, int]]:
    return [(piece.issue, piece.measure) for piece in pack.measures]


def test_a_pack_splits_into_halves_down_to_one_measure() -> None:
    made = material()
    (pack,) = labels_packs(made)
    waiting, single = [pack], []
    while waiting:
        one = waiting.pop()
        halves = split_labels(made, one)
        if halves is None:
            single.append(one)
        else:
            assert asked(halves[0]) + asked(halves[1]) == asked(one)
            waiting += halves
    assert sorted(len(each.measures) for each in single) == [1, 1, 1]
    assert sum(len(each.issues) for each in single) == 2
    rest = next(each for each in single if not each.issues)
    assert rest.body.splitlines()[1:] == [
        "[+] 1.关于“资金管理不严”问题的整改。",
        "[m1] 二是[o1 镇财政所]牵头清理账目,请来乡贤会见证,追缴违规资金[q1]1.5万元,给予党纪处分[p2]2人。",
    ]


def test_outer_headings_that_go_on_are_not_said_again() -> None:
    text = notice(
        "(一)党的建设方面", "1.思想建设方面", "(1)关于“甲类物资积压”问题的整改。", "清库。", "2.组织建设方面",
        "(1)关于“乙类账目不清”问题的整改。", "清账。",
    )  # fmt: skip
    assert [line for line in lines(text) if line.startswith("[g]")] == [
        "[g] 党的建设方面 / 思想建设方面",
        "[g] .. / 组织建设方面",
    ]


def test_an_issue_larger_than_a_pack_is_cut_between_measures() -> None:
    made = material(
        notice("1.关于“甲类物资积压”问题的整改。", *(f"({n})清理库房{n}次。" + "细" * 90 for n in range(1, 10)))
    )
    packs = labels_packs(made, 170)
    assert len(packs) > 3
    assert [place for pack in packs for place in asked(pack)] == [(0, n) for n in range(9)]
    assert [len(pack.issues) for pack in packs] == [1, *[0] * (len(packs) - 1)]


def test_the_fields_pack_holds_what_lies_in_no_issue() -> None:
    made = material()
    (pack,) = fields_packs(made)
    assert "青禾镇党委关于巡察整改进展情况的通报" in pack.body
    assert "中共青禾镇委员会" in pack.body
    assert "资金管理不严" not in pack.body
    assert "其他事项" not in pack.body
    assert FIELDS.halves(made, pack) is None  # a half without the signature has its date from elsewhere


def test_a_fields_pack_of_many_lines_has_halves() -> None:
    made = material(
        notice("1.关于“甲类物资积压”问题的整改。", "清库。", opening="\n".join(f"第{n}段说明。" for n in range(30)))
    )
    (pack,) = fields_packs(made)
    first, second = FIELDS.halves(made, pack) or (pack, pack)
    assert isinstance(first, FieldsPack)
    assert isinstance(second, FieldsPack)
    assert first.lines + second.lines == pack.lines


def test_figures_outside_the_issues_are_numbered() -> None:
    made = material(notice("1.关于“甲类物资积压”问题的整改。", "清库3次。", opening="反馈了12个问题,制定措施30条。"))
    (pack,) = fields_packs(made)
    assert "[-] 反馈了[q1]12个问题,制定措施[q2]30条。" in pack.body.splitlines()


@pytest.mark.parametrize("text", ["", "\n\n", "没有什么。", "一、"])
def test_a_text_without_issues_gives_no_labels_pack(text: str) -> None:
    assert labels_packs(material(text)) == []
