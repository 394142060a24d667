"""``python -m extractor doctor``: an endpoint tried out, told to people and to machines."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from cli_examples import write
from fake_endpoint import Serving, mode_of, serving
from model_examples import SHORT

from extractor.cli import main
from extractor.endpoint.doctor_report import DoctorReport, ModeTrial, Speed, pace_of, suggestions
from extractor.endpoint.settings import EndpointSettings
from extractor.messages import said

ANSWERS = "dull_model:answer"

KEY = "sk-planted-0123456789abcdef"


@pytest.fixture(autouse=True)
def _settings_from_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the settings of whoever runs the tests out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in ("BASE_URL", "MODEL", "API_KEY"):
        monkeypatch.delenv(f"OPENAI_{name}", raising=False)
        monkeypatch.delenv(f"EXTRACTOR_{name}", raising=False)


def examined(
    server: Serving, capsys: pytest.CaptureFixture[str], *more: str, status: int = 0, model: str | None = "fake"
) -> str:
    """What the command prints about a server; it says nothing else, and ends with ``status``."""
    named = [] if model is None else ["--model", model]
    assert main(["doctor", "--base-url", server.base_url, "--timeout", "20", "--retries", "0", *named, *more]) == status
    printed = capsys.readouterr()
    assert printed.err == ""
    if "--json" not in more:
        assert left_in_english(printed.out) == []
    return printed.out


NO_WORDS = re.compile(
    r"--[a-z-]+( ([a-z]+_[a-z]+|[a-z]+))?|https?://\S+|python -m .*|'\{.*\}'|llama-server -c|Ollama num_ctx|"
    r"[（(]\d{3}: .*[)）]|[a-z]+_[a-z]+|[A-Z]+_[A-Z_]+|json|tools|fake|recorded-large|other|fenced|reasoning|content|"
    "Markdown|JSON|vLLM"
)
"""What stays as it is in a Chinese sentence: options, addresses, names of modes, models and variables."""


def left_in_english(out: str) -> list[str]:
    """The sentences of a report that have no Chinese, or not all of them."""
    lines = [*rows(out).values(), *(line[2:] for line in out.splitlines() if line.startswith("- "))]
    return [line for line in lines if re.search("[a-z]{2}", NO_WORDS.sub("", said(line, "zh")))]


def rows(out: str) -> dict[str, str]:
    """The lines before the first blank one, by their names."""
    return {line[:14].rstrip(): line[14:] for line in out.partition("\n\n")[0].splitlines()}


def test_a_healthy_endpoint(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(models=[{"id": "fake", "max_model_len": 32768}, {"id": "other"}], first_token=0.005, per_second=4000)
    out = examined(server, capsys)
    found = rows(out)
    assert list(found) == [
        "endpoint", "models", "model", "trust", "json_schema", "tools", "json", "md_json",
        "schema", "first token", "speed", "prefix cache", "at once", "side by side", "context", "subjects",
    ]  # fmt: skip
    assert (found["endpoint"], found["models"], found["context"]) == (server.base_url, "fake, other", "32,768 tokens")
    assert found["json_schema"].startswith("works, in ")
    assert found["json_schema"].endswith(" s; the schema is obeyed")
    assert found["prefix cache"].startswith("works, ")
    assert "What is wrong" not in out
    assert "- --mode json_schema\n" in out


def test_a_guesser_is_told_to_leave_labels_to_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("fake_endpoint:from_schema") as guesser:
        out = examined(guesser, capsys)
    assert "the model seems to guess (0 of " in rows(out)["subjects"]
    assert "- labels: leave to the rules, and ask about the notice itself alone: --tasks fields\n" in out


def test_the_table_of_trust_is_named(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    assert rows(examined(server, capsys))["trust"].startswith("trust in fake was not measured, so it adds and doubts")
    server.script(models=[{"id": "recorded-large"}])
    said = rows(examined(server, capsys, model="recorded-large"))["trust"]
    assert said.startswith("by the table shipped with the program recorded-large decides ")


@pytest.mark.parametrize(
    ("answers", "script", "given", "advised"),
    [
        ("dull_model:answer", {}, [], ["--mode", "json_schema"]),
        ("dull_model:answer", {"modes": ["md_json"]}, ["--mode", "tools"], ["--mode", "md_json"]),
        ("dull_model:answer", {"slots": 2, "tells_slots": True}, ["--concurrency", "9"], ["--concurrency", "2"]),
        ("dull_model:answer", {"refused_word": "prefixItems"}, ["--seed", "7"], ["--seed", "7"]),
        ("dull_model:short_winded", {}, [], ["--mode", "json_schema"]),
        ("fake_endpoint:from_schema", {}, [], ["--tasks", "fields"]),
    ],
)
def test_its_advice_followed_to_the_letter_works(
    answers: str,
    script: dict[str, Any],
    given: list[str],
    advised: list[str],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    with serving(answers) as server:
        server.script(**script)
        out = examined(server, capsys, *given)
        command = shlex.split(out.splitlines()[-1].removeprefix("next: "))
        assert command[:5] == ["python", "-m", "extractor", "run", "NOTICES"]
        assert " ".join(advised) in " ".join(command)
        server.script(**script)
        write(tmp_path, short=SHORT)
        paths = {"NOTICES": str(tmp_path / "short.txt"), "out": str(tmp_path / "out")}
        arguments = [paths.get(word, word) for word in command[3:]]
        assert main([*arguments, "--cache-dir", str(tmp_path / "answers")]) == 0
        assert server.log()


def test_a_slow_endpoint_gets_time_and_one_request_at_once() -> None:
    settings = EndpointSettings(base_url="http://127.0.0.1:9/v1", model="m", timeout=20.0)
    trial = ModeTrial("json", works=True, seconds=1.0, requests=1)
    report = DoctorReport(settings.address, "m", reached=True, modes=(trial,), warm=Speed(0.1, 4.0, 0))
    assert pace_of(settings, report) == (1, 600)
    assert pace_of(settings.model_copy(update={"timeout": 3000.0}), report) == (1, 3000)
    assert "it is slow (4.0 tokens a second): --timeout 600 --concurrency 1" in suggestions(settings, report)


def test_what_may_be_secret_is_not_in_the_advised_command(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    out = examined(server, capsys, "--extra-body", json.dumps({"user": KEY}))
    assert "--extra-body '…' " in out
    assert KEY not in out


def test_it_asks_what_a_run_asks(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    examined(server, capsys)
    asked = [entry["body"] for entry in server.log()]
    about_notices = [body for body in asked if "[m2]" in body["messages"][-1]["content"]]
    assert [mode_of(body) for body in about_notices[:4]] == ["json_schema", "tools", "json", "md_json"]
    assert "LabelsAnswer" in json.dumps(about_notices[0]["response_format"])
    assert len(asked) < 24


def test_the_same_for_machines(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(models=[{"id": "fake", "max_model_len": 32768}], modes=["json_schema", "md_json"])
    found: dict[str, Any] = json.loads(examined(server, capsys, "--json"))
    assert [(trial["mode"], trial["works"], trial["reason"]) for trial in found["modes"]] == [
        ("json_schema", True, None),
        ("tools", False, "bad_request"),
        ("json", False, "bad_request"),
        ("md_json", True, None),
    ]
    assert (found["best_mode"], found["obeys_schema"], found["context"]) == ("json_schema", True, 32768)
    assert found["cold"]["first_token"] > 0
    assert found["suggestions"][0] == "--mode json_schema"


def test_without_a_model_it_lists_what_there_is(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(models=[{"id": "a"}, {"id": "b"}])
    out = examined(server, capsys, model=None, status=1)
    assert rows(out)["models"] == "a, b"
    assert "- name one with --model (a, b)\n" in out
    assert server.log() == []


def test_the_only_model_is_tried(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    assert "- --model fake\n" in examined(server, capsys, model=None)


def test_a_schema_that_is_ignored(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(modes=["json", "md_json"], unknown_mode="ignored")
    out = examined(server, capsys)
    assert rows(out)["json_schema"].endswith("; the schema is ignored")
    assert "- the endpoint ignores the schema of an answer (modes: json_schema, tools): " in out
    assert "- --mode json\n" in out


def test_a_mode_that_is_set_and_does_not_work(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(modes=["json_schema"])
    out = examined(server, capsys, "--mode", "tools")
    assert "- --mode json_schema (the mode that is set, tools, does not work)\n" in out


def test_a_model_that_is_not_able_enough(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    simple = (2, 5)  # the questions that try the schema alone, behind those about two measures and about one
    server.script(faults={number: "wrong_numbers" for number in range(10) if number not in simple})
    out = examined(server, capsys, status=1)
    assert len(server.log()) == 10
    assert re.fullmatch(
        r"does not work: .* other marks than were shown; the schema is obeyed", rows(out)["json_schema"]
    )
    assert "- the endpoint is sound, but the model is not able enough for what a run asks\n" in out
    assert "- take a more able model\n" in out


def test_an_answer_that_is_right_at_the_second_try(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(faults={0: "truncated"})
    assert " s and 2 requests" in rows(examined(server, capsys))["json_schema"]


def test_long_prompts_that_are_clipped_without_a_word(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(context=4096)
    out = examined(server, capsys)
    assert rows(out)["context"].startswith("it does not say; a prompt of about 7,")
    assert rows(out)["context"].endswith(" tokens failed")
    assert "- of a prompt as long as a run's: the endpoint read 4096 tokens of a prompt" in out
    assert "- start the server with a longer context" in out


def test_long_prompts_that_are_taken(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    assert rows(examined(server, capsys))["context"].endswith(" tokens was taken")


def test_odd_answers_are_told_in_words(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(rate=1.0, kinds=["reasoning"])
    out = examined(server, capsys)
    assert rows(out)["json"].endswith("; odd: reasoning")
    assert "- it writes its reasoning before the answer" in out


def test_a_parameter_that_is_not_taken_is_left_out(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script(faults={0: "unsupported", 7: "unsupported"})  # the seventh: the first that is streamed
    out = examined(server, capsys)
    assert rows(out)["json_schema"].endswith("; odd: parameter_dropped")
    assert "max_completion_tokens" in server.log()[1]["body"]
    assert "first token" in rows(out)


def test_a_wrong_key(server: Serving, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTHER_KEY", KEY)
    server.script(rate=1.0, kinds=["401"])
    out = examined(server, capsys, "--api-key-env", "OTHER_KEY", status=1)
    assert server.log()[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in out
    assert "- put the endpoint's key into OTHER_KEY" in out
    assert len(server.log()) == 1


def test_an_endpoint_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--base-url", "http://127.0.0.1:9/v1", "--model", "m"]) == 1
    out = capsys.readouterr().out
    assert rows(out)["endpoint"] == "http://127.0.0.1:9/v1 cannot be reached"
    assert "- start the server, or correct --base-url" in out


def test_it_speaks_chinese_where_that_is_asked_for(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    server.script()
    assert main(["doctor", "--base-url", server.base_url, "--model", "fake", "--lang", "zh"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(f"接口          {server.base_url}\n")
    assert "\n怎么办：\n- --mode json_schema\n" in out
    assert "运行时" in out or "能答全" in out


def test_no_endpoint(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--model", "m"]) == 2
    assert capsys.readouterr().err == (
        "error: no endpoint is set; give --base-url, or, for https://api.openai.com/v1, put a key into OPENAI_API_KEY\n"
    )


def test_wrong_settings(server: Serving, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--base-url", server.base_url, "--mode", "guess"]) == 2
    assert capsys.readouterr().err.startswith("error: mode (--mode): ")


def test_an_answer_that_leaves_pieces_out_is_not_right(capsys: pytest.CaptureFixture[str]) -> None:
    with serving("dull_model:forgetful") as server:
        assert rows(examined(server, capsys))["at once"].startswith("one measure at a time, of 400 not")
