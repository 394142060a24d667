"""``python -m extractor run``: from files to a folder of notices."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.line_output import say
from extractor.commands.ray_run import RayOptions, run_on_engine
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
from extractor.commands.run_progress import READING, RunProgress, by_the_minute
from extractor.commands.shared_options import Language, LanguageOption
from extractor.errors import SettingsError
from extractor.logs import LOGGER, configure
from extractor.messages import said
from extractor.terminal import printable

if TYPE_CHECKING:
    from extractor.files.scan.page_progress import PageProgress
    from extractor.readers import Reader
    from extractor.runs.run_report import Outcome

INTERRUPTED = 130
UNANSWERED = 3


class Level(StrEnum):
    """The least level of messages on standard error."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Engine(StrEnum):
    """The engine of a run."""

    LOCAL = "local"
    RAY = "ray"


@with_endpoint_options
def run(  # noqa: PLR0913
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files, zip archives, folders (walked), patterns, or - for stdin."),
    ],
    *,
    out: Annotated[str, typer.Option(help="The folder to write; with --engine ray also an address (s3://…).")] = "out",
    engine: Annotated[Engine, typer.Option(help="What runs the work: this machine's processes, or Ray.")] = (
        Engine.LOCAL
    ),
    ray_address: Annotated[
        str | None, typer.Option(help="A Ray cluster's address, HOST:6379, or auto. [default: one started here]")
    ] = None,
    backend: BackendOption = None,
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="Processes, for rules. [default: one for ten notices, at most one a processor]"),
    ] = None,
    seconds: Annotated[
        int, typer.Option(min=1, help="Processor time that one document may take; by the clock, four times that.")
    ] = 60,
    memory: Annotated[int, typer.Option(min=300, help="Megabytes of address space a document may take.")] = 1500,
    force: Annotated[bool, typer.Option("--force", help="Do all, also what is finished and unchanged.")] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace/--add", help="Keep this run's notices alone, or add them to those of earlier runs."),
    ] = False,
    lang: LanguageOption = Language.ZH,
    ocr: OcrOption = OcrChoice.AUTO,
    log_level: Annotated[Level, typer.Option(help="How much is told on standard error.")] = Level.WARNING,
    log_json: Annotated[bool, typer.Option("--log-json", help="Tell it as one JSON object a line.")] = False,
    cache_dir: CacheOption = None,
    offline: OfflineOption = False,
    replay: ReplayOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Extract issues and measures from notices: txt, md, html, docx, pdf, pictures, and zip archives of these.

    Writes OUT/notices.jsonl (one notice a line, in the order of the inputs), OUT/texts/ID.txt (what offsets index) and
    OUT/run.json (what was done, input by input).

    OUT holds the notices of all its runs; with --replace those of this run's inputs alone. A run that could read
    nothing leaves OUT as it is. A run that was stopped, or is started again, does only what is missing or changed: the
    input, this program, or its settings. Finished work for inputs that are no longer given is kept in OUT/.work and
    taken up when they are given again; delete OUT to start afresh. The same notice in several files counts once.

    With an endpoint the rules' reading is joined by a model's. Its answers are kept in a cache, so that nothing is
    asked twice; where a call fails for good, the rules' reading stands and a check says so.

    With --engine ray inputs may be addresses (s3://…) and Parquet files of bytes, too, and OUT holds Parquet datasets:
    see docs/scale.md.

    Exit status: 0 when every notice is done, 1 when some failed (the others are written) or nothing was read, 2 for
    wrong usage, 3 when all are done but calls to the model failed for good (the next run makes them again), 130 when
    interrupted (what is finished is written).
    """
    from extractor.files.sources.file_limits import MB
    from extractor.processes.confinement import Allowance
    from extractor.processes.workers import spare_the_collector
    from extractor.runs.run import run as run_all
    from extractor.runs.run_report import how_it_went, what_was_asked

    spare_the_collector()

    configure(log_level, as_json=log_json)
    on_terminal = sys.stderr.isatty() and not log_json
    choice = chosen_reader(
        backend, endpoint, AnswerOptions(cache_dir, offline, replay), ReadingOptions(lang.value, ocr.value)
    )
    reader = choice.reader
    if on_terminal:
        say(choice.sentence, err=True)
    else:
        LOGGER.log(logging.WARNING if choice.surprises else logging.INFO, "%s", choice.sentence)

    allowance = Allowance(seconds, memory * MB)
    if engine is Engine.RAY or ray_address is not None:
        _run_on_ray(paths, out, reader, RayOptions(engine is Engine.RAY, ray_address, jobs, force, replace, allowance))

    def live() -> str:
        asked = reader.reported()
        return what_was_asked(asked) if asked else ""

    with _progress(live) if on_terminal else by_the_minute(live, out) as progress:

        def watch(outcome: Outcome) -> None:
            _tell(outcome)
            progress.advance()

        def begin(notices: int) -> None:
            how = reader.expect(notices)
            if how and on_terminal:
                say(how, err=True)
            elif how:
                LOGGER.info("%s", how)
            progress.begin(notices)

        report = run_all(
            paths,
            Path(out),
            reader,
            jobs=jobs,
            force=force,
            replace=replace,
            allowance=allowance,
            begun=begin,
            watch=watch,
            paged=progress.page,
        )
    interrupted = report.ending == "interrupted"
    if report.own_texts:
        LOGGER.info("%d texts in %s were passed over: they are this run's own output", report.own_texts, out)
    if on_terminal:
        say(how_it_went(report), err=True)
        if report.notices and not interrupted:
            say(f"next: python -m extractor report {out} --open", err=True)
    else:
        level = logging.ERROR if interrupted else logging.WARNING if report.others else logging.INFO
        LOGGER.log(level, "%s", how_it_went(report))
    if interrupted:
        raise typer.Exit(INTERRUPTED)
    if report.is_left_alone:
        LOGGER.error("%s: nothing could be read; the results of the last run stay as they are", out)
    if report.count("failed") or report.is_left_alone:
        raise typer.Exit(1)
    if report.total("unanswered"):
        raise typer.Exit(UNANSWERED)


def _run_on_ray(paths: list[str], out: str, reader: Reader, options: RayOptions) -> NoReturn:
    """Run on Ray, and end with the exit status.

    Raises:
        SettingsError: an option is for Ray, and it is not asked for.
        Exit: the run is over.
    """
    if not options.is_asked:
        raise SettingsError("--ray-address is for --engine ray; give both, or neither")
    raise typer.Exit(run_on_engine(paths, out, reader, options))


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
    if outcome.unanswered:
        from extractor.endpoint.failures import in_sum

        LOGGER.warning("%s: %s", outcome.name, in_sum(outcome.unanswered), extra=fields)
    if outcome.trace is not None:
        LOGGER.debug("%s", outcome.name, extra=fields | {"traceback": outcome.trace})


@contextmanager
def _progress(live: Callable[[], str]) -> Iterator[RunProgress]:
    """Show a bar; ``live`` is asked, several times a second, for what a model has taken so far."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        ProgressColumn,
        Task,
        TextColumn,
        TimeRemainingColumn,
    )
    from rich.text import Text

    class Live(ProgressColumn):
        def render(self, task: Task) -> Text:  # noqa: ARG002
            return Text(live())

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), Live())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        row = bar.add_task(said(READING), total=None)

        def advance() -> None:
            bar.update(row, description=said(READING))
            bar.advance(row)

        def page(name: str, at: PageProgress) -> None:
            shown = printable(Path(name).name)
            bar.update(row, description=escape(said(f"recognising page {at.page} of {at.of}: {shown}")))

        yield RunProgress(lambda total: bar.update(row, total=total), advance, page)
