"""Files that are valid and unusual: each gives the findings and figures of its text."""

from __future__ import annotations

import io
import quopri
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx
import pytest
from kind_examples import FLAT_2003
from ledger_examples import workbook
from ofd_examples import LEFT, PITCH, SIZE, TOP, Ofd
from pdf_examples import FONT, NOTICE, drawn, register, squashed, wrapped
from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from extractor.errors import InputError
from extractor.files.ingest import ingest
from extractor.files.sources.source import Source
from extractor.pipeline import ReadNotice, extract_file

register()
TEXT = [
    "关于巡察整改进展情况的通报",
    "2023年9月4日至10月27日,县委第一巡察组对松林镇党委开展了巡察。",
    "二、整改进展情况",
    "(一)关于“学习不够”问题的整改。",
    "一是开展学习12次,参加133人。",
    "二是约谈3人。",
    "(二)关于“监管不严”问题的整改。",
    "一是追缴35.6万元,2024年1月前退还128户。",
]
WANTED = [
    ("(一)", "学习不够", [[(12, "次"), (133, "人")], [(3, "人")]]),
    ("(二)", "监管不严", [[(35.6, "万元"), (128, "户")]]),
]


def read(name: str, data: bytes) -> ReadNotice:
    return extract_file(Source(name), data, notice_id="a", lang="en")


def findings(found: ReadNotice) -> list[tuple[str | None, str, list[list[tuple[float, str]]]]]:
    return [
        (
            issue.label,
            issue.title,
            [[(figure.value, figure.unit) for figure in measure.quantities] for measure in issue.measures],
        )
        for issue in found.notice.issues
    ]


def document() -> bytes:
    made, buffer = docx.Document(), io.BytesIO()
    for line in TEXT:
        made.add_paragraph(line)
    made.save(buffer)
    return buffer.getvalue()


def repacked(data: bytes, change: Callable[[bytes], bytes]) -> bytes:
    """A package whose parts of XML are changed."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w") as made:
        for name in source.namelist():
            content = source.read(name)
            made.writestr(name, change(content) if name.endswith((".xml", ".rels")) else content)
    return target.getvalue()


_USUAL = re.compile(
    rb"http://schemas\.openxmlformats\.org/(wordprocessingml|spreadsheetml|officeDocument|drawingml)/2006/"
)


def strict(content: bytes) -> bytes:
    return _USUAL.sub(rb"http://purl.oclc.org/ooxml/\1/", content)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.dotx", b"openxmlformats-officedocument.wordprocessingml.template.main"),
        ("a.docm", b"ms-word.document.macroEnabled.main"),
        ("a.dotm", b"ms-word.template.macroEnabledTemplate.main"),
    ],
)
def test_templates_and_documents_with_macros_are_documents(name: str, kind: bytes) -> None:
    own = b"openxmlformats-officedocument.wordprocessingml.document.main"
    assert findings(read(name, repacked(document(), lambda content: content.replace(own, kind)))) == WANTED


def test_strict_documents_and_workbooks_are_read() -> None:
    assert findings(read("a.docx", repacked(document(), strict))) == WANTED
    found = read("a.xlsx", repacked(ledger(), strict))
    assert [issue.title for issue in found.notice.issues] == ["第1项工作不够", "第2项工作不够"]


def ledger() -> bytes:
    """Two rows of headings, which come again on the second page; findings merged over two rows; days as serials."""

    def fill(book: Any) -> None:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy/m/d"})
        for column, words in {"A": "序号", "B": "存在问题", "E": "整改时限"}.items():
            sheet.merge_range(f"{column}1:{column}2", words)
        sheet.merge_range("C1:D1", "整改情况")
        sheet.write_row("C2", ["具体措施", "进展情况"])
        for number, row in ((1, 2), (2, 5)):
            if number == 2:
                sheet.write_row(row - 1, 0, ["序号", "存在问题", "具体措施", "进展情况", "整改时限"])
            sheet.merge_range(row, 0, row + 1, 0, number)
            sheet.merge_range(row, 1, row + 1, 1, f"第{number}项工作不够")
            sheet.write_column(row, 2, [f"开展检查{number}次。", f"约谈{number}人。"])
            sheet.write_column(row, 3, [f"已检查{number}次。", f"已追缴{number}.5万元。"])
            for each in (row, row + 1):
                sheet.write_number(each, 4, 45289 + number, day)

    return workbook(fill)


def test_a_ledger_over_two_pages_is_read_finding_by_finding() -> None:
    found = read("a.xlsx", ledger())
    assert findings(found) == [
        (
            str(number),
            f"第{number}项工作不够",
            [[(number, "次")], [(number, "次")], [(number, "人")], [(number + 0.5, "万元")]],
        )
        for number in (1, 2)
    ]
    deadlines = [
        {measure.deadline.value for measure in issue.measures if measure.deadline} for issue in found.notice.issues
    ]
    assert deadlines == [{"2023-12-30"}, {"2023-12-31"}]


@pytest.mark.parametrize("prefix", ["x", ""])
def test_ofd_blocks_in_blocks_under_any_prefix_are_read(prefix: str) -> None:
    ofd = Ofd(prefix=prefix)
    lines = [ofd.text(line, LEFT, TOP + PITCH * row) for row, line in enumerate(TEXT)]
    blocks = "".join(ofd.tag("PageBlock", ofd.tag("PageBlock", line)) for line in lines)
    assert findings(read("a.ofd", ofd.document([ofd.content(blocks)]))) == WANTED


def test_ofd_text_that_runs_up_the_page_is_read() -> None:
    ofd = Ofd()

    def upwards(line: str, row: int) -> str:
        steps = " ".join(f"{SIZE * (0.5 if character.isascii() else 1):g}" for character in line[:-1])
        code = ofd.tag("TextCode", line, X=0, Y=0, DeltaX=steps)
        place = f"0 -1 1 0 {40 + PITCH * row} 260"
        return ofd.tag("TextObject", code, Boundary="0 0 210 297", Size=SIZE, Font=1, CTM=place)

    objects = "".join(upwards(line, row) for row, line in enumerate(TEXT))
    assert findings(read("a.ofd", ofd.document([ofd.content(objects)]))) == WANTED


def test_ofd_characters_one_by_one_are_read() -> None:
    ofd = Ofd()
    objects = ""
    for row, line in enumerate(TEXT):
        at = LEFT
        for character in line:
            objects += ofd.text(character, at, TOP + PITCH * row)
            at += SIZE * (0.5 if character.isascii() else 1)
    assert findings(read("a.ofd", ofd.document([ofd.content(objects)]))) == WANTED


def test_two_pages_on_one_sheet_are_read_one_after_the_other() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setPageSize(landscape(A4))
        lines = [line for paragraph in NOTICE for line in wrapped(paragraph, 11, 320, 22)]
        half = (len(lines) + 1) // 2
        canvas.setFont(FONT, 11)
        for side, part in enumerate((lines[:half], lines[half:])):
            for row, line in enumerate(part):
                canvas.drawString(50 + side * 421, 540 - row * 19, line)
            canvas.drawCentredString(210 + side * 421, 30, f"- {side + 1} -")

    text = ingest(Source("a.pdf"), drawn(draw)).text
    assert "".join(squashed(text.splitlines())).replace("-1-", "").replace("-2-", "") == "".join(squashed(NOTICE))


def _of_word(line: str, number: str = "") -> str:
    """A paragraph as Word saves it for browsers, its number beside it."""
    font = "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span>"
    listed = f"<![if !supportLists]><span style='mso-list:Ignore'>{number}{font}</span><![endif]>" if number else ""
    return f"<p class=MsoNormal style='mso-list:l0 level1 lfo1'>{listed}<span lang=EN-US>{line}</span></p>\n"


@pytest.mark.parametrize("name", ["a.mht", "a.doc"])
def test_a_page_that_word_saved_in_one_file_has_its_numbers(name: str) -> None:
    body = "".join(map(_of_word, TEXT[:2])) + _of_word("整改组织情况", "一、") + _of_word("加强领导。")
    body += _of_word("整改进展情况", "二、") + _of_word(TEXT[3][3:], "(一)") + "".join(map(_of_word, TEXT[4:6]))
    body += _of_word(TEXT[6][3:], "(二)") + _of_word(TEXT[7])
    head = (
        "<meta http-equiv=Content-Type content='text/html; charset=gb2312'><!--[if gte mso 9]><xml>a</xml><![endif]-->"
    )
    page = f"<html xmlns:o='urn:schemas-microsoft-com:office:office'><head>{head}</head><body>{body}</body></html>"
    part = b"--b\r\nContent-Location: file:///C:/1/a.%s\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    data = b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\nA web page in one file.\r\n\r\n"
    data += (
        part % b"htm" + b'Content-Type: text/html; charset="gb2312"\r\n\r\n' + quopri.encodestring(page.encode("gbk"))
    )
    data += b"\r\n" + part % b"xml" + b'Content-Type: text/xml; charset="utf-8"\r\n\r\n<xml/>\r\n--b--\r\n'
    assert findings(read(name, data)) == WANTED


@pytest.mark.parametrize("charset", ["gbk", "utf-16"])
def test_a_table_in_text_with_quotes_in_quotes_and_lines_in_cells_is_read(charset: str) -> None:
    rows = [
        "sep=;",
        "序号;问题;整改措施;责任单位;整改时限;完成情况",
        '="1";"学习""三会一课""不够";"1.学习12次;参加133人。\n2.约谈3人。";组织科、办公室;2023/12/31;已完成',
    ]
    found = read("a.csv", "\r\n".join(rows).encode(charset))
    assert findings(found) == [("1", '学习"三会一课"不够', [[(12, "次"), (133, "人")], [(3, "人")]])]
    (issue,) = found.notice.issues
    assert (issue.responsible, issue.deadline and issue.deadline.value, issue.status) == (
        ["组织科", "办公室"],
        "2023-12-31",
        "completed",
    )


def _listed(numbers: str) -> bytes:
    """A document of Word 2003 with a numbered paragraph, a deletion and an insertion."""
    names = (
        "xmlns:wx='http://schemas.microsoft.com/office/word/2003/auxHint' "
        "xmlns:aml='http://schemas.microsoft.com/aml/2001/core'"
    )
    change = "<aml:annotation aml:id='{}' w:type='Word.{}'><aml:content><w:r>{}</w:r></aml:content></aml:annotation>"
    changes = change.format(0, "Deletion", "<w:delText>99</w:delText>") + change.format(1, "Insertion", "<w:t>35</w:t>")
    listed = f"<w:listPr><w:ilvl w:val='0'/><w:ilfo w:val='1'/>{numbers}</w:listPr>"
    body = f"<w:p><w:pPr>{listed}</w:pPr><w:r><w:t>追缴</w:t></w:r>{changes}<w:r><w:t>万元。</w:t></w:r></w:p>"
    return FLAT_2003.replace(b"<w:body>", f"<w:body {names}>{body}".encode(), 1)


def test_the_xml_of_word_2003_has_its_numbers_or_is_refused() -> None:
    found = ingest(Source("a.xml"), _listed("<wx:t wx:val='一、'/>"))
    assert found.text.splitlines()[0] == "一、追缴35万元。"
    assert [(entry.kind, entry.words) for entry in found.left_out] == [("struck", "99")]
    with pytest.raises(InputError, match="lacks the numbers of its lists"):
        ingest(Source("a.xml"), _listed(""))
