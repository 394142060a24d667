"""An endpoint with a Batch API, as a process: ``python batch_server.py`` prints its port and serves until killed.

The first part of the path picks how it behaves (``/expired/v1/batches``), so that one process serves all tests. A batch
is in progress when it is first asked for and over from then on. Every error repeats the key that came with the
request and the request itself, as careless servers do.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from types import MappingProxyType
from typing import Any

from answer_examples import answer_line, completion

FILES: dict[str, bytes] = {}
BATCHES: dict[str, dict[str, Any]] = {}
CALLS: list[str] = []
NUMBERS = count(1)

STATES = {"expired": "expired", "failed": "failed", "cancelled": "cancelled"}
STATUSES = {"unauthorized": 401, "without": 404, "broken": 500, "busy": 429, "large": 413}


class Endpoint(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        behaviour, place = self.behaviour()
        CALLS.append(f"POST {self.path}")
        if self.fails(behaviour, place, body):
            return
        if place == "files":
            self.answer({"object": "file", "purpose": "batch", **self.uploaded(body)})
        else:
            asked = json.loads(body)
            assert asked["endpoint"] == "/v1/chat/completions"
            assert asked["completion_window"] == "24h"
            name = "../../escaped" if behaviour == "escaping" else f"batch_{next(NUMBERS)}"
            BATCHES[name] = {"input": asked["input_file_id"], "asked_for": 0}
            self.answer(self.batch(name, behaviour))

    def do_GET(self) -> None:
        behaviour, place = self.behaviour()
        if place == "calls":  # what a test asks, not a client
            self.answer({"calls": CALLS, "files": {name: raw.decode() for name, raw in FILES.items()}})
            return
        if self.fails(behaviour, place, b""):
            return
        kind, _, rest = place.partition("/")
        if kind == "files":
            content = FILES.get(rest.removesuffix("/content"))
            self.answer({"error": {"message": "no such file"}}, 404) if content is None else self.send(content)
        elif rest in BATCHES:
            BATCHES[rest]["asked_for"] += 1
            self.answer(self.batch(rest, behaviour))
        else:
            self.answer({"error": {"message": f"no batch {rest}"}}, 404)

    def behaviour(self) -> tuple[str, str]:
        behaviour, _, place = self.path.removeprefix("/").partition("/v1/")
        return behaviour, place

    def fails(self, behaviour: str, place: str, body: bytes) -> bool:
        said = f"{self.headers.get('Authorization')} sent {body.decode(errors='replace')}"
        if behaviour in STATUSES and not (behaviour == "broken" and place == "files"):
            self.answer({"error": {"message": said, "code": said}}, STATUSES[behaviour])
            return True
        if behaviour == "resetting":
            self.close_connection = True
            self.connection.close()
            return True
        if behaviour == "moved":
            self.send(b"", status=307, headers={"Location": "http://127.0.0.1:9/v1/files"})
            return True
        if behaviour == "packed":
            self.send(gzip.compress(b" " * 40_000_000, 1), headers={"Content-Encoding": "gzip"})
            return True
        if behaviour == "deep":
            self.send(b'{"id":' + b'{"a":' * 900 + b"1" + b"}" * 901, "application/json")
            return True
        if behaviour == "garbage":
            self.send(b"<html>login</html>", "text/html")
            return True
        if behaviour == "strange":
            self.answer({"id": 7, "status": ["done"], "request_counts": "many", "errors": {"data": 3}})
            return True
        return False

    def uploaded(self, body: bytes) -> dict[str, Any]:
        form = message_from_bytes(b"Content-Type: " + self.headers["Content-Type"].encode() + b"\r\n\r\n" + body)
        parts = {part.get_param("name", header="content-disposition"): part for part in form.get_payload()}  # type: ignore[union-attr]
        assert parts["purpose"].get_payload() == "batch"  # type: ignore[union-attr]
        content = parts["file"].get_payload(decode=True)  # type: ignore[union-attr]
        assert isinstance(content, bytes)
        name = f"file-{next(NUMBERS)}"
        FILES[name] = content
        return {"id": name, "bytes": len(content), "created_at": 1, "filename": "f", "status": "processed"}

    def batch(self, name: str, behaviour: str) -> dict[str, Any]:
        batch = BATCHES[name]
        keys = [json.loads(line)["custom_id"] for line in FILES[batch["input"]].decode().splitlines()]
        described = {
            "id": name,
            "object": "batch",
            "endpoint": "/v1/chat/completions",
            "completion_window": "24h",
            "created_at": 1,
            "input_file_id": batch["input"],
            "status": ("validating", "in_progress")[min(batch["asked_for"], 1)],
            "request_counts": {"total": len(keys), "completed": 0, "failed": 0},
        }
        if behaviour == "failed" and batch["asked_for"] > 1:
            fault = {"code": "invalid_json_line", "message": "the request in question", "line": 3, "param": None}
            other = {"code": "sk-planted in a code", "message": "", "line": None, "param": None}
            return {**described, "status": "failed", "errors": {"object": "list", "data": [fault, other]}}
        if batch["asked_for"] > 1:
            answered = [answer_line(key, completion(f'{{"of":"{key[:4]}"}}')) for key in reversed(keys[1:])]
            errors = [answer_line(keys[0], error={"code": "batch_expired", "message": "the request in question"})]
            FILES[f"out-{batch['input']}"] = "\n".join(answered).encode()
            FILES[f"err-{batch['input']}"] = "\n".join(errors).encode()
            described |= {
                "status": STATES.get(behaviour, "completed"),
                "request_counts": {"total": len(keys), "completed": len(keys) - 1, "failed": 1},
                "output_file_id": f"out-{batch['input']}",
                "error_file_id": f"err-{batch['input']}",
            }
        return described

    def answer(self, content: Any, status: int = 200) -> None:
        self.send(json.dumps(content).encode(), "application/json", status)

    def send(
        self,
        content: bytes,
        kind: str = "application/octet-stream",
        status: int = 200,
        headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    server.daemon_threads = True
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve()
