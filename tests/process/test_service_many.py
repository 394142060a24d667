"""Many notices in the service: copies count once, years are told apart, and what people corrected counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

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
