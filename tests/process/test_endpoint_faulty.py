"""Two hundred faulty endpoints: every notice has its record, and every failure its sentence.

Nothing is sent elsewhere, no key gets into any output, and no call exceeds its time.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from random import Random
from threading import Thread
from typing import Any

import pytest
from answer_examples import answer_line, key
from cli_examples import notices, report, write
from endpoint_example import settings
from fake_endpoint import Serving
from faulty_answers import Fault, of_all_calls, of_one_call
from model_examples import SHORT, Runs, settle
from service_example import Client, serving

from extractor.cli import main
from extractor.commands.doctor_command import _tiny_call
from extractor.endpoint.doctor import examine
from extractor.endpoint.doctor_report import DoctorReport

ANSWERS = "dull_model:answer"

KEY = "sk-planted-Qx7vB2nM9kLw"
DEADLINE = 4.0  # seconds that a call has
SOUND = "sound"
QUICK = {
    "EXTRACTOR_TIMEOUT": "1.5",
    "EXTRACTOR_CALL_DEADLINE": str(DEADLINE),
    "EXTRACTOR_RETRIES": "1",
    "EXTRACTOR_ANSWER_RETRIES": "1",
    "EXTRACTOR_BACKOFF": "0.001",
    "EXTRACTOR_MODE": "json_schema",
    "EXTRACTOR_CONCURRENCY": "16",
    "OPENAI_API_KEY": KEY,
}


OF_ANY_ANSWER = ("reply", "raw", "drip", "endless", "bomb")
"""Kinds of faults that any request may meet."""


class Elsewhere:
    """A server that nobody may ask; it counts who connects."""

    def __init__(self) -> None:
        self.visitors = 0
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.visitors += 1
            connection.close()

    def close(self) -> None:
        self._listening.close()


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with closing(Elsewhere()) as other:
        yield other


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch)
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)


def marked(number: int) -> str:
    """A notice whose calls meet the fault of that number."""
    return SHORT.replace("资金管理不严", f"第{number}号通报资金管理不严").replace(
        "情况的通报", f"情况的第{number}号通报", 1
    )


def test_there_are_two_hundred(elsewhere: Elsewhere) -> None:
    assert len(of_one_call(elsewhere.address)) + len(of_all_calls(elsewhere.address)) >= 200


@pytest.mark.usefixtures("quick")
class TestRuns:
    def test_each_notice_has_its_record_and_each_failure_its_sentence(
        self, server: Serving, elsewhere: Elsewhere, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        # Mixed: where one request after another runs out of its time, fewer go at once.
        mixed = list(of_one_call(elsewhere.address).items())
        Random(0).shuffle(mixed)
        every = dict(mixed)
        refused = {mode for mode in every if mode.startswith("429")}  # of which so many at once would slow the others
        for modes in (every.keys() - refused, refused):
            told = self._told(server, tmp_path, {mode: fault for mode, fault in every.items() if mode in modes})
            assert all(len(sentence) < 500 for sentences in told.values() for sentence in sentences)
            self._check_time(server, len(modes))
        said = capfd.readouterr()
        _no_secret(said.out, said.err, *(path.read_text() for path in tmp_path.rglob("*.json*")))
        assert "Traceback" not in said.err
        assert elsewhere.visitors == 0

    def _told(self, server: Serving, folder: Path, modes: Mapping[str, Fault]) -> dict[str, list[str]]:
        """Run over a notice for each mode, and return the sentences of the calls that failed."""
        files = {f"n{number:03}": marked(number) for number in range(len(modes))}
        write(folder, **files)
        server.script(marked={str(number): fault for number, fault in enumerate(modes.values())})
        out = Runs(server, folder).run(*(f"{name}.txt" for name in files), status=3, options=("--log-level", "debug"))
        found = dict(zip(modes, report(out)["inputs"], strict=True))
        assert not {mode: each for mode, each in found.items() if each["outcome"] != "done"}
        assert [notice["notice_id"] for notice in notices(out)] == list(files)
        for notice, each in zip(notices(out), found.values(), strict=True):
            said = {"model_failed", "layout_failed"}.intersection(check["code"] for check in notice["checks"])
            assert bool(said) is bool(each.get("failures"))
            assert notice["issues"]
        return {mode: each.get("failures", []) for mode, each in found.items()}

    def _check_time(self, server: Serving, modes: int) -> None:
        """No request begins after its call's deadline, counted from the first request.

        A request after a wrong answer belongs to the same call.
        """
        first: dict[tuple[str, str], float] = {}
        for entry in server.log():
            if mark := entry["fault"].get("mark"):
                question = entry["body"]["messages"][-1]["content"].partition("An earlier answer")[0]
                begun = first.setdefault((mark, question.strip()), entry["at"])
                assert entry["at"] - begun <= 2 * DEADLINE  # when it came; it was sent before
        assert {mark for mark, _ in first} == set(map(str, range(modes)))

    def test_what_concerns_all_is_asked_once(
        self, server: Serving, elsewhere: Elsewhere, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        write(tmp_path, a=SHORT, b=SHORT.replace("3期", "4期"))
        for mode, fault in of_all_calls(elsewhere.address).items():
            server.script(rate=1.0, kinds=[fault])
            out = Runs(server, tmp_path).run("a.txt", "b.txt", status=3, options=("--concurrency", "1"))
            assert len(server.log()) == 1, mode
            assert len(notices(out)) == 2
            failures = [sentence for each in report(out)["inputs"] for sentence in each["failures"]]
            assert len(failures) == 4
            if mode.endswith("elsewhere"):
                assert f"sent on to {elsewhere.address}; that was not done" in failures[0]
            _no_secret(*failures, capfd.readouterr().err)
        assert elsewhere.visitors == 0


@pytest.mark.usefixtures("quick")
class TestDoctor:
    @pytest.mark.parametrize("marks_lists", [False, True], ids=["completions", "lists of models"])
    def test_says_what_is_wrong(self, server: Serving, elsewhere: Elsewhere, marks_lists: bool) -> None:
        modes = of_one_call(elsewhere.address) | of_all_calls(elsewhere.address)
        if marks_lists:
            modes = {mode: fault for mode, fault in modes.items() if fault["kind"] in OF_ANY_ANSWER}
        server.script(
            marked={str(number): fault for number, fault in enumerate(modes.values())}, marks_lists=marks_lists
        )
        for mode, found in zip(modes, asyncio.run(_examined(server, len(modes))), strict=True):
            assert found.best_mode or found.diagnoses, mode
            _no_secret(repr(found))
        assert elsewhere.visitors == 0


async def _examined(server: Serving, modes: int) -> list[DoctorReport]:
    """What the doctor says of each mode, by its path."""
    several = asyncio.Semaphore(24)

    async def one(number: int) -> DoctorReport:
        address = server.base_url.replace("/v1", f"/m{number}/v1")
        patience = {"timeout": 0.5, "call_deadline": 1.0, "retries": 0, "answer_retries": 0}
        async with several, asyncio.timeout(60):
            return await examine(settings(server, base_url=address, api_key=KEY, **patience), _tiny_call())

    return await asyncio.gather(*map(one, range(modes)))


def test_batch_import_names_each_line(elsewhere: Elsewhere, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = {SOUND: answer_line(key(SOUND))}
    for mode, fault in of_one_call(elsewhere.address).items():
        if fault["kind"] == "place":
            lines[mode] = _with(fault, answer_line(key(mode)))
        elif fault["kind"] == "reply" and fault["text"].startswith(("{", "[")) and not fault.get("filled"):
            head = f'{{"custom_id": "{key(mode)}", "response": {{"status_code": {fault["status"]}, "body": '
            lines[mode] = head + fault["text"] + "}}"
        elif fault["kind"] == "text":
            body = {"choices": [{"message": {"content": fault["text"]}, "finish_reason": "stop"}]}
            lines[mode] = answer_line(key(mode), body)
    assert len(lines) > 80
    file = tmp_path / "faulty.jsonl"
    file.write_bytes("\n".join(lines.values()).encode("utf-8", "surrogatepass"))
    assert main(["batch", "import", str(file), "--cache-dir", str(tmp_path / "cache")]) == 1
    said = capsys.readouterr()
    named = [line for line in said.err.splitlines() if line.startswith(str(file))]
    stored = int(said.out.split(" ", 1)[0])
    assert stored >= 1
    assert stored + len(named) == len(lines)
    assert all(len(line) < 500 + len(str(file)) for line in named)


def test_the_service_keeps_each_notice(server: Serving, elsewhere: Elsewhere, tmp_path: Path) -> None:
    modes = list(of_one_call(elsewhere.address).values())[::3]
    server.script(marked={str(number): fault for number, fault in enumerate(modes)})
    whom = ("--base-url", server.base_url, "--model", "fake", "--cache-dir", str(tmp_path / "cache"))
    with (
        serving(tmp_path / "data", "--workers", "1", *whom, env=QUICK) as service,
        Client(service.port) as client,
    ):
        files = {f"n{number:03}.txt": marked(number).encode() for number in range(len(modes))}
        job = client.done(files)
        assert job["done"] == len(modes), [item for item in job["items"] if item["error"]]
        records = client.ask("/v1/export.jsonl").body.decode().splitlines()
        assert len(records) == len(modes)
        asked = len(server.log())
        assert client.send(files).status == 202
        assert json.loads(records[0])["notice_id"]
        told = [client.ask(path).body.decode() for path in ("/metrics", "/v1/notices")]
        _no_secret(service.log(), *records, *told)
        assert "Traceback" not in service.log()
    assert asked
    assert elsewhere.visitors == 0


def _with(fault: Fault, line: str) -> str:
    """A line of answers with a value in a place of its completion."""
    found = json.loads(line)
    inner: Any = found["response"]["body"]
    for step in fault["place"][:-1]:
        inner = inner.setdefault(step, {}) if isinstance(inner, dict) else inner[step]
    inner[fault["place"][-1]] = "@@"
    return json.dumps(found).replace('"@@"', fault["json"])


def _no_secret(*texts: str) -> None:
    for text in texts:
        assert KEY not in text
