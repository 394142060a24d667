"""A schema made for one pack: it names the pack's pieces, goes where it is obeyed, and belongs to the call's key."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pytest
from assist_examples import TEXT, TUNED, material, tuned
from endpoint_example import Kept
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from perfect_answers import answer_from, dump

from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.packs.material import Material
from extractor.assist.packs.pack import Pack
from extractor.assist.prompts import call_for
from extractor.assist.proposals.reading_signs import OWN_FIELDS
from extractor.assist.proposals.witnesses import witness_rows
from extractor.assist.tasks import left_out
from extractor.endpoint.answer_keeper import kept_key
from extractor.endpoint.answer_records import read_record
from extractor.endpoint.call_keys import call_key, call_keys, token_limit
from extractor.endpoint.settings import OPENAI_URL, EndpointSettings
from extractor.endpoint.shapes import request_body
from extractor.notice.assemble import in_folded

MADE = material(TEXT)
(LABELS,) = labels_packs(MADE)
CALL = call_for(LABELS)
LOCAL = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="m", mode="json_schema")
HOSTED = LOCAL.model_copy(update={"base_url": OPENAI_URL})
FITTING: dict[str, Any] = {
    "issues": [{"i": 1, "c": "public_finance", "s": "completed"}, {"i": 2, "c": "environment", "s": "in_progress"}],
    "measures": [
        {"m": 1, "t": ["regulation"], "q": ["1培训班", "2培训"], "f": ["issued"]},
        {"m": 2, "t": ["recovery"], "q": ["1违规资金", "2-"], "o": [1]},
        {"m": 3, "t": ["inspection"], "s": "in_progress", "q": ["1巡河"]},
    ],
    "h": [1],
}
LABEL_FIELDS = frozenset(witness_rows()) - OWN_FIELDS
_NOT_KEPT = ("uniqueItems", "allOf", "contains", "oneOf", "not", "if")


def all_packs(made: Material) -> list[Pack]:
    return [*labels_packs(made), *fields_packs(made), *layout_packs(made)]


def fits(answer: object) -> bool:
    return bool(Draft202012Validator(dict(CALL.schema or {})).is_valid(answer))


def changed(measure: int, **what: object) -> dict[str, Any]:
    measures = [dict(each) for each in FITTING["measures"]]
    measures[measure - 1] |= what
    return {**FITTING, "measures": measures}


def sent_schema(settings: EndpointSettings, mode: Any = "json_schema") -> dict[str, Any]:
    body = request_body(CALL, settings, mode)
    if mode == "tools":
        return dict(body["tools"][0]["function"]["parameters"])
    return dict(body["response_format"]["json_schema"]["schema"])


def test_an_answer_about_each_piece_fits() -> None:
    assert fits(FITTING)


@pytest.mark.parametrize(
    "answer",
    [
        {**FITTING, "issues": FITTING["issues"][:1]},
        {**FITTING, "issues": [*FITTING["issues"], {"i": 3, "c": "other", "s": "completed"}]},
        {**FITTING, "issues": [FITTING["issues"][0], FITTING["issues"][0]]},
        {**FITTING, "measures": FITTING["measures"][::-1]},
        changed(1, f=["issued", "issued"]),
        changed(1, q=["1培训班"]),
        changed(1, q=["1培训班", "2培训", "3甲"]),
        changed(1, o=[1]),
        changed(3, f=["issued"]),
        changed(2, o=[2]),
        changed(2, a=[{"q": 3, "a": "党纪处分"}]),
        changed(1, t=["regulation"] * 4),
        changed(1, n=["镇党委"] * 50),
        changed(1, q=["1" + "培" * 100, "2培训"]),
        {**FITTING, "h": [2]},
    ],
)
def test_no_piece_is_left_out_invented_or_doubled_and_no_list_goes_on(answer: dict[str, Any]) -> None:
    assert not fits(answer)


@pytest.mark.parametrize("number", range(len(TUNED)), ids=TUNED)
def test_what_gold_says_fits_every_packs_schema(number: int) -> None:
    gold, text = tuned()[number]
    made = material(text)
    folded = in_folded(gold, made.reading.folded)
    for pack in all_packs(made):
        answer = json.loads(dump(answer_from(folded, made, pack)))
        faults = Draft202012Validator(dict(call_for(pack).schema or {})).iter_errors(answer)
        assert [fault.message[:200] for fault in faults] == []


def test_only_what_servers_keep_to_is_used() -> None:
    for part in (part for pack in all_packs(MADE) for part in parts(dict(call_for(pack).schema or {}))):
        assert not set(part) & set(_NOT_KEPT)
        assert not {"items", "prefixItems"} <= set(part)
        pattern = part.get("pattern", "^$")
        assert pattern[0] + pattern[-1] == "^$" and "\\" not in pattern


def parts(schema: object) -> list[dict[str, Any]]:
    """All schemas inside a schema, itself included."""
    if isinstance(schema, list):
        return [part for each in schema for part in parts(each)]
    if not isinstance(schema, dict):
        return []
    inner = [part for name, each in schema.items() for part in parts(list(each.values()) if name in _MAPS else each)]
    return [schema, *inner]


_MAPS = ("properties", "$defs")


def test_a_key_that_is_withheld_is_not_asked_for() -> None:
    call = call_for(LABELS, withheld={"q"})
    assert call.messages == CALL.messages
    keys = {key for part in parts(dict(call.schema or {})) for key in part.get("properties", ()) if "m" in part}
    assert "q" not in keys
    assert call_key(call, LOCAL) != call_key(CALL, LOCAL)


@pytest.mark.parametrize(
    ("unasked", "by_schema", "found"),
    [
        (LABEL_FIELDS, False, LABEL_FIELDS),  # the whole task is not asked
        ({"measures.organizations", "issues.category"}, True, {"measures.organizations"}),  # no entry goes without c
        ({"measures.organizations"}, False, set()),  # the general schema asks about it
        ({"issues.status"}, True, set()),  # its keys are about the state of measures, too
        ({"fields.dates", "measures.types"}, True, {"fields.dates"}),
        ({*OWN_FIELDS, "measures.types"}, False, OWN_FIELDS),
    ],
)
def test_a_field_that_is_asked_about_is_not_told_to_be_left_out(
    unasked: Collection[str], by_schema: bool, found: Collection[str]
) -> None:
    assert left_out(unasked, by_schema=by_schema) == found


def test_it_goes_to_all_but_openai_unless_told() -> None:
    general = sent_schema(HOSTED)
    assert sent_schema(LOCAL) == CALL.schema != general
    assert sent_schema(LOCAL.model_copy(update={"pack_schema": "off"})) == general
    assert sent_schema(HOSTED.model_copy(update={"pack_schema": "on"})) == CALL.schema
    azure = LOCAL.model_copy(update={"base_url": "https://ours.openai.azure.com/openai/v1"})
    assert sent_schema(azure) == general


def test_the_prompt_is_the_same_to_the_byte() -> None:
    assert request_body(CALL, LOCAL, "json_schema")["messages"] == request_body(CALL, HOSTED, "json_schema")["messages"]


@pytest.mark.parametrize("mode", ["json_schema", "tools"])
def test_the_general_schema_bounds_its_lists(mode: str) -> None:
    lists = [part for part in parts(sent_schema(HOSTED, mode)) if part.get("type") == "array"]
    unbounded = [part for part in lists if "maxItems" not in part]
    # The lists of pieces themselves have no bound: a pack may have any number of them.
    assert [part["items"] for part in unbounded] == [{"$ref": "#/$defs/IssueAnswer"}, {"$ref": "#/$defs/MeasureAnswer"}]


class TestKeys:
    def test_the_schema_belongs_to_the_key(self) -> None:
        assert call_key(CALL, LOCAL) != call_key(CALL, HOSTED)
        assert call_key(CALL, HOSTED) == call_key(replace(CALL, schema=None), LOCAL)
        tools = LOCAL.model_copy(update={"mode": "tools"})
        assert call_keys(CALL, tools) == (call_key(replace(CALL, schema=None), tools),)

    def test_room_and_bounds_do_not(self) -> None:
        assert call_key(replace(CALL, least_tokens=9000), LOCAL) == call_key(CALL, LOCAL)

    @pytest.mark.parametrize(("kept", "asked"), [(HOSTED, LOCAL), (LOCAL, HOSTED)])
    def test_an_answer_under_the_other_schema_serves(self, kept: EndpointSettings, asked: EndpointSettings) -> None:
        answers = Kept()
        assert kept_key(answers, CALL, asked) == call_key(CALL, asked)
        names = dict.fromkeys(("task", "model", "mode", "prompt_version", "content"), "x")
        answers[call_key(CALL, kept)] = read_record({**names, "finish_reason": "stop", "usage": {}})
        assert kept_key(answers, CALL, asked) == call_key(CALL, kept)


def test_an_answer_has_room() -> None:
    assert CALL.max_tokens < 512
    assert token_limit(replace(CALL, schema=None, least_tokens=512), LOCAL) == 512
    # An answer held to its own schema ends by itself: weak models fill every list that it lets them write.
    assert token_limit(CALL, LOCAL) > 512
    assert token_limit(CALL, LOCAL.model_copy(update={"max_tokens": 99})) == 99
