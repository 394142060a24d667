"""From a request's body to the notices of a job: each file, and of an archive the notices in it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from anyio import to_thread

from extractor.errors import InputError
from extractor.files.notice_ids import slug
from extractor.files.sources.source import ARCHIVE_ENDING, Source
from extractor.service.http.service_limits import JSON_BYTES, SMALL_BYTES
from extractor.service.intake import multipart
from extractor.service.intake.body_slots import BodySlots
from extractor.service.intake.client_names import text_named
from extractor.service.intake.offers import BodyUnpacker, OfferedNotice, RefusedFile
from extractor.service.intake.spool import IncomingFile, ReceivedFile, Spool, TooManyError
from extractor.service.intake.text_bodies import texts_in

JSON = "application/json"
_BODY = Source("the JSON body")


class MediaTypeError(Exception):
    """A body is neither multipart nor JSON."""


async def receive_offers(
    content_type: str, body: AsyncIterator[bytes], spool: Spool, unpacker: BodyUnpacker, slots: BodySlots
) -> list[OfferedNotice | RefusedFile]:
    """Write the contents of a body to files, and return the notices of the job; ``slots`` limits the threads.

    Raises:
        InputError: The body cannot be taken; the sentence gives the reason.
        MediaTypeError: It has another media type.
        TooManyError: It holds more notices than may be sent.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == multipart.MEDIA_TYPE:
        return await _offered(await multipart.received_files(content_type, body, spool, slots.pieces), spool, unpacker)
    if media_type != JSON:
        raise MediaTypeError
    return await _texts(body, spool, unpacker, slots)


async def _offered(
    files: Sequence[ReceivedFile], spool: Spool, unpacker: BodyUnpacker
) -> list[OfferedNotice | RefusedFile]:
    offers: list[OfferedNotice | RefusedFile] = []
    for source, upload, sha256 in files:
        if source.ending != ARCHIVE_ENDING:
            offers.append(OfferedNotice(source, upload, sha256))
            continue
        name = f"{slug(source.stem)}{ARCHIVE_ENDING}"
        try:
            offers += await unpacker.unpack(spool.folder / upload, name)
        except InputError as error:
            offers.append(RefusedFile(source.name, str(error)))
    return offers


async def _texts(
    body: AsyncIterator[bytes], spool: Spool, unpacker: BodyUnpacker, slots: BodySlots
) -> list[OfferedNotice | RefusedFile]:
    """Return the notices of a JSON body, which is parsed here where it is small, else by ``unpacker``."""
    small = bytearray()
    file: IncomingFile | None = None
    try:
        async for chunk in body:
            if file is None and len(small) + len(chunk) > SMALL_BYTES:
                file = spool.begin_body(_BODY, JSON_BYTES)
                file.write(small)
            small += chunk if file is None else b""
            if file is not None:
                file.write(chunk)
    finally:
        whole = file.end() if file is not None else None
    if whole is not None:
        return [*await unpacker.take_texts(spool.folder / whole.upload, spool.most)]
    return [*await to_thread.run_sync(_written, bytes(small), spool, limiter=slots.texts)]


def _written(body: bytes, spool: Spool) -> list[OfferedNotice]:
    texts = texts_in(body)
    if len(texts) > spool.most:
        raise TooManyError
    files = []
    for each in texts:
        file = spool.begin(text_named(each.name))
        file.write(each.text.encode())
        files.append(OfferedNotice(*file.end()))
    return files
