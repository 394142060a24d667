"""Whatever ends the service: nothing that it took is lost, and nothing is done twice."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from cli_examples import NOTICE, command_apart
from service_example import Client, long_notice, serving, start

from extractor.service.store.database_tables import VERSION

CLIENTS = 8
NOTICES = 200


def files() -> dict[str, bytes]:
    """Notices that differ, each with its number in it."""
    text = long_notice(10)
    return {f"notice-{number:03}.txt": text + f"编号{number}".encode() for number in range(NOTICES)}


def send_until_it_ends(port: int, names: Sequence[str]) -> dict[str, str]:
    """Send notices one by one until there are no more, or no service is; return the jobs of those that it took."""
    sent, jobs = files(), dict[str, str]()
    with Client(port) as client, suppress(HTTPException, OSError):
        for name in names:
            answer = client.send({name: sent[name]})
            assert answer.status in (200, 202), answer
            jobs[name] = answer.json()["job_id"]
    return jobs


@contextmanager
def sending(port: int, names: Sequence[str]) -> Iterator[dict[str, str]]:
    """Send notices by many clients at once during the block; the jobs are there at its end."""
    jobs: dict[str, str] = {}
    with ThreadPoolExecutor(CLIENTS) as clients:
        parts = [names[number::CLIENTS] for number in range(CLIENTS)]
        sent = clients.map(send_until_it_ends, [port] * CLIENTS, parts)
        yield jobs
        for each in sent:
            jobs |= each


def check_all_are_kept(client: Client, data: Path, jobs: Sequence[str]) -> None:
    """Each notice is kept once, with its own text, found by its own words, and the jobs have come to an end."""
    for job in jobs:
        assert {item["outcome"] for item in client.wait(job)["items"]} <= {"done", "unchanged"}
    assert client.ask("/v1/notices").json()["total"] == NOTICES
    for name, sent in files().items():
        assert client.ask(f"/v1/notices/{name.removesuffix('.txt')}/text").body == sent
    assert client.ask("/v1/notices?q=%E7%BC%96%E5%8F%B7137").json()["total"] == 1
    with closing(sqlite3.connect(data / "notices.sqlite")) as database:
        assert database.execute("SELECT count(*), count(DISTINCT notice) FROM readings").fetchone() == (NOTICES,) * 2
    assert list((data / "uploads").iterdir()) == []


def test_many_notices_of_many_clients_are_done_each_once(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "2") as service, Client(service.port) as client:
        with sending(service.port, list(files())) as jobs:
            pass
        assert len(jobs) == NOTICES
        check_all_are_kept(client, data, list(jobs.values()))
        assert client.metric('extractor_notices_total{outcome="done"}') == NOTICES


def test_a_kill_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(data, "--workers", "2") as service:
        with sending(service.port, list(files())) as before, Client(service.port) as client:
            while client.ask("/v1/notices").json()["total"] < NOTICES // 5:
                pass
            service.kill()
        assert NOTICES // 5 - CLIENTS <= len(before) < NOTICES
    (data / "uploads" / uuid4().hex).write_bytes(b"what was on its way in")
    with serving(data, "--workers", "2") as service, Client(service.port) as client:
        missing = [name for name in files() if name not in before]  # their senders do not know what became of them
        with sending(service.port, missing) as after:
            pass
        check_all_are_kept(client, data, [*before.values(), *after.values()])


def test_ctrl_c_ends_what_is_under_way_and_keeps_the_rest(tmp_path: Path) -> None:
    data = tmp_path / "data"
    sent = {f"{number}.txt": long_notice(300) for number in range(12)}
    with serving(data, "--workers", "1") as service, Client(service.port) as client:
        job_id = client.send(sent).json()["job_id"]
        events = client.events(job_id)
        while next(events)[1]["done"] < 2:
            pass
        status = service.stop()
        last = list(events)
    assert status == 0
    assert [name for name, _ in last if name == "end"] == []  # the stream was closed, not broken off
    with serving(data, "--workers", "1") as service, Client(service.port) as client:
        ended = client.wait(job_id)
        readings = Counter(item["outcome"] for item in ended["items"])
    assert readings == {"done": 12}
    with closing(sqlite3.connect(data / "notices.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM readings").fetchone() == (12,)


def test_another_program_or_setting_reads_again_and_keeps_both(tmp_path: Path) -> None:
    data = tmp_path / "data"
    file = {"notice.txt": NOTICE.encode()}
    for lang, words in (("zh", "。"), ("en", ".")):
        with serving(data, "--workers", "1", "--lang", lang) as service, Client(service.port) as client:
            assert client.done(file)["done"] == 1
            assert client.send(file).status == 200
            assert client.ask("/v1/notices").json()["total"] == 1
            assert client.ask("/v1/notices?q=%E8%B5%84%E9%87%91").json()["total"] == 1
            checks = client.ask("/v1/notices/notice").json()["checks"]
            assert all(check["message"].endswith(words) for check in checks)
    with closing(sqlite3.connect(data / "notices.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM readings").fetchone() == (2,)


def test_two_services_do_not_work_in_one_folder(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1"):
        second = command_apart("serve", "--data", "data", "--port", "0", cwd=tmp_path)
    assert second.status == 2
    assert "another service uses this folder" in second.err


def test_a_file_of_another_version_is_left_alone(tmp_path: Path) -> None:
    start(tmp_path / "data", "--workers", "1").kill()
    with closing(sqlite3.connect(tmp_path / "data" / "notices.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    done = command_apart("serve", "--data", "data", "--port", "0", cwd=tmp_path)
    assert done.status == 2
    assert f"has version 99, but this program reads version {VERSION}" in done.err


def test_a_file_of_the_version_before_is_taken_up(tmp_path: Path) -> None:
    file = {"notice.txt": NOTICE.encode()}
    with serving(tmp_path / "data", "--workers", "1") as service, Client(service.port) as client:
        assert client.done(file)["done"] == 1
        assert client.ask(f"/v1/search?{urlencode({'q': '整改'})}").json()["total"] == 1  # so it is in the index
    with closing(sqlite3.connect(tmp_path / "data" / "notices.sqlite")) as database:
        database.execute("ALTER TABLE readings DROP COLUMN digits_unread")
        database.execute("ALTER TABLE readings DROP COLUMN signature")
        database.execute("ALTER TABLE notices DROP COLUMN indexed")
        for table in ("places", "kin_keys", "kin", "tallies", "passages", "shown_facts", "fact_counts", "facts"):
            database.execute(f"DROP TABLE {table}")
        database.execute("UPDATE readings SET key = 'of the program before'")
        database.execute("PRAGMA user_version = 1")
        database.commit()
    with serving(tmp_path / "data", "--workers", "1") as service, Client(service.port) as client:
        (before,) = client.ask("/v1/notices").json()["notices"]
        assert (before["notice_id"], before["issues"], before["digits_unread"]) == ("notice", 2, None)
        assert client.ask(f"/v1/items/issue?{urlencode({'notice': 'notice'})}").json()["total"] == 2
        assert client.done(file)["done"] == 1
        (after,) = client.ask("/v1/notices").json()["notices"]
        assert after["digits_unread"] == 0


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "notices.sqlite").write_bytes(b"nothing of ours" * 100)
    done = command_apart("serve", "--data", "data", "--port", "0", cwd=tmp_path)
    assert done.status == 2
    assert "file is not a database" in done.err


def test_a_port_in_use_is_said_so(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as service:
        done = command_apart("serve", "--data", "other", "--port", str(service.port), cwd=tmp_path)
    assert done.status == 2
    assert f"cannot listen on 127.0.0.1:{service.port}" in done.err
