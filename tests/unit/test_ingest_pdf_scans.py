"""Searchable scans: a picture of each page and, unseen over it, the words that recognition found.

Engines lay these words in ways of their own. What they misread is nobody's concern here; how they set blanks is: the
values must be those of the text.
"""

from __future__ import annotations

import re
from random import Random

import pytest
from noise import compared, gold_texts, values
from pdf_examples import FONT, HEIGHT, NOTICE, WIDTH, drawn, lay, read, register, told, width
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from extractor import extract
from extractor.files.parts.page_places import PagePlaces

register()
# Engines cut Chinese into words of their own; figures and Latin words stay whole.
_WORDS = re.compile(r"[0-9.%]+|[A-Za-z@.]+|[\u4e00-\u9fff]{1,3}|.")
_PAGE = ImageReader(Image.new("L", (60, 80), 235))


def tesseract(word: str) -> str:
    """Return a word as Tesseract lays it: with a blank behind it."""
    return f"{word} "


def ocrmypdf(word: str) -> str:
    """Return a word as OCRmyPDF lays it: with blanks on both sides of a mark."""
    return f"{word} " if word.isalnum() else f" {word} "


LAYERS = {layer.__name__: layer for layer in (tesseract, ocrmypdf)}


def scan(paragraphs: list[str], layer: str, *, rough: bool) -> bytes:
    """Draw pages whose words are unseen; ``rough``: their boxes differ in height and place, as recognised ones do."""
    random = Random(9)

    def page(canvas: Canvas, _number: int) -> None:
        canvas.drawImage(_PAGE, 0, 0, WIDTH, HEIGHT)

    def words(canvas: Canvas, x: float, y: float, text: str, size: float) -> None:
        for word in _WORDS.findall(text):
            if word.strip():
                height = size * (random.uniform(0.85, 1.15) if rough else 1)
                line = canvas.beginText(x, y + (random.uniform(-0.1, 0.1) * size if rough else 0))
                line.setTextRenderMode(3)
                line.setFont(FONT, height)
                line.setHorizScale(100 * size / height)
                line.textOut(LAYERS[layer](word))
                canvas.drawText(line)
            x += width(word, size)

    return drawn(lambda canvas: lay(canvas, paragraphs, each_page=page, draw=words))


@pytest.mark.parametrize("rough", [False, True])
@pytest.mark.parametrize("layer", LAYERS)
def test_a_searchable_scan_gives_the_values_of_its_text(layer: str, rough: bool) -> None:
    data = scan(NOTICE, layer, rough=rough)
    text, original = read(data).text, "\n".join(NOTICE)
    assert values(text, extract(text)) == values(original, extract(original))
    assert told(data) == []


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_of_another_program_is_named_with_its_pages_and_places(layer: str) -> None:
    found = read(scan(NOTICE, layer, rough=True))
    notice = extract(found.text, left_out=found.left_out, places=found.places)
    assert [(check.code, check.severity) for check in notice.checks] == [("ocr_layer", "warning")]
    assert isinstance(found.places, PagePlaces)
    assert found.places.engine == ""
    assert "".join(found.text[line.start : line.end] for line in found.places.lines) == found.text.replace("\n", "")
    assert notice.issues[0].measures[0].read_by["quantities[0]"] == "ocr"


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["户 ", "1", ",", "200", "元"], "户1,200元"),
        (["占 ", "12", ".", "5", "%"], "占12.5%"),
        (["共", "12", "34", "户"], "共12 34户"),  # one number or two: nobody knows
    ],
)
def test_blanks_in_numbers_go_where_these_are_surely_one(words: list[str], text: str) -> None:
    def page(canvas: Canvas) -> None:
        canvas.drawImage(_PAGE, 0, 0, WIDTH, HEIGHT)
        x = 80.0
        for word in ("关于整改情况的通报已经印发", *words, "已经全部整改完成"):
            line = canvas.beginText(x, 700)
            line.setTextRenderMode(3)
            line.setFont(FONT, 14)
            line.textOut(ocrmypdf(word.strip()))
            canvas.drawText(line)
            x += width(word.strip(), 14)

    assert text in read(drawn(page)).text


@pytest.mark.parametrize("layer", LAYERS)
def test_a_gold_notice_scanned_gives_the_values_of_its_text(layer: str) -> None:
    original = gold_texts()["xuzhou-gulou-2024"]
    text = read(scan([line.strip() for line in original.splitlines() if line.strip()], layer, rough=True)).text
    wanted = values(original, extract(original))
    assert compared(wanted, values(text, extract(text))) == (len(wanted), len(wanted), 0)
