"""Prompts: the fixed part first and the same in every call, the notice's text only ever a value."""

from __future__ import annotations

import json
import re
from typing import get_args

import pytest
from assist_examples import material, tuned
from checkout import GOLD_NOTICES
from quoted_passages import shared_passages

from extractor.assist.layout.layout_pack import layout_packs
from extractor.assist.packs import Pack, fields_packs, labels_packs
from extractor.assist.prompts import TASKS, Task, call_for, prompt
from extractor.assist.responses import FieldsAnswer, LabelsAnswer, LayoutAnswer
from extractor.endpoint.tokens import estimate_tokens
from extractor.record.enumerations import VOCABULARIES

LEAST_CACHED = 1024


def packs(text: str) -> list[Pack]:
    made = material(text)
    layout = layout_packs(text, made.reading.text, made.reading.outline.ending.start)
    return [*labels_packs(made), *fields_packs(made), *layout]


@pytest.mark.parametrize("task", TASKS)
def test_the_fixed_part_is_long_enough_to_be_cached(task: Task) -> None:
    assert estimate_tokens(prompt(task).fixed) > 1.2 * LEAST_CACHED


def test_the_fixed_part_is_the_same_in_every_call_and_comes_first() -> None:
    first: dict[str, str] = {}
    for _, text in tuned():
        for pack in packs(text):
            call = call_for(pack)
            assert [message.role for message in call.messages] == ["system", "user"]
            assert first.setdefault(call.task, call.messages[0].content) == prompt(pack.task).fixed
            assert pack.body in call.messages[1].content
            assert call.messages[1].content.rindex("</pieces>") < call.messages[1].content.rindex("请按说明")
    assert set(first) == set(TASKS) == set(get_args(Task))


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


@pytest.mark.parametrize("task", TASKS)
def test_what_is_rendered_quotes_no_gold_notice(task: Task) -> None:
    for path in GOLD_NOTICES.glob("*.txt"):
        assert shared_passages(prompt(task).fixed, path.read_text(encoding="utf-8")) == [], path.name


@pytest.mark.parametrize("task", TASKS)
def test_the_examples_answers_have_the_shape_that_is_asked_for(task: Task) -> None:
    answers = re.findall(r"^\{.*\}$", prompt(task).fixed, re.MULTILINE)
    assert len(answers) >= 2
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


def test_room_for_an_answer_grows_with_the_pack() -> None:
    _, text = tuned()[0]
    made = material(text)
    small, large = labels_packs(made, 1000)[0], labels_packs(made, 5000)[0]
    assert call_for(small).max_tokens < call_for(large).max_tokens
