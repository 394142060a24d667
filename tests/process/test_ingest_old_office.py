"""Old office documents, written by LibreOffice and by hand: read as their docx is, within limits, with nothing left."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import docx
import pytest
import word_examples
from checkout import GOLD_NOTICES
from gold_documents import OFFICE, converted
from kind_examples import ole
from noise import values
from word_examples import NAMES, deleted, numbered, paragraph, run, word

from extractor import extract
from extractor.errors import InputError
from extractor.files.ingest import IngestedFile, ingest
from extractor.files.office import libre_office
from extractor.files.office.old_office import read_by_libre_office
from extractor.files.sources.file_limits import DEFAULT_LIMITS
from extractor.files.sources.source import Source

pytestmark = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
ENDINGS = ("doc", "rtf", "odt")

_LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("chineseCounting", "%4是"))
_NUMBERING = "".join(
    f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{shape}"/><w:lvlText w:val="{text}"/></w:lvl>'
    for at, (shape, text) in enumerate(_LEVELS)
)
_FIELD = "".join(f'<w:r><w:fldChar w:fldCharType="{mark}"/></w:r>' for mark in ("begin", "separate", "end"))
_PAGES = _FIELD.replace('"begin"/></w:r>', '"begin"/></w:r><w:r><w:instrText>QUOTE 7</w:instrText></w:r>', 1).replace(
    '"separate"/></w:r>', '"separate"/></w:r><w:r><w:t>7</w:t></w:r>', 1
)
_BOX = (
    '<w:r><w:pict><v:shape style="width:200pt;height:60pt"><v:textbox><w:txbxContent>'
    "<w:p><w:r><w:t>框内的一句话。</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
_RUBY = (
    '<w:r><w:ruby><w:rubyPr><w:rubyAlign w:val="center"/><w:hps w:val="10"/><w:hpsBaseText w:val="21"/></w:rubyPr>'
    "<w:rt><w:r><w:t>kān</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>龛</w:t></w:r></w:rubyBase></w:ruby></w:r>"
)


def _row(*cells: str) -> str:
    return f"<w:tr>{''.join(f'<w:tc><w:p>{run(cell)}</w:p></w:tc>' for cell in cells)}</w:tr>"


def invented() -> bytes:
    """A document with numbers, tracked changes, hidden text, a table, a field, a text box and a phonetic guide."""
    body = [
        paragraph(run("关于巡察整改进展情况的通报")),
        *(numbered(run(text)) for text in ("整改组织情况", "整改进展情况")),
        numbered(run("关于“学习不够”的问题"), 1),
        *(numbered(run(text), 2) for text in ("开展学习12次。", "约谈3人。")),
        *(numbered(run(text), 3) for text in ("制定制度。", "修订制度。")),
        numbered(run("关于“监管不严”的问题"), 1),
        paragraph(run("追缴") + deleted("99") + run("35.6万元。")),
        paragraph(run("三是处分9人。", "<w:vanish/>") + run("显示的文字。")),
        paragraph(run("删去", "<w:strike/>") + run("神") + _RUBY + run("修缮。")),
        paragraph(run("第") + _PAGES + run("件。")),
        paragraph(run("框前。") + _BOX),
        f'<w:tbl><w:tblPr/><w:tblGrid><w:gridCol w:w="2000"/><w:gridCol w:w="2000"/></w:tblGrid>{_row("序号", "问题")}'
        f"{_row('1', '资金35.6万元')}</w:tbl>",
        paragraph(run("2024年5月20日")),
    ]
    return word("".join(body))


LINES = [
    "关于巡察整改进展情况的通报",
    "一、整改组织情况",
    "二、整改进展情况",
    "（一）关于“学习不够”的问题",
    "1.开展学习12次。",
    "2.约谈3人。",
    "一是制定制度。",
    "二是修订制度。",
    "（二）关于“监管不严”的问题",
    "追缴35.6万元。",
    "显示的文字。",
    "神龛修缮。",
    "第7件。",
    "框前。",
    "框内的一句话。",
    "序号|问题",
    "1|资金35.6万元",
    "2024年5月20日",
]


def lines(text: str) -> list[str]:
    return [line.replace("\t", "|").replace(" ", "") for line in text.splitlines() if line.strip()]


def read(path: Path) -> IngestedFile:
    return ingest(Source(path.name), path.read_bytes())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The invented document and the gold notices, in each old format."""
    place = tmp_path_factory.mktemp("office")
    with pytest.MonkeyPatch.context() as patch:
        numbering = f'<w:numbering {NAMES}><w:abstractNum w:abstractNumId="0">{_NUMBERING}</w:abstractNum>'
        numbering += '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
        patch.setattr(word_examples, "NUMBERING", numbering)
        (place / "invented.docx").write_bytes(invented())
    for notice in GOLD_NOTICES.glob("*.txt"):
        document = docx.Document()
        for line in notice.read_text(encoding="utf-8").splitlines():
            document.add_paragraph(line)
        document.save(str(place / f"{notice.stem}.docx"))
    day = _FIELD.replace('"begin"/></w:r>', '"begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r>', 1)
    day = day.replace('"separate"/></w:r>', '"separate"/></w:r><w:r><w:t>2024</w:t></w:r>', 1)
    (place / "dated.docx").write_bytes(word(paragraph(run("落款") + day + run("年"))))
    for ending in ENDINGS:
        converted(sorted(place.glob("*.docx")), ending, place)
    return place


@pytest.mark.parametrize("ending", ["docx", *ENDINGS])
def test_an_invented_document_reads_the_same_in_every_format(folder: Path, ending: str) -> None:
    found = read(folder / f"invented.{ending}")
    # LibreOffice itself drops old text boxes when it writes RTF
    assert lines(found.text) == [line for line in LINES if ending != "rtf" or line != "框内的一句话。"]
    assert {"struck", "hidden"} <= {entry.kind for entry in found.left_out}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("name", sorted(path.stem for path in GOLD_NOTICES.glob("*.txt")))
def test_gold_notices_in_old_formats_give_the_values_of_their_text(folder: Path, name: str, ending: str) -> None:
    text = (GOLD_NOTICES / f"{name}.txt").read_text(encoding="utf-8")
    found = read(folder / f"{name}.{ending}").text
    assert [one.value for one in values(found, extract(found))] == [one.value for one in values(text, extract(text))]


@pytest.mark.parametrize("name", ["invented", *sorted(path.stem for path in GOLD_NOTICES.glob("*.txt"))])
def test_an_opendocument_text_reads_the_same_with_libreoffice_and_without(folder: Path, name: str) -> None:
    path = folder / f"{name}.odt"
    assert read(path).text == read_by_libre_office(path.read_bytes(), path.name, DEFAULT_LIMITS).text


def _rtf(text: str) -> str:
    return "".join(mark if mark.isascii() else f"\\u{ord(mark)}?" for mark in text)


def _ingested(tmp_path: Path, body: str) -> IngestedFile:
    path = tmp_path / "a.rtf"
    path.write_text("{\\rtf1\\ansi\\uc1 " + body + "}", encoding="ascii")
    return read(path)


def test_a_field_that_libreoffice_counts_anew_is_left_out_and_told(folder: Path) -> None:
    found = read(folder / "dated.doc")
    assert lines(found.text) == ["落款年"]
    assert [entry.kind for entry in found.left_out] == ["changing_field"]


class _Counted(BaseHTTPRequestHandler):
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        self.send_error(404)


@pytest.fixture
def address() -> Iterator[str]:
    _Counted.asked = 0
    with HTTPServer(("127.0.0.1", 0), _Counted) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_nothing_outside_a_document_is_fetched_or_read(tmp_path: Path, address: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("SECRET", encoding="ascii")
    fields = f'{{\\field{{\\*\\fldinst INCLUDEPICTURE "{address}/x.png" \\\\d}}{{\\fldrslt a}}}}\\par '
    fields += f'{{\\field{{\\*\\fldinst INCLUDETEXT "{secret}"}}{{\\fldrslt b}}}}\\par '
    assert "SECRET" not in _ingested(tmp_path, fields + _rtf("通报")).text
    odt = tmp_path / "a.fodt"
    office = "urn:oasis:names:tc:opendocument:xmlns"
    odt.write_text(
        f'<office:document xmlns:office="{office}:office:1.0" xmlns:text="{office}:text:1.0" '
        f'xmlns:draw="{office}:drawing:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2" '
        'office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text>'
        f'<text:section text:name="a"><text:section-source xlink:href="{secret.as_uri()}"/><text:p>b</text:p>'
        f'</text:section><text:p>通报<draw:frame><draw:image xlink:href="{address}/y.png"/></draw:frame></text:p>'
        "</office:text></office:body></office:document>",
        encoding="utf-8",
    )
    assert "SECRET" not in read(odt).text
    assert _Counted.asked == 0


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("noise.doc", None),
        (
            "deep.fodt",
            b'<office:document office:mimetype="application/vnd.oasis.opendocument.text">' + b"<a>" * 100_000,
        ),
    ],
)
def test_hostile_documents_are_refused_or_empty_and_leave_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, data: bytes | None
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(InputError, match=name):
        ingest(Source(name), data or ole("WordDocument"))
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_takes_too_long_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "soffice.bin"
    program.write_text(f"#!/bin/sh\necho $$ > {tmp_path}/pid\nexec sleep 600\n", encoding="ascii")
    program.chmod(0o700)
    monkeypatch.setattr(libre_office, "office_program", lambda: str(program))
    monkeypatch.setattr(libre_office, "_SECONDS", 1.0)
    with pytest.raises(InputError, match="takes more than 1 s"):
        ingest(Source("a.doc"), ole("WordDocument"))
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text(encoding="ascii")), 0)
