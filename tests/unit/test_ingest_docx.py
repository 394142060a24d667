"""Word documents: paragraphs, tables, and the numbers that Word sets by itself."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given
from hypothesis import strategies as st

from extractor.errors import InputError
from extractor.files.ingest import read_text
from extractor.files.parts.numerals import in_chinese, in_circles, in_letters, in_roman
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import Source


def text_of(document: Document, folder: Path, limits: Limits | None = None) -> list[str]:
    path = folder / "notice.docx"
    document.save(str(path))
    read = read_text(Source(str(path)), limits or Limits())
    assert (read.format, read.charset) == ("docx", None)
    return read.text.splitlines()


def refusal(data: bytes, folder: Path, limits: Limits | None = None) -> str:
    path = folder / "notice.docx"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        read_text(Source(str(path)), limits or Limits())
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def saved(document: Document) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def add_body(document: Document, xml: str) -> None:
    """Put raw WordprocessingML before the end of the body."""
    namespaces = (
        nsdecls("w")
        + ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        + ' xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    for element in parse_xml(f"<w:body {namespaces}>{xml}</w:body>"):
        document.element.body.insert(len(document.element.body) - 1, element)


class Lists:
    """A document whose lists are defined as Word writes them; ``levels`` are (format, text[, start]) from the top."""

    def __init__(self) -> None:
        self.document = docx.Document()
        self.numbering = self.document.part.numbering_part.element
        for element in list(self.numbering):
            self.numbering.remove(element)

    def define(self, number: int, *levels: tuple[str, str], extra: str = "") -> None:
        inner = "".join(
            f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:lvlText w:val="{text}"/></w:lvl>'
            for depth, (kind, text) in enumerate(levels)
        )
        self._add(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">{extra}{inner}</w:abstractNum>', first=True
        )
        self.use(number, number)

    def use(self, number: int, definition: int, overrides: str = "") -> None:
        inner = f'<w:abstractNumId w:val="{definition}"/>{overrides}'
        self._add(f'<w:num {nsdecls("w")} w:numId="{number}">{inner}</w:num>')

    def _add(self, xml: str, *, first: bool = False) -> None:
        self.numbering.insert(0 if first else len(self.numbering), parse_xml(xml))

    def paragraph(self, text: str, number: int, depth: int = 0) -> None:
        paragraph = self.document.add_paragraph(text)
        properties = paragraph._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')
        )


@pytest.fixture
def lists() -> Lists:
    return Lists()


def test_paragraphs_and_tables_come_in_order(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("关于巡视整改进展情况的通报", 0)
    document.add_paragraph("第一段。")
    document.add_paragraph("")
    table = document.add_table(2, 2)
    for cell, text in zip(
        (cell for row in table.rows for cell in row.cells), ("序号", "问题", "1", "甲\n乙"), strict=True
    ):
        cell.text = text
    document.add_paragraph("2024年3月15日")
    assert text_of(document, tmp_path) == [
        "关于巡视整改进展情况的通报", "第一段。", "序号\t问题", "1", "甲", "乙", "2024年3月15日"
    ]  # fmt: skip


def test_a_soft_line_break_begins_a_line(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("一、甲\n(一)乙\t丙").add_run("丁")
    assert text_of(document, tmp_path) == ["一、甲", "(一)乙\t丙丁"]


def test_tracked_changes_read_as_accepted_and_wrapped_text_is_found(tmp_path: Path) -> None:
    document = docx.Document()
    run = "<w:r><w:t>{}</w:t></w:r>"
    add_body(
        document,
        f"<w:p>{run.format('整改')}<w:ins>{run.format('已')}</w:ins><w:del><w:r><w:delText>未</w:delText></w:r></w:del>"
        f"<w:smartTag>{run.format('完成')}</w:smartTag><w:hyperlink>{run.format('22项')}</w:hyperlink>"
        f"<w:sdt><w:sdtContent>{run.format('措施')}</w:sdtContent></w:sdt>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>隐藏</w:t></w:r><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
        f"<w:sdt><w:sdtContent><w:p>{run.format('控件内的段落')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run.format('框外')}<w:r><mc:AlternateContent><mc:Choice><w:drawing><w:txbxContent><w:p>{run.format('框内')}</w:p>"
        f"</w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p>{run.format('框内')}</w:p>"
        "</w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>",
    )
    assert text_of(document, tmp_path) == ["整改已完成22项措施", "控件内的段落", "框外", "框内"]


def test_chinese_outline_numbers_are_rendered(tmp_path: Path, lists: Lists) -> None:
    lists.define(
        1, ("chineseCountingThousand", "%1、"), ("japaneseCounting", "\uff08%2\uff09"), ("decimal", "%3."),
        ("decimalEnclosedCircle", "%4"), ("decimalFullWidth", "\uff08%5\uff09"),
    )  # fmt: skip
    for text, depth in (
        ("甲", 0),
        ("乙", 1),
        ("丙", 2),
        ("丁", 2),
        ("戊", 3),
        ("己", 1),
        ("庚", 2),
        ("辛", 4),
        ("壬", 0),
    ):
        lists.paragraph(text, 1, depth)
    lists.document.add_paragraph("无编号")
    assert text_of(lists.document, tmp_path) == [
        "一、甲", "\uff08一\uff09乙", "1. 丙", "2. 丁", "①戊", "\uff08二\uff09己", "1. 庚",
        "\uff08\uff11\uff09辛", "二、壬", "无编号",
    ]  # fmt: skip


def test_numbers_run_through_levels_and_lists_of_one_definition(tmp_path: Path, lists: Lists) -> None:
    lists.define(1, ("upperRoman", "%1."), ("decimal", "%1.%2"))
    lists.use(2, 1)
    lists.use(3, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>')
    for number, depth in ((1, 0), (1, 1), (2, 0), (3, 0), (3, 0), (3, 1)):
        lists.paragraph("项", number, depth)
    assert text_of(lists.document, tmp_path) == ["I. 项", "I.1 项", "II. 项", "VII. 项", "VIII. 项", "VIII.1 项"]


@pytest.mark.parametrize(
    ("kind", "start", "numbers"),
    [
        ("chineseCounting", 99, ["九十九", "一〇〇", "一〇一"]),
        ("taiwaneseCounting", 99, ["九十九", "一〇〇", "一〇一"]),
        ("chineseCountingThousand", 99, ["九十九", "一百", "一百零一"]),
        ("decimalEnclosedCircle", 20, ["⑳", "21", "22"]),
        ("decimalEnclosedCircleChinese", 1, ["①", "②", "③"]),
        ("decimalEnclosedFullstop", 20, ["⒛", "21", "22"]),
        ("decimalEnclosedParen", 19, ["⒆", "⒇", "21"]),
        ("ideographEnclosedCircle", 9, ["㈨", "㈩", "11"]),
        ("ideographTraditional", 9, ["壬", "癸", "11"]),
        ("ideographZodiac", 11, ["戌", "亥", "13"]),
        ("ideographZodiacTraditional", 59, ["壬戌", "癸亥", "61"]),
    ],
)
def test_numbers_at_the_end_of_their_row_of_signs(
    tmp_path: Path, lists: Lists, kind: str, start: int, numbers: list[str]
) -> None:
    """Source: ISO/IEC 29500-1, 17.18.59: behind the last sign of a row, digits."""
    lists.define(1, (kind, "%1、"))
    lists.use(2, 1, f'<w:lvlOverride w:ilvl="0"><w:startOverride w:val="{start}"/></w:lvlOverride>')
    for _ in numbers:
        lists.paragraph("项", 2, 0)
    assert text_of(lists.document, tmp_path) == [f"{number}、项" for number in numbers]


@pytest.mark.parametrize(("restart", "last"), [(None, "1"), ("0", "3"), ("1", "2"), ("2", "1"), ("7", "1")])
def test_a_level_begins_anew_behind_the_levels_that_it_names(
    tmp_path: Path, lists: Lists, restart: str | None, last: str
) -> None:
    """Source: ISO/IEC 29500-1, 17.9.10; third levels stand behind a first, a second and another second level."""
    lists.define(1, ("decimal", "%1."), ("decimal", "%2)"), ("decimal", "(%3)"))
    if restart is not None:
        level = lists.numbering.xpath('.//w:lvl[@w:ilvl="2"]')[0]
        level.append(parse_xml(f'<w:lvlRestart {nsdecls("w")} w:val="{restart}"/>'))
    for depth in (0, 1, 2, 0, 1, 2, 1, 2):
        lists.paragraph("项", 1, depth)
    assert text_of(lists.document, tmp_path)[-1] == f"({last}) 项"


def test_bullets_and_switched_off_numbers_show_nothing(tmp_path: Path, lists: Lists) -> None:
    lists.define(1, ("bullet", "\uf0b7"))
    lists.paragraph("甲", 1)
    lists.paragraph("乙", 0)
    lists.paragraph("丙", 99)
    assert text_of(lists.document, tmp_path) == ["甲", "乙", "丙"]


def test_numbers_come_from_styles_and_what_they_are_based_on(tmp_path: Path, lists: Lists) -> None:
    lists.define(1, ("chineseCounting", "%1、"), ("chineseCounting", "(%2)"))
    second = lists.numbering.xpath('.//w:lvl[@w:ilvl="1"]')[0]
    second.append(parse_xml(f'<w:pStyle {nsdecls("w")} w:val="Second"/>'))
    styles = lists.document.styles.element
    number = '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr>'
    for name, inner in (
        ("First", number),
        ("Second", number),
        ("Derived", '<w:basedOn w:val="First"/>'),
        ("Loop", '<w:basedOn w:val="Loop"/>'),
    ):
        kind = f'{nsdecls("w")} w:type="paragraph" w:styleId="{name}"'
        styles.append(parse_xml(f'<w:style {kind}><w:name w:val="{name}"/>{inner}</w:style>'))
    for name in ("First", "Second", "Second", "Derived", "Loop"):
        lists.document.add_paragraph(name, style=name)
    assert text_of(lists.document, tmp_path) == ["一、First", "(一) Second", "(二) Second", "二、Derived", "Loop"]


def test_word_s_own_list_number_style_is_numbered(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("甲", "乙"):
        document.add_paragraph(text, style="List Number")
    assert text_of(document, tmp_path) == ["1. 甲", "2. 乙"]


@given(st.integers(1, 9999))
def test_chinese_numerals_count_as_people_do(number: int) -> None:
    values = {**{digit: at for at, digit in enumerate("零一二三四五六七八九")}, "十": 10, "百": 100, "千": 1000}
    total = digit = 0
    for character in in_chinese(number):
        value = values[character]
        if value >= 10:
            total, digit = total + (digit or 1) * value, 0
        else:
            digit = value
    assert total + digit == number


def test_numerals_at_their_edges() -> None:
    assert [in_chinese(n) for n in (0, 10, 11, 20, 101, 110, 1010, 10_000)] == [
        "0", "十", "十一", "二十", "一百零一", "一百一十", "一千零一十", "10000"
    ]  # fmt: skip
    assert [in_circles(n) for n in (1, 20, 21, 36, 50, 51)] == ["①", "⑳", "㉑", "㊱", "㊿", "51"]
    assert [in_letters(n) for n in (1, 26, 27, 0)] == ["a", "z", "aa", "0"]
    assert [in_roman(n) for n in (4, 1999, 4000)] == ["IV", "MCMXCIX", "4000"]


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.995])
def test_a_truncated_document_is_refused(tmp_path: Path, kept: float) -> None:
    data = saved(docx.Document())
    assert "truncated" in refusal(data[: int(len(data) * kept)], tmp_path)


def test_a_document_with_a_broken_part_is_refused(tmp_path: Path) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(docx.Document()))) as whole, zipfile.ZipFile(data, "w") as broken:
        for name in whole.namelist():
            broken.writestr(name, b"<w:document" if name == "word/document.xml" else whole.read(name))
    assert "save it again as docx" in refusal(data.getvalue(), tmp_path)


def test_what_is_no_document_is_refused(tmp_path: Path) -> None:
    assert "is named .docx but holds something else" in refusal("整改".encode(), tmp_path)
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/other.xml", "<other/>")
    assert "cannot be read as a Word document" in refusal(data.getvalue(), tmp_path)
    assert "holds no text" in refusal(saved(docx.Document()), tmp_path)


def test_a_document_that_unpacks_too_large_is_refused(tmp_path: Path) -> None:
    data = io.BytesIO(saved(docx.Document()))
    with zipfile.ZipFile(data, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/image1.bmp", bytes(3_000_000))
    assert "as zip bombs do" in refusal(data.getvalue(), tmp_path)
    assert "would unpack to more than" in refusal(saved(docx.Document()), tmp_path, Limits(archive_unpacked_bytes=9999))


def test_entities_of_a_document_are_not_expanded(tmp_path: Path) -> None:
    data = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("整改MARK到位")
    bomb = '<!DOCTYPE d [<!ENTITY a "哈哈哈哈哈哈"><!ENTITY b "&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    with zipfile.ZipFile(io.BytesIO(saved(document))) as whole, zipfile.ZipFile(data, "w") as bombed:
        for name in whole.namelist():
            part = whole.read(name).decode("latin-1")
            if name == "word/document.xml":
                part = whole.read(name).decode().replace("?>", f"?>{bomb}", 1).replace("MARK", "&b;&f;")
                bombed.writestr(name, part)
            else:
                bombed.writestr(name, whole.read(name))
    path = tmp_path / "notice.docx"
    path.write_bytes(data.getvalue())
    try:
        assert "哈" not in read_text(Source(str(path))).text
    except InputError as error:
        assert str(error).startswith(str(path))


def test_xml_that_is_too_large_is_refused_before_it_is_parsed(tmp_path: Path) -> None:
    document = docx.Document()
    for _ in range(2000):
        document.add_paragraph("整改")
    with zipfile.ZipFile(io.BytesIO(saved(document))) as archive:
        xml = sum(entry.file_size for entry in archive.infolist() if entry.filename.endswith((".xml", ".rels")))
    assert len(text_of(document, tmp_path, Limits(xml_bytes=xml))) == 2000
    assert "of XML; save its text as txt" in refusal(saved(document), tmp_path, Limits(xml_bytes=xml - 1))
