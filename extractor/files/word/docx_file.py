"""Word documents (.docx) as plain text: paragraphs in order, tables, and the numbers that Word prints by itself.

python-docx opens the package and finds its parts. Its own texts are not used: they lack tracked insertions, content
controls, text boxes and chunks of other formats, and a notice must not lose a paragraph to the way it was typed.
Deleted, struck and hidden text, headers, footers, notes and comments are left out and accounted for.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from extractor.errors import InputError
from extractor.files.parts.left_out import WORDS_KEPT, Kind, LeftOut, ReadText, left_out
from extractor.files.parts.row_line import row_line
from extractor.files.sources.archive import check_package
from extractor.files.sources.file_limits import Limits
from extractor.files.word.docx_package import as_plain_docx
from extractor.files.word.docx_paragraphs import BOX, NO_TEXT, ParagraphText, plain_text
from extractor.files.word.docx_styles import ParagraphMark, RunStyles, W
from extractor.files.word.numbering import Numbering

Element = Any  # lxml has no types of its own

_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_ASIDE: dict[str, Kind] = {
    "header": "header_footer",
    "footer": "header_footer",
    "footnotes": "note",
    "endnotes": "note",
    "comments": "note",
}
_DEEPEST = 3  # documents within each other
_FOR_A_PICTURE = 200  # characters for each picture: with fewer, the pictures are likely to hold text


def read_docx(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return a Word document's text, one paragraph or table row a line; ``name`` is for messages.

    Raises:
        InputError: it is damaged, no Word document, over the limits of archives, or holds only pictures.
    """
    text, told, pictures = _read(data, name, limits, 1)
    size = len("".join(text.split()))
    if pictures and not size:
        raise InputError(
            f"{name}: holds pictures ({pictures}) and no text; "
            "recognise their text (OCR) first, or find the notice as text"
        )
    if size < _FOR_A_PICTURE * pictures:
        told.append(LeftOut("picture", 0, ""))
    return ReadText(text, tuple(told))


def _read(data: bytes, name: str, limits: Limits, depth: int) -> tuple[str, list[LeftOut], int]:
    """Return a document's text, the account of what is left out, and the number of its pictures."""
    check_package(data, name, limits)
    import docx

    try:
        document = _Document(docx.Document(io.BytesIO(as_plain_docx(data))).part, name, limits, depth)
        lines = list(document.lines())
        return "".join(f"{line}\n" for line in lines), document.account(), document.paragraphs.pictures
    except Exception as error:  # zipfile, lxml and python-docx raise almost anything for a damaged package
        raise InputError(
            f"{name}: cannot be read as a Word document ({type(error).__name__}: {error}); "
            "open it in Word and save it again as docx"
        ) from error


class _Document:
    """A reader of one document, paragraph by paragraph in their order."""

    def __init__(self, part: Any, name: str, limits: Limits, depth: int) -> None:
        from docx.opc.constants import RELATIONSHIP_TYPE

        styles = _related(part, RELATIONSHIP_TYPE.STYLES)
        self.paragraphs = ParagraphText(RunStyles(styles))
        self._styles = RunStyles(styles)
        self._numbering = Numbering(_related(part, RELATIONSHIP_TYPE.NUMBERING), styles)
        self._part, self._name, self._limits, self._depth = part, name, limits, depth
        self._told: list[LeftOut] = []
        self._numbers: list[str] = []
        # Text of paragraphs without a mark of their own, to put before and after the next paragraph's number.
        self._head = self._tail = ""

    def lines(self) -> Iterator[str]:
        """Yield the body's lines."""
        yield from self._lines(self._part.element.body)

    def account(self) -> list[LeftOut]:
        """Return the account of what is not among the lines."""
        numbers = [LeftOut("deleted_number", 0, self._numbers[0])] if self._numbers else []
        return self.paragraphs.account() + numbers + self._told + list(_aside(self._part))

    def _lines(self, container: Element) -> Iterator[str]:
        """Yield the lines of a body, a cell or a text box; libxml2 limits the depth to 256 levels."""
        for child in container:
            if child.tag == f"{W}p":
                yield from self._paragraph(child)
            elif child.tag == f"{W}tr":
                yield from self._row(child)
            elif child.tag == f"{W}altChunk":
                yield from self._chunk(child.get(_RELATIONSHIP, ""))
            elif child.tag == f"{W}tbl":
                yield from self._rest()
                yield from self._lines(child)
            elif child.tag not in NO_TEXT:  # content controls, tracked insertions: the text is inside
                yield from self._lines(child)
        yield from self._rest()

    def _rest(self) -> Iterator[str]:
        rest, self._head, self._tail = self._head + self._tail, "", ""
        yield from _split(rest)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        text = self.paragraphs.take(paragraph)
        missed = self.paragraphs.has_missed
        mark = self._styles.mark(paragraph)
        if mark.deleted or (mark.hidden and not text.strip()):
            if self._numbering.is_numbered(paragraph):
                self._numbers.append(" ".join(plain_text(paragraph).split())[:WORDS_KEPT])
            self._tail += text
        elif mark.hidden:
            self._head += self._tail + self._numbering.label(paragraph) + text
            self._tail = ""
        else:
            label = self._numbering.label(paragraph)
            whole = self._head + label + self._tail + text
            self._head = self._tail = ""
            if missed and whole == label:  # Word prints a number without text
                self._numbers += [label.strip()] if label else []
            else:
                yield from _split(whole)
        yield from self._boxes(paragraph, mark)

    def _boxes(self, paragraph: Element, mark: ParagraphMark) -> Iterator[str]:
        if mark.deleted:
            return
        head, tail, self._head, self._tail = self._head, self._tail, "", ""
        for box in paragraph.iter(BOX):
            if not any(self._hides(parent, paragraph) for parent in _between(box, paragraph)):
                yield from self._lines(box)
        self._head, self._tail = head, tail

    def _hides(self, element: Element, paragraph: Element) -> bool:
        if element.tag in NO_TEXT or element.tag in (BOX, f"{W}del"):
            return True
        return element.tag == f"{W}r" and self._styles.shown(element.find(f"{W}rPr"), paragraph).hidden

    def _row(self, row: Element) -> Iterator[str]:
        """Yield a table row: one line with tabs, or the cells' lines in their order if a cell has two."""
        properties = row.find(f"{W}trPr")
        for tag, kind in (("del", "struck"), ("hidden", "hidden")):
            stated = None if properties is None else properties.find(f"{W}{tag}")
            if stated is not None and stated.get(f"{W}val") not in ("0", "false", "off"):
                self.paragraphs.leave_out(kind, [row])  # type: ignore[arg-type]
                return
        own = [cell for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr")) is row]
        unseen = {cell: why for cell in own if (why := _why_unseen(cell)) is not None}
        for cell, why in unseen.items():
            self.paragraphs.leave_out(why, [cell])
        cells = [[] if cell in unseen else list(self._lines(cell)) for cell in own]
        if all(len(cell) <= 1 for cell in cells):
            line = row_line([cell[0] if cell else "" for cell in cells])
            if line:
                yield line
        else:
            for cell in cells:
                yield from cell

    def _chunk(self, identifier: str) -> Iterator[str]:
        """Yield the lines of an embedded part in another format, which Word shows in its place."""
        relation = self._part.rels.get(identifier)
        if relation is None or relation.is_external:
            self._told.append(left_out("embedded", "" if relation is None else relation.target_ref))
            return
        target = relation.target_part
        try:
            text, told = _read_chunk(target.blob, f"{self._name}!{target.partname}", self._limits, self._depth)
        except InputError:
            self._told.append(left_out("embedded", str(target.partname)))
            return
        self._told += told
        yield from _split(text)


def _read_chunk(data: bytes, name: str, limits: Limits, depth: int) -> tuple[str, list[LeftOut]]:
    """Read an embedded part: a page, a saved page, plain text, or another document.

    Raises:
        InputError: it has another format, or cannot be read.
    """
    from extractor.files.page.html_text import declared_charset, read_page
    from extractor.files.page.mhtml import SavedPage, read_saved_page
    from extractor.files.sources.charset import decode
    from extractor.files.sources.signatures import is_page, is_saved_page

    if data.startswith(b"PK\x03\x04"):
        if depth >= _DEEPEST:
            raise InputError(f"{name}: lies {depth} documents deep, {_DEEPEST} are read")
        return _read(data, name, limits, depth + 1)[:2]
    saved = read_saved_page(data, name) if is_saved_page(data) else SavedPage(data, None, {}, [])
    if not (is_saved_page(data) or is_page(data)):
        if data.startswith(b"{\\rtf"):
            raise InputError(f"{name}: is RTF")
        return decode(data, name).text, []
    source = decode(saved.page, name, saved.charset or declared_charset(saved.page), damage=0.001).text
    page = read_page(source.replace("\r\n", "\n").replace("\r", "\n"), name, saved.frames, saved.styles)
    return "".join(f"{line.text}\n" for line in page.lines), saved.left_out + page.left_out


def _aside(part: Any) -> Iterator[LeftOut]:
    """Account for headers, footers, notes and comments."""
    from docx.oxml import parse_xml

    for relation in part.rels.values():
        name = relation.reltype.rpartition("/")[2]
        if name not in _ASIDE or relation.is_external:
            continue
        root = parse_xml(relation.target_part.blob)
        text = plain_text(root)
        if text.strip():
            yield left_out(_ASIDE[name], text)
        for path in root.iter(_TEXT_PATH):
            yield left_out("watermark", path.get("string", ""))


def _related(part: Any, kind: str) -> Element | None:
    try:
        return part.part_related_by(kind).element
    except KeyError:
        return None


def _why_unseen(cell: Element) -> Kind | None:
    """Return why a cell is not shown (deleted, or merged with the one above), or None."""
    properties = cell.find(f"{W}tcPr")
    if properties is None:
        return None
    if properties.find(f"{W}cellDel") is not None:
        return "struck"
    merged = properties.find(f"{W}vMerge")
    return "hidden" if merged is not None and merged.get(f"{W}val") != "restart" else None


def _split(text: str) -> Iterator[str]:
    yield from (line for line in text.split("\n") if line.strip())


def _between(element: Element, ancestor: Element) -> Iterator[Element]:
    for parent in element.iterancestors():
        if parent is ancestor:
            return
        yield parent
