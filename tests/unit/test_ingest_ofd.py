"""OFD files: paragraphs from places, in all the ways in which writers say places, and what is left out or refused."""

from __future__ import annotations

import pytest
from noise import gold_texts, values
from ofd_examples import LEFT, LINES, PITCH, ROOM, SIZE, TOP, Ofd, packed, printed, read
from pdf_examples import NOTICE

from extractor import extract
from extractor.errors import InputError
from extractor.files.parts.left_out import WORDS_KEPT
from extractor.files.sources.file_limits import Limits
from extractor.files.sources.source import Source
from extractor.pipeline import extract_file
from extractor.record.checks import Lang
from extractor.record.contract import Check

SENTENCE = "一是完善学习制度,开展集中学习12次。"
HEADING = "(一)关于“理论学习不够深入”问题的整改"


def lines(data: bytes) -> list[str]:
    return read(data).text.splitlines()


def told(data: bytes) -> list[tuple[str, str, str]]:
    return [(entry.kind, entry.words, entry.where) for entry in read(data).left_out]


@pytest.mark.parametrize("prefix", ["ofd", "", "o"])
@pytest.mark.parametrize("is_absolute", [False, True])
def test_a_notice_is_read_paragraph_by_paragraph(prefix: str, is_absolute: bool) -> None:
    ofd = Ofd(prefix=prefix, is_absolute=is_absolute)
    assert lines(ofd.document(ofd.pages())) == NOTICE


def test_another_namespace_is_read_alike() -> None:
    ofd = Ofd(namespace="http://www.ofdspec.org")
    assert lines(ofd.document(ofd.pages())) == NOTICE


def test_pages_come_in_the_order_of_the_document_and_not_of_their_names() -> None:
    ofd = Ofd()
    files = two_pages(ofd, (1, 0), ofd.content(ofd.text(SENTENCE, LEFT + 10, TOP)))
    files["Doc_0/Pages/Page_1/Content.xml"] = ofd.root("Page", ofd.content(ofd.text(HEADING, LEFT + 10, TOP)))
    assert lines(packed(files)) == [HEADING, SENTENCE]


def two_pages(ofd: Ofd, order: tuple[int, int], first: str) -> dict[str, str]:
    """The parts of a file whose document lists two pages, of which it holds the one with the number 0."""
    listed = "".join(ofd.tag("Page", ID=number, BaseLoc=f"Pages/Page_{number}/Content.xml") for number in order)
    return {
        "OFD.xml": ofd.root("OFD", ofd.tag("DocBody", ofd.tag("DocRoot", "Doc_0/Document.xml"))),
        "Doc_0/Document.xml": ofd.root("Document", ofd.tag("Pages", listed)),
        "Doc_0/Pages/Page_0/Content.xml": ofd.root("Page", first),
    }


def test_text_without_a_place_is_not_lost_beside_text_with_one() -> None:
    ofd = Ofd()
    unplaced = ofd.tag("TextObject", ofd.tag("TextCode", "二是追缴资金35.6万元。"))
    data = ofd.document([ofd.content(unplaced + ofd.text(SENTENCE, LEFT + 10, TOP))])
    assert lines(data) == [SENTENCE, "二是追缴资金35.6万元。"]


def test_pages_that_the_document_does_not_list_are_read_by_their_numbers() -> None:
    ofd = Ofd()
    files = {
        "OFD.xml": ofd.root("OFD", ofd.tag("DocBody", ofd.tag("DocRoot", "Doc_0/Document.xml"))),
        "Doc_0/Document.xml": ofd.root("Document", ""),
    }
    for number in (10, 2):
        content = ofd.root("Page", ofd.content(ofd.tag("TextObject", ofd.tag("TextCode", f"第{number}页的正文。"))))
        files[f"Doc_0/Pages/Page_{number}/Content.xml"] = content
    assert lines(packed(files)) == ["第2页的正文。", "第10页的正文。"]


def test_lines_inside_one_text_code_are_lines() -> None:
    """A step down with one back to the left ends a line; the text itself has no mark of it."""
    ofd = Ofd()
    printed_lines = printed([HEADING, SENTENCE * 3])
    across, down = [], []
    text = "".join(line.text for line in printed_lines)
    for line in printed_lines:
        steps = [SIZE * (0.5 if character.isascii() else 1) for character in line.text[:-1]]
        across += [*steps, -sum(steps)]
        down += [*[0.0] * len(steps), PITCH]
    code = ofd.tag("TextCode", text, X=0, Y=SIZE, DeltaX=" ".join(map(str, across)), DeltaY=" ".join(map(str, down)))
    content = ofd.content(ofd.tag("TextObject", code, Boundary=f"{LEFT} {TOP} {ROOM} 200", Size=SIZE))
    assert lines(ofd.document([content])) == [HEADING, SENTENCE * 3]


def test_steps_may_be_given_in_groups_and_the_last_goes_on() -> None:
    ofd = Ofd()
    code = ofd.tag("TextCode", "追缴资金2024元整改到位", X=0, Y=SIZE, DeltaX="g 4 5 g 3 2.5 2.5 5")
    content = ofd.content(ofd.tag("TextObject", code, Boundary=f"{LEFT} {TOP} {ROOM} 9", Size=SIZE))
    assert lines(ofd.document([content])) == ["追缴资金2024元整改到位"]


def test_figures_beside_each_other_on_a_line_stay_apart() -> None:
    ofd = Ofd()
    content = ofd.content(ofd.text("追缴12", LEFT, TOP) + ofd.text("34万元", LEFT + 60, TOP))
    (line,) = lines(ofd.document([content]))
    assert "1234" not in line
    assert line.replace("\t", " ").split() == ["追缴12", "34万元"]


def test_blanks_and_escaped_characters_of_a_text_are_kept() -> None:
    ofd = Ofd()
    code = ofd.tag("TextCode", "\u3000\u3000共\\0020追缴\\4E07元", X=0, Y=SIZE, DeltaX="5 5 5 2.5 5 5 5 5")
    content = ofd.content(ofd.tag("TextObject", code, Boundary=f"{LEFT} {TOP} {ROOM} 9", Size=SIZE))
    assert [line.strip() for line in lines(ofd.document([content]))] == ["共 追缴万元"]


def test_blocks_composites_and_templates_stand_at_their_places() -> None:
    """The heading is in a template, the first sentence in a nested block, the second in a composite unit."""
    ofd = Ofd()
    ofd.parts["Doc_0/Tpls/Tpl_0/Content.xml"] = ofd.root("Page", ofd.content(ofd.text(HEADING, LEFT + 10, TOP)))
    unit = ofd.tag("Content", ofd.text("二是追缴资金35.6万元。", 0, SIZE))
    ofd.parts["Doc_0/PublicRes.xml"] = ofd.root(
        "Res", ofd.tag("CompositeGraphicUnits", ofd.tag("CompositeGraphicUnit", unit, ID=7, Width=100, Height=10))
    )
    common = ofd.tag("PublicRes", "PublicRes.xml") + ofd.tag("TemplatePage", ID=2, BaseLoc="Tpls/Tpl_0/Content.xml")
    composite = ofd.tag("CompositeObject", ResourceID=7, Boundary=f"{LEFT + 10} {TOP + 2 * PITCH - SIZE} 100 10")
    block = ofd.tag("PageBlock", ofd.tag("PageBlock", ofd.text(SENTENCE, LEFT + 10, TOP + PITCH)))
    page = ofd.tag("Template", TemplateID=2) + ofd.content(composite + block)
    assert lines(ofd.document([page], common)) == [HEADING, SENTENCE, "二是追缴资金35.6万元。"]


def test_a_transformation_scales_and_moves_text() -> None:
    """Writers give sizes of one unit and a matrix that makes them what they are."""
    ofd = Ofd()
    content = ""
    for row, line in enumerate(printed([HEADING, SENTENCE])):
        steps = " ".join("0.5" if character.isascii() else "1" for character in line.text[:-1])
        code = ofd.tag("TextCode", line.text, X=0, Y=1, DeltaX=steps)
        boundary = f"{LEFT + SIZE * line.indent} {TOP + PITCH * row} {ROOM} 9"
        content += ofd.tag("TextObject", code, Boundary=boundary, CTM="5 0 0 5 0 0", Size=1)
    assert lines(ofd.document([ofd.content(content)])) == [HEADING, SENTENCE]


def test_a_page_turned_by_a_quarter_is_read_along_its_lines() -> None:
    ofd = Ofd()
    content = ""
    for row, text in enumerate([HEADING, SENTENCE, "二是追缴资金35.6万元,退还群众128户,约谈责任人3人。"]):
        steps = " ".join("2.5" if character.isascii() else "5" for character in text[:-1])
        code = ofd.tag("TextCode", text, X=0, Y=0, DeltaX=steps)
        content += ofd.tag("TextObject", code, Boundary=f"{150 - PITCH * row} 30 9 200", CTM="0 1 -1 0 0 0", Size=SIZE)
    assert lines(ofd.document([ofd.content(content)]))[0].replace(" ", "") == HEADING


def column(ofd: Ofd, text: str, x: float) -> str:
    code = ofd.tag("TextCode", text, X=0, Y=SIZE, DeltaY=" ".join(["5"] * (len(text) - 1)))
    return ofd.tag("TextObject", code, Boundary=f"{x} 30 6 200", Size=SIZE)


def test_columns_written_downwards_are_read_from_the_right() -> None:
    ofd = Ofd()
    columns = ["一、关于党的领导弱化问题", "二、关于资金管理混乱问题", "三、关于作风建设松懈问题"]
    content = ofd.content("".join(column(ofd, text, 150 - 10 * place) for place, text in enumerate(columns)))
    assert lines(ofd.document([content])) == columns


def test_a_raised_two_is_an_exponent() -> None:
    ofd = Ofd()
    code = ofd.tag("TextCode", "2", X=0, Y=3)
    raised = ofd.tag("TextObject", code, Boundary=f"{LEFT + 25} {TOP - SIZE} 3 4", Size=3)
    text = ofd.text("新建绿地12m", LEFT - 2.5, TOP) + raised + ofd.text(",惠及30户", LEFT + 26.8, TOP)
    assert lines(ofd.document([ofd.content(text)])) == ["新建绿地12m²,惠及30户"]


def test_documents_in_one_file_do_not_run_into_each_other() -> None:
    ofd = Ofd()
    bodies = "".join(ofd.tag("DocBody", ofd.tag("DocRoot", f"Doc_{number}/Document.xml")) for number in (0, 1))
    files = {"OFD.xml": ofd.root("OFD", bodies)}
    for number, text in enumerate((SENTENCE, HEADING)):
        files[f"Doc_{number}/Document.xml"] = ofd.root("Document", ofd.tag("Pages", ofd.tag("Page", BaseLoc="P.xml")))
        files[f"Doc_{number}/P.xml"] = ofd.root("Page", ofd.content(ofd.text(text, LEFT, TOP)))
    assert lines(packed(files)) == [SENTENCE, HEADING]


def test_cells_of_a_ruled_table_become_one_line() -> None:
    ofd = Ofd()
    rows = [["序号", "问题", "整改措施"], ["1", "学习不够深入", "开展学习12次"], ["2", "监管不严", "追缴35.6万元"]]
    columns, content = [30, 50, 100, 170], ""
    for number, row in enumerate(rows):
        for column, text in enumerate(row):
            content += ofd.text(text, columns[column] + 2, 57 + 10 * number)
    for at in range(4):
        content += rule(ofd, 30, 50 + 10 * at, 140, 0)
    for at in columns:
        content += rule(ofd, at, 50, 0, 30)
    assert lines(ofd.document([ofd.content(content)])) == ["\t".join(row) for row in rows]


def rule(ofd: Ofd, left: float, top: float, width: float, height: float) -> str:
    data = ofd.tag("AbbreviatedData", f"M 0 0 L {width} {height}")
    return ofd.tag("PathObject", data, Boundary=f"{left} {top} {width} {height}", LineWidth=0.3)


def test_what_is_not_seen_or_not_of_the_text_is_left_out_and_told() -> None:
    ofd = Ofd()
    ofd.parts["Doc_0/Attachs/Attachments.xml"] = ofd.root(
        "Attachments", ofd.tag("Attachment", ID=1, Name="整改台账.xlsx", Format="xlsx")
    )
    ofd.parts["Doc_0/Annots/Annotations.xml"] = ofd.root(
        "Annotations", ofd.tag("Page", ofd.tag("FileLoc", "Page_0/Annotation.xml"), PageID=0)
    )
    appearance = ofd.tag("Appearance", ofd.text("内部资料", 20, 20), Boundary="50 100 80 40")
    ofd.parts["Doc_0/Annots/Page_0/Annotation.xml"] = ofd.root(
        "PageAnnot", ofd.tag("Annot", appearance, ID=9, Type="Watermark")
    )
    white = ofd.tag("FillColor", Value="255 255 255")
    hidden = ofd.text("看不见的追缴99万元", LEFT, 260).replace("<ofd:TextCode", f"{white}<ofd:TextCode")
    gone = ofd.text("不显示的追缴88万元", LEFT, 270, Visible="false")
    page = ofd.content(ofd.text(HEADING, LEFT + 10, TOP) + ofd.text(SENTENCE, LEFT + 10, TOP + PITCH) + hidden + gone)
    rest = ofd.tag("Annotations", "Annots/Annotations.xml") + ofd.tag("Attachments", "Attachs/Attachments.xml")
    data = ofd.document([page], rest=rest)
    assert lines(data) == [HEADING, SENTENCE]
    assert told(data) == [
        ("hidden", "看不见的追缴99万元", "page 1"),
        ("watermark", "内部资料", "page 1"),
        ("embedded", "整改台账.xlsx", ""),
    ]


def test_page_numbers_are_no_text() -> None:
    ofd = Ofd()
    pages = [
        page.replace("</ofd:Layer>", ofd.text(f"— {number} —", 95, 285) + "</ofd:Layer>")
        for number, page in enumerate(ofd.pages(NOTICE * 3), start=1)
    ]
    assert len(pages) > 1
    assert lines(ofd.document(pages)) == NOTICE * 3


@pytest.mark.parametrize(
    ("objects", "reason"),
    [
        ('<ofd:ImageObject Boundary="0 0 210 297" CTM="210 0 0 297 0 0" ResourceID="5"/>', "is a scan"),
        ("", "holds no text"),
    ],
)
def test_a_file_without_text_says_what_it_holds(objects: str, reason: str) -> None:
    ofd = Ofd()
    with pytest.raises(InputError, match=f"^notice.ofd: this OFD {reason}"):
        read(ofd.document([ofd.content(objects)]))


def test_an_encrypted_file_is_refused() -> None:
    ofd = Ofd()
    ofd.parts["Encryptions.xml"] = ofd.root("Encryptions", "")
    with pytest.raises(InputError, match="is encrypted; save a copy without password"):
        read(ofd.document(ofd.pages()))


def test_a_missing_page_is_named() -> None:
    ofd = Ofd()
    with pytest.raises(InputError, match=r"page 2 \('Pages/Page_9/Content.xml'\) is missing"):
        read(packed(two_pages(ofd, (0, 9), ofd.pages()[0])))


def test_a_damaged_part_is_named() -> None:
    ofd = Ofd()
    ofd.parts["Doc_0/Pages/Page_0/Content.xml"] = "<ofd:Page"
    with pytest.raises(InputError, match=r"its part 'Doc_0/Pages/Page_0/Content.xml' is damaged"):
        read(ofd.document(ofd.pages()))


def test_units_that_hold_each_other_end() -> None:
    """Each of some units shows the next many times: without a budget, more characters than memory holds."""
    ofd = Ofd()
    units = ""
    for number in range(8):
        inside = ofd.tag("CompositeObject", ResourceID=(number + 1) % 8, Boundary="0 0 9 9") * 40
        units += ofd.tag("CompositeGraphicUnit", ofd.tag("Content", ofd.text("一", 0, 5) + inside), ID=number)
    ofd.parts["Doc_0/PublicRes.xml"] = ofd.root("Res", ofd.tag("CompositeGraphicUnits", units))
    page = ofd.content(ofd.tag("CompositeObject", ResourceID=0, Boundary="0 0 9 9"))
    data = ofd.document([page], ofd.tag("PublicRes", "PublicRes.xml"))
    with pytest.raises(InputError, match="draws more than"):
        read(data, Limits(text_characters=1_000))


def test_steps_without_end_end() -> None:
    ofd = Ofd()
    code = ofd.tag("TextCode", SENTENCE, X=0, Y=SIZE, DeltaX="g 999999999999 2.5")
    content = ofd.content(ofd.tag("TextObject", code, Boundary=f"{LEFT} {TOP} {ROOM} 9", Size=SIZE))
    assert "".join(lines(ofd.document([content]))).replace(" ", "") == SENTENCE


def test_more_pages_than_the_limit_are_refused() -> None:
    ofd = Ofd()
    pages = [ofd.content(ofd.text(SENTENCE, LEFT, TOP))] * (LINES + 1)
    with pytest.raises(InputError, match=f"has {LINES + 1} pages, {LINES} are read"):
        read(ofd.document(pages), Limits(pdf_pages=LINES))


@pytest.mark.parametrize("name", sorted(gold_texts()))
def test_gold_notices_written_as_ofd_give_the_values_of_their_text(name: str) -> None:
    text = gold_texts()[name]
    ofd = Ofd(is_absolute=True)
    found = read(ofd.document(ofd.pages([line for line in text.splitlines() if line.strip()]))).text
    assert values(found, extract(found)) == values(text, extract(text))


OLD, NEW = "二是追缴资金12万元。", "二是追缴资金35.6万元。"


def versioned(root: str, *versions: tuple[str, str | None], **files: str) -> bytes:
    """A file whose DocBody names a root and versions (file, Current), of documents that say one thing each.

    ``V1`` names the older document and ``V2`` the newer one; ``files`` are parts to hold instead, by their places.
    """
    ofd = Ofd()
    listed = "".join(
        ofd.tag("Version", ID=number, Index=number, Current=current, BaseLoc=place)
        for number, (place, current) in enumerate(versions, start=1)
    )
    body = (ofd.tag("DocRoot", root) if root else "") + ofd.tag("Versions", listed)
    parts = {"OFD.xml": ofd.root("OFD", ofd.tag("DocBody", body))}
    for name, text in (("Document", OLD), ("Document_2", NEW)):
        parts[f"Doc_0/{name}.xml"] = ofd.root("Document", ofd.tag("Pages", ofd.tag("Page", BaseLoc=f"{name}_P.xml")))
        parts[f"Doc_0/{name}_P.xml"] = ofd.root("Page", ofd.content(ofd.text(text, LEFT, TOP)))
    for number, place in enumerate(("/Doc_0/Document.xml", "../Document_2.xml"), start=1):
        listed = ofd.tag("FileList", ofd.tag("File", place, ID=1))
        parts[f"Doc_0/Versions/V{number}.xml"] = ofd.root("DocVersion", listed + ofd.tag("DocRoot", place))
    return packed({**parts, **files})


V1, V2 = "Doc_0/Versions/V1.xml", "Doc_0/Versions/V2.xml"
ROOT = "Doc_0/Document.xml"


@pytest.mark.parametrize(
    ("root", "versions", "text"),
    [
        (ROOT, [(V1, "false"), (V2, "True")], NEW),
        (ROOT, [(V1, None), ("Versions/V2.xml", " 1 ")], NEW),
        ("Doc_0/Document_2.xml", [(V1, "true"), (V2, None)], OLD),
        ("Doc_9/Document.xml", [("/" + V2, "true")], NEW),
        ("", [(V2, "true")], NEW),
        (ROOT, [(V1, None)], OLD),
        (ROOT, [], OLD),
    ],
    ids=["marked", "beside the document", "older", "root missing", "no root", "the root's own", "none"],
)
def test_the_current_version_is_read(root: str, versions: list[tuple[str, str | None]], text: str) -> None:
    data = versioned(root, *versions)
    assert (lines(data), told(data)) == ([text], [])


@pytest.mark.parametrize(
    ("root", "versions", "text", "words"),
    [
        (ROOT, [(V1, None), ("Doc_0/Versions/V9.xml", "true")], OLD, "Doc_0/Versions/V9.xml"),
        (ROOT, [("Doc_0/Document_2.xml", "true")], OLD, "Doc_0/Document_2.xml"),
        (ROOT, [("Versions/V1.xml", "true"), ("Versions/V2.xml", "1")], OLD, "Versions/V2.xml, Versions/V1.xml"),
        (ROOT, [("Versions/V2.xml", None)], OLD, "Versions/V2.xml"),
        ("", [(V1, "true"), (V2, "true")], NEW, f"{V2}, {V1}"[:WORDS_KEPT]),
        ("", [(V1, None), (V2, None)], NEW, f"{V2}, {V1}"[:WORDS_KEPT]),
    ],
    ids=["file missing", "file names none", "two marked", "none marked", "two marked, no root", "none marked, no root"],
)
def test_another_version_than_the_current_one_is_told(
    root: str, versions: list[tuple[str, str | None]], text: str, words: str
) -> None:
    data = versioned(root, *versions)
    assert (lines(data), told(data)) == ([text], [("version", words, "")])


def test_a_version_that_is_not_found_is_an_error_of_the_record() -> None:
    data = versioned(ROOT, ("V9.xml", "true"))
    [chinese], [english] = (
        [each for each in checks(data, lang) if each.code == "version_not_found"] for lang in ("zh", "en")
    )
    assert chinese.severity == "error"
    assert "文件所记的版本:“V9.xml”" in chinese.message
    assert "versions that the file names “V9.xml”" in english.message


def test_a_damaged_version_is_named() -> None:
    with pytest.raises(InputError, match=r"its part 'Doc_0/Versions/V2.xml' is damaged"):
        read(versioned(ROOT, (V2, "true"), **{V2: "<DocVersion"}))


def checks(data: bytes, lang: Lang) -> list[Check]:
    return extract_file(Source("notice.ofd"), data, notice_id="a", lang=lang).notice.checks


def bodies(*roots: str) -> bytes:
    """A file whose OFD.xml names these documents, of which it holds ``Doc_0`` and ``Doc_1``, without lists of pages."""
    ofd = Ofd()
    files = {"OFD.xml": ofd.root("OFD", "".join(ofd.tag("DocBody", ofd.tag("DocRoot", root)) for root in roots))}
    for number, text in enumerate((OLD, NEW)):
        files[f"Doc_{number}/Document.xml"] = ofd.root("Document", "")
        files[f"Doc_{number}/Pages/Page_0/Content.xml"] = ofd.root("Page", ofd.content(ofd.text(text, LEFT, TOP)))
    return packed(files)


def test_a_document_that_the_file_does_not_hold_is_told() -> None:
    data = bodies("Doc_0/Document.xml", "Doc_9/Document.xml")
    assert (lines(data), told(data)) == ([OLD], [("document", "Doc_9/Document.xml", "")])
    assert "document_missing" in [check.code for check in checks(data, "zh")]


def test_documents_are_read_once_each_and_with_their_own_pages() -> None:
    data = bodies("Doc_0/Document.xml", "Doc_1/Document.xml", "/Doc_0/Document.xml")
    assert (lines(data), told(data)) == ([OLD, NEW], [])


def test_a_file_that_holds_none_of_its_documents_is_refused() -> None:
    with pytest.raises(InputError, match="names no document that the file holds"):
        read(bodies("Doc_8/Document.xml", "Doc_9/Document.xml"))
