"""The sources of predictions: a folder of a run (``notices.jsonl``, ``texts/``) or a reader."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from extractor.disk import names
from extractor.errors import InputError
from extractor.files.parts.left_out import ReadText
from extractor.labels.label_file import read_text
from extractor.readers import Reader, reading
from extractor.record.contract import Notice
from extractor.runs.run_folder import RunFolder
from extractor.text.text_hash import text_sha256

Predict = Callable[[str, str], Notice | None]
"""Takes a notice's id and text, gives its prediction, or ``None`` where there is none."""
Failed = Callable[[str, Sequence[str]], None]
"""Receives a notice's id and why calls about it failed for good, one sentence a call."""


class PredictionFolder:
    """A run's output, indexed by notice and read one notice at a time.

    A folder without ``notices.jsonl``, a line that is no notice, and two lines for one notice are ``InputError``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = RunFolder(folder)
        self._path = self._folder.notices
        self._places: dict[str, tuple[int, int]] = {}
        if not self._path.is_file():
            raise InputError(f"{self._path}: a run's folder holds notices.jsonl, one notice a line; there is none")
        with self._path.open("rb") as lines:
            self._index(lines)

    @property
    def notice_ids(self) -> frozenset[str]:
        """The notices the run answered."""
        return frozenset(self._places)

    def __call__(self, notice_id: str, text: str) -> Notice | None:
        """Return a notice's prediction. One made from another text is an ``InputError``."""
        if notice_id not in self._places:
            return None
        number, offset = self._places[notice_id]
        with self._path.open("rb") as lines:
            lines.seek(offset)
            line = lines.readline()
        try:
            notice = Notice.model_validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InputError(f"{self._path}:{number}: not a notice of the contract: {where}: {first['msg']}") from error
        self._same_text(notice, text, number)
        return notice

    def _same_text(self, notice: Notice, text: str, number: int) -> None:
        wanted = text_sha256(text)
        stored = self._folder.text(notice.notice_id)
        if notice.text_sha256 != wanted:
            raise InputError(
                f"{self._path}:{number}: the prediction for “{notice.notice_id}” was made from another version of the "
                f"text (its SHA-256 begins {notice.text_sha256[:12]}, the gold text's {wanted[:12]}); extract it again"
            )
        if stored.exists() and text_sha256(read_text(stored)) != wanted:
            raise InputError(f"{stored}: differs from the gold text of “{notice.notice_id}”")

    def _index(self, lines: BinaryIO) -> None:
        offset = 0
        for number, line in enumerate(lines, start=1):
            start, offset = offset, offset + len(line)
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                raise InputError(f"{self._path}:{number}: not readable as JSON ({error})") from error
            notice_id = record.get("notice_id") if isinstance(record, dict) else None
            if not isinstance(notice_id, str):
                raise InputError(f"{self._path}:{number}: a line is one notice with a “notice_id”")
            if flaw := names.flaw(notice_id):
                raise InputError(f"{self._path}:{number}: the id {flaw}, as no run gives it; extract it again")
            if notice_id in self._places:
                raise InputError(
                    f"{self._path}:{number}: “{notice_id}” is already on line {self._places[notice_id][0]}"
                )
            self._places[notice_id] = number, start


@contextmanager
def predicting(reader: Reader, failed: Failed = lambda _id, _failures: None) -> Iterator[Predict]:
    """Give predictions by ``reader``, on the spot; calls that fail for good leave the rules' reading, as in a run.

    ``failed`` receives a notice's id and a sentence for each such call, where there were any.

    Raises:
        SettingsError: no model is named, or the cache cannot be used.
        InputError: a recording cannot be read.
    """
    with reading(reader) as read:

        def predict(notice_id: str, text: str) -> Notice:
            found = read(ReadText(text), notice_id)
            if found.failures:
                failed(notice_id, found.failures)
            return found.notice

        yield predict


class Recorder:
    """Predictions passed on and written down as a run's folder, so that the run can be compared later.

    Reports are written into the same folder, which no run claims: there is no lock, and no work to take up again.
    """

    def __init__(self, predict: Predict, folder: Path) -> None:
        self._predict = predict
        self._folder = RunFolder(folder)
        self._folder.texts.mkdir(parents=True, exist_ok=True)
        self._folder.notices.write_text("", encoding="utf-8")

    def __call__(self, notice_id: str, text: str) -> Notice | None:
        """Return the prediction and append it to ``notices.jsonl``."""
        notice = self._predict(notice_id, text)
        if notice is not None:
            with self._folder.notices.open("a", encoding="utf-8") as lines:
                lines.write(notice.model_dump_json() + "\n")
            self._folder.text(notice_id).write_text(text, encoding="utf-8", newline="\n")
        return notice
