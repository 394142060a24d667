"""Where rules and model differ a check has both values, and a person takes either one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from assist_examples import TEXT, labelled, material, with_fields

from extractor.assist.proposals.record_draft import MergedRecord
from extractor.assist.proposals.witnesses import TrustTable, eager, unmeasured
from extractor.record.checks import Lang, said
from extractor.record.contract import Check, DisputedValue, Notice
from extractor.record.items import Item, take_apart
from extractor.review.changes import Change, MadeChange
from extractor.review.refusals import RefusedError
from extractor.review.review import check_change, record_of, review_of
from extractor.review.taken_readings import TakenReader, taken_reading

M1, M2 = "issues[0].measures[0]", "issues[0].measures[1]"
DIFFERING: dict[str, Any] = {
    "issues": {1: {"c": "integrity"}},
    "m1": {"t": ["digital"], "s": "in_progress", "w": "举办培训班", "q": ["1举办", "2余人"], "f": ["revised"]},
    "m2": {"t": ["recovery"], "o": [], "n": ["乡贤会"], "a": [{"q": 2, "a": "诫勉"}]},
    "m3": {"t": ["construction"]},
}
"""Answers that differ from the rules in most kinds of values, all of them printed."""


def read(trust: TrustTable) -> MergedRecord:
    return labelled(trust=trust, **DIFFERING)


def with_checks(merged: MergedRecord) -> Notice:
    return merged.notice.model_copy(update={"checks": [said(doubt, "zh") for doubt in merged.doubts]})


def disputes(merged: MergedRecord) -> dict[str, list[DisputedValue]]:
    return {check.path: check.disputed for check in with_checks(merged).checks}


def taking(notice: Notice, reader: TakenReader) -> Notice:
    """The notice after somebody took one reader's values at each check."""
    made: list[MadeChange] = []
    for key, check in enumerate(notice.checks):
        if check.disputed:
            for change in taken_reading(review_of(notice, made), f"checks[{key}]", reader):
                made.append(_done(notice, made, change))
    built = record_of(review_of(notice, made)).notice
    assert not [check for check in built.checks if check.disputed], "each check was dealt with"
    return built


def _done(notice: Notice, made: Sequence[MadeChange], change: Change) -> MadeChange:
    result = check_change(review_of(notice, made), TEXT, change, len(made))
    return MadeChange(number=len(made) + 1, by="甲", made="2026-01-02T03:04:05.000+00:00", change=change, result=result)


def values(notice: Notice) -> list[tuple[str, str, Any]]:
    def told(item: Item) -> tuple[str, str, Any]:
        return item.kind, item.of, sorted((name, str(value)) for name, value in item.values.items())

    return sorted(map(told, take_apart(notice)))


def test_both_values_are_told_with_the_one_that_is_kept() -> None:
    for trust, kept in ((eager(), "model"), (unmeasured(), "rules")):
        (types,) = disputes(read(trust))[f"{M1}.types"]
        assert (types.path, types.kind, types.name, types.kept) == (M1, "measure", "types", kept)
        assert types.model == ["digital"]
        assert "digital" not in (types.rules if isinstance(types.rules, list) else [])


def test_a_value_that_only_one_reader_has_is_told_with_its_place() -> None:
    added = next(each for each in disputes(read(unmeasured()))[f"{M2}.organizations"] if each.rules is None)
    assert (added.path, added.kind, added.name, added.model) == (M2, "organization", "", {"value": "乡贤会"})
    (place,) = added.text
    assert TEXT[place.start : place.end] == "乡贤会"


def test_a_field_of_the_notice_keeps_the_place_of_the_other_value() -> None:
    notice = with_checks(with_fields(signed_by="青禾镇党委"))
    (told,) = next(check.disputed for check in notice.checks if check.path == "signed_by")
    assert (told.rules, told.model, told.kept) == ("中共青禾镇委员会", "青禾镇党委", "rules")
    assert taking(notice, "model").signed_by == "青禾镇党委"


@pytest.mark.parametrize("kept", [eager, unmeasured])
@pytest.mark.parametrize("taken", ["rules", "model"])
def test_taking_a_readers_values_gives_its_record(kept: Callable[[], TrustTable], taken: TakenReader) -> None:
    wanted = material().notice if taken == "rules" else read(eager()).notice
    assert values(taking(with_checks(read(kept())), taken)) == values(wanted)


def test_a_check_without_two_readings_is_refused() -> None:
    notice = material().notice.model_copy(update={"checks": [Check(code="no_issues", severity="warning", message="-")]})
    for check in ("checks[0]", "checks[7]", ""):
        with pytest.raises(RefusedError):
            taken_reading(review_of(notice, []), check, "rules")


def test_a_record_of_an_earlier_version_has_none() -> None:
    line = '{"code": "no_issues", "severity": "warning", "message": "-", "path": ""}'
    assert Check.model_validate_json(line).disputed == []


@pytest.mark.parametrize(
    ("lang", "rules", "model"), [("zh", "财政国资", "全面从严治党"), ("en", "public finance", "integrity")]
)
def test_the_sentence_names_enumerations_for_people(lang: Lang, rules: str, model: str) -> None:
    (doubt,) = [each for each in read(unmeasured()).doubts if each.path == "issues[0].category"]
    message = said(doubt, lang).message
    assert rules in message.lower()
    assert model in message.lower()
    assert "public_finance" not in message
