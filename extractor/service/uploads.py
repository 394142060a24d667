"""From a request's body to what a job holds: files as they are, and archives as the notices in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from extractor.errors import InputError
from extractor.files.limits import DEFAULT_LIMITS, size_in_mb
from extractor.files.naming import slug
from extractor.files.source import ARCHIVE_ENDING
from extractor.service import multipart
from extractor.service.bounds import JSON_BYTES, NAME_CHARACTERS
from extractor.service.jobs import Offered, Refused
from extractor.service.naming import text_named
from extractor.service.sandbox import Sandbox
from extractor.service.spool import Received, Spool, TooManyError

JSON = "application/json"


class Text(BaseModel):
    """A notice sent as text."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Its file name. `.html` and `.md` say what the text is; any other is plain text.",
    )
    text: str = Field(min_length=1, max_length=10 * DEFAULT_LIMITS.text_characters)


class Texts(BaseModel):
    """Notices sent as text."""

    model_config = ConfigDict(extra="forbid")

    notices: list[Text] = Field(min_length=1)


class MediaTypeError(Exception):
    """A body is neither multipart nor JSON."""


async def received(content_type: str, body: AsyncIterator[bytes], spool: Spool) -> list[Received]:
    """Write what a body holds to files.

    Raises:
        InputError: it cannot be taken; the sentence says why.
        MediaTypeError: it is of another media type.
        TooManyError: it holds more notices than may be sent.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == multipart.MEDIA_TYPE:
        return await multipart.received_files(content_type, body, spool)
    if media_type != JSON:
        raise MediaTypeError
    return await asyncio.to_thread(_texts, await _whole(body), spool)


async def offered(files: Sequence[Received], spool: Spool, sandbox: Sandbox) -> list[Offered | Refused]:
    """Return what a job is to hold: each file, and for an archive the notices in it."""
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


async def _whole(body: AsyncIterator[bytes]) -> bytes:
    whole = bytearray()
    async for chunk in body:
        whole += chunk
        if len(whole) > JSON_BYTES:
            raise InputError(f"the body has more than the {size_in_mb(JSON_BYTES)} JSON may have; send files")
    return bytes(whole)


def _texts(body: bytes, spool: Spool) -> list[Received]:
    try:
        texts = Texts.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the body"
        raise InputError(f"{place}: {first['msg']}") from None
    if len(texts.notices) > spool.most:
        raise TooManyError
    files = []
    for each in texts.notices:
        file = spool.begin(text_named(each.name))
        file.write(each.text.encode())
        files.append(file.end())
    return files
