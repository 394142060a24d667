"""A call goes in, a valid answer comes out, or a named failure: with the real client over real HTTP."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from checkout import module_path
from endpoint_example import Kept, call, right, settings, with_endpoint
from fake_endpoint import HEALABLE, ODD, PASSING, WRONG, Fault, Serving, serving

from extractor.endpoint.calls import CallAnswer, Mode
from extractor.endpoint.client import Endpoint
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.offline import OfflineAnswers
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tally import Tally
from extractor.errors import SettingsError

MODES: tuple[Mode, ...] = get_args(Mode)


@pytest.fixture(scope="module")
def server() -> Iterator[Serving]:
    with serving("endpoint_example:answer") as running:
        yield running


def asked(server: Serving, *, cache: Kept | None = None, **more: Any) -> tuple[CallAnswer[Any], Endpoint]:
    return with_endpoint(settings(server, **more), lambda endpoint: endpoint.ask(call()), cache)


def failing(server: Serving, **more: Any) -> tuple[EndpointFailure | AnswerFailure, Endpoint]:
    async def use(endpoint: Endpoint) -> EndpointFailure | AnswerFailure:
        try:
            await endpoint.ask(call())
        except (EndpointFailure, AnswerFailure) as failure:
            return failure
        pytest.fail("the call was answered")

    return with_endpoint(settings(server, **more), use)


# --- what goes out ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_brings_the_answer(server: Serving, mode: Mode) -> None:
    server.script()
    answer, endpoint = asked(server, mode=mode)
    assert (answer.value, answer.requests, answer.from_cache) == (right(), 1, False)
    assert answer.usage.prompt > 0
    assert not endpoint.warnings


def test_a_request_holds_the_settings(server: Serving) -> None:
    server.script()
    asked(server, temperature=0.5, seed=7, max_tokens=99, extra_body={"top_k": 3})
    body = server.log()[0]["body"]
    assert {name: body[name] for name in ("model", "temperature", "seed", "max_tokens", "top_k")} == {
        "model": "fake",
        "temperature": 0.5,
        "seed": 7,
        "max_tokens": 99,
        "top_k": 3,
    }


@pytest.mark.parametrize("mode", MODES)
def test_what_looks_like_a_template_is_sent_as_it_is(server: Serving, mode: Mode) -> None:
    server.script()
    strange = call(["sky {{ 7 * 7 }} {% raw %}", "  indented"], fixed="Fixed {{ config }} {# part")
    with_endpoint(settings(server, mode=mode), lambda endpoint: endpoint.ask(strange))
    first, *_, last = server.log()[0]["body"]["messages"]
    assert first["content"].startswith(strange.messages[0].content)
    assert last["content"].startswith(strange.messages[1].content)


@pytest.mark.parametrize("mode", MODES)
def test_calls_of_a_task_begin_alike(server: Serving, mode: Mode) -> None:
    server.script()

    async def use(endpoint: Endpoint) -> None:
        await endpoint.ask(call(["sky"]))
        await endpoint.ask(call(["grass", "sea"]))

    with_endpoint(settings(server, mode=mode), use)
    one, other = (entry["body"] for entry in server.log())
    assert one["messages"][0] == other["messages"][0]
    assert one.get("tools") == other.get("tools")


# --- what comes back wrong --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", PASSING, ids=str)
def test_what_passes_is_tried_again(server: Serving, fault: Fault) -> None:
    server.script(faults={0: fault})
    answer, endpoint = asked(server)
    assert (answer.value, answer.requests) == (right(), 2)
    assert (endpoint.totals.requests, endpoint.totals.retries, endpoint.totals.failures) == (2, 1, 0)
    one, other = (entry["body"] for entry in server.log())
    assert one == other


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("fault", WRONG, ids=str)
def test_a_wrong_answer_is_asked_for_again(server: Serving, fault: Fault, mode: Mode) -> None:
    server.script(faults={0: fault})
    answer, _ = asked(server, mode=mode)
    assert (answer.value, answer.requests) == (right(), 2)
    first, second = (entry["body"]["messages"] for entry in server.log())
    assert len(second) == len(first)
    assert second[-1]["content"].startswith(first[-1]["content"])
    assert "could not be used" in second[-1]["content"]


def test_the_model_is_told_what_was_wrong_and_prompts_do_not_grow(server: Serving) -> None:
    server.script(faults={0: "wrong_numbers", 1: "wrong_numbers"})
    answer, _ = asked(server)
    assert answer.value == right()
    first, second, third = (entry["body"]["messages"][-1]["content"] for entry in server.log())
    assert "there is no word 100000; the words are 0 to 2" in second
    assert len(first) < len(second) == len(third)


def test_the_answer_that_was_wrong_is_not_sent_back(server: Serving) -> None:
    server.script(faults={0: {"kind": "text", "text": '{"items": "' + "very long " * 1000 + '"}'}})
    asked(server)
    assert len(server.log()[1]["body"]["messages"][-1]["content"]) < 1000


@pytest.mark.parametrize(
    ("fault", "mode"),
    [(fault, mode) for fault in ODD for mode in MODES if fault != "object_arguments" or mode == "tools"],
)
def test_an_odd_answer_is_put_right_and_named(server: Serving, fault: str, mode: Mode) -> None:
    server.script(faults={0: fault})
    answer, endpoint = asked(server, mode=mode)
    assert (answer.value, answer.requests) == (right(), 1)
    expected = {
        ("prose", "tools"): {"tool_ignored", "prose"},
        ("fences", "tools"): {"tool_ignored", "fenced"},
        ("reasoning", "tools"): {"tool_ignored", "reasoning"},
        ("text_for_tool", "tools"): {"tool_ignored"},
        ("parts", "tools"): {"tool_ignored"},
        ("hidden", mode): {"null_content"},
        ("usage_missing", mode): {"usage_missing"},
        ("usage_zero", mode): {"usage_wrong"},
        ("usage_negative", mode): {"usage_wrong"},
        ("prose", "json"): {"prose"},
        ("fences", "json"): {"fenced"},
        ("reasoning", "json"): {"reasoning"},
        ("prose", "json_schema"): {"prose"},
        ("fences", "json_schema"): {"fenced"},
        ("reasoning", "json_schema"): {"reasoning"},
    }
    if mode != "md_json":  # there the answer stands in a fence within the fence
        assert set(endpoint.warnings) == expected.get((fault, mode), set())


def test_a_schema_that_is_ignored_is_named(server: Serving) -> None:
    server.script(faults={0: {"kind": "text", "text": '{"words": 3}'}})
    _, endpoint = asked(server)
    assert endpoint.warnings == {"schema_ignored": 1, "invalid_answer": 1}


def test_a_wrong_usage_is_not_believed(server: Serving) -> None:
    server.script(faults={0: "usage_zero"})
    answer, endpoint = asked(server)
    assert not answer.usage.known
    assert endpoint.totals.money is None


# --- what cannot get better -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("401", Reason.AUTH),
        ("402", Reason.QUOTA),
        ("quota", Reason.QUOTA),
        ("403", Reason.FORBIDDEN),
        ("404", Reason.NOT_FOUND),
        ("context_too_long", Reason.CONTEXT_TOO_LONG),
        ("exceed_context", Reason.CONTEXT_TOO_LONG),
        ("echo", Reason.BAD_REQUEST),
        ("filter", Reason.REFUSED),
        ("refusal", Reason.REFUSED),
        ("withheld", Reason.REFUSED),
        ("length", Reason.TRUNCATED),
    ],
)
def test_what_cannot_get_better_is_not_tried_again(server: Serving, fault: str, reason: Reason) -> None:
    server.script(faults={0: fault})
    failure, endpoint = failing(server)
    assert failure.reason is reason
    assert len(server.log()) == 1
    assert (endpoint.totals.calls, endpoint.totals.failures) == (1, 1)


@pytest.mark.parametrize(
    ("fault", "reason", "requests"),
    [
        ("429", Reason.RATE_LIMITED, 3),
        ("500", Reason.SERVER, 3),
        ("reset", Reason.CONNECTION, 3),
        ("empty", Reason.EMPTY_ANSWER, 2),
        ("wrong_words", Reason.INVALID_ANSWER, 2),
        ("truncated", Reason.TRUNCATED, 2),
    ],
)
def test_what_stays_wrong_is_named_in_the_end(server: Serving, fault: str, reason: Reason, requests: int) -> None:
    server.script(rate=1.0, kinds=[fault])
    failure, _ = failing(server, retries=2, answer_retries=1)
    assert failure.reason is reason
    assert len(server.log()) == requests


def test_a_stalling_endpoint_is_given_up(server: Serving) -> None:
    server.script(faults={0: {"kind": "stall", "seconds": 0.3}})
    failure, _ = failing(server, timeout=0.1, retries=0)
    assert failure.reason is Reason.TIMEOUT


def test_a_call_is_given_up_at_its_deadline(server: Serving) -> None:
    server.script(rate=1.0, kinds=["500"])
    failure, endpoint = failing(server, call_deadline=2.0, backoff=10.0)
    assert failure.reason is Reason.SERVER
    assert endpoint.totals.requests == 1


def test_a_wait_beyond_the_deadline_is_not_waited(server: Serving) -> None:
    server.script(rate=1.0, kinds=[{"kind": "429", "headers": {"retry-after": "3600"}}])
    failure, endpoint = failing(server)
    assert failure.reason is Reason.RATE_LIMITED
    assert isinstance(failure, EndpointFailure)
    assert failure.wait == 3600
    assert endpoint.totals.requests == 1


@pytest.mark.parametrize("headers", [{"retry-after-ms": "60"}, {"retry-after": "0.06"}])
def test_as_long_as_the_endpoint_asks_for_is_waited(server: Serving, headers: dict[str, str]) -> None:
    server.script(faults={0: {"kind": "429", "headers": headers}})
    asked(server)
    first, second = (entry["at"] for entry in server.log())
    assert second - first >= 0.06


def test_an_endpoint_that_has_no_requests_left_is_left_alone(server: Serving) -> None:
    server.script(headers={"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "60ms"})

    async def use(endpoint: Endpoint) -> None:
        await endpoint.ask(call())
        await endpoint.ask(call(["sea"]))

    with_endpoint(settings(server), use)
    first, second = (entry["at"] for entry in server.log())
    assert second - first >= 0.05  # the clock here starts when the answer arrives, there when the request does


def test_a_call_ends_with_its_notice(server: Serving) -> None:
    server.script(faults={0: {"kind": "stall", "seconds": 0.3}})

    async def use(endpoint: Endpoint) -> Reason:
        with pytest.raises(EndpointFailure) as caught:
            await endpoint.ask(call(), until=asyncio.get_running_loop().time() + 0.1)
        assert endpoint.running == 0
        return caught.value.reason

    assert with_endpoint(settings(server), use)[0] is Reason.TIMEOUT


def test_no_server_is_a_connection_that_fails() -> None:
    nobody = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="fake", mode="json", backoff=0.001, retries=1)

    async def use(endpoint: Endpoint) -> list[Reason]:
        calls = (call([word]) for word in ("sky", "sea", "tea"))
        results = await asyncio.gather(*map(endpoint.ask, calls), return_exceptions=True)
        before = endpoint.totals.requests
        with pytest.raises(EndpointFailure):
            await endpoint.ask(call())
        assert endpoint.totals.requests == before <= 6  # the fourth call was not tried
        return [result.reason for result in results if isinstance(result, EndpointFailure)]

    assert with_endpoint(nobody, use)[0] == [Reason.CONNECTION] * 3


def test_after_a_refused_key_nothing_more_is_sent(server: Serving) -> None:
    server.script(faults={0: "401"})

    async def use(endpoint: Endpoint) -> list[Reason]:
        reasons = []
        for _ in range(3):
            with pytest.raises(EndpointFailure) as caught:
                await endpoint.ask(call())
            reasons.append(caught.value.reason)
        return reasons

    assert with_endpoint(settings(server), use)[0] == [Reason.AUTH] * 3
    assert len(server.log()) == 1


def test_a_parameter_that_is_not_taken_is_left_out_from_then_on(server: Serving) -> None:
    server.script(faults={0: "unsupported"})

    async def use(endpoint: Endpoint) -> None:
        await endpoint.ask(call())
        await endpoint.ask(call(["sea"]))

    _, endpoint = with_endpoint(settings(server), use)
    bodies = [entry["body"] for entry in server.log()]
    assert [("max_tokens" in body, "max_completion_tokens" in body) for body in bodies] == [
        (True, False),
        (False, True),
        (False, True),
    ]
    assert endpoint.warnings == {"parameter_dropped": 1}


# --- prompts that are cut without a word ------------------------------------------------------------------------------


def test_a_clipped_prompt_is_noticed_by_its_length(server: Serving) -> None:
    server.script(context=1000)
    long = call([f"word{number}" for number in range(3000)])
    with pytest.raises(AnswerFailure, match="1000 tokens of a prompt that has at least") as caught:
        with_endpoint(settings(server), lambda endpoint: endpoint.ask(long))
    assert caught.value.reason is Reason.PROMPT_CLIPPED
    assert caught.value.reason.wants_less


def test_a_clipped_prompt_is_noticed_beside_others_of_its_task(server: Serving) -> None:
    server.script(context=2000)

    async def use(endpoint: Endpoint) -> None:
        await endpoint.ask(call([f"word{number}" for number in range(300)]))
        await endpoint.ask(call([f"word{number}" for number in range(1100)]))

    with pytest.raises(AnswerFailure) as caught:
        with_endpoint(settings(server), use)
    assert caught.value.reason is Reason.PROMPT_CLIPPED


def test_a_whole_prompt_is_no_clipped_one(server: Serving) -> None:
    server.script()

    async def use(endpoint: Endpoint) -> None:
        for words in (["巡" * 3000], [f"word{number}" for number in range(2000)], ["1234567890"] * 500):
            await endpoint.ask(call(words, fixed="Instructions. " * 300))

    assert not with_endpoint(settings(server), use)[1].warnings


# --- many at once -----------------------------------------------------------------------------------------------------


def test_a_third_of_faulty_answers_changes_nothing(server: Serving) -> None:
    calls = [[f"w{number}x{place}" for place in range(number % 7 + 1)] for number in range(60)]

    async def use(endpoint: Endpoint) -> list[CallAnswer[Any]]:
        return await asyncio.gather(*(endpoint.ask(call(words)) for words in calls))

    server.script(rate=0.3, kinds=HEALABLE, seed=5)
    answers, endpoint = with_endpoint(settings(server, answer_retries=4, retries=8), use)
    assert [answer.value for answer in answers] == [right(words) for words in calls]
    assert endpoint.totals.failures == 0
    assert endpoint.totals.retries > 0


def test_no_more_run_at_once_than_asked_for(server: Serving) -> None:
    server.script(first_token=0.002)

    async def use(endpoint: Endpoint) -> None:
        await asyncio.gather(*(endpoint.ask(call([f"w{number}"])) for number in range(30)))

    with_endpoint(settings(server, concurrency=3), use)
    assert server.most_at_once() <= 3


def test_a_budget_is_kept(server: Serving) -> None:
    server.script()

    async def use(endpoint: Endpoint) -> list[Reason | None]:
        results = await asyncio.gather(
            *(endpoint.ask(call([f"w{number}"])) for number in range(20)), return_exceptions=True
        )
        return [getattr(result, "reason", None) for result in results]

    reasons, endpoint = with_endpoint(settings(server, budget_tokens=800, concurrency=8), use)
    assert Reason.BUDGET in reasons
    assert None in reasons
    assert endpoint.totals.usage.prompt + endpoint.totals.usage.completion <= 800
    assert not endpoint.running


def test_a_budget_of_money_needs_a_price(server: Serving) -> None:
    with pytest.raises(SettingsError, match="price of fake is unknown"):
        Endpoint(settings(server, budget_usd=1.0))


def test_a_model_must_be_named() -> None:
    with pytest.raises(SettingsError, match="--model"):
        Endpoint(EndpointSettings())


# --- counts -----------------------------------------------------------------------------------------------------------


def test_totals_add_up_with_money(server: Serving) -> None:
    server.script(faults={1: "503", 3: "wrong_words"})
    notice = Tally()

    async def use(endpoint: Endpoint) -> None:
        await endpoint.ask(call())
        await endpoint.ask(call(["sea"]), tally=notice)
        await endpoint.ask(call(["tea"]), tally=notice)

    _, endpoint = with_endpoint(settings(server, model="gpt-4o-mini"), use)
    whole, part = endpoint.totals, notice.totals
    assert (whole.calls, whole.requests, whole.retries, whole.failures) == (3, 5, 2, 0)
    assert (part.calls, part.requests, part.retries) == (2, 4, 2)
    assert whole.money == pytest.approx(whole.usage.prompt * 0.15e-6 + whole.usage.completion * 0.6e-6)
    assert notice.reported()["oddities"] == {"invalid_answer": 1, "schema_ignored": 1}


def test_what_prefix_caches_saved_is_counted(server: Serving) -> None:
    server.script()

    async def use(endpoint: Endpoint) -> None:
        for word in ("sky", "sea"):
            await endpoint.ask(call([word], fixed="These are instructions. " * 400))

    _, endpoint = with_endpoint(settings(server), use)
    assert endpoint.totals.usage.cached >= 1024


# --- the cache --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", [*MODES, "auto"])
def test_a_second_run_asks_nothing(server: Serving, mode: str) -> None:
    server.script()
    cache = Kept()
    first, _ = asked(server, cache=cache, mode=mode)
    server.script()
    second, endpoint = asked(server, cache=cache, mode=mode)
    assert second.value == first.value
    assert (second.from_cache, second.requests) == (True, 0)
    assert (endpoint.totals.calls, endpoint.totals.cache_hits, endpoint.totals.requests) == (1, 1, 0)
    assert server.log() == []


@pytest.mark.parametrize("fault", ["length", "refusal", "empty", "wrong_words"])
def test_what_is_not_valid_is_not_kept(server: Serving, fault: str) -> None:
    server.script(rate=1.0, kinds=[fault])
    cache = Kept()
    with pytest.raises(AnswerFailure):
        asked(server, cache=cache)
    assert not cache


def test_a_kept_answer_is_checked_again(server: Serving) -> None:
    server.script()
    cache = Kept()
    asked(server, cache=cache)
    (record,) = cache.values()
    record["content"] = '{"items": [{"i": 99, "c": "red"}]}'
    answer, endpoint = asked(server, cache=cache)
    assert (answer.value, answer.from_cache) == (right(), False)
    assert endpoint.warnings == {"cache_stale": 1}


def test_a_run_from_the_cache_imports_no_client(server: Serving) -> None:
    server.script()
    cache = Kept()
    asked(server, cache=cache)
    program = f"""
import asyncio, sys
from endpoint_example import Kept, call, right
from extractor.endpoint.client import Endpoint
from extractor.endpoint.setting_sources import load

async def run():
    settings = load({{"base_url": {server.base_url!r}, "model": "fake", "mode": "json_schema"}})
    async with Endpoint(settings, Kept({dict(cache)!r})) as endpoint:
        return await endpoint.ask(call())

assert asyncio.run(run()).value == right()
assert not {{"openai", "instructor"}} & sys.modules.keys()
"""
    environment = {"PYTHONPATH": module_path(), "PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", program], check=True, env=environment)


def test_offline_nothing_is_asked(server: Serving) -> None:
    server.script()
    offline = OfflineAnswers(Kept())

    async def run() -> Reason:
        async with Endpoint(settings(server), offline) as endpoint:
            with pytest.raises(EndpointFailure) as caught:
                await endpoint.ask(call())
            return caught.value.reason

    assert asyncio.run(run()) is Reason.OFFLINE_MISSING
    assert server.log() == []
