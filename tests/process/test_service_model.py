"""The service with a model: the settings of a run, and nothing is asked twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from fake_endpoint import Serving
from fake_endpoint import serving as serving_model
from model_examples import SHORT, long
from page_examples import ARTICLE, page
from service_example import Client, Service, serving

KEY = "sk-of-nobody-1234567890"


@pytest.fixture(scope="module")
def model() -> Iterator[Serving]:
    with serving_model("dull_model:answer") as running:
        yield running


@pytest.fixture(scope="module")
def service(model: Serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("service")
    whom = ("--base-url", model.base_url, "--model", "fake", "--retries", "0", "--cache-dir", str(folder / "cache"))
    with serving(folder / "data", "--workers", "1", *whom, env={"OPENAI_API_KEY": KEY}) as running:
        yield running


@pytest.fixture
def client(service: Service, model: Serving) -> Iterator[Client]:
    model.script()
    with Client(service.port) as asking:
        yield asking


def test_a_record_says_what_the_model_read(client: Client) -> None:
    assert client.done({"long.txt": long().encode(), "short.txt": SHORT.encode()})["done"] == 2
    for name, text in (("long", long()), ("short", SHORT)):
        record = client.ask(f"/v1/notices/{name}").json()
        assert any(measure["read_by"] for issue in record["issues"] for measure in issue["measures"])
        assert client.ask(f"/v1/notices/{name}/text").body.decode() == text
    assert client.send({"short.txt": SHORT.encode()}).json()["unchanged"] == 1


def test_a_record_names_what_its_page_hides(client: Client) -> None:
    shown = page(f"<div>{ARTICLE}</div><p style='display:none'>三是整改问题5个,处分9人。</p>")
    assert client.done({"hides.html": shown.encode()})["done"] == 1
    record = client.ask("/v1/notices/hides").json()
    assert any(measure["read_by"] for issue in record["issues"] for measure in issue["measures"])
    assert [check["code"] for check in record["checks"] if "处分9人" in check["message"]] == ["left_out_text"]


def test_calls_that_failed_are_made_again_when_the_file_is_sent_again(client: Client, model: Serving) -> None:
    file = {"again.txt": SHORT.replace("3期", "4期").encode()}
    model.script(rate=1.0, kinds=["500"])
    assert client.done(file)["done"] == 1
    assert client.ask("/v1/notices?q=again").json()["notices"][0]["unanswered"] > 0
    model.script()
    assert client.done(file)["done"] == 1
    assert client.ask("/v1/notices?q=again").json()["notices"][0]["unanswered"] == 0
    assert client.send(file).json()["unchanged"] == 1


def test_an_answer_that_cannot_be_kept_is_used_once_and_not_asked_for_again(model: Serving, tmp_path: Path) -> None:
    """A cache that has become unusable, as on a full disk: each question is asked, and paid for, once."""
    whom = ("--base-url", model.base_url, "--model", "fake", "--cache-dir", str(tmp_path / "cache"))
    model.script()
    with (
        serving(tmp_path / "data", "--workers", "1", *whom, env={"EXTRACTOR_MODE": "json_schema"}) as service,
        Client(service.port) as client,
    ):
        with closing(sqlite3.connect(tmp_path / "cache" / "cache.db")) as cache, cache:
            cache.execute("ALTER TABLE Cache RENAME TO Gone")
        assert client.done({"once.txt": SHORT.encode()})["done"] == 1
        record = client.ask("/v1/notices/once").json()
        assert any(measure["read_by"] for issue in record["issues"] for measure in issue["measures"])
        assert client.ask("/v1/notices").json()["notices"][0]["unanswered"] == 0
        assert service.log().count("answers cannot be kept") == 1
    assert len(model.log()) == 2


def test_nobody_is_told_the_key(client: Client, service: Service) -> None:
    client.done({"quiet.txt": SHORT.encode()})
    told = [client.ask(path).body for path in ("/metrics", "/v1/notices", "/v1/export.jsonl", "/openapi.json")]
    assert not any(KEY.encode() in each for each in (*told, service.log().encode()))
    service.stop()  # what it still deletes would vanish under the search
    data = service.log_file.parent
    assert not any(KEY.encode() in path.read_bytes() for path in Path(data).rglob("*") if path.is_file())
