"""Columns, tables and drawings of PDF pages: read in their order, or told where they hold no text."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import reportlab
from pdf_examples import (
    FONT,
    HEIGHT,
    NOTICE,
    WIDTH,
    drawn,
    laid,
    lay,
    lines,
    read,
    register,
    squashed,
    told,
    width,
)
from PIL import Image
from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Table

from extractor.errors import InputError
from extractor.files.parts.left_out import LeftOut
from extractor.files.pdf.pdf_text import read_pdf
from extractor.files.scan.recognised_pages import recognition
from extractor.files.sources.file_limits import Limits


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    register()


# --- columns and tables ---


@pytest.mark.parametrize("count", [2, 3])
def test_columns_are_read_one_after_the_other(count: int) -> None:
    size, gap = 10, 28
    room = (WIDTH - 100 - gap * (count - 1)) / count

    def columns(canvas: Canvas) -> None:
        canvas.setFont(FONT, 16)
        canvas.drawCentredString(WIDTH / 2, 790, NOTICE[0])
        canvas.setFont(FONT, size)
        column, y = 0, 760.0
        for paragraph in NOTICE[1:] * 4:
            for number, line in enumerate(wrapped_to(paragraph, size, room)):
                if y < 420:
                    column, y = column + 1, 760.0
                if column == count:
                    canvas.showPage()
                    canvas.setFont(FONT, size)
                    column = 0
                canvas.drawString(50 + column * (room + gap) + (0 if number else 2 * size), y, line)
                y -= 16

    assert lines(drawn(columns)) == squashed([NOTICE[0], *NOTICE[1:] * 4])


def wrapped_to(text: str, size: float, room: float) -> list[str]:
    found = [""]
    for character in text:
        left = room - (2 * size if len(found) == 1 else 0)
        if width(found[-1] + character, size) > left:
            found.append("")
        found[-1] += character
    return found


CELLS = [
    ["序号", "问题", "整改措施"],
    ["1", "理论学习不够深入,学习制度落实不到位", "完善学习制度,开展集中学习12次;加强督查,约谈3人"],
    ["2", "惠民资金监管不严", "追缴违规发放补贴35.6万元,退还群众128户,给予党纪处分5人,诫勉谈话4人"],
]


def test_the_cells_of_a_ruled_table_are_read_whole_and_a_row_is_a_line() -> None:
    text = ParagraphStyle("p", fontName=FONT, fontSize=12, leading=20, wordWrap="CJK", firstLineIndent=24)
    small = ParagraphStyle("c", fontName=FONT, fontSize=10, leading=14, wordWrap="CJK")
    style = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
    cells = [[Paragraph(cell, small) for cell in row] for row in CELLS]
    flow: list[Flowable] = [Paragraph(line, text) for line in NOTICE[:5]]
    flow += [Table(cells, colWidths=[40, 120, 200], style=style), *(Paragraph(line, text) for line in NOTICE[5:])]
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build(flow)
    assert lines(buffer.getvalue()) == squashed([*NOTICE[:5], *map("".join, CELLS), *NOTICE[5:]])


def test_the_paragraphs_of_a_long_cell_stay_apart() -> None:
    def table(canvas: Canvas) -> None:
        canvas.grid([60, 130, 530], [770, 740, 90])
        canvas.drawString(70, 750, "名称")
        canvas.drawString(140, 750, NOTICE[0])
        canvas.drawString(70, 700, "内容")
        lay(canvas, NOTICE[1:], size=12, top=700, margins=(140, 80))

    assert read(drawn(table)).text.splitlines()[0] == f"名称\t{NOTICE[0]}"
    assert lines(drawn(table)) == squashed([f"名称{NOTICE[0]}", "内容", *NOTICE[1:]])


def test_cells_without_rules_stay_rows() -> None:
    def table(canvas: Canvas) -> None:
        for number in range(8):
            canvas.drawString(80, 700 - 20 * number, f"第{number}党支部")
            canvas.drawString(250, 700 - 20 * number, f"{number}")
            canvas.drawString(350, 700 - 20 * number, f"{number}5")

    assert read(drawn(table)).text.splitlines() == [f"第{number}党支部 {number} {number}5" for number in range(8)]


@pytest.mark.parametrize("gap", [12, 40])
def test_figures_of_cells_that_stand_close_do_not_fuse(gap: float) -> None:
    def table(canvas: Canvas) -> None:
        x = 80.0
        for cell in ("3", "35", "8"):
            canvas.drawString(x, 700, cell)
            x += width(cell, 12) + gap

    assert read(drawn(table)).text == "3 35 8\n"


def test_words_in_forms_stand_where_the_form_is_placed() -> None:
    def forms(canvas: Canvas) -> None:
        canvas.beginForm("form")
        canvas.setFont(FONT, 14)
        canvas.drawString(0, 0, "追缴35.6万元")
        canvas.endForm()
        for y, text in ((700, "第一季度"), (650, "第二季度")):
            canvas.drawString(80, y, text)
            canvas.saveState()
            canvas.translate(80 + width(text, 12), y)
            canvas.doForm("form")
            canvas.restoreState()

    assert lines(drawn(forms)) == ["第一季度追缴35.6万元", "第二季度追缴35.6万元"]


# --- what holds no text ---


def curves(canvas: Canvas) -> None:
    for place in [(x, y) for x in range(80, 500, 14) for y in range(100, 740, 24)]:
        canvas.ellipse(place[0], place[1], place[0] + 9, place[1] + 11, fill=1)


def picture(canvas: Canvas) -> None:
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)


@pytest.mark.parametrize(("kind", "draw"), [("curves", curves), ("picture", picture)])
def test_a_page_without_text_is_told_where_others_have_some(kind: str, draw: object) -> None:
    def pages(canvas: Canvas) -> None:
        lay(canvas)
        canvas.showPage()
        draw(canvas)  # type: ignore[operator]
        canvas.setFont(FONT, 12)
        canvas.drawCentredString(WIDTH / 2, 40, "— 2 —")
        canvas.showPage()
        lay(canvas, NOTICE[5:])

    found = read(drawn(pages))
    assert squashed(found.text.splitlines()) == squashed([*NOTICE, *NOTICE[5:]])
    assert found.left_out == (LeftOut("header_footer", 3, "— 2 —", "page 2"), LeftOut(kind, 0, "", "page 2"))  # type: ignore[arg-type]


def test_a_picture_below_a_heading_is_told() -> None:
    def attachment(canvas: Canvas) -> None:
        canvas.drawString(80, 780, "附件:松林镇党委巡察整改措施清单")
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 60, 60, WIDTH - 120, HEIGHT - 150)

    assert told(drawn(attachment)) == [("picture", "", "page 1")]


@pytest.mark.parametrize("kind", ["curves", "picture"])
def test_figures_that_are_drawn_in_the_gaps_of_lines_are_told(kind: str) -> None:
    dot = ImageReader(Image.new("L", (6, 9), 0))

    def with_drawn_digits(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
        for character in text:
            step = width(character, size)
            if not character.isdigit():
                canvas.drawString(x, y, character)
            elif kind == "curves":
                canvas.ellipse(x, y, x + step - 1, y + 9)
            else:
                canvas.drawImage(dot, x, y, step - 1, 9)
            x += step

    assert told(laid(draw=with_drawn_digits)) == [(kind, "", "page 1")]


def test_a_document_of_curves_is_refused_for_what_it_is() -> None:
    with pytest.raises(InputError, match="drawn as curves"):
        read(drawn(curves))


def test_a_ground_behind_the_text_is_no_picture_of_text() -> None:
    def on_a_ground(canvas: Canvas) -> None:
        picture(canvas)
        lay(canvas)

    assert told(drawn(on_a_ground)) == []


def test_glyphs_without_a_character_keep_their_places() -> None:
    pdfmetrics.registerFont(
        TTFont("Vera", str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), asciiReadable=0)
    )

    def unmapped(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
        for part in re.split(r"(\d+)", text):
            font = "Vera" if part.isdigit() else FONT
            canvas.setFont(font, size)
            canvas.drawString(x, y, part)
            x += pdfmetrics.stringWidth(part, font, size)

    data = drawn(lambda canvas: lay(canvas, draw=unmapped, margins=(80, 120)), pageCompression=0)
    data = data.replace(b"/ToUnicode", b"/NoUnicode")
    expected = [re.sub(r"\d", "\ufffd", line) for line in NOTICE]
    assert lines(data) == squashed(expected)
    count = sum(line.count("\ufffd") for line in expected)
    assert read(data).left_out == (LeftOut("unmapped_glyphs", count, "", "page 1"),)


def test_a_page_of_too_many_characters_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match=r"notice\.pdf: has \d+ characters up to page 1, 100 are read; cut it"):
        read_pdf(laid(), "notice.pdf", Limits(text_characters=100), recognition("never"))


# --- beside the text ---


@pytest.mark.parametrize("x", [20, 530])
def test_notes_in_the_margin_are_no_part_of_the_lines(x: float) -> None:
    def notes(canvas: Canvas, _number: int) -> None:
        canvas.setFont(FONT, 9)
        for number in range(5):
            canvas.drawString(x, 709.8 - 75.6 * number, f"批注{number}7人")

    data = laid(each_page=notes)
    assert lines(data) == squashed(NOTICE)
    assert {kind for kind, _, _ in told(data)} == {"note"}
    assert next(words for _, words, _ in told(data)).replace(" ", "").startswith("批注07人批注17人")


def test_a_small_table_that_is_wider_than_the_text_is_read() -> None:
    def table(canvas: Canvas, _number: int) -> None:
        canvas.setFont(FONT, 9)
        for number in range(4):
            for column, x in enumerate((20, 150, 300, 530)):
                canvas.drawString(x, 140 - 14 * number, f"项{number}{column}")

    data = laid(each_page=table, size=12, top=760)
    assert told(data) == []
    assert [line for line in lines(data) if line.startswith("项")] == [
        "".join(f"项{number}{column}" for column in range(4)) for number in range(4)
    ]
