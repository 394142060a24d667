"""``python -m extractor prompts``: what a model would be asked, without asking it."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from extractor.assist.packs import Pack


class Task(StrEnum):
    """What a prompt asks for."""

    FIELDS = "fields"
    LABELS = "labels"
    LAYOUT = "layout"


def prompts(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="A notice, in any format that `run` reads; without it, a list."),
    ] = None,
    *,
    task: Annotated[Task | None, typer.Option(help="Only this task's calls.")] = None,
    call: Annotated[int | None, typer.Option(min=1, help="Only the call with this number.")] = None,
    schema: Annotated[bool, typer.Option("--schema", help="Print the response's JSON Schema, too.")] = False,
) -> None:
    """List the prompts, or print what would be asked about a notice. Nothing is called.

    `fields` and `labels` are asked in a run with --backend assisted; `layout` comes before them where the model is to
    find issues and measures. Tokens are estimated: one a character outside ASCII, 0.3 an ASCII character.
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


def _list(task: Task | None) -> None:
    from extractor.assist.prompts import TASKS, prompt
    from extractor.endpoint.tokens import estimate_tokens

    for name in TASKS:
        if task in (None, name):
            asked = prompt(name)
            size = estimate_tokens(asked.fixed)
            head = f"{asked.name:7} version {asked.version}  {asked.response.__name__:13}"
            typer.echo(f"{head}  fixed part about {size:,} tokens  {asked.task}")


def _calls(file: Path, task: Task | None) -> Iterator[Pack]:
    from extractor.assist.layout.layout_pack import layout_packs
    from extractor.assist.packs import fields_packs, labels_packs, read_first
    from extractor.files.ingest import read_text
    from extractor.files.sources.source import Source

    material = read_first(read_text(Source(str(file))).text, file.stem)
    by_task: dict[Task, Iterable[Pack]] = {
        Task.FIELDS: fields_packs(material),
        Task.LABELS: labels_packs(material),
        Task.LAYOUT: layout_packs(material.text, material.reading.text, material.reading.outline.ending.start),
    }
    wanted = (Task.FIELDS, Task.LABELS) if task is None else (task,)
    for each in wanted:
        yield from by_task[each]


def _show(pack: Pack, number: str, *, schema: bool) -> None:
    import json

    from extractor.assist.prompts import call_for
    from extractor.endpoint.tokens import estimate_tokens

    asked = call_for(pack)
    fixed, pieces = (estimate_tokens(message.content) for message in asked.messages)
    typer.echo(f"=== {number} {asked.task} version {asked.prompt_version}: about {fixed:,} + {pieces:,} tokens")
    for message in asked.messages:
        typer.echo(f"--- {message.role}\n{message.content}")
    if schema:
        content = json.dumps(asked.response.model_json_schema(), ensure_ascii=False)
        typer.echo(f"--- {asked.response.__name__}\n{content}")
