"""Answers are checked against the pack they are about, and what is wrong is said in the model's own terms."""

from __future__ import annotations

from typing import Any

import pytest
from assist_examples import TEXT, material
from planted import notice
from pydantic import ValidationError

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer, marked_number, numbered
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_answer import LayoutAnswer, line_range
from extractor.assist.layout.layout_pack import layout_packs

GOOD: dict[str, Any] = {
    "issues": [{"i": 1, "c": "public_finance"}, {"i": 2, "c": "environment"}],
    "measures": [{"m": 1, "t": ["regulation"]}, {"m": 2, "t": ["recovery"]}, {"m": 3, "t": ["inspection"]}],
}


def labels(answer: dict[str, Any]) -> LabelsAnswer:
    (pack,) = labels_packs(material(TEXT))
    return LabelsAnswer.model_validate(answer, context={"pack": pack})


def complaint(answer: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        labels(answer)
    return caught.value.errors()[0]["msg"]


def with_measure(**fields: object) -> dict[str, Any]:
    return {**GOOD, "measures": [{**GOOD["measures"][0], **fields}, *GOOD["measures"][1:]]}


def test_a_fitting_answer_passes() -> None:
    answer = labels(with_measure(q=["1培训班", "2 培训"], f=["issued"], x=["q1"]))
    assert [measure.number for measure in answer.measures] == [1, 2, 3]


def test_marks_that_were_copied_are_numbers() -> None:
    answer = {**GOOD, "issues": [{"i": "i1", "c": "other"}, {"i": "[i2]", "c": "other"}]}
    assert [issue.number for issue in labels(answer).issues] == [1, 2]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({**GOOD, "issues": GOOD["issues"][:1]}, "缺少i2"),
        ({**GOOD, "issues": [*GOOD["issues"], {"i": 7, "c": "other"}]}, "没有编号i7,本批的编号是i1至i2"),
        ({**GOOD, "measures": [*GOOD["measures"], {"m": 3, "t": ["other"]}]}, "m3重复了"),
        ({**GOOD, "measures": []}, "缺少m1、m2、m3"),
        (with_measure(q=["9 培训班"]), "m1里没有q9,只有q1、q2"),
        (with_measure(q=["培训班"]), "m1的“培训班”开头缺少q的编号"),
        (with_measure(f=["issued", "applied"]), "m1里有1个[f],f应依次有1项,不是2项"),
        ({**GOOD, "h": [1, 9]}, "h里的9不是措施编号"),
        (with_measure(a=[{"q": 4, "a": "诫勉"}]), "m1里没有q4"),
        (with_measure(o=[1]), "m1里没有o标记"),
        (with_measure(x=["q4"]), "m1里没有q4"),
        (with_measure(x=["甲"]), "x只列本条措施里的标记"),
        (with_measure(z=[{"k": "f", "w": "甲办法", "v": "published"}]), "issued、revised、drafted、applied之一"),
    ],
)
def test_what_does_not_fit_is_told(answer: dict[str, Any], said: str) -> None:
    assert said in complaint(answer)


@pytest.mark.parametrize(
    "answer",
    [
        with_measure(t=[]),
        with_measure(t=["regulation", "other", "digital", "education"]),
        with_measure(t=["rules"]),
        with_measure(s="done"),
        {**GOOD, "issues": [{"i": 1, "c": "money"}, {"i": 2, "c": "other"}]},
        {"issues": []},
    ],
)
def test_values_of_no_vocabulary_are_refused(answer: dict[str, Any]) -> None:
    complaint(answer)


def test_many_mistakes_make_one_short_message() -> None:
    answer = with_measure(q=[f"{n} 甲" for n in range(10, 200)])
    assert len(complaint(answer)) < 400
    assert "另有" in complaint(answer)


@pytest.mark.parametrize(
    "fields", [{"q": ["1培训班"] * 5000}, {"n": ["镇党委"] * 5000}, {"z": [{"k": "d", "w": "x"}] * 5000}]
)
def test_a_list_that_does_not_end_is_refused(fields: dict[str, Any]) -> None:
    """Each entry of it would be looked up, and told in a check."""
    assert "超过2000项" in complaint(with_measure(**fields))


def test_numbers_of_any_length_are_refused_in_words() -> None:
    assert "开头缺少q的编号" in complaint(with_measure(q=["9" * 5000 + "甲"]))
    assert "integer" in complaint({**GOOD, "issues": [{"i": "9" * 5000, "c": "other"}]})
    assert marked_number("q" + "1" * 5000) is None
    assert line_range("1" * 5000 + "-2") is None


def test_without_a_pack_only_shapes_are_checked() -> None:
    assert LabelsAnswer.model_validate({"issues": [], "measures": [{"m": 99, "t": ["other"]}]})


def test_fields_are_checked() -> None:
    (pack,) = fields_packs(material(notice("1.关于“甲”问题的整改。", "清库。", opening="反馈12个问题。")))
    FieldsAnswer.model_validate({"start": "2023-03", "totals": [{"q": 1, "n": "issues_found"}]}, context={"pack": pack})
    for wrong in ({"start": "2023年3月"}, {"totals": [{"q": 2, "n": "issues_found"}]}, {"kind": "督察"}):
        with pytest.raises(ValidationError):
            FieldsAnswer.model_validate(wrong, context={"pack": pack})


@pytest.mark.parametrize(
    ("issues", "said"),
    [
        ([{"h": 99, "m": []}], "没有第99行"),
        ([{"h": 9, "m": [10]}, {"h": 6, "m": [7]}], "问题的标题行6没有排在前面各行(10)之后"),
        ([{"h": 6, "m": [8, 7]}], "措施7没有按先后排"),
        ([{"h": 6, "m": [7, 8], "e": ["7-8"]}], "措施8没有按先后排"),
        ([{"h": 6, "m": [9], "e": ["9-7"]}], "措施9没有按先后排"),
        ([{"h": 6, "m": [0]}], "没有第0行"),
        ([{"h": 6, "m": [7], "e": ["8-9"]}], "首行是m里的行号"),
        ([{"h": 6, "m": [7], "e": ["甲"]}], "应写作“首行-末行”"),
    ],
)
def test_lines_must_be_in_order(issues: list[dict[str, Any]], said: str) -> None:
    made = material(TEXT)
    (pack,) = layout_packs(made)
    with pytest.raises(ValidationError) as caught:
        LayoutAnswer.model_validate({"issues": issues}, context={"pack": pack})
    assert said in str(caught.value)


def test_a_measure_may_begin_in_its_heading_line() -> None:
    made = material(TEXT)
    (pack,) = layout_packs(made)
    LayoutAnswer.model_validate(
        {"issues": [{"h": 6, "m": [6], "e": ["6-7"]}, {"h": 8, "m": ["8"]}]}, context={"pack": pack}
    )


@pytest.mark.parametrize(
    ("said", "expected"),
    [("12完成投资", (12, "完成投资")), ("q3:培训", (3, "培训")), ("7", (7, "")), ("4完成", (4, "完成")), ("甲", None)],
)
def test_numbered_words(said: str, expected: tuple[int, str] | None) -> None:
    assert numbered(said) == expected


def test_marks_and_ranges() -> None:
    assert marked_number("p3") == ("q", 3)
    assert marked_number("[f2]") == ("f", 2)
    assert marked_number("m2") is None
    assert line_range("12-14") == (12, 14)
    assert line_range("[12]") is None
    assert line_range("12,14") is None
