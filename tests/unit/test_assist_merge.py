"""Two witnesses: whose value stands, who is said to have read it, and what is doubted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest
from assist_examples import TEXT, codes, issues, labelled, material, measures, with_fields
from planted import notice

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.merge import merge
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.prompts import prompt
from extractor.assist.proposals.record_draft import MergedRecord
from extractor.assist.proposals.witnesses import eager, unmeasured, witness_rows
from extractor.data import read_table
from extractor.record.grounding import ungrounded

M1, M2, M3 = "issues[0].measures[0]", "issues[0].measures[1]", "issues[1].measures[0]"
ONE_MEASURE = notice("1.关于“甲类物资积压”问题的整改。", "{}")


def test_what_both_read_is_said_of_both() -> None:
    merged = labelled(m1={"t": ["regulation", "education"], "f": ["issued"]})
    measure = measures(merged)[0]
    assert (measure.heading, measure.status) == ("强化制度建设", "completed")
    assert measure.read_by["heading"] == measure.read_by["status"] == measure.read_by["documents[0].action"] == "both"
    assert "label" not in measure.read_by  # the rules'
    assert not codes(merged, f"{M1}.heading")


def test_types_and_category_are_the_models() -> None:
    merged = labelled(issues={1: {"c": "integrity"}}, m1={"t": ["digital", "digital"]})
    assert issues(merged)[0].category == "integrity"
    assert issues(merged)[0].read_by["category"] == "model"
    assert measures(merged)[0].types == ["digital"]
    assert codes(merged, "issues[0].category") == ["witnesses_disagree"]
    assert codes(merged, f"{M1}.types") == ["witnesses_differ"]


def test_a_heading_can_be_denied() -> None:
    measure = measures(labelled(h=()))[0]
    assert measure.heading is None
    assert "heading" not in measure.spans
    assert measure.read_by["heading"] == "model"


def test_a_status_needs_words_that_stand_in_the_measure() -> None:
    pointed = labelled(m1={"s": "in_progress", "w": "举办培训班"})
    assert measures(pointed)[0].status == "in_progress"
    assert measures(pointed)[0].read_by["status"] == "model"
    for unfounded in ({"s": "in_progress"}, {"s": "planned", "w": "下一步将"}):
        merged = labelled(m1=unfounded)
        assert measures(merged)[0].status == "completed"
        assert "witnesses_disagree" in codes(merged, f"{M1}.status")
    assert "quote_not_found" in codes(merged, f"{M1}.status")


def test_a_marked_status_stays_unless_it_is_denied_outright() -> None:
    assert measures(labelled())[2].status == "in_progress"
    assert "status" not in measures(labelled())[2].read_by
    denied = labelled(m3={"s": "completed"})
    assert measures(denied)[2].status == "completed"
    assert measures(labelled(m3={"s": "in_progress"}))[2].read_by["status"] == "both"


def test_an_issues_status_likewise() -> None:
    assert issues(labelled())[0].status == "completed"
    assert issues(labelled(issues={1: {"s": "unspecified"}}))[0].status == "unspecified"
    told = labelled(issues={2: {"s": "in_progress", "w": "正在编制"}})
    assert issues(told)[1].status == "in_progress"
    assert issues(labelled(issues={2: {"s": "in_progress", "w": "正在整改"}}))[1].status == "unspecified"


def test_subjects_are_quoted_or_dropped() -> None:
    merged = labelled(m1={"q": ["1举办培训班", "2培训人数"]})
    first, second = measures(merged)[0].quantities
    assert first.subject == "举办培训班"
    assert second.subject == measures(labelled())[0].quantities[1].subject
    assert codes(merged, f"{M1}.quantities[1].subject") == ["quote_not_found"]
    assert measures(merged)[0].read_by["quantities[0].subject"] in ("model", "both")
    assert measures(labelled(m1={"q": ["1-"]}))[0].quantities[0].subject is None


def test_words_that_stand_beside_another_figure_are_not_this_ones_subject() -> None:
    """Small models write a figure's own number, or the next one's, in place of its mark's."""
    text = ONE_MEASURE.format("清点木箱2个。" + "值班人员逐日登记库房温度和湿度并当场签字。" * 3 + "整修货架350件。")
    merged = labelled(text, h=(), m1={"q": ["1整修货架", "2整修货架"]})
    first, second = measures(merged)[0].quantities
    assert (first.subject, second.subject) == ("清点木箱", "整修货架")
    assert codes(merged, f"{M1}.quantities[0].subject") == ["quote_not_found"]


def test_differing_subjects_make_one_note_a_measure() -> None:
    merged = labelled(m1={"q": ["1举办", "2余人"]})
    assert codes(merged, f"{M1}.quantities") == ["witnesses_differ"]


def test_organisations_are_named_by_number_or_quoted() -> None:
    merged = labelled(m2={"o": [1], "n": ["乡贤会", "县档案馆"]}, m3={})
    measure = measures(merged)[1]
    assert measure.organizations == ["镇财政所", "乡贤会"]
    assert [measure.read_by[f"organizations[{n}]"] for n in (0, 1)] == ["both", "model"]
    assert [merged_text(span.start, span.end) for span in measure.spans["organizations"]] == measure.organizations
    assert "quote_not_found" in codes(merged, f"{M2}.organizations")
    assert measures(merged)[2].organizations == []
    assert "organizations" not in measures(merged)[2].spans


def merged_text(start: int, end: int) -> str:
    return TEXT[start:end]


def test_people_held_to_account_are_added_changed_and_denied() -> None:
    assert [entry.action for entry in measures(labelled())[1].accountability] == ["党纪处分"]
    for said, kept in (("党纪处分", ["党纪处分"]), ("诫勉", ["诫勉"]), ("无", [])):
        merged = labelled(m2={"a": [{"q": 2, "a": said}]})
        assert [entry.action for entry in measures(merged)[1].accountability] == kept
    two = labelled(m2={"a": [{"q": 2, "a": "党纪处分"}, {"q": 2, "a": "组织处理"}]})
    assert [entry.action for entry in measures(two)[1].accountability] == ["党纪处分", "组织处理"]
    assert measures(two)[1].read_by["accountability[1]"] == "model"
    added = measures(labelled(m1={"a": [{"q": 2, "a": "批评教育"}]}))[0].accountability
    assert [(entry.action, entry.count, entry.unit) for entry in added] == [("批评教育", 120, "人")]


def test_a_documents_action_is_the_models_where_it_gives_one() -> None:
    assert measures(labelled(m1={"f": ["drafted"]}))[0].documents[0].action == "drafted"
    assert measures(labelled())[0].documents[0].action == "issued"


def test_what_the_rules_missed_is_added_by_quoting() -> None:
    text = ONE_MEASURE.format("印发办法甲,处置旧料7坨,于2023年9月和当月20日各验收一次。")
    missed = [
        {"k": "q", "w": "7坨", "v": "旧料"},
        {"k": "f", "w": "办法甲", "v": "issued"},
        {"k": "d", "w": "当月20日", "v": "2023-09-20"},
        {"k": "q", "w": "9坨"},
        {"k": "q", "w": "旧料"},
        {"k": "d", "w": "各验收", "v": "2023-10"},
    ]
    merged = labelled(text, m1={"z": missed})
    (measure,) = measures(merged)
    assert [(q.value, q.unit, q.subject) for q in measure.quantities if q.unit == "坨"] == [(7, "坨", "旧料")]
    assert [(document.title, document.action) for document in measure.documents] == [("办法甲", "issued")]
    assert "2023-09-20" in [date.value for date in measure.dates]
    assert measure.read_by["documents[0]"] == "model"
    assert [doubt.code for doubt in merged.doubts].count("quote_not_found") == 2
    assert ungrounded(merged.notice, text) == []


@pytest.mark.parametrize(
    ("words", "value"),
    [("2024年和2023年", "2024/2023"), ("3023年", "3023"), ("0999年", "0999"), ("2023年9月", "../..")],
)
def test_a_date_that_the_contract_does_not_know_is_not_added(words: str, value: str) -> None:
    merged = labelled(ONE_MEASURE.format(f"于{words}验收。"), m1={"z": [{"k": "d", "w": words, "v": value}]})
    (measure,) = measures(merged)
    assert value not in [date.value for date in measure.dates]
    assert codes(merged, f"{M1}.dates") == ["quote_not_found"]


def test_a_date_printed_with_blanks_is_added() -> None:
    text = ONE_MEASURE.format("于2023年 9 月和当月 20 日各验收一次。")
    merged = labelled(text, m1={"z": [{"k": "d", "w": "当月 20 日", "v": "2023-09-20"}]})
    assert "2023-09-20" in [date.value for date in measures(merged)[0].dates]


def test_printed_values_are_not_denied_but_doubted() -> None:
    merged = labelled(
        trust=unmeasured(),
        m1={"x": ["q1", "f1"], "q": ["2培训"]},
        m2={"q": ["1违规资金", "2党纪处分"]},
        m3={"q": ["1巡河"], "z": [{"k": "d", "w": "2023年9月", "v": v} for v in ("2023-08", "2023-09", "2023", "-")]},
    )
    assert len(measures(merged)[0].quantities) == 2
    assert [date.value for date in measures(merged)[2].dates] == ["2023-09"]
    assert codes(merged, f"{M1}.quantities[0]") == ["witnesses_disagree"]
    assert codes(merged, f"{M3}.dates") == ["quote_not_found"]
    assert codes(merged, f"{M3}.dates[0]") == ["witnesses_disagree"]
    assert measures(merged)[2].read_by["dates[0].value"] == "both"


def test_of_a_model_that_nobody_measured_only_what_nothing_was_read_of_is_added() -> None:
    said = {"t": ["digital"], "s": "in_progress", "w": "举办培训班", "q": ["1举办"], "f": ["drafted"], "n": ["培训班"]}
    held = {"a": [{"q": 2, "a": "诫勉"}, {"q": 1, "a": "问责"}], "z": [{"k": "f", "w": "违规资金", "v": "issued"}]}
    rules = material(TEXT).notice
    merged = labelled(issues={1: {"c": "safety"}}, h=(), trust=unmeasured(), m1=said, m2=held)
    unread = ({"read_by", "confidence"}, {"read_by", "confidence"})
    for read, found in zip(rules.issues, merged.notice.issues, strict=True):
        assert found.model_dump(exclude={"measures", *unread[0]}) == read.model_dump(exclude={"measures", *unread[0]})
        for one, other in zip(read.measures, found.measures, strict=True):
            assert other.model_dump(exclude=unread[1]) == one.model_dump(exclude=unread[1])
    for path in (f"{M1}.types", f"{M1}.status", f"{M1}.heading", f"{M1}.organizations", f"{M2}.accountability"):
        assert len(codes(merged, path)) >= 1


def test_a_failed_pack_leaves_the_rules_reading() -> None:
    made = material(TEXT)
    merged = merge(
        made,
        [AnsweredPack(pack, None) for pack in labels_packs(made)],
        [AnsweredPack(pack, None) for pack in fields_packs(made)],
    )
    assert merged.notice == made.notice
    assert [doubt.code for doubt in merged.doubts] == ["model_failed", "model_failed"]


def test_numbers_of_no_piece_are_passed_over_where_an_answer_was_not_checked() -> None:
    made = material(TEXT)
    (pack,) = labels_packs(made)
    stray = {"m": 1, "t": ["other"], "q": ["77 甲", "乙"], "f": ["issued", "issued"], "o": [5], "x": ["q50", "z"]}
    answer = LabelsAnswer.model_validate(
        {"issues": [{"i": 9, "c": "other"}], "measures": [{**stray, "m": 40}, {**stray, "a": []}]}
    )
    merged = merge(made, [AnsweredPack(pack, answer)])
    assert measures(merged)[1:] == [measure for issue in made.notice.issues for measure in issue.measures][1:]


FIELDS = notice(
    "1.关于“甲类物资积压”问题的整改。", "清库3次。", opening="市委巡察办派员来镇走访,指出[{}]。\n刊发于2031年5月6日。"
)


def test_fields_fill_what_the_rules_left_empty() -> None:
    merged = with_fields(FIELDS, team="市委巡察办", body="某某镇", end="2031-07")
    assert merged.notice.inspection_team == "市委巡察办"
    assert merged.notice.read_by["inspection_team"] == "model"
    assert merged.notice.inspection_end is None
    found = [doubt.path for doubt in merged.doubts if doubt.code == "quote_not_found"]
    assert "inspected_body" in found or merged.notice.inspected_body != "某某镇"
    assert "inspection_end" in found
    assert ungrounded(merged.notice, FIELDS) == []


def test_fields_of_the_rules_stand_and_are_doubted() -> None:
    merged = with_fields(signed_by="青禾镇党委", title="青禾镇党委关于巡察整改进展情况的通报", signed_on="2024-01-15")
    assert merged.notice.signed_by == "中共青禾镇委员会"
    assert codes(merged, "signed_by") == ["witnesses_disagree"]
    assert merged.notice.read_by["title"] == merged.notice.read_by["signed_on"] == "both"


def test_dates_and_totals_of_the_model_alone_are_told_but_not_taken() -> None:
    dated = with_fields(FIELDS, published="2031-05-06")
    assert dated.notice.published_on is None
    assert codes(dated, "published_on") == ["witnesses_disagree"]
    text = notice("1.关于“甲类物资积压”问题的整改。", "清库3次。", opening="反馈问题12个,走访9天。现通报如下:")
    plain, told = with_fields(text), with_fields(text, totals=[{"q": 2, "n": "meetings_held"}])
    assert told.notice.totals == plain.notice.totals
    assert "witnesses_disagree" in codes(told, "totals")


class TestWhatIsNotAskedIsNoOpinion:
    """By a table that lets the model win wherever it may."""

    UNASKED = prompt("labels", "short").withheld
    SAID: ClassVar = {
        "s": "planned",
        "w": "举办",
        "o": [1],
        "n": ["乡贤会"],
        "x": ["q1", "f1"],
        "f": ["drafted"],
        "a": [],
    }

    def merged(self, more: Mapping[str, object], h: Sequence[int]) -> MergedRecord:
        made = material(TEXT)
        (pack,) = labels_packs(made, 100_000)
        told = {
            "issues": [{"i": piece.number, "c": "safety"} for piece in pack.issues],
            "measures": [{"m": piece.number, "t": ["digital"], **more} for piece in pack.measures],
            "h": h,
        }
        answer = LabelsAnswer.model_validate(told, context={"pack": pack})
        return merge(made, [AnsweredPack(pack, answer, self.UNASKED)], trust=eager())

    @pytest.mark.parametrize(("more", "h"), [({}, ()), (SAID, (1, 2))])
    def test_whether_it_is_silent_or_speaks_of_it(self, more: Mapping[str, object], h: Sequence[int]) -> None:
        merged = self.merged(more, h)
        rules = material(TEXT).notice
        assert [issue.category for issue in issues(merged)] == ["safety", "safety"]
        for issue, by_rules in zip(merged.notice.issues, rules.issues, strict=True):
            assert issue.status == by_rules.status
            for measure, read in zip(issue.measures, by_rules.measures, strict=True):
                assert measure.types == ["digital"]
                same = {"types", "read_by", "confidence"}
                assert measure.model_dump(exclude=same) == read.model_dump(exclude=same)
                assert set(measure.read_by) == {"types"}
        assert {doubt.path.rpartition(".")[2] for doubt in merged.doubts} <= {"category", "types"}

    def test_of_the_notice_itself(self) -> None:
        text = notice("1.关于“甲类物资积压”问题的整改。", "清库3次。", opening="反馈问题12个,专题会议9次。现通报如下:")
        made = material(text)
        (pack,) = fields_packs(made, 100_000)
        answer = FieldsAnswer.model_validate({"title": "x", "phone": "1", "totals": []}, context={"pack": pack})
        merged = merge(made, [], [AnsweredPack(pack, answer, prompt("fields", "short").withheld)], trust=eager())
        assert merged.notice.totals == made.notice.totals != []
        assert {doubt.path for doubt in merged.doubts} == {"title"}


def test_every_doubt_can_be_said() -> None:
    said = {"quote_not_found", "model_failed", "layout_by_model", "layout_failed", "layout_empty", "layout_dropped"}
    rows = {row.cautious.code for row in witness_rows().values()}
    assert rows == {"witnesses_disagree", "witnesses_differ"}
    assert rows | said <= set(read_table("checks"))
