"""``python -m extractor batch``: ask in batches, which takes up to a day and costs less."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.endpoint_options import EndpointFlags, with_endpoint_options
from extractor.commands.help_text import SectionedCommand
from extractor.commands.line_output import say
from extractor.commands.reader_options import Backend, CacheOption
from extractor.errors import SettingsError
from extractor.logs import LOGGER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from extractor.runs.batch_run import BatchExport, CallSelection, ImportSummary

app = typer.Typer(
    help="Ask a model in batches: write calls to files, take answers into the cache.", no_args_is_help=True
)

_COMMAND = "python -m extractor batch"
_RUN = "python -m extractor run, with the same settings"

RequestsArgument = Annotated[str, typer.Argument(metavar="FILE", help="A submitted file of requests, or a batch's id.")]


@app.command(cls=SectionedCommand)
@with_endpoint_options
def export(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH", help="Files, zip archives, folders (walked), patterns, or - for stdin."),
    ],
    *,
    to: Annotated[Path, typer.Option(metavar="FILE", help="The file of requests to write.")],
    backend: Annotated[Backend, typer.Option(help="The run's backend: assisted or model.")] = Backend.ASSISTED,
    halve: Annotated[
        list[Path] | None,
        typer.Option(metavar="ANSWERS", help="Split the calls that this file of answers shows to be too large."),
    ] = None,
    cache_dir: CacheOption = None,
    endpoint: EndpointFlags,
) -> None:
    """Write the calls of a run to a file instead of making them.

    Calls with an answer in the cache are left out; no request is made. FILE has the form of OpenAI's Batch API. Where
    a model finds issues and measures (--backend model, or a notice whose layout the rules read poorly), that call
    comes first: export again when it is answered. Settings that change the calls (--model, --mode, --temperature,
    --seed, --max-tokens, --extra-body) must be the same in the run.

    Exit status: 1 when some notices could not be read (the others are written).
    """
    from extractor.endpoint.batch_answers import read_too_large
    from extractor.endpoint.cache import AnswerCache, default_folder
    from extractor.files.discover import discover
    from extractor.runs.batch_run import CallSelection, export_calls

    if backend is Backend.RULES:
        raise SettingsError("--backend rules: the rules ask nothing; choose assisted or model")
    too_large = frozenset[str]().union(*map(read_too_large, halve or ()))
    wanted = CallSelection(endpoint.load(), backend is Backend.MODEL, too_large)
    found = discover(paths)
    with AnswerCache(cache_dir or default_folder()) as cache:
        exported = export_calls(found.sources, wanted, cache, to)
    unread = [*exported.unread, *(problem.error for problem in found.problems)]
    for error in unread:
        LOGGER.error("%s", error)
    for line in _exported(exported, wanted):
        say(line)
    if unread:
        raise typer.Exit(1)


@app.command(name="import", cls=SectionedCommand)
def import_(
    answers: Annotated[list[Path], typer.Argument(metavar="ANSWERS", help="Files of answers, or of errors.")],
    *,
    calls: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The list of calls. [default: NAME.calls.jsonl beside NAME.answers.jsonl]"),
    ] = None,
    cache_dir: CacheOption = None,
) -> None:
    """Import answers into the cache.

    They may come in any order, all at once or in parts.

    Exit status: 1 when calls are still without an answer, or a line holds no usable one.
    """
    from extractor.endpoint.batch_requests import calls_beside, read_calls
    from extractor.endpoint.cache import AnswerCache, default_folder
    from extractor.runs.batch_run import take_answers

    lists = {each: calls or calls_beside(each) for each in answers}
    asked = {path: read_calls(path) for path in {*lists.values()} if path is not None}
    for each, path in lists.items():
        if path is None:
            LOGGER.warning(
                "%s: no list of calls lies beside it, so all answers are imported; name one with --calls", each
            )
    with AnswerCache(cache_dir or default_folder()) as cache:
        taken = take_answers({each: asked[path] if path else None for each, path in lists.items()}, cache)
    for problem in taken.problems:
        say(str(problem), err=True)
    for line in _taken(taken, answers):
        say(line)
    if taken.missing or taken.problems:
        raise typer.Exit(1)


@app.command(cls=SectionedCommand)
@with_endpoint_options
def submit(
    requests: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `batch export` wrote.")],
    *,
    again: Annotated[bool, typer.Option("--again", help="Submit the file even if it was submitted before.")] = False,
    endpoint: EndpointFlags,
) -> None:
    """Submit a file of requests to the endpoint.

    The endpoint must have OpenAI's Batch API. A file is not submitted twice.
    """
    from extractor.endpoint import batch_api

    settings = endpoint.load()
    with batch_api.connected(settings) as client:
        submission = batch_api.submit(client, requests, again=again)
    say(f"{requests}: submitted as {submission.batch_id}")
    say(f"next: {_COMMAND} status {requests}")


@app.command(cls=SectionedCommand)
@with_endpoint_options
def status(requests: RequestsArgument, *, endpoint: EndpointFlags) -> None:
    """Print the state of a batch."""
    from extractor.endpoint import batch_api

    settings = endpoint.load()
    with batch_api.connected(settings) as client:
        state = batch_api.status(client, _batch_id(requests))
    say(str(state))
    for fault in state.faults:
        say(f"it did not start: {fault}")
    if state.is_over:
        say(f"next: {_COMMAND} {'submit --again' if state.faults else 'fetch'} {requests}")


@app.command(cls=SectionedCommand)
@with_endpoint_options
def fetch(requests: RequestsArgument, *, endpoint: EndpointFlags) -> None:
    """Write the answers of a batch to files beside FILE, named after it.

    They are written beside FILE and named after it; errors go to a file of their own.
    """
    from extractor.endpoint import batch_api

    settings = endpoint.load()
    path = Path(requests)
    with batch_api.connected(settings) as client:
        files = batch_api.fetch(client, _batch_id(requests), path.parent, path.stem if path.exists() else None)
    for file in files:
        say(f"wrote {file}")
    say(f"next: {_COMMAND} import {' '.join(map(str, files))}")


def _exported(exported: BatchExport, wanted: CallSelection) -> Iterator[str]:
    """Yield the result of an export and the next steps, line by line."""
    files = exported.files
    notices = _many(exported.notices, "notice")
    if files.count:
        names = ", ".join(map(str, files.requests))
        tokens = f"about {exported.tokens_in:,} tokens in, {exported.tokens_out:,} out at most"
        yield f"{names}: {_many(files.count, 'call')} about {exported.unanswered} of {notices}, {tokens}"
    else:
        yield f"nothing to ask about {notices}; no file is written"
    if exported.answered:
        yield f"{_many(exported.answered, 'call')} answered already"
    if exported.unfit:
        yield f"{_many(exported.unfit, 'kept answer')} did not fit what was asked, which is asked again"
    if files.count and wanted.settings.mode == "auto":
        yield f"mode auto can try nothing here: the requests are in {wanted.mode}; a run with auto finds the answers"
    if files.count:
        yield f"next: {_COMMAND} submit {files.requests[0]}, or have it answered in another way"
        yield f"then: {_COMMAND} import ANSWERS"
    if exported.first_rounds:
        yield f"then: export again, for the second round of {_many(exported.first_rounds, 'notice')}"
    if exported.notices:
        yield f"{'then' if files.count else 'next'}: {_RUN}"


def _taken(taken: ImportSummary, answers: Sequence[Path]) -> Iterator[str]:
    """Yield the result of an import and the next steps, line by line."""
    counted = [f"{count} {name}" for name, count in taken.lines.items() if count and name != "stored"]
    yield ", ".join([f"{_many(taken.lines['stored'], 'answer')} stored", *counted])
    if taken.missing:
        tasks = Counter(taken.asked[key].task for key in taken.missing)
        by_task = ", ".join(f"{count} {task}" for task, count in sorted(tasks.items()))
        yield f"{len(taken.missing)} of {_many(len(taken.asked), 'call')} still without an answer ({by_task})"
    if taken.too_large:
        files = " ".join(f"--halve {path}" for path in answers)
        yield f"{_many(len(taken.too_large), 'call')} too much at once; an export with {files} asks them in two halves"
    if taken.missing or any(asked.task == "layout" for asked in taken.asked.values()):
        yield "next: export again, which writes what is still to be asked"
    else:
        yield f"next: {_RUN}"


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _batch_id(given: str) -> str:
    """Return the id of the batch that a file became; a name of no file is an id."""
    from extractor.endpoint.batch_api import submitted

    path = Path(given)
    return submitted(path).batch_id if path.exists() or path.suffix else given
