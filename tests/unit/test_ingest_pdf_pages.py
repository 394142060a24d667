"""PDF pages as an eye sees them: the text is the same however it was drawn, and what is left out is told."""

from __future__ import annotations

import re

import pytest
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
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas


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
    def askew(canvas: Canvas) -> None:
        canvas.rotate(2)
        lay(canvas, size=12)

    assert lines(drawn(askew)) == squashed(NOTICE)


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


# --- struck out, and below the line ---


def amount(canvas: Canvas, *parts: tuple[str, str]) -> None:
    """Draw a line of parts, each struck by a line, by a bar, underlined, lowered, or plain."""
    x, size = 80.0, 14.0
    for text, how in parts:
        height = 8 if how == "lowered" else size
        canvas.setFont(FONT, height)
        canvas.drawString(x, 697 if how == "lowered" else 700, text)
        end = x + width(text, height)
        if how == "line":
            canvas.line(x, 704.5, end, 704.5)
        elif how == "bar":
            canvas.rect(x - 1, 704, end - x + 2, 1, stroke=0, fill=1)
        elif how == "underline":
            canvas.line(x, 698, end, 698)
        elif how == "rule":
            canvas.line(x - 60, 704.5, end + 60, 704.5)
        x = end


@pytest.mark.parametrize(
    ("parts", "text", "struck"),
    [
        ([("追缴", ""), ("12", "line"), ("35.6万元", "")], "追缴35.6万元", "12"),
        ([("追缴", ""), ("1", "bar"), ("35.6万元", "")], "追缴35.6万元", "1"),
        ([("追缴", ""), ("三是约谈干部12人。", "bar"), ("35.6万元", "")], "追缴35.6万元", "三是约谈干部12人。"),
        ([("追缴", ""), ("35.6", "underline"), ("万元", "")], "追缴35.6万元", ""),
        ([("追缴", ""), ("35.6", "rule"), ("万元", "")], "追缴35.6万元", ""),
        ([("追缴35.6", ""), ("1", "lowered"), ("万元", "")], "追缴35.6₁万元", ""),
    ],
)
def test_what_a_line_goes_through_is_struck(parts: list[tuple[str, str]], text: str, struck: str) -> None:
    data = drawn(lambda canvas: amount(canvas, *parts))
    assert lines(data) == [text]
    assert [(kind, words) for kind, words, _ in told(data)] == ([("struck", struck)] if struck else [])


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
