"""Reviews as people make them: the service's pages in headless Chromium."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import PHONE, WIDE, faults_of_access, visited
from cli_examples import command
from playwright.sync_api import Browser, Locator, Page, expect
from report_examples import HOSTILE, TOWN, VILLAGE
from service_example import Client, Service, serving

pytestmark = pytest.mark.browser

_NUMBERS = count(1)
FIGURE = "issues[1].measures[0].quantities[0]"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serving(tmp_path_factory.mktemp("service") / "data", "--workers", "1") as running:
        yield running


@pytest.fixture
def town(service: Service) -> str:
    """The address of a notice that is this test's alone."""
    return sent(service, f"town-{next(_NUMBERS)}", TOWN)


def sent(service: Service, name: str, text: str) -> str:
    with Client(service.port) as client:
        assert client.done({f"{name}.txt": text.encode()})["done"] == 1
    return f"http://127.0.0.1:{service.port}/review/{name}"


@contextmanager
def reviewing(
    browser: Browser, address: str, *, by: str = "甲", size: tuple[int, int] = WIDE, refusals: bool = False
) -> Iterator[Page]:
    """Open a notice under review, as somebody who has told a name."""
    name = {"name": "reviewer", "value": quote(by)}
    with visited(browser, address, size=size, refusals=refusals, cookies=[name]) as page:
        page.wait_for_selector(".notice")
        yield page


def row(page: Page, path: str) -> Locator:
    return page.locator(f'.reading [data-path="{path}"]:not([data-check]):not([data-unsure])')


def form(page: Page) -> Locator:
    return page.locator(".item-form")


def choose(page: Page, path: str) -> None:
    row(page, path).click()
    expect(form(page)).to_be_visible()


def saved(page: Page, number: int) -> None:
    """Wait until so many changes were made, and the page is drawn anew."""
    expect(page.get_by_role("button", name=f"修改记录 {number}")).to_be_visible()
    expect(page.locator(".notice-head .said")).to_have_text("已保存")


_ENDS = """words => {
    const lines = [...document.querySelectorAll(".text-lines .line")];
    const line = lines.find(each => each.textContent.includes(words)), start = line.textContent.indexOf(words);
    line.scrollIntoView({ block: "center" });
    function box(offset) {
        const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), range = document.createRange();
        let node = walker.nextNode();
        for (; offset >= node.data.length; node = walker.nextNode()) offset -= node.data.length;
        range.setStart(node, offset);
        range.setEnd(node, offset + 1);
        return range.getBoundingClientRect();
    }
    const first = box(start), last = box(start + words.length - 1);
    return [first.left + 1, first.top + first.height / 2, last.right - 1, last.top + last.height / 2];
}"""


def drag(page: Page, words: str) -> None:
    """Select words in the text as a mouse does."""
    expect(page.locator(".tools:empty")).to_have_count(0)  # a form that is still to come moves the text
    left, top, right, bottom = page.evaluate(_ENDS, words)
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move(right, bottom, steps=4)
    page.mouse.up()
    expect(page.locator(".selection-bar")).to_be_visible()


def deal_with_all_checks(page: Page) -> None:
    while page.locator(".settle").count():
        left = page.locator(".settle").count()
        page.locator(".settle").first.click()
        expect(page.locator(".settle")).to_have_count(left - 1)


def scores(folder: Path, gold: str) -> dict[str, Any]:
    """What the evaluation of the rules says of the labels in a folder."""
    done = command("eval", "--gold", gold, "--split", "all", "--out", f"eval-{gold}", cwd=folder)
    assert done.status == 0, done.err
    found: dict[str, Any] = json.loads((folder / f"eval-{gold}" / "metrics.json").read_bytes())
    return found


def test_a_correction_made_in_the_browser_becomes_gold_and_changes_the_scores(
    browser: Browser, service: Service, town: str, tmp_path: Path
) -> None:
    data = service.log_file.parent

    def export(to: str) -> None:
        assert command("gold", "export", "--data", data, "--to", to, cwd=tmp_path).status == 0
        assert command("gold", "check", to, cwd=tmp_path).status == 0

    with visited(browser, f"http://127.0.0.1:{service.port}/") as page:
        page.locator(f'a[href="{town.removeprefix(page.url.rstrip("/"))}"]').click()
        page.get_by_label("姓名").fill("王小明")
        page.get_by_role("button", name="登录").click()
        page.wait_for_selector(".notice")
        deal_with_all_checks(page)
        page.get_by_role("button", name="完成复核").click()
        expect(page.locator(".review-bar b")).to_contain_text("王小明")
        export("untouched")

        choose(page, "issues[0]")
        form(page).get_by_label("问题类别").select_option("rural")
        form(page).get_by_role("button", name="保存更正").click()
        saved(page, 3)
        choose(page, FIGURE)
        form(page).get_by_role("button", name="删除").click()
        expect(row(page, "issues[1].measures[0].quantities[3]")).to_have_count(0)
        drag(page, "党员干部")
        page.locator(".selection-bar").get_by_role("button", name="实施单位").click()
        expect(form(page).get_by_label("实施单位")).to_have_value("党员干部")
        form(page).get_by_role("button", name="添加").click()
        expect(row(page, "issues[0].measures[0].organizations[0]")).to_have_text("党员干部人人工")
        page.get_by_role("button", name="完成复核").click()
        expect(page.locator(".review-bar b")).to_contain_text("王小明")
        export("corrected")

    before, after = scores(tmp_path, "untouched"), scores(tmp_path, "corrected")
    fields = {name: (one["f1"], after["fields"][name]) for name, one in before["fields"].items()}
    assert {name for name, (f1, other) in fields.items() if other["f1"] != f1} == {
        "issues.category",
        "measures.quantities",
        "measures.quantities.qualifier",
        "measures.quantities.subject",
        "measures.quantities.subject.overlap",
        "measures.organizations",
    }
    assert all(fields[name][0] == 1 for name in ("issues.category", "measures.quantities"))
    assert fields["issues.category"][1]["recall"] == pytest.approx(2 / 3)
    assert fields["measures.quantities"][1]["precision"] == pytest.approx(6 / 7)
    assert fields["measures.quantities"][1]["recall"] == 1


class TestForms:
    def test_what_is_not_printed_is_refused_and_comes_back_as_it_was_typed(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town, refusals=True) as page:
            choose(page, FIGURE)
            form(page).get_by_label("数值").fill("15")
            form(page).get_by_role("button", name="保存更正").click()
            expect(form(page).get_by_role("alert")).to_contain_text("1.5万元")
            expect(form(page).get_by_label("数值")).to_have_value("15")
            form(page).get_by_label("数值").fill("1.5")
            form(page).get_by_label("约数").select_option("about")
            form(page).get_by_role("button", name="保存更正").click()
            saved(page, 1)

    def test_a_value_is_moved_to_selected_words(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, FIGURE)
            drag(page, "3000元")
            page.locator(".selection-bar").get_by_role("button", name="改用选中的文字").click()
            expect(form(page).locator(".words")).to_have_text("3000元")
            form(page).get_by_label("数值").fill("3000")
            form(page).get_by_label("单位").fill("元")
            form(page).get_by_role("button", name="保存更正").click()
            saved(page, 1)
            assert "".join(page.locator(".text-lines .chosen").all_text_contents()) == "3000元"

    def test_words_become_a_field_of_the_notice(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            drag(page, "025-88029150")
            page.locator(".selection-bar").get_by_label("用作基本信息").select_option("contact.postal_address")
            expect(form(page).get_by_label("通信地址")).to_have_value("025-88029150")
            form(page).get_by_role("button", name="保存更正").click()
            expect(row(page, "contact.postal_address")).to_contain_text("025-88029150")

    def test_words_outside_of_all_measures_hold_no_figure(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            drag(page, "共反馈问题5个")
            page.locator(".selection-bar").get_by_role("button", name="数量").click()
            expect(page.locator(".tools [role=alert]")).to_contain_text("措施")

    def test_offsets_count_code_points_behind_rare_characters(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            drag(page, "镇党委开展了")  # behind a character of two UTF-16 units
            page.locator(".selection-bar").get_by_role("button", name="总体数据").click()
            start = TOWN.index("镇党委开展了")
            expect(form(page).get_by_label("起")).to_have_value(str(start))
            expect(form(page).locator(".words")).to_have_text("镇党委开展了")

    def test_the_keyboard_is_enough(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            row(page, FIGURE).focus()
            page.keyboard.press("Enter")
            expect(form(page)).to_be_visible()
            expect(form(page).get_by_label("数值")).to_be_focused()
            form(page).get_by_role("button", name="确认无误").focus()
            page.keyboard.press("Enter")
            saved(page, 1)
            expect(row(page, FIGURE).locator(".reader-person")).to_be_visible()

    def test_an_issue_and_its_measure_are_added_as_the_rules_read_them(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, "issues[2]")
            form(page).get_by_role("button", name="删除").click()
            saved(page, 1)
            drag(page, "3.关于“环境治理滞后”问题的整改。")
            page.locator(".selection-bar").get_by_role("button", name="问题").click()
            end = TOWN.index("二是下一步")
            form(page).get_by_label("止").fill(str(end))
            form(page).get_by_role("button", name="添加").click()
            saved(page, 2)
            drag(page, "投入265亿元开展河道治理。")
            page.locator(".selection-bar").get_by_role("button", name="措施").click()
            expect(form(page).get_by_label("序号")).to_have_value("一是")
            form(page).get_by_role("button", name="添加").click()
            saved(page, 3)
            expect(row(page, "issues[2]")).to_contain_text("环境治理滞后")
            expect(row(page, "issues[2].measures[0]")).to_contain_text("投入265亿元")
            form(page).get_by_role("button", name="数量 265亿元").click()
            saved(page, 4)
            expect(row(page, "issues[2].measures[0].quantities[0]")).to_contain_text("265亿元")

    def test_pressed_twice_counts_once(self, browser: Browser, town: str) -> None:
        # A second press that comes after the first was answered is refused by the service: 422, which the browser logs.
        with reviewing(browser, town, refusals=True) as page:
            drag(page, "党员干部")
            page.locator(".selection-bar").get_by_role("button", name="实施单位").click()
            form(page).get_by_role("button", name="添加").dblclick()
            saved(page, 1)
            expect(row(page, "issues[0].measures[0].organizations[0]")).to_be_visible()

    def test_what_is_typed_outlives_what_is_done_beside_it(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, FIGURE)
            form(page).get_by_label("对象").fill("资金")
            page.locator(".settle").first.click()
            saved(page, 1)
            expect(form(page).get_by_label("对象")).to_have_value("资金")
            form(page).get_by_role("button", name="保存更正").click()
            saved(page, 2)
            expect(row(page, FIGURE)).to_contain_text("资金")

    def test_whoever_is_signed_out_loses_nothing(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town, refusals=True) as page:
            choose(page, FIGURE)
            form(page).get_by_label("对象").fill("资金")
            page.context.clear_cookies()
            form(page).get_by_role("button", name="保存更正").click()
            expect(page.locator(".notice-head .said")).to_contain_text("重新登录")
            expect(form(page).get_by_label("对象")).to_have_value("资金")

    def test_a_place_that_is_none_is_not_passed_over(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town, refusals=True) as page:
            choose(page, FIGURE)
            form(page).get_by_label("止").fill("x")
            form(page).get_by_role("button", name="保存更正").click()
            expect(form(page).get_by_role("alert")).to_contain_text("拖选")


def height(page: Page) -> tuple[int, int]:
    """How tall the page is, and how tall its window."""
    tall, window = page.evaluate("[document.documentElement.scrollHeight, innerHeight]")
    return tall, window


_PLACES = """() => Object.fromEntries([...document.querySelectorAll(
    ".review-bar :is(button, select), .actions button, .fields > *, .value, .open")]
    .map((node, at) => [`${at} ${node.dataset.path || node.className || node.tagName}`,
        ["x", "y", "width", "height"].map(side => Math.round(node.getBoundingClientRect()[side]))]))"""


class TestKeys:
    def test_keys_alone_review_a_notice_from_first_to_last(self, browser: Browser, service: Service) -> None:
        names = [f"keys-{next(_NUMBERS)}" for _ in range(2)]
        following, address = (sent(service, name, TOWN) for name in names)
        with reviewing(browser, address, refusals=True) as page:
            keys, said = page.keyboard, page.locator(".notice-head .said")
            keys.press("?")
            dialog = page.get_by_role("dialog", name="按键")
            expect(dialog).to_contain_text("下一篇待复核")
            assert faults_of_access(page) == []
            keys.press("Escape")
            expect(dialog).to_be_hidden()
            keys.press("c")
            keys.press("x")
            saved(page, 1)
            page.goto(address)
            page.wait_for_selector(".notice")
            keys.press("n")
            expect(form(page)).to_have_attribute("data-item", "title")
            keys.press("e")
            title = form(page).get_by_label("标题")
            expect(title).to_be_focused()
            keys.type("nyu")  # letters in a field are letters
            expect(title).to_have_value(re.compile("nyu"))
            keys.press("Enter")
            expect(form(page).get_by_role("alert")).to_contain_text("nyu")
            title.fill("关于巡察整改进展情况的通报")
            title.press("Enter")
            saved(page, 2)
            keys.press("u")
            saved(page, 3)
            expect(row(page, "title")).to_contain_text("某县")
            keys.press("m")
            keys.type("标题待核")
            keys.press("Enter")
            expect(page.locator(".notes .note")).to_contain_text("甲")
            every = page.locator(".review-bar progress").get_attribute("max")
            for _ in range(int(every or 0)):
                keys.press("y")  # pressed quicker than the service answers: none is lost
            expect(page.locator(".progress")).to_have_text(f"已看 {every} / {every} 项", timeout=60_000)
            assert height(page) == (WIDE[1], WIDE[1])
            keys.press("f")
            expect(page.locator(".review-bar b")).to_contain_text("甲")
            expect(said).to_have_css("color", "rgb(44, 115, 86)")
            keys.press("]")
            page.wait_for_url(re.compile(following.rpartition("/")[2]))
        with Client(service.port) as client:
            record = client.ask(f"/v1/notices/{names[1]}").json()
        assert [(note["path"], note["words"]) for note in record["notes"]] == [("title", "标题待核")]

    def test_nothing_moves_and_the_page_stays_as_tall_as_its_window(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town, refusals=True) as page:
            assert height(page) == (WIDE[1], WIDE[1])
            choose(page, FIGURE)
            before = page.evaluate(_PLACES)
            form(page).get_by_role("button", name="确认无误").click()
            saved(page, 1)
            expect(page.locator(".steps li")).to_have_count(1)
            accepted = page.evaluate(_PLACES)
            form(page).get_by_label("数值").fill("15")
            form(page).get_by_role("button", name="保存更正").click()
            expect(form(page).get_by_role("alert")).to_contain_text("1.5万元")
            expect(page.locator(".notice-head .said")).to_be_empty()  # told once
            refused = page.evaluate(_PLACES)
            form(page).get_by_label("数值").fill("1.5")
            form(page).get_by_label("数值").press("Enter")
            saved(page, 2)
            page.get_by_label("备注", exact=True).fill("待问")
            page.get_by_role("button", name="存备注").click()
            saved(page, 3)
            expect(row(page, FIGURE).locator(".noted")).to_be_visible()
            expect(page.locator(".steps li")).to_have_count(2)
            noted = page.evaluate(_PLACES)
            assert accepted == before
            assert refused == before
            assert noted == before
            assert height(page) == (WIDE[1], WIDE[1])
            assert faults_of_access(page) == []

    def test_a_filter_walks_through_what_nobody_saw(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, "issues[1]")
            form(page).get_by_role("button", name="连同其中各项").click()
            saved(page, 1)
            walk = page.get_by_label("依次查看")
            walk.select_option("unseen")
            expect(row(page, FIGURE)).to_be_hidden()
            expect(row(page, "issues[0].measures[0].quantities[0]")).to_be_visible()
            walk.select_option("unsure")
            page.get_by_role("button", name="下一个").first.click()
            least = page.evaluate("document.querySelector('[data-unsure]').dataset.path")
            expect(page.locator(".reading .chosen").first).to_have_attribute("data-path", least)

    def test_a_link_opens_the_chosen_value_and_keys_can_be_turned_off(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, FIGURE)
            page.reload()
            expect(form(page)).to_have_attribute("data-item", FIGURE)
            page.keyboard.press("?")
            page.get_by_label("使用这些按键").uncheck()
            page.keyboard.press("Escape")
            page.keyboard.press("u")
            page.keyboard.press("n")
            expect(page.locator(".notice-head .said")).to_be_empty()
            expect(form(page)).to_have_attribute("data-item", FIGURE)


class TestHistory:
    def test_changes_are_told_and_undone(self, browser: Browser, town: str) -> None:
        with reviewing(browser, town) as page:
            choose(page, FIGURE)
            form(page).get_by_role("button", name="删除").click()
            saved(page, 1)
            choose(page, "issues[0]")
            form(page).get_by_label("整改状态").select_option("in_progress")
            form(page).get_by_role("button", name="保存更正").click()
            saved(page, 2)
            page.get_by_role("button", name="修改记录").click()
            steps = page.locator("#history li")
            expect(steps).to_have_count(2)
            expect(steps.nth(0)).to_contain_text("理论学习不够")
            expect(steps.nth(1)).to_contain_text("1.5万元")
            steps.nth(1).get_by_role("button", name="撤销").click()
            expect(row(page, FIGURE)).to_contain_text("1.5万元")
            page.get_by_role("button", name="撤销上一处修改").click()
            expect(page.locator('[data-issue="issues[0]"] .badge-status-in_progress').first).to_have_count(0)
            page.get_by_role("button", name="修改记录").click()
            expect(page.locator("#history li.undone")).to_have_count(2)

    def test_the_later_of_two_is_told_and_loses_nothing(self, browser: Browser, service: Service, town: str) -> None:
        with (
            reviewing(browser, town, refusals=True) as first,
            reviewing(browser, town, by="乙", refusals=True) as second,
        ):
            for page in (first, second):
                choose(page, FIGURE)
            form(first).get_by_label("约数").select_option("about")
            form(first).get_by_role("button", name="保存更正").click()
            saved(first, 1)
            form(second).get_by_label("对象").fill("违规资金")
            form(second).get_by_role("button", name="保存更正").click()
            expect(form(second).get_by_role("alert")).to_contain_text("甲")
            expect(second.locator(".notice-head .said")).to_be_empty()
            expect(form(second).get_by_label("对象")).to_have_value("违规资金")
            expect(form(second).get_by_label("约数")).to_have_value("about")
            form(second).get_by_role("button", name="保存更正").click()
            saved(second, 2)
            first.keyboard.press("a")
            expect(first.locator(".notice-head .said")).to_contain_text("乙 已先改动此处")
            expect(form(first).get_by_role("alert")).to_be_empty()
            expect(form(first).get_by_label("对象")).to_have_value("违规资金")
        with Client(service.port) as client:
            notice = f"/v1/notices/{town.rpartition('/')[2]}"
            record = client.ask(notice).json()
            made = client.ask(f"{notice}/changes").json()["changes"]
        figure = record["issues"][1]["measures"][0]["quantities"][0]
        assert (figure["subject"], figure["qualifier"]) == ("违规资金", "about")
        assert [each["by"] for each in made] == ["甲", "乙"]

    def test_a_service_that_is_gone_takes_nothing_away(self, browser: Browser, tmp_path: Path) -> None:
        with serving(tmp_path, "--workers", "1") as own:
            address = sent(own, "town", TOWN)
            with reviewing(browser, address, refusals=True) as page:
                choose(page, FIGURE)
                form(page).get_by_label("对象").fill("资金")
                own.kill()
                form(page).get_by_role("button", name="保存更正").click()
                expect(page.locator(".notice-head .said")).to_contain_text("无法连接服务")
                expect(form(page).get_by_label("对象")).to_have_value("资金")


class TestInbox:
    def test_takes_files_and_shows_them(self, browser: Browser, service: Service, tmp_path: Path) -> None:
        (tmp_path / "village.txt").write_text(VILLAGE, encoding="utf-8")
        with visited(browser, f"http://127.0.0.1:{service.port}/") as page:
            page.locator("input[name=files]").set_input_files(tmp_path / "village.txt")
            page.get_by_role("button", name="上传").click()
            page.get_by_role("link", name="处理完毕").click()
            expect(page.get_by_role("link", name="某市某区委关于巡视整改进展情况的通报")).to_be_visible()

    def test_says_why_a_file_was_not_taken(self, browser: Browser, service: Service, tmp_path: Path) -> None:
        (tmp_path / "broken.docx").write_bytes(b"no document")
        with visited(browser, f"http://127.0.0.1:{service.port}/") as page:
            page.locator("input[name=files]").set_input_files(tmp_path / "broken.docx")
            page.get_by_role("button", name="上传").click()
            expect(page.locator(".not-taken .failed")).to_contain_text("broken.docx")


def test_nothing_that_a_notice_holds_runs(browser: Browser, service: Service) -> None:
    paths = ("title", "issues[0]", "issues[0].measures[0].documents[0]", "issues[1].measures[0].quantities[0]")
    with reviewing(browser, sent(service, "hostile", HOSTILE)) as page:
        for number, path in enumerate(paths, 1):
            choose(page, path)
            expect(form(page)).to_have_attribute("data-item", path)
            form(page).get_by_role("button", name="确认无误").click()
            saved(page, number)
        page.get_by_role("button", name="修改记录").click()
        expect(page.locator("#history li")).to_have_count(len(paths))
        page.goto(f"http://127.0.0.1:{service.port}/?q=onerror")
        expect(page.locator("table.inbox")).to_contain_text("<script>")
        assert page.evaluate("window.harmed") is None
        assert page.locator("table.inbox :is(img, script, svg)").count() == 0


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["desktop", "phone"])
def test_axe_finds_no_serious_fault(
    browser: Browser, service: Service, town: str, lang: str, size: tuple[int, int]
) -> None:
    home = f"http://127.0.0.1:{service.port}"
    with reviewing(browser, town, size=size) as page:
        page.goto(f"{home}/language/{lang}?next={town.removeprefix(home)}")
        choose(page, "issues[1].measures[0]")
        assert faults_of_access(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        page.get_by_role("button", name="修改记录" if lang == "zh" else "Changes").click()
        expect(page.locator("#history p")).to_be_visible()
        assert faults_of_access(page) == []
        for address in ("/", "/?show=reviewed", "/sign-in"):
            page.goto(f"{home}{address}")
            assert faults_of_access(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], address
