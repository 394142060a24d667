"""``python -m extractor run`` with a model: nothing is asked twice, whatever stops a run, and what it takes is said."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_examples import ended, notices, outcomes, report, start, wait_for, write
from endpoint_example import settings
from fake_endpoint import Serving, serving
from model_examples import POOR, SHORT, Runs, bodies, failures, issues, left_to_rules, long, model, settle, written
from page_examples import ARTICLE, page

from extractor.cli import main
from extractor.endpoint.cache import AnswerCache
from extractor.model_source import ModelSource, NoticeModel
from extractor.pipeline import extract_with_model
from extractor.record.contract import Notice

ANSWERS = "dull_model:answer"

FILES = ("long.txt", "poor.txt", "short.txt")
REQUESTS = 8  # fields and two packs of labels; layout, fields and labels; fields and labels
NEVER = {"kind": "stall", "seconds": 300}


@pytest.fixture
def runs(server: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    settle(monkeypatch)
    write(tmp_path, long=long(), poor=POOR, short=SHORT)
    server.script()
    return Runs(server, tmp_path)


@pytest.fixture(scope="module")
def fickle_server() -> Iterator[Serving]:
    with serving("dull_model:fickle") as running:
        yield running


@pytest.fixture
def fickle(fickle_server: Serving, runs: Runs) -> Runs:
    fickle_server.script()
    return Runs(fickle_server, runs.folder)


def test_a_record_names_what_its_page_hides(runs: Runs) -> None:
    shown = page(f"<div>{ARTICLE}</div><p style='display:none'>三是整改问题5个,处分9人。</p>")
    (runs.folder / "hides.html").write_text(shown, encoding="utf-8")
    for backend in ("assisted", "model"):
        out = runs.run("hides.html", options=("--backend", backend))
        [record] = notices(out)
        assert [check["code"] for check in record["checks"] if "处分9人" in check["message"]] == ["left_out_text"]
        assert report(out)["totals"]["left_out"] == {"hidden": 14}


def started(runs: Runs, *files: str, out: str, cache: str, options: tuple[str, ...] = ()) -> subprocess.Popen[bytes]:
    """Start a run as a process of its own."""
    whom = ("--base-url", runs.server.base_url, "--model", "fake", "--concurrency", "8")
    return start("run", *files, "--out", out, "--cache-dir", cache, *whom, *options, cwd=runs.folder)


def wait_for_requests(runs: Runs, number: int, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the server has seen so many requests."""
    deadline = time.monotonic() + 60
    while len(runs.server.log()) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.01)


class TestASecondRun:
    def test_asks_nothing_imports_no_client_and_writes_the_same(self, runs: Runs) -> None:
        first = runs.run(*FILES, cache="cache")
        assert len(bodies(runs.server)) == REQUESTS
        runs.server.script()
        whom = ["--base-url", runs.server.base_url, "--model", "fake"]
        arguments = ["run", *FILES, "--out", "second", "--cache-dir", "cache", *whom]
        code = "import sys; from extractor.cli import main; status = main(sys.argv[1:]); "
        code += "print(status, {'openai', 'instructor'} & set(sys.modules))"
        command = [sys.executable, "-c", code, *arguments]
        done = subprocess.run(command, check=True, cwd=runs.folder, capture_output=True, text=True)
        assert (done.stdout, done.stderr) == ("0 set()\n", "")
        assert written(runs.folder / "second") == written(first)
        assert bodies(runs.server) == []
        asked = model(runs.folder / "second")
        assert (asked["calls"], asked["cache_hits"], asked["requests"]) == (REQUESTS, REQUESTS, 0)

    def test_into_the_same_folder_has_nothing_to_do(self, runs: Runs) -> None:
        before = written(runs.run(*FILES, out="out", cache="cache"))
        runs.server.script()
        assert written(runs.run(*FILES, out="out", cache="another")) == before
        assert set(outcomes(runs.folder / "out").values()) == {"unchanged"}
        assert bodies(runs.server) == []

    def test_what_is_asked_otherwise_is_asked_again(self, runs: Runs) -> None:
        runs.run("short.txt", out="out", cache="cache")
        for options in (("--temperature", "0.5"), ("--model", "another"), ("--extra-body", '{"top_k": 1}')):
            runs.server.script()
            runs.run("short.txt", out="out", cache="cache", options=options)
            assert len(bodies(runs.server)) == 2
        runs.server.script()
        runs.run("short.txt", out="out", cache="cache", options=("--timeout", "33", "--concurrency", "2"))
        assert bodies(runs.server) == []

    def test_what_a_model_laid_out_is_asked_about_apart(self, runs: Runs) -> None:
        runs.run("short.txt", out="out", cache="cache")
        runs.server.script()
        runs.run("short.txt", out="out", cache="cache", options=("--backend", "model"))
        assert bodies(runs.server) != []
        assert outcomes(runs.folder / "out") == {str(runs.folder / "short.txt"): "done"}


def test_at_a_server_that_answers_one_call_at_a_time_one_notice_ends_before_the_next_begins(runs: Runs) -> None:
    write(runs.folder, second=SHORT.replace("3期", "4期"), third=SHORT.replace("3期", "5期"))
    runs.server.script(slots=1, tells_slots=True)
    runs.run("long.txt", "second.txt", "third.txt")
    asked = [entry["body"]["messages"][-1]["content"] for entry in runs.server.log()]
    # The two others are asked about themselves in one call, since they print the same there.
    assert ["河段" in words or "6次" in words for words in asked] == [True] * 3 + [False] * 3


class TestKilled:
    def test_and_started_again(self, runs: Runs) -> None:
        undisturbed = written(runs.run(*FILES))
        everything = sorted(bodies(runs.server))
        answered: list[str] = []
        for more in (1, 2, 3):
            runs.server.script(faults={more: NEVER})
            process = started(runs, *FILES, out="out", cache="cache", options=("--concurrency", "1"))
            wait_for_requests(runs, more + 1, process)
            process.kill()
            process.communicate()
            assert not (runs.folder / "out" / "notices.jsonl").exists()
            answered += bodies(runs.server)[:more]
        runs.server.script()
        assert written(runs.run(*FILES, out="out", cache="cache")) == undisturbed
        answered += bodies(runs.server)
        assert sorted(answered) == everything
        assert list((runs.folder / "out").rglob("*.tmp")) == []

    def test_at_any_number_of_calls_under_way(self, runs: Runs) -> None:
        undisturbed = written(runs.run(*FILES))
        everything = set(bodies(runs.server))
        runs.server.script(faults=dict.fromkeys(range(4, REQUESTS), NEVER))
        process = started(runs, *FILES, out="out", cache="cache")
        wait_for_requests(runs, 6, process)
        process.kill()
        process.communicate()
        under_way = bodies(runs.server)[4:]
        with AnswerCache(runs.folder / "cache") as cache:
            kept = len(cache)
        runs.server.script()
        assert written(runs.run(*FILES, out="out", cache="cache")) == undisturbed
        asked = bodies(runs.server)
        assert len(asked) == len(set(asked)) == REQUESTS - kept
        assert set(under_way) <= set(asked) <= everything


class TestInterrupted:
    def test_writes_what_is_done_and_says_how_to_go_on(self, runs: Runs) -> None:
        undisturbed = written(runs.run(*FILES))
        runs.run("poor.txt", cache="cache")
        runs.server.script(rate=1.0, kinds=[NEVER])
        process = started(runs, *FILES, out="out", cache="cache")
        wait_for_requests(runs, 5, process)  # all that is not answered yet
        wait_for(runs.folder / "out" / ".work" / "poor.json", process)
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=60)
        stopped = ended(process)
        assert (stopped.status, stopped.out) == (130, "")
        assert stopped.err.startswith("error: interrupted: 1 done, 2 pending; ")
        assert stopped.err.endswith("1 of 3 are finished and kept, the same command goes on from there\n")
        assert stopped.err.count("\n") == 1
        assert outcomes(runs.folder / "out") == {"long.txt": "pending", "poor.txt": "done", "short.txt": "pending"}
        assert [notice["notice_id"] for notice in notices(runs.folder / "out")] == ["poor"]
        runs.server.script()
        assert written(runs.run(*FILES, out="out", cache="cache")) == undisturbed
        assert len(bodies(runs.server)) == 5
        assert [entry["outcome"] for entry in report(runs.folder / "out")["inputs"]] == ["done", "unchanged", "done"]


class TestAnswersThatDifferEachTime:
    """A model that is asked the same says something else; all that is written goes by one answer."""

    def test_two_notices_that_are_the_same_are_asked_about_once(self, fickle: Runs) -> None:
        write(fickle.folder, copy=SHORT)
        out = fickle.run("short.txt", "copy.txt")
        assert issues(out, 0) == issues(out, 1)
        assert len(bodies(fickle.server)) == 2

    def test_a_second_run_says_what_the_first_said(self, fickle: Runs) -> None:
        first = written(fickle.run(*FILES, cache="cache"))
        assert written(fickle.run(*FILES, cache="cache")) == first
        assert written(fickle.run(*FILES)) != first

    def test_two_that_ask_at_the_same_moment_are_told_the_same(self, fickle: Runs) -> None:
        fickle.server.script(first_token=0.1)
        sources = [ModelSource(settings(fickle.server), fickle.folder / "cache") for _ in range(2)]

        async def read(one: ModelSource) -> Notice:
            async with one.endpoint() as endpoint:
                return (await extract_with_model(SHORT, NoticeModel(endpoint, None))).notice

        async def read_by_both() -> list[Notice]:
            return await asyncio.gather(*map(read, sources))

        one, other = asyncio.run(read_by_both())
        assert one == other

    def test_two_runs_at_once_say_the_same(self, fickle: Runs) -> None:
        fickle.server.script(first_token=0.05)
        both = [started(fickle, *FILES, out=name, cache="cache") for name in ("one", "other")]
        assert [(done.status, done.err) for done in map(ended, both)] == [(0, ""), (0, "")]
        assert written(fickle.folder / "one") == written(fickle.folder / "other")
        assert written(fickle.run(*FILES, cache="cache", options=("--offline",))) == written(fickle.folder / "one")
        with AnswerCache(fickle.folder / "cache") as cache:
            assert len(cache) == REQUESTS


class TestWithoutAsking:
    def test_offline_names_what_is_missing(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        runs.run("short.txt", cache="cache")
        capsys.readouterr()
        runs.server.script()
        out = runs.run("long.txt", "short.txt", cache="cache", status=3, options=("--offline",))
        assert bodies(runs.server) == []
        assert [reason.rpartition(" ")[0] for reason in failures(out)] == [
            "offline, and no answer is kept for fields",
            "offline, and no answer is kept for labels",
            "offline, and no answer is kept for labels",
        ]
        assert len(set(failures(out))) == 3
        assert issues(out) == issues(runs.by_rules("long.txt"))
        assert (failures(out, 1), left_to_rules(out, 1)) == ([], set())
        (line,) = capsys.readouterr().err.splitlines()
        assert all(reason in line for reason in failures(out))

    def test_offline_needs_no_address(self, runs: Runs) -> None:
        first = runs.run("short.txt", cache="cache")
        arguments = ["run", str(runs.folder / "short.txt"), "--out", str(runs.folder / "second"), "--model", "fake"]
        assert main([*arguments, "--cache-dir", str(runs.folder / "cache"), "--offline"]) == 0
        assert written(runs.folder / "second") == written(first)

    def test_a_recording_gives_the_same(self, runs: Runs, tmp_path: Path) -> None:
        first = runs.run(*FILES, cache="cache")
        recording = str(tmp_path / "answers.jsonl")
        assert main(["cache", "export", recording, "--cache-dir", str(tmp_path / "cache")]) == 0
        runs.server.script()
        assert written(runs.run(*FILES, options=("--replay", recording))) == written(first)
        arguments = ["run", *(str(tmp_path / file) for file in FILES), "--out", str(tmp_path / "replayed")]
        assert main([*arguments, "--model", "fake", "--replay", recording]) == 0
        assert written(tmp_path / "replayed") == written(first)
        assert bodies(runs.server) == []


class TestWhatItCosts:
    def test_a_budget_that_is_too_small_is_kept(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        out = runs.run(*FILES, status=3, options=("--budget-tokens", "9000"))
        asked = model(out)
        assert 0 < asked["requests"] < REQUESTS
        assert asked["tokens_in"] + asked["tokens_out"] <= 9000
        assert report(out)["totals"]["unanswered"] == asked["failures"] > 0
        reasons = {reason for number in range(3) for reason in failures(out, number)}
        assert reasons == {"the next request could exceed the budget; raise --budget-tokens or --budget-usd to go on"}
        assert "raise --budget-tokens" in capsys.readouterr().err
        runs.server.script()
        runs.run("short.txt", status=3, options=("--budget-tokens", "10"))
        assert bodies(runs.server) == []

    def test_of_an_unknown_model_is_unknown(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        out = runs.run("short.txt", options=("--log-level", "info"))
        assert model(out)["usd"] is None
        assert report(out)["inputs"][0]["model"]["usd"] is None
        assert ", cost unknown; " in capsys.readouterr().err
        runs.server.script(rate=1.0, kinds=["401"])
        out = runs.run("short.txt", status=3, options=("--log-level", "info"))
        assert model(out)["usd"] is None
        assert "$" not in capsys.readouterr().err

    def test_of_a_model_in_the_table_is_told(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        (runs.folder / "prices.toml").write_text('["fake"]\ninput = 1.0\ncached = 1.0\noutput = 10.0\n')
        prices = ("--prices", str(runs.folder / "prices.toml"), "--log-level", "info")
        out = runs.run(*FILES, options=prices)
        asked = model(out)
        assert asked["usd"] == pytest.approx((asked["tokens_in"] + 10 * asked["tokens_out"]) / 1e6)
        assert sum(each["model"]["usd"] for each in report(out)["inputs"]) == pytest.approx(asked["usd"])
        assert f"${asked['usd']:.4f}" in capsys.readouterr().err

    def test_is_counted_by_notice_and_in_all(self, runs: Runs) -> None:
        out = runs.run(*FILES)
        for name in ("calls", "requests", "tokens_in", "tokens_out", "tokens_cached", "retries"):
            assert sum(each["model"][name] for each in report(out)["inputs"]) == model(out)[name]
        assert [each["model"]["calls"] for each in report(out)["inputs"]] == [3, 3, 2]


class TestWhoReads:
    def test_a_layout_that_rules_cannot_read_is_told_by_the_model(self, runs: Runs) -> None:
        poor, short = notices(runs.run("poor.txt", "short.txt"))
        assert [issue["title"] for issue in poor["issues"]] == ["学习的事", "账目的事"]
        assert [len(issue["measures"]) for issue in poor["issues"]] == [1, 2]
        assert "layout_by_model" in [check["code"] for check in poor["checks"]]
        assert "layout_by_model" not in [check["code"] for check in short["checks"]]
        assert sum("LayoutAnswer" in body for body in bodies(runs.server)) == 1

    def test_an_endpoint_from_the_environment_is_used_and_said(
        self, runs: Runs, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = ["run", str(runs.folder / "short.txt"), "--cache-dir", str(runs.folder / "cache"), "--out"]
        monkeypatch.setenv("OPENAI_API_KEY", "sk-somebody")  # alone it makes no calls that cost
        assert main([*arguments, str(runs.folder / "alone")]) == 0
        assert bodies(runs.server) == []
        monkeypatch.setenv("OPENAI_BASE_URL", runs.server.base_url)
        monkeypatch.setenv("EXTRACTOR_MODEL", "fake")
        assert main([*arguments, str(runs.folder / "both")]) == 0
        assert len(bodies(runs.server)) == 2
        said = capsys.readouterr().err
        assert said == f"warning: assisted: an endpoint is set: fake at {runs.server.base_url}\n"
        assert report(runs.folder / "both")["settings"]["backend"] == "assisted"
        assert main([*arguments, str(runs.folder / "rules"), "--backend", "rules"]) == 0
        assert written(runs.folder / "rules") == written(runs.folder / "alone")
        assert len(bodies(runs.server)) == 2
