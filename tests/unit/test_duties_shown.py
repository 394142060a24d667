"""Who is responsible and until when, wherever a record's values go: labels, review, tables, page, scores, grounding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from notice_extractor_eval.scores import score_notice
from planted import notice

from extractor import extract
from extractor.labels.label_file import parse_labels, write_labels
from extractor.pages.notice_page import notice_page
from extractor.record.contract import Deadline, Issue, Measure, Notice, Span
from extractor.record.grounding import ungrounded
from extractor.record.items import put_together, take_apart
from extractor.review.changes import Change, Correct, MadeChange
from extractor.review.refusals import RefusedError
from extractor.review.review import check_change, record_of, review_of
from extractor.tables.rows import notice_rows

TEXT = notice(
    "1.关于“库房物资失管”问题的整改",
    "责任单位:物资科、财务科",
    "整改时限:2024年3月底前",
    "(1)清点库房3次。(责任单位:仓库;完成时限:长期坚持)",
    "(2)清退12件。",
    "2.关于“镇村例会过多”问题的整改",
    "(1)例会减至每月1次。",
)
READ = extract(TEXT, notice_id="n")


def _words(span: Span) -> str:
    return TEXT[span.start : span.end]


def test_each_value_has_its_place() -> None:
    issue = READ.issues[0]
    assert [_words(place) for place in issue.spans["responsible"]] == issue.responsible == ["物资科", "财务科"]
    assert issue.deadline is not None
    assert (issue.deadline.value, _words(issue.deadline.text)) == ("../2024-03", "2024年3月底前")
    assert ungrounded(READ, TEXT) == []


def _with(**values: Any) -> Notice:
    issue = READ.issues[0].model_copy(update=values)
    return READ.model_copy(update={"issues": [issue, *READ.issues[1:]]})


WHERE = READ.issues[0].deadline.text if READ.issues[0].deadline else Span(start=0, end=0)


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"responsible": ["物资科", "审计科"]}, "issues[0].responsible[1]"),
        ({"responsible": ["审计科"], "spans": {}}, "issues[0].responsible[0]"),
        ({"deadline": Deadline(value="../2024-04", text=WHERE)}, "issues[0].deadline"),
        ({"deadline": Deadline(value="长期坚持", text=WHERE)}, "issues[0].deadline"),
        ({"deadline": Deadline(value="../2024-03", text=Span(start=0, end=10**6))}, "issues[0].deadline"),
    ],
)
def test_a_value_that_is_not_printed_is_invented(values: dict[str, Any], path: str) -> None:
    assert [found.path for found in ungrounded(_with(**values), TEXT)] == [path]


def test_words_without_a_place_are_looked_for_up_to_the_next_issue() -> None:
    assert ungrounded(_with(responsible=["财务科"], spans={}), TEXT) == []
    last = notice("1.关于“库房物资失管”问题的整改", "清点库房3次。", "责任单位:物资科")
    read = extract(last)
    issue = read.issues[0].model_copy(update={"spans": {}})
    assert issue.text.end < last.index("责任单位")
    assert ungrounded(read.model_copy(update={"issues": [issue]}), last) == []


def test_a_record_is_put_together_as_it_was() -> None:
    assert put_together(READ, take_apart(READ)).notice == READ


PRINTED = "deadline: ../2024-03 | 2024年3月底前"


def test_labels_hold_both_and_give_them_back() -> None:
    written = write_labels(READ, TEXT)
    assert "    responsible: [物资科, 财务科]\n    deadline: ../2024-03 | 2024年3月底前\n" in written
    assert "        deadline: 长期坚持 | 长期坚持\n" in written
    file = parse_labels(written, TEXT)
    assert file.errors == ()
    assert file.notice is not None
    for found, read in zip(file.notice.issues, READ.issues, strict=True):
        holders: list[tuple[Issue | Measure, Issue | Measure]] = [
            (found, read), *zip(found.measures, read.measures, strict=True)
        ]  # fmt: skip
        assert all((one.responsible, one.deadline) == (other.responsible, other.deadline) for one, other in holders)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (PRINTED, "deadline: 尽快", "is no deadline: a date | the printed words, or 长期坚持"),
        (PRINTED, "deadline: ../2024-03", "is no deadline"),
        (PRINTED, "deadline: 2024-04 | 2024年4月", "the deadline's words “2024年4月” are not in"),
        ("[物资科, 财务科]", "[审计科]", "responsible “审计科” is not in the issue or behind it"),
    ],
)
def test_a_label_that_is_not_printed_is_a_mistake(old: str, new: str, message: str) -> None:
    (mistake,) = parse_labels(write_labels(READ, TEXT).replace(old, new), TEXT).faults
    assert message in mistake.message


def _corrected(**values: Any) -> Notice:
    change: Change = Correct(item="issues[0]", values=values)
    result = check_change(review_of(READ, []), TEXT, change, 0)
    made = MadeChange(number=1, by="甲", made="2026-01-02T03:04:05.000+00:00", change=change, result=result)
    return record_of(review_of(READ, [made])).notice


def test_a_person_can_correct_both() -> None:
    issue = _corrected(responsible=["财务科"], deadline="2024-03").issues[0]
    assert [_words(place) for place in issue.spans["responsible"]] == ["财务科"]
    assert issue.deadline is not None
    assert (issue.deadline.value, _words(issue.deadline.text)) == ("2024-03", "2024年3月底前")
    assert (issue.read_by["responsible"], issue.read_by["deadline"]) == ("person", "person")
    assert _corrected(deadline=None, responsible=[]).issues[0].deadline is None


def test_what_a_correction_leaves_keeps_its_place() -> None:
    issue = _corrected(status="completed").issues[0]
    assert (issue.spans, issue.deadline) == (READ.issues[0].spans, READ.issues[0].deadline)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"deadline": "尽快"}, "deadline"),
        ({"deadline": 2024}, "deadline"),
        ({"deadline": "2025-01"}, "not_found"),
        ({"deadline": "立行立改"}, "not_found"),
        ({"responsible": ["审计科"]}, "not_found"),
        ({"responsible": "物资科"}, "value"),
    ],
)
def test_a_correction_that_is_not_printed_is_refused(values: dict[str, Any], code: str) -> None:
    with pytest.raises(RefusedError) as refused:
        _corrected(**values)
    assert refused.value.code == code


def _cells(row: Mapping[str, Any]) -> tuple[Any, Any]:
    return row["responsible"], row["deadline"]


def test_tables_have_a_column_for_each_and_a_row_for_each_place() -> None:
    rows = notice_rows(READ, TEXT)
    assert list(map(_cells, rows["issues"])) == [(("物资科", "财务科"), "../2024-03"), ((), None)]
    assert list(map(_cells, rows["measures"])) == [(("仓库",), "长期坚持"), ((), None), ((), None)]
    named = [row for row in rows["places"] if row["field"] in ("responsible", "deadline")]
    places = [(row["path"], row["value"], row["text"]) for row in named]
    assert places == [
        ("issues[0].responsible[0]", "物资科", "物资科"),
        ("issues[0].responsible[1]", "财务科", "财务科"),
        ("issues[0].deadline", "../2024-03", "2024年3月底前"),
        ("issues[0].measures[0].responsible[0]", "仓库", "仓库"),
        ("issues[0].measures[0].deadline", "长期坚持", "长期坚持"),
    ]


def test_a_page_shows_each_at_its_place() -> None:
    values = [each for each in notice_page(READ, TEXT)["values"] if each["kind"] in ("responsible", "deadline")]
    shown = [(each["of"], each["value"], [TEXT[start:end] for start, end in each["at"]]) for each in values]
    assert shown == [
        ("issues[0]", "物资科", ["物资科"]),
        ("issues[0]", "财务科", ["财务科"]),
        ("issues[0]", "../2024-03", ["2024年3月底前"]),
        ("issues[0].measures[0]", "仓库", ["仓库"]),
        ("issues[0].measures[0]", "长期坚持", ["长期坚持"]),
    ]


def test_both_are_scored_as_a_set_and_by_value() -> None:
    predicted = _with(responsible=["财务科", "审计科"], deadline=Deadline(value="../2024-04", text=WHERE))
    scores = score_notice(READ, predicted)
    bodies = scores["issues.responsible"]
    assert (bodies.tp, bodies.fp, bodies.fn) == (1, 1, 1)
    assert scores["issues.deadline"].f1 == 0
    assert (scores["measures.responsible"].f1, scores["measures.deadline"].f1) == (1, 1)
