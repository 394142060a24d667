"""``python -m extractor serve``: the extractor as a service for colleagues."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.line_output import say
from extractor.commands.reader_options import (
    AnswerOptions,
    BackendOption,
    CacheOption,
    OcrChoice,
    OcrOption,
    OfflineOption,
    ReadingOptions,
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
_IN_TERMINAL = frozenset(("www-browser", "links", "elinks", "lynx", "w3m"))  # as webbrowser names them


@with_endpoint_options
def serve(  # noqa: PLR0913
    *,
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder for everything that the service stores.")
    ] = Path("served"),
    load: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="OUT",
            help="A run's folder, whose notices go into the service first; those there already stay. May be repeated.",
        ),
    ] = None,
    open_page: Annotated[
        bool, typer.Option("--open", help="Open the page in this machine's browser, where there is one.")
    ] = False,
    host: Annotated[
        str,
        typer.Option(
            help="The address to listen on; one that others can reach needs a token.", show_default="this machine alone"
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0: any free one.")] = 8000,
    token_env: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The environment variable with the token that clients must send."),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="A further host name of the service, for example behind a proxy. May be repeated."
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that parse documents. [default: one a processor]")
    ] = None,
    queue: Annotated[
        int, typer.Option(min=1, help="Notices that may wait; further ones are answered with 429.")
    ] = 1000,
    seconds: Annotated[
        int, typer.Option(min=1, help="Processor seconds for one document; by the clock, four times as many.")
    ] = 60,
    memory: Annotated[int, typer.Option(min=300, help="Megabytes of address space for one document.")] = 1500,
    patience: Annotated[
        float, typer.Option(min=0.1, help="Seconds that a client may take to send a request's head, or to continue.")
    ] = 20.0,
    drain_seconds: Annotated[
        float, typer.Option(min=0, help="Seconds to finish running work when the service stops.")
    ] = 30.0,
    backend: BackendOption = None,
    lang: LanguageOption = Language.ZH,
    ocr: OcrOption = OcrChoice.AUTO,
    log_level: Annotated[Level, typer.Option(help="How much is logged on standard error.")] = Level.INFO,
    log_json: Annotated[bool, typer.Option("--log-json", help="Log one JSON object a line.")] = False,
    cache_dir: CacheOption = None,
    offline: OfflineOption = False,
    replay: ReplayOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Take notices over HTTP, read them in the background, and store them for review, search and export.

    Prints its address; /docs there describes the interface. DIR holds one SQLite file, and the files that still wait.
    Notices that wait when the service stops, or is killed, are read when it starts again.

    With --load it takes over the results of runs, and says how many notices came in, were there already, or could not
    be read. What people reviewed stays, and loading a folder twice changes nothing.

    Ctrl-C stops it after running work is finished, a second Ctrl-C at once. Exit status: 0 when it was stopped, 1 when
    OUT holds no results, 2 for wrong usage.
    """
    configure(log_level, as_json=log_json)
    access = _access(host, token_env, allow_host or [])  # before the slow imports

    from extractor.service.http.service_limits import ServiceLimits
    from extractor.service.server import ServiceNews, ServicePlan
    from extractor.service.server import serve as serve_plan

    choice = chosen_reader(
        backend, endpoint, AnswerOptions(cache_dir, offline, replay), ReadingOptions(lang.value, ocr.value)
    )
    LOGGER.log(logging.WARNING if choice.surprises else logging.INFO, "%s", choice.sentence)
    bounds = ServiceLimits(queue, seconds, memory * _MB, patience, drain_seconds)
    plan = ServicePlan(data.absolute(), host, port, access, choice.reader, workers, bounds, load or [])
    news = ServiceNews(partial(say, err=True), _say_and_open if open_page else say)
    serve_plan(plan, news)


def _say_and_open(address: str) -> None:
    """Print the address, and open it in a browser where somebody sits before the terminal."""
    say(address)
    if sys.stdout.isatty():
        # Some browsers are waited for, and the service is to go on.
        Thread(target=_open, args=(_reachable(address),), daemon=True).start()


def _open(address: str) -> None:
    """Open an address in a browser with windows; one in the terminal would take it from the service's log."""
    import webbrowser

    with suppress(webbrowser.Error, OSError):  # no browser, or none that starts: the address is printed
        browser = webbrowser.get()
        if os.environ.get("BROWSER") or getattr(browser, "name", "") not in _IN_TERMINAL:
            browser.open(address)


def _reachable(address: str) -> str:
    """Return an address by which this machine's browser reaches a service that listens on all of its addresses."""
    return address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")


def _access(host: str, token_env: str | None, names: list[str]) -> Access:
    from extractor.service.http.access import Access, is_loopback

    token = None
    if token_env is not None:
        token = os.environ.get(token_env, "").strip()
        if len(token) < _SHORTEST_TOKEN:
            what = "is not set" if not token else f"has fewer than {_SHORTEST_TOKEN} characters"
            raise SettingsError(
                f'{token_env} {what}; python -c "import secrets; print(secrets.token_urlsafe())" makes a token'
            )
    elif not is_loopback(host):
        raise SettingsError(
            f"{host}: others can reach this address, so a token is needed; put one into an environment variable and "
            "name it with --token-env"
        )
    return Access(token, frozenset(name.lower() for name in names))
