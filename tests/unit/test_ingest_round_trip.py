"""One notice in every file format and charset: the same text comes out."""

from __future__ import annotations

import html
import io
import zipfile
from pathlib import Path

import docx
import pytest
from checkout import GOLD_NOTICES as NOTICES
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

from extractor.files.discover import discover
from extractor.files.ingest import read_text
from extractor.files.sources.source import Source

FOOTERS = ("Produced By", "打印文章", "技术支持", "【字体")
TRADITIONAL_HALF_WIDTH = """關於巡視整改進展情況的通報
發布日期:2024-03-27
根據省委統一部署,巡視組對我區開展了巡視。現將整改進展情況通報如下:
一、關於「責任不到位」問題的整改。
1.制定《審計整改工作辦法》,召開專題會議8次,追回資金78.52萬元,整改率達到98%。
2024年3月15日
"""


FULL_WIDTH = str.maketrans(",:;()?!", "\uff0c\uff1a\uff1b\uff08\uff09\uff1f\uff01")


def notice(name: str) -> list[str]:
    """A notice's lines without the page furniture that its export has kept."""
    text = (NOTICES / f"{name}.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.split("\n") if line.strip() and not line.startswith(FOOTERS)]


# The shortest notice, with the marks that such pages are printed with and gold has narrowed. The dash and the
# middle dot are replaced, since Python's gb2312 maps them to look-alikes.
SIMPLIFIED = "\n".join(notice("xuzhou-gulou-2024")).translate(FULL_WIDTH | str.maketrans("·—\xa0", ".- ")) + "\n"
TRADITIONAL = TRADITIONAL_HALF_WIDTH.translate(FULL_WIDTH)
TEXTS = {
    "utf-8": SIMPLIFIED,
    "utf-8-sig": SIMPLIFIED,
    "gb2312": SIMPLIFIED,
    "gbk": SIMPLIFIED,
    "gb18030": SIMPLIFIED,
    "big5": TRADITIONAL,
}


def essential(text: str) -> list[str]:
    return ["".join(line.split()) for line in text.splitlines() if line.strip()]


def read(folder: Path, name: str, data: bytes) -> str:
    (folder / name).write_bytes(data)
    return read_text(Source(str(folder / name))).text


def page(text: str, declaration: str) -> str:
    title, date, *body = text.splitlines()
    links = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in "首一二三四五")
    inner = "".join(f"\n<p>{html.escape(line)}</p>" for line in body)
    return (
        f"<!DOCTYPE html><html><head>{declaration}<title>{title}</title></head><body><ul>{links}</ul>"
        f"<h1>{title}</h1><div>{date}</div><div>{inner}</div><ul>{links}</ul><div>Produced By CMS</div></body></html>"
    )


@pytest.mark.parametrize("codec", [*TEXTS, "utf-16"])
def test_text(tmp_path: Path, codec: str) -> None:
    text = TEXTS.get(codec, SIMPLIFIED)
    assert read(tmp_path, "a.txt", text.encode(codec)) == text


@pytest.mark.parametrize("declared", ["right", "utf-8", "gb2312", "big5", "iso-8859-1", "nonsense", None])
@pytest.mark.parametrize("codec", TEXTS)
def test_pages_whatever_charset_they_declare(tmp_path: Path, codec: str, declared: str | None) -> None:
    stated = codec if declared == "right" else declared
    declaration = f'<meta http-equiv="Content-Type" content="text/html; charset={stated}">' if stated else ""
    text = TEXTS[codec]
    got = essential(read(tmp_path, "a.html", page(text, declaration).encode(codec)))
    assert got == essential(text)


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTICES.glob("*.txt")))
def test_every_notice_survives_html_docx_and_pdf(tmp_path: Path, name: str) -> None:
    lines = [line.translate(FULL_WIDTH) for line in notice(name)]
    if len(lines[0]) > 100:  # one notice comes without title and date line
        lines = ["关于巡视整改进展情况的通报", "发布日期:2024-03-27", *lines]
    wanted = essential("\n".join(lines))

    assert essential(read(tmp_path, "a.html", page("\n".join(lines), "").encode())) == wanted

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    document.save(str(tmp_path / "made.docx"))
    assert essential(read_text(Source(str(tmp_path / "made.docx"))).text) == wanted

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    style = ParagraphStyle("p", fontName="STSong-Light", fontSize=12, leading=20, firstLineIndent=24, wordWrap="CJK")
    buffer = io.BytesIO()
    SimpleDocTemplate(buffer).build([Paragraph(html.escape(line), style) for line in lines])
    assert essential(read(tmp_path, "a.pdf", buffer.getvalue())) == wanted


def test_an_archive_of_all_formats(tmp_path: Path) -> None:
    document = docx.Document()
    for line in SIMPLIFIED.splitlines():
        document.add_paragraph(line)
    document.save(str(tmp_path / "made.docx"))
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("通报/a.txt", SIMPLIFIED.encode("gbk"))
        archive.writestr("通报/b.html", page(SIMPLIFIED, '<meta charset="gb2312">').encode("gbk"))
        archive.write(tmp_path / "made.docx", "通报/c.docx")
    found = discover([str(tmp_path / "all.zip")])
    assert found.problems == []
    assert {tuple(essential(read_text(source).text)) for source in found.sources} == {tuple(essential(SIMPLIFIED))}
