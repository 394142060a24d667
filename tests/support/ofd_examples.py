"""Short notices written as OFD files, in the ways in which programs write them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from pdf_examples import NOTICE

from extractor.files.ofd.ofd_text import read_ofd
from extractor.files.parts.left_out import ReadText
from extractor.files.sources.file_limits import Limits

NAMESPACE = "http://www.ofdspec.org/2016"
SIZE, PITCH = 5.0, 9.0  # millimetres
LEFT, TOP, ROOM = 28.0, 40.0, 154.0
LINES = 25  # of a page
NEVER_FIRST = ",.;:)。，、；：”》）"


@dataclass(frozen=True)
class Line:
    """A printed line with its indent in characters."""

    text: str
    indent: int = 0


@dataclass
class Ofd:
    """A file to write: the parts of its XML, without the root's namespace."""

    prefix: str = "ofd"
    is_absolute: bool = False
    namespace: str = NAMESPACE
    parts: dict[str, str] = field(default_factory=dict)

    def tag(self, name: str, inside: str = "", **attributes: object) -> str:
        """An element; attributes that are None are not written."""
        written = "".join(f' {key}="{escape(str(value))}"' for key, value in attributes.items() if value is not None)
        named = f"{self.prefix}:{name}" if self.prefix else name
        return f"<{named}{written}>{inside}</{named}>"

    def root(self, name: str, inside: str) -> str:
        """The root element of a part, with the namespace."""
        whole = self.tag(name, inside)
        key = f"xmlns:{self.prefix}" if self.prefix else "xmlns"
        named = f"{self.prefix}:{name}" if self.prefix else name
        return '<?xml version="1.0" encoding="UTF-8"?>' + whole.replace(
            f"<{named}", f'<{named} {key}="{self.namespace}"', 1
        )

    def place(self, location: str) -> str:
        """How a part of the document's folder is named."""
        return f"/Doc_0/{location}" if self.is_absolute else location

    def document(self, pages: Sequence[str], common: str = "", rest: str = "") -> bytes:
        """The package with these pages' contents, in the order in which they are read."""
        area = self.tag("PageArea", self.tag("PhysicalBox", "0 0 210 297"))
        listed = "".join(
            self.tag("Page", ID=number, BaseLoc=self.place(f"Pages/Page_{number}/Content.xml"))
            for number in range(len(pages))
        )
        body = self.tag("CommonData", area + common) + self.tag("Pages", listed) + rest
        entry = self.tag(
            "DocBody", self.tag("DocRoot", self.place("Document.xml") if self.is_absolute else "Doc_0/Document.xml")
        )
        files: dict[str, str] = {"OFD.xml": self.root("OFD", entry), "Doc_0/Document.xml": self.root("Document", body)}
        for number, content in enumerate(pages):
            files[f"Doc_0/Pages/Page_{number}/Content.xml"] = self.root("Page", content)
        return packed({**files, **self.parts})

    def content(self, objects: str) -> str:
        """A page's content: one layer with these objects."""
        return self.tag("Content", self.tag("Layer", objects, ID=1))

    def text(self, text: str, x: float, y: float, **given: object) -> str:
        """A text object whose first character stands at (x, y) millimetres, one step a character."""
        steps = " ".join(f"{SIZE * (0.5 if character.isascii() else 1):g}" for character in text[:-1])
        code = self.tag("TextCode", escape(text), X=0, Y=SIZE, DeltaX=steps or None)
        return self.tag(
            "TextObject", code, Boundary=f"{x:g} {y - SIZE:g} {ROOM:g} {PITCH:g}", Size=SIZE, Font=1, **given
        )

    def pages(self, paragraphs: Sequence[str] = tuple(NOTICE)) -> list[str]:
        """The contents of the pages of a notice, an object a line."""
        lines = printed(paragraphs)
        return [
            self.content(
                "".join(
                    self.text(line.text, LEFT + SIZE * line.indent, TOP + PITCH * row) for row, line in enumerate(page)
                )
            )
            for page in (lines[start : start + LINES] for start in range(0, len(lines), LINES))
        ]


def packed(files: Mapping[str, str | bytes]) -> bytes:
    """The parts as one zip package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def printed(paragraphs: Sequence[str]) -> list[Line]:
    """The lines of paragraphs, the first of each indented by two characters."""
    found: list[Line] = []
    for paragraph in paragraphs:
        line, indent = "", 2
        for character in paragraph:
            if _width(line + character) > ROOM - indent * SIZE and character not in NEVER_FIRST:
                found.append(Line(line, indent))
                line, indent = "", 0
            line += character
        found.append(Line(line, indent))
    return found


def read(data: bytes, limits: Limits | None = None) -> ReadText:
    """The file's text and what is left out."""
    return read_ofd(data, "notice.ofd", limits or Limits())


def _width(text: str) -> float:
    return sum(SIZE * (0.5 if character.isascii() else 1) for character in text)
