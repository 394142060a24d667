"""``python -m extractor run``: from files to a folder of notices."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from extractor.commands.options import Language, LanguageOption
from extractor.errors import SettingsError
from extractor.logs import LOGGER, configure
from extractor.terminal import printable

if TYPE_CHECKING:
    from extractor.runs import Outcome

INTERRUPTED = 130


class Backend(StrEnum):
    """Who reads the notices."""

    RULES = "rules"
    ASSISTED = "assisted"
    MODEL = "model"


class Level(StrEnum):
    """How much is told on standard error."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def run(  # noqa: PLR0913
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files, zip archives, folders (walked), patterns, or - for stdin."),
    ],
    *,
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("out"),
    backend: Annotated[Backend, typer.Option(help="Who reads the notices.")] = Backend.RULES,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes. [default: one for ten notices, at most one a processor]")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Do all, also what is finished and unchanged.")] = False,
    lang: LanguageOption = Language.ZH,
    log_level: Annotated[Level, typer.Option(help="How much is told on standard error.")] = Level.WARNING,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell it as one JSON object a line.")] = False,
) -> None:
    """Extract issues and measures from notices: txt, md, html, docx, pdf, and zip archives of these.

    Writes OUT/notices.jsonl (one notice a line, in the order of the inputs), OUT/texts/ID.txt (what offsets index) and
    OUT/run.json (what was done, input by input).

    OUT describes the inputs of its last run. A run that was stopped, or is started again, does only what is missing or
    changed: the input, this program, or its settings. Finished work for inputs that are no longer given is kept in
    OUT/.work and taken up when they are given again; delete OUT to start afresh.

    Exit status: 0 when every notice is done, 1 when some failed (the others are written), 2 for wrong usage, 130 when
    interrupted (what is finished is written).
    """
    from extractor.runs import Settings, how_it_went
    from extractor.runs import run as run_all
    from extractor.workers import spare_the_collector

    spare_the_collector()

    configure(log_level, as_json=log_json)
    if backend is not Backend.RULES:
        raise SettingsError(f"--backend {backend} is not available yet: needs a model endpoint; use --backend rules")
    on_terminal = sys.stderr.isatty() and not log_json
    with _progress() if on_terminal else nullcontext(_Progress()) as progress:

        def watch(outcome: Outcome) -> None:
            _tell(outcome)
            progress.advance()

        report = run_all(
            paths, out, Settings(lang=lang.value), jobs=jobs, force=force, begun=progress.begin, watch=watch
        )
    interrupted = report.ending == "interrupted"
    if report.passed_over:
        LOGGER.info("%d texts in %s were passed over: they are this run's own output", report.passed_over, out)
    if on_terminal:
        typer.echo(printable(how_it_went(report)), err=True)
    else:
        LOGGER.log(logging.ERROR if interrupted else logging.INFO, "%s", how_it_went(report))
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    if report.count("failed"):
        raise typer.Exit(1)


def _tell(outcome: Outcome) -> None:
    fields = {"input": outcome.name, "notice_id": outcome.notice_id, "outcome": outcome.status}
    if outcome.error is not None:
        LOGGER.error("%s", outcome.error, extra=fields)
    else:
        counts = outcome.counts or {}
        told = f"{outcome.name}: {outcome.status} as {outcome.notice_id}"
        LOGGER.info(
            "%s: %s issues, %s measures", told, counts["issues"], counts["measures"], extra={**fields, **counts}
        )
    if outcome.trace is not None:
        LOGGER.debug("%s", outcome.name, extra=fields | {"traceback": outcome.trace})


class _Progress(NamedTuple):
    """How a run shows that it goes on; by default not at all."""

    begin: Callable[[int], None] = lambda _: None
    advance: Callable[[], None] = lambda: None


@contextmanager
def _progress() -> Iterator[_Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task("reading notices", total=None)
        yield _Progress(lambda total: bar.update(row, total=total), lambda: bar.advance(row))
