"""Word documents: formulas, forms, tabs and small lettering; what stands apart on the page fuses into no figure."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from page_examples import account
from word_examples import paragraph, read_word, run, word

from extractor.files.parts.apart import apart, whole
from extractor.pipeline import extract

MATH = 'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'


W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'


def math(inner: str) -> str:
    return f"<m:oMath {MATH}>{inner}</m:oMath>"


def text(words: str) -> str:
    return f"<m:r><m:t>{words}</m:t></m:r>"


def fraction(above: str, below: str, properties: str = "") -> str:
    return f"<m:f>{properties}<m:num>{text(above)}</m:num><m:den>{text(below)}</m:den></m:f>"


def script(kind: str, base: str, **small: str) -> str:
    parts = "".join(f"<m:{name}>{text(words)}</m:{name}>" for name, words in small.items())
    return f"<m:{kind}><m:e>{text(base)}</m:e>{parts}</m:{kind}>"


def read(inner: str, folder: Path) -> str:
    return read_word(word(paragraph(run("共") + inner + run("户"))), folder).text


FORMULAS = {
    fraction("35", "50"): "35/50",
    text("3") + fraction("1", "2"): "3(1/2)",
    fraction("1", "2") + text("5"): "(1/2)5",
    fraction("完成数", "应完成数"): "完成数/应完成数",
    fraction("35+1", "50"): "(35+1)/50",
    fraction("5", "2", '<m:fPr><m:type m:val="noBar"/></m:fPr>'): "(5; 2)",
    text("1.2×") + script("sSup", "10", sup="4"): "1.2×10⁴",
    script("sSup", "10", sup="4") + text("6"): "(10⁴)6",
    text("450") + script("sSup", "m", sup="2"): "450m²",
    script("sSup", "3", sup="12a"): "3^(12a)",
    script("sSub", "12", sub="3"): "12₃",
    script("sSubSup", "x", sub="1", sup="2"): "x₁²",
    "<m:sPre><m:sub>" + text("6") + "</m:sub><m:sup>" + text("14") + "</m:sup><m:e>" + text("C") + "</m:e></m:sPre>": (
        "₆¹⁴C"
    ),
    text("12") + f"<m:rad><m:deg/><m:e>{text('25')}</m:e></m:rad>": "12√(25)",
    f"<m:rad><m:deg>{text('3')}</m:deg><m:e>{text('27')}</m:e></m:rad>": "³√(27)",
    f"<m:nary><m:naryPr><m:chr m:val='∑'/></m:naryPr><m:sub>{text('1')}</m:sub><m:sup>{text('10')}</m:sup>"
    f"<m:e>{text('25')}</m:e></m:nary>": "∑₁¹⁰(25)",
    f"<m:limLow><m:e>{text('max')}</m:e><m:lim>{text('5')}</m:lim></m:limLow>": "max(5)",
    f"<m:func><m:fName>{text('log')}</m:fName><m:e>{text('10')}</m:e></m:func>": "log(10)",
    f"<m:d><m:e>{text('3')}</m:e><m:e>{text('4')}</m:e></m:d>": "(3|4)",
    f"<m:m><m:mr><m:e>{text('1')}</m:e><m:e>{text('2')}</m:e></m:mr><m:mr><m:e>{text('3')}</m:e>"
    f"<m:e>{text('4')}</m:e></m:mr></m:m>": "[1, 2; 3, 4]",
    f"<m:eqArr><m:e>{text('12')}</m:e><m:e>{text('34')}</m:e></m:eqArr>": "12; 34",
    f"<m:f><m:num>{script('sSup', '10', sup='4')}</m:num><m:den>{text('50')}</m:den></m:f>": "10⁴/50",
}


@pytest.mark.parametrize(("inner", "printed"), FORMULAS.items())
def test_formulas_are_read_on_one_line(tmp_path: Path, inner: str, printed: str) -> None:
    assert read(math(inner), tmp_path) == f"共{printed}户\n"


def test_a_formula_beside_a_figure_is_no_part_of_it(tmp_path: Path) -> None:
    assert read(run("3") + math(fraction("1", "2")) + run("6"), tmp_path) == "共3(1/2)6户\n"


def test_what_is_struck_in_a_formula_is_left_out_and_told(tmp_path: Path) -> None:
    struck = "<m:r><w:rPr><w:strike/></w:rPr><m:t>12</m:t></m:r>"
    found = read_word(word(paragraph(run("共") + math(struck + text("35")) + run("户"))), tmp_path)
    assert (found.text, account(found)) == ("共35户\n", [("struck", "12")])


def form(data: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"><w:ffData>{data}</w:ffData></w:fldChar></w:r>'
        "<w:r><w:instrText> FORM </w:instrText></w:r>"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def choice(properties: str) -> str:
    return form(f'<w:ddList>{properties}<w:listEntry w:val="3"/><w:listEntry w:val="35"/></w:ddList>')


def content_control(properties: str, shown: str) -> str:
    return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{shown}</w:sdtContent></w:sdt>"


SHOWN = {
    "a chosen entry": (choice('<w:result w:val="1"/>'), "35"),
    "the entry chosen from the start": (choice('<w:default w:val="1"/>'), "35"),
    "the first entry": (choice(""), "3"),
    "no such entry": (choice('<w:result w:val="7"/>'), ""),
    "a ticked box": (form('<w:checkBox><w:default w:val="0"/><w:checked/></w:checkBox>'), "☑"),
    "an empty box": (form("<w:checkBox/>"), "☐"),
    "a content control's choice": (
        content_control('<w:dropDownList><w:listItem w:displayText="3" w:value="3"/></w:dropDownList>', run("35")),
        "35",
    ),
    "a content control's box": (
        content_control("", '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>'),
        "☑",
    ),
    "two lines within one": (run("县委组织部", '<w:eastAsianLayout w:combine="1"/>'), "县委组织部"),
    "two lines with figures": (run("1234", '<w:eastAsianLayout w:combine="1"/>'), "12/34"),
    "two lines behind a figure": (
        run("35") + run("上年3", '<w:eastAsianLayout w:combine="1" w:combineBrackets="round"/>') + run("6"),
        "35(上年3)6",
    ),
    "a number in two small lines behind a figure": (
        run("35") + run("1", '<w:eastAsianLayout w:combine="true"/>'),
        "35(1)",
    ),
    "letters laid on their side": (run("35", '<w:eastAsianLayout w:vert="1"/>'), "35"),
    "letters fitted into a width": (run("3", '<w:fitText w:val="720"/>') + run("5", '<w:fitText w:val="720"/>'), "35"),
    "a lowered figure": (run("35") + run("1", '<w:vertAlign w:val="subscript"/>'), "35₁"),
    "a tab to a place on the page": (run("12") + "<w:r><w:ptab/></w:r>" + run("34"), "12\t34"),
    "white letters on a coloured ground": (
        run("12", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="C00000"/>'),
        "12",
    ),
    "a mark": (run("12", '<w:color w:val="FFFFFF"/><w:highlight w:val="red"/>'), "12"),
    "letters with a filling": (
        run("12", f"<w14:textFill {W14}><w14:solidFill/></w14:textFill>"),
        "12",
    ),
    "narrow letters": (run("12", '<w:w w:val="66"/>'), "12"),
    "small print": (run("12", '<w:sz w:val="12"/>'), "12"),
    "lifted words of the usual size": (run("35") + run("6", '<w:position w:val="6"/><w:sz w:val="32"/>'), "356"),
}


@pytest.mark.parametrize("case", SHOWN)
def test_what_a_page_shows_is_read_as_it_lies(tmp_path: Path, case: str) -> None:
    inner, printed = SHOWN[case]
    found = read_word(word(paragraph(run("共") + inner + run("户"))), tmp_path)
    assert (found.text, account(found)) == (f"共{printed}户\n", [])


UNSEEN = {
    "white letters": ("hidden", run("12", '<w:color w:val="ffffff"/>')),
    "nearly white letters": ("hidden", run("12", '<w:color w:val="FEFEFD"/>')),
    "letters without a filling": ("hidden", run("12", f"<w14:textFill {W14}><w14:noFill/></w14:textFill>")),
    "letters filled with nothing": (
        "hidden",
        run("12", f'<w14:textFill {W14}><w14:solidFill><w14:alpha w14:val="100000"/></w14:solidFill></w14:textFill>'),
    ),
    "letters of a hundredth's width": ("hidden", run("12", '<w:w w:val="1"/>')),
    "letters of one point": ("hidden", run("12", '<w:sz w:val="2"/>')),
    "a small figure lifted by hand": ("note_mark", run("12", '<w:position w:val="8"/><w:sz w:val="16"/>')),
}


@pytest.mark.parametrize("case", UNSEEN)
def test_what_nobody_sees_joins_no_figure_and_is_told(tmp_path: Path, case: str) -> None:
    kind, inner = UNSEEN[case]
    found = read_word(word(paragraph(run("共35") + inner + run("户"))), tmp_path)
    assert (found.text, account(found)) == ("共35户\n", [(kind, "12")])


def test_letters_are_white_or_tiny_by_their_style(tmp_path: Path) -> None:
    styles = "".join(
        f'<w:style w:type="character" w:styleId="{name}"><w:name w:val="{name}"/><w:rPr>{inner}</w:rPr></w:style>'
        for name, inner in (
            ("white", '<w:color w:val="FFFFFF"/>'),
            ("tiny", '<w:sz w:val="2"/>'),
            ("label", '<w:color w:val="FFFFFF"/><w:shd w:val="clear" w:fill="C00000"/>'),
        )
    )
    body = "".join(
        run(digit, f'<w:rStyle w:val="{name}"/>') for digit, name in (("1", "white"), ("2", "tiny"), ("3", "label"))
    )
    found = read_word(word(paragraph(run("共") + body + run("户")), styles=styles), tmp_path)
    assert (found.text, account(found)) == ("共3户\n", [("hidden", "12")])


def test_cells_that_are_deleted_or_covered_are_left_out_and_told(tmp_path: Path) -> None:
    def cell(words: str, properties: str = "") -> str:
        return f"<w:tc><w:tcPr>{properties}</w:tcPr>{paragraph(run(words))}</w:tc>"

    rows = (
        cell("甲", '<w:vMerge w:val="restart"/>') + cell("1人"),
        cell("乙", "<w:vMerge/>") + cell("2人") + cell("3人", '<w:cellDel w:id="1" w:author="a"/>'),
    )
    table = "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"
    found = read_word(word(table), tmp_path)
    assert (found.text, account(found)) == ("甲\t1人\n2人\n", [("hidden", "乙"), ("struck", "3人")])


def test_white_letters_in_a_cell_are_seen(tmp_path: Path) -> None:
    white = paragraph(run("问题", '<w:color w:val="FFFFFF"/>'))
    table = f"<w:tbl><w:tr><w:tc>{white}</w:tc></w:tr></w:tbl>"
    assert read_word(word(table), tmp_path).text == "问题\n"


def test_what_is_written_over_words_is_told(tmp_path: Path) -> None:
    ruby = f"<w:r><w:ruby><w:rt>{run('12')}</w:rt><w:rubyBase>{run('35')}</w:rubyBase></w:ruby></w:r>"
    found = read_word(word(paragraph(run("共") + ruby + run("户"))), tmp_path)
    assert (found.text, account(found)) == ("共35户\n", [("note", "12")])


@given(st.lists(st.tuples(st.text("12３三.a万 ", max_size=3), st.booleans()), max_size=6))
def test_no_number_runs_into_what_stands_apart(pieces: list[tuple[str, bool]]) -> None:
    pieces = [(words, is_apart) for words, is_apart in pieces if words]
    printed = whole("".join(apart(words) if is_apart else words for words, is_apart in pieces))
    assert re.sub("[()]", "", printed) == "".join(words for words, _ in pieces)
    at = 0
    for (words, is_apart), (following, is_next_apart) in pairwise(pieces):
        at = _behind(printed, at, words)
        if (is_apart or is_next_apart) and words[-1].isnumeric() and following[0].isnumeric():
            assert printed[at] in "()"


def _behind(printed: str, at: int, words: str) -> int:
    """Return where ``words`` end in ``printed``, from ``at`` on, parentheses before and in them aside."""
    for character in words:
        at = printed.index(character, at) + 1
    return at


@given(st.text("\x01\x021a"))
def test_marks_in_a_text_of_its_own_do_no_harm(text: str) -> None:
    assert re.sub("[()]", "", whole(text)) == re.sub("[\x01\x02]", "", text)


NOTICE = """\
青禾镇党委关于巡察整改进展情况的通报
根据县委统一部署,2023年3月1日至4月20日,县委第二巡察组对青禾镇党委开展了巡察。现将整改进展情况予以公布。
一、整改情况
(一)关于“库房失管”问题的整改"""
FIGURES = {
    "a tab": run("清查12") + "<w:r><w:ptab/></w:r>" + run("34户"),
    "a fraction": run("完成") + math(fraction("35", "50")) + run("项"),
    "a mixed number": run("追缴3") + math(fraction("1", "2")) + run("万元"),
    "two lines": run("清查") + run("1234", '<w:eastAsianLayout w:combine="1"/>') + run("户"),
}


@pytest.mark.parametrize("case", FIGURES)
def test_digits_that_stand_apart_make_no_figure_of_another_value(tmp_path: Path, case: str) -> None:
    body = "".join(paragraph(run(line)) for line in NOTICE.split("\n"))
    body += paragraph(run("一是") + FIGURES[case] + run("。")) + paragraph(run("二是约谈7人。"))
    [issue] = extract(read_word(word(body), tmp_path).text).issues
    assert [f"{one.value:g}{one.unit}" for measure in issue.measures for one in measure.quantities] == ["7人"]
