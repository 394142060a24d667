"""A full disk, a locked database, clients that left, and wrong tokens: each is answered as what it is."""

from __future__ import annotations

import resource
import secrets
import socket
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from checkout import module_path
from cli_examples import NOTICE
from hostile_requests import GUESSES, Target
from service_example import HOST, Client, Service, serving

TOKEN = secrets.token_urlsafe()
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


_EXPORTS_WITHOUT_END = """
import sys
import time

if "export" in sys.orig_argv:
    time.sleep(600)
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    with serving(folder, "--workers", "1") as running:
        with Client(running.port) as client:
            assert client.done({"kept.txt": NOTICE.encode()})["done"] == 1
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client; when the test has ended, the service takes notices, and nothing is left of what it refused."""
    with Client(service.port) as asking:
        yield asking
        assert asking.done({f"after-{time.time_ns()}.txt": NOTICE.encode()})["done"] == 1
        assert list((service.log_file.parent / "uploads").iterdir()) == []


@contextmanager
def no_room(service: Service) -> Iterator[None]:
    """A disk on which nothing more can be written, as far as the service can tell."""
    pid = service.process.pid
    before = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


def test_on_a_full_disk_nothing_is_taken_and_what_is_kept_is_read(service: Service, client: Client) -> None:
    change = {"by": "a", "seen": 0, "change": {"op": "accept", "item": "title"}}
    with no_room(service):
        for answer in (
            client.send({"full.txt": NOTICE.encode()}),
            client.send_texts({"name": "full.txt", "text": NOTICE}),
            client.send_texts({"name": "full.txt", "text": NOTICE * 500}),
            client.post("/v1/notices/kept/changes", change),
            client.ask("/v1/notices/kept", "DELETE"),
            client.ask("/v1/export.jsonl"),
        ):
            assert answer.status == 503, answer
            assert int(answer.headers["retry-after"]) > 0
            assert isinstance(answer.json()["detail"], str)
        assert client.ask("/v1/notices/kept").status == 200
        assert client.ask("/v1/notices/full").status == 404
    assert "unexpectedly" not in service.log()


def test_it_is_ready_only_where_it_can_write(service: Service, client: Client) -> None:
    assert client.ask("/readyz").status == 200
    with no_room(service):
        time.sleep(1.1)  # as long as what was found holds
        answer = client.ask("/readyz")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert "cannot write" in answer.json()["detail"]
    time.sleep(1.1)
    assert client.ask("/readyz").status == 200


def test_while_the_database_is_locked_it_says_when_to_come_again(service: Service, client: Client) -> None:
    path = service.log_file.parent / "notices.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = client.send({"locked.txt": NOTICE.encode()})
        assert client.ask("/v1/notices/kept").status == 200
        other.execute("ROLLBACK")
    assert (answer.status, answer.headers["retry-after"]) == (503, "10")
    assert "database is locked" in answer.json()["detail"]


def exporters(service: Service) -> set[str]:
    """The processes that write exports."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"export" in words and any(bytes(service.log_file.parent) in word for word in words):
            found.add(path.parent.name)
    return found


def test_the_export_of_a_client_that_left_ends(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_EXPORTS_WITHOUT_END)
    modules = module_path(tmp_path)
    with serving(tmp_path / "data", "--workers", "1", env={"PYTHONPATH": modules}) as service:
        with Client(service.port) as client, socket.create_connection((HOST, service.port), timeout=30) as connection:
            assert client.done({"kept.txt": NOTICE.encode()})["done"] == 1
            connection.sendall(f"GET /v1/export.xlsx HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            deadline = time.monotonic() + 30
            while not exporters(service):
                assert time.monotonic() < deadline
                client.ask("/healthz")
        deadline = time.monotonic() + 30
        with Client(service.port) as client:
            while exporters(service) or list((tmp_path / "data" / "uploads").iterdir()):
                assert time.monotonic() < deadline
                client.ask("/healthz")
            assert client.ask("/v1/export.jsonl").status == 200


def test_only_some_wait_for_an_export(service: Service, client: Client) -> None:  # noqa: ARG001
    def export(_: int) -> int:
        with Client(service.port) as asking:
            return asking.ask("/v1/export.xlsx").status

    with ThreadPoolExecutor(12) as clients:
        statuses = sorted(clients.map(export, range(12)))
    assert set(statuses) == {200, 503}
    assert statuses.count(200) >= 9


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("guarded") / "data"
    options = ("--workers", "1", "--token-env", "NOTICE_TOKEN")
    with serving(folder, *options, env={"NOTICE_TOKEN": TOKEN}) as running:
        yield running


def test_many_at_once_are_refused_and_the_right_one_is_let_in(guarded: Service) -> None:
    target = Target(guarded.port, "")
    with ThreadPoolExecutor(50) as clients, Client(guarded.port, {"Authorization": f"Bearer {TOKEN}"}) as friend:
        guesses = [clients.submit(GUESSES.send, target, number) for number in range(50)]
        while not all(guess.done() for guess in guesses):
            assert friend.ask("/v1/notices").status == 200
        statuses = [guess.result() for guess in guesses]
    assert set(statuses) == {401, 429}


def test_who_gives_no_token_at_all_does_not_wait(guarded: Service) -> None:
    with Client(guarded.port) as stranger:
        for _ in range(200):  # which would take minutes
            assert stranger.ask("/v1/notices").status == 401


def test_wrong_ones_at_the_page_wait_too(guarded: Service) -> None:
    with Client(guarded.port, address="127.0.1.1") as stranger:  # whose first guesses these are
        begun = time.monotonic()
        for _ in range(4):
            answer = stranger.form("/sign-in", {"name": "a", "token": "x" * 20, "next": "/"})
            assert answer.status == 403
        assert time.monotonic() - begun > 0.4  # at least the waits themselves
        answer = stranger.form("/sign-in", {"name": "a", "token": TOKEN, "next": "/"})
        assert answer.status == 303
