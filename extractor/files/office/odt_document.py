"""OpenDocument texts (.odt, .ott, .fodt) as docx, so that our own reader treats their hidden text, boxes and tables.

Numbers of lists and headings are counted here and written as words. Deleted text, which the format keeps apart from the
text, is named and not read. Libraries that were tried, odfdo 3.27.3 and odfpy 1.4.1, give no numbers, but hidden or
deleted text, and lose text boxes or have them twice.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from xml.sax.saxutils import escape, quoteattr

from extractor.errors import InputError
from extractor.files.office.odt_numbers import STYLE, TEXT, OdtNumbers, OpenList
from extractor.files.parts.left_out import LeftOut, left_out
from extractor.files.sources.archive import check_package
from extractor.files.sources.file_limits import Limits, size_in_mb
from extractor.files.word.word_xml import body_as_docx

Element = Any  # lxml has no types of its own

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DRAW = "{urn:oasis:names:tc:opendocument:xmlns:drawing:1.0}"
_FORMAT = "{urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0}"
_SVG = "{urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0}"
_DEEPEST = 40  # elements with text in each other: lists, tables, boxes
_MOST_CELLS = 100_000
_MOST_EMPTY = 50  # empty cells that one repeated cell stands for
_MOST_BLANKS = 1000  # that one element stands for
_BLANKS = re.compile(r"[ \t\r\n]+")
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OF_SYMBOLS = re.compile("[\uf000-\uf0ff]")  # codes of fonts of signs, such as Wingdings
_PARAGRAPHS = (f"{TEXT}p", f"{TEXT}h")
_AGAIN = f"{_TABLE}number-columns-repeated"
_COVERED = f"{_TABLE}covered-table-cell"
_SHAPES = frozenset(
    f"{_DRAW}{name}"
    for name in (
        "custom-shape", "rect", "ellipse", "circle", "polygon", "regular-polygon", "path", "line", "polyline",
        "connector", "caption", "measure", "text-box",
    )
)  # fmt: skip
_OBJECTS = frozenset(f"{_DRAW}{name}" for name in ("object", "object-ole", "applet", "plugin", "floating-frame"))
_NO_TEXT = frozenset(
    [
        f"{TEXT}{name}"
        for name in (
            "sequence-decls", "variable-decls", "user-field-decls", "dde-connection-decls", "ruby-text", "script",
            "alphabetical-index-auto-mark-file", "table-of-content-source", "illustration-index-source",
            "table-index-source", "object-index-source", "user-index-source", "alphabetical-index-source",
            "bibliography-source",
        )
    ]
    + [f"{_OFFICE}{name}" for name in ("forms", "annotation-end", "event-listeners", "binary-data", "scripts")]
    + [f"{_SVG}title", f"{_SVG}desc", f"{_DRAW}enhanced-geometry", f"{_DRAW}glue-point"]
)  # fmt: skip


class OdtAsWord(NamedTuple):
    """A text as docx.

    ``left_out`` are deleted and hidden text, notes and headers; ``lacks_numbers`` says that a number's form is unknown.
    """

    data: bytes
    left_out: tuple[LeftOut, ...]
    lacks_numbers: bool


def odt_as_docx(data: bytes, name: str, limits: Limits) -> OdtAsWord:
    """Return an OpenDocument text, packed or in one file, as a docx; ``name`` is for messages.

    Raises:
        InputError: it is damaged, encrypted, nested too deep, or exceeds a limit.
    """
    try:
        parts = _parts(data, name, limits)
        reader = _OdtReader(parts, name)
        body = reader.body()
    except InputError:
        raise
    except Exception as error:  # zipfile and lxml raise almost anything for a damaged package
        raise InputError(
            f"{name}: cannot be read as an OpenDocument text ({type(error).__name__}: {error}); "
            "open it in LibreOffice and save it again"
        ) from error
    return OdtAsWord(body_as_docx(body), tuple(reader.left_out), reader.lacks_numbers)


def _parts(data: bytes, name: str, limits: Limits) -> list[Element]:
    """Return the roots of a document's content and styles.

    Raises:
        InputError: it is encrypted, or exceeds a limit.
    """
    if not data.startswith(b"PK"):
        return [_root(data, name, limits)]
    check_package(data, name, limits)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        members = package.namelist()
        manifest = "META-INF/manifest.xml"
        if "encrypted-package" in members or (manifest in members and b"encryption-data" in package.read(manifest)):
            raise InputError(f"{name}: is encrypted; save a copy without password and give that")
        return [_root(package.read(part), name, limits) for part in ("content.xml", "styles.xml") if part in members]


def _root(data: bytes, name: str, limits: Limits) -> Element:
    from lxml import etree

    if len(data) > limits.xml_bytes:
        raise InputError(f"{name}: holds more than {size_in_mb(limits.xml_bytes)} of XML; save it as docx")
    # Entities and outside files are not resolved: a document is data.
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    root = etree.fromstring(data, parser)
    if root.getroottree().docinfo.doctype:
        raise InputError(f"{name}: has a document type definition, as no office writes one; save it as docx")
    return root


class _Face(NamedTuple):
    """The look that a style gives to text; None is that of the text around it."""

    hidden: bool | None = None
    struck: bool | None = None
    raised: bool | None = None
    font: str | None = None

    def over(self, below: _Face) -> _Face:
        """Return this look, and where it says nothing that of ``below``."""
        return _Face(
            below.hidden if self.hidden is None else self.hidden,
            below.struck if self.struck is None else self.struck,
            below.raised if self.raised is None else self.raised,
            below.font if self.font is None else self.font,
        )


class _Faces:
    """The looks of a document's styles, and the list styles of its paragraphs' styles."""

    def __init__(self, roots: list[Element]) -> None:
        self._styles: dict[tuple[str, str], Element] = {}
        for root in reversed(roots):  # the content's own styles count before those of the document
            for style in root.iter(f"{STYLE}style"):
                self._styles[style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")] = style
        self._known: dict[tuple[str, str], _Face] = {}

    def face(self, family: str, name: str | None) -> _Face:
        """Return the look of a style with those that it is based on."""
        key = (family, name or "")
        if key not in self._known:
            found = _Face()
            for style in self._with_parents(*key):
                found = found.over(_own_face(style))
            self._known[key] = found
        return self._known[key]

    def list_style(self, name: str | None) -> str | None:
        """Return the list style of a paragraph's style; "" where it says none, None where it says nothing."""
        named = (style.get(f"{STYLE}list-style-name") for style in self._with_parents("paragraph", name or ""))
        return next((each for each in named if each is not None), None)

    def _with_parents(self, family: str, name: str) -> Iterator[Element]:
        seen: set[str] = set()
        while name and name not in seen and (style := self._styles.get((family, name))) is not None:
            yield style
            seen.add(name)
            name = style.get(f"{STYLE}parent-style-name", "")


def _own_face(style: Element) -> _Face:
    properties = style.find(f"{STYLE}text-properties")
    if properties is None:
        return _Face()
    display, place = properties.get(f"{TEXT}display"), properties.get(f"{STYLE}text-position")
    lines = [properties.get(f"{STYLE}text-line-through-{kind}") for kind in ("style", "type")]
    return _Face(
        None if display is None else display == "none",
        None if lines == [None, None] else any(line not in (None, "none") for line in lines),
        None if place is None else place.startswith("super") or (place[:1].isdigit() and not place.startswith("0%")),
        properties.get(f"{STYLE}font-name") or properties.get(f"{_FORMAT}font-family"),
    )


class _Line:
    """A paragraph in the making: its runs, and whether it has text, and any that is shown."""

    def __init__(self, look: _Face) -> None:
        self.runs: list[str] = []
        self.is_shown = self.has_text = self.is_hidden = False
        self.ends_blank = True  # blanks at a line's beginning are none
        self.look = look


class _OdtReader:
    """Reads a document element by element."""

    def __init__(self, roots: list[Element], name: str) -> None:
        self.left_out: list[LeftOut] = []
        self._roots, self._name = roots, name
        self._faces, self._numbers = _Faces(roots), OdtNumbers(roots)
        self._depth = self._cells = 0
        self._hidden = _Face()  # of the sections around
        self._line: _Line | None = None
        self._blocks: Mapping[str, Callable[[Element], str]] = {
            f"{TEXT}p": self._paragraph,
            f"{TEXT}h": self._heading,
            f"{TEXT}list": self._list,
            f"{TEXT}numbered-paragraph": self._numbered_paragraph,
            f"{TEXT}section": self._section,
            f"{TEXT}tracked-changes": self._deleted,
            f"{_TABLE}table": self._table,
        }
        self._inline: Mapping[str, Callable[[Element], None]] = {
            f"{TEXT}s": self._blanks,
            f"{TEXT}tab": lambda _: self._run("<w:tab/>"),
            f"{TEXT}line-break": lambda _: self._run("<w:br/>"),
            f"{TEXT}span": self._span,
            f"{TEXT}note": self._note,
            f"{_OFFICE}annotation": self._note,
            f"{TEXT}hidden-text": self._hidden_text,
            f"{TEXT}hidden-paragraph": self._hidden_paragraph,
            f"{_DRAW}frame": self._frame,
        }

    @property
    def lacks_numbers(self) -> bool:
        """True if a number is of a form that is not known."""
        return self._numbers.are_unknown

    def body(self) -> str:
        """Return the document's paragraphs and tables in WordprocessingML.

        Raises:
            InputError: the file holds no text document, is nested too deep, or repeats its cells too often.
        """
        text = next(self._roots[0].iter(f"{_OFFICE}text"), None) if self._roots else None
        if text is None:
            raise InputError(f"{self._name}: holds no OpenDocument text; open it in LibreOffice and save it again")
        body = self._all(text)
        for root in self._roots:
            self._headers(root)
        return body

    def _headers(self, root: Element) -> None:
        for tag in ("header", "footer", "header-left", "footer-left", "header-first", "footer-first"):
            for part in root.iter(f"{STYLE}{tag}"):
                words = _words(part)
                self.left_out += [left_out("header_footer", words)] if words.strip() else []

    @contextmanager
    def _deeper(self) -> Iterator[None]:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise InputError(f"{self._name}: its lists, tables or boxes are nested too deep; save it as docx")
        yield
        self._depth -= 1

    def _all(self, container: Element) -> str:
        """Return the blocks inside an element: a body, a cell, a box."""
        with self._deeper():
            return "".join(self._block(child) for child in container if isinstance(child.tag, str))

    def _block(self, element: Element) -> str:
        if element.tag in _NO_TEXT:
            return ""
        read = self._blocks.get(element.tag)
        if read is not None:
            return read(element)
        if element.tag.startswith(_DRAW):  # anchored to a page
            return self._whole_line(element, "", _Face())
        return self._all(element)

    def _paragraph(self, element: Element, label: str = "") -> str:
        look = self._faces.face("paragraph", element.get(f"{TEXT}style-name"))
        with self._deeper():
            return self._whole_line(element, label, look)

    def _heading(self, element: Element) -> str:
        numbered = self._faces.list_style(element.get(f"{TEXT}style-name")) != ""
        return self._paragraph(element, self._numbers.heading_label(element) if numbered else "")

    def _whole_line(self, element: Element, label: str, look: _Face) -> str:
        """Return a paragraph of what an element holds, or of a drawing."""
        outer, self._line = self._line, _Line(self._hidden.over(look))
        if element.tag in _PARAGRAPHS:
            self._content(element)
        else:
            self._inside(element)
        line, self._line = self._line, outer
        is_numbered = label and (line.is_shown or not line.has_text)
        number = f'<w:r><w:t xml:space="preserve">{escape(label)}</w:t></w:r>' if is_numbered else ""
        return f"<w:p>{number}{''.join(line.runs)}</w:p>"

    def _content(self, element: Element) -> None:
        """Read the text and the elements inside an element of a line."""
        self._text(element.text)
        for child in element:
            if isinstance(child.tag, str):
                self._inside(child)
            self._text(child.tail)

    def _inside(self, element: Element) -> None:
        if element.tag in _NO_TEXT:
            return
        read = self._inline.get(element.tag)
        if read is not None:
            read(element)
        elif element.tag in _SHAPES:
            self._box(element)
        elif element.tag in _OBJECTS:
            self._run("<w:object><o:OLEObject ProgID='object'/></w:object>")
        elif element.tag in self._blocks and element.tag != f"{TEXT}section":
            self._box(element.getparent())  # a block where a line's text is expected
        else:
            with self._deeper():
                self._content(element)

    def _text(self, text: str | None) -> None:
        line = self._line
        if not text or line is None:
            return
        words = _BLANKS.sub(" ", _UNPRINTABLE.sub("", text))
        words = words.removeprefix(" ") if line.ends_blank else words
        if words:
            line.ends_blank, line.has_text = words.endswith(" "), True
            is_read = not (line.is_hidden or line.look.hidden or line.look.struck)
            line.is_shown = line.is_shown or (is_read and bool(words.strip()))
            font = quoteattr(line.look.font or "") if _OF_SYMBOLS.search(words) else ""
            self._run(
                f'<w:t xml:space="preserve">{escape(words)}</w:t>',
                font and f"<w:rFonts w:ascii={font} w:hAnsi={font}/>",
            )

    def _run(self, inner: str, marks: str = "") -> None:
        line = self._line
        if line is None:
            return
        hidden, struck, raised, _ = line.look
        marks += "<w:vanish/>" * bool(hidden or line.is_hidden) + "<w:strike/>" * bool(struck)
        marks += '<w:vertAlign w:val="superscript"/>' * bool(raised)
        line.runs.append(f"<w:r><w:rPr>{marks}</w:rPr>{inner}</w:r>")

    def _blanks(self, element: Element) -> None:
        self._run(f'<w:t xml:space="preserve">{" " * min(_count(element, f"{TEXT}c"), _MOST_BLANKS)}</w:t>')

    def _span(self, element: Element) -> None:
        if self._line is None:
            return
        look = self._line.look
        own = self._faces.face("text", element.get(f"{TEXT}style-name")).over(look)
        self._line.look = own._replace(hidden=self._hidden.hidden or own.hidden)
        with self._deeper():
            self._content(element)
        self._line.look = look

    def _note(self, element: Element) -> None:
        """Leave out a note, whose mark is no digit of the text, or a comment."""
        body = element.find(f"{TEXT}note-body")
        words = _words(element if body is None else body)
        self.left_out += [left_out("note", words)] if words.strip() else []

    def _hidden_text(self, element: Element) -> None:
        words = element.get(f"{TEXT}string-value") or _words(element)
        if element.get(f"{TEXT}is-hidden") == "false":
            self._text(words)
        else:
            self.left_out += [left_out("hidden", words)] if words.strip() else []

    def _hidden_paragraph(self, element: Element) -> None:
        line = self._line
        if element.get(f"{TEXT}is-hidden") == "true" and line is not None and not line.is_hidden:
            line.is_hidden, line.is_shown = True, False
            line.runs = [run.replace("<w:rPr>", "<w:rPr><w:vanish/>") for run in line.runs]

    def _frame(self, element: Element) -> None:
        """Read the first of a frame's forms that it is shown by: a box, an object, a picture."""
        for child in element:
            if child.tag in _SHAPES or child.tag in _OBJECTS:
                self._inside(child)
                return
            if child.tag == f"{_DRAW}image":
                self._run("<w:pict><v:shape><v:imagedata/></v:shape></w:pict>")
                return
        self._box(element)

    def _box(self, element: Element) -> None:
        line, self._line = self._line, None
        inner = self._all(element)
        self._line = line
        if inner:
            self._run(
                f"<w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict>"
            )

    def _section(self, element: Element) -> str:
        """Read a section, which may be hidden as a whole."""
        is_hidden = element.get(f"{TEXT}display") == "none" or (
            element.get(f"{TEXT}display") == "condition" and element.get(f"{TEXT}is-hidden") == "true"
        )
        outer = self._hidden
        self._hidden = _Face(hidden=True) if is_hidden else outer
        inner = self._all(element)
        self._hidden = outer
        return inner

    def _deleted(self, element: Element) -> str:
        for deletion in element.iter(f"{TEXT}deletion"):
            words = _words(deletion)
            self.left_out += [left_out("struck", words)] if words.strip() else []
        return ""

    def _list(self, element: Element) -> str:
        style = element.get(f"{TEXT}style-name")
        if style is None:
            first = next(element.iter(*_PARAGRAPHS), None)
            style = self._faces.list_style(first.get(f"{TEXT}style-name")) if first is not None else None
        return self._items(element, self._numbers.opened(element, style or ""), style or "", 1)

    def _items(self, element: Element, numbers: OpenList, style: str, level: int) -> str:
        with self._deeper():
            pieces = []
            for item in element:
                is_item = item.tag == f"{TEXT}list-item"
                start = item.get(f"{TEXT}start-value") if is_item else None
                own = item.get(f"{TEXT}style-override") if is_item else None
                pieces.append(self._item(item, _Item(numbers, own or style, level, start, is_item)))
            return "".join(pieces)

    def _item(self, item: Element, at: _Item) -> str:
        """Read an item: its first paragraph has its number, lists inside go a level deeper."""
        pieces, is_first = [], at.is_numbered
        for child in item:
            if child.tag == f"{TEXT}list":
                style = child.get(f"{TEXT}style-name") or at.style
                pieces.append(self._items(child, at.numbers, style, at.level + 1))
            elif child.tag in _PARAGRAPHS and is_first:
                label = self._numbers.label(at.numbers, at.style, at.level, at.start)
                pieces.append(self._paragraph(child, label))
                is_first = False
            elif child.tag in _PARAGRAPHS:
                pieces.append(self._paragraph(child))
            else:
                pieces.append(self._block(child))
        return "".join(pieces)

    def _numbered_paragraph(self, element: Element) -> str:
        style = element.get(f"{TEXT}style-name", "")
        level = _count(element, f"{TEXT}level")
        numbers = self._numbers.opened(element, style)
        return self._item(element, _Item(numbers, style, level, element.get(f"{TEXT}start-value"), is_numbered=True))

    def _table(self, element: Element) -> str:
        with self._deeper():
            blocks = _Blocks()
            rows = "".join(self._row(row, blocks) for row in _rows_of(element))
        return f"<w:tbl>{rows}</w:tbl>" if rows else ""

    def _row(self, row: Element, blocks: _Blocks) -> str:
        cells: list[str] = []
        for cell, is_below in blocks.cells(row):
            if is_below:
                cells.append("<w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p/></w:tc>")
            elif cell.tag == f"{_TABLE}table-cell":
                inner = self._all(cell)
                count = _count(cell, _AGAIN)
                count = count if _words(cell).strip() else min(count, _MOST_EMPTY)
                self._take_cells(count)
                cells += [f"<w:tc>{inner or '<w:p/>'}</w:tc>"] * count
            if cell.tag == _COVERED and (words := _words(cell)).strip():
                self.left_out.append(left_out("hidden", words))
        line = f"<w:tr>{''.join(cells)}</w:tr>"
        count = _count(row, f"{_TABLE}number-rows-repeated") if _words(row).strip() else 1
        self._take_cells((count - 1) * len(cells))
        return line * count if cells else ""

    def _take_cells(self, count: int) -> None:
        self._cells += count
        if self._cells > _MOST_CELLS:
            raise InputError(f"{self._name}: has more than {_MOST_CELLS:,} cells in tables; save it as docx")


class _Blocks:
    """The merged cells of a table, row by row."""

    def __init__(self) -> None:
        self._below: dict[int, tuple[int, int]] = {}  # by its first column: rows that follow, columns

    def cells(self, row: Element) -> Iterator[tuple[Element, bool]]:
        """Yield a row's cells, and whether one lies below the first row of a merged block: once for each block."""
        column, behind = 0, 0  # covered columns behind a cell or a block
        for cell in row:
            if cell.tag == _COVERED and not behind and column in self._below:
                rows, columns = self._below.pop(column)
                if rows > 1:
                    self._below[column] = (rows - 1, columns)
                behind = columns - 1
                yield cell, True
            elif cell.tag == _COVERED:
                behind = max(0, behind - _count(cell, _AGAIN))
                yield cell, False
            elif cell.tag == f"{_TABLE}table-cell":
                behind = _count(cell, f"{_TABLE}number-columns-spanned") - 1
                rows = _count(cell, f"{_TABLE}number-rows-spanned") - 1
                if rows:
                    self._below[column] = (rows, behind + 1)
                yield cell, False
            column += _count(cell, _AGAIN)


class _Item(NamedTuple):
    """An item's place: its list's numbers and style, its level from 1, the number it starts with, if it has one."""

    numbers: OpenList
    style: str
    level: int
    start: str | None
    is_numbered: bool


def _rows_of(table: Element) -> Iterator[Element]:
    """Yield a table's rows, those of its heading and of groups included, but none of tables inside it."""
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in (f"{_TABLE}table-header-rows", f"{_TABLE}table-rows", f"{_TABLE}table-row-group"):
            yield from _rows_of(child)


def _count(element: Element, name: str) -> int:
    text = element.get(name, "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 9 else 1


def _words(element: Element) -> str:
    """Return all words of an element, a line for each paragraph."""
    paragraphs = list(element.iter(*_PARAGRAPHS))
    return "\n".join("".join(each.itertext()) for each in paragraphs) if paragraphs else ""
