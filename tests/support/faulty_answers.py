"""Two hundred ways in which an endpoint may misbehave, by name, and how ``fake_endpoint`` does each.

A mode is a fault for ``fake_endpoint.Script``. Here are those that need bytes of their own: any JSON in any place of a
completion, errors of every shape, packed bodies, broken and endless streams, redirects.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

Fault = Mapping[str, Any]

_DEEP = "[" * 5000 + "]" * 5000
_LESS_DEEP = '{"a":' * 900 + "1" + "}" * 900  # what Python's reader still takes
_NESTED = "[" * 480 + '"x"' + "]" * 480
_DIGITS = "9" * 5000
_FEWER_DIGITS = "9" * 4000
_HALF = '"\\ud800 half"'
_VALUES = {
    "null": "null",
    "number": "7",
    "no end": "1e999",
    "digits": _DIGITS,
    "many digits": _FEWER_DIGITS,
    "text": '"{}"',
    "half": _HALF,
    "deep": _DEEP,
    "less deep": _LESS_DEEP,
    "nested": _NESTED,
    "list": '[1,{"a":[null]}]',
}
_PLACES: dict[str, tuple[list[str | int], tuple[str, ...]]] = {
    "choices": (["choices"], ("number", "text", "list", "less deep", "deep")),
    "choice": (["choices", 0], ("null", "half", "nested", "less deep")),
    "message": (["choices", 0, "message"], ("null", "list", "less deep")),
    "content": (["choices", 0, "message", "content"], ("number", "half", "nested", "list", "less deep", "digits")),
    "finish_reason": (["choices", 0, "finish_reason"], ("number", "half", "nested", "less deep")),
    "refusal": (["choices", 0, "message", "refusal"], ("half", "nested", "number")),
    "tool_calls": (["choices", 0, "message", "tool_calls"], ("text", "list", "less deep", "nested")),
    "reasoning": (["choices", 0, "message", "reasoning"], ("nested", "half")),
    "usage": (["usage"], ("number", "half", "less deep", "no end", "digits")),
    "prompt_tokens": (["usage", "prompt_tokens"], ("no end", "digits", "many digits", "half", "nested", "null")),
    "completion_tokens": (["usage", "completion_tokens"], ("no end", "many digits", "less deep", "text")),
    "cached": (["usage", "prompt_tokens_details"], ("number", "less deep", "half")),
    "cached_tokens": (["usage", "prompt_tokens_details", "cached_tokens"], ("no end", "many digits", "list")),
    "id": (["id"], ("digits", "no end", "half", "deep")),
    "model": (["model"], ("half", "nested", "many digits")),
    "created": (["created"], ("digits", "no end", "text")),
}
_ERRORS = {
    "no body": "",
    "page": "<html><body>{key} {sent}</body></html>",
    "list": "[1,2]",
    "echo": '{{"error": {{"message": "{sent} {key}", "code": "{key}"}}}}',
    "text": '{{"error": "{key}"}}',
}
_ODD_ERRORS = {
    "param list": '{"error": {"message": "unsupported", "param": ["max_tokens"], "code": ["x"], "type": {"a": 1}}}',
    "param number": '{"error": {"message": "unsupported", "param": 7, "code": 7.5, "type": false}}',
    "param object": '{"error": {"message": "unsupported", "param": {"max_tokens": 1}, "code": {"x": []}}}',
    "param deep": f'{{"error": {{"message": "no", "param": {_LESS_DEEP}, "code": {_NESTED}}}}}',
    "message list": '{"error": {"message": ["max_tokens is not supported"]}}',
    "message deep": f'{{"error": {{"message": {_LESS_DEEP}}}}}',
    "message half": f'{{"error": {{"message": {_HALF}, "code": {_HALF}}}}}',
    "message digits": f'{{"error": {{"message": {_FEWER_DIGITS}, "code": {_FEWER_DIGITS}}}}}',
    "error deep": f'{{"error": {_DEEP}}}',
    "detail list": '{"detail": [{"loc": ["body", "temperature"], "msg": "extra inputs are not permitted"}]}',
    "long": '{"error": {"message": "' + "sk-" * 300_000 + '"}}',
    "control": '{"error": {"message": "\\u001b[2J\\u202e\\u0000 wiped"}}',
}
_WAITS = {
    "far": {"retry-after": "3600"},
    "digits": {"retry-after": "9" * 3000},
    "negative": {"retry-after": "-5"},
    "words": {"retry-after": "soon\u00e9"},
    "date": {"retry-after": "Wed, 21 Oct 2099 07:28:00 GMT"},
    "odd date": {"retry-after": "Wed, 99 Foo 99999 99:99:99 GMT"},
    "wrong clock": {"date": "Mon, 01 Jan 2001 00:00:00 GMT", "retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"},
    "no end": {"retry-after-ms": "1e999"},
    "reset": {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "999999999999999999h"},
}
_OK = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n"
_RAW = {
    "nothing": "",
    "no HTTP": "SSH-2.0-OpenSSH_9.6\r\n",
    "half a head": "HTTP/1.1 200 OK\r\ncontent-ty",
    "TLS alert": "\x15\x03\x01\x00\x02\x02\x46",
    "no length": f"{_OK}connection: close\r\n\r\n{{}}",
    "two lengths": f"{_OK}content-length: 5\r\ncontent-length: 7\r\n\r\n{{}}   ",
    "negative length": f"{_OK}content-length: -1\r\n\r\n{{}}",
    "huge length": f"{_OK}content-length: 99999999999999\r\n\r\n{{}}",
    "bad chunk": f"{_OK}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n",
    "half a chunk": f"{_OK}transfer-encoding: chunked\r\n\r\n10\r\n{{}}",
    "null in head": "HTTP/1.1 200 OK\r\nx: \x00\r\n\r\n",
    "status 999": "HTTP/1.1 999 ?\r\ncontent-length: 2\r\n\r\n{}",
    "status 1000": "HTTP/1.1 1000 ?\r\ncontent-length: 2\r\n\r\n{}",
    "status 204": "HTTP/1.1 204 -\r\n\r\n",
    "status 206": "HTTP/1.1 206 -\r\ncontent-length: 2\r\n\r\n{}",
    "status 101": "HTTP/1.1 101 -\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
    "HTTP 2": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "UTF-16": f"{_OK}content-length: 6\r\n\r\n\xff\xfe{{\x00}}\x00",
}
_ENDLESS = {
    "body": (f"{_OK}connection: close\r\n\r\n", " " * 65536),
    "text": (f'{_OK}connection: close\r\n\r\n{{"choices": "', "x" * 65536),
    "brackets": (f"{_OK}connection: close\r\n\r\n", "[" * 65536),
    "chunks": (f"{_OK}transfer-encoding: chunked\r\n\r\n", f"8000\r\n{' ' * 32768}\r\n"),
    "headers": ("HTTP/1.1 200 OK\r\n", "x: " + "y" * 1000 + "\r\n"),
    "one header": ("HTTP/1.1 200 OK\r\nx: ", "y" * 65536),
    "continue": ("", "HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "error": ("HTTP/1.1 500 -\r\nconnection: close\r\n\r\n", "<p>" * 20000),
}
_PACKED = ("gzip", "deflate", "br", "zstd", "gzip, gzip", "x-gzip", "unknown")
_TEXTS = {
    "fence": "```" + "a" * 100_000,
    "blanks": "```" + " " * 100_000 + "x",
    "brackets": "[" * 200_000,
    "braces": '{"a":' * 50_000,
    "thoughts": "</think>" * 50_000 + "x",
    "long": '{"items": "' + "x" * 1_500_000 + '"}',
    "many": '{"issues": [' + "0," * 150_000 + '0], "measures": []}',
    "numbers": '{"issues": [{"i": ' + "9" * 4200 + ', "c": "other"}], "measures": []}',
    "digits": '{"issues": [{"i": "' + "9" * 5000 + '", "c": "other"}], "measures": []}',
    "half": '{"title": "\\ud800", "issues": [], "measures": []}',
    "no end": '{"issues": [{"i": 1e999}], "measures": 1e999}',
}


def of_one_call(elsewhere: str) -> dict[str, Fault]:
    """Modes that concern the call they meet and no other; no text may reach the address ``elsewhere``."""
    found: dict[str, Fault] = {"sound": {"kind": ""}}
    for place, (way, values) in _PLACES.items():
        found |= {f"{place} is {value}": {"kind": "place", "place": way, "json": _VALUES[value]} for value in values}
    found |= {f"text of {name}": {"kind": "text", "text": text} for name, text in _TEXTS.items()}
    for status in (400, 403, 413, 422, 500, 503):
        for shape, text in _ERRORS.items():
            found[f"{status} with {shape}"] = {"kind": "reply", "status": status, "text": text, "filled": True}
    for shape, text in _ODD_ERRORS.items():
        found[f"400 with {shape}"] = {"kind": "reply", "status": 400, "text": text}
        found[f"200 with {shape}"] = {"kind": "reply", "status": 200, "text": text}
    found |= {f"raw {name}": {"kind": "raw", "text": text} for name, text in _RAW.items()}
    found |= {
        f"endless {name}": {"kind": "endless", "head": head, "piece": more} for name, (head, more) in _ENDLESS.items()
    }
    found |= {f"packed {encoding}": {"kind": "bomb", "encoding": encoding} for encoding in _PACKED}
    found["damaged gzip"] = {"kind": "reply", "status": 200, "text": "{}", "headers": {"content-encoding": "gzip"}}
    found["drip of head"] = {"kind": "drip", "text": "HTTP/1.1 200 OK\r\n" + "x: y\r\n" * 500}
    found["drip of body"] = {"kind": "drip", "text": f"{_OK}content-length: 100000\r\n\r\n" + " " * 3000}
    found["drip of error"] = {"kind": "drip", "text": "HTTP/1.1 500 -\r\ncontent-length: 100000\r\n\r\n" + " " * 3000}
    found["stall"] = {"kind": "stall", "seconds": 3}
    found["created elsewhere"] = {
        "kind": "reply",
        "status": 201,
        "text": "{}",
        "headers": {"location": elsewhere, "refresh": f"0; url={elsewhere}", "link": f"<{elsewhere}>; rel=preload"},
    }
    for name, headers in _WAITS.items():  # last: they have all wait, and fewer go at once
        found[f"429 until {name}"] = {"kind": "reply", "status": 429, "text": "{}", "headers": headers}
        found[f"503 until {name}"] = {"kind": "reply", "status": 503, "text": "{}", "headers": headers}
    return found


def of_all_calls(elsewhere: str) -> dict[str, Fault]:
    """Modes after which nothing more is asked."""
    found: dict[str, Fault] = {
        f"{status} elsewhere": {
            "kind": "reply",
            "status": status,
            "text": "",
            "headers": {"location": f"{elsewhere}/v1"},
        }
        for status in (301, 302, 303, 307, 308)
    }
    found["300 nowhere"] = {"kind": "reply", "status": 300, "text": ""}
    found["307 to nothing"] = {"kind": "reply", "status": 307, "text": "", "headers": {"location": "http://[::1"}}
    found["307 with key"] = {
        "kind": "reply",
        "status": 307,
        "text": "",
        "filled": True,
        "headers": {"location": elsewhere + "/{key}?text={key}"},
    }
    found["HTTPS port"] = {
        "kind": "reply",
        "status": 400,
        "text": "<html>400 The plain HTTP request was sent to HTTPS port</html>",
    }
    found["401"] = {"kind": "401"}
    found["401 with echo"] = {"kind": "reply", "status": 401, "text": _ERRORS["echo"], "filled": True}
    found["402"] = {"kind": "402"}
    found["404"] = {"kind": "404"}
    found["405"] = {"kind": "reply", "status": 405, "text": ""}
    found["quota"] = {"kind": "quota"}
    return found


async def misbehave(
    fault: Fault, words: Mapping[str, str], completion: Callable[[], Mapping[str, Any]], writer: asyncio.StreamWriter
) -> bool | None:
    """Answer as a mode does; None where it is none of these. Tell whether the connection goes on."""
    kind = fault.get("kind", "")
    if kind == "place":
        await _send(writer, 200, _spliced(completion(), fault["place"], fault["json"]).encode(), {})
        return True
    if kind == "reply":
        text, headers = fault["text"], dict(fault.get("headers", {}))
        if fault.get("filled"):
            text = text.format(**{name: json.dumps(value)[1:-1] for name, value in words.items()}) if text else ""
            headers = {name: value.format(**words) for name, value in headers.items()}
        await _send(writer, fault["status"], text.encode("utf-8", "surrogatepass"), headers)
        return True
    if kind == "raw":
        writer.write(fault["text"].encode("latin-1"))
    elif kind == "bomb":
        await _send(writer, 200, _bomb(fault["encoding"]), {"content-encoding": fault["encoding"]})
        return True
    elif kind == "drip":
        for each in fault["text"].encode("latin-1"):
            writer.write(bytes([each]))
            await writer.drain()
            await asyncio.sleep(0.01)
    elif kind == "endless":
        writer.write(fault["head"].encode("latin-1"))
        while True:  # until the client leaves
            writer.write(fault["piece"].encode("latin-1"))
            await writer.drain()
            await asyncio.sleep(0)
    else:
        return None
    await writer.drain()
    return False


def _spliced(completion: Mapping[str, Any], place: list[str | int], value: str) -> str:
    """A completion as JSON, with ``value``, which may be no JSON that Python writes, in a place of it."""
    copied = json.loads(json.dumps(completion))
    inner = copied
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = "@@"
    return json.dumps(copied).replace('"@@"', value)


@cache
def _bomb(encoding: str) -> bytes:
    """Forty million blanks, packed; twice where two packings are named."""
    plain = b" " * 40_000_000
    if encoding == "deflate":
        return zlib.compress(plain)
    packed = gzip.compress(plain, 1)
    return gzip.compress(packed) if "," in encoding else packed


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    lines = {"content-type": "application/json", **headers, "content-length": str(len(body))}
    head = "\r\n".join((f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in lines.items()), "", ""))
    writer.write(head.encode("latin-1") + body)
    await writer.drain()
