"""The results of a run that a command is given: a folder, or a job's datasets in a folder or a storage."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from extractor.exports.written_notices import WrittenRun

RunArgument = Annotated[
    str, typer.Argument(metavar="DIR", help="What a run wrote: its folder, or the address of its datasets.")
]


def written_run(where: str) -> WrittenRun:
    """Return the results that a path or an address names.

    Raises:
        InputError: there are none.
    """
    if is_dataset(where):
        from extractor.cluster.written_dataset import dataset_at

        return dataset_at(where)
    from extractor.exports.written_notices import run_in

    return run_in(Path(where))


def is_dataset(where: str) -> bool:
    """Say whether a path or an address is that of a job's datasets, not of a run's folder."""
    if is_address(where):
        return True
    folder = Path(where)
    return not (folder / "notices.jsonl").exists() and next((folder / "notices").glob("batch=*"), None) is not None


def is_address(where: str) -> bool:
    """Say whether this is the address of a storage, not a path."""
    return "://" in where
