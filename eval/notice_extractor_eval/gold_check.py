"""The report of ``gold check`` on each label file: its mistakes, what is worth a look, and what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from extractor.labels.label_file import LabelFile
from extractor.record.grounding import ungrounded
from notice_extractor_eval.gold_folder import read_folder


class FileReport(NamedTuple):
    """The lines to show for one file, and how many of them are mistakes."""

    lines: tuple[str, ...]
    faults: int


def check_folder(folder: Path, texts: Path | None = None) -> Iterator[FileReport]:
    """Check every label file of a folder, one after the other."""
    for file in read_folder(folder, texts):
        yield FileReport((*_lines(file), _summary(file)), len(file.faults))


def _lines(file: LabelFile) -> Iterator[str]:
    yield from map(str, file.errors)
    if file.notice is not None:
        # The scorer's own test for invented values must let gold pass.
        for each in ungrounded(file.notice, file.text):
            yield f"{file.file}: note: {each.path} “{each.value}” would count as invented: {each.reason}"


def _summary(file: LabelFile) -> str:
    if file.notice is None:
        return f"{file.file}: {len(file.faults)} mistakes"
    measures = sum(len(issue.measures) for issue in file.notice.issues)
    held = f"{len(file.notice.issues)} issues, {measures} measures"
    skipped = " (draft: does not count as gold)" if file.status == "draft" else ""
    return f"{file.file}: {held}{skipped}"
