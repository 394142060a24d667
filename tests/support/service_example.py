"""The service as a process of its own, on a port that is free, and clients of it over real HTTP.

with serving(tmp_path / "data", "--workers", "1") as service:
    client = Client(service.port)
    job = client.send({"notice.txt": b"..."}).json()
    client.wait(job["job_id"])
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

from checkout import module_path

HOST = "127.0.0.1"
_HEAD = """某县某镇党委关于巡察整改进展情况的通报
根据统一部署,2024年3月1日至4月30日,县委第一巡察组对某镇党委开展了巡察。
一、整改进展情况
"""
_ISSUE = """{n}.关于“第{n}项工作不够”问题的整改。
一是召开党委会议{n}次。二是制定《第{n}号计划》,开展培训2期,追缴违规资金1.5万元,约谈5人。
"""
_ADDRESS = re.compile(rb"http://\S+:(\d+)\s*")


def long_notice(issues: int) -> bytes:
    """A notice of so many issues: a hundred take tens of milliseconds, five thousand some ten seconds."""
    return (_HEAD + "".join(_ISSUE.format(n=number) for number in range(1, issues + 1))).encode()


class Answer(NamedTuple):
    """What the service answered; header names are lower-case, a header that came twice has a line for each."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def _together(headers: list[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        found[name.lower()] = f"{found[name.lower()]}\n{value}" if name.lower() in found else value
    return found


class Client:
    """One client, with a connection that is kept open between requests."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None, address: str = HOST) -> None:
        """Connect to ``port``; ``address`` is the client's own, by which the service counts wrong guesses."""
        self._connection = HTTPConnection(HOST, port, timeout=60, source_address=(address, 0))
        self._headers = dict(headers or {})

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and return the answer; a connection that the service has closed meanwhile is opened again."""
        for attempt in (1, 2):
            try:
                self._connection.request(method, path, body, self._headers | dict(headers or {}))
                answer = self._connection.getresponse()
                return Answer(answer.status, _together(answer.getheaders()), answer.read())
            except (HTTPException, ConnectionError):
                self._connection.close()
                if attempt == 2:
                    raise
        raise AssertionError

    def send(self, files: Mapping[str, bytes]) -> Answer:
        """Send files by their names."""
        boundary = uuid.uuid4().hex
        body = b"".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
            + data
            + b"\r\n"
            for name, data in files.items()
        )
        head = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        return self.ask("/v1/notices", "POST", body + f"--{boundary}--\r\n".encode(), head)

    def post(self, path: str, body: object) -> Answer:
        """Send JSON."""
        return self.ask(path, "POST", json.dumps(body).encode(), {"Content-Type": "application/json"})

    def form(self, path: str, values: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Answer:
        """Send what a page's form holds."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask(path, "POST", urlencode(values).encode(), kind | dict(headers or {}))

    def send_texts(self, *texts: Mapping[str, str]) -> Answer:
        """Send notices as texts."""
        return self.post("/v1/notices", {"notices": texts})

    def events(self, job_id: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the events of a job's stream."""
        self._connection.request("GET", f"/v1/jobs/{job_id}/events", headers=self._headers)
        stream = self._connection.getresponse()
        assert stream.status == 200, stream.read()
        event = ""
        while line := stream.readline():
            name, _, value = line.decode().rstrip("\n").partition(": ")
            if name == "event":
                event = value
            elif name == "data":
                yield event, json.loads(value)

    def wait(self, job_id: str) -> dict[str, Any]:
        """Return a job when nothing of it is left to do."""
        assert [name for name, _ in self.events(job_id)][-1:] == ["end"]
        job: dict[str, Any] = self.ask(f"/v1/jobs/{job_id}").json()
        return job

    def done(self, files: Mapping[str, bytes]) -> dict[str, Any]:
        """Send files, and return the job when nothing of it is left to do."""
        answer = self.send(files)
        assert answer.status in (200, 202), answer
        return self.wait(answer.json()["job_id"])

    def metric(self, name: str) -> float:
        """A metric's value, labels and all given as they are printed."""
        lines = self.ask("/metrics").body.decode().splitlines()
        return float(next(line.rpartition(" ")[2] for line in lines if line.startswith(f"{name} ")))


@dataclass(frozen=True)
class Service:
    """A service that is up."""

    process: subprocess.Popen[bytes]
    port: int
    log_file: Path

    def log(self) -> str:
        """What it said so far."""
        return self.log_file.read_text(encoding="utf-8")

    def kill(self) -> None:
        """End it as a crash does."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """End it as Ctrl-C does, and return its exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


def start(data: Path, *options: str, env: Mapping[str, str] | None = None) -> Service:
    """Start a service over the folder ``data``, and return when it listens."""
    data.mkdir(parents=True, exist_ok=True)
    # A folder that holds a stranger's file is not taken: what is said goes beside it until the folder is a service's.
    log_file = data / "log"
    beside = log_file if log_file.exists() else data.with_name(f"{data.name}.log")
    nobodys = {name: value for name, value in os.environ.items() if not name.startswith(("OPENAI_", "EXTRACTOR_"))}
    with beside.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "extractor", "serve", "--data", str(data), "--port", "0", *options],
            env={**nobodys, "EXTRACTOR_LANG": "en", "PYTHONPATH": module_path(), **(env or {})},
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            # A test run in the background has it switched off.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
    assert process.stdout is not None
    with process.stdout:
        said = _ADDRESS.fullmatch(process.stdout.readline())
    if said is None:
        process.wait()
        raise AssertionError(beside.read_text(encoding="utf-8"))
    beside.replace(log_file)
    return Service(process, int(said[1]), log_file)


@contextmanager
def serving(data: Path, *options: str, env: Mapping[str, str] | None = None) -> Iterator[Service]:
    """Give a service over the folder ``data``; it ends with the block."""
    service = start(data, *options, env=env)
    try:
        yield service
    finally:
        with suppress(ProcessLookupError):
            service.kill()
