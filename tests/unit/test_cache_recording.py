"""Answers as a text file: written, read back, replayed, and looked up offline."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from answer_examples import key, record

from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.offline import OfflineAnswers
from extractor.endpoint.recording import AnswerImport, Recording, export, import_
from extractor.errors import BugError, InputError, OutputError

RECORDS = {
    key("a"): record('{"c":"财政"}', task="labels"),
    key("b"): record("```json\n{}\n```\u2028\x85", task="fields", finish_reason=None),
    key("c"): record("[1]", task="fields", mode="tools", finish_reason="tool_calls"),
    key("d"): record("half a pair \ud83d", task="layout", usage={}),
}


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[AnswerCache]:
    with AnswerCache(tmp_path / "cache") as opened:
        yield opened


@pytest.fixture
def filled(cache: AnswerCache) -> AnswerCache:
    for name, answer in RECORDS.items():
        cache.put(name, answer)
    return cache


@pytest.fixture
def exported(filled: AnswerCache, tmp_path: Path) -> Path:
    assert export(filled, tmp_path / "answers.jsonl").count == 4
    return tmp_path / "answers.jsonl"


class TestExport:
    def test_is_one_readable_line_an_answer_sorted_by_task_and_key(self, exported: Path) -> None:
        lines = exported.read_bytes().decode().split("\n")
        assert lines.pop() == ""
        found = [json.loads(line) for line in lines]
        assert [(line["task"], line["key"]) for line in found] == sorted(
            (answer["task"], name) for name, answer in RECORDS.items()
        )
        (labels,) = (line for line in lines if '"task": "labels"' in line)
        assert labels == (
            f'{{"task": "labels", "key": "{key("a")}", "model": "some/model-7b", "mode": "json", '
            '"prompt_version": "labels.1", "finish_reason": "stop", '
            '"usage": {"cached": 1024, "completion": 12, "known": true, "prompt": 1500}, '
            '"content": "{\\"c\\":\\"财政\\"}"}'
        )

    def test_is_the_same_to_the_byte_however_the_answers_came(self, exported: Path, tmp_path: Path) -> None:
        with AnswerCache(tmp_path / "another") as another:
            for name in sorted(RECORDS, reverse=True):
                answer = RECORDS[name]
                another.put(name, {field: answer[field] for field in reversed(answer)})
            export(another, tmp_path / "another.jsonl")
        assert (tmp_path / "another.jsonl").read_bytes() == exported.read_bytes()

    def test_of_some_keys_tells_which_have_no_answer(self, filled: AnswerCache, tmp_path: Path) -> None:
        wanted = [key("a"), key("none"), key("a")]
        done = export(filled, tmp_path / "below" / "some.jsonl", wanted)
        assert (done.count, done.missing) == (1, (key("none"),))
        assert len(Recording(tmp_path / "below" / "some.jsonl")) == 1

    def test_leaves_the_file_before_it_where_it_fails(self, exported: Path, filled: AnswerCache) -> None:
        before = exported.read_bytes()
        folder = exported.with_name("folder")
        folder.mkdir()
        with pytest.raises(OutputError, match="folder: is a folder; give the name of an ordinary file"):
            export(filled, folder)
        assert export(filled, exported).count == 4
        assert exported.read_bytes() == before
        assert list(exported.parent.glob("*.tmp")) == []


class TestImport:
    def test_brings_back_what_was_exported(self, exported: Path, cache: AnswerCache) -> None:
        cache.clear()
        assert import_(cache, exported) == AnswerImport(new=4)
        assert {name: cache.get(name) for name in cache} == RECORDS
        assert import_(cache, exported) == AnswerImport(unchanged=4)

    def test_replaces_what_differs(self, exported: Path, cache: AnswerCache) -> None:
        cache.put(key("a"), record("{}"))
        assert import_(cache, exported) == AnswerImport(replaced=1, unchanged=3)
        assert cache.get(key("a")) == RECORDS[key("a")]

    def test_takes_any_order_blank_lines_and_windows_line_ends(self, exported: Path, cache: AnswerCache) -> None:
        lines = exported.read_bytes().splitlines()
        exported.write_bytes(b"\r\n\r\n".join(reversed([*lines, lines[0]])))
        cache.clear()
        assert import_(cache, exported) == AnswerImport(new=4)
        assert {name: cache.get(name) for name in cache} == RECORDS

    def test_names_bad_lines_and_takes_the_others(self, exported: Path, cache: AnswerCache) -> None:
        good = exported.read_bytes().splitlines()
        first = json.loads(good[0])
        bad: dict[str, bytes] = {
            "is no JSON": good[0][:-9],
            "is no object": b"[1]",
            "has no key": json.dumps(record()).encode(),
            "has no task": json.dumps({"key": key(1)}).encode(),
            "has fields that no answer has": json.dumps({**first, "api_key": "planted"}).encode(),
            "is cut short": json.dumps({**first, "finish_reason": "length"}).encode(),
            "is withheld": json.dumps({**first, "finish_reason": "content_filter"}).encode(),
            "is empty": json.dumps({**first, "content": ""}).encode(),
            "answers the call of line 1 differently": json.dumps({**first, "content": "{}"}).encode(),
            "is no JSON; ": b'{"task":' + b"[" * 100_000,
        }
        exported.write_bytes(b"\n".join([good[0], *bad.values(), *good[1:]]))
        cache.clear()
        done = import_(cache, exported)
        assert (done.new, len(done.problems)) == (4, len(bad))
        for number, (reason, problem) in enumerate(zip(bad, done.problems, strict=True), start=2):
            assert problem.where == f"{exported}:{number}"
            assert problem.reason.startswith(reason)
            assert "planted" not in str(problem)

    def test_of_what_cannot_be_read_is_told(self, cache: AnswerCache, tmp_path: Path) -> None:
        for path in (tmp_path / "none.jsonl", tmp_path):
            with pytest.raises(InputError, match="cannot be read"):
                import_(cache, path)


class TestRecording:
    def test_is_looked_up_as_the_cache_is(self, exported: Path) -> None:
        recording = Recording(exported)
        assert {name: recording.get(name, "labels") for name in RECORDS} == RECORDS
        assert recording.get(key("none")) is None
        assert len(recording) == 4

    def test_answers_are_the_callers_own(self, exported: Path) -> None:
        recording = Recording(exported)
        found = recording.get(key("a"))
        assert found is not None
        found["usage"].clear()
        assert recording.get(key("a")) == RECORDS[key("a")]

    def test_with_bad_lines_is_refused(self, exported: Path) -> None:
        with exported.open("ab") as file:
            file.write(b"<<<<<<< HEAD\n=======\n[]\n>>>>>>> theirs\n")
        with pytest.raises(InputError, match=r"answers\.jsonl:5: is no JSON.*answers\.jsonl:6: .*; and 1 more"):
            Recording(exported)


class TestOffline:
    def test_answers_from_what_is_there(self, exported: Path, filled: AnswerCache) -> None:
        for answers in (filled, Recording(exported)):
            offline = OfflineAnswers(answers)
            assert offline.get(key("a"), "labels") == RECORDS[key("a")]
            assert key("a") in offline

    def test_names_what_is_missing(self, filled: AnswerCache) -> None:
        offline = OfflineAnswers(filled)
        for task, name in (("labels", "x"), ("fields", "z"), ("", "w")):
            assert key(name) not in offline
            with pytest.raises(EndpointFailure, match=f"^offline, .* for .*{key(name)[:12]}$") as raised:
                offline.get(key(name), task)
            assert raised.value.reason is Reason.OFFLINE_MISSING
            assert task in str(raised.value)

    def test_keeps_nothing(self, filled: AnswerCache) -> None:
        with pytest.raises(BugError, match="offline"):
            OfflineAnswers(filled).put(key(1), record())
        assert len(filled) == 4
