"""Prompts: the fixed part first and the same in every call, the notice's text only ever a value."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from typing import cast, get_args

import pytest
from assist_examples import material, tuned
from checkout import GOLD_NOTICES
from quoted_passages import shared_passages

from extractor.assist.fields.field_answer import FieldsAnswer
from extractor.assist.fields.field_pack import fields_packs
from extractor.assist.labels.label_answer import LabelsAnswer
from extractor.assist.labels.label_pack import labels_packs
from extractor.assist.layout.layout_answer import LayoutAnswer
from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.packs.pack import Pack, TaskName
from extractor.assist.prompts import call_for, prompt
from extractor.assist.tasks import TASKS
from extractor.endpoint.settings import EndpointSettings, PromptEdition
from extractor.endpoint.shapes import request_body
from extractor.endpoint.tokens import estimate_tokens
from extractor.record.enumerations import VOCABULARIES

LEAST_CACHED = 1024


def packs(text: str) -> list[Pack]:
    made = material(text)
    layout = layout_packs(made)
    return [*labels_packs(made), *fields_packs(made), *layout]


ANY_EDITION = pytest.mark.parametrize("edition", get_args(PromptEdition))


@pytest.mark.parametrize("edition", ["2", "1"])
@pytest.mark.parametrize("task", TASKS)
def test_the_fixed_part_is_long_enough_to_be_cached(task: TaskName, edition: PromptEdition) -> None:
    assert estimate_tokens(prompt(task, edition).fixed) > 1.2 * LEAST_CACHED


@ANY_EDITION
def test_the_fixed_part_is_the_same_in_every_call_and_comes_first(edition: PromptEdition) -> None:
    first: dict[str, str] = {}
    for _, text in tuned():
        for pack in packs(text):
            call = call_for(pack, edition)
            assert call.prompt_version == edition
            assert [message.role for message in call.messages] == ["system", "user"]
            assert first.setdefault(call.task, call.messages[0].content) == prompt(pack.task, edition).fixed
            assert pack.body in call.messages[1].content
            assert call.messages[1].content.rindex("</pieces>") < call.messages[1].content.rindex("请按说明")
    assert set(first) == set(TASKS) == set(get_args(TaskName))


def test_every_value_of_the_vocabularies_is_explained() -> None:
    asked = {
        "labels": (
            "category", "issue_status", "measure_type", "measure_status", "document_action", "accountability_action"
        ),
        "fields": ("total_name", "inspection_kind"),
    }  # fmt: skip
    for task, names in asked.items():
        for name in names:
            for term in VOCABULARIES[name].values():
                assert term.key in prompt(task).fixed


@ANY_EDITION
@pytest.mark.parametrize("task", TASKS)
def test_what_is_rendered_quotes_no_gold_notice(task: TaskName, edition: PromptEdition) -> None:
    for path in GOLD_NOTICES.glob("*.txt"):
        assert shared_passages(prompt(task, edition).fixed, path.read_text(encoding="utf-8")) == [], path.name


@ANY_EDITION
@pytest.mark.parametrize("task", TASKS)
def test_the_examples_answers_have_the_shape_that_is_asked_for(task: TaskName, edition: PromptEdition) -> None:
    answers = re.findall(r"^\{.*\}$", prompt(task, edition).fixed, re.MULTILINE)
    assert len(answers) >= (1 if edition == "short" else 2)
    for answer in answers:
        prompt(task).response.model_validate(json.loads(answer))


@pytest.mark.parametrize("response", [FieldsAnswer, LabelsAnswer, LayoutAnswer])
def test_schemas_suit_constrained_decoders(response: type[LabelsAnswer]) -> None:
    schema = response.model_json_schema()
    content = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    assert estimate_tokens(content) < 700
    assert "anyOf" not in content
    assert "description" not in content
    for name, definition in schema.get("$defs", {}).items():
        assert f'/{name}"' not in json.dumps(definition["properties"])  # no recursion


@pytest.mark.parametrize("task", TASKS)
def test_the_short_edition_is_half_as_long_and_asks_what_its_example_says(task: TaskName) -> None:
    short = prompt(task, "short")
    assert estimate_tokens(short.fixed) < 0.55 * estimate_tokens(prompt(task).fixed)
    (answer,) = re.findall(r"^\{.*\}$", short.fixed, re.MULTILINE)
    assert not {key for part in parts(json.loads(answer)) for key in part} & short.withheld


def parts(said: object) -> list[dict[str, object]]:
    """All objects inside an answer, itself included."""
    if isinstance(said, list):
        return [part for each in said for part in parts(each)]
    return [said, *parts(list(said.values()))] if isinstance(said, dict) else []


@pytest.mark.parametrize("task", ["labels", "fields"])
def test_a_calls_schema_has_no_key_that_its_prompt_leaves_out(task: TaskName) -> None:
    pack = next(pack for _, text in tuned() for pack in packs(text) if pack.task == task)

    def keys(edition: PromptEdition) -> set[str]:
        schemas = [part for part in parts(dict(call_for(pack, edition).schema or {})) if part.get("type") == "object"]
        return {key for schema in schemas for key in cast(dict[str, object], schema["properties"])}

    withheld = prompt(task, "short").withheld
    assert keys("2") & withheld
    assert not keys("short") & withheld


FIRST = {"fields": "63a56b33f6ac2dc5", "labels": "92b8e84f7afeacc0", "layout": "506cfdc6158377bf"}
"""The beginnings of the hashes of the first edition's fixed parts."""


@pytest.mark.parametrize("task", TASKS)
def test_the_first_edition_stays_as_it_was(task: TaskName) -> None:
    """Answers that people have cached, and paid for, are found by these very bytes."""
    assert sha256(prompt(task, "1").fixed.encode()).hexdigest()[:16] == FIRST[task]


def test_room_for_an_answer_grows_with_the_pack() -> None:
    _, text = tuned()[0]
    made = material(text)
    small, large = labels_packs(made, 1000)[0], labels_packs(made, 5000)[0]
    assert call_for(small).max_tokens < call_for(large).max_tokens


SENT = {
    "labels": "Labels of numbered issues and measures; ``h`` lists the measures whose possible heading is one.",
    "fields": "What a notice says about itself.",
    "layout": "Where issues and measures stand, by line number.",
}
"""The descriptions of the tools: the first lines of the answers' docstrings, which are part of what is sent."""


@pytest.mark.parametrize("task", TASKS)
def test_a_tool_is_named_and_described_as_ever(task: TaskName) -> None:
    """Who rewords a docstring of these changes what a model is sent, and the version of the prompt has to follow."""
    pack = next(pack for _, text in tuned() for pack in packs(text) if pack.task == task)
    function = request_body(call_for(pack), EndpointSettings(model="m"), "tools")["tools"][0]["function"]
    assert (function["name"], function["description"]) == (f"{task.capitalize()}Answer", SENT[task])


def test_the_keys_on_the_wire_are_short_and_no_others_are_read() -> None:
    answer = prompt("labels").response.model_validate(
        {"issues": [], "measures": [{"m": 1, "t": ["other"], "q": ["1甲"], "subjects": ["2乙"]}]}
    )
    assert answer.model_dump_json(exclude_defaults=True) == (
        '{"issues":[],"measures":[{"m":1,"t":["other"],"q":["1甲"]}]}'
    )
