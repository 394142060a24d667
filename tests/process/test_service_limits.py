"""What is too much for the service is refused, and the service goes on."""

from __future__ import annotations

import io
import os
import re
import signal
import socket
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli_examples import NOTICE
from service_example import HOST, Client, Service, long_notice, serving

PATIENCE = 0.5
FEW = 4  # that may wait


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with one process, short of patience, room, time and memory."""
    folder = tmp_path_factory.mktemp("service") / "data"
    limits = {"workers": 1, "queue": FEW, "patience": PATIENCE, "seconds": 1, "memory": 300}
    with serving(folder, *(word for name, value in limits.items() for word in (f"--{name}", str(value)))) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    """A client; when the test has ended, the service still does its work, and nothing is left of what it refused."""
    with Client(service.port) as asking:
        yield asking
        job = asking.done({f"after-{time.time_ns()}.txt": NOTICE.encode()})
        assert [item["outcome"] for item in job["items"]] == ["done"]
        assert list((service.log_file.parent / "uploads").iterdir()) == []


def connected(service: Service) -> socket.socket:
    return socket.create_connection((HOST, service.port), timeout=30)


def head(length: str) -> bytes:
    return (
        f"POST /v1/notices HTTP/1.1\r\nHost: {HOST}\r\n{length}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="files"; filename="zeros.zip"\r\n\r\n'
    ).encode()


def chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def answer_of(connection: socket.socket) -> bytes:
    """All that comes until the service closes the connection."""
    pieces = []
    try:
        while piece := connection.recv(65536):
            pieces.append(piece)
    except ConnectionResetError:
        pass  # it closed while more was on its way
    return b"".join(pieces)


def test_a_full_queue_says_when_to_come_again(client: Client) -> None:
    busy = client.send({"busy.txt": long_notice(1500)})
    waiting = [client.send({f"waits-{number}.txt": NOTICE.encode()}) for number in range(FEW + 2)]
    statuses = [answer.status for answer in waiting]
    assert busy.status == 202
    assert statuses[: FEW - 1] == [202] * (FEW - 1)
    assert statuses[-1] == 429
    assert int(waiting[-1].headers["retry-after"]) > 0
    assert client.ask("/healthz").status == 200
    for answer in waiting:
        if answer.status == 202:
            assert client.wait(answer.json()["job_id"])["done"] == 1
    assert client.send({f"waits-{FEW + 1}.txt": NOTICE.encode()}).status == 202


def test_all_of_what_was_sent_is_taken_or_nothing(client: Client) -> None:
    files = {f"{number}-of-many.txt": NOTICE.encode() for number in range(FEW + 1)}
    answer = client.send(files)
    assert answer.status == 413
    assert answer.json()["detail"] == f"more notices were sent than the limit of {FEW}; send fewer at a time"
    assert client.ask("/v1/notices/0-of-many").status == 404


def test_a_zip_bomb_is_not_unpacked(client: Client) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", bytes(100_000_000))
    answer = client.send({"bomb.zip": packed.getvalue()})
    assert answer.status == 422
    assert "as zip bombs do" in answer.json()["detail"]
    assert answer.json()["detail"].startswith("bomb.zip: ")


def test_a_body_said_to_be_too_large_is_refused_before_it_comes(service: Service, client: Client) -> None:  # noqa: ARG001
    with connected(service) as connection:
        connection.sendall(head("Content-Length: 1000000000"))
        assert answer_of(connection).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_grows_too_large_is_cut_off(service: Service, client: Client) -> None:  # noqa: ARG001
    zeros, sent = chunk(bytes(1_000_000)), 0
    with connected(service) as connection:
        first, _, start = head("Transfer-Encoding: chunked").partition(b"\r\n\r\n")
        connection.sendall(first + b"\r\n\r\n" + chunk(start))
        try:
            while sent < 1000:
                connection.sendall(zeros)
                sent += 1
        except OSError:
            pass  # it does not listen any more
        said = answer_of(connection)
    assert sent < 250
    assert not said or said.startswith((b"HTTP/1.1 413 ", b"HTTP/1.1 422 "))


@pytest.mark.parametrize("begun", [b"", b"GET /v1/notices HTTP/1.1\r\nHost: ", head("Content-Length: 900000")])
def test_who_does_not_go_on_is_left(service: Service, client: Client, begun: bytes) -> None:  # noqa: ARG001
    with connected(service) as connection:
        connection.sendall(begun)
        said = answer_of(connection)
    assert said == b"" if not begun.startswith(b"POST") else said.startswith(b"HTTP/1.1 408 ")


def test_who_goes_on_byte_by_byte_is_left_too(service: Service, client: Client) -> None:  # noqa: ARG001
    begun = time.monotonic()
    with connected(service) as connection:
        connection.settimeout(PATIENCE / 10)
        try:
            for byte in b"GET /" + b"a" * 1000:
                connection.sendall(bytes([byte]))
                try:
                    if not connection.recv(100):
                        break
                except TimeoutError:
                    continue
        except OSError:
            pass
    assert time.monotonic() - begun < 30  # a thousand bytes would have taken longer than that


def test_many_that_do_not_go_on_keep_nobody_out(service: Service, client: Client) -> None:
    slow = [connected(service) for _ in range(100)]
    try:
        for connection in slow:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        assert client.ask("/healthz").status == 200
    finally:
        for connection in slow:
            connection.close()


@pytest.mark.parametrize(
    "name", ["../../x", "..", "/etc/passwd", "a/../../b.txt", "..\\x.txt", "C:x.txt", "a\x07.txt", "x" * 300]
)
def test_names_that_lead_elsewhere_are_refused(client: Client, name: str) -> None:
    assert client.send({name: NOTICE.encode()}).status == 422
    assert client.send_texts({"name": name, "text": NOTICE}).status == 422
    assert client.ask("/v1/notices").json()["total"] == client.metric("extractor_notices_kept")


@pytest.mark.parametrize("path", ["../../x", "%2e%2e%2fx", "..%5cx", "%00", "a%0d%0ab", "x" * 5000, "%ff%fe"])
def test_ids_that_lead_elsewhere_are_not_found(client: Client, path: str) -> None:
    assert client.ask(f"/v1/notices/{path}").status == 404
    assert client.ask(f"/v1/notices/{path}/text").status == 404


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b"x", "text/plain", 415),
        (b"{", "application/json", 422),
        (b'{"notices": []}', "application/json", 422),
        (b'{"notices": [{"name": "x", "text": "\\ud800"}]}', "application/json", 422),
        (b"", "multipart/form-data; boundary=b", 422),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 422),
        (b"--b\r\n", "multipart/form-data", 422),
        (
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n--b--\r\n',
            "multipart/form-data; boundary=b",
            422,
        ),
        (b'--b\r\nContent-Disposition: form-data; filename="a"\r\n\r\nx', "multipart/form-data; boundary=b", 422),
    ],
)
def test_bodies_that_are_none_are_refused(client: Client, body: bytes, media_type: str, status: int) -> None:
    answer = client.ask("/v1/notices", "POST", body, {"Content-Type": media_type})
    assert answer.status == status
    assert isinstance(answer.json()["detail"], str)


def test_a_document_that_takes_too_long_is_given_up(client: Client) -> None:
    job = client.done({"slow.txt": long_notice(22000)})
    assert re.match(r"slow\.txt: takes more than (1 s of processor time|4 s);", job["items"][0]["error"])


def test_a_document_that_takes_too_much_memory_is_given_up(client: Client) -> None:
    wide = b"a" * 48_000_000 + "\U00020000".encode()  # which makes each letter take four bytes
    job = client.done({"wide.txt": wide})
    assert job["items"][0]["error"].startswith("wide.txt: needs more memory than a document may take")


def test_a_process_that_is_lost_takes_one_document_with_it(service: Service, client: Client) -> None:
    job = client.send({"fatal.txt": long_notice(5999), "next.txt": NOTICE.encode()}).json()
    while not (
        children := Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text().split()
    ):
        time.sleep(0.001)
    time.sleep(0.05)
    os.kill(int(children[0]), signal.SIGKILL)
    outcomes = {item["name"]: item["outcome"] for item in client.wait(job["job_id"])["items"]}
    assert outcomes == {"fatal.txt": "failed", "next.txt": "done"}


def test_what_was_refused_is_told_in_the_log_without_its_words(service: Service, client: Client) -> None:
    client.done({"logged.txt": NOTICE.encode()})
    client.ask("/v1/notices?q=" + "secret")
    assert "logged.txt: done as logged" in service.log()
    assert "secret" not in service.log()
    assert not any(line in service.log() for line in NOTICE.splitlines() if line)
