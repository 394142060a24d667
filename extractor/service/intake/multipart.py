"""The files of a multipart body, written to disk as they come in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from anyio import CapacityLimiter, to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from extractor.errors import InputError
from extractor.service.intake.client_names import source_named
from extractor.service.intake.spool import IncomingFile, ReceivedFile, Spool

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

MEDIA_TYPE = "multipart/form-data"


async def received_files(
    content_type: str, body: AsyncIterator[bytes], spool: Spool, intake: CapacityLimiter
) -> list[ReceivedFile]:
    """Return the files of a body, in their order; ``intake`` limits how many bodies are taken apart at once.

    Raises:
        InputError: The body is not a complete multipart body, or a file in it has no name, a bad name, or too many
            bytes.
        TooManyError: It holds more files than may be sent.
    """
    boundary = parse_options_header(content_type)[1].get(b"boundary")
    if not boundary:
        raise InputError("the Content-Type header of the multipart body names no boundary")
    files = _Files(spool)
    try:
        parser = MultipartParser(boundary, files.callbacks)
        async for chunk in body:
            # In a thread: a piece may hold hundreds of files.
            await to_thread.run_sync(parser.write, chunk, limiter=intake)
        parser.finalize()
    except FormParserError as error:
        raise InputError("the multipart body is malformed; send it again") from error
    finally:
        files.close()
    if not files.are_complete:
        raise InputError("the multipart body ends too early; send it again")
    return files.received


class _Files:
    """The callbacks of the parser, which write the files."""

    def __init__(self, spool: Spool) -> None:
        self.received: list[ReceivedFile] = []
        self.are_complete = False
        self.callbacks: MultipartCallbacks = {
            "on_header_begin": self._begin_header,
            "on_header_field": self._name_header,
            "on_header_value": self._fill_header,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_file,
            "on_part_begin": self._begin_part,
            "on_part_data": self._write,
            "on_part_end": self._end_file,
            "on_end": self._end,
        }
        self._spool = spool
        self._header = b""
        self._value = b""
        self._disposition = b""
        self._file: IncomingFile | None = None

    def close(self) -> None:
        """Close the file that a truncated body leaves open, and release the parser."""
        self.callbacks = {}  # breaks a reference cycle, which would keep all of this in memory for a while
        if self._file is not None:
            self._file.end()

    def _begin_part(self) -> None:
        self._disposition = b""

    def _begin_header(self) -> None:
        self._header = self._value = b""

    def _name_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _fill_header(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value

    def _begin_file(self) -> None:
        name = parse_options_header(self._disposition)[1].get(b"filename")
        if name is None:
            raise InputError('a part of the body has no file name; send files, as in: curl -F "files=@notice.txt"')
        self._file = self._spool.begin(source_named(name.decode("utf-8", errors="replace")))

    def _write(self, data: bytes, start: int, end: int) -> None:
        assert self._file is not None
        self._file.write(data[start:end])

    def _end_file(self) -> None:
        assert self._file is not None
        file, self._file = self._file, None
        self.received.append(file.end())

    def _end(self) -> None:
        self.are_complete = True
