"""Results of runs that are loaded into the service, and the page that opens by itself."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from checkout import module_path
from cli_examples import command, command_apart, wait_for
from ledger_examples import office_ledger
from report_examples import TOWN, VILLAGE
from service_example import Client, serving

from extractor.service.intake import loaded_runs
from extractor.service.intake.loaded_runs import LoadEnd, LoadingKeys, load_run
from extractor.service.store.database import open_database
from extractor.service.store.notice_store import NoticeFilter, stored_notices

KEYS = LoadingKeys("k", lambda *_: "k")
FILES = {
    "town.txt": TOWN.encode(),
    "copy.txt": f"\n{TOWN}".encode(),
    "village.txt": VILLAGE.encode(),
    "ledger.xlsx": office_ledger(),
}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run over a ledger and three files, one of which is a copy of another."""
    place = tmp_path_factory.mktemp("run")
    for name, data in FILES.items():
        (place / name).write_bytes(data)
    assert command("run", *FILES, "--out", "out", cwd=place).status == 0
    return place / "out"


@pytest.fixture
def out(finished: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(finished, tmp_path / "out"))


def lines(out: Path) -> dict[str, dict[str, Any]]:
    found = map(json.loads, (out / "notices.jsonl").read_text(encoding="utf-8").splitlines())
    return {line["notice_id"]: line for line in found}


def test_notices_are_as_their_run_has_them(out: Path, tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1", "--load", str(out)) as service, Client(service.port) as client:
        assert "out: 4 notices came in, 0 were there already\n" in service.log()
        for notice_id, line in lines(out).items():
            assert client.ask(f"/v1/notices/{notice_id}").json() == line
            text = (out / "texts" / f"{notice_id}.txt").read_bytes()
            assert client.ask(f"/v1/notices/{notice_id}/text").body == text
        assert b'"cells":[[' in client.ask("/v1/notices/ledger/report").body
        assert client.done(FILES)["unchanged"] == 4  # their files are known, too


def test_a_second_time_nothing_changes_and_reviews_stay(out: Path, tmp_path: Path) -> None:
    options = ("--workers", "1", "--load", str(out))
    change = {"op": "correct", "item": "issues[1]", "values": {"category": "rural"}}
    with serving(tmp_path / "data", *options) as service, Client(service.port) as client:
        assert client.post("/v1/notices/town/changes", {"by": "甲", "seen": 0, "change": change}).status == 201
        before = client.ask("/v1/export.jsonl").body
        assert service.stop() == 0
    with serving(tmp_path / "data", *options) as service, Client(service.port) as client:
        assert "out: 0 notices came in, 4 were there already\n" in service.log()
        assert client.ask("/v1/export.jsonl").body == before
        assert client.ask("/v1/notices/town").json()["issues"][1]["category"] == "rural"


def test_what_cannot_be_read_is_named_and_the_rest_comes_in(out: Path, tmp_path: Path) -> None:
    (out / "texts" / "copy.txt").write_text("changed", encoding="utf-8")
    with (out / "notices.jsonl").open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with serving(tmp_path / "data", "--workers", "1", "--load", str(out)) as service, Client(service.port) as client:
        assert "3 notices came in, 0 were there already, 2 could not be read\n" in service.log()
        assert "copy.txt: is not the text its notice was made from" in service.log()
        assert "notices.jsonl:5: is no notice" in service.log()
        assert client.ask("/v1/notices").json()["total"] == 3


def test_a_text_that_is_there_is_not_doubled_and_an_id_that_is_taken_is_left_alone(out: Path, tmp_path: Path) -> None:
    before = {"other.txt": TOWN, "village.txt": TOWN.replace("2024", "2023")}
    for name, text in before.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert command("run", *before, "--out", "before", cwd=tmp_path).status == 0
    with open_database(tmp_path / "notices.sqlite") as database:
        assert load_run(database, tmp_path / "before", KEYS) == LoadEnd(came=2, there=0, unread=0)
        assert load_run(database, out, KEYS) == LoadEnd(came=3, there=1, unread=0)
        stored = {each.notice_id: each for each in stored_notices(database, NoticeFilter())}
        assert stored["village"].text == before["village.txt"]
        (further,) = set(stored) - {"other", "village", "copy", "ledger"}
        assert (stored[further].text, stored[further].name) == (VILLAGE, "village.txt")
        assert json.loads(stored[further].record)["notice_id"] == further


def test_many_are_read_in_several_processes(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaded_runs, "_WORTH_A_WORKER", 1)
    monkeypatch.setattr(loaded_runs, "processors", lambda: 2)
    (out / "texts" / "copy.txt").unlink()
    with open_database(tmp_path / "notices.sqlite") as database:
        assert load_run(database, out, KEYS) == LoadEnd(came=3, there=0, unread=1)
        assert load_run(database, out, KEYS) == LoadEnd(came=0, there=3, unread=1)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    done = command_apart("serve", "--port", "0", "--load", "nothing", "--lang", "en", cwd=tmp_path)
    assert (done.status, done.out) == (1, "")
    assert "nothing: holds no notices.jsonl; give the folder that a run wrote (its --out)" in done.err


class TestOpen:
    """``--open``, with a program in the place of the browser that writes down what it is to show."""

    def start(self, tmp_path: Path, stdout: int) -> subprocess.Popen[bytes]:
        browser = tmp_path / "browser"
        shown = tmp_path / "shown"
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{shown}.part" && mv "{shown}.part" "{shown}"\n')
        browser.chmod(0o700)
        return subprocess.Popen(
            [sys.executable, "-m", "extractor", "serve", "--port", "0", "--workers", "1", "--open"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": module_path(), "BROWSER": str(browser)},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.DEVNULL,
        )

    def test_shows_the_page_in_the_browser(self, tmp_path: Path) -> None:
        terminal, end = pty.openpty()
        process = self.start(tmp_path, end)
        os.close(end)
        try:
            wait_for(tmp_path / "shown", process)
            shown = (tmp_path / "shown").read_text()
            printed = b""
            with suppress(OSError):
                printed = os.read(terminal, 1000)
            assert printed.decode().strip() == shown
            assert shown.startswith("http://127.0.0.1:")
        finally:
            process.kill()
            process.wait()
            os.close(terminal)

    def test_in_a_pipe_prints_the_address_alone(self, tmp_path: Path) -> None:
        process = self.start(tmp_path, subprocess.PIPE)
        assert process.stdout is not None
        with process.stdout as printed:
            address = printed.readline().decode().strip()
            port = int(address.rpartition(":")[2])
            with Client(port) as client:
                assert client.ask("/healthz").status == 200
        process.kill()
        process.wait()
        assert not (tmp_path / "shown").exists()
