"""Runs whose endpoint misbehaves: what a retry can heal is healed, what none can is left to the rules, and said."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from cli_examples import notices, report, write
from fake_endpoint import HEALABLE, ODD, Fault, Serving, serving
from model_examples import POOR, SHORT, Runs, bodies, failures, issues, left_to_rules, long, model, settle, written

ANSWERS = "dull_model:answer"

HOPELESS: dict[str, tuple[Fault, str]] = {
    "content filter": ("filter", "refused"),
    "refusal": ("refusal", "refused"),
    "always empty": ("empty", "nothing"),
    "always breaking off": ("truncated", "breaks off"),
    "always cut off": ("length", "cut off"),
    "prompt too long": ("context_too_long", "cannot take a prompt of this length"),
    "forbidden": ("403", "does not allow"),
    "always 429": ("429", "too many requests"),
    "always 500": ("500", "failed"),
    "always reset": ("reset", "broke off"),
    "no completion": ("no_choices", "without an answer"),
    "a page": ("html", "no completion"),
    "error with 200": ("error_200", "upstream failed"),
}
"""Faults that stay, and words of the sentence that names each."""
NEEDS_TOOLS = ("text_for_tool", "object_arguments")
ASKED_IN_HALVES = ("wrong_numbers", "wrong_words")
"""Faults after which the labels are asked about in halves, and what is right of the fields is taken."""
HEALED_WHOLLY = tuple(fault for fault in HEALABLE if fault not in ASKED_IN_HALVES)


FILES = {"long": long(), "second": long(2), "third": long(3), "short": SHORT, "poor": POOR}
ALL = tuple(f"{name}.txt" for name in FILES)


@pytest.fixture
def runs(server: Serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runs:
    settle(monkeypatch)
    write(tmp_path, **FILES)
    server.script()
    return Runs(server, tmp_path)


class Expected(NamedTuple):
    """Folders of runs over an input: where nothing went wrong, and by the rules alone."""

    faultless: Path
    by_rules: Path


@pytest.fixture(scope="module")
def expected(server: Serving, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Expected]:
    """Runs over inputs, each made once."""
    folder = tmp_path_factory.mktemp("expected")
    write(folder, **FILES)

    @cache
    def of(*files: str) -> Expected:
        with pytest.MonkeyPatch.context() as patch:
            settle(patch)
            server.script()
            runs = Runs(server, folder)
            return Expected(runs.run(*files), runs.by_rules(*files))

    return of


class TestWhatARetryHeals:
    @pytest.mark.parametrize("fault", HEALED_WHOLLY, ids=str)
    def test_each_fault_alone(self, runs: Runs, expected: Callable[..., Expected], fault: Fault) -> None:
        faultless, _ = expected("short.txt")
        runs.server.script(faults={0: fault, 1: fault})
        out = runs.run("short.txt", options=("--mode", "tools" if fault in NEEDS_TOOLS else "json_schema"))
        assert written(out) == written(faultless)
        asked = model(out)
        assert (asked["calls"], asked["requests"], asked["failures"]) == (2, 2 if fault in ODD else 4, 0)
        assert failures(out) == []

    @pytest.mark.parametrize("fault", ASKED_IN_HALVES)
    def test_marks_that_were_not_seen(self, runs: Runs, expected: Callable[..., Expected], fault: Fault) -> None:
        faultless, _ = expected("short.txt")
        runs.server.script(faults={0: fault, 1: fault})
        out = runs.run("short.txt", options=("--concurrency", "1"))
        assert issues(out) == issues(faultless)
        assert (len(bodies(runs.server)), len(set(bodies(runs.server))), failures(out)) == (4, 4, [])

    @pytest.mark.parametrize("seed", range(3))
    def test_three_in_ten_answers_faulty(
        self, runs: Runs, expected: Callable[..., Expected], seed: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faultless, _ = expected(*ALL)
        monkeypatch.setenv("EXTRACTOR_ANSWER_RETRIES", "5")
        runs.server.script(rate=0.3, kinds=HEALED_WHOLLY, seed=seed)
        out = runs.run(*ALL, options=("--retries", "9"))
        assert written(out) == written(faultless)
        assert sum(bool(entry["fault"]) for entry in runs.server.log()) > 1

    def test_a_mode_is_found_although_the_first_requests_are_refused(
        self, runs: Runs, expected: Callable[..., Expected], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        faultless, _ = expected("short.txt")
        monkeypatch.setenv("EXTRACTOR_MODE", "auto")
        runs.server.script(faults={0: "429", 1: "429", 2: "reset"})
        assert written(runs.run("short.txt")) == written(faultless)

    def test_unknown_usage_is_said(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        runs.server.script(faults={1: "usage_missing"})
        out = runs.run("short.txt", options=("--log-level", "info"))
        assert (model(out)["tokens_known"], model(out)["oddities"]) == (False, {"usage_missing": 1})
        assert ", at least " in capsys.readouterr().err


class TestAnswersThatAreCutOff:
    def test_a_pack_is_asked_in_two_halves(
        self, runs: Runs, expected: Callable[..., Expected], capsys: pytest.CaptureFixture[str]
    ) -> None:
        whole, _ = expected("long.txt")
        runs.server.script(faults={1: "length"})
        alone = ("--concurrency", "1", "--log-level", "info")
        out = runs.run("long.txt", cache="cut", options=alone)
        assert written(out) == written(whole)
        assert len(bodies(runs.server)) == 5
        assert "for good" not in capsys.readouterr().err
        runs.server.script()
        assert written(runs.run("long.txt", cache="cut")) == written(whole)
        assert bodies(runs.server) == []

    def test_halves_are_halved(self, runs: Runs, expected: Callable[..., Expected]) -> None:
        whole, _ = expected("long.txt")
        runs.server.script(faults={1: "length", 3: "context_too_long", 5: "length"})
        assert written(runs.run("long.txt", cache="cut", options=("--concurrency", "1"))) == written(whole)
        assert {entry["fault"].get("kind") for entry in runs.server.log()} == {None, "length", "context_too_long"}
        runs.server.script()
        assert written(runs.run("long.txt", cache="cut", options=("--offline",))) == written(whole)
        assert written(runs.run("long.txt", cache="cut")) == written(whole)
        assert bodies(runs.server) == []

    def test_what_is_too_much_in_any_size_is_not_asked_for_ever(self, runs: Runs) -> None:
        runs.server.script(rate=1.0, kinds=["length"])
        out = runs.run("long.txt", status=3)
        assert len(bodies(runs.server)) == len(set(bodies(runs.server))) <= 3 * 15
        assert left_to_rules(out) == set(range(16))


class TestWhatNoRetryHeals:
    @pytest.mark.parametrize("kind", HOPELESS)
    def test_each_fault_alone(
        self, runs: Runs, expected: Callable[..., Expected], kind: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        _, by_rules = expected("short.txt")
        fault, words = HOPELESS[kind]
        runs.server.script(rate=1.0, kinds=[fault])
        out = runs.run("short.txt", status=3, options=("--retries", "1"))
        assert without_checks(out) == without_checks(by_rules)
        assert issues(out) == issues(by_rules)
        assert left_to_rules(out) == {0}
        found = report(out)["inputs"][0]
        assert found["unanswered"] == report(out)["totals"]["unanswered"] == len(found["failures"]) > 0
        assert all(words in sentence for sentence in found["failures"])
        (line,) = capsys.readouterr().err.splitlines()
        assert line.startswith("warning: ")
        assert f"short.txt: {len(found['failures'])} calls failed for good, there the rules' reading stands: " in line

    @pytest.mark.parametrize("fault", ASKED_IN_HALVES)
    def test_marks_that_are_never_seen(self, runs: Runs, expected: Callable[..., Expected], fault: Fault) -> None:
        _, by_rules = expected("short.txt")
        runs.server.script(rate=1.0, kinds=[fault])
        out = runs.run("short.txt", status=3)
        assert issues(out) == issues(by_rules)
        assert left_to_rules(out) == {0}
        assert failures(out) == ["the model's answer is about other marks than were shown"] * 2
        assert len(bodies(runs.server)) == len(set(bodies(runs.server))) == 4

    @pytest.mark.parametrize(("fault", "numbers"), [("filter", (1,)), ("500", (1, 2)), ("wrong_words", (1, 2, 3))])
    def test_one_pack_of_several(
        self, runs: Runs, expected: Callable[..., Expected], fault: str, numbers: tuple[int, ...]
    ) -> None:
        faultless, by_rules = map(issues, expected("long.txt"))
        runs.server.script(faults=dict.fromkeys(numbers, fault))  # the other pack is asked about behind them
        alone = ("--concurrency", "1", "--retries", "1")
        out = runs.run("long.txt", out="again", cache="kept", status=3, options=alone)
        assert left_to_rules(out) == set(range(8))
        assert issues(out) == by_rules[:8] + faultless[8:]
        assert by_rules[0] != faultless[0]
        assert len(failures(out)) == (2 if fault in ASKED_IN_HALVES else 1)
        runs.server.script()
        assert issues(runs.run("long.txt", out="again", cache="kept", options=alone)) == faultless
        assert len(bodies(runs.server)) == 1
        assert report(out)["totals"]["unanswered"] == 0
        assert left_to_rules(out) == set()

    @pytest.mark.parametrize("seed", range(2))
    def test_three_in_ten_calls_refused(self, runs: Runs, expected: Callable[..., Expected], seed: int) -> None:
        files = ("long.txt", "second.txt", "third.txt", "short.txt")
        faultless, by_rules = expected(*files)
        runs.server.script(rate=0.3, kinds=["filter", "refusal", "withheld"], seed=seed)
        out = runs.run(*files, status=3)
        refused = sum(bool(entry["fault"]) for entry in runs.server.log())
        assert 0 < refused == report(out)["totals"]["unanswered"]
        for number in range(len(files)):
            left = left_to_rules(out, number)
            rules, both = issues(by_rules, number), issues(faultless, number)
            assert issues(out, number) == [(rules if place in left else both)[place] for place in range(len(both))]

    def test_a_layout_that_no_model_tells(self, runs: Runs) -> None:
        runs.server.script(faults={0: "filter"})
        out = runs.run("poor.txt", status=3, options=("--concurrency", "1"))
        codes = [check["code"] for check in notices(out)[0]["checks"]]
        assert "layout_failed" in codes
        assert "layout_by_model" not in codes
        assert notices(out)[0]["issues"] == []


@pytest.mark.parametrize(("model_name", "left"), [("broken_off", {2}), ("wrong", set(range(4)))])
def test_a_piece_that_a_model_chokes_on(
    runs: Runs, expected: Callable[..., Expected], model_name: str, left: set[int]
) -> None:
    faultless, by_rules = map(issues, expected("third.txt"))
    with serving(f"dull_model:{model_name}") as choking:
        out = Runs(choking, runs.folder).run("third.txt", status=3)
    assert left_to_rules(out) == left
    assert issues(out) == [(by_rules if place in left else faultless)[place] for place in range(16)]


class TestWhatConcernsAllCalls:
    @pytest.mark.parametrize(
        ("fault", "mode"), [("401", "json_schema"), ("401", "auto"), ("404", "auto"), ("quota", "json_schema")]
    )
    def test_no_more_is_asked(self, runs: Runs, fault: str, mode: str, capsys: pytest.CaptureFixture[str]) -> None:
        write(runs.folder, **{f"n{number}": SHORT for number in range(10)})
        files = [f"n{number}.txt" for number in range(10)]
        runs.server.script(rate=1.0, kinds=[fault])
        out = runs.run(*files, status=3, options=("--mode", mode))
        assert len(bodies(runs.server)) <= 8  # those that were under way at once
        assert without_checks(out) == without_checks(runs.by_rules(*files))
        assert report(out)["totals"]["unanswered"] == 20
        lines = capsys.readouterr().err.splitlines()
        assert len({line.partition("there the rules' reading stands: ")[2] for line in lines}) == 1

    def test_one_request_where_one_is_made_at_a_time(self, runs: Runs) -> None:
        runs.server.script(rate=1.0, kinds=["401"])
        runs.run("long.txt", "short.txt", status=3, options=("--concurrency", "1"))
        assert len(bodies(runs.server)) == 1

    def test_a_server_that_is_not_there(self, runs: Runs, capsys: pytest.CaptureFixture[str]) -> None:
        with serving("dull_model:answer") as gone:
            pass
        out = Runs(gone, runs.folder).run("long.txt", "short.txt", status=3, options=("--retries", "2"))
        assert without_checks(out) == without_checks(runs.by_rules("long.txt", "short.txt"))
        assert "cannot be reached" in capsys.readouterr().err
        assert model(out)["requests"] <= 3 * 5


def without_checks(out: Path) -> list[str]:
    """A run's notices without what is doubted about them."""
    return [json.dumps(notice | {"checks": []}, ensure_ascii=False) for notice in notices(out)]
