"""Calls written as files of the OpenAI Batch API.

A line's ``custom_id`` is the call's key. Beside ``NAME.jsonl`` is ``NAME.calls.jsonl``, which gives for each key what
an answers file does not: the task, the mode, the prompt's version, the model as it was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from extractor.endpoint.answer_records import CallHeader, is_key
from extractor.endpoint.completion import body_of
from extractor.endpoint.jsonl import json_line, numbered_lines, write_whole
from extractor.errors import BugError, InputError, SettingsError

URL: Literal["/v1/chat/completions"] = "/v1/chat/completions"

_KIND = re.compile(r"[._-](?:answers|errors|output|results)$")  # what names of answers files end in
_PART = re.compile(r"-\d+$")


class BatchCall(NamedTuple):
    """A call to be answered in a batch: its key, the body of the request, and the header of its record."""

    key: str
    body: Mapping[str, Any]
    task: str = ""
    mode: str = ""
    prompt_version: str = ""

    @property
    def header(self) -> CallHeader:
        """The header of the call's record, with the model that the body names."""
        return CallHeader(self.task, str(self.body.get("model", "")), self.mode, self.prompt_version)


class BatchFileLimits(NamedTuple):
    """The most that a file of requests may hold."""

    requests: int = 50_000
    size: int = 200_000_000  # bytes


@dataclass(frozen=True)
class BatchFiles:
    """The files written: those of requests in their order (none where there are no calls), and the list of calls."""

    requests: tuple[Path, ...]
    calls: Path
    count: int


def write_batch(calls: Iterable[BatchCall], path: Path, limits: BatchFileLimits = BatchFileLimits()) -> BatchFiles:  # noqa: B008 - frozen
    """Write ``calls`` to ``path``, and what is more than a file may hold to ``NAME-2.jsonl`` and so on.

    A key that comes again is the same call and is written once.

    Raises:
        OutputError: a file cannot be written.
        SettingsError: a single request is larger than a file may be.
        BugError: a call has no proper key, or a body that is not JSON.
    """
    headers: dict[str, CallHeader] = {}
    source = _request_lines(calls, headers, limits)
    pending = next(source, None)
    files: list[Path] = []

    def lines_of_a_file() -> Iterator[bytes]:
        nonlocal pending
        count = size = 0
        while pending is not None and count < limits.requests and size + len(pending) <= limits.size:
            yield pending
            count, size = count + 1, size + len(pending)
            pending = next(source, None)

    while pending is not None:
        file = path if not files else path.with_name(f"{path.stem}-{len(files) + 1}{path.suffix}")
        write_whole(file, lines_of_a_file())
        files.append(file)
    listed = calls_file(path)
    if files:
        write_whole(listed, (json_line({"key": key, **header._asdict()}) for key, header in headers.items()))
    return BatchFiles(tuple(files), listed, len(headers))


def calls_file(path: Path) -> Path:
    """Return the name of the list of calls beside the requests ``path``."""
    return path.with_name(f"{path.stem}.calls.jsonl")


def calls_beside(answers: Path) -> Path | None:
    """Return the list of calls beside a file of answers, None where there is none.

    The answers are named like their requests: ``NAME.answers.jsonl``, ``NAME-2.errors.jsonl``, ``NAME_output.jsonl``
    for ``NAME.calls.jsonl``.
    """
    name = _KIND.sub("", answers.stem)
    places = (calls_file(answers.with_name(f"{stem}.jsonl")) for stem in (answers.stem, name, _PART.sub("", name)))
    return next((place for place in places if place.is_file()), None)


def read_calls(path: Path) -> dict[str, CallHeader]:
    """Return the header of each call, by key, from a list of calls.

    Raises:
        InputError: the file cannot be read, or is no list of calls.
    """
    headers = {}
    for number, line in numbered_lines(path):
        call = body_of(line) or {}
        names = [call.get(name) for name in CallHeader._fields]
        if not is_key(call.get("key")) or not all(isinstance(name, str) for name in names):
            raise InputError(f"{path}:{number}: is no line of a list of calls; give NAME.calls.jsonl")
        headers[call["key"]] = CallHeader(*map(str, names))
    return headers


def _request_lines(
    calls: Iterable[BatchCall], headers: dict[str, CallHeader], limits: BatchFileLimits
) -> Iterator[bytes]:
    """Yield each call's line once, and note its header."""
    for call in calls:
        if not is_key(call.key):
            raise BugError("a call for a batch has no proper key")
        if call.key in headers:
            continue
        try:
            line = json_line({"custom_id": call.key, "method": "POST", "url": URL, "body": call.body})
        except (TypeError, ValueError) as error:
            raise BugError("a call for a batch has a body that is not JSON") from error
        if len(line) > limits.size:
            raise SettingsError(
                f"a request of {len(line):,} bytes is larger than a batch file may be ({limits.size:,}); "
                "ask for less at a time"
            )
        headers[call.key] = call.header
        yield line
