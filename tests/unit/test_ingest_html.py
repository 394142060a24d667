"""HTML pages: what a browser shows of the article, and nothing of the page around it."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractor.errors import InputError
from extractor.files.ingest import read_text
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import Source

TITLE = "鼓楼区委关于巡视整改进展情况的通报"
DATE = "发布日期\uff1a2024-03-27 信息来源\uff1a清风扬帆网"
BODY = [
    "根据省委统一部署,省委第七巡视组对鼓楼区开展了巡视。现将巡视整改进展情况予以公布。",
    "一、关于“责任传导不到位”问题的整改。",
    "1.制定《鼓楼区审计整改工作办法》,召开专题会议8次,完成整改22项,其余事项按月推进。",
    "欢迎广大干部群众对巡视整改落实情况进行监督。联系方式:0516-87636289。",
    "中共徐州市鼓楼区委员会",
    "2024年3月15日",
]
WANTED = [TITLE, DATE, *BODY]
NAVIGATION = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("首页", "信息公开", "巡视巡察", "党纪法规"))
RELATED = "".join(
    f'<li><a href="/{name}">中共{name}关于巡视整改进展情况的通报</a> <span>2024-03-27</span></li>'
    for name in ("睢宁县委", "邳州市委", "海州区委", "海陵区委", "新沂市委")
)
PARAGRAPHS = "\n".join(f"<p>{line}</p>" for line in BODY)
FOOT = "<p>版权所有\uff1a某某纪律检查委员会</p><p>苏ICP备05083993号 技术支持:大汉网络</p>"


def lines(page: str, folder: Path) -> list[str]:
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    text = read_text(Source(str(path))).text
    assert text.endswith("\n")
    return text.splitlines()


def shown(inner: str, folder: Path) -> list[str]:
    """The lines of a page that holds ``inner`` only."""
    return lines(f"<html><body><div>{inner}</div></body></html>", folder)


LAYOUTS = {
    "blocks with class names": f"""
        <div class="header"><ul class="nav">{NAVIGATION}</ul></div>
        <div class="crumbs">您当前的位置\uff1a<a href="/">首页</a> &gt; <a href="/x">巡视整改</a></div>
        <div class="main"><h1>{TITLE}</h1><div class="info">{DATE}</div>
        <div class="content">{PARAGRAPHS}</div>
        <div class="share">分享到\uff1a<a href="#">微信</a></div>
        <div>上一篇\uff1a<a href="/1">某公告</a></div>
        <div class="related"><h3>相关链接</h3><ul>{RELATED}</ul></div></div>
        <div class="footer">{FOOT}</div>""",
    "nested tables without any names": f"""
        <table><tr><td><table><tr><td><a href="/">首页</a></td><td><a href="/a">巡视巡察</a></td></tr></table></td></tr>
        <tr><td>当前位置\uff1a<a href="/">首页</a>&gt;正文</td></tr>
        <tr><td><table><tr><td align="center"><b>{TITLE}</b></td></tr><tr><td align="center">{DATE}</td></tr>
        <tr><td>{PARAGRAPHS}</td></tr><tr><td>【<a href="javascript:window.print()">打印</a>】</td></tr></table>
        </td></tr><tr><td>相关链接</td></tr><tr><td><ul>{RELATED}</ul></td></tr>
        <tr><td>{FOOT}</td></tr></table>""",
    "line breaks only": f"""
        <div id="top">{NAVIGATION}</div><div><div class="title">{TITLE}</div><div>{DATE}</div>
        <div id="zoom">{"<br><br/>".join(BODY)}</div><div>打印本页 | 关闭窗口</div></div>
        <div>推荐阅读<ul>{RELATED}</ul></div><div>网站地图 | 联系我们 | 皖ICP备1号</div>""",
    "title and date within the article's block": f"""
        <ul>{NAVIGATION}</ul><div><p align="center"><strong>{TITLE}</strong></p><p align="center">{DATE}</p>{PARAGRAPHS}
        <p>相关阅读</p><ul>{RELATED}</ul></div><footer>{FOOT}</footer>""",
    "signature in a block of its own": f"""
        <nav>{NAVIGATION}</nav><h1>{TITLE}</h1><p>{DATE}</p>
        <div><div>{"".join(f"<p>{line}</p>" for line in BODY[:4])}</div>
        <div style="text-align:right"><p>{BODY[4]}</p><p>{BODY[5]}</p></div></div>
        <aside><ul>{RELATED}</ul></aside><div>主办单位\uff1a某委员会</div>""",
    "one form around everything": f"""
        <form id="aspnetForm"><input type="hidden" value="x"><div class="menu"><ul>{NAVIGATION}</ul></div>
        <h2>{TITLE}</h2><span>{DATE}</span><div class="TRS_Editor">{PARAGRAPHS}</div>
        <ul class="xgyd">{RELATED}</ul><div id="foot">{FOOT}</div></form>""",
}  # fmt: skip


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("title", [f"{TITLE}_清风扬帆网", f"清风扬帆网 巡视整改 {TITLE}"])
def test_the_article_is_found_in_any_layout(tmp_path: Path, layout: str, title: str) -> None:
    page = f"<html><head><title>{title}</title></head><body>{LAYOUTS[layout]}</body></html>"
    assert lines(page, tmp_path) == WANTED


@pytest.mark.parametrize(
    "layout", sorted(set(LAYOUTS) - {"nested tables without any names", "title and date within the article's block"})
)
def test_a_heading_is_the_title_where_the_page_has_no_title_element(tmp_path: Path, layout: str) -> None:
    assert lines(f"<html><body>{LAYOUTS[layout]}</body></html>", tmp_path) == WANTED


def test_the_title_element_stands_in_where_the_body_shows_no_title(tmp_path: Path) -> None:
    page = f"<title>{TITLE}-清风扬帆网</title><body><ul>{NAVIGATION}</ul><div>{PARAGRAPHS}</div></body>"
    assert lines(page, tmp_path) == [TITLE, *BODY]
    page = f"<title>清风扬帆网</title><body><div>{PARAGRAPHS}</div></body>"
    assert lines(page, tmp_path) == BODY


def test_a_title_set_in_two_lines_keeps_both(tmp_path: Path) -> None:
    head, tail = "中共徐州市鼓楼区委员会", "关于巡视整改进展情况的通报"
    page = (
        f"<title>{head}{tail}</title><ul>{NAVIGATION}</ul><h1>{head}<br>{tail}</h1><p>{DATE}</p><div>{PARAGRAPHS}</div>"
    )
    assert lines(page, tmp_path) == [head, tail, DATE, *BODY]


def test_the_logo_is_not_taken_for_the_title(tmp_path: Path) -> None:
    page = (
        f"<title>{TITLE}-清风扬帆网</title><h1>清风扬帆网</h1><ul>{NAVIGATION}</ul><h2>{TITLE}</h2>"
        f"<div>{DATE}</div><div>{PARAGRAPHS}</div>"
    )
    assert lines(page, tmp_path) == WANTED


def test_words_of_page_furniture_inside_the_article_end_nothing(tmp_path: Path) -> None:
    body = [
        *BODY[:2],
        "技术支持单位不足。版权所有的登记、网站地图和友情链接逐一核对,整改到位。",
        "相关链接失效问题已整改。",
        *BODY[2:],
    ]
    page = f"<h1>{TITLE}</h1><div>{''.join(f'<p>{line}</p>' for line in body)}</div>"
    assert lines(page, tmp_path) == [TITLE, *body]


def test_scripts_styles_comments_and_hidden_elements_are_left_out(tmp_path: Path) -> None:
    page = (
        "<p>整改<script>document.write('甲')</script><style>p{}</style><!-- 乙 -->到位"
        '<span style="color:red; DISPLAY : none">丙</span><span hidden>丁</span><b style="visibility:hidden">戊</b>'
        "<noscript>己</noscript><select><option>庚</option></select>。</p>"
    )
    assert shown(page, tmp_path) == ["整改到位。"]


def test_inline_elements_join_without_blanks_and_entities_are_decoded(tmp_path: Path) -> None:
    page = "<p><b>一</b><span>、关于&ldquo;</span><font>A&amp;B&#x201D;</font>的<a name=x>问题</a>&hellip;&#19968;</p>"
    assert shown(page, tmp_path) == ["一、关于“A&B”的问题…一"]


def test_blanks_of_the_source_collapse_as_in_a_browser(tmp_path: Path) -> None:
    page = "<p>\n  整改\n  到位,  见\tFile\n  No. 3\n  号。&nbsp;&nbsp;完\u200b\n</p>\n\n<p>\u3000\u3000又\n一段</p>"
    assert shown(page, tmp_path) == ["整改到位, 见 File No. 3 号。\xa0\xa0完", "\u3000\u3000又一段"]


def test_preformatted_text_keeps_its_lines(tmp_path: Path) -> None:
    assert shown("<pre>一、甲\n二、乙</pre>", tmp_path) == ["一、甲", "二、乙"]


def test_block_elements_are_lines_of_their_own(tmp_path: Path) -> None:
    page = "甲<div>乙<p>丙</p>丁</div>戊<br>己<hr>庚<h4>辛</h4><ul><li>壬<li>癸</ul>"
    assert shown(page, tmp_path) == list("甲乙丙丁戊己庚辛壬癸")


def test_numbered_lists_show_their_numbers(tmp_path: Path) -> None:
    page = (
        "<ol><li>甲<li value=5><p>乙</p><li>丙<ol type=a start=3><li>丁</ol></ol><ol type=I><li>戊</ol><ul><li>己</ul>"
    )
    assert shown(page, tmp_path) == ["1. 甲", "5. 乙", "6. 丙", "c. 丁", "I. 戊", "己"]


def test_numbers_are_not_doubled_or_made_up(tmp_path: Path) -> None:
    page = '<ol><li>1.甲<li>(2)乙<li>2024年丙</ol><ol style="list-style: none"><li>丁</ol>'
    assert shown(page, tmp_path) == ["1.甲", "(2)乙", "3. 2024年丙", "丁"]


def test_rows_of_short_cells_are_lines_and_other_cells_hold_lines(tmp_path: Path) -> None:
    page = (
        "<table><tr><th>序号</th><th>问题</th></tr>\n<tr> <td><p>1</p></td> <td><p>责任\n不到位</p></td> </tr>"
        "<tr><td>2</td><td><p>甲</p><p>乙</p></td></tr></table>"
    )
    assert shown(page, tmp_path) == ["序号\t问题", "1\t责任不到位", "2", "甲", "乙"]


def test_a_mail_address_is_no_navigation(tmp_path: Path) -> None:
    page = f'<h1>{TITLE}</h1><div>{PARAGRAPHS}<p>邮箱</p><p><a href="mailto:a@126.com">a@126.com</a></p></div>'
    assert lines(page, tmp_path)[-2:] == ["邮箱", "a@126.com"]


def test_the_declaration_of_an_xhtml_page_does_no_harm(tmp_path: Path) -> None:
    page = f'<?xml version="1.0" encoding="gb2312"?><html><head><meta charset="big5"></head><body>{PARAGRAPHS}</body>'
    assert lines(page, tmp_path) == BODY


def test_a_character_cut_in_half_by_the_site_costs_that_character_only(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = f"<title>{TITLE}</title><h1>{TITLE}</h1>{PARAGRAPHS * 20}".encode("gbk")
    path.write_bytes(page.replace(b"</title>", b"\xb0</title>"))
    assert read_text(Source(str(path))).text.splitlines() == [TITLE, *BODY * 20]


def test_entities_of_a_page_are_not_expanded(tmp_path: Path) -> None:
    bomb = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    page = f'<!DOCTYPE html [<!ENTITY l0 "哈">{bomb}<!ENTITY f SYSTEM "file:///etc/hostname">]><p>甲&l11;&f;乙</p>'
    assert len("".join(lines(page, tmp_path))) < 100


def test_a_page_nested_too_deep_is_refused_rather_than_cut_off(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nested too deep"):
        shown("<div>" * 5000 + "甲", tmp_path)
    assert shown("<div>" * 200 + "甲", tmp_path) == ["甲"]


def test_a_page_without_text_is_refused(tmp_path: Path) -> None:
    for page in ("<html><body><script>load()</script></body></html>", "<!-- -->"):
        with pytest.raises(InputError, match="holds no"):
            lines(page, tmp_path)


def test_the_source_of_a_page_has_a_limit_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("<p>甲</p>" + "<!-- -->" * 20, encoding="utf-8")
    with pytest.raises(InputError, match="characters"):
        read_text(Source(str(tmp_path / "page.html")), Limits(text_characters=10))


def test_a_page_with_too_many_tags_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text("<p>整改</p>" * 50, encoding="utf-8")
    assert len(read_text(Source(str(path)), Limits(page_tags=100)).text.splitlines()) == 50
    with pytest.raises(InputError, match="has 100 tags, 99 are read; save its text as txt"):
        read_text(Source(str(path)), Limits(page_tags=99))
