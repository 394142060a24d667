"""The inbox in headless Chromium: folders sent, notices deleted, news told, lists sorted, and nothing moved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import faults_of_access, visited
from kind_examples import PNG, TEXT, write_folder
from playwright.sync_api import Browser, expect
from report_examples import TOWN, VILLAGE
from service_example import Client, Service, serving

pytestmark = pytest.mark.browser

_NUMBERS = count(1)
NAME = {"name": "reviewer", "value": quote("甲")}
ENGLISH = {"name": "lang", "value": "en"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("inbox") / "data", "--workers", "1") as running:
        yield running


@pytest.fixture
def home(service: Service) -> str:
    return f"http://127.0.0.1:{service.port}"


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with Client(service.port) as asks:
        yield asks


def sent(client: Client, *texts: str) -> list[str]:
    """Send notices that are this test's alone, and return their ids."""
    files = {f"n{next(_NUMBERS)}.txt": text.encode() for text in texts}
    assert client.done(files)["done"] == len(texts)
    return [name.removesuffix(".txt") for name in files]


def own(text: str) -> str:
    """A notice that is no copy of another."""
    return text.replace("2024", str(1900 + next(_NUMBERS)))


class TestAnEmptyService:
    def test_says_what_to_do_and_takes_a_folder_as_a_run_does(self, browser: Browser, tmp_path: Path) -> None:
        folder = tmp_path / "通报"
        folder.mkdir()
        write_folder(folder)
        (folder / "sub").mkdir()
        (folder / "sub" / "a.txt").write_text(own(TEXT), encoding="utf-8")
        for picture in (*folder.glob("*.doc"), *folder.glob("*.rtf"), *folder.glob("*.odt")):
            picture.unlink()  # these take seconds
        with (
            serving(tmp_path / "data", "--workers", "2") as running,
            Client(running.port) as client,
            visited(browser, f"http://127.0.0.1:{running.port}/", refusals=True) as page,
        ):
            expect(page.locator("main")).to_contain_text("还没有通报。请在下面上传文件")
            assert page.locator(".take a").count() == 0
            page.get_by_label("文件夹", exact=True).set_input_files(folder)
            page.get_by_role("button", name="上传").press("Enter")
            expect(page.get_by_role("link", name="处理完毕，显示结果")).to_be_visible()
            told = dict(re.findall(r"(共|已完成|未能读取|等待) ?(\d+)", page.locator(".said").inner_text()))
            names = {notice["name"] for notice in client.ask("/v1/notices?limit=200").json()["notices"]}
            assert {"通报/a.txt", "通报/sub/a.txt"} <= names
            assert int(told["已完成"]) == len(names)
            assert told["等待"] == "0"
            refused = page.locator(".failed li").all_inner_texts()
            assert len(refused) == int(told["未能读取"]) > 0
            assert any("通报/o.rar" in sentence for sentence in refused)
            page.get_by_text("略过 12 个不是通报的文件").click()
            passed = page.locator(".passed-over li").all_inner_texts()
            assert any(line.startswith("通报/c_files/logo.png · ") for line in passed)
            assert any(line.startswith("通报/Thumbs.db · ") for line in passed)
            assert not [name for name in names if "c_files" in name or "Thumbs" in name]


DROP = """files => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name));
    document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""


class TestSending:
    def test_takes_what_is_dropped_and_names_what_it_refuses(self, browser: Browser, home: str) -> None:
        with visited(browser, home, refusals=True) as page:
            page.evaluate(DROP, [["d1.txt", own(TOWN)], ["d2.txt", own(TOWN)], [f"{'长' * 300}.txt", TOWN]])
            expect(page.get_by_role("link", name="处理完毕，显示结果")).to_be_visible()
            expect(page.locator(".said")).to_contain_text("共 3 份：已完成 2，未变 0，未能读取 1，等待 0")
            expect(page.locator(".failed li")).to_have_count(1)
            expect(page.locator(".failed li")).to_contain_text("文件名有 304 个字符")

    def test_says_why_in_the_language_of_the_page(self, browser: Browser, home: str) -> None:
        with visited(browser, home, refusals=True, cookies=[ENGLISH]) as page:
            page.evaluate(DROP, [[f"{'长' * 300}.txt", TOWN]])
            expect(page.locator(".failed li")).to_contain_text("shorten it")
            expect(page.locator(".said")).to_contain_text("1 not read")

    def test_takes_a_folder_that_is_dropped(self, browser: Browser, home: str, client: Client, tmp_path: Path) -> None:
        folder = tmp_path / "dropped"
        (folder / "sub").mkdir(parents=True)
        for name in ("a.txt", "sub/b.txt", "sub/.hidden.txt"):
            (folder / name).write_text(own(TOWN), encoding="utf-8")
        for number in (1, 2, 3):
            (folder / f"{number}.png").write_bytes(PNG)
        with visited(browser, home) as page:
            page.locator("h1").wait_for()
            devices = page.context.new_cdp_session(page)
            data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
            for kind in ("dragEnter", "dragOver", "drop"):
                devices.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
            expect(page.locator(".said")).to_contain_text("共 3 份：已完成 2")
            expect(page.locator(".failed li")).to_have_count(1)
            expect(page.locator(".failed li")).to_contain_text("dropped/1.png…3.png")
            expect(page.locator(".failed li")).not_to_contain_text("损坏")  # in one piece, each whole
        found = client.ask("/v1/notices?limit=200").json()["notices"]
        assert {each["name"] for each in found} >= {"dropped/a.txt", "dropped/sub/b.txt"}

    def test_many_files_go_in_a_few_requests(self, browser: Browser, home: str) -> None:
        with visited(browser, home) as page:
            requests: list[str] = []
            page.on("request", lambda asked: requests.append(asked.url) if asked.method == "POST" else None)
            page.evaluate(DROP, [[f"m{number}.txt", own("整改通报")] for number in range(45)])
            expect(page.locator(".said")).to_contain_text("共 45 份")
            expect(page.get_by_role("link", name="处理完毕，显示结果")).to_be_visible()
            assert [url.rpartition("/")[2] for url in requests] == ["chosen-files", "notices", "notices", "notices"]


class TestDeleting:
    def test_asks_once_with_the_review_work_that_goes(self, browser: Browser, home: str, client: Client) -> None:
        kept, lost, other = sent(client, own(TOWN), own(TOWN), own(VILLAGE))
        change = {"op": "correct", "item": "issues[1]", "values": {"category": "rural"}}
        assert client.post(f"/v1/notices/{lost}/changes", {"by": "乙", "seen": 0, "change": change}).status == 201
        with visited(browser, f"{home}/?show=every", cookies=[NAME]) as page:
            for notice in (lost, other):
                page.locator(f"input[value={notice}]").check()
            page.get_by_role("button", name="删除所选（2）").click()
            dialog = page.get_by_role("dialog")
            expect(dialog).to_contain_text("删除这 2 篇通报？")
            expect(dialog).to_contain_text("有 1 处修改")
            expect(dialog).to_contain_text("没有人修改过")
            page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)
            assert client.ask(f"/v1/notices/{lost}").status == 200
            page.get_by_role("button", name="删除所选（2）").click()
            page.get_by_role("button", name="删除", exact=True).click()
            expect(page.locator(".told")).to_have_text("已删除 2 篇。")
            expect(page.locator(f"input[value={kept}]")).to_be_visible()
            expect(page.locator(f"input[value={lost}]")).to_have_count(0)
            page.get_by_role("link", name="删除记录").click()
            row = page.locator("tbody tr", has_text=f"{lost}.txt")
            expect(row).to_contain_text("有 1 处修改")
            expect(row).to_contain_text("甲")

    def test_what_was_changed_meanwhile_stays(self, browser: Browser, home: str, client: Client) -> None:
        (notice,) = sent(client, own(TOWN))
        with visited(browser, f"{home}/review/{notice}", cookies=[{**NAME, "url": home}]) as page:
            page.get_by_role("button", name="删除本篇").click()
            change = {"op": "correct", "item": "issues[1]", "values": {"category": "rural"}}
            assert client.post(f"/v1/notices/{notice}/changes", {"by": "乙", "seen": 0, "change": change}).status == 201
            page.get_by_role("button", name="删除", exact=True).click()
            expect(page.locator(".told")).to_contain_text("1 篇刚刚有人修改，没有删除")
            assert client.ask(f"/v1/notices/{notice}").status == 200


class TestTheList:
    def test_is_sorted_by_its_headings_and_the_address_keeps_it(
        self, browser: Browser, home: str, client: Client
    ) -> None:
        sent(client, own(TOWN), own(VILLAGE))
        with visited(browser, f"{home}/?show=every") as page:
            page.locator("th.column-measures a").click()
            expect(page.locator("th[aria-sort=descending]")).to_have_text("措施")
            assert "sort=-measures" in page.url
            shown = [int(cell) for cell in page.locator("td.column-measures").all_inner_texts()]
            assert shown == sorted(shown, reverse=True)
            assert len(set(shown)) > 1
            page.locator("th.column-measures a").press("Enter")
            expect(page.locator("th[aria-sort=ascending]")).to_have_text("措施")
            page.select_option("select[name=show]", "waiting")
            page.get_by_role("button", name="查找").click()
            assert "sort=measures" in page.url

    def test_when_all_is_reviewed_leads_to_all_and_exports_all(self, browser: Browser, tmp_path: Path) -> None:
        with serving(tmp_path / "data", "--workers", "1") as running, Client(running.port) as asks:
            asks.done({"a.txt": TEXT.encode()})
            finish(asks, "a")
            with visited(browser, f"http://127.0.0.1:{running.port}/") as page:
                expect(page.locator("main")).to_contain_text("没有待复核的通报：1 篇都已复核。")
                with page.expect_download() as told:
                    page.get_by_role("link", name="jsonl").click()
                assert len(told.value.path().read_text(encoding="utf-8").splitlines()) == 1
                page.get_by_role("link", name="显示全部通报").click()
                expect(page.locator("table.inbox tbody tr")).to_have_count(1)
                page.fill("input[name=q]", "没有这个词")
                page.get_by_role("button", name="查找").click()
                expect(page.locator("main")).to_contain_text("没有通报符合这些条件。")
                expect(page.locator(".take p")).to_have_count(1)


def finish(client: Client, notice: str) -> None:
    """Finish the review of a notice: each of its checks was looked into."""
    found = client.ask(f"/v1/notices/{notice}/changes").json()
    changes: list[dict[str, Any]] = [{"op": "accept", "item": check} for check in found["open_checks"]]
    for seen, change in enumerate([*changes, {"op": "finish"}], found["last"]):
        assert client.post(f"/v1/notices/{notice}/changes", {"by": "甲", "seen": seen, "change": change}).status == 201


LOOK = "document.dispatchEvent(new Event('visibilitychange'))"
PLACES = """() => [...document.querySelectorAll("main :is(a, button, td, th, input, h1), .top :is(a, button)")]
    .map(each => each.getBoundingClientRect()).map(box => [box.x, box.y, box.width, box.height].join())"""


class TestNews:
    @pytest.mark.parametrize(
        ("view", "counted"),
        [
            ("/?show=every", ".count"),
            ("/overview", ".key-figures a.big >> nth=0"),
            ("/overview#/list/measure?sort=-measure", ".list > .tally"),
        ],
    )
    def test_is_offered_and_nothing_moves_until_it_is_asked_for(
        self, browser: Browser, home: str, client: Client, view: str, counted: str
    ) -> None:
        sent(client, own(TOWN))
        with visited(browser, home + view) as page:
            expect(page.locator("main table").first).to_be_visible()
            page.evaluate(LOOK)
            expect(page.locator(".news")).not_to_be_visible()
            before, number = page.evaluate(PLACES), page.locator(counted).inner_text()
            sent(client, own(VILLAGE))
            page.evaluate(LOOK)
            expect(page.locator(".news")).to_be_visible()
            assert page.evaluate(PLACES) == before
            page.get_by_role("button", name="有新内容，点此显示").click()
            expect(page.locator(counted)).not_to_have_text(number)
            expect(page.locator(".news")).not_to_be_visible()
            assert page.url == home + view


def test_ticking_and_telling_move_nothing(browser: Browser, home: str, client: Client) -> None:
    sent(client, own(TOWN))
    with visited(browser, f"{home}/?show=every") as page:
        before = page.evaluate(PLACES)
        page.locator("input[name=notice]").first.check()
        page.get_by_role("button", name="上传").evaluate("button => button.click()")
        expect(page.locator(".said")).to_have_text("请先选择文件或文件夹。")
        assert page.evaluate(PLACES) == before


def test_axe_finds_no_serious_fault(browser: Browser, home: str, client: Client) -> None:
    sent(client, own(TOWN))
    with visited(browser, f"{home}/?show=every&sort=-issues", cookies=[NAME]) as page:
        assert faults_of_access(page) == []
        page.locator("input[data-all]").check()
        page.get_by_role("button", name="删除所选").click()
        assert faults_of_access(page) == []
        page.goto(f"{home}/deletions")
        assert faults_of_access(page) == []


def test_what_pages_send_is_refused_where_it_makes_no_sense(client: Client) -> None:
    def status(path: str, body: object, **headers: str) -> int:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        return client.ask(path, "POST", sent, headers).status

    (notice,) = sent(client, own(TOWN))
    for body in (b"", b"[", {}, {"files": [{"path": ""}]}, {"files": [{"path": "a", "head": "a"}]}, {"files": [1]}):
        assert status("/chosen-files", body) == 422, body
    assert status("/chosen-files", {"files": [{"path": "../a/./b//c"}, {"path": "/"}, {"path": "\0"}]}) == 200
    by = {"Cookie": "reviewer=a", "Content-Type": "application/x-www-form-urlencoded"}
    assert status("/delete", b"notice=a&seen=0") == 401
    assert status("/delete", b"notice=a", **by) == 422
    assert client.ask("/delete", "POST", f"notice={notice}&seen=7&notice=none&seen=0".encode(), by).json() == {
        "deleted": [],
        "gone": ["none"],
        "changed": [notice],
    }
    assert status("/delete", f"notice={notice}&seen=0".encode(), **by, Origin="http://elsewhere.example") == 403
    assert client.ask(f"/v1/notices/{notice}").status == 200
