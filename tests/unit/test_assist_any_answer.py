"""Whatever a model answers, the record validates, and every value in it stands in the text."""

from __future__ import annotations

from assist_examples import TEXT, material
from hypothesis import given, settings
from hypothesis import strategies as st

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.layout.model_outline import lay_out
from extractor.assist.merge import merge
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.witnesses import eager
from extractor.notice.assemble import assemble
from extractor.record.enumerations import VOCABULARIES
from extractor.record.grounding import ungrounded

MADE = material(TEXT)
(LABELS,) = labels_packs(MADE)
(FIELDS,) = fields_packs(MADE)
(LAYOUT,) = layout_packs(MADE)

numbers = st.integers(0, 6)
slices = st.tuples(st.integers(0, len(TEXT)), st.integers(1, 12)).map(lambda at: TEXT[at[0] : at[0] + at[1]])
dates = st.sampled_from(["2023-09", "2023", "2024-01-15", "2023-09-31", "../2023-09", "9999-99", "-", "2023-09/.."])
words = st.one_of(
    slices, dates, st.text(max_size=6), st.sampled_from(["1.5万元", "[q1 3期]", "《资金管理办法》", "", "2人"])
)
said = st.tuples(numbers, words).map(lambda pair: f"{pair[0]} {pair[1]}")


def keys(vocabulary: str) -> st.SearchStrategy[str]:
    return st.sampled_from(sorted(VOCABULARIES[vocabulary]))


measures = st.fixed_dictionaries(
    {"m": numbers, "t": st.lists(keys("measure_type"), min_size=1, max_size=3)},
    optional={
        "s": keys("measure_status"),
        "w": words,
        "q": st.lists(said, max_size=4),
        "f": st.lists(keys("document_action"), max_size=2),
        "a": st.lists(st.fixed_dictionaries({"q": numbers, "a": keys("accountability_action")}), max_size=3),
        "o": st.lists(numbers, max_size=3),
        "n": st.lists(words, max_size=3),
        "x": st.lists(st.sampled_from(["q1", "p2", "f1", "o1", "z", ""]), max_size=3),
        "z": st.lists(st.fixed_dictionaries({"k": st.sampled_from("qdfa"), "w": words, "v": words}), max_size=3),
    },
)
issues = st.fixed_dictionaries({"i": numbers, "c": keys("category")}, optional={"s": keys("issue_status"), "w": words})
names = ("title", "body", "team", "start", "end", "feedback", "published", "signed_by", "signed_on", "phone", "address")
fields = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(names, words),
        "kind": st.sampled_from(["巡视", "巡察", ""]),
        "totals": st.lists(st.fixed_dictionaries({"q": numbers, "n": keys("total_name")}), max_size=3),
    },
)


@settings(deadline=None)
@given(st.lists(issues, max_size=3), st.lists(measures, max_size=4), st.lists(numbers, max_size=3), fields)
def test_labels_and_fields(
    said_issues: list[object], said_measures: list[object], headings: list[int], said_fields: object
) -> None:
    labels = LabelsAnswer.model_validate({"issues": said_issues, "measures": said_measures, "h": headings})
    notice_fields = FieldsAnswer.model_validate(said_fields)
    merged = merge(MADE, [AnsweredPack(LABELS, labels)], [AnsweredPack(FIELDS, notice_fields)], trust=eager())
    assert ungrounded(merged.notice, TEXT) == []
    assert len(merged.notice.issues) == len(MADE.notice.issues)
    for issue in merged.notice.issues:
        for measure in issue.measures:
            assert len(measure.organizations) == len(measure.spans.get("organizations", []))


lines = st.integers(0, 20)
ranges = st.one_of(st.tuples(lines, lines).map(lambda pair: f"{pair[0]}-{pair[1]}"), words)
laid = st.fixed_dictionaries(
    {"h": lines, "m": st.lists(lines, max_size=5)}, optional={"e": st.lists(ranges, max_size=3), "l": st.integers(0, 6)}
)
groups = st.fixed_dictionaries({"u": st.integers(0, 20), "l": st.integers(1, 6)})


@settings(deadline=None)
@given(st.lists(laid, max_size=5), st.lists(groups, max_size=4))
def test_layout(said_issues: list[object], said_groups: list[object]) -> None:
    answer = LayoutAnswer.model_validate({"issues": said_issues, "groups": said_groups})
    reading, _ = lay_out(MADE.reading, [AnsweredPack(LAYOUT, answer)])
    record = assemble(reading, "example")
    assert ungrounded(record, TEXT) == []
    position = 0
    for issue in record.issues:
        assert position <= issue.text.start < issue.text.end
        for measure in issue.measures:
            assert max(position, issue.text.start) <= measure.text.start < measure.text.end <= issue.text.end
            position = measure.text.end
        position = issue.text.end
