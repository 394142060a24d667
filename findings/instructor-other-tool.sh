#!/usr/bin/env bash
# Model servers: with Instructor, an answer by another tool than the one asked for counts as the answer.
# Needs Python 3.11 or newer and PyPI; works in a temporary folder. Exits 1 where what is seen is no longer what is told.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/python -m pip install --quiet --disable-pip-version-check instructor==1.17.0 openai==3.3.0
venv/bin/python - <<'END'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version

import instructor
import openai
from pydantic import BaseModel

changed = []


def expect(what, seen, told):
    print(f"  {what}: {seen!r}" + ("" if seen == told else f", told: {told!r}"))
    if seen != told:
        changed.append(what)


class Count(BaseModel):
    """How many measures a text names."""

    number: int


class Server(BaseHTTPRequestHandler):
    """An endpoint of this machine that answers every request with the calls in ``calls``."""

    calls = ()

    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        calls = [
            {"id": str(place), "type": "function", "function": {"name": name, "arguments": json.dumps({"number": number})}}
            for place, (name, number) in enumerate(self.calls)
        ]
        message = {"role": "assistant", "content": None, "tool_calls": calls}
        answer = {
            "id": "1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


print(", ".join(f"{name} {version(name)}" for name in ("instructor", "openai")))
server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
plain = openai.OpenAI(base_url=f"http://127.0.0.1:{server.server_port}/v1", api_key="none", max_retries=0)
client = instructor.from_openai(plain, mode=instructor.Mode.TOOLS)
for calls, told in {
    (("Count", 35),): 35,
    (("查询天气", 35),): 35,
    (("Count", 35), ("Count", 53)): 35,
    (("查询天气", 53), ("Count", 35)): 53,
}.items():
    Server.calls = calls
    asked = [{"role": "user", "content": "共有多少项措施？"}]
    got = client.chat.completions.create(model="m", response_model=Count, max_retries=0, messages=asked)
    expect(f"asked for Count, answered {calls}", got.number, told)
server.shutdown()

print("changed: " + "; ".join(changed) if changed else "as told")
sys.exit(bool(changed))
END
