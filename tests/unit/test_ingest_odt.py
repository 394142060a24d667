"""OpenDocument texts without another program: numbers, changes, hidden text, boxes, tables, notes, within limits."""

from __future__ import annotations

import io
import zipfile

import pytest

from extractor.errors import InputError
from extractor.files.ingest import IngestedFile, ingest
from extractor.files.sources.file_kinds import RefusedKindError
from extractor.files.sources.source import Source

_NAMES = {
    "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing",
    "svg": "svg-compatible", "fo": "xsl-fo-compatible",
}  # fmt: skip
_DECLARED = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for short, name in _NAMES.items()
)
_MIMETYPE = "application/vnd.oasis.opendocument.text"
_CN = "一, 二, 三, ..."


def level(number: int, form: str, before: str = "", behind: str = "", more: str = "") -> str:
    """One level of a list's style, whose number nothing follows."""
    return (
        f'<text:list-level-style-number text:level="{number}" style:num-format="{form}" style:num-prefix="{before}" '
        f'style:num-suffix="{behind}" {more}><style:list-level-properties><style:list-level-label-alignment '
        'text:label-followed-by="nothing"/></style:list-level-properties></text:list-level-style-number>'
    )


LISTS = {
    "L1": level(1, _CN, "", "、")
    + level(2, _CN, "（", "）")
    + level(3, "1", "", ".")
    + level(4, "1", more='text:display-levels="2"'),
    "L2": level(1, "1", "", "、", 'text:start-value="5"') + level(2, "①, ②, ③, ..."),
    "L3": level(1, "壹, 贰, 叁, ...", "", "、") + level(2, "甲, 乙, 丙, ...", "", "、") + level(3, "a", "", ")"),
    "L4": level(1, "ア, イ, ウ, ...", "", "、"),
}
OUTLINE = (
    f'<text:outline-level-style text:level="1" style:num-format="{_CN}" style:num-suffix="、"/>'
    '<text:outline-level-style text:level="2" style:num-format="1" style:num-prefix="（" style:num-suffix="）"/>'
)
TEXT_STYLES = {
    "Quiet": 'text:display="none"',
    "Shown": 'text:display="true"',
    "Sup": 'style:text-position="super 58%"',
    "Struck": 'style:text-line-through-style="solid"',
}
STYLES = (
    "<office:styles>"
    + "".join(f'<text:list-style style:name="{name}">{levels}</text:list-style>' for name, levels in LISTS.items())
    + f'<text:outline-style style:name="Outline">{OUTLINE}</text:outline-style>'
    + "".join(
        f'<style:style style:name="{name}" style:family="text"><style:text-properties {look}/></style:style>'
        for name, look in TEXT_STYLES.items()
    )
    + '<style:style style:name="Hidden" style:family="paragraph">'
    '<style:text-properties text:display="none"/></style:style>'
    + '<style:style style:name="Below" style:family="paragraph" style:parent-style-name="Hidden"/>'
    + '<style:style style:name="Listed" style:family="paragraph" style:list-style-name="L1"/>'
    + '<style:style style:name="Bare" style:family="paragraph" style:list-style-name=""/>'
    "</office:styles>"
)
MASTER = (
    '<office:master-styles><style:master-page style:name="Standard"><style:footer><text:p>内部资料2023</text:p>'
    "</style:footer></style:master-page></office:master-styles>"
)


def flat(body: str) -> bytes:
    text = f"{STYLES}<office:body><office:text>{body}</office:text></office:body>"
    document = f'<office:document {_DECLARED} office:mimetype="{_MIMETYPE}">{text}</office:document>'
    return f'<?xml version="1.0"?>{document}'.encode()


def packed(body: str, *, manifest: str = "", mimetype: str = _MIMETYPE) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", mimetype)
        text = f"<office:body><office:text>{body}</office:text></office:body>"
        package.writestr("content.xml", f"<office:document-content {_DECLARED}>{text}</office:document-content>")
        package.writestr("styles.xml", f"<office:document-styles {_DECLARED}>{STYLES}{MASTER}</office:document-styles>")
        if manifest:
            package.writestr("META-INF/manifest.xml", manifest)
    return target.getvalue()


def read(body: str, name: str = "a.odt") -> IngestedFile:
    return ingest(Source(name), packed(body))


def lines(body: str) -> list[str]:
    return read(body).text.splitlines()


def told(file: IngestedFile) -> set[tuple[str, str]]:
    return {(entry.kind, entry.words) for entry in file.left_out}


def p(words: str, style: str = "") -> str:
    return f'<text:p text:style-name="{style}">{words}</text:p>'


def item(*inner: str, start: str = "") -> str:
    return f"<text:list-item{start and f' text:start-value={start!r}'}>{''.join(inner)}</text:list-item>"


def listed(*items: str, style: str = "L1", more: str = "") -> str:
    return f'<text:list text:style-name="{style}" {more}>{"".join(items)}</text:list>'


def inner(*items: str) -> str:
    return f"<text:list>{''.join(items)}</text:list>"


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.files.office.libre_office.office_program", lambda: None)


def test_lists_are_numbered_by_their_levels() -> None:
    third = inner(item(p("会议3次。")), item(p("约谈5人。"), inner(item(p("提醒2人。")))))
    second = inner(item(p("学习不够")), item(p("监管不严"), third))
    body = listed(item(p("组织情况")), item(p("整改情况"), second))
    assert lines(body) == [
        "一、组织情况", "二、整改情况", "（一）学习不够", "（二）监管不严",
        "1.会议3次。", "2.约谈5人。", "2.1提醒2人。",
    ]  # fmt: skip


def test_lists_go_on_begin_anew_or_with_a_number_of_their_own() -> None:
    body = listed(item(p("甲")), item(p("乙"), inner(item(p("丙")))), more='xml:id="a"')
    body += p("隔") + listed(item(p("丁")), more='text:continue-numbering="true"')
    body += p("隔") + listed(item(p("戊")))
    body += p("隔") + listed(item(inner(item(p("己")))), more='text:continue-list="a"')
    body += listed(item(p("庚")), item(p("辛"), start="9"), item(p("壬")), style="L2")
    numbered = [line for line in lines(body) if line != "隔"]
    assert numbered == ["一、甲", "二、乙", "（一）丙", "三、丁", "一、戊", "（一）己", "5、庚", "9、辛", "10、壬"]


def test_other_forms_of_numbers() -> None:
    body = listed(item(p("甲"), inner(item(p("乙"), inner(item(p("丙")))))), style="L3")
    body += listed(item(p("丁"), inner(item(p("戊")), item(p("己")))), style="L2")
    assert lines(body) == ["壹、甲", "甲、乙", "a)丙", "5、丁", "①戊", "②己"]


def test_an_item_has_one_number_and_a_list_s_head_none() -> None:
    head = f"<text:list-header>{p('题')}</text:list-header>"
    body = listed(head, item(p("甲"), p("乙")))
    assert lines(body) == ["题", "一、甲", "乙"]


def test_a_list_without_a_style_has_that_of_its_paragraphs() -> None:
    assert lines(inner(item(p("甲", "Listed")))) == ["一、甲"]


def test_headings_are_numbered_by_the_outline() -> None:
    def heading(words: str, level: int, more: str = "") -> str:
        return f'<text:h text:outline-level="{level}" {more}>{words}</text:h>'

    body = heading("甲", 1) + heading("乙", 2) + p("文") + heading("丙", 2) + heading("丁", 1)
    body += (
        heading("戊", 1, 'text:is-list-header="true"') + heading("己", 1, 'text:style-name="Bare"') + heading("庚", 2)
    )
    body += heading("辛", 1, 'text:restart-numbering="true" text:start-value="7"')
    assert lines(body) == ["一、甲", "（1）乙", "文", "（2）丙", "二、丁", "戊", "己", "（1）庚", "七、辛"]


def test_a_number_of_an_unknown_form_is_refused_with_advice() -> None:
    with pytest.raises(RefusedKindError, match=r"a\.odt.*libreoffice-writer"):
        read(listed(item(p("甲")), style="L4"))


def test_blanks_tabs_and_line_ends() -> None:
    words = "  甲 \n 乙<text:s text:c='2'/>丙<text:tab/>丁<text:line-break/>戊 "
    assert [line.rstrip() for line in lines(p(words))] == ["甲 乙  丙\t丁", "戊"]


def test_deleted_hidden_and_struck_text_is_named_and_not_read() -> None:
    deletion = f"<text:deletion>{p('99')}</text:deletion>"
    body = f"<text:tracked-changes><text:changed-region>{deletion}</text:changed-region></text:tracked-changes>"
    quiet, struck = (f"<text:span text:style-name='{name}'>" for name in ("Quiet", "Struck"))
    body += p(f"追缴<text:change/>{quiet}88</text:span>{struck}77</text:span>35.6万元")
    body += p("甲", "Below") + p("<text:span text:style-name='Shown'>乙</text:span>", "Hidden")
    hidden = "<text:hidden-text text:string-value='66' text:is-hidden='true'/>"
    body += p(f"丙{hidden}<text:hidden-text text:string-value='55' text:is-hidden='false'/>")
    body += p("丁<text:hidden-paragraph text:is-hidden='true'>44</text:hidden-paragraph>戊")
    body += f"<text:section text:display='none'>{p('己')}</text:section><text:section>{p('庚')}</text:section>"
    found = read(body)
    assert found.text.split() == ["追缴35.6万元", "乙", "丙55", "庚"]
    assert {("struck", "99"), ("hidden", "66"), ("header_footer", "内部资料2023")} <= told(found)
    assert {words for kind, words in told(found) if kind in ("hidden", "struck")} >= {"99", "66"}
    left = " ".join(entry.words for entry in found.left_out)
    assert all(words in left for words in ("88", "77", "甲", "丁", "戊", "己"))


def test_a_number_whose_words_are_hidden_is_not_printed() -> None:
    body = listed(item(p("甲", "Hidden")), item(p("乙")), item(p("")))
    assert lines(body) == ["二、乙", "三、"]


def test_notes_marks_of_notes_and_phonetic_guides_are_no_text() -> None:
    note = f"<text:note-citation>1</text:note-citation><text:note-body>{p('脚注99')}</text:note-body>"
    note = f"<text:note>{note}</text:note>"
    comment = f"<office:annotation>{p('批注88')}</office:annotation><office:annotation-end/>"
    ruby = "<text:ruby><text:ruby-base>龛</text:ruby-base><text:ruby-text>kān</text:ruby-text></text:ruby>"
    found = read(p(f"退还35{note}万元，修缮神{ruby}{comment}3处<text:span text:style-name='Sup'>2</text:span>。"))
    assert found.text == "退还35万元，修缮神龛3处。\n"
    assert {("note", "脚注99"), ("note", "批注88"), ("note_mark", "2")} <= told(found)


def test_boxes_and_shapes_come_once_behind_their_paragraph() -> None:
    box = f"<draw:frame><draw:text-box>{p('框内35.6万元')}</draw:text-box><svg:desc>说明</svg:desc></draw:frame>"
    shape = f"<draw:g><draw:custom-shape>{p('形内')}<draw:enhanced-geometry/></draw:custom-shape></draw:g>"
    assert lines(p(f"前{box}后{shape}") + box) == ["前后", "框内35.6万元", "形内", "框内35.6万元"]


def test_merged_and_repeated_cells_of_a_table() -> None:
    def cell(words: str, more: str = "") -> str:
        return f"<table:table-cell {more}>{p(words)}</table:table-cell>"

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    covered, twice = "<table:covered-table-cell/>", 'table:number-columns-spanned="2"'
    above = row(cell("问题", 'table:number-rows-spanned="2"'), cell("责任", twice), covered)
    body = f"<table:table-header-rows>{above}</table:table-header-rows>"
    body += row(covered, cell("单位"), cell("个人"))
    body += row(cell("甲"), cell("同", 'table:number-columns-repeated="2"'))
    body += row(cell("乙"), cell("块", f'{twice} table:number-rows-spanned="2"'), covered, cell("丙"))
    body += row(cell("丁"), covered, covered, cell("戊"))
    assert lines(f"<table:table>{body}</table:table>") == [
        "问题\t责任",
        "\t单位\t个人",
        "甲\t同\t同",
        "乙\t块\t丙",
        "丁\t\t戊",
    ]


def test_signs_of_a_font_of_signs_are_read_as_they_look() -> None:
    look = '<style:text-properties style:font-name="Wingdings"/>'
    style = f'<style:style style:name="W" style:family="text">{look}</style:style>'
    data = flat(p("<text:span text:style-name='W'>\uf081</text:span>完善制度")).decode()
    assert (
        ingest(Source("a.fodt"), data.replace("<office:styles>", f"<office:styles>{style}").encode()).text
        == "①完善制度\n"
    )


def test_an_index_is_read_as_printed_and_its_form_is_not() -> None:
    source = "<text:index-title-template>样式</text:index-title-template>"
    source = f"<text:table-of-content-source>{source}</text:table-of-content-source>"
    body = f"<text:table-of-content>{source}<text:index-body>{p('目录')}</text:index-body></text:table-of-content>"
    assert lines(body + p("文")) == ["目录", "文"]


@pytest.mark.parametrize("name", ["a.odt", "a.ott"])
def test_a_template_is_read_as_a_text(name: str) -> None:
    data = packed(p("整改"), mimetype=f"{_MIMETYPE}-template" if name.endswith("t") else _MIMETYPE)
    assert ingest(Source(name), data).text == "整改\n"


def test_a_text_in_one_file_is_read() -> None:
    assert ingest(Source("a.fodt"), flat(listed(item(p("整改"))))).text == "一、整改\n"


_BOMB = b'<!DOCTYPE d [<!ENTITY a "12"><!ENTITY b "&a;&a;&a;&a;">]>'


def nested(count: int, *names: str) -> bytes:
    """A text so many times inside elements of these names."""
    opened, closed = "".join(f"<{name}>" for name in names), "".join(f"</{name}>" for name in reversed(names))
    return packed(opened * count + p("甲") + closed * count)


def repeated() -> bytes:
    cell = f"<table:table-cell table:number-columns-repeated='999'>{p('甲')}</table:table-cell>"
    row = f"<table:table-row table:number-rows-repeated='9999999'>{cell}</table:table-row>"
    return packed(f"<table:table>{row}</table:table>")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (packed("", manifest="<manifest><encryption-data/></manifest>"), "is encrypted"),
        (nested(60, "text:list", "text:list-item"), "nested too deep"),
        (nested(45, "table:table", "table:table-row", "table:table-cell"), "nested too deep"),
        (nested(300, "text:section"), "cannot be read"),
        (repeated(), "cells"),
        (flat(p("甲")).replace(b"?>", b"?>" + _BOMB, 1), "document type definition"),
        (packed(p("甲"))[:-200], "damaged"),
    ],
    ids=["encrypted", "lists", "tables", "sections", "repeated", "entities", "cut"],
)
def test_what_cannot_be_read_is_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ingest(Source("a.odt" if data.startswith(b"PK") else "a.fodt"), data)


def test_a_bomb_is_refused_by_its_size() -> None:
    with pytest.raises(InputError, match=r"a\.odt"):
        read(p("整" * 30_000_000))
