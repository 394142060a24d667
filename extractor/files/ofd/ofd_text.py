"""OFD files as plain text, one paragraph a line, with an account of what is left out.

``ofd_package`` opens the parts, ``ofd_drawing`` places the characters; from there on an OFD page is read as a PDF page
is. Signed files are read as they stand: seals lie in parts of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from operator import attrgetter
from typing import Literal, NamedTuple

from extractor.errors import InputError
from extractor.files.ofd.ofd_documents import named_documents
from extractor.files.ofd.ofd_drawing import POINTS, Budget, Drawer, Drawing, Resources
from extractor.files.ofd.ofd_package import Element, OfdPackage, child_text, children
from extractor.files.ofd.ofd_values import numbers
from extractor.files.parts.left_out import WORDS_KEPT, Kind, LeftOut, ReadText, left_out
from extractor.files.pdf.drawings import Box, Surroundings, cover_half, may_be_text, may_show_text
from extractor.files.pdf.glyphs import UNMAPPED, Glyphs
from extractor.files.pdf.printed_lines import Row
from extractor.files.pdf.printed_pages import PrintedPage, printed_page, printed_text
from extractor.files.pdf.visible_glyphs import middle
from extractor.files.sources.file_limits import Limits

_A4 = [0.0, 0.0, 210.0, 297.0]  # millimetres
_TO_SPARE = 4  # objects and characters that a document may draw for each character of text that is read
_UNREADABLE = 0.4  # share of characters without a meaning: a text with more is useless


def read_ofd(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return an OFD's text and the account of what is left out; ``name`` is for messages.

    Raises:
        InputError: it is damaged, encrypted, too long, or has no text.
    """
    package = OfdPackage(data, name, limits)
    budget = Budget(_TO_SPARE * limits.text_characters, name)
    named = named_documents(package)
    documents = [_Document(package, part, budget) for part in named.parts]
    places = [(document, page) for document in documents for page in document.pages()]
    if len(places) > limits.pdf_pages:
        raise InputError(f"{name}: has {len(places)} pages, {limits.pdf_pages} are read; cut it to the notice")
    read = [(document, document.read_page(page, number)) for number, (document, page) in enumerate(places, start=1)]
    attached = [entry for document in documents for entry in document.attachments()]
    # Documents in one file are read one after the other: no paragraph goes on from one into the next.
    texts = [printed_text(page.printed for holder, page in read if holder is document).read for document in documents]
    found = ReadText("".join(each.text for each in texts), tuple(entry for each in texts for entry in each.left_out))
    if not found.text.strip():
        raise InputError(f"{name}: {_reason([page for _, page in read])}")
    if found.text.count(UNMAPPED) > _UNREADABLE * len(found.text):
        raise InputError(f"{name}: its text holds glyph numbers, not characters; recognise its text (OCR) first")
    return found._replace(left_out=(*named.left_out, *found.left_out, *attached))


class _ReadPage(NamedTuple):
    """A page as drawn and as read."""

    drawing: Drawing
    printed: PrintedPage


class _Document:
    """One document of a package, with what its pages share."""

    def __init__(self, package: OfdPackage, part: str, budget: Budget) -> None:
        self._package, self._part = package, part
        self._root = package.root(part)
        common = next(children(self._root, "CommonData"), None)
        self._common: list[Element] = [] if common is None else list(children(common))
        self._box = _paper_box(common) or _A4
        self._drawer = Drawer(self._resources(), budget)
        self._annotations = self._annotation_parts()
        self._templates = {
            element.get("ID", ""): element for element in self._common if element.tag.endswith("TemplatePage")
        }

    def pages(self) -> list[Element | str]:
        """Return the pages in order: elements that name them, or else the keys of parts that look like pages."""
        listed = [page for pages in children(self._root, "Pages") for page in children(pages, "Page")]
        return listed or self._package.page_parts(self._part)

    def read_page(self, page: Element | str, number: int) -> _ReadPage:
        """Read page ``number`` (from 1).

        Raises:
            InputError: its part is missing or damaged.
        """
        location = page if isinstance(page, str) else page.get("BaseLoc", "")
        part = location if isinstance(page, str) else self._package.place(location, self._part)
        if not part:
            raise InputError(
                f"{self._package.name}: page {number} ({location!r}) is missing in the file; fetch it again"
            )
        root = self._package.root(part)
        drawing = Drawing(_paper(_paper_box(root) or self._box))
        for template in self._templates_of(root, "Background"):
            self._drawer.draw(template, drawing)
        self._drawer.draw(root, drawing)
        for template in self._templates_of(root, "Foreground"):
            self._drawer.draw(template, drawing)
        printed = _printed(drawing, number)
        identifier = "" if isinstance(page, str) else page.get("ID", "")
        return _ReadPage(drawing, printed._replace(left_out=[*printed.left_out, *self._notes(identifier, number)]))

    def attachments(self) -> Iterator[LeftOut]:
        """Yield an entry for each attached file."""
        for listed in children(self._root, "Attachments"):
            part = self._package.place((listed.text or "").strip(), self._part)
            if part:
                for attachment in children(self._package.root(part), "Attachment"):
                    yield LeftOut("embedded", 0, attachment.get("Name", "")[:WORDS_KEPT])

    def _templates_of(self, root: Element, order: str) -> Iterator[Element]:
        """Yield the contents of the templates that a page names, once each: those drawn before or after its own."""
        parts = dict.fromkeys(self._template_parts(root, order))
        yield from map(self._package.root, parts)

    def _template_parts(self, root: Element, order: str) -> Iterator[str]:
        for reference in children(root, "Template"):
            template = self._templates.get(reference.get("TemplateID", ""))
            if template is None:
                continue
            is_foreground = (reference.get("ZOrder") or template.get("ZOrder", "")) == "Foreground"
            part = self._package.place(template.get("BaseLoc", ""), self._part)
            if part and is_foreground == (order == "Foreground"):
                yield part

    def _resources(self) -> Resources:
        """Return what the document's resource parts hold, by ID."""
        found = Resources({}, {}, {})
        composites, parameters, fonts = dict[str, Element](), dict[str, Element](), dict[str, str]()
        for listed in self._common:
            if not listed.tag.endswith(("PublicRes", "DocumentRes")):
                continue
            part = self._package.place((listed.text or "").strip(), self._part)
            for group in children(self._package.root(part)) if part else ():
                for element in children(group, "CompositeGraphicUnit"):
                    composites[element.get("ID", "")] = element
                for element in children(group, "DrawParam"):
                    parameters[element.get("ID", "")] = element
                for element in children(group, "Font"):
                    fonts[element.get("ID", "")] = element.get("FontName", "")
        return found._replace(composites=composites, parameters=parameters, fonts=fonts)

    def _annotation_parts(self) -> dict[str, list[str]]:
        """Return the keys of the annotations' parts by the ID of their page."""
        found: dict[str, list[str]] = {}
        for listed in children(self._root, "Annotations"):
            part = self._package.place((listed.text or "").strip(), self._part)
            for page in children(self._package.root(part), "Page") if part else ():
                place = self._package.place(child_text(page, "FileLoc"), part)
                found.setdefault(page.get("PageID", ""), []).extend([place] if place else [])
        return found

    def _notes(self, page: str, number: int) -> Iterator[LeftOut]:
        """Yield an entry for the text of each annotation of a page: watermarks, stamps, remarks."""
        for part in self._annotations.get(page, []) if page else ():
            for annotation in children(self._package.root(part), "Annot"):
                drawing = Drawing(_paper(self._box))
                for appearance in children(annotation, "Appearance"):
                    self._drawer.appearance(appearance, drawing)
                words = "".join(glyph.text for glyph in drawing.glyphs)
                if words.strip():
                    kind: Kind = "watermark" if annotation.get("Type") == "Watermark" else "note"
                    yield left_out(kind, words, f"page {number}")


def _paper_box(holder: Element | None) -> list[float] | None:
    """Return the box (left, top, width, height) in millimetres that an Area or PageArea gives the paper."""
    for area in children(holder, "Area", "PageArea") if holder is not None else ():
        box = numbers(child_text(area, "PhysicalBox"))
        if len(box) == len(_A4) and box[2] > 0 and box[3] > 0:
            return box
    return None


def _paper(box: list[float]) -> Box:
    return Box(0.0, 0.0, box[2] * POINTS, box[3] * POINTS)


def _printed(drawing: Drawing, number: int) -> PrintedPage:
    """Make lines of a page's characters, by the rules of PDF pages."""
    turns = Counter(glyph.look.turn for glyph in drawing.glyphs if glyph.look.turn is not None)
    turn = turns.most_common(1)[0][0] if turns else 0
    paper = drawing.paper
    beside = Surroundings(
        paper,
        drawing.lines,
        partial(cover_half, drawing.pictures, paper.area),
        lambda: sorted([*drawing.pictures, *drawing.tinted], key=attrgetter("area"), reverse=True),
    )
    found = printed_page(Glyphs(drawing.glyphs, turn or 0), beside, number, _drawn(drawing))
    return found._replace(rows=[*found.rows, *_unplaced_rows(drawing.unplaced, number)])


def _unplaced_rows(texts: Sequence[str], number: int) -> Iterator[Row]:
    """Yield a line for each text without a place: below the page, in their order, each a paragraph of its own."""
    for down, text in enumerate(texts, start=1):
        if text.strip():
            yield Row(text, 0.0, float(len(text)), -down - 0.8, -down, 1.0, number, is_table=True)


def _drawn(drawing: Drawing) -> Literal["picture", "curves"] | None:
    """Return the kind of drawing that may hold text, or None: a large picture without text on it, many small shapes."""
    places = [middle(glyph) for glyph in drawing.glyphs]
    if may_show_text(drawing.pictures, places, drawing.paper.area):
        return "picture"
    return "curves" if may_be_text(drawing.shapes, len(places)) else None


def _reason(pages: list[_ReadPage]) -> str:
    remedy = "recognise its text (OCR) first and give the result, or find the notice as a web page"
    if any(page.drawing.pictures for page in pages):
        return f"this OFD is a scan, pictures without text; {remedy}"
    if any(page.printed.drawn == "curves" for page in pages):
        return f"the text of this OFD is drawn as curves, not written; {remedy}"
    return f"this OFD holds no text; if its pages show some, {remedy}"
