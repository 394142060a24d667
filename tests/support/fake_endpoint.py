"""A scripted endpoint: its own process, real HTTP, answers from a function, misbehaviour on purpose.

    with serving("my_tests:answer") as server:
        server.script(faults={0: "429", 1: {"kind": "stall", "seconds": 0.05}})
        ...  # ask server.base_url
        server.log()

The function gets a request's JSON and returns what the model says: a text, or a mapping that becomes JSON where the
request's mode puts it; None leaves the answer to ``from_schema``. Requests are counted from 0 anew with each script.
Run by hand: ``python tests/support/fake_endpoint.py --answers fake_endpoint:from_schema``.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import os
import random
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from checkout import SUPPORT, module_path
from faulty_answers import misbehave

Request = dict[str, Any]
Answer = Callable[[Request], "str | Mapping[str, Any] | None"]
Fault = str | Mapping[str, Any]

REPLIES: Mapping[str, tuple[int, dict[str, Any]]] = {
    "401": (401, {"message": "Incorrect API key provided: {key}", "code": "invalid_api_key"}),
    "402": (402, {"message": "Insufficient Balance"}),
    "403": (403, {"message": "Forbidden"}),
    "404": (404, {"message": "The model does not exist", "code": "model_not_found"}),
    "quota": (429, {"message": "You exceeded your current quota", "code": "insufficient_quota"}),
    "429": (429, {"message": "Rate limit reached"}),
    "500": (500, {"message": "boom"}),
    "503": (503, {"message": "overloaded"}),
    "context_too_long": (400, {"message": "maximum context length is 4096", "code": "context_length_exceeded"}),
    "unreadable": (500, {"message": "The model produced output that does not match the expected peg-native format"}),
    "unreadable_tool": (500, {"message": "error parsing tool call: raw='{\"a\"', err=unexpected end of JSON input"}),
    "no_db": (400, {"message": "Authentication Error, No connected db.", "type": "no_db_connection", "code": "400"}),
    "no_model": (400, {"message": "/chat/completions: Invalid model name passed in model=fake.", "code": "400"}),
    "pinned": (400, {"message": "Server is pinned to other; it has no fake"}),
    "room": (
        400,
        {"message": "max_tokens=99 cannot be greater than max_model_len=8", "param": "max_tokens", "code": 400},
    ),
    "exceed_context": (400, {"message": "the request does not fit", "type": "exceed_context_size_error"}),
    "filter": (400, {"message": "The response was filtered", "code": "content_filter"}),
    "unsupported": (400, {"message": "Unsupported parameter: 'max_tokens'.", "param": "max_tokens"}),
    "echo": (400, {"message": "bad input: {sent}"}),
}
"""Faults that answer with a status and an error; ``{key}`` and ``{sent}`` are what the request held."""

PASSING: Sequence[Fault] = (
    *("429", {"kind": "429", "headers": {"retry-after-ms": "5"}}, "500", "503", "reset"),
    *({"kind": "stall", "seconds": 0.05}, "half_body", "broken_body", "no_choices", "error_200", "html"),
)
"""Faults after which the same request brings the answer."""

WRONG: Sequence[Fault] = ("truncated", "wrong_numbers", "wrong_words", "empty", "null")
"""Answers that cannot be used; the next may be right."""

ODD: Sequence[Fault] = (
    *("prose", "fences", "reasoning", "hidden", "text_for_tool", "usage_missing", "usage_zero", "usage_negative"),
    *("parts", "object_arguments"),
)
"""Answers that can be used all the same."""

HEALABLE = (*PASSING, *WRONG, *ODD)


MARK = re.compile("第([0-9]+)号通报")
"""What in a prompt says which of the ``marked`` faults it meets."""


_MARKED_PATH = re.compile("/m([0-9]+)(/.*)")  # the same in an address: http://host/m7/v1
_TOLD_OF_FAULTS = ("kind", "mark", "seconds", "headers")


@dataclass
class Script:
    """How to misbehave: by request number; else at a ``rate``, with one of ``kinds``, drawn with ``seed``."""

    faults: Mapping[str, Fault] = field(default_factory=dict)
    rate: float = 0.0
    kinds: Sequence[Fault] = HEALABLE
    seed: int = 0
    modes: Sequence[str] = ("tools", "json_schema", "json", "md_json")  # those it knows
    unknown_mode: str = "400"  # or "ignored": the model answers with prose
    refused_word: str = ""  # 400 for a schema that holds it
    headers: Mapping[str, str] = field(default_factory=dict)  # of each completion
    context: int = 0  # tokens; a longer prompt is clipped without a word (0: none is)
    slots: int = 0  # requests answered at once; the others wait for their turn (0: all at once)
    tells_slots: bool = False  # as llama.cpp does
    first_token: float = 0.0  # seconds
    per_second: float = 0.0  # tokens (0: all at once)
    models: Sequence[Mapping[str, Any]] = ({"id": "fake", "object": "model"},)
    marked: Mapping[str, Fault] = field(default_factory=dict)  # by the mark (``MARK``) that a prompt holds
    marks_lists: bool = False  # what is marked by its path is the list of models, not its completions

    def fault(self, number: int, prompt: str = "") -> dict[str, Any]:
        """Return what goes wrong with a request; nothing: an empty mapping."""
        mark = MARK.search(prompt) if self.marked else None
        if mark:
            return _fault(self.marked.get(mark[1], "")) | {"mark": mark[1]}
        fault = self.faults.get(str(number))
        if fault is None and self.rate:
            draw = random.Random(f"{self.seed}:{number}")
            fault = draw.choice(list(self.kinds)) if draw.random() < self.rate else None
        return {} if fault is None else _fault(fault)


def _fault(fault: Fault) -> dict[str, Any]:
    return {"kind": fault} if isinstance(fault, str) else dict(fault)


def count_tokens(text: str) -> int:
    """Return the tokens of a text, as a usual tokenizer might count them."""
    wide = sum(character > "\u2e80" for character in text)
    return round((len(text) - wide) * 0.28 + wide * 0.7)


def mode_of(request: Request) -> str:
    """Return the mode that a request was made in."""
    if request.get("tools"):
        return "tools"
    kind = (request.get("response_format") or {}).get("type")
    return {"json_schema": "json_schema", "json_object": "json"}.get(str(kind), "md_json")


def schema_of(request: Request) -> dict[str, Any]:
    """Return the JSON schema that a request asks for, wherever its mode puts it."""
    mode = mode_of(request)
    if mode == "tools":
        return dict(request["tools"][0]["function"]["parameters"])
    if mode == "json_schema":
        return dict(request["response_format"]["json_schema"]["schema"])
    system = request["messages"][0]["content"]
    start = system.rfind("json_schema:")
    return dict(json.JSONDecoder().raw_decode(system, system.index("{", start))[0]) if start >= 0 else {}


def from_schema(request: Request) -> Mapping[str, Any]:
    """Return the least answer that a request's schema allows."""
    schema = schema_of(request)
    value = _least(schema, schema.get("$defs", {}))
    return value if isinstance(value, dict) else {}


def _least(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> Any:
    if "$ref" in schema:
        return _least(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return _least(schema["anyOf"][0], definitions)
    kind = schema.get("type")
    if kind == "object":
        return {name: _least(schema["properties"][name], definitions) for name in schema.get("required", ())}
    if kind == "array" and "prefixItems" in schema:
        return [_least(each, definitions) for each in schema["prefixItems"]]
    if kind == "array":
        return [_least(schema["items"], definitions)] * schema.get("minItems", 0)
    return {"integer": schema.get("minimum", 1), "number": 1.0, "boolean": False, "string": "x"}.get(str(kind))


# --- the server's process ---------------------------------------------------------------------------------------------


class _Server:
    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.script = Script()
        self.log: list[dict[str, Any]] = []
        self.at_once = 0
        self.most_at_once = 0
        self.prompts: list[str] = []
        self.turns = asyncio.Semaphore(10_000)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._request(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Serve one request; tell whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        path, _, query = target.partition("?")
        mark, path = found.groups() if (found := _MARKED_PATH.fullmatch(path)) else (None, path)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        if path.startswith("/_"):
            await _send(writer, 200, self._controlled(path, json.loads(raw or b"null")))
            return True
        key = headers.get("authorization", "").removeprefix("Bearer ")
        if method == "GET" and path == "/v1/models" and self.script.marks_lists and mark:
            went_on = await misbehave(_fault(self.script.marked[mark]), {"key": key, "sent": ""}, dict, writer)
            return bool(went_on)
        if method == "GET" and path == "/v1/models":
            await _send(writer, 200, {"object": "list", "data": list(self.script.models)})
            return True
        if path == "/props" and (self.script.context or self.script.tells_slots):
            told = {"total_slots": self.script.slots} if self.script.tells_slots else {}
            await _send(writer, 200, {"default_generation_settings": {"n_ctx": self.script.context}, **told})
            return True
        if path != "/v1/chat/completions":
            await _send(writer, 404, {"error": {"message": f"no {path}"}})
            return True
        request = json.loads(raw)
        if mark is not None and not self.script.marks_lists:
            fault = _fault(self.script.marked[mark]) | {"mark": mark}
        else:
            fault = self.script.fault(len(self.log), request["messages"][-1]["content"])
        authorization = headers.get("authorization", "")
        told = {name: value for name, value in fault.items() if name in _TOLD_OF_FAULTS}
        seen = {"body": request, "query": query, "authorization": authorization, "fault": told, "at": time.monotonic()}
        self.log.append(seen)
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            return await self._complete(request, fault, headers, writer)
        finally:
            self.at_once -= 1

    def _controlled(self, path: str, body: Any) -> Any:
        if path == "/_script":
            self.script = Script(**body)
            self.turns = asyncio.Semaphore(self.script.slots or 10_000)
            self.log, self.prompts, self.most_at_once = [], [], 0
        return {"log": self.log, "most_at_once": self.most_at_once}

    async def _complete(
        self, request: Request, fault: Mapping[str, Any], headers: Mapping[str, str], writer: asyncio.StreamWriter
    ) -> bool:
        kind = fault.get("kind", "")
        sent = request["messages"][-1]["content"]
        mode = mode_of(request)
        words = {"key": headers.get("authorization", "").removeprefix("Bearer "), "sent": sent}
        went_on = await misbehave(fault, words, lambda: self._completion(request, {}, 0), writer)
        if went_on is not None:
            return went_on
        if kind == "reset":
            writer.transport.abort()
            return False
        if kind == "stall":
            await asyncio.sleep(fault["seconds"])
            return False
        if kind in REPLIES:
            status, error = REPLIES[kind]
            key = headers.get("authorization", "").removeprefix("Bearer ")
            message = error["message"].replace("{key}", key).replace("{sent}", sent)
            await _send(writer, status, {"error": error | {"message": message}}, fault.get("headers", {}))
            return True
        if kind == "html":
            await _send(writer, 200, b"<html>Welcome</html>", {"content-type": "text/html"})
            return True
        if mode not in self.script.modes and self.script.unknown_mode == "400":
            await _send(writer, 400, {"error": {"message": f"{mode} is not supported"}})
            return True
        if self.script.refused_word and self.script.refused_word in json.dumps(request.get("response_format")):
            await _send(writer, 400, {"error": {"message": "failed to parse the grammar"}})
            return True
        prefix = self._common_prefix(request)
        body = self._completion(request, fault, prefix)
        tokens = body["usage"]["completion_tokens"] if body.get("usage") else 0
        if request.get("stream"):
            await self._stream(writer, body)
            return False
        async with self.turns:
            if self.script.first_token:
                await asyncio.sleep(self.script.first_token)
            if self.script.per_second:
                await asyncio.sleep(tokens / self.script.per_second)
        raw = json.dumps(body, ensure_ascii=False).encode()
        if kind == "half_body":
            writer.write(_head(200, len(raw), {}) + raw[: len(raw) // 2])
            await writer.drain()
            writer.transport.abort() if fault.get("abort") else writer.close()
            return False
        if kind == "broken_body":
            raw = raw[: len(raw) // 2]
        await _send(writer, 200, raw, self.script.headers)
        return True

    def _common_prefix(self, request: Request) -> int:
        """Return the tokens of the prompt that an earlier prompt began with, in blocks, as prefix caches count."""
        prompt = "".join(message["content"] for message in request["messages"])
        longest = max((_shared(prompt, other) for other in self.prompts), default=0)
        self.prompts = [*self.prompts[-15:], prompt]
        tokens = count_tokens(prompt[:longest])
        return tokens // 128 * 128 if tokens >= 1024 else 0

    def _completion(self, request: Request, fault: Mapping[str, Any], cached: int) -> dict[str, Any]:
        kind = fault.get("kind", "")
        mode = mode_of(request)
        answer: Any = self.answer(request)
        if answer is None:
            answer = from_schema(request)
        if kind in ("wrong_numbers", "wrong_words"):
            answer = _wrong(answer if isinstance(answer, Mapping) else json.loads(answer), kind)
        text = answer if isinstance(answer, str) else json.dumps(answer, ensure_ascii=False)
        if mode not in self.script.modes:
            text = "It is the one at the top, I should say."
        plain, message, finish = _spoilt(text, fault, mode)
        message.setdefault("role", "assistant")
        if plain is not None:
            as_tool = mode == "tools" and mode in self.script.modes and kind not in _AS_TEXT
            arguments = json.loads(plain) if kind == "object_arguments" else plain
            tool = {"name": request["tools"][0]["function"]["name"], "arguments": arguments} if as_tool else {}
            fenced = f"```json\n{plain}" + ("" if finish == "length" else "\n```")
            message["content"] = None if as_tool else fenced if mode == "md_json" else plain
            message |= {"tool_calls": [{"id": "1", "type": "function", "function": tool}]} if as_tool else {}
        prompt = count_tokens("".join(message["content"] or "" for message in request["messages"]))
        usage: Any = {
            "prompt_tokens": min(prompt, self.script.context or prompt),
            "completion_tokens": count_tokens(text) + 1,
            "prompt_tokens_details": {"cached_tokens": cached},
        }
        usage["total_tokens"] = usage["prompt_tokens"] + usage["completion_tokens"]
        if kind.startswith("usage_"):
            odd = {"zero": {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, "missing": None}
            usage = odd.get(kind.removeprefix("usage_"), {"prompt_tokens": -1, "completion_tokens": "many"})
        choices: list[Any] = [{"index": 0, "message": message, "finish_reason": finish}]
        body: dict[str, Any] = {"id": "1", "object": "chat.completion", "created": 1, "model": "fake"}
        if kind == "error_200":
            return body | {"error": {"message": "upstream failed", "code": 502}}
        return body | {"choices": [] if kind == "no_choices" else choices, "usage": usage}

    async def _stream(self, writer: asyncio.StreamWriter, body: Mapping[str, Any]) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
        cached = body["usage"]["prompt_tokens_details"]["cached_tokens"]
        await asyncio.sleep(self.script.first_token * (0.2 if cached else 1.0))
        message = body["choices"][0]["message"]
        thoughts = message.get("reasoning")
        text = message.get("content") or thoughts or message["tool_calls"][0]["function"]["arguments"]
        frame = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "fake"}
        pieces = [text[at : at + 4] for at in range(0, len(text), 4)]
        for piece in pieces:
            if self.script.per_second:
                await asyncio.sleep(1 / self.script.per_second)
            delta = {"reasoning" if thoughts else "content": piece}
            if message.get("tool_calls"):
                delta = {"tool_calls": [{"index": 0, "function": {"arguments": piece}}]}
            _event(writer, frame | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
            await writer.drain()
        _event(writer, frame | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        _event(writer, frame | {"choices": [], "usage": body["usage"]})
        writer.write(b"data: [DONE]\n\n")
        await writer.drain()


_ENDLESS = {"blank_end": "\n" * 600, "same_end": "".join(f'{{"i":{number}}},' for number in range(90))}
_AS_TEXT = ("text_for_tool", "prose", "fences", "reasoning")  # what comes as content where a tool call is due


def _spoilt(text: str, fault: Mapping[str, Any], mode: str) -> tuple[str | None, dict[str, Any], str]:
    """Return an answer's text, or None where the message is given whole, and how it ends."""
    finish = "tool_calls" if mode == "tools" else "stop"
    kind = fault.get("kind", "")
    wholes: dict[str, dict[str, Any]] = {
        "empty": {"content": ""},
        "null": {"content": None},
        "refusal": {"content": None, "refusal": "I cannot help with that."},
        "hidden": {"content": None, "reasoning_content": text},
        "thinking": {"content": None, "reasoning": text},
        "hidden_by_proxy": {"content": None, "provider_specific_fields": {"reasoning": text}},
        "parts": {"content": [{"type": "text", "text": text}]},
    }
    if kind in wholes:
        return None, wholes[kind], "stop"
    if kind == "withheld":
        return None, {"content": ""}, "content_filter"
    if kind in ("truncated", "length"):
        return text[: len(text) * 2 // 3], {}, "length" if kind == "length" else "stop"
    if kind in _ENDLESS:
        return text[:8] + _ENDLESS[kind], {}, "length"
    spoilt = {
        "prose": f"Sure {{as asked}}! Here it is:\n{text}\nLet me know if you need anything else.",
        "fences": f"```json\n{text}\n```",
        "reasoning": f'<think>First {{"items": []}} perhaps? No.</think>\n{text}',
        "text": str(fault.get("text")),
    }
    return spoilt.get(kind, text), {}, finish


def _shared(one: str, other: str) -> int:
    """Return how many characters two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _wrong(value: Any, kind: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _wrong(part, kind) for name, part in value.items()}
    if isinstance(value, list):
        return [_wrong(part, kind) for part in value]
    if kind == "wrong_numbers" and isinstance(value, int):
        return value + 100_000
    return "no_such_word" if kind == "wrong_words" and isinstance(value, str) else value


def _event(writer: asyncio.StreamWriter, value: Mapping[str, Any]) -> None:
    writer.write(b"data: " + json.dumps(value).encode() + b"\n\n")


async def _send(writer: asyncio.StreamWriter, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
    raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
    writer.write(_head(status, len(raw), headers or {}) + raw)
    await writer.drain()


def _head(status: int, length: int, headers: Mapping[str, str]) -> bytes:
    lines = {"content-type": "application/json", **headers, "content-length": str(length)}
    return "\r\n".join(
        (f"HTTP/1.1 {status} -", *(f"{name}: {value}" for name, value in lines.items()), "", "")
    ).encode()


async def _serve(answer: Answer, port: int) -> None:
    server = await asyncio.start_server(_Server(answer).connected, "127.0.0.1", port, limit=2**24, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def _named(name: str) -> Answer:
    module, _, function = name.partition(":")
    found: Answer = getattr(importlib.import_module(module), function)
    return found


# --- the test's process -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Serving:
    """A server that runs."""

    base_url: str

    def script(self, **how: Any) -> None:
        """Set how to misbehave (see ``Script``), and forget what was logged."""
        how["faults"] = {str(number): fault for number, fault in how.get("faults", {}).items()}
        self._control("/_script", how)

    def log(self) -> list[dict[str, Any]]:
        """Return the requests since the last script: ``body``, ``query``, ``authorization``, ``fault``, ``at`` (s)."""
        return list(self._control("/_log", None)["log"])

    def most_at_once(self) -> int:
        """Return how many requests were answered at the same time, at most."""
        return int(self._control("/_log", None)["most_at_once"])

    def _control(self, path: str, body: Any) -> Any:
        url = self.base_url.removesuffix("/v1") + path
        data = json.dumps(body).encode()
        with urllib.request.urlopen(urllib.request.Request(url, data=data, method="POST")) as response:
            return json.load(response)


@contextmanager
def serving(answers: str = "fake_endpoint:from_schema", *folders: Path) -> Iterator[Serving]:
    """Run a server whose answers the function ``module:function`` gives, looked for in ``folders`` and beside this."""
    command = [sys.executable, str(SUPPORT / "fake_endpoint.py"), "--answers", answers]
    environment = os.environ | {"PYTHONPATH": module_path(*folders)}
    with ExitStack() as running:
        port = _started(command, environment, running)
        while port in _USED_PORTS:  # what a process found out of a server it keeps by its address
            port = _started(command, environment, running)
        _USED_PORTS.add(port)
        yield Serving(f"http://127.0.0.1:{port}/v1")


_USED_PORTS: set[str] = set()


def _started(command: list[str], environment: dict[str, str], running: ExitStack) -> str:
    """Return the port of a server that is killed when ``running`` ends."""
    process = running.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment))
    running.callback(process.kill)
    assert process.stdout is not None
    port = re.fullmatch(r"(\d+)\n", process.stdout.readline())
    assert port, "the server did not start; its words stand above"
    return port[1]


def main() -> None:
    """Serve until killed; the first line printed is the port."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--answers", default="fake_endpoint:from_schema", metavar="MODULE:FUNCTION")
    parser.add_argument("--port", type=int, default=0)
    arguments = parser.parse_args()
    asyncio.run(_serve(_named(arguments.answers), arguments.port))


if __name__ == "__main__":
    main()
