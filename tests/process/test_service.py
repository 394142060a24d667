"""``python -m extractor serve``: what is sent is read, kept, found again, and given out, over real HTTP."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from checkout import GOLD_NOTICES
from cli_examples import NOTICE, UNREAD
from page_examples import ARTICLE, page
from service_example import Client, Service, serving

from extractor.pipeline import extract
from extractor.record.contract import Notice

OTHER = NOTICE.replace("资金管理", "公车管理").replace("某镇", "青禾镇")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service that holds the gold notices; tests add what is their own."""
    with serving(tmp_path_factory.mktemp("service") / "data", "--workers", "2") as running:
        files = {path.name: path.read_bytes() for path in sorted(GOLD_NOTICES.glob("*.txt"))}
        with Client(running.port) as client:
            assert client.done(files)["done"] == len(files)
        yield running


def one(job: dict[str, Any]) -> str:
    """The id of a job's only notice."""
    (item,) = job["items"]
    return str(item["notice_id"])


def listed(client: Client, **wanted: str | int) -> dict[str, Any]:
    answer = client.ask(f"/v1/notices?{urlencode(wanted)}")
    assert answer.status == 200, answer
    page: dict[str, Any] = answer.json()
    return page


def ids(client: Client, **wanted: str | int) -> set[str]:
    return {notice["notice_id"] for notice in listed(client, **wanted)["notices"]}


def archive(**files: str) -> bytes:
    """A zip archive of texts."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(f"folder/{name}.txt", text)
    return written.getvalue()


@pytest.mark.parametrize("path", sorted(GOLD_NOTICES.glob("*.txt")), ids=lambda path: path.stem)
def test_a_record_is_what_the_pipeline_gives(client: Client, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    answer = client.ask(f"/v1/notices/{path.stem}")
    assert answer.headers["content-type"] == "application/json"
    record = Notice.model_validate_json(answer.body)
    assert record.series is not None
    assert record.model_copy(update={"series": None, "edition": None}) == extract(text, notice_id=path.stem)
    assert client.ask(f"/v1/notices/{path.stem}/text").body.decode() == text


def test_a_job_says_how_far_it_is(client: Client) -> None:
    answer = client.send({"早的.txt": NOTICE.encode(), "晚的.txt": OTHER.encode()})
    assert answer.status == 202
    job = answer.json()
    assert answer.headers["location"] == f"/v1/jobs/{job['job_id']}"
    assert [item["notice_id"] for item in job["items"]] == ["早的", "晚的"]  # known before they are read
    events = list(client.events(job["job_id"]))
    assert [name for name, _ in events] == ["progress"] * (len(events) - 1) + ["end"]
    last = events[-1][1]
    assert (last["total"], last["pending"], last["done"]) == (2, 0, 2)
    ended = client.ask(f"/v1/jobs/{job['job_id']}").json()
    assert [item["outcome"] for item in ended["items"]] == ["done", "done"]


def test_a_record_names_what_its_page_hides(client: Client) -> None:
    shown = page(f"<div>{ARTICLE}</div><p style='display:none'>三是整改问题5个,处分9人。</p>")
    assert client.done({"hides.html": shown.encode()})["done"] == 1
    checks = client.ask("/v1/notices/hides").json()["checks"]
    assert [check["code"] for check in checks if "处分9人" in check["message"]] == ["left_out_text"]


def test_a_list_says_how_many_digits_were_not_read(client: Client) -> None:
    assert client.done({"unread.txt": UNREAD.encode()})["done"] == 1
    (unread,) = listed(client, q="退还12.3.45万元")["notices"]
    assert (unread["notice_id"], unread["digits_unread"]) == ("unread", 5)
    assert {notice["digits_unread"] for notice in listed(client, q="海州区")["notices"]} == {0}


def test_texts_are_notices_too(client: Client) -> None:
    answer = client.send_texts({"name": "来文", "text": NOTICE}, {"name": "网页.html", "text": f"<p>{NOTICE}</p>"})
    job = client.wait(answer.json()["job_id"])
    assert [item["name"] for item in job["items"]] == ["来文.txt", "网页.html"]
    assert client.ask(f"/v1/notices/{quote('来文')}/text").body.decode() == NOTICE
    assert "<p>" not in client.ask(f"/v1/notices/{quote('网页')}/text").body.decode()


def test_the_same_file_again_is_the_same_notice(client: Client) -> None:
    first = client.done({"again.txt": NOTICE.encode()})
    before = listed(client)["total"]
    again = client.send({"again.txt": NOTICE.encode()})
    assert again.status == 200  # nothing is to be done
    assert [(item["outcome"], item["notice_id"]) for item in again.json()["items"]] == [("unchanged", one(first))]
    twice = client.send_texts({"name": "twice", "text": NOTICE}, {"name": "twice", "text": NOTICE}).json()
    outcomes = [item["outcome"] for item in client.wait(twice["job_id"])["items"]]
    assert sorted(outcomes) == ["done", "unchanged"]
    assert listed(client)["total"] == before + 1


def test_ids_tell_files_of_one_name_apart(client: Client) -> None:
    files = {"clash.txt": NOTICE, "CLASH.md": OTHER, "a/clash.txt": NOTICE}
    found = {name: one(client.done({name: text.encode()})) for name, text in files.items()}
    assert found["clash.txt"] == "clash"
    assert found["CLASH.md"] == f"CLASH~{hashlib.sha256(OTHER.encode()).hexdigest()[:6]}"
    assert found["a/clash.txt"].startswith("clash~")
    assert all(
        client.ask(f"/v1/notices/{quote(notice_id)}").json()["notice_id"] == notice_id for notice_id in found.values()
    )


def test_an_archive_is_the_notices_in_it(client: Client) -> None:
    job = client.done({"包.zip": archive(甲=NOTICE, 乙=OTHER, 丙="")})
    outcomes = {item["name"]: item["outcome"] for item in job["items"]}
    assert outcomes == {
        "包.zip!folder/甲.txt": "done",
        "包.zip!folder/乙.txt": "done",
        "包.zip!folder/丙.txt": "failed",
    }
    (failed,) = [item for item in job["items"] if item["outcome"] == "failed"]
    assert failed["notice_id"] is None
    assert failed["error"].startswith("包.zip!folder/丙.txt: is empty")


def test_what_cannot_be_read_is_named_and_leaves_nothing(client: Client) -> None:
    job = client.done({"scan.pdf": b"no pdf", "fine.txt": NOTICE.encode()})
    outcomes = {item["name"]: (item["outcome"], item["notice_id"]) for item in job["items"]}
    assert outcomes == {"scan.pdf": ("failed", None), "fine.txt": ("done", "fine")}
    assert "named .pdf but holds something else" in job["items"][0]["error"]
    assert client.ask("/v1/notices/scan").status == 404


@pytest.mark.parametrize("query", ["公车", "车", "青禾镇 公车管理", "公车管理不严", "1.5万元", "１．５万元", "kept"])
def test_search_finds_any_piece_of_a_text_or_a_name(client: Client, query: str) -> None:
    notice_id = one(client.done({"Kept-here.txt": OTHER.encode()}))
    assert notice_id in ids(client, q=query)


@pytest.mark.parametrize("query", ["公车追缴", "车公", "青禾镇 无此事", "“”", '" OR "', "NEAR(", "*"])
def test_search_finds_nothing_else(client: Client, query: str) -> None:
    client.done({"Kept-here.txt": OTHER.encode()})
    assert ids(client, q=query) == set()


def test_filters_ask_all_of_one_issue(client: Client) -> None:
    gold = {path.stem: extract(path.read_text(encoding="utf-8")) for path in GOLD_NOTICES.glob("*.txt")}

    def having(category: str, status: str, measure_type: str) -> set[str]:
        return {
            name
            for name, notice in gold.items()
            for issue in notice.issues
            if (issue.category, issue.status) == (category, status)
            and measure_type in {each for measure in issue.measures for each in measure.types}
        }

    for category in ("economy", "public_finance", "safety"):
        for status in ("completed", "unspecified"):
            wanted = {"category": category, "status": status, "measure_type": "recovery"}
            assert ids(client, **wanted) & gold.keys() == having(**wanted), wanted
    doubted = {name for name, notice in gold.items() if notice.checks}
    assert ids(client, has_checks="true", limit=200) & gold.keys() == doubted
    assert ids(client, has_checks="false", limit=200) & gold.keys() == gold.keys() - doubted


def test_pages_hold_each_notice_once_also_while_others_come(client: Client) -> None:
    first = listed(client, limit=3)
    client.done({"between.txt": OTHER.encode()})
    seen = [notice["notice_id"] for notice in first["notices"]]
    after = first["next"]
    while after is not None:
        page = listed(client, limit=3, after=after)
        seen += [notice["notice_id"] for notice in page["notices"]]
        after = page["next"]
    assert len(seen) == len(set(seen)) == first["total"]


def test_a_deleted_notice_is_gone_and_may_come_again(client: Client) -> None:
    text = NOTICE.replace("某镇", "白石镇")
    notice_id = one(client.done({"gone.txt": text.encode()}))
    assert notice_id in ids(client, q="白石镇")
    assert client.ask(f"/v1/notices/{notice_id}", "DELETE").status == 204
    assert client.ask(f"/v1/notices/{notice_id}", "DELETE").status == 404
    for path in ("", "/text", "/report"):
        assert client.ask(f"/v1/notices/{notice_id}{path}").status == 404
    assert notice_id not in ids(client, limit=200)
    assert ids(client, q="白石镇") == set()
    assert client.done({"gone.txt": text.encode()})["done"] == 1
    assert ids(client, q="白石镇") == {notice_id}


def test_exports_hold_what_was_asked_for(client: Client) -> None:
    name, other = "lianyungang-haizhou-2024", "nanjing-jiangbei-2024"
    lines = client.ask("/v1/export.jsonl?q=lianyungang").body.splitlines()
    assert [json.loads(line)["notice_id"] for line in lines] == [name]
    answer = client.ask("/v1/export.csv")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.body)) as tables:
        rows = list(csv.reader(tables.read("notices-notices.csv").decode("utf-8-sig").splitlines()))
    assert {name, other} <= {cell for row in rows for cell in row}
    workbook = client.ask("/v1/export.xlsx")
    assert workbook.headers["content-disposition"] == 'attachment; filename="notices.xlsx"'
    assert workbook.body[:2] == b"PK"
    assert workbook.body == client.ask("/v1/export.xlsx").body
    assert answer.body == client.ask("/v1/export.csv").body


def test_a_notice_s_page_runs_nothing_that_the_notice_holds(client: Client) -> None:
    text = NOTICE.replace("某镇", "</script><script>alert(1)</script><img src=x onerror=alert(1)>")
    notice_id = one(client.done({"hostile.txt": text.encode()}))
    page = client.ask(f"/v1/notices/{notice_id}/report")
    assert page.headers["content-type"].startswith("text/html")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert b"<img" not in page.body
    assert b"alert(1)</script>" not in page.body


def test_the_interface_is_told_to_people_and_programs(client: Client) -> None:
    paths = client.ask("/openapi.json").json()["paths"]
    page = client.ask("/docs").body.decode()
    assert "/v1/notices/{notice_id}" in paths
    assert all(path in page for path in paths)
    assert 'href="/docs"' in client.ask("/").body.decode()


def test_health_and_metrics(client: Client) -> None:
    assert client.ask("/healthz").json() == {"status": "ok"}
    assert client.ask("/readyz").json() == {"status": "ready"}
    before = client.metric('extractor_notices_total{outcome="done"}')
    client.done({f"counted-{before}.txt": NOTICE.encode()})
    assert client.metric('extractor_notices_total{outcome="done"}') == before + 1
    assert client.metric("extractor_notices_kept") == listed(client)["total"]
    assert client.metric("extractor_queue_length") == 0


@pytest.mark.parametrize(
    "path", ["/v1/notices/none", "/v1/notices/none/text", "/v1/jobs/none", "/v1/jobs/none/events", "/x"]
)
def test_what_is_not_there_is_said_so(client: Client, path: str) -> None:
    answer = client.ask(path)
    assert answer.status == 404
    assert isinstance(answer.json()["detail"], str)
