"""``report``: one file that holds all it shows, and nothing that could come from elsewhere or run by itself."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from checkout import GOLD_NOTICES
from cli_examples import NOTICE, command, write
from report_examples import data_of, hostile, notices, report, stored, unread

from extractor import extract
from extractor.pages.notice_page import notice_page
from extractor.pages.page_words import words
from extractor.pages.shell import REPORT_SCRIPTS, REPORT_STYLES, static_file
from extractor.record.contract import Notice

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


def _values(notice: Notice, text: str) -> dict[str, dict[str, Any]]:
    return {value["path"]: value for value in notice_page(notice, text)["values"]}


class TestCommand:
    def test_writes_a_file_beside_the_run(self, tmp_path: Path) -> None:
        write(tmp_path, a=NOTICE, b=NOTICE)
        command("run", "a.txt", "b.txt", cwd=tmp_path)
        done = command("report", "out", cwd=tmp_path)
        assert (done.status, done.err) == (0, "")
        assert done.out.startswith("out/report.html: 2 notices, ")
        assert [data["id"] for data in data_of(tmp_path / "out" / "report.html")] == ["a", "b"]

    def test_opens_in_the_language_asked_for_and_has_both(self, tmp_path: Path) -> None:
        stored(tmp_path / "out", notices())
        assert command("report", "out", "--to", "en.html", "--lang", "en", cwd=tmp_path).status == 0
        page = (tmp_path / "en.html").read_text(encoding="utf-8")
        assert '<html lang="en">' in page
        assert "<title>Rectification notices: report</title>" in page
        assert words()["words"]["overview.title"]["zh"] in page

    def test_a_folder_without_a_run_is_said(self, tmp_path: Path) -> None:
        done = command("report", ".", cwd=tmp_path)
        assert done.status == 1
        assert "holds no notices.jsonl" in done.err
        assert list(tmp_path.iterdir()) == []

    def test_a_report_that_cannot_be_finished_leaves_the_old_one(self, tmp_path: Path) -> None:
        stored(tmp_path / "out", notices())
        (tmp_path / "old.html").write_text("old", encoding="utf-8")
        (tmp_path / "out" / "texts" / "village.txt").write_text("another text", encoding="utf-8")
        done = command("report", "out", "--to", "old.html", cwd=tmp_path)
        assert done.status == 1
        assert "village.txt: is not the text its notice was made from" in done.err
        assert (tmp_path / "old.html").read_text(encoding="utf-8") == "old"
        assert sorted(path.name for path in tmp_path.iterdir()) == ["old.html", "out"]

    def test_a_folder_is_no_file_to_write(self, tmp_path: Path) -> None:
        stored(tmp_path / "out", notices())
        done = command("report", "out", "--to", "out", cwd=tmp_path)
        assert done.status == 2
        assert "out: is a folder" in done.err


class TestFile:
    def test_its_policy_allows_its_own_scripts_and_style_and_nothing_else(self, tmp_path: Path) -> None:
        page = report(tmp_path, notices()).read_text(encoding="utf-8")
        found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        assert found
        policy = dict(
            rule.split(" ", maxsplit=1) for rule in found[1].replace("&#x27;", "'").replace("&quot;", '"').split("; ")
        )
        assert policy.pop("script-src").split() == [_hash(script) for script in _SCRIPT.findall(page)]
        style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
        assert style
        assert policy.pop("style-src") == _hash(style[1])
        assert policy == {
            "default-src": "'none'",
            "img-src": "data:",
            "base-uri": "'none'",
            "form-action": "'none'",
            "require-trusted-types-for": "'script'",
            "trusted-types": "'none'",
        }

    def test_nothing_in_it_leads_elsewhere(self, tmp_path: Path) -> None:
        page = report(tmp_path, notices()).read_text(encoding="utf-8")
        own = [static_file(name) for name in (*REPORT_SCRIPTS, *REPORT_STYLES)]
        assert {address for text in (page, *own) for address in re.findall(r"https?://[^\"'\s]+", text)} == {
            "http://www.w3.org/2000/svg"  # a name, which nothing fetches
        }
        assert not re.search(r"@import|url\(|\ssrc=|<link|<iframe|innerHTML|\beval\(", "".join([page, *own]))

    def test_text_cannot_leave_the_element_that_holds_it(self, tmp_path: Path) -> None:
        page = report(tmp_path, hostile()).read_text(encoding="utf-8")
        assert page.count("<script") == page.count("</script>") == len(REPORT_SCRIPTS) + 2
        assert "<!--" not in page
        assert not re.search("[\u2028\u2029]", page)
        assert [data["text"] for data in data_of(tmp_path / "report.html")] == [hostile()[0][1]]

    def test_is_the_same_to_the_byte_when_written_again(self, tmp_path: Path) -> None:
        first = report(tmp_path, notices()).read_bytes()
        assert report(tmp_path, notices()).read_bytes() == first


class TestValues:
    @pytest.mark.parametrize("path", sorted(GOLD_NOTICES.glob("*.txt")), ids=lambda path: path.stem)
    def test_stand_where_their_places_say(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8")
        notice = extract(text, notice_id=path.stem)
        values = _values(notice, text)
        for i, issue in enumerate(notice.issues):
            assert _quoted(values[f"issues[{i}].title"], text) == issue.title
            for j, measure in enumerate(issue.measures):
                here = f"issues[{i}].measures[{j}]"
                for k, document in enumerate(measure.documents):
                    assert document.title in _quoted(values[f"{here}.documents[{k}]"], text)
                for k, organization in enumerate(measure.organizations):
                    assert _quoted(values[f"{here}.organizations[{k}]"], text) == organization
        held = sum(value["kind"] == "quantity" for value in values.values())
        assert held == sum(len(measure.quantities) for issue in notice.issues for measure in issue.measures)

    def test_say_who_read_their_parts(self) -> None:
        notice, text = notices()[0]
        values = _values(notice, text)
        assert values["issues[0]"]["by"] == {"category": "both"}
        assert values["issues[0].measures[1]"]["by"] == {"types": "model"}
        assert values["issues[0].measures[1].documents[0]"]["by"] == {"": "both"}
        assert values["issues[0].measures[1].documents[1]"]["by"] == {"action": "model"}
        assert "by" not in values["issues[1]"]

    def test_figures_come_in_base_units_too(self) -> None:
        notice, text = notices()[0]
        figures = {_quoted(v, text): v["base"] for v in _values(notice, text).values() if "base" in v}
        assert figures["1.5万元"] == [15_000, "元"]
        assert figures["265亿元"] == [26_500_000_000, "元"]
        assert figures["120余人次"] == [120, "人次"]

    def test_checks_lead_to_the_value_they_are_about(self) -> None:
        notice, text = notices()[0]
        led = {check["code"]: check["at"] for check in notice_page(notice, text)["checks"]}
        assert led == {
            "witnesses_disagree": "issues[0]",  # a category has no place of its own
            "issue_count_differs": "totals[0]",
        }

    def test_unread_digits_belong_to_their_measure_and_checks_lead_to_them(self) -> None:
        ((notice, text),) = unread()
        page = notice_page(notice, text)
        found = [value for value in page["values"] if value["kind"] == "digits"]
        assert [(_quoted(value, text), value["of"]) for value in found] == [
            ("9.8.7", ""),
            ("12.3.4", "issues[1].measures[1]"),
            ("④", "issues[2].measures[1]"),
            ("5.6.7", "issues[2].measures[1]"),
        ]
        # Where a measure has several, a check leads to the measure: its path does not say which of them it means.
        # The least sure value comes first; unread digits are no value with a confidence.
        assert [check["at"] for check in page["checks"] if check["code"] == "digits_unread"] == [
            "issues[2].measures[1]",
            "issues[2].measures[1]",
            "outline.digits.unread[0]",
            "outline.digits.unread[1]",
        ]
        assert (page["digits"], page["digits_unread"]) == (notice.outline.digits.count, 11)

    def test_checks_come_gravest_first(self) -> None:
        notice, text = notices()[0]
        assert [c["severity"] for c in notice_page(notice, text)["checks"]] == ["warning", "info"]

    def test_text_that_is_no_notice_has_a_page_too(self) -> None:
        page = notice_page(extract("今天天气很好。"), "今天天气很好。")
        assert [check["at"] for check in page["checks"]] == [None, None]
        assert {value["kind"] for value in page["values"]} == {"field"}


def test_every_word_that_the_scripts_ask_for_is_there() -> None:
    known = words()["words"]
    for name in REPORT_SCRIPTS:
        script = static_file(name)
        for key in re.findall(r"""\bt\((?:[^"`()]*\? )?["`]([a-z_]+\.[^"`]*)["`]""", script):
            start, dynamic, _ = key.partition("${")
            assert any(word.startswith(start) for word in known) if dynamic else key in known, (name, key)
    assert all(names["zh"] and names["en"] for names in known.values())


def test_every_word_is_asked_for() -> None:
    scripts = "".join(static_file(name) for name in REPORT_SCRIPTS)
    # The latter are the headings of the files that the service makes of a list.
    in_python = {"report.noscript", "report.noscript_parts", "list.edition", "list.notice_id", "list.path", "list.term"}
    asked = {word for word in words()["words"] if f'"{word}"' in scripts}
    starts = set(re.findall(r"`([a-z]+\.[a-z_]*)\$\{", scripts))
    unused = [word for word in words()["words"] if word not in asked and not word.startswith(tuple(starts))]
    assert set(unused) <= in_python


def _quoted(value: dict[str, Any], text: str) -> str:
    return "、".join(text[start:end] for start, end in value["at"])


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
