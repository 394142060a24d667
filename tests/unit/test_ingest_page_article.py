"""HTML pages: the article wherever it stands: not cut off, hidden until a script shows it, in data, in frames."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from page_examples import (
    ARTICLE,
    BODY,
    DATE,
    FOOT,
    RELATED,
    TITLE,
    WANTED,
    account,
    page,
    paragraphs,
    read_page,
)

from extractor.errors import InputError

ESCAPED = ARTICLE.replace("<", "&lt;").replace(">", "&gt;")
ATTRIBUTE = ARTICLE.replace("<", "&lt;").replace("'", "&#39;")
DATA = json.dumps({"props": {"title": TITLE, "date": DATE, "content": ARTICLE}})

BURIED = {
    "WeChat, both ways": f"<div id='js_content' style='visibility: hidden; opacity: 0; '>{ARTICLE}</div>",
    "opacity": f"<div id='js_content' style='opacity:0'>{ARTICLE}</div>",
    "hidden block": f"<div id='zoom' style='display:none'>{ARTICLE}</div>",
    "hidden by a class": f"<style>.art{{visibility:hidden}}</style><div class='art'>{ARTICLE}</div>",
    "noscript": f"<div id='app'></div><noscript>{ARTICLE}</noscript>",
    "template": f"<div id='app'></div><template>{ARTICLE}</template>",
    "text area, escaped": f"<textarea style='display:none'>{ESCAPED}</textarea>",
    "text area": f"<textarea>{ARTICLE}</textarea>",
    "CDATA": f"<div><![CDATA[{ARTICLE}]]></div>",
    "CDATA that begins with text": f"<div><![CDATA[{'<br/>'.join(BODY)}]]></div>",
    "JSON": f"<div id='content'></div><script>show({json.dumps({'content': ARTICLE}, ensure_ascii=False)})</script>",
    "JSON in ASCII": f"<div class='article-content'></div><script>show({json.dumps({'content': ARTICLE})})</script>",
    "escaped in JSON": f"<div id='content'></div><script>var s={{'content':{json.dumps(ESCAPED)}}}</script>",
    "single quotes": f"<div id='zoom'></div><script>var html='{ARTICLE}';zoom.innerHTML=html</script>",
    "back quotes": f"<div id='zoom'></div><script>var html=`{ARTICLE}`</script>",
    "written by script": f"<script>document.write({json.dumps(ARTICLE)})</script>",
    "a page's state": f"<div id='app'></div><script>window.__INITIAL_STATE__=JSON.parse({json.dumps(DATA)})</script>",
    "URI": f"<div id='content'></div><script>var s=decodeURIComponent('{quote(ARTICLE)}')</script>",
    "JSON-LD": '<script type="application/ld+json">'
    + json.dumps({"@type": "NewsArticle", "headline": TITLE, "articleBody": "\n".join(BODY)})
    + "</script>",
    "a list of paragraphs": '<div id="app"></div><script>var s='
    + json.dumps({"list": [{"type": "p", "text": line} for line in BODY]})
    + "</script>",
    "an input's value": f"<input type='hidden' value='{ATTRIBUTE}'><div id='content'></div>",
    "a frame's own source": f"<iframe srcdoc='{ATTRIBUTE}'></iframe>",
}


@pytest.mark.parametrize("case", BURIED)
def test_an_article_that_a_script_would_show_is_read(tmp_path: Path, case: str) -> None:
    assert read_page(page(BURIED[case]), tmp_path).text.splitlines() == WANTED


def test_data_in_the_head_is_read_into_the_block_that_waits_for_it(tmp_path: Path) -> None:
    source = page(
        f"<div id='__next'></div>{FOOT}", f"<script id='__NEXT_DATA__' type='application/json'>{DATA}</script>"
    )
    assert read_page(source, tmp_path).text.splitlines() == WANTED


@pytest.mark.parametrize("case", ["hidden block", "JSON", "noscript"])
def test_where_the_article_is_shown_nothing_hidden_is_read(tmp_path: Path, case: str) -> None:
    other = BURIED[case].replace("35.6", "99.9").replace("<p>", "<p>附:")
    read = read_page(page(f"<div>{ARTICLE}</div>{other}"), tmp_path)
    assert read.text.splitlines() == WANTED
    assert [entry.kind for entry in read.left_out] == (["hidden"] if case == "hidden block" else [])


OF_THE_ARTICLE = {
    "ICP备案": "督促9家网站完成ICP备案。",
    "承办单位": "承办单位履职不力的,已约谈2家。",
    "the undertaker on a line": "承办单位:镇财政所",
    "the host on a line": "主办单位:镇党政办;协办单位:镇纪委",
    "版权所有": "版权所有登记不清问题已整改。",
    "技术支持": "技术支持单位收费过高的问题,已整改3个。",
    "大中小": "大中小学食堂问题整改到位。",
    "打印": "打印机采购审批不严问题已整改。",
    "责任编辑": "责任编辑制度不健全问题已整改。",
}


@pytest.mark.parametrize("case", OF_THE_ARTICLE)
@pytest.mark.parametrize("at", [6, 9])
def test_a_measure_that_speaks_of_a_page_s_foot_cuts_nothing_off(tmp_path: Path, case: str, at: int) -> None:
    body = [*BODY[:at], OF_THE_ARTICLE[case], *BODY[at:]]
    read = read_page(page(f"<div class='content'>{paragraphs(body)}</div>{RELATED}{FOOT}"), tmp_path)
    assert read.text.splitlines() == [TITLE, DATE, *body]
    assert [entry.kind for entry in read.left_out] == ["page_end"]


def test_a_foot_right_behind_the_paragraphs_ends_the_article(tmp_path: Path) -> None:
    foot = paragraphs(["主办单位:青禾县纪委监委", "技术支持:某公司 某ICP备12345678号"])
    read = read_page(page(ARTICLE + foot), tmp_path)
    assert read.text.splitlines() == WANTED
    assert account(read) == [("page_end", "主办单位:青禾县纪委监委 技术支持:某公司 某ICP备12345678号")]


def test_related_articles_within_the_block_end_the_article(tmp_path: Path) -> None:
    summaries = paragraphs(["某镇整改问题9个,给予党纪处分7人。", "1.某局追回资金3万元。"])
    read = read_page(page(f"<div>{ARTICLE}<p>相关阅读</p>{summaries}</div>"), tmp_path)
    assert read.text.splitlines() == WANTED
    [entry] = read.left_out
    assert (entry.kind, entry.notice_like) == ("page_end", True)


def test_navigation_is_told(tmp_path: Path) -> None:
    crumbs = "<div class='nav'><a href='/'>首页</a></div><p>当前位置:<a href='/'>首页</a>&gt;正文</p>"
    read = read_page(page(ARTICLE).replace("<h1>", f"{crumbs}<h1>"), tmp_path)
    assert read.text.splitlines() == WANTED
    assert account(read) == [("navigation", "首页"), ("navigation", "当前位置:首页>正文")]


def test_paragraphs_that_are_links_stay(tmp_path: Path) -> None:
    linked = [f"<p><a href='/doc{n}.html'>{line}</a></p>" for n, line in enumerate(BODY[:-2])]
    read = read_page(page(f"<div>{''.join(linked)}{paragraphs(BODY[-2:])}</div>{RELATED}{FOOT}"), tmp_path)
    assert read.text.splitlines() == WANTED
    linked = [f"<p><a href='/doc{n}.html'>{line}</a></p>" for n, line in enumerate(BODY)]
    read = read_page(page(f"<div>{''.join(linked)}</div>{RELATED}{FOOT}"), tmp_path)
    assert read.text.splitlines() == WANTED
    around = [f"<a href='/doc{n}.html'><p>{line}</p></a>" for n, line in enumerate(BODY[:-2])]
    read = read_page(page(f"<div>{''.join(around)}{paragraphs(BODY[-2:])}</div>{RELATED}{FOOT}"), tmp_path)
    assert read.text.splitlines() == WANTED


FOLDED = {
    "a link before": "<a href='javascript:;' class='more'>展开全文</a><div style='display:none'>{}</div>",
    "a button behind": "<div hidden>{}</div><button onclick='x()'>阅读全文</button>",
    "a class": "<style>.rest{{display:none}}</style><div>点击展开</div><div class='rest'>{}</div>",
}


@pytest.mark.parametrize("case", FOLDED)
def test_a_folded_rest_is_told_as_such(tmp_path: Path, case: str) -> None:
    read = read_page(page(paragraphs(BODY[:7]) + FOLDED[case].format(paragraphs(BODY[7:]))), tmp_path)
    assert read.text.splitlines()[: len(BODY[:7]) + 2] == WANTED[:9]
    [entry] = [entry for entry in read.left_out if entry.kind == "folded"]
    assert entry.words.startswith(BODY[7])
    assert entry.notice_like


def test_details_are_read(tmp_path: Path) -> None:
    inner = f"{paragraphs(BODY[:7])}<details><summary></summary>{paragraphs(BODY[7:])}</details>"
    assert read_page(page(inner), tmp_path).text.splitlines() == WANTED


PICTURES = "".join(f"<p><img data-src='https://a.example/{n}' data-w='1080'></p>" for n in range(4))


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        (
            "<iframe src='content_1.html'></iframe><p>附件:整改情况.docx</p>",
            r"in a frame \(content_1\.html\); open that",
        ),
        ("<p>现将整改情况公布如下。</p><iframe src='/c.html' width='100%'></iframe>", r"in a frame \(/c\.html\)"),
        ("<object data='a.pdf' type='application/pdf'></object>", r"in a frame \(a\.pdf\)"),
        ("<embed src='b.pdf'>", r"in a frame \(b\.pdf\)"),
        (PICTURES, r"in pictures \(4\), not as text; recognise their text \(OCR\)"),
        ("<p><img src='p0.jpg' alt=''></p>", r"in pictures \(1\)"),
        ("<p><img src='data:image/png;base64,iVBOlogoRw'></p>", r"in pictures \(1\)"),
    ],
)
def test_an_article_in_a_frame_or_in_pictures_is_named(tmp_path: Path, inner: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_page(page(inner), tmp_path)


def test_frames_of_a_frameset_are_named(tmp_path: Path) -> None:
    source = f"<html><head><title>{TITLE}</title></head><frameset cols='20%,*'><frame src='l.html'></frameset></html>"
    with pytest.raises(InputError, match=r"in a frame \(l\.html\)"):
        read_page(source, tmp_path)


@pytest.mark.parametrize(
    ("more", "kinds"),
    [
        ("<iframe src='/pdfjs/viewer.html?file=/u/rest.pdf' width='900'></iframe>", ["frame"]),
        ("<embed src='rest.pdf'>", ["frame"]),
        ("<p><a href='/x'>" + "<img src='/u/a.jpg'></a><a href='/y'>" * 9 + "</a></p>", []),
        ("<iframe src='//share.example/x.html' width='300' height='60'></iframe><img src='/logo.png'>", []),
        ("<iframe src='x.pdf' width='0' height='0'></iframe><img src='a.jpg' width='16'><img src='b.jpg'>", []),
    ],
)
def test_what_may_hold_more_of_the_article_is_told(tmp_path: Path, more: str, kinds: list[str]) -> None:
    read = read_page(page(f"<div>{ARTICLE}</div>{more}"), tmp_path)
    assert read.text.splitlines() == WANTED
    assert [entry.kind for entry in read.left_out] == kinds


def test_pictures_among_the_paragraphs_are_told(tmp_path: Path) -> None:
    read = read_page(page(f"<div>{ARTICLE}{PICTURES}</div>"), tmp_path)
    assert read.text.splitlines() == WANTED
    assert [entry.kind for entry in read.left_out] == ["picture"]
