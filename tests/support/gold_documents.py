"""Notices as Word documents, in the forms that offices give them, and as other programs save these."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import docx
import docx.document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from playwright.sync_api import Browser

from extractor.files.parts.numerals import in_chinese

OFFICE = shutil.which("soffice")
"""LibreOffice, None where it is not installed."""


def converted(documents: list[Path], ending: str, folder: Path) -> None:
    """Have LibreOffice save documents as ``folder/name.ending``."""
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [str(OFFICE), "--headless", profile, "--convert-to", ending, "--outdir", str(folder)]
    subprocess.run([*command, *map(str, documents)], check=True, capture_output=True, timeout=300)


def saved_page(browser: Browser, text: str) -> bytes:
    """Return a page of these paragraphs as Chromium saves it in one file (mht)."""
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines() if line.strip())
    page = browser.new_page()
    page.set_content(f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{lines}</body></html>")
    data: str = page.context.new_cdp_session(page).send("Page.captureSnapshot", {"format": "mhtml"})["data"]
    page.close()
    return data.encode()


def plain(text: str) -> docx.document.Document:
    """One paragraph a line, in Word's own style."""
    document = docx.Document()
    for line in text.splitlines():
        document.add_paragraph(line)
    return document


def official(text: str) -> docx.document.Document:
    """The form of official documents: 仿宋 of size three, 28 points a line, two characters indented, justified."""
    document = docx.Document()
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines()))):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if number else WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.first_line_indent = Pt(32 if number else 0)
        paragraph.paragraph_format.line_spacing = Pt(28)
        paragraph.paragraph_format.space_after = Pt(0)
        run = paragraph.add_run(line)
        run.font.name = "Times New Roman"
        run.font.size = Pt(16 if number else 22)
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), "仿宋")
    return document


_LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "(%2)"), ("decimal", "%3."))
_MARKS = [
    re.compile(pattern) for pattern in (r"([一二三四五六七八九十]+)、", r"\(([一二三四五六七八九十]+)\)", r"(\d+)\.")
]


def numbered(text: str) -> docx.document.Document:
    """Enumerators set by Word's own numbering wherever it comes to the same number."""
    document = docx.Document()
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/><w:numFmt w:val="{kind}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{shown}"/></w:lvl>'
        for depth, (kind, shown) in enumerate(_LEVELS)
    )
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    counted = [0, 0, 0]
    for line in filter(None, map(str.strip, text.splitlines())):
        depth, mark = next(
            ((depth, mark) for depth, pattern in enumerate(_MARKS) if (mark := pattern.match(line))), (0, None)
        )
        number = counted[depth] + 1
        if mark is None or mark[1] != (str(number) if depth == 2 else in_chinese(number)):
            document.add_paragraph(line)
            continue
        counted[depth:] = [number, *[0] * (2 - depth)]
        document.add_paragraph(line[mark.end() :])._p.get_or_add_pPr().append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{depth}"/><w:numId w:val="90"/></w:numPr>')
        )
    assert sum(counted) > 0
    return document


FORMS: Mapping[str, Callable[[str], docx.document.Document]] = {
    made.__name__: made for made in (plain, official, numbered)
}
"""The forms by their names."""
