"""The process in which documents are parsed: little memory, little processor time, no secrets, nobody's terminal.

It reads tasks from standard input, one JSON object a line, and answers each on standard output with a line of sizes and
as many pieces of bytes. Module ``sandbox`` starts it as ``python -m extractor.service.work.worker MEMORY SECONDS``, in
bytes of address space and seconds of processor time for one task.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import chdir, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from extractor.errors import ExtractorError
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import Source, too_large
from extractor.processes.confined_main import allow, confine
from extractor.processes.confinement import NO_MEMORY

Task = dict[str, Any]
Pieces = Sequence[bytes]

_NICENESS = 10  # requests are answered first


def main() -> None:
    """Answer tasks until there are no more."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the answers
    confine(memory)
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    _load()
    _send(answers, [])
    for line in sys.stdin.buffer:
        allow(seconds)
        task = json.loads(line)
        try:
            pieces = _TASKS[task["task"]](task)
        except MemoryError:
            sys.exit(NO_MEMORY)  # what the document took goes with this process
        except Exception as error:
            pieces = [json.dumps({"error": _sentence(task, error)}).encode()]
        _send(answers, pieces)


def _load() -> None:
    """Load what every notice needs before the first one waits for it."""
    from extractor.pipeline import extract
    from extractor.processes.workers import spare_the_collector

    spare_the_collector()
    extract("")


def _read(task: Task) -> Pieces:
    """Read a notice by rules."""
    from extractor.pipeline import extract_file
    from extractor.service.store.notice_summary import read_of

    extracted = extract_file(
        _source(task), Path(task["upload"]).read_bytes(), notice_id=task["notice_id"], lang=task["lang"]
    )
    read = read_of(extracted.text, extracted.notice)
    meta = {"summary": asdict(read.summary), "findings": read.findings}
    return [json.dumps(meta).encode(), read.text.encode(), read.record]


def _take_text(task: Task) -> Pieces:
    """Return a document's plain text, for a model to read, and what of the document it lacks."""
    from extractor.files.ingest import ingest

    read = ingest(_source(task), Path(task["upload"]).read_bytes())
    return [json.dumps({"left_out": read.left_out}).encode(), read.text.encode()]


def _unpack(task: Task) -> Pieces:
    """Write an archive's notices beside it, as files named by numbers, and say what each is."""
    from extractor.files.sources.archive import list_archive
    from extractor.files.sources.raw import read_bytes

    # Its sentences are to name the archive as it came: a link bears that name in a folder of its own.
    upload = Path(task["upload"])
    place = upload.with_name(f"{upload.name}-archive")
    place.mkdir()
    (place / task["path"]).hardlink_to(upload)
    found: list[dict[str, Any]] = []
    with chdir(place):
        listing = list_archive(task["path"], DEFAULT_LIMITS)
        found += ({"name": name, "error": str(error)} for name, error in listing.problems)
        for number, source in enumerate(listing.sources):
            try:
                data = read_bytes(source, DEFAULT_LIMITS)
            except ExtractorError as error:
                found.append({"name": source.name, "error": str(error)})
                continue
            member = upload.with_name(f"{upload.name}-{number}")
            member.write_bytes(data)
            sha256 = hashlib.sha256(data).hexdigest()
            found.append({"members": source.members, "upload": member.name, "sha256": sha256})
    return [json.dumps({"found": found}).encode()]


def _take_texts(task: Task) -> Pieces:
    """Write the texts of a JSON body beside it, as files named by numbers, and say what each is."""
    from extractor.service.intake.client_names import text_named
    from extractor.service.intake.text_bodies import texts_in

    upload = Path(task["upload"])
    texts = texts_in(upload.read_bytes())
    if len(texts) > task["most"]:
        return [json.dumps({"too_many": True}).encode()]
    found: list[dict[str, Any]] = []
    for number, each in enumerate(texts):
        source, data = text_named(each.name), each.text.encode()
        if len(data) > DEFAULT_LIMITS.file_bytes:
            raise too_large(source.name, len(data), DEFAULT_LIMITS.file_bytes)
        member = upload.with_name(f"{upload.name}-{number}")
        member.write_bytes(data)
        found.append({"name": source.path, "upload": member.name, "sha256": hashlib.sha256(data).hexdigest()})
    return [json.dumps({"found": found}).encode()]


_TASKS: dict[str, Callable[[Task], Pieces]] = {
    "read": _read,
    "text": _take_text,
    "texts": _take_texts,
    "unpack": _unpack,
}


def _source(task: Task) -> Source:
    return Source(task["path"], tuple(task.get("members", ())))


def _sentence(task: Task, error: Exception) -> str:
    """What to tell of an error. Of those nobody foresaw the kind only: their words may quote the notice."""
    if isinstance(error, ExtractorError):
        return str(error)
    return f"{_source(task).name}: the extractor failed on it ({type(error).__name__}); please report this"


def _send(answers: BinaryIO, pieces: Pieces) -> None:
    answers.write(" ".join(str(len(piece)) for piece in pieces).encode() + b"\n")
    for piece in pieces:
        answers.write(piece)
    answers.flush()


if __name__ == "__main__":
    main()
