"""Proposals on items: what the table lets in, what is noted, who is said to have read it, and the record from it."""

from __future__ import annotations

import pytest
from assist_examples import TEXT, codes, labelled, material, measures
from planted import notice

from extractor.assist.packs.material import span_of
from extractor.assist.proposals.matters import (
    Addition,
    Confirmation,
    Denial,
    Discovery,
    Edit,
    LostQuote,
    Matter,
    Proposal,
    Replacement,
    compared,
)
from extractor.assist.proposals.record_draft import MergedRecord, RecordDraft
from extractor.assist.proposals.witnesses import Sureness, TrustTable, Winner, Witness, eager, witness_rows
from extractor.record.items import Item
from extractor.text.places import Place

M1, M2 = "issues[0].measures[0]", "issues[0].measures[1]"


def drafted(*proposals: Proposal, trust: TrustTable | None = None) -> MergedRecord:
    """The record of the rules after ``proposals``."""
    draft = RecordDraft(material(TEXT), trust or eager())
    draft.take(proposals)
    return draft.merged()


def given(winner: Winner) -> TrustTable:
    """A table by which one reader wins whatever is asked."""
    row = Witness(winner, winner, winner, "witnesses_differ")
    return TrustTable("measured", "any", dict.fromkeys(witness_rows(), row), "any")


def found(words: str) -> Place:
    start = TEXT.index(words)
    return Place(start, start + len(words))


def quantity(words: str) -> Item:
    """An item that the model adds to the first measure."""
    values = {"value": 3, "unit": "期", "subject": None, "qualifier": None}
    return Item("", "quantity", M1, values, (span_of(found(words)),))


def test_without_proposals_the_record_is_the_rules() -> None:
    assert drafted() == MergedRecord(material(TEXT).notice, [])


def test_an_agreement_is_of_both_and_raises_no_doubt() -> None:
    merged = drafted(Matter("measures.status", f"{M1}.status", [Confirmation(M1, "status")]))
    assert measures(merged)[0].read_by == {"status": "both"}
    assert merged.doubts == []


@pytest.mark.parametrize(("winner", "kept"), [("model", "planned"), ("rules", "completed"), ("pointed", "completed")])
def test_a_differing_value_is_decided_by_the_table(winner: Winner, kept: str) -> None:
    edit = compared(M1, "status", "completed", "planned", pointed=False)
    merged = drafted(Matter("measures.status", f"{M1}.status", [edit]), trust=given(winner))
    assert measures(merged)[0].status == kept
    assert measures(merged)[0].read_by == ({"status": "model"} if winner == "model" else {})
    assert merged.doubts[0].values == {"rules": "completed", "model": "planned", "kept": kept}


def test_a_pointed_value_needs_printed_words() -> None:
    row = Witness("pointed", "rules", "rules", "witnesses_differ")
    edits = [compared(M1, "status", "completed", "planned", pointed=pointed) for pointed in (True, False)]
    assert [edit.wins(row) for edit in edits] == [True, False]


@pytest.mark.parametrize(("winner", "count"), [("model", 3), ("rules", 2)])
def test_an_addition_is_put_in_printed_order(winner: Winner, count: int) -> None:
    merged = drafted(
        Matter("measures.quantities", f"{M1}.quantities", [Addition(quantity("《资金"), "3期")]), trust=given(winner)
    )
    quantities = measures(merged)[0].quantities
    assert len(quantities) == count
    assert quantities == sorted(quantities, key=lambda each: each.text.start)
    assert measures(merged)[0].read_by == ({"quantities[0]": "model"} if winner == "model" else {})


def test_a_discovery_where_something_is_already_is_ignored_without_a_doubt() -> None:
    merged = drafted(Matter("measures.quantities", f"{M1}.quantities", [Discovery(quantity("3期"), "3期")]))
    assert merged == drafted()


@pytest.mark.parametrize(("winner", "count"), [("model", 1), ("rules", 2)])
def test_a_denial_drops_where_the_table_says_so(winner: Winner, count: int) -> None:
    key = f"{M1}.quantities[0]"
    merged = drafted(Matter("measures.quantities", key, [Denial(key, "3期")]), trust=given(winner))
    assert len(measures(merged)[0].quantities) == count
    assert merged.doubts[0].values["kept"] == ("-" if winner == "model" else "3期")


def test_readers_of_later_items_move_up_with_them() -> None:
    first, second = (f"{M1}.quantities[{index}]" for index in (0, 1))
    merged = drafted(
        Matter("measures.quantities.subject", second, [Confirmation(second, "subject")]),
        Matter("measures.quantities", first, [Denial(first, "3期")]),
        trust=given("model"),
    )
    assert measures(merged)[0].read_by == {"quantities[0].subject": "both"}


def test_a_document_is_kept_once_for_each_action() -> None:
    values = {"title": "资金管理办法", "action": "issued"}
    new = Item("", "document", M1, values, (span_of(found("资金管理办法")),))
    merged = drafted(
        Matter("measures.documents", f"{M1}.documents", [Addition(new, "《资金管理办法》")]), trust=given("model")
    )
    assert [document.title for document in measures(merged)[0].documents] == ["资金管理办法"]


def test_a_matter_of_several_edits_makes_one_doubt_of_those_that_differ() -> None:
    keys = [f"{M1}.quantities[{index}]" for index in (0, 1)]
    edits: list[Edit] = [Confirmation(keys[0], "subject"), Replacement(keys[1], "subject", "培训", "-", "培训")]
    merged = drafted(Matter("measures.quantities.subject", f"{M1}.quantities", edits), trust=given("model"))
    assert [doubt.values for doubt in merged.doubts] == [{"rules": "-", "model": "培训", "kept": "培训"}]
    assert measures(merged)[0].quantities[1].subject == "培训"


def test_words_that_are_not_printed_are_noted_and_shortened() -> None:
    merged = drafted(LostQuote(f"{M1}.status", "甲" * 100))
    assert merged.doubts[0].values == {"words": "甲" * 40}
    assert merged.notice == material(TEXT).notice


def test_a_date_that_the_model_adds_twice_is_read_by_it_alone() -> None:
    """It was said to be read by both: the second mention was taken for another witness of the first."""
    text = notice("1.关于“甲类物资积压”问题的整改。", "于2023年9月和当月20日各验收一次。")
    missed = {"k": "d", "w": "当月20日", "v": "2023-09-20"}
    merged = labelled(text, m1={"z": [missed, missed]})
    (measure,) = measures(merged)
    (index,) = (n for n, date in enumerate(measure.dates) if date.value == "2023-09-20")
    assert {key: by for key, by in measure.read_by.items() if key.startswith(f"dates[{index}]")} == {
        f"dates[{index}]": "model"
    }
    assert codes(merged, f"{M1}.dates") == ["witnesses_disagree"]


def test_how_sure_a_value_is_follows_from_the_table() -> None:
    sure = Sureness(0.97, {"value": 0.8, "added": 0.7}, {"value": 0.6, "dropped": 0.5})

    def trusting(winner: Winner) -> TrustTable:
        row = Witness(winner, winner, winner, "witnesses_differ", sure)
        return TrustTable("measured", "any", dict.fromkeys(witness_rows(), row), "any")

    place = (span_of(found("乡贤会")),)
    new = Item("", "organization", M2, {"value": "乡贤会"}, place)
    proposals = [
        Matter("measures.status", f"{M1}.status", [Confirmation(M1, "status")]),
        Matter("measures.types", f"{M1}.types", [Replacement(M1, "types", ["digital"], "-", "digital")]),
        Matter("measures.heading", f"{M1}.heading", [Replacement(M1, "heading", None, "强化制度建设", "", ())]),
        Matter("measures.organizations", f"{M2}.organizations", [Denial(f"{M2}.organizations[0]", "镇财政所")]),
        Matter("measures.organizations", f"{M2}.organizations", [Addition(new, "乡贤会")]),
    ]
    won, lost = (drafted(*proposals, trust=trusting(winner)) for winner in ("model", "rules"))
    assert (measures(won)[0].confidence["status"], measures(won)[0].confidence["types"]) == (0.97, 0.8)
    assert measures(won)[1].confidence["organizations[0]"] == 0.7  # the one added, the rules' is gone
    assert (measures(lost)[0].confidence["status"], measures(lost)[0].confidence["types"]) == (0.97, 0.6)
    assert measures(lost)[1].confidence["organizations[0]"] == 0.5
    assert "heading" not in measures(won)[0].confidence | measures(lost)[0].confidence  # quoted, not judged
