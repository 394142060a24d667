"""Files of many kinds sent to the service: each is read or named with its reason, and none ends it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hostile_files import MAKERS
from kind_examples import ASIDE, READ, REFUSED, packed
from service_example import Client, Service, serving

from extractor.record.contract import Notice

_FOR_OFFICE = ("doc", "rtf")
"""Kinds that take LibreOffice seconds: ``test_ingest_old_office``."""
REFUSED_AT_ONCE = {name: data for name, (data, kind) in REFUSED.items() if kind not in _FOR_OFFICE}
TAKEN = {name: data for name, (data, _) in READ.items()}
ASIDE_OF_NOTICES = {name: data for name, (data, _) in ASIDE.items()}
AS_TEXT = ("t.log", "s.json", "v")
"""Texts of other kinds, which are read where they are given by themselves; an empty file cannot be sent."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service") / "data", "--workers", "1", "--queue", "200") as running:
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(service.port) as asking:
        yield asking


def test_every_file_of_a_folder_is_read_or_named(client: Client) -> None:
    others = {name: data for name, data in (REFUSED_AT_ONCE | ASIDE_OF_NOTICES).items() if name not in AS_TEXT}
    job = client.done(TAKEN | others)
    found = {item["name"]: item for item in job["items"]}
    assert {name for name, item in found.items() if item["outcome"] == "done"} == set(TAKEN)
    assert {name for name, item in found.items() if item["error"]} == set(others)
    for name in TAKEN:
        notice = Notice.model_validate(client.ask(f"/v1/notices/{quote(found[name]['notice_id'])}").json())
        assert [(issue.title, len(issue.measures)) for issue in notice.issues] == [("作风不实", 2)], name


def test_of_an_archive_every_file_is_read_or_named(client: Client) -> None:
    job = client.done({"folder.zip": packed(TAKEN | REFUSED_AT_ONCE | ASIDE_OF_NOTICES)})
    outcomes = [item["outcome"] for item in job["items"]]
    assert outcomes.count("done") == len(TAKEN)
    said = " ".join(item["error"] for item in job["items"] if item["error"])
    assert all(name in said for name in REFUSED_AT_ONCE)
    assert "folder.zip: not read in it: 2 × program or data file, 1 × " in said


def test_why_a_file_is_refused_is_told_in_the_language_of_whoever_asks(client: Client) -> None:
    files = {"folder.zip": packed(ASIDE_OF_NOTICES | {"通报.rar": b"Rar!\x1a\x07\x00", "a.txt": TAKEN["a.txt"]})}
    job = client.done(files)
    found = {}
    asking = {"zh": {"Cookie": "lang=zh"}, "en": {"Cookie": "lang=en"}, "page": {"Sec-Fetch-Site": "same-origin"}}
    for lang, headers in asking.items():
        again = client.ask(f"/v1/jobs/{job['job_id']}", headers=headers).json()
        found[lang] = {item["name"]: item["error"] for item in again["items"] if item["error"]}
    assert found["zh"] == found["page"]  # pages of this service are Chinese until somebody chooses
    assert found["zh"].keys() == found["en"].keys()
    assert all(error.isascii() for name, error in found["en"].items() if name.isascii() and "×" not in error)
    (refused,) = (error for name, error in found["zh"].items() if name.endswith("通报.rar"))
    assert refused.endswith("：是RAR 压缩包，不能直接读取；请解压后给出其中的文件")
    assert found["zh"]["folder.zip"].startswith("folder.zip：其中没有读取：程序或数据 2 个，")
    assert "没有通报用语的文本 1 个" in found["zh"]["folder.zip"]


def test_files_that_ask_too_much_are_named_and_what_comes_after_them_is_read(client: Client) -> None:
    hostile = {name: maker() for name, maker in MAKERS.items() if not name.endswith((".doc", ".wps"))}
    job = client.done(hostile | {"after.txt": TAKEN["a.txt"]})
    found = {item["name"]: item["outcome"] for item in job["items"]}
    assert set(found) == {*hostile, "after.txt"}
    assert found["after.txt"] == "done"
    assert {name for name, outcome in found.items() if outcome == "done"} <= {
        "after.txt",
        "loop.webarchive",
        "quotes.csv",
    }
    assert client.ask("/healthz").status == 200
