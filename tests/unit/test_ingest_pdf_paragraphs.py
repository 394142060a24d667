"""Lines of PDF pages joined into the paragraphs that a reader sees, whatever tells these apart on the page."""

from __future__ import annotations

import pytest
from pdf_examples import FONT, NOTICE, WIDTH, drawn, laid, lay, lines, read, register, squashed, told, wrapped
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    register()


def page_of(*drawn_lines: str, size: float = 14, left: float = 80, pitch: float = 24) -> bytes:
    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, size)
        for number, line in enumerate(drawn_lines):
            indent = len(line) - len(line.lstrip("\u3000"))
            canvas.drawString(left + indent * size, 750 - pitch * number, line.strip())

    return drawn(draw)


def test_a_full_last_line_swallows_no_heading_where_nothing_is_indented() -> None:
    data = page_of(
        "中共青川市松林镇委员会关于巡察整改进展情况的通报",
        "根据市委统一部署,2023年9月4日至10月27日,市委第二巡",
        "察组对松林镇党委开展了巡察。现将整改情况予以公布。",
        "二、整改任务完成情况",
        "(一)关于“理论学习不够深入、学习制度不落实”的问题",
        "一是完善学习制度,开展集中学习12次,二是加强督查检查",
        "工作,约谈履职不到位的支部书记共3人,通报2个支部的。",
        "(二)关于“惠民资金监管不严”问题的整改",
        "全面清查资金,追缴违规发放补贴35.6万元,已经全部上缴",
        "镇财政专户,并且全部予以退还给群众。",
        "给予党纪处分5人。",
        "欢迎广大干部群众对巡察整改落实情况进行监督。",
        "中共青川市松林镇委员会",
        "2024年5月18日",
    )
    assert lines(data) == [
        "中共青川市松林镇委员会关于巡察整改进展情况的通报",
        "根据市委统一部署,2023年9月4日至10月27日,市委第二巡察组对松林镇党委开展了巡察。现将整改情况予以公布。",
        "二、整改任务完成情况",
        "(一)关于“理论学习不够深入、学习制度不落实”的问题",
        "一是完善学习制度,开展集中学习12次,二是加强督查检查工作,约谈履职不到位的支部书记共3人,通报2个支部的。",
        "(二)关于“惠民资金监管不严”问题的整改",
        "全面清查资金,追缴违规发放补贴35.6万元,已经全部上缴镇财政专户,并且全部予以退还给群众。",
        "给予党纪处分5人。",
        "欢迎广大干部群众对巡察整改落实情况进行监督。",
        "中共青川市松林镇委员会",
        "2024年5月18日",
    ]


def test_a_heading_that_fills_its_line_ends_where_its_quotation_is_closed() -> None:
    data = page_of(
        "(一)关于“理论学习不够深入、学习制度没有落实”的问题",
        "坚持问题导向,开展集中学习12次,党员干部参加133人,考",
        "试合格。",
        "(二)关于“推动惠民政策落实不力、监管流于形式”问题的",
        "整改情况",
        "全面清查资金,已追缴35.6万元。",
    )
    assert lines(data) == [
        "(一)关于“理论学习不够深入、学习制度没有落实”的问题",
        "坚持问题导向,开展集中学习12次,党员干部参加133人,考试合格。",
        "(二)关于“推动惠民政策落实不力、监管流于形式”问题的整改情况",
        "全面清查资金,已追缴35.6万元。",
    ]


def test_an_enumerator_within_an_indented_paragraph_begins_none() -> None:
    data = page_of(
        "\u3000\u3000一是完善学习制度,开展集中学习共十二次,组织测试。",
        "二是加强督查检查工作,约谈履职不到位的支部书记三人。",
        "\u3000\u3000二是全面清查资金。",
        "\u3000\u3000三是给予党纪处分。",
    )
    assert lines(data) == [
        "一是完善学习制度,开展集中学习共十二次,组织测试。二是加强督查检查工作,约谈履职不到位的支部书记三人。",
        "二是全面清查资金。",
        "三是给予党纪处分。",
    ]


def test_lines_of_a_counted_length_are_joined_where_paragraphs_are_indented() -> None:
    """Some programs count characters, so that lines with many digits end far from the edge."""
    data = page_of(
        "\u3000\u3000根据统一部署,巡察组对松林镇党委开展了常规巡察工作。",
        "\u3000\u3000截至2024年3月15日,追缴35.6万元、128户,约谈12人",
        "次,其余问题正在整改之中。",
        "\u3000\u3000以上情况,现予公布。",
    )
    assert lines(data)[1] == "截至2024年3月15日,追缴35.6万元、128户,约谈12人次,其余问题正在整改之中。"


def test_a_heading_in_another_font_ends_with_its_line() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("MSung-Light"))

    def draw(canvas: Canvas) -> None:
        for number, (font, line) in enumerate(
            [
                (FONT, "镇党委高度重视巡察反馈意见整改工作,坚持高标准严要"),
                (FONT, "求。"),
                ("MSung-Light", "1.關於落實意識形態工作責任制不到位問題的整改落實情"),
                (FONT, "坚持问题导向,开展专题学习。"),
            ]
        ):
            canvas.setFont(font, 14)
            canvas.drawString(80, 750 - 24 * number, line)

    assert lines(drawn(draw))[1:] == [
        "1.關於落實意識形態工作責任制不到位問題的整改落實情",
        "坚持问题导向,开展专题学习。",
    ]


def test_list_items_hang_under_their_numbers() -> None:
    def draw(canvas: Canvas) -> None:
        for number, (left, line) in enumerate([
            (80, "1."), (96, "全面清查资金,追缴违规发放的补贴共计三十五万元,退还"),
            (96, "群众一百二十八户,给予党纪处分五人。已经长期坚持的有"),
            (96, "三项。"),
            (80, "2."), (96, "加强日常监管。"),
        ]):  # fmt: skip
            canvas.drawString(left, 750 - 20 * (number - (number > 0) - (number > 4)), line)

    assert lines(drawn(draw)) == [
        "1.全面清查资金,追缴违规发放的补贴共计三十五万元,退还群众一百二十八户,给予党纪处分五人。已经长期坚持的有三项。",
        "2.加强日常监管。",
    ]


def test_a_hyphen_at_a_lines_end_stays() -> None:
    assert lines(page_of("全面开展违规发放津贴补贴问题专项治理工作,对镇村2021-", "2023年的账目逐一核对。")) == [
        "全面开展违规发放津贴补贴问题专项治理工作,对镇村2021-2023年的账目逐一核对。"
    ]


def test_radicals_of_the_supplement_are_kept_for_the_fold() -> None:
    (line,) = lines(page_of("⺠生保障：⻔户网站、⻓期"))
    assert line == "⺠生保障：⻔户网站、⻓期"


@pytest.mark.parametrize("indent", [0, 2])
@pytest.mark.parametrize("size", [12, 16])
def test_pages_with_heads_and_numbers_in_their_corners_are_one_text(indent: float, size: float) -> None:
    def furniture(canvas: Canvas, number: int) -> None:
        canvas.setFont(FONT, 10)
        canvas.drawCentredString(WIDTH / 2, 800, "中共松林镇委员会文件")
        canvas.setFont(FONT, 14)
        canvas.drawString(80 if number % 2 == 0 else WIDTH - 130, 60, f"— {number} —")

    data = laid(paragraphs=NOTICE * 4, each_page=furniture, indent=indent, size=size)
    assert lines(data) == squashed(NOTICE * 4)
    pages = {where for kind, _, where in told(data) if kind == "header_footer"}
    assert told(data) == [
        ("header_footer", f"中共松林镇委员会文件 — {page} —", f"page {page}") for page in range(1, len(pages) + 1)
    ]


def test_what_a_browser_prints_around_a_single_page_is_furniture() -> None:
    def printed(canvas: Canvas) -> None:
        canvas.setFont(FONT, 8)
        canvas.drawString(30, 820, "2024/5/20 10:30")
        canvas.drawString(250, 820, "巡察整改进展情况的通报")
        canvas.drawString(30, 20, "https://www.example.cn/a/1.html")
        canvas.drawString(550, 20, "1/1")
        lay(canvas)

    data = drawn(printed)
    assert lines(data) == squashed(NOTICE)
    assert [kind for kind, _, _ in told(data)] == ["header_footer"]


def test_a_figure_alone_on_a_pages_last_line_is_no_page_number() -> None:
    assert lines(page_of("全面清查资金,追缴违规发放的补贴,退还给群众共计户数为", "128")) == [
        "全面清查资金,追缴违规发放的补贴,退还给群众共计户数为128"
    ]


def test_blanks_are_those_that_an_eye_sees() -> None:
    assert read(page_of("党委 12 项,Party Building,共 33 人")).text == "党委 12 项,Party Building,共 33 人\n"


def test_lines_of_uneven_distance_are_one_paragraph_where_their_sentence_goes_on() -> None:
    """A browser sets lines with characters of another font farther apart."""

    def lay_out(canvas: Canvas) -> None:
        y = 780.0
        for number, paragraph in enumerate(NOTICE):
            for at, line in enumerate(wrapped(paragraph, 12, 262, 24)):
                y -= 30 if at == 0 else 12 if number % 2 else 18
                canvas.drawString(60 + (0 if at else 24), y, line)

    assert lines(drawn(lay_out)) == squashed(NOTICE)
