"""Many notices in the service: copies count once, years are told apart, and what people corrected counts."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kind_examples import TEXT as SHORT
from openpyxl import load_workbook
from page_examples import ARTICLE, BODY, TITLE, page
from service_example import Client, serving

TEXT = "\n".join([TITLE, *BODY]) + "\n"


def exported(client: Client) -> dict[str, dict[str, Any]]:
    lines = client.ask("/v1/export.jsonl").body.splitlines()
    return {record["notice_id"]: record for record in map(json.loads, lines)}


def test_copies_are_known_and_the_one_that_people_corrected_counts(tmp_path: Path) -> None:
    earlier = TEXT.replace("2024", "2022").replace("2023年9月", "2021年9月")
    files = {"a.txt": TEXT.encode(), "copy.html": page(ARTICLE).encode(), "before.txt": earlier.encode()}
    with serving(tmp_path / "data", "--workers", "1") as service, Client(service.port) as client:
        assert client.ask("/v1/export.xlsx").status == 422
        assert client.done(files)["done"] == 3
        listed = {each["notice_id"]: each for each in client.ask("/v1/notices").json()["notices"]}
        copies = [key for key, notice in listed.items() if notice["duplicate_of"]]
        assert len(copies) == 1
        assert {notice["series"] for notice in listed.values()} == {"青禾县松林镇"}
        assert {notice["edition"] for notice in listed.values()} == {"2021", "2023"}
        (copy,) = copies
        original = listed[copy]["duplicate_of"]
        assert client.ask(f"/v1/notices/{copy}").json()["duplicate_of"] == original
        assert exported(client)[copy]["duplicate_of"] == original
        change = {"by": "甲", "seen": 0, "change": {"op": "accept", "item": "issues[0]"}}
        assert client.post(f"/v1/notices/{copy}/changes", change).status == 201
        assert client.ask(f"/v1/notices/{copy}").json()["duplicate_of"] is None
        assert exported(client)[original]["duplicate_of"] == copy
        assert client.ask(f"/v1/notices/{copy}", "DELETE").status == 204
        assert client.ask(f"/v1/notices/{original}").json()["duplicate_of"] is None


def rows_of(client: Client, address: str, table: str) -> list[dict[str, str]]:
    """The rows of a table of an export as csv, by the Chinese names of its columns."""
    with zipfile.ZipFile(io.BytesIO(client.ask(address).body)) as tables:
        lines = tables.read(f"notices-{table}.csv").decode("utf-8-sig").splitlines()
    return list(csv.DictReader(lines))


def test_an_export_says_how_far_each_notice_is_reviewed(tmp_path: Path) -> None:
    def change(notice: str, *changes: dict[str, object]) -> None:
        for seen, wanted in enumerate(changes):
            made = client.post(f"/v1/notices/{notice}/changes", {"by": "甲", "seen": seen, "change": wanted})
            assert made.status == 201, made.body

    with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as client:
        client.done({f"{name}.txt": SHORT.replace("松林", name).encode() for name in ("石桥", "平湖", "高原")})
        checks = client.ask(f"/v1/notices/{quote('石桥')}/changes").json()["open_checks"]
        change(quote("石桥"), *({"op": "accept", "item": check} for check in checks), {"op": "finish"})
        change(quote("平湖"), {"op": "accept", "item": "issues[0]"})
        found = {row["通报编号"]: row for row in rows_of(client, "/v1/export.csv", "notices")}
        assert {name: row["复核情况"] for name, row in found.items()} == {
            "石桥": "已复核",
            "平湖": "复核中",
            "高原": "未复核",
        }
        assert found["石桥"]["复核人"] == "甲"
        assert [row["通报编号"] for row in rows_of(client, "/v1/export.csv?is_reviewed=true", "notices")] == ["石桥"]
        book = load_workbook(io.BytesIO(client.ask("/v1/export.xlsx").body), read_only=True)
        heads, *ledger = book["整改台账"].iter_rows(values_only=True)
        state, file = heads.index("复核情况"), heads.index("来源文件")
        assert {(row[file], row[state]) for row in ledger} == {
            ("石桥.txt", "已复核"),
            ("平湖.txt", "复核中"),
            ("高原.txt", "未复核"),
        }


def test_a_deleted_notice_is_gone_but_for_a_line_and_its_copy_counts(tmp_path: Path) -> None:
    with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as client:
        client.done({"a.txt": SHORT.encode(), "b.txt": f"\n{SHORT}".encode()})
        told = {each["notice_id"]: each["duplicate_of"] for each in client.ask("/v1/notices").json()["notices"]}
        (copy,) = (name for name, original in told.items() if original)
        (kept,) = set(told) - {copy}
        before = client.ask("/v1/items/measure").json()["total"]
        change = {"op": "note", "item": "issues[0]", "words": "再看"}
        assert client.post(f"/v1/notices/{kept}/changes", {"by": "甲", "seen": 0, "change": change}).status == 201
        assert client.ask(f"/v1/notices/{kept}?by={quote('乙')}", "DELETE").status == 204
        (left,) = client.ask("/v1/notices").json()["notices"]
        assert (left["notice_id"], left["duplicate_of"]) == (copy, None)
        assert client.ask(f"/v1/notices/{copy}").json()["duplicate_of"] is None
        assert client.ask("/v1/items/measure").json()["total"] == before
        assert [each["notice_id"] for each in client.ask(f"/v1/search?q={quote('松林')}").json()["notices"]] == [copy]
        assert client.ask(f"/v1/comparison?notice={kept}&notice={copy}").status == 404
        assert set(exported(client)) == {copy}
        (line,) = client.ask("/v1/deletions").json()["deletions"]
        assert (line["notice_id"], line["by"], line["changes"], line["reviewed_by"]) == (kept, "乙", 1, None)
