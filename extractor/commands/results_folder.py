"""The folder whose notices a command shows: a run's, or one made of a service's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from extractor.record.checks import Lang

_SERVICE_FILE = "notices.sqlite"


@contextmanager
def results_folder(folder: Path, lang: Lang) -> Iterator[Path]:
    """Yield a folder as a run writes it: ``folder`` itself, or the notices of the service whose folder it is.

    Raises:
        SettingsError: A service's file cannot be read, or belongs to another version.
        InputError: The service holds no notices.
        OutputError: There is no room for temporary files.
    """
    if (folder / "notices.jsonl").exists() or not (folder / _SERVICE_FILE).is_file():
        yield folder
        return
    from extractor.service.store.staged_run import staged_run

    with staged_run(folder / _SERVICE_FILE, lang) as staged:
        yield staged
