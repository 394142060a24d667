"""Requests that ask too much of the service start nothing, touch nothing, and keep nobody else out."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from cli_examples import NOTICE
from hostile_requests import KINDS, Hostile, Target
from service_example import Client, Service, long_notice, serving

from extractor.service.http.guesses import ADDRESSES, Guesses

AT_ONCE = 6
LONGEST_ANSWER = 2_000  # bytes of a refusal


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service") / "data"
    with serving(folder, "--workers", "1") as running:
        with Client(running.port) as client:
            assert client.done({"kept.txt": long_notice(5), "other.txt": NOTICE.encode()})["done"] == 2
            assert client.ask("/v1/overview").status == 200  # counted, so that nothing else is written later
        yield running


def all_kept(service: Service) -> str:
    """All that the service keeps, but for what can be made again."""
    path = service.log_file.parent / "notices.sqlite"
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = ("jobs", "items", "notices", "readings", "changes")
        return repr([database.execute(f"SELECT * FROM {table}").fetchall() for table in tables])


def wait_until_empty(folder: Path, client: Client) -> None:
    """Return when nothing is left of what was sent: exports whose clients left end by themselves."""
    for _ in range(1000):
        if not list(folder.iterdir()):
            return
        client.ask("/v1/notices")  # some milliseconds of what the service does else
    raise AssertionError(list(folder.iterdir()))


@pytest.mark.parametrize("hostile", KINDS.values(), ids=KINDS)
def test_it_is_answered_starts_nothing_and_touches_nothing(service: Service, client: Client, hostile: Hostile) -> None:
    before, target = all_kept(service), Target(service.port, "kept")
    with ThreadPoolExecutor(AT_ONCE) as clients:
        answers = [clients.submit(hostile.send, target, number) for number in range(AT_ONCE)]
        assert client.ask("/v1/notices/other").json()["notice_id"] == "other"  # beside them
        assert {answer.result() for answer in answers} <= hostile.answers
    wait_until_empty(service.log_file.parent / "uploads", client)
    assert all_kept(service) == before
    assert "unexpectedly" not in service.log()


@pytest.mark.parametrize("path", ["/v1/notices", "/v1/notices/kept/changes"])
def test_of_thousands_of_mistakes_the_first_is_told(client: Client, path: str) -> None:
    mistaken = {f"name-{number}": 0 for number in range(5_000)}
    answer = client.post(path, mistaken)
    assert answer.status == 422
    assert "there is no field called 'name-0'" in answer.json()["detail"]
    assert len(answer.body) < LONGEST_ANSWER


@pytest.mark.parametrize(
    "body",
    [
        {"notices": [{"name": "", "text": ""}] * 5_000},
        {"notices": [{"name": "a.txt", "text": "x"}] * 10_001},
        {"notices": ["x" * 100_000]},
        {"notices": [{"name": "x" * 300_000, "text": "x"}]},
    ],
    ids=["values", "many", "long", "name"],
)
def test_a_refusal_is_short_whatever_was_sent(client: Client, body: object) -> None:
    answer = client.post("/v1/notices", body)
    assert answer.status == 422
    assert len(answer.body) < LONGEST_ANSWER


def test_a_change_that_names_what_is_none_is_refused_in_short(client: Client) -> None:
    for change in ({"op": "x" * 50_000}, {"op": "accept", "item": "x" * 50_000}, {"op": "add", "kind": ["x"] * 9_000}):
        answer = client.post("/v1/notices/kept/changes", {"by": "a", "seen": 0, "change": change})
        assert answer.status == 422
        assert len(answer.body) < LONGEST_ANSWER
    assert client.ask("/v1/notices?limit=" + "x" * 9_000).status == 422


def test_a_change_is_some_kilobytes_at_most(client: Client) -> None:
    accepted = {"by": "a", "seen": 0, "change": {"op": "accept", "item": "none"}}
    blanks = b" " * (100_000 - len(json.dumps(accepted)))
    kind = {"Content-Type": "application/json"}
    path = "/v1/notices/kept/changes"
    assert client.ask(path, "POST", json.dumps(accepted).encode() + blanks, kind).status == 422
    assert client.ask(path, "POST", json.dumps(accepted).encode() + blanks + b" ", kind).status == 413


def test_a_large_json_body_is_taken_as_a_small_one_is(client: Client) -> None:
    long = long_notice(300).decode() + "。" * 300_000
    answer = client.send_texts({"name": "long-1.txt", "text": long}, {"name": "b", "text": f"{NOTICE}b"})
    assert answer.status == 202
    job = client.wait(answer.json()["job_id"])
    assert [(item["name"], item["outcome"]) for item in job["items"]] == [("long-1.txt", "done"), ("b.txt", "done")]
    assert client.ask("/v1/notices/long-1/text").body.decode() == long
    answer = client.send_texts({"name": "a.txt", "text": long}, {"name": "../b.txt", "text": "b"})
    assert (answer.status, "leads out of its folder" in answer.json()["detail"]) == (422, True)
    for item in job["items"]:
        client.ask(f"/v1/notices/{item['notice_id']}", "DELETE")


def test_a_list_of_texts_is_no_longer_than_the_queue(client: Client) -> None:
    texts = [{"name": f"{number}.txt", "text": "x" * 300} for number in range(1_001)]
    for each in ([{**text, "text": "x"} for text in texts], texts):  # parsed here, and in the sandbox
        answer = client.send_texts(*each)
        assert answer.status == 413, answer
        assert "more notices were sent than the limit of 1,000" in answer.json()["detail"]


class TestGuesses:
    def test_wrong_ones_wait_longer_and_longer_up_to_some_seconds(self) -> None:
        guesses = Guesses()
        waits = [guesses.count("192.0.2.1") for _ in range(12)]
        assert waits == sorted(waits)
        assert waits[0] < 0.1
        assert waits[-1] == 4.0
        assert guesses.count("192.0.2.2") == waits[0]

    def test_so_many_addresses_are_counted(self) -> None:
        guesses = Guesses()
        for number in range(3 * ADDRESSES):
            guesses.count(f"10.{number // 65536}.{number // 256 % 256}.{number % 256}")
        assert len(guesses) == ADDRESSES

    def test_a_household_has_one_address(self) -> None:
        guesses = Guesses()
        assert guesses.count("2001:db8::1") < guesses.count("2001:db8::ffff:2")
        assert len(guesses) == 1
