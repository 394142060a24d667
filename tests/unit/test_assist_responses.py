"""Answers are made to fit the pack they are about: what is right is taken, slips are mended or dropped, and counted."""

from __future__ import annotations

from typing import Any

import pytest
from assist_examples import TEXT, material
from planted import notice
from pydantic import ValidationError

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.labels.label_words import marked_number, numbered
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_mending import line_range
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.tasks import LABELS

GOOD: dict[str, Any] = {
    "issues": [{"i": 1, "c": "public_finance"}, {"i": 2, "c": "environment"}],
    "measures": [{"m": 1, "t": ["regulation"]}, {"m": 2, "t": ["recovery"]}, {"m": 3, "t": ["inspection"]}],
}


def labels(answer: dict[str, Any]) -> LabelsAnswer:
    (pack,) = labels_packs(material(TEXT))
    return LabelsAnswer.model_validate(answer, context={"pack": pack})


def with_measure(**fields: object) -> dict[str, Any]:
    return {**GOOD, "measures": [{**GOOD["measures"][0], **fields}, *GOOD["measures"][1:]]}


def test_a_fitting_answer_passes() -> None:
    answer = labels(with_measure(q=["1培训班", "2 培训"], f=["issued"], x=["q1"]))
    assert [measure.number for measure in answer.measures] == [1, 2, 3]


def test_marks_that_were_copied_are_numbers() -> None:
    answer = {**GOOD, "issues": [{"i": "i1", "c": "other"}, {"i": "[i2]", "c": "other"}]}
    assert [issue.number for issue in labels(answer).issues] == [1, 2]


def slips(answer: LabelsAnswer | FieldsAnswer | LayoutAnswer) -> set[str]:
    return set(answer.slips)


def entry(answer: LabelsAnswer, number: int = 1) -> dict[str, Any]:
    """What is left of a measure's entry, by key."""
    measure = next(each for each in answer.measures if each.number == number)
    dumped: dict[str, Any] = measure.model_dump(by_alias=True, exclude_defaults=True)
    return dumped


@pytest.mark.parametrize(
    ("answer", "slip"),
    [
        ({**GOOD, "issues": [*GOOD["issues"], {"i": 7, "c": "other"}]}, "references_dropped"),
        ({**GOOD, "measures": [*GOOD["measures"], {"m": 3, "t": ["other"]}]}, "entries_doubled"),
        ({**GOOD, "measures": GOOD["measures"][::-1]}, "order_mended"),
        ({**GOOD, "issues": [{"c": "public_finance"}, {"c": "environment"}]}, "numbers_mended"),
        ({**GOOD, "issues": [{"i": "1", "c": "public_finance"}, {"i": 2.0, "c": "environment"}]}, "numbers_mended"),
        ({**GOOD, "issues": [{"i": 1, "c": "财政国资"}, {"i": 2, "c": "Environment"}]}, "spellings_mended"),
        ({**GOOD, "h": [9]}, "references_dropped"),
        ({**GOOD, "notes": "甲"}, "keys_ignored"),
        (with_measure(q=["9培训班"]), "references_dropped"),
        (with_measure(f=["issued", "applied"]), "references_dropped"),
        (with_measure(a=[{"q": 4, "a": "诫勉"}]), "references_dropped"),
        (with_measure(a=[{"q": 1, "a": "表扬"}]), "entries_unusable"),
        (with_measure(o=[1]), "references_dropped"),
        (with_measure(x=["q4"]), "references_dropped"),
        (with_measure(x=["甲"]), "references_dropped"),
        (with_measure(n=["无"]), "empty_words_dropped"),
        (with_measure(z=[{"k": "f", "w": "甲办法", "v": "published"}]), "entries_unusable"),
        (with_measure(t=["regulation", "regulation"]), ""),
        (with_measure(s="done"), "spellings_mended"),
    ],
)
def test_a_slip_costs_itself_alone_and_is_counted(answer: dict[str, Any], slip: str) -> None:
    found = labels(answer)
    assert slips(found) == ({slip} if slip else set())
    assert found.model_dump() == labels(GOOD).model_dump()


def test_types_over_three_are_cut() -> None:
    found = labels(with_measure(t=["regulation", "other", "digital", "education"]))
    assert (entry(found)["t"], slips(found)) == (["regulation", "other", "digital"], {"lists_shortened"})


@pytest.mark.parametrize(
    ("said", "subjects"),
    [
        (["1培训班", "2 培训"], ["1 培训班", "2 培训"]),
        (["培训班", "培训"], ["1 培训班", "2 培训"]),  # a full list stands in turn
        (["培训班"], []),
        (["120培训班", "3期"], ["2 培训班"]),  # a figure in the place of its number, but for its unit
        (["1培训班", "1培训"], ["1 培训班"]),
        ([{"q": 1}], []),
        (["9" * 5000 + "甲"], []),
        (["1-"], ["1 -"]),
    ],
)
def test_subjects_stand_behind_a_known_number(said: list[object], subjects: list[str]) -> None:
    assert entry(labels(with_measure(q=said))).get("q", []) == subjects


@pytest.mark.parametrize(
    ("answer", "issues", "measures"),
    [
        ({**GOOD, "issues": GOOD["issues"][:1]}, [1], [1, 2, 3]),
        ({**GOOD, "issues": [{"i": 1, "c": "money"}, {"i": 2, "c": "other"}]}, [2], [1, 2, 3]),
        ({**GOOD, "measures": GOOD["measures"][1:]}, [1, 2], [2, 3]),
        (with_measure(t=[]), [1, 2], [2, 3]),
        (with_measure(t=["rules"]), [1, 2], [2, 3]),
        ({"measures": GOOD["measures"]}, [], [1, 2, 3]),
    ],
)
def test_what_cannot_be_taken_is_asked_again_alone(
    answer: dict[str, Any], issues: list[int], measures: list[int]
) -> None:
    made = material(TEXT)
    (pack,) = labels_packs(made)
    found = labels(answer)
    assert [issue.number for issue in found.issues] == issues
    assert [measure.number for measure in found.measures] == measures
    rest = LABELS.rest(made, pack, found)
    assert rest is not None
    assert len(rest.body) < len(pack.body)
    assert len(rest.issues) + len(issues) == 2
    assert [(piece.issue, piece.measure) for piece in rest.measures] == [(0, 0)][: 3 - len(measures)]
    assert LABELS.rest(made, pack, labels(GOOD)) is None


@pytest.mark.parametrize(
    "answer",
    [
        {**GOOD, "measures": []},
        {**GOOD, "measures": [{**each, "m": each["m"] + 100} for each in GOOD["measures"]]},
        {"issues": [], "measures": []},
        {},
        with_measure(q=[f"{n} 甲" for n in range(10, 30)]),
        {**GOOD, "h": list(range(40, 60))},
    ],
)
def test_an_answer_that_did_not_see_the_marks_is_refused(answer: dict[str, Any]) -> None:
    if answer.get("issues") and answer.get("measures") == []:
        assert labels(answer).measures == []  # the issues are right; the measures are asked about again
        return
    with pytest.raises(ValidationError) as caught:
        labels(answer)
    assert [error["type"] for error in caught.value.errors()] == ["marks_unseen"]


@pytest.mark.parametrize(
    "fields", [{"q": ["1培训班"] * 5000}, {"n": ["镇党委"] * 5000}, {"z": [{"k": "d", "w": "x"}] * 5000}]
)
def test_a_list_that_does_not_end_is_cut(fields: dict[str, Any]) -> None:
    """Each entry of it would be looked up, and told in a check."""
    found = labels(with_measure(**fields))
    assert "lists_shortened" in slips(found)
    assert all(len(each) <= 40 for each in entry(found).values() if isinstance(each, list))


def test_numbers_of_any_length_are_none() -> None:
    assert [issue.number for issue in labels({**GOOD, "issues": [{"i": "9" * 5000, "c": "other"}]}).issues] == []
    assert marked_number("q" + "1" * 5000) is None
    assert line_range("1" * 5000 + "-2") is None


def test_without_a_pack_only_shapes_are_checked() -> None:
    assert LabelsAnswer.model_validate({"issues": [], "measures": [{"m": 99, "t": ["other"]}]})


def fields(**said: object) -> FieldsAnswer:
    (pack,) = fields_packs(material(notice("1.关于“甲”问题的整改。", "清库。", opening="反馈12个问题。")))
    return FieldsAnswer.model_validate(said, context={"pack": pack})


@pytest.mark.parametrize(
    ("said", "date"),
    [
        *(("2024-12-1", "2024-12-01"), ("2024/12/1", "2024-12-01"), ("2024年12月1日", "2024-12-01")),
        *(("2023年3月", "2023-03"), ("2023", "2023"), ("2023-03", "2023-03"), ("2024年12月3", "2024-12-03")),
        *(("12月1日", ""), ("明年", ""), (7, "")),
    ],
)
def test_dates_get_one_form(said: object, date: str) -> None:
    assert fields(start=said).start == date


def test_words_for_nothing_are_nothing() -> None:
    found = fields(phone="无", address="未填写", email=None, title="关于整改的通报", kind="未知")
    assert (found.phone, found.address, found.email, found.kind) == ("", "", "", "")
    assert found.title == "关于整改的通报"
    assert found.slips == {"empty_words_dropped": 3}


def test_totals_of_figures_that_are_not_there_are_dropped() -> None:
    found = fields(totals=[{"q": 1, "n": "问题总数"}, {"q": 2, "n": "issues_found"}, {"q": "q1", "n": "issues_found"}])
    assert [(total.figure, total.name) for total in found.totals] == [(1, "issues_found")]
    assert fields(kind="督察").kind == ""


@pytest.mark.parametrize(
    ("issues", "kept"),
    [
        ([{"h": 99, "m": []}, {"h": 6, "m": [7]}], [(6, [7], [])]),
        ([{"h": 9, "m": [10]}, {"h": 6, "m": [7]}], [(6, [7], []), (9, [10], [])]),
        ([{"h": "6", "m": [7, 99, "[8]"]}], [(6, [7, 8], [])]),
        ([{"h": 6, "m": [7], "e": ["8-9", "甲", "7-8"]}], [(6, [7], ["7-8"])]),
        ([{"h": 6, "m": [7], "l": 99}], [(6, [7], [])]),
    ],
)
def test_lines_that_are_not_there_are_dropped(issues: list[dict[str, Any]], kept: list[object]) -> None:
    (pack,) = layout_packs(material(TEXT))
    found = LayoutAnswer.model_validate({"issues": issues}, context={"pack": pack})
    assert [(issue.heading, issue.measures, issue.ends) for issue in found.issues] == kept


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
