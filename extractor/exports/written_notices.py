"""Notices as a run wrote them, wherever that is: what exports and reports read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePath
from typing import Any, NamedTuple

from pydantic import ValidationError

from extractor.errors import InputError
from extractor.files.parts.text_places import TextPlaces, place_names, text_places_from
from extractor.record.contract import Notice
from extractor.runs.run_folder import RunFolder, stored_lines, stored_places, stored_text_as_is
from extractor.tables.columns import Row
from extractor.tables.rows import PlaceNames

_GROUP = 400_000  # characters of notices that are taken together


class WrittenNotice(NamedTuple):
    """A notice as a run wrote it: its record as JSON, its text, and where that is in its source as JSON, b"" for none.

    ``file`` is the name of the file that it was read from, ``run`` and ``text_file`` are what messages call the run and
    the place of the text. ``review`` has the cells that tell how far people reviewed it, where a service gave it.
    """

    notice_id: str
    record: bytes
    text: str
    places: bytes = b""
    file: str = ""
    run: str = ""
    text_file: str = ""
    review: Row | None = None

    def parsed(self) -> Notice:
        """Return the record.

        Raises:
            InputError: it breaks the contract, or the text is another than the notice was made from.
        """
        try:
            notice = Notice.model_validate_json(self.record)
        except ValidationError as error:
            raise InputError(
                f"{self.run}: the stored notice {self.notice_id} breaks the contract; run again"
            ) from error
        if sha256(self.text.encode("utf-8", "surrogateescape")).hexdigest() != notice.text_sha256:
            raise InputError(f"{self.text_file}: is not the text its notice was made from; run the extraction again")
        return notice

    def text_places(self) -> TextPlaces | None:
        """Return where the text stands in its source; None where that is not known."""
        return text_places_from(self.places)

    def named(self) -> PlaceNames:
        """Return what names the places of the text in its source."""
        return place_names(self.text_places())


class RunFacts(NamedTuple):
    """The facts about a run that its report tells.

    They are its backend, the table of trust of its model, its last day, the number of inputs that are not among its
    notices, and of those that a service has not read yet; None where the run does not say.
    """

    backend: str | None = None
    trust: str | None = None
    finished: str | None = None
    missing: int = 0
    waiting: int = 0


class WrittenRun(NamedTuple):
    """The results of a run: what people call it, its notices one after the other, and what is known of it."""

    name: str
    notices: Callable[[], Iterator[WrittenNotice]]
    facts: RunFacts


def run_in(folder: Path) -> WrittenRun:
    """Return what a run wrote into a folder.

    Raises:
        InputError: the folder holds no notices, or files that this program did not write.
    """
    if next(stored_lines(folder), None) is None:
        raise InputError(f"{folder}: holds no notices, since its run could read none; run the extraction again")
    report = _report_in(folder)
    inputs = _inputs_of(report)
    return WrittenRun(str(folder), lambda: _notices_in(folder, inputs), facts_of(report))


def facts_of(report: Mapping[str, Any]) -> RunFacts:
    """Return the facts in the report of a run, as far as it has them."""
    try:
        finished = report.get("finished") or _ended(report)
        return RunFacts(
            report["settings"]["backend"],
            report.get("model", {}).get("trust", {}).get("table"),
            finished[:10],
            report["totals"]["failed"] + report["totals"]["pending"],
            report.get("waiting", 0),
        )
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
        return RunFacts()


def _ended(report: Mapping[str, Any]) -> str:
    began = datetime.fromisoformat(report["started"]).timestamp()
    return datetime.fromtimestamp(began + report["seconds"], UTC).isoformat()


def _notices_in(folder: Path, inputs: Mapping[str, Mapping[str, Any]]) -> Iterator[WrittenNotice]:
    for notice_id, line in stored_lines(folder):
        text_file = RunFolder(folder).text(notice_id)
        yield WrittenNotice(
            notice_id,
            line,
            stored_text_as_is(folder, notice_id),
            stored_places(folder, notice_id),
            PurePath(str(inputs.get(notice_id, {}).get("name") or "")).name,
            str(folder),
            str(text_file),
            inputs.get(notice_id, {}).get("review"),
        )


def _report_in(folder: Path) -> dict[str, Any]:
    try:
        report = json.loads(RunFolder(folder).report.read_bytes())
    except (OSError, ValueError):
        return {}
    return report if isinstance(report, dict) else {}


def _inputs_of(report: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the inputs of a run by their notices' ids, as far as ``run.json`` has them."""
    try:
        return {each["notice_id"]: each for each in report["inputs"] if each["notice_id"]}
    except (KeyError, TypeError):
        return {}


def by_size(notices: Iterable[WrittenNotice]) -> Iterator[list[WrittenNotice]]:
    """Yield notices in groups, of some twenty as they mostly are: whose rows fit into memory together."""
    held: list[WrittenNotice] = []
    characters = 0
    for written in notices:
        held.append(written)
        characters += len(written.text)
        if characters >= _GROUP:
            yield held
            held, characters = [], 0
    if held:
        yield held
