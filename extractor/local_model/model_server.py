"""llama.cpp's server in a process of its own, as long as a block lasts.

This is the parent's side; ``extractor.local_model.model_server_main`` is the process.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from extractor.errors import EndpointError, InputError, SettingsError
from extractor.processes.environment import harmless

HOST = "127.0.0.1"
_PER_TOKEN = 60_000  # bytes of memory that a token of context takes in a model of seven billion parameters
_BESIDE = 300_000_000  # bytes that llama.cpp takes beside the model and its context
_KILLED = -9
_SECONDS_TO_END = 10


class ServerPlan(NamedTuple):
    """A model's file, the port to serve it on (0: any free one), tokens for one call, calls at once, processors.

    ``threads`` is None for as many as llama.cpp chooses.
    """

    gguf: Path
    port: int
    context: int
    parallel: int
    threads: int | None

    @property
    def name(self) -> str:
        """The name under which the model is asked."""
        return self.gguf.stem


class ModelServer(NamedTuple):
    """A model that is being served at an address, which ends in ``/v1``."""

    address: str
    process: subprocess.Popen[str]

    def wait(self) -> str:
        """Wait until the server ends by itself, and return a sentence about it."""
        return _ended(self.process.wait())

    def fault(self) -> str | None:
        """Return a sentence about how the server ended, or None while it runs."""
        status = self.process.poll()
        return None if status is None else _ended(status)


def check_plan(plan: ServerPlan) -> None:
    """Check that a model can be served, as far as that shows before it is loaded.

    Raises:
        InputError: the model's file is missing, is no GGUF file, or needs more memory than is free.
        ModuleNotFoundError: the extra ``local`` is not installed.
        SettingsError: the port cannot be used.
    """
    if find_spec("xllamacpp") is None:
        raise ModuleNotFoundError("xllamacpp is not installed", name="xllamacpp")
    _check_file(plan)
    _check_port(plan.port)


@contextmanager
def model_server(plan: ServerPlan) -> Iterator[ModelServer]:
    """Serve a model in the block, and end the server with it.

    Raises:
        EndpointError: the server ended before the model was loaded.
    """
    wanted = {**plan._asdict(), "gguf": str(plan.gguf), "name": plan.name}
    with subprocess.Popen(
        [sys.executable, "-m", "extractor.local_model.model_server_main"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=harmless(os.environ),
        encoding="utf-8",
    ) as process:
        try:
            yield ModelServer(f"{_started(process, wanted)}/v1", process)
        finally:
            _end(process)


def _started(process: subprocess.Popen[str], wanted: dict[str, object]) -> str:
    """Tell the process what to serve, wait for the model, and return the server's address."""
    assert process.stdin
    assert process.stdout
    with suppress(BrokenPipeError):  # it has ended
        process.stdin.write(f"{json.dumps(wanted)}\n")
        process.stdin.flush()
    address = process.stdout.readline().strip()
    if not address:
        raise EndpointError(_ended(process.wait()))
    return address


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
    if process.stdin:
        with suppress(OSError):
            process.stdin.close()


def _check_file(plan: ServerPlan) -> None:
    try:
        with plan.gguf.open("rb") as file:
            start = file.read(4)
        size = plan.gguf.stat().st_size
    except OSError as error:
        raise InputError(f"{plan.gguf}: cannot be read ({error.strerror}); --gguf names the model's file") from None
    if start != b"GGUF":
        raise InputError(f"{plan.gguf}: is no GGUF file; download the model in the form that llama.cpp reads")
    needed = size + _BESIDE + _PER_TOKEN * plan.context * plan.parallel
    free = _free_memory()
    if free is not None and free < needed:
        raise InputError(
            f"{plan.gguf}: the model needs {needed / 1e9:.1f} GB of memory and {free / 1e9:.1f} GB are free; close "
            "other programs, lower --context or --parallel, or take a smaller model"
        )


def _free_memory() -> int | None:
    """Return the bytes of memory that programs can still take; None where the system does not say it."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")), None)


def _check_port(wanted: int) -> None:
    with socket.socket() as probe:
        if os.name == "posix":  # a port that was served a moment ago is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError as error:
            raise SettingsError(
                f"port {wanted} cannot be used ({error.strerror}); choose another with --port"
            ) from None


def _ended(status: int) -> str:
    if status == _KILLED:
        return (
            "the model's server was killed, most likely because memory ran out; lower --context or --parallel, or take "
            "a smaller model"
        )
    return f"the model's server ended by itself, with status {status}; the lines above give its reason"
