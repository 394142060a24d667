"""RTF as it is printed, without another program: characters, numbers, changes, hidden text, boxes, fields, tables."""

from __future__ import annotations

import pytest

from extractor.errors import InputError
from extractor.files.ingest import IngestedFile, ingest
from extractor.files.sources.file_kinds import RefusedKindError
from extractor.files.sources.source import Source


@pytest.fixture(autouse=True)
def _no_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractor.files.office.libre_office.office_program", lambda: None)


def coded(text: str) -> str:
    """Characters by their numbers, as Word and LibreOffice write them, each with a stand-in."""
    return "".join(_coded(character) for character in text)


def _coded(character: str) -> str:
    if character.isascii():
        return character
    units = character.encode("utf-16-le")
    return "".join(f"\\u{int.from_bytes(units[at : at + 2], 'little', signed=True)}?" for at in range(0, len(units), 2))


def gbk(text: str) -> str:
    """Characters by their bytes, as WordPad and WPS write them."""
    return "".join(
        character if character.isascii() else "".join(f"\\'{byte:02x}" for byte in character.encode("gb18030"))
        for character in text
    )


FONTS = "{\\fonttbl{\\f0\\fcharset0 Times;}{\\f1\\fcharset134 SimSun;}{\\f2\\fcharset2 Wingdings;}}"


def read(body: str, name: str = "a.rtf", page: int = 936) -> IngestedFile:
    return ingest(Source(name), f"{{\\rtf1\\ansi\\ansicpg{page}\\uc1{FONTS}{body}}}".encode("latin-1"))


def lines(body: str, page: int = 936) -> list[str]:
    return read(body, page=page).text.splitlines()


@pytest.mark.parametrize("page", [936, 1252])
@pytest.mark.parametrize("write", [coded, lambda text: f"\\f1 {gbk(text)}"], ids=["numbers", "bytes"])
def test_characters_are_those_of_their_font_and_page(write: object, page: int) -> None:
    text = "关于“监管不严”问题的整改:追缴35.6万元(镕、㐂)。"
    assert lines(f"{write(text)}\\par", page) == [text]  # type: ignore[operator]


def test_a_byte_of_a_character_may_be_a_letter() -> None:
    assert lines("\\f1 \\'95N\\'95\\'4e\\par") == [b"\x95N\x95N".decode("gb18030")]


def test_characters_of_two_numbers_and_of_two_writings_come_once() -> None:
    both = "{\\upr{abc}{\\*\\ud{" + coded("整改") + "}}}"
    assert lines(coded("龛𠮷") + both + "\\uc2\\u25972\\'d5\\'fb\\u25913 \\'b8\\'c4" + "\\par") == ["龛𠮷整改整改"]


def test_printed_numbers_are_taken_from_beside_their_paragraphs() -> None:
    body = f"\\pard{{\\listtext\\pard\\plain {coded('一、')}\\tab}}\\ls1 {coded('整改')}\\par"
    body += f"\\pard{{\\pntext\\f1 {gbk('(一)')}\\tab}}{{\\*\\pn\\pnlvlbody\\pncnum{{\\pntxta )}}}}{coded('问题')}\\par"
    assert lines(body) == ["一、整改", "(一)问题"]


@pytest.mark.parametrize("listed", ["\\ls1\\ilvl0", "{\\*\\pn\\pnlvlbody\\pndec\\pnstart1}"])
def test_where_a_number_is_not_written_the_file_is_refused_with_advice(listed: str) -> None:
    with pytest.raises(RefusedKindError, match=r"a\.rtf.*libreoffice-writer"):
        read(f"\\pard{listed} {coded('整改')}\\par")


def test_deleted_moved_hidden_and_struck_text_is_named_and_not_read() -> None:
    body = coded("追缴") + "{\\deleted 99}{\\mvf 88}{\\v 77}{\\strike 66}{\\strike\\strike0 35}{\\v\\plain .6}"
    found = read(body + coded("万元") + "{\\deleted\\par}" + coded("。") + "\\par")
    assert found.text == "追缴35.6万元。\n"
    assert [(entry.kind, entry.words) for entry in found.left_out] == [("struck", "998866"), ("hidden", "77")]


def test_the_number_of_a_deleted_paragraph_goes() -> None:
    body = f"{{\\listtext {coded('三、')}\\tab}}\\ls1{{\\deleted {coded('删去')}}}\\par\\pard {coded('留下')}\\par"
    assert lines(body) == ["留下"]


def test_boxes_are_read_once_and_notes_and_heads_named() -> None:
    box = "{\\shp{\\*\\shpinst{\\sp{\\sn a}{\\sv 1}}{\\shptxt " + coded("框内12项。") + "\\par}}{\\shprslt{\\*\\do\\x "
    box += "{\\dptxbxtext " + coded("框内12项。") + "\\par}}}}"
    note = "{\\super\\chftn}{\\footnote " + coded("见附件3。") + "}"
    found = read("{\\header " + coded("内部资料") + "\\par}" + coded("正文") + box + note + "\\par")
    assert found.text.splitlines() == ["正文", "框内12项。"]
    assert {(entry.kind, entry.words) for entry in found.left_out} == {
        ("header_footer", "内部资料"),
        ("note", "见附件3。"),
    }


def test_fields_show_their_printed_results() -> None:
    date = '{\\field{\\*\\fldinst DATE \\\\@ "yyyy"}{\\fldrslt 2024}}'
    circled = "{\\field{\\*\\fldinst EQ \\\\o\\\\ac(" + coded("○") + ",21)}{\\fldrslt }}"
    link = '{\\field{\\*\\fldinst HYPERLINK "http://a.example"}{\\fldrslt ' + coded("办法") + "}}"
    assert lines(date + coded("年第") + circled + coded("条") + link + "\\par") == ["2024年第㉑条办法"]


def test_rows_are_lines_and_cells_are_parted() -> None:
    row = "\\trowd\\cellx1\\cellx2\\pard\\intbl {}\\cell {}\\cell\\row\\pard "
    body = row.format(coded("序号"), coded("问题")) + row.format("1", coded("监管")) + coded("其后") + "\\par"
    assert lines(body) == ["序号\t问题", "1\t监管", "其后"]


@pytest.mark.parametrize("mark", ["line", "page", "column", "cell", "nestcell", "sect", "tab", "~", "emspace"])
def test_what_stands_between_two_figures_keeps_them_apart(mark: str) -> None:
    assert "1234" not in read(f"12\\{mark} 34{coded('项')}\\par").text


def test_marks_of_notes_are_in_no_figure_and_exponents_are() -> None:
    body = f"35{{\\super 1}}{coded('项')}40m{{\\super 2}}{coded('修订')}8{{\\up8\\fs14 3}}{coded('项')}\\par"
    assert lines(body) == ["35项40m²修订8项"]


def test_pictures_and_signs_of_other_fonts_are_told() -> None:
    picture = "{\\pict\\pngblip\\bin6 {}{}\\}}"
    found = read(coded("甲") + picture + coded("乙") + "{\\f2 \\'a8}" + coded("丙") + "\\par")
    assert found.text.replace("\ufffd", "").replace("\u25fb", "").replace("□", "") == "甲乙丙\n"
    assert "picture" in {entry.kind for entry in found.left_out}


def test_a_file_that_ends_early_is_refused() -> None:
    with pytest.raises(InputError, match=r"a\.rtf: this RTF ends early"):
        ingest(Source("a.rtf"), b"{\\rtf1\\ansi {\\b 1.")
