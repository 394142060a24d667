"""What a completion holds, wherever the endpoint put it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from checkout import GOLD_NOTICES
from hypothesis import given
from hypothesis import strategies as st

from extractor.endpoint.answer_json import found_json
from extractor.endpoint.calls import Message, Usage
from extractor.endpoint.completion import read_completion, read_usage
from extractor.endpoint.diagnosis import exhausted, refused_in_passing, requested_wait
from extractor.endpoint.failures import AnswerFailure, EndpointFailure, Reason
from extractor.endpoint.settings import EndpointSettings
from extractor.endpoint.tokens import estimate_tokens, least_tokens, most_tokens

WHOLE = '{"items": [{"i": 1}]}'


@pytest.mark.parametrize(
    ("content", "oddities"),
    [
        (WHOLE, set()),
        (f"\n {WHOLE}\n", set()),
        (f"```json\n{WHOLE}\n```", {"fenced"}),
        (f"```\n{WHOLE}```", {"fenced"}),
        (f"Here:\n```json\n{WHOLE}\n```\nDone.", {"fenced"}),
        (f"Sure! {WHOLE} Anything else?", {"prose"}),
        (f"In {{short}} and [1]: {WHOLE}", {"prose"}),
        (f"<think>What of {{}}?</think>{WHOLE}", {"reasoning"}),
        (f'cut off {{"items": []}} </think>\n{WHOLE}', {"reasoning"}),
        (f"<think>a</think><think>b</think>```json\n{WHOLE}\n```", {"reasoning", "fenced"}),
        (f'{{"items": []}}\nNo, rather:\n{WHOLE}', {"prose"}),
    ],
)
def test_json_is_found(content: str, oddities: set[str]) -> None:
    text, found = found_json(content, "json")
    assert (text, set(found)) == (WHOLE, oddities)


def test_a_fence_that_was_asked_for_is_not_odd() -> None:
    assert found_json(f"```json\n{WHOLE}\n```", "md_json") == (WHOLE, ())


@pytest.mark.parametrize(
    "broken",
    [
        '{"items": [{"i": 1}, {"i":',
        '{"items": [{"i": 1} {"i": 2}]}',
        'Sure: {"items": [{"i": 1}, {"i"',
        'First {"items": []} and then {"items": [{"i": 1}',
        '[{"i": 1}]',
        'Sure: [{"i": 1}]',
        'Sure: [{"i": 1}, {"i"',
        "no object at all",
        "",
    ],
)
def test_a_part_of_a_broken_answer_is_not_taken_for_the_answer(broken: str) -> None:
    text, _ = found_json(broken, "json")
    assert text == broken


@given(st.text(alphabet='{}[]":,a1 \\`<>/think\n', max_size=300))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found, _ = found_json(text, "json")
    assert found.strip() in text or found == ""


def test_hostile_text_takes_linear_time() -> None:
    for text in (
        "{" * 200_000,
        "<think>" * 50_000,
        '{"a":' * 50_000,
        "[" * 200_000,
        "```" * 50_000,
        "</think>" * 50_000,
    ):
        found_json(text, "json")


def completion(message: Any, finish: Any = "stop", **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": message, "finish_reason": finish}], **more}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (completion({"content": WHOLE[:-1]}, "length"), Reason.TRUNCATED),
        (completion({"content": None, "refusal": "no"}), Reason.REFUSED),
        (completion({"content": WHOLE}, "content_filter"), Reason.REFUSED),
        (completion({"content": None}), Reason.EMPTY_ANSWER),
        (completion({"content": "  \n"}), Reason.EMPTY_ANSWER),
        (completion(None), Reason.EMPTY_ANSWER),
        (completion([]), Reason.EMPTY_ANSWER),
        ({"choices": None}, Reason.EMPTY_ANSWER),
        ({"choices": ["x"]}, Reason.EMPTY_ANSWER),
        (completion({"content": None, "reasoning_content": "I thought."}), Reason.EMPTY_ANSWER),
    ],
)
def test_what_is_no_answer_is_named(body: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(AnswerFailure) as caught:
        read_completion(body, "json", 0)
    assert caught.value.reason is reason


def test_an_endpoint_that_gives_up_in_the_middle_may_be_asked_again() -> None:
    with pytest.raises(EndpointFailure) as caught:
        read_completion(completion({"content": WHOLE}, "error"), "json", 0)
    assert caught.value.reason.passes


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ({"prompt_tokens": 10, "completion_tokens": 2}, Usage(10, 0, 2)),
        (
            {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 8}},
            Usage(10, 8, 2),
        ),
        ({"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": None}, Usage(10, 0, 2)),
        ({"prompt_tokens": 10, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}, Usage(10, 4, 2)),
    ],
)
def test_tokens_are_read(raw: dict[str, Any], expected: Usage) -> None:
    assert read_usage({"usage": raw}) == (expected, ())


@pytest.mark.parametrize(
    "raw",
    [
        None,
        {},
        {"prompt_tokens": 0, "completion_tokens": 0},
        {"prompt_tokens": -1, "completion_tokens": 1},
        {"prompt_tokens": "10", "completion_tokens": 1},
        {"prompt_tokens": 10, "completion_tokens": True},
        {"prompt_tokens": 10, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 11}},
        {"prompt_tokens": 1, "completion_tokens": 2},  # of a prompt of a thousand
    ],
)
def test_tokens_that_cannot_be_are_not_believed(raw: object) -> None:
    usage, oddities = read_usage({"usage": raw}, least_prompt=1000)
    assert not usage.known
    assert len(oddities) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "1e999"}, None),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after": "999999999"}, 86400.0),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"}, 90.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-requests": "0"}, None),  # LiteLLM: none is left, and nobody says until when
        ({"llm_provider-retry-after": "3"}, 3.0),
        ({"x-ratelimit-remaining-requests": "5", "x-ratelimit-reset-requests": "1m"}, None),
    ],
)
def test_what_an_endpoint_asks_for_is_understood(headers: dict[str, str], seconds: float | None) -> None:
    assert requested_wait(headers) == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    ("code", "reason"), [(429, Reason.RATE_LIMITED), ("429", Reason.RATE_LIMITED), ("401", Reason.AUTH)]
)
def test_an_errors_code_may_be_text(code: object, reason: Reason) -> None:
    """LiteLLM's is."""
    settings = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="fake")
    assert refused_in_passing({"code": code, "message": "no"}, (), settings).reason is reason


def test_headers_of_good_answers_close_the_gate_when_nothing_is_left() -> None:
    assert exhausted({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "2s"}) == 2.0
    assert exhausted({"retry-after": "7"}) is None


def test_estimates_know_scripts_apart() -> None:
    latin, chinese = (Message("user", "word " * 200),), (Message("user", "巡视整改" * 250),)
    assert 250 <= most_tokens(latin) <= 350
    assert 700 <= most_tokens(chinese) <= 900
    assert least_tokens(latin) < most_tokens(latin)
    assert least_tokens(chinese) < most_tokens(chinese)


@pytest.mark.parametrize("notice", sorted(GOLD_NOTICES.glob("*.txt")), ids=lambda path: path.stem)
def test_an_estimate_lies_between_the_bounds(notice: Path) -> None:
    text = notice.read_text(encoding="utf-8")
    assert least_tokens([Message("user", text)]) < estimate_tokens(text) < most_tokens([Message("user", text)])
