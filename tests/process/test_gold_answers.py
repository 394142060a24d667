"""Perfect answers over the wire: whatever is asked about a gold notice, gold answers, and the record becomes gold."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from endpoint_example import settings
from fake_endpoint import Serving, mode_of, serving
from gold_answers import examples, items, known
from notice_extractor_eval.evaluation import evaluate_notice

from extractor.assist.proposals.witnesses import eager
from extractor.endpoint.client import Endpoint
from extractor.model_source import NoticeModel
from extractor.pipeline import Assisted, extract_with_model
from extractor.record.grounding import ungrounded

ALL = range(len(examples()))
WHOLE = ("issues", "measures", "issues.title", "issues.section", "measures.label")
JUDGED = (
    "issues.category", "issues.status", "measures.types", "measures.heading", "measures.status", "measures.documents",
    "measures.organizations", "measures.accountability", "measures.quantities.subject",
)  # fmt: skip
MODES = ("tools", "json_schema", "json", "md_json")


@pytest.fixture(scope="module")
def running() -> Iterator[Serving]:
    """One server for all: the answers are found once."""
    with serving("gold_answers:answer") as server:
        yield server


@pytest.fixture
def server(running: Serving) -> Serving:
    running.script()
    return running


def read(server: Serving, number: int, *, finds_issues: bool = False, **how: Any) -> Assisted:
    """A gold notice as it is read with the server's model."""
    gold, text = examples()[number]

    async def asked() -> Assisted:
        async with Endpoint(settings(server, timeout=30.0, **how)) as endpoint:
            model = NoticeModel(endpoint, None)
            return await extract_with_model(
                text, model, notice_id=gold.notice_id, finds_issues=finds_issues, trust=eager()
            )

    return asyncio.run(asked())


def assert_as_gold(found: Assisted, number: int) -> None:
    gold, text = examples()[number]
    scores = evaluate_notice(gold, found.notice, text).scores()
    assert found.failures == []
    assert [name for name in WHOLE if scores[name].f1 < 1] == []
    assert [name for name in JUDGED if scores[name].f1 < 0.99] == []
    assert ungrounded(found.notice, text) == []


@pytest.mark.parametrize("number", ALL)
@pytest.mark.parametrize("finds_issues", [False, True], ids=["assisted", "model"])
def test_what_perfect_answers_allow(server: Serving, number: int, finds_issues: bool) -> None:
    assert_as_gold(read(server, number, finds_issues=finds_issues), number)
    abouts = [known(entry["body"]) for entry in server.log()]
    assert {about and about.notice_id for about in abouts} == {examples()[number].gold.notice_id}


@pytest.mark.parametrize("mode", MODES)
def test_in_every_mode(server: Serving, mode: str) -> None:
    assert_as_gold(read(server, 1, mode=mode), 1)
    assert {mode_of(entry["body"]) for entry in server.log()} == {mode}


def test_packs_that_are_asked_about_in_halves(server: Serving) -> None:
    whole = read(server, 1, finds_issues=True)
    packs = len(server.log())
    server.script(faults=dict.fromkeys((0, packs), "length"))
    halved = read(server, 1, finds_issues=True)
    assert len(server.log()) == packs + 4
    assert halved.notice == whole.notice


def test_an_answer_that_was_wrong_is_given_again(server: Serving) -> None:
    server.script(faults={0: "wrong_numbers", 1: "wrong_words"})
    assert_as_gold(read(server, 1), 1)


def told(content: str, schema: dict[str, Any]) -> Any:
    """What is answered to one message with a schema of somebody else's."""
    tool = {"type": "function", "function": {"name": "Record", "parameters": schema}}
    about = known({"messages": [{"role": "user", "content": content}], "tools": [tool]})
    assert about is not None
    return json.loads(about.answer)


def test_a_whole_notice_is_answered_in_the_shape_that_is_asked_for() -> None:
    gold, text = examples()[1]
    issues = {"type": "array", "items": {"$ref": "#/$defs/Issue"}}
    definitions = {"Issue": {"type": "object", "properties": {"label": {}, "text": {}}}}
    answer = told(f"Read this.\n{text}", {"properties": {"title": {}, "issues": issues}, "$defs": definitions})
    assert answer == {
        "title": gold.title,
        "issues": [{"label": each.label, "text": text[each.text.start : each.text.end]} for each in gold.issues],
    }


def test_a_chunk_is_answered_with_what_lies_whole_in_it() -> None:
    gold, text = examples()[1]
    first, second = [item for item in items(gold) if item.kind == "measure"][:2]
    attributes = {"anyOf": [{"properties": {"status": {}}}, {"type": "null"}]}
    variant = {"required": ["measure", "measure_attributes"], "properties": {"measure_attributes": attributes}}
    schema = {"properties": {"extractions": {"items": {"anyOf": [variant]}}}}
    chunk = text[first.place.start - 2 : second.place.end - 1]
    assert told(f"Extract.\nQ: {chunk}\nA: ", schema)["extractions"] == [
        {
            "measure": text[first.place.start : first.place.end],
            "measure_attributes": {"status": gold.issues[0].measures[0].status},
        }
    ]


def test_of_what_gold_does_not_know_nothing_is_said() -> None:
    assert known({"messages": [{"role": "user", "content": "What is the weather like?"}]}) is None
