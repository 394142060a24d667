"""Notices that LibreOffice and Chromium print to PDF are read back paragraph by paragraph."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from browsing import chromium
from cli_examples import GOLD
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from pdf_examples import lines, squashed, told

_OFFICE = shutil.which("soffice")
NAMES = sorted(path.stem for path in GOLD.glob("*.txt"))


def paragraphs(name: str) -> list[str]:
    return squashed((GOLD / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def printed(documents: list[Path], folder: Path) -> None:
    """Print documents to PDF beside themselves."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(_OFFICE), "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, documents)], check=True, capture_output=True, timeout=300)


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
def test_gold_notices_printed_by_an_office_suite_are_the_same_paragraphs(tmp_path: Path) -> None:
    for name in NAMES:
        document = docx.Document()
        for line in (GOLD / f"{name}.txt").read_text(encoding="utf-8").splitlines():
            document.add_paragraph(line)
        document.save(str(tmp_path / f"{name}.docx"))
    printed([tmp_path / f"{name}.docx" for name in NAMES], tmp_path)
    for name in NAMES:
        assert lines((tmp_path / f"{name}.pdf").read_bytes()) == paragraphs(name)


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
def test_an_official_document_with_head_foot_and_table_is_read_back(tmp_path: Path) -> None:
    text = paragraphs("xuzhou-gulou-2024")[:40]
    rows = [["序号", "问题", "整改措施"], ["1", "学习制度落实不到位", "开展集中学习12次,约谈履职不到位的支部书记3人。"]]
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "中共鼓楼区委办公室文件"
    document.sections[0].footer.paragraphs[0].text = "内部资料 注意保存"
    for number, line in enumerate(text):
        paragraph = document.add_paragraph(line)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if number else WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(32 if number else 0)
        paragraph.paragraph_format.line_spacing = Pt(28)
        paragraph.paragraph_format.space_after = Pt(0)
        paragraph.runs[0].font.size = Pt(16 if number else 22)
    table = document.add_table(len(rows), 3, style="Table Grid")
    for row, cells in zip(rows, table.rows, strict=True):
        for cell_text, cell in zip(row, cells.cells, strict=True):
            cell.text = cell_text
    document.save(str(tmp_path / "a.docx"))
    printed([tmp_path / "a.docx"], tmp_path)
    data = (tmp_path / "a.pdf").read_bytes()
    assert lines(data) == [*text, *map("".join, rows)]
    assert {(kind, words) for kind, words, _ in told(data)} == {
        ("header_footer", "中共鼓楼区委办公室文件 内部资料 注意保存")
    }


@pytest.mark.browser
def test_a_notice_printed_by_a_browser_is_the_same_paragraphs() -> None:
    name = "wuhu-jiangbei-2025"
    head = "<meta charset='utf-8'><style>p { margin: 0; text-indent: 2em; text-align: justify }</style>"
    text = "".join(f"<p>{html.escape(line)}</p>" for line in paragraphs(name))
    mark = "<div style='position: fixed; top: 40%; font-size: 80px; rotate: -30deg; opacity: .2'>内部资料12份</div>"
    with chromium() as browser:
        page = browser.new_page()
        page.set_content(head + text + mark)
        data = page.pdf(format="A4")
    assert lines(data) == paragraphs(name)
    assert {(kind, words) for kind, words, _ in told(data)} == {("watermark", "内部资料12份")}
