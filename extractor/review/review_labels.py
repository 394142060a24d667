"""A reviewed notice as a label file for the evaluation."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from extractor.disk import names
from extractor.disk.whole import oddity, write_texts
from extractor.errors import InputError
from extractor.labels.label_file import parse_labels, write_labels
from extractor.record.contract import Notice
from extractor.review.changes import Note
from extractor.review.review import Review
from extractor.terminal import printable
from extractor.text.normal_form import normalise


def written_labels(record: Notice, text: str, review: Review, folder: Path, *, replaces: bool) -> Path:
    """Write ``labels/ID.yaml`` and ``notices/ID.txt`` into a folder of gold, and return the path of the former.

    Raises:
        InputError: The folder has other labels or another text for the notice, a label file cannot express the record,
            or the notice's id cannot be a file's name.
        SettingsError: The folder cannot be used.
        OutputError: The files cannot be written; existing ones stay.
    """
    if flaw := names.flaw(record.notice_id):
        raise InputError(f"{printable(record.notice_id)}: this id {flaw}, so it cannot be a file's name")
    labels, text_file = folder / "labels" / f"{record.notice_id}.yaml", folder / "notices" / f"{record.notice_id}.txt"
    content = label_file(record, text, review)
    for path, wanted in ((text_file, text), (labels, content)):
        if odd := oddity(path):
            raise InputError(f"{path}: {odd}; move it away")
        if path.exists() and path.read_text(encoding="utf-8") != wanted and (path == text_file or not replaces):
            remedy = "move it away" if path == text_file else "compare the two, then overwrite it with --replace"
            raise InputError(f"{path}: differs from the review; {remedy}")
    write_texts({text_file: text, labels: content}, within=folder, advice="choose another folder with --to")
    return labels


def label_file(record: Notice, text: str, review: Review) -> str:
    """Return the label file of a reviewed record, with the authors of its changes as annotators.

    Raises:
        InputError: The file would not express the same record.
    """
    counting = (made for made in review.made if review.counts(made) and not isinstance(made.change, Note))
    people = "、".join(dict.fromkeys(made.by for made in counting))
    content = write_labels(record, text, annotator=people)
    read = parse_labels(content, text, f"{record.notice_id}.yaml")
    if read.notice is None:
        raise InputError(f"no label file can be written: {'; '.join(map(str, read.faults))}")
    lost = next(_differences(_contents(record), _contents(read.notice)), None)
    if lost is not None:
        raise InputError(f"{record.notice_id}: a label file cannot express {lost} of the review")
    return content


_NOT_LABELLED = frozenset(("spans", "read_by", "confidence", "outline", "checks", "notes"))


def _contents(record: Notice) -> dict[str, Any]:
    """Return the contents of a record that a label file holds: no checks, and places of issues and measures only."""
    contents: dict[str, Any] = _without_places(record.model_dump())
    contents["stretches"] = [(issue.text, [measure.text for measure in issue.measures]) for issue in record.issues]
    return contents


def _without_places(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_places(each) for each in value]
    if isinstance(value, dict):
        return {name: _without_places(each) for name, each in value.items() if name not in {*_NOT_LABELLED, "text"}}
    return normalise(value) if isinstance(value, str) else value


def _differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which two values differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        for name in one:
            yield from _differences(one[name], other.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from _differences(*pair, f"{path}[{number}]")
    elif one != other:
        yield path
