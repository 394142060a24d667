"""``python -m extractor cache``: the kept answers of models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from extractor.commands.help_text import SectionedCommand
from extractor.commands.line_output import say
from extractor.commands.reader_options import CacheOption
from extractor.errors import InputError

if TYPE_CHECKING:
    from extractor.endpoint.cache import AnswerCache

app = typer.Typer(help="Show, clear, export and import the kept answers of models.", no_args_is_help=True)

TaskOption = Annotated[str | None, typer.Option("--task", help="Only the answers of this task.")]
_UNITS = ("bytes", "KB", "MB", "GB")


@app.command(cls=SectionedCommand)
def stats(cache_dir: CacheOption = None) -> None:
    """Print the number of kept answers, by task and model, and their size."""
    with _existing(cache_dir) as cache:
        kept: dict[tuple[str, ...], list[int]] = {}
        usable = 0
        for key in cache:
            if (record := cache.get(key)) is None:
                continue
            usable += 1
            usage = record.usage
            name = (record.task, record.prompt_version, record.model, record.mode)
            counted = (1, usage.get("prompt", 0), usage.get("completion", 0))
            kept[name] = [a + b for a, b in zip(kept.get(name, [0, 0, 0]), counted, strict=True)]
        say(f"folder   {cache.folder}")
        say(f"answers  {usable}")
        if damaged := max(0, len(cache) - usable):
            say(f"damaged  {damaged} (they count as missing)")
        say(f"size     {_size(cache.size())}")
        for (task, version, model, mode), (count, prompt, completion) in sorted(kept.items()):
            named = " ".join(filter(None, (task, version, model, mode)))
            say(f"{named}: {count} answers, {prompt} tokens in, {completion} out")


@app.command(cls=SectionedCommand)
def clear(
    *,
    cache_dir: CacheOption = None,
    task: TaskOption = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask for confirmation.")] = False,
) -> None:
    """Remove the kept answers. Asking for them again costs what it cost before."""
    from extractor.endpoint.cache import DamagedCacheError, discard_database

    folder = _folder(cache_dir)
    if not yes:
        typer.confirm(f"Remove the answers in {folder}?", abort=True)
    try:
        with _existing(folder) as cache:
            removed = cache.clear() if task is None else sum(map(cache.remove, _keys_of(cache, task)))
    except DamagedCacheError:
        if task is not None:
            raise
        discard_database(folder)
        say("removed a damaged cache")
        return
    say(f"removed {removed} answers")


@app.command(cls=SectionedCommand)
def export(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, JSON Lines.")],
    cache_dir: CacheOption = None,
    task: TaskOption = None,
) -> None:
    """Write the answers to a text file: one a line, sorted; the same answers give the same bytes."""
    from extractor.endpoint.recording import export as export_answers

    with _existing(cache_dir) as cache:
        done = export_answers(cache, path, None if task is None else _keys_of(cache, task))
    say(f"{path}: {done.count} answers")


@app.command(name="import", cls=SectionedCommand)
def import_(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A file written by `cache export`.")],
    cache_dir: CacheOption = None,
) -> None:
    """Take the answers of an exported file into the cache.

    Exit status: 1 when a line holds no answer.
    """
    from extractor.endpoint.cache import AnswerCache
    from extractor.endpoint.recording import import_ as import_answers

    with AnswerCache(_folder(cache_dir)) as cache:
        done = import_answers(cache, path)
    for problem in done.problems:
        say(str(problem), err=True)
    say(f"{done.new} new, {done.replaced} replaced, {done.unchanged} unchanged, {len(done.problems)} bad lines")
    if done.problems:
        raise typer.Exit(1)


def _folder(given: Path | None) -> Path:
    from extractor.endpoint.cache import default_folder

    return given or default_folder()


def _existing(given: Path | None) -> AnswerCache:
    """Return the cache where there is one: to look at a folder does not make it."""
    from extractor.endpoint.cache import AnswerCache

    folder = _folder(given)
    if not folder.exists():
        raise InputError(f"{folder}: holds no answers yet; name another folder with --cache-dir")
    return AnswerCache(folder)


def _keys_of(cache: AnswerCache, task: str) -> list[str]:
    keys = [key for key in cache if (record := cache.get(key)) is not None and record.task == task]
    if not keys:
        raise InputError(f"{cache.folder}: holds no answers of a task {task}; see: cache stats")
    return keys


def _size(size: float) -> str:
    for unit in _UNITS[:-1]:
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} {_UNITS[-1]}"
