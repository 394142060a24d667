"""Servers and proxies as they are: their words for faults, their slots, and models that do not stop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from endpoint_example import call, right, settings, with_endpoint
from fake_endpoint import Fault, Serving

from extractor.endpoint.client import Endpoint
from extractor.endpoint.doctor import examine
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason

ANSWERS = "endpoint_example:answer"


def failure(server: Serving, **more: Any) -> EndpointFailure | AnswerFailure:
    with pytest.raises((EndpointFailure, AnswerFailure)) as caught:
        with_endpoint(settings(server, **more), lambda endpoint: endpoint.ask(call()))
    assert isinstance(caught.value, EndpointFailure | AnswerFailure)
    return caught.value


# --- their words for faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["unreadable", "unreadable_tool"])
def test_an_error_about_the_models_own_text_is_no_fault_of_the_server(server: Serving, kind: str) -> None:
    server.script(rate=1.0, kinds=[kind])
    assert failure(server).reason is Reason.INVALID_ANSWER
    first, second = (entry["body"]["messages"][-1]["content"] for entry in server.log())
    assert second.startswith(first)
    assert "It could not be read." in second


def test_a_mode_whose_answers_the_server_cannot_read_is_not_picked(server: Serving) -> None:
    server.script(faults={0: "unreadable"})
    _, endpoint = with_endpoint(settings(server, mode="auto"), lambda endpoint: endpoint.ask(call()))
    assert endpoint.mode == "tools"


@pytest.mark.parametrize(
    ("kind", "reason"), [("no_db", Reason.AUTH), ("no_model", Reason.NOT_FOUND), ("pinned", Reason.NOT_FOUND)]
)
def test_a_proxys_400_for_a_wrong_key_or_name_ends_the_asking(server: Serving, kind: str, reason: Reason) -> None:
    server.script(rate=1.0, kinds=[kind])

    async def use(endpoint: Endpoint) -> list[Reason]:
        answers = await asyncio.gather(*(endpoint.ask(call([word])) for word in ("a", "b")), return_exceptions=True)
        assert all(isinstance(each, EndpointFailure) for each in answers)
        return [each.reason for each in answers if isinstance(each, EndpointFailure)]

    assert with_endpoint(settings(server, concurrency=1), use)[0] == [reason, reason]
    assert len(server.log()) == 1


def test_too_much_room_for_an_answer_is_no_prompt_that_is_too_long(server: Serving) -> None:
    server.script(rate=1.0, kinds=["room"])
    found = failure(server, max_tokens=99)
    assert (found.reason, found.reason.wants_less) == (Reason.BAD_REQUEST, False)
    assert "--max-tokens 99; lower it" in str(found)


def test_where_the_room_is_ours_less_is_asked_for(server: Serving) -> None:
    server.script(rate=1.0, kinds=["room"])
    assert failure(server).reason is Reason.CONTEXT_TOO_LONG


def test_an_error_may_stand_under_detail(server: Serving) -> None:
    text = '{"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted"}]}'
    server.script(faults={0: {"kind": "reply", "status": 422, "text": text}})
    with_endpoint(settings(server, seed=3), lambda endpoint: endpoint.ask(call()))
    assert ["seed" in entry["body"] for entry in server.log()] == [True, False]


# --- repetitions ------------------------------------------------------------------------------------------------------


def test_the_same_question_is_not_sent_twice_in_the_same_words(server: Serving) -> None:
    server.script(rate=1.0, kinds=["wrong_words"])
    failure(server, answer_retries=4, seed=1)
    bodies = [entry["body"] for entry in server.log()]
    assert len(bodies) == 5
    assert all(one != other for at, one in enumerate(bodies) for other in bodies[:at])
    assert [body["temperature"] for body in bodies] == [0, 0, 0.3, 0.3, 0.3]


@pytest.mark.parametrize("kind", ["blank_end", "same_end"])
def test_a_model_that_does_not_stop_is_named_as_that(server: Serving, kind: str) -> None:
    server.script(rate=1.0, kinds=[kind])
    found = failure(server)
    assert (found.reason, found.reason.wants_less) == (Reason.ENDLESS, True)
    assert len(server.log()) == 1


def test_an_answer_that_is_cut_in_its_midst_is_not_endless(server: Serving) -> None:
    server.script(rate=1.0, kinds=["length"])
    assert failure(server).reason is Reason.TRUNCATED


def test_an_answer_that_a_proxy_took_for_thinking_is_found(server: Serving) -> None:
    server.script(faults={0: "hidden_by_proxy"})
    answer, endpoint = with_endpoint(settings(server), lambda endpoint: endpoint.ask(call()))
    assert (answer.value, endpoint.warnings) == (right(), {"null_content": 1})


# --- how many at once -------------------------------------------------------------------------------------------------


async def many(endpoint: Endpoint, count: int) -> int:
    """Return how many of so many calls at once are answered."""
    words = ([f"word{number}"] for number in range(count))
    answers = await asyncio.gather(*(endpoint.ask(call(each)) for each in words), return_exceptions=True)
    return sum(not isinstance(each, BaseException) for each in answers)


def test_a_server_with_one_slot_answers_all_in_turn(server: Serving) -> None:
    server.script(slots=1, first_token=0.1)
    assert with_endpoint(settings(server, timeout=1.2, retries=0), lambda endpoint: many(endpoint, 12))[0] == 12
    assert server.most_at_once() < 6


def test_a_server_that_says_how_many_slots_it_has_gets_no_more_at_once(server: Serving) -> None:
    server.script(slots=2, tells_slots=True, first_token=0.01)
    assert with_endpoint(settings(server), lambda endpoint: many(endpoint, 12))[0] == 12
    assert server.most_at_once() == 2


def test_fewer_go_at_once_where_the_time_runs_out(server: Serving) -> None:
    server.script(rate=1.0, kinds=[{"kind": "stall", "seconds": 0.5}])

    async def use(endpoint: Endpoint) -> tuple[int, int]:
        assert await many(endpoint, 4) == 0
        others = asyncio.create_task(many(endpoint, 4))
        while not endpoint.running:
            await asyncio.sleep(0)
        at_once = endpoint.running, endpoint.waiting
        others.cancel()
        return at_once

    assert with_endpoint(settings(server, timeout=0.1, retries=0, concurrency=4), use)[0] == (2, 2)


# --- what the doctor says of them -------------------------------------------------------------------------------------

TINY = call(["sky", "sea"], fixed="Give each word a colour. " * 300)


def examined(server: Serving, faults: dict[int, Fault] | None = None, **script: Any) -> Any:
    server.script(faults=faults or {}, **script)
    return asyncio.run(examine(settings(server, retries=0), TINY))


def test_a_tools_schema_that_is_obeyed_proves_nothing(server: Serving) -> None:
    found = {trial.mode: trial.obeys_schema for trial in examined(server).modes}
    assert (found["json_schema"], found["tools"]) == (True, None)


def test_one_thing_is_said_once(server: Serving) -> None:
    lengths = (7593, 10374, 12260, 12339)
    texts = [f'{{"error": {{"message": "the prompt has {length} tokens, more than n_ctx"}}}}' for length in lengths]
    report = examined(server, {at: {"kind": "reply", "status": 400, "text": text} for at, text in enumerate(texts)})
    assert len(report.modes) == 4
    assert [sentence for sentence in report.diagnoses if "prompt of this length" in sentence] == [
        report.modes[0].sentence
    ]


def test_more_room_is_no_remedy_for_a_model_that_does_not_stop(server: Serving) -> None:
    report = examined(server, rate=1.0, kinds=["blank_end"])
    assert not any("--max-tokens" in each for each in report.suggestions)
    assert any("does not stop" in each for each in report.suggestions)


def test_a_request_that_is_not_taken_has_a_remedy(server: Serving) -> None:
    text = '{"error": {"message": "no"}}'
    report = examined(server, rate=1.0, kinds=[{"kind": "reply", "status": 400, "text": text}])
    assert any("the server's log" in each and "OPENAI_API_KEY" in each for each in report.suggestions)
