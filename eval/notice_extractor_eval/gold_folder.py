"""A folder of gold: ``labels/*.yaml``, ``notices/*.txt``, ``split.toml`` and, if there is one, ``layouts.toml``.

Files are read one after the other and let go again, so that a thousand notices need no more memory than one.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Literal, NamedTuple

from extractor.errors import InputError
from extractor.labels.label_file import LabelFile, read_label_file
from extractor.labels.label_nodes import LabelError
from extractor.record.contract import Notice

Split = Literal["tuned", "held-back", "all"]
SHOWN_FAULTS = 20


class Example(NamedTuple):
    """A gold notice and the text it is over."""

    gold: Notice
    text: str


def label_paths(folder: Path) -> list[Path]:
    """Return a folder's label files, in ``labels/`` or directly in it."""
    inner = folder / "labels"
    home = inner if inner.is_dir() else folder
    if not home.is_dir():
        raise InputError(f"{folder}: there is no such folder of labels")
    return sorted(path for path in home.iterdir() if path.suffix in {".yaml", ".yml"})


def read_folder(folder: Path, texts: Path | None = None, only: frozenset[str] | None = None) -> Iterator[LabelFile]:
    """Read every label file of a folder; a second file for the same notice has that as a fault.

    ``only`` leaves out the files whose name is not among the given notices.
    """
    texts = texts or folder / "notices"
    first: dict[str, str] = {}
    for path in label_paths(folder):
        if only is not None and path.stem not in only:
            continue
        found = read_label_file(path, texts)
        earlier = first.setdefault(found.notice_id, found.file)
        if earlier != found.file:
            fault = LabelError(found.file, 1, f"“{found.notice_id}” is already labelled in {earlier}")
            found = replace(found, notice=None, errors=(fault, *found.errors))
        yield found


def reviewed(files: Iterable[LabelFile]) -> Iterator[Example]:
    """Yield the notices of reviewed files; drafts are passed over.

    Raises:
        InputError: a file has mistakes; raised at the end, with those of all files.
    """
    faults: list[LabelError] = []
    for file in files:
        if file.status == "draft":
            continue
        faults += file.faults
        if file.notice is not None:
            yield Example(file.notice, file.text)
    if faults:
        shown = "\n".join(map(str, faults[:SHOWN_FAULTS]))
        more = f"\nand {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise InputError(f"the gold labels have {len(faults)} mistakes:\n{shown}{more}")


def read_split(folder: Path, split: Split) -> frozenset[str] | None:
    """Return the notices of a split, ``None`` for all of them."""
    if split == "all":
        return None
    path = folder / "split.toml"
    table = _toml(path)
    key = split.replace("-", "_")
    if not isinstance(table.get(key), list):
        raise InputError(f"{path}: there is no list “{key}”")
    return frozenset(map(str, table[key]))


def read_layouts(folder: Path) -> dict[str, str]:
    """Return each notice's layout where ``layouts.toml`` names one (``notice-id = "name"``)."""
    path = folder / "layouts.toml"
    return {notice: str(name) for notice, name in _toml(path).items()} if path.exists() else {}


def _toml(path: Path) -> Mapping[str, list[str]]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: not readable as TOML ({error})") from error
