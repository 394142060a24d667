"""The results that a command is given: a run's folder, a job's datasets wherever they are, a service's folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extractor.exports.written_notices import WrittenRun
    from extractor.record.checks import Lang

RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="DIR", help="What a run wrote: its folder, or the address of its datasets; or a service's folder."
    ),
]
_SERVICE_FILE = "notices.sqlite"


@contextmanager
def written_run(where: str, lang: Lang) -> Iterator[WrittenRun]:
    """Give the results that a path or an address names; of a service's folder all notices as people corrected them.

    Raises:
        InputError: there are none.
        SettingsError: a service's file cannot be read, or belongs to another version.
        OutputError: there is no room for temporary files.
    """
    folder = Path(where)
    if is_dataset(where):
        from extractor.cluster.written_dataset import dataset_at

        yield dataset_at(where)
        return
    from extractor.exports.written_notices import run_in

    if (folder / "notices.jsonl").exists() or not (folder / _SERVICE_FILE).is_file():
        yield run_in(folder)
        return
    from extractor.service.store.staged_run import staged_run

    with staged_run(folder / _SERVICE_FILE, lang) as staged:
        yield run_in(staged)


def is_dataset(where: str) -> bool:
    """Say whether a path or an address is that of a job's datasets, not of a run's folder."""
    if is_address(where):
        return True
    folder = Path(where)
    return not (folder / "notices.jsonl").exists() and next((folder / "notices").glob("batch=*"), None) is not None


def is_address(where: str) -> bool:
    """Say whether this is the address of a storage, not a path."""
    return "://" in where
