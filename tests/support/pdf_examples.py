"""Short notices drawn into PDF files, line by line, in the ways in which programs draw them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence

from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from extractor.files.parts.left_out import ReadText
from extractor.files.pdf.pdf_text import read_pdf
from extractor.files.scan.recognised_pages import recognition
from extractor.files.sources.file_limits import Limits

FONT = "STSong-Light"
WIDTH, HEIGHT = A4
NOTICE = [
    "中共松林镇委员会关于巡察整改进展情况的通报",
    "根据市委统一部署,2023年9月4日至10月27日,市委第二巡察组对松林镇党委开展了巡察。2023年12月8日,"
    "市委巡察组向松林镇党委反馈了巡察意见。按照党务公开原则,现将巡察整改进展情况予以公布。",
    "一、整改任务完成情况",
    "(一)关于“理论学习不够深入”问题的整改",
    "一是完善学习制度,印发《松林镇党委理论学习办法》,2024年1月以来开展集中学习12次,参加的党员干部有133人。",
    "二是加强督查,对学习不到位的党支部约谈3人,通报2个单位。",
    "(二)关于“惠民资金监管不严”问题的整改",
    "一是全面清查资金,追缴违规发放补贴35.6万元,退还群众128户,给予党纪处分5人,诫勉谈话4人,其他处理11人。",
    "镇党委将持续巩固整改成果,推动全面从严治党向纵深发展。联系电话:0800-1234567;电子邮箱:sl@example.cn。",
    "中共松林镇委员会",
    "2024年5月18日",
]
Draw = Callable[[Canvas, float, float, str, float], None]
_NEVER_FIRST = ",.;:)。，、；：”》）"


def register() -> None:
    """Make the font known to reportlab."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def drawn(draw: Callable[[Canvas], object], **given: object) -> bytes:
    """A PDF whose last page ``draw`` leaves open."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, **given)
    canvas.setFont(FONT, 12)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def plainly(canvas: Canvas, x: float, y: float, text: str, _size: float) -> None:
    canvas.drawString(x, y, text)


def width(text: str, size: float) -> float:
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, size: float, room: float, indent: float) -> list[str]:
    """The lines of a paragraph, broken between any two characters as Chinese is."""
    lines, line, left = [], "", room - indent
    for character in text:
        if width(line + character, size) > left and character not in _NEVER_FIRST:
            lines.append(line)
            line, left = "", room
        line += character
    return [*lines, line]


def lay(  # noqa: PLR0913 - the ways in which pages differ
    canvas: Canvas,
    paragraphs: Sequence[str] = tuple(NOTICE),
    *,
    size: float = 14,
    margins: tuple[float, float] = (80, 80),
    top: float = 740,
    indent: float = 2,
    each_page: Callable[[Canvas, int], None] = lambda _canvas, _number: None,
    draw: Draw = plainly,
) -> None:
    """Draw paragraphs down the page and over to the next; ``indent`` in sizes of the font."""
    left, right = margins
    y, number = top, 1
    each_page(canvas, number)
    canvas.setFont(FONT, size)
    for paragraph in paragraphs:
        for line_number, line in enumerate(wrapped(paragraph, size, WIDTH - left - right, indent * size)):
            if y < 90:
                canvas.showPage()
                y, number = top, number + 1
                each_page(canvas, number)
                canvas.setFont(FONT, size)
            draw(canvas, left + (0 if line_number else indent * size), y, line, size)
            y -= 1.8 * size


def laid(**given: object) -> bytes:
    """The short notice as a PDF; ``given`` as for ``lay``."""
    return drawn(lambda canvas: lay(canvas, **given))  # type: ignore[arg-type]


def read(data: bytes) -> ReadText:
    return read_pdf(data, "notice.pdf", Limits(), recognition("never"))


def lines(data: bytes) -> list[str]:
    """The paragraphs of a PDF without their blanks, which stand where each program likes them."""
    return squashed(read(data).text.splitlines())


def squashed(paragraphs: Sequence[str]) -> list[str]:
    return [text for paragraph in paragraphs if (text := re.sub(r"\s+", "", paragraph))]


def told(data: bytes) -> list[tuple[str, str, str]]:
    """Kind, words and place of what was left out."""
    return [(entry.kind, entry.words, entry.where) for entry in read(data).left_out]
