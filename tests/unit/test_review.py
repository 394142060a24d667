"""What people say of a record: changes that are only ever added, taken where the text bears them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from checkout import GOLD_NOTICES
from hypothesis import given, settings
from hypothesis import strategies as st
from report_examples import TOWN, VILLAGE, notices

from extractor import extract
from extractor.errors import InputError
from extractor.labels.label_file import parse_labels
from extractor.record.contract import Notice, Span
from extractor.record.enumerations import VOCABULARIES
from extractor.record.fields import SHAPES
from extractor.record.grounding import ungrounded
from extractor.record.items import put_together, take_apart
from extractor.review.changes import Accept, Add, Change, Correct, Delete, Finish, MadeChange, Note, Undo
from extractor.review.proposals import proposed
from extractor.review.refusals import ConflictError, RefusedError
from extractor.review.review import (
    Review,
    can_be_undone,
    check_change,
    items_to_see,
    record_of,
    review_of,
    seen_items,
)
from extractor.review.review_labels import label_file

NOTICE = notices()[0][0]
FIGURE = "issues[1].measures[0].quantities[0]"
WHEN = "2026-01-02T03:04:05.000+00:00"


class Desk:
    """A notice under review: changes are made as the service makes them."""

    def __init__(self, notice: Notice = NOTICE, text: str = TOWN) -> None:
        self.base, self.text = notice, text
        self.made: list[MadeChange] = []

    @property
    def review(self) -> Review:
        return review_of(self.base, self.made)

    @property
    def record(self) -> Notice:
        return record_of(self.review).notice

    def do(self, change: Change, *, by: str = "甲", seen: int | None = None) -> MadeChange:
        review = self.review
        result = check_change(review, self.text, change, review.last if seen is None else seen)
        self.made.append(MadeChange(number=review.last + 1, by=by, made=WHEN, change=change, result=result))
        return self.made[-1]

    def refused(self, change: Change, *, seen: int | None = None) -> str:
        with pytest.raises(RefusedError) as raised:
            self.do(change, seen=seen)
        assert raised.value.sentence("zh") != raised.value.sentence("en")
        return raised.value.code


def span(words: str, text: str = TOWN) -> Span:
    start = text.index(words)
    return Span(start=start, end=start + len(words))


def quoted(desk: Desk, place: Span) -> str:
    return desk.text[place.start : place.end]


@pytest.mark.parametrize("path", sorted(GOLD_NOTICES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_record_taken_apart_is_put_together_as_it_was(path: Any) -> None:
    notice = extract(path.read_text(encoding="utf-8"))
    assert put_together(notice, take_apart(notice)).notice == notice
    assert record_of(review_of(notice, [])).notice == notice


class TestChanges:
    def test_a_correction_says_who_vouches_for_what(self) -> None:
        desk = Desk()
        desk.do(Correct(item="issues[0]", values={"category": "economy"}))
        issue = desk.record.issues[0]
        assert issue.category == "economy"
        assert issue.read_by == {"category": "person"}
        assert issue.measures == NOTICE.issues[0].measures

    def test_a_type_that_is_named_twice_counts_once(self) -> None:
        desk = Desk()
        desk.do(Correct(item="issues[0].measures[0]", values={"types": ["digital", "other", "digital"]}))
        assert desk.record.issues[0].measures[0].types == ["digital", "other"]

    def test_a_figure_is_moved_to_another_place(self) -> None:
        desk = Desk()
        desk.do(Correct(item=FIGURE, values={"value": 3000, "unit": "元", "subject": "补贴"}, at=span("3000元")))
        figures = desk.record.issues[1].measures[0].quantities
        assert [(each.value, quoted(desk, each.text)) for each in figures[:2]] == [(3000, "3000元"), (3000, "3000元")]

    def test_what_was_missed_is_added_where_it_is_printed(self) -> None:
        desk = Desk()
        made = desk.do(Add(kind="organization", of="issues[0].measures[0]", at=span("党员干部")))
        assert made.result is not None
        assert made.result.id == "issues[0].measures[0].organizations[+1]"
        measure = desk.record.issues[0].measures[0]
        assert measure.organizations == ["党员干部"]
        assert quoted(desk, measure.spans["organizations"][0]) == "党员干部"

    def test_what_is_added_stands_in_printed_order(self) -> None:
        desk = Desk()
        desk.do(Delete(item=FIGURE))
        assert [each.value for each in desk.record.issues[1].measures[0].quantities] == [3000, 5, 2]
        desk.do(
            Add(kind="quantity", of="issues[1].measures[0]", values={"value": 1.5, "unit": "万元"}, at=span("1.5万元"))
        )
        assert [each.value for each in desk.record.issues[1].measures[0].quantities] == [1.5, 3000, 5, 2]

    def test_an_issue_and_its_measure_are_added(self) -> None:
        desk = Desk()
        desk.do(Delete(item="issues[1]"))
        assert [issue.title for issue in desk.record.issues] == ["理论学习不够", "环境治理滞后"]
        place = NOTICE.issues[1].text
        values, at = proposed("issue", TOWN, place)
        issue = desk.do(Add(kind="issue", values=dict(values), at=at)).result
        assert issue is not None
        values, at = proposed("measure", TOWN, NOTICE.issues[1].measures[0].text)
        desk.do(Add(kind="measure", of=issue.id, values=dict(values), at=at))
        added = desk.record.issues[1]
        assert (added.label, added.title, added.measures[0].label) == ("2", "资金管理不严", "一是")
        assert {name: quoted(desk, place) for name, [place] in added.spans.items()} == {
            "label": "2",
            "title": "资金管理不严",
        }

    def test_a_field_that_is_not_printed_is_emptied_and_set_again(self) -> None:
        desk = Desk()
        desk.do(Correct(item="contact.phone", values={"value": None}))
        assert desk.record.contact.phone is None
        assert "contact.phone" not in desk.record.spans
        desk.do(Correct(item="contact.phone", at=span("025-88029150")))
        assert desk.record.contact.phone == "025-88029150"
        assert quoted(desk, desk.record.spans["contact.phone"][0]) == "025-88029150"

    def test_accepting_an_issue_accepts_what_it_holds(self) -> None:
        desk = Desk()
        desk.do(Accept(item="issues[0]"))
        measure = desk.record.issues[0].measures[1]
        assert set(measure.read_by.values()) == {"person"}
        assert {"documents[0]", "documents[1].action", "types"} <= measure.read_by.keys()
        assert desk.record.issues[1] == NOTICE.issues[1]


class TestRefusals:
    @pytest.mark.parametrize(
        ("change", "code"),
        [
            (Correct(item="issues[9]", values={}), "unknown"),
            (Correct(item=FIGURE, values={"amount": 1}), "unknown_value"),
            (Correct(item=FIGURE, values={"value": "viele"}), "value"),
            (Correct(item=FIGURE, values={"value": 7}), "not_printed"),
            (Correct(item=FIGURE, values={"unit": "亿元"}), "not_printed"),
            (Correct(item=FIGURE, values={"subject": "捐款"}), "not_printed"),
            (Correct(item=FIGURE, at=span("265亿元")), "outside"),
            (Correct(item="issues[0]", values={"category": "weather"}), "value"),
            (Correct(item="issues[0]", values={"title": None}), "value"),
            (Correct(item="issues[0]", values={"title": "资金管理不严"}), "not_found"),
            (Correct(item="issues[0]", values={"section": ["没有这一组"]}), "not_found"),
            (Correct(item="issues[0].measures[0]", values={"types": []}), "types"),
            (Correct(item="issues[0].measures[0]", values={"label": "二是"}), "not_found"),
            (Correct(item="issues[0].measures[0]", at=span("强化学习。召开党委")), "leaves_out"),
            (
                Correct(
                    item="issues[0].measures[0]", at=span("强化学习。召开党委会议3次,培训党员干部120余人次。二是制")
                ),
                "overlaps",
            ),
            (Correct(item="issues[0].measures[0]", at=span("环境治理滞后")), "outside"),
            (Correct(item="feedback_date", values={"value": "2024-13-01"}), "date"),
            (Correct(item="feedback_date", values={"value": "2024-06-06"}), "not_printed"),
            (Correct(item="inspection_kind", values={"value": "检查"}), "value"),
            (Correct(item="title", values={"value": "另一份通报"}), "not_printed"),
            (Correct(item="title", at=Span(start=0, end=10**6)), "beyond"),
            (Correct(item="published_on", values={"value": "2024-12-01"}), "no_place"),
            (Add(kind="document", at=span("学习计划")), "not_held"),
            (Add(kind="measure", of=FIGURE, at=span("学习计划")), "not_held"),
            (Add(kind="field", at=span("学习计划")), "not_held"),
            (Add(kind="document", of="issues[0].measures[1]", at=Span(start=5, end=5)), "value"),
            (Add(kind="date", of="issues[0].measures[1]", values={"value": "明天"}, at=span("学习计划")), "date"),
            (Delete(item="title"), "not_deletable"),
            (Accept(item="checks[9]"), "unknown"),
            (Undo(change=5), "no_change"),
            (Finish(), "open_checks"),
        ],
        ids=lambda each: each if isinstance(each, str) else "",
    )
    def test_what_cannot_be_is_refused_with_a_reason(self, change: Change, code: str) -> None:
        desk = Desk()
        assert desk.refused(change) == code
        assert desk.record == NOTICE

    def test_the_same_is_not_added_twice(self) -> None:
        desk = Desk()
        again = Add(kind="organization", of="issues[0].measures[0]", at=span("党员干部"))
        desk.do(again)
        assert desk.refused(again) == "already"

    def test_nobody_has_seen_what_was_not_made(self) -> None:
        assert Desk().refused(Accept(item=FIGURE), seen=1) == "unseen"

    def test_who_changes_what_somebody_changed_since_is_told(self) -> None:
        desk = Desk()
        desk.do(Correct(item=FIGURE, values={"subject": "资金"}), by="乙")
        for change in (Correct(item=FIGURE), Accept(item=FIGURE), Delete(item="issues[1]"), Finish(), Undo(change=1)):
            with pytest.raises(ConflictError, match="乙"):
                desk.do(change, seen=0)
        desk.do(Correct(item="issues[0]", values={"category": "rural"}), seen=0)  # another item
        desk.do(Correct(item=FIGURE, values={"subject": None}), seen=1)

    def test_who_adds_to_what_was_deleted_since_is_told(self) -> None:
        desk = Desk()
        desk.do(Delete(item="issues[0]"), by="乙")
        with pytest.raises(ConflictError, match="乙"):
            desk.do(Add(kind="organization", of="issues[0].measures[0]", at=span("党员干部")), seen=0)

    def test_two_who_accept_the_same_agree(self) -> None:
        desk = Desk()
        desk.do(Accept(item=FIGURE), by="乙")
        desk.do(Accept(item="issues[1]"), seen=0)


class TestUndo:
    @pytest.mark.parametrize(
        "change",
        [
            Correct(item=FIGURE, values={"subject": "资金"}),
            Delete(item="issues[0]"),
            Accept(item="issues[2]"),
            Add(kind="organization", of="issues[0].measures[0]", at=span("党员干部")),
        ],
        ids=lambda change: change.op,
    )
    def test_brings_back_what_was_there(self, change: Change) -> None:
        desk = Desk()
        desk.do(change)
        assert desk.record != NOTICE
        desk.do(Undo(change=1))
        assert desk.record == NOTICE

    def test_an_undone_change_is_not_undone_twice_nor_an_undoing_undone(self) -> None:
        desk = Desk()
        desk.do(Delete(item=FIGURE))
        desk.do(Undo(change=1))
        assert [desk.refused(Undo(change=number)) for number in (1, 2)] == ["undone", "undone"]

    def test_what_others_built_on_is_undone_first(self) -> None:
        desk = Desk()
        added = desk.do(Add(kind="organization", of="issues[0].measures[0]", at=span("党员干部"))).result
        assert added is not None
        desk.do(Correct(item=added.id, at=span("党委会议")), by="乙")
        assert desk.refused(Undo(change=1)) == "built_on"
        assert not can_be_undone(desk.review, 1)
        desk.do(Undo(change=2))
        assert desk.record.issues[0].measures[0].organizations == ["党员干部"]
        desk.do(Undo(change=1))
        assert desk.record == NOTICE


class TestChecks:
    def test_are_dealt_with_by_accepting_them_or_by_what_becomes_of_their_value(self) -> None:
        third = NOTICE.checks[-1].model_copy(update={"path": "outline.coverage"})
        desk = Desk(NOTICE.model_copy(update={"checks": [*NOTICE.checks, third]}))
        total = next(check.path for check in NOTICE.checks if check.code == "issue_count_differs")
        assert total == "totals"
        open_before = len(desk.review.open)
        desk.do(Accept(item="totals[0]"))
        desk.do(Correct(item="issues[0]", values={"category": "rural"}))
        assert len(desk.review.open) == open_before - 2
        desk.do(Accept(item=desk.review.open[0]))
        assert desk.review.open == ()
        assert desk.record.checks == []

    def test_lead_where_their_value_stands_now(self) -> None:
        doubt = NOTICE.checks[-1].model_copy(update={"path": f"{FIGURE}.subject"})
        desk = Desk(NOTICE.model_copy(update={"checks": [doubt]}))
        desk.do(Delete(item="issues[0]"))
        assert [check.path for check in desk.record.checks] == ["issues[0].measures[0].quantities[0].subject"]
        desk.do(Delete(item="issues[1].measures[0]"))
        assert desk.record.checks == []

    def test_a_review_is_finished_until_somebody_goes_on(self) -> None:
        desk = Desk()
        for key in desk.review.open:
            desk.do(Accept(item=key))
        ended = desk.do(Finish(), by="乙")
        assert desk.review.finished == ended
        desk.do(Accept(item=FIGURE))
        assert desk.review.finished is None


class TestProposals:
    @pytest.mark.parametrize(
        ("kind", "words", "values"),
        [
            (
                "quantity",
                "培训党员干部120余人次",
                {"value": 120, "unit": "人次", "subject": "党员干部", "qualifier": "over"},
            ),
            ("document", "制定《学习计划》", {"title": "学习计划", "action": "issued"}),
            ("date", "6月5日", {"value": "2024-06-05"}),
            ("accountability", "党纪处分2人", {"action": "党纪处分", "count": 2, "unit": "人"}),
            ("total", "反馈问题5个", {"value": 5, "unit": "个"}),
            ("organization", "党员干部", {"value": "党员干部"}),
        ],
    )
    def test_are_what_the_rules_read_in_the_words(self, kind: Any, words: str, values: dict[str, Any]) -> None:
        found = proposed(kind, TOWN, span(words))
        assert found.values == values
        assert TOWN[found.at.start : found.at.end] in words


class TestLabels:
    def test_say_what_the_review_says(self) -> None:
        desk = Desk()
        desk.do(Correct(item="issues[0]", values={"category": "economy"}))
        desk.do(Delete(item=FIGURE), by="乙")
        desk.do(Delete(item="issues[2]"), by="丙")
        desk.do(Undo(change=3), by="丙")
        labels = parse_labels(label_file(desk.record, desk.text, desk.review), desk.text)
        assert labels.errors == ()
        assert (labels.annotator, labels.status) == ("甲、乙", "reviewed")
        assert labels.notice is not None
        assert labels.notice.issues[0].category == "economy"
        assert len(labels.notice.issues[1].measures[0].quantities) == 3

    def test_a_record_that_labels_cannot_tell_is_refused(self) -> None:
        # A label file finds an issue's words behind those of the one before.
        swapped = NOTICE.model_copy(update={"issues": [*reversed(NOTICE.issues)]})
        with pytest.raises(InputError, match="no label file can be written"):
            label_file(swapped, TOWN, review_of(swapped, []))


_PLACES = st.builds(
    lambda start, length: Span(start=start, end=start + length), st.integers(0, len(VILLAGE)), st.integers(0, 60)
)
_VALUES = st.dictionaries(
    st.sampled_from(sorted({name for shape in SHAPES.values() for name in shape.values})),
    st.none()
    | st.integers()
    | st.sampled_from([key for terms in VOCABULARIES.values() for key in terms])
    | st.text(max_size=4),
    max_size=2,
)


def _changes(items: Sequence[str], last: int) -> st.SearchStrategy[Change]:
    item = st.sampled_from([*items, "checks[0]", "", "issues[0"])
    kinds = st.sampled_from(list(SHAPES))
    return st.one_of(
        st.builds(Accept, item=item),
        st.builds(Delete, item=item),
        st.builds(Correct, item=item, values=_VALUES, at=st.none() | _PLACES),
        st.builds(
            lambda kind, of, place: Add(kind=kind, of=of, values=dict(proposed(kind, VILLAGE, place).values), at=place),
            kinds,
            st.sampled_from(["", *items]),
            _PLACES.filter(lambda place: place.start < place.end <= len(VILLAGE)),
        ),
        st.builds(Undo, change=st.integers(0, last + 1)),
        st.just(Finish()),
    )


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_people_do_the_record_is_grounded_and_can_be_undone(data: st.DataObject) -> None:
    """Each change is refused with a sentence, or leaves a valid record in which nothing is invented.

    With all changes undone, the last first, the reading is as before.
    """
    notice = extract(VILLAGE, notice_id="village")
    desk = Desk(notice, VILLAGE)
    for _ in range(data.draw(st.integers(1, 12))):
        review = desk.review
        change = data.draw(_changes(list(review.items), review.last))
        try:
            desk.do(change)
        except RefusedError as error:
            assert error.sentence("zh")
            continue
        record = Notice.model_validate_json(desk.record.model_dump_json())
        assert record == desk.record
        assert ungrounded(record, VILLAGE) == []
    for made in reversed(desk.made[:]):
        if desk.review.counts(made):
            desk.do(Undo(change=made.number))
    assert desk.record.model_dump(exclude={"checks"}) == notice.model_dump(exclude={"checks"})
    assert desk.review.open == review_of(notice, []).open


def unseen(desk: Desk) -> set[str]:
    review = desk.review
    return set(items_to_see(record_of(review).paths, review)) - seen_items(review)


class TestWhatWasSeen:
    def test_an_item_alone_is_seen_without_what_it_holds(self) -> None:
        desk = Desk()
        every = unseen(desk)
        assert FIGURE in every
        assert "contact.email" not in every  # nothing is printed there
        alone = desk.do(Accept(item="issues[1].measures[0]", alone=True))
        assert every - unseen(desk) == {"issues[1].measures[0]"}
        assert "quantities[0]" not in desk.record.issues[1].measures[0].read_by
        desk.do(Undo(change=alone.number))
        desk.do(Accept(item="issues[1].measures[0]"))
        assert FIGURE not in unseen(desk)

    def test_an_undone_change_was_not_seen(self) -> None:
        desk = Desk()
        every = unseen(desk)
        desk.do(Accept(item=FIGURE))
        desk.do(Undo(change=1))
        assert unseen(desk) == every


class TestNotes:
    def test_a_note_is_in_the_record_and_changes_nothing_else(self) -> None:
        desk = Desk()
        before, every = desk.record, unseen(desk)
        desk.do(Note(item=FIGURE, words="  与附件不符，待问 "))
        desk.do(Note(item="checks[0]", words="已电话核实"), by="乙")
        on_value, on_check = desk.record.notes
        assert (on_value.path, on_value.check, on_value.words, on_value.by) == (FIGURE, None, "与附件不符，待问", "甲")
        assert (on_check.path, on_check.check, on_check.by) == (NOTICE.checks[0].path, NOTICE.checks[0].code, "乙")
        assert desk.record.model_copy(update={"notes": []}) == before
        assert unseen(desk) == every

    def test_a_note_on_what_was_deleted_is_kept_at_what_held_it(self) -> None:
        desk = Desk()
        desk.do(Note(item=FIGURE, words="重复"))
        desk.do(Delete(item=FIGURE))
        assert [note.path for note in desk.record.notes] == ["issues[1].measures[0]"]

    def test_a_note_neither_conflicts_nor_opens_a_review_again(self) -> None:
        desk = Desk()
        for key in desk.review.open:
            desk.do(Accept(item=key))
        desk.do(Finish())
        seen = desk.review.last
        noted = desk.do(Note(item=FIGURE, words="附记"))
        assert desk.review.finished
        desk.do(Note(item=FIGURE, words="又记"), by="乙", seen=seen)
        desk.do(Accept(item=FIGURE), by="乙", seen=seen)
        assert desk.review.finished is None
        desk.do(Undo(change=noted.number))
        assert [note.words for note in desk.record.notes] == ["又记"]

    def test_a_note_on_nothing_is_refused(self) -> None:
        assert Desk().refused(Note(item="issues[9]", words="附记")) == "unknown"
        assert Desk().refused(Note(item="checks[99]", words="附记")) == "unknown"
