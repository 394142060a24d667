"""Word documents: what is deleted, struck or hidden is no text and does not count; chunks are read, the rest told."""

from __future__ import annotations

import email.mime.multipart
import email.mime.text
from pathlib import Path

import pytest
from page_examples import account
from word_examples import NAMES, deleted, numbered, paragraph, read_word, run, word

from extractor.errors import InputError
from extractor.files.ingest import IngestedFile
from extractor.pipeline import extract

DELETED_MARK = '<w:del w:id="2" w:author="a"/>'


def style(name: str, properties: str, kind: str = "character", based_on: str = "") -> str:
    based = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    inner = f'<w:name w:val="{name}"/>{based}<w:rPr>{properties}</w:rPr>'
    return f'<w:style w:type="{kind}" w:styleId="{name}">{inner}</w:style>'


def of_run(properties: str, folder: Path, styles: str = "", in_paragraph: str = "") -> IngestedFile:
    """A figure behind another one whose run has these properties."""
    inner = run("追缴补贴") + run("12", properties) + run("35.6万元。", '<w:vanish w:val="0"/>')
    return read_word(word(paragraph(inner, in_paragraph), styles=styles), folder)


LEFT_OUT = {
    "strike": ("struck", "<w:strike/>", ""),
    "double strike": ("struck", '<w:dstrike w:val="1"/>', ""),
    "struck by a style": ("struck", '<w:rStyle w:val="old"/>', style("old", "<w:strike/>")),
    "vanish": ("hidden", "<w:vanish/>", ""),
    "hidden by a style": ("hidden", '<w:rStyle w:val="hid"/>', style("hid", "<w:vanish/>")),
    "hidden by what a style is based on": (
        "hidden",
        '<w:rStyle w:val="b"/>',
        style("b", "", based_on="a") + style("a", "<w:vanish/>"),
    ),
}
STAYS = {
    "hidden on web pages only": ("<w:webHidden/>", ""),
    "a property of marks": ("<w:specVanish/>", ""),
    "strike switched off": ('<w:strike w:val="false"/>', ""),
    "a style's property switched off": ('<w:rStyle w:val="hid"/><w:vanish w:val="0"/>', style("hid", "<w:vanish/>")),
    "a style based on itself": ('<w:rStyle w:val="x"/>', style("x", "", based_on="x")),
    "an unknown style": ('<w:rStyle w:val="gone"/>', ""),
}


@pytest.mark.parametrize("case", LEFT_OUT)
def test_struck_and_hidden_runs_are_left_out_and_told(tmp_path: Path, case: str) -> None:
    kind, properties, styles = LEFT_OUT[case]
    read = of_run(properties, tmp_path, styles)
    assert read.text == "追缴补贴35.6万元。\n"
    assert account(read) == [(kind, "12")]


@pytest.mark.parametrize("case", STAYS)
def test_what_word_prints_is_read(tmp_path: Path, case: str) -> None:
    properties, styles = STAYS[case]
    read = of_run(properties, tmp_path, styles)
    assert read.text == "追缴补贴1235.6万元。\n"
    assert account(read) == []


def test_a_paragraph_hidden_by_its_style_is_left_out(tmp_path: Path) -> None:
    styles = style("p1", "<w:vanish/>", "paragraph") + style("p2", "", "paragraph", "p1")
    body = paragraph(run("甲")) + paragraph(run("(内部:线索2条)"), '<w:pStyle w:val="p2"/>') + paragraph(run("乙"))
    read = read_word(word(body, styles=styles), tmp_path)
    assert read.text == "甲\n乙\n"
    assert account(read) == [("hidden", "(内部:线索2条)")]


def test_styles_of_run_and_paragraph_turn_each_other_round(tmp_path: Path) -> None:
    styles = style("p1", "<w:vanish/>", "paragraph") + style("c1", "<w:vanish/>")
    read = of_run('<w:rStyle w:val="c1"/>', tmp_path, styles, '<w:pStyle w:val="p1"/>')
    assert read.text == "1235.6万元。\n"
    assert account(read) == [("hidden", "追缴补贴")]


def test_the_default_paragraph_style_and_the_document_s_defaults_count(tmp_path: Path) -> None:
    default = '<w:style w:type="paragraph" w:default="1" w:styleId="n"><w:rPr><w:strike/></w:rPr></w:style>'
    assert account(
        read_word(word(paragraph(run("甲")) + paragraph(run("乙", '<w:strike w:val="0"/>')), styles=default), tmp_path)
    ) == [("struck", "甲")]
    defaults = "<w:docDefaults><w:rPrDefault><w:rPr><w:vanish/></w:rPr></w:rPrDefault></w:docDefaults>"
    read = read_word(
        word(paragraph(run("甲")) + paragraph(run("乙", '<w:vanish w:val="0"/>')), styles=defaults), tmp_path
    )
    assert (read.text, account(read)) == ("乙\n", [("hidden", "甲")])


def test_deleted_numbered_paragraphs_do_not_count(tmp_path: Path) -> None:
    body = (
        numbered(run("甲"))
        + numbered(run("子一"), 1)
        + numbered(deleted("删去"), 0, DELETED_MARK)
        + numbered(deleted("子删去"), 1, DELETED_MARK)
        + numbered(run("乙"))
        + numbered(run("藏", "<w:vanish/>"), 0, "<w:vanish/>")
        + numbered('<w:moveFrom w:id="3">' + run("移走") + "</w:moveFrom>", 0, '<w:moveFrom w:id="4"/>')
        + numbered(run("丙"))
    )
    read = read_word(word(body), tmp_path)
    assert read.text == "一、甲\n1. 子一\n二、乙\n三、丙\n"
    assert account(read) == [
        ("struck", "删去"), ("struck", "子删去"), ("hidden", "藏"), ("deleted_number", "删去")
    ]  # fmt: skip


def test_a_paragraph_whose_mark_is_deleted_runs_into_the_next(tmp_path: Path) -> None:
    body = numbered(run("印发办法"), 0, DELETED_MARK) + numbered(run("3项。")) + numbered(run("乙"))
    assert read_word(word(body), tmp_path).text == "一、印发办法3项。\n二、乙\n"
    last = paragraph(run("甲")) + paragraph(run("乙"), f"<w:rPr>{DELETED_MARK}</w:rPr>")
    assert read_word(word(last), tmp_path).text == "甲\n乙\n"


def test_a_heading_that_runs_into_its_text_keeps_its_number(tmp_path: Path) -> None:
    body = (
        numbered(run("强化责任。"), 0, "<w:vanish/><w:specVanish/>") + paragraph(run("约谈3人。")) + numbered(run("乙"))
    )
    assert read_word(word(body), tmp_path).text == "一、强化责任。约谈3人。\n二、乙\n"


def test_the_number_of_nothing_is_no_line(tmp_path: Path) -> None:
    read = read_word(word(numbered(run("甲")) + numbered(deleted("删去")) + numbered(run("乙"))), tmp_path)
    assert read.text == "一、甲\n三、乙\n"
    assert account(read) == [("struck", "删去"), ("deleted_number", "二、")]


def test_deleted_and_hidden_rows_are_left_out(tmp_path: Path) -> None:
    def row(text: str, properties: str = "") -> str:
        return f"<w:tr><w:trPr>{properties}</w:trPr><w:tc><w:p>{run(text)}</w:p></w:tc></w:tr>"

    table = f"<w:tbl>{row('甲')}{row('乙', DELETED_MARK)}{row('丙', '<w:hidden/>')}{row('丁')}</w:tbl>"
    read = read_word(word(table), tmp_path)
    assert (read.text, account(read)) == ("甲\n丁\n", [("struck", "乙"), ("hidden", "丙")])


MARKS = {
    "a reference": '<w:r><w:rPr><w:rStyle w:val="fr"/></w:rPr><w:footnoteReference w:id="2"/></w:r>',
    "a mark of its own": '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="2"/><w:t>①</w:t></w:r>',
    "a raised digit": run("1", '<w:vertAlign w:val="superscript"/>'),
    "raised brackets": run("[1]", '<w:vertAlign w:val="superscript"/>'),
    "a style's digit": run("1", '<w:rStyle w:val="fr"/>'),
}


@pytest.mark.parametrize("case", MARKS)
def test_marks_of_notes_are_no_digits(tmp_path: Path, case: str) -> None:
    styles = style("fr", '<w:vertAlign w:val="superscript"/>').replace(
        'w:name w:val="fr"', 'w:name w:val="footnote reference"'
    )
    read = read_word(word(paragraph(run("追缴35.6") + MARKS[case] + run("万元。")), styles=styles), tmp_path)
    assert read.text == "追缴35.6万元。\n"
    assert [entry.kind for entry in read.left_out] == ["note_mark"]


def test_raised_exponents_stay(tmp_path: Path) -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    body = paragraph(run("3万m") + run("2", raised) + run("、1.2×10") + run("4", raised) + run("吨"))
    read = read_word(word(body), tmp_path)
    assert (read.text, read.left_out) == ("3万m²、1.2×10⁴吨\n", ())


SIGNS = {
    ("Wingdings", "F081"): "①",
    ("Wingdings", "8A"): "⑩",
    ("Wingdings 2", "F06A"): "①",
    ("Wingdings", "F0FC"): "✓",
    ("Symbol", "F025"): "%",
    ("Symbol", "F033"): "3",
    ("Symbol", "F0B3"): "≥",
    ("宋体", "0025"): "%",
    ("仿宋", "2103"): "℃",
}


@pytest.mark.parametrize(("font", "code"), SIGNS)
def test_signs_are_read_as_their_font_shows_them(tmp_path: Path, font: str, code: str) -> None:
    sign = f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'
    read = read_word(word(paragraph(run("甲") + sign + run("乙"))), tmp_path)
    assert (read.text, read.left_out) == (f"甲{SIGNS[font, code]}乙\n", ())


def test_a_sign_nobody_can_tell_joins_no_figures_and_is_told(tmp_path: Path) -> None:
    sign = '<w:r><w:sym w:font="Webdings" w:char="F061"/></w:r>'
    read = read_word(word(paragraph(run("1") + sign + run("2人"))), tmp_path)
    assert read.text == "1\ufffd2人\n"
    assert account(read) == [("unmapped_glyphs", "Webdings F061")]
    assert read_word(word(paragraph(sign + run("一是甲"))), tmp_path).text == "一是甲\n"


def test_text_set_in_a_symbol_font_is_read_as_shown(tmp_path: Path) -> None:
    font = '<w:rFonts w:ascii="Wingdings" w:hAnsi="Wingdings"/>'
    read = read_word(word(paragraph(run("\uf081", font) + run("甲")) + paragraph(run("l", font) + run("乙"))), tmp_path)
    assert read.text == "①甲\n●乙\n"


EQUATIONS = {
    r" eq \o\ac(○,21)": "㉑",
    r'EQ \* jc2 \* "Font:宋体" \* hps21 \o\ad(\s\up 9(kān),龛)': "龛",
    r"EQ \O(\S\UP 9(yí),儀)": "儀",
    r"eq \f(1;2)": "1/2",
    r"eq \s\up 5(2)": "²",
    r"eq \x\to(甲)": "甲",
    r"eq 三\,五": "三,五",
    " PAGE ": "",
}


@pytest.mark.parametrize("instruction", EQUATIONS)
def test_what_fields_print_is_read_from_their_instruction(tmp_path: Path, instruction: str) -> None:
    def field(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    pieces = (instruction[:6], instruction[6:])
    written = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    simple = f"<w:fldSimple w:instr='{instruction}'/>"
    for place in (field("begin") + written + field("end"), simple):
        assert (
            read_word(word(paragraph(place + run("完成整改"))), tmp_path).text == f"{EQUATIONS[instruction]}完成整改\n"
        )


def test_the_reading_over_a_word_is_left_out_and_told(tmp_path: Path) -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('kān')}</w:rt><w:rubyBase>{run('龛')}</w:rubyBase></w:ruby></w:r>"
    field = r"<w:fldSimple w:instr='EQ \o(\s\up 9(kān),龛)'/>"
    for word_with_reading in (ruby, field):
        read = read_word(word(paragraph(run("拆除神") + word_with_reading + run("12座"))), tmp_path)
        assert read.text == "拆除神龛12座\n"
        assert [(entry.kind, entry.words) for entry in read.left_out] == [("note", "kān")]


def saved_page(html: str) -> bytes:
    message = email.mime.multipart.MIMEMultipart("related", type="text/html")
    message.attach(email.mime.text.MIMEText(html, "html", "utf-8"))
    return message.as_bytes()


CHUNKS: dict[str, bytes] = {
    "c.html": "<html><body><p>(三)甲<del>9</del></p><p>约谈3人。</p></body></html>".encode(),
    "c.txt": "(三)甲\r\n约谈3人。".encode("gb18030"),
    "c.mht": saved_page("<html><body><p>(三)甲</p><p>约谈3人。</p></body></html>"),
    "c.docx": word(paragraph(run("(三)甲")) + paragraph(run("约谈3人。"))),
}


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_of_other_formats_are_read_in_their_place(tmp_path: Path, name: str) -> None:
    body = paragraph(run("一")) + '<w:altChunk r:id="c"/>' + paragraph(run("二"))
    read = read_word(word(body, parts={name: ("aFChunk", CHUNKS[name])}), tmp_path)
    assert read.text == "一\n(三)甲\n约谈3人。\n二\n"
    assert account(read) == ([("struck", "9")] if name == "c.html" else [])


def test_chunks_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    body = paragraph(run("一")) + '<w:altChunk r:id="c"/><w:altChunk r:id="x"/><w:altChunk r:id="none"/>'
    parts = {"c.rtf": ("aFChunk", b"{\\rtf1 x}")}
    read = read_word(word(body, parts=parts, links={"x": "http://a.example/b.html"}), tmp_path)
    assert read.text == "一\n"
    assert account(read) == [("embedded", "/word/c.rtf"), ("embedded", "http://a.example/b.html"), ("embedded", "")]


def test_documents_within_documents_end_somewhere(tmp_path: Path) -> None:
    data = word(paragraph(run("最里")))
    for _ in range(4):
        data = word(paragraph(run("层")) + '<w:altChunk r:id="c"/>', parts={"c.docx": ("aFChunk", data)})
    read = read_word(data, tmp_path)
    assert read.text == "层\n层\n层\n"
    assert [entry.kind for entry in read.left_out] == ["embedded"]


def test_what_stands_beside_the_text_is_told(tmp_path: Path) -> None:
    def part(tag: str, inner: str) -> bytes:
        return f"<w:{tag} {NAMES}>{inner}</w:{tag}>".encode()

    mark = '<w:p><w:r><w:pict><v:shape><v:textpath string="内部资料"/></v:shape></w:pict></w:r></w:p>'
    parts = {
        "header1.xml": ("header", part("hdr", f"<w:p>{run('青禾县纪委')}</w:p>{mark}")),
        "footer1.xml": ("footer", part("ftr", f"<w:p>{run('第1页')}</w:p>")),
        "footnotes.xml": ("footnotes", part("footnotes", f"<w:footnote><w:p>{run('含上年3项')}</w:p></w:footnote>")),
        "comments.xml": ("comments", part("comments", f"<w:comment><w:p>{run('请核')}</w:p></w:comment>")),
    }
    read = read_word(word(paragraph(run("正文")), parts=parts), tmp_path)
    assert read.text == "正文\n"
    assert account(read) == [
        ("header_footer", "青禾县纪委"), ("watermark", "内部资料"), ("header_footer", "第1页"),
        ("note", "含上年3项"), ("note", "请核"),
    ]  # fmt: skip


def test_embedded_objects_and_charts_are_told(tmp_path: Path) -> None:
    sheet = '<w:r><w:object><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    chart = '<w:r><w:drawing><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart"/></w:drawing></w:r>'
    read = read_word(word(paragraph(run("甲") + sheet + chart)), tmp_path)
    assert account(read) == [("embedded", "Excel.Sheet.12"), ("embedded", "chart")]


def test_pictures_in_place_of_text_are_told_or_refused(tmp_path: Path) -> None:
    picture = paragraph("<w:r><w:drawing><a:blip/></w:drawing></w:r>")
    assert [entry.kind for entry in read_word(word(paragraph(run("通报")) + picture * 3), tmp_path).left_out] == [
        "picture"
    ]
    assert read_word(word(paragraph(run("整改" * 150)) + picture), tmp_path).left_out == ()
    with pytest.raises(InputError, match=r"holds pictures \(2\) and no text; recognise their text \(OCR\)"):
        read_word(word(picture * 2), tmp_path)


OPENING = [
    "中共青禾县松林镇委员会关于巡察整改进展情况的通报",
    "2023年9月4日至10月27日,县委第二巡察组对松林镇党委开展了巡察,12月8日反馈了意见。",
    "一、整改工作组织情况",
    "镇党委召开党委会6次。",
    "二、整改任务完成情况",
]


def values(read: IngestedFile) -> list[tuple[str | None, str, list[tuple[str | None, list[str]]]]]:
    """Label and title of each issue, and of its measures label and figures."""
    return [
        (
            issue.label,
            issue.title,
            [(each.label, [f"{figure.value}{figure.unit}" for figure in each.quantities]) for each in issue.measures],
        )
        for issue in extract(read.text).issues
    ]


def test_a_notice_with_tracked_deletions_gives_the_values_that_are_left(tmp_path: Path) -> None:
    body = (
        "".join(paragraph(run(line)) for line in OPENING)
        + numbered(run("关于“理论学习不够深入”问题的整改"))
        + numbered(run("完善学习制度,开展集中学习12次。"), 1)
        + numbered(deleted("关于“会议记录不规范”问题的整改"), 0, DELETED_MARK)
        + numbered(deleted("规范会议记录,检查8次。"), 1, DELETED_MARK)
        + numbered(run("关于“惠民资金监管不严”问题的整改"))
        + numbered(run("追缴补贴") + run("9", "<w:strike/>") + run("35.6万元。"), 1)
        + numbered(deleted("给予党纪处分1人。"), 1, DELETED_MARK)
        + numbered(run("给予党纪处分5人。"), 1)
    )
    read = read_word(word(body), tmp_path)
    assert values(read) == [
        ("一", "理论学习不够深入", [("1", ["12次"])]),
        ("二", "惠民资金监管不严", [("1", ["35.6万元"]), ("2", ["5人"])]),
    ]


def test_measures_behind_circled_signs_are_counted(tmp_path: Path) -> None:
    def sign(font: str, code: str) -> str:
        return f'<w:r><w:sym w:font="{font}" w:char="{code}"/></w:r>'

    body = "".join(paragraph(run(line)) for line in [*OPENING, "(一)关于“理论学习不够深入”问题的整改"])
    body += paragraph(sign("Wingdings", "F081") + run("完善学习制度,开展集中学习12次。"))
    body += paragraph(sign("Wingdings", "F082") + run("化解率98") + sign("宋体", "0025") + run(",约谈3人。"))
    assert values(read_word(word(body), tmp_path)) == [
        ("(一)", "理论学习不够深入", [("①", ["12次"]), ("②", ["98%", "3人"])])
    ]
