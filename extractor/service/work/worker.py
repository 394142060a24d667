"""The process in which documents are parsed: little memory, little processor time, no secrets, no terminal.

It reads orders from standard input, one JSON object a line, and answers each on standard output with a line of sizes
and as many pieces of bytes, the first of which is the reply. Module ``sandbox`` starts it as ``python -m
extractor.service.work.worker MEMORY SECONDS``: bytes of address space, and seconds of processor time for one order.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir, suppress
from pathlib import Path
from typing import BinaryIO

from extractor.errors import ExtractorError, unforeseen
from extractor.files.scan.page_progress import listen
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import Source, too_large
from extractor.processes.confined_main import allow, confine
from extractor.processes.confinement import NO_MEMORY
from extractor.processes.process_family import delete_own_folder
from extractor.service.intake.offers import OfferedNotice, RefusedFile
from extractor.service.work.worker_messages import (
    ANY_REPLY,
    BEAT,
    ORDER,
    CollectReply,
    Failure,
    Order,
    OrderKind,
    ReadReply,
    TextReply,
    TextsReply,
    UnpackReply,
    WorkerReply,
)

OrderAnswer = tuple[WorkerReply | Failure, Sequence[bytes]]
"""A reply, and the pieces that follow it."""

_HARMLESS = frozenset(("side_file", "page_part", "empty"))  # kinds of members that nobody misses
_NICENESS = 10  # requests are answered first


def main() -> None:
    """Carry out orders until there are no more."""
    memory, seconds = int(sys.argv[1]), int(sys.argv[2])
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # keeps what libraries print out of the answers
    confine(memory)
    with suppress(AttributeError, OSError):
        os.nice(_NICENESS)
    _load()
    listen(lambda _: _send_beat(answers))
    _send(answers, [])
    for line in sys.stdin.buffer:
        allow(seconds)
        order = ORDER.validate_json(line)
        try:
            reply, pieces = _CARRY_OUT[order.kind](order)
        except MemoryError:
            sys.exit(NO_MEMORY)  # the document's memory is freed with this process
        except Exception as error:
            reply, pieces = Failure(_sentence(order, error)), ()
        _send(answers, [ANY_REPLY.dump_json(reply), *pieces])
    delete_own_folder()


def _load() -> None:
    """Load what every notice needs before the first one waits for it."""
    from extractor.pipeline import extract
    from extractor.processes.workers import spare_the_collector

    spare_the_collector()
    extract("")


def _read(order: Order) -> OrderAnswer:
    """Read a notice with the rules."""
    from extractor.pipeline import extract_file
    from extractor.service.store.notice_summary import reading_of

    data = Path(order.upload).read_bytes()
    extracted = extract_file(order.source, data, notice_id=order.notice_id, lang=order.lang, ocr=order.ocr)
    reading = reading_of(extracted.text, extracted.notice)
    places = extracted.places.as_json() if extracted.places else b""
    return ReadReply(reading.summary, list(reading.facets)), (reading.text.encode(), reading.record, places)


def _collect(order: Order) -> OrderAnswer:
    """Return what lists of many notices need of a record."""
    from extractor.pages.collected_notice import as_line
    from extractor.service.store.collected_store import collected

    record, text = (sys.stdin.buffer.read(size) for size in order.sizes)
    found = collected(record, text.decode())
    return CollectReply(len(found.facts)), (as_line(found),)


def _take_text(order: Order) -> OrderAnswer:
    """Return a document's plain text, for a model to read, and the account of what was left out of it."""
    from extractor.files.ingest import ingest

    read = ingest(order.source, Path(order.upload).read_bytes(), ocr=order.ocr)
    places = read.places.as_json() if read.places else b""
    return TextReply(list(read.left_out)), (read.text.encode(), places)


def _unpack(order: Order) -> OrderAnswer:
    """Write an archive's notices beside it, in files named by numbers."""
    path = order.source.path
    assert path is not None
    # Messages must give the archive's own name: in a folder apart, a link has that name.
    upload = Path(order.upload)
    place = upload.with_name(f"{upload.name}-archive")
    place.mkdir()
    (place / path).hardlink_to(upload)
    with chdir(place):
        return UnpackReply(list(_members(path, upload))), ()


def _members(archive: str, upload: Path) -> Iterator[OfferedNotice | RefusedFile]:
    from extractor.files.discover import in_kinds
    from extractor.files.sources.archive import list_archive
    from extractor.files.sources.picture_series import joined_series
    from extractor.files.sources.raw import read_bytes

    listing = list_archive(archive, DEFAULT_LIMITS)
    for name, error in listing.problems:
        yield RefusedFile(name, str(error))
    if kinds := in_kinds([each for each in listing.passed_over if each.kind not in _HARMLESS], "en"):
        yield RefusedFile(archive, f"{archive}: not read in it: {kinds}")
    for number, source in enumerate(joined_series(listing.sources)):
        try:
            data = read_bytes(source, DEFAULT_LIMITS)
        except ExtractorError as error:
            yield RefusedFile(source.name, str(error))
            continue
        yield _written(Source(archive, source.members), data, upload, number)


def _take_texts(order: Order) -> OrderAnswer:
    """Write the texts of a JSON body beside it, in files named by numbers."""
    from extractor.service.intake.client_names import text_named
    from extractor.service.intake.text_bodies import texts_in

    upload = Path(order.upload)
    texts = texts_in(upload.read_bytes())
    if len(texts) > order.most:
        return TextsReply(None), ()
    offers: list[OfferedNotice] = []
    for number, each in enumerate(texts):
        source, data = text_named(each.name), each.text.encode()
        if len(data) > DEFAULT_LIMITS.file_bytes:
            raise too_large(source.name, len(data), DEFAULT_LIMITS.file_bytes)
        offers.append(_written(source, data, upload, number))
    return TextsReply(offers), ()


def _written(source: Source, data: bytes, upload: Path, number: int) -> OfferedNotice:
    member = upload.with_name(f"{upload.name}-{number}")
    member.write_bytes(data)
    return OfferedNotice(source, member.name, hashlib.sha256(data).hexdigest())


_CARRY_OUT: dict[OrderKind, Callable[[Order], OrderAnswer]] = {
    "read": _read,
    "collect": _collect,
    "text": _take_text,
    "texts": _take_texts,
    "unpack": _unpack,
}


def _sentence(order: Order, error: Exception) -> str:
    """Return what went wrong in English, as it is stored: whoever reads it is told in a language of their own."""
    if isinstance(error, ExtractorError):
        return str(error)
    return unforeseen(order.source.name, error)


def _send_beat(answers: BinaryIO) -> None:
    """Tell that a page is being recognised, which has its own limit of time."""
    answers.write(BEAT)
    answers.flush()


def _send(answers: BinaryIO, pieces: Sequence[bytes]) -> None:
    answers.write(" ".join(str(len(piece)) for piece in pieces).encode() + b"\n")
    for piece in pieces:
        answers.write(piece)
    answers.flush()


if __name__ == "__main__":
    main()
