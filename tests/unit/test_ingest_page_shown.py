"""HTML pages: what is struck, hidden or a mark of a note is no text, and is told; what is shown stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_examples import ARTICLE, BODY, WANTED, account, page, paragraphs, read_page, with_in

from extractor.files.ingest import ingest
from extractor.files.sources.source import Source

AMOUNT = "35.6万元"

STRUCK = {
    "del": ("<del>12</del><ins>35.6</ins>万元", ""),
    "s": ("<s>12</s>35.6万元", ""),
    "strike in capitals": ("<STRIKE>12</STRIKE>35.6万元", ""),
    "inline style": ('<span style="text-decoration: line-through">12</span>35.6万元', ""),
    "one decoration of two": ("<span style='TEXT-DECORATION:underline line-through red'>12</span>35.6万元", ""),
    "decoration line": ("<i style='text-decoration-line:line-through'>12</i>35.6万元", ""),
    "class": ("<b class='old x'>12</b>35.6万元", "<style>.old { text-decoration : line-through }</style>"),
    "class below a block": ("<b class=old>12</b>35.6万元", "<style>i, p > b.old{text-decoration:line-through}</style>"),
    "all within": ("<del><b>1</b><span>2</span></del>35.6万元", ""),
    "Word's mark of changes": (
        "<span class=msoDel><del cite='mailto:a'>12</del></span><span class=msoIns><ins>35.6</ins></span>万元",
        "<style><!-- span.msoDel{mso-style-type:export-only;text-decoration:line-through;} --></style>",
    ),
}  # fmt: skip

HIDDEN = {
    "display": ("<span style='color:red; DISPLAY : none !important'>12</span>", ""),
    "visibility": ("<span style='visibility:hidden'>12</span>", ""),
    "collapse": ("<span style='visibility:collapse'>12</span>", ""),
    "opacity": ("<span style='opacity:0.0'>12</span>", ""),
    "size": ("<span style='font-size:0px'>12</span>", ""),
    "attribute": ("<span hidden=''>12</span>", ""),
    "Word": ("<span style='mso-hide:all'>12</span>", ""),
    "far aside": ("<span style='position:absolute;left:-9999px'>12</span>", ""),
    "no height": ("<span style='display:inline-block;height:0;overflow:hidden'>12</span>", ""),
    "white on white": ("<span style='color:#FFFFFF'>12</span>", ""),
    "white font": ("<font color='white'>12</font>", ""),
    "transparent": ("<span style='color: transparent'>12</span>", ""),
    "colour of the ground": ("<span style='background:#eee'><b style='color:#eee'>12</b></span>", ""),
    "class": ("<span class='a d-none'>12</span>", "<style>.d-none, .hide{display:none!important}</style>"),
    "id": ("<span id=x1>12</span>", "<style>@media screen{#x1{visibility:hidden}}</style>"),
    "for readers aloud": (
        "<span class=sr>12</span>",
        "<style>.sr{position:absolute;width:1px;height:1px;overflow:hidden}</style>",
    ),
    "hardly a size": ("<span style='font-size:1px'>12</span>", ""),
    "no opaqueness": ("<span style='color: rgba(1, 2, 3, 0)'>12</span>", ""),
    "a size at the end of its style": ("<span style='font-size:0'>12</span>", ""),
    "clipped away": ("<span style='position:absolute;clip:rect(0, 0, 0, 0)'>12</span>", ""),
    "clipped by a class": ("<i class=sr>12</i>", "<style>.sr{clip-path:inset(50%);position:absolute}</style>"),
    "shrunk to nothing": ("<span style='display:inline-block;transform:scale(0)'>12</span>", ""),
    "nearly white": ("<span style='color:#fefefe'>12</span>", ""),
    "white by its lightness": ("<span style='color:hsl(0, 0%, 100%)'>12</span>", ""),
    "clear as it is written today": ("<span style='color:rgb(0 0 0 / 0%)'>12</span>", ""),
    "clear by eight digits": ("<span style='color:#00000000'>12</span>", ""),
    "attribute of a rule": ("<span data-off='1'>12</span>", "<style>span[data-off='1']{display:none}</style>"),
}

OFF = "p{display:none}"


def styled(style: str) -> str:
    """The article, each of its paragraphs with a style."""
    return ARTICLE.replace("<p>", f"<p style='{style}'>")


SHOWN = {
    "rules for print and for widths": (ARTICLE, f"<style>@media print{{{OFF}}}@media (max-width:9px){{{OFF}}}</style>"),
    "a sheet for print": (ARTICLE, f"<style media=print>{OFF}</style>"),
    "rules for states": (ARTICLE, "<style>p:hover,p:not(.x){display:none} h1+p{visibility:hidden}</style>"),
    "a later rule": (ARTICLE, "<style>p{display:none} body p{display:block}</style>"),
    "an inline style over a rule": (f"<div>{styled('display:block')}</div>", "<style>div p{display:none}</style>"),
    "sizes set again within": (f"<div style='font-size:0'>{styled('font-size:16px')}</div>", ""),
    "white on red": ("<div style='background:red'>" + with_in("(一)", "<b style=color:#fff>(一)</b>"), ""),
    "white on a picture": (
        "<div style='background-image:url(a.png)'>" + with_in("(一)", "<b style=color:#fff>(一)</b>"),
        "",
    ),
    "white in a paragraph with a class": (
        with_in("<p>(一)", "<p class=bar><b style=color:#fff>(一)</b>"),
        "",
    ),
    "a decoration taken back": (with_in("35.6", "<s style='text-decoration:none'>35.6</s>"), ""),
    "not for reading aloud": (ARTICLE.replace("<p>", "<p aria-hidden='true'>"), ""),
    "inserted": (with_in("35.6", "<ins>35.6</ins>"), ""),
    "a hanging indent": (styled("margin-left:120.0pt;text-indent:-120.0pt"), ""),
    "digits that Word moved": (
        with_in("35.6", "<span style='position:relative;top:-1.0pt;mso-text-raise:1.0pt'>35</span>.6"),
        "",
    ),
    "shown at another scale": (with_in("35.6", "<b style='transform:scale(0.9)'>35.6</b>"), ""),
    "a first letter in large": (
        with_in("一是全面", "<span style='float:left;font-size:40px'>一</span>是全面"),
        "",
    ),
    "light grey": (with_in("35.6", "<b style='color:#ddd'>35.6</b>"), ""),
    "dark as it is written today": (with_in("35.6", "<b style='color:rgb(20% 20% 20% / 1)'>35.6</b>"), ""),
    "digits in spans": (with_in("35.6", "<span>3</span><span>5</span>.<span>6</span>"), ""),
}  # fmt: skip


@pytest.mark.parametrize("case", STRUCK)
def test_struck_text_is_left_out_and_told(tmp_path: Path, case: str) -> None:
    amount, head = STRUCK[case]
    read = read_page(page(with_in(AMOUNT, amount), head), tmp_path)
    assert read.text.splitlines() == WANTED
    assert account(read) == [("struck", "12")]


@pytest.mark.parametrize("case", HIDDEN)
def test_hidden_text_is_left_out_and_told(tmp_path: Path, case: str) -> None:
    piece, head = HIDDEN[case]
    read = read_page(page(with_in(AMOUNT, piece + AMOUNT), head), tmp_path)
    assert read.text.splitlines() == WANTED
    assert account(read) == [("hidden", "12")]


@pytest.mark.parametrize("case", SHOWN)
def test_what_a_browser_shows_is_read(tmp_path: Path, case: str) -> None:
    inner, head = SHOWN[case]
    read = read_page(page(inner, head), tmp_path)
    assert read.text.splitlines() == WANTED
    assert account(read) == []


MARKS = {
    "a digit": "<sup>1</sup>",
    "brackets": "<sup>[2]</sup>",
    "round brackets": "<sup>\uff083\uff09</sup>",
    "a circle": "<sup>①</sup>",
    "a star": "<sup>*</sup>",
    "in words": "<sup>[注1]</sup>",
    "two": "<sup>1,2</sup>",
    "a link inside": "<sup><a href='#n3'>3</a></sup>",
    "a link around": "<a href='#fn1'><sup>1</sup></a>",
    "a link alone": "<a href='#note1' id='r1'>[1]</a>",
    "a style": "<span style='vertical-align:super;font-size:9px'>1</span>",
    "a class": "<span class='up'>1</span>",
    "moved up": "<span style='position:relative;top:-5px;font-size:9px'>1</span>",
    "set higher": "<span style='vertical-align:4pt;font-size:7.5pt'>1</span>",
    "raised twice": "<sup>¹</sup>",
    "a colon": "<sup>注:2</sup>",
    "Word": "<a href='#_ftn1' name='_ftnref1'><span class=MsoFootnoteReference><span lang=EN-US>[1]</span></span></a>",
}


@pytest.mark.parametrize("case", MARKS)
def test_a_mark_of_a_note_is_no_digit_of_the_figure(tmp_path: Path, case: str) -> None:
    source = page(with_in("35.6", f"35.6{MARKS[case]}"), "<style>.up{vertical-align:super}</style>")
    read = read_page(source, tmp_path)
    assert read.text.splitlines() == WANTED
    assert [entry.kind for entry in read.left_out] == ["note_mark"]


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ("12万m<sup>2</sup>", "12万m²"),
        ("3.5km<sup>2</sup>", "3.5km²"),
        ("80米<sup>3</sup>", "80米³"),
        ("1.2×10<sup>4</sup>吨", "1.2×10⁴吨"),
        ("10<sup>-3</sup>克", "10⁻³克"),
        ("1<sup>st</sup>", "1st"),
        ("甲<sup>(试行)</sup>乙", "甲(试行)乙"),
        ("35.<sup>60</sup>元", "35.60元"),
    ],
)
def test_exponents_stay_and_fuse_with_no_figure(tmp_path: Path, printed: str, read_as: str) -> None:
    read = read_page(page(with_in("128户", printed)), tmp_path)
    assert read.text.splitlines()[10] == BODY[8].replace("128户", read_as)


@pytest.mark.parametrize(
    ("printed", "read_as"),
    [
        ("35.6<sub>1</sub>万元", "35.6₁万元"),
        ("12<span style='vertical-align:sub'>3</span>吨", "12₃吨"),
        ("CO<sub>2</sub>12吨", "CO₂12吨"),
        ("128<span style='float:right'>7</span>户", "128(7)户"),
        ("128<span style='position:absolute;left:300px'>7</span>户", "128(7)户"),
        ("128<span style='float:right'>户</span>", "128户"),
        ("<math><mfrac><mn>35</mn><mn>50</mn></mfrac></math>户", "35/50户"),
        ("3<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>户", "3(1/2)户"),
        ("<math><msup><mn>10</mn><mn>4</mn></msup></math>户", "10⁴户"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>户", "x₁²户"),
        ("<math><msup><mn>3</mn><mrow><mi>n</mi><mn>4</mn></mrow></msup></math>户", "3^(n4)户"),
        ("<math><msqrt><mn>25</mn></msqrt><mn>6</mn></math>户", "√(25)6户"),
        ("<math><mroot><mn>27</mn><mn>3</mn></mroot></math>户", "√(27; 3)户"),
        (
            "<math><mtable><mtr><mtd>1</mtd><mtd>2</mtd></mtr><mtr><mtd>3</mtd><mtd>4</mtd></mtr></mtable></math>户",
            "[1, 2; 3, 4]户",
        ),
        ("1&#2;2&#1;3户", "123户"),
    ],
)
def test_what_stands_apart_on_the_page_fuses_with_no_figure(tmp_path: Path, printed: str, read_as: str) -> None:
    read = read_page(page(with_in("128户", printed)), tmp_path)
    assert read.text.splitlines()[10] == BODY[8].replace("128户", read_as)


def test_marks_of_notes_are_one_entry(tmp_path: Path) -> None:
    read = read_page(page(with_in("128", "128<sup>1</sup>").replace("5人", "5<sup>2</sup>人")), tmp_path)
    assert read.text.splitlines() == WANTED
    assert [(entry.kind, entry.characters, entry.words) for entry in read.left_out] == [("note_mark", 2, "1 2")]


def test_a_hidden_block_is_told_as_a_whole(tmp_path: Path) -> None:
    inner = "<div style='display:none'><p>(三)关于账目问题的整改</p><p>约谈9人。</p></div>"
    read = read_page(page(paragraphs(BODY[:10]) + inner + paragraphs(BODY[10:])), tmp_path)
    assert read.text.splitlines() == WANTED
    [entry] = read.left_out
    assert (entry.kind, entry.characters, entry.notice_like) == ("hidden", 17, True)
    assert entry.words == "(三)关于账目问题的整改 约谈9人。"


UNSEEN = (
    "<del>12</del>",
    "<span style='display:none'>12</span>",
    "<i class='gone'>3</i>",
    "<sup>[3]</sup>",
    "<sup><a href='#n1'>1</a></sup>",
    "<!--12-->",
)


@given(st.lists(st.tuples(st.integers(0, len(ARTICLE)), st.sampled_from(UNSEEN)), min_size=1, max_size=9))
def test_what_a_reader_does_not_see_changes_nothing_wherever_it_stands(pieces: list[tuple[int, str]]) -> None:
    article = ARTICLE
    for place, piece in sorted(pieces, reverse=True):
        if ARTICLE[:place].count("<") == ARTICLE[:place].count(">"):  # not within a tag
            article = article[:place] + piece + article[place:]
    read = ingest(Source("page.html"), page(article, "<style>.gone{display:none}</style>").encode())
    assert read.text.splitlines() == WANTED
