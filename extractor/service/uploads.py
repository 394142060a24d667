"""From a request's body to what a job holds: files as they are, and archives as the notices in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

from anyio import to_thread

from extractor.errors import InputError
from extractor.files.notice_ids import slug
from extractor.files.sources.source import ARCHIVE_ENDING, Source
from extractor.service.http.service_limits import JSON_BYTES, SMALL_BYTES
from extractor.service.intake import multipart
from extractor.service.intake.body_slots import Intake
from extractor.service.intake.client_names import text_named
from extractor.service.intake.spool import Incoming, Received, Spool, TooManyError
from extractor.service.intake.text_bodies import texts_in
from extractor.service.work.jobs import Offered, Refused
from extractor.service.work.sandbox import Sandbox

JSON = "application/json"
_BODY = Source("the JSON body")


class MediaTypeError(Exception):
    """A body is neither multipart nor JSON."""


async def received(
    content_type: str, body: AsyncIterator[bytes], spool: Spool, sandbox: Sandbox, intake: Intake
) -> list[Offered | Refused]:
    """Write what a body holds to files, and return what a job is to hold: each file, and for an archive the notices in
    it. ``intake`` says how many bodies are taken apart at once.

    Raises:
        InputError: it cannot be taken; the sentence says why.
        MediaTypeError: it is of another media type.
        TooManyError: it holds more notices than may be sent.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == multipart.MEDIA_TYPE:
        return await _offered(await multipart.received_files(content_type, body, spool, intake.pieces), spool, sandbox)
    if media_type != JSON:
        raise MediaTypeError
    return await _texts(body, spool, sandbox, intake)


async def _offered(files: Sequence[Received], spool: Spool, sandbox: Sandbox) -> list[Offered | Refused]:
    offers: list[Offered | Refused] = []
    for source, upload, sha256 in files:
        if source.ending != ARCHIVE_ENDING:
            offers.append(Offered(source, upload, sha256))
            continue
        name = f"{slug(source.stem)}{ARCHIVE_ENDING}"
        try:
            offers += await sandbox.unpack(spool.folder / upload, name)
        except InputError as error:
            offers.append(Refused(source.name, str(error)))
    return offers


async def _texts(body: AsyncIterator[bytes], spool: Spool, sandbox: Sandbox, intake: Intake) -> list[Offered | Refused]:
    """Take the notices out of a JSON body: of a small one here, of a large one where documents are parsed."""
    small = bytearray()
    file: Incoming | None = None
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
        return [*await sandbox.take_texts(spool.folder / whole.upload, spool.most)]
    return [*await to_thread.run_sync(_written, bytes(small), spool, limiter=intake.texts)]


def _written(body: bytes, spool: Spool) -> list[Offered]:
    texts = texts_in(body)
    if len(texts) > spool.most:
        raise TooManyError
    files = []
    for each in texts:
        file = spool.begin(text_named(each.name))
        file.write(each.text.encode())
        files.append(Offered(*file.end()))
    return files
