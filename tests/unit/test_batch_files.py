"""Files of the Batch API: requests out, answers of every kind into the cache."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from answer_examples import answer_line, completion, key, record

from extractor.endpoint.batch_answers import BatchImport, read_batch
from extractor.endpoint.batch_requests import (
    BatchCall,
    BatchFileLimits,
    BatchFiles,
    calls_file,
    read_calls,
    write_batch,
)
from extractor.endpoint.cache import AnswerCache
from extractor.errors import BugError, InputError, SettingsError


def call(name: object, question: str = "哪一类?") -> BatchCall:
    body = {"model": "asked/model", "messages": [{"role": "user", "content": question}], "temperature": 0}
    return BatchCall(key(name), body, "labels", "json", "labels.1")


def tool_call(arguments: Any) -> dict[str, Any]:
    return {"tool_calls": [{"id": "1", "type": "function", "function": {"name": "Labels", "arguments": arguments}}]}


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    return tmp_path / "batch.jsonl"


@pytest.fixture
def answers(tmp_path: Path) -> Path:
    return tmp_path / "answers.jsonl"


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[AnswerCache]:
    with AnswerCache(tmp_path / "cache") as opened:
        yield opened


def sizes(files: BatchFiles) -> list[int]:
    return [len(path.read_bytes().splitlines()) for path in files.requests]


class TestRequests:
    def test_are_lines_of_the_batch_api(self, requests: Path) -> None:
        assert write_batch([call(1), call(2)], requests) == BatchFiles((requests,), calls_file(requests), 2)
        assert requests.read_text(encoding="utf-8").splitlines()[0] == (
            f'{{"custom_id": "{key(1)}", "method": "POST", "url": "/v1/chat/completions", '
            '"body": {"model": "asked/model", "messages": [{"role": "user", "content": "哪一类?"}], "temperature": 0}}'
        )

    def test_are_listed_with_what_was_asked(self, requests: Path) -> None:
        files = write_batch([call(1), call(2)], requests)
        assert files.calls.name == "batch.calls.jsonl"
        asked = read_calls(files.calls)
        assert list(asked) == [key(1), key(2)]
        assert asked[key(1)] == ("labels", "asked/model", "json", "labels.1")
        assert "哪一类" not in files.calls.read_text(encoding="utf-8")

    def test_of_the_same_call_are_one(self, requests: Path) -> None:
        assert sizes(write_batch([call(1), call(2), call(1)], requests)) == [2]

    def test_of_no_calls_are_no_file(self, requests: Path) -> None:
        files = write_batch([], requests)
        assert (files.requests, files.count) == ((), 0)
        assert list(requests.parent.iterdir()) == []

    @pytest.mark.parametrize(("count", "expected"), [(6, [3, 3]), (7, [3, 3, 1]), (3, [3]), (1, [1])])
    def test_beyond_a_files_number_go_to_the_next(self, requests: Path, count: int, expected: list[int]) -> None:
        files = write_batch(map(call, range(count)), requests, BatchFileLimits(requests=3))
        assert sizes(files) == expected
        names = ["batch.jsonl", "batch-2.jsonl", "batch-3.jsonl"]
        assert [path.name for path in files.requests] == names[: len(expected)]
        together = [json.loads(line)["custom_id"] for path in files.requests for line in path.read_bytes().splitlines()]
        assert together == list(read_calls(files.calls)) == [key(name) for name in range(count)]

    def test_beyond_a_files_size_go_to_the_next(self, requests: Path) -> None:
        write_batch([call(1)], requests)
        size = requests.stat().st_size
        files = write_batch(map(call, range(5)), requests, BatchFileLimits(size=2 * size))
        assert sizes(files) == [2, 2, 1]
        assert max(path.stat().st_size for path in files.requests) == 2 * size

    def test_too_large_for_any_file_are_told(self, requests: Path) -> None:
        with pytest.raises(SettingsError, match="larger than a batch file may be"):
            write_batch([call(1), call(2, "x" * 1000)], requests, BatchFileLimits(size=1000))

    def test_limits_are_those_of_the_api(self) -> None:
        assert BatchFileLimits() == (50_000, 200_000_000)

    @pytest.mark.parametrize(
        "bad", [BatchCall("a", {}), BatchCall(key(1), {"a": {1}}), BatchCall(key(1), {"a": 1e999})]
    )
    def test_that_are_none_are_our_own_mistake(self, requests: Path, bad: BatchCall) -> None:
        with pytest.raises(BugError, match="a call for a batch"):
            write_batch([bad], requests)
        assert list(requests.parent.iterdir()) == []


class TestAnswers:
    def test_go_into_the_cache(self, answers: Path, requests: Path, cache: AnswerCache) -> None:
        asked = read_calls(write_batch([call(1), call(2)], requests).calls)
        answers.write_text("\n".join([answer_line(key(2)), answer_line(key(1), completion("{}"))]))
        assert read_batch(answers, cache, asked) == BatchImport(stored=2)
        assert cache.get(key(2)) == record(model="asked/model")
        assert cache.get(key(1)) == record("{}", model="asked/model")

    def test_need_no_list_of_calls(self, answers: Path, cache: AnswerCache) -> None:
        answers.write_text(
            "\n".join(
                [answer_line(key(1)), answer_line(key(2), completion(None, "tool_calls", **tool_call('{"a":1}')))]
            )
        )
        assert read_batch(answers, cache) == BatchImport(stored=2)
        unlisted = {"task": "unlisted", "model": "some/model-7b-2025", "prompt_version": ""}
        assert cache.get(key(1)) == record(**unlisted)
        assert cache.get(key(2)) == record('{"a":1}', finish_reason="tool_calls", **{**unlisted, "mode": "tools"})

    def test_that_are_still_missing_are_told(self, answers: Path, requests: Path, cache: AnswerCache) -> None:
        asked = read_calls(write_batch(map(call, range(4)), requests).calls)
        cache.put(key(0), record())
        answers.write_text("\n".join([answer_line(key(2)), answer_line(key(3), status=500)]))
        done = read_batch(answers, cache, asked)
        assert (done.stored, done.failed, done.missing) == (1, 1, (key(1), key(3)))

    def test_to_calls_that_were_not_made_are_left_out(self, answers: Path, requests: Path, cache: AnswerCache) -> None:
        asked = read_calls(write_batch([call(1)], requests).calls)
        answers.write_text("\n".join([answer_line(key(9)), answer_line(key(1))]))
        done = read_batch(answers, cache, asked)
        assert (done.stored, done.unusable) == (1, 1)
        assert list(map(str, done.problems)) == [f"{answers}:1: answers {key(9)[:12]}, which was not asked"]
        assert list(cache) == [key(1)]

    def test_that_come_twice_count_once_and_the_first_good_one_counts(self, answers: Path, cache: AnswerCache) -> None:
        lines = [
            answer_line(key(1), error={"code": "batch_expired"}),
            answer_line(key(1), completion("{}")),
            answer_line(key(1), completion("[]")),
            answer_line(key(1), completion("{", "length")),
        ]
        answers.write_text("\n".join(lines))
        done = read_batch(answers, cache)
        assert (done.stored, done.failed, done.repeated, len(done.problems)) == (1, 1, 2, 1)
        found = cache.get(key(1))
        assert found is not None
        assert found.content == "{}"

    @pytest.mark.parametrize(
        ("line", "outcome", "reason"),
        [
            (answer_line(key(1), completion("{", "length")), "truncated", "is cut short (finish_reason length)"),
            (answer_line(key(1), completion("{}", "content_filter")), "refused", "is withheld"),
            (answer_line(key(1), completion(None, refusal="planted")), "refused", "the model declined"),
            (
                answer_line(key(1), {"error": {"code": "bad_request", "message": "planted"}}, 400),
                "failed",
                "(status 400, bad_",
            ),
            (answer_line(key(1), {"error": {"code": "planted!", "message": "planted"}}, 400), "failed", "(status 400)"),
            (answer_line(key(1), error={"code": "batch_expired", "message": "planted"}), "failed", "(batch_expired)"),
            (answer_line(key(1), error="planted"), "failed", "(without a code)"),
            (answer_line(key(1), {"choices": []}), "unusable", "is no chat completion"),
            (answer_line(key(1), {"choices": [None]}), "unusable", "is empty"),
            (answer_line(key(1), completion(None)), "unusable", "is empty"),
            (answer_line(key(1), completion(" ")), "unusable", "is empty"),
            (answer_line(key(1), completion([{"text": "planted"}])), "unusable", "has a content"),  # type: ignore[arg-type]
            (answer_line(key(1), completion(None, **tool_call('{"a":'))), "unusable", "are no JSON object"),
            (answer_line(key(1), completion(None, tool_calls=[1, 2])), "unusable", "calls several tools"),
            (answer_line(key(1), completion(None, tool_calls=[1])), "unusable", "is empty"),
            (answer_line("request-1"), "unusable", "is no answer to a call"),
            (answer_line([key(1)]), "unusable", "is no answer to a call"),
            (answer_line(key(1))[:-40], "unusable", "is no JSON object; was it cut?"),
            ("[1]", "unusable", "is no JSON object"),
            (json.dumps({"custom_id": key(1)}), "unusable", "is no chat completion"),
            (json.dumps({"custom_id": key(1), "response": {"status_code": "?"}}), "failed", "(without a code)"),
        ],
    )
    def test_that_are_none_are_counted_and_named(
        self, answers: Path, cache: AnswerCache, line: str, outcome: str, reason: str
    ) -> None:
        answers.write_text("\n".join([answer_line(key(2)), "", line, answer_line(key(3))]))
        done = read_batch(answers, cache)
        assert (done.stored, getattr(done, outcome), list(cache)) == (2, 1, sorted([key(2), key(3)]))
        (problem,) = done.problems
        assert problem.where == f"{answers}:3"
        assert reason in problem.reason
        assert "planted" not in str(problem)

    @pytest.mark.parametrize(
        "line",
        [
            json.dumps({"custom_id": key(1), "response": completion()}),  # without the envelope
            json.dumps({"custom_id": key(1), "response": {"body": completion()}}),
            answer_line(key(1), completion(None, **tool_call({"issues": [1]}))),  # arguments as an object
            answer_line(key(1), completion(finish_reason=None)),
            answer_line(key(1), {**completion(), "usage": None}),
            answer_line(key(1), {**completion(), "usage": {"prompt_tokens": "?", "completion_tokens": -1}}),
            answer_line(key(1), {**completion(), "error": None}),
        ],
    )
    def test_in_other_endpoints_forms_are_taken(self, answers: Path, cache: AnswerCache, line: str) -> None:
        answers.write_text(f"\ufeff{line}\r\n", encoding="utf-8")
        assert read_batch(answers, cache) == BatchImport(stored=1)
        found = cache.get(key(1))
        assert found is not None
        assert json.loads(found.content) == {"issues": [1]}

    def test_without_counts_have_unknown_usage(self, answers: Path, cache: AnswerCache) -> None:
        answers.write_text(answer_line(key(1), {**completion(), "usage": None}))
        read_batch(answers, cache)
        found = cache.get(key(1))
        assert found is not None
        assert found.usage == {"prompt": 0, "cached": 0, "completion": 0, "known": False}

    def test_are_not_the_requests(self, requests: Path, cache: AnswerCache) -> None:
        write_batch([call(1)], requests)
        with pytest.raises(InputError, match=r"batch\.jsonl:1: is a request"):
            read_batch(requests, cache)

    def test_that_are_not_there_are_told(self, answers: Path, cache: AnswerCache) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            read_batch(answers, cache)


@pytest.mark.parametrize("line", ["{", "[]", json.dumps({"key": key(1)}), json.dumps({"key": "a", "task": "t"})])
def test_a_list_of_calls_that_is_none_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "x.calls.jsonl").write_text(line)
    with pytest.raises(InputError, match=r"x\.calls\.jsonl:1: is no line of a list of calls"):
        read_calls(tmp_path / "x.calls.jsonl")
