"""All notices of a service together: overview, lists and search over what people corrected, and each notice once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from service_example import Client, Service, serving

HEAD = """{body}关于巡察整改进展情况的通报
{year}年3月1日至4月30日,县委第一巡察组对{body}开展了巡察。{year}年6月5日,巡察组反馈了意见。
一、整改进展情况
"""
FINDINGS = """1.关于“违规发放津贴补贴”问题的整改。
一是区纪委给予党纪处分{people}人,其中科级1人。二是清退补贴{money}元。
2.关于“项目招标不规范”问题的整改。
一是制定《招标管理办法》,开展培训2期。
"""


def text(body: str = "青禾县松林镇党委", year: int = 2024, people: int = 3, money: int = 1500) -> bytes:
    return (HEAD.format(body=body, year=year) + FINDINGS.format(people=people, money=money)).encode()


NOTICES = {
    "松林.txt": text(),
    "松林-copy.txt": b"\n" + text(),
    "松林2022.txt": text(year=2022, people=2, money=700),
    "石桥.txt": text(body="青禾县石桥镇党委", people=4, money=90),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("collected") / "data", "--workers", "1") as running:
        with Client(running.port) as sends:
            assert sends.done(NOTICES)["done"] == len(NOTICES)
        yield running


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(service.port) as asks:
        yield asks


def items(client: Client, kind: str, **wanted: str) -> dict[str, Any]:
    answer = client.ask(f"/v1/items/{kind}?{urlencode(wanted)}")
    assert answer.status == 200, answer.body
    told: dict[str, Any] = answer.json()
    return told


def _words(item: dict[str, Any]) -> str:
    """An item's words as lists sort by them: without blanks and marks."""
    start, end = (offset - item["begin"] for offset in item["at"])
    return "".join(filter(str.isalnum, item["around"][start:end]))


def recovered(client: Client, **wanted: str) -> float:
    (told,) = items(client, "sum", term="money_recovered", **wanted)["sums"]
    assert told["unit"] == "元"
    return float(told["value"])


class TestOverview:
    def test_tells_copies_and_years_of_a_body_apart(self, client: Client) -> None:
        told = {each["file"]: each for each in client.ask("/v1/overview").json()["notices"]}
        originals = {name for name, each in told.items() if each["duplicate_of"] is None}
        assert len(originals & {"松林.txt", "松林-copy.txt"}) == 1
        assert len({told[name]["series"] for name in ("松林.txt", "松林2022.txt")}) == 1
        assert [told[name]["edition"][:4] for name in ("松林.txt", "松林2022.txt")] == ["2024", "2022"]

    def test_has_the_counts_that_lists_have(self, client: Client) -> None:
        told = [each for each in client.ask("/v1/overview").json()["notices"] if each["duplicate_of"] is None]
        counted = sum(entry[-1] for each in told for entry in each["items"] if entry[0] == "issue")
        assert counted == items(client, "issue")["total"] == 6


class TestLists:
    def test_a_notice_in_two_files_counts_once_unless_copies_are_asked_for(self, client: Client) -> None:
        assert recovered(client) == 1500 + 700 + 90
        assert recovered(client, copies="1") == 2 * 1500 + 700 + 90

    def test_figures_that_do_not_count_are_there_with_the_reason(self, client: Client) -> None:
        found = items(client, "sum", term="party_discipline", year="2022")
        assert found["sums"] == [{"sum": "party_discipline", "unit": "人", "value": 2, "counted": 1, "left_out": 1}]
        assert [each["reason"] for each in found["items"]] == ["counted", "part"]

    @pytest.mark.parametrize(
        ("kind", "wanted", "total"),
        [
            ("issue", {"body": "石桥"}, 2),
            ("issue", {"year": "2022"}, 2),
            ("issue", {"series": "青禾县松林镇"}, 4),
            ("issue", {"genre": "inspection", "inspection": "巡察"}, 6),
            ("issue", {"inspection": "巡视"}, 0),
            ("document", {"term": "issued"}, 3),
            ("quantity", {"unit": "money"}, 3),
            ("measure", {"organisation": "区纪委"}, 3),
            ("measure", {"reader": "person"}, 0),
            ("measure", {"reviewed": "yes"}, 0),
            ("measure", {"q": "培训 制定"}, 3),
            ("measure", {"q": "700元"}, 1),
            ("quantity", {"q": "700元 清退"}, 1),
            ("issue", {"q": "%"}, 0),
            ("sum", {"q": "津贴", "term": "money_recovered"}, 0),
            ("sum", {"q": "清退", "term": "money_recovered"}, 3),
        ],
    )
    def test_are_filtered(self, client: Client, kind: str, wanted: dict[str, str], total: int) -> None:
        assert items(client, kind, **wanted)["total"] == total

    def test_are_sorted_and_come_in_parts(self, client: Client) -> None:
        wanted = {"term": "money_recovered", "order": "-value"}
        assert [each["value"] for each in items(client, "sum", **wanted)["items"]] == [1500, 700, 90]
        part = items(client, "sum", **wanted, limit="1", offset="1")
        assert (part["total"], [each["value"] for each in part["items"]]) == (3, [700])

    @pytest.mark.parametrize(
        ("kind", "order", "shown"),
        [
            ("measure", "issue", lambda item: item["issue_title"]),
            ("measure", "notice", lambda item: (item["body"], item["edition"])),
            ("quantity", "subject", lambda item: item["data"]["value"]["subject"] or ""),
            ("issue", "measures", lambda item: item["data"]["measures"]),
            ("check", "severity", lambda item: ("error", "warning", "info").index(item["term"])),
            ("measure", "measure", _words),
        ],
    )
    def test_are_sorted_by_what_a_column_shows(
        self, client: Client, kind: str, order: str, shown: Callable[[dict[str, Any]], Any]
    ) -> None:
        rising = [shown(item) for item in items(client, kind, order=order, copies="1")["items"]]
        assert rising == sorted(rising)
        falling = [shown(item) for item in items(client, kind, order=f"-{order}", copies="1")["items"]]
        assert falling == sorted(rising, reverse=True)

    def test_rows_have_their_words_in_the_text(self, client: Client) -> None:
        (row,) = items(client, "quantity", unit="money", body="石桥")["items"]
        start, end = (offset - row["begin"] for offset in row["at"])
        assert row["around"][start:end] == "90元"
        assert row["issue_title"] == "违规发放津贴补贴"

    def test_an_unknown_filter_value_is_refused_in_a_sentence(self, client: Client) -> None:
        answer = client.ask("/v1/items/issue?category=nonsense")
        assert answer.status == 422
        assert "category" in answer.json()["detail"]


class TestCorrections:
    def test_show_at_once_everywhere(self, tmp_path: Path) -> None:
        with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as client:
            client.done({"a.txt": text(money=800)})
            assert recovered(client) == 800
            path = items(client, "quantity", unit="money")["items"][0]["path"]
            change = {"op": "delete", "item": path}
            assert client.post("/v1/notices/a/changes", {"by": "甲", "seen": 0, "change": change}).status == 201
            assert items(client, "sum", term="money_recovered")["total"] == 0
            change = {"op": "correct", "item": "issues[0]", "values": {"category": "rural"}}
            assert client.post("/v1/notices/a/changes", {"by": "甲", "seen": 1, "change": change}).status == 201
            assert items(client, "issue", category="rural")["total"] == 1
            assert items(client, "issue", reader="person")["total"] == 1
            (told,) = client.ask("/v1/overview").json()["notices"]
            assert ["issue", "rural", "unspecified", 1] in told["items"]
            rows = client.ask("/v1/items/issue.json?category=rural").json()
            assert [(row["notice_id"], row["reader"]) for row in rows] == [("a", "person")]
            exported = json.loads(client.ask("/v1/export.jsonl").body)
            assert exported["issues"][0]["category"] == "rural"
            client.done({"earlier.txt": text(year=2022)})
            asked = urlencode({"notice": ["earlier", "a"]}, doseq=True)
            compared = client.ask(f"/v1/comparison?{asked}").json()["findings"]
            assert "rural" in [side["category"] for side in compared[0]["told"]]

    def test_a_notice_that_goes_leaves_nothing(self, tmp_path: Path) -> None:
        with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as client:
            client.done({"a.txt": text(), "b.txt": b"\n" + text()})
            assert recovered(client) == 1500
            kept = next(each for each in client.ask("/v1/overview").json()["notices"] if not each["duplicate_of"])
            assert client.ask(f"/v1/notices/{kept['id']}", "DELETE").status == 204
            assert recovered(client) == 1500
            (left,) = client.ask("/v1/overview").json()["notices"]
            assert left["duplicate_of"] is None


class TestIntake:
    def test_a_question_meanwhile_counts_all_that_is_stored_and_no_copy_twice(self, tmp_path: Path) -> None:
        files = {f"{k}.txt": text(body=f"青禾县第{k}镇党委", money=1) for k in range(30)}
        copies = {f"copy{k}.txt": b"\n" + files[f"{k}.txt"] for k in range(30)}
        with serving(tmp_path / "data", "--workers", "2") as running, Client(running.port) as client:
            job = client.send(files | copies).json()["job_id"]
            ended = False
            while not ended:
                progress = client.ask(f"/v1/jobs/{job}").json()
                before, ended = progress["done"], progress["pending"] == 0
                told = client.ask("/v1/items/sum?term=money_recovered").json()["sums"]
                whole = client.ask("/v1/items/sum?term=money_recovered&copies=1").json()["sums"]
                counted, with_copies = (sum(each["value"] for each in sums) for sums in (told, whole))
                assert counted <= 30
                assert before <= with_copies <= 60
            assert (counted, with_copies) == (30, 60)

    def test_what_was_not_counted_when_the_service_was_killed_is_counted_later(self, tmp_path: Path) -> None:
        with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as client:
            client.done(NOTICES)
            running.kill()
        with serving(tmp_path / "data", "--workers", "1") as again, Client(again.port) as client:
            assert recovered(client) == 1500 + 700 + 90
            assert client.ask(f"/v1/notices?{urlencode({'q': '石桥'})}").json()["total"] == 1


class TestSearch:
    def test_finds_words_in_any_order_with_the_sentence_that_has_them(self, client: Client) -> None:
        found = client.ask(f"/v1/search?{urlencode({'q': '科级 党纪处分'})}").json()
        assert found["total"] == 3
        first = found["notices"][0]["sentences"][0]
        assert [first["words"][start - first["begin"] : end - first["begin"]] for start, end in first["at"]] == [
            "党纪处分",
            "科级",
        ]
        assert first["path"] == "issues[0].measures[0]"

    @pytest.mark.parametrize("query", ["科级 火星", "(“", '"', "石桥 NEAR", "*"])
    def test_says_where_nothing_has_them_all(self, client: Client, query: str) -> None:
        assert client.ask(f"/v1/search?{urlencode({'q': query})}").json() == {"total": 0, "notices": []}


class TestDownloads:
    WANTED = urlencode({"term": "money_recovered", "year": "2024", "order": "value"})

    def test_hold_exactly_what_the_list_shows(self, client: Client) -> None:
        shown = client.ask(f"/v1/items/sum?{self.WANTED}").json()["items"]
        rows = client.ask(f"/v1/items/sum.json?{self.WANTED}").json()
        assert [(row["notice_id"], row["path"], row["value"]) for row in rows] == [
            (item["notice_id"], item["path"], item["value"]) for item in shown
        ]
        assert (rows[0]["words"], rows[0]["sentence"]) == ("90元", "二是清退补贴90元。")

    def test_are_named_for_people_in_sheets(self, client: Client) -> None:
        lines = client.ask(f"/v1/items/sum.csv?{self.WANTED}").body.decode("utf-8-sig").splitlines()
        assert len(lines) == 3
        assert "追缴资金" in lines[1]
        assert "money_recovered" not in lines[1]

    @pytest.mark.parametrize(("ending", "begins"), [("xlsx", b"PK"), ("parquet", b"PAR1")])
    def test_come_as_workbook_and_parquet(self, client: Client, ending: str, begins: bytes) -> None:
        answer = client.ask(f"/v1/items/issue.{ending}")
        assert (answer.status, answer.body[: len(begins)]) == (200, begins)

    def test_of_nothing_are_refused(self, client: Client) -> None:
        assert client.ask("/v1/items/issue.csv?year=1999").status == 422


class TestComparison:
    def test_of_two_years_says_what_recurs(self, client: Client) -> None:
        told = {each["file"]: each["id"] for each in client.ask("/v1/overview").json()["notices"]}
        ids = [told["松林2022.txt"], told["松林.txt"]]
        found = client.ask(f"/v1/comparison?{urlencode({'notice': ids}, doseq=True)}").json()
        assert found["notices"] == ids
        assert [[side["title"] for side in each["told"]] for each in found["findings"]] == [
            ["违规发放津贴补贴"] * 2,
            ["项目招标不规范"] * 2,
        ]
        assert [each["words"] for each in found["findings"][0]["measures"][1]] == [
            "清退补贴700元。",
            "清退补贴1500元。",
        ]

    def test_of_more_notices_leaves_a_place_where_one_tells_nothing(self, client: Client) -> None:
        told = {each["file"]: each["id"] for each in client.ask("/v1/overview").json()["notices"]}
        change = {"op": "delete", "item": "issues[1]"}
        asked = f"/v1/notices/{quote(told['石桥.txt'])}/changes"
        assert client.post(asked, {"by": "甲", "seen": 0, "change": change}).status == 201
        ids = [told["松林2022.txt"], told["石桥.txt"], told["松林.txt"]]
        found = client.ask(f"/v1/comparison?{urlencode({'notice': ids}, doseq=True)}").json()
        assert [[side and side["title"] for side in each["told"]] for each in found["findings"]] == [
            ["违规发放津贴补贴"] * 3,
            ["项目招标不规范", None, "项目招标不规范"],
        ]
        assert client.post(asked, {"by": "甲", "seen": 1, "change": {"op": "undo", "change": 1}}).status == 201

    @pytest.mark.parametrize(
        ("asked", "status"),
        [("notice=a&notice=b", 404), ("notice=a", 422), ("notice=a&notice=a", 422), ("&".join(["notice=a"] * 9), 422)],
    )
    def test_of_what_cannot_be_compared_is_refused(self, client: Client, asked: str, status: int) -> None:
        assert client.ask(f"/v1/comparison?{asked}").status == status

    def test_sums_of_compared_notices_lead_to_their_sentences(self, client: Client) -> None:
        told = {each["file"]: each["id"] for each in client.ask("/v1/overview").json()["notices"]}
        among = f"{told['松林2022.txt']}/{told['石桥.txt']}"
        assert recovered(client, among=among) == 700 + 90
