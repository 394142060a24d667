"""Word documents (.docx) as plain text: paragraphs in order, tables, and the numbers that Word sets by itself.

python-docx opens the package and finds its parts. Its own texts are not used, since they leave out what stands in
tracked insertions, content controls and text boxes; a notice must not lose a paragraph to the way it was typed.
Deleted and hidden text, headers, footers, footnotes and comments are left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from extractor.errors import InputError
from extractor.files.archive import check_package
from extractor.files.left_out import ReadText
from extractor.files.limits import Limits
from extractor.files.numbering import Numbering

Element = Any  # lxml has no types of its own

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset(
    {f"{_W}{tag}" for tag in ("del", "moveFrom", "pPr", "rPr", "sectPr", "tblPr", "trPr", "tcPr", "sdtPr", "rt")}
    | {_FALLBACK}
)
_CHARACTERS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-"}


def read_docx(data: bytes, name: str, limits: Limits) -> ReadText:
    """Return a Word document's text, one paragraph or table row a line; ``name`` is for messages.

    Raises:
        InputError: it is damaged, no Word document, or over the limits for archives.
    """
    check_package(data, name, limits)
    import docx
    from docx.opc.constants import RELATIONSHIP_TYPE

    try:
        part = docx.Document(io.BytesIO(data)).part
        numbering = Numbering(_related(part, RELATIONSHIP_TYPE.NUMBERING), _related(part, RELATIONSHIP_TYPE.STYLES))
        lines = list(_lines(part.element.body, numbering))
    except Exception as error:  # a damaged package makes zipfile, lxml and python-docx raise almost anything
        raise InputError(
            f"{name}: cannot be read as a Word document ({type(error).__name__}: {error}); "
            "open it in Word and save it again as docx"
        ) from error
    return ReadText("".join(f"{line}\n" for line in lines))


def _related(part: Any, kind: str) -> Element | None:
    try:
        return part.part_related_by(kind).element
    except KeyError:
        return None


def _lines(container: Element, numbering: Numbering) -> Iterator[str]:
    """Yield the lines of what stands in a body, a cell or a text box; depth is bounded by libxml2's 256 levels."""
    for child in container:
        if child.tag == f"{_W}p":
            text = numbering.label(child) + "".join(_text(child))
            yield from (line for line in text.split("\n") if line.strip())
            for box in child.iter(f"{_W}txbxContent"):
                if not any(parent.tag in _LEFT_OUT or parent.tag == box.tag for parent in _between(box, child)):
                    yield from _lines(box, numbering)
        elif child.tag == f"{_W}tr":
            yield from _row(child, numbering)
        elif child.tag not in _LEFT_OUT:  # tables, content controls, tracked insertions: what matters is inside
            yield from _lines(child, numbering)


def _between(element: Element, ancestor: Element) -> Iterator[Element]:
    for parent in element.iterancestors():
        if parent is ancestor:
            return
        yield parent


def _row(row: Element, numbering: Numbering) -> Iterator[str]:
    """Yield a table row: one line with tabs where no cell has two lines, else the cells' lines one after the other."""
    own = (cell for cell in row.iter(f"{_W}tc") if next(cell.iterancestors(f"{_W}tr")) is row)
    cells = [list(_lines(cell, numbering)) for cell in own]
    if all(len(cell) <= 1 for cell in cells):
        line = "\t".join(cell[0] if cell else "" for cell in cells).strip("\t")
        if line:
            yield line
    else:
        for cell in cells:
            yield from cell


def _text(element: Element) -> Iterator[str]:
    """Yield the pieces of text in a paragraph, text boxes aside (they are lines of their own)."""
    for child in element:
        if child.tag in (f"{_W}t", f"{_MATH}t"):
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            page_break = child.get(f"{_W}type") in ("page", "column")
            yield "" if page_break else _CHARACTERS[child.tag]
        elif child.tag not in _LEFT_OUT and child.tag != f"{_W}txbxContent" and not _is_hidden(child):
            yield from _text(child)


def _is_hidden(run: Element) -> bool:
    vanish = run.find(f"{_W}rPr/{_W}vanish")
    return vanish is not None and vanish.get(f"{_W}val") not in ("0", "false")
