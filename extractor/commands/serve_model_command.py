"""``python -m extractor serve-model``: a model on this machine, for a run or until Ctrl-C."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.line_output import say
from extractor.errors import SettingsError
from extractor.logs import LOGGER

if TYPE_CHECKING:
    from extractor.local_model.model_server import ModelServer, ServerPlan

_MODE = "json_schema"  # what llama.cpp holds any model to
_TIMEOUT = 600  # seconds for one answer: processors are slow, and calls wait for one another
_TERMINATED = 143  # the status of a program that SIGTERM ended, as a shell gives it


def serve_model(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- COMMAND", help="A command to run while the model is served.", show_default=False),
    ] = None,
    *,
    gguf: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The model, a GGUF file. [default: the small one of the extra local]"),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0: any free one.")] = 8080,
    context: Annotated[int, typer.Option(min=512, help="Tokens that one call may take, its answer included.")] = 16384,
    parallel: Annotated[int, typer.Option(min=1, help="Calls that are answered at once.")] = 1,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Processors to use. [default: as llama.cpp chooses]")
    ] = None,
) -> None:
    """Serve a model on this machine with llama.cpp, for a command or until Ctrl-C. Needs the extra local.

    With a COMMAND (serve-model --gguf FILE -- python -m extractor run NOTICES) it runs that command, which finds the
    model by its environment, and ends with it. Without one it prints the command that asks the model.

    Exit status: the command's; without one 0 after Ctrl-C, 1 when the model cannot be loaded or its server ends by
    itself, 2 for wrong usage.
    """
    from extractor.local_model.model_server import ServerPlan, check_plan, model_server
    from extractor.local_model.small_model import small_model

    plan = ServerPlan(gguf or small_model(), port, context, parallel, threads)
    check_plan(plan)
    signal.signal(signal.SIGTERM, _stop)
    say(f"loading {plan.name} …", err=True)
    with model_server(plan) as server:
        if command:
            raise typer.Exit(_status(command, server, plan))
        try:
            for line in _how_to_ask(server.address, plan).split("\n"):
                say(line)
            LOGGER.error("%s", server.wait())
        except KeyboardInterrupt:
            raise typer.Exit from None
        raise typer.Exit(1)


def _stop(*_: object) -> None:
    raise SystemExit(_TERMINATED)


def _how_to_ask(address: str, plan: ServerPlan) -> str:
    calls = "1 call" if plan.parallel == 1 else f"{plan.parallel} calls"
    return (
        f"{plan.name} is served at {address}: {plan.context} tokens a call, {calls} at once. Ctrl-C stops it.\n"
        "In a second terminal, with notices of your own for NOTICES:\n\n"
        f"    python -m extractor run NOTICES --base-url {address} --model {shlex.quote(plan.name)} "
        f"--mode {_MODE} --concurrency {plan.parallel} --timeout {_TIMEOUT} --out out\n"
    )


def _status(command: Sequence[str], server: ModelServer, plan: ServerPlan) -> int:
    """Run a command that finds the model by its environment, and return its exit status.

    Raises:
        SettingsError: there is no such command, or it cannot be run.
    """
    settings = {
        "EXTRACTOR_BASE_URL": server.address,
        "EXTRACTOR_MODEL": plan.name,
        "EXTRACTOR_MODE": _MODE,
        "EXTRACTOR_CONCURRENCY": str(plan.parallel),
        "EXTRACTOR_TIMEOUT": str(_TIMEOUT),
    }
    try:
        process = subprocess.Popen(command, env={**os.environ, **settings})
    except OSError as error:
        raise SettingsError(f"{command[0]} cannot be run ({error.strerror}); give a command behind --") from None
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the command, too, which may have work to finish
    try:
        status = process.wait()
    except SystemExit:
        process.terminate()
        process.wait()
        raise
    if fault := server.fault():
        LOGGER.error("%s", fault)
    return status if status >= 0 else 128 - status  # as a shell gives it
