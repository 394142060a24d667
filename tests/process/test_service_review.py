"""Reviews over HTTP: changes are added, seen by all, survive a kill, and become gold."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from cli_examples import Finished, command
from report_examples import HARM, HOSTILE, TOWN, UNREAD, VILLAGE
from service_example import Client, Service, serving

TOKEN = secrets.token_urlsafe()
_NUMBERS = count(1)
FIGURE = "issues[1].measures[0].quantities[0]"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service") / "data", "--workers", "1") as running:
        yield running


@pytest.fixture
def town(client: Client) -> str:
    """The id of a notice that is this test's alone."""
    name = f"town-{next(_NUMBERS)}"
    assert client.done({f"{name}.txt": TOWN.encode()})["done"] == 1
    return name


def changes(client: Client, notice: str) -> dict[str, Any]:
    told: dict[str, Any] = client.ask(f"/v1/notices/{notice}/changes").json()
    return told


def post(client: Client, notice: str, change: dict[str, Any], *, by: str = "甲", seen: int | None = None) -> int:
    """Make a change after all that were made before, unless ``seen`` says otherwise; return the answer's status."""
    last = changes(client, notice)["last"] if seen is None else seen
    return client.post(f"/v1/notices/{notice}/changes", {"by": by, "seen": last, "change": change}).status


def finish(client: Client, notice: str) -> None:
    for key in changes(client, notice)["open_checks"]:
        assert post(client, notice, {"op": "accept", "item": key}) == 201
    assert post(client, notice, {"op": "finish"}) == 201


def listed(client: Client, **wanted: str) -> dict[str, dict[str, Any]]:
    found = client.ask(f"/v1/notices?{urlencode(wanted)}").json()["notices"]
    return {each["notice_id"]: each for each in found}


def test_a_page_settles_the_check_that_it_shows(client: Client) -> None:
    """Checks are shown by how sure their value is, which is not the order of the record."""
    assert client.done({"order.txt": UNREAD.encode()})["done"] == 1
    stored = client.ask("/v1/notices/order").json()["checks"]
    state = client.ask("/review/order/state").json()
    shown = [check["message"] for check in state["data"]["checks"]]
    gravest_first = sorted(stored, key=lambda check: ["error", "warning", "info"].index(check["severity"]))
    assert shown != [check["message"] for check in gravest_first], "the orders differ, or this shows nothing"
    assert [stored[int(key[len("checks[") : -1])]["message"] for key in state["checks"]] == shown


class TestChanges:
    def test_are_attributed_dated_and_never_overwritten(self, client: Client, town: str) -> None:
        assert changes(client, town)["changes"] == []
        for category, by in (("rural", "甲"), ("economy", "乙")):
            correction = {"op": "correct", "item": "issues[0]", "values": {"category": category}}
            assert post(client, town, correction, by=by) == 201
        assert post(client, town, {"op": "undo", "change": 2}) == 201
        told = changes(client, town)
        assert [(each["number"], each["by"], each["change"]["op"]) for each in told["changes"]] == [
            (1, "甲", "correct"),
            (2, "乙", "correct"),
            (3, "甲", "undo"),
        ]
        assert all(each["made"].endswith("+00:00") for each in told["changes"])
        assert told["undone"] == [2]
        assert client.ask(f"/v1/notices/{town}").json()["issues"][0]["category"] == "rural"

    def test_show_in_the_record_the_list_and_the_tables(self, client: Client, town: str) -> None:
        correction = {"op": "correct", "item": "issues[0]", "values": {"category": "rural"}}
        assert post(client, town, correction) == 201
        assert post(client, town, {"op": "delete", "item": "issues[2]"}) == 201
        record = client.ask(f"/v1/notices/{town}").json()
        assert [issue["category"] for issue in record["issues"]][:1] == ["rural"]
        assert len(record["issues"]) == 2
        assert record["issues"][0]["read_by"] == {"category": "person"}
        shown = listed(client, q="𠮷镇", category="rural")[town]
        assert (shown["issues"], shown["corrected"], shown["reviewed"]) == (2, True, None)
        assert '"person"' in client.ask("/v1/export.jsonl?category=rural").body.decode()
        assert client.ask(f"/v1/notices/{town}/text").body.decode() == TOWN

    def test_the_later_of_two_people_is_told(self, client: Client, town: str) -> None:
        assert post(client, town, {"op": "correct", "item": FIGURE, "values": {"subject": "资金"}}, seen=0) == 201
        wanted = {"by": "乙", "seen": 0, "change": {"op": "delete", "item": FIGURE}}
        refused = client.post(f"/v1/notices/{town}/changes", wanted)
        assert refused.status == 409
        assert "甲" in refused.json()["detail"]
        assert post(client, town, {"op": "accept", "item": "issues[0]"}, by="乙", seen=0) == 201
        assert post(client, town, {"op": "delete", "item": FIGURE}, by="乙") == 201

    def test_of_many_people_at_once_none_is_lost(self, service: Service, client: Client, town: str) -> None:
        def correct(number: int) -> int:
            with Client(service.port) as own:
                change = {"op": "correct", "item": f"issues[{number % 3}]", "values": {"category": "rural"}}
                return post(own, town, change, by=f"第{number}人", seen=0)

        with ThreadPoolExecutor(8) as people:
            statuses = sorted(people.map(correct, range(24)))
        assert statuses == [201] * 3 + [409] * 21
        assert [each["number"] for each in changes(client, town)["changes"]] == [1, 2, 3]

    @pytest.mark.parametrize(
        ("by", "seen", "change"),
        [
            ("甲", 0, {"op": "delete", "item": "issues[9]"}),
            ("甲", 0, {"op": "correct", "item": FIGURE, "values": {"value": 99}}),
            ("  ", 0, {"op": "accept", "item": FIGURE}),
            ("甲", -1, {"op": "accept", "item": FIGURE}),
            ("甲", 0, {"op": "burn"}),
            ("\ud800", 0, {"op": "accept", "item": FIGURE}),
            ("甲", 0, {"op": "delete", "item": "\ud800"}),
            ("甲", 0, {"op": "correct", "item": FIGURE, "values": {"unit": "\ud800"}}),
            ("甲", 0, {"op": "correct", "item": "issues[0]", "values": {"section": ["\ud800"]}}),
        ],
    )
    def test_what_cannot_be_changes_nothing(
        self, client: Client, town: str, by: str, seen: int, change: dict[str, Any]
    ) -> None:
        before = client.ask(f"/v1/notices/{town}").body
        assert post(client, town, change, by=by, seen=seen) == 422
        assert client.ask(f"/v1/notices/{town}").body == before
        assert changes(client, town)["changes"] == []

    def test_of_no_notice_there_are_none(self, client: Client) -> None:
        assert client.ask("/v1/notices/none/changes").status == 404
        assert post(client, "none", {"op": "finish"}, seen=0) == 404

    def test_go_with_their_notice(self, client: Client, town: str) -> None:
        assert post(client, town, {"op": "delete", "item": FIGURE}) == 201
        assert client.ask(f"/v1/notices/{town}", "DELETE").status == 204
        assert client.done({f"{town}.txt": TOWN.encode()})["done"] == 1
        assert changes(client, town)["changes"] == []


def test_a_kill_loses_no_change_and_a_new_reading_takes_none_away(tmp_path: Path) -> None:
    files = {"town.txt": TOWN.encode(), "village.txt": VILLAGE.encode()}
    with serving(tmp_path, "--workers", "1") as first, Client(first.port) as client:
        client.done(files)
        assert post(client, "town", {"op": "delete", "item": FIGURE}) == 201
        first.kill()
    with serving(tmp_path, "--workers", "1", "--lang", "en") as again, Client(again.port) as client:
        assert [each["change"]["op"] for each in changes(client, "town")["changes"]] == ["delete"]
        # Other settings, so both would be read anew; but somebody worked on one.
        outcomes = {item["name"]: item["outcome"] for item in client.done(files)["items"]}
        assert outcomes == {"town.txt": "unchanged", "village.txt": "done"}
        assert len(client.ask("/v1/notices/town").json()["issues"][1]["measures"][0]["quantities"]) == 3


class TestGold:
    def test_what_is_reviewed_becomes_labels(self, service: Service, client: Client, town: str, tmp_path: Path) -> None:
        def export(*more: str) -> Finished:
            return command("gold", "export", "--data", service.log_file.parent, "--to", "gold", *more, cwd=tmp_path)

        labels = tmp_path / "gold" / "labels" / f"{town}.yaml"
        export()
        assert not labels.exists()  # nobody said that it is reviewed
        finish(client, town)
        assert export().status == 0
        assert "annotator: 甲\nstatus: reviewed" in labels.read_text(encoding="utf-8")
        assert command("gold", "check", "gold", cwd=tmp_path).status == 0
        assert post(client, town, {"op": "delete", "item": FIGURE}) == 201
        assert export().status == 0  # a later change has opened it again
        finish(client, town)
        refused = export()
        assert refused.status == 1
        assert "--replace" in refused.err
        assert export("--replace").status == 0
        assert command("gold", "check", "gold", cwd=tmp_path).status == 0

    def test_a_folder_without_a_service_is_named(self, tmp_path: Path) -> None:
        done = command("gold", "export", "--data", "none", cwd=tmp_path)
        assert done.status == 2
        assert "--data" in done.err
        assert list(tmp_path.iterdir()) == []


class TestPages:
    def test_the_inbox_leads_to_what_is_to_be_reviewed(self, client: Client, town: str) -> None:
        assert f'href="/review/{town}"' in client.ask("/").body.decode()
        finish(client, town)
        assert f"/review/{town}" not in client.ask("/").body.decode()
        assert f"/review/{town}" in client.ask("/?show=reviewed").body.decode()
        assert f"/review/{town}" not in client.ask(f"/?show=every&q={quote('没有这几个字')}").body.decode()

    def test_a_page_that_is_not_there_is_told_as_one(self, client: Client) -> None:
        for path in ("/review/none", "/none"):
            shown = client.ask(path, headers={"Accept": "text/html"})
            assert shown.status == 404
            assert "<h1>没有这个页面" in shown.body.decode()
            assert isinstance(client.ask(path).json()["detail"], str)

    def test_whoever_reviews_tells_a_name_first(self, client: Client, town: str) -> None:
        asked = client.ask(f"/review/{town}")
        assert (asked.status, asked.headers["location"]) == (303, f"/sign-in?next=%2Freview%2F{town}")
        told = client.form("/sign-in", {"name": " 王  小明 ", "next": f"/review/{town}"})
        assert (told.status, told.headers["location"]) == (303, f"/review/{town}")
        cookie = told.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        kept = {"Cookie": cookie.partition(";")[0]}
        assert client.ask(f"/review/{town}", headers=kept).status == 200
        accepted = client.form(f"/review/{town}/changes", {"op": "accept", "item": FIGURE, "seen": "0"}, kept)
        assert accepted.status == 204
        assert changes(client, town)["changes"][0]["by"] == "王 小明"
        assert client.form("/sign-in", {"name": "  "}).status == 403
        assert client.form(f"/review/{town}/changes", {"op": "finish", "seen": "0"}).status == 401

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "evil"])
    def test_signing_in_leads_nowhere_else(self, client: Client, elsewhere: str) -> None:
        assert client.form("/sign-in", {"name": "甲", "next": elsewhere}).headers["location"] == "/"
        assert client.ask(f"/language/en?{urlencode({'next': elsewhere})}").headers["location"] == "/"

    def test_are_in_the_language_that_somebody_chose(self, client: Client) -> None:
        assert 'lang="zh-CN"' in client.ask("/").body.decode()
        chosen = client.ask("/language/en").headers["set-cookie"].partition(";")[0]
        assert "<h1>Notices" in client.ask("/", headers={"Cookie": chosen}).body.decode()

    def test_run_nothing_that_a_notice_or_a_name_holds(self, client: Client) -> None:
        client.done({"hostile.txt": HOSTILE.encode()})
        for path in ("/", "/review/hostile", "/review/hostile/item?id=issues[0]", "/review/hostile/history"):
            answer = client.ask(path, headers={"Cookie": f"reviewer={quote('<script>' + HARM)}"})
            assert answer.status == 200
            assert "<img src=x" not in answer.body.decode()
            assert f"<script>{HARM}" not in answer.body.decode()
            assert "unsafe" not in answer.headers["content-security-policy"]

    @pytest.mark.parametrize("name", ["htmx.min.js", "desk.js", "review.js", "desk.css", "dom.js", "notice.css"])
    def test_have_their_files(self, client: Client, name: str) -> None:
        answer = client.ask(f"/static/{name}")
        assert answer.status == 200
        assert answer.headers["content-type"].startswith("text/javascript" if name.endswith("js") else "text/css")

    @pytest.mark.parametrize("name", ["none.js", "..%2fapi.py", "htmx.LICENSE.txt", "__init__.py", "report.js"])
    def test_and_no_others(self, client: Client, name: str) -> None:
        assert client.ask(f"/static/{name}").status == 404

    def test_a_form_that_is_too_large_is_refused(self, client: Client) -> None:
        assert client.form("/sign-in", {"name": "甲" * 100_000}).status == 413


def test_a_token_is_asked_for_once_and_not_kept_in_the_browser(tmp_path: Path) -> None:
    options = ("--token-env", "NOTICE_TOKEN", "--workers", "1")
    with serving(tmp_path, *options, env={"NOTICE_TOKEN": TOKEN}) as running, Client(running.port) as client:
        asked = client.ask("/", headers={"Accept": "text/html"})
        assert (asked.status, asked.headers["location"]) == (303, "/sign-in?next=/")
        assert client.ask("/", headers={"Accept": "application/json"}).status == 401
        assert client.ask("/sign-in").status == 200
        refused = client.form("/sign-in", {"name": "甲", "token": f"{TOKEN}x"})
        assert refused.status == 403
        assert "set-cookie" not in refused.headers
        told = client.form("/sign-in", {"name": "甲", "token": TOKEN}, {"X-Forwarded-Proto": "https"})
        cookies = told.headers["set-cookie"]
        assert cookies.count("Secure") == 2
        assert TOKEN not in cookies
        kept = "; ".join(each.partition(";")[0] for each in cookies.split("\n"))
        assert client.ask("/", headers={"Cookie": kept}).status == 200
        for wrong in (f"session={'0' * 64}", f"session={TOKEN}", "session="):
            assert client.ask("/", headers={"Cookie": wrong}).status == 401
        assert TOKEN not in running.log()
