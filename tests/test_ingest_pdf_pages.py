"""PDF pages as an eye sees them: the text is the same however it was drawn, and what is left out is told."""

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
    Draw,
    drawn,
    laid,
    lay,
    lines,
    plainly,
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
from extractor.files.left_out import LeftOut
from extractor.files.limits import Limits
from extractor.files.pdf import read_pdf


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    register()


# --- how characters are drawn ---


def in_single_characters(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    for character in text:
        canvas.drawString(x, y, character)
        x += width(character, size)


def thrice(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    for character in text:
        for shift in (0, 0.3, 0.6):
            canvas.drawString(x + shift, y + shift / 2, character)
        x += width(character, size)


def twice_a_line(canvas: Canvas, x: float, y: float, text: str, _size: float) -> None:
    canvas.drawString(x, y, text)
    canvas.drawString(x + 0.4, y, text)


def digits_afterwards(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    places = [(character, x + width(text[:number], size)) for number, character in enumerate(text)]
    for character, place in [each for each in places if not each[0].isdigit()]:
        canvas.drawString(place, y, character)
    for character, place in [each for each in places if each[0].isdigit()]:
        canvas.drawString(place, y, character)


def spaced(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    line = canvas.beginText(x, y)
    line.setCharSpace(0.3 * size)
    line.textOut(text)
    canvas.drawText(line)


def digits_spaced(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
    for part in re.split(r"(\d+)", text):
        space = 0.4 * size if part.isdigit() else 0
        line = canvas.beginText(x, y)
        line.setCharSpace(space)
        line.textOut(part)
        canvas.drawText(line)
        x += width(part, size) + space * len(part)


@pytest.mark.parametrize(
    "draw", [plainly, in_single_characters, thrice, twice_a_line, digits_afterwards, spaced, digits_spaced]
)
def test_the_way_of_drawing_changes_nothing(draw: Draw) -> None:
    data = laid(draw=draw, margins=(80, 250))
    assert lines(data) == squashed(NOTICE)
    assert not re.search(r"\d\s+[\d.-]|[.-]\s+\d", read(data).text)
    assert told(data) == []


def test_lines_drawn_in_any_order_are_read_from_the_top() -> None:
    def upwards(canvas: Canvas) -> None:
        kept: list[tuple[float, float, str]] = []
        lay(canvas, draw=lambda _canvas, x, y, text, _size: kept.append((x, y, text)))
        for x, y, text in sorted(kept, key=lambda line: (line[2], line[1])):
            canvas.drawString(x, y, text)

    assert lines(drawn(upwards)) == squashed(NOTICE)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_text_that_is_turned_on_its_page_is_read(degrees: int) -> None:
    def turned(canvas: Canvas) -> None:
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[degrees])
        canvas.rotate(degrees)
        lay(canvas, size=12, top=550, margins=(40, 80))

    assert lines(drawn(turned)) == squashed(NOTICE)


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_that_is_turned_for_showing_is_read(degrees: int) -> None:
    def turned(canvas: Canvas) -> None:
        if degrees != 180:
            canvas.setPageSize((HEIGHT, WIDTH))  # reportlab gives turned pages a box that is turned back
        canvas.setPageRotation(degrees)
        canvas.translate(*{90: (WIDTH, 0), 180: (WIDTH, HEIGHT), 270: (0, HEIGHT)}[degrees])
        canvas.rotate(degrees)
        lay(canvas, size=12, top=550, margins=(40, 80))

    assert lines(drawn(turned)) == squashed(NOTICE)


def test_a_page_that_lies_askew_is_set_straight() -> None:
    assert lines(drawn(lambda canvas: (canvas.rotate(2), lay(canvas, size=12)))) == squashed(NOTICE)


# --- what lies over the text, or is not seen ---


def tiles(canvas: Canvas, degrees: float) -> None:
    canvas.saveState()
    canvas.setFont(FONT, 20)
    canvas.setFillColor(colors.Color(0, 0, 0, alpha=0.15))
    for place in [(x, y) for x in range(20, 550, 180) for y in range(60, 800, 90)]:
        canvas.saveState()
        canvas.translate(*place)
        canvas.rotate(degrees)
        canvas.drawString(0, 0, "内部资料12份")
        canvas.restoreState()
    canvas.restoreState()


@pytest.mark.parametrize("degrees", [0, 30, 45, -45])
@pytest.mark.parametrize("is_before", [True, False])
def test_watermarks_are_left_out_and_told(degrees: float, is_before: bool) -> None:
    def marked(canvas: Canvas) -> None:
        if is_before:
            tiles(canvas, degrees)
        lay(canvas)
        if not is_before:
            tiles(canvas, degrees)

    data = drawn(marked)
    assert lines(data) == squashed(NOTICE)
    ((kind, words, where),) = told(data)
    assert (kind, where) == ("watermark", "page 1")
    assert words.startswith("内部资料12份")


def test_large_words_across_the_lines_are_a_watermark_in_any_colour_on_all_pages() -> None:
    def stamp(canvas: Canvas, _number: int) -> None:
        canvas.saveState()
        canvas.setFont(FONT, 70)
        canvas.setFillColor(colors.red)
        canvas.drawString(120, 420, "样稿12")
        canvas.restoreState()

    data = laid(paragraphs=NOTICE * 2, each_page=stamp, size=16)  # on page 2 the text ends above it
    assert lines(data) == squashed(NOTICE * 2)
    assert told(data) == [("watermark", "样稿12", "page 1"), ("watermark", "样稿12", "page 2")]


def test_words_that_cannot_be_seen_are_told_as_hidden() -> None:
    def with_hidden(canvas: Canvas) -> None:
        lay(canvas)
        canvas.setFillColor(colors.white)
        canvas.drawString(200, 500, "白字99人")
        canvas.setFillColor(colors.black)
        line = canvas.beginText(200, 480)
        line.setTextRenderMode(3)
        line.textOut("不画88人")
        line.setTextRenderMode(0)
        canvas.drawText(line)
        canvas.drawString(WIDTH + 100, 300, "页外77人")
        canvas.setFont(FONT, 0.5)
        canvas.drawString(300, 200, "极小66人")

    data = drawn(with_hidden)
    assert lines(data) == squashed(NOTICE)
    ((kind, words, _),) = told(data)
    assert kind == "hidden"
    assert all(hidden in words for hidden in ("白字99人", "不画88人", "页外77人", "极小66人"))


def test_white_words_on_a_coloured_ground_are_seen() -> None:
    def banner(canvas: Canvas) -> None:
        canvas.setFillColor(colors.darkred)
        canvas.rect(60, 760, 480, 40, fill=1, stroke=0)
        canvas.setFillColor(colors.white)
        canvas.drawString(200, 775, "松林镇党务公开")
        canvas.setFillColor(colors.black)
        lay(canvas, top=700)

    data = drawn(banner)
    assert lines(data) == squashed(["松林镇党务公开", *NOTICE])
    assert told(data) == []


def test_the_text_layer_of_a_scan_is_read_though_its_words_are_laid_roughly() -> None:
    """Recognition gives each word a box and a blank after it; the boxes overlap and are of uneven height."""

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, WIDTH, HEIGHT)

        def words(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
            for number, word in enumerate(re.findall(r"\d+|[a-z@.]+|.{1,2}", text)):
                line = canvas.beginText(x - 0.15 * size * (number % 3), y)
                line.setTextRenderMode(3)
                line.setFont(FONT, size + (1.5 if number % 2 else 0))
                line.textOut(word + " ")
                canvas.drawText(line)
                x += width(word, size)

        lay(canvas, draw=words)

    data = drawn(scan)
    assert lines(data) == squashed(NOTICE)
    assert told(data) == []


# --- marks of notes ---


def raised(canvas: Canvas, *parts: tuple[str, bool]) -> None:
    x = 80.0
    for text, is_raised in parts:
        size = 8 if is_raised else 14
        canvas.setFont(FONT, size)
        canvas.drawString(x, 705 if is_raised else 700, text)
        x += width(text, size)


def test_marks_of_notes_do_not_fuse_with_figures() -> None:
    def notes(canvas: Canvas) -> None:
        raised(canvas, ("追缴补贴35", False), ("1", True), ("万元,退还群众128", False), ("[2]", True), ("户。", False))

    data = drawn(notes)
    assert lines(data) == ["追缴补贴35万元,退还群众128户。"]
    assert told(data) == [("note_mark", "1 [2]", "page 1")]


def test_a_mark_between_two_figures_leaves_them_apart_and_no_gap_elsewhere() -> None:
    def notes(canvas: Canvas) -> None:
        raised(canvas, ("3", False), ("[12]", True), (".追缴35", False), ("2", True), ("12户", False), ("[3]", True))

    assert read(drawn(notes)).text == "3.追缴35 12户\n"


def test_exponents_of_units_stay() -> None:
    def areas(canvas: Canvas) -> None:
        raised(
            canvas,
            ("拆违1200m", False),
            ("2", True),
            (",绿化3km", False),
            ("2", True),
            (",土方500m", False),
            ("3", True),
        )

    data = drawn(areas)
    assert lines(data) == ["拆违1200m²,绿化3km²,土方500m³"]
    assert told(data) == []


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
    assert told(drawn(lambda canvas: (picture(canvas), lay(canvas)))) == []


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
        read_pdf(laid(), "notice.pdf", Limits(text_characters=100))
