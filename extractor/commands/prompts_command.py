"""``python -m extractor prompts``: the prompts of a run, without calling a model."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.line_output import say
from extractor.commands.shared_options import MessagesOption
from extractor.errors import SettingsError
from extractor.messages import said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from extractor.assist.packs.pack import Pack


class TaskChoice(StrEnum):
    """The task of a prompt."""

    FIELDS = "fields"
    LABELS = "labels"
    LAYOUT = "layout"


def prompts(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A notice, in any format that `run` reads; without it, a list."),
    ] = None,
    *,
    task: Annotated[TaskChoice | None, typer.Option(help="Only this task's calls.")] = None,
    call: Annotated[int | None, typer.Option(min=1, help="Only the call with this number.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the response's JSON Schema, too.")] = False,
    lang: MessagesOption = None,  # noqa: ARG001 - chosen before options are parsed
) -> None:
    """List the prompts, or print the calls of a notice, without making them.

    A run with --backend assisted asks `fields` and `labels`; where the model finds the issues and measures, `layout`
    comes first. Tokens are estimated: one for a character outside ASCII, 0.3 for an ASCII character.
    """
    if file is None:
        _list(task)
        return
    calls = list(_calls(file, task))
    if call is not None and call > len(calls):
        raise SettingsError(f"--call {call}: there are {len(calls)} calls")
    for number, pack in enumerate(calls, start=1):
        if call in (None, number):
            _show(pack, f"{number}/{len(calls)}", schema=schema)


def _list(task: TaskChoice | None) -> None:
    from extractor.assist.prompts import prompt
    from extractor.assist.tasks import TASKS
    from extractor.endpoint.tokens import estimate_tokens

    for name in TASKS:
        if task in (None, name):
            asked = prompt(name)
            size = estimate_tokens(asked.fixed)
            head = f"{asked.name:7} {said(f'version {asked.version}')}  {asked.response.__name__:13}"
            typer.echo(f"{head}  {said(f'fixed part about {size:,} tokens')}  {asked.task}")


def _calls(file: Path, task: TaskChoice | None) -> Iterator[Pack]:
    from extractor.assist.packs.material import read_first
    from extractor.assist.tasks import TASKS
    from extractor.files.ingest import read_text
    from extractor.files.sources.source import Source

    material = read_first(read_text(Source(str(file))).text, file.stem)
    wanted = (TaskChoice.FIELDS, TaskChoice.LABELS) if task is None else (task,)
    for name in wanted:
        yield from TASKS[name.value].packs(material)


def _show(pack: Pack, number: str, *, schema: bool) -> None:
    import json

    from extractor.assist.prompts import call_for
    from extractor.endpoint.tokens import estimate_tokens

    asked = call_for(pack)
    fixed, pieces = (estimate_tokens(message.content) for message in asked.messages)
    say(f"=== {number} {asked.task} version {asked.prompt_version}: about {fixed:,} + {pieces:,} tokens")
    for message in asked.messages:
        typer.echo(f"--- {message.role}\n{message.content}")
    if schema:
        content = json.dumps(asked.response.model_json_schema(), ensure_ascii=False)
        typer.echo(f"--- {asked.response.__name__}\n{content}")
