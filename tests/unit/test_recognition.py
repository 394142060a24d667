"""Scans and pictures: read as their text is, each line with its place, and whatever may be misread named by a check."""

from __future__ import annotations

import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from noise import values
from pdf_examples import NOTICE, laid, register
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from scan_examples import CLEAN, SANS, Wear, is_drawable, printed, saved, scanned_pdf, worn

from extractor import extract
from extractor.errors import InputError, SettingsError
from extractor.exports.written_notices import run_in
from extractor.files.discover import discover
from extractor.files.ingest import IngestedFile, ingest
from extractor.files.parts.odd_dates import odd_dates
from extractor.files.parts.page_places import LinePlace, PageBox, PagePlaces, UnsurePart, places_from
from extractor.files.pdf.page_recognition import PageNumber
from extractor.files.pdf.printed_pages import PrintedPage
from extractor.files.scan import recognised_pages, recogniser
from extractor.files.scan.pictures import read_pictures
from extractor.files.scan.recognised_pages import recognition
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.picture_series import unpacked
from extractor.files.sources.raw import read_bytes
from extractor.files.sources.source import Source
from extractor.pages.run_page import write_report
from extractor.readers import RulesReader
from extractor.record.contract import Notice
from extractor.runs.run import run

register()
installed = pytest.mark.skipif(
    not (recogniser.engine_version() and is_drawable()), reason="needs the extra ocr and the fonts of fonts-noto-cjk"
)
TEXT = "\n".join(NOTICE)
SHORT = "\n".join(NOTICE[3:6])


def scan(data: bytes, name: str = "a.pdf") -> IngestedFile:
    return ingest(Source(name), data)


def read(file: IngestedFile) -> Notice:
    return extract(file.text, left_out=file.left_out, places=file.places)


def squashed(text: str) -> str:
    return re.sub(r"\s", "", text).translate(str.maketrans("，：；（）", ",:;()"))


def codes(notice: Notice) -> set[str]:
    return {check.code for check in notice.checks}


@installed
@pytest.mark.parametrize("dpi", [150, 300])
def test_a_worn_scan_gives_the_values_of_its_text_and_says_where_it_was_read(dpi: int) -> None:
    file = scan(scanned_pdf([worn(page) for page in printed(TEXT, dpi)], dpi))
    notice, original = read(file), extract(TEXT)
    assert values(file.text, notice) == values(TEXT, original)
    measure = notice.issues[0].measures[0]
    assert {measure.read_by[key] for key in ("text", "documents[0]", "quantities[0]")} == {"ocr"}
    assert "ocr_read" in codes(notice)
    assert isinstance(file.places, PagePlaces)
    assert file.places.engine.startswith("rapidocr ")
    [line] = [line for line in file.places.lines if line.start <= measure.quantities[0].text.start < line.end]
    assert line.page == 1
    assert line.box.left < 0.3 < line.box.right
    assert line.score is not None
    assert line.score > 0.8
    assert Image.open(io.BytesIO(line.crop)).width <= 1400


@installed
@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_that_lies_on_its_side_or_head_is_read(quarters: int) -> None:
    [page] = printed(SHORT, 100)
    upright = page.crop((0, 0, page.width, page.height // 2))
    file = scan(saved(upright.rotate(90 * quarters, expand=True)), "a.png")
    assert squashed(file.text) == squashed(SHORT)
    assert isinstance(file.places, PagePlaces)
    first = file.places.lines[0].box  # on the page as it was given: the first line is at its left, foot or right
    assert {1: first.right < 0.5, 2: first.top > 0.5, 3: first.left > 0.5}[quarters]


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("自201年起", ["201年"]),  # 2019
        ("201年度、2０2年", ["201年", "2０2年"]),
        ("9年3月、23年3月5日", ["9年3月", "23年3月"]),
        ("2021-203年", ["203年"]),
        ("1019年、20191年", ["1019年", "20191年"]),
        ("13月5日、0月", ["13月5日", "0月"]),
        ("2023年2月29日", ["2023年2月29日"]),
        ("4月31日", ["4月31日"]),
        ("2023年月5日、5月日", ["3年月", "5月日"]),
        ("于年11月5日", ["于年1"]),
        ("202.11.5、2023-13-5", ["202.11.5", "2023-13-5"]),
        ("2024年2月29日、近20年、3-5年、今年11月5日、每年3月、12个月、30日内、3.5年、2021-2025年、2023.1.5", []),
    ],
)
def test_a_part_of_a_date_that_no_date_has_is_odd(text: str, odd: list[str]) -> None:
    assert [text[start:end] for start, end in sorted(odd_dates(text))] == odd


@installed
@pytest.mark.parametrize("words", ["201年", "13月5日", "2月30日"])
def test_a_date_that_can_be_none_is_doubted_however_surely_it_was_read(words: str) -> None:
    page = printed(SHORT.replace("约谈3人", f"于{words}约谈3人"), 150, font=SANS)
    file = scan(saved(page[0]), "a.png")
    start = squashed(file.text).index(words)
    assert start > 0
    assert isinstance(file.places, PagePlaces)
    doubted = [file.text[part.start : part.end] for line in file.places.lines for part in line.unsure]
    assert words in doubted


@installed
def test_two_columns_are_read_one_after_the_other() -> None:
    [page] = printed("\n".join(NOTICE[1:7]), 120, numbered=False)
    left = page.crop((0, 0, page.width, page.height // 2))
    right = printed("二是整改问题。" * 60, 120, numbered=False)[0].crop((0, 0, page.width, page.height // 2))
    both = Image.new("RGB", (2 * page.width - 100, left.height), "white")
    both.paste(left, (0, 0))
    both.paste(right, (page.width - 100, 0))
    text = squashed(scan(saved(both), "a.png").text)
    assert text.startswith(squashed(NOTICE[1]))
    assert text.index("通报2个单位") < text.index("二是整改问题")


@installed
def test_pages_with_text_stay_as_they_are_beside_pages_that_are_pictures() -> None:
    import pypdfium2

    mixed = pypdfium2.PdfDocument(laid(paragraphs=NOTICE[:5]))
    pictures = pypdfium2.PdfDocument(scanned_pdf(printed("二是约谈3人,通报2个单位。", 100, numbered=False), 100))
    mixed.import_pages(pictures)
    buffer = io.BytesIO()
    mixed.save(buffer)
    file = scan(buffer.getvalue())
    assert isinstance(file.places, PagePlaces)
    assert {line.page for line in file.places.lines} == {2}
    assert file.text.startswith(NOTICE[0])
    assert squashed(file.text).endswith("二是约谈3人,通报2个单位。")
    written = ingest(Source("a.pdf"), buffer.getvalue(), ocr="never")
    assert written.places is None
    assert "text_in_pictures" in codes(read(written))


@installed
def test_a_page_with_ink_on_which_nothing_was_recognised_is_named() -> None:
    import pypdfium2

    mixed = pypdfium2.PdfDocument(laid(paragraphs=NOTICE[:5]))
    bars = Image.new("L", (600, 800), 255)
    for top in range(80, 700, 40):
        bars.paste(0, (60, top, 540, top + 4))
    mixed.import_pages(pypdfium2.PdfDocument(scanned_pdf([bars], 100)))
    buffer = io.BytesIO()
    mixed.save(buffer)
    assert "text_in_pictures" in codes(read(scan(buffer.getvalue())))


@installed
def test_the_pages_of_a_tiff_are_one_notice() -> None:
    pages = [
        page.crop((0, 0, page.width, page.height // 3)) for page in (*printed(SHORT, 100), *printed("附件3份。", 100))
    ]
    file = scan(saved(pages[0], "TIFF", save_all=True, append_images=pages[1:]), "a.tif")
    assert squashed(file.text) == squashed(SHORT) + "附件3份。"
    assert file.format == "picture"


@installed
def test_a_picture_without_text_is_refused() -> None:
    with pytest.raises(InputError, match=r"a\.png: recognition \(OCR\) found no text"):
        scan(saved(Image.new("RGB", (300, 200), (90, 120, 30))), "a.png")


@installed
def test_a_run_in_a_process_with_limits_stores_the_places_and_the_report_shows_the_line(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(saved(printed(SHORT, 100)[0], "JPEG"))
    told: list[tuple[str, tuple[int, ...]]] = []
    ended = run([str(tmp_path / "a.jpg")], tmp_path / "out", paged=lambda name, page: told.append((name, tuple(page))))
    assert [outcome.error for outcome in ended.outcomes] == [None]
    assert told == [(str(tmp_path / "a.jpg"), (1, 1))]
    stored = (tmp_path / "out" / "texts" / "a.places.json").read_bytes()
    assert json.loads(stored)["kind"] == "page_box"
    places = places_from(stored)
    assert places is not None
    assert places.lines[0].crop
    write_report(run_in(tmp_path / "out"), tmp_path / "report.html")
    assert json.loads(stored)["crops"]["0"] in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert run([str(tmp_path / "a.jpg")], tmp_path / "out").outcomes[0].status == "unchanged"
    (tmp_path / "out" / "texts" / "a.places.json").unlink()
    assert run([str(tmp_path / "a.jpg")], tmp_path / "out").outcomes[0].status == "done"


class Misreading(recogniser.Recogniser):
    """A reader of one line that reads ``first`` in it, and ``again`` in its figures alone."""

    def __init__(self, first: str, again: str, scores: Sequence[float] = ()) -> None:
        self._texts = [first, again]
        self._scores = scores

    def boxes(self, picture: recogniser.Picture) -> recogniser.Picture:  # noqa: ARG002
        import numpy

        return numpy.array([[(10, 10), (490, 10), (490, 50), (10, 50)]], dtype=float)

    def lines(self, strips: Sequence[recogniser.Picture]) -> list[recogniser.LineText]:
        text = self._texts.pop(0)
        scores = tuple(self._scores) or (0.99,) * len(text)
        centres = tuple((number + 0.5) / len(text) for number in range(len(text)))
        return [recogniser.LineText(text, scores, centres) for _ in strips]


@installed
@pytest.mark.parametrize(
    ("first", "again", "scores", "reasons"),
    [
        ("整改问题36个已完成", "问题36个已", (), set()),
        ("整改问题36个已完成", "问题86个已", (), {"twice"}),
        ("整改问题36个已完成", "问题36个已", (1, 1, 1, 1, 0.8, 1, 1, 1, 1, 1), {"score"}),
        ("整改间题36个已完成", "问题36个已", (1, 1, 0.5, 1, 1, 1, 1, 1, 1, 1), {"score"}),
        ("整改问题3l个已完成", "问题3l个已", (), {"look"}),
    ],
)
def test_what_may_be_misread_is_unsure(first: str, again: str, scores: Sequence[float], reasons: set[str]) -> None:
    import numpy

    from extractor.files.scan.scanned_lines import scanned_lines

    [line] = scanned_lines(numpy.full((60, 500, 3), 255, "uint8"), Misreading(first, again, scores)).lines
    assert {part.reason for part in line.unsure} == reasons


@installed
def test_ink_between_characters_is_unsure() -> None:
    import numpy

    from extractor.files.scan.scanned_lines import scanned_lines

    class Gap(Misreading):
        def lines(self, strips: Sequence[recogniser.Picture]) -> list[recogniser.LineText]:
            centres = (0.05, 0.15, 0.25, 0.35, 0.65, 0.75, 0.85, 0.95)  # as wide as two more
            return [recogniser.LineText("整改问题已经完成", (1.0,) * 8, centres) for _ in strips]

    empty = numpy.full((60, 500, 3), 255, "uint8")
    inked = empty.copy()
    inked[20:40, 215:275] = 0
    assert [scanned_lines(picture, Gap("", "")).lines[0].unsure for picture in (empty, inked)] == [
        (),
        (UnsurePart(3, 5, "gap"),),
    ]


FIGURE = TEXT.index("133")
UNSURE = (UnsurePart(FIGURE, FIGURE + 1, "twice"),)
PLACES = PagePlaces((LinePlace(0, len(TEXT), 3, PageBox(0, 0, 1, 1), 0.9, UNSURE),), "rapidocr 3.10.0")


def test_a_value_that_is_unsure_has_a_check_at_its_path() -> None:
    notice = extract(TEXT, places=PLACES)
    assert [(check.code, check.path) for check in notice.checks] == [
        ("ocr_read", ""),
        ("ocr_unsure", "issues[0].measures[0].quantities[1]"),
    ]
    assert "133" in notice.checks[1].message
    assert "3" in notice.checks[0].message


def test_places_keep_all_but_broken_files_in_their_form() -> None:
    places = PagePlaces((PLACES.lines[0]._replace(crop=b"\x89PNG"), LinePlace(400, 401, 4, PageBox(0, 0, 1, 1), None)))
    assert places_from(places.as_json()) == places
    for broken in (b"", b"[]", b'{"kind":"cell"}', b"\xff", b'{"kind":"page_box"}'):
        assert places_from(broken) is None


@installed
def test_room_for_a_unit_beside_a_figure_that_was_not_read_is_doubted() -> None:
    page = printed("工单总量同比下降40\u3000百分点,群众满意度持续提升。", 150, numbered=False)[0]
    found = scan(saved(page), "a.png")
    assert isinstance(found.places, PagePlaces)
    doubted = [(found.text[part.start : part.end], part.reason) for line in found.places.lines for part in line.unsure]
    assert ("0百", "gap") in doubted


@pytest.fixture
def absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recognised_pages, "engine_version", lambda: "")


@pytest.mark.usefixtures("absent")
def test_without_the_extra_the_sentence_names_it() -> None:
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.drawImage(ImageReader(Image.new("L", (60, 80), 200)), 0, 0, 595, 842)
    canvas.save()
    for name, data in (("a.pdf", buffer.getvalue()), ("a.png", saved(Image.new("L", (9, 9))))):
        with pytest.raises(InputError, match=rf"^{name}: .*install recognition .*notice-extractor\[ocr\]"):
            scan(data, name)
    with pytest.raises(SettingsError, match=r"--ocr always .*notice-extractor\[ocr\]"):
        recognition("always")


def test_pictures_of_a_folder_that_are_not_recognised_fail_with_advice_and_the_rest_is_done(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"scan{number}.png").write_bytes(saved(Image.new("L", (9, 9))))
    (folder / "a.txt").write_text(TEXT, encoding="utf-8")
    found = run([str(folder)], tmp_path / "out", RulesReader(ocr="never"), jobs=1)
    assert [outcome.status for outcome in found.outcomes] == ["done", "failed"]  # two pictures are one notice
    assert "--ocr auto" in str(found.outcomes[1].error)


def test_pages_are_counted_before_they_are_recognised() -> None:
    def never(_picture: object, _number: PageNumber, _width: float) -> PrintedPage:
        raise AssertionError

    many = saved(Image.new("1", (4, 4)), "TIFF", save_all=True, append_images=[Image.new("1", (4, 4))] * 3)
    allowed = recognition("auto")._replace(engine="some", recognise=never)
    with pytest.raises(InputError, match="has 4 pages to recognise, 3 are read"):
        read_pictures([many], "a.tif", Limits(scanned_pages=3), allowed)


def _png(width: int, height: int) -> bytes:
    """The head of a picture of any size, without the pixels."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = b"IDAT" + zlib.compress(b"")
    framed = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in (chunk, data))
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (_png(30_000, 30_000), "pixels"),
        (_png(12_000, 9_000), "108,000,000|12,000 × 9,000 pixels"),
        (_png(30, 30), "is damaged|truncated"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "no readable picture"),
        (b"II*\x00" + b"\xff" * 40, "no readable picture|damaged"),
    ],
)
def test_a_huge_or_damaged_picture_is_refused(data: bytes, said: str) -> None:
    def never(_picture: object, _number: PageNumber, _width: float) -> PrintedPage:
        raise AssertionError

    allowed = recognition("auto")._replace(engine="some", recognise=never)
    with pytest.raises(InputError, match=rf"^a\.png: .*({said})"):
        read_pictures([data], "a.png", Limits(), allowed)


@installed
def test_a_page_that_takes_too_long_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recogniser, "PAGE_SECONDS", -1)
    data = scanned_pdf(printed(SHORT, 72), 72)
    with pytest.raises(InputError, match="found no text"):
        scan(data)


@installed
def test_a_clean_page_has_no_stamp_and_a_stamped_one_says_so() -> None:
    [page] = printed(SHORT, 100)
    files = [scan(saved(worn(page, wear)), "a.png") for wear in (CLEAN, Wear(0, 0, 0, 0, stamp=True))]
    kinds = [[entry.kind for entry in file.left_out if entry.kind == "stamp"] for file in files]
    assert kinds == [[], ["stamp"]]
    assert squashed(files[0].text) == squashed(files[1].text)


def test_pictures_whose_names_count_up_are_one_notice(tmp_path: Path) -> None:
    names = ["通报2.jpg", "通报10.jpg", "通报1.jpg", "通报4.jpg", "通报3.png", "甲/1.jpg", "甲/2.jpg", "封面.jpg"]
    (tmp_path / "甲").mkdir()
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    found = discover([str(tmp_path)]).sources
    told = {source.name.removeprefix(f"{tmp_path}/") for source in found}
    assert told == {"通报1.jpg…通报2.jpg", "通报4.jpg", "通报10.jpg", "通报3.png", "甲/1.jpg…2.jpg", "封面.jpg"}
    [series] = [source for source in found if source.stem == "通报1"]
    assert unpacked(read_bytes(series, Limits()), "") == ["通报1.jpg".encode(), "通报2.jpg".encode()]


def test_pictures_in_an_archive_are_one_notice_too(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("扫描/002.png", "扫描/001.png", "说明.txt"):
            archive.writestr(name, name)
    found = discover([str(tmp_path / "a.zip")]).sources
    [series] = [source for source in found if source.series]
    assert series.name.endswith("a.zip!扫描/001.png…002.png")
    assert unpacked(read_bytes(series, Limits()), "") == ["扫描/001.png".encode(), "扫描/002.png".encode()]
    with pytest.raises(InputError, match="is damaged"):
        unpacked(read_bytes(series, Limits())[:-1], "a")


@installed
def test_a_line_that_was_not_found_is_unsure() -> None:
    import numpy

    from extractor.files.scan.scanned_lines import scanned_lines

    class Blind(Misreading):
        def boxes(self, picture: recogniser.Picture) -> recogniser.Picture:
            return engine.boxes(picture)[:1] if self._is_blind else engine.boxes(picture)

        def lines(self, strips: Sequence[recogniser.Picture]) -> list[recogniser.LineText]:
            return engine.lines(strips)

        def __init__(self, *, is_blind: bool) -> None:
            self._is_blind = is_blind

    engine = recogniser.recogniser()
    page = numpy.ascontiguousarray(numpy.asarray(printed(NOTICE[3] + "\n" + NOTICE[5], 100, numbered=False)[0]))
    half = page[: len(page) // 3]
    reasons = [
        {part.reason for line in scanned_lines(half, Blind(is_blind=is_blind)).lines for part in line.unsure}
        for is_blind in (True, False)
    ]
    assert reasons == [{"ink"}, set()]
