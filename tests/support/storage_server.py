"""A storage that speaks as much of S3 as Arrow asks for, in memory, on this machine.

``with storage() as server``: ``server.objects`` are the bytes by "bucket/key". The bucket ``locked`` may be read, not
written.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedIOBase, BytesIO
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKETS = ("bucket", "locked")


class Object(NamedTuple):
    """Bytes, and when they were written."""

    data: bytes
    written: datetime


class StorageServer(ThreadingHTTPServer):
    """The server."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Requests)
        self.objects: dict[str, Object] = {}
        self.parts: dict[str, dict[int, bytes]] = {}

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to use it."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.server_port}",
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@contextmanager
def storage() -> Iterator[StorageServer]:
    """Run a storage until the block ends."""
    server = StorageServer()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _chunks(file: BufferedIOBase) -> Iterator[bytes]:
    """Yield the pieces of a body that comes in chunks; what comes behind the last is passed over."""
    while size := int(file.readline().partition(b";")[0], 16):
        yield file.read(size)
        file.readline()
    while file.readline().strip():
        pass


class _Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: StorageServer

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _asked(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        return unquote(parts.path).strip("/") if "list-type" in asked else unquote(parts.path).lstrip("/"), asked

    def _tell(self, status: int, body: bytes = b"", length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _refuse(self, status: int, code: str) -> None:
        self._tell(status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode())

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            data = b"".join(_chunks(self.rfile))
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if "aws-chunked" in (self.headers.get("Content-Encoding") or ""):
            return b"".join(_chunks(BytesIO(data)))
        return data

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        name, asked = self._asked()
        if "/" not in name:
            if name not in BUCKETS:
                self._refuse(404, "NoSuchBucket")
            elif self.command == "HEAD":
                self._tell(200)
            else:
                self._list(name, asked)
            return
        found = self.server.objects.get(name)
        if found is None:
            self._refuse(404, "NoSuchKey")
            return
        data, status = found.data, 200
        if span := re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range") or ""):
            data, status = data[int(span[1]) : int(span[2]) + 1 if span[2] else None], 206
        when, mark = format_datetime(found.written, usegmt=True), f'"{md5(found.data).hexdigest()}"'
        self._tell(status, data, len(data), ETag=mark, Last_Modified=when)

    def _list(self, bucket: str, asked: dict[str, str]) -> None:
        prefix, mark = asked.get("prefix", ""), asked.get("delimiter", "")
        known = (name for name in self.server.objects if name.startswith(f"{bucket}/{prefix}"))
        keys = sorted(name.removeprefix(f"{bucket}/") for name in known)
        inner: dict[str, None] = {}
        shown = []
        for key in keys:
            rest = key[len(prefix) :]
            if mark and mark in rest:
                inner[prefix + rest.partition(mark)[0] + mark] = None
            else:
                shown.append(key)
        contents = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(self.server.objects[f'{bucket}/{key}'].data)}</Size>"
            f"<LastModified>{self.server.objects[f'{bucket}/{key}'].written:%Y-%m-%dT%H:%M:%S.000Z}</LastModified></Contents>"
            for key in shown
        )
        folders = "".join(f"<CommonPrefixes><Prefix>{escape(each)}</Prefix></CommonPrefixes>" for each in inner)
        counted = f"<KeyCount>{len(shown) + len(inner)}</KeyCount><IsTruncated>false</IsTruncated>"
        self._tell(200, f"<ListBucketResult>{counted}{contents}{folders}</ListBucketResult>".encode())

    def do_PUT(self) -> None:
        (name, asked), data = self._asked(), self._body()
        if name.startswith("locked/"):
            self._refuse(403, "AccessDenied")
        elif "uploadId" in asked:
            self.server.parts[asked["uploadId"]][int(asked["partNumber"])] = data
            self._tell(200, ETag=f'"{md5(data).hexdigest()}"')
        else:
            self._keep(name, data)
            self._tell(200, ETag=f'"{md5(data).hexdigest()}"')

    def _keep(self, name: str, data: bytes) -> None:
        self.server.objects[name] = Object(data, datetime.now(UTC))

    def do_POST(self) -> None:
        (name, asked), data = self._asked(), self._body()
        if name.startswith("locked"):
            self._refuse(403, "AccessDenied")
        elif "uploads" in asked:
            upload = f"u{len(self.server.parts)}"
            self.server.parts[upload] = {}
            self._tell(200, f"<R><UploadId>{upload}</UploadId></R>".encode())
        elif "uploadId" in asked:
            parts = self.server.parts.pop(asked["uploadId"])
            self._keep(name, b"".join(parts[number] for number in sorted(parts)))
            self._tell(200, b"<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
        else:
            for key in re.findall(rb"<Key>(.*?)</Key>", data):
                self.server.objects.pop(f"{name.strip('/')}/{key.decode()}", None)
            self._tell(200, b"<DeleteResult></DeleteResult>")

    def do_DELETE(self) -> None:
        name, asked = self._asked()
        if "uploadId" in asked:
            self.server.parts.pop(asked["uploadId"], None)
        else:
            self.server.objects.pop(name, None)
        self._tell(204)
