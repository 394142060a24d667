"""Requests that ask too much, each of its own kind, and what the service may answer to them.

A kind sends one request, numbered, and returns the status of the answer; None where one of both left before. They are
sent to a service on this machine only.
"""

from __future__ import annotations

import io
import json
import socket
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import quote

from service_example import HOST, Client

LEFT = None


class Target(NamedTuple):
    """A service: its port, the id of a notice that it holds, and the headers of somebody who may ask."""

    port: int
    notice: str
    headers: Mapping[str, str] = {}


Kind = Callable[[Target, int], int | None]


class Hostile(NamedTuple):
    """A kind of request, and the statuses that it may be answered with."""

    send: Kind
    answers: frozenset[int | None]


def _post(target: Target, path: str, body: bytes, headers: Mapping[str, str]) -> int | None:
    try:
        with Client(target.port, target.headers) as client:
            return client.ask(path, "POST", body, headers).status
    except ConnectionError:
        return LEFT  # the service did not wait for the rest of it


def _get(target: Target, path: str, headers: Mapping[str, str] | None = None) -> int:
    with Client(target.port, target.headers) as client:
        return client.ask(path, headers=headers).status


_JSON = {"Content-Type": "application/json"}
_FILES = {"Content-Type": "multipart/form-data; boundary=b"}


def _part(name: str, data: bytes) -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + data + b"\r\n"


@cache
def _many_names() -> bytes:
    return json.dumps({"notices": [{f"a{number}": 0 for number in range(60_000)}]}).encode()


@cache
def _many_mistakes() -> bytes:
    return b'{"notices": [' + b",".join([b"{}"] * 300_000) + b"]}"


@cache
def _nested() -> bytes:
    return b'{"notices": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@cache
def _change_mistakes() -> bytes:
    return json.dumps({"change": {f"a{number}": [] for number in range(7_000)}, "by": "x", "seen": 0}).encode()


@cache
def _change_values() -> bytes:
    values = {f"a{number}": number for number in range(7_000)}
    change = {"op": "correct", "item": "issues[0]", "values": values}
    return json.dumps({"by": "x", "seen": 0, "change": change}).encode()


@cache
def _form() -> bytes:
    return b"&".join([b"op=delete"] * 9_000)


@cache
def _many_parts() -> bytes:
    return b"".join(_part(f"{number}.txt", b"") for number in range(5_000)) + b"--b--\r\n"


@cache
def _long_header() -> bytes:
    return b"--b\r\nContent-Disposition: " + b"a" * 2_000_000


@cache
def _zip_of_many() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(6_000):
            archive.writestr(f"{number}.txt", b"")
    return _part("many.zip", packed.getvalue()) + b"--b--\r\n"


@cache
def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", bytes(60_000_000))
    return _part("bomb.zip", packed.getvalue()) + b"--b--\r\n"


def _leaving(target: Target, request: str, answer_bytes: int = 0) -> None:
    """Ask for something and leave, after so many bytes of the answer."""
    head = "".join(f"{name}: {value}\r\n" for name, value in target.headers.items())
    with socket.create_connection((HOST, target.port), timeout=30) as connection:
        connection.sendall(f"{request}\r\nHost: {HOST}\r\n{head}\r\n".encode())
        if answer_bytes:
            connection.recv(answer_bytes)


def _export(target: Target, _: int) -> None:
    _leaving(target, "GET /v1/export.xlsx HTTP/1.1")


def _export_begun(target: Target, _: int) -> None:
    _leaving(target, "GET /v1/export.jsonl?q=%E5%8D%95 HTTP/1.1", 100)


def _half_body(target: Target, _: int) -> None:
    _leaving(target, "POST /v1/notices HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9000000")


def _half_head(target: Target, _: int) -> None:
    with socket.create_connection((HOST, target.port), timeout=30) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nX: " + b"a" * 20_000)


_ELSEWHERE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_WORDS = quote(" ".join(["整改情况"] * 20))


KINDS: dict[str, Hostile] = {
    "JSON with names nobody knows": Hostile(
        lambda target, _: _post(target, "/v1/notices", _many_names(), _JSON), frozenset({422})
    ),
    "JSON with a mistake in each of many": Hostile(
        lambda target, _: _post(target, "/v1/notices", _many_mistakes(), _JSON), frozenset({422})
    ),
    "JSON nested deep": Hostile(lambda target, _: _post(target, "/v1/notices", _nested(), _JSON), frozenset({422})),
    "a change with thousands of mistakes": Hostile(
        lambda target, _: _post(target, f"/v1/notices/{target.notice}/changes", _change_mistakes(), _JSON),
        frozenset({422}),
    ),
    "a change with thousands of values": Hostile(
        lambda target, _: _post(target, f"/v1/notices/{target.notice}/changes", _change_values(), _JSON),
        frozenset({413, 422}),
    ),
    "a change of a megabyte": Hostile(
        lambda target, _: _post(target, f"/v1/notices/{target.notice}/changes", b" " * 1_000_000, _JSON),
        frozenset({LEFT, 413}),
    ),
    "a form with thousands of fields": Hostile(
        lambda target, _: _post(target, f"/review/{target.notice}/changes", _form(), _FORM), frozenset({413})
    ),
    "thousands of files": Hostile(
        lambda target, _: _post(target, "/v1/notices", _many_parts(), _FILES), frozenset({LEFT, 413})
    ),
    "a header without end": Hostile(
        lambda target, _: _post(target, "/v1/notices", _long_header(), _FILES), frozenset({LEFT, 422})
    ),
    "a zip of too many": Hostile(
        lambda target, _: _post(target, "/v1/notices", _zip_of_many(), _FILES), frozenset({422})
    ),
    "a zip bomb": Hostile(lambda target, _: _post(target, "/v1/notices", _zip_bomb(), _FILES), frozenset({422})),
    "exports nobody waits for": Hostile(_export, frozenset({LEFT})),
    "exports nobody reads": Hostile(_export_begun, frozenset({LEFT})),
    "bodies that do not come": Hostile(_half_body, frozenset({LEFT})),
    "heads that do not end": Hostile(_half_head, frozenset({LEFT})),
    "searches": Hostile(
        lambda target, number: _get(target, f"/v1/notices?limit=200&q={number % 10}%20{_WORDS}"), frozenset({200})
    ),
    "filters that are none": Hostile(
        lambda target, _: _get(target, "/v1/notices?" + "&".join(["limit=x"] * 2_000)), frozenset({422})
    ),
    "paths that are none": Hostile(
        lambda target, number: _get(target, f"/v1/notices/{'x' * 20_000}{number}"), frozenset({404})
    ),
    "pages of a notice": Hostile(
        lambda target, _: _get(target, f"/v1/notices/{target.notice}/report"), frozenset({200})
    ),
    "readiness": Hostile(lambda target, _: _get(target, "/readyz"), frozenset({200})),
    "posts of another site": Hostile(
        lambda target, _: _post(target, "/v1/notices", _part("a.txt", b"x") + b"--b--\r\n", _FILES | _ELSEWHERE),
        frozenset({403}),
    ),
    "exports of another site": Hostile(
        lambda target, _: _get(target, "/v1/export.xlsx", _ELSEWHERE | {"Sec-Fetch-Dest": "image"}), frozenset({403})
    ),
}
"""Where the service needs no token, or a right one is sent."""

HARMLESS = Hostile(lambda target, _: _get(target, f"/v1/notices/{target.notice}"), frozenset({200}))
"""To compare with: what as many clients cost that ask for nothing out of the way."""

GUESSES = Hostile(
    lambda target, number: _get(target, "/v1/notices", {"Authorization": f"Bearer {number:032}"}),
    frozenset({401, 429}),
)
"""Wrong tokens, where one is needed."""
