"""``python -m extractor batch``: calls out as files, answers back into the cache, until nothing is missing."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from answer_examples import answer_line, completion
from checkout import GOLD_NOTICES, ROOT, SUPPORT, module_path
from cli_examples import write
from dull_model import answer
from fake_endpoint import mode_of
from planted import notice

from extractor.assist.packs.answer_shapes import Response
from extractor.assist.packs.material import read_first
from extractor.assist.prompts import prompt
from extractor.cli import main
from extractor.endpoint.answers import kept_answer
from extractor.endpoint.cache import AnswerCache
from extractor.endpoint.call_keys import call_key
from extractor.endpoint.calls import Call
from extractor.endpoint.failures import EndpointFailure, Reason
from extractor.endpoint.pack_sizes import PackSizes
from extractor.endpoint.settings import EndpointSettings, PromptEdition
from extractor.pipeline import ModelReading, read_with_model

PAGE = ROOT / "docs" / "batch.md"
KEY = "sk-planted-0123456789abcdef"

TIDY = notice(
    "1.关于“库房管理松散”问题的整改。",
    "一是修订库房值守细则,明确交接、登记、查验的时间和人员,每周由仓储股抽查并公布结果。二是清点旧网具40张,逐张贴签入账。",
    "2.关于“账目核对拖延”问题的整改。",
    "一是按月核对往来账目,逐笔说明差额的来由,补齐欠缺的凭证和签字。二是组织经办人员学习记账规则2次,当场答题。",
)
"""A notice that the rules read well: fields and labels are asked."""

UNTIDY = """某县某粮库党支部巡察整改进展情况通报
县委巡察组对粮库党支部开展了巡察。
库房钥匙无人登记
修订了登记细则3项。
旧账本没有归档
清点旧账本40册。
补建了目录。
粮库党支部
2024年1月15日
"""
"""A notice whose layout the rules read poorly: the layout is asked, then fields and labels."""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, with the settings of whoever runs the tests left out."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("EXTRACTOR_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("OPENAI_MODEL", "some/model")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name in ("OPENAI_BASE_URL", "EXTRACTOR_BASE_URL", "EXTRACTOR_MODEL"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


class Commands:
    """The command, run in this process, and what it says."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.err = ""

    def __call__(self, *arguments: str | Path, status: int = 0) -> list[str]:
        """What the command prints, line by line; it ends with ``status``."""
        found = main(["batch", *map(str, arguments)])
        said = self._capsys.readouterr()
        self.err = said.err
        assert found == status, said
        return said.out.splitlines()


@pytest.fixture
def batch(capsys: pytest.CaptureFixture[str]) -> Commands:
    return Commands(capsys)


def requests(path: str = "batch.jsonl") -> dict[str, dict[str, Any]]:
    """The bodies of a file of requests by their keys, in order."""
    lines = [json.loads(line) for line in Path(path).read_bytes().splitlines()]
    return {line["custom_id"]: line["body"] for line in lines}


def tasks(path: str = "batch.calls.jsonl") -> dict[str, str]:
    """The keys of a list of calls with their tasks, in order."""
    lines = [json.loads(line) for line in Path(path).read_bytes().splitlines()]
    return {line["key"]: line["task"] for line in lines}


def answered(bodies: dict[str, dict[str, Any]], keys: Iterable[str] | None = None) -> list[str]:
    """The answers to some requests as lines, last first."""
    chosen = list(bodies if keys is None else keys)[::-1]
    return [answer_line(key, completion(json.dumps(answer(bodies[key])))) for key in chosen]


def put(lines: Iterable[str], path: str = "batch.answers.jsonl") -> str:
    """Write a file of answers and return its name."""
    Path(path).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def read_offline(text: str) -> ModelReading:
    """Read a notice as a run does that has the cache's answers alone."""
    settings = EndpointSettings(model="some/model")
    with AnswerCache(Path("cache")) as cache:

        class FromCache:
            editions: tuple[PromptEdition, ...] = ("2",)
            unasked: frozenset[str] = frozenset()
            at_once: int | None = None
            sizes = PackSizes(settings)

            async def ask(self, call: Call[Response]) -> Response:
                record = cache.get(call_key(call, settings))
                found = kept_answer(call, record) if record else None
                if found is None:
                    raise EndpointFailure(Reason.OFFLINE_MISSING, call.task)
                return found

            def has_answer(self, call: Call[Response]) -> bool:
                return call_key(call, settings) in cache

        return asyncio.run(read_with_model(read_first(text, "any"), FromCache(), finds_issues=False))


class TestExport:
    def test_writes_the_calls_of_a_run(self, here: Path, batch: Commands) -> None:
        write(here, tidy=TIDY)
        said = batch("export", "tidy.txt", "--to", "batch.jsonl", "--mode", "tools")
        assert re.fullmatch(
            r"batch\.jsonl: 2 calls about 1 of 1 notice, about [\d,]+ tokens in, [\d,]+ out at most", said[0]
        )
        assert said[1:] == [
            "next: python -m extractor batch submit batch.jsonl, or have it answered in another way",
            "then: python -m extractor batch import ANSWERS",
            "then: python -m extractor run, with the same settings",
        ]
        bodies = requests()
        assert list(tasks().values()) == ["fields", "labels"]
        assert list(tasks()) == list(bodies)
        assert {mode_of(body) for body in bodies.values()} == {"tools"}
        assert {body["model"] for body in bodies.values()} == {"some/model"}
        assert len(read_offline(TIDY).failures) == 2

    def test_asks_first_where_things_stand(self, here: Path, batch: Commands) -> None:
        write(here, tidy=TIDY, untidy=UNTIDY)
        said = batch("export", ".", "--to", "batch.jsonl")
        assert list(tasks().values()) == ["fields", "labels", "layout"]
        assert "then: export again, for the second round of 1 notice" in said
        batch("export", ".", "--to", "batch.jsonl", "--backend", "model")
        assert list(tasks().values()) == ["layout", "layout"]

    def test_takes_a_mode_where_none_is_set_and_says_so(self, here: Path, batch: Commands) -> None:
        write(here, tidy=TIDY)
        said = batch("export", "tidy.txt", "--to", "batch.jsonl")
        assert {mode_of(body) for body in requests().values()} == {"json_schema"}
        assert (
            said[1]
            == "mode auto can try nothing here: the requests are in json_schema; a run with auto finds the answers"
        )

    def test_names_what_it_cannot_read_and_writes_the_rest(self, here: Path, batch: Commands) -> None:
        write(here, tidy=TIDY, empty="")
        said = batch("export", "tidy.txt", "empty.txt", "none.txt", "--to", "batch.jsonl", status=1)
        assert said[0].startswith("batch.jsonl: 2 calls about 1 of 1 notice, ")
        assert [line.split(":")[:2] for line in batch.err.splitlines()] == [
            ["error", " empty.txt"],
            ["error", " none.txt"],
        ]

    @pytest.mark.parametrize(
        ("more", "sentence"),
        [
            (["--backend", "rules"], "--backend rules: the rules ask nothing; choose assisted or model"),
            (["--model", ""], "model (--model): "),
            (["--mode", "guess"], "mode (--mode): "),
        ],
    )
    def test_with_wrong_settings_writes_nothing(
        self, here: Path, batch: Commands, more: list[str], sentence: str
    ) -> None:
        write(here, tidy=TIDY)
        assert batch("export", "tidy.txt", "--to", "batch.jsonl", *more, status=2) == []
        assert batch.err.startswith(f"error: {sentence}")
        assert not Path("batch.jsonl").exists()

    def test_needs_a_model(self, here: Path, batch: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("OPENAI_MODEL")
        write(here, tidy=TIDY)
        batch("export", "tidy.txt", "--to", "batch.jsonl", status=2)
        assert batch.err == "error: no model is named; say which with --model\n"

    def test_keeps_the_key_out(self, here: Path, batch: Commands) -> None:
        write(here, tidy=TIDY)
        said = batch("export", "tidy.txt", "--to", "batch.jsonl")
        assert "库房" not in "".join(said)
        files = [path for path in here.rglob("*") if path.is_file()]
        assert [path.name for path in files if KEY.encode() in path.read_bytes()] == []


def test_from_the_first_export_to_nothing_missing(here: Path, batch: Commands) -> None:
    """A notice of one round and one of two; answers come in part, in disorder, with errors, one of them cut off."""
    write(here, tidy=TIDY, untidy=UNTIDY)
    export = ("export", "tidy.txt", "untidy.txt", "--to", "batch.jsonl")
    batch(*export)
    bodies = requests()
    fields, labels, layout = bodies
    cut = answer_line(labels, completion('{"issues":[{"i":1', finish_reason="length"))
    failed = answer_line(layout, error={"code": "server_error", "message": "关于"})
    answers = put([failed, cut, '{"custom_id": "', *answered(bodies, [fields])])
    said = batch("import", answers, status=1)
    assert said == [
        "1 answer stored, 1 truncated, 1 failed, 1 unusable",
        "2 of 3 calls still without an answer (1 labels, 1 layout)",
        "1 call too much at once; an export with --halve batch.answers.jsonl asks them in two halves",
        "next: export again, which writes what is still to be asked",
    ]
    assert [line.partition(": ")[0] for line in batch.err.splitlines()] == [f"{answers}:{line}" for line in (1, 2, 3)]
    assert "关于" not in batch.err

    said = batch(*export)
    assert list(requests()) == [labels, layout]
    assert said[1] == "1 call answered already"

    batch(*export, "--halve", answers)
    bodies = requests()
    assert list(tasks().values()) == ["labels", "labels", "layout"]
    one, other, _ = bodies
    put(answered(bodies, [one, layout]))
    assert batch("import", answers, status=1)[:2] == [
        "2 answers stored",
        "1 of 3 calls still without an answer (1 labels)",
    ]

    said = batch(*export)  # what was halved stays so
    bodies = requests()
    assert next(iter(bodies)) == other
    assert list(tasks().values()) == ["labels", "fields", "labels"]
    assert "then: export again" not in "".join(said)
    put([*answered(bodies), *answered(bodies, [other])])
    assert batch("import", answers) == [
        "3 answers stored, 1 repeated",
        "next: python -m extractor run, with the same settings",
    ]

    Path("batch.jsonl").unlink()
    assert batch(*export) == [
        "nothing to ask about 2 notices; no file is written",
        "6 calls answered already",
        "next: python -m extractor run, with the same settings",
    ]
    assert not Path("batch.jsonl").exists()
    tidy, untidy = read_offline(TIDY), read_offline(UNTIDY)
    assert (tidy.failures, untidy.failures) == ([], [])
    assert [issue.title for issue in untidy.notice.issues] == ["库房钥匙无人登记", "旧账本没有归档"]
    assert [len(issue.measures) for issue in untidy.notice.issues] == [1, 2]


class TestImport:
    @pytest.fixture
    def bodies(self, here: Path, batch: Commands) -> dict[str, dict[str, Any]]:
        """The requests about the tidy notice."""
        write(here, tidy=TIDY)
        batch("export", "tidy.txt", "--to", "batch.jsonl")
        return requests()

    @pytest.mark.parametrize(
        "content", ["I would say so.", '{"issues":3}', '{"issues":[],"measures":[{"m":1,"t":["no"]}]}']
    )
    def test_leaves_out_what_has_another_form(
        self, batch: Commands, bodies: dict[str, dict[str, Any]], content: str
    ) -> None:
        _, labels = bodies
        put([answer_line(labels, completion(content))])
        said = batch("import", "batch.answers.jsonl", status=1)
        assert said[:2] == ["0 answers stored, 1 unusable", "2 of 2 calls still without an answer (1 fields, 1 labels)"]
        assert batch.err == "batch.answers.jsonl:1: is not of the form that was asked for\n"

    @pytest.mark.parametrize("slip", [{"t": "建章立制"}, {"t": ["regulation", "no"]}, {"q": 3}, {"s": None}])
    def test_takes_what_a_live_answer_would_be_taken_for(
        self, batch: Commands, bodies: dict[str, dict[str, Any]], slip: dict[str, object]
    ) -> None:
        _, labels = bodies
        told = dict(answer(bodies[labels]) or {})
        first, *others = told["measures"]
        slipped = json.dumps({**told, "measures": [{**first, **slip}, *others]})
        others_asked = [key for key in bodies if key != labels]
        put([*answered(bodies, others_asked), answer_line(labels, completion(slipped))])
        assert batch("import", "batch.answers.jsonl")[0] == "2 answers stored"
        assert read_offline(TIDY).failures == []

    def test_of_an_answer_that_does_not_fit_the_notice_has_it_asked_again(
        self, batch: Commands, bodies: dict[str, dict[str, Any]]
    ) -> None:
        fields, labels = bodies
        put([*answered(bodies, [fields]), answer_line(labels, completion('{"issues":[],"measures":[]}'))])
        batch("import", "batch.answers.jsonl")
        said = batch("export", "tidy.txt", "--to", "batch.jsonl")
        assert list(requests()) == [labels]
        assert said[1:3] == [
            "1 call answered already",
            "1 kept answer did not fit what was asked, which is asked again",
        ]

    @pytest.mark.parametrize("edition", ["short", "1", "2"])
    def test_asks_with_the_prompts_and_the_tasks_that_are_set(
        self, here: Path, batch: Commands, edition: PromptEdition
    ) -> None:
        write(here, tidy=TIDY)
        batch("export", "tidy.txt", "--to", "batch.jsonl", "--prompts", edition)
        assert {body["messages"][0]["content"] for body in requests().values()} == {
            prompt("fields", edition).fixed,
            prompt("labels", edition).fixed,
        }
        batch("export", "tidy.txt", "--to", "batch.jsonl", "--tasks", "fields")
        assert list(tasks().values()) == ["fields"]

    def test_of_what_cannot_be_halved_has_it_asked_whole(self, here: Path, batch: Commands) -> None:
        write(here, small=notice("1.关于“账目核对拖延”问题的整改。", "逐笔核对往来账目,补齐欠缺的凭证和签字。" * 9))
        export = ("export", "small.txt", "--to", "batch.jsonl", "--halve", "batch.answers.jsonl")
        put([])
        batch(*export)
        fields, labels = requests()
        too_long = {"code": "context_length_exceeded", "message": "库房"}
        put([answer_line(labels, error=too_long), answer_line(fields, completion("{", finish_reason="length"))])
        batch("import", "batch.answers.jsonl", status=1)
        batch(*export)
        assert list(tasks().values()).count("fields") == 1
        assert [key for key, task in tasks().items() if task == "labels"] == [labels]

    def test_takes_several_files(self, batch: Commands, bodies: dict[str, dict[str, Any]]) -> None:
        fields, labels = bodies
        first = put(answered(bodies, [labels]), "batch-2.answers.jsonl")
        second = put(answered(bodies, [fields]), "batch_output.jsonl")
        assert batch("import", first, second)[0] == "2 answers stored"

    def test_takes_any_answer_where_nothing_tells_what_was_asked(
        self, batch: Commands, bodies: dict[str, dict[str, Any]]
    ) -> None:
        other = put(answered(bodies), "elsewhere.jsonl")
        assert batch("import", other)[0] == "2 answers stored"
        remedy = "no list of calls lies beside it, so all answers are imported; name one with --calls"
        assert batch.err == f"warning: elsewhere.jsonl: {remedy}\n"
        batch("import", other, "--calls", "batch.calls.jsonl")
        assert batch.err == ""
        assert (
            batch("export", "tidy.txt", "--to", "batch.jsonl")[0] == "nothing to ask about 1 notice; no file is written"
        )

    def test_of_requests_is_refused(self, batch: Commands, bodies: dict[str, dict[str, Any]]) -> None:
        assert bodies
        assert batch("import", "batch.jsonl", status=1) == []
        assert batch.err.startswith("error: batch.jsonl:1: is a request; ")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an endpoint with the Batch API, without how it is to behave."""
    with subprocess.Popen(
        [sys.executable, SUPPORT / "batch_server.py"],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": module_path()},
    ) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


class TestAtAnEndpoint:
    """The commands that speak to an endpoint with the Batch API."""

    @pytest.fixture
    def batch_id(self, here: Path, batch: Commands, address: str, monkeypatch: pytest.MonkeyPatch) -> str:
        """The id of the batch that was made of the tidy notice."""
        write(here, tidy=TIDY)
        monkeypatch.setenv("OPENAI_BASE_URL", f"{address}/good/v1")
        batch("export", "tidy.txt", "--to", "batch.jsonl")
        told, following = batch("submit", "batch.jsonl")
        assert following == "next: python -m extractor batch status batch.jsonl"
        return told.removeprefix("batch.jsonl: submitted as ")

    def test_from_submitting_to_importing(self, here: Path, batch: Commands, batch_id: str) -> None:
        assert batch("submit", "batch.jsonl")[0] == f"batch.jsonl: submitted as {batch_id}"
        assert batch("status", "batch.jsonl") == [f"{batch_id}: in_progress, 0 of 2 done"]
        assert batch("status", batch_id) == [
            f"{batch_id}: completed, 1 of 2 done, 1 failed",
            f"next: python -m extractor batch fetch {batch_id}",
        ]
        assert batch("fetch", "batch.jsonl") == [
            "wrote batch.answers.jsonl",
            "wrote batch.errors.jsonl",
            "next: python -m extractor batch import batch.answers.jsonl batch.errors.jsonl",
        ]
        said = batch("import", "batch.answers.jsonl", "batch.errors.jsonl", status=1)
        assert said[0] == "0 answers stored, 1 failed, 1 unusable"  # this endpoint knows nothing of notices
        written = [path for path in here.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
        assert written == []

    def test_by_its_id_a_batch_is_fetched_under_its_id(self, batch: Commands, batch_id: str) -> None:
        for _ in range(2):
            batch("status", batch_id)
        assert batch("fetch", batch_id)[0] == f"wrote {batch_id}.answers.jsonl"

    def test_before_it_is_over_nothing_is_fetched(self, batch: Commands, batch_id: str) -> None:
        batch("fetch", "batch.jsonl", status=1)
        assert batch.err == f"error: {batch_id}: in_progress, 0 of 2 done; fetch it when it is over\n"

    def test_again_makes_another_batch(self, batch: Commands, batch_id: str) -> None:
        assert batch("submit", "--again", "batch.jsonl")[0] != f"batch.jsonl: submitted as {batch_id}"

    def test_a_batch_that_was_not_begun(self, batch: Commands, batch_id: str, address: str) -> None:
        behaving = ("--base-url", f"{address}/failed/v1")
        batch("status", batch_id, *behaving)
        assert batch("status", "batch.jsonl", *behaving)[1:] == [
            "it did not start: invalid_json_line, line 3",
            "it did not start: no code",
            "next: python -m extractor batch submit --again batch.jsonl",
        ]

    def test_a_file_that_was_not_submitted(self, batch: Commands) -> None:
        batch("status", "other.jsonl", status=1)
        assert batch.err == "error: other.jsonl: was not submitted from here; submit it, or give the batch's id\n"

    def test_an_endpoint_without_batches(self, batch: Commands, batch_id: str, address: str) -> None:
        batch("status", batch_id, "--base-url", f"{address}/without/v1", status=1)
        assert "the endpoint has no Batch API" in batch.err


def test_the_page_shows_what_is_printed(here: Path, batch: Commands) -> None:
    """What an export of the gold notices prints stands in the page, figures aside: they change with the prompts."""
    (here / "gold").mkdir()
    (here / "gold" / "notices").symlink_to(GOLD_NOTICES, target_is_directory=True)
    said = batch("export", "gold/notices", "--to", "batch.jsonl", "--model", "some/model")

    def without_figures(text: str) -> str:
        return re.sub(r"\d[\d,]*", "N", text)

    assert without_figures("\n".join(said)) in without_figures(PAGE.read_text(encoding="utf-8"))
