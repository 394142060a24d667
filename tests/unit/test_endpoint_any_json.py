"""Any JSON value in any place of what an endpoint sends: a value, or a named failure; never anything else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import httpx2
import pytest
from answer_examples import answer_line, completion, key, record
from endpoint_example import call
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from openai import APIStatusError

from extractor.endpoint.answer_json import found_json
from extractor.endpoint.answer_records import AnswerRecord, CallHeader
from extractor.endpoint.answers import kept_answer, record_of, valid_answer
from extractor.endpoint.batch_answers import read_batch
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.calls import Mode
from extractor.endpoint.completion import body_of, read_completion, read_usage
from extractor.endpoint.diagnosis import diagnose, refused_in_passing
from extractor.endpoint.failures import AnswerFailure, EndpointFailure
from extractor.endpoint.recording import import_
from extractor.endpoint.settings import EndpointSettings

MODES: tuple[Mode, ...] = get_args(Mode)
WHOLE = '{"items": [{"i": 0, "c": "red"}]}'
ASKED = EndpointSettings(model="m", base_url="http://127.0.0.1:9/v1")


def _deep(depth: int) -> Any:
    value: Any = 1
    for number in range(depth):
        value = {"text": value} if number % 2 else [value]
    return value


ODD = st.sampled_from(
    [
        10**4000,
        -(10**4000),
        float("inf"),
        float("nan"),
        "\ud800",
        "half \udfff",
        WHOLE,
        "",
        "0" * 5000,
    ]
) | st.sampled_from([300, 900]).map(_deep)  # made anew each time: a test may put a value into itself
NAMES = st.just("text")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | ODD,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("text"), inner, max_size=3)
    ),
    max_leaves=5,
)
PLACES: list[tuple[str | int, ...]] = [
    ("choices",),
    ("choices", 0),
    *(("choices", 0, name) for name in ("message", "finish_reason", "index")),
    *(("choices", 0, "message", name) for name in ("content", "tool_calls", "function_call", "refusal", "role")),
    *(("choices", 0, "message", name) for name in ("reasoning", "reasoning_content")),
    ("choices", 0, "message", "tool_calls", 0),
    ("choices", 0, "message", "tool_calls", 0, "function"),
    ("choices", 0, "message", "tool_calls", 0, "function", "arguments"),
    *((name,) for name in ("id", "model", "created", "object", "usage", "error")),
    *(
        ("usage", name)
        for name in ("prompt_tokens", "completion_tokens", "prompt_tokens_details", "prompt_cache_hit_tokens")
    ),
    ("usage", "prompt_tokens_details", "cached_tokens"),
]


def body(*places: tuple[tuple[str | int, ...], Any]) -> dict[str, Any]:
    """A sound completion with values in places of it."""
    tool = {"id": "1", "type": "function", "function": {"name": "Labels", "arguments": WHOLE}}
    found: dict[str, Any] = {
        "id": "1",
        "choices": [{"index": 0, "message": {"content": WHOLE, "tool_calls": [tool]}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}},
    }
    for way, value in places:
        inner: Any = found
        try:
            for step in way[:-1]:
                inner = inner[step]
            inner[way[-1]] = value
        except (TypeError, KeyError, IndexError, AttributeError):
            continue  # another value stands there already
    return found


BODIES = st.lists(st.tuples(st.sampled_from(PLACES), VALUES), min_size=1, max_size=3).map(lambda places: body(*places))


@given(BODIES, st.sampled_from(MODES))
@how(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_completion_is_read_or_named(found: dict[str, Any], mode: Mode) -> None:
    asked = call(["sky"])
    try:
        reply = read_completion(found, mode, 10)
        answer = valid_answer(asked, mode, reply)
    except (AnswerFailure, EndpointFailure) as failure:
        str(failure).encode()
        assert len(str(failure)) < 500
        return
    keeping = record_of(CallHeader(asked.task, "m", mode, asked.prompt_version), reply)
    json.dumps(keeping.json_fields(), ensure_ascii=False).encode()  # no half pairs: any file and any database takes it
    assert kept_answer(asked, keeping) == answer.value
    counted = read_usage(found)[0]
    assert 0 <= counted.prompt + counted.completion <= 2 * 10**9


@given(VALUES, st.sampled_from([200, 307, 400, 401, 403, 404, 413, 422, 429, 500, 503]))
@how(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_an_error_is_named(value: Any, status: int) -> None:
    for error in (value, {"message": value}, {"message": "unsupported", "param": value, "code": value, "type": value}):
        if status == 200:
            failure = refused_in_passing(error, (), ASKED)
        else:
            request = httpx2.Request("POST", "http://127.0.0.1:9/v1")
            response = httpx2.Response(status, headers={"location": "http://[", "retry-after": "1e9"}, request=request)
            failure = diagnose(APIStatusError("x", response=response, body=error), (), ASKED)  # type: ignore[assignment]
        str(failure).encode()
        assert 0 < len(str(failure)) < 500


@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
@how(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_bytes_are_an_object_or_nothing(raw: bytes) -> None:
    found = body_of(raw)
    assert found is None or isinstance(found, dict)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("batch")


@given(st.lists(BODIES | VALUES, min_size=1, max_size=5), VALUES)
@how(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
def test_a_line_of_answers_is_stored_or_named(folder: Path, bodies: list[Any], other: Any) -> None:
    lines = [answer_line(key("sound"), completion())]
    lines += [answer_line(key(str(number)), found) for number, found in enumerate(bodies)]
    lines.append(json.dumps({"custom_id": key("x"), "error": other, "response": {"status_code": other}}))
    lines.append(json.dumps({"custom_id": key("y"), "error": {"code": other, "type": other}}))
    lines.append(json.dumps({"custom_id": other, "response": other}))
    file = folder / "answers.jsonl"
    file.write_text("\n".join(lines))
    with AnswerCache(folder / "cache") as cache:
        done = read_batch(file, cache)
        cache.clear()
    assert done.stored >= 1
    assert done.stored + len(done.problems) == len(lines)
    assert all(str(problem).isprintable() for problem in done.problems)


@given(st.lists(st.tuples(st.sampled_from(list(AnswerRecord.model_fields)), VALUES), min_size=1, max_size=4))
@how(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture], deadline=None)
def test_a_recorded_line_is_taken_or_named(folder: Path, odd: list[tuple[str, Any]]) -> None:
    sound = record('{"issues": []}').json_fields()
    lines = [{"key": key(str(number)), **sound, name: value} for number, (name, value) in enumerate(odd)]
    lines += [{"key": key("u"), **sound, "usage": {"prompt": odd[0][1]}}, {"key": odd[0][1], **sound}]
    file = folder / "recorded.jsonl"
    file.write_text("\n".join(map(json.dumps, [{"key": key("sound"), **sound}, *lines])))
    with AnswerCache(folder / "cache") as cache:
        done = import_(cache, file)
        answers = [found for each in cache if (found := cache.get(each))]
        # An odd value may happen to be a whole answer.
        drawn = [value for name, value in odd if name == "content"]
        assert all(found.content in drawn or kept_answer(call(["sky"]), found) is None for found in answers)
        cache.clear()
    assert done.new >= 1
    assert done.new + done.replaced + done.unchanged + len(done.problems) == len(lines) + 1


@pytest.mark.parametrize("piece", ["```{}", "```json ", "</think>", "{'", '{"a": "', "[", "{", "\\", "``` "])
def test_what_surrounds_json_is_looked_at_once(piece: str) -> None:
    """Twice the text, twice the steps: a pattern that tries again from each place would not end here."""
    for frame in ("{}", "```{}", "```{}\n```x", "x{}"):
        found_json(frame.format(piece * (200_000 // len(piece))), "json")
        found_json("```" + "a" * 200_000 + piece, "json")
        found_json("```" + " " * 200_000 + piece, "json")
