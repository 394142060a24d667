"""Pages saved by browsers as one message, and pages whose ending says something else: told by what they hold."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest
from browsing import chromium
from page_examples import ARTICLE, TITLE, WANTED, account, page, read_page

from extractor.errors import InputError
from extractor.files.discover import discover
from extractor.files.ingest import read_text
from extractor.files.sources.source import Source

HEAD = "From: <Saved by Blink>\r\nSubject: =?utf-8?B?6YCa5oql?=\r\nMIME-Version: 1.0\r\n"
PLACE = "http://a.example/t/b.html"


def part(source: bytes, kind: str, encoding: str, headers: str = "") -> bytes:
    if encoding == "base64":
        body = base64.encodebytes(source)
    elif encoding == "quoted-printable":
        body = quopri.encodestring(source)
    else:
        body = source
    return f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {encoding}\r\n{headers}\r\n".encode() + body


def saved(*parts: bytes, more: str = "") -> bytes:
    """A page saved as Chromium does it."""
    kind = f'Content-Type: multipart/related;\r\n\ttype="text/html";{more}\r\n\tboundary="--B--"\r\n\r\n\r\n'
    return (HEAD + kind).encode() + b"".join(b"----B--\r\n" + each + b"\r\n" for each in parts) + b"----B----\r\n"


PICTURE = part(b"\x89PNG\r\n", "image/png", "base64", "Content-Location: http://a.example/l.png\r\n")


def read(data: bytes, folder: Path, name: str = "a.mhtml") -> list[str]:
    (folder / name).write_bytes(data)
    return read_text(Source(str(folder / name))).text.splitlines()


@pytest.mark.parametrize("encoding", ["quoted-printable", "base64", "8bit"])
@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "big5"])
@pytest.mark.parametrize("named", [True, False])
def test_a_saved_page_is_read_whoever_names_its_charset(
    tmp_path: Path, encoding: str, charset: str, named: bool
) -> None:
    if charset == "big5":
        source, wanted = (
            "<p>關於巡視整改進展情況的通報</p><p>追回資金3萬元。</p>",
            ["關於巡視整改進展情況的通報", "追回資金3萬元。"],
        )
        source = f"<html><head><meta charset='big5'></head><body><div>{source}</div></body></html>"
    else:
        source, wanted = page(ARTICLE).replace("utf-8", charset), WANTED
    kind = f'text/html; charset="{charset}"' if named else "text/html"
    html = part(source.encode(charset), kind, encoding, f"Content-Location: {PLACE}\r\n")
    assert read(saved(html, PICTURE), tmp_path) == wanted


@pytest.mark.parametrize("name", ["a.mht", "a.html", "a.txt", "a.doc", "a"])
def test_it_is_known_by_what_it_holds(tmp_path: Path, name: str) -> None:
    html = part(page(ARTICLE).encode(), "text/html", "quoted-printable")
    assert read(saved(html), tmp_path, name) == WANTED
    assert read_text(Source(str(tmp_path / name))).format == "mhtml"


def test_a_message_of_one_part_is_read(tmp_path: Path) -> None:
    data = HEAD.encode() + part(page(ARTICLE).encode("gb18030"), "text/html", "base64")
    assert read(data, tmp_path) == WANTED


def test_the_page_that_the_message_names_is_read(tmp_path: Path) -> None:
    other = part(page("<p>广告</p>").encode(), "text/html", "8bit", "Content-ID: <a@x>\r\n")
    html = part(page(ARTICLE).encode(), "text/html", "8bit", "Content-ID: <b@x>\r\n")
    assert read(saved(other, html, more='\r\n\tstart="<b@x>";'), tmp_path) == WANTED


@pytest.mark.parametrize("address", ["cid:frame-2@mhtml.blink", "http://a.example/t/c.html", "c.html"])
def test_an_article_in_a_frame_that_was_saved_too_is_read(tmp_path: Path, address: str) -> None:
    inner = f"<iframe src='{address}' width='900'></iframe>"
    outer = part(page(inner).encode(), "text/html", "quoted-printable", f"Content-Location: {PLACE}\r\n")
    headers = "Content-ID: <frame-2@mhtml.blink>\r\nContent-Location: http://a.example/t/c.html\r\n"
    frame = part(f"<html><body>{ARTICLE}</body></html>".encode("gb18030"), "text/html", "base64", headers)
    assert read(saved(outer, frame), tmp_path) == WANTED


def test_documents_saved_with_a_page_are_told(tmp_path: Path) -> None:
    html = part(page(ARTICLE).encode(), "text/html", "8bit")
    pdf = part(b"%PDF-1.4", "application/pdf", "base64", "Content-Location: http://a.example/x.pdf\r\n")
    read(saved(html, pdf), tmp_path)
    assert account(read_text(Source(str(tmp_path / "a.mhtml")))) == [("embedded", "http://a.example/x.pdf")]


def test_what_holds_no_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without a page"):
        read(saved(PICTURE), tmp_path)
    with pytest.raises(InputError, match="mhtml but holds something else"):
        read(TITLE.encode(), tmp_path)


def test_a_notice_that_begins_like_headers_stays_text(tmp_path: Path) -> None:
    text = "Title: 通报\nContent-Type: 整改\n一、整改情况\n"
    assert read(text.encode(), tmp_path, "a.txt") == text.splitlines()


def test_saved_pages_are_found_in_folders(tmp_path: Path) -> None:
    (tmp_path / "a.mht").write_bytes(b"x")
    (tmp_path / "b.mhtml").write_bytes(b"x")
    assert len(discover([str(tmp_path)]).sources) == 2


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.doc", "a.wps", "a.xyz"])
def test_a_page_is_read_as_a_page_whatever_its_ending(tmp_path: Path, name: str) -> None:
    result = read_page(page(ARTICLE), tmp_path, name)
    assert (result.format, result.text.splitlines()) == ("html", WANTED)


def test_an_article_s_source_named_as_text_is_read_as_a_page(tmp_path: Path) -> None:
    source = f"\n<div class='content'><h1>{TITLE}</h1>{ARTICLE}</div>"
    assert read_page(source, tmp_path, "a.txt").text.splitlines() == [TITLE, *WANTED[2:]]
    assert read_page("<p>甲</p>\n乙", tmp_path, "b.txt").text == "<p>甲</p>\n乙"
    assert read_page(source, tmp_path, "c.md").text == source


def test_a_page_saved_by_word_is_read(tmp_path: Path) -> None:
    lines = "".join(
        f"<p class=MsoNormal><![if !supportLists]><span>{line[:1]}</span><![endif]>"
        f"<span lang=EN-US>{line[1:]}<o:p></o:p></span></p>\n"
        for line in WANTED
    )
    source = (
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><title>x</title>"
        "<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--><style><!-- p{margin:0} --></style></head>"
        f"<body><div class=WordSection1>{lines}</div></body></html>"
    )
    assert read_page(source, tmp_path, "a.doc").text.splitlines() == WANTED
    (tmp_path / "b.doc").write_bytes(source.encode("utf-16"))
    assert read_text(Source(str(tmp_path / "b.doc"))).text.splitlines() == WANTED


@pytest.mark.parametrize(
    ("link", "struck"),
    [
        ('rel="stylesheet" href="cid:css-1@b"', True),
        ('rel="stylesheet" href="cid:css-1@b" media="print"', False),
        ('rel="icon" href="cid:css-1@b"', False),
        ('rel="stylesheet" href="cid:css-2@b"', False),
    ],
)
def test_styles_that_are_parts_of_their_own_strike_and_hide(tmp_path: Path, link: str, struck: bool) -> None:
    head = f'<meta charset="utf-8"><link {link}>'
    source = page(ARTICLE.replace("35.6", '<b class="old">12</b>35.6'), head)
    sheet = part(b".old\x01{text-decoration:line-through}", "text/css", "8bit", "Content-Location: cid:css-1@b\r\n")
    lines = read(saved(part(source.encode(), "text/html", "base64"), sheet), tmp_path)
    assert lines == (WANTED if struck else [line.replace("35.6", "1235.6") for line in WANTED])


@pytest.mark.browser
def test_a_page_that_chromium_saved_is_read_with_its_styles(tmp_path: Path) -> None:
    source = ARTICLE.replace("35.6", '<b class="old">12</b><i class="off">9</i>35.6')
    head = "<meta charset='utf-8'><style>.old{text-decoration:line-through} .off{display:none}</style>"
    (tmp_path / "styled.html").write_text(page(source, head), encoding="utf-8")
    with chromium() as browser:
        context = browser.new_context()
        opened = context.new_page()
        opened.goto((tmp_path / "styled.html").as_uri())
        snapshot = context.new_cdp_session(opened).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
    assert "text/css" in snapshot
    assert read(snapshot.encode(), tmp_path) == WANTED


@pytest.mark.browser
def test_a_page_that_chromium_saved_is_read_with_its_frame(tmp_path: Path) -> None:
    (tmp_path / "frame.html").write_text(f"<meta charset='gb18030'>{ARTICLE}", encoding="gb18030")
    (tmp_path / "plain.html").write_text(page(ARTICLE), encoding="utf-8")
    (tmp_path / "framed.html").write_text(page("<iframe src='frame.html' width='900' height='900'></iframe>"), "utf-8")
    with chromium() as browser:
        context = browser.new_context()
        opened = context.new_page()
        for name in ("plain", "framed"):
            opened.goto((tmp_path / f"{name}.html").as_uri())
            snapshot = context.new_cdp_session(opened).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
            assert read(snapshot.encode(), tmp_path, f"{name}.mhtml") == WANTED
