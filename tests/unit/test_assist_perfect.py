"""Perfect answers give the gold labels back: what prompts ask for and merging keeps is enough."""

from __future__ import annotations

import pytest
from assist_examples import TUNED, material, tuned
from notice_extractor_eval.evaluation import evaluate_notice
from perfect_answers import answer_from, dump

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import FieldsPack, fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import LabelsPack, labels_packs, split_labels
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import layout_packs, split_layout
from extractor.assist.layout.model_outline import lay_out
from extractor.assist.merge import merge
from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import Material, material_of
from extractor.assist.packs.pack import AnsweredPack, Pack
from extractor.assist.prompts import call_for
from extractor.assist.proposals.record_draft import MergedRecord
from extractor.assist.proposals.witnesses import eager
from extractor.endpoint.tokens import estimate_tokens
from extractor.notice.assemble import in_folded, in_source
from extractor.record.contract import Notice
from extractor.record.grounding import ungrounded

MOST_OUT, MOST_OUTSIDE, MOST_IN = 0.35, 1.2, 2.0
MOST_OUT_WITH_LAYOUT = 0.4
WHOLE = ("issues", "measures", "issues.title", "issues.section", "measures.label")
JUDGED = (
    "issues.category", "issues.status", "measures.types", "measures.heading", "measures.status", "measures.documents",
    "measures.organizations", "measures.accountability", "measures.quantities.subject",
)  # fmt: skip
Spent = dict[str, int]

notices = pytest.mark.parametrize("number", range(len(TUNED)), ids=TUNED)


def answered(gold: Notice, made: Material, pack: Pack, spent: Spent) -> Response:
    """A perfect answer as it comes over the wire, and what it and its call take."""
    call = call_for(pack)
    written = dump(answer_from(in_folded(gold, made.reading.folded), made, pack))
    spent["out"] = spent.get("out", 0) + estimate_tokens(written)
    spent["fixed"] = spent.get("fixed", 0) + estimate_tokens(call.messages[0].content)
    spent["pieces"] = spent.get("pieces", 0) + estimate_tokens(call.messages[1].content)
    assert estimate_tokens(written) <= call.max_tokens
    return call.response.model_validate_json(written, context=dict(call.context))


def merged(
    gold: Notice, made: Material, packs: list[LabelsPack], spent: Spent, *, by_model: bool = False
) -> MergedRecord:
    labels, fields = [], []
    for pack in packs:
        answer = answered(gold, made, pack, spent)
        assert isinstance(answer, LabelsAnswer)
        labels.append(AnsweredPack(pack, answer))
    for each in fields_packs(made):
        told = answered(gold, made, each, spent)
        assert isinstance(told, FieldsAnswer)
        fields.append(AnsweredPack(each, told))
    return merge(made, labels, fields, trust=eager(), by_model=by_model)


def assert_as_gold(gold: Notice, made: Material, found: MergedRecord, text: str) -> None:
    notice = in_source(found.notice, made.reading.folded)
    scores = evaluate_notice(gold, notice, text).scores()
    assert [name for name in WHOLE if scores[name].f1 < 1] == []
    assert [name for name in JUDGED if scores[name].f1 < 0.99] == []
    assert ungrounded(notice, text) == []
    assert [doubt for doubt in found.doubts if doubt.code == "quote_not_found"] == []


@notices
def test_assisted(number: int) -> None:
    gold, text = tuned()[number]
    made = material(text)
    spent: Spent = {}
    assert_as_gold(gold, made, merged(gold, made, labels_packs(made), spent), text)
    size = estimate_tokens(text)
    assert spent["out"] <= MOST_OUT * size
    assert spent["pieces"] <= MOST_OUTSIDE * size
    assert spent["pieces"] + spent["fixed"] <= MOST_IN * size


@notices
def test_model(number: int) -> None:
    gold, text = tuned()[number]
    made = material(text)
    spent: Spent = {}
    laid = []
    for pack in layout_packs(made):
        answer = answered(gold, made, pack, spent)
        assert isinstance(answer, LayoutAnswer)
        laid.append(AnsweredPack(pack, answer))
    reading, doubts = lay_out(made.reading, laid)
    assert doubts == []
    made = material_of(reading, gold.notice_id)
    found = merged(gold, made, labels_packs(made), spent, by_model=True)
    assert_as_gold(gold, made, found, text)
    assert spent["out"] <= MOST_OUT_WITH_LAYOUT * estimate_tokens(text)
    assert found.notice.issues[0].read_by["title"] == "model"


@notices
def test_halves_say_the_same_as_the_whole(number: int) -> None:
    gold, text = tuned()[number]
    made = material(text)
    packs = labels_packs(made)
    halves = [half for pack in packs for half in split_labels(made, pack) or (pack,)]
    assert len(halves) == 2 * len(packs)
    whole, split = (merged(gold, made, each, {}) for each in (packs, halves))
    assert split.notice == whole.notice


@notices
def test_a_layout_in_halves_says_the_same(number: int) -> None:
    gold, text = tuned()[number]
    made = material(text)
    packs = layout_packs(made)
    halves = [half for pack in packs for half in split_layout(made, pack) or (pack,)]
    outlines = []
    folded = in_folded(gold, made.reading.folded)
    for each in (packs, halves):
        told = [
            AnsweredPack(
                pack,
                LayoutAnswer.model_validate(answer_from(folded, made, pack).model_dump()),
            )
            for pack in each
        ]
        outlines.append(lay_out(made.reading, told).reading.outline)
    assert [issue.title for issue in outlines[0].issues] == [issue.title for issue in outlines[1].issues]


def test_packs_that_are_no_labels_packs_are_answered_too() -> None:
    gold, text = tuned()[1]
    made = material(text)
    pack: FieldsPack = fields_packs(made)[0]
    answer = answer_from(in_folded(gold, made.reading.folded), made, pack)
    assert isinstance(answer, FieldsAnswer)
    assert answer.body == gold.inspected_body
