"""A report as people use it: opened from disk in headless Chromium, with the network off."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from urllib.parse import quote

import pytest
from browsing import PHONE, faults_of_access, opened
from playwright.sync_api import Browser, Locator, Page, expect
from report_examples import HOSTILE, TOWN, hostile, notices, report

pytestmark = pytest.mark.browser

_MEASURE = "issues[1].measures[0]"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(tmp_path_factory.mktemp("run"), notices())


@pytest.fixture(scope="module")
def english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(tmp_path_factory.mktemp("run"), notices(), english=True)


@pytest.fixture(scope="module")
def harmful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report(tmp_path_factory.mktemp("run"), hostile())


def _notice(path: str = "", notice: str = "town") -> str:
    return f"#/notice/{notice}" + (f"?at={quote(path)}" if path else "")


def _value(page: Page, path: str) -> Locator:
    return page.locator(f'.reading [data-path="{path}"]:not([data-check]):not([data-unsure])')


def _lit(page: Page, how: str = "chosen") -> str:
    """The words that are lit in the text."""
    return "".join(page.locator(f".text-lines .{how}, .text-lines .{how}-wide").all_text_contents())


def _rows(page: Page) -> Locator:
    return page.locator("table.rows tbody tr")


class TestOverview:
    def test_says_what_the_run_holds(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            shown = dict(
                zip(
                    page.locator(".key-figures dt").all_text_contents(),
                    page.locator(".key-figures .big").all_text_contents(),
                    strict=True,
                )
            )
            assert shown == {
                "通报": "2",
                "问题": "5",
                "整改措施": "8",
                "印发制度文件": "2",
                "党纪处分": "2 人",
                "追缴资金": "2亿元",  # 1.5万 + 3000 + 2亿; 80万 were returned
                "待核对": "2",
            }
            expect(page.locator(".warning")).to_contain_text("另有 3 份材料")

    def test_has_charts_whose_bars_stand_to_each_other_as_their_numbers(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            for panel in ("issues", "measures", "documents", "money"):
                assert page.locator(f".panel-{panel} svg.bar rect").count() > 0
            bars = page.locator(".panel-money svg.bar rect").evaluate_all(
                "bars => bars.map(bar => bar.getBBox().width)"
            )
            assert bars[1] / bars[0] == pytest.approx(18_000 / 200_000_000, abs=0.01)
            assert page.locator(".panel-stated svg circle").count() == 2
            assert page.locator(".panel-timeline svg .published").count() == 2

    def test_each_number_leads_to_as_many_entries(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            links = [
                (link.get_attribute("href"), link.text_content())
                for panel in ("issues", "measures", "documents", "notices")
                for link in page.locator(f".panel-{panel} td.number a").all()
            ]
            assert len(links) > 25
            for address, number in links:
                page.evaluate("address => { location.hash = address; }", address)
                page.wait_for_selector(".list")
                assert str(_rows(page).count()) == number, address

    def test_money_leads_to_its_sentences_and_their_sum(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            page.locator(".key-figures a", has_text="亿元").click()
            expect(page.locator(".tally")).to_contain_text("追缴资金合计 200,018,000 元（3 处，不计 0 处）")
            assert page.locator(".rows .lit").all_text_contents() == ["1.5万元", "3000元", "2亿元"]

    def test_shows_who_states_more_than_was_found(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            cells = page.locator(".panel-stated tbody tr").first.locator("td.number").all_text_contents()
            assert cells == ["5", "3", "+2"]
            page.locator(".panel-stated td.number a").first.click()
            assert _lit(page) == "5个"

    def test_narrows_to_some_notices_in_all_its_parts(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            page.locator("[name=body]").fill("某区委")
            expect(page.get_by_text("显示 2 篇中的 1 篇")).to_be_visible()
            assert page.locator(".key-figures .big").all_text_contents()[:3] == ["1", "2", "2"]
            page.locator("[name=body]").fill("")
            page.locator("[name=inspection]").select_option("巡察")
            assert page.locator(".key-figures .big").all_text_contents()[:3] == ["1", "3", "6"]
            page.locator(".panel-issues td.number a").first.click()
            expect(_rows(page)).to_have_count(1)
            page.go_back()
            expect(page.locator("[name=inspection]")).to_have_value("巡察")

    def test_its_table_sorts(self, browser: Browser, file: Path) -> None:
        with opened(browser, file) as page:
            head = page.locator(".panel-notices th", has_text="措施")
            names = page.locator(".panel-notices tbody b")
            head.get_by_role("button").click()
            assert head.get_attribute("aria-sort") == "descending"
            assert names.all_text_contents() == ["𠮷镇党委", "某区委"]
            head.get_by_role("button").click()
            assert head.get_attribute("aria-sort") == "ascending"
            assert names.all_text_contents() == ["某区委", "𠮷镇党委"]


class TestLists:
    def test_filter_by_words_and_by_facets(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, "#/list/measure") as page:
            expect(_rows(page)).to_have_count(8)
            page.locator("[name=q]").fill("追")
            expect(_rows(page)).to_have_count(2)
            page.locator("[name=notice]").select_option("village")
            expect(_rows(page)).to_have_count(1)
            page.locator("[name=q]").fill("没有这几个字")
            expect(page.get_by_text("没有符合条件的内容")).to_be_visible()

    def test_by_who_read_a_value(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, "#/list/document") as page:
            page.locator("[name=reader]").select_option("model")
            assert page.locator(".column-document").all_text_contents()[0] == "考勤办法"

    def test_sort_figures_by_their_amount(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, "#/list/quantity?unit=money") as page:
            page.get_by_role("button", name="所印数字").click()
            assert page.locator("td.column-value").all_text_contents() == [
                "265亿元",
                "2亿元",
                "80万元",
                "1.5万元",
                "3000元",
            ]

    def test_an_entry_leads_to_its_place_in_the_notice(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, "#/list/accountability") as page:
            page.locator(".rows a.item").nth(1).click()
            expect(page.locator(".text-lines .chosen")).to_have_text("2人")

    def test_an_address_that_means_nothing_shows_the_overview(self, browser: Browser, file: Path) -> None:
        for view in ("#/list/constructor", "#/notice/<img src=x>", "#/%E0%A4%A", "#nowhere"):
            with opened(browser, file, view) as page:
                expect(page.locator("h1")).to_have_text("整改通报概览")


class TestNotice:
    def test_choosing_a_value_lights_its_words(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            _value(page, f"{_MEASURE}.quantities[0]").click()
            assert _lit(page) == "1.5万元"
            expect(page.locator(".text-lines .chosen")).to_be_in_viewport()
            expect(page.locator(".detail")).to_contain_text("= 15,000 元")
            _value(page, _MEASURE).click()
            assert _lit(page) == "追缴违规资金1.5万元,清退补贴3000元,约谈5人,党纪处分2人。"

    def test_choosing_words_lights_their_value(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            page.locator(".mark-document", has_text="考勤办法").click()
            chosen = page.locator(".reading .chosen")
            expect(chosen).to_contain_text("考勤办法")
            expect(chosen).to_be_in_viewport()
            expect(page.locator(".detail")).to_contain_text("动作由模型读取")

    def test_words_of_several_values_name_them_all(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice(f"{_MEASURE}.accountability[0]")) as page:
            also = page.locator(".detail .others button")
            expect(also).to_have_text("数量 约谈")
            also.click()
            expect(_value(page, f"{_MEASURE}.quantities[2]")).to_have_class("value value-quantity chosen")

    def test_pointing_and_focus_light_both_sides_for_as_long(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            _value(page, f"{_MEASURE}.quantities[1]").hover()
            assert _lit(page, "lit") == "3000元"
            page.locator(".mark-date, .mark-quantity", has_text="3次").hover()
            assert page.locator(".reading .lit").all_text_contents() == ["党委会议3次"]
            page.mouse.move(5, 5)
            assert _lit(page, "lit") == ""
            _value(page, f"{_MEASURE}.quantities[0]").focus()
            assert _lit(page, "lit") == "1.5万元"

    def test_pointing_for_a_while_brings_the_other_side_along(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice(), size=(1360, 400)) as page:
            signed = page.locator(".mark-field", has_text="中共某县")
            expect(signed).not_to_be_in_viewport()
            _value(page, "signed_by").scroll_into_view_if_needed()
            _value(page, "signed_by").hover()
            expect(signed).to_be_in_viewport()

    def test_checks_are_a_queue(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            expect(page.locator(".reading section").first).to_have_class("checks")
            forward, current = page.get_by_role("button", name="下一条"), page.locator(".check[aria-current]")
            forward.click()
            expect(current).to_contain_text("模型读作")
            expect(page.locator(".position")).to_have_text("1 / 2")
            assert _lit(page).startswith("1.关于“理论学习不够”")
            forward.click()
            assert _lit(page) == "5个"
            forward.click()
            expect(page.locator(".position")).to_have_text("1 / 2")

    def test_says_who_read_what(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            letters = page.locator(".issue").first.locator(".badges").first.locator(".reader")
            assert [each.get_attribute("title") for each in letters.all()] == ["规则与模型"]
            page.get_by_label("读取者").select_option("model")
            expect(page.locator(".issue:visible")).to_have_count(1)

    def test_finds_issues_by_words_and_status(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            issues, groups = page.locator(".issue:visible"), page.locator(".group:visible")
            page.get_by_placeholder("在问题与措施中查找").fill("河道")
            expect(issues).to_have_count(1)
            expect(groups).to_have_text(["持续推进的整改事项"])
            expect(page.get_by_text("显示 3 个问题中的 1 个")).to_be_visible()
            page.locator(".mark-quantity", has_text="1.5万元").click()  # of an issue that is hidden
            expect(issues).to_have_count(3)
            page.get_by_label("整改状态").select_option("in_progress")
            expect(issues).to_have_count(1)

    def test_can_be_walked_by_keys(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            _value(page, f"{_MEASURE}.quantities[0]").focus()
            page.keyboard.press("ArrowRight")
            expect(_value(page, f"{_MEASURE}.quantities[1]")).to_be_focused()
            page.keyboard.press("Enter")
            assert _lit(page) == "3000元"
            page.keyboard.press("Escape")
            assert _lit(page) == ""
            page.locator(".text-pane").focus()
            page.keyboard.press("ArrowRight")
            assert _lit(page) == "某县𠮷镇党委关于巡察整改进展情况的通报"
            page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
            expect(page.locator(".value:focus")).to_have_count(1)

    def test_one_stop_of_the_tab_key_for_the_values_of_a_measure(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            stops = page.locator(".values").evaluate_all(
                "bars => bars.map(bar => [...bar.querySelectorAll('button')].filter(one => one.tabIndex === 0).length)"
            )
            assert set(stops) == {1}

    def test_shows_the_text_to_the_letter(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            assert "\n".join(page.locator(".line").all_text_contents()) == TOWN

    def test_the_chosen_value_is_part_of_the_address(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            _value(page, "signed_by").click()
            page.reload()
            assert _lit(page) == "中共某县𠮷镇委员会"

    def test_the_other_language_and_the_other_theme(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice(f"{_MEASURE}.quantities[0]")) as page:
            page.get_by_role("button", name="English").click()
            expect(page.locator(".detail")).to_contain_text("read by rules")
            assert page.locator("html").get_attribute("lang") == "en"
            paper = "getComputedStyle(document.body).backgroundColor"
            before = page.evaluate(paper)
            page.get_by_role("button", name="Light/dark").click()
            assert page.evaluate(paper) != before

    def test_fits_a_phone_and_turns_from_findings_to_text(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice(), size=PHONE) as page:
            expect(page.locator(".text-pane")).to_be_hidden()
            _value(page, f"{_MEASURE}.quantities[0]").click()
            expect(page.locator(".detail-sentence")).to_contain_text("追缴违规资金1.5万元")
            page.get_by_role("button", name="在原文中看").click()
            expect(page.locator(".text-lines .chosen")).to_be_in_viewport()
            expect(page.locator(".reading-pane")).to_be_hidden()

    def test_prints_findings_and_text(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            page.emulate_media(media="print")
            expect(page.locator(".text-pane")).to_be_visible()
            expect(page.locator(".reading-pane")).to_be_visible()
            expect(page.locator("header.top")).to_be_hidden()
            heights = page.locator(".pane").evaluate_all(
                "panes => panes.map(pane => pane.scrollHeight - pane.clientHeight)"
            )
            assert max(heights) <= 1  # nothing is cut off


class TestHostileText:
    def test_runs_nothing_and_is_shown_as_it_is(self, browser: Browser, harmful: Path) -> None:
        with opened(browser, harmful) as page:
            assert "\n".join(page.locator(".line").all_text_contents()) == HOSTILE
            for element in page.locator(".reading button:visible, .mark").all():
                element.hover()
            for button in page.locator(".reading button:visible").all():
                button.click()
            kinds = ("issue", "measure", "document", "quantity", "accountability", "total", "check")
            for view in ("#/", *(f"#/list/{kind}" for kind in kinds)):
                page.evaluate("view => { location.hash = view; }", view)
                page.wait_for_selector(".overview" if view == "#/" else ".list")
            assert page.evaluate("window.harmed") is None
            assert (
                page.locator("main :is(img, script, svg[onload], b[onmouseover], a[href^='javascript'])").count() == 0
            )
            assert page.title().isprintable()

    def test_marks_that_steer_a_line_are_shown_by_their_codes(self, browser: Browser, harmful: Path) -> None:
        with opened(browser, harmful) as page:
            codes = page.locator(".text-lines .control").evaluate_all("marks => marks.map(mark => mark.dataset.code)")
            # U+2028 and U+2029 are shown as the ends of lines that they are.
            assert codes == ["U+202E", "U+202C", "U+2066", "U+202E", "U+202C"]
            # The figure stays in the order in which it is written: its first digit is left of its last.
            begin, end = page.evaluate(
                """() => {
                    const holds = line => line.textContent.includes("00051元");
                    const line = [...document.querySelectorAll(".line")].find(holds);
                    const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT), at = [];
                    for (let node; (node = walker.nextNode());) {
                        for (let k = 0; k < node.length; k += 1) {
                            const range = document.createRange();
                            range.setStart(node, k); range.setEnd(node, k + 1);
                            at.push([node.data[k], range.getBoundingClientRect().left]);
                        }
                    }
                    const first = at.map(each => each[0]).join("").indexOf("00051元");
                    return [at[first][1], at[first + 4][1]];
                }"""
            )
            assert begin < end


class TestAccess:
    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_axe_finds_no_serious_fault(
        self, browser: Browser, file: Path, english: Path, lang: str, dark: bool
    ) -> None:
        views = ("", "#/list/quantity?unit=money", _notice("issues[0].measures[1].documents[1]"))
        for view in views:
            with opened(browser, file if lang == "zh" else english, view, dark=dark) as page:
                assert faults_of_access(page) == [], view

    def test_nor_on_a_phone(self, browser: Browser, file: Path) -> None:
        for view in ("", "#/list/measure", _notice(_MEASURE)):
            with opened(browser, file, view, size=PHONE) as page:
                assert faults_of_access(page) == [], view
                assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], view

    def test_headings_lead_through_the_page(self, browser: Browser, file: Path) -> None:
        with opened(browser, file, _notice()) as page:
            levels = page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(each => Number(each.tagName[1]))")
            assert levels[0] == 1
            assert all(later - earlier <= 1 for earlier, later in pairwise(levels))
