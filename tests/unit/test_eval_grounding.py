"""Invented values: what a prediction says that the text does not hold."""

from __future__ import annotations

import pytest
from eval_examples import notices
from hypothesis import given, settings

from extractor.record.contract import DateMention, Issue, Measure, Notice, Quantity, Span, Total
from extractor.record.grounding import ungrounded

Example = tuple[Notice, str]


def _fields(notice: Notice, text: str) -> set[str]:
    return {each.field for each in ungrounded(notice, text)}


def _measure(text: str, **values: object) -> Notice:
    whole = Span(start=0, end=len(text))
    measure = Measure.model_validate({"text": whole, **values})
    issue = Issue(title=text[:2], text=whole, measures=[measure])
    return Notice(notice_id="n", text_sha256="", issues=[issue])


@given(notices())
@settings(deadline=None)
def test_what_the_text_holds_is_not_invented(example: Example) -> None:
    notice, text = example
    assert ungrounded(notice, text) == []


@pytest.mark.parametrize(
    ("value", "unit", "words", "invented"),
    [
        (300, "人", "300余人", False),
        (1234, "份", "1,234份", False),
        (12, "次", "12 次", False),
        (52.9, "%", "52.9%", False),
        (301, "人", "300余人", True),
        (300, "家", "300余人", True),
        (30, "人", "300余人", True),
        (2, "人", "两人", True),
    ],
)
def test_a_figure_needs_its_number_and_its_unit(value: float, unit: str, words: str, invented: bool) -> None:
    text = f"参加{words}。"
    quantity = Quantity(value=value, unit=unit, text=Span(start=2, end=2 + len(words)))
    assert _fields(_measure(text, quantities=[quantity]), text) == ({"measures.quantities"} if invented else set())


def test_a_place_outside_the_text_is_invented() -> None:
    text = "参加300人。"
    for span in (Span(start=2, end=99), Span(start=3, end=3)):
        quantity = Quantity(value=300, unit="人", text=span)
        assert _fields(_measure(text, quantities=[quantity]), text) == {"measures.quantities"}
    total = Total(name="issues_found", value=3, unit="个", text=Span(start=50, end=60))
    assert _fields(Notice(notice_id="n", text_sha256="", totals=[total]), text) == {"totals"}


@pytest.mark.parametrize(
    ("value", "words", "invented"),
    [
        ("2023-11-18", "2023年11月18日", False),
        ("2023-11-18", "11月18日", False),
        ("2023-12-28", "28日", False),
        ("2023-12", "2023年底", False),
        ("2023-10/2023-12", "2023年四季度", False),
        ("2024-01/2024-06", "上半年", False),
        ("2023-01/2023-05", "2023年1-5月", False),
        ("2023-10/..", "2023年10月以来", False),
        ("2024-04", "今年4月份", False),
        ("2022", "较2022年", False),
        ("2024-03-27", "2024-03-27", False),
        ("2023-11-19", "2023年11月18日", True),
        ("2023-10-18", "2023年11月18日", True),
        ("2024-06-06", "6月5日", True),
        ("2022-11-18", "2023年11月18日", True),
        ("2024", "2023年", True),
        ("2023-09", "10月", True),
        ("2023-10/2023-13", "2023年四季度", True),
        ("2024/2023", "2024年、2023年", True),
        ("3023", "3023年", True),
        ("0999", "0999年", True),
        ("../..", "2023年", True),
        ("2023-11-18", "2023 年 11 月 18 日", False),
        ("2024-06-06", "6 月 5 日", True),
        ("eventually", "2023年", True),
    ],
)
def test_a_date_needs_its_most_exact_part(value: str, words: str, invented: bool) -> None:
    text = f"部署{words}。"
    date = DateMention(value=value, text=Span(start=2, end=2 + len(words)))
    assert _fields(_measure(text, dates=[date]), text) == ({"measures.dates"} if invented else set())


def test_names_stand_in_their_place_or_at_least_in_their_record() -> None:
    text = "区纪委牵头,印发《学习计划》。"
    good = _measure(
        text,
        organizations=["区纪委"],
        documents=[{"title": "学习计划", "action": "issued", "text": {"start": 9, "end": 13}}],
    )
    assert _fields(good, text) == set()
    bad = _measure(
        text,
        organizations=["市纪委"],
        documents=[{"title": "学习方案", "action": "issued", "text": {"start": 9, "end": 13}}],
        heading="强化学习",
        quantities=[],
    )
    assert _fields(bad, text) == {"measures.organizations", "measures.documents", "measures.heading"}


def test_joined_bodies_are_looked_for_one_by_one() -> None:
    text = "对甲镇和乙镇开展了巡察"
    notice = Notice(notice_id="n", text_sha256="", inspected_body="甲镇、乙镇")
    assert ungrounded(notice, text) == []
    assert _fields(notice.model_copy(update={"inspected_body": "甲镇、丙镇"}), text) == {"inspected_body"}


@given(notices())
@settings(deadline=None)
def test_one_changed_digit_is_one_invented_figure(example: Example) -> None:
    notice, text = example
    for i, issue in enumerate(notice.issues):
        for j, measure in enumerate(issue.measures):
            for k, quantity in enumerate(measure.quantities):
                changed = quantity.model_copy(update={"value": quantity.value + 100_000})
                dump = notice.model_dump()
                dump["issues"][i]["measures"][j]["quantities"][k] = changed.model_dump()
                found = ungrounded(Notice.model_validate(dump), text)
                assert [each.path for each in found] == [f"issues[{i}].measures[{j}].quantities[{k}]"]
                return
