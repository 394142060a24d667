"""The signs that tell reading from guessing: a guesser is caught and only doubts, an able reader never is."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, ClassVar

import pytest
from assist_examples import TUNED, material, tuned
from graded_readers import said_by
from perfect_answers import answer_from, dump

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.merge import merge
from extractor.assist.packs.pack import AnsweredPack
from extractor.assist.proposals.reading_signs import ReadingSigns, Signs
from extractor.assist.proposals.record_draft import MergedRecord
from extractor.assist.proposals.witnesses import TrustTable, eager
from extractor.notice.assemble import in_folded

GUESSERS = ("random", "lazy", "echoing")
ONE_FIELD = {
    "category": "issues.category",
    "types": "measures.types",
    "status": "measures.status",
    "organizations": "measures.organizations",
    "accountability": "measures.accountability",
    "documents": "measures.documents.action",
}

notices = pytest.mark.parametrize("number", range(len(TUNED)), ids=TUNED)
MEASURED = TrustTable("measured", "able", eager().rows, "measured")
"""A table that trusts a model as far as any may be."""


@cache
def read_by(name: str, number: int) -> MergedRecord:
    """The record of a notice by a reader of some quality, under a table that trusts it."""
    gold, text = tuned()[number]
    made = material(text)
    folded = in_folded(gold, made.reading.folded)
    labels = []
    for pack in labels_packs(made, 1500):
        told = json.dumps(said_by(name, dump(answer_from(folded, made, pack))))
        labels.append(AnsweredPack(pack, LabelsAnswer.model_validate_json(told, context={"pack": pack})))
    return merge(made, labels, trust=MEASURED)


@notices
@pytest.mark.parametrize("name", GUESSERS)
def test_a_guesser_decides_nothing(number: int, name: str) -> None:
    found = read_by(name, number)
    assert found.signs.are_of_a_guesser
    assert "only doubt" in found.signs.sentence
    codes = [doubt.code for doubt in found.doubts]
    assert codes == ["model_guesses", "model_unlisted"]  # its hundred differences are counted, not listed
    assert int(found.doubts[1].values["differ"]) > 20
    rules = material(tuned()[number].text).notice
    by_rules = [(issue.category, [m.types for m in issue.measures]) for issue in rules.issues]
    assert [(issue.category, [m.types for m in issue.measures]) for issue in found.notice.issues] == by_rules
    assert not any(issue.read_by for issue in found.notice.issues)


@notices
def test_an_able_reader_is_never_caught(number: int) -> None:
    for name in ("perfect", "rough"):
        signs = read_by(name, number).signs
        assert (signs.are_of_a_guesser, signs.doubted) == (False, frozenset()), name
    assert read_by("perfect", number).signs.near.share == 1


@notices
@pytest.mark.parametrize("field", ONE_FIELD)
def test_a_reader_that_is_wrong_in_one_field_is_doubted_there_alone(number: int, field: str) -> None:
    found = read_by(f"wrong-{field}", number)
    assert found.signs.doubted == {ONE_FIELD[field]}
    assert [doubt.values["field"] for doubt in found.doubts if doubt.code == "model_unlike"] == [ONE_FIELD[field]]


class TestTheNoticeItself:
    """Names and dates are quotes: a model most of whose quotes are not printed makes them up, and decides nothing."""

    EXAMPLE: ClassVar[dict[str, Any]] = {
        "title": "中共某群岛航运管理处总支关于巡察整改进展的公告", "body": "群岛航运管理处", "team": "县委巡察四组",
        "start": "2031-05-06", "end": "2031-06", "feedback": "2031-07-02", "signed_by": "中共某群岛航运管理处总支",
        "signed_on": "2031-12", "phone": "0000-5550123",
    }  # fmt: skip

    @staticmethod
    def read(number: int, told: dict[str, Any]) -> MergedRecord:
        made = material(tuned()[number].text)
        (pack,) = fields_packs(made)
        answer = FieldsAnswer.model_validate(told, context={"pack": pack})
        return merge(made, [], [AnsweredPack(pack, answer)], trust=MEASURED)

    @notices
    def test_who_repeats_the_prompts_example_is_caught(self, number: int) -> None:
        told = self.EXAMPLE | {"totals": [{"q": 1, "n": "meetings_held"}]}
        found = self.read(number, told)
        assert found.signs.printed.shown <= 1  # a month of the year that it happens to name
        assert found.signs.doubted >= {"fields", "fields.dates", "totals"}
        assert "model_makes_up" in [doubt.code for doubt in found.doubts]
        rules = material(tuned()[number].text).notice
        assert (found.notice.totals, found.notice.title) == (rules.totals, rules.title)
        assert "of notices are printed" in found.signs.sentence

    @notices
    def test_who_reads_is_not(self, number: int) -> None:
        gold, text = tuned()[number]
        made = material(text)
        (pack,) = fields_packs(made)
        told = json.loads(dump(answer_from(in_folded(gold, made.reading.folded), made, pack)))
        signs = self.read(number, told).signs
        assert signs.printed.share == 1
        assert signs.doubted == frozenset()

    def test_it_is_asked_about_them_until_that_is_sure(self) -> None:
        signs = self.read(0, dict(self.EXAMPLE)).signs
        assert signs.unsayable == frozenset()
        assert (signs + signs + signs + signs).unsayable == {"fields", "fields.dates", "totals"}


@pytest.mark.parametrize(("shown", "cases", "guesses"), [(0, 3, True), (2, 2, False), (35, 137, True), (9, 10, False)])
def test_few_cases_need_few_signs(shown: int, cases: int, guesses: bool) -> None:
    assert ReadingSigns(Signs(cases, shown), {}).are_of_a_guesser is guesses
