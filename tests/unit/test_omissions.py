"""What ingest left out: named by checks where it looks like the notice's, and told in the run's report and summary."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from cli_examples import report
from hypothesis import given
from hypothesis import strategies as st
from page_examples import ARTICLE, BODY, FOOT, RELATED, page, paragraphs
from word_examples import paragraph, run, word

from extractor.data import read_table
from extractor.files.parts.left_out import WORDS_KEPT, Kind, LeftOut, condensed, left_out, summed
from extractor.files.sources.source import Source
from extractor.omissions import named_omissions
from extractor.pipeline import extract, extract_file
from extractor.record.checks import Lang
from extractor.record.contract import Check
from extractor.record.enumerations import VOCABULARIES
from extractor.runs.run import run as run_over
from extractor.runs.run_report import how_it_went

HIDDEN = "<p style='display:none'>三是整改问题5个,给予处分9人。</p>"
REST = paragraphs(BODY[7:])
KINDS = set(get_args(Kind))
NAVIGATION = "<ul class='nav'><li><a href='/a'>首页</a></li><li><a href='/b'>巡视巡察</a></li></ul>"
TEXT = "\n".join(BODY)

FILES: dict[str, tuple[str, bytes, str]] = {
    "hidden": ("a.html", page(f"<div>{ARTICLE}</div>{HIDDEN}").encode(), "left_out_text"),
    "struck": ("a.html", page(ARTICLE.replace("二是对", "<s>处分2人,整改2处。</s>二是对")).encode(), "left_out_text"),
    "behind the article": (
        "a.html",
        page(f"<div>{ARTICLE}<p>相关阅读</p><p>某镇整改问题9个,处分7人。</p></div>").encode(),
        "left_out_text",
    ),
    "folded": (
        "a.html",
        page(f"{paragraphs(BODY[:7])}<a>展开全文</a><div hidden>{REST}</div>").encode(),
        "folded_text",
    ),
    "frame": ("a.html", page(f"<div>{ARTICLE}</div><iframe src='rest.pdf'></iframe>").encode(), "text_in_frame"),
    "other pages": (
        "a.html",
        page(f"<div>{ARTICLE}</div><div class=pager><a href='t_2.html'>下一页</a></div>").encode(),
        "other_pages",
    ),
    "other pages behind numbers": (
        "a.html",
        page(f"{ARTICLE}<div><span>1</span><a href=#>2</a><a href='javascript:go(2)'>下一页 ></a></div>").encode(),
        "other_pages",
    ),
    "other pages by a script": (
        "a.html",
        page(f"{ARTICLE}<script>createPageHTML(3, 0, 't2024', 'html');</script>").encode(),
        "other_pages",
    ),
    "pictures": ("a.html", page(f"<div>{ARTICLE}{'<img src=p.jpg>' * 9}</div>").encode(), "text_in_pictures"),
    "unknown sign": (
        "a.docx",
        word(paragraph(run("给予1") + '<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>')),
        "unmapped_glyphs",
    ),
    "chunk": ("a.docx", word(paragraph(run("通报")) + '<w:altChunk r:id="none"/>'), "embedded_part"),
}  # fmt: skip
SMALL = {
    "navigation, related links and foot": page(f"{NAVIGATION}<div>{ARTICLE}</div>{RELATED}{FOOT}"),
    "a figure mended": page(ARTICLE.replace("35.6", "<del>12</del><ins>35.6</ins>")),
    "the next article called a page": page(
        f"{ARTICLE}<p><a href='/t/88.html'>上一页</a><a href='/t/90.html'>下一页</a></p>"
    ),
    "one page by a script": page(f"{ARTICLE}<script>createPageHTML(1, 0, 't2024', 'html');</script>"),
    "marks of notes": page(ARTICLE.replace("35.6", "35.6<sup>1</sup>")),
    "hidden menus": page(f"<ul style='display:none'>{'<li>政务公开</li>' * 90}</ul>{ARTICLE}"),
    "a hidden hint": page(f"<p hidden>您的浏览器版本过低,请升级。</p>{ARTICLE}"),
}


def of_files(name: str, data: bytes, lang: Lang = "zh") -> list[Check]:
    codes = {row["check"] for row in read_table("left_out").values() if "check" in row}
    checks = extract_file(Source(name), data, notice_id="a", lang=lang).notice.checks
    return [check for check in checks if check.code in codes]


@pytest.mark.parametrize("case", FILES)
def test_what_may_be_the_notice_s_is_named_once(case: str) -> None:
    name, data, code = FILES[case]
    [chinese], [english] = of_files(name, data), of_files(name, data, "en")
    assert (chinese.code, english.code) == (code, code)
    assert chinese.severity in ("warning", "error")
    assert chinese.message != english.message
    assert "{" not in chinese.message + english.message


@pytest.mark.parametrize("case", SMALL)
def test_small_furniture_raises_no_check(case: str) -> None:
    assert of_files("a.html", SMALL[case].encode()) == []


def test_the_words_name_kind_size_and_beginning() -> None:
    name, data, _ = FILES["hidden"]
    [chinese], [english] = of_files(name, data), of_files(name, data, "en")
    assert "隐藏的文字(16字):“三是整改问题5个,给予处分9人。”" in chinese.message
    assert "hidden text (16 characters) “三是整改问题5个,给予处分9人。”" in english.message


def test_pages_of_a_kind_are_one_check_that_says_which() -> None:
    pages = [LeftOut("curves", 0, "", f"page {number}") for number in range(2, 7)]
    [chinese] = named_omissions(pages, TEXT, "zh")
    [english] = named_omissions(pages, TEXT, "en")
    assert chinese.code == english.code == "curves_page"
    assert "第2页" in chinese.message
    assert "第4页" in chinese.message
    assert "另有2处" in chinese.message
    assert "(page 2)" in english.message
    assert "and 2 more" in english.message


def test_much_struck_text_is_named_whatever_its_wording() -> None:
    def named(text: str) -> list[str]:
        return [check.code for check in named_omissions([left_out("struck", text)], TEXT, "zh")]

    assert named("甲" * len(TEXT)) == ["left_out_text"]
    assert named("甲" * 29) == []
    assert named("甲" * (len(TEXT) // 5 - 1)) == []


def test_every_kind_has_its_row_and_every_row_its_check() -> None:
    table, checks = read_table("left_out"), read_table("checks")
    assert set(table) == KINDS
    for row in table.values():
        assert row["when"] in ("always", "worded", "large", "never")
        assert row["when"] == "never" or checks[row["check"]]["severity"] in VOCABULARIES["severity"]


def test_the_layout_is_not_blamed_for_what_was_not_read() -> None:
    text = "关于巡察整改的通报"
    assert "no_issues" in [check.code for check in extract(text).checks]
    codes = [check.code for check in extract(text, left_out=[LeftOut("picture", 0, "")]).checks]
    assert codes[0] == "text_in_pictures"
    assert "no_issues" not in codes


def test_extract_is_told_what_its_text_lacks() -> None:
    found = extract(TEXT, lang="en", left_out=[left_out("note", "二、整改问题3个。")])
    assert found.checks[0].code == "left_out_text"
    assert extract(TEXT, lang="en").checks == found.checks[1:]


@given(st.lists(st.tuples(st.sampled_from(sorted(KINDS)), st.text(max_size=60)), max_size=90))
def test_an_account_that_is_condensed_keeps_its_sums(texts: list[tuple[str, str]]) -> None:
    entries = [left_out(kind, text) for kind, text in texts]  # type: ignore[arg-type]
    short = condensed(entries)
    assert summed(short) == summed(entries)
    assert len(short) <= 20 * len(summed(entries))
    assert all(len(entry.words) <= WORDS_KEPT for entry in short)
    assert {entry.kind for entry in entries if entry.notice_like} == {
        entry.kind for entry in short if entry.notice_like
    }


def test_the_report_and_the_summary_say_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(f"{NAVIGATION}<div>{ARTICLE}</div>{HIDDEN}{FOOT}"), encoding="utf-8")
    (tmp_path / "b.html").write_text(page(ARTICLE.replace("35.6", "<del>12</del>35.6")), encoding="utf-8")
    (tmp_path / "c.txt").write_text(TEXT, encoding="utf-8")
    (tmp_path / "d.html").write_text(page("<iframe src='x.html'></iframe>"), encoding="utf-8")
    for _ in range(2):  # the second time, all but the failed one are unchanged
        done = run_over([str(tmp_path)], tmp_path.parent / f"{tmp_path.name}-out", jobs=1)
        assert "left out: hidden text (16 characters), struck-out text (2 characters);" in how_it_went(done)
        found = report(done.folder.path)
        assert found["totals"]["left_out"] == {"navigation": 6, "hidden": 16, "page_end": 34, "struck": 2}
        told = {Path(each["name"]).name: each["left_out"] for each in found["inputs"]}
        assert told["b.html"] == [{"kind": "struck", "characters": 2, "words": "12", "where": ""}]
        assert [entry["kind"] for entry in told["a.html"]] == ["navigation", "hidden", "page_end"]
        assert (told["c.txt"], told["d.html"]) == ([], [])
    assert done.count("unchanged") == 3
    (failed,) = (each for each in found["inputs"] if each["outcome"] == "failed")
    assert "in a frame (x.html)" in failed["error"]


def test_where_nothing_was_left_out_the_summary_is_silent(tmp_path: Path) -> None:
    (tmp_path / "c.txt").write_text(TEXT, encoding="utf-8")
    assert "left out" not in how_it_went(run_over([str(tmp_path / "c.txt")], tmp_path / "out", jobs=1))
