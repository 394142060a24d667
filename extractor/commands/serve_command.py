"""``python -m extractor serve``: the extractor as a service that colleagues reach."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.reader_options import (
    AnswerOptions,
    BackendOption,
    CacheOption,
    OfflineOption,
    ReplayOption,
    chosen_reader,
)
from extractor.commands.run_command import Level
from extractor.commands.shared_options import Language, LanguageOption
from extractor.errors import SettingsError
from extractor.logs import LOGGER, configure

if TYPE_CHECKING:
    from extractor.service.http.access import Access

_SHORTEST_TOKEN = 16
_MB = 1_000_000


@with_endpoint_options
def serve(  # noqa: PLR0913
    *,
    data: Annotated[Path, typer.Option(metavar="DIR", help="The folder that everything is kept in.")] = Path("served"),
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen at; any that others reach needs a token.", show_default="this machine alone"
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    token_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable that holds the token clients have to send."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A name that the service goes by, as behind a proxy. May be repeated."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that parse. [default: one a processor]")
    ] = None,
    queue: Annotated[int, typer.Option(min=1, help="Notices that may wait; beyond them the answer is 429.")] = 1000,
    seconds: Annotated[
        int, typer.Option(min=1, help="Processor time that one document may take; by the clock, four times that.")
    ] = 60,
    memory: Annotated[int, typer.Option(min=300, help="Megabytes of address space a document may take.")] = 1500,
    patience: Annotated[
        float, typer.Option(min=0.1, help="Seconds that a client may take for a request's head, or to go on.")
    ] = 20.0,
    drain_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds that what is under way may take when the service is told to stop.")
    ] = 30.0,
    backend: BackendOption = None,
    lang: LanguageOption = Language.ZH,
    log_level: Annotated[Level, typer.Option(help="How much is told on standard error.")] = Level.INFO,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell it as one JSON object a line.")] = False,
    cache_dir: CacheOption = None,
    offline: OfflineOption = False,
    replay: ReplayOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Take notices over HTTP, read them in the background, and keep them to be looked at, searched and exported.

    Prints the address it listens at; /docs there says what can be asked. DIR holds one SQLite file, and the files that
    still wait. What waits when the service stops, or is killed, is done when it is started again.

    Ctrl-C stops it: what is under way is finished first, a second Ctrl-C ends that. Exit status: 0 when it was told to
    stop, 2 for wrong usage.
    """
    configure(log_level, as_json=log_json)
    access = _access(host, token_env, allow_host or [])  # before what takes a second to load

    from extractor.service.http.service_limits import Bounds
    from extractor.service.server import Plan
    from extractor.service.server import serve as serve_plan

    choice = chosen_reader(backend, endpoint, AnswerOptions(cache_dir, offline, replay), lang.value)
    LOGGER.log(logging.WARNING if choice.surprises else logging.INFO, "%s", choice.sentence)
    bounds = Bounds(queue, seconds, memory * _MB, patience, drain_seconds)
    plan = Plan(data.absolute(), host, port, access, choice.reader, workers, bounds)
    serve_plan(plan, typer.echo)


def _access(host: str, token_env: str | None, names: list[str]) -> Access:
    from extractor.service.http.access import Access, is_loopback

    token = None
    if token_env is not None:
        token = os.environ.get(token_env, "").strip()
        if len(token) < _SHORTEST_TOKEN:
            what = "is not set" if not token else f"holds less than {_SHORTEST_TOKEN} characters"
            raise SettingsError(
                f'{token_env} {what}; python -c "import secrets; print(secrets.token_urlsafe())" makes a token'
            )
    elif not is_loopback(host):
        raise SettingsError(
            f"{host}: others can reach this address, so a token is needed; put one into an environment variable and "
            "name that with --token-env"
        )
    return Access(token, frozenset(name.lower() for name in names))
