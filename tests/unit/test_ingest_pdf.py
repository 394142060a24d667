"""PDF files: paragraphs put together again, page furniture taken out, and what has no text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from extractor.errors import InputError
from extractor.files.ingest import read_text
from extractor.files.pdf.paragraphs import paragraphs
from extractor.files.pdf.printed_lines import Row
from extractor.files.pdf.running_heads import without_furniture
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import Source

FONT = "STSong-Light"
TITLE = "中共徐州市鼓楼区委员会关于巡视集中整改进展情况的通报"
BODY = [
    "根据省委统一部署,省委第七巡视组于2023年4月17日至6月28日对徐州市鼓楼区开展了巡视,并于10月11日进行了反馈。"
    "按照党务公开原则和巡视工作有关要求,现将巡视整改进展情况予以公布。",
    "一、巡视整改组织领导情况",
    "区委高度重视省委巡视反馈意见整改工作,坚持高标准、严要求,牢牢扛起主体责任,全面认领反馈问题,逐条逐项对账销号,"
    "以过硬措施全面推动问题整改,确保整改工作取得实实在在的成效。" * 3,
    "联系方式:0516-87636289;电子邮箱:xuzhougulouquweibangongshi@126.com。",
]
SIGNATURE = ["中共徐州市鼓楼区委员会", "2024年3月15日"]


@pytest.fixture(scope="module", autouse=True)
def _font() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def style(**given: object) -> ParagraphStyle:
    return ParagraphStyle("p", **{"fontName": FONT, "fontSize": 12, "leading": 22, "wordWrap": "CJK", **given})


def notice_pdf(
    repeat: int = 1, furniture: Callable[[Canvas, SimpleDocTemplate], None] | None = None, **given: object
) -> bytes:
    """A notice as word processors set it: centred title, indented paragraphs, signature to the right."""
    indent = {"firstLineIndent": 24}
    flow = [Paragraph(TITLE, style(fontSize=22, leading=32, alignment=TA_CENTER))]
    flow += [Paragraph(text, style(**{**indent, **given})) for text in BODY * repeat]
    flow += [Paragraph(text, style(alignment=TA_RIGHT)) for text in SIGNATURE]
    buffer = io.BytesIO()
    nothing = furniture or (lambda _canvas, _document: None)
    SimpleDocTemplate(buffer).build(flow, onFirstPage=nothing, onLaterPages=nothing)
    return buffer.getvalue()


def drawn(draw: Callable[[Canvas], None], **given: object) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, **given)
    canvas.setFont(FONT, 12)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def lines(data: bytes, folder: Path, limits: Limits | None = None) -> list[str]:
    path = folder / "notice.pdf"
    path.write_bytes(data)
    read = read_text(Source(str(path)), limits or Limits())
    assert (read.format, read.charset) == ("pdf", None)
    return read.text.splitlines()


def refusal(data: bytes, folder: Path, limits: Limits | None = None) -> str:
    with pytest.raises(InputError) as caught:
        lines(data, folder, limits)
    assert str(caught.value).startswith(str(folder / "notice.pdf"))
    return str(caught.value)


def test_lines_become_paragraphs_again(tmp_path: Path) -> None:
    assert lines(notice_pdf(), tmp_path) == [TITLE, *BODY, *SIGNATURE]


def test_paragraphs_set_apart_by_space_are_told_apart(tmp_path: Path) -> None:
    assert lines(notice_pdf(firstLineIndent=0, spaceAfter=14), tmp_path) == [TITLE, *BODY, *SIGNATURE]


def test_page_numbers_and_repeated_headers_go_and_paragraphs_run_on_over_pages(tmp_path: Path) -> None:
    def furniture(canvas: Canvas, document: SimpleDocTemplate) -> None:
        canvas.setFont(FONT, 9)
        canvas.drawString(72, 800, "徐州市鼓楼区委办公室文件")
        canvas.drawCentredString(297, 30, f"— {document.page} —")
        canvas.drawRightString(520, 20, f"第{document.page}版")

    assert lines(notice_pdf(12, furniture), tmp_path) == [TITLE, *BODY * 12, *SIGNATURE]


@pytest.mark.parametrize("number", ["1", "- 1 -", "— 1 —", "第1页", "第 1 页 共 3 页", "1/3"])
def test_the_number_of_a_single_page_goes(number: str) -> None:
    rows = [Row("整改到位。", 70, 500, 700, 712, 12, 1), Row(number, 290, 300, 30, 39, 9, 1)]
    assert list(paragraphs(without_furniture(rows).text)) == ["整改到位。"]


def test_a_line_that_had_room_left_ends_its_paragraph() -> None:
    rows = [
        Row("甲" * 35, 94, 514, 700, 712, 12, 1),
        Row("甲乙", 70, 94, 680, 692, 12, 1),
        Row("丙" * 37, 70, 514, 660, 672, 12, 1),
        Row("www.jiangsu.gov.cn", 70, 190, 640, 652, 12, 1),
    ]
    assert list(paragraphs(rows)) == ["甲" * 36 + "乙", "丙" * 37 + "www.jiangsu.gov.cn"]


def test_cells_on_one_line_are_one_line(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(300, 700, "责任不到位")
        canvas.drawString(72, 700, "序号一")
        canvas.drawString(72, 660, "整改工作取得实实在在的成效。" * 3)

    assert lines(drawn(draw), tmp_path) == ["序号一 责任不到位", "整改工作取得实实在在的成效。" * 3]


def test_radicals_become_the_characters_they_stand_for(tmp_path: Path) -> None:
    assert lines(drawn(lambda canvas: canvas.drawString(72, 700, "⼀、⼈民⽣活问题")), tmp_path) == ["一、人民生活问题"]


def test_an_encrypted_file_is_refused_and_one_without_password_is_read(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 700, "整改到位。")

    assert "is encrypted" in refusal(drawn(draw, encrypt=StandardEncryption("secret")), tmp_path)
    assert lines(drawn(draw, encrypt=StandardEncryption("", ownerPassword="secret")), tmp_path) == ["整改到位。"]


def test_a_scan_is_refused(tmp_path: Path) -> None:
    picture = ImageReader(Image.new("L", (60, 80), 200))

    def scan(canvas: Canvas) -> None:
        canvas.drawImage(picture, 0, 0, 595, 842)

    assert "this PDF is a scan" in refusal(drawn(scan), tmp_path)
    assert "OCR" in refusal(drawn(lambda canvas: canvas.rect(10, 10, 50, 50)), tmp_path)


def test_a_text_layer_of_glyph_numbers_is_refused(tmp_path: Path) -> None:
    private = "".join(chr(0xE000 + number) for number in range(40))
    said = refusal(drawn(lambda canvas: canvas.drawString(72, 700, private)), tmp_path)
    assert "glyph numbers" in said or "scan" in said


@pytest.mark.parametrize("kept", [40, 2000])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: int) -> None:
    data = notice_pdf()
    said = refusal(data[:kept], tmp_path)
    assert "truncated" in said or "scan" in said or "damaged" in said


def test_what_is_no_pdf_is_refused(tmp_path: Path) -> None:
    assert "is named .pdf but holds something else" in refusal("整改".encode(), tmp_path)


def test_too_many_pages_are_refused(tmp_path: Path) -> None:
    assert "has 2 pages, 1 are read" in refusal(notice_pdf(3), tmp_path, Limits(pdf_pages=1))
