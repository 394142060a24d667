"""No key, and nothing of what a notice says, is told, reported or kept under a name by a run that asks a model."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from cli_examples import command_apart, report, write
from fake_endpoint import ODD, Serving
from model_examples import OPENING, bodies, model, settle
from planted import notice

from extractor.cli import main
from extractor.endpoint.cache import AnswerCache

ANSWERS = "dull_model:answer"

KEY = "sk-planted-0123456789abcdefXYZ"
PASSWORD, TOKEN, FIELD = "planted-password-77", "planted-token-88", "planted-field-99"
SECRETS = (KEY, PASSWORD, TOKEN, FIELD)
SENTENCE = "仓库丙字号钥匙由老会计一人独管"
WINDOW = 8  # code points of the sentence in a row that may not be said
TEXT = notice(
    "1.关于“资金管理不严”问题的整改。",
    f"一是查明{SENTENCE},印发《资金管理办法》3份,第四季度前已全部整改完毕。",
    f"二是约谈2人,{SENTENCE}的情况已经改变,追缴违规资金1.5万元。",
    opening=f"{OPENING}{SENTENCE}。",
)
FAULTS = (
    *("401", "403", "404", "quota", "429", "500", "echo", "filter", "refusal", "withheld", "context_too_long"),
    *("reset", "broken_body", "html", "error_200", "wrong_numbers", "wrong_words", "truncated"),
)
LOGS = {"plain": (), "json": ("--log-json",)}


class Said(NamedTuple):
    """Everything a run of the command said and left behind, by where: the notices apart, which may quote the text."""

    told: dict[str, str]
    notices: str


@pytest.fixture
def folder(tmp_path: Path, server: Serving, monkeypatch: pytest.MonkeyPatch) -> Path:
    settle(monkeypatch)
    monkeypatch.chdir(tmp_path)
    write(tmp_path, secret=TEXT)
    server.script()
    return tmp_path


def left_in(folder: Path, **told: str) -> Said:
    """What a run left in ``folder``, with what it ``told``: reports, names of files, kept answers."""
    told["run.json"] = (folder / "out" / "run.json").read_text(encoding="utf-8")
    told["names"] = "\n".join(str(path) for path in folder.rglob("*"))
    with AnswerCache(folder / "cache") as cache:
        told["keys"] = "\n".join(cache)
        told["answers"] = "\n".join(
            json.dumps(record.json_fields(), ensure_ascii=False) for key in cache if (record := cache.get(key))
        )
    told["files"] = "\n".join(path.read_bytes().decode("latin-1") for path in (folder / "cache").iterdir())
    told["kept work"] = "\n".join(path.read_text() for path in (folder / "out" / ".work").glob("*.json"))
    assert main(["cache", "export", str(folder / "answers.jsonl"), "--cache-dir", str(folder / "cache")]) == 0
    told["recording"] = (folder / "answers.jsonl").read_text(encoding="utf-8")
    return Said(told, (folder / "out" / "notices.jsonl").read_text(encoding="utf-8"))


def assert_clean(said: Said) -> None:
    words = [SENTENCE[at : at + WINDOW] for at in range(len(SENTENCE) - WINDOW + 1)]
    for where, text in said.told.items():
        for secret in SECRETS:
            assert secret not in text, where
            assert quote(secret) not in text, where
        if where != "kept work":  # a notice as it goes into notices.jsonl
            for word in words:
                assert word not in text, where
                assert json.dumps(word).strip('"') not in text, where
    assert not any(secret in said.notices for secret in SECRETS)


def asked(server: Serving, folder: Path, capfd: pytest.CaptureFixture[str], *options: str, url: str = "") -> Said:
    """Run in this process, and expect that the model was asked about the sentence."""
    arguments = ["run", "secret.txt", "--out", "out", "--cache-dir", "cache", "--base-url", url or server.base_url]
    main([*arguments, "--model", "fake", "--retries", "1", "--concurrency", "8", "--log-level", "info", *options])
    captured = capfd.readouterr()
    assert any(SENTENCE in json.loads(body)["messages"][-1]["content"] for body in bodies(server))
    return left_in(folder, out=captured.out, err=captured.err)


@pytest.mark.parametrize(
    ("fault", "log"), [*((fault, "plain") for fault in FAULTS), *((fault, "json") for fault in ("401", "echo", "html"))]
)
def test_a_server_that_says_back_what_it_was_sent(
    server: Serving, folder: Path, fault: str, log: str, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.script(rate=1.0, kinds=[fault])
    said = asked(server, folder, capfd, *LOGS[log])
    assert server.log()[0]["authorization"] == f"Bearer {KEY}"
    assert_clean(said)


@pytest.mark.parametrize("fault", ["401", "echo", None])
def test_a_key_in_a_file(server: Serving, folder: Path, fault: str | None, capfd: Any) -> None:
    (folder / ".env").write_text(f"MY_KEY={KEY}\n")
    server.script(rate=1.0 if fault else 0.0, kinds=[fault])
    said = asked(server, folder, capfd, "--api-key-env", "MY_KEY", "--extra-body", json.dumps({"token": FIELD}))
    assert server.log()[0]["authorization"] == f"Bearer {KEY}"
    assert server.log()[0]["body"]["token"] == FIELD
    assert model(folder / "out")["settings"]["extra_body"] == ["token"]
    assert_clean(said)


@pytest.mark.parametrize("fault", ["401", "404", "reset", "html", None])
def test_an_address_with_a_password_and_a_query(
    server: Serving, folder: Path, fault: str | None, monkeypatch: pytest.MonkeyPatch, capfd: Any
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    server.script(rate=1.0 if fault else 0.0, kinds=[fault])
    url = f"{server.base_url.replace('//', f'//me:{PASSWORD}@')}?token={TOKEN}"
    said = asked(server, folder, capfd, url=url)
    assert server.log()[0]["query"] == f"token={TOKEN}"
    assert model(folder / "out")["settings"]["address"] == server.base_url
    assert base64.b64encode(f"me:{PASSWORD}".encode()).decode() not in "".join(said.told.values())
    assert_clean(said)


@pytest.mark.parametrize(
    "options",
    [
        ("--api-key-env", KEY),
        ("--base-url", f"ftp://me:{PASSWORD}@127.0.0.1/v1"),
        ("--extra-body", f"{{'token': '{FIELD}'}}"),
        ("--mode", KEY),
        ("--temperature", KEY),
    ],
    ids=lambda options: options[0],
)
def test_a_secret_in_the_wrong_place(server: Serving, folder: Path, options: tuple[str, str], capfd: Any) -> None:
    arguments = ["run", "secret.txt", "--out", "out", "--base-url", server.base_url, "--model", "fake"]
    assert main([*arguments, *options]) == 2
    captured = capfd.readouterr()
    assert captured.err
    assert not any(secret in captured.out + captured.err for secret in SECRETS)
    assert not (folder / "out").exists()


def test_a_process_whose_client_is_told_to_log_everything(
    server: Serving, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_LOG", "debug")
    server.script(faults={0: "echo", 1: "filter"})
    arguments = ("run", "secret.txt", "--out", "out", "--cache-dir", "cache", "--base-url", server.base_url)
    done = command_apart(*arguments, "--model", "fake", "--log-level", "info", cwd=folder)
    assert done.status == 3
    assert report(folder / "out")["totals"]["unanswered"] == 1
    assert "fake" in done.err
    assert_clean(left_in(folder, out=done.out, err=done.err))


def test_what_is_kept_holds_what_a_model_said_and_nothing_of_what_it_was_sent(
    server: Serving, folder: Path, capfd: Any
) -> None:
    server.script(faults=dict.fromkeys((0, 1), ODD[0]))
    said = asked(server, folder, capfd)
    assert_clean(said)
    assert said.told["answers"].count('"content"') == 2
    assert SENTENCE in said.notices or SENTENCE in (folder / "out" / "texts" / "secret.txt").read_text()
