"""RTF documents as docx, so that our own reader treats their tracked changes, hidden text, boxes and fields.

An RTF has beside each numbered paragraph the number that was printed, which is taken. Source: Microsoft's Rich Text
Format Specification 1.9.1. A library that was tried, striprtf 0.0.35, reads characters and numbers, but deleted and
hidden text as well, and drops text boxes.
"""

from __future__ import annotations

import re
from codecs import lookup
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

from extractor.errors import InputError
from extractor.files.parts.left_out import Kind, LeftOut, left_out
from extractor.files.word.word_xml import body_as_docx

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n\0]+|([^\\{}\r\n\0]+)", re.DOTALL
)
_CHARSETS = {128: "cp932", 129: "cp949", 134: "gb18030", 136: "cp950", 161: "cp1253", 204: "cp1251", 238: "cp1250"}
_CODE_PAGES = {936: "gb18030", 10008: "gb18030", 54936: "gb18030", 65001: "utf-8"}
_MOST_FLOWS = 20  # boxes and notes in each other: programs make two or three
_SYMBOLS = 2  # the charset of fonts whose codes are their own
_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SIGNS = {
    "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "emspace": "\u2003", "enspace": "\u2002", "qmspace": "\u2005", "~": "\u00a0", "_": "-", "{": "{", "}": "}",
    "\\": "\\",
}  # fmt: skip
_BREAKS = {"tab": "<w:tab/>", **dict.fromkeys(("line", "lbr", "page", "column"), "<w:br/>")}
_TOGGLES = {"v": "vanish", "strike": "strike", "striked": "dstrike", "deleted": "deleted", "mvf": "deleted"}
_HEIGHTS = {"super": "superscript", "sub": "subscript", "nosupersub": ""}
_ASIDE: dict[str, Kind] = {
    **dict.fromkeys(("header", "headerl", "headerr", "headerf"), "header_footer"),
    **dict.fromkeys(("footer", "footerl", "footerr", "footerf"), "header_footer"),
    **dict.fromkeys(("footnote", "annotation"), "note"),
    "moMath": "embedded",
}
_BOXES = frozenset(("shptxt", "dptxbxtext"))
_NUMBERS = frozenset(("listtext", "pntext"))
_NOT_SHOWN = frozenset(
    (
        "atnid", "atnauthor", "background", "bkmkend", "bkmkstart", "colortbl", "datastore", "docvar", "filetbl",
        "fldtype", "generator", "info", "listoverridetable", "listtable", "nonshppict", "objclass", "objdata",
        "pn", "pnseclvl", "private", "revtbl", "rsidtbl", "rxe", "shprslt", "sp", "stylesheet", "tc", "template",
        "themedata", "upr", "wgrffmtfilter", "xe",
    )
)  # fmt: skip
_SHOWN_IF_KNOWN = frozenset(("do", "fldinst", "moMath", "shpinst", "shppict", "ud"))
"""Groups of newer programs whose text is shown; others of such are skipped, as the specification asks."""


class RtfAsWord(NamedTuple):
    """An RTF as docx; ``left_out`` is the text of headers and notes, ``lacks_numbers`` says that numbers do."""

    data: bytes
    left_out: tuple[LeftOut, ...]
    lacks_numbers: bool


def rtf_as_docx(data: bytes, name: str) -> RtfAsWord:
    """Return an RTF as a docx; ``name`` is for messages.

    Raises:
        InputError: it ends early.
    """
    reader = _RtfReader()
    at = 0
    while at < len(data) and (token := _TOKEN.match(data, at)):
        at = token.end()
        if token[1] == b"bin" and token[2]:
            at += max(0, int(token[2]))  # bytes of a picture, braces and all
        reader.take(token)
        if reader.flows > _MOST_FLOWS:
            raise InputError(f"{name}: its text boxes are nested too deep; open it in Word and save it as docx")
    if reader.depth > 1:
        raise InputError(f"{name}: this RTF ends early; fetch it again, or open it in Word and save it as docx")
    body = reader.body()
    return RtfAsWord(body_as_docx(body), tuple(reader.left_out), reader.lacks_numbers)


@dataclass(frozen=True)
class _Look:
    """The state of a group: what becomes of its text, and how it looks."""

    kind: str = "text"  # text, skipped, number, instruction, fonts
    stand_ins: int = 1  # that follow a character's number, for old programs
    font: int = -1
    marks: frozenset[str] = frozenset()
    height: str = ""
    lift: int = 0  # half points, above the line
    size: int = 24  # of the font, in half points


@dataclass
class _Flow:
    """A part with paragraphs of its own: the body, a text box, a note."""

    aside: Kind | None = None
    is_box: bool = False
    done: list[str] = field(default_factory=list)
    runs: list[str] = field(default_factory=list)
    number: str | None = None
    in_list: bool = False
    in_row: bool = False
    cell: list[str] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    is_shown: bool = False  # the paragraph has text that is neither deleted nor hidden
    words: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # text of one look that is not among the runs yet
    look: _Look = _Look()


class _RtfReader:
    """Takes an RTF token by token."""

    def __init__(self) -> None:
        self.left_out: list[LeftOut] = []
        self.lacks_numbers = False
        self._looks = [_Look()]
        self._ends: list[list[str]] = [[]]  # what is to be done where a group ends
        self._flows = [_Flow()]
        self._code_page = "cp1252"
        self._fonts: dict[int, tuple[int, str]] = {}
        self._default_font = -1
        self._bytes = bytearray()
        self._words: list[str] = []  # of a number or an instruction
        self._stand_ins = 0
        self._is_optional = False

    @property
    def depth(self) -> int:
        """The number of groups that have not ended."""
        return len(self._looks) - 1

    @property
    def flows(self) -> int:
        """The number of parts that hold each other, the body included."""
        return len(self._flows)

    def take(self, token: re.Match[bytes]) -> None:
        """Take the next token."""
        word, number, code, sign, brace, plain = token.groups()
        if code is not None or plain is not None:
            self._take_bytes(bytes.fromhex(code.decode()) if code else plain)
            return
        self._flush()
        if word is not None:
            self._word(word.decode(), None if number is None else int(number))
        elif sign is not None:
            self._sign(sign.decode("latin-1"))
        elif brace == b"{":
            self._stand_ins = 0
            self._looks.append(self._looks[-1])
            self._ends.append([])
        elif brace == b"}":
            self._end_group()

    def body(self) -> str:
        """Return the document's paragraphs and tables in WordprocessingML."""
        self._flush()
        while len(self._flows) > 1:
            self._end_flow()
        return self._ended(self._flows[0])

    def _take_bytes(self, data: bytes) -> None:
        left = max(0, self._stand_ins - len(data))
        data = data[self._stand_ins :]
        self._stand_ins = left
        self._bytes += data

    def _flush(self) -> None:
        if self._bytes:
            data = bytes(self._bytes)
            self._bytes.clear()
            self._text(data.decode(self._charset(), "replace"))

    def _charset(self) -> str:
        charset, _ = self._fonts.get(self._looks[-1].font, (0, ""))
        return _CHARSETS.get(charset, self._code_page)

    def _sign(self, sign: str) -> None:
        self._is_optional = sign == "*"
        if sign in ("\n", "\r"):
            self._end_paragraph()
        elif sign in _SIGNS:
            self._text(_SIGNS[sign])

    def _word(self, word: str, number: int | None) -> None:
        is_optional, self._is_optional = self._is_optional, False
        look = self._looks[-1]
        if look.kind == "fonts":
            self._font_word(word, number)
        elif look.kind == "skipped":
            if word == "ud":  # the same text as the skipped one around it, in Unicode
                self._look(kind="text")
        elif is_optional and word not in _SHOWN_IF_KNOWN and word not in _ASIDE:
            if word == "pn":  # the list of an old program; the number stands in a group of its own
                self._flows[-1].in_list = True
            self._look(kind="skipped")
        elif not self._begins_group(word) and not self._formats(word, number):
            self._prints(word, number)

    def _begins_group(self, word: str) -> bool:
        """Take a word that says what its group is."""
        if word in _NOT_SHOWN:
            self._look(kind="skipped")
        elif word == "pict":
            self._run("<w:pict><v:shape><v:imagedata/></v:shape></w:pict>")
            self._look(kind="skipped")
        elif word == "object":
            self._run("<w:object><o:OLEObject ProgID='object'/></w:object>")
        elif word == "fonttbl":
            self._look(kind="fonts")
        elif word in _NUMBERS:
            self._begin_words("number")
        elif word == "fldinst":
            self._begin_words("instruction")
        elif word == "field":
            self._run('<w:fldChar w:fldCharType="begin"/>')
            self._ends[-1].append("field")
        elif word in _ASIDE or word in _BOXES:
            self._flows.append(_Flow(_ASIDE.get(word), is_box=word in _BOXES))
            self._ends[-1].append("flow")
        else:
            return False
        return True

    def _begin_words(self, kind: str) -> None:
        self._look(kind=kind)
        self._words = []
        self._ends[-1].append(kind)

    def _formats(self, word: str, number: int | None) -> bool:
        """Take a word about how text looks or is written."""
        look, flow = self._looks[-1], self._flows[-1]
        if word in _TOGGLES:
            marks = look.marks - {_TOGGLES[word]} if number == 0 else look.marks | {_TOGGLES[word]}
            self._look(marks=marks)
        elif word in _HEIGHTS:
            self._look(height="" if number == 0 else _HEIGHTS[word])
        elif word in ("up", "dn"):
            self._look(lift=(6 if number is None else number) * (1 if word == "up" else -1))
        elif word == "plain":
            self._look(marks=frozenset(), height="", lift=0, size=24, font=self._default_font)
        elif word == "fs" and number is not None:
            self._look(size=number)
        elif word == "f" and number is not None:
            self._look(font=number)
        elif word == "uc":
            self._look(stand_ins=max(0, number or 0))
        elif word == "pard" and look.kind == "text":
            flow.in_row = flow.in_list = False
        elif word in ("intbl", "itap"):
            flow.in_row = number != 0
        elif word == "ls" and look.kind == "text":
            flow.in_list = number != 0
        elif word == "deff":
            self._default_font = number or 0
        elif word == "ansicpg":
            self._code_page = _CODE_PAGES.get(number or 0, f"cp{number}")
            self._code_page = self._code_page if _is_known(self._code_page) else "cp1252"
        else:
            return False
        return True

    def _prints(self, word: str, number: int | None) -> None:
        """Take a word that stands for a character, or ends a paragraph, a cell or a row."""
        if word == "u" and number is not None:
            self._text(chr(number % 0x10000))
            self._stand_ins = self._looks[-1].stand_ins
        elif word in _SIGNS:
            self._text(_SIGNS[word])
        elif self._looks[-1].kind != "text":
            return
        elif word in _BREAKS:
            self._run(_BREAKS[word])
        elif word in ("par", "sect", "nestrow", "nestcell"):
            self._end_paragraph()
        elif word == "cell":
            self._end_cell()
        elif word == "row":
            self._end_row(self._flows[-1])

    def _font_word(self, word: str, number: int | None) -> None:
        if word == "f" and number is not None:
            self._look(font=number)
        elif word == "fcharset" and number is not None:
            self._fonts[self._looks[-1].font] = (number, "")

    def _look(self, **changed: object) -> None:
        self._looks[-1] = replace(self._looks[-1], **changed)  # type: ignore[arg-type]

    def _text(self, text: str) -> None:
        look = self._looks[-1]
        if look.kind in ("number", "instruction"):
            self._words.append(text)
        elif look.kind == "fonts":
            charset, name = self._fonts.get(look.font, (0, ""))
            self._fonts[look.font] = (charset, name or text.strip("; "))
        elif look.kind == "text" and text:
            flow = self._flows[-1]
            if flow.waiting and flow.look != look:
                self._write(flow)
            flow.look = look
            flow.waiting.append(text)
            flow.words.append(text)
            flow.is_shown = flow.is_shown or not look.marks

    def _write(self, flow: _Flow) -> None:
        """Put the waiting text among the runs."""
        if flow.waiting:
            tag = "w:delText" if "deleted" in flow.look.marks else "w:t"
            text = escape(_whole("".join(flow.waiting)))
            flow.waiting = []
            flow.runs.append(self._run_of(flow.look, f'<{tag} xml:space="preserve">{text}</{tag}>'))

    def _run(self, inner: str) -> None:
        """Put something other than text among the runs."""
        look, flow = self._looks[-1], self._flows[-1]
        if look.kind != "skipped":
            self._write(flow)
            flow.runs.append(self._run_of(look, inner))

    def _run_of(self, look: _Look, inner: str) -> str:
        settings = "".join(f"<w:{mark}/>" for mark in sorted(look.marks - {"deleted"}))
        settings += f'<w:vertAlign w:val="{look.height}"/>' if look.height else ""
        settings += f'<w:position w:val="{look.lift}"/><w:sz w:val="{look.size}"/>' if look.lift else ""
        charset, name = self._fonts.get(look.font, (0, ""))
        if charset == _SYMBOLS:
            font = quoteattr(_whole(name))
            settings += f"<w:rFonts w:ascii={font} w:hAnsi={font}/>"
        run = f"<w:r><w:rPr>{settings}</w:rPr>{inner}</w:r>"
        return f"<w:del>{run}</w:del>" if "deleted" in look.marks else run

    def _end_group(self) -> None:
        if len(self._looks) == 1:
            return
        self._stand_ins = 0
        look = self._looks.pop()
        for end in reversed(self._ends.pop()):
            if end == "flow":
                self._end_flow()
            elif end == "field":
                self._run('<w:fldChar w:fldCharType="end"/>')
            elif end == "number":
                self._flows[-1].number = "".join(self._words).strip()
            elif end == "instruction" and look.kind == "instruction":
                instruction = escape(_whole("".join(self._words)))
                self._run(f'<w:instrText xml:space="preserve">{instruction}</w:instrText>')
                self._run('<w:fldChar w:fldCharType="separate"/>')

    def _end_paragraph(self) -> None:
        look, flow = self._looks[-1], self._flows[-1]
        self._write(flow)
        flow.words.append("\n")
        if look.kind != "text" or ("deleted" in look.marks and flow.runs):
            return  # a deleted mark joins its paragraph with the next
        paragraph = self._paragraph(flow)
        if flow.in_row:
            flow.cell.append(paragraph)
        else:
            self._end_row(flow)
            flow.done.append(paragraph)

    def _paragraph(self, flow: _Flow) -> str:
        self._write(flow)
        number = escape(_whole(flow.number or ""))
        label = f'<w:r><w:t xml:space="preserve">{number}</w:t></w:r>' if number and flow.is_shown else ""
        self.lacks_numbers = self.lacks_numbers or (flow.in_list and flow.is_shown and flow.number is None)
        paragraph = f"<w:p>{label}{''.join(flow.runs)}</w:p>"
        flow.runs, flow.number, flow.is_shown = [], None, False
        return paragraph

    def _end_cell(self) -> None:
        flow = self._flows[-1]
        flow.cell.append(self._paragraph(flow))
        flow.cells.append(f"<w:tc>{''.join(flow.cell)}</w:tc>")
        flow.cell = []

    def _end_row(self, flow: _Flow) -> None:
        cells = [*flow.cells, *([f"<w:tc>{''.join(flow.cell)}</w:tc>"] if flow.cell else [])]
        if cells:
            flow.done.append(f"<w:tbl><w:tr>{''.join(cells)}</w:tr></w:tbl>")
        flow.cells, flow.cell = [], []

    def _end_flow(self) -> None:
        flow = self._flows.pop()
        inner = self._ended(flow)
        if flow.is_box:
            self._run(
                f"<w:pict><v:shape><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></v:shape></w:pict>"
            )
        elif flow.aside and (words := _whole("".join(flow.words))).strip():
            self.left_out.append(left_out(flow.aside, words))

    def _ended(self, flow: _Flow) -> str:
        if flow.runs or flow.waiting:
            flow.done.append(self._paragraph(flow))
        self._end_row(flow)
        return "".join(flow.done)


def _whole(text: str) -> str:
    """Return a text whose characters of two units are one each, without those that XML has not."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _UNPRINTABLE.sub("", joined)


def _is_known(charset: str) -> bool:
    try:
        return bool(lookup(charset))
    except LookupError:
        return False
