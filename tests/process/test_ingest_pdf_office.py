"""Notices that LibreOffice and Chromium print to PDF are read back paragraph by paragraph."""

from __future__ import annotations

import html
import shutil
import subprocess
from pathlib import Path

import docx
import docx.document
import pytest
from browsing import chromium
from checkout import GOLD_NOTICES
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt
from gold_documents import FORMS, saved_page
from noise import Value, gold_texts, values
from pdf_examples import lines, squashed, told
from word_examples import deleted, paragraph, run, word

from extractor import extract
from extractor.files.ingest import ingest
from extractor.files.sources.source import Source

_OFFICE = shutil.which("soffice")
NAMES = sorted(path.stem for path in GOLD_NOTICES.glob("*.txt"))


def paragraphs(name: str) -> list[str]:
    return squashed((GOLD_NOTICES / f"{name}.txt").read_text(encoding="utf-8").splitlines())


def printed(documents: list[Path], folder: Path) -> None:
    """Print documents to PDF beside themselves."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(_OFFICE), "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder)]
    subprocess.run([*command, *map(str, documents)], check=True, capture_output=True, timeout=300)


def values_of(path: Path) -> list[Value]:
    """The values of the notice in a file, in the order of the notice."""
    text = ingest(Source(str(path)), path.read_bytes()).text
    return values(text, extract(text))


def with_head_foot_and_table(text: list[str], rows: list[list[str]]) -> docx.document.Document:
    """An official document with a line above and one below each page, and a table at its end."""
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
    return document


HEADED = paragraphs("xuzhou-gulou-2024")[:40]
ROWS = [["序号", "问题", "整改措施"], ["1", "学习制度落实不到位", "开展集中学习12次,约谈履职不到位的支部书记3人。"]]
MARKED = {
    "strike": (run("12", "<w:strike/>") + run("35.6"), "35.6"),
    "double": (run("1", "<w:dstrike/>") + run("35.6"), "35.6"),
    "tracked": (deleted("约谈12人,追缴") + f'<w:ins w:id="2" w:author="a">{run("35.6")}</w:ins>', "35.6"),
    "hidden": (run("12", "<w:vanish/>") + run("35.6"), "35.6"),
    "white": (run("12", '<w:color w:val="FFFFFF"/>') + run("35.6"), "35.6"),
    "raised": (run("35.6") + run("1", '<w:vertAlign w:val="superscript"/>'), "35.6"),
    "lowered": (run("35.6") + run("1", '<w:vertAlign w:val="subscript"/>'), "35.6₁"),
    "underlined": (run("35.6", '<w:u w:val="single"/>'), "35.6"),
    "overlined by a border": (run("35.6", '<w:bdr w:val="single" w:sz="4"/>'), "35.6"),
}
"""Runs of Word, and the figure that a reader sees in them."""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all documents of this file and, printed at one start of the office suite, their PDFs."""
    folder = tmp_path_factory.mktemp("office")
    for form, made in FORMS.items():
        for name, text in gold_texts().items():
            made(text).save(str(folder / f"{form}-{name}.docx"))
    with_head_foot_and_table(HEADED, ROWS).save(str(folder / "headed.docx"))
    for name, (inner, _) in MARKED.items():
        body = paragraph(run("一是全面清查各村惠民补贴资金,追缴补贴") + inner + run("万元,全部上缴镇财政专户。"))
        (folder / f"{name}.docx").write_bytes(word(body))
    printed(sorted(folder.glob("*.docx")), folder)
    return folder


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
@pytest.mark.parametrize("form", FORMS)
def test_gold_notices_in_word_and_printed_by_an_office_suite_give_the_values_of_their_text(
    office: Path, form: str
) -> None:
    for name, text in gold_texts().items():
        wanted = values(text, extract(text))
        assert values_of(office / f"{form}-{name}.docx") == wanted
        assert values_of(office / f"{form}-{name}.pdf") == wanted


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
def test_gold_notices_printed_by_an_office_suite_are_the_same_paragraphs(office: Path) -> None:
    for name in NAMES:
        assert lines((office / f"plain-{name}.pdf").read_bytes()) == paragraphs(name)


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
def test_an_official_document_with_head_foot_and_table_is_read_back(office: Path) -> None:
    data = (office / "headed.pdf").read_bytes()
    assert lines(data) == [*HEADED, *map("".join, ROWS)]
    assert {(kind, words) for kind, words, _ in told(data)} == {
        ("header_footer", "中共鼓楼区委办公室文件 内部资料 注意保存")
    }


@pytest.mark.office
@pytest.mark.skipif(_OFFICE is None, reason="needs LibreOffice")
def test_what_an_office_suite_prints_struck_lowered_or_above_the_line_is_in_no_figure(office: Path) -> None:
    assert {name: lines((office / f"{name}.pdf").read_bytes()) for name in MARKED} == {
        name: [f"一是全面清查各村惠民补贴资金,追缴补贴{wanted}万元,全部上缴镇财政专户。"]
        for name, (_, wanted) in MARKED.items()
    }


@pytest.mark.browser
def test_gold_notices_printed_by_a_browser_give_the_values_of_their_text(tmp_path: Path) -> None:
    head = "<meta charset='utf-8'><style>p { text-indent: 2em; text-align: justify }</style>"
    with chromium() as browser:
        page = browser.new_page()
        for name in NAMES:
            page.set_content(head + "".join(f"<p>{html.escape(line)}</p>" for line in paragraphs(name)))
            page.pdf(format="A4", path=str(tmp_path / f"{name}.pdf"))
    for name, text in gold_texts().items():
        assert values_of(tmp_path / f"{name}.pdf") == values(text, extract(text))


@pytest.mark.browser
def test_gold_notices_saved_by_a_browser_in_one_file_give_the_values_of_their_text() -> None:
    with chromium() as browser:
        for text in gold_texts().values():
            found = ingest(Source("saved.mht"), saved_page(browser, text)).text
            assert values(found, extract(found)) == values(text, extract(text))


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
