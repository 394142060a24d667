"""Batches at an endpoint: submitted, asked after, fetched; with the real client, over HTTP, to a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from answer_examples import key
from checkout import SUPPORT, module_path
from openai import OpenAI
from pydantic import SecretStr

from extractor.endpoint.batch import BatchCall, read_batch, read_calls, write_batch
from extractor.endpoint.batch_api import BatchStatus, connected, fetch, status, submission_file, submit, submitted
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.recording import export
from extractor.endpoint.settings import EndpointSettings
from extractor.errors import EndpointError, InputError, OutputError, SettingsError

SECRET = "sk-planted-1234567890"
TEXT = "关于财政资金管理不严的问题"

Connect = Callable[[str], OpenAI]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with subprocess.Popen(
        [sys.executable, SUPPORT / "batch_server.py"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": module_path()},
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


@pytest.fixture
def connect(address: str) -> Iterator[Connect]:
    clients = []

    def connected(behaviour: str) -> OpenAI:
        client = OpenAI(base_url=f"{address}/{behaviour}/v1", api_key=SECRET, max_retries=0, timeout=30)
        clients.append(client)
        return client

    yield connected
    for client in clients:
        client.close()


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    body = {"model": "m", "messages": [{"role": "user", "content": TEXT}]}
    write_batch([BatchCall(key(name), body, "labels", "json", "1") for name in range(4)], tmp_path / "batch.jsonl")
    return tmp_path / "batch.jsonl"


def seen(address: str) -> Any:
    with urllib.request.urlopen(f"{address}/any/v1/calls") as answer:
        return json.load(answer)


def over(client: OpenAI, requests: Path) -> str:
    """Submit and ask until the batch is over; return its id."""
    batch_id = submit(client, requests).batch_id
    assert not status(client, batch_id).is_over
    assert status(client, batch_id).is_over
    return batch_id


@contextmanager
def failing(sentence: str) -> Iterator[None]:
    """Expect an endpoint's failure whose sentence repeats nothing the server said."""
    with pytest.raises(EndpointError, match=sentence) as raised:
        yield
    assert SECRET not in str(raised.value)
    assert TEXT not in str(raised.value)
    assert "\n" not in str(raised.value)


class TestSubmitting:
    def test_uploads_the_file_and_notes_the_batch(self, connect: Connect, requests: Path, address: str) -> None:
        submission = submit(connect("good"), requests)
        assert submitted(requests) == submission
        assert submission_file(requests).name == "batch.submitted.json"
        assert requests.read_text(encoding="utf-8") in seen(address)["files"].values()

    def test_happens_once_a_file(self, connect: Connect, requests: Path, address: str) -> None:
        client = connect("good")
        first = submit(client, requests)
        before = len(seen(address)["calls"])
        assert submit(client, requests) == first
        assert len(seen(address)["calls"]) == before
        requests.write_bytes(requests.read_bytes().splitlines(keepends=True)[0])
        assert submit(client, requests).batch_id != first.batch_id

    def test_is_not_repeated_by_the_client(self, connect: Connect, requests: Path, address: str) -> None:
        """A failing answer may hide a batch that was begun: a second one would be billed too."""
        with failing(r"submitting the batch: the endpoint refused or failed \(status 500\)"):
            submit(connect("broken").with_options(max_retries=5), requests)
        assert seen(address)["calls"].count("POST /broken/v1/batches") == 1
        assert not submission_file(requests).exists()

    @pytest.mark.parametrize(
        ("behaviour", "sentence"),
        [
            ("unauthorized", r"the key is missing or wrong \(status 401\)"),
            ("without", r"no Batch API.*\(status 404\)"),
            ("busy", r"too much at once.*\(status 429\)"),
            ("large", r"the file is too large for it \(status 413\)"),
            ("resetting", "the endpoint cannot be reached"),
            ("garbage", "something that is no batch"),
            ("escaping", "something that is no batch"),
        ],
    )
    def test_that_fails_is_told(self, connect: Connect, requests: Path, behaviour: str, sentence: str) -> None:
        with failing(sentence):
            submit(connect(behaviour), requests)
        assert not submission_file(requests).exists()

    def test_whose_note_cannot_be_written_names_the_batch(self, connect: Connect, requests: Path) -> None:
        submission_file(requests).mkdir()
        with pytest.raises(OutputError, match=r"is a folder.*the batch was begun all the same: batch_\d+$"):
            submit(connect("good"), requests)

    def test_needs_a_file(self, connect: Connect, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="cannot be read"):
            submit(connect("good"), tmp_path / "none.jsonl")

    @pytest.mark.parametrize("note", [b"", b"[]", b'{"batch_id":"../x","sha256":""}', b'{"batch_id":1,"sha256":""}'])
    def test_a_note_that_is_none_is_none(self, requests: Path, note: bytes) -> None:
        submission_file(requests).write_bytes(note)
        with pytest.raises(InputError, match="was not submitted from here"):
            submitted(requests)


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("moved", r"wants the request sent on to http://127\.0\.0\.1:9; that was not done \(status 307\)"),
        ("packed", "given up: it is larger than 8 MB"),
        ("deep", "something that is no batch"),
        ("resetting", "cannot be reached, or broke off"),
    ],
)
def test_what_the_commands_client_does_not_take_is_told(
    address: str, requests: Path, behaviour: str, sentence: str
) -> None:
    how = EndpointSettings(base_url=f"{address}/{behaviour}/v1", api_key=SecretStr(SECRET), model="m", retries=0)
    with connected(how) as client, failing(sentence):
        submit(client, requests)
    with connected(how) as client, failing(sentence):
        status(client, "batch_1")


class TestStatus:
    def test_tells_how_far_a_batch_is(self, connect: Connect, requests: Path) -> None:
        client = connect("good")
        batch_id = submit(client, requests).batch_id
        first, second = status(client, batch_id), status(client, batch_id)
        assert first == BatchStatus(batch_id, "in_progress", 4, 0, 0)
        assert (str(first), first.is_over) == (f"{batch_id}: in_progress, 0 of 4 done", False)
        assert (str(second), second.is_over) == (f"{batch_id}: completed, 3 of 4 done, 1 failed", True)

    def test_of_an_unknown_batch_is_told(self, connect: Connect) -> None:
        with failing("knows no such batch"):
            status(connect("good"), "batch_none")

    @pytest.mark.parametrize("behaviour", ["garbage", "strange"])
    def test_of_what_is_no_batch_is_told(self, connect: Connect, behaviour: str) -> None:
        with failing("something that is no batch"):
            status(connect(behaviour), "batch_1")

    @pytest.mark.parametrize("batch_id", ["", "../files/x", "batch 1"])
    def test_of_what_is_no_id_is_not_asked_for(self, connect: Connect, batch_id: str) -> None:
        with pytest.raises(SettingsError, match="is no batch's id"):
            status(connect("good"), batch_id)

    def test_names_why_a_batch_was_not_begun(self, connect: Connect, requests: Path) -> None:
        client = connect("failed")
        faults = ("invalid_json_line, line 3", "no code")
        assert status(client, over(client, requests)).faults == faults


class TestFetching:
    @pytest.mark.parametrize("behaviour", ["good", "expired", "cancelled"])
    def test_brings_answers_and_errors(self, connect: Connect, requests: Path, tmp_path: Path, behaviour: str) -> None:
        client = connect(behaviour)
        batch_id = over(client, requests)
        files = fetch(client, batch_id, tmp_path / "fetched")
        assert [path.name for path in files] == [f"{batch_id}.answers.jsonl", f"{batch_id}.errors.jsonl"]
        with AnswerCache(tmp_path / "cache") as cache:
            done = [read_batch(path, cache, read_calls(tmp_path / "batch.calls.jsonl")) for path in files]
            assert [(found.stored, found.failed) for found in done] == [(3, 0), (0, 1)]
            assert done[1].missing == (key(0),)
            found = cache.get(key(3))
        assert found is not None
        assert (found["content"], found["task"]) == (f'{{"of":"{key(3)[:4]}"}}', "labels")

    def test_before_the_batch_is_over_is_refused(self, connect: Connect, requests: Path, tmp_path: Path) -> None:
        client = connect("good")
        batch_id = submit(client, requests).batch_id
        with failing(f"^{batch_id}: in_progress, 0 of 4 done; fetch it when it is over$"):
            fetch(client, batch_id, tmp_path / "fetched")
        assert not (tmp_path / "fetched").exists()

    def test_of_a_batch_that_was_not_begun_says_why(self, connect: Connect, requests: Path, tmp_path: Path) -> None:
        client = connect("failed")
        with failing(r"failed, .*; it has no answers \(invalid_json_line, line 3; no code\)$"):
            fetch(client, over(client, requests), tmp_path)


def test_the_key_is_in_no_file(connect: Connect, requests: Path, tmp_path: Path) -> None:
    client = connect("good")
    files = fetch(client, over(client, requests), tmp_path / "fetched")
    with AnswerCache(tmp_path / "cache") as cache:
        for path in files:
            read_batch(path, cache)
        export(cache, tmp_path / "exported.jsonl")
        written = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert len(written) == 9
        assert [path.name for path in written if SECRET.encode() in path.read_bytes()] == []
