"""A model that answers about one measure at a time: what the doctor says of it, and what a run asks of it then."""

from __future__ import annotations

from pathlib import Path
from queue import Queue

import pytest
from cli_examples import report, write
from dull_model import pieces
from fake_endpoint import Serving
from model_examples import SHORT, Runs, settle

from extractor.assist.prompts import prompt
from extractor.assist.tasks import TASKS
from extractor.cli import main
from extractor.commands.run_progress import by_the_minute
from extractor.endpoint.model_capacity import FILE_NAME, default_folder

ANSWERS = "dull_model:short_winded"

KEY = "sk-planted-7hQ2"


@pytest.fixture
def runs(server: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    settle(monkeypatch)
    monkeypatch.delenv("EXTRACTOR_PACK_TOKENS")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    write(tmp_path, first=SHORT, second=SHORT.replace("3期", "4期"))
    server.script()
    return Runs(server, tmp_path)


def measures_asked(server: Serving) -> list[int]:
    """How many measures each labels call since the last script was about."""
    asked = [entry["body"] for entry in server.log() if "[m1]" in entry["body"]["messages"][-1]["content"]]
    return [sum(piece.kind == "m" for piece in pieces(body)) for body in asked]


def examined(runs: Runs, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["doctor", "--base-url", runs.server.base_url, "--model", "fake", "--retries", "0"]) == 0
    return capsys.readouterr().out


def test_it_is_not_told_to_be_unfit(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    said = examined(runs, capsys)
    assert "at once       one measure at a time, of 400 not; a run asks no more at once\n" in said
    assert not [words for words in ("does not work", "not able enough", "more able model") if words in said]


def test_after_the_doctor_a_run_asks_it_about_one_measure_at_a_time(
    runs: Runs, capsys: pytest.CaptureFixture[str]
) -> None:
    examined(runs, capsys)
    runs.server.script()
    out = runs.run("first.txt", cache="answers")
    asked = measures_asked(runs.server)
    assert len(asked) > 1
    assert set(asked) == {1}
    assert report(out)["totals"]["unanswered"] == 0


def test_a_run_finds_it_out_and_the_next_one_knows(runs: Runs) -> None:
    runs.run("first.txt", cache="answers")
    first = measures_asked(runs.server)
    runs.server.script()
    runs.run("second.txt", cache="answers")
    assert max(measures_asked(runs.server)) < max(first)
    assert KEY not in (default_folder() / FILE_NAME).read_text(encoding="utf-8")


def test_a_second_run_finds_the_answers_of_the_first_whatever_it_learnt(runs: Runs) -> None:
    runs.run("first.txt", out="out", cache="answers")
    runs.server.script()
    runs.run("first.txt", out="other", cache="answers")
    assert runs.server.log() == []


def test_in_a_pipe_a_run_says_every_minute_where_it_is(caplog: pytest.LogCaptureFixture) -> None:
    minutes = Queue[bool]()  # False: one has passed, True: the run is over

    def over(seconds: float) -> bool:
        assert seconds == 60
        return minutes.get(timeout=10)

    with by_the_minute(lambda: "7 calls", "there", over) as progress:
        progress.begin(3)
        progress.advance()
        minutes.put(False)
        minutes.put(True)
    assert [record.getMessage() for record in caplog.records] == [
        "still reading notices: 1 of 3 notices into there; 7 calls"
    ]


def test_a_run_says_what_it_prefers(runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
    runs.run("first.txt", options=("--log-level", "info"))
    assert "prefer fast (one notice): many calls at once" in capsys.readouterr().err


class TestASchemaOfACallsOwnThatIsRefused:
    @pytest.fixture
    def picky(self, runs: Runs) -> Runs:
        runs.server.script(refused_word="prefixItems")
        return runs

    @staticmethod
    def own(server: Serving) -> list[bool]:
        """Of each request whether its schema is of its own."""
        return ["prefixItems" in str(entry["body"]["response_format"]) for entry in server.log()]

    def test_the_general_one_is_sent_and_that_is_remembered(self, picky: Runs) -> None:
        how = ("--mode", "json_schema", "--concurrency", "1")
        out = picky.run("first.txt", options=how, cache="answers")
        assert report(out)["totals"]["unanswered"] == 0
        assert report(out)["model"]["oddities"]["schema_refused"] == 1
        assert self.own(picky.server).count(True) == 1
        picky.server.script(refused_word="prefixItems")
        picky.run("second.txt", out="other", options=how, cache="answers")
        assert set(self.own(picky.server)) == {False}

    def test_the_doctor_says_so(self, picky: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        assert "schema        one made for each call is refused; a run sends the general one\n" in examined(
            picky, capsys
        )
        picky.server.script()
        assert "schema        one made for each call is taken\n" in examined(picky, capsys)


class TestTheShortPrompts:
    """Of a model that takes little at once: by themselves, or where they are set."""

    @staticmethod
    def versions(server: Serving) -> set[bool]:
        """Of the requests of a run whether they were made with the short prompts."""
        fixed = {prompt(task, "short").fixed for task in TASKS}
        return {entry["body"]["messages"][0]["content"] in fixed for entry in server.log()}

    def test_are_chosen_after_the_doctor_and_said(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        examined(runs, capsys)
        runs.server.script()
        how = ("--mode", "json_schema", "--log-level", "info")
        out = runs.run("first.txt", cache="answers", options=how)
        assert self.versions(runs.server) == {True}
        assert "; the short prompts, for a model that takes little at once" in capsys.readouterr().err
        assert report(out)["totals"]["unanswered"] == 0
        runs.server.script()
        runs.run("first.txt", cache="answers", out="again", options=("--mode", "json_schema", "--offline"))
        assert runs.server.log() == []

    @pytest.mark.parametrize("edition", ["short", "2"])
    def test_are_sent_where_they_are_set(self, runs: Runs, edition: str) -> None:
        runs.run("first.txt", options=("--mode", "json_schema", "--prompts", edition))
        assert self.versions(runs.server) == {edition == "short"}


def test_labels_can_be_left_to_the_rules(runs: Runs) -> None:
    out = runs.run("first.txt", options=("--mode", "json_schema", "--tasks", "fields"))
    assert len(runs.server.log()) == 1
    assert measures_asked(runs.server) == []
    assert report(out)["totals"]["unanswered"] == 0
